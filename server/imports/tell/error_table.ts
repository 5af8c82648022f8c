// 下载错误表: the rows at fault of an import, as they were sent, each with what is wrong. Corrected, the file is uploaded
// like any other.

import { type Spooled, spool } from '../../files/spool.ts'
import type { Form } from '../../forms/index.ts'
import { parseRange } from '../../workbook/cells.ts'
import { type ErrorRow, type ErrorSheet, writeErrorWorkbook } from '../../workbook/error_workbook.ts'
import {
  type Corrected,
  type FaultsBySheet,
  type FlaggedCell,
  type PatchedMessage,
  patchInThread,
  type SheetFaults,
} from './error_patch.ts'
import { readSentInThread, type SentMessage, type SentRow, type SentSheet, type WantedRows } from './error_rows.ts'
import type { CellError } from './outcome.ts'

type ErrorTableRequest = {
  bytes: Buffer
  file_name: string
  form: Form
  import_id: number
  faults: FaultsBySheet
  /** Asked for by the unit that sent the file: only there it goes back with everything that is in it. */
  is_own: boolean
  /** What has been corrected since the file was sent. */
  corrected?: Corrected
}

/**
 * The table of errors, made whole: the sender's own workbook where it can be patched, else one of the rows at fault alone.
 * One at a time: see workbook/turns.ts.
 */
export async function makeErrorTable(asked: ErrorTableRequest, signal: AbortSignal): Promise<Spooled> {
  const { bytes, file_name, form, import_id, faults, is_own, corrected } = asked
  const request = { bytes, file_name, form }
  const patched = is_own && (await spoolPatched(patchInThread({ ...request, import_id, faults, corrected }, signal)))
  if (patched) return patched
  return spool(
    errorTable(
      import_id,
      faults,
      readSentInThread({ ...request, wanted: wantedRows(faults), layouts: corrected?.layouts }, signal),
    ),
  )
}

async function spoolPatched(messages: AsyncIterable<PatchedMessage>): Promise<Spooled | undefined> {
  let isImpossible = false
  const spooled = await spool(
    (async function* () {
      for await (const message of messages) {
        if (message.kind === 'piece') yield Buffer.from(message.bytes)
        else isImpossible = true
      }
    })(),
  )
  if (!isImpossible) return spooled
  await spooled.discard()
  return undefined
}

/** Sorts the faults of an outcome by sheet and row. */
export function faultsOf(errors: readonly CellError[], headingRows: ReadonlyMap<string, number>): FaultsBySheet {
  const faults: FaultsBySheet = new Map()
  for (const { sheet, cell, message } of errors) {
    const place = parseRange(cell.slice(sheet.length + 1))
    if (!place) continue
    const known: SheetFaults = faults.get(sheet) ?? { rows: new Map(), general: [] }
    faults.set(sheet, known)
    const fault = { column: place.from_column, message }
    if (place.from_row <= (headingRows.get(sheet) ?? 0)) known.general.push({ ...fault, row: place.from_row })
    else known.rows.set(place.from_row, [...(known.rows.get(place.from_row) ?? []), fault])
  }
  return faults
}

/** The rows to be read again. */
const wantedRows = (faults: FaultsBySheet): WantedRows =>
  Object.fromEntries(
    [...faults].map(([sheet, { rows, general }]) => [sheet, general.length > 0 ? 'all' : [...rows.keys()]]),
  )

/** The bytes of the workbook, from the rows as the reading thread gives them. */
const errorTable = (
  importId: number,
  faults: FaultsBySheet,
  messages: AsyncIterable<SentMessage>,
): AsyncGenerator<Buffer> => writeErrorWorkbook(importId, sheetsOf(faults, messages))

async function* sheetsOf(faults: FaultsBySheet, messages: AsyncIterable<SentMessage>): AsyncGenerator<ErrorSheet> {
  const source = messages[Symbol.asyncIterator]()
  let next = await source.next()
  while (!next.done) {
    const message: SentMessage = next.value
    next = await source.next()
    if (message.kind !== 'sent_sheet') continue
    const { sheet } = message
    const known = faultsIn(sheet, faults.get(sheet.sheet))
    const isFaulty = ({ number }: SentRow) => known.general.length > 0 || (known.rows.get(number) ?? []).length > 0
    const pull = async (): Promise<ErrorRow[] | undefined> => {
      while (!next.done && next.value.kind === 'sent_rows') {
        const batch = next.value.rows.filter(isFaulty)
        next = await source.next()
        if (batch.length > 0) return batch.map((row) => rowWith(row, known))
      }
      return undefined
    }
    const first = await pull()
    // another table of the sheet is at fault, not this one
    if (!first && known.general.length === 0) continue
    const rows = async function* () {
      for (let batch = first; batch; batch = await pull()) yield batch
    }
    yield { ...sheet, above: aboveWith(sheet, known), rows: rows() }
  }
}

/** The faults of one table: of its columns, and those of a heading further down the sheet for all its rows. */
function faultsIn({ is_first, above, columns }: SentSheet, ofSheet: SheetFaults | undefined): SheetFaults {
  const { rows, general } = ofSheet ?? { rows: new Map<number, FlaggedCell[]>(), general: [] }
  const isOwn = ({ column }: FlaggedCell) => !columns || (column >= columns.from && column <= columns.to)
  const own = new Map([...rows].map(([row, list]) => [row, list.filter(isOwn)]))
  const heads = is_first
    ? []
    : above.flatMap(({ number: row }) => (own.get(row) ?? []).map((fault) => ({ ...fault, row })))
  return { rows: own, general: [...(is_first ? general.filter(isOwn) : []), ...heads] }
}

function rowWith({ number, n, cells }: SentRow, { rows, general }: SheetFaults): ErrorRow {
  const own = rows.get(number) ?? []
  const said = [...new Set([...own, ...general].map(({ message }) => message))].join('')
  return { n, cells, faults: own, note: `第 ${number} 行：${said}` }
}

const aboveWith = ({ above }: SentSheet, { general }: SheetFaults) =>
  above.map(({ number, cells }) => ({ number, cells, faults: general.filter(({ row }) => row === number) }))

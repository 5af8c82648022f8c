// 下载错误表: the rows at fault of an import, as they were sent, each with what is wrong. Corrected, the file is uploaded
// like any other.

import { parseRange } from '../workbook/cells.ts'
import { type ErrorRow, type ErrorSheet, writeErrorWorkbook } from '../workbook/error_workbook.ts'
import type { CellError } from './outcome.ts'
import type { SentMessage, SentRow, SentSheet, Wanted } from './sent.ts'

type Fault = { column: number; message: string }
/** Of one sheet: faults by row, and those of the heading or above it, which every row of the sheet has. */
type SheetFaults = { rows: Map<number, Fault[]>; general: (Fault & { row: number })[] }
export type Faults = Map<string, SheetFaults>

/** Sorts the faults of an outcome by sheet and row. */
export function faultsOf(errors: readonly CellError[], heading_rows: ReadonlyMap<string, number>): Faults {
  const faults: Faults = new Map()
  for (const { sheet, cell, message } of errors) {
    const place = parseRange(cell.slice(sheet.length + 1))
    if (!place) continue
    const known: SheetFaults = faults.get(sheet) ?? { rows: new Map(), general: [] }
    faults.set(sheet, known)
    const fault = { column: place.from_column, message }
    if (place.from_row <= (heading_rows.get(sheet) ?? 0)) known.general.push({ ...fault, row: place.from_row })
    else known.rows.set(place.from_row, [...(known.rows.get(place.from_row) ?? []), fault])
  }
  return faults
}

/** The rows to be read again. */
export const wantedRows = (faults: Faults): Wanted =>
  Object.fromEntries(
    [...faults].map(([sheet, { rows, general }]) => [sheet, general.length > 0 ? 'all' : [...rows.keys()]]),
  )

/** The bytes of the workbook, from the rows as the reading thread gives them. */
export const errorTable = (faults: Faults, messages: AsyncIterable<SentMessage>): AsyncGenerator<Buffer> =>
  writeErrorWorkbook(sheetsOf(faults, messages))

async function* sheetsOf(faults: Faults, messages: AsyncIterable<SentMessage>): AsyncGenerator<ErrorSheet> {
  const source = messages[Symbol.asyncIterator]()
  let next = await source.next()
  while (!next.done) {
    const message: SentMessage = next.value
    next = await source.next()
    if (message.kind !== 'sent_sheet') continue
    const { sheet } = message
    const known = faults.get(sheet.name) ?? { rows: new Map(), general: [] }
    const rows = async function* () {
      while (!next.done && next.value.kind === 'sent_rows') {
        const batch = next.value.rows
        yield batch.map((row) => rowWith(row, known))
        next = await source.next()
      }
    }
    yield { ...sheet, above: aboveWith(sheet, known), rows: rows() }
  }
}

function rowWith({ number, cells }: SentRow, { rows, general }: SheetFaults): ErrorRow {
  const own = rows.get(number) ?? []
  const said = [...new Set([...own, ...general].map(({ message }) => message))].join('')
  return { cells, faults: own, note: `第 ${number} 行：${said}` }
}

const aboveWith = ({ above }: SentSheet, { general }: SheetFaults) =>
  above.map(({ number, cells }) => ({ number, cells, faults: general.filter(({ row }) => row === number) }))

// Rows of an upload as they were sent, words for words: for the table of errors that goes back to the sender. It runs in
// the reading thread, and tells lines apart as reading.ts does.
import type { Form } from '../forms/index.ts'
import { findHeading, HEADING_ROWS, type Heading, isErrorColumn } from '../workbook/heading.ts'
import { fillDown, lineReader } from '../workbook/lines.ts'
import { type Cell, type CellRange, type Limits, type Row, readWorkbook, type Sheet } from '../workbook/read.ts'

/** By sheet: the numbers of the rows wanted, or all of them. */
export type Wanted = Record<string, number[] | 'all'>

/** `n` counts the data rows of the file from 0. */
export type SentRow = { number: number; n: number; cells: (string | null)[] }
export type SentSheet = {
  name: string
  /** First and last row of the heading, 1-based. */
  from: number
  to: number
  /** Everything down to the heading's last row, and its merges. */
  above: Omit<SentRow, 'n'>[]
  merges: CellRange[]
  /** Where 错误说明 goes: behind the last heading, or where it already stands. */
  note_column: number
}
export type SentMessage = { kind: 'sent_sheet'; sheet: SentSheet } | { kind: 'sent_rows'; rows: SentRow[] }

export type Sending = { bytes: Buffer; file_name: string; form: Form; wanted: Wanted; limits?: Partial<Limits> }

const BATCH = 500
/** A sheet keeps 15 digits; a longer number is shown the way Excel shows it, so that lost digits stay lost. */
const LOST = 1e15

/** Reads the wanted rows of each sheet. Throws `WorkbookRefused`. */
export async function* readSent({ bytes, file_name, form, wanted, limits }: Sending): AsyncGenerator<SentMessage> {
  const workbook = await readWorkbook(bytes, file_name, { limits })
  const counting = { rows: 0 }
  for (const sheet of workbook.sheets) {
    if (sheet.hidden) continue
    const rows = Object.hasOwn(wanted, sheet.name) ? wanted[sheet.name] : undefined
    // the other sheets are counted too
    for await (const message of readSheet(sheet, form, counting, rows === 'all' ? undefined : new Set(rows)))
      if (rows) yield message
  }
}

type Counting = { rows: number }

async function* readSheet(
  sheet: Sheet,
  form: Form,
  counting: Counting,
  wanted?: ReadonlySet<number>,
): AsyncGenerator<SentMessage> {
  const head: Row[] = []
  let take: ((row: Row) => SentRow | undefined) | undefined
  let ready: SentRow[] = []
  const open = (): SentMessage | undefined => {
    const heading = findHeading(head, sheet.merges, form)
    if (!heading) return undefined
    const { told, taker } = sheetTaker(sheet, heading, head, counting, wanted)
    take = taker
    ready = head.flatMap((row) => taker(row) ?? [])
    return { kind: 'sent_sheet', sheet: told }
  }
  for await (const batch of sheet.rows()) {
    if (!take) {
      head.push(...batch)
      if ((head.at(-1)?.number ?? 0) <= HEADING_ROWS) continue
      const message = open()
      if (!message) return
      yield message
    } else ready.push(...batch.flatMap((row) => take?.(row) ?? []))
    while (ready.length >= BATCH) yield { kind: 'sent_rows', rows: ready.splice(0, BATCH) }
  }
  if (!take) {
    const message = open()
    if (!message) return
    yield message
  }
  if (ready.length > 0) yield { kind: 'sent_rows', rows: ready }
}

function sheetTaker(
  sheet: Sheet,
  heading: Heading,
  head: readonly Row[],
  counting: Counting,
  wanted?: ReadonlySet<number>,
) {
  const fill = fillDown(sheet.merges, heading)
  const lineKind = lineReader(heading)
  const last = Math.max(...heading.columns.flatMap(({ kind, column }) => (kind === 'place' ? [] : [column])))
  // numbers of identity cards are not passed on, nor is what an earlier table of errors said
  const left_out = new Set(
    heading.columns
      .filter(({ kind, heading: words }) => kind === 'forbidden' || kind === 'place' || isErrorColumn(words))
      .map(({ column }) => column),
  )
  const note = heading.columns.find((column) => isErrorColumn(column.heading))?.column
  const words = (row: Row) =>
    Array.from({ length: last + 1 }, (_, column) => (left_out.has(column) ? null : asSent(row.cells[column])))
  const above = head
    .filter((row) => row.number <= heading.to)
    .map((row) => ({
      number: row.number,
      cells: Array.from(row.cells, (cell, column) =>
        column === note && row.number >= heading.from ? null : asSent(cell),
      ),
    }))
  const told: SentSheet = {
    name: sheet.name,
    from: heading.from,
    to: heading.to,
    above,
    merges: sheet.merges.filter((merge) => merge.to_row <= heading.to),
    note_column: note === last ? note : last + 1,
  }
  const taker = (row: Row): SentRow | undefined => {
    if (row.number <= heading.to || lineKind(row) !== 'data') return undefined
    const filled = fill(row)
    const n = counting.rows++
    return !wanted || wanted.has(row.number) ? { number: row.number, n, cells: words(filled) } : undefined
  }
  return { told, taker }
}

function asSent(cell: Cell | undefined): string | null {
  if (!cell) return null
  if (cell.kind === 'number' && Math.abs(Number(cell.value)) >= LOST)
    return Number(cell.value).toExponential(5).toUpperCase()
  return cell.text || null
}

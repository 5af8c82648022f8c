// Rows of an upload as they were sent, words for words: for the table of errors that goes back to the sender. It runs in
// the reading thread, and tells lines apart as read/file.ts does.
import type { Form } from '../../forms/index.ts'
import { hasLostDigits } from '../../workbook/cells.ts'
import { isErrorColumn } from '../../workbook/heading.ts'
import { fillDown } from '../../workbook/lines.ts'
import {
  type CellRange,
  type Limits,
  readWorkbook,
  type Sheet,
  type SheetRow,
  type WorkbookCell,
} from '../../workbook/read.ts'
import { type SheetTable, type TableLine, tableName, tablesIn } from '../../workbook/tables.ts'
import { inThread } from '../../workbook/thread.ts'
import { namedColumn } from '../../workbook/unnamed.ts'
import { type Layouts, mapHeading } from '../read/mapping.ts'

/** By sheet: the numbers of the rows wanted, or all of them. */
export type WantedRows = Record<string, number[] | 'all'>

/** `n` counts the data rows of the file from 0. */
export type SentRow = { number: number; n: number; cells: (string | null)[] }
export type SentSheet = {
  /** What the table goes by. */
  name: string
  sheet: string
  /** The first table of its sheet. */
  is_first: boolean
  /** Its columns, where others stand beside it in the same rows. */
  columns?: { from: number; to: number } | undefined
  /** First and last row of the heading, 1-based. */
  from: number
  to: number
  /** Everything above the table down to the heading's last row, and its merges. */
  above: Omit<SentRow, 'n'>[]
  merges: CellRange[]
  /** Where 错误说明 goes: behind the last heading, or where it already stands. */
  note_column: number
}
export type SentMessage = { kind: 'sent_sheet'; sheet: SentSheet } | { kind: 'sent_rows'; rows: SentRow[] }

type SendingState = {
  bytes: Buffer
  file_name: string
  form: Form
  wanted: WantedRows
  limits?: Partial<Limits>
  /** Columns that somebody has given to fields. */
  layouts?: Layouts
}

const BATCH = 500

/** Reads the wanted rows of each table. Throws `WorkbookRefused`. */
export async function* readSent(sending: SendingState): AsyncGenerator<SentMessage> {
  const { bytes, file_name, form, wanted, limits } = sending
  const workbook = await readWorkbook(bytes, file_name, { limits })
  const counting: Counting = { rows: 0 }
  let take: ((line: TableLine) => SentRow | undefined) | undefined
  let ready: SentRow[] = []
  const shown = workbook.sheets.filter(({ hidden }) => !hidden)
  for await (const { sheet, part } of tablesIn(shown, form)) {
    if (part.kind === 'lines') {
      for (const line of part.lines) {
        const sent = take?.(line)
        if (sent) ready.push(sent)
      }
      while (ready.length >= BATCH) yield { kind: 'sent_rows', rows: ready.splice(0, BATCH) }
    } else if (part.kind !== 'foreign') {
      if (ready.length > 0) yield { kind: 'sent_rows', rows: ready }
      ready = []
      const rows = Object.hasOwn(wanted, sheet.name) ? wanted[sheet.name] : undefined
      const opened = part.kind === 'table' ? tableTaker(sheet, part.table, sending, counting, rows) : undefined
      take = opened?.taker
      if (opened && rows) yield { kind: 'sent_sheet', sheet: opened.told }
    }
  }
  if (ready.length > 0) yield { kind: 'sent_rows', rows: ready }
}

/** The same in the reading thread. */
export const readSentInThread = inThread(import.meta.url, readSent)

type Counting = { rows: number }

/** Rows that are not wanted are counted too. */
function tableTaker(
  sheet: Sheet,
  table: SheetTable,
  { form, layouts }: SendingState,
  counting: Counting,
  rows?: number[] | 'all',
) {
  const { heading } = table
  const fill = fillDown(sheet.merges, heading)
  const isFirst = table.index === 0
  // what is wrong with a heading further down the sheet is wrong with all rows below it
  const isAll =
    rows === 'all' || (!isFirst && rows !== undefined && table.above.some(({ number }) => rows.includes(number)))
  const wanted = isAll ? undefined : new Set(rows)
  const columns = heading.columns.flatMap(({ kind, column }) => (kind === 'place' ? [] : [column]))
  const last = Math.max(...columns)
  // numbers of identity cards are not passed on, nor is what an earlier table of errors said
  const leftOut = new Set(
    heading.columns
      .filter(({ kind, heading: words }) => kind === 'forbidden' || kind === 'place' || isErrorColumn(words))
      .map(({ column }) => column),
  )
  const note = heading.columns.find((column) => isErrorColumn(column.heading))?.column
  const words = (row: SheetRow) =>
    Array.from({ length: last + 1 }, (_, column) => (leftOut.has(column) ? null : asSent(row.cells[column])))
  const above = table.above.map((row) => ({
    number: row.number,
    cells: Array.from(row.cells, (cell, column) =>
      column === note && row.number >= heading.from ? null : asSent(cell),
    ),
  }))
  const told: SentSheet = {
    name: tableName(sheet.name, table),
    sheet: sheet.name,
    is_first: isFirst,
    from: heading.from,
    to: heading.to,
    above,
    merges: sheet.merges.filter((merge) => merge.to_row <= heading.to && merge.from_row >= (above[0]?.number ?? 1)),
    note_column: note === last ? note : last + 1,
    columns: table.is_beside ? { from: Math.min(...columns), to: last } : undefined,
  }
  const taker = ({ row, kind }: TableLine): SentRow | undefined => {
    if (kind !== 'data') return undefined
    const filled = fill(row)
    const n = counting.rows++
    return !wanted || wanted.has(row.number) ? { number: row.number, n, cells: words(filled) } : undefined
  }
  // its own words would not be found again: the fields they were given to stand there instead
  return heading.is_unnamed ? { told: renamed(told, sheet, table, form, layouts), taker } : { told, taker }
}

function renamed(told: SentSheet, sheet: Sheet, table: SheetTable, form: Form, layouts?: Layouts): SentSheet {
  const { heading } = mapHeading(table.heading, form, tableName(sheet.name, table), layouts)
  const cells: (string | null)[] = Array.from({ length: told.note_column }, () => null)
  for (const column of heading.columns) cells[column.column] = namedColumn(form, column)
  return { ...told, from: 1, to: 1, above: [{ number: 1, cells }], merges: [] }
}

function asSent(cell: WorkbookCell | undefined): string | null {
  if (!cell) return null
  // shown the way Excel shows it, so that lost digits stay lost
  if (hasLostDigits(cell)) return Number(cell.value).toExponential(5).toUpperCase()
  return cell.text || null
}

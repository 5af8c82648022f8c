/**
 * A workbook read to be looked at, in the reading thread: of every sheet its first and last rows, merges, widths, heights and
 * what its cells ask for. Nothing of it is kept, and no form is needed.
 */
import { readLook, type SheetLook } from '../workbook/look.ts'
import {
  type CellRange,
  LIMITS,
  type Limits,
  readWorkbook,
  type Sheet,
  type SheetRow,
  type WorkbookCell,
} from '../workbook/read.ts'
import { inThread } from '../workbook/thread.ts'

export type SheetRead = {
  name: string
  hidden: boolean
  merges: CellRange[]
  /** Rows with something in them: the first ones and, of a long sheet, the last ones. */
  rows: SheetRow[]
  /** How many there are in all. */
  row_count: number
  /** None of plain text. */
  look: SheetLook | undefined
}
/** `names`: formulas by defined name. */
type ReadMessage = { kind: 'sheet'; sheet: SheetRead } | { kind: 'names'; names: Map<string, string> }

const HEAD_ROWS = 300
/** Below the rows stand 合计, notes and signatures. */
const TAIL_ROWS = 60
/** Cells kept of a workbook; a form has hundreds. */
const MAX_CELLS = 60_000
const MAX_CELL_CHARS = 2_000
const MAX_MERGES = 5_000

type SheetsReading = { bytes: Buffer; file_name: string; limits?: Partial<Limits> }

export async function* readSheets({ bytes, file_name, limits: given }: SheetsReading): AsyncGenerator<ReadMessage> {
  const limits = { ...LIMITS, ...given }
  const workbook = await readWorkbook(bytes, file_name, { limits })
  const look = await readLook(bytes, limits)
  yield { kind: 'names', names: look?.names ?? new Map() }
  const budget = { cells: MAX_CELLS }
  for (const [at, sheet] of workbook.sheets.entries()) {
    const { rows, count } = await endsOf(sheet, budget)
    const { name, hidden, merges } = sheet
    yield {
      kind: 'sheet',
      sheet: { name, hidden, merges: merges.slice(0, MAX_MERGES), rows, row_count: count, look: look?.sheets[at] },
    }
  }
}

/** The first and the last rows of a sheet, as long as the budget lasts. */
async function endsOf(sheet: Sheet, budget: { cells: number }): Promise<{ rows: SheetRow[]; count: number }> {
  const head: SheetRow[] = []
  let tail: SheetRow[] = []
  let count = 0
  for await (const rows of sheet.rows()) {
    for (const row of rows) {
      count++
      if (budget.cells < row.cells.length) continue
      if (head.length < HEAD_ROWS) {
        budget.cells -= row.cells.length
        head.push(row)
      } else tail.push(row)
    }
    if (tail.length > TAIL_ROWS) tail = tail.slice(-TAIL_ROWS)
  }
  for (const row of tail) budget.cells -= row.cells.length
  return { rows: [...head, ...tail].map(shortened), count }
}

const shortened = (row: SheetRow): SheetRow =>
  row.cells.some((cell) => cell && cell.text.length > MAX_CELL_CHARS)
    ? { ...row, cells: row.cells.map((cell) => cell && withShortText(cell)) }
    : row

function withShortText(cell: WorkbookCell): WorkbookCell {
  const text = cell.text.slice(0, MAX_CELL_CHARS)
  return { ...cell, text, value: typeof cell.value === 'string' ? cell.value.slice(0, MAX_CELL_CHARS) : cell.value }
}

/** The same in the reading thread. */
export const readSheetsInThread = inThread(import.meta.url, readSheets)

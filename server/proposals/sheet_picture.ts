/** A sheet as it looks, for whoever confirms what was read of it: cells with their texts, and what each row was taken for. */
import type { SaidOnPaper } from './printed_lines.ts'
import type { SheetRead } from './read_sheets.ts'
import type { AnnexTable } from './sheet_tables.ts'

type RowRole = 'annex' | 'title' | 'meta' | 'note' | 'heading' | 'example' | 'row' | 'total'
/** Columns and spans are counted from 0; `down`: rows a cell stands over. */
type PictureCell = { from: number; to: number; down: number; text: string }
export type SheetPicture = {
  widths: number[]
  rows: { row: number; height: number; role: RowRole; cells: PictureCell[] }[]
  /** Rows that are not shown. */
  more: number
}

const MAX_SHOWN_ROWS = 40
const MAX_COLUMNS = 60
const MAX_TEXT_CHARS = 300
const STANDARD_WIDTH = 9
const STANDARD_HEIGHT = 18
/** Below the rows that are shown stand 合计, notes and signatures. */
const MAX_BELOW = 12

export function pictureOf(
  sheet: SheetRead,
  table: AnnexTable | undefined,
  said: SaidOnPaper | undefined,
): SheetPicture {
  const last = Math.max(0, ...sheet.rows.map(({ number }) => number))
  const from = table ? table.heading.to + table.room + 1 : last + 1
  const head = Array.from({ length: Math.min(MAX_SHOWN_ROWS, from - 1) }, (_, at) => at + 1)
  const below = Array.from({ length: Math.min(MAX_BELOW, Math.max(0, last - from + 1)) }, (_, at) => from + at)
  const width = Math.min(MAX_COLUMNS, Math.max(1, ...sheet.rows.map(({ cells }) => cells.length)))
  return {
    widths: Array.from({ length: width }, (_, at) => sheet.look?.widths[at] ?? STANDARD_WIDTH),
    rows: [...head, ...below].map((row) => ({
      row,
      height: sheet.look?.heights.get(row) ?? STANDARD_HEIGHT,
      role: roleOf(row, table, said),
      cells: cellsOf(row, sheet, width),
    })),
    more: Math.max(0, last - head.length - below.length),
  }
}

function roleOf(row: number, table: AnnexTable | undefined, said: SaidOnPaper | undefined): RowRole {
  if (!table || !said) return 'note'
  const { from, to } = table.heading
  if (row < from) return said.above[table.above.findIndex((line) => line.row === row)]?.role ?? 'note'
  if (row <= to) return 'heading'
  if (row === table.total?.row) return 'total'
  if (row <= to + table.room) return table.examples.some(({ number }) => number === row) ? 'example' : 'row'
  return said.below[table.below.findIndex((line) => line.row === row)]?.role ?? 'note'
}

function cellsOf(row: number, { rows, merges }: SheetRead, width: number): PictureCell[] {
  const cells = rows.find(({ number }) => number === row)?.cells ?? []
  const found: PictureCell[] = []
  for (let column = 0; column < width; column++) {
    const merge = merges.find(
      (each) => each.from_row <= row && each.to_row >= row && each.from_column <= column && each.to_column >= column,
    )
    const to = Math.min(width - 1, merge?.to_column ?? column)
    if (!merge || (merge.from_row === row && merge.from_column === column))
      found.push({
        from: column,
        to,
        down: merge ? Math.min(MAX_SHOWN_ROWS, merge.to_row - merge.from_row + 1) : 1,
        text: (cells[column]?.text ?? '').slice(0, MAX_TEXT_CHARS),
      })
    column = to
  }
  return found
}

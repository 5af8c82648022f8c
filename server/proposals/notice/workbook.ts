/** A workbook among the files of a notice: lines above and below its table are paragraphs, the rest is a table with its merges. */
import { type CellRange, readWorkbook, type Sheet, WorkbookRefused } from '../../workbook/read.ts'
import type { Block, TableCell } from './document.ts'

/** An annex is a form or a list of units: what is longer is data and no notice. */
const MAX_ROWS = 2_000
const MAX_CELLS = 20_000

type SheetCell = { row: number; column: number; text: string }

async function cellsOf(sheet: Sheet): Promise<SheetCell[]> {
  const cells: SheetCell[] = []
  for await (const rows of sheet.rows())
    for (const row of rows) {
      for (const [column, cell] of row.cells.entries())
        if (cell && cell.text.trim() !== '') cells.push({ row: row.number - 1, column, text: cell.text.trim() })
      if (row.number > MAX_ROWS || cells.length > MAX_CELLS)
        throw new WorkbookRefused('too_large', '这个工作簿太长，不像通知的附件。要导入数据，请到登记表里上传。')
    }
  return cells
}

/** Merges count from 0 here, as the reader counts rows from 1. */
const covers = ({ from_row, to_row, from_column, to_column }: CellRange, { row, column }: SheetCell) =>
  from_row <= row + 1 && row + 1 <= to_row && from_column <= column && column <= to_column

function spanOf(cell: SheetCell, merges: readonly CellRange[]): TableCell {
  const merge = merges.find((each) => covers(each, cell))
  const rows = merge ? merge.to_row - merge.from_row + 1 : 1
  const columns = merge ? merge.to_column - merge.from_column + 1 : 1
  return { ...cell, rows, columns }
}

/** A line that stands alone in its row is a paragraph, above the first row with several cells and below the last. */
function blocksOfSheet(
  cells: readonly SheetCell[],
  merges: readonly CellRange[],
  counted: { paragraphs: number; tables: number },
  prefix: string,
): Block[] {
  const byRow = new Map<number, SheetCell[]>()
  for (const cell of cells) byRow.set(cell.row, [...(byRow.get(cell.row) ?? []), cell])
  const rows = [...byRow.keys()].sort((a, b) => a - b)
  const isAlone = (row: number) => {
    const [first, ...others] = byRow.get(row) ?? []
    return (
      first !== undefined &&
      others.length === 0 &&
      (spanOf(first, merges).columns > 1 || first.text.length > 12 || /^附件/.test(first.text))
    )
  }
  const isSaid = (row: number) =>
    (byRow.get(row) ?? []).some(({ text }) => /[:：]/.test(text)) && (byRow.get(row) ?? []).length <= 4
  const from = rows.findIndex((row) => !isAlone(row) && !isSaid(row))
  if (from < 0) return rows.flatMap((row) => paragraphsOf(byRow.get(row) ?? [], counted))
  let to = rows.length - 1
  while (to > from && (isAlone(rows[to] ?? 0) || isSaid(rows[to] ?? 0))) to--
  const first = rows[from] ?? 0
  const last = rows[to] ?? 0
  const inside = cells.filter(({ row }) => row >= first && row <= last)
  const laid = inside.map((cell) => spanOf(cell, merges)).map((cell) => ({ ...cell, row: cell.row - first }))
  const columns = Math.max(...laid.map((cell) => cell.column + cell.columns))
  counted.tables++
  return [
    ...rows.slice(0, from).flatMap((row) => paragraphsOf(byRow.get(row) ?? [], counted)),
    {
      kind: 'table' as const,
      id: `${prefix}${counted.tables}`,
      n: counted.tables,
      from_row: first,
      rows: last - first + 1,
      columns,
      cells: withBlanks(laid, last - first + 1, columns),
    },
    ...rows.slice(to + 1).flatMap((row) => paragraphsOf(byRow.get(row) ?? [], counted)),
  ]
}

const paragraphsOf = (cells: readonly SheetCell[], counted: { paragraphs: number }): Block[] =>
  cells.map(({ text }) => ({ kind: 'paragraph' as const, n: ++counted.paragraphs, text }))

/** Blank cells are cells of a form: what is to be filled. */
function withBlanks(cells: readonly TableCell[], rows: number, columns: number): TableCell[] {
  const taken = new Set<number>()
  for (const cell of cells)
    for (let row = cell.row; row < cell.row + cell.rows; row++)
      for (let column = cell.column; column < cell.column + cell.columns; column++) taken.add(row * columns + column)
  const blanks: TableCell[] = []
  for (let at = 0; at < rows * columns && blanks.length < MAX_CELLS; at++)
    if (!taken.has(at))
      blanks.push({ row: Math.floor(at / columns), column: at % columns, rows: 1, columns: 1, text: '' })
  return [...cells, ...blanks].sort((a, b) => a.row - b.row || a.column - b.column)
}

/** The visible sheets of a workbook as blocks. Throws `WorkbookRefused`. */
export async function readWorkbookBlocks(bytes: Buffer, fileName: string, tablePrefix: string): Promise<Block[]> {
  const workbook = await readWorkbook(bytes, fileName)
  const counted = { paragraphs: 0, tables: 0 }
  const blocks: Block[] = []
  for (const sheet of workbook.sheets) {
    if (sheet.hidden) continue
    blocks.push(...blocksOfSheet(await cellsOf(sheet), sheet.merges, counted, tablePrefix))
  }
  return blocks
}

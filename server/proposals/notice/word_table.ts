/** Rows of a Word table laid on a grid: cells with their places and what is merged into them. */
import { WorkbookRefused } from '../../workbook/limits.ts'
import type { Block, TableCell } from './document.ts'

const MAX_COLUMNS = 256

/** `merge`: it begins a merge downwards, or goes on with the one above. */
export type WordCell = {
  blocks: Block[]
  columns: number
  merge?: 'begins' | 'goes_on'
  isMergedLeft?: boolean
  isDeleted?: boolean
}
export type WordRow = { cells: WordCell[]; before: number; isDeleted?: boolean }

/** What a cell says: its paragraphs one below the other; a table in it, cell by cell. */
const textOf = (blocks: readonly Block[]): string =>
  blocks
    .flatMap((block) => (block.kind === 'paragraph' ? [block.text] : block.cells.map(({ text }) => text)))
    .filter((text) => text !== '')
    .join('\n')

/** The grid of a table, or undefined where it has no cell. Refuses more columns than a sheet could have. */
export function layTable(rows: readonly WordRow[]): { rows: number; columns: number; cells: TableCell[] } | undefined {
  const cells: TableCell[] = []
  let width = 0
  let above = new Map<number, TableCell>()
  for (const [at, row] of rows.entries()) {
    const here = new Map<number, TableCell>()
    let column = row.before
    for (const cell of row.cells) {
      if (cell.isDeleted) continue
      const last = cells[cells.length - 1]
      if (column + cell.columns > MAX_COLUMNS) throw new WorkbookRefused('damaged', '表格的列数太多。')
      if (cell.isMergedLeft && last?.row === at) {
        last.columns += cell.columns
        column += cell.columns
        continue
      }
      const upper = cell.merge === 'goes_on' ? above.get(column) : undefined
      if (upper) {
        upper.rows = at - upper.row + 1
        const more = textOf(cell.blocks)
        if (more !== '') upper.text = upper.text === '' ? more : `${upper.text}\n${more}`
        here.set(column, upper)
      } else {
        const laid = { row: at, column, rows: 1, columns: cell.columns, text: textOf(cell.blocks) }
        cells.push(laid)
        if (cell.merge) here.set(column, laid)
      }
      column += cell.columns
      width = Math.max(width, column)
    }
    above = here
  }
  return cells.length > 0 ? { rows: rows.length, columns: width, cells } : undefined
}

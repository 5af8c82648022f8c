/**
 * A file of a notice as it is read: paragraphs and tables in their order, whatever kind of file it was. Everything that is
 * proposed names its place in it.
 */

/** A paragraph that says something; `n` counts them from 1. */
export type Paragraph = {
  kind: 'paragraph'
  n: number
  text: string
  /** A line of the 目录: it repeats headings and says nothing of its own. */
  is_contents?: true
  /** Its numeral is Word's and stands in no text. */
  is_numbered?: true
  /** It stands in a text box. */
  is_boxed?: true
}

/** A cell with what is merged into it. Rows and columns count from 0, lines of its text are parted by \n. */
export type TableCell = { row: number; column: number; rows: number; columns: number; text: string }

/** `from_row`: which row of its sheet the first one is, so that a cell is named as the sheet names it; 0 in a document. */
export type Table = {
  kind: 'table'
  id: string
  n: number
  rows: number
  columns: number
  from_row: number
  cells: TableCell[]
}

export type Block = Paragraph | Table
export type NoticeFile = { file: string; format: 'docx' | 'xlsx'; blocks: Block[] }

/** Where a fact stands: in a paragraph, or in a cell of a table; with the words themselves. */
export type FactSource = { file: string; paragraph?: number; table?: string; cell?: string; text: string }

/** The cell that covers a place. */
export function cellAt(table: Table, row: number, column: number): TableCell | undefined {
  return table.cells.find(
    (cell) =>
      cell.row <= row && row < cell.row + cell.rows && cell.column <= column && column < cell.column + cell.columns,
  )
}

/** Words of a cell in one line: 姓  名 is 姓名, lines of a heading are one word. */
export const inOneLine = (text: string): string => text.replace(/\s+/g, '')

export const textAt = (table: Table, row: number, column: number): string =>
  inOneLine(cellAt(table, row, column)?.text ?? '')

/** Which cells of a laid-out paper its words stand over: drawn into workbooks, and as the designer's picture of them. */
import type { LayoutColumn, LayoutLine, SheetLayout } from './layout.ts'

/** Columns and rows are 0-based, both ends included; rows count from the first one of the heading. */
type HeadingCell = {
  from: number
  to: number
  top: number
  bottom: number
  text: string
  /** The column it is the heading of; none: an upper heading. */
  column?: LayoutColumn
}

/** The heading's cells, each column's before the upper one that begins over it. */
export function headingCells({ columns, heading }: Pick<SheetLayout, 'columns' | 'heading'>): HeadingCell[] {
  const bottom = heading.length - 1
  return columns.flatMap((column, from) => {
    const own = { from, to: from, top: column.group ? bottom : 0, bottom, text: column.heading, column }
    const { group } = column
    if (!group || group === columns[from - 1]?.group) return [own]
    let to = from
    while (columns[to + 1]?.group === group) to++
    return [own, { from, to, top: 0, bottom: 0, text: group }]
  })
}

/** The pieces of a line above the table: all of it, where it has none. */
export const piecesOf = ({ spans, text }: LayoutLine, columns: readonly LayoutColumn[]) =>
  spans ?? [{ from: 0, to: columns.filter(({ hidden }) => !hidden).length - 1, text }]

/** How many columns the words of the 合计 row stand over: long ones need room, else two as annex 1 prints it. */
export function totalWordsOver(columns: readonly LayoutColumn[], words: string, over?: number): number {
  if (over !== undefined) return over
  const lead = columns.findIndex((column) => column.sum || column.kind === 'percent')
  return words.length > 4 ? Math.max(lead, 1) : Math.min(2, Math.max(lead, 1))
}

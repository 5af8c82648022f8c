/** The paper of a proposed register: the form it came from, line by line. */
import type { Paper, PrintedColumn } from '../forms/index.ts'
import type { ReadColumn } from './columns_read.ts'
import type { SaidOnPaper } from './printed_lines.ts'
import type { AnnexTable } from './sheet_tables.ts'

const STANDARD_WIDTH = 9
const MAX_ROWS = 200
const LEAST_ROWS = 10
const MAX_HEADING_ROWS = 2
const rounded = (width: number) => Math.round(width * 100) / 100

/** `nameOf`: the field that a column stands for; undefined for one that is on paper only. */
export function paperOf(
  table: AnnexTable,
  said: SaidOnPaper,
  columns: readonly ReadColumn[],
  nameOf: (column: ReadColumn) => string | undefined,
): Paper {
  const lastTotal = table.total?.cells.find(({ text }) => /计/.test(text))
  return {
    columns: columns.map((column): PrintedColumn => {
      const of = column.is === 'number' ? 'number' : column.is === 'unit' ? 'unit_id' : nameOf(column)
      const isSaid = of !== undefined && column.is === 'field' && column.heading === column.label
      return {
        ...(of !== undefined && { of }),
        ...(!isSaid && { heading: column.heading }),
        ...(column.group && (column.is !== 'field' || /\s/.test(column.group)) && { group: column.group }),
        width: rounded(column.width ?? STANDARD_WIDTH),
      }
    }),
    above: said.above,
    heading: table.heading.heights.slice(0, MAX_HEADING_ROWS).map((height) => height ?? 0),
    rows: Math.min(MAX_ROWS, Math.max(table.row_count > 0 ? LEAST_ROWS : 1, table.room - table.examples.length)),
    ...(table.row_height !== undefined && { row_height: table.row_height }),
    ...(table.total &&
      lastTotal && {
        total: {
          text: lastTotal.text,
          to: lastTotal.to,
          ...(table.total.height !== undefined && { height: table.total.height }),
        },
      }),
    below: said.below,
  }
}

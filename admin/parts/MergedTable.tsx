/** A table of a file as it stands, merged cells and all; `children` draws what is in a cell. */
import type { ReactNode } from 'react'
import type { Table, TableCell } from '../../server/proposals/notice/document.ts'

type MergedTableProps = {
  table: Pick<Table, 'rows' | 'cells'>
  isShown?: boolean
  children: (cell: TableCell) => ReactNode
}

export function MergedTable({ table, isShown, children }: MergedTableProps) {
  return (
    <table data-shown={isShown ? '' : undefined}>
      <tbody>
        {Array.from({ length: table.rows }, (_, row) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: rows of a file have no other name
          <tr key={row}>
            {table.cells
              .filter((cell) => cell.row === row)
              .map((cell) => (
                <td key={cell.column} rowSpan={cell.rows} colSpan={cell.columns}>
                  {children(cell)}
                </td>
              ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

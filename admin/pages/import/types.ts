/** What the server says of a workbook it has checked: sheets, cells at fault, rows given twice. */
import type { ImportHead } from '../../parts/imports.tsx'

export type Sheet = {
  name: string
  heading_row: number | null
  rows: number
  columns: { heading: string; field: string; label: string; sample: string }[]
  ignored: string[]
  notes: string[]
}
export type CellError = { sheet: string; cell: string; field: string | null; message: string }
/** A row that undoing leaves as it is, and why. */
export type Kept = { row_id: number; name: string; reason: string }
export type Undone = { undone: { removed: number; restored: number }; kept: Kept[]; kept_count: number }
export type Import = ImportHead & {
  wrong?: number
  sheets?: Sheet[]
  errors?: CellError[]
  warnings?: { sheet: string; cell: string | null; message: string }[]
  duplicates?: {
    sheet: string
    row: number
    of: number
    kind: string
    cell: string
    of_cell: string
    message: string
  }[]
  notes?: string[]
  kept?: Kept[]
}

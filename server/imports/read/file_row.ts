// A row as it was read from a file, and what reading says besides.
import type { Value } from '../../forms/index.ts'
import type { WorkbookCell } from '../../workbook/read.ts'
import type { Origin } from '../../workbook/tokens.ts'
import type { ColumnLook } from './mapping.ts'
import type { SheetPlan } from './plan.ts'
import type { TotalCell } from './totals.ts'

export type CellFault = { row: number; column: number; field: string | null; message: string }

/**
 * One data row. `values` holds what is filled, by field, null where 清空 stands; `beside` the words beside references,
 * `unit` the unit's name.
 */
export type FileRow = {
  /** Its number among the data rows of the file, from 0. */
  n: number
  number: number
  values: Record<string, Value>
  beside?: Record<string, Record<string, Value>>
  unit?: string
  errors?: CellFault[]
  /** What stands in the cells that were not understood, by field. */
  typed?: Record<string, string>
  /** The record that the row was exported from, or 'damaged' where its token can't be read. */
  origin?: Origin | 'damaged'
  /** Times of day whose day is the referred record's, by field: 'HH:MM:SS'. */
  times?: Record<string, string>
  /** The row of an earlier upload that this one corrects: its n there. */
  place?: number
  /** What its sender was shown before others changed it: no record, or this one at this version. */
  seen?: SeenRecord
}

export type SeenRecord = 'none' | { id: number; version: number }

export type SheetEnd = {
  notes: string[]
  looks: Record<number, ColumnLook>
  totals: TotalCell[]
}

export type FileMessage =
  | { kind: 'sheet'; plan: SheetPlan }
  | { kind: 'rows'; rows: FileRow[] }
  | { kind: 'sheet_end'; end: SheetEnd }
  | { kind: 'skipped'; name: string; note: string; is_other?: true }
  /** The workbook is a table of errors of this import, sent back. */
  | { kind: 'mark'; import_id: number }

/** A blank cell keeps what is stored; these words take it away. */
export const SAYS_CLEAR = /^\s*[（(]\s*清空\s*[)）]\s*$/

/** So much of a cell that was not understood is kept. */
const MAX_TYPED = 200

/** A cell that was not understood, and what stands in it. A fault of what stands beside a reference is the reference's. */
export function addFault(
  row: FileRow,
  cell: WorkbookCell,
  column: number,
  message: string,
  field: string,
  beside?: string,
): void {
  row.errors ??= []
  row.errors.push({ row: row.number, column, field, message })
  const name = beside ? `${field}.${beside}` : field
  row.typed = { ...row.typed, [name]: cell.text.slice(0, MAX_TYPED).trim() }
}

// The words that stand in the cells of a row, as people read them.
import { type Form, fieldOf, printField } from '../../forms/index.ts'
import type { FileRow } from './file_row.ts'
import { isUnitOfRow } from './plan.ts'

/** What stands in a cell of a row as it was read: as typed where it was not understood, else as it is printed. */
export function textOf(form: Form, found: FileRow, name: string): string {
  const typed = found.typed?.[name] ?? found.times?.[name]
  if (typed !== undefined) return typed
  if (isUnitOfRow(form, name)) return found.unit ?? ''
  const value = found.values[name]
  const field = fieldOf(form, name)
  if (value === undefined || value === null || !field) return ''
  return field.type === 'reference' ? String(value) : printField(field, value)
}

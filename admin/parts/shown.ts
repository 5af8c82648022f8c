/** A value as people see it in a cell, a history or a list. */
import { type Field, labelOf, printField, type Value } from '../../server/forms/index.ts'
import type { Row } from '../grid/index.ts'

const whole = new Intl.NumberFormat('zh-CN', { maximumFractionDigits: 2 })

/** A value as a cell shows it: thousands with a comma, phones 3-4-4, references by name. */
export function shown(field: Field, value: unknown, row: Row): string {
  if (value === null || value === undefined || value === '') return ''
  if (field.type === 'reference')
    return typeof value === 'number' ? String(row[labelOf(field.name)] ?? '') : String(value)
  // What can be added up is a quantity; a year is none.
  if (field.sum && typeof value === 'number') return whole.format(value)
  if (field.type === 'phone' && /^1\d{10}$/.test(String(value)))
    return String(value).replace(/^(\d{3})(\d{4})(\d{4})$/, '$1 $2 $3')
  return printField(field, value as Value)
}

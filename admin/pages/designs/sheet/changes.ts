/** What a row of the designer changes of the register in force. */
import { type FieldDefinition, sameValue } from '../../../../server/forms/index.ts'
import { type DesignRow, fieldOfRow } from './sheet.ts'

/** What of a column whoever fills it, or reads the paper, would see differ. */
const told: readonly (keyof FieldDefinition)[] = [
  ...(['label', 'type', 'required', 'group', 'choices', 'min', 'max', 'to', 'computed'] as const),
  ...(['sum', 'private', 'note', 'unprinted', 'width', 'mobile', 'of_year'] as const),
]

/** 新: a column that is not in force; 改: one that reads otherwise, or goes. Nothing of a register that is new itself. */
export function changeOf(row: DesignRow, inForce: ReadonlyMap<string, FieldDefinition>): '新' | '改' | '' {
  if (inForce.size === 0) return ''
  const known = inForce.get(row.field.name)
  if (!known) return row.hidden ? '' : '新'
  if (row.hidden) return '改'
  const field = fieldOfRow(row)
  // a column without a width of its own has the one of its type
  const asked = told.filter((option) => option !== 'width' || field.width !== undefined)
  return asked.every((option) => sameValue(field[option] || null, known[option] || null)) ? '' : '改'
}

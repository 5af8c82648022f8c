/** The form that a sheet amounts to while it is being written: with its rules once it is right, else its columns as they stand. */
import {
  compileDefinition,
  type Definition,
  type Form,
  type FormDefinition,
  type Forms,
  formOf,
  together,
} from '../../../server/forms/index.ts'
import { builtInForm } from '../../forms.ts'
import { wholeOf } from './designs.ts'
import { type DesignSheet, fieldOfRow, inPlace } from './sheet/sheet.ts'

/** Columns that have a label, each with a name that is its own. */
function asItStands({ head, rows, base }: DesignSheet): FormDefinition {
  const names = new Set<string>()
  const fields = inPlace(rows)
    .filter(({ field, hidden }) => !hidden && field.label !== '')
    .map((row) => {
      const { computed: _, ...field } = fieldOfRow(row)
      const name = field.name !== '' && !names.has(field.name) ? field.name : `column_${row.id}`
      names.add(name)
      return { ...field, name, private: undefined, ...(field.type === 'choice' && { choices: field.choices ?? [] }) }
    })
  const naming = fields.some(({ name }) => name === head.names) ? head.names : (fields[0]?.name ?? '')
  return { ...head, scope: 'unit', names: naming, fields, keys: base?.keys ?? [], rules: [] }
}

/** In the set of the forms in force, so that what it refers to is found; undefined where there is nothing to show yet. */
export function previewOf(sheet: DesignSheet, definition: Definition | undefined, forms: Forms): Form | undefined {
  const whole = (definition && wholeOf(definition)) ?? asItStands(sheet)
  if (whole.fields.length === 0) return undefined
  try {
    const form = compileDefinition(whole, sheet.base && builtInForm(sheet.base.name))
    return formOf(together([...Object.values(forms).filter((each) => each.name !== form.name), form]), form.name)
  } catch {
    // half a definition may contradict itself: the last picture stands
    return undefined
  }
}

/** Definitions that begin without some of their columns, because what these refer to or count is not there yet. */
import { type Definition, type FieldDefinition, isAdjustment } from '../../forms/index.ts'
import { isRecord } from '../../requests.ts'

export const fieldsOf = (definition: Definition) =>
  (isAdjustment(definition) ? definition.add : definition.fields) ?? []

/** Whether a column counts rows of another register of which this is so. */
export const isCountedOf = ({ computed }: FieldDefinition, isSo: (form: string) => boolean): boolean =>
  Object.values(computed ?? {}).some((of) => isRecord(of) && isSo(String(of.form)))

/** A definition without those of its own columns of which this is so, and what names them; itself where there are none. */
export function withoutFields(definition: Definition, isLeft: (field: FieldDefinition) => boolean): Definition {
  if (!fieldsOf(definition).some(isLeft)) return definition
  const left = new Set(fieldsOf(definition).flatMap((field) => (isLeft(field) ? [field.name] : [])))
  const fields = fieldsOf(definition).filter(({ name }) => !left.has(name))
  const isKept = (part: unknown) => ![...left].some((name) => JSON.stringify(part).includes(JSON.stringify(name)))
  if (isAdjustment(definition)) {
    const { rules, order, require, ...rest } = definition
    return {
      ...rest,
      add: fields,
      rules: rules?.filter(isKept),
      order: order?.filter(isKept),
      require: require?.filter(isKept),
    }
  }
  const { paper: _later, ...rest } = definition
  const keys = definition.keys.filter(isKept)
  return {
    ...rest,
    fields,
    rules: definition.rules.filter(isKept),
    keys: keys.length > 0 ? keys : [[definition.names]],
  }
}

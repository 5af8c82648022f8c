/** What a person answers about a proposed register, set in its definition. */
import type { Definition, FieldDefinition } from './definition.ts'

/** A field of another type keeps what that type has. */
const retyped = (field: FieldDefinition, type: FieldDefinition['type']): FieldDefinition => ({
  ...field,
  type,
  choices: type === 'choice' ? field.choices : undefined,
  max: type === 'text' || type === 'long_text' ? field.max : undefined,
  sum: type === 'integer' || type === 'decimal' ? field.sum : undefined,
})

/** The definition with an answer set at the place it is about: `fields.links.type`, `required`, `keys`, or the whole `form`. */
export function answered(definition: Definition, about: string, value: unknown): Definition {
  const [, name, option] = /^fields\.(\w+)\.(\w+)$/.exec(about) ?? []
  if (about === 'form') return value as Definition
  if (about === 'required') {
    const names = value as string[]
    return 'fields' in definition
      ? {
          ...definition,
          fields: definition.fields.map((field) => ({ ...field, required: names.includes(field.name) })),
        }
      : definition
  }
  if (name === undefined || option === undefined) return { ...definition, [about]: value }
  const change = (field: FieldDefinition) =>
    field.name !== name
      ? field
      : option === 'type'
        ? retyped(field, value as FieldDefinition['type'])
        : { ...field, [option]: value }
  return 'fields' in definition
    ? { ...definition, fields: definition.fields.map(change) }
    : { ...definition, add: definition.add?.map(change) }
}

/** What a person answers to a proposal, set in the definition that is proposed. */
import type { Definition, FieldDefinition } from '../../../server/forms/index.ts'
import type { Question } from '../../../server/proposals/question.ts'

/** A field of another type keeps what that type has. */
const retyped = (field: FieldDefinition, type: FieldDefinition['type']): FieldDefinition => ({
  ...field,
  type,
  choices: type === 'choice' ? field.choices : undefined,
  max: type === 'text' || type === 'long_text' ? field.max : undefined,
  sum: type === 'integer' || type === 'decimal' ? field.sum : undefined,
})

function answered(definition: Definition, about: string, value: unknown): Definition {
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

/** The definition as it was answered; `chosen`: the place of an option by question. The whole form is chosen first. */
export function withAnswers(
  form: Definition,
  questions: readonly Question[],
  chosen: Readonly<Record<string, number>>,
): Definition {
  const inOrder = [...questions].sort((a, b) => Number(b.about === 'form') - Number(a.about === 'form'))
  return inOrder.reduce((definition, { id, about, options }) => {
    const at = chosen[id]
    return at === undefined || at === 0 ? definition : answered(definition, about, options[at]?.value)
  }, form)
}

/**
 * Definitions: forms as JSON, as campaigns keep them, packages carry them and the admin gets them. A built-in form has one
 * too; what of it is code (rules beyond the vocabulary, familiar names, what is decided above the unit) goes by its name.
 */
import { entryOf, withoutEntry } from './entries.ts'
import { defineForm, type Field, type Form, impliedRules } from './form.ts'
import { type Forms, together } from './in_force.ts'
import type { Paper } from './paper/paper.ts'
import { fieldsNamed, type RuleDefinition } from './rule_kinds.ts'
import type { Rule } from './rules.ts'
import type { TypeName } from './value.ts'

export type FieldDefinition = Omit<Field, 'width' | 'brings' | 'entry'> & {
  width?: number
  /** Codes of the collections whose works have it; `of_titles` is how they are called, as the campaign has it. */
  of?: readonly string[]
  of_titles?: readonly string[]
  /** What becomes, when it is published, of values that no longer fit: a choice that goes, a text that is no number. null: the cell is emptied. */
  replace?: Replacements
}
export type Replacements = Readonly<Record<string, string | number | boolean | null>>

/** A rule of a built-in form that is code: told by its name. */
type BuiltInRule = Pick<Rule, 'name' | 'says' | 'severity' | 'when'> & { kind: 'built_in'; looks_at: readonly string[] }

export type FormDefinition = Pick<
  Form,
  'name' | 'label' | 'title' | 'annex' | 'measure' | 'scope' | 'names' | 'keys' | 'paper'
> & {
  fields: readonly FieldDefinition[]
  rules: readonly (RuleDefinition | BuiltInRule)[]
}

/** What a campaign changes of a built-in form. Everything else stays as it is built in. */
export type Adjustment = {
  extends: string
  title?: string
  label?: string
  measure?: string
  annex?: number | null
  /** Fields that are not shown; what is stored in them stays. */
  hide?: readonly string[]
  rename?: Readonly<Record<string, string>>
  /** Upper headings, by field; '' takes one away. */
  groups?: Readonly<Record<string, string>>
  /** Fields in their new order; those not named follow in the old one. */
  order?: readonly string[]
  require?: readonly string[]
  choices?: Readonly<Record<string, readonly string[]>>
  /** What becomes of choices that go, by field. */
  replace?: Readonly<Record<string, Replacements>>
  add?: readonly FieldDefinition[]
  rules?: readonly RuleDefinition[]
  paper?: Paper
}

/** What a campaign says of a register: all of a new one, or what it changes of a built-in one. */
export type Definition = FormDefinition | Adjustment

export const isAdjustment = (definition: Definition): definition is Adjustment => 'extends' in definition

/** The register a definition is of. */
export const nameOfDefinition = (definition: Definition): string =>
  isAdjustment(definition) ? definition.extends : definition.name

/** Characters a column of a type has on paper, where its definition says nothing else. */
const widths: Readonly<Record<TypeName, number>> = {
  text: 16,
  long_text: 30,
  integer: 9,
  decimal: 9,
  date: 12,
  month: 10,
  datetime: 16,
  choice: 10,
  list: 14,
  yes_no: 8,
  phone: 14,
  credit_code: 21,
  url: 24,
  reference: 26,
  attachments: 16,
  conditions: 16,
  scoring_items: 26,
  prizes: 26,
}

const ruleDefinition = ({ definition, name, says, severity, when, looksAt }: Rule): RuleDefinition | BuiltInRule =>
  definition ?? { name, kind: 'built_in', says, severity, when, looks_at: looksAt }

/** A form as JSON. */
export function definitionOf(form: Form): FormDefinition {
  const { name, label, title, annex, measure, scope, names, keys, paper } = form
  const implied = new Set(impliedRules(form).map((rule) => rule.name))
  return {
    name,
    label,
    title,
    annex,
    measure,
    scope,
    names,
    fields: form.fields.map(({ brings: _, ...field }) => withoutEntry(field)),
    keys,
    rules: (form.rules ?? []).filter((rule) => !implied.has(rule.name)).map(ruleDefinition),
    ...(paper && { paper }),
  }
}

/** Columns in an order that may name some alone; the others follow as they stand. */
export const inOrder = (fields: readonly FieldDefinition[], order: readonly string[]): FieldDefinition[] => {
  const place = new Map(order.map((name, at) => [name, at]))
  return [...fields].sort((a, b) => (place.get(a.name) ?? order.length) - (place.get(b.name) ?? order.length))
}

/** A definition as a campaign adjusts it. Rules that look at what is hidden go with it. */
export function adjusted(base: FormDefinition, adjustment: Adjustment): FormDefinition {
  const { title, label, measure, annex, hide = [], rename = {}, groups = {}, order = [], require = [] } = adjustment
  const { choices = {}, replace = {}, add = [], rules = [] } = adjustment
  const kept = base.fields
    .filter(({ name }) => !hide.includes(name))
    .map((field) => ({
      ...field,
      label: rename[field.name] ?? field.label,
      // a workbook made before is read as ever
      ...(field.name in rename && { synonyms: [...(field.synonyms ?? []), field.label] }),
      ...(field.name in groups && { group: groups[field.name] || undefined }),
      ...(require.includes(field.name) && { required: true }),
      ...(field.name in choices && withChoices(field, choices[field.name] ?? [])),
      ...(field.name in replace && { replace: replace[field.name] }),
    }))
  const sees = (rule: RuleDefinition | BuiltInRule) => {
    const names = rule.kind === 'built_in' ? (rule as BuiltInRule).looks_at : fieldsNamed(rule as RuleDefinition)
    return !names.some((name) => hide.includes(name.replace(/\..*/, '')))
  }
  return {
    ...base,
    title: title ?? base.title,
    label: label ?? base.label,
    measure: measure ?? base.measure,
    annex: annex === undefined ? base.annex : annex,
    fields: inOrder([...kept, ...add], order),
    rules: [...base.rules.filter(sees), ...rules],
    ...(adjustment.paper && { paper: adjustment.paper }),
  }
}

/** Other spellings are of a choice; those of one that is gone go with it. */
const withChoices = ({ also }: FieldDefinition, choices: readonly string[]) => ({
  choices,
  also: also && Object.fromEntries(Object.entries(also).filter(([, choice]) => choices.includes(choice))),
})

/** A form of its JSON; `builtIn` is the built-in one of its name, for what of it is code. */
export function compileDefinition(definition: FormDefinition, builtIn?: Form): Form {
  const fields = definition.fields.map(
    ({ replace: _, ...field }): Field => ({
      ...entryOf(field),
      width: field.width ?? widths[field.type],
      ...(field.computed && { derived: true }),
    }),
  )
  const rules = definition.rules.flatMap((rule): (Rule | RuleDefinition)[] =>
    rule.kind === 'built_in'
      ? (builtIn?.rules?.filter(({ name }) => name === rule.name) ?? [])
      : [rule as RuleDefinition],
  )
  return defineForm({ ...builtIn, ...definition, fields, rules })
}

/** A set of forms of its JSON, as `GET /api/forms` answers it. */
export const compileForms = (definitions: readonly FormDefinition[], builtIn: Forms): Forms =>
  together(
    definitions.map((each) =>
      compileDefinition(each, Object.hasOwn(builtIn, each.name) ? builtIn[each.name] : undefined),
    ),
  )

/**
 * A definition as the designer has it: one row a column, in order, with what the register is called, its rules and what
 * tells rows apart. `sheetOf` and `definitionOf` are each other's inverse: what nobody touches comes back as it was, of an
 * adjustment only what differs from the built-in register.
 */
import {
  type Adjustment,
  type Definition,
  type FieldDefinition,
  type FormDefinition,
  inOrder,
  isAdjustment,
  sameValue,
} from '../../../../server/forms/index.ts'
import type { CellName } from './cells.ts'

export type DesignRule = FormDefinition['rules'][number]

/** What stands above the columns. */
export type DesignHead = Pick<FormDefinition, 'name' | 'label' | 'title' | 'annex' | 'measure' | 'names'>

export type DesignRow = {
  /** Of this sheet alone. */
  id: number
  /** Grows with every change of the row. */
  version: number
  /** Rows stand in its order. */
  place: number
  /** The column as it would be written, with options that its type has no use for: they come back with the type. */
  field: FieldDefinition
  /** What was typed and is not understood, by cell. */
  unread: Readonly<Partial<Record<CellName, { text: string; error: string }>>>
  /** The numbers, from 1, of the sets of columns that tell rows apart. */
  keys: readonly number[]
  /** Of a built-in register: as it is built in, and whether the campaign goes without it. */
  builtIn?: FieldDefinition
  hidden: boolean
}

export type DesignSheet = {
  head: DesignHead
  rows: readonly DesignRow[]
  /** Of a built-in register those that are added to its own. */
  rules: readonly DesignRule[]
  /** The built-in register that is adjusted. */
  base?: FormDefinition
  /** As it was read: what of it no row or head says, and in which order it said things. */
  was: Definition
}

/** The definition as rows; `base` is the built-in register that an adjustment is of. */
export function sheetOf(definition: Definition, base?: FormDefinition): DesignSheet {
  if (isAdjustment(definition) && !base) throw new Error(`no built-in form ${definition.extends}`)
  return isAdjustment(definition) ? adjustedSheet(definition, base as FormDefinition) : ownSheet(definition)
}

const numbersIn = (keys: FormDefinition['keys'], name: string) =>
  keys.flatMap((key, at) => (key.includes(name) ? at + 1 : []))

const headOf = ({ name, label, title, annex, measure, names }: FormDefinition): DesignHead => ({
  name,
  label,
  title,
  annex,
  measure,
  names,
})

const rowOf = (field: FieldDefinition, at: number): DesignRow => ({
  id: at + 1,
  version: 1,
  place: at + 1,
  field,
  unread: {},
  keys: [],
  hidden: false,
})

function ownSheet(definition: FormDefinition): DesignSheet {
  const keysOf = (name: string) => numbersIn(definition.keys, name)
  return {
    head: headOf(definition),
    rows: definition.fields.map((field, at) => ({ ...rowOf(field, at), keys: keysOf(field.name) })),
    rules: definition.rules,
    was: definition,
  }
}

function adjustedSheet(definition: Adjustment, base: FormDefinition): DesignSheet {
  const { hide = [], rename = {}, groups = {}, order = [], require = [], choices = {}, add = [] } = definition
  const { label = base.label, title = base.title, measure = base.measure, annex = base.annex } = definition
  const changed = (field: FieldDefinition): FieldDefinition => ({
    ...field,
    label: rename[field.name] ?? field.label,
    ...(field.name in groups && { group: groups[field.name] || undefined }),
    ...(require.includes(field.name) && { required: true }),
    ...(field.name in choices && { choices: choices[field.name] }),
  })
  const builtIn = new Map(base.fields.map((field) => [field.name, field]))
  const fields = inOrder([...base.fields.map(changed), ...add], order)
  return {
    head: { ...headOf(base), label, title, measure, annex },
    rows: fields.map((field, at) => ({
      ...rowOf(field, at),
      keys: numbersIn(base.keys, field.name),
      hidden: hide.includes(field.name),
      ...(builtIn.has(field.name) && { builtIn: builtIn.get(field.name) as FieldDefinition }),
    })),
    rules: definition.rules ?? [],
    base,
    was: definition,
  }
}

export const inPlace = (rows: readonly DesignRow[]): DesignRow[] => [...rows].sort((a, b) => a.place - b.place)

/** Which types an option is of; those not named here are of any. */
const fits: Partial<Record<keyof FieldDefinition, readonly FieldDefinition['type'][]>> = {
  choices: ['choice', 'list'],
  also: ['choice'],
  min: ['integer', 'decimal'],
  max: ['integer', 'decimal', 'text', 'long_text', 'url'],
  sum: ['integer', 'decimal'],
  counted_in: ['integer', 'decimal'],
  computed: ['integer', 'decimal'],
  mobile: ['phone'],
  of_year: ['date', 'datetime'],
  compact: ['text'],
  person: ['text'],
  to: ['reference'],
}

/** What only a cell that somebody fills can have. */
const typedAlone: readonly (keyof FieldDefinition)[] = ['required', 'private', 'min', 'max', 'counted_in']

/** A row's column with the options that its type has a use for. */
export function fieldOfRow({ field }: Pick<DesignRow, 'field'>): FieldDefinition {
  const isComputed = field.computed !== undefined && fits.computed?.includes(field.type)
  const kept = Object.entries(field).filter(([option, value]) => {
    const types = fits[option as keyof FieldDefinition]
    const isTyped = isComputed && typedAlone.includes(option as keyof FieldDefinition)
    return value !== undefined && !isTyped && (!types || types.includes(field.type))
  })
  const next = Object.fromEntries(kept) as FieldDefinition
  if (!next.also || !next.choices) return next
  // other spellings are of a choice: those of one that is gone go with it
  const also = Object.entries(next.also).filter(([, choice]) => next.choices?.includes(choice))
  return { ...next, also: also.length > 0 ? Object.fromEntries(also) : undefined }
}

/** The definition that a sheet amounts to, right or wrong: `readDefinition` says what is. */
export const definitionOfSheet = (sheet: DesignSheet): Definition =>
  sheet.base ? adjustmentOf(sheet, sheet.base) : formOf(sheet)

function formOf({ head, rows, rules, was }: DesignSheet): FormDefinition {
  const placed = inPlace(rows)
  const fields = placed.map(fieldOfRow)
  // a register whose naming column went is called by its first one
  const names = fields.some(({ name }) => name === head.names) ? head.names : (fields[0]?.name ?? head.names)
  return {
    ...(was as FormDefinition),
    ...head,
    names,
    fields,
    keys: keysOf(placed, (was as FormDefinition).keys),
    rules,
  }
}

/** The sets that the rows' numbers make, each in its old order as long as it is the same. */
function keysOf(rows: readonly DesignRow[], before: FormDefinition['keys']): string[][] {
  const numbers = [...new Set(rows.flatMap(({ keys }) => keys))].sort((a, b) => a - b)
  return numbers.map((number) => {
    const names = rows.filter(({ keys }) => keys.includes(number)).map(({ field }) => field.name)
    const old = before[number - 1] ?? []
    return old.length === names.length && names.every((name) => old.includes(name)) ? [...old] : names
  })
}

const isEmpty = (value: unknown) =>
  value === undefined || (typeof value === 'object' && value !== null && Object.keys(value).length === 0)

function adjustmentOf({ head, rows, rules, was }: DesignSheet, base: FormDefinition): Adjustment {
  const placed = inPlace(rows)
  const ofBase = placed.flatMap((row) => (row.builtIn ? [{ ...row, builtIn: row.builtIn }] : []))
  const shown = ofBase.filter(({ hidden }) => !hidden)
  const differing = (option: keyof FieldDefinition) =>
    shown.filter(({ field, builtIn }) => !sameValue(field[option], builtIn[option]))
  const byName = <T>(changed: typeof shown, value: (field: FieldDefinition) => T) =>
    Object.fromEntries(changed.map(({ field }) => [field.name, value(field)]))
  const words = (['title', 'label', 'measure', 'annex'] as const).filter((word) => head[word] !== base[word])
  const before = was as Adjustment
  const added = placed.filter(({ builtIn }) => !builtIn).map(fieldOfRow)
  const add = asBefore(
    added.map(({ name }) => name),
    before.add?.map(({ name }) => name),
  ).flatMap((name) => added.find((field) => field.name === name) ?? [])
  const namesOf = (rows: typeof ofBase) => rows.map(({ field }) => field.name)
  const said = {
    ...before,
    ...{ title: undefined, label: undefined, measure: undefined, annex: undefined },
    ...Object.fromEntries(words.map((word) => [word, head[word]])),
    hide: asBefore(namesOf(ofBase.filter(({ hidden }) => hidden)), before.hide),
    rename: byName(differing('label'), ({ label }) => label),
    groups: byName(differing('group'), ({ group }) => group ?? ''),
    order: orderOf(placed, [...base.fields, ...add], before.order),
    require: asBefore(namesOf(differing('required')), before.require),
    choices: byName(differing('choices'), ({ choices }) => choices ?? []),
    add,
    rules,
  }
  return Object.fromEntries(Object.entries(said).filter(([, value]) => !isEmpty(value))) as unknown as Adjustment
}

/** Names stand as they stood, new ones behind them. */
const asBefore = (names: readonly string[], before: readonly string[] = []) => [
  ...before.filter((name) => names.includes(name)),
  ...names.filter((name) => !before.includes(name)),
]

/** The fewest columns to name so that the others follow as they stand in `all`; as it was, where that says the same. */
function orderOf(placed: readonly DesignRow[], all: readonly FieldDefinition[], before: readonly string[] = []) {
  const names = placed.filter(({ hidden }) => !hidden).map(({ field }) => field.name)
  const natural = all.filter(({ name }) => names.includes(name))
  const isSame = (order: readonly string[]) =>
    sameValue(
      inOrder(natural, order).map(({ name }) => name),
      names,
    )
  if (before.length > 0 && isSame(before)) return before
  let count = 0
  while (count < names.length && !isSame(names.slice(0, count))) count += 1
  return names.slice(0, count)
}

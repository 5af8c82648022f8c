/** What a rule in words is (`RuleDefinition`, plain JSON), and what the vocabulary says of each kind of rule (`RuleKind`). */
import type { Field } from '../form.ts'
import type { Related, Row, Rule } from '../rules.ts'
import { types } from '../types.ts'
import type { Conditions, TypeName, Value } from '../value.ts'

export type Scalar = string | number | boolean

/** When another field is a value, one of some, or given at all. */
export type Condition = { field: string; value?: Scalar; values?: readonly Scalar[] }

/** A rule as it stands in a definition: `field` is where a broken one is told, `says` the author's own sentence. */
export type RuleDefinition = {
  name: string
  kind: string
  field: string
  than?: string
  value?: Scalar
  values?: readonly Scalar[]
  min?: number
  max?: number
  if?: Condition
  fields?: readonly string[]
  /** Of a share: which rows, among which; per cent; of the campaign's rows or of each unit's. */
  of?: Conditions
  among?: Conditions
  at_least?: number
  at_most?: number
  per?: 'campaign' | 'unit'
  severity: Rule['severity']
  when?: 'cell' | 'store' | 'submission'
  says?: string
}

/** What a kind may ask for besides the field. */
export type Parameter =
  | ('than' | 'value' | 'values' | 'min' | 'max' | 'if' | 'fields')
  | ('of' | 'among' | 'at_least' | 'at_most' | 'per')

/** The form's fields by name; every name that a rule has read well is one of them. */
export type FieldOf = (name: string) => Field

export type RuleKind = {
  /** As whoever makes rules chooses it: 不大于. */
  label: string
  takes: readonly Parameter[]
  /** Types of the fields it is about. */
  fits: readonly TypeName[]
  /** When it is asked, where the rule says nothing else. */
  when: NonNullable<RuleDefinition['when']>
  /** What is wrong in a rule as written, and at which parameter, once each is of its shape and each field there. */
  fault: (rule: RuleDefinition, fieldOf: FieldOf) => readonly [keyof RuleDefinition, string] | undefined
  /** What it looks at; absent: the fields that it names. */
  looksAt?: (rule: RuleDefinition) => string[]
  /** The sentence that is proposed. */
  says: (rule: RuleDefinition, fieldOf: FieldOf) => string
  /** The check: what is said to a row that breaks the rule. */
  ask: (rule: RuleDefinition, fieldOf: FieldOf) => (row: Row, related: Related) => string | undefined
  example: (rule: RuleDefinition, fieldOf: FieldOf) => Rule['example']
  /** What no two rows may share. */
  unique?: (rule: RuleDefinition) => readonly string[]
}

export const numbers: readonly TypeName[] = ['integer', 'decimal']
export const times: readonly TypeName[] = ['date', 'month', 'datetime']

/** A value of a field, as sentences show it. */
export const printed = (field: Field, value: Value | undefined) =>
  value === null || value === undefined ? '' : types[field.type].print(value, field)

/** “甲”或“乙” */
export const quoted = (field: Field, values: readonly Scalar[]) =>
  values.map((value) => `“${printed(field, value)}”`).join('或')

export const labelled = (names: readonly string[], fieldOf: FieldOf) =>
  names.map((name) => fieldOf(name).label).join('、')

/** Decimals have four places: sums of them are compared in ten-thousandths, as PostgreSQL's numeric does it exactly. */
export const inTenThousandths = (value: number) => Math.round(value * 10_000)

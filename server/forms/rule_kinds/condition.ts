/** The condition of a rule: what another field is, or that it is given. Any kind may have one; `required_if` is nothing without. */
import type { Row } from '../rules.ts'
import { isBlank, type TypeName, type Value } from '../value.ts'
import type { Condition, FieldOf, Scalar } from './kind.ts'
import { printed, quoted } from './kind.ts'

/** Whose values can be named in a rule. */
export const nameable: readonly TypeName[] = [
  ...['text', 'choice', 'list', 'yes_no', 'integer', 'decimal', 'month', 'date'].map((type) => type as TypeName),
]

const valuesOf = ({ value, values }: Condition): readonly Scalar[] | undefined =>
  values ?? (value === undefined ? undefined : [value])

const isOneOf = (value: Value | undefined, values: readonly Scalar[]) =>
  Array.isArray(value) ? value.some((each) => values.includes(each as string)) : values.includes(value as Scalar)

export function holds(condition: Condition, row: Row): boolean {
  const values = valuesOf(condition)
  const value = row[condition.field]
  return values ? !isBlank(value) && isOneOf(value, values) : !isBlank(value)
}

/** What is wrong in it: `own` is what the rule is about. */
export function faultOfCondition(condition: Condition, own: readonly string[], fieldOf: FieldOf): string | undefined {
  if (own.includes(condition.field)) return '条件要看另一栏，不能看自己。'
  const { label, type } = fieldOf(condition.field)
  return valuesOf(condition) && !nameable.includes(type) ? `“${label}”不能用值来比，只能看填了没有。` : undefined
}

/** 形式是“其他”的, 填了形式的: how a sentence begins. */
export function conditionWords(condition: Condition, fieldOf: FieldOf): string {
  const other = fieldOf(condition.field)
  const values = valuesOf(condition)
  return values ? `${other.label}是${quoted(other, values)}的，` : `填了${other.label}的，`
}

/** How the sentence begins that is said to a row in which it holds. */
export function conditionMet(condition: Condition, fieldOf: FieldOf, row: Row): string {
  const other = fieldOf(condition.field)
  return valuesOf(condition) ? `${other.label}是“${printed(other, row[other.name] ?? null)}”，` : `填了${other.label}，`
}

/** A row in which it holds. */
export function rowMeeting(condition: Condition, fieldOf: FieldOf): Row {
  const { type, choices } = fieldOf(condition.field)
  const any = type === 'integer' || type === 'decimal' || type === 'reference' ? 1 : type === 'yes_no' ? true : '有'
  const [value = choices?.[0] ?? any] = valuesOf(condition) ?? []
  return { [condition.field]: type === 'list' ? [String(value)] : value }
}

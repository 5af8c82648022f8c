/** What a rule may take besides its field, read: each of its shape, with values as its field keeps them. */
import type { Field } from '../form.ts'
import type { Errors } from '../rules.ts'
import { oneLine } from '../text.ts'
import { types } from '../types.ts'
import type { Conditions, Parsed } from '../value.ts'
import { nameable } from './condition.ts'
import type { Parameter, Scalar } from './kind.ts'

const MAX_VALUES = 100
const MAX_LENGTH = 100_000

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
export const control = /[\u0000-\u001f\u007f]/

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const shownName = (name: unknown) => `“${typeof name === 'string' ? oneLine(name).slice(0, 40) : ''}”`

/** What a rule takes besides its field, each of its shape. */
export function readParameters(given: Record<string, unknown>, takes: readonly Parameter[], own: Field, named: Named) {
  const errors: Errors = {}
  const values: Record<string, unknown> = {}
  for (const parameter of takes) {
    const value = given[parameter]
    if (value === undefined || value === null) continue
    const read = readers[parameter](value, own, named)
    if ('error' in read) errors[parameter] = read.error
    else values[parameter] = read.value
  }
  return { errors, values }
}

/** The field of this name, or why there is none that a rule may look at. */
export type Named = (name: unknown) => { field: Field } | { error: string }
type Reader = (value: unknown, own: Field, named: Named) => { value: unknown } | { error: string }

/** A value as the field keeps it: the same in the rule, in a row and in PostgreSQL. */
function readScalar(value: unknown, field: Field): Parsed {
  if (!['string', 'number', 'boolean'].includes(typeof value)) return { error: '值应是文字、数字或者是否。' }
  if (typeof value === 'string' && control.test(value)) return { error: '值里有看不见的字符。' }
  if (field.type !== 'list') {
    const parsed = types[field.type].parse(value, { ...field, min: undefined, max: undefined } as Field, { year: 0 })
    return 'value' in parsed && (parsed.value === '' || parsed.value === null) ? { error: '值不能空。' } : parsed
  }
  const word = oneLine(String(value))
  return field.choices && !field.choices.includes(word)
    ? { error: `${field.label}没有“${word.slice(0, 40)}”这一项。` }
    : { value: word }
}

function readScalars(value: unknown, field: Field): { value: Scalar[] } | { error: string } {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_VALUES)
    return { error: `值应是一列，1 到 ${MAX_VALUES} 个。` }
  const read = value.map((each) => readScalar(each, field))
  const fault = read.find((each) => 'error' in each)
  return fault && 'error' in fault
    ? fault
    : { value: [...new Set(read.map((each) => ('value' in each ? (each.value as Scalar) : '')))] }
}

const readLength: Reader = (value) =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_LENGTH
    ? { value }
    : { error: `应是 0 到 ${MAX_LENGTH} 的整数。` }

const readPercent: Reader = (value) =>
  typeof value === 'number' && value >= 0 && value <= 100 && Number.isInteger(value * 100)
    ? { value }
    : { error: '百分之几应是 0 到 100 的数，最多两位小数。' }

const MAX_CONDITIONS = 20

/** Which rows: column → the value it has, or one of those it may have. */
const readConditions: Reader = (given, _own, named) => {
  if (!isObject(given) || Object.keys(given).length > MAX_CONDITIONS)
    return { error: '条件应写成 {"栏目": "值"} 或 {"栏目": ["值", "值"]}。' }
  const conditions: Conditions = {}
  for (const [name, wanted] of Object.entries(given)) {
    const found = named(name)
    if ('error' in found) return found
    if (!nameable.includes(found.field.type) || found.field.type === 'list' || found.field.private)
      return { error: `不能按“${found.field.label}”来分。` }
    const read = Array.isArray(wanted) ? readScalars(wanted, found.field) : readScalar(wanted, found.field)
    if ('error' in read) return read
    conditions[name] = read.value as Scalar
  }
  return { value: conditions }
}

const readers: Record<Parameter, Reader> = {
  of: readConditions,
  among: readConditions,
  at_least: readPercent,
  at_most: readPercent,
  per: (value) => (value === 'campaign' || value === 'unit' ? { value } : { error: '写 campaign 或 unit。' }),
  than(value, _own, named) {
    const found = named(value)
    return 'error' in found ? found : { value: found.field.name }
  },
  value: readScalar,
  values: readScalars,
  min: readLength,
  max: readLength,
  fields(value, _own, named) {
    if (!Array.isArray(value) || value.length === 0 || value.length > MAX_VALUES || new Set(value).size < value.length)
      return { error: '要写是哪几栏，每栏一次。' }
    return value.map(named).find((found) => 'error' in found) ?? { value }
  },
  if(value, _own, named) {
    if (!isObject(value)) return { error: '要写是哪一栏，什么值。' }
    const odd = Object.keys(value).find((key) => !['field', 'value', 'values'].includes(key))
    if (odd !== undefined) return { error: `条件没有${shownName(odd)}这一项。` }
    const found = named(value.field)
    if ('error' in found) return found
    const { field } = found
    if (value.value !== undefined && value.values !== undefined) return { error: '一个值和几个值，两样写一样。' }
    if (value.values !== undefined) {
      const read = readScalars(value.values, field)
      return 'error' in read ? read : { value: { field: field.name, values: read.value } }
    }
    if (value.value === undefined) return { value: { field: field.name } }
    const read = readScalar(value.value, field)
    return 'error' in read ? read : { value: { field: field.name, value: read.value } }
  },
}

/** Pieces of a definition read from JSON: texts, numbers, flags and lists, with what is wrong collected by path. */
import type { Errors } from './rules.ts'
import { oneLine } from './text.ts'
import { shown } from './value.ts'

/** Entries of a record, such as other spellings of choices. */
const MAX_ENTRIES = 200
const MAX_ENTRY_CHARS = 60

export type Given = Record<string, unknown>
export const isObject = (value: unknown): value is Given =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Collects what is wrong, by path. */
export class Faults {
  readonly errors: Errors = {}
  add(path: string, sentence: string) {
    this.errors[path] ??= sentence
  }
  get any() {
    return Object.keys(this.errors).length > 0
  }
}

export function readText(faults: Faults, path: string, value: unknown, what: string, max: number, optional = false) {
  if (optional && (value === undefined || value === null)) return undefined
  if (typeof value !== 'string') {
    faults.add(path, `${what}应是文字。`)
    return ''
  }
  const text = oneLine(value)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what is looked for
  if (/[\u0000-\u001f\u007f]/.test(text)) faults.add(path, `${what}里有不能保存的字符，请重新输入。`)
  if (text === '' && !optional) faults.add(path, `${what}不能空。`)
  if ([...text].length > max) faults.add(path, `${what}最多 ${max} 字。`)
  return text
}

export function readNumber(
  faults: Faults,
  path: string,
  value: unknown,
  what: string,
  [min, max]: readonly [number, number],
) {
  if (value === undefined || value === null) return undefined
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min && value <= max) return value
  faults.add(path, `${what}应是 ${min} 到 ${max} 的整数。`)
  return undefined
}

export function readFlag(faults: Faults, path: string, value: unknown) {
  if (value === undefined || value === null) return undefined
  if (typeof value !== 'boolean') faults.add(path, '应是 true 或 false。')
  return value === true ? true : undefined
}

export function readTexts(faults: Faults, path: string, value: unknown, what: string, most: number, chars: number) {
  if (value === undefined || value === null) return undefined
  if (!Array.isArray(value) || value.length === 0 || value.length > most) {
    faults.add(path, `${what}应是一列文字，1 到 ${most} 个。`)
    return undefined
  }
  const texts = value.map((each, at) => readText(faults, `${path}.${at}`, each, what, chars) ?? '')
  const twice = texts.find((text, at) => texts.indexOf(text) < at)
  if (twice !== undefined) faults.add(path, `${what}里“${shown(twice)}”写了两遍。`)
  return texts
}

/** Words or numbers by name, as `also` and `counted_in` are. */
export function readRecord<T>(
  faults: Faults,
  path: string,
  value: unknown,
  what: string,
  read: (path: string, each: unknown) => T,
) {
  if (value === undefined || value === null) return undefined
  if (!isObject(value) || Object.keys(value).length > MAX_ENTRIES) {
    faults.add(path, `${what}应是 {"写法": 值}。`)
    return undefined
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, each]) => {
      readText(faults, `${path}.${name.slice(0, 40)}`, name, what, MAX_ENTRY_CHARS)
      return [name, read(`${path}.${name.slice(0, 40)}`, each)] as const
    }),
  )
}

export function refuseUnknown(faults: Faults, path: string, given: Given, known: readonly string[]) {
  const unknown = Object.keys(given).find((name) => !known.includes(name))
  if (unknown !== undefined)
    faults.add(`${path}${unknown.slice(0, 40)}`, `不认识“${unknown.slice(0, 40)}”，可写：${known.join('、')}。`)
}

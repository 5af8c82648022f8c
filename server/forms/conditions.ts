/**
 * A small filter as a cell: field → value or values. In JSON an object; in words `kind=知识竞赛、主题演讲；with_cac=是`.
 */
import { type Conditions, isScalar, no, ok, type Parsed, shown, type Typed, type Value } from './value.ts'

const MAX_CONDITIONS = 20
const MAX_CONDITION_VALUES = 100

/** kind=知识竞赛、主题演讲；with_cac=是 */
function conditionsIn(text: string): Record<string, unknown> | undefined {
  const pieces = text.split(/[;；\n]/).filter((piece) => piece.trim() !== '')
  const pairs = pieces.map((piece) => /^\s*([a-z][a-z0-9_]*)\s*[=＝]\s*(.+?)\s*$/.exec(piece))
  if (pairs.some((pair) => pair === null)) return undefined
  return Object.fromEntries(
    pairs.map((pair) => {
      const values = (pair?.[2] ?? '').split(/[、,，]/).map(plainValue)
      return [pair?.[1] ?? '', values.length === 1 ? values[0] : values]
    }),
  )
}
const plainValue = (word: string) => {
  const text = word.trim()
  if (text === '是' || text === '否') return text === '是'
  return /^-?\d{1,9}$/.test(text) ? Number(text) : text
}

export function parseConditions(cell: unknown, field: Typed): Parsed {
  const given = typeof cell === 'string' ? conditionsIn(cell) : cell
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return no(`${field.label}读不懂，请写成 栏目代号=值、值；几个条件用分号隔开。`)
  const entries = Object.entries(given)
  if (entries.length > MAX_CONDITIONS) return no(`${field.label}最多 ${MAX_CONDITIONS} 个条件。`)
  const conditions: Conditions = {}
  // in the order in which PostgreSQL keeps the keys of jsonb
  for (const [name, wanted] of entries.sort(([a], [b]) => a.length - b.length || (a < b ? -1 : 1))) {
    const values = [wanted].flat()
    if (values.length === 0 || values.length > MAX_CONDITION_VALUES || !values.every(isScalar))
      return no(`${field.label}里“${shown(name)}”应是一个值，或 1 到 ${MAX_CONDITION_VALUES} 个值。`)
    conditions[name] = wanted as Conditions[string]
  }
  return ok(entries.length > 0 ? conditions : null)
}

export const printedConditions = (value: Value) =>
  Object.entries(typeof value === 'object' && value !== null ? value : {})
    .map(([name, wanted]) => {
      const values = [wanted].flat().map((each) => (typeof each === 'boolean' ? (each ? '是' : '否') : String(each)))
      return `${name}=${values.join('、')}`
    })
    .join('；')

/** Rows at random for the columns of a definition, and values that a column does not take. */
import type { FieldDefinition, Row, Value } from '../../server/forms/index.ts'
import type { Chance } from './chance.ts'

const codes = ['91350100M000100Y43', '91340100MA2N00001X', '12340000485001234J']
const texts = [
  '竞赛',
  '甲',
  '甲乙',
  '演讲',
  'a',
  'B',
  '😀😀',
  '0571',
  '3/4',
  '=1+1',
  '’',
  'x、y',
  '2019-06-18',
  '1,000',
  '%',
  '是',
]

/** A value that a cell of this type could be given; the n-th one where each row needs its own. */
function cellOf(chance: Chance, field: FieldDefinition, n: number, own: boolean): Value {
  const { type, min, max } = field
  const low = Math.max(min ?? 0, -3)
  const day = `2019-0${chance.int(5, 9)}-${String(chance.int(1, 28)).padStart(2, '0')}`
  if (type === 'text' || type === 'long_text') {
    const word = own || field.private ? `${field.private ? '密件' : '第'}${n}号${field.name}` : chance.one(texts)
    return type === 'long_text' && !own && chance.isOf(30) ? `${word}\n${chance.one(texts)}` : word
  }
  if (type === 'integer') return own ? n : chance.int(low, Math.min(max ?? 9, 9))
  if (type === 'decimal')
    return chance.int(low * 10_000, Math.min(max ?? 9, 9) * 10_000) / chance.one([10_000, 10_000, 1])
  if (type === 'date') return day
  if (type === 'month') return chance.one(['1986-04', '2018-12', '2019-06', '2019-07'])
  if (type === 'datetime') return `${day}T${chance.one(['00:00:00', '09:30:00', '23:59:59', '10:00:01'])}`
  if (type === 'choice') return chance.one(field.choices ?? [])
  if (type === 'list')
    return chance.shuffled(field.choices ?? texts.filter((text) => !/[、/,]/.test(text))).slice(0, chance.int(1, 3))
  if (type === 'yes_no') return chance.isOf(50)
  if (type === 'phone') return `1${chance.one(['38', '39'])}${String(70_000_000 + n * 7 + chance.int(0, 6))}`
  if (type === 'credit_code') return chance.one(codes)
  if (type === 'url') return `https://example.cn/${field.name}/${n}`
  return null
}

/** Values for these columns; `own` names those of which no two rows may have the same. */
export function randomRow(
  chance: Chance,
  fields: readonly FieldDefinition[],
  n: number,
  own: ReadonlySet<string>,
): Row {
  return Object.fromEntries(
    fields
      .filter(({ computed, derived, type }) => !computed && !derived && type !== 'reference')
      .map((field) => [
        field.name,
        field.required || own.has(field.name) || chance.isOf(60) ? cellOf(chance, field, n, own.has(field.name)) : null,
      ]),
  )
}

/** A value that its column does not take, as PostgreSQL could be asked to store it; undefined where it takes all. */
export function wrongValue(chance: Chance, field: FieldDefinition): Value | undefined {
  const { type, required, max, min, choices } = field
  if (required && chance.isOf(50)) return null
  if (type === 'text' || type === 'long_text' || type === 'url')
    return `${type === 'url' ? 'https://example.cn/' : ''}${'长'.repeat((max ?? (type === 'text' ? 200 : 2_000)) + 1)}`
  if (type === 'integer' || type === 'decimal') return chance.isOf(50) ? (min ?? 0) - 1 : (max ?? 1_000_000_000) + 1
  if (type === 'choice') return choices?.includes('没有的') ? undefined : '没有的'
  if (type === 'list' && choices) return [...choices.slice(0, 1), '没有的']
  if (type === 'phone') return '12345'
  if (type === 'credit_code') return '123'
  if (type === 'month') return '2019-13'
  return undefined
}

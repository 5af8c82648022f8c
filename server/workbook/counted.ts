// What the numbers of a column are counted in where that stands elsewhere: 阅读量（万次） in the heading, 单位：万次 above the
// table, 时长（分钟） over a field of seconds.
import { type Field, type Form, fieldOf } from '../forms/index.ts'
import type { Heading } from './heading.ts'

/** One of the column is so many of the field's own; `said` is where that stands, `unit` what a bare number means in words. */
export type Quantity = { factor: number; unit: string; said: string; is_above?: true }

const MULTIPLES: Record<string, number> = { 千: 1e3, 万: 1e4, 十万: 1e5, 百万: 1e6, 千万: 1e7, 亿: 1e8, w: 1e4, k: 1e3 }
const MULTIPLE = '十万|百万|千万|千|万|亿|w|k'
const THING = '人次|次|人|名|个|场|条|元|粉丝?|阅读|播放|票'
const UNIT = new RegExp(`^(?:单位|计量单位)?[:：]?\\s*(${MULTIPLE})(?:${THING})?$`, 'i')
const PLAIN = new RegExp(`^(?:单位|计量单位)?[:：]?\\s*(?:${THING})$`)

const isNumber = (field: Field | undefined): field is Field => field?.type === 'integer' || field?.type === 'decimal'

/** What a word such as 万次 or 分钟 stands for over this field, of the field's own: 经费（万元） is kept in 万元. */
function factorOf(field: Field, unit: string): number | undefined {
  const factor = multipleOf(field, unit)
  const own = unitsIn(field.label)
    .map((word) => multipleOf(field, word))
    .find((each) => each !== undefined)
  if (own === undefined) return factor
  return factor === undefined ? (PLAIN.test(unit.replace(/\s/g, '')) ? 1 / own : undefined) : factor / own
}

function multipleOf(field: Field, unit: string): number | undefined {
  const words = unit.replace(/\s/g, '')
  if (field.counted_in) return Object.hasOwn(field.counted_in, words) ? field.counted_in[words] : undefined
  return MULTIPLES[UNIT.exec(words)?.[1]?.toLowerCase() ?? '']
}

/** Words of a heading that may be a unit: in brackets anywhere, or behind a stroke, a colon or a blank at the end. */
function unitsIn(heading: string): string[] {
  const bracketed = [...heading.matchAll(/[（(［[【]([^（）()［］[\]【】]{1,8})[）)］\]】]/g)].map(
    ([, unit]) => unit ?? '',
  )
  const last = /[/／:：\s]([^/／:：\s（）()]{1,6})$/.exec(heading)?.[1]
  return last ? [...bracketed, last] : bracketed
}

/** By column: what its numbers are counted in, where that is not the field's own. */
export function countedIn(
  form: Form,
  { columns, remarks }: Pick<Heading, 'columns' | 'remarks'>,
): Map<number, Quantity> {
  const found = new Map<number, Quantity>()
  const above = remarks.flatMap(({ label, value }) =>
    label === '单位' ? value.replace(/[）)\]】]\s*$/, '').trim() : [],
  )[0]
  for (const { kind, field: name, column, heading } of columns) {
    const field = kind === 'field' ? fieldOf(form, name ?? '') : undefined
    if (!isNumber(field)) continue
    const own = unitsIn(heading).find((unit) => factorOf(field, unit) !== undefined)
    const unit = own ?? (field.sum ? above : undefined)
    const factor = unit === undefined ? undefined : factorOf(field, unit)
    if (unit === undefined || factor === undefined || factor === 1) continue
    const said = own ? `“${heading}”` : `表上写着“单位：${unit}”，“${heading}”`
    found.set(column, { factor, unit: unit.replace(/^单位[:：]?/, ''), said, ...(own ? {} : { is_above: true }) })
  }
  return found
}

/** The same of one column by its heading, wherever that stands. */
export const countedUnder = (form: Form, field: string, heading: string): Quantity | undefined =>
  countedIn(form, { columns: [{ column: 0, heading, kind: 'field', field }], remarks: [] }).get(0)

/** A line 单位：人、万次 above a table of numbers: which of them it means for which column nobody can say. */
export function unclearUnits({ remarks }: Pick<Heading, 'remarks'>): string | undefined {
  const said = remarks.find(({ label }) => label === '单位')?.value.replace(/[）)\]】]\s*$/, '')
  const parts = said?.split(/[、，,；;/／\s]+/) ?? []
  return parts.length > 1 && parts.some((part) => UNIT.test(part)) ? said : undefined
}

const bare = /^[+-]?[\d,，]+(\.\d+)?$/
/** From here on 30000 in a column of 万次 is likelier 30,000 than 300 million. */
const UNLIKELY = 10_000

/** A bare number of the column in the field's own units; what says itself what it is counted in stays. */
export function inOwnUnits(
  value: string | number,
  { factor, unit }: Quantity,
): { value: string | number } | { error: string } {
  const text = String(value).trim()
  if (!bare.test(text)) return { value }
  const number = Number(text.replace(/[,，]/g, ''))
  if (factor >= UNLIKELY && number >= UNLIKELY)
    return {
      error: `这一栏以“${unit}”计，${number} 就是 ${(number * factor).toLocaleString('zh-CN')}，请写明是 ${number}次 还是 ${number}万次。`,
    }
  return { value: Number((number * factor).toFixed(6)) }
}

/** The other way round, for a cell of the sender's own file: a number that is not to be multiplied again. */
export const asCounted = (text: string, { factor }: Quantity): string =>
  bare.test(text.trim()) ? String(Number((Number(text.replace(/[,，]/g, '')) / factor).toFixed(9))) : text

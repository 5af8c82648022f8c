/**
 * What a person types to find something, in the signs that things are stored in: ordinary characters, phones without their
 * gaps, days and months as cells know them.
 */
import { type RawBuilder, sql } from 'kysely'
import { badRequest } from '../errors.ts'
import { type Field, readField } from '../forms/index.ts'
import { oneLine } from '../forms/text.ts'

/** Marks that are written in more ways than one: each finds each. */
const either = /[（）()：:，,；;！!？?“”"‘’'「」『』—–－·•・‧∙⋅．～~-]/g

/** A LIKE pattern for texts that hold these words, in whatever signs. */
export const patternOf = (text: string): string =>
  `%${oneLine(text)
    .replace(/[\\%_]/g, (mark) => `\\${mark}`)
    .replace(either, '_')}%`

const area = '010|02\\d|0[3-9]\\d\\d'
const dashes = /[‐‑‒–—―－]/g
const mobile = /(?<!\d)(?:(?:\+|00)?86[\s-]*)?(1[3-9]\d)[\s-]*(\d{4})[\s-]*(\d{4})(?!\d)/g
const landline = new RegExp(`(?<!\\d)[（(]?(${area})[)）]?[\\s-]*(\\d{3,4})[\\s-]*(\\d{4})(?!\\d)`, 'g')

/** The words of a search; phones, however they are written, as one word each in the way they are stored. */
export function wordsOf(text: string): string[] {
  const plain = oneLine(text).replace(dashes, '-').replace(mobile, ' $1$2$3 ').replace(landline, ' $1-$2$3 ')
  return plain.split(/\s+/).filter(Boolean)
}

/** A piece of a phone, or of several digits with gaps: the digits alone. Undefined for other words. */
export function digitsIn(text: string): string | undefined {
  const plain = oneLine(text).normalize('NFKC').replace(dashes, '-')
  if (!/^[\d\s()+-]+$/.test(plain) || !/\d/.test(plain)) return undefined
  return plain
    .replace(/^\s*(\+|00)86/, '')
    .replace(/\D/g, '')
    .replace(/^86(?=1[3-9]\d{9}$)/, '')
}

/** A year that stands for none: leap, so that every day is one. */
const NO_YEAR = 1904
const monthAlone = /^(?:(\d{4})\s*[-./年]\s*)?(\d{1,2})\s*(?:月份?)?$/

/**
 * First and last day that these words mean, as SQL dates: 2019年7月2日, 7.2, 7月, 2019-07. Without a year they are of `year`,
 * the year of the row's campaign. Undefined where they mean none.
 */
export function daysOf(
  text: string,
  year: RawBuilder<unknown> | undefined,
): [RawBuilder<unknown>, RawBuilder<unknown>] | undefined {
  // 7.2 is the second of July: nobody's number cell has lost a nought here
  const plain = oneLine(text).replace(/^(\d{1,2})\.(\d{1,2})$/, '$1-$2')
  const [, own, month] = (/月|^\d{4}\s*[-./年]/.test(plain) && monthAlone.exec(plain)) || []
  if (month) {
    const of = own ? sql`${own}::integer` : year
    if (!of || Number(month) < 1 || Number(month) > 12) return undefined
    const first = sql`make_date(${of}, ${month}::integer, 1)`
    return [first, sql`(${first} + interval '1 month' - interval '1 day')::date`]
  }
  const field: Field = { name: 'day', label: '日期', type: 'date', width: 0 }
  const parsed = readField(field, plain, { year: NO_YEAR })
  if ('error' in parsed || typeof parsed.value !== 'string') return undefined
  const [y, m, d] = parsed.value.split('-').map(Number)
  if (y !== NO_YEAR || plain.includes(String(NO_YEAR))) return [sql`${parsed.value}::date`, sql`${parsed.value}::date`]
  if (!year) throw badRequest(`“${plain.slice(0, 40)}”没有写年份，请写成 2019-06-18 这样。`)
  // 29 February is a day in some years only
  const days = sql`extract(day from make_date(${year}, ${m}::integer, 1) + interval '1 month - 1 day')`
  const day = sql`(case when ${d}::integer <= ${days} then make_date(${year}, ${m}::integer, ${d}::integer) end)`
  return [day, day]
}

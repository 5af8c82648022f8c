/** A filter as conditions over a form's table as `t`, and the search in all its texts. */
import { type RawBuilder, sql } from 'kysely'
import { badRequest } from '../errors.ts'
import { type Form, fieldOf, isHosted, readField } from '../forms/index.ts'
import { groupOf } from './order.ts'
import { namesOfTarget, type Relation, referenceOf, typeOf, usable } from './relation.ts'
import { daysOf, digitsIn, patternOf, wordsOf } from './search_text.ts'

const MAX_LISTED_VALUES = 10_000
/** Words of a search that are looked for. */
const MAX_SEARCH_WORDS = 8

/** `_not_like` first: the longer ending is meant where both fit. */
const suffixes = ['_not_like', '_gte', '_lte', '_like', '_not'] as const
type Suffix = (typeof suffixes)[number]

const MAX_SEARCH_CHARS = 1000
const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= MAX_SEARCH_CHARS

function incomparable({ form }: Relation, name: string, value: unknown) {
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  return badRequest(`“${fieldOf(form, name)?.label ?? name.slice(0, 40)}”不能和“${text.slice(0, 40)}”比较。`)
}

/** A day of the calendar, alone or with a time: what PostgreSQL reads in every setting. */
export function isMoment(text: string): boolean {
  const [, year, month, day, hour = '0', minute = '0', second = '0'] =
    /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,6})?)?(?:Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/.exec(
      text,
    ) ?? []
  const on = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  const isDay = Number(year) >= 1000 && on.getUTCMonth() === Number(month) - 1 && on.getUTCDate() === Number(day)
  return isDay && Number(hour) < 24 && Number(minute) < 60 && Number(second) < 60
}

const isNumber = (text: string) => /^-?\d{1,15}(\.\d{1,15})?$/.test(text)
/** A whole number as an integer column takes it. */
export const isInteger = (text: string) => /^-?\d{1,10}$/.test(text) && Math.abs(Number(text)) < 2 ** 31

/** One value for a comparison, refused here rather than by PostgreSQL when it is not of the column's type. */
function operand(relation: Relation, name: string, value: unknown) {
  const type = typeOf(relation, name)
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value)
  const fits =
    (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') &&
    text.length <= MAX_SEARCH_CHARS &&
    (type === 'integer' || type === 'bigint'
      ? isInteger(text)
      : type === 'numeric'
        ? isNumber(text)
        : type === 'boolean'
          ? text === 'true' || text === 'false'
          : type === 'date' || type.startsWith('timestamp')
            ? isMoment(text)
            : true)
  if (!fits) throw incomparable(relation, name, value)
  return sql`${text}::${sql.raw(type)}`
}

const bareDay = /^\d{4}-\d{2}-\d{2}$/

/** A moment against a day: the day counts from its first moment to its last. */
function comparedToDay(left: RawBuilder<unknown>, suffix: Suffix | undefined, day: RawBuilder<unknown>) {
  if (suffix === '_gte') return sql`${left} >= ${day}`
  if (suffix === '_lte') return sql`${left} < ${day} + interval '1 day'`
  return sql`(${left} >= ${day} and ${left} < ${day} + interval '1 day')`
}

/** Part of a text, or of the name of the record a reference points to. */
function holds(relation: Relation, name: string, left: RawBuilder<unknown>, text: string) {
  const reference = referenceOf(relation.form, name)
  const like = patternOf(text)
  const digits = fieldOf(relation.form, name)?.type === 'phone' ? digitsIn(text) : undefined
  if (digits) return sql`replace(${left}::text, '-', '') like ${`%${digits}%`}`
  if (!reference) return sql`${left}::text ilike ${like}`
  return sql`${left} in (select r.id from ${sql.table(reference.to ?? '')} r where r.${sql.ref(namesOfTarget(relation.form, reference))}::text ilike ${like})`
}

/** A day or a month that is not written the way dates are stored, against days or moments. */
function comparedInWords({ form }: Relation, left: RawBuilder<unknown>, suffix: Suffix | undefined, value: unknown) {
  if (typeof value !== 'string' || /^\d{4}-\d{2}-\d{2}/.test(value)) return undefined
  const year = form.scope === 'global' ? undefined : sql`(select c.year from campaigns c where c.id = t.campaign_id)`
  const days = daysOf(value, year)
  if (!days) return undefined
  const [first, last] = days
  if (suffix === '_gte') return sql`${left} >= ${first}`
  if (suffix === '_lte') return sql`${left} < ${last} + 1`
  return sql`(${left} >= ${first} and ${left} < ${last} + 1)`
}

const negated = (condition: RawBuilder<unknown>) => sql`not coalesce(${condition}, false)`

/** Values of a list, null standing for "none". */
function among(left: RawBuilder<unknown>, listed: readonly (RawBuilder<unknown> | null)[]) {
  const values = listed.filter((each) => each !== null)
  const parts = [
    ...(values.length > 0 ? [sql`${left} in (${sql.join(values)})`] : []),
    ...(values.length < listed.length ? [sql`${left} is null`] : []),
  ]
  return parts.length > 0 ? sql`(${sql.join(parts, sql` or `)})` : sql`false`
}

/** `unit_id:group`, `appointed_on:month`: rows of some groups, as GET /:form/groups names them. */
function inGroups(relation: Relation, by: string, isNot: boolean, value: unknown) {
  const { key, isDay } = groupOf(relation, by, '筛选')
  if (!Array.isArray(value) || value.length > MAX_LISTED_VALUES)
    throw badRequest(`一个条件最多列 ${MAX_LISTED_VALUES} 个值。`)
  const listed = value.map((each) => {
    if (each === null) return null
    return isDay ? sql`${String(each)}` : operand(relation, by.split(':')[0] ?? '', each)
  })
  const inside = among(key, listed)
  return isNot ? negated(inside) : inside
}

/** A phone as the grid prints it is the phone that is stored, and a choice in the words it reads as is that choice. */
function asStored({ form }: Relation, name: string, value: unknown): unknown {
  const field = fieldOf(form, name)
  if (!field || typeof value !== 'string' || !(field.type === 'phone' || field.words)) return value
  const parsed = readField(field, value, { year: 0 })
  const stored = 'value' in parsed ? [parsed.value].flat()[0] : value
  return typeof stored === 'string' ? stored : value
}

function compare(relation: Relation, name: string, suffix: Suffix | undefined, sent: unknown): RawBuilder<unknown> {
  const value = suffix?.endsWith('_like')
    ? sent
    : Array.isArray(sent)
      ? sent.map((each) => asStored(relation, name, each))
      : asStored(relation, name, sent)
  const left = usable(relation, name, '筛选')
  const type = typeOf(relation, name)
  const isList = type === 'text[]'
  if (suffix === '_like' || suffix === '_not_like') {
    if (typeof value === 'object' || String(value).length > MAX_SEARCH_CHARS) throw incomparable(relation, name, value)
    const found = holds(relation, name, left, String(value))
    return suffix === '_like' ? found : negated(found)
  }
  if (type.startsWith('timestamp') && typeof value === 'string' && bareDay.test(value)) {
    const found = comparedToDay(left, suffix, operand(relation, name, value))
    return suffix === '_not' ? negated(found) : found
  }
  if (type === 'date' || type.startsWith('timestamp')) {
    const found = comparedInWords(relation, left, suffix, value)
    if (found) return suffix === '_not' ? negated(found) : found
  }
  // neither has an order; of files it is only asked whether there are any
  const isMany = Array.isArray(value)
  if (isList && (suffix === '_gte' || suffix === '_lte')) throw incomparable(relation, name, value)
  if (isList && ![value].flat().every((each) => each === null || isText(each)))
    throw incomparable(relation, name, value)
  if (type === 'jsonb' && (isMany || value !== null)) throw incomparable(relation, name, value)
  if (suffix === '_gte') return sql`${left} >= ${operand(relation, name, value)}`
  if (suffix === '_lte') return sql`${left} <= ${operand(relation, name, value)}`
  if (isMany) {
    if (value.length > MAX_LISTED_VALUES) throw badRequest(`一个条件最多列 ${MAX_LISTED_VALUES} 个值。`)
    const inside = isList
      ? sql`${left} && ${value.map(String)}::text[]`
      : among(
          left,
          value.map((each) => (each === null ? null : operand(relation, name, each))),
        )
    return suffix === '_not' ? negated(inside) : inside
  }
  const equal =
    value === null
      ? sql`${left} is null`
      : isList
        ? sql`${String(value)} = any (${left})`
        : sql`${left} = ${operand(relation, name, value)}`
  return suffix === '_not' ? negated(equal) : equal
}

const searched = new Set(['text', 'long_text', 'phone', 'choice', 'credit_code', 'url'])

/** 全文搜索: in every text the role may see, and in the names of what the row refers to. */
function search(relation: Relation, text: string): RawBuilder<unknown> {
  const { form, sight } = relation
  const plain = form.fields.filter((field) => searched.has(field.type) && sight.seen.get(field.name)?.by === 'column')
  const references = form.fields.filter(
    (field) => field.type === 'reference' && sight.seen.get(field.name)?.by === 'column',
  )
  const like = patternOf(text.slice(0, 200))
  const digits = digitsIn(text)
  const phones = digits && digits !== text ? plain.filter(({ type }) => type === 'phone') : []
  const found = references.map(
    (field) =>
      sql`${sql.ref(`t.${field.name}`)} in (select r.id from ${sql.table(field.to ?? '')} r where r.${sql.ref(namesOfTarget(form, field))}::text ilike ${like})`,
  )
  // of a form without texts nothing is searched but the names it refers to
  const texts = sql.join([sql.lit(''), ...plain.map((field) => sql.ref(`t.${field.name}`))])
  const inPhones = phones.map(({ name }) => sql`replace(${sql.ref(`t.${name}`)}, '-', '') like ${`%${digits}%`}`)
  return sql`(${sql.join([sql`concat_ws(' ', ${texts}) ilike ${like}`, ...inPhones, ...found], sql` or `)})`
}

/**
 * The ids of the latest snapshots among the rows `t` that `where` finds: of each content (see `Form.series`) the one that
 * counts. `column` reads a column of `t`.
 */
export function latestIn(
  { name, series }: Form,
  where: RawBuilder<unknown>,
  column: (name: string) => RawBuilder<unknown> = (name) => sql.ref(`t.${name}`),
): RawBuilder<unknown> {
  const { of, by, on } = series ?? { of: [], by: ['id', 'id'], on: 'id' }
  const text = (name: string) => sql`app.same_text(${column(name)}::text)`
  const alike = sql.join(of.map(text))
  const [strong, weak] = by
  return sql`
    select distinct on (campaign_id, unit_id, alike, content) id from (
      select t.id, t.campaign_id, t.unit_id, (${alike}) as alike, ${column(on)} as counted,
        coalesce(${text(strong)}, min(${text(strong)}) over (partition by t.campaign_id, t.unit_id, ${alike}, ${text(weak)}), ${text(weak)}) as content
      from ${sql.table(name)} t where ${where}) t
    order by campaign_id, unit_id, alike, content, counted desc, id desc`
}

/** `latest: true`: of the rows that the other conditions find, only those that count. */
function latest(relation: Relation, { latest: asked, ...others }: Record<string, unknown>) {
  if (!relation.form.series || String(asked) !== 'true') throw badRequest('latest 只能是 true，用在按期累计的表里。')
  const column = (name: string) => usable(relation, name, '筛选')
  return sql`t.id in (${latestIn(relation.form, whereOf(relation, others), column)})`
}

/** The conditions of a filter, joined by and. Rows in the 回收站 are left out unless `deleted: true` asks for them alone. */
export function whereOf(relation: Relation, filter: Record<string, unknown>): RawBuilder<unknown> {
  const conditions = [filter.deleted === true ? sql`t.deleted_at is not null` : sql`t.deleted_at is null`]
  for (const [key, value] of Object.entries(filter)) {
    if (key === 'deleted') {
      if (typeof value !== 'boolean') throw badRequest('deleted 应是 true 或 false。')
    } else if (key === 'latest') {
      conditions.push(latest(relation, filter))
    } else if (key === 'q') {
      if (typeof value !== 'string') throw badRequest('q 应是文字。')
      for (const word of wordsOf(value).slice(0, MAX_SEARCH_WORDS)) conditions.push(search(relation, word))
    } else {
      const [, by, isNot] = /^(\w+:\w+?)(_not)?$/.exec(key) ?? []
      if (by) {
        conditions.push(inGroups(relation, by, isNot !== undefined, value))
        continue
      }
      const suffix = relation.sight.seen.has(key) ? undefined : suffixes.find((each) => key.endsWith(each))
      conditions.push(compare(relation, suffix ? key.slice(0, -suffix.length) : key, suffix, value))
    }
  }
  return sql.join(conditions, sql` and `)
}

/** Whether the number of rows is in the tally: nothing is asked but campaign, unit and state. */
export function isTallied({ form }: Relation, filter: Record<string, unknown>, role: string): boolean {
  if (form.scope !== 'unit' || (isHosted(form) && role !== 'province' && role !== 'cac')) return false
  return Object.entries(filter).every(
    ([key, value]) =>
      ((key === 'campaign_id' || key === 'unit_id') && Number.isSafeInteger(value)) ||
      (key === 'status' && (typeof value === 'string' || (Array.isArray(value) && value.length > 0))),
  )
}

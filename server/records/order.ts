/** In which order rows stand, and in which groups: units as in annex 1, states as a row passes through them, text in pinyin. */
import { type RawBuilder, sql } from 'kysely'
import { badRequest } from '../errors.ts'
import { fieldOf, targetOf } from '../forms/index.ts'
import type { Sorting } from './query.ts'
import { campaignIn, labelOfReference, type Relation, referenceOf, typeOf, usable } from './relation.ts'

/**
 * The place of a unit in annex 1 of a campaign, those without one last: read once a statement, as an array over the ids
 * of both.
 */
const unitPlace = (id: RawBuilder<unknown>, campaign: RawBuilder<unknown>) =>
  sql`(select array_agg(places order by campaign) from (
    select c.campaign, array_agg(coalesce(p.annex_order, 1000) order by u.id) as places
    from generate_series(1, (select max(id) from campaigns)) c (campaign)
    cross join generate_series(1, (select max(id) from units)) u (id)
    left join participations p on p.campaign_id = c.campaign and p.unit_id = u.id and p.deleted_at is null
    group by 1) all_places)[${campaign}][${id}]`

/** The states of a row in the order in which it passes through them. */
const states =
  'draft submitted returned approved accepted refused shortlisted under_review proposed publicised awarded nominated not_awarded archived void'.split(
    ' ',
  )

/**
 * What rows are grouped by, over the table as `t`: `column:group` by its value, `column:day`, `:month`, `:year` of a day
 * or a moment, as text (`isDay`). `order(key, campaign)` puts the groups in order, `label(key)` names the record that a
 * reference points to.
 */
export function groupOf(relation: Relation, by: string, verb: string) {
  const [name = '', step = 'group'] = by.split(':')
  const { form, catalogue } = relation
  const own = usable(relation, name, verb)
  const type = typeOf(relation, name)
  const field = fieldOf(form, name)
  const reference = referenceOf(form, name)
  const hasDays = type === 'date' || type.startsWith('timestamp')
  const isMonth = field?.type === 'month'
  if (!['group', 'day', 'month', 'year'].includes(step) || ['text[]', 'jsonb'].includes(type) || name === 'id')
    throw badRequest(`“${field?.label ?? name.slice(0, 40)}”不能用来分组。`)
  if (hasDays || isMonth) {
    const length = { year: 4, month: 7 }[step] ?? 10
    const key = sql`left(${hasDays ? sql`${own}::date::text` : own}, ${sql.lit(length)})`
    return { key, isDay: true, label: undefined, order: (key: RawBuilder<unknown>) => [sql`${key} collate "C"`] }
  }
  if (step !== 'group') throw badRequest(`“${field?.label ?? name.slice(0, 40)}”不是日期，不能按日、月、年分组。`)
  const inPinyin = (text: RawBuilder<unknown>) => (catalogue.has_pinyin ? sql`${text} collate "zh-x-icu"` : text)
  const target = targetOf(form, { to: reference?.to })
  if (target) {
    const of = (column: string, key: RawBuilder<unknown>) =>
      sql`(select r.${sql.ref(column)} from ${sql.table(target.name)} r where r.id = ${key})`
    const place = (key: RawBuilder<unknown>, campaign: RawBuilder<unknown>) =>
      target.name === 'units' ? unitPlace(key, campaign) : inPinyin(of(target.names, key))
    const label = (key: RawBuilder<unknown>) => of(target.name === 'units' ? 'short_name' : target.names, key)
    const order = (key: RawBuilder<unknown>, campaign: RawBuilder<unknown>) => [place(key, campaign), key]
    return { key: own, isDay: false, label, order }
  }
  const listed = name === 'status' ? states : field?.choices
  const order = (key: RawBuilder<unknown>) => [
    ...(listed ? [sql`array_position(${[...listed]}::text[], ${key}::text)`] : []),
    type === 'text' ? inPinyin(key) : key,
  ]
  return { key: own, isDay: false, label: undefined, order }
}

/** ORDER BY with the id as last resort, so that windows never overlap. Units stand in annex 1's order, text in pinyin. */
export function orderOf(relation: Relation, sort: Sorting): RawBuilder<unknown> {
  const { form, catalogue } = relation
  const ofCampaign = campaignIn(relation)
  const parts = sort.flatMap(([name, direction]) => {
    if (name.includes(':')) {
      const { key, order } = groupOf(relation, name, '排序')
      return order(key, ofCampaign).map((each) => sql`${each} ${sql.raw(direction)} nulls last`)
    }
    const own = usable(relation, name, '排序')
    const reference = referenceOf(form, name)
    const key =
      reference?.to === 'units'
        ? unitPlace(sql.ref(`t.${name}`), ofCampaign)
        : reference
          ? labelOfReference(form, reference, own)
          : own
    const isText = reference ? reference.to !== 'units' : typeOf(relation, name) === 'text'
    const collated = isText && catalogue.has_pinyin ? sql`${key} collate "zh-x-icu"` : key
    return name === 'id' ? sql`t.id ${sql.raw(direction)}` : sql`${collated} ${sql.raw(direction)} nulls last`
  })
  if (!sort.some(([name]) => name === 'id')) parts.push(sql`t.id asc`)
  return sql.join(parts)
}

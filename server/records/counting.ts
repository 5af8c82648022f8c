/**
 * What the metrics of a campaign come to, counted in one place: of each unit, of all of them, of each day up to today. Rows
 * that count are `done`, what waits to be reviewed is `pending` on top of it. Everything is read as the person may.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Trx } from '../database/connection.ts'
import { type Amount, countedStates, dayOf, type Form, type Forms, formOf, type Metric } from '../forms/index.ts'
import { latestIn } from './conditions.ts'

type Counts = {
  /** By unit, by metric; absent where there is nothing. */
  units: Map<number, Record<string, Amount>>
  all: Record<string, Amount>
  days: Map<string, Record<string, Amount>>
}

/** The metrics of a campaign, in their order. */
export async function metricsIn(trx: Trx, campaignId: number): Promise<Metric[]> {
  const { rows } = await sql<Metric>`
    select name, label, short, measure, form, counts, field, filter, target, has_quota, synonyms, position
    from metrics where campaign_id = ${campaignId} and deleted_at is null order by position, id`.execute(trx)
  return rows
}

type MetricCount = { campaignId: number; metric: Metric; form: Form }

const literal = (texts: readonly string[]) => sql.join(texts.map((text) => sql.lit(text)))

/** Rows of the register as `t` that the metric's filter lets through, in these states. */
function rowsOf({ campaignId, metric }: MetricCount, states: readonly string[]): RawBuilder<unknown> {
  const narrowed = Object.entries(metric.filter ?? {}).map(
    ([name, wanted]) =>
      sql` and ${sql.ref(`t.${name}`)} in (${sql.join([wanted].flat().map((value) => sql`${String(value)}`))})`,
  )
  return sql`t.campaign_id = ${campaignId} and t.unit_id = any ((select app.my_units())::integer[]) and t.deleted_at is null
    and t.status in (${literal(states)})${sql.join([sql``, ...narrowed], sql``)}`
}

/** The day on which a row of `t` counts: what is dated ahead counts today, what has no date when it was made. */
function dayIn({ campaignId, form }: MetricCount): RawBuilder<unknown> {
  const day = dayOf(form)
  const on = day ? sql`${sql.ref(`t.${day.name}`)}::date` : sql`t.created_at::date`
  return sql`least(${on}, app.today(${campaignId}))`
}

/** Rows, or the sum of a column, by `key`. */
function added(of: MetricCount, key: RawBuilder<unknown>): RawBuilder<unknown> {
  const { metric, form } = of
  const amount = metric.counts === 'sum' ? sql`sum(${sql.ref(`t.${metric.field}`)})` : sql`count(*)`
  return sql`
    select ${sql.lit(metric.name)} as metric, ${key} as key, ${amount} filter (where t.status <> 'submitted') as done,
      ${amount} filter (where t.status = 'submitted') as pending
    from ${sql.table(form.name)} t where ${rowsOf(of, [...countedStates(form), 'submitted'])} group by 2`
}

/** The sum over the latest snapshots by `key`: of those that count, and of all once what waits is approved. */
function latest(of: MetricCount, key: RawBuilder<unknown>): RawBuilder<unknown> {
  const { metric, form } = of
  const counted = countedStates(form)
  const snapshots = (states: readonly string[], amounts: RawBuilder<unknown>) => sql`
    select ${key} as key, ${amounts} from ${sql.table(form.name)} t where t.id in (${latestIn(form, rowsOf(of, states))})`
  const column = sql.ref(`t.${metric.field}`)
  return sql`
    select ${sql.lit(metric.name)} as metric, key, sum(done) as done, greatest(coalesce(sum(expected), 0) - coalesce(sum(done), 0), 0) as pending
    from (${snapshots(counted, sql`${column} as done, null::numeric as expected`)}
      union all ${snapshots([...counted, 'submitted'], sql`null, ${column}`)}) sums group by 2`
}

/** Different values: numbers of all units, of each unit and of each day at once (db/security/085_metrics.sql). */
const distinct = ({ campaignId, metric, form }: MetricCount) => sql`
  select ${sql.lit(metric.name)} as metric, unit_id, day, done, pending from app.distinct_values(
    ${campaignId}, ${form.name}, ${metric.field}, ${dayOf(form)?.name ?? 'created_at'}, ${countedStates(form)}::text[],
    ${metric.filter === null ? null : JSON.stringify(metric.filter)}::jsonb)`

/** Rows without a filter are counted already: the tally has them by state. */
const tallied = ({ campaignId, metric, form }: MetricCount) => sql`
  select ${sql.lit(metric.name)} as metric, unit_id as key,
    sum(rows) filter (where status in (${literal(countedStates(form))})) as done, sum(rows) filter (where status = 'submitted') as pending
  from tally where campaign_id = ${campaignId} and form = ${form.name} and unit_id = any ((select app.my_units())::integer[]) group by 2`

const isTally = ({ metric }: MetricCount) => metric.counts === 'rows' && metric.filter === null

const counting = (of: MetricCount, key: RawBuilder<unknown>) =>
  of.metric.counts === 'latest' ? latest(of, key) : added(of, key)

type Counted = {
  metric: string
  unit_id: number | null
  day: string | null
  done: number | null
  pending: number | null
}

/** `forms`: those of the campaign. A metric of a form that is not among them counts nothing. */
export async function countMetrics(
  trx: Trx,
  campaignId: number,
  metrics: readonly Metric[],
  forms: Forms,
): Promise<Counts> {
  const none = (): Record<string, Amount> =>
    Object.fromEntries(metrics.map(({ name }) => [name, { done: 0, pending: 0 }]))
  const counts: Counts = { units: new Map(), all: none(), days: new Map() }
  const countings = metrics.flatMap((metric) => {
    const form = formOf(forms, metric.form)
    return form ? [{ campaignId, metric, form }] : []
  })
  const parts = countings.flatMap((of) => {
    if (of.metric.counts === 'distinct') return [distinct(of)]
    const units = isTally(of) ? tallied(of) : counting(of, sql.ref('t.unit_id'))
    return [
      sql`select metric, key as unit_id, null::date as day, done, pending from (${units}) units`,
      sql`select metric, null::integer, key, done, pending from (${counting(of, dayIn(of))}) days`,
    ]
  })
  if (parts.length === 0) return counts
  const { rows } =
    await sql<Counted>`select * from (${sql.join(parts, sql` union all `)}) counted order by day`.execute(trx)
  const isDistinct = new Set(metrics.flatMap(({ name, counts: way }) => (way === 'distinct' ? [name] : [])))
  for (const { metric, unit_id, day, done, pending } of rows) {
    const amount = { done: Number(done ?? 0), pending: Number(pending ?? 0) }
    if (unit_id === null && day === null) counts.all[metric] = amount
    else if (day !== null) entry(counts.days, day, none)[metric] = amount
    else if (unit_id !== null) {
      entry(counts.units, unit_id, none)[metric] = amount
      const all = counts.all[metric]
      if (all && !isDistinct.has(metric)) {
        all.done += amount.done
        all.pending += amount.pending
      }
    }
  }
  return counts
}

function entry<K>(map: Map<K, Record<string, Amount>>, key: K, none: () => Record<string, Amount>) {
  const found = map.get(key) ?? none()
  map.set(key, found)
  return found
}

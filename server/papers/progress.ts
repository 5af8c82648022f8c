/** Summaries: progress against the quotas of annex 1, by unit and by day, and what waits for a person. */
import { Router } from 'express'
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { countedStates, type Forms, formOf, type Metric, noCount, registersOf } from '../forms/index.ts'
import { countMetrics, metricsIn } from '../records/counting.ts'
import { campaignOf } from '../records/read.ts'
import { asAsker, idOf } from '../requests.ts'

/** Rows of each list of what waits. */
const MAX_WAITING_ROWS = 50

/** A metric as pages and papers show it; `target`: that of all, its own or what the units have together. */
export type MetricHead = Omit<Metric, 'synonyms' | 'position'> & { states: readonly string[] }
/** Beside what is named here, a `Count` under the name of each metric. */
export type UnitProgress = {
  unit_id: number
  unit: string
  unit_name: string
  annex_order: number | null
  kind: string
}
/** Beside the day, an `Amount` under the name of each metric. */
export type DayProgress = { on: string }
/** Beside what is named here, a `Count` under the name of each metric. */
type ProvinceProgress = { enterprises: number; visits: number; visitors: number; works: number }
export type ProgressReport = {
  metrics: MetricHead[]
  province: ProvinceProgress
  units: UnitProgress[]
  days: DayProgress[]
  stages: Stage[]
  today: string
}

export type Stage = {
  name: string
  starts_on: string
  ends_on: string
  is_deadline: boolean
  /** The names of the forms that nobody enters any more once it is over. */
  locks: string[]
  content: string | null
}

export type Returned = {
  form: string
  id: number
  name: string
  unit_id: number
  reason: string | null
  fields: string[] | null
  by: string | null
  at: string
}
type Waiting = {
  form: string
  status: string
  count: number
  units: number
  by_unit: { unit_id: number; count: number }[]
}
/** `units` names the others to the province alone. */
type SharedPhone = { phone: string; units: string[]; ids: number[] }
export type Todo = {
  returned: Returned[]
  returned_counts: Waiting[]
  pending: Waiting[]
  drafts: Waiting[]
  shared_phones: SharedPhone[]
  /** Units that have sent fewer works of a collection than it asks of each. */
  missing_works: MissingWorks[]
}

type UnitFrame = UnitProgress & { quotas: Record<string, number | null> | null }

/** Who takes part and is in sight: those of 附件1, those with quotas, those with rows. */
async function unitsOf(trx: Trx, campaignId: number): Promise<UnitFrame[]> {
  const { rows } = await sql<UnitFrame>`
    with counted as materialized (select distinct unit_id from tally where campaign_id = ${campaignId})
    select u.id as unit_id, u.short_name as unit, u.name as unit_name, p.annex_order, u.kind, to_jsonb(q) as quotas
    from participations p
    join units u on u.id = p.unit_id
    left join quotas q on q.unit_id = u.id and q.campaign_id = p.campaign_id and q.deleted_at is null
    where p.campaign_id = ${campaignId} and p.deleted_at is null and u.id = any (app.my_units())
      and (p.annex_order is not null or q.id is not null or u.id in (select unit_id from counted))
    order by p.annex_order nulls last, u.id`.execute(trx)
  return rows
}

/** Progress of a campaign within the person's scope: the sums are of what the person may see. */
export async function progress(trx: Trx, forms: Forms, campaignId: number): Promise<ProgressReport> {
  const metrics = await metricsIn(trx, campaignId)
  const counts = await countMetrics(trx, campaignId, metrics, forms)
  const frames = await unitsOf(trx, campaignId)
  const quotaOf = ({ name, has_quota }: Metric, { quotas }: UnitFrame) => (has_quota ? (quotas?.[name] ?? null) : null)
  const units = frames.map((frame): UnitProgress => {
    const { quotas: _, ...unit } = frame
    const of = (metric: Metric) => ({
      ...noCount,
      ...counts.units.get(unit.unit_id)?.[metric.name],
      target: quotaOf(metric, frame),
    })
    return { ...unit, ...Object.fromEntries(metrics.map((metric) => [metric.name, of(metric)])) }
  })
  const targetOf = (metric: Metric): number | null => {
    const quotas = frames.flatMap((frame) => quotaOf(metric, frame) ?? [])
    return metric.target ?? (quotas.length > 0 ? quotas.reduce((all, each) => all + each, 0) : null)
  }
  const totals = metrics.map((metric) => [metric.name, { ...counts.all[metric.name], target: targetOf(metric) }])
  const { stages, today, ...others } = await frameOf(trx, campaignId)
  return {
    metrics: metrics.map(({ synonyms: _, position: __, ...metric }) => ({
      ...metric,
      states: countedStates(formOf(forms, metric.form) ?? {}),
    })),
    province: { ...Object.fromEntries(totals), ...others },
    units,
    days: [...counts.days].map(([on, amounts]) => ({ on, ...amounts })),
    stages,
    today,
  }
}

/** What is told beside the metrics: of activities the enterprises, of attendance visits and people, of works how many came. */
async function frameOf(trx: Trx, campaignId: number) {
  const { rows } = await sql<ProvinceProgress & Pick<ProgressReport, 'today'> & { stages: Stage[] | null }>`
    select (select count(distinct app.same_text(enterprise)) from events where campaign_id = ${campaignId} and deleted_at is null and status in ('approved', 'archived'))::integer as enterprises,
      (select coalesce(sum(rows), 0)::integer from tally where campaign_id = ${campaignId} and form = 'attendance' and status in ('approved', 'archived')) as visits,
      app.attendance_people(${campaignId}) as visitors,
      (select coalesce(sum(rows), 0)::integer from tally where campaign_id = ${campaignId} and form = 'submissions' and status not in ('deleted', 'draft', 'returned', 'void')) as works,
      app.today(${campaignId})::text as today,
      (select json_agg(s) from (select name, starts_on, ends_on, coalesce(is_deadline, false) as is_deadline, coalesce(locks, '{}') as locks, content
        from stages where campaign_id = ${campaignId} and deleted_at is null order by position) s) as stages`.execute(
    trx,
  )
  const { stages = [], ...frame } = rows[0] ?? { enterprises: 0, visits: 0, visitors: 0, works: 0, today: '' }
  return { ...frame, stages: stages ?? [] }
}

/** What waits for a person: rows sent back to the unit, rows to review, drafts, phones registered by two units. */
async function todo(trx: Trx, forms: Forms, person: Person, campaignId: number): Promise<Todo> {
  const registers = registersOf(forms)
  const none = sql`select null as form, null::integer as id, null as name, null::integer as unit_id, null as reason, null::text[] as fields, null as by, null::timestamptz as at where false`
  const returned = await sql<Returned>`select * from (${sql.join(
    registers.length === 0
      ? [none]
      : registers.map(
          (
            form,
          ) => sql`(select ${sql.lit(form.name)} as form, t.id, ${sql.ref(`t.${form.names}`)}::text as name, t.unit_id, t.returned_reason as reason,
        t.returned_fields as fields, app.user_label(t.reviewed_by) as by, t.reviewed_at as at
        from ${sql.table(form.name)} t where t.campaign_id = ${campaignId} and t.status = 'returned' and t.deleted_at is null
        and t.unit_id = any ((select app.my_units())::integer[]) order by t.reviewed_at desc limit ${MAX_WAITING_ROWS})`,
        ),
    sql` union all `,
  )}) returned order by at desc limit ${MAX_WAITING_ROWS}`.execute(trx)
  const counted = await sql<Waiting>`
    select form, status, sum(n)::integer as count, count(*)::integer as units,
      json_agg(json_build_object('unit_id', unit_id, 'count', n) order by unit_id) as by_unit
    from (select form, status, unit_id, sum(rows) as n from tally
      where campaign_id = ${campaignId} and status in ('draft', 'submitted', 'returned') group by 1, 2, 3 having sum(rows) > 0) waiting
    group by 1, 2`.execute(trx)
  const inOrder = (status: string) => {
    const order = Object.keys(forms)
    return counted.rows
      .filter((row) => row.status === status)
      .sort((a, b) => order.indexOf(a.form) - order.indexOf(b.form))
  }
  const shared =
    person.role === 'clerk'
      ? await phonesOfOthersToo(trx, person, campaignId)
      : person.role === 'province'
        ? await sql<SharedPhone>`select p.phone, array_agg(distinct u.short_name) as units, array_agg(p.id) as ids from propagandists p join units u on u.id = p.unit_id
          where p.campaign_id = ${campaignId} and p.deleted_at is null group by p.phone having count(distinct p.unit_id) > 1 order by p.phone limit ${MAX_WAITING_ROWS}`.execute(
            trx,
          )
        : { rows: [] }
  return {
    returned: returned.rows,
    returned_counts: inOrder('returned'),
    pending: inOrder('submitted'),
    drafts: inOrder('draft'),
    shared_phones: shared.rows,
    missing_works: await worksMissing(trx, campaignId),
  }
}

type MissingWorks = { collection_id: number; collection: string; unit: string; sent: number; least: number }

/** Of the units one sees and annex 1 names; nobody is refused for it. */
async function worksMissing(trx: Trx, campaignId: number): Promise<MissingWorks[]> {
  const found = await sql<MissingWorks>`
    select c.id as collection_id, c.title as collection, u.short_name as unit, s.sent, c.min_per_unit as least
    from collections c join participations p on p.campaign_id = c.campaign_id and p.deleted_at is null and p.annex_order is not null
      join units u on u.id = p.unit_id
      cross join lateral (select count(*)::integer as sent from submissions w where w.campaign_id = c.campaign_id
        and w.collection_id = c.id and w.unit_id = p.unit_id and w.deleted_at is null and app.is_sent(w.status)) s
    where c.campaign_id = ${campaignId} and c.deleted_at is null and s.sent < c.min_per_unit
      and p.unit_id = any ((select app.my_units())::integer[])
    order by c.code, p.annex_order limit ${MAX_WAITING_ROWS}`.execute(trx)
  return found.rows
}

/** A unit's own people whose phone another unit has registered too: whom, but not where. */
const phonesOfOthersToo = (trx: Trx, { unit_id }: Person, campaignId: number) =>
  sql<SharedPhone>`
    select p.phone, array[]::text[] as units, array_agg(p.id) as ids from propagandists p
    where p.campaign_id = ${campaignId} and p.unit_id = ${unit_id} and p.deleted_at is null
      and p.phone in (select app.phones_elsewhere(${campaignId}, ${unit_id},
        (select array_agg(o.phone) from propagandists o
          where o.campaign_id = ${campaignId} and o.unit_id = ${unit_id} and o.deleted_at is null)))
    group by p.phone order by p.phone limit ${MAX_WAITING_ROWS}`.execute(trx)

/** GET /reports/progress and GET /reports/todo, of the campaign named by `campaign_id`, else of the latest. */
export function reportRoutes(database: Database): Router {
  const router = Router()
  const campaignNamed = async (trx: Trx, id: unknown) =>
    (await campaignOf(trx, id === undefined ? undefined : idOf(id))).id
  router.get('/reports/progress', async ({ query }, response) => {
    response.json(
      await asAsker(database, response, async (trx) => {
        const id = await campaignNamed(trx, query.campaign_id)
        return progress(trx, database.definitions.of(id), id)
      }),
    )
  })
  router.get('/reports/todo', async ({ query }, response) => {
    response.json(
      await asAsker(database, response, async (trx, person) => {
        const campaignId = await campaignNamed(trx, query.campaign_id)
        return todo(trx, database.definitions.of(campaignId), person, campaignId)
      }),
    )
  })
  return router
}

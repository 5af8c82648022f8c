/** Summaries: progress against the quotas of annex 1, by unit and by day, and what waits for a person. */
import { Router } from 'express'
import { type RawBuilder, sql } from 'kysely'
import type { Database, Person, Trx } from './database/connection.ts'
import { type Form, type Forms, registersOf } from './forms/index.ts'
import { latestIn } from './records/conditions.ts'
import { campaignOf } from './records/read.ts'
import { asAsker, idOf } from './requests.ts'

/** Rows of each list of what waits. */
const MAX_WAITING_ROWS = 50

export type Metric = 'organizations' | 'propagandists' | 'events' | 'people' | 'netizens'
const METRICS: readonly Metric[] = ['organizations', 'propagandists', 'events', 'people', 'netizens']
/** Rows that count (approved or archived), rows that wait to be reviewed, what is to be reached; null where nothing is. */
export type Count = { target: number | null; done: number; pending: number }
export type UnitProgress = Record<Metric, Count> & {
  unit_id: number
  unit: string
  unit_name: string
  annex_order: number | null
  kind: string
}
export type DayProgress = { on: string } & Record<Metric, { done: number; pending: number }>
export type ProgressReport = {
  province: Record<Metric, Count> & { enterprises: number; visits: number; visitors: number; works: number }
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
}

const done = sql`('approved', 'archived')`
const expected = sql`('approved', 'archived', 'submitted')`

/** Of reach only the latest snapshot of each content counts: of those that are approved, and once all is approved. */
const latestReach = (forms: Forms, campaignId: number, states: typeof done) => sql`
  select t.unit_id, t.published_on, t.people from reach t where t.id in (${latestIn(
    forms.reach as Form,
    sql`t.campaign_id = ${campaignId} and t.deleted_at is null and t.status in ${states}`,
  )})`

/** What each unit or day has reached, and what is pending on top of it, from two sums by the same `key`. */
const reachedBy = (forms: Forms, campaignId: number, key: RawBuilder<unknown>) => sql`
  select key, coalesce(sum(done), 0) as done, greatest(coalesce(sum(expected), 0) - coalesce(sum(done), 0), 0) as pending from (
    select ${key} as key, people as done, null as expected from (${latestReach(forms, campaignId, done)}) now
    union all select ${key}, null, people from (${latestReach(forms, campaignId, expected)}) soon) sums
  group by 1`

async function byUnit(trx: Trx, forms: Forms, campaignId: number): Promise<UnitProgress[]> {
  const counted = (form: string) => sql`
    'done', coalesce((select sum(t.n) from counts t where t.unit_id = u.id and t.form = ${sql.lit(form)} and t.status in ('approved', 'archived')), 0),
    'pending', coalesce((select sum(t.n) from counts t where t.unit_id = u.id and t.form = ${sql.lit(form)} and t.status = 'submitted'), 0)`
  const found = await sql<{ row: UnitProgress }>`
    with counts as materialized (
      select unit_id, form, status, sum(rows)::integer as n from tally where campaign_id = ${campaignId} group by 1, 2, 3),
    met as materialized (
      select unit_id, sum(headcount) filter (where status in ('approved', 'archived')) as done, sum(headcount) filter (where status = 'submitted') as pending
      from events where campaign_id = ${campaignId} and deleted_at is null group by 1),
    reached as materialized (select key as unit_id, done, pending from (${reachedBy(forms, campaignId, sql`unit_id`)}) sums)
    select json_build_object('unit_id', u.id, 'unit', u.short_name, 'unit_name', u.name, 'annex_order', p.annex_order, 'kind', u.kind,
      'organizations', json_build_object('target', q.organizations, ${counted('organizations')}),
      'propagandists', json_build_object('target', q.propagandists, ${counted('propagandists')}),
      'events', json_build_object('target', q.events, ${counted('events')}),
      'people', json_build_object('target', q.people, 'done', coalesce(met.done, 0), 'pending', coalesce(met.pending, 0)),
      'netizens', json_build_object('target', q.netizens, 'done', coalesce(reached.done, 0), 'pending', coalesce(reached.pending, 0))) as row
    from participations p
    join units u on u.id = p.unit_id
    left join quotas q on q.unit_id = u.id and q.campaign_id = ${campaignId} and q.deleted_at is null
    left join met on met.unit_id = u.id left join reached on reached.unit_id = u.id
    where p.campaign_id = ${campaignId} and p.deleted_at is null and u.id = any (app.my_units()) and (q.id is not null or exists (select from counts t where t.unit_id = u.id))
    order by p.annex_order nulls last, u.id`.execute(trx)
  return found.rows.map(({ row }) => row)
}

/** Day by day up to today. What is dated ahead counts like everything else that is approved, and so it counts today. */
async function byDay(trx: Trx, forms: Forms, campaignId: number): Promise<DayProgress[]> {
  const upToToday = (on: string) => sql`least(${sql.ref(on)}, app.today(${campaignId}))`
  const part = (form: string, metric: Metric, on: string, amount: string) => sql`
    select ${upToToday(on)} as on, ${sql.lit(metric)} as metric, sum(${sql.raw(amount)}) filter (where status <> 'submitted') as done,
      sum(${sql.raw(amount)}) filter (where status = 'submitted') as pending
    from ${sql.table(form)} where campaign_id = ${campaignId} and deleted_at is null and status in ('approved', 'archived', 'submitted') group by 1`
  const found = await sql<{ on: string; metric: Metric; done: number | null; pending: number | null }>`
    select * from (
      ${part('organizations', 'organizations', 'mobilized_on', '1')} union all ${part('propagandists', 'propagandists', 'appointed_on', '1')}
      union all ${part('events', 'events', 'held_on', '1')} union all ${part('events', 'people', 'held_on', 'headcount')}
      union all select key, 'netizens', done, pending from (${reachedBy(forms, campaignId, upToToday('published_on'))}) sums) days
    order by "on"`.execute(trx)
  const days = new Map<string, DayProgress>()
  for (const { on, metric, done, pending } of found.rows) {
    const day =
      days.get(on) ??
      ({ on, ...Object.fromEntries(METRICS.map((each) => [each, { done: 0, pending: 0 }])) } as DayProgress)
    day[metric] = { done: Number(done ?? 0), pending: Number(pending ?? 0) }
    days.set(on, day)
  }
  return [...days.values()]
}

/** Progress of a campaign within the person's scope: the sums are of what the person may see. */
export async function progress(trx: Trx, forms: Forms, campaignId: number): Promise<ProgressReport> {
  const units = await byUnit(trx, forms, campaignId)
  const days = await byDay(trx, forms, campaignId)
  const frame = await sql<{
    enterprises: number
    visits: number
    visitors: number
    works: number
    today: string
    stages: ProgressReport['stages'] | null
  }>`
    select (select count(distinct app.same_text(enterprise)) from events where campaign_id = ${campaignId} and deleted_at is null and status in ('approved', 'archived'))::integer as enterprises,
      (select coalesce(sum(rows), 0)::integer from tally where campaign_id = ${campaignId} and form = 'attendance' and status in ('approved', 'archived')) as visits,
      app.attendance_people(${campaignId}) as visitors,
      (select coalesce(sum(rows), 0)::integer from tally where campaign_id = ${campaignId} and form = 'submissions' and status not in ('deleted', 'draft', 'returned', 'void')) as works,
      app.today(${campaignId})::text as today,
      (select json_agg(s) from (select name, starts_on, ends_on, coalesce(is_deadline, false) as is_deadline, coalesce(locks, '{}') as locks, content
        from stages where campaign_id = ${campaignId} and deleted_at is null order by position) s) as stages`.execute(
    trx,
  )
  const { enterprises = 0, visits = 0, visitors = 0, works = 0, today = '', stages = [] } = frame.rows[0] ?? {}
  const total = (metric: Metric): Count => {
    const targets = units.map((unit) => unit[metric].target).filter((target) => target !== null)
    const sum = (part: 'done' | 'pending') => units.reduce((all, unit) => all + unit[metric][part], 0)
    return {
      target: targets.length ? targets.reduce((all, target) => all + target, 0) : null,
      done: sum('done'),
      pending: sum('pending'),
    }
  }
  const totals = Object.fromEntries(METRICS.map((metric) => [metric, total(metric)])) as Record<Metric, Count>
  return { province: { ...totals, enterprises, visits, visitors, works }, units, days, stages: stages ?? [], today }
}

/** What waits for a person: rows sent back to the unit, rows to review, drafts, phones registered by two units. */
async function todo(trx: Trx, forms: Forms, person: Person, campaignId: number): Promise<Todo> {
  const returned = await sql<Returned>`${sql.join(
    registersOf(forms).map(
      (
        form,
      ) => sql`(select ${sql.lit(form.name)} as form, t.id, ${sql.ref(`t.${form.names}`)}::text as name, t.unit_id, t.returned_reason as reason,
        t.returned_fields as fields, app.user_label(t.reviewed_by) as by, t.reviewed_at as at
        from ${sql.table(form.name)} t where t.campaign_id = ${campaignId} and t.status = 'returned' and t.deleted_at is null
        and t.unit_id = any ((select app.my_units())::integer[]) order by t.reviewed_at desc limit ${MAX_WAITING_ROWS})`,
    ),
    sql` union all `,
  )} order by at desc limit ${MAX_WAITING_ROWS}`.execute(trx)
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
  }
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
        const campaignId = await campaignNamed(trx, query.campaign_id)
        return progress(trx, database.definitions.of(campaignId), campaignId)
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

// How the rows of the demonstration came to their states: moved by the function that moves them in service, then dated
// back, rows and history alike, because they were all entered in this very second.
import { registers } from '../../server/forms/index.ts'
import { groupBy } from '../../server/records/group_by.ts'
import { actAs, type Owner } from '../owner.ts'
import type { PlannedRow } from './life.ts'

/** A row as entered. */
export type EnteredRow = { form: string; id: number; unit_id: number; clerk: number; made: PlannedRow }
export type Reviewers = { province: (kept: EnteredRow) => number; host: (kept: EnteredRow) => number | undefined }

type DemoTransition = {
  flow: string
  action: string
  from_status: string[]
  to_status: string
  by: string[]
  needs_reason: boolean
}
type DemoStep = DemoTransition & { kept: EnteredRow; actor: number }

/** Moves every row from draft, or from having been submitted, to its state, in the order of the declared transitions. Throws where one is refused. */
export async function moveAll(
  owner: Owner,
  kept: readonly EnteredRow[],
  reviewers: Reviewers,
  from: 'draft' | 'submitted' = 'draft',
): Promise<void> {
  const { rows: transitions } = await owner.query<DemoTransition>('select * from app.transitions order by flow, action')
  const flows = await owner.query<{ form: string; flow: string }>(
    'select form, app.flow(form) as flow from unnest($1::text[]) as form',
    [registers.map(({ name }) => name)],
  )
  const flowOf = new Map(flows.rows.map(({ form, flow }) => [form, flow]))
  const steps = kept.map((row) =>
    pathTo(
      transitions.filter(({ flow }) => flow === flowOf.get(row.form)),
      row.made.life.status,
    )
      .slice(from === 'draft' ? 0 : 1)
      .map((transition): DemoStep => ({ ...transition, kept: row, actor: actorOf(transition, row, reviewers) })),
  )
  const rounds = Math.max(...steps.map((path) => path.length))
  for (let round = 0; round < rounds; round++) {
    const alike = groupBy(
      steps.flatMap((path) => path[round] ?? []),
      ({ kept: { form, made }, action, actor, needs_reason }) =>
        JSON.stringify([form, action, actor, needs_reason && [made.life.reason, made.life.fields]]),
    )
    for (const group of alike.values()) await move(owner, group)
  }
}

/** The actions from draft to a state: submission, and then the shortest way. */
function pathTo(transitions: readonly DemoTransition[], status: string): DemoTransition[] {
  const submission = transitions.find(({ action }) => action === 'submission')
  if (status === 'draft' || !submission) return []
  const paths: DemoTransition[][] = [[submission]]
  const seen = new Set(['draft', submission.to_status])
  for (const path of paths) {
    const reached = path.at(-1)?.to_status ?? ''
    if (reached === status) return path
    for (const next of transitions) {
      if (!next.from_status.includes(reached) || seen.has(next.to_status)) continue
      seen.add(next.to_status)
      paths.push([...path, next])
    }
  }
  throw new Error(`no way from draft to ${status}`)
}

function actorOf({ by }: DemoTransition, kept: EnteredRow, { province, host }: Reviewers): number {
  if (by.includes('unit')) return kept.clerk
  return (by.includes('host') ? host(kept) : undefined) ?? province(kept)
}

async function move(owner: Owner, group: readonly DemoStep[]) {
  const [first] = group
  if (!first) return
  const { form, made } = first.kept
  const { reason, fields } = made.life
  await actAs(owner, first.actor)
  const moved = await owner.query<{ id: number; result: string }>(
    'select id, result from app.move($1, $2, $3, $4, $5)',
    [
      form,
      group.map(({ kept }) => kept.id),
      first.action,
      first.needs_reason ? reason : null,
      first.needs_reason ? fields : null,
    ],
  )
  const refused = moved.rows.filter(({ result }) => result !== 'done')
  if (refused.length || moved.rows.length !== group.length)
    throw new Error(`${form} ${first.action}: ${refused[0]?.result ?? 'out of sight'}`)
  // a prize waits for the end of the publicity that began this very second
  if (first.action === 'publicity')
    await unnoticed(owner, form, (table) =>
      owner.query(`update ${table} set publicised_on = publicised_on - 14 where id = any ($1)`, [
        group.map(({ kept }) => kept.id),
      ]),
    )
}

/** A change that nobody made: without version, moment or history. */
async function unnoticed(owner: Owner, form: string, change: (table: string) => Promise<unknown>) {
  const table = owner.escapeIdentifier(form)
  await owner.query(`alter table ${table} disable trigger user`)
  await change(table)
  await owner.query(`alter table ${table} enable trigger user`)
}

/** Writes what was decided on awards, after their publicity. */
export async function decideAll(owner: Owner, kept: readonly EnteredRow[], decider: number): Promise<void> {
  await actAs(owner, decider)
  for (const { form, id, made } of kept) {
    const names = Object.keys(made.decided ?? {})
    if (names.length === 0) continue
    const table = owner.escapeIdentifier(form)
    await owner.query(
      `update ${table} t set version = t.version + 1, ${names.map((name) => `${name} = x.${name}`).join(', ')}
       from json_populate_record(null::${table}, $2) x where t.id = $1`,
      [id, JSON.stringify(made.decided)],
    )
  }
}

/** Puts what was thrown away into the 回收站; what refers to others was made after them and goes before them. */
export async function removeAll(owner: Owner, kept: readonly EnteredRow[]): Promise<void> {
  for (const { form, id, clerk, made } of kept.toReversed()) {
    if (!made.life.deleted_at) continue
    await actAs(owner, clerk)
    const table = owner.escapeIdentifier(form)
    await owner.query(`update ${table} set deleted_at = now(), version = version + 1 where id = $1`, [id])
  }
}

/**
 * Gives rows and history the moments of their lives. Only the owner can, and only with the triggers off, which would
 * write the present into `updated_at`: that is what they are for.
 */
export async function dateBack(owner: Owner, kept: readonly EnteredRow[]): Promise<void> {
  for (const { name } of registers) {
    const lives = kept.flatMap(({ form, id, made: { life } }) => {
      const { created_at, submitted_at, reviewed_at, deleted_at } = life
      return form === name ? [{ id, created_at, submitted_at, reviewed_at, deleted_at }] : []
    })
    await unnoticed(owner, name, (table) =>
      owner.query(
        `update ${table} t set created_at = x.created_at, submitted_at = x.submitted_at, reviewed_at = x.reviewed_at,
           deleted_at = x.deleted_at, updated_at = greatest(x.created_at, x.submitted_at, x.reviewed_at, x.deleted_at)
         from json_populate_recordset(null::${table}, $1) x where x.id = t.id`,
        [JSON.stringify(lives)],
      ),
    )
  }
  await dateHistoryBack(owner)
  await unnoticed(owner, 'submissions', (table) =>
    owner.query(
      `update ${table} t set publicised_on = c.at::date from changes c
       where c.form = 'submissions' and c.row_id = t.id and c.action = 'publicity'`,
    ),
  )
}

/**
 * History anew in the order in which it would have been written; the last review keeps its day, earlier ones stand two
 * days apart, a prize eight days after the publicity.
 */
async function dateHistoryBack(owner: Owner) {
  const moments = registers.map(
    ({ name }) => `select '${name}' as form, id, created_at, submitted_at, reviewed_at, deleted_at from ${name}`,
  )
  await owner.query(`
    with taken as (delete from changes returning *),
    dated as (
      select c.*, u.role as person_role, case
        when c.form = 'jury' then '2019-08-05 09:00'
        when c.form = 'files' then (select f.created_at from files f where f.id = c.row_id)
        when c.form = 'scores' then (select x.reviewed_at + interval '2 hours' * case x.status when 'under_review' then 1 else -1 end from submissions x where x.id = c.row_id)
        else case c.action
        when 'vote' then (c.after ->> 'counted_on')::date + time '10:00'
        when 'comment' then (select min(k.created_at) from comments k where k.form = c.form and k.row_id = c.row_id and k.text = c.after ->> 'comment')
        when 'update' then '2019-08-16 10:00' when 'create' then m.created_at when 'submission' then m.submitted_at when 'remove' then m.deleted_at
        else m.reviewed_at - interval '2 days' * (row_number() over (
          partition by c.form, c.row_id, c.action in ('create', 'submission', 'remove', 'update', 'vote', 'comment') order by c.id desc) - 1)
          - case when max(c.id) filter (where c.action = 'award') over (partition by c.form, c.row_id) > c.id
            then interval '6 days' else interval '0' end
        end end as moment
      from taken c left join users u on u.id = c.actor_id left join (${moments.join(' union all ')}) m on m.form = c.form and m.id = c.row_id)
    insert into changes (at, actor_id, role, form, row_id, campaign_id, unit_id, collection_id, action, before, after, secret)
    select coalesce(moment, '2019-05-28 09:00'), actor_id, 'haowangmin_' || person_role, form, row_id, campaign_id, unit_id, collection_id, action,
      (before::jsonb - '{submitted_at,reviewed_at,deleted_at}'::text[])::json,
      (after::jsonb || coalesce((select jsonb_object_agg(key, moment) from json_object_keys(after) key
        where key in ('submitted_at', 'reviewed_at', 'deleted_at')), '{}')
        || case when action = 'publicity' then jsonb_build_object('publicised_on', moment::date) else '{}' end)::json, secret
    from dated order by coalesce(moment, '2019-05-28 09:00'), id`)
}

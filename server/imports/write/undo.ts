// Undo of an applied import, row by row: what nobody touched since goes into the 回收站 or gets its old values again, the
// rest stays and is reported. Written as the person, through the writers of everything else: policies, versions, history
// and counts hold as ever.
import { type RawBuilder, sql } from 'kysely'
import type { Person, Trx } from '../../database/connection.ts'
import { forbidden, notFound, Refusal } from '../../errors.ts'
import { type Form, type Forms, formsBeside, registersOf } from '../../forms/index.ts'
import { nameOf, namesOf, tableOf } from '../../records/read.ts'
import type { Relation } from '../../records/relation.ts'
import { JUST_CHANGED, type KeptRow, restoreValues, type WrittenRow, whatBecame } from '../../records/revert.ts'
import { checkOpen } from '../../records/write.ts'

const MAX_LISTED = 2_000
const BATCH = 4_000

/** `kept` is cut at a limit, `kept_count` never is. */
export type ImportUndone = { undone: { removed: number; restored: number }; kept: KeptRow[]; kept_count: number }

type ImportRecord = { id: number; form: string; campaign_id: number; unit_id: number | null; state: string }

/** One row of the import as it stands; `created`: by the import, which else changed it. */
type Judged = WrittenRow & { created: boolean }

/**
 * The import, when this person may undo it now: its own unit's, applied, annex open. Refuses with 404, 403 or 409.
 * `lock` keeps a second one waiting, who then finds it undone.
 */
export async function undoable(trx: Trx, person: Person, id: number, lock: boolean): Promise<ImportRecord> {
  const found = await sql<ImportRecord>`
    select id, form, campaign_id, unit_id, state from imports where id = ${id} ${own(person)} ${lock ? sql`for update` : sql``}`.execute(
    trx,
  )
  const head = found.rows[0]
  if (!head) {
    const seen = await sql`select from imports where id = ${id}`.execute(trx)
    throw seen.rows.length > 0 ? forbidden('只能由填报单位自己撤销。') : notFound()
  }
  if (head.state === 'undone') throw new Refusal(409, '这次导入已经撤销过了。')
  if (head.state !== 'applied') throw new Refusal(409, '这次导入没有写入，不用撤销。')
  return head
}

/** A unit's imports are undone by that unit, those of the campaign's own data by the province. */
const own = ({ role, unit_id }: Person) =>
  role === 'province'
    ? sql`and (unit_id is null or unit_id = ${unit_id})`
    : role === 'clerk'
      ? sql`and unit_id = ${unit_id}`
      : sql`and false`

/** What undoing would come to, as things stand. Two records that would collide are found only by doing it. */
export async function foresee(trx: Trx, person: Person, relation: Relation, head: ImportRecord): Promise<ImportUndone> {
  await mayWrite(trx, person, relation, head)
  const judged = await judge(trx, relation, head)
  const free = judged.filter(({ reason }) => reason === null)
  const removed = free.filter(({ created }) => created).length
  return tell(removed, free.length - removed, judged.filter(isKept))
}

/** Undoes; the transaction carries the import's id, so that its history names it. */
export async function undo(trx: Trx, person: Person, relation: Relation, head: ImportRecord): Promise<ImportUndone> {
  await mayWrite(trx, person, relation, head)
  const judged = await judge(trx, relation, head)
  const free = judged.filter(({ reason }) => reason === null)
  await sql`select set_config('app.action', 'undo', true)`.execute(trx)
  const created = free.filter(({ created }) => created)
  const removed = await remove(trx, relation, created)
  const changed = free.filter(({ created }) => !created)
  const { written, refused } = await restoreValues(trx, relation, changed)
  await sql`select set_config('app.action', '', true)`.execute(trx)
  const missed = [
    ...created.filter((row) => !removed.has(row.row_id)),
    ...changed.filter((row) => !written.has(row.row_id)),
  ]
  const names = await namesOf(
    trx,
    relation.form,
    missed.map(({ row_id }) => row_id),
  )
  const late = missed.map((row): KeptRow => {
    const reason = refused.get(row.row_id) ?? JUST_CHANGED
    return { row_id: row.row_id, name: names.get(row.row_id) ?? '', reason }
  })
  const result = tell(removed.size, written.size, [...judged.filter(isKept), ...late])
  await sql`update imports set state = 'undone', result = coalesce(result, '{}') || ${JSON.stringify(result)}::jsonb,
    finished_at = now() where id = ${head.id}`.execute(trx)
  return result
}

const isKept = (row: Judged): row is Judged & KeptRow => row.reason !== null

function tell(removed: number, restored: number, kept: readonly KeptRow[]): ImportUndone {
  const listed = kept.slice(0, MAX_LISTED).map(({ row_id, name, reason }) => ({ row_id, name: name ?? '', reason }))
  return { undone: { removed, restored }, kept: listed, kept_count: kept.length }
}

async function mayWrite(trx: Trx, person: Person, relation: Relation, { campaign_id, unit_id }: ImportRecord) {
  if (relation.sight.update.size === 0) throw forbidden()
  await checkOpen(trx, relation, person, { campaign_id, unit_id })
}

// Judging --------------------------------------------------------------------------------------------------------------

/**
 * Every row the import wrote, with the reason to keep it. A later change by an import or an operation that was itself
 * undone does not count: they can be undone one after the other, the last one first.
 */
async function judge(trx: Trx, relation: Relation, head: ImportRecord): Promise<Judged[]> {
  const { form } = relation
  const found = await sql<Judged>`
    with written as materialized (
      select c.id, w.row_id, c.action = 'create' as created, c.before,
        case when c.action = 'update' then app.changes_secret(c.id) end as secret
      from changes c cross join lateral (select c.row_id where c.row_id is not null
        union all select generate_series(lower(r), upper(r) - 1) from unnest(c.row_ids) r) as w (row_id) where c.import_id = ${head.id} and c.form = ${form.name} and c.action in ('create', 'update')),
    judged as (
      select w.row_id, t.version, w.created, w.before, w.secret, ${nameOf(form)} as name, case
        when (t.version > 1 or not w.created) and exists (
          select from changes l where l.form = ${form.name} and l.row_id = w.row_id and l.id > w.id and l.action <> 'undo'
            and not exists (select from changes u where u.form = ${form.name} and u.row_id = w.row_id and u.id > l.id
              and u.action = 'undo' and (u.import_id = l.import_id or u.request_id = l.request_id)))
        then ${whatBecame(relation)}
        ${sql.join(usesOf(form), sql` `)}
        end as reason
      from written w join ${sql.table(form.name)} t on t.id = w.row_id)
    select row_id, version, created, reason, case when reason is not null then name end as name,
      case when reason is null then before end as before, case when reason is null then secret end as secret
    from judged order by row_id`.execute(trx)
  return found.rows
}

/** What has no form of its own, or refers by the columns every row has: form → tables and their column. */
const besides = (forms: Forms): Record<string, readonly (readonly [string, string])[]> => ({
  submissions: [
    ['scores', 'submission_id'],
    ['votes', 'submission_id'],
  ],
  collections: [['jury', 'collection_id']],
  units: [['users', 'unit_id'], ...registersOf(forms).map(({ name }) => [name, 'unit_id'] as const)],
  campaigns: Object.values(forms).flatMap(({ name, scope }) =>
    scope === 'global' ? [] : [[name, 'campaign_id'] as const],
  ),
})

/** Records that refer to a row the import created: it can't go while they are there. */
function usesOf(target: Form): RawBuilder<unknown>[] {
  const { name } = target
  const forms = formsBeside(target)
  const referring = Object.values(forms).flatMap((form) =>
    form.fields
      .filter((field) => field.type === 'reference' && field.to === name && !field.derived)
      .map((field) => {
        const isScoped = form.scope === 'unit' && target.scope === 'unit'
        const scope = isScoped ? sql`and r.campaign_id = t.campaign_id and r.unit_id = t.unit_id` : sql``
        return sql`when w.created and exists (select from ${sql.table(form.name)} r
          where ${sql.ref(`r.${field.name}`)} = t.id ${scope} and r.deleted_at is null)
          then ${`${form.label}里有记录用着它。`}::text`
      }),
  )
  const others = (besides(forms)[name] ?? []).map(
    ([table, column]) =>
      sql`when w.created and exists (select from ${sql.table(table)} r where ${sql.ref(`r.${column}`)} = t.id) then '别的记录用着它。'`,
  )
  return [...referring, ...others]
}

// Writing --------------------------------------------------------------------------------------------------------------

/** Into the 回收站; answers which went. One that changed in the meantime has another version and stays. */
async function remove(trx: Trx, { form }: Relation, rows: readonly Judged[]): Promise<Set<number>> {
  const gone = new Set<number>()
  for (let at = 0; at < rows.length; at += BATCH) {
    const batch = rows.slice(at, at + BATCH)
    const done = await sql<{ id: number }>`
      update ${tableOf(form)} t set deleted_at = now(), version = t.version + 1
      from unnest(${batch.map(({ row_id }) => row_id)}::integer[], ${batch.map(({ version }) => version)}::integer[]) as x (id, version)
      where t.id = x.id and t.version = x.version and t.deleted_at is null returning t.id`.execute(trx)
    for (const { id } of done.rows) gone.add(id)
  }
  return gone
}

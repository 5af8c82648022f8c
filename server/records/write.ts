/**
 * The statements that write rows which have passed all checks, and why PostgreSQL would not: REST, bulk and import end here.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { wordsOf } from '../database/words.ts'
import { forbidden, type Refusal } from '../errors.ts'
import type { Row } from '../forms/index.ts'
import { groupBy } from './group_by.ts'
import { byId, outputOf, readRows, type StoredRecord, tableOf, withOwnColumns } from './read.ts'
import type { Relation } from './relation.ts'
import type { Scope } from './scope.ts'

const writable = new WeakMap<ReadonlySet<string>, Map<Relation['form'], ReadonlySet<string>>>()

/** The fields among these columns that a person fills; asked for every row of an import, so it is remembered. */
export function writableFields({ form }: Relation, columns: ReadonlySet<string>): ReadonlySet<string> {
  const known = writable.get(columns) ?? new Map()
  writable.set(columns, known)
  const found =
    known.get(form) ??
    new Set(form.fields.filter((field) => !field.derived && columns.has(field.name)).map((field) => field.name))
  known.set(form, found)
  return found
}

/** Columns and their types, for json_to_recordset. */
const typed = ({ catalogue, form }: Relation, names: readonly string[]) =>
  sql.join(names.map((name) => sql`${sql.ref(name)} ${sql.raw(catalogue.types(form.name).get(name) ?? 'text')}`))

/** Writes new rows that have passed all checks, in one statement; answers their ids in the same order. */
export async function insertRows(trx: Trx, relation: Relation, scope: Scope, rows: readonly Row[]): Promise<number[]> {
  const result = await sql<{ id: number }>`${insertion(relation, scope, rows)} returning id`.execute(trx)
  return result.rows.map(({ id }) => id)
}

/** The same where nobody asks for the ids: reading four thousand of them takes longer than sending the rows. */
export async function addRows(trx: Trx, relation: Relation, scope: Scope, rows: readonly Row[]): Promise<void> {
  await insertion(relation, scope, rows).execute(trx)
}

function insertion(relation: Relation, scope: Scope, rows: readonly Row[]) {
  const { form, sight } = relation
  const fields = [...writableFields(relation, sight.insert)].filter((name) =>
    rows.some((row) => row[name] !== null && row[name] !== undefined),
  )
  const scoped = [form.scope === 'global' ? [] : ['campaign_id'], form.scope === 'unit' ? ['unit_id'] : []].flat()
  const fixed: Row = { campaign_id: scope.campaign_id, unit_id: scope.unit_id }
  const columns = [...scoped, ...fields]
  return sql`
    insert into ${tableOf(form)} (${sql.join(columns.map((name) => sql.ref(name)))})
    select ${sql.join([...scoped.map((name) => sql`${fixed[name]}::integer`), ...fields.map((name) => sql.ref(`x.${name}`))])}
    from json_to_recordset(${JSON.stringify(rows.map((row, n) => ({ n, ...row })))}::json) as x (n integer${fields.length ? sql`, ${typed(relation, fields)}` : sql``})
    order by x.n`
}

export type RowUpdate = { id: number; version: number; values: Row }

/** From so many rows on it matters how they are joined. */
const MANY = 200

/**
 * Runs a statement that joins a table with `count` given rows. Policies make PostgreSQL expect one row of the table, and
 * so it would go through all the given ones for each: thousands times thousands.
 */
export async function joined<T>(trx: Trx, count: number, statement: RawBuilder<unknown>): Promise<T[]> {
  if (count > MANY) await sql`set local enable_nestloop = off`.execute(trx)
  const { rows } = await sql<T>`${statement}`.execute(trx)
  if (count > MANY) await sql`set local enable_nestloop = on`.execute(trx)
  return rows
}

/** One UPDATE for each set of columns changed, with what each answers. */
async function update<T>(
  trx: Trx,
  relation: Relation,
  changes: readonly RowUpdate[],
  answer: RawBuilder<unknown>,
): Promise<T[]> {
  const answers: T[] = []
  for (const [key, group] of groupBy(changes, ({ values }) => JSON.stringify(Object.keys(values).sort()))) {
    const names = JSON.parse(key) as string[]
    const set = names.map((name) => sql`${sql.ref(name)} = ${sql.ref(`x.${name}`)}`)
    const given = group.map(({ id, version, values }) => ({ ...values, i: id, v: version }))
    const result = await joined<{ row: T }>(
      trx,
      group.length,
      sql`with changed as (
        update ${tableOf(relation.form)} t set ${sql.join([...set, sql`version = t.version + 1`])}
        from json_to_recordset(${JSON.stringify(given)}::json) as x (i integer, v integer, ${typed(relation, names)})
        where t.id = x.i and ${byId(group.map(({ id }) => id))}
          and t.version = x.v and t.deleted_at is null returning ${answer})
      select row_to_json(c) as row from changed c`,
    )
    for (const { row } of result) answers.push(row)
  }
  return answers
}

/** Writes changes that have passed all checks; answers the ids that were written. */
export async function updateRows(trx: Trx, relation: Relation, changes: readonly RowUpdate[]): Promise<Set<number>> {
  return new Set((await update<{ id: number }>(trx, relation, changes, sql`t.id`)).map(({ id }) => id))
}

/** The same, and the rows as they are now. A function that looks at the row itself would still see the old one. */
export async function updateAndRead(
  trx: Trx,
  relation: Relation,
  changes: readonly RowUpdate[],
): Promise<Map<number, StoredRecord>> {
  const looksAgain = [...relation.sight.seen.values()].some(({ by }) => by === 'function')
  const rows = looksAgain
    ? await readRows(trx, relation, [...(await updateRows(trx, relation, changes))])
    : withOwnColumns(relation, await update<StoredRecord>(trx, relation, changes, outputOf(relation)))
  return new Map(rows.map((row) => [row.id, row]))
}

const unitLocks: Record<string, string> = {
  submitted: '这一行已提交，不能修改。需要改请先撤回。',
  approved: '这一行已通过，不能修改。',
  archived: '这一行已归档，不能修改。',
  void: '这一行已作废，不能修改。',
}

/** Why PostgreSQL would not write a row that is there, in sight and of the right version. */
export async function whyLocked(
  trx: Trx,
  { form }: Relation,
  person: Person,
  row: Pick<StoredRecord, 'unit_id' | 'status' | 'campaign_id'>,
): Promise<Refusal> {
  if (form.scope !== 'unit')
    return forbidden(
      person.role === 'province'
        ? '这个年度已归档，只能查看。要改请先重新开启。'
        : `这里由${(await wordsOf(trx, row.campaign_id)).contact}维护，您可以查看。`,
    )
  const host = row.unit_id !== person.unit_id && person.role === 'clerk' ? form.desks?.host : undefined
  if (host && !host.states.includes(row.status ?? '')) return forbidden('承办单位只在待审时排序，这一行现在只能查看。')
  if (row.unit_id !== person.unit_id && !host) return forbidden('内容只能由填报单位自己改；要改动请退回并写明理由。')
  if (!host && row.status !== 'draft' && row.status !== 'returned')
    return forbidden(unitLocks[row.status ?? ''] ?? '这一行已经进入评审，不能修改。')
  const found = await sql<{ is_archived: boolean; takes_part: boolean; passed_on: string | null }>`
    select c.state = 'archived' as is_archived,
      exists (select from participations p where p.campaign_id = c.id and p.unit_id = ${row.unit_id} and p.deleted_at is null) as takes_part,
      (select max(s.ends_on)::text from stages s where s.campaign_id = c.id and s.deleted_at is null
        and ${form.name} = any (s.locks) and s.ends_on < app.today(c.id)) as passed_on
    from campaigns c where c.id = ${row.campaign_id}`.execute(trx)
  const frame = found.rows[0]
  if (frame?.is_archived) return forbidden('这个年度已归档，只能查看。')
  if (frame && !frame.takes_part) return forbidden('这个单位不参加这个年度的活动。')
  const [, month, day] = (frame?.passed_on ?? '').split('-').map(Number)
  return forbidden(
    month
      ? `${month} 月 ${day} 日已截止，这里只能查看。需要补录，请向${(await wordsOf(trx, row.campaign_id)).lead_short}申请。`
      : host
        ? '承办单位只排序，内容由填报单位自己改。'
        : '这一行现在不能修改。',
  )
}

/** A unit writes its own rows while their annex is open; asked before writing, so that the refusal can be a sentence. */
export async function checkOpen(trx: Trx, relation: Relation, person: Person, scope: Scope): Promise<void> {
  const { name, scope: kind } = relation.form
  if (kind !== 'unit') return
  const { campaign_id, unit_id } = scope
  const open = await sql`select from app.open_units(${name}) o
    where o.campaign_id = ${campaign_id} and o.unit_id = ${unit_id}`.execute(trx)
  if (open.rows.length > 0) return
  throw await whyLocked(trx, relation, person, { campaign_id, unit_id: unit_id ?? 0, status: 'draft' })
}

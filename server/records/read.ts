/**
 * Rows of any form, read: a window of a list, or rows by id. PostgreSQL decides what is visible and builds the JSON.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import type { Vocabulary } from '../database/vocabulary.ts'
import { notFound, Refusal } from '../errors.ts'
import { type Form, fieldOf, formOf, isHosted, labelOf, type Row } from '../forms/index.ts'
import { isTallied, whereOf } from './conditions.ts'
import { groupBy } from './group_by.ts'
import { orderOf } from './order.ts'
import type { ListQuery } from './query.ts'
import { expressionOf, labelOfReference, type Relation, unitReference } from './relation.ts'

export type StoredRecord = Row & {
  id: number
  version: number
  campaign_id?: number
  unit_id?: number
  status?: string
}

/** The form of this name as a campaign has it; 404 where it is not in force there. */
export function formIn({ definitions }: Pick<Database, 'definitions'>, name: string, campaignId?: number | null): Form {
  const form = formOf(definitions.of(campaignId), name)
  if (!form) throw notFound('这个年度没有这张表。')
  return form
}

/**
 * The form by the name in the URL, as this person may see it in a campaign; without a campaign as the installation has it.
 * 404 for a form that is none, is not in force there or shows the role nothing.
 */
export function relationFor(
  { catalogue, definitions }: Vocabulary,
  person: Pick<Person, 'role'>,
  name: string,
  campaignId?: number | null,
): Relation {
  const found = relationIn({ catalogue, definitions }, person, name, campaignId)
  if (!found) throw notFound()
  return found
}

function relationIn(vocabulary: Vocabulary, person: Pick<Person, 'role'>, name: string, campaignId?: number | null) {
  const form = formOf(vocabulary.definitions.of(campaignId), name)
  const sight = form && vocabulary.catalogue.sight(person.role, form)
  if (!form || !sight?.seen.has('id')) return undefined
  const others = new Map<number | null | undefined, Relation | undefined>()
  const relation: Relation = {
    form,
    sight,
    catalogue: vocabulary.catalogue,
    in(other) {
      if (formOf(vocabulary.definitions.of(other), name) === form) return relation
      if (!others.has(other)) others.set(other, relationIn(vocabulary, person, name, other))
      return others.get(other)
    },
  }
  return relation
}

/**
 * The table itself, for whatever writes or locks. A plain name is read as the person's role may read it: that may be a view
 * over the table (see searchPaths in catalogue.ts).
 */
export const tableOf = ({ name }: Pick<Form, 'name'>) => sql.table(`public.${name}`)

const outputs = new WeakMap<object, Map<Form, RawBuilder<unknown>>>()

/** The columns of a row as they leave: what the role may see, and the name of everything a row refers to. */
export function outputOf(relation: Relation): RawBuilder<unknown> {
  const { form, sight } = relation
  const known = outputs.get(sight)?.get(form)
  if (known) return known
  const columns = [...sight.seen.keys()].map((name) => sql`${expressionOf(relation, name)} as ${sql.ref(name)}`)
  const references = form.fields.filter((field) => field.type === 'reference' && sight.seen.has(field.name))
  const units = form.scope === 'unit' && sight.seen.has('unit_id') ? [unitReference] : []
  const labels = [...references, ...units].map(
    (field) =>
      sql`${labelOfReference(form, field, expressionOf(relation, field.name))} as ${sql.ref(labelOf(field.name))}`,
  )
  const people = sight.seen.has('reviewed_by') ? [sql`app.user_label(t.reviewed_by) as reviewed_by_label`] : []
  const output = sql.join([...columns, ...labels, ...people])
  outputs.set(sight, (outputs.get(sight) ?? new Map()).set(form, output))
  return output
}

/** One window of a list as JSON text, with the number of all rows: one statement. */
export async function list(
  trx: Trx,
  relation: Relation,
  person: Person,
  query: ListQuery,
): Promise<{ text: string; total: number }> {
  const { form } = relation
  const where = whereOf(relation, query.filter)
  const { campaign_id, unit_id, status } = query.filter
  const total = isTallied(relation, query.filter, person.role)
    ? sql`(select coalesce(sum(rows), 0)::integer from tally where form = ${form.name}
        ${campaign_id === undefined ? sql`` : sql`and campaign_id = ${campaign_id}`}
        ${unit_id === undefined ? sql`` : sql`and unit_id = ${unit_id}`}
        and ${status === undefined ? sql`status <> 'deleted'` : sql`status = any (${[status].flat()}::text[])`})`
    : sql`(select count(*)::integer from ${sql.table(form.name)} t where ${where})`
  const order = orderOf(relation, query.sort)
  // A column has two letters or more, so one letter is never taken for one.
  // First which rows, then what is shown of them: names and derived columns are not looked up for rows that are skipped.
  const result = await sql<{ text: string; total: number }>`
    with found as materialized (
      select t.id from ${sql.table(form.name)} t
      where ${where} ${ownUnitFirst(relation, person, query)} order by ${order} limit ${query.limit} offset ${query.offset}),
    page as materialized (
      select ${outputOf(relation)} from found f join ${sql.table(form.name)} t on t.id = f.id order by ${order})
    select coalesce(json_agg(p), '[]')::text as text, ${total} as total from page p`.execute(trx)
  return result.rows[0] as { text: string; total: number }
}

/** Policies hide other units anyway; saying so lets PostgreSQL walk the index of (unit, id) in order. */
export function ownUnitFirst({ form, sight }: Relation, person: Person, { filter }: Pick<ListQuery, 'filter'>) {
  const isBound =
    form.scope === 'unit' && sight.seen.has('unit_id') && person.unit_id !== null && filter.unit_id === undefined
  const seesOthers = person.role === 'province' || isHosted(form)
  return isBound && !seesOthers ? sql`and t.unit_id = ${person.unit_id}` : sql``
}

/** Rows `t` of these ids. A single one is said as one: of an array PostgreSQL would make a new plan every time. */
export const byId = (ids: readonly number[]): RawBuilder<unknown> =>
  ids.length === 1 ? sql`t.id = ${ids[0]}::integer` : sql`t.id = any (${ids}::integer[])`

/**
 * Rows as their campaigns have them, in no order: without the columns that the form has in others only. Rows of campaigns
 * in which it is no longer in force are left out.
 */
export function withOwnColumns(relation: Relation, rows: readonly StoredRecord[]): StoredRecord[] {
  return [...groupBy(rows, ({ campaign_id }) => campaign_id)].flatMap(([campaignId, group]) => {
    const own = relation.in(campaignId)
    if (!own || own === relation) return own ? group : []
    const foreign = new Set([...relation.sight.seen.keys()].filter((name) => !own.sight.seen.has(name)))
    for (const name of [...foreign]) foreign.add(labelOf(name))
    if (foreign.size === 0) return group
    return group.map((row) =>
      Object.fromEntries(Object.entries(row).filter(([name]) => !foreign.has(name))),
    ) as StoredRecord[]
  })
}

/** Rows by id, in the order of the ids; ids out of scope are absent. */
export async function readRows(trx: Trx, relation: Relation, ids: readonly number[]): Promise<StoredRecord[]> {
  const result = await sql<{ row: StoredRecord }>`
    with found as (select ${outputOf(relation)} from ${sql.table(relation.form.name)} t where ${byId(ids)})
    select row_to_json(f) as row from found f`.execute(trx)
  const found = withOwnColumns(
    relation,
    result.rows.map(({ row }) => row),
  )
  const rows = new Map(found.map((row) => [row.id, row]))
  return ids.flatMap((id) => rows.get(id) ?? [])
}

export async function readOne(trx: Trx, relation: Relation, id: number): Promise<StoredRecord> {
  const [row] = await readRows(trx, relation, [id])
  if (!row) throw notFound()
  return row
}

/** The same rows with who stored them last, for whoever may see that: lists do without. */
export async function withEditors<T extends StoredRecord>(
  trx: Trx,
  relation: Relation,
  rows: readonly T[],
): Promise<T[]> {
  if (rows.length === 0 || relation.sight.seen.get('updated_by')?.by !== 'column') return [...rows]
  const found = await sql<{ id: number; name: string | null }>`
    select t.id, app.user_label(t.updated_by) as name from ${sql.table(relation.form.name)} t
    where ${byId(rows.map(({ id }) => id))}`.execute(trx)
  const names = new Map(found.rows.map(({ id, name }) => [id, name]))
  return rows.map((row) => ({ ...row, updated_by_label: names.get(row.id) ?? null }))
}

/** What a row is called, in SQL over the table as `t`: the field that names it, or the name of the record it refers to. */
export function nameOf(form: Form): RawBuilder<unknown> {
  const field = fieldOf(form, form.names)
  return field?.type === 'reference' ? labelOfReference(form, field) : sql`${sql.ref(`t.${form.names}`)}::text`
}

/** What rows are called, by id; '' for one without a name. Rows out of sight are absent. */
export async function namesOf(trx: Trx, form: Form, ids: readonly number[]): Promise<Map<number, string>> {
  if (ids.length === 0) return new Map()
  const found = await sql<{ id: number; name: string | null }>`
    select t.id, ${nameOf(form)} as name from ${sql.table(form.name)} t
    where t.id = any (${ids}::integer[])`.execute(trx)
  return new Map(found.rows.map(({ id, name }) => [id, name ?? '']))
}

export type CampaignYear = { id: number; year: number }

/** The one everybody begins with comes first: of those that run the one opened last, else the last that was open. */
export const campaignsInOrder = sql`order by (c.state = 'running') desc, c.opened_at desc nulls last, c.year desc, c.id desc`

/** The campaign a row is for: the one named, else the one everybody begins with. */
export async function campaignOf(trx: Trx, id?: unknown): Promise<CampaignYear> {
  const named = id === undefined || id === null ? sql`true` : sql`c.id = ${Number(id)}`
  const found =
    await sql<CampaignYear>`select c.id, c.year from campaigns c where c.deleted_at is null and ${named} ${campaignsInOrder} limit 1`.execute(
      trx,
    )
  if (!found.rows[0])
    throw new Refusal(422, '没有这个年度的活动。', { errors: { campaign_id: '没有这个年度的活动。' } })
  return found.rows[0]
}

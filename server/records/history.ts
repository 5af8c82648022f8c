/** Who changed what: the history of a row, the list of all changes in scope, and the comments under a row. */

import { type RawBuilder, sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { badRequest, forbidden, invalid } from '../errors.ts'
import {
  type Form,
  type Forms,
  formOf,
  formsBeside,
  identityIn,
  labelOf,
  maskedOf,
  type Row,
  trailKinds,
  type Value,
} from '../forms/index.ts'
import { isInteger, isMoment } from './conditions.ts'
import { groupBy } from './group_by.ts'
import type { ListQuery } from './query.ts'
import { namesOf, readOne } from './read.ts'
import type { Relation } from './relation.ts'

const MAX_HISTORY_ROWS = 500
const MAX_CONCERNED_ROWS = 10_000
const MAX_COMMENT_CHARS = 500

/** A line of the history as GET /changes and GET /:form/:id/history tell it. */
export type HistoryEntry = {
  id: number
  at: string
  form: string
  row_id: number | null
  /** What an import created is reported together: of so many rows. Null for a change of one row. */
  row_count?: number | null
  /** What the row is called now. */
  name?: string | null
  unit_id: number | null
  unit_id_label: string | null
  actor: string | null
  action: string
  import_id: number | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}
type StoredChange = HistoryEntry & {
  secret: { before?: Record<string, unknown>; after?: Record<string, unknown> } | null
}

const columns = sql`c.id, c.at, c.form, c.row_id, (select sum(upper(r) - lower(r))::integer from unnest(c.row_ids) r) as row_count, c.unit_id, (select u.short_name from units u where u.id = c.unit_id) as unit_id_label,
  app.user_label(c.actor_id) as actor, c.action, c.import_id, c.before, c.after, app.changes_secret(c.id) as secret`

/** What is private as the reader may have it, under its own name; never its twin beside it. */
function unmask(
  form: Form | undefined,
  values: Record<string, unknown> | null,
  secret: Record<string, unknown> | undefined,
) {
  if (!values) return secret ?? null
  const told = { ...values }
  for (const { name } of form?.fields.filter((field) => field.private) ?? []) {
    const { [maskedOf(name)]: masked } = told
    delete told[maskedOf(name)]
    if (masked !== undefined) told[name] = masked
  }
  return { ...told, ...secret }
}

/** Names beside the ids that a change speaks of, one statement for each form referred to. */
async function nameReferences(trx: Trx, forms: Forms, changes: HistoryEntry[]) {
  const wanted = new Map<string, Set<number>>()
  const visit = (each: (values: Record<string, unknown>, name: string, to: string) => void) => {
    for (const change of changes) {
      for (const field of formOf(forms, change.form)?.fields ?? []) {
        if (field.type !== 'reference') continue
        for (const values of [change.before, change.after])
          if (typeof values?.[field.name] === 'number') each(values, field.name, field.to ?? '')
      }
    }
  }
  visit((values, name, to) => wanted.set(to, (wanted.get(to) ?? new Set()).add(Number(values[name]))))
  const names = new Map<string, string>()
  for (const [to, ids] of wanted) {
    const field = formOf(forms, to)?.names ?? 'id'
    const found = await sql<{ id: number; name: string }>`
      select r.id, ${sql.ref(`r.${field}`)}::text as name from ${sql.table(to)} r where r.id = any (${[...ids]}::integer[])`.execute(
      trx,
    )
    for (const { id, name } of found.rows) names.set(`${to} ${id}`, name)
  }
  visit((values, name, to) => {
    const known = names.get(`${to} ${values[name]}`)
    if (known) values[labelOf(name)] = known
  })
}

/** What each changed row is called now, one statement a form; rows out of sight keep their number alone. */
async function nameRows(trx: Trx, forms: Forms, changes: HistoryEntry[]) {
  for (const [name, group] of groupBy(changes, (change) => change.form)) {
    const form = formOf(forms, trailKinds[name]?.of ?? name)
    if (!form) continue
    const ids = [...new Set(group.flatMap(({ row_id }) => row_id ?? []))]
    const names = await namesOf(trx, form, ids)
    for (const change of group) change.name = names.get(change.row_id ?? 0) || null
  }
}

async function read(
  trx: Trx,
  forms: Forms,
  where: RawBuilder<unknown>,
  tail: RawBuilder<unknown>,
  look: (changes: HistoryEntry[]) => void = () => {},
): Promise<HistoryEntry[]> {
  const found = await sql<StoredChange>`select ${columns} from changes c where ${where} ${tail}`.execute(trx)
  const changes = found.rows.map(({ secret, ...change }) => ({
    ...change,
    before: unmask(formOf(forms, change.form), change.before, secret?.before),
    after: unmask(formOf(forms, change.form), change.after, secret?.after),
  }))
  look(changes)
  await nameReferences(trx, forms, changes)
  await nameRows(trx, forms, changes)
  return changes
}

/**
 * Changes that concern any of these rows: their own, and those of imports that created them. Every condition by itself
 * and on plain numbers, because an index serves nothing else under row-level security.
 */
const concerning = (ids: readonly number[], form?: string) => {
  if (ids.length === 0) return sql`false`
  const of = form === undefined ? sql`` : sql`c.form = ${form} and`
  return sql`c.id = any (array(select c.id from changes c where ${of} c.row_id = any (${ids}::integer[]) order by c.id desc limit ${MAX_CONCERNED_ROWS})
    || array(select c.id from changes c where ${of} c.last_row >= ${Math.min(...ids)} and c.first_row <= ${Math.max(...ids)}
      and exists (select from unnest(${ids}::integer[]) i where c.row_ids @> i)))`
}

/** An import's creation as told of one row: what was created is the row as it is, with the later changes reverted. */
function recallCreation(form: Form, row: Row, changes: HistoryEntry[]) {
  const created = changes.find(({ row_id }) => row_id === null)
  if (!created) return
  Object.assign(created, { row_id: row.id, row_count: null })
  if (changes.length >= MAX_HISTORY_ROWS) return
  const names = [...form.fields.filter(({ derived }) => !derived).map(({ name }) => name), 'status']
  const values = Object.fromEntries(names.map((name) => [name, row[name] ?? null]))
  for (const { before } of changes) {
    for (const [name, value] of Object.entries(before ?? {})) if (name in values) values[name] = value as Value
  }
  created.after = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null))
}

/** The history of one row, newest first; 404 where the row is out of scope. */
export async function historyOf(trx: Trx, relation: Relation, person: Person, id: number): Promise<HistoryEntry[]> {
  const { form } = relation
  const row = await readOne(trx, relation, id)
  if (person.role === 'juror') throw forbidden()
  const newest = sql`order by c.id desc limit ${MAX_HISTORY_ROWS}`
  return read(trx, formsBeside(form), concerning([id], form.name), newest, (changes) =>
    recallCreation(form, row, changes),
  )
}

const comparable = new Map([
  ['form', 'text'],
  ['row_id', 'integer'],
  ['campaign_id', 'integer'],
  ['unit_id', 'integer'],
  ['action', 'text'],
  ['actor_id', 'integer'],
  ['import_id', 'integer'],
])

/** 变更记录: all changes in scope, in the dialect of the lists; `forms` are all there are, by which they are named. */
export async function listChanges(
  trx: Trx,
  forms: Forms,
  person: Person,
  { filter, sort, offset, limit }: ListQuery,
): Promise<{ rows: HistoryEntry[]; total: number }> {
  if (person.role === 'juror') throw forbidden()
  const conditions: RawBuilder<unknown>[] = [sql`true`]
  for (const [name, value] of Object.entries(filter)) {
    if (name === 'at_gte' || name === 'at_lte') {
      if (typeof value !== 'string' || !isMoment(value)) throw badRequest(`${name} 应是时间。`)
      conditions.push(name === 'at_gte' ? sql`c.at >= ${value}::timestamptz` : sql`c.at <= ${value}::timestamptz`)
    } else if (comparable.has(name)) {
      const type = comparable.get(name) ?? 'text'
      const values = [value].flat()
      if (type === 'integer' && !values.every((each) => typeof each !== 'object' && isInteger(String(each))))
        throw badRequest(`${name} 应是编号。`)
      if (name !== 'row_id')
        conditions.push(sql`${sql.ref(`c.${name}`)} = any (${values.map(String)}::${sql.raw(type)}[])`)
      else conditions.push(concerning(values.map(Number), typeof filter.form === 'string' ? filter.form : undefined))
    } else throw badRequest(`“${name.slice(0, 40)}”不能用来筛选。`)
  }
  const [by, direction] = sort[0] ?? ['id', 'DESC']
  if (by !== 'id' && by !== 'at') throw badRequest(`“${by.slice(0, 40)}”不能用来排序。`)
  const where = sql.join(conditions, sql` and `)
  const rows = await read(trx, forms, where, sql`order by c.id ${sql.raw(direction)} limit ${limit} offset ${offset}`)
  const counted = await sql<{ n: number }>`select count(*)::integer as n from changes c where ${where}`.execute(trx)
  return { rows, total: counted.rows[0]?.n ?? 0 }
}

/** Comments under a row, oldest first. */
export type Comment = { id: number; text: string; created_at: string; author: string | null }

export async function commentsOf(trx: Trx, relation: Relation, person: Person, id: number): Promise<Comment[]> {
  await readOne(trx, relation, id)
  if (person.role === 'juror') throw forbidden()
  const found =
    await sql<Comment>`select c.id, c.text, c.created_at, app.user_label(c.created_by) as author from comments c
    where c.form = ${relation.form.name} and c.row_id = ${id} order by c.id limit ${MAX_HISTORY_ROWS}`.execute(trx)
  return found.rows
}

export async function addComment(trx: Trx, relation: Relation, person: Person, id: number, text: unknown) {
  const row = await readOne(trx, relation, id)
  if (person.role === 'juror' || relation.form.scope !== 'unit') throw forbidden()
  const said = typeof text === 'string' ? text.trim() : ''
  if (!said || [...said].length > MAX_COMMENT_CHARS) throw invalid({ text: `批注写 1 到 ${MAX_COMMENT_CHARS} 字。` })
  const identity = identityIn(said, '批注')
  if (identity) throw invalid({ text: identity })
  await sql`insert into public.comments (form, row_id, campaign_id, unit_id, text)
    values (${relation.form.name}, ${id}, ${row.campaign_id}, ${row.unit_id}, ${said})`.execute(trx)
  return commentsOf(trx, relation, person, id)
}

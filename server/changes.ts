/** Who changed what: the history of a row, the list of all changes in scope, and the comments under a row. */
import { type RawBuilder, sql } from 'kysely'
import type { Person, Trx } from './database.ts'
import { badRequest, forbidden, invalid } from './errors.ts'
import { type Form, fieldOf, forms, labelOf } from './forms/index.ts'
import { groupBy } from './lists.ts'
import { type ListQuery, labelOfReference, type Relation } from './query.ts'
import { readOne } from './records.ts'

const longestHistory = 500

export type Change = {
  id: number
  at: string
  form: string
  row_id: number | null
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
type StoredChange = Change & { secret: { before?: Record<string, unknown>; after?: Record<string, unknown> } | null }

const columns = sql`c.id, c.at, c.form, c.row_id, c.unit_id, (select u.short_name from units u where u.id = c.unit_id) as unit_id_label,
  app.user_label(c.actor_id) as actor, c.action, c.import_id, c.before, c.after, app.changes_secret(c.id) as secret`

/** A phone as the reader may have it, under its own name; never both. */
function unmask(values: Record<string, unknown> | null, secret: Record<string, unknown> | undefined) {
  if (!values) return secret ?? null
  const { phone_masked, ...rest } = values
  return { ...rest, ...(phone_masked === undefined ? {} : { phone: phone_masked }), ...secret }
}

/** Names beside the ids that a change speaks of, one statement for each form referred to. */
async function nameReferences(trx: Trx, changes: Change[]) {
  const wanted = new Map<string, Set<number>>()
  const visit = (each: (values: Record<string, unknown>, name: string, to: string) => void) => {
    for (const change of changes) {
      for (const field of forms[change.form]?.fields ?? []) {
        if (field.type !== 'reference') continue
        for (const values of [change.before, change.after])
          if (typeof values?.[field.name] === 'number') each(values, field.name, field.to ?? '')
      }
    }
  }
  visit((values, name, to) => wanted.set(to, (wanted.get(to) ?? new Set()).add(Number(values[name]))))
  const names = new Map<string, string>()
  for (const [to, ids] of wanted) {
    const { names: field } = forms[to] as Form
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
async function nameRows(trx: Trx, changes: Change[]) {
  for (const [name, group] of groupBy(changes, (change) => change.form)) {
    const form = forms[name]
    if (!form) continue
    const field = fieldOf(form, form.names)
    const called = field?.type === 'reference' ? labelOfReference(field) : sql`${sql.ref(`t.${form.names}`)}::text`
    const ids = [...new Set(group.map((change) => change.row_id))]
    const found = await sql<{ id: number; name: string }>`
      select t.id, ${called} as name from ${sql.table(form.name)} t where t.id = any (${ids}::integer[])`.execute(trx)
    const names = new Map(found.rows.map((row) => [row.id, row.name]))
    for (const change of group) change.name = names.get(change.row_id ?? 0) ?? null
  }
}

async function read(trx: Trx, where: RawBuilder<unknown>, tail: RawBuilder<unknown>): Promise<Change[]> {
  const found = await sql<StoredChange>`select ${columns} from changes c where ${where} ${tail}`.execute(trx)
  const changes = found.rows.map(({ secret, ...change }) => ({
    ...change,
    before: unmask(change.before, secret?.before),
    after: unmask(change.after, secret?.after),
  }))
  await nameReferences(trx, changes)
  await nameRows(trx, changes)
  return changes
}

/** The history of one row, newest first; 404 where the row is out of scope. */
export async function historyOf(trx: Trx, relation: Relation, person: Person, id: number): Promise<Change[]> {
  await readOne(trx, relation, id)
  if (person.role === 'juror') throw forbidden()
  return read(
    trx,
    sql`c.form = ${relation.form.name} and c.row_id = ${id}`,
    sql`order by c.id desc limit ${longestHistory}`,
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

/** 变更记录: all changes in scope, in the dialect of the lists. */
export async function listChanges(
  trx: Trx,
  person: Person,
  { filter, sort, offset, limit }: ListQuery,
): Promise<{ rows: Change[]; total: number }> {
  if (person.role === 'juror') throw forbidden()
  const conditions: RawBuilder<unknown>[] = [sql`true`]
  for (const [name, value] of Object.entries(filter)) {
    if (name === 'at_gte' || name === 'at_lte') {
      if (typeof value !== 'string' || Number.isNaN(Date.parse(value))) throw badRequest(`${name} 应是时间。`)
      conditions.push(name === 'at_gte' ? sql`c.at >= ${value}::timestamptz` : sql`c.at <= ${value}::timestamptz`)
    } else if (comparable.has(name)) {
      const type = comparable.get(name) ?? 'text'
      const values = [value].flat()
      if (type === 'integer' && !values.every((each) => Number.isSafeInteger(Number(each))))
        throw badRequest(`${name} 应是编号。`)
      conditions.push(sql`${sql.ref(`c.${name}`)} = any (${values.map(String)}::${sql.raw(type)}[])`)
    } else throw badRequest(`“${name}”不能用来筛选。`)
  }
  const [by, direction] = sort[0] ?? ['id', 'DESC']
  if (by !== 'id' && by !== 'at') throw badRequest(`“${by}”不能用来排序。`)
  const where = sql.join(conditions, sql` and `)
  const rows = await read(trx, where, sql`order by c.id ${sql.raw(direction)} limit ${limit} offset ${offset}`)
  const counted = await sql<{ n: number }>`select count(*)::integer as n from changes c where ${where}`.execute(trx)
  return { rows, total: counted.rows[0]?.n ?? 0 }
}

/** Comments under a row, oldest first. */
export async function commentsOf(trx: Trx, relation: Relation, person: Person, id: number) {
  await readOne(trx, relation, id)
  if (person.role === 'juror') throw forbidden()
  const found = await sql`select c.id, c.text, c.created_at, app.user_label(c.created_by) as author from comments c
    where c.form = ${relation.form.name} and c.row_id = ${id} order by c.id limit ${longestHistory}`.execute(trx)
  return found.rows
}

export async function addComment(trx: Trx, relation: Relation, person: Person, id: number, text: unknown) {
  const row = await readOne(trx, relation, id)
  if (person.role === 'juror' || relation.form.scope !== 'unit') throw forbidden()
  const said = typeof text === 'string' ? text.trim() : ''
  if (!said || [...said].length > 500) throw invalid({ text: '批注写 1 到 500 字。' })
  await sql`insert into comments (form, row_id, campaign_id, unit_id, text)
    values (${relation.form.name}, ${id}, ${row.campaign_id}, ${row.unit_id}, ${said})`.execute(trx)
  return commentsOf(trx, relation, person, id)
}

/**
 * Rows of any form: read, create, change, remove and restore, one or ten thousand at a time. PostgreSQL decides what is
 * visible and writable and builds the JSON; this file says what to do about it in sentences.
 */
import { type RawBuilder, sql } from 'kysely'
import { admit, type Candidate, checkKeys, type Scope } from './checks.ts'
import type { Database, Person, Trx } from './database.ts'
import { forbidden, invalid, notFound, Refusal, stale, versionMissing } from './errors.ts'
import { type Errors, type Form, fieldOf, forms, labelOf, type Row, readRow, type Value } from './forms/index.ts'
import { groupBy } from './lists.ts'
import { expressionOf, isTallied, type ListQuery, labelOfReference, orderOf, type Relation, whereOf } from './query.ts'

export const maxBulk = 10_000

export type Stored = Row & { id: number; version: number; campaign_id?: number; unit_id?: number; status?: string }

/** The form by the name in the URL, as this person may see it; 404 for a form that is none or shows the role nothing. */
export function relationFor({ catalogue }: Pick<Database, 'catalogue'>, person: Person, name: string): Relation {
  const form = Object.hasOwn(forms, name) ? forms[name] : undefined
  if (!form) throw notFound()
  const sight = catalogue.sight(person.role, name)
  if (!sight.seen.has('id')) throw notFound()
  return { form, sight, catalogue }
}

const outputs = new WeakMap<object, Map<Form, RawBuilder<unknown>>>()

/** The columns of a row as they leave: what the role may see, and the name of everything a row refers to. */
function outputOf(relation: Relation): RawBuilder<unknown> {
  const { form, sight } = relation
  const known = outputs.get(sight)?.get(form)
  if (known) return known
  const columns = [...sight.seen.keys()].map((name) => sql`${expressionOf(relation, name)} as ${sql.ref(name)}`)
  const references = form.fields.filter((field) => field.type === 'reference' && sight.seen.has(field.name))
  const units = form.scope === 'unit' && sight.seen.has('unit_id') ? [{ name: 'unit_id', to: 'units' }] : []
  const labels = [...references, ...units].map(
    (field) => sql`${labelOfReference(field)} as ${sql.ref(labelOf(field.name))}`,
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
  const result = await sql<{ text: string; total: number }>`
    with page as materialized (
      select ${outputOf(relation)} from ${sql.table(form.name)} t
      where ${where} ${ownUnitFirst(relation, person, query)} order by ${orderOf(relation, query.sort)} limit ${query.limit} offset ${query.offset})
    select coalesce(json_agg(page), '[]')::text as text, ${total} as total from page`.execute(trx)
  return result.rows[0] as { text: string; total: number }
}

/** Policies hide other units anyway; saying so lets PostgreSQL walk the index of (unit, id) in order. */
function ownUnitFirst({ form, sight }: Relation, person: Person, { filter }: ListQuery) {
  const isBound =
    form.scope === 'unit' && sight.seen.has('unit_id') && person.unit_id !== null && filter.unit_id === undefined
  const seesOthers = person.role === 'province' || form.fields.some((field) => field.to === 'collections')
  return isBound && !seesOthers ? sql`and t.unit_id = ${person.unit_id}` : sql``
}

/** Rows by id, in the order of the ids; ids out of scope are absent. */
export async function readRows(trx: Trx, relation: Relation, ids: readonly number[]): Promise<Stored[]> {
  const result = await sql<{ row: Stored }>`
    with found as (select ${outputOf(relation)} from ${sql.table(relation.form.name)} t where t.id = any (${ids}::integer[]))
    select row_to_json(found) as row from found`.execute(trx)
  const byId = new Map(result.rows.map(({ row }) => [row.id, row]))
  return ids.flatMap((id) => byId.get(id) ?? [])
}

export async function readOne(trx: Trx, relation: Relation, id: number): Promise<Stored> {
  const [row] = await readRows(trx, relation, [id])
  if (!row) throw notFound()
  return row
}

// Writing ---------------------------------------------------------------------------------------------------------

export type Campaign = { id: number; year: number }

/** The campaign a row is for: the one named, else the latest. */
export async function campaignOf(trx: Trx, id?: unknown): Promise<Campaign> {
  const named = id === undefined || id === null ? sql`true` : sql`c.id = ${Number(id)}`
  const found =
    await sql<Campaign>`select c.id, c.year from campaigns c where c.deleted_at is null and ${named} order by c.year desc, c.id desc limit 1`.execute(
      trx,
    )
  if (!found.rows[0])
    throw new Refusal(422, '没有这个年度的活动。', { errors: { campaign_id: '没有这个年度的活动。' } })
  return found.rows[0]
}

/** Whether the year of the campaign matters: a date may come without one. */
const givesDate = (form: Form, cells: Record<string, unknown>) =>
  form.fields.some(({ name, type }) => name in cells && (type === 'date' || type === 'datetime'))

const isId = (value: unknown): value is number =>
  Number.isSafeInteger(value) && Number(value) > 0 && Number(value) < 2 ** 31
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
const same = (a: unknown, b: unknown) =>
  (a ?? null) === (b ?? null) || JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** Keys of a body that may not be written: unknown ones are refused by name, known ones unless they say what is stored. */
function checkBody(
  { form, sight }: Relation,
  body: Record<string, unknown>,
  writable: ReadonlySet<string>,
  stored: Row,
): Errors {
  const errors: Errors = {}
  const labels = new Set(form.fields.map((field) => labelOf(field.name)).concat('unit_id_label', 'reviewed_by_label'))
  for (const [name, value] of Object.entries(body)) {
    if (writable.has(name)) continue
    const field = fieldOf(form, name)
    if (labels.has(name) || (sight.seen.has(name) && same(value, stored[name]))) continue
    if (name === '__proto__') throw new Refusal(422, '没有“__proto__”这个栏目。') // no object takes it as a key
    if (field || sight.seen.has(name)) errors[name] = `“${field?.label ?? name}”不能直接改。`
    else errors[name] = `没有“${name.slice(0, 40)}”这个栏目。`
  }
  return errors
}

const writableFields = ({ form }: Relation, columns: ReadonlySet<string>) =>
  new Set(form.fields.filter((field) => !field.derived && columns.has(field.name)).map((field) => field.name))

/** Columns and their types, for json_to_recordset. */
const typed = ({ catalogue, form }: Relation, names: readonly string[]) =>
  sql.join(names.map((name) => sql`${sql.ref(name)} ${sql.raw(catalogue.types(form.name).get(name) ?? 'text')}`))

/** Writes new rows that have passed all checks, in one statement; answers their ids in the same order. */
export async function insertRows(trx: Trx, relation: Relation, scope: Scope, rows: readonly Row[]): Promise<number[]> {
  const { form, sight } = relation
  const fields = [...writableFields(relation, sight.insert)].filter((name) =>
    rows.some((row) => row[name] !== null && row[name] !== undefined),
  )
  const scoped = [form.scope === 'global' ? [] : ['campaign_id'], form.scope === 'unit' ? ['unit_id'] : []].flat()
  const fixed: Row = { campaign_id: scope.campaign_id, unit_id: scope.unit_id }
  const columns = [...scoped, ...fields]
  const result = await sql<{ id: number }>`
    insert into ${sql.table(form.name)} (${sql.join(columns.map((name) => sql.ref(name)))})
    select ${sql.join([...scoped.map((name) => sql`${fixed[name]}::integer`), ...fields.map((name) => sql.ref(`x.${name}`))])}
    from json_to_recordset(${JSON.stringify(rows.map((row, n) => ({ n, ...row })))}::json) as x (n integer${fields.length ? sql`, ${typed(relation, fields)}` : sql``})
    order by x.n returning id`.execute(trx)
  return result.rows.map(({ id }) => id)
}

export type Change = { id: number; version: number; values: Row }

/** One UPDATE for each set of columns changed, with what each answers. */
async function update<T>(
  trx: Trx,
  relation: Relation,
  changes: readonly Change[],
  answer: RawBuilder<unknown>,
): Promise<T[]> {
  const answers: T[] = []
  for (const [key, group] of groupBy(changes, ({ values }) => JSON.stringify(Object.keys(values).sort()))) {
    const names = JSON.parse(key) as string[]
    const set = names.map((name) => sql`${sql.ref(name)} = ${sql.ref(`x.${name}`)}`)
    const given = group.map(({ id, version, values }) => ({ ...values, row_id: id, row_version: version }))
    const result = await sql<{ row: T }>`
      with changed as (
        update ${sql.table(relation.form.name)} t set ${sql.join([...set, sql`version = t.version + 1`])}
        from json_to_recordset(${JSON.stringify(given)}::json) as x (row_id integer, row_version integer, ${typed(relation, names)})
        where t.id = x.row_id and t.version = x.row_version and t.deleted_at is null returning ${answer})
      select row_to_json(changed) as row from changed`.execute(trx)
    answers.push(...result.rows.map(({ row }) => row))
  }
  return answers
}

/** Writes changes that have passed all checks; answers the ids that were written. */
export async function updateRows(trx: Trx, relation: Relation, changes: readonly Change[]): Promise<Set<number>> {
  return new Set((await update<{ id: number }>(trx, relation, changes, sql`t.id`)).map(({ id }) => id))
}

/** The same, and the rows as they are now. A function that looks at the row itself would still see the old one. */
async function updateAndRead(trx: Trx, relation: Relation, changes: readonly Change[]): Promise<Map<number, Stored>> {
  const looksAgain = [...relation.sight.seen.values()].some(({ by }) => by === 'function')
  const rows = looksAgain
    ? await readRows(trx, relation, [...(await updateRows(trx, relation, changes))])
    : await update<Stored>(trx, relation, changes, outputOf(relation))
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
  row: Pick<Stored, 'unit_id' | 'status' | 'campaign_id'>,
): Promise<Refusal> {
  if (form.scope !== 'unit') return forbidden('这里由省总网络工作部维护，您可以查看。')
  if (row.unit_id !== person.unit_id) return forbidden('内容只能由填报单位自己改；要改动请退回并写明理由。')
  if (row.status !== 'draft' && row.status !== 'returned')
    return forbidden(unitLocks[row.status ?? ''] ?? '这一行已经进入评审，不能修改。')
  const passed = await sql<{ on: string }>`
    select max(s.ends_on)::text as on from stages s
    where s.campaign_id = ${row.campaign_id} and s.deleted_at is null and app.annex(${form.name}) = any (s.locks) and s.ends_on < app.today(s.campaign_id)`.execute(
    trx,
  )
  const [, month, day] = (passed.rows[0]?.on ?? '').split('-').map(Number)
  return forbidden(
    month ? `${month} 月 ${day} 日已截止，这里只能查看。需要补录，请向省总申请。` : '这一行现在不能修改。',
  )
}

/** A unit writes only its own rows while they are open; asked before inserting, so that the refusal can be a sentence. */
async function checkOpen(trx: Trx, relation: Relation, person: Person, scope: Scope) {
  if (relation.sight.insert.size === 0) throw forbidden()
  if (relation.form.scope !== 'unit') return
  const open = await sql`select from app.open_units(app.annex(${relation.form.name})) o
    where o.campaign_id = ${scope.campaign_id} and o.unit_id = ${scope.unit_id}`.execute(trx)
  if (open.rows.length === 0)
    throw await whyLocked(trx, relation, person, {
      campaign_id: scope.campaign_id,
      unit_id: scope.unit_id ?? 0,
      status: 'draft',
    })
}

export type RowErrors = Record<number, Errors>
export type Faults = { errors: RowErrors; conflicts: Record<number, Stored>; refusal?: Refusal }
const noFaults = (): Faults => ({ errors: {}, conflicts: {} })

const faulty = ({ errors, conflicts, refusal }: Faults) =>
  refusal !== undefined || Object.keys(errors).length + Object.keys(conflicts).length > 0

/** New rows from bodies. All are checked before any is written; with a fault none is. */
export async function createRows(
  trx: Trx,
  relation: Relation,
  person: Person,
  bodies: readonly unknown[],
): Promise<{ ids: number[]; faults: Faults }> {
  const faults = noFaults()
  const { form, sight, catalogue } = relation
  if (sight.insert.size === 0) throw forbidden()
  const writable = new Set([
    ...writableFields(relation, sight.insert),
    ...(form.scope === 'unit' ? ['unit_id'] : []),
    'campaign_id',
  ])
  const candidates: (Candidate & { n: number; scope: string })[] = []
  const campaigns = new Map<unknown, Campaign>()
  for (const [n, body] of bodies.entries()) {
    if (!isRecord(body)) throw new Refusal(400, '每一行应是 {"栏目":值}。')
    const campaign = campaigns.get(body.campaign_id) ?? (await campaignOf(trx, body.campaign_id))
    campaigns.set(body.campaign_id, campaign)
    const unit_id = form.scope === 'unit' ? (isId(body.unit_id) ? body.unit_id : person.unit_id) : null
    const { row, errors } = readRow(form, body, { year: campaign.year })
    Object.assign(errors, checkBody(relation, body, writable, {}))
    candidates.push({ n, row, errors, scope: JSON.stringify({ campaign_id: campaign.id, unit_id }) })
  }
  const ids: number[] = []
  const groups = groupBy(candidates, ({ scope }) => scope)
  for (const [key, group] of groups) {
    const scope = JSON.parse(key) as Scope
    await checkOpen(trx, relation, person, scope)
    await admit(trx, form, catalogue, scope, group)
    await checkKeys(trx, form, catalogue, scope, group)
    for (const { n, errors } of group) if (Object.keys(errors).length) faults.errors[n] = errors
  }
  if (faulty(faults)) return { ids, faults }
  for (const [key, group] of groups) {
    const made = await insertRows(
      trx,
      relation,
      JSON.parse(key) as Scope,
      group.map(({ row }) => row),
    )
    for (const [i, { n }] of group.entries()) ids[n] = made[i] as number
  }
  return { ids, faults }
}

/** Changes of rows from bodies `{ id, version, …fields }`. All are checked before any is written; with a fault none is. */
export async function changeRows(
  trx: Trx,
  relation: Relation,
  person: Person,
  bodies: readonly unknown[],
): Promise<{ rows: Stored[]; faults: Faults }> {
  const faults = noFaults()
  const { form, sight, catalogue } = relation
  const writable = writableFields(relation, sight.update)
  const given = bodies.map((body) => {
    if (!isRecord(body) || !isId(body.id)) throw new Refusal(400, '要改的每一行都应写明 id。')
    if (!isId(body.version)) throw versionMissing()
    return body as Record<string, unknown> & { id: number; version: number }
  })
  const ids = given.map(({ id }) => id)
  if (new Set(ids).size < ids.length) throw new Refusal(400, '同一行一次只能改一遍。')
  const stored = new Map(
    (await readRows(trx, relation, ids)).filter((row) => !row.deleted_at).map((row) => [row.id, row]),
  )
  const candidates: (Candidate & { n: number; values: Row; stored: Stored })[] = []
  const years = new Map<unknown, number>()
  for (const [n, body] of given.entries()) {
    const before = stored.get(body.id)
    if (!before) throw notFound()
    if (before.version !== body.version) {
      faults.conflicts[n] = before
      continue
    }
    if (writable.size === 0) throw await whyLocked(trx, relation, person, before)
    const cells = Object.fromEntries(
      Object.entries(body).filter(([name]) => writable.has(name) && !same(body[name], before[name])),
    )
    const year = givesDate(form, cells)
      ? (years.get(before.campaign_id) ?? (await campaignOf(trx, before.campaign_id)).year)
      : 0
    if (year) years.set(before.campaign_id, year)
    const { row, errors } = readRow(form, cells, { year })
    Object.assign(errors, checkBody(relation, body, new Set([...writable, 'version', 'id']), before))
    const values = Object.fromEntries(Object.entries(row).filter(([name, value]) => !same(value, before[name])))
    candidates.push({
      n,
      id: body.id,
      row: { ...fieldsOf(form, before), ...row },
      errors,
      changed: new Set(Object.keys(values)),
      values,
      stored: before,
    })
  }
  for (const [key, group] of groupBy(candidates, ({ stored: row }) => JSON.stringify(scopeOf(form, row)))) {
    await admit(trx, form, catalogue, JSON.parse(key) as Scope, group)
    await checkKeys(trx, form, catalogue, JSON.parse(key) as Scope, group)
  }
  for (const { n, errors } of candidates) if (Object.keys(errors).length) faults.errors[n] = errors
  if (faulty(faults)) return { rows: [], faults }
  const changes = candidates
    .map(({ id, values, row, stored: before }) => ({
      id: id as number,
      version: before.version,
      // A reference given by name has its id only now.
      values: Object.fromEntries(
        Object.keys(values).flatMap((name): [string, Value][] =>
          same(row[name], before[name]) ? [] : [[name, row[name] ?? null]],
        ),
      ),
    }))
    .filter(({ values }) => Object.keys(values).length > 0)
  const written = await updateAndRead(trx, relation, changes)
  const missed = changes.find(({ id }) => !written.has(id))
  if (missed) faults.refusal = await whyMissed(trx, relation, person, missed)
  return { rows: ids.flatMap((id) => written.get(id) ?? stored.get(id) ?? []), faults }
}

async function whyMissed(
  trx: Trx,
  relation: Relation,
  person: Person,
  { id, version }: { id: number; version?: number },
): Promise<Refusal> {
  const now = await readOne(trx, relation, id)
  return version !== undefined && now.version !== version ? stale(now) : whyLocked(trx, relation, person, now)
}

const fieldsOf = (form: Form, row: Row): Row =>
  Object.fromEntries(form.fields.map(({ name }) => [name, row[name] ?? null]))

const scopeOf = (form: Form, row: Stored): Scope => ({
  campaign_id: row.campaign_id ?? 0,
  unit_id: form.scope === 'unit' ? (row.unit_id ?? null) : null,
})

/** Into the 回收站 (`removed`) or out of it. Answers the ids; a row that may not go refuses all. */
export async function moveToBin(
  trx: Trx,
  relation: Relation,
  person: Person,
  rows: readonly unknown[],
  removed: boolean,
): Promise<number[]> {
  if (!relation.sight.update.has('deleted_at')) throw forbidden()
  const given = rows.map((row) => {
    if (!isRecord(row) || !isId(row.id)) throw new Refusal(400, '每一行应写明 id。')
    return { id: row.id, version: isId(row.version) ? row.version : null }
  })
  const result = await sql<{ id: number }>`
    update ${sql.table(relation.form.name)} t set deleted_at = ${removed ? sql`now()` : sql`null`}, version = t.version + 1
    from json_to_recordset(${JSON.stringify(given)}::json) as x (id integer, version integer)
    where t.id = x.id and t.version = coalesce(x.version, t.version) and (t.deleted_at is null) = ${removed} returning t.id`.execute(
    trx,
  )
  const moved = new Set(result.rows.map(({ id }) => id))
  const missed = given.find(({ id }) => !moved.has(id))
  if (missed) throw await whyMissed(trx, relation, person, { id: missed.id, version: missed.version ?? undefined })
  return given.map(({ id }) => id)
}

/** One row's faults as the answer to a single request. */
export function refuseOne({ errors, conflicts, refusal }: Faults) {
  if (refusal) throw refusal
  if (conflicts[0]) throw stale(conflicts[0])
  if (errors[0]) throw invalid(errors[0])
}

export type Bulk = { create?: unknown[]; update?: unknown[]; remove?: unknown[] }

/** Many rows in one transaction: all, or none with an answer for each row at fault. */
export async function bulk(trx: Trx, relation: Relation, person: Person, body: unknown) {
  if (!isRecord(body)) throw new Refusal(400, '应是 {create, update, remove}。')
  for (const [name, value] of Object.entries(body)) {
    if (!['create', 'update', 'remove'].includes(name) || !Array.isArray(value))
      throw new Refusal(400, `不认识“${name}”，应是 create、update、remove 三个列表。`)
  }
  const { create = [], update = [], remove = [] } = body as Bulk
  const count = create.length + update.length + remove.length
  if (count > maxBulk) throw new Refusal(413, `一次最多 ${maxBulk} 行，现在是 ${count} 行。`)
  const removed = remove.length ? await moveToBin(trx, relation, person, remove, true) : []
  const changed = update.length ? await changeRows(trx, relation, person, update) : { rows: [], faults: noFaults() }
  if (changed.faults.refusal) throw changed.faults.refusal
  const made = create.length ? await createRows(trx, relation, person, create) : { ids: [], faults: noFaults() }
  const conflicts = changed.faults.conflicts
  const errors = { create: made.faults.errors, update: changed.faults.errors }
  if (Object.keys(errors.create).length + Object.keys(errors.update).length)
    throw new Refusal(422, '有几格要改，改好再存。', { errors, conflicts: { update: conflicts } })
  if (Object.keys(conflicts).length)
    throw new Refusal(409, '有几行刚被别人改过，请选一个。', { conflicts: { update: conflicts } })
  return {
    create: await readRows(trx, relation, made.ids),
    update: changed.rows,
    remove: removed.map((id) => ({ id })),
  }
}

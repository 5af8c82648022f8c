/** The request of an operation: its body parsed and checked, and the rows it selects. */
import { type RawBuilder, sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { badRequest, forbidden, invalid, Refusal } from '../errors.ts'
import { checkRow, type Errors, type Field, fieldOf } from '../forms/index.ts'
import { isReplaceable } from '../forms/replacing.ts'
import { whereOf } from '../records/conditions.ts'
import { changing, MAX_TOLD_NAMES } from '../records/edits.ts'
import { orderOf } from '../records/order.ts'
import { readListQuery, type Sorting } from '../records/query.ts'
import { campaignOf, tableOf } from '../records/read.ts'
import type { Relation } from '../records/relation.ts'
import { reasonFor } from '../records/transitions.ts'
import { writableFields } from '../records/write.ts'
import { isId, isRecord } from '../requests.ts'

/** Rows of one operation, and ids left out of it. */
const MAX_ROWS = 1_000_000
const MAX_EXCEPT = 10_000
const MAX_FIND_CHARS = 200
const MAX_PUT_CHARS = 2_000

const kinds = ['set', 'replace', 'remove', 'restore', 'move'] as const
export type OperationKind = (typeof kinds)[number]

export type OperationRequest = {
  kind: OperationKind
  filter: Record<string, unknown>
  sort: Sorting
  /** Places in the list of that filter in that order, both included; null: the whole list. */
  range: [number, number] | null
  except: number[]
  /** Leave rows that may not be written as they are; otherwise one of them refuses all. */
  skip_locked: boolean
  values: Record<string, unknown>
  /** What is looked for in the cells of some columns, in either case, and what stands there instead; older requests have none. */
  replace?: TextReplacement | null
  action: string | null
  reason: string | null
  fields: string[] | null
}
export type TextReplacement = { find: string; put: string; fields: string[] }
/** What the person saw when asking; another list would have other rows. */
type Expected = { total: number | null; ends: [number | null, number | null] | null }

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const known = 'kind filter sort range ends except expected skip_locked values replace action reason fields'.split(' ')

/** The body understood, its names not yet checked against the form. */
export function readRequest(body: Record<string, unknown>): { asked: OperationRequest; expected: Expected } {
  const unknown = Object.keys(body).find((name) => !known.includes(name))
  if (unknown) throw badRequest(`不认识“${unknown.slice(0, 40)}”。`)
  const kind = kinds.find((each) => each === body.kind)
  if (!kind) throw badRequest(`kind 应是 ${kinds.join('、')} 之一。`)
  if (body.filter === undefined) throw badRequest('请写明 filter。')
  const { filter, sort } = readListQuery({
    filter: JSON.stringify(body.filter),
    ...(body.sort !== undefined && { sort: JSON.stringify(body.sort) }),
  })
  if (filter.deleted !== undefined && filter.deleted !== (kind === 'restore'))
    throw badRequest('回收站里的行只能找回，别的行不用找回。')
  const except = body.except ?? []
  if (!Array.isArray(except) || !except.every(isId)) throw badRequest('except 应是编号的列表。')
  if (except.length > MAX_EXCEPT) throw new Refusal(413, `最多除去 ${MAX_EXCEPT} 行，请缩小范围。`)
  const { values = {} } = body
  if (typeof values !== 'object' || values === null || Array.isArray(values))
    throw badRequest('values 应是 {"栏目":值}。')
  if (body.skip_locked !== undefined && typeof body.skip_locked !== 'boolean')
    throw badRequest('skip_locked 应是 true 或 false。')
  const asked: OperationRequest = {
    kind,
    // What is in the 回收站 is brought back, what is not can be anything else.
    filter: { ...filter, deleted: kind === 'restore' },
    sort,
    range: pairOf(body.range, 'range', isCount) as [number, number] | null,
    except,
    skip_locked: body.skip_locked === true,
    values: values as Record<string, unknown>,
    replace: kind === 'replace' ? replacementOf(body.replace) : null,
    action: typeof body.action === 'string' ? body.action : null,
    reason: typeof body.reason === 'string' ? body.reason : null,
    fields: Array.isArray(body.fields) ? body.fields.map(String) : null,
  }
  if (asked.range && asked.range[1] < asked.range[0]) throw badRequest('range 应是 [起, 止]。')
  if (body.expected !== undefined && !isCount(body.expected)) throw badRequest('expected 应是行数。')
  const ends = pairOf(body.ends, 'ends', (each) => each === null || isId(each)) as Expected['ends']
  return { asked, expected: { total: isCount(body.expected) ? body.expected : null, ends } }
}

function replacementOf(value: unknown): TextReplacement {
  if (!isRecord(value) || !Array.isArray(value.fields)) throw badRequest('replace 应是 {find, put, fields}。')
  const { find, put, fields } = value
  if (typeof find !== 'string' || find === '' || find.length > MAX_FIND_CHARS)
    throw badRequest(`要查找的文字应有 1 到 ${MAX_FIND_CHARS} 个字。`)
  if (typeof put !== 'string' || put.length > MAX_PUT_CHARS) throw badRequest(`换成的文字最多 ${MAX_PUT_CHARS} 个字。`)
  return { find, put, fields: fields.map(String) }
}

function pairOf(value: unknown, name: string, fits: (each: unknown) => boolean) {
  if (value === undefined || value === null) return null
  if (!Array.isArray(value) || value.length !== 2 || !value.every(fits)) throw badRequest(`${name} 应是两个数。`)
  return value
}

/** Refuses what this person could not do to any row of the form: 403, 404, 422 with a sentence a field. */
export async function checkRequest(
  trx: Trx,
  relation: Relation,
  person: Person,
  asked: OperationRequest,
): Promise<void> {
  if (person.role !== 'clerk' && person.role !== 'province') throw forbidden()
  if (asked.kind === 'move')
    return void (await reasonFor(trx, relation, person, { ...asked, action: asked.action ?? '' }))
  if (!relation.sight.update.has('deleted_at')) throw forbidden()
  if (asked.kind === 'set') await checkValues(trx, relation, asked)
  if (asked.replace) checkFields(relation, asked.replace.fields, isReplaceable)
}

/** Refuses columns that this person can't write, and those that `fits` does not take. */
function checkFields(relation: Relation, names: readonly string[], fits: (field: Field) => boolean) {
  const { form, sight } = relation
  if (names.length === 0) throw badRequest('请写明要改的栏目。')
  const writable = writableFields(relation, sight.update)
  const errors: Errors = {}
  for (const name of names) {
    const field = fieldOf(form, name)
    if (field && writable.has(name) && fits(field)) continue
    errors[name.slice(0, 40)] = field ? `“${field.label}”不能直接改。` : `没有“${name.slice(0, 40)}”这个栏目。`
    if (Object.keys(errors).length >= MAX_TOLD_NAMES) break
  }
  if (Object.keys(errors).length > 0) throw invalid(errors)
}

/** What is wrong with a value for any row is reported before one is looked at. */
async function checkValues(trx: Trx, relation: Relation, { values, filter }: OperationRequest) {
  const { form } = relation
  const names = Object.keys(values)
  checkFields(relation, names, () => true)
  const errors: Errors = {}
  const { year } = await campaignOf(trx, isId(filter.campaign_id) ? filter.campaign_id : undefined)
  const read = changing(form, { id: 0, version: 0 }, values, year)
  const required = checkRow(form, read.row, {}, 'cell')
  for (const name of names) {
    const sentence = read.errors[name] ?? required[name]
    if (sentence) errors[name] = sentence
  }
  if (Object.keys(errors).length > 0) throw invalid(errors)
}

/** The ids an operation means, as a statement; in the order of the list where its places matter. */
export function pickedBy(relation: Relation, asked: OperationRequest): RawBuilder<unknown> {
  const { filter, sort, range, except } = asked
  const table = sql.table(relation.form.name)
  const holding = asked.replace && holdingOf(asked.replace)
  const others = (id: RawBuilder<unknown>) => {
    const conditions = [
      ...(except.length > 0 ? [sql`${id} <> all (${except}::integer[])`] : []),
      ...(holding ? [sql`${id} in (select t.id from ${table} t where ${sql.join(holding, sql` or `)})`] : []),
    ]
    return conditions.length > 0 ? sql.join(conditions, sql` and `) : sql`true`
  }
  const where = whereOf(relation, filter)
  if (!range) return sql`select t.id from ${table} t where ${where} and ${others(sql`t.id`)} order by t.id`
  const [from, to] = range
  return sql`select x.id from (
    select t.id from ${table} t where ${where} order by ${orderOf(relation, sort)} limit ${to - from + 1} offset ${from}) x
    where ${others(sql`x.id`)}`
}

/** A condition a column: it holds the text, in either case. */
const holdingOf = ({ find, fields }: TextReplacement) => {
  const like = `%${find.replace(/[\\%_]/g, (mark) => `\\${mark}`)}%`
  return fields.map((name) => sql`${sql.ref(`t.${name}`)}::text ilike ${like}`)
}

/** How many cells a replacement would change, in how many rows of those in sight. */
export async function countReplaced(trx: Trx, relation: Relation, asked: OperationRequest) {
  if (!asked.replace) throw badRequest('只有查找替换可以先数一数。')
  const cells = holdingOf(asked.replace).map((holds) => sql`coalesce(${holds}, false)::integer`)
  const found = await sql<{ rows: number; cells: number }>`
    select count(*)::integer as rows, coalesce(sum(${sql.join(cells, sql` + `)}), 0)::integer as cells
    from ${tableOf(relation.form)} t where t.id in (${pickedBy(relation, asked)})`.execute(trx)
  return found.rows[0] ?? { rows: 0, cells: 0 }
}

/** How many rows are meant. Refuses when the list is no longer the one that was seen, and what is too much at once. */
export async function countPicked(
  trx: Trx,
  relation: Relation,
  asked: OperationRequest,
  expected: Expected,
): Promise<number> {
  const { filter, sort, range } = asked
  const table = sql.table(relation.form.name)
  if (expected.total !== null) {
    const found = await sql<{ total: number }>`
      select count(*)::integer as total from ${table} t where ${whereOf(relation, filter)}`.execute(trx)
    const total = found.rows[0]?.total ?? 0
    if (total !== expected.total)
      throw changed(`刚才看到 ${expected.total} 行，现在是 ${total} 行，还没有改。请再看一眼。`, total)
  }
  for (const [at, id] of (range && expected.ends ? expected.ends : []).entries()) {
    if (id === null) continue
    const found = await sql<{ id: number }>`
      select t.id from ${table} t where ${whereOf(relation, filter)} order by ${orderOf(relation, sort)}
      limit 1 offset ${range?.[at] ?? 0}`.execute(trx)
    if (found.rows[0]?.id !== id) throw changed('列表的顺序刚才变了，还没有改。请再看一眼。')
  }
  const counted = await sql<{ rows: number }>`
    select count(*)::integer as rows from (${pickedBy(relation, asked)}) picked`.execute(trx)
  const rows = counted.rows[0]?.rows ?? 0
  if (rows > MAX_ROWS) throw new Refusal(413, `一次最多 ${MAX_ROWS} 行，现在是 ${rows} 行，请缩小范围。`)
  return rows
}

const changed = (message: string, total?: number) =>
  new Refusal(409, message, { reason: 'changed', ...(total !== undefined && { total }) })

/** The request of an operation: its body parsed and checked, and the rows it selects. */
import { type RawBuilder, sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { badRequest, forbidden, invalid, Refusal } from '../errors.ts'
import { checkRow, type Errors, fieldOf } from '../forms/index.ts'
import { whereOf } from '../records/conditions.ts'
import { changing, MAX_TOLD_NAMES } from '../records/edits.ts'
import { orderOf } from '../records/order.ts'
import { readListQuery, type Sorting } from '../records/query.ts'
import { campaignOf } from '../records/read.ts'
import type { Relation } from '../records/relation.ts'
import { reasonFor } from '../records/transitions.ts'
import { writableFields } from '../records/write.ts'
import { isId } from '../requests.ts'

/** Rows of one operation, and ids left out of it. */
const MAX_ROWS = 1_000_000
const MAX_EXCEPT = 10_000

const kinds = ['set', 'remove', 'restore', 'move'] as const
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
  action: string | null
  reason: string | null
  fields: string[] | null
}
/** What the person saw when asking; another list would have other rows. */
type Expected = { total: number | null; ends: [number | null, number | null] | null }

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0
const known = ['kind', 'filter', 'sort', 'range', 'ends', 'except', 'expected', 'skip_locked', 'values'].concat([
  'action',
  'reason',
  'fields',
])

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
    action: typeof body.action === 'string' ? body.action : null,
    reason: typeof body.reason === 'string' ? body.reason : null,
    fields: Array.isArray(body.fields) ? body.fields.map(String) : null,
  }
  if (asked.range && asked.range[1] < asked.range[0]) throw badRequest('range 应是 [起, 止]。')
  if (body.expected !== undefined && !isCount(body.expected)) throw badRequest('expected 应是行数。')
  const ends = pairOf(body.ends, 'ends', (each) => each === null || isId(each)) as Expected['ends']
  return { asked, expected: { total: isCount(body.expected) ? body.expected : null, ends } }
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
}

/** What is wrong with a value for any row is reported before one is looked at. */
async function checkValues(trx: Trx, relation: Relation, { values, filter }: OperationRequest) {
  const { form, sight } = relation
  const names = Object.keys(values)
  if (names.length === 0) throw badRequest('请写明要改的栏目。')
  const writable = writableFields(relation, sight.update)
  const errors: Errors = {}
  for (const name of names.filter((each) => !writable.has(each)).slice(0, MAX_TOLD_NAMES)) {
    const field = fieldOf(form, name)
    errors[name.slice(0, 40)] = field ? `“${field.label}”不能直接改。` : `没有“${name.slice(0, 40)}”这个栏目。`
  }
  if (Object.keys(errors).length > 0) throw invalid(errors)
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
export function pickedBy(relation: Relation, { filter, sort, range, except }: OperationRequest): RawBuilder<unknown> {
  const table = sql.table(relation.form.name)
  const others = (id: RawBuilder<unknown>) => (except.length > 0 ? sql`${id} <> all (${except}::integer[])` : sql`true`)
  const where = whereOf(relation, filter)
  if (!range) return sql`select t.id from ${table} t where ${where} and ${others(sql`t.id`)} order by t.id`
  const [from, to] = range
  return sql`select x.id from (
    select t.id from ${table} t where ${where} order by ${orderOf(relation, sort)} limit ${to - from + 1} offset ${from}) x
    where ${others(sql`x.id`)}`
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

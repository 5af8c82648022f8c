/**
 * What REST bodies ask for of rows that are there: changes and removals, one or ten thousand at a time. All rows are checked
 * before any is written; this file says what is wrong in sentences, and where.
 */
import { sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { forbidden, invalid, notFound, Refusal, stale, versionMissing } from '../errors.ts'
import { type Errors, type Form, fieldOf, labelOf, type Row, readRow, sameValue, type Value } from '../forms/index.ts'
import { isId, isRecord } from '../requests.ts'
import { admit } from './checks.ts'
import { groupBy } from './group_by.ts'
import { checkKeys } from './keys.ts'
import { campaignOf, readOne, readRows, type StoredRecord, tableOf, withEditors } from './read.ts'
import type { Relation } from './relation.ts'
import type { Candidate, Scope } from './scope.ts'
import { joined, updateAndRead, whyLocked, writableFields } from './write.ts'

/** Whether the year of the campaign matters: a date may come without one. */
const givesDate = (form: Form, cells: Record<string, unknown>) =>
  form.fields.some(({ name, type }) => name in cells && (type === 'date' || type === 'datetime'))

/** Names told of those that may not be written: an answer is no longer than the question. */
export const MAX_TOLD_NAMES = 10

/** Keys of a body that may not be written: unknown ones are refused by name, known ones unless they say what is stored. */
export function checkBody(
  { form, sight }: Relation,
  body: Record<string, unknown>,
  writable: ReadonlySet<string>,
  stored: Row,
): Errors {
  const errors: Errors = {}
  const labels = new Set(
    form.fields.map((field) => labelOf(field.name)).concat('unit_id_label', 'reviewed_by_label', 'updated_by_label'),
  )
  for (const [name, value] of Object.entries(body)) {
    if (writable.has(name)) continue
    const field = fieldOf(form, name)
    if (labels.has(name) || (sight.seen.has(name) && sameValue(value, stored[name]))) continue
    if (Object.keys(errors).length >= MAX_TOLD_NAMES) break
    if (name === '__proto__') throw new Refusal(422, '没有“__proto__”这个栏目。') // no object takes it as a key
    if (field || sight.seen.has(name)) errors[name] = `“${field?.label ?? name}”不能直接改。`
    else errors[name.slice(0, 40)] = `没有“${name.slice(0, 40)}”这个栏目。`
  }
  return errors
}

/** A stored row on its way to other values; what is wrong with them stands in `errors`. */
export type Changing = Candidate & { id: number; values: Row; before: StoredRecord }

/** What cells would make of a stored row. Nothing is checked yet that needs more than the cells themselves. */
export function changing(form: Form, before: StoredRecord, cells: Record<string, unknown>, year: number): Changing {
  const { row, errors } = readRow(form, cells, { year })
  const values = Object.fromEntries(Object.entries(row).filter(([name, value]) => !sameValue(value, before[name])))
  return {
    id: before.id,
    row: { ...fieldsOf(form, before), ...row },
    errors,
    changed: new Set(Object.keys(values)),
    values,
    before,
  }
}

/** All checks of changed rows, scope by scope. Names become ids in `row`, sentences go into `errors`. */
export async function checkChanging(trx: Trx, relation: Relation, rows: readonly Changing[]) {
  for (const [key, group] of groupBy(rows, ({ before }) => JSON.stringify(scopeOf(relation.form, before)))) {
    const scope = JSON.parse(key) as Scope
    const { form, catalogue } = relation.in(scope.campaign_id) ?? relation
    await admit(trx, form, catalogue, scope, group)
    await checkKeys(trx, form, catalogue, scope, group)
  }
}

/** The year in which a date without one lies, for rows of campaigns; 0 where no cell is a date. */
export function yearsOf(trx: Trx, form: Form) {
  const years = new Map<unknown, number>()
  return async (before: StoredRecord, cells: Record<string, unknown>) => {
    if (!givesDate(form, cells)) return 0
    const year = years.get(before.campaign_id) ?? (await campaignOf(trx, before.campaign_id)).year
    years.set(before.campaign_id, year)
    return year
  }
}

type RowErrors = Record<number, Errors>
export type BatchFaults = { errors: RowErrors; conflicts: Record<number, StoredRecord>; refusal?: Refusal }
export const noFaults = (): BatchFaults => ({ errors: {}, conflicts: {} })

export const faulty = ({ errors, conflicts, refusal }: BatchFaults) =>
  refusal !== undefined || Object.keys(errors).length + Object.keys(conflicts).length > 0

/** Changes of rows from bodies `{ id, version, …fields }`. All are checked before any is written; with a fault none is. */
export async function changeRows(
  trx: Trx,
  relation: Relation,
  person: Person,
  bodies: readonly unknown[],
): Promise<{ rows: StoredRecord[]; faults: BatchFaults }> {
  const faults = noFaults()
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
  const candidates: (Changing & { n: number })[] = []
  const yearFor = yearsOf(trx, relation.form)
  for (const [n, body] of given.entries()) {
    const before = stored.get(body.id)
    const own = before && relation.in(before.campaign_id)
    if (!own) throw notFound()
    if (before.version !== body.version) {
      faults.conflicts[n] = before
      continue
    }
    const writable = writableFields(own, own.sight.update)
    if (writable.size === 0) throw await whyLocked(trx, relation, person, before)
    const cells = Object.fromEntries(
      Object.entries(body).filter(([name]) => writable.has(name) && !sameValue(body[name], before[name])),
    )
    const candidate = changing(own.form, before, cells, await yearFor(before, cells))
    Object.assign(candidate.errors, checkBody(own, body, new Set([...writable, 'version', 'id']), before))
    candidates.push({ ...candidate, n })
  }
  const named = await withEditors(trx, relation, Object.values(faults.conflicts))
  for (const [at, n] of Object.keys(faults.conflicts).entries()) faults.conflicts[Number(n)] = named[at] as StoredRecord
  await checkChanging(trx, relation, candidates)
  for (const { n, errors } of candidates) if (Object.keys(errors).length) faults.errors[n] = errors
  if (faulty(faults)) return { rows: [], faults }
  const changes = candidates
    .map(({ id, values, row, before }) => ({
      id,
      version: before.version,
      // A reference given by name has its id only now.
      values: Object.fromEntries(
        Object.keys(values).flatMap((name): [string, Value][] =>
          sameValue(row[name], before[name]) ? [] : [[name, row[name] ?? null]],
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
  { id, version, removed }: { id: number; version?: number | null; removed?: boolean },
): Promise<Refusal> {
  const [now] = (await withEditors(trx, relation, [await readOne(trx, relation, id)])) as [StoredRecord]
  if (removed && now.deleted_at) return notFound('这一行已经删去，在回收站里。')
  return typeof version === 'number' && now.version !== version ? stale(now) : whyLocked(trx, relation, person, now)
}

const fieldsOf = (form: Form, row: Row): Row =>
  Object.fromEntries(form.fields.map(({ name }) => [name, row[name] ?? null]))

const scopeOf = (form: Form, row: StoredRecord): Scope => ({
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
  const gone = await joined<{ id: number }>(
    trx,
    given.length,
    sql`update ${tableOf(relation.form)} t set deleted_at = ${removed ? sql`now()` : sql`null`}, version = t.version + 1
    from json_to_recordset(${JSON.stringify(given)}::json) as x (id integer, version integer)
    where t.id = x.id and t.id = any (${given.map(({ id }) => id)}::integer[])
      and t.version = coalesce(x.version, t.version) and (t.deleted_at is null) = ${removed} returning t.id`,
  )
  const moved = new Set(gone.map(({ id }) => id))
  const missed = given.find(({ id }) => !moved.has(id))
  if (missed) throw await whyMissed(trx, relation, person, { ...missed, removed })
  return given.map(({ id }) => id)
}

/** One row's faults as the answer to a single request. */
export function refuseOne({ errors, conflicts, refusal }: BatchFaults) {
  if (refusal) throw refusal
  if (conflicts[0]) throw stale(conflicts[0])
  if (errors[0]) throw invalid(errors[0])
}

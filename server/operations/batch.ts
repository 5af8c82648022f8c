/** The batches of an operation: what each writes, what may not be written and why. */
import { type RawBuilder, sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { Refusal } from '../errors.ts'
import { fieldOf, type Row } from '../forms/index.ts'
import { replacedIn } from '../forms/replacing.ts'
import { type Changing, changing, checkChanging, yearsOf } from '../records/edits.ts'
import { namesOf, type StoredRecord, tableOf } from '../records/read.ts'
import { expressionOf, type Relation } from '../records/relation.ts'
import { writeApart } from '../records/revert.ts'
import { move } from '../records/transitions.ts'
import { updateRows, whyLocked } from '../records/write.ts'
import type { OperationRequest, TextReplacement } from './request.ts'

/** Rows that are named in an answer; all of them are counted. */
const MAX_LISTED = 200
/** After so many faulty rows nobody wants to know of more. */
const MAX_WRONG = 1_000
const TAKEN = '找回来会和另一条记录相同，没有找回。'

type ListedRow = { id: number; name: string; message: string; field?: string }
/** What came of an operation. `skipped` counts, by sentence, the rows it was not allowed to write. */
export type OperationOutcome = {
  done: number
  /** Rows that were so already. */
  unchanged: number
  skipped: { message: string; count: number }[]
  skipped_count: number
  wrong_count: number
  listed: ListedRow[]
}
export type BatchContext = {
  trx: Trx
  relation: Relation
  person: Person
  asked: OperationRequest
  outcome: OperationOutcome
}

export const nothingYet = (): OperationOutcome => ({
  done: 0,
  unchanged: 0,
  skipped: [],
  skipped_count: 0,
  wrong_count: 0,
  listed: [],
})

/** Does it to one batch of rows. */
export function doBatch(doing: BatchContext, ids: readonly number[]): Promise<void> {
  const { kind } = doing.asked
  if (kind === 'set' || kind === 'replace') return setValues(doing, ids)
  if (kind === 'move') return moveRows(doing, ids)
  return kind === 'remove' ? removeRows(doing, ids) : restoreRows(doing, ids)
}

/** Refuses the whole operation when rows stand against it. A move takes those it may, as it always did. */
export function refuseFaulty({ asked, outcome }: BatchContext): void {
  const { wrong_count, skipped_count, listed } = outcome
  if (wrong_count > 0) {
    const atLeast = wrong_count >= MAX_WRONG ? '至少 ' : ''
    const first = listed[0] ? `，例如“${listed[0].name}”：${listed[0].message}` : '。'
    throw new Refusal(422, `有 ${atLeast}${wrong_count} 行不能这样改，都没有改${first}`, { ...outcome })
  }
  if (skipped_count > 0 && asked.kind !== 'move' && !asked.skip_locked) {
    const most = [...outcome.skipped].sort((a, b) => b.count - a.count)[0]?.message ?? ''
    throw new Refusal(409, `有 ${skipped_count} 行不能改，都没有改。${most}`, { reason: 'locked', ...outcome })
  }
}

// Setting values ---------------------------------------------------------------------------------------------------------

async function setValues(doing: BatchContext, ids: readonly number[]): Promise<void> {
  const { trx, relation, asked, outcome } = doing
  const open = await lockOpen(doing, ids)
  const rows = await readPlain(trx, relation, ids)
  const yearFor = yearsOf(trx, relation.form)
  const changes: Changing[] = []
  const locked: StoredRecord[] = []
  for (const row of rows) {
    const { form } = relation.in(row.campaign_id) ?? relation
    const values = asked.replace ? replacedCells(row, asked.replace) : asked.values
    const change = changing(form, row, values, await yearFor(row, values))
    if (change.changed?.size === 0 && Object.keys(change.errors).length === 0) outcome.unchanged++
    else if (open.has(row.id) && isForMe(doing, row)) changes.push(change)
    else locked.push(row)
  }
  await skip(doing, locked)
  await checkChanging(trx, relation, changes)
  const wrong = changes.filter(({ errors }) => Object.keys(errors).length > 0)
  await listWrong(doing, wrong)
  // nothing of an operation that will be refused is worth writing
  if (outcome.wrong_count > 0) return
  await writeChanges(doing, changes)
}

/** Columns an operation writes. */
const writtenNames = ({ values, replace }: OperationRequest) => replace?.fields ?? Object.keys(values)

/** The cells of a row that hold the text, as they read afterwards. */
function replacedCells(row: StoredRecord, { find, put, fields }: TextReplacement): Record<string, string> {
  const cells = fields.map((name) => [name, replacedIn(String(row[name] ?? ''), find, put)] as const)
  return Object.fromEntries(cells.filter((cell): cell is [string, string] => cell[1] !== null))
}

/** What a unit has sent is open at a desk above it in some fields only; the database would say so with an error. */
function isForMe({ relation: { form }, person, asked }: BatchContext, { status }: StoredRecord): boolean {
  if (form.scope !== 'unit' || status === 'draft' || status === 'returned') return true
  const desk = form.desks?.[person.role === 'clerk' ? 'host' : 'province']
  return desk !== undefined && writtenNames(asked).every((name) => desk.fields.includes(name))
}

async function writeChanges({ trx, relation, asked, outcome }: BatchContext, changes: readonly Changing[]) {
  const names = writtenNames(asked)
  const valuesOf = (row: Row): Row => Object.fromEntries(names.map((name) => [name, row[name] ?? null]))
  // a name that turned out to be the record already referred to changes nothing
  const differs = ({ row, before }: Changing) =>
    names.some((name) => JSON.stringify(row[name] ?? null) !== JSON.stringify(before[name] ?? null))
  const real = changes.filter(differs)
  const written = await updateRows(
    trx,
    relation,
    real.map(({ id, before, row }) => ({ id, version: before.version, values: valuesOf(row) })),
  )
  if (written.size < real.length) throw new Refusal(409, '刚才有人同时在改，都没有改，请再试一次。')
  outcome.done += written.size
  outcome.unchanged += changes.length - real.length
}

/** Rows of the batch that the person may write now, held until the end: who writes one of them meanwhile waits. */
async function lockOpen({ trx, relation }: BatchContext, ids: readonly number[]): Promise<Set<number>> {
  const found = await sql<{ id: number }>`
    select t.id from ${tableOf(relation.form)} t
    where t.id = any (${ids}::integer[]) and t.deleted_at is null order by t.id for update`.execute(trx)
  return new Set(found.rows.map(({ id }) => id))
}

/** Rows with what checks look at, and nothing else: no names of what they refer to, no derived figures. */
async function readPlain(trx: Trx, relation: Relation, ids: readonly number[]): Promise<StoredRecord[]> {
  const { form, sight } = relation
  const system = ['id', 'version', 'campaign_id', 'unit_id', 'status'].filter((name) => sight.seen.has(name))
  const fields = form.fields.filter(({ name, derived }) => !derived && sight.seen.has(name)).map(({ name }) => name)
  const columns = [...system, ...fields].map((name) => sql`${expressionOf(relation, name)} as ${sql.ref(name)}`)
  const found = await sql<{ row: StoredRecord }>`
    with found as (select ${sql.join(columns)} from ${sql.table(form.name)} t
      where t.id = any (${ids}::integer[]) and t.deleted_at is null)
    select row_to_json(f) as row from found f order by f.id`.execute(trx)
  return found.rows.map(({ row }) => row)
}

/** Wrong rows refuse the whole operation, so they are listed before those that are only passed over. */
async function listWrong(doing: BatchContext, wrong: readonly Changing[]) {
  const { trx, relation, outcome } = doing
  const before = Math.min(outcome.wrong_count, MAX_LISTED)
  outcome.wrong_count += wrong.length
  const room = wrong.slice(0, MAX_LISTED - before)
  const names = await namesOf(
    trx,
    relation.form,
    room.map(({ id }) => id),
  )
  const listed = room.map(({ id, errors }): ListedRow => {
    const [field = '', message = ''] = Object.entries(errors)[0] ?? []
    const said = fieldOf(relation.form, field) ? { field } : {}
    return { id, name: names.get(id) ?? '', message, ...said }
  })
  outcome.listed.splice(before, 0, ...listed)
  outcome.listed.splice(MAX_LISTED)
  if (outcome.wrong_count >= MAX_WRONG) refuseFaulty(doing)
}

// The 回收站 -----------------------------------------------------------------------------------------------------------

/** Only the unit's own drafts and returned rows are removed; the database would say the same, a trigger of awards with an error. */
const untouchable = ({ relation }: BatchContext): RawBuilder<unknown> =>
  relation.form.scope === 'unit' ? sql`and t.status in ('draft', 'returned')` : sql``

async function removeRows(doing: BatchContext, ids: readonly number[]): Promise<void> {
  const { trx, relation, outcome } = doing
  const gone = await sql<{ id: number }>`
    update ${tableOf(relation.form)} t set deleted_at = now(), version = t.version + 1
    where t.id = any (${ids}::integer[]) and t.deleted_at is null ${untouchable(doing)} returning t.id`.execute(trx)
  outcome.done += gone.rows.length
  if (gone.rows.length < ids.length) await skipOthers(doing, ids, gone.rows)
}

async function restoreRows(doing: BatchContext, ids: readonly number[]): Promise<void> {
  const { trx, relation, outcome } = doing
  const back: { id: number }[] = []
  const refused = await writeApart(trx, ids, async (batch) => {
    const done = await sql<{ id: number }>`
      update ${tableOf(relation.form)} t set deleted_at = null, version = t.version + 1
      where t.id = any (${batch}::integer[]) and t.deleted_at is not null ${untouchable(doing)} returning t.id`.execute(
      trx,
    )
    back.push(...done.rows)
  })
  outcome.done += back.length
  const collided = [...refused.keys()]
  const names = await namesOf(trx, relation.form, collided)
  for (const id of collided) note(doing, { id, name: names.get(id) ?? '', message: TAKEN })
  if (back.length + collided.length < ids.length)
    await skipOthers(doing, ids, [...back, ...collided.map((id) => ({ id }))])
}

/** Rows that are there and in sight and were not written. Those that somebody has just moved need no word. */
async function skipOthers(doing: BatchContext, ids: readonly number[], written: readonly { id: number }[]) {
  const { trx, relation, asked, outcome } = doing
  const done = new Set(written.map(({ id }) => id))
  const rest = ids.filter((id) => !done.has(id))
  const removed = asked.kind === 'restore'
  const has = (name: string) => relation.sight.seen.get(name)?.by === 'column'
  const columns = ['id', 'campaign_id', 'unit_id', 'status'].filter(has).map((name) => sql.ref(`t.${name}`))
  const found = await sql<StoredRecord>`select ${sql.join(columns)} from ${sql.table(relation.form.name)} t
    where t.id = any (${rest}::integer[]) and (t.deleted_at is not null) = ${removed}`.execute(trx)
  outcome.unchanged += rest.length - found.rows.length
  await skip(doing, found.rows)
}

// States ---------------------------------------------------------------------------------------------------------------

async function moveRows(doing: BatchContext, ids: readonly number[]): Promise<void> {
  const { trx, relation, person, asked, outcome } = doing
  const { action, reason, fields } = asked
  const { done, refused } = await move(trx, relation, person, { action: action ?? '', ids, reason, fields })
  outcome.done += done.length
  const room = refused.slice(0, Math.max(0, MAX_LISTED - outcome.listed.length)).map(({ id }) => id)
  const names = await namesOf(trx, relation.form, room)
  for (const { id, message } of refused) note(doing, { id, name: names.get(id) ?? '', message })
}

// Rows that stay -------------------------------------------------------------------------------------------------------

/** Counts rows that may not be written, with the reason PostgreSQL has. */
async function skip(doing: BatchContext, rows: readonly StoredRecord[]) {
  const { trx, relation, person, outcome } = doing
  const room = rows.slice(0, Math.max(0, MAX_LISTED - outcome.listed.length)).map(({ id }) => id)
  const names = await namesOf(trx, relation.form, room)
  const known = new Map<string, string>()
  for (const row of rows) {
    const kind = JSON.stringify([row.unit_id === person.unit_id, row.status, row.campaign_id])
    const message = known.get(kind) ?? (await whyLocked(trx, relation, person, row)).message
    known.set(kind, message)
    note(doing, { id: row.id, name: names.get(row.id) ?? '', message })
  }
}

function note({ outcome }: BatchContext, listed: ListedRow) {
  outcome.skipped_count++
  if (outcome.listed.length < MAX_LISTED) outcome.listed.push(listed)
  const same = outcome.skipped.find(({ message }) => message === listed.message)
  if (same) same.count++
  else outcome.skipped.push({ message: listed.message, count: 1 })
}

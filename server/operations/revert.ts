/**
 * Undo and redo of an operation, row by row: what nobody wrote since gets its old values again, the rest stays and is
 * reported. Values go through the writers of everything else; state changes through the function that allows it.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { nameOf, tableOf } from '../records/read.ts'
import type { Relation } from '../records/relation.ts'
import {
  COLLIDED,
  JUST_CHANGED,
  type KeptRow,
  restoreValues,
  type WrittenRow,
  whatBecame,
  writeApart,
} from '../records/revert.ts'
import { move, whyKept } from '../records/transitions.ts'
import { joined } from '../records/write.ts'
import type { OperationRequest } from './request.ts'

const MAX_LISTED = 200

export type Direction = 'undo' | 'redo'
/** The outcome of an undo or redo. `kept` is cut at a limit, `kept_count` never is. */
export type OperationUndone = { done: number; kept: KeptRow[]; kept_count: number }
type Undoing = {
  trx: Trx
  relation: Relation
  person: Person
  operation_id: number
  asked: OperationRequest
  direction: Direction
  undone: OperationUndone
}

export const nothingUndone = (): OperationUndone => ({ done: 0, kept: [], kept_count: 0 })

/** The rows an operation has written, as a statement. */
export const writtenBy = (operationId: number): RawBuilder<unknown> =>
  sql`select r.row_id as id from app.operation_rows(${operationId}) r`

/** Undoes one batch of rows, or redoes it. */
export async function undoBatch(undoing: Undoing, ids: readonly number[]): Promise<void> {
  const { trx, direction, asked } = undoing
  if (asked.kind === 'move') return direction === 'undo' ? undoMoves(undoing, ids) : redoMoves(undoing, ids)
  const judged = await judge(undoing, ids)
  for (const { row_id, name, reason } of judged) if (reason) keep(undoing, { row_id, name: name ?? '', reason })
  await sql`select set_config('app.action', ${direction}, true)`.execute(trx)
  await putBack(
    undoing,
    judged.filter(({ reason }) => reason === null),
  )
  await sql`select set_config('app.action', '', true)`.execute(trx)
}

function keep({ undone }: Undoing, kept: KeptRow) {
  undone.kept_count++
  if (undone.kept.length < MAX_LISTED) undone.kept.push(kept)
}

// Values and the 回收站 ----------------------------------------------------------------------------------------------------

/** Rows whose last write by this operation is the one to be undone; the others were kept the last time. */
async function judge(
  { trx, relation, operation_id, direction }: Undoing,
  ids: readonly number[],
): Promise<WrittenRow[]> {
  return joined<WrittenRow>(
    trx,
    ids.length,
    sql`select t.id as row_id, t.version, j.before, j.secret,
      case when j.is_touched then ${nameOf(relation.form)} end as name,
      case when j.is_touched then ${whatBecame(relation)} end as reason
    from app.judge_operation(${operation_id}, ${ids}::integer[]) j
    join ${sql.table(relation.form.name)} t on t.id = j.row_id
    where t.id = any (${ids}::integer[]) and (j.action = 'undo') = ${direction === 'redo'}
    order by t.id`,
  )
}

async function putBack(undoing: Undoing, rows: readonly WrittenRow[]) {
  const { trx, relation, undone } = undoing
  const binned = rows.filter(({ before }) => before !== null && 'deleted_at' in before)
  const changed = rows.filter((row) => !binned.includes(row))
  const moved: number[] = []
  const stuck = await writeApart(trx, binned, async (batch) => {
    moved.push(...(await putDeletion(undoing, batch)))
  })
  const { written, refused } = await restoreValues(trx, relation, changed)
  for (const id of moved) written.add(id)
  for (const { row_id } of stuck.keys()) refused.set(row_id, COLLIDED)
  undone.done += written.size
  const missed = rows.filter(({ row_id }) => !written.has(row_id)).map(({ row_id }) => row_id)
  await keepAll(undoing, missed, (id) => refused.get(id) ?? JUST_CHANGED)
}

/** Into the 回收站 or out of it, as it was. */
async function putDeletion({ trx, relation }: Undoing, rows: readonly WrittenRow[]): Promise<number[]> {
  const given = rows.map(({ row_id, version, before }) => ({
    id: row_id,
    version,
    deleted_at: before?.deleted_at ?? null,
  }))
  const done = await joined<{ id: number }>(
    trx,
    given.length,
    sql`update ${tableOf(relation.form)} t set deleted_at = x.deleted_at, version = t.version + 1
    from json_to_recordset(${JSON.stringify(given)}::json) as x (id integer, version integer, deleted_at timestamptz)
    where t.id = x.id and t.id = any (${given.map(({ id }) => id)}::integer[]) and t.version = x.version returning t.id`,
  )
  return done.map(({ id }) => id)
}

// States ---------------------------------------------------------------------------------------------------------------

async function undoMoves(undoing: Undoing, ids: readonly number[]) {
  const { trx, relation, operation_id, undone } = undoing
  const found = await sql<{ id: number; result: string }>`
    select id, result from app.undo_moves(${relation.form.name}, ${ids}::integer[], ${`operation-${operation_id}`})`.execute(
    trx,
  )
  const results = new Map(found.rows.map(({ id, result }) => [id, result]))
  undone.done += found.rows.filter(({ result }) => result === 'done').length
  const kept = found.rows.filter(({ result }) => result !== 'done' && result !== 'undone').map(({ id }) => id)
  await keepAll(undoing, kept, (id) => whyKept[results.get(id) ?? ''])
}

/** Redoes a state change on the rows it was undone for, unless somebody wrote them since. */
async function redoMoves(undoing: Undoing, ids: readonly number[]) {
  const { trx, relation, person, operation_id, asked, undone } = undoing
  const judged = await sql<{ row_id: number; is_touched: boolean }>`
    select j.row_id, j.is_touched from app.judge_operation(${operation_id}, ${ids}::integer[]) j
    where j.action = 'undo'`.execute(trx)
  const touched = judged.rows.filter(({ is_touched }) => is_touched).map(({ row_id }) => row_id)
  const free = judged.rows.filter(({ is_touched }) => !is_touched).map(({ row_id }) => row_id)
  await keepAll(undoing, touched, () => undefined)
  if (free.length === 0) return
  const { done, refused } = await move(trx, relation, person, { ...asked, action: asked.action ?? '', ids: free })
  undone.done += done.length
  const messages = new Map(refused.map(({ id, message }) => [id, message]))
  await keepAll(undoing, [...messages.keys()], (id) => messages.get(id))
}

/** Tells rows that stay, with the sentence given or with what has become of them; one out of sight has no name any more. */
async function keepAll(undoing: Undoing, ids: readonly number[], say: (id: number) => string | undefined) {
  if (ids.length === 0) return
  const { trx, relation } = undoing
  const found = await sql<{ id: number; name: string | null; became: string }>`
    select t.id, ${nameOf(relation.form)} as name, ${whatBecame(relation)} as became
    from ${sql.table(relation.form.name)} t where t.id = any (${ids}::integer[])`.execute(trx)
  const byId = new Map(found.rows.map((row) => [row.id, row]))
  for (const id of ids) {
    const { name, became } = byId.get(id) ?? {}
    keep(undoing, { row_id: id, name: name ?? '', reason: say(id) ?? became ?? JUST_CHANGED })
  }
}

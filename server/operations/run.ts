/**
 * One operation from its beginning to its end, in one transaction as its person, whether or not
 * anybody still waits for it; and its undo and redo. What is cancelled or interrupted is rolled back. A running one holds an
 * advisory lock, so that one whose server ended can be recognised.
 */
import { type RawBuilder, sql } from 'kysely'
import type { Database, Identity, Person, Trx } from '../database/connection.ts'
import { answerTo, Refusal } from '../errors.ts'
import { campaignAsked } from '../records/query.ts'
import { relationFor } from '../records/read.ts'
import type { Relation } from '../records/relation.ts'
import { type BatchContext, doBatch, nothingYet, refuseFaulty } from './batch.ts'
import { progressOf } from './progress.ts'
import { type OperationRequest, pickedBy } from './request.ts'
import { type Direction, nothingUndone, undoBatch, writtenBy } from './revert.ts'

/** A running operation holds the advisory lock of this number and its id. */
export const LOCK_SPACE = 7_317_204
/** Operations that one process runs at once: each holds a connection. */
const MAX_RUNNING = 4
/** Rows between two looks at the clock and at whether it was cancelled. */
const BATCH = 4_000
const PROGRESS_MS = 400

export type Pass = 'do' | Direction
type OperationRun = { database: Database; operation_id: number; identity: Identity; pass: Pass }

/** State while a pass runs, at its good end, and where it falls back to when nothing comes of it. */
export const stations = {
  do: { during: 'running', after: 'done', before: 'failed' },
  undo: { during: 'undoing', after: 'undone', before: 'done' },
  redo: { during: 'redoing', after: 'done', before: 'undone' },
} as const

const running = new Map<number, AbortController>()

/** Whether this process runs the operation. */
export const isRunningHere = (operationId: number): boolean => running.has(operationId)

/** Stops an operation of this process. */
export const stopRun = (operationId: number): void => running.get(operationId)?.abort()

let beginning = 0

/**
 * Does what leads up to `run`, and calls it, where there is room for one operation more: each takes a connection that
 * everybody else needs too. Refuses with 503 where there is none.
 */
export async function whereRoom<T>(begin: () => Promise<T>): Promise<T> {
  if (running.size + beginning >= MAX_RUNNING)
    throw new Refusal(503, '现在有几个大的操作正在进行，请过一会儿再试。', { reason: 'crowded' })
  beginning++
  try {
    return await begin()
  } finally {
    beginning--
  }
}

class Cancelled extends Error {}

/** Runs; never throws. What came of it stands in the operation's row. */
export async function run(given: OperationRun): Promise<void> {
  const { operation_id, pass } = given
  const controller = new AbortController()
  running.set(operation_id, controller)
  try {
    await runNow(given, controller)
  } catch (error) {
    if (!(error instanceof Cancelled)) await settle(given, error)
  } finally {
    running.delete(operation_id)
  }
  function settle({ database, identity }: OperationRun, error: unknown) {
    const { status, body } = answerTo(error, database.definitions.of())
    if (status >= 500) console.error('operation', operation_id, error)
    const state = pass === 'do' && error instanceof Refusal ? 'refused' : stations[pass].before
    return database
      .inTx(identity, (trx) =>
        sql`update operations set state = ${state}, finished_at = now(),
          result = coalesce(result, '{}') || ${JSON.stringify(pass === 'do' ? { ...body, status } : { message: body.message })}::jsonb
          where id = ${operation_id} and state = ${stations[pass].during}`.execute(trx),
      )
      .catch((lost: Error) => console.error('operation', operation_id, lost.message))
  }
}

type OperationInput = { form: string; asked: OperationRequest }

async function runNow(given: OperationRun, controller: AbortController): Promise<void> {
  const { database, operation_id, identity, pass } = given
  const { during, after } = stations[pass]
  const progress = progressOf({
    write: (rows: number) => writeProgress(given, rows),
    every_ms: PROGRESS_MS,
    controller,
    cancelled: () => new Cancelled(),
  })
  try {
    await database.inTx(
      identity,
      async (trx, person) => {
        const found = await sql<OperationInput & { ok: boolean }>`
          select pg_try_advisory_xact_lock(${LOCK_SPACE}, ${operation_id}::integer) as ok, form, asked
          from operations where id = ${operation_id} and state = ${during}`.execute(trx)
        const head = found.rows[0]
        if (!head?.ok) throw new Cancelled()
        // what is undone are values of before, in columns that may be hidden by now
        const campaignId = pass === 'do' ? campaignAsked(head.asked.filter) : undefined
        const relation = relationFor(database, person, head.form, campaignId)
        const rows = await work({ trx, relation, person, asked: head.asked, operation_id, pass }, progress.tell)
        await progress.stop()
        if (controller.signal.aborted) throw new Cancelled()
        // cancelled by another process in the last moment: then nothing is kept
        const kept = await sql`update operations set state = ${after}, finished_at = now(), rows_done = ${rows.count},
          result = coalesce(result, '{}') - 'message' || ${JSON.stringify(rows.result)}::jsonb
          where id = ${operation_id} and state = ${during} returning id`.execute(trx)
        if (kept.rows.length === 0) throw new Cancelled()
      },
      { request_id: `operation-${operation_id}` },
    )
  } finally {
    await progress.stop()
  }
}

type PassContext = {
  trx: Trx
  relation: Relation
  person: Person
  asked: OperationRequest
  operation_id: number
  pass: Pass
}

/** Does the whole of it; answers how many rows were looked at, and what the operation's row will say. */
async function work({ pass, ...given }: PassContext, tell: (rows: number) => void) {
  const { trx, relation, asked, operation_id } = given
  let count = 0
  if (pass === 'do') {
    const doing: BatchContext = { ...given, outcome: nothingYet() }
    for await (const ids of batchesOf(trx, pickedBy(relation, asked))) {
      await doBatch(doing, ids)
      count += ids.length
      tell(count)
    }
    refuseFaulty(doing)
    return { count, result: doing.outcome }
  }
  const undoing = { ...given, direction: pass, undone: nothingUndone() }
  for await (const ids of batchesOf(trx, writtenBy(operation_id))) {
    await undoBatch(undoing, ids)
    count += ids.length
    tell(count)
  }
  return { count, result: { [pass === 'undo' ? 'undone' : 'redone']: undoing.undone } }
}

/** Ids of a statement through a cursor: the rows as they were at its beginning, a few at a time. */
async function* batchesOf(trx: Trx, statement: RawBuilder<unknown>): AsyncGenerator<number[]> {
  await sql`declare picked no scroll cursor for ${statement}`.execute(trx)
  for (;;) {
    const { rows } = await sql<{ id: number }>`fetch ${sql.lit(BATCH)} from picked`.execute(trx)
    if (rows.length > 0) yield rows.map(({ id }) => id)
    if (rows.length < BATCH) return void (await sql`close picked`.execute(trx))
  }
}

/** Answers whether the operation is still wanted. */
async function writeProgress({ database, identity, operation_id, pass }: OperationRun, rows: number): Promise<boolean> {
  const kept = await database.inTx(identity, (trx) =>
    sql`update operations set rows_done = ${rows}
      where id = ${operation_id} and state = ${stations[pass].during} returning id`.execute(trx),
  )
  return kept.rows.length > 0
}

// One thing done to many rows: POST /:form/operations begins it, GET /operations/:id gives its progress, DELETE cancels,
// POST /operations/:id/undo and /redo revert and repeat it. It runs here, whether or not anybody waits for it.
import { type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { badRequest, forbidden, notFound, Refusal } from '../errors.ts'
import { type Forms, formOf } from '../forms/index.ts'
import { campaignAsked, rangeOf, readListQuery } from '../records/query.ts'
import { relationFor } from '../records/read.ts'
import { asAsker, idOf } from '../requests.ts'
import type { OperationOutcome } from './batch.ts'
import { checkRequest, countPicked, countReplaced, type OperationKind, readRequest } from './request.ts'
import type { OperationUndone } from './revert.ts'
import { isRunningHere, LOCK_SPACE, type Pass, run, stations, stopRun, whereRoom } from './run.ts'

type Asker = Pick<Response, 'locals'>

/** Most operations are over within this; the first answer waits for them. */
const PATIENCE_MS = 900

/** The routes of operations, to be mounted at /api before the routes of forms, behind the session. */
export function operationRoutes(database: Database): Router {
  const router = Router()
  const forms = () => database.definitions.of()
  const read = (response: Asker, id: number) => asAsker(database, response, (trx) => readOperation(trx, forms(), id))

  /** Begins a pass, which runs on its own account. */
  const begin = (person: Person, operationId: number, pass: Pass) => ({
    operation_id: operationId,
    over: run({ database, operation_id: operationId, identity: { user_id: person.id }, pass }),
  })

  /** How a pass stands when it is over, or when patience is. */
  async function tell(response: Asker, { operation_id, over }: ReturnType<typeof begin>) {
    let timer: NodeJS.Timeout | undefined
    const patience = new Promise<void>((done) => {
      timer = setTimeout(done, PATIENCE_MS)
    })
    await Promise.race([over, patience])
    clearTimeout(timer)
    return read(response, operation_id)
  }

  router.post('/:form/operations', async (request, response) => {
    const body = (request.body ?? {}) as Record<string, unknown>
    if (Array.isArray(body)) throw badRequest('应是 {kind, filter}。')
    const { asked, expected } = readRequest(body)
    // Counted before, nothing done.
    if (request.query.check === '1') {
      const counted = await asAsker(database, response, async (trx, asking) => {
        const relation = relationFor(database, asking, request.params.form, campaignAsked(asked.filter))
        await checkRequest(trx, relation, asking, asked)
        return countReplaced(trx, relation, asked)
      })
      return void response.json(counted)
    }
    const begun = await whereRoom(async () => {
      const { person, id } = await asAsker(database, response, async (trx, asking) => {
        const relation = relationFor(database, asking, request.params.form, campaignAsked(asked.filter))
        await checkRequest(trx, relation, asking, asked)
        const rows = await countPicked(trx, relation, asked, expected)
        const made = await sql<{ id: number }>`
          insert into operations (form, unit_id, kind, action, asked, rows_total)
          values (${relation.form.name}, ${asking.unit_id}, ${asked.kind}, ${asked.action}, ${JSON.stringify(asked)}::jsonb, ${rows})
          returning id`.execute(trx)
        return { person: asking, id: made.rows[0]?.id ?? 0 }
      })
      return begin(person, id, 'do')
    })
    response.status(201).json(await tell(response, begun))
  })

  router.get('/operations', async (request, response) => {
    const query = readListQuery(request.query)
    const { rows, total } = await asAsker(database, response, (trx, person) => list(trx, forms(), person, query))
    response.set('Content-Range', rangeOf('operations', query.offset, rows.length, total)).json(rows)
  })

  router.get('/operations/:id', async (request, response) => {
    response.json(await read(response, idOf(request.params.id)))
  })

  router.delete('/operations/:id', async (request, response) => {
    const id = idOf(request.params.id)
    const { done, now } = await asAsker(database, response, async (trx) => {
      await readOperation(trx, forms(), id)
      const stopped = await sql`update operations set finished_at = now(),
        state = case state when 'running' then 'cancelled' when 'undoing' then 'done' else 'undone' end
        where id = ${id} and state in ('running', 'undoing', 'redoing') returning id`.execute(trx)
      return { done: stopped.rows.length > 0, now: await readOperation(trx, forms(), id) }
    })
    if (!done)
      throw new Refusal(409, now.state === 'done' ? '已经做完，不能取消；可以撤销。' : '没有在进行，不用取消。')
    stopRun(id)
    response.json(now)
  })

  for (const pass of ['undo', 'redo'] as const) {
    router.post(`/operations/:id/${pass}`, async (request, response) => {
      const id = idOf(request.params.id)
      const begun = await whereRoom(async () => {
        const person = await asAsker(database, response, async (trx, asking) => {
          await turnBack(trx, forms(), id, pass)
          return asking
        })
        return begin(person, id, pass)
      })
      response.json(await tell(response, begun))
    })
  }
  return router
}

/** Marks the beginning of an undo or redo; 409 with the reason where there is none. */
async function turnBack(trx: Trx, forms: Forms, id: number, pass: 'undo' | 'redo') {
  await sql`select from operations where id = ${id} for update`.execute(trx)
  const { state } = await readOperation(trx, forms, id)
  const { before, during } = stations[pass]
  if (state !== before) {
    if (state === 'undone') throw new Refusal(409, '这一步已经撤销过了。')
    if (state === 'done') throw new Refusal(409, '这一步没有撤销过。')
    const isUnderWay = Object.values(stations).some((station) => station.during === state)
    throw new Refusal(409, isUnderWay ? '这一步正在进行，请等它完成。' : '这一步什么都没有改，不用撤销。')
  }
  await sql`update operations set state = ${during}, rows_done = 0, began_at = now() where id = ${id}`.execute(trx)
}

// Reading back -------------------------------------------------------------------------------------------------------

const head = sql`t.id, t.form, t.kind, t.action, t.state, t.rows_done, t.rows_total, t.result, t.created_at, t.finished_at,
  extract(epoch from clock_timestamp() - t.began_at)::float8 as seconds,
  t.state in ('running', 'undoing', 'redoing') and t.began_at < now() - interval '5 seconds' and not exists (select from pg_locks l
    where l.locktype = 'advisory' and l.classid::bigint = ${LOCK_SPACE} and l.objid::bigint = t.id and l.objsubid = 2) as is_abandoned`

/** An operation as GET /operations answers it, with its outcome as far as there is one. */
export type Operation = StoredOperation & {
  form_label: string | undefined
  /** Rows a second, while it runs. */
  rate?: number
  message?: string
  undone?: OperationUndone
  redone?: OperationUndone
} & Partial<OperationOutcome>
type StoredOperation = {
  id: number
  form: string
  kind: OperationKind
  action: string | null
  state: string
  rows_done: number
  rows_total: number
  created_at: string
  finished_at: string | null
}
type OperationRecord = StoredOperation & { seconds: number; is_abandoned: boolean; result: Partial<Operation> | null }

/** The row as it leaves. A server that ended amid an operation leaves its state behind: nothing was written, so it is as before. */
function answerOf(forms: Forms, { is_abandoned, seconds, result, ...row }: OperationRecord): Operation {
  const isLost = is_abandoned && !isRunningHere(row.id)
  const pass = Object.values(stations).find(({ during }) => during === row.state)
  const isUnderWay = pass !== undefined && !isLost
  return {
    ...row,
    ...result,
    form_label: formOf(forms, row.form)?.label,
    ...(isUnderWay && { rate: Math.round(row.rows_done / Math.max(seconds, 0.001)) }),
    ...(isLost && pass && { state: pass.before, message: '服务器中断过，什么都没有改。请再试一次。' }),
  }
}

async function readOperation(trx: Trx, forms: Forms, id: number): Promise<Operation> {
  const found = await sql<OperationRecord>`select ${head} from operations t where t.id = ${id}`.execute(trx)
  if (!found.rows[0]) throw notFound('没有这一步操作。')
  return answerOf(forms, found.rows[0])
}

/** One's own, the last one first. */
async function list(trx: Trx, forms: Forms, person: Person, query: ReturnType<typeof readListQuery>) {
  if (person.role !== 'clerk' && person.role !== 'province') throw forbidden()
  const { form, ...others } = query.filter
  const unknown = Object.keys(others)[0] ?? query.sort.find(([name]) => name !== 'id')?.[0]
  if (unknown) throw badRequest(`“${unknown.slice(0, 40)}”不能用来筛选或排序。`)
  const where = form === undefined ? sql`true` : sql`t.form = ${String(form)}`
  const rows = await sql<OperationRecord>`
    select ${head} from operations t where ${where} order by t.id desc limit ${query.limit} offset ${query.offset}`.execute(
    trx,
  )
  const counted = await sql<{ total: number }>`
    select count(*)::integer as total from operations t where ${where}`.execute(trx)
  return { rows: rows.rows.map((row) => answerOf(forms, row)), total: counted.rows[0]?.total ?? 0 }
}

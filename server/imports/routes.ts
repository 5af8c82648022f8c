// Uploading a workbook: POST /:form/imports checks it, POST /imports/:id/apply writes it, GET tells, DELETE cancels,
// POST /imports/:id/undo takes it back, GET /imports/:id/errors.xlsx is what has to be corrected.
// The file's bytes stay in PostgreSQL, so that what is applied is what was checked.
import { pipeline } from 'node:stream/promises'
import { type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Identity, Person, Trx } from '../database/connection.ts'
import { badRequest, forbidden, notFound, Refusal } from '../errors.ts'
import type { Spooled } from '../files/spool.ts'
import { type Form, forms } from '../forms/index.ts'
import { readListQuery } from '../records/query.ts'
import { relationFor } from '../records/read.ts'
import { asAsker, idOf } from '../requests.ts'
import { disposition, fileName } from '../workbook/names.ts'
import { WorkbookRefused } from '../workbook/read.ts'
import { inTurn } from '../workbook/turns.ts'
import { contentOf } from './content.ts'
import type { Decisions } from './decide/decisions.ts'
import { decideMapping } from './decide/layouts.ts'
import { decide } from './decide/restage.ts'
import type { Mapping } from './read/mapping.ts'
import { mayImport, receive } from './receive.ts'
import { GONE, type Run, run, UNMAPPED } from './run.ts'
import { stopRun } from './running.ts'
import { dropChunks, kinds, shownWindow } from './stage/chunks.ts'
import type { Frame } from './stage/recorder.ts'
import { correctedBy } from './tell/corrections.ts'
import type { Corrected } from './tell/error_patch.ts'
import { faultsOf, makeErrorTable } from './tell/error_table.ts'
import { listImports, readImport } from './tell/heads.ts'
import type { CellError, SheetOutcome } from './tell/outcome.ts'
import { foresee, undo, undoable } from './write/undo.ts'

/** Rows in one window. */
const MAX_ROWS = 100

/** Decisions are taken in one after the other, so that long files do not take all connections. */
let deciding: Promise<unknown> = Promise.resolve()
function oneByOne<T>(work: () => Promise<T>): Promise<T> {
  const result = deciding.then(work)
  deciding = result.catch(() => undefined)
  return result
}

const statuses: Partial<Record<WorkbookRefused['reason'], number>> = { too_large: 413, cancelled: 409 }

/** The routes of imports, to be mounted at /api before the routes of forms, behind the session. */
export function importRoutes(database: Database): Router {
  const router = Router()

  router.post('/:form/imports', async (request, response) => {
    // rights first: forty megabytes are read from nobody who may not import them
    const person = await asAsker(database, response, async (_trx, asking) => {
      mayImport(database, asking, request.params.form)
      return asking
    })
    const locals = response.locals as { identity: Identity; request_id: string }
    await answerRun(database, response, person, {
      ...(await receive(request, database, person, locals)),
      ending: 'check',
    })
  })

  router.post('/imports/:id/apply', async (request, response) => {
    const { only_valid, ...others } = (request.body ?? {}) as Record<string, unknown>
    const unknown = Object.keys(others)[0]
    if (unknown || (only_valid !== undefined && typeof only_valid !== 'boolean'))
      throw badRequest(`不认识“${unknown?.slice(0, 40) ?? 'only_valid'}”。`)
    const import_id = idOf(request.params.id)
    const { person, state, mapping } = await asAsker(database, response, async (trx, asking) => ({
      person: asking,
      ...((await readImport(trx, import_id)) as { state: string; mapping?: Mapping }),
    }))
    if (state === 'checked' && mapping?.needed) throw new Refusal(409, UNMAPPED)
    if (state === 'failed') throw new Refusal(409, '这个文件没有读出来，请改好再上传。')
    if (state !== 'applied')
      return answerRun(database, response, person, { import_id, ending: 'apply', only_valid: only_valid === true })
    // asked twice: it is written once, and the answer is the same
    response.json(await asAsker(database, response, (trx) => readImport(trx, import_id)))
  })

  router.get('/imports', async (request, response) => {
    const query = readListQuery(request.query)
    const { rows, total } = await asAsker(database, response, (trx, person) => listImports(trx, person, query))
    const last = query.offset + Math.max(rows.length - 1, 0)
    response.set('Content-Range', `imports ${query.offset}-${last}/${total}`)
    response.json(rows)
  })

  router.get('/imports/:id', async (request, response) => {
    response.json(await asAsker(database, response, (trx) => readImport(trx, idOf(request.params.id))))
  })

  router.get('/imports/:id/rows', async (request, response) => {
    const import_id = idOf(request.params.id)
    const { filter, sort, ...range } = readListQuery(request.query, MAX_ROWS)
    const { kind, ...others } = filter
    const known = kinds.find((each) => each === kind)
    if (Object.keys(others).length > 0 || sort.length > 0 || (kind !== undefined && !known))
      throw badRequest(`明细只能按 kind 筛选，可选：${kinds.join('、')}。`)
    const { rows, total } = await asAsker(database, response, async (trx) => {
      const { form } = await readImport(trx, import_id)
      return shownWindow(trx, import_id, forms[String(form)] as Form, known, range)
    })
    response.set('Content-Range', `rows ${range.offset}-${range.offset + Math.max(rows.length - 1, 0)}/${total}`)
    response.json(rows)
  })

  router.patch('/imports/:id/rows', async (request, response) => {
    const import_id = idOf(request.params.id)
    const answer = await oneByOne(() =>
      asAsker(database, response, async (trx, person) => {
        const rows = await decide(trx, database, person, import_id, request.body)
        return { head: await readImport(trx, import_id), rows }
      }),
    )
    response.json(answer)
  })

  router.post('/imports/:id/mapping', async (request, response) => {
    const import_id = idOf(request.params.id)
    const person = await asAsker(database, response, async (trx, asking) => {
      await decideMapping(trx, import_id, request.body)
      return asking
    })
    await answerRun(database, response, person, { import_id, ending: 'check' })
  })

  router.delete('/imports/:id', async (request, response) => {
    const import_id = idOf(request.params.id)
    const cancelled = await asAsker(database, response, async (trx) => {
      await readImport(trx, import_id)
      const done = await sql<{ id: number }>`update imports set state = 'cancelled', finished_at = now()
        where id = ${import_id} and state not in ('applied', 'undone') returning id`.execute(trx)
      await dropChunks(trx, import_id)
      const now = await readImport(trx, import_id)
      if (done.rows.length > 0) return now
      throw now.state === 'applied' || now.state === 'undone'
        ? new Refusal(409, '这次导入已经写入，不能取消。')
        : forbidden()
    })
    stopRun(import_id)
    response.json(cancelled)
  })

  router.get('/imports/:id/errors.xlsx', async (request, response) => {
    const found = await asAsker(database, response, (trx) => readFaulty(trx, idOf(request.params.id)))
    await sendErrorTable(response, found)
  })

  // the same answer, as things stand: what undoing would take back and what it would keep
  router.get('/imports/:id/undo', async (request, response) => {
    const told = await asAsker(database, response, async (trx, person) => {
      const head = await undoable(trx, person, idOf(request.params.id), false)
      return foresee(trx, person, relationFor(database, person, head.form), head)
    })
    response.json(told)
  })

  router.post('/imports/:id/undo', async (request, response) => {
    const { identity, request_id } = response.locals as { identity: Identity; request_id: string }
    const import_id = idOf(request.params.id)
    const done = await database.inTx(
      identity,
      async (trx, person) => {
        const head = await undoable(trx, person, import_id, true)
        return undo(trx, person, relationFor(database, person, head.form), head)
      },
      { import_id, request_id },
    )
    response.json(done)
  })

  return router
}

/** Runs as the person, however long the session lasts, and answers with the import as it stands. */
async function answerRun(
  database: Database,
  response: Response,
  person: Person,
  asked: Pick<Run, 'import_id' | 'ending' | 'only_valid' | 'refused'>,
): Promise<void> {
  const { request_id } = response.locals as { request_id: string }
  const given: Run = { ...asked, database, identity: { user_id: person.id }, request_id }
  try {
    await run(given)
  } catch (error) {
    if (error instanceof WorkbookRefused)
      throw new Refusal(statuses[error.reason] ?? 422, error.message, { id: given.import_id, reason: error.reason })
    if (error instanceof Refusal) throw new Refusal(error.status, error.message, { id: given.import_id, ...error.body })
    throw error
  }
  response.json(await given.database.inTx(given.identity, (trx) => readImport(trx, given.import_id)))
}

type Faulty = {
  id: number
  form: string
  /** Whether the file may go back whole: to the unit that sent it. */
  is_own: boolean
  file_name: string
  content: Buffer
  errors: CellError[] | null
  sheets: SheetOutcome[]
  corrected: Corrected
}

/** The file and the faults of whoever may read the import. */
async function readFaulty(trx: Trx, id: number): Promise<Faulty> {
  const found = await sql<
    Omit<Faulty, 'content' | 'corrected'> & {
      size: number
      has_file: boolean
      decisions: Decisions
      frame: Frame | null
    }
  >`select t.id, t.form, coalesce(t.unit_id = any (app.my_own_units()), true) as is_own, t.file_name, t.size, t.content is not null as has_file, t.result -> 'errors' as errors,
      t.result -> 'sheets' as sheets, t.decisions, t.result -> 'restaging' -> 'frame' as frame from imports t where t.id = ${id}`.execute(
    trx,
  )
  if (!found.rows[0]) throw notFound()
  const { size, has_file, decisions, frame, ...faulty } = found.rows[0]
  if (!faulty.errors?.length) throw new Refusal(409, '这次导入没有要改的格。')
  if (!has_file) throw new Refusal(409, GONE)
  return { ...faulty, content: await contentOf(trx, id, size), corrected: correctedBy(decisions, frame) }
}

/** 下载错误表: made when the reading thread is free, sent when it is whole. */
async function sendErrorTable(
  response: Response,
  { id, form, is_own, file_name, content, errors, sheets, corrected }: Faulty,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const faults = faultsOf(errors ?? [], new Map(sheets.map(({ name, heading_row }) => [name, heading_row ?? 0])))
  const asked = { bytes: content, file_name, form, import_id: id, faults, is_own, corrected }
  let spooled: Spooled | undefined
  try {
    spooled = await inTurn(() => makeErrorTable(asked, gone.signal))
    const name = fileName({ title: `${file_name.replace(/\.[a-z]+$/i, '')}（错误表）` })
    response.set({
      'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'Content-Length': String(spooled.size),
      'Content-Disposition': disposition(name, 'errors.xlsx'),
    })
    await pipeline(spooled.open(), response)
  } catch (error) {
    if (gone.signal.aborted) return
    throw error instanceof WorkbookRefused ? new Refusal(statuses[error.reason] ?? 422, error.message) : error
  } finally {
    await spooled?.discard()
  }
}

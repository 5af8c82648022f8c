// Uploading a workbook: POST /:form/imports checks it, POST /imports/:id/apply writes it, GET tells, DELETE cancels,
// POST /imports/:id/undo takes it back, GET /imports/:id/errors.xlsx is what has to be corrected.
// The file's bytes stay in PostgreSQL, so that what is applied is what was checked.
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { type Request, type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Identity, Person, Trx } from './database.ts'
import { badRequest, forbidden, notFound, Refusal } from './errors.ts'
import { type Form, forms } from './forms/index.ts'
import { join } from './imports/continuing.ts'
import { correctedBy } from './imports/corrected.ts'
import type { Decisions } from './imports/decisions.ts'
import { faultsOf, makeErrorTable } from './imports/error_table.ts'
import { listImports, readImport } from './imports/heads.ts'
import { decideMapping } from './imports/layouts.ts'
import type { Mapping } from './imports/mapping.ts'
import type { CellError, SheetOutcome } from './imports/outcome.ts'
import type { Corrected } from './imports/patching.ts'
import type { Frame } from './imports/recorder.ts'
import { decide } from './imports/restage.ts'
import { inTurn, type Run, run, stopRun, UNMAPPED } from './imports/run.ts'
import { dropChunks, kinds, shownWindow } from './imports/staged.ts'
import { foresee, undo, undoable } from './imports/undo.ts'
import { readListQuery } from './query.ts'
import { campaignOf, relationFor } from './records.ts'
import { idOf } from './requests.ts'
import type { Spooled } from './spool.ts'
import { receiveFile, type Upload } from './upload.ts'
import { disposition, fileName } from './workbook/names.ts'
import { LIMITS, WorkbookRefused } from './workbook/read.ts'

type Locals = { identity: Identity; request_id?: string }

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
    const { identity, request_id } = response.locals as Locals
    // rights first: forty megabytes are read from nobody who may not import them
    const person = await database.inTx(identity, async (_trx, asking) => {
      mayImport(database, asking, request.params.form)
      return asking
    })
    const import_id = await receive(request, database, person, response.locals as Locals)
    await answerRun(response, { database, import_id, identity: { user_id: person.id }, ending: 'check', request_id })
  })

  router.post('/imports/:id/apply', async (request, response) => {
    const { identity, request_id } = response.locals as Locals
    const { only_valid, ...others } = (request.body ?? {}) as Record<string, unknown>
    const unknown = Object.keys(others)[0]
    if (unknown || (only_valid !== undefined && typeof only_valid !== 'boolean'))
      throw badRequest(`不认识“${unknown ?? 'only_valid'}”。`)
    const import_id = idOf(request.params.id)
    const { person, state, mapping } = await database.inTx(identity, async (trx, asking) => ({
      person: asking,
      ...((await readImport(trx, import_id)) as { state: string; mapping?: Mapping }),
    }))
    if (state === 'checked' && mapping?.needed) throw new Refusal(409, UNMAPPED)
    if (state === 'failed') throw new Refusal(409, '这个文件没有读出来，请改好再上传。')
    if (state !== 'applied')
      return answerRun(response, {
        database,
        import_id,
        identity: { user_id: person.id },
        ending: 'apply',
        only_valid: only_valid === true,
        request_id,
      })
    // asked twice: it is written once, and the answer is the same
    response.json(await database.inTx(identity, (trx) => readImport(trx, import_id)))
  })

  router.get('/imports', async (request, response) => {
    const { identity } = response.locals as Locals
    const query = readListQuery(request.query)
    const { rows, total } = await database.inTx(identity, (trx, person) => listImports(trx, person, query))
    const last = query.offset + Math.max(rows.length - 1, 0)
    response.set('Content-Range', `imports ${query.offset}-${last}/${total}`)
    response.json(rows)
  })

  router.get('/imports/:id', async (request, response) => {
    const { identity } = response.locals as Locals
    response.json(await database.inTx(identity, (trx) => readImport(trx, idOf(request.params.id))))
  })

  router.get('/imports/:id/rows', async (request, response) => {
    const { identity } = response.locals as Locals
    const import_id = idOf(request.params.id)
    const { filter, sort, ...range } = readListQuery(request.query, MAX_ROWS)
    const { kind, ...others } = filter
    const known = kinds.find((each) => each === kind)
    if (Object.keys(others).length > 0 || sort.length > 0 || (kind !== undefined && !known))
      throw badRequest(`明细只能按 kind 筛选，可选：${kinds.join('、')}。`)
    const { rows, total } = await database.inTx(identity, async (trx) => {
      const { form } = await readImport(trx, import_id)
      return shownWindow(trx, import_id, forms[String(form)] as Form, known, range)
    })
    response.set('Content-Range', `rows ${range.offset}-${range.offset + Math.max(rows.length - 1, 0)}/${total}`)
    response.json(rows)
  })

  router.patch('/imports/:id/rows', async (request, response) => {
    const { identity, request_id } = response.locals as Locals
    const import_id = idOf(request.params.id)
    const answer = await oneByOne(() =>
      database.inTx(
        identity,
        async (trx, person) => {
          const rows = await decide(trx, database, person, import_id, request.body)
          return { head: await readImport(trx, import_id), rows }
        },
        { request_id },
      ),
    )
    response.json(answer)
  })

  router.post('/imports/:id/mapping', async (request, response) => {
    const { identity, request_id } = response.locals as Locals
    const import_id = idOf(request.params.id)
    const person = await database.inTx(identity, async (trx, asking) => {
      await decideMapping(trx, import_id, request.body)
      return asking
    })
    await answerRun(response, { database, import_id, identity: { user_id: person.id }, ending: 'check', request_id })
  })

  router.delete('/imports/:id', async (request, response) => {
    const { identity } = response.locals as Locals
    const import_id = idOf(request.params.id)
    const cancelled = await database.inTx(identity, async (trx) => {
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
    const { identity } = response.locals as Locals
    const found = await database.inTx(identity, (trx) => readFaulty(trx, idOf(request.params.id)))
    await sendErrorTable(response, found)
  })

  // the same answer, as things stand: what undoing would take back and what it would keep
  router.get('/imports/:id/undo', async (request, response) => {
    const { identity } = response.locals as Locals
    const told = await database.inTx(identity, async (trx, person) => {
      const head = await undoable(trx, person, idOf(request.params.id), false)
      return foresee(trx, person, relationFor(database, person, head.form), head)
    })
    response.json(told)
  })

  router.post('/imports/:id/undo', async (request, response) => {
    const { identity, request_id } = response.locals as Locals
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

/** Runs, then answers with the import as it stands, whatever came of it. */
async function answerRun(response: Response, given: Run): Promise<void> {
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
    Faulty & { decisions: Decisions; frame: Frame | null }
  >`select t.id, t.form, coalesce(t.unit_id = any (app.my_own_units()), true) as is_own, t.file_name, t.content, t.result -> 'errors' as errors, t.result -> 'sheets' as sheets,
      t.decisions, t.result -> 'restaging' -> 'frame' as frame from imports t where t.id = ${id}`.execute(trx)
  if (!found.rows[0]) throw notFound()
  const { decisions, frame, ...faulty } = found.rows[0]
  if (!faulty.errors?.length) throw new Refusal(409, '这次导入没有要改的格。')
  return { ...faulty, corrected: correctedBy(decisions, frame) }
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

function mayImport(database: Database, person: Person, name: string) {
  const relation = relationFor(database, person, name)
  if (relation.sight.insert.size === 0) throw forbidden('您的角色不能导入这张表。')
  return relation
}

/** Takes a file in; answers its import. When this is over nobody holds the bytes any more, however long the run waits. */
async function receive(
  request: Request<{ form: string }>,
  database: Database,
  person: Person,
  { identity, request_id }: Locals,
): Promise<number> {
  const { form } = request.params
  const upload = await receiveFile(request, LIMITS.file_bytes)
  const { continues, ...fields } = upload.fields
  const joined = await join(database, identity, {
    form,
    file_name: upload.name,
    bytes: upload.bytes,
    continues: continues === undefined ? undefined : idOf(continues),
  })
  if (joined !== undefined) return joined
  return database.inTx(identity, (trx) => keep(trx, database, person, form, { ...upload, fields }), { request_id })
}

/** Stores the file for its unit and campaign; answers the import's id. */
async function keep(trx: Trx, database: Database, person: Person, name: string, upload: Upload): Promise<number> {
  const { form } = mayImport(database, person, name)
  const { campaign_id, unit_id, ...others } = upload.fields
  const unknown = Object.keys(others)[0]
  if (unknown) throw badRequest(`不认识“${unknown.slice(0, 40)}”。`)
  const campaign = await campaignOf(trx, campaign_id === undefined ? undefined : idOf(campaign_id))
  const unit = form.scope === 'unit' ? person.unit_id : null
  if (unit_id !== undefined && form.scope === 'unit' && Number(unit_id) !== unit)
    throw forbidden('只能导入到本单位；别的单位的表请由它自己导入。')
  const { name: sent_name, bytes } = upload
  const file_name = cleanName(sent_name)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const kept = await sql<{ id: number }>`
    insert into imports (form, campaign_id, unit_id, file_name, size, sha256, content)
    values (${form.name}, ${campaign.id}, ${unit}, ${file_name}, ${bytes.length}, ${sha256}, ${bytes}) returning id`.execute(
    trx,
  )
  return (kept.rows[0] as { id: number }).id
}

/** A name that PostgreSQL and a page can show: no folders, no control characters. */
function cleanName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = name.replace(/^.*[\\/]/s, '').replace(/[\u0000-\u001f\u007f\ufffd]/g, '')
  return clean || '未命名'
}

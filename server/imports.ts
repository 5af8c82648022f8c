// Uploading a workbook: POST /:form/imports checks it, POST /imports/:id/apply writes it, GET tells, DELETE cancels,
// POST /imports/:id/undo takes it back, GET /imports/:id/errors.xlsx is what has to be corrected.
// The file's bytes stay in PostgreSQL, so that what is applied is what was checked.
import { createHash } from 'node:crypto'
import { pipeline } from 'node:stream/promises'
import { type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Identity, Person, Trx } from './database.ts'
import { badRequest, forbidden, notFound, Refusal } from './errors.ts'
import { forms } from './forms/index.ts'
import { faultsOf, makeErrorTable } from './imports/error_table.ts'
import { type CellError, MAX_LISTED, type SheetOutcome } from './imports/outcome.ts'
import { inTurn, isRunningHere, LOCK_SPACE, type Run, run, stopRun } from './imports/run.ts'
import { foresee, undo, undoable } from './imports/undo.ts'
import { readListQuery } from './query.ts'
import { campaignOf, relationFor } from './records.ts'
import { idOf } from './requests.ts'
import type { Spooled } from './spool.ts'
import { receiveFile, type Upload } from './upload.ts'
import { disposition, fileName } from './workbook/names.ts'
import { LIMITS, WorkbookRefused } from './workbook/read.ts'

type Locals = { identity: Identity; request_id?: string }

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
    const upload = await receiveFile(request, LIMITS.file_bytes)
    const import_id = await database.inTx(identity, (trx) => keep(trx, database, person, request.params.form, upload), {
      request_id,
    })
    await answerRun(response, { database, import_id, identity: { user_id: person.id }, ending: 'check', request_id })
  })

  router.post('/imports/:id/apply', async (request, response) => {
    const { identity, request_id } = response.locals as Locals
    const { only_valid, ...others } = (request.body ?? {}) as Record<string, unknown>
    const unknown = Object.keys(others)[0]
    if (unknown || (only_valid !== undefined && typeof only_valid !== 'boolean'))
      throw badRequest(`不认识“${unknown ?? 'only_valid'}”。`)
    const import_id = idOf(request.params.id)
    const { person, state } = await database.inTx(identity, async (trx, asking) => ({
      person: asking,
      state: String((await readImport(trx, import_id)).state),
    }))
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
    const { rows, total } = await database.inTx(identity, (trx, person) => list(trx, person, query))
    const last = query.offset + Math.max(rows.length - 1, 0)
    response.set('Content-Range', `imports ${query.offset}-${last}/${total}`)
    response.json(rows)
  })

  router.get('/imports/:id', async (request, response) => {
    const { identity } = response.locals as Locals
    response.json(await database.inTx(identity, (trx) => readImport(trx, idOf(request.params.id))))
  })

  router.delete('/imports/:id', async (request, response) => {
    const { identity } = response.locals as Locals
    const import_id = idOf(request.params.id)
    const cancelled = await database.inTx(identity, async (trx) => {
      await readImport(trx, import_id)
      const done = await sql<{ id: number }>`update imports set state = 'cancelled', finished_at = now()
        where id = ${import_id} and state not in ('applied', 'undone') returning id`.execute(trx)
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
}

/** The file and the faults of whoever may read the import. */
async function readFaulty(trx: Trx, id: number): Promise<Faulty> {
  const found =
    await sql<Faulty>`select t.id, t.form, coalesce(t.unit_id = any (app.my_own_units()), true) as is_own, t.file_name, t.content, t.result -> 'errors' as errors, t.result -> 'sheets' as sheets
    from imports t where t.id = ${id}`.execute(trx)
  if (!found.rows[0]) throw notFound()
  if (!found.rows[0].errors?.length) throw new Refusal(409, '这次导入没有要改的格。')
  return found.rows[0]
}

/** 下载错误表: made when the reading thread is free, sent when it is whole. */
async function sendErrorTable(
  response: Response,
  { id, form, is_own, file_name, content, errors, sheets }: Faulty,
): Promise<void> {
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  const faults = faultsOf(errors ?? [], new Map(sheets.map(({ name, heading_row }) => [name, heading_row ?? 0])))
  const asked = { bytes: content, file_name, form, import_id: id, faults, is_own }
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

// Reading back -------------------------------------------------------------------------------------------------------

const head = sql`t.id, t.form, t.campaign_id, t.unit_id, (select u.name from units u where u.id = t.unit_id) as unit_id_label,
  t.file_name, t.size, t.state, t.rows_done, t.rows_total, t.created_at, app.user_label(t.created_by) as created_by_label, t.finished_at,
  t.state in ('checking', 'applying') and not exists (select from pg_locks l
    where l.locktype = 'advisory' and l.classid::bigint = ${LOCK_SPACE} and l.objid::bigint = t.id and l.objsubid = 2) as is_abandoned,
  t.result -> 'errors' is not null as was_checked`

/** The row as it leaves. A server that ended amid an import leaves its state behind: nothing was written, so it is as before. */
function told({ is_abandoned, was_checked, ...row }: Record<string, unknown>): Record<string, unknown> {
  const whole = { ...row, form_label: forms[String(row.form)]?.label }
  if (!is_abandoned || isRunningHere(Number(row.id))) return whole
  return was_checked
    ? { ...whole, state: 'checked' }
    : { ...whole, state: 'failed', message: '服务器中断过，没有读完。请再上传一次。' }
}

async function readImport(trx: Trx, id: number): Promise<Record<string, unknown>> {
  const found = await sql<Record<string, unknown>>`select ${head},
    case when jsonb_array_length(t.result -> 'errors') > ${MAX_LISTED}
      then jsonb_set(t.result, '{errors}', jsonb_path_query_array(t.result, ${`$.errors[0 to ${MAX_LISTED - 1}]`}::jsonpath))
      else t.result end as result from imports t where t.id = ${id}`.execute(trx)
  if (!found.rows[0]) throw notFound()
  const { result, ...row } = found.rows[0]
  return told({ ...row, ...(result as object | null) })
}

/** The list leaves the findings out and keeps their counts. */
async function list(trx: Trx, person: Person, query: ReturnType<typeof readListQuery>) {
  const conditions = [sql`true`]
  for (const [name, value] of Object.entries(query.filter)) {
    if (name === 'id' && ![value].flat().every((id) => Number.isSafeInteger(id)))
      throw badRequest('id 应是编号的列表。')
    if (name === 'id') conditions.push(sql`t.id = any (${[value].flat()}::integer[])`)
    else if (name === 'form' || name === 'state') conditions.push(sql`t.${sql.ref(name)} = ${String(value)}`)
    else if (name === 'campaign_id' || name === 'unit_id') conditions.push(sql`t.${sql.ref(name)} = ${Number(value)}`)
    else throw badRequest(`“${name.slice(0, 40)}”不能用来筛选。`)
  }
  const sortable = ['id', 'form', 'state', 'file_name', 'created_at', 'finished_at', 'size']
  const order = query.sort.map(([name, direction]) => {
    if (!sortable.includes(name)) throw badRequest(`“${name.slice(0, 40)}”不能用来排序。`)
    return sql`t.${sql.ref(name)} ${sql.raw(direction)}`
  })
  const where = sql.join(conditions, sql` and `)
  const own = person.role === 'clerk' ? sql`t.unit_id = ${person.unit_id}` : sql`true`
  const found = await sql<{ rows: Record<string, unknown>[]; total: number }>`
    with page as (
      select ${head}, t.result -> 'rows' as rows, t.result -> 'create' as "create", t.result -> 'update' as "update",
        t.result -> 'unchanged' as unchanged, t.result -> 'repeated' as repeated, t.result -> 'error_count' as error_count,
        t.result -> 'message' as message, t.result -> 'undone' as undone, t.result -> 'kept_count' as kept_count
      from imports t where ${where} and ${own}
      order by ${sql.join([...order, sql`t.id desc`])} limit ${query.limit} offset ${query.offset})
    select coalesce((select json_agg(page) from page), '[]') as rows,
      (select count(*)::integer from imports t where ${where} and ${own}) as total`.execute(trx)
  const { rows, total } = found.rows[0] as { rows: Record<string, unknown>[]; total: number }
  return { rows: rows.map(told), total }
}

/** A name that PostgreSQL and a page can show: no folders, no control characters. */
function cleanName(name: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = name.replace(/^.*[\\/]/s, '').replace(/[\u0000-\u001f\u007f\ufffd]/g, '')
  return clean || '未命名'
}

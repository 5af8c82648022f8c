// Uploading a workbook: POST /:form/imports checks it, POST /imports/:id/apply writes it, GET reads it, DELETE cancels,
// POST /imports/:id/undo reverts it, GET /imports/:id/errors.xlsx is what has to be corrected.
// The file's bytes stay in PostgreSQL, so that what is applied is what was checked.
//
// The rooms, from the ground up; each imports only from those before it:
//   read     bytes become rows (FileRow), in the reading thread
//   tell     what is answered: counts, faults, what becomes of a row (RowResult); the table of errors
//   stage    rows of a check, kept with what became of them (StagedRow)
//   decide   what a person decides about rows and columns
//   match    which record a row stands for (MatchedRow), and how the two are merged
//   write    the walk: rows decided on, matched, judged, written; and the undoing of it
//   restage  rows walked again after a decision
// digest.ts and running.ts are below them all; receive.ts and run.ts bind them.
import { type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Identity } from '../database/connection.ts'
import { badRequest, forbidden, Refusal } from '../errors.ts'
import { rangeOf, readListQuery } from '../records/query.ts'
import { formIn, relationFor } from '../records/read.ts'
import { asAsker, idOf } from '../requests.ts'
import { decideMapping } from './decide/layouts.ts'
import { readFaulty, sendErrorTable } from './error_download.ts'
import type { Mapping } from './read/mapping.ts'
import { mayImport, receive } from './receive.ts'
import { REDEFINED, UNMAPPED } from './refusals.ts'
import { decide } from './restage/restage.ts'
import { run, runToItsEnd } from './run.ts'
import { stopRun } from './running.ts'
import { dropChunks, shownWindow } from './stage/chunks.ts'
import { listImports, readImport } from './tell/heads.ts'
import { ROW_KINDS } from './tell/result.ts'
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

/** The routes of imports, to be mounted at /api before the routes of forms, behind the session. */
export function importRoutes(database: Database): Router {
  const router = Router()
  runRoutes(router, database)
  tellingRoutes(router, database)
  decisionRoutes(router, database)
  undoRoutes(router, database)
  return router
}

/** A file is checked, applied, cancelled. */
function runRoutes(router: Router, database: Database): void {
  router.post('/:form/imports', async (request, response) => {
    // rights first: forty megabytes are read from nobody who may not import them
    const person = await asAsker(database, response, async (_trx, asking) => {
      mayImport(database, asking, request.params.form)
      return asking
    })
    const locals = response.locals as { identity: Identity; request_id: string }
    response.json(
      await runToItsEnd(database, locals, person, {
        ...(await receive(request, database, person, locals)),
        ending: 'check',
      }),
    )
  })

  router.post('/imports/:id/apply', async (request, response) => {
    const { only_valid, ...others } = (request.body ?? {}) as Record<string, unknown>
    const unknown = Object.keys(others)[0]
    if (unknown || (only_valid !== undefined && typeof only_valid !== 'boolean'))
      throw badRequest(`不认识“${unknown?.slice(0, 40) ?? 'only_valid'}”。`)
    const importId = idOf(request.params.id)
    const { person, state, mapping } = await asAsker(database, response, async (trx, asking) => ({
      person: asking,
      ...((await readImport(trx, database, importId)) as { state: string; mapping?: Mapping }),
    }))
    if (state === 'checked' && mapping?.needed) throw new Refusal(409, UNMAPPED)
    if (state === 'failed') throw new Refusal(409, '这个文件没有读出来，请改好再上传。')
    if (state !== 'applied')
      return response.json(
        await runToItsEnd(database, response.locals, person, {
          import_id: importId,
          ending: 'apply',
          only_valid: only_valid === true,
        }),
      )
    // asked twice: it is written once, and the answer is the same
    response.json(await asAsker(database, response, (trx) => readImport(trx, database, importId)))
  })

  router.delete('/imports/:id', async (request, response) => {
    const importId = idOf(request.params.id)
    const cancelled = await asAsker(database, response, async (trx) => {
      await readImport(trx, database, importId)
      const done = await sql<{ id: number }>`update imports set state = 'cancelled', finished_at = now()
        where id = ${importId} and state not in ('applied', 'undone') returning id`.execute(trx)
      await dropChunks(trx, importId)
      const now = await readImport(trx, database, importId)
      if (done.rows.length > 0) return now
      throw now.state === 'applied' || now.state === 'undone'
        ? new Refusal(409, '这次导入已经写入，不能取消。')
        : forbidden()
    })
    stopRun(importId)
    response.json(cancelled)
  })
}

/** What imports there are, and what one came to. */
function tellingRoutes(router: Router, database: Database): void {
  router.get('/imports', async (request, response) => {
    const query = readListQuery(request.query)
    const { rows, total } = await asAsker(database, response, (trx, person) =>
      listImports(trx, database, person, query),
    )
    response.set('Content-Range', rangeOf('imports', query.offset, rows.length, total))
    response.json(rows)
  })

  router.get('/imports/:id', async (request, response) => {
    response.json(await asAsker(database, response, (trx) => readImport(trx, database, idOf(request.params.id))))
  })

  router.get('/imports/:id/rows', async (request, response) => {
    const importId = idOf(request.params.id)
    const { filter, sort, ...range } = readListQuery(request.query, MAX_ROWS)
    const { kind, ...others } = filter
    const known = ROW_KINDS.find((each) => each === kind)
    if (Object.keys(others).length > 0 || sort.length > 0 || (kind !== undefined && !known))
      throw badRequest(`明细只能按 kind 筛选，可选：${ROW_KINDS.join('、')}。`)
    const { rows, total } = await asAsker(database, response, async (trx) => {
      const { form, campaign_id } = await readImport(trx, database, importId)
      return shownWindow(trx, importId, formIn(database, form, campaign_id), known, range)
    })
    response.set('Content-Range', rangeOf('rows', range.offset, rows.length, total))
    response.json(rows)
  })

  router.get('/imports/:id/errors.xlsx', async (request, response) => {
    const found = await asAsker(database, response, (trx) => readFaulty(trx, database, idOf(request.params.id)))
    await sendErrorTable(response, found)
  })
}

/** What a person decides about rows and columns. */
function decisionRoutes(router: Router, database: Database): void {
  router.patch('/imports/:id/rows', async (request, response) => {
    const importId = idOf(request.params.id)
    const answer = await oneByOne(() =>
      asAsker(database, response, async (trx, person) => {
        const rows = await decide(trx, database, person, importId, request.body)
        return { head: await readImport(trx, database, importId), rows }
      }),
    ).catch(async (error) => {
      if (error === REDEFINED) await checkAgain(database, response, importId)
      throw error
    })
    response.json(answer)
  })

  router.post('/imports/:id/mapping', async (request, response) => {
    const importId = idOf(request.params.id)
    const person = await asAsker(database, response, async (trx, asking) => {
      await decideMapping(trx, database, importId, request.body)
      return asking
    })
    response.json(await runToItsEnd(database, response.locals, person, { import_id: importId, ending: 'check' }))
  })
}

/** Reads and checks the file by the definition in force; what comes of it is in the import. */
async function checkAgain(database: Database, response: Response, importId: number): Promise<void> {
  const person = await asAsker(database, response, async (_trx, asking) => asking)
  const { request_id } = response.locals as { request_id: string }
  await run({ import_id: importId, ending: 'check', database, identity: { user_id: person.id }, request_id })
}

/** An import undone. */
function undoRoutes(router: Router, database: Database): void {
  // the same answer, as things stand: what undoing would revert and what it would keep
  router.get('/imports/:id/undo', async (request, response) => {
    const told = await asAsker(database, response, async (trx, person) => {
      const head = await undoable(trx, person, idOf(request.params.id), false)
      return foresee(trx, person, relationFor(database, person, head.form), head)
    })
    response.json(told)
  })

  router.post('/imports/:id/undo', async (request, response) => {
    const { identity, request_id } = response.locals as { identity: Identity; request_id: string }
    const importId = idOf(request.params.id)
    const done = await database.inTx(
      identity,
      async (trx, person) => {
        const head = await undoable(trx, person, importId, true)
        return undo(trx, person, relationFor(database, person, head.form), head)
      },
      { import_id: importId, request_id },
    )
    response.json(done)
  })
}

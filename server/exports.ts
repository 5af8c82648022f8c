/** Papers over HTTP: each is written whole before it is sent, so that what goes wrong is told as a sentence. */
import { pipeline } from 'node:stream/promises'
import { type Response, Router } from 'express'
import type { Database, Person, Trx } from './database.ts'
import { forbidden, notFound } from './errors.ts'
import { frameOf, type Made, makeAnnexOne, makeAnnexTwo, makeExport, makeProgress, makeTemplate } from './papers.ts'
import { readListQuery } from './query.ts'
import { relationFor } from './records.ts'
import { type Spooled, spool } from './spool.ts'
import { disposition } from './workbook/names.ts'
import { writeWorkbook } from './workbook/write.ts'

type Work = (trx: Trx, person: Person) => Promise<Made>

export function exportRoutes(database: Database): Router {
  const router = Router()
  const answer = (response: Response, work: Work) => sendWorkbook(database, response, work)

  router.get('/annexes/1.xlsx', (request, response) =>
    answer(response, async (trx, person) => {
      relationFor(database, person, 'quotas')
      return makeAnnexOne(trx, await frameOf(trx, person, asId(request.query.campaign_id)))
    }),
  )
  router.get('/annexes/2.xlsx', (request, response) =>
    answer(response, async (trx, person) => {
      relationFor(database, person, 'collections')
      return makeAnnexTwo(trx, await frameOf(trx, person, asId(request.query.campaign_id)))
    }),
  )
  router.get('/annexes/progress.xlsx', (request, response) =>
    answer(response, async (trx, person) =>
      makeProgress(trx, await frameOf(trx, person, asId(request.query.campaign_id))),
    ),
  )
  router.get('/:form/template.xlsx', (request, response) =>
    answer(response, (trx, person) => makeTemplate(trx, relationFor(database, person, request.params.form), person)),
  )
  router.get('/:form/export.xlsx', (request, response) =>
    answer(response, (trx, person) =>
      makeExport(trx, relationFor(database, person, request.params.form), person, readListQuery(request.query)),
    ),
  )
  return router
}

/** Makes the workbook within the person's transaction and sends it when it is whole. Gone readers stop the making. */
async function sendWorkbook(database: Database, response: Response, work: Work): Promise<void> {
  const { identity, request_id } = response.locals
  const gone = new AbortController()
  response.on('close', () => gone.abort())
  let made: { spooled: Spooled; name: string; plain: string } | undefined
  try {
    made = await database.inTx(
      identity,
      async (trx, person) => {
        if (person.role === 'juror') throw forbidden()
        const { layout, rows, options, name, plain } = await work(trx, person)
        const pieces = writeWorkbook(layout, rows, { ...options, signal: gone.signal })
        return { spooled: await spool(pieces), name, plain }
      },
      { request_id },
    )
    response.set({
      'Content-Type': 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
      'Content-Length': String(made.spooled.size),
      'Content-Disposition': disposition(made.name, made.plain),
    })
    await pipeline(made.spooled.open(), response)
  } catch (error) {
    if (!gone.signal.aborted) throw error
  } finally {
    await made?.spooled.discard()
  }
}

const asId = (value: unknown) => {
  if (value === undefined) return undefined
  if (!/^\d{1,9}$/.test(String(value))) throw notFound()
  return Number(value)
}

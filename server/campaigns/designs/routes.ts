/** The forms in force, and the designs from which the province makes them, over HTTP. */
import { type Response, Router } from 'express'
import type { Database, Person, Trx } from '../../database/connection.ts'
import { badRequest, notFound, Refusal } from '../../errors.ts'
import { definitionOf } from '../../forms/index.ts'
import { rangeOf, readListQuery } from '../../records/query.ts'
import { campaignOf } from '../../records/read.ts'
import { asAsker, idOf, isId, isRecord } from '../../requests.ts'
import { changeDesign, createDesign, listDesigns, mustDesign, oneDesign, removeDesign } from './designs.ts'
import { cancelPublication, progressOfPublication } from './preparation.ts'
import { checkDesign, publish, retire } from './publication.ts'

const bodyOf = (body: unknown): Record<string, unknown> => {
  if (body !== undefined && !isRecord(body)) throw badRequest('应是 {"campaign_id":…,"definition":…}。')
  return body ?? {}
}

/** All forms of a campaign as they are in force: of the one named, else of the one everybody begins with. */
function formRoutes(router: Router, database: Database) {
  router.get('/forms', async (request, response) => {
    const asked = request.query.campaign_id
    if (asked !== undefined && !isId(Number(asked))) throw badRequest('campaign_id 应是年度的编号。')
    const { definitions, campaign } = await asAsker(database, response, async (trx) => ({
      campaign: await campaignOf(trx, asked).catch(() => undefined),
      definitions: database.definitions,
    }))
    if (!campaign) throw notFound('没有这个年度的活动。')
    response
      .set('X-Definitions-Version', String(definitions.version))
      .json(Object.values(definitions.of(campaign.id)).map(definitionOf))
  })
}

/** Drafts, and the versions there were. */
function draftRoutes(router: Router, database: Database) {
  router.get('/form_designs', async (request, response) => {
    const query = readListQuery(request.query)
    const { rows, total } = await asAsker(database, response, (trx) => listDesigns(trx, database, query))
    response.set('Content-Range', rangeOf('form_designs', query.offset, rows.length, total)).json(rows)
  })
  router.post('/form_designs', async (request, response) => {
    const made = await asAsker(database, response, (trx, person) => {
      mustDesign(person)
      return createDesign(trx, database, bodyOf(request.body))
    })
    response.status(201).json(made)
  })
  router.get('/form_designs/:id', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(await asAsker(database, response, (trx) => oneDesign(trx, database, id)))
  })
  router.put('/form_designs/:id', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(
      await asAsker(database, response, (trx, person) => {
        mustDesign(person)
        return changeDesign(trx, database, id, bodyOf(request.body))
      }),
    )
  })
  router.delete('/form_designs/:id', async (request, response) => {
    const id = idOf(request.params.id)
    const version = request.query.version === undefined ? undefined : Number(request.query.version)
    response.json(
      await asAsker(database, response, (trx, person) => {
        mustDesign(person)
        return removeDesign(trx, database, id, version)
      }),
    )
  })
}

/** What publishing would change; publishing; taking a register out of the campaign. */
function publicationRoutes(router: Router, database: Database) {
  const runFor =
    (response: Response) =>
    <T>(fn: (trx: Trx, person: Person) => Promise<T>) =>
      asAsker(database, response, fn)
  router.post('/form_designs/:id/check', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(await asAsker(database, response, (trx, person) => checkDesign(trx, database, person, id)))
  })
  router.post('/form_designs/:id/publication', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(await publish(runFor(response), database, id, bodyOf(request.body).version))
  })
  router.get('/form_designs/:id/publication', async (request, response) => {
    const id = idOf(request.params.id)
    const progress = await asAsker(database, response, async (trx) => {
      await oneDesign(trx, database, id)
      return progressOfPublication(trx, id)
    })
    response.json(progress ?? null)
  })
  router.delete('/form_designs/:id/publication', async (request, response) => {
    const id = idOf(request.params.id)
    const found = await asAsker(database, response, async (trx, person) => {
      mustDesign(person)
      await oneDesign(trx, database, id)
      return cancelPublication(trx, id)
    })
    if (!found) throw new Refusal(409, '现在没有正在进行的发布。')
    response.status(204).end()
  })
  router.post('/form_designs/:id/retirement', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(await retire(runFor(response), database, id, bodyOf(request.body).version))
  })
}

export function designRoutes(database: Database): Router {
  const router = Router()
  for (const routes of [formRoutes, draftRoutes, publicationRoutes]) routes(router, database)
  return router
}

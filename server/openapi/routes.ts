/** GET /openapi.json: the interface as the caller may use it. */
import { Router } from 'express'
import type { Database } from '../database/connection.ts'
import { notFound } from '../errors.ts'
import { rightsFor } from '../people/sessions.ts'
import { campaignOf } from '../records/read.ts'
import { asAsker, idOf } from '../requests.ts'
import { documentFor } from './document.ts'

/** `campaign_id` names the campaign whose forms are described; else it is the one everybody begins with. */
export function openapiRoutes(database: Database): Router {
  const router = Router()
  router.get('/openapi.json', async (request, response) => {
    const asked = request.query.campaign_id
    const named = asked === undefined ? undefined : idOf(asked)
    const document = await asAsker(database, response, async (trx, person) => {
      const campaign = await campaignOf(trx, named).catch(() => undefined)
      if (!campaign && named !== undefined) throw notFound('没有这个年度的活动。')
      const { definitions, catalogue } = database
      const forms = definitions.of(campaign?.id)
      const rights = await rightsFor(database, trx, person, forms)
      return documentFor({ person, forms, rights, catalogue, version: definitions.version })
    })
    response.set('Content-Disposition', "inline; filename*=UTF-8''openapi.json").json(document)
  })
  return router
}

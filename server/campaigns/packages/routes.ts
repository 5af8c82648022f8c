/** Campaigns as files, over HTTP: one out, one in, and what that would change. */
import { Router } from 'express'
import type { Database, Person } from '../../database/connection.ts'
import { forbidden } from '../../errors.ts'
import { asAsker, idOf } from '../../requests.ts'
import { loadPackage } from './loading.ts'
import { readPackage, textOfPackage } from './package.ts'
import { packageOf } from './reading.ts'

const mustLead = ({ role }: Person) => {
  if (role !== 'province') throw forbidden('只有活动的主办方能导出、导入活动包。')
}

/** GET /campaigns/:id/package.json; POST /campaigns/packages?campaign_id=&check=1 with a package. */
export function packageRoutes(database: Database): Router {
  const router = Router()
  router.get('/campaigns/:id/package.json', async (request, response) => {
    const id = idOf(request.params.id)
    const content = await asAsker(database, response, (trx, person) => {
      mustLead(person)
      return packageOf(trx, database, person, id)
    })
    response
      .type('json')
      .set('Content-Disposition', `attachment; filename="campaign-${id}.json"`)
      .send(textOfPackage(content))
  })
  router.post('/campaigns/packages', async (request, response) => {
    const { check, campaign_id: into } = request.query
    const isCheck = check === '1'
    const loaded = await asAsker(
      database,
      response,
      (trx, person) => {
        mustLead(person)
        const content = readPackage(request.body)
        return loadPackage(trx, database.within, person, content, into === undefined ? undefined : idOf(into))
      },
      { roll_back: isCheck },
    )
    if (isCheck) response.json({ changes: loaded.changes })
    else response.status(into === undefined ? 201 : 200).json(loaded)
  })
  return router
}

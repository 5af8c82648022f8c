/** The life of a campaign over HTTP: prepared by the province, opened to everybody, archived, opened again. */
import { type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Person } from '../database/connection.ts'
import { wordsOf } from '../database/words.ts'
import { forbidden, notFound, Refusal, stale } from '../errors.ts'
import { type Form, fieldOf, printField } from '../forms/index.ts'
import { readOne, relationFor, type StoredRecord } from '../records/read.ts'
import { asAsker, idOf } from '../requests.ts'
import { gapsOf } from './readiness.ts'

/** The flow `campaign` of app.transitions. */
const steps = { opening: '开启', archival: '归档', reopening: '重新开启' } as const
type CampaignStep = keyof typeof steps
type CampaignMove = { result: 'done' | 'state' | 'busy'; state: string }

function sentence(form: Form, { result, state }: CampaignMove, step: CampaignStep): string {
  if (result === 'busy') return `这个年度里正在写入很多行，请等写完再${steps[step]}。`
  const field = fieldOf(form, 'state')
  return `这个年度现在是“${field ? printField(field, state) : state}”，不能${steps[step]}。`
}

/** GET /campaigns/:id/readiness: what is missing before it is opened. POST /campaigns/:id/opening, /archival, /reopening { version? }: the campaign as it is then. */
export function campaignRoutes(database: Database): Router {
  const router = Router()
  const moveOn = (response: Response, id: number, step: CampaignStep, version: unknown): Promise<StoredRecord> =>
    asAsker(database, response, async (trx, person: Person) => {
      const relation = relationFor(database, person, 'campaigns')
      const before = await readOne(trx, relation, id)
      if (person.role !== 'province')
        throw forbidden(`只有${(await wordsOf(trx, id)).lead_short}能${steps[step]}一个年度。`)
      if (version !== undefined && version !== before.version) throw stale(before)
      const moved = await sql<CampaignMove>`select result, state from app.move_campaign(${id}, ${step})`.execute(trx)
      const outcome = moved.rows[0]
      if (!outcome) throw notFound()
      if (outcome.result !== 'done') throw new Refusal(409, sentence(relation.form, outcome, step))
      return readOne(trx, relation, id)
    })
  router.get('/campaigns/:id/readiness', async (request, response) => {
    const id = idOf(request.params.id)
    const gaps = await asAsker(database, response, async (trx, person) => {
      await readOne(trx, relationFor(database, person, 'campaigns'), id)
      if (person.role !== 'province') throw forbidden('只有活动的主办方能准备一个年度。')
      return gapsOf(trx, id)
    })
    response.json(gaps)
  })
  for (const step of Object.keys(steps) as CampaignStep[]) {
    router.post(`/campaigns/:id/${step}`, async (request, response) => {
      const { version } = (request.body ?? {}) as { version?: unknown }
      response.json(await moveOn(response, idOf(request.params.id), step, version))
    })
  }
  return router
}

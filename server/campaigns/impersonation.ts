/**
 * 以他人身份查看: the province looks at a campaign, in whatever state, as one of those who work in it. The session looks until it
 * is told not to; meanwhile it reads what that role reads and writes nothing, which the database holds.
 */
import { Router } from 'express'
import { sql } from 'kysely'
import type { Database, Identity } from '../database/connection.ts'
import { forbidden, invalid } from '../errors.ts'
import { asAsker, isId, isRecord } from '../requests.ts'

/**
 * Whom to look as: a clerk of a unit, whoever hosts a collection, the internet office of a unit (or of the province, without
 * one), a juror of a collection; or `user_id`, for the role and unit of that person.
 */
type ImpersonationRequest = {
  campaign_id: number
  role?: 'clerk' | 'host' | 'cac' | 'juror'
  unit_id?: number
  collection_id?: number
  user_id?: number
}

const ROLES = ['clerk', 'host', 'cac', 'juror']
const refusals: Record<string, string> = {
  province: '主办方的身份就是您自己的。',
  marks: '这位评委已经打了分，不能以其身份查看；可以选项目，看评委看到的样子。',
  nobody: '没有这样的身份：填报单位要选单位，承办单位和评委要选征集活动。',
  apart: '这个单位不参加这个年度。',
}

function readRequest(body: unknown): ImpersonationRequest {
  const given: Record<string, unknown> = isRecord(body) ? body : {}
  const errors: Record<string, string> = {}
  if (!isId(given.campaign_id)) errors.campaign_id = '要写明是哪个年度。'
  if (given.user_id === undefined && !ROLES.includes(String(given.role)))
    errors.role = `身份可选 ${ROLES.join('、')}，或者写 user_id。`
  for (const name of ['unit_id', 'collection_id', 'user_id'])
    if (given[name] !== undefined && !isId(given[name])) errors[name] = `${name} 应是编号。`
  if (Object.keys(errors).length > 0) throw invalid(errors)
  return given as ImpersonationRequest
}

/** POST /impersonation, and DELETE: the session is the province's own again. */
export function impersonationRoutes(database: Database): Router {
  const router = Router()
  router.post('/impersonation', async (request, response) => {
    const { campaign_id, role, unit_id, collection_id, user_id } = readRequest(request.body)
    const { session } = response.locals.identity as Extract<Identity, { session: string }>
    const hosting = sql`(select c.host_unit_id from collections c where c.id = ${collection_id ?? null}::integer
      and c.campaign_id = ${campaign_id} and c.deleted_at is null)`
    const refusal = await asAsker(database, response, async (trx, person) => {
      if (person.role !== 'province') throw forbidden('只有活动的主办方能以他人身份查看。')
      const unit = role === 'host' ? hosting : sql`${unit_id ?? null}::integer`
      const begun = await sql<{ refusal: string | null }>`select app.begin_impersonation(${session}, ${campaign_id},
        ${role === 'host' ? 'clerk' : (role ?? null)}, ${unit}, ${collection_id ?? null}::integer, ${user_id ?? null}::integer) as refusal`.execute(
        trx,
      )
      return begun.rows[0]?.refusal
    })
    if (refusal) throw invalid({ role: refusals[refusal] ?? '' }, refusals[refusal])
    response.status(204).end()
  })
  router.delete('/impersonation', async (_request, response) => {
    const { session } = response.locals.identity as Extract<Identity, { session: string }>
    // a session first, as everywhere
    await database.inTx({ session }, async () => {})
    await database.asGate((trx) => sql`select app.end_impersonation(${session})`.execute(trx))
    response.status(204).end()
  })
  return router
}

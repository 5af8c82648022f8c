/** 补录: the province opens one annex of one unit again until a day, past its deadline. */
import { Router } from 'express'
import { sql } from 'kysely'
import type { Database, Trx } from './database.ts'
import { invalid, notFound } from './errors.ts'
import { registers } from './forms/index.ts'
import { campaignOf } from './records.ts'

const annexes = registers.map((form) => `附件${form.annex}`)
const most = 1000

const read = async (trx: Trx, campaign_id: number) =>
  (
    await sql`select r.id, r.campaign_id, r.unit_id, (select u.short_name from units u where u.id = r.unit_id) as unit_id_label, r.annex, r.until,
      r.until >= app.today(r.campaign_id) as open, r.created_at, app.user_label(r.created_by) as created_by_label
      from reopenings r where r.campaign_id = ${campaign_id} order by r.until desc, r.id desc limit ${most}`.execute(
      trx,
    )
  ).rows

const isDay = (text: unknown): text is string =>
  typeof text === 'string' &&
  /^\d{4}-\d{2}-\d{2}$/.test(text) &&
  new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text

/** GET, PUT /reopenings, DELETE /reopenings/:id. PUT again with another day moves the day; rights are PostgreSQL's. */
export function reopeningRoutes(database: Database): Router {
  const router = Router()
  const run = <T>(response: { locals: Record<string, unknown> }, fn: (trx: Trx) => Promise<T>) => {
    const { identity, request_id } = response.locals as { identity: { session: string }; request_id: string }
    return database.inTx(identity, fn, { request_id })
  }

  router.get('/reopenings', async (_request, response) => {
    response.json(await run(response, async (trx) => read(trx, (await campaignOf(trx)).id)))
  })

  router.put('/reopenings', async (request, response) => {
    const { campaign_id, unit_id, annex, until } = (request.body ?? {}) as Record<string, unknown>
    const errors: Record<string, string> = {}
    if (!annexes.includes(String(annex))) errors.annex = `附件请选${annexes.join('、')}中的一个。`
    if (!isDay(until)) errors.until = '补录截止日写成 2019-09-02 这样。'
    if (!Number.isSafeInteger(unit_id)) errors.unit_id = '请选要补录的单位。'
    if (Object.keys(errors).length) throw invalid(errors)
    response.json(
      await run(response, async (trx) => {
        const campaign = await campaignOf(trx, campaign_id)
        const known = await sql`select from units where id = ${unit_id} and deleted_at is null`.execute(trx)
        if (known.rows.length === 0) throw invalid({ unit_id: '没有这个单位。' })
        await sql`insert into reopenings (campaign_id, unit_id, annex, until) values (${campaign.id}, ${unit_id}, ${annex}, ${until})
          on conflict (campaign_id, unit_id, annex) do update set until = excluded.until`.execute(trx)
        return read(trx, campaign.id)
      }),
    )
  })

  router.delete('/reopenings/:id', async (request, response) => {
    const id = Number(request.params.id)
    if (!Number.isSafeInteger(id) || id < 1 || id > 2 ** 31 - 1) throw notFound()
    await run(response, async (trx) => {
      const gone = await sql`delete from reopenings where id = ${id} returning id`.execute(trx)
      if (gone.rows.length === 0) throw notFound()
    })
    response.status(204).end()
  })
  return router
}

/** Around a work: who judges a collection, the jurors' scores, the snapshots of the vote, the prizes it is put forward for. Rights are PostgreSQL's. */
import { type Response, Router } from 'express'
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { type Words, wordsOfRow } from '../database/words.ts'
import { badRequest, forbidden, invalid, notFound, Refusal } from '../errors.ts'
import { type Marks, marksFaults, NATIONAL, scoringItemsOf } from '../forms/index.ts'
import { isMoment } from '../records/conditions.ts'
import { readOne, relationFor, type StoredRecord } from '../records/read.ts'
import { asAsker, idOf } from '../requests.ts'

const MAX_IDS = 500

/** One juror's score of a work. Nobody is named; others' marks are hidden before all are given. */
export type Score = {
  /** Number of the line; null for a juror's own. */
  juror: number | null
  /** Item of the collection → mark. */
  items: Marks | null
  total: number | null
  opinion: string | null
  mine: boolean
}

/** What is marked in a work. */
const itemsOf = async (trx: Trx, { collection_id }: StoredRecord) => {
  const found = await sql<{ scoring_items: unknown }>`
    select c.scoring_items from collections c where c.id = ${collection_id}`.execute(trx)
  return scoringItemsOf(found.rows[0])
}

/** A juror's own score of a work, if there is one. */
const ownScore = async (trx: Trx, id: number): Promise<Score[]> =>
  (
    await sql<Score>`select null as juror, s.items, s.total, s.opinion, true as mine
      from scores s where s.submission_id = ${id}`.execute(trx)
  ).rows

/**
 * Scores of a work, one line a juror, the highest first: neither a name nor an order says whose they are. As long as
 * somebody who sits has not scored, one reads how many have, as lines without marks.
 */
async function scoresOf(trx: Trx, { role }: Person, id: number): Promise<Score[]> {
  if (role === 'juror') return ownScore(trx, id)
  const found = await sql<Score>`
    select (row_number() over ())::integer as juror, l.*, false as mine from (
      select s.items, s.total, s.opinion from scores s where s.submission_id = ${id}
      union all
      select null, null, null from app.scored(${id}) w, generate_series(1, w.given) where not w.is_whole
      order by total desc, items desc, opinion limit ${MAX_IDS}) l`.execute(trx)
  return found.rows
}

/** The votes for a work as they were counted on a day. */
export type VoteCount = { counted_on: string; votes: number }

const votesOf = async (trx: Trx, id: number) =>
  (
    await sql<VoteCount>`select counted_on, votes from votes where submission_id = ${id} order by counted_on limit ${MAX_IDS}`.execute(
      trx,
    )
  ).rows

export type Juror = { id: number; name: string; seated: boolean }

/** 404 for whoever neither hosts the collection nor is of the province. */
const mustJudge = async (trx: Trx, person: Person, id: number) => {
  const found =
    await sql`select from collections c where c.id = ${id} and (${person.role} = 'province' or c.id = any (app.my_collections()))`.execute(
      trx,
    )
  if (found.rows.length === 0) throw notFound()
}

/** The jurors there are and who of them sits. */
const juryOf = async (trx: Trx, person: Person, id: number) => {
  await mustJudge(trx, person, id)
  return (
    await sql<Juror>`select j.id, j.name, exists (select from jury y where y.collection_id = ${id} and y.juror_id = j.id) as seated
      from app.jurors() j order by j.id limit ${MAX_IDS}`.execute(trx)
  ).rows
}

/** A prize of a collection: how many there are at most, where that is said, and how many works were put forward for it. */
export type PrizeCount = { name: string; max: number | null; given: number }

const prizesOf = async (trx: Trx, collection: number) =>
  (await sql<PrizeCount>`select name, max, given from app.prizes_given(${collection})`.execute(trx)).rows

/** A prize that was not put forward or withdrawn, as app.propose_prize and app.withdraw_prize answer it. */
function prizeRefusal(result: string, { lead_short }: Words, prizes: readonly PrizeCount[] = []): Refusal {
  if (result === 'unknown')
    return invalid({ category: `奖项可选：${[...prizes.map(({ name }) => name), NATIONAL].join('、')}。` })
  if (result === 'state') return new Refusal(409, '作品列为拟奖以后才能提奖项，获奖以后才能推荐全国。')
  if (result === 'closed') return forbidden(`已经截止，不能提奖项。需要补录，请向${lead_short}申请。`)
  if (result === 'decided') return new Refusal(409, '这个奖项已经有了意见或审定结果，不能再改。')
  return forbidden(`奖项由承办单位或${lead_short}提出。`)
}

/** Who asks: `run` is a transaction as the asker, `onWork` one that gets the id of the work. */
function askers(database: Database) {
  const run = <T>(response: Response, fn: (trx: Trx, person: Person) => Promise<T>) => asAsker(database, response, fn)
  /** Jurors know a work by another number. */
  const onWork = <T>(
    response: Response,
    id: number,
    fn: (trx: Trx, person: Person, id: number, work: StoredRecord) => Promise<T>,
  ) =>
    run(response, async (trx, person) => {
      const work = await readOne(trx, relationFor(database, person, 'submissions'), id)
      const meant = await sql<{ id: number }>`select app.meant(${id}) as id`.execute(trx)
      return fn(trx, person, meant.rows[0]?.id ?? 0, work)
    })
  return { database, run, onWork }
}
type WorkHandlers = ReturnType<typeof askers>

/** GET, PUT /submissions/:id/scores. */
function scoreRoutes(router: Router, { onWork }: WorkHandlers) {
  router.get('/submissions/:id/scores', async (request, response) => {
    response.json(await onWork(response, idOf(request.params.id), scoresOf))
  })

  router.put('/submissions/:id/scores', async (request, response) => {
    const asked = idOf(request.params.id)
    const body = (request.body ?? {}) as Record<string, unknown>
    // marks may stand in the body itself too, as they did before items were a collection's
    const { opinion: said, ...flat } = body
    const marks = 'items' in body ? body.items : flat
    const opinion = typeof said === 'string' ? said.trim().slice(0, 500) : null
    const scores = await onWork(response, asked, async (trx, person, id, work) => {
      if (person.role !== 'juror') throw forbidden('只有评委打分。')
      const errors = marksFaults(await itemsOf(trx, work), marks)
      if (Object.keys(errors).length) throw invalid(errors)
      await sql`insert into scores (submission_id, items, opinion) values (${id}, ${JSON.stringify(marks)}::jsonb, ${opinion})
        on conflict (submission_id, juror_id) do update set items = excluded.items, opinion = excluded.opinion, scored_at = now()`.execute(
        trx,
      )
      return scoresOf(trx, person, id)
    })
    response.json(scores)
  })
}

/** GET, POST /submissions/:id/votes. */
function voteRoutes(router: Router, { onWork }: WorkHandlers) {
  router.get('/submissions/:id/votes', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(await onWork(response, id, (trx) => votesOf(trx, id)))
  })

  router.post('/submissions/:id/votes', async (request, response) => {
    const id = idOf(request.params.id)
    const { counted_on, votes } = (request.body ?? {}) as Record<string, unknown>
    if (typeof counted_on !== 'string' || counted_on.length !== 10 || !isMoment(counted_on))
      throw invalid({ counted_on: '统计日写成 2019-08-25 这样。' })
    if (!Number.isSafeInteger(votes) || Number(votes) < 0 || Number(votes) > 1_000_000_000)
      throw invalid({ votes: '票数应是 0 到 10 亿的整数。' })
    const all = await onWork(response, id, async (trx) => {
      const known = await votesOf(trx, id)
      const higher = known.find((each) => each.counted_on < counted_on && each.votes > Number(votes))
      const lower = known.find((each) => each.counted_on > counted_on && each.votes < Number(votes))
      const other = higher ?? lower
      if (other)
        throw invalid({
          votes: `票数 ${votes} 比 ${other.counted_on} 的 ${other.votes} ${higher ? '少' : '多'}，累计数不能减少，请核对。`,
        })
      await sql`insert into votes (submission_id, counted_on, votes) values (${id}, ${counted_on}, ${votes})
        on conflict (submission_id, counted_on) do update set votes = excluded.votes`.execute(trx)
      return votesOf(trx, id)
    })
    response.json(all)
  })
}

/** GET /collections/:id/prizes; POST, DELETE /submissions/:id/prizes. */
function prizeRoutes(router: Router, { database, run, onWork }: WorkHandlers) {
  router.get('/collections/:id/prizes', async (request, response) => {
    const id = idOf(request.params.id)
    const prizes = await run(response, async (trx, person) => {
      await mustJudge(trx, person, id)
      return prizesOf(trx, id)
    })
    response.json(prizes)
  })

  router.post('/submissions/:id/prizes', async (request, response) => {
    const id = idOf(request.params.id)
    const { category } = (request.body ?? {}) as Record<string, unknown>
    if (typeof category !== 'string') throw invalid({ category: '请写明奖项。' })
    const award = await onWork(response, id, async (trx, person, _, work) => {
      const found = await sql<{ award_id: number; result: string }>`
        select award_id, result from app.propose_prize(${id}, ${category})`.execute(trx)
      const { award_id = 0, result = 'role' } = found.rows[0] ?? {}
      if (result !== 'done')
        throw prizeRefusal(
          result,
          await wordsOfRow(trx, 'submissions', id),
          await prizesOf(trx, Number(work.collection_id)),
        )
      return readOne(trx, relationFor(database, person, 'awards'), award_id)
    })
    response.status(201).json(award)
  })

  router.delete('/submissions/:id/prizes/:award', async (request, response) => {
    const id = idOf(request.params.id)
    const award = idOf(request.params.award)
    const gone = await onWork(response, id, async (trx, person) => {
      const row = await readOne(trx, relationFor(database, person, 'awards'), award)
      if (row.submission_id !== id) throw notFound()
      const found = await sql<{ result: string }>`select app.withdraw_prize(${award}) as result`.execute(trx)
      if (found.rows[0]?.result !== 'done')
        throw prizeRefusal(found.rows[0]?.result ?? 'role', await wordsOfRow(trx, 'submissions', id))
      return row
    })
    response.json(gone)
  })
}

/** GET, PUT /collections/:id/jury. */
function juryRoutes(router: Router, { run }: WorkHandlers) {
  router.get('/collections/:id/jury', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(await run(response, (trx, person) => juryOf(trx, person, id)))
  })

  router.put('/collections/:id/jury', async (request, response) => {
    const id = idOf(request.params.id)
    const ids = (request.body as { juror_ids?: unknown } | undefined)?.juror_ids
    if (!Array.isArray(ids) || ids.length > MAX_IDS || !ids.every(Number.isSafeInteger))
      throw badRequest('juror_ids 应是评委编号的列表。')
    const jury = await run(response, async (trx, person) => {
      const known = new Set((await juryOf(trx, person, id)).map((juror) => juror.id))
      if (ids.some((juror) => !known.has(juror))) throw invalid({ juror_ids: '名单里有不是评委的人。' })
      await sql`delete from jury where collection_id = ${id} and juror_id <> all (${ids}::integer[])`.execute(trx)
      await sql`insert into jury (collection_id, juror_id) select ${id}, juror from unnest(${ids}::integer[]) juror on conflict do nothing`.execute(
        trx,
      )
      return juryOf(trx, person, id)
    })
    response.json(jury)
  })
}

/** Scores, votes and prizes of works, juries of collections. */
export function workRoutes(database: Database): Router {
  const router = Router()
  const asked = askers(database)
  for (const routes of [scoreRoutes, voteRoutes, prizeRoutes, juryRoutes]) routes(router, asked)
  return router
}

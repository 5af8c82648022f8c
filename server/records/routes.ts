/** The records of every form over HTTP: lists, rows, bulk, state changes, history, comments. */
import { type Response, Router } from 'express'
import type { Database, Person, Trx } from '../database/connection.ts'
import { badRequest, forbidden, notFound, stale, versionMissing } from '../errors.ts'
import { asAsker, idOf } from '../requests.ts'
import { bulk } from './bulk.ts'
import { createRows } from './creations.ts'
import { changeRows, moveToBin, refuseOne } from './edits.ts'
import { addComment, commentsOf, historyOf, listChanges } from './history.ts'
import { findPlace, readPlaceQuery } from './places.ts'
import { campaignAsked, rangeOf, readListQuery } from './query.ts'
import { list, readOne, readRows, relationFor } from './read.ts'
import type { Relation } from './relation.ts'
import { idsOf, lastMove, move, refusalOf, undoLast } from './transitions.ts'

type RecordWork<T> = (trx: Trx, relation: Relation, person: Person) => Promise<T>

const bodyOf = (body: unknown): Record<string, unknown> => {
  if (body === undefined) return {}
  if (typeof body !== 'object' || body === null || Array.isArray(body)) throw badRequest('应是 {"栏目":值}。')
  return body as Record<string, unknown>
}

/**
 * Who asks, of which form: `run` is a transaction as the asker, `on` one with what they may see and write of a form, in a
 * campaign where the request names one; rows found by id are read as their own campaigns have them.
 */
function askers(database: Database) {
  const run = <T>(response: Response, fn: (trx: Trx, person: Person) => Promise<T>) => asAsker(database, response, fn)
  const on = <T>(response: Response, name: string, fn: RecordWork<T>, campaignId?: number) =>
    run(response, (trx, person) => fn(trx, relationFor(database, person, name, campaignId), person))
  return { database, run, on }
}
type RecordHandlers = ReturnType<typeof askers>

/** Lists, single rows, and where a row stands in a list. */
function readingRoutes(router: Router, { on }: RecordHandlers) {
  router.get('/:form', async (request, response) => {
    const query = readListQuery(request.query)
    const { text, total } = await on(
      response,
      request.params.form,
      (trx, relation, person) => list(trx, relation, person, query),
      campaignAsked(query.filter),
    )
    const count = text === '[]' ? 0 : Math.min(query.limit, Math.max(total - query.offset, 1))
    response
      .set('Content-Range', rangeOf(request.params.form, query.offset, count, total))
      .type('json')
      .send(text)
  })

  router.get('/:form/places', async (request, response) => {
    const query = readPlaceQuery(request.query)
    response.json(
      await on(
        response,
        request.params.form,
        (trx, relation, person) => findPlace(trx, relation, person, query),
        campaignAsked(query.filter),
      ),
    )
  })

  router.get('/:form/:id', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(await on(response, request.params.form, (trx, relation) => readOne(trx, relation, id)))
  })
}

/** Rows made, changed, put into the bin and taken out of it, one or many. */
function writingRoutes(router: Router, { on }: RecordHandlers) {
  router.post('/:form', async (request, response) => {
    const row = await on(response, request.params.form, async (trx, relation, person) => {
      const { ids, faults } = await createRows(trx, relation, person, [bodyOf(request.body)])
      refuseOne(faults)
      return readOne(trx, relation, ids[0] as number)
    })
    response.status(201).json(row)
  })

  router.post('/:form/bulk', async (request, response) => {
    response.json(
      await on(response, request.params.form, (trx, relation, person) => bulk(trx, relation, person, request.body)),
    )
  })

  router.post('/:form/restoration', async (request, response) => {
    const rows = await on(response, request.params.form, async (trx, relation, person) => {
      const ids = await idsOf(trx, relation, bodyOf(request.body))
      return readRows(
        trx,
        relation,
        await moveToBin(
          trx,
          relation,
          person,
          ids.map((id) => ({ id })),
          false,
        ),
      )
    })
    response.json(rows)
  })

  router.put('/:form/:id', async (request, response) => {
    const id = idOf(request.params.id)
    const body = bodyOf(request.body)
    if (body.version === undefined || body.version === null) throw versionMissing()
    const row = await on(response, request.params.form, async (trx, relation, person) => {
      const { rows, faults } = await changeRows(trx, relation, person, [{ ...body, id }])
      refuseOne(faults)
      return rows[0]
    })
    response.json(row)
  })

  router.delete('/:form/:id', async (request, response) => {
    const id = idOf(request.params.id)
    const row = await on(response, request.params.form, async (trx, relation, person) => {
      const before = await readOne(trx, relation, id)
      if (before.deleted_at) throw notFound()
      const version = request.query.version === undefined ? before.version : Number(request.query.version)
      if (version !== before.version) throw stale(before)
      await moveToBin(trx, relation, person, [{ id, version }], true)
      return before
    })
    response.json(row)
  })
}

/** What was done to rows, and what is said of them. */
function trailRoutes(router: Router, { database, run, on }: RecordHandlers) {
  router.get('/changes', async (request, response) => {
    const query = readListQuery(request.query)
    const { rows, total } = await run(response, (trx, person) =>
      listChanges(trx, database.definitions.of(), person, query),
    )
    response.set('Content-Range', rangeOf('changes', query.offset, rows.length, total)).json(rows)
  })

  router.get('/:form/:id/history', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(
      await on(response, request.params.form, (trx, relation, person) => historyOf(trx, relation, person, id)),
    )
  })
  router.get('/:form/:id/comments', async (request, response) => {
    const id = idOf(request.params.id)
    response.json(
      await on(response, request.params.form, (trx, relation, person) => commentsOf(trx, relation, person, id)),
    )
  })
  router.post('/:form/:id/comments', async (request, response) => {
    const id = idOf(request.params.id)
    const text = bodyOf(request.body).text
    response
      .status(201)
      .json(
        await on(response, request.params.form, (trx, relation, person) => addComment(trx, relation, person, id, text)),
      )
  })
}

/** State changes, and undoing the caller's own last one before anybody acted on it. */
function stateRoutes(router: Router, { on }: RecordHandlers) {
  // The caller's own last state change, and undoing it as long as nobody has acted on it.
  router.get('/:form/:id/undo', async (request, response) => {
    const id = idOf(request.params.id)
    const last = await on(response, request.params.form, async (trx, relation, person) => {
      await readOne(trx, relation, id)
      if (relation.form.scope !== 'unit' || (person.role !== 'clerk' && person.role !== 'province')) return null
      return lastMove(trx, relation, id)
    })
    response.json(last && { action: last.action, label: last.label, refusal: last.refusal })
  })
  router.post('/:form/:id/undo', async (request, response) => {
    const id = idOf(request.params.id)
    const row = await on(response, request.params.form, async (trx, relation, person) => {
      if (relation.form.scope !== 'unit' || (person.role !== 'clerk' && person.role !== 'province')) throw forbidden()
      await undoLast(trx, relation, id)
      return (await readRows(trx, relation, [id]))[0] ?? { id }
    })
    response.json(row)
  })

  // State changes: POST /propagandists/7/submission, or POST /propagandists/submission {ids} for many.
  router.post('/:form/:id/:action', async (request, response) => {
    const id = idOf(request.params.id)
    const { reason, fields, version } = bodyOf(request.body)
    const row = await on(response, request.params.form, async (trx, relation, person) => {
      const before = await readOne(trx, relation, id)
      if (version !== undefined && version !== before.version) throw stale(before)
      const { refused } = await move(trx, relation, person, {
        action: request.params.action,
        ids: [id],
        reason,
        fields,
      })
      if (refused[0]) throw refusalOf(refused[0])
      // A host no longer sees the work it has just sent back.
      return (await readRows(trx, relation, [id]))[0] ?? { id }
    })
    response.json(row)
  })
  router.post('/:form/:action', async (request, response) => {
    const body = bodyOf(request.body)
    const moved = await on(response, request.params.form, async (trx, relation, person) =>
      move(trx, relation, person, {
        action: request.params.action,
        ids: await idsOf(trx, relation, body),
        reason: body.reason,
        fields: body.fields,
      }),
    )
    response.json(moved)
  })
}

/** In this order: what has a name of its own in the address comes before what any id or action may be. */
export function recordRoutes(database: Database): Router {
  const router = Router()
  const asked = askers(database)
  for (const routes of [trailRoutes, readingRoutes, writingRoutes, stateRoutes]) routes(router, asked)
  return router
}

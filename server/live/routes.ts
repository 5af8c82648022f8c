/**
 * Live changes: GET /live is a stream of server-sent events about one form, POST /live/presence says which row a person is on.
 * One listening connection a process; what reaches a page was read through PostgreSQL as its person.
 */
import { Router } from 'express'
import { sql } from 'kysely'
import type { Database, Identity, Person, Trx } from '../database/connection.ts'
import { badRequest, Refusal } from '../errors.ts'
import { formOf } from '../forms/index.ts'
import { campaignOf, readOne, relationFor } from '../records/read.ts'
import { asAsker, idOf, isImpersonating } from '../requests.ts'
import { createBatches, type Notice } from './batches.ts'
import { createPresence, presenceChannel, type Seat } from './presence.ts'
import { createStreams } from './streams.ts'

const changesChannel = 'haowangmin_changes'
const seatName = /^[\w-]{1,40}$/

export type LiveServer = ReturnType<typeof openLive>

/** The machinery of one process. It listens from the first stream on; `close` ends all streams and the listening. */
export function openLive(database: Database) {
  const streams = createStreams((stream) => presence.left(stream))
  const batches = createBatches(database, streams)
  const presence = createPresence(database, streams)
  let stop: (() => void) | undefined
  let isClosed = false

  function listen() {
    stop ??= database.listen([changesChannel, presenceChannel], {
      onNotice(channel, payload) {
        // What is not ours, or was cut, is no reason to fall: whoever missed something reads it with the next change.
        try {
          if (channel === changesChannel) batches.onNotice(JSON.parse(payload) as Notice)
          else presence.onNotice(JSON.parse(payload))
        } catch {
          batches.gap()
        }
      },
      onConnected() {
        batches.gap()
        presence.onConnected()
      },
    })
  }

  return {
    streams,
    presence,
    listen,
    isClosed: () => isClosed,
    close() {
      isClosed = true
      batches.close()
      presence.close()
      streams.close()
      stop?.()
    },
  }
}

function seatOf(value: unknown): string {
  if (typeof value === 'string' && seatName.test(value)) return value
  throw badRequest('seat 应是这个页面自己的名字：字母、数字、- 和 _，最多 40 个。')
}

/** GET /live?form=…&campaign_id=…&seat=…, POST /live/presence {form, campaign_id, seat, row_id}. */
export function liveRoutes(database: Database, live: LiveServer): Router {
  const router = Router()

  router.get('/live', async (request, response) => {
    const { form: name, campaign_id, seat } = request.query
    if (typeof name !== 'string') throw badRequest('form 应写明是哪张表。')
    const page = seatOf(seat)
    const campaign = campaign_id === undefined ? undefined : idOf(campaign_id)
    const { person, form } = await asAsker(database, response, async (trx, asker) => {
      // who is on a campaign that is not there is nobody's business
      if (campaign !== undefined) await campaignOf(trx, campaign)
      return { person: asker, form: relationFor(database, asker, name, campaign).form }
    })
    if (live.isClosed() || !live.streams.hasRoom(person)) {
      response.set('Retry-After', '30')
      throw new Refusal(429, '同时打开的页面太多，这一页暂时不会自动更新。')
    }
    if (response.destroyed) return
    live.listen()
    const identity = response.locals.identity as Identity
    const stream = {
      identity,
      person,
      /** As it is in force now: a page may stay open for days. */
      get form() {
        return formOf(database.definitions.of(campaign), name) ?? form
      },
      campaign_id: campaign,
      seat: page,
      response,
      told: '[]',
      asked: '[]',
    }
    live.streams.add(stream, database.definitions.version)
    live.presence.entered(stream)
  })

  router.post('/live/presence', async (request, response) => {
    const { form: name, campaign_id, seat, row_id } = (request.body ?? {}) as Record<string, unknown>
    if (typeof name !== 'string') throw badRequest('form 应写明是哪张表。')
    const page = seatOf(seat)
    const { identity, request_id } = response.locals as { identity: Identity; request_id: string }
    // no asAsker: being somewhere is no change, and who looks as somebody else is not seen rather than refused
    const say = async (trx: Trx, person: Person) => {
      const relation = relationFor(database, person, name)
      // A juror judges unseen.
      if (person.role === 'juror' || isImpersonating(person)) return
      const row = row_id === null || row_id === undefined ? undefined : await readOne(trx, relation, idOf(row_id))
      const told: Seat = {
        user: person.id,
        seat: page,
        form: relation.form.name,
        campaign: campaign_id === undefined || campaign_id === null ? null : idOf(campaign_id),
        unit: relation.form.scope === 'unit' ? (row?.unit_id ?? null) : null,
        row: row?.id ?? null,
      }
      await sql`select pg_notify(${presenceChannel}, ${JSON.stringify({ seats: [told] })})`.execute(trx)
    }
    await database.inTx(identity, say, { request_id })
    response.status(204).end()
  })

  return router
}

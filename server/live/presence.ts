/**
 * Who is on which row. Seats are published to all processes through NOTIFY and repeated while their stream is open; one that
 * is no longer repeated expires. A listener gets only rows it may read.
 */
import { sql } from 'kysely'
import type { Database } from '../database/connection.ts'
import { asListener, eachOf, mayConcern } from './batches.ts'
import { inCompany, type Stream, type Streams } from './streams.ts'

export const presenceChannel = 'haowangmin_presence'
const GATHER_MS = 400
const REPEAT_EVERY_MS = 15_000
const FORGET_AFTER_MS = 45_000
const MAX_SEATS = 5000
const MAX_TOLD_SEATS = 200
/** A notice holds no more than eight thousand bytes. */
const SEATS_A_NOTICE = 40

/** One page of one person, on a row or on none. */
export type Seat = {
  user: number
  seat: string
  form: string
  campaign: number | null
  unit: number | null
  row: number | null
}
/** The event `people`: who else is on which row, by its id. */
export type PeopleEvent = { people: { id: number; name: string }[] }
type PresenceNotice = { seats: Seat[] } | { ask: true }

const keyOf = ({ user, seat }: Pick<Seat, 'user' | 'seat'>) => `${user}:${seat}`

export function createPresence(database: Database, streams: Streams) {
  const seats = new Map<string, Seat & { until: number }>()
  const dirty = new Set<string>()
  let timer: NodeJS.Timeout | undefined
  let isBusy = false
  const repeating = setInterval(() => {
    forget()
    repeat()
  }, REPEAT_EVERY_MS)
  repeating.unref()

  const say = (word: PresenceNotice) =>
    database
      .asGate((trx) => sql`select pg_notify(${presenceChannel}, ${JSON.stringify(word)})`.execute(trx))
      .catch(() => {}) // said again soon, or forgotten

  /** The seats of this process's own streams, a few in each notice. */
  function repeat() {
    const mine = streams
      .all()
      .flatMap((stream) => seats.get(keyOf({ user: stream.person.id, seat: stream.seat })) ?? [])
    const plain = mine.map(({ until: _, ...seat }) => seat)
    for (let at = 0; at < plain.length; at += SEATS_A_NOTICE) void say({ seats: plain.slice(at, at + SEATS_A_NOTICE) })
  }

  function forget() {
    const now = Date.now()
    for (const [key, { until, form }] of seats) if (until < now && seats.delete(key)) dirty.add(form)
    later()
  }

  function take(seat: Seat) {
    const key = keyOf(seat)
    const old = seats.get(key)
    if (seat.row === null) seats.delete(key)
    else if (old || seats.size < MAX_SEATS) seats.set(key, { ...seat, until: Date.now() + FORGET_AFTER_MS })
    if (old?.row === seat.row && old.form === seat.form) return
    dirty.add(seat.form)
    if (old) dirty.add(old.form)
    later()
  }

  function later() {
    if (timer || isBusy || dirty.size === 0) return
    timer = setTimeout(() => void flush(), GATHER_MS)
  }

  async function flush() {
    timer = undefined
    isBusy = true
    const forms = new Set(dirty)
    dirty.clear()
    try {
      await eachOf(inCompany(streams.all().filter(({ form }) => forms.has(form.name))), tell)
    } finally {
      isBusy = false
      later()
    }
  }

  async function tell(group: Stream[]) {
    const first = group[0] as Stream
    // A juror judges blind.
    if (first.person.role === 'juror') return
    const others = [...seats.values()]
      .filter((seat) => seat.form === first.form.name && seat.user !== first.person.id && mayConcern(first, seat))
      .slice(0, MAX_TOLD_SEATS)
    const asked = JSON.stringify(others.map(({ user, row }) => [user, row]).sort())
    if (group.every((stream) => stream.asked === asked)) return
    if (others.length === 0) return tellAll(group, asked, [])
    await asListener(database, streams, group, async (trx, relation) => {
      const found = await sql<{ id: number; name: string }>`
        select t.id, app.user_label(s.person) as name
        from unnest(${others.map(({ row }) => row)}::integer[], ${others.map(({ user }) => user)}::integer[]) as s (id, person)
        join ${sql.table(relation.form.name)} t on t.id = s.id and t.deleted_at is null order by t.id, name`.execute(
        trx,
      )
      tellAll(group, asked, found.rows)
    })
  }

  function tellAll(group: readonly Stream[], asked: string, people: PeopleEvent['people']) {
    const told = JSON.stringify(people)
    for (const stream of group) {
      const isNews = stream.told !== told
      stream.asked = asked
      stream.told = told
      if (isNews) streams.send(stream, 'people', { people })
    }
  }

  return {
    onNotice(word: PresenceNotice) {
      if ('ask' in word) repeat()
      else for (const seat of word.seats) take(seat)
    },
    /** A stream has begun: it gets who is there already. */
    entered(stream: Stream) {
      dirty.add(stream.form.name)
      later()
    },
    left(stream: Stream) {
      const seat = seats.get(keyOf({ user: stream.person.id, seat: stream.seat }))
      if (seat) void say({ seats: [{ ...seat, row: null }] })
    },
    /** Listening has begun: the other processes are asked for their seats, and get those of this one. */
    onConnected() {
      void say({ ask: true })
    },
    close() {
      clearInterval(repeating)
      clearTimeout(timer)
    },
  }
}

/**
 * From notices to events: notices of changed rows are gathered for a moment, then each listener's rows are read through
 * PostgreSQL as that person. Whoever may not read a row gets no event of it, not even its id.
 */
import { sql } from 'kysely'
import type { Database, Person, Trx } from '../database/connection.ts'
import { Refusal } from '../errors.ts'
import { type Form, formOf, formsBeside, isHosted } from '../forms/index.ts'
import { readRows, relationFor, withEditors } from '../records/read.ts'
import type { Relation } from '../records/relation.ts'
import { inCompany, type Stream, type Streams } from './streams.ts'

const GATHER_MS = 250
/** More changed rows than this are sent as `many`: read again. */
const MAX_ROWS = 300
const MAX_NOTICES = 1000
const MAX_READS = 4
const CHECK_EVERY_MS = 30_000
/** What a notice of other definitions names as its form (db/security/080_designs.sql). */
const definitions = 'definitions'

/** The event `rows`: rows as the listener may read them, ids of those that are gone for it, whether others moved, by whom. */
export type RowsEvent = { rows: Record<string, unknown>[]; gone: number[]; moved: boolean; by: string | null }

/** The payload of a notice (db/security/060_live.sql). No ids: too many, given as a range and a moment. No unit, no campaign: none or several. */
export type Notice = {
  form: string
  actor: number | null
  ids: number[] | null
  first?: number | null
  last?: number | null
  at?: string | null
  moved: boolean
  unit?: number | null
  campaign?: number | null
}

/** Policies decide; this only spares those the question to whom the answer is plain. */
export function mayConcern(
  { form, person, campaign_id }: Pick<Stream, 'form' | 'person' | 'campaign_id'>,
  { campaign, unit }: Pick<Notice, 'campaign' | 'unit'>,
): boolean {
  if (typeof campaign === 'number' && campaign_id !== undefined && campaign !== campaign_id) return false
  const bound = form.scope === 'unit' && person.unit_id !== null && person.role !== 'province' && !isHosted(form)
  return !(bound && typeof unit === 'number' && unit !== person.unit_id)
}

/** Jurors know works by other ids. */
const hasOtherIds = (role: string, form: string) => role === 'juror' && form === 'submissions'

/** Whether the listener sees any of the rows that were written. */
async function seesAny(trx: Trx, { role }: Person, form: string, notices: readonly Notice[]): Promise<boolean> {
  const id = hasOtherIds(role, form) ? sql`app.meant(id)` : sql`id`
  const named = sql`${id} = any (${notices.flatMap(({ ids }) => ids ?? [])}::integer[])`
  const stretches = notices
    .filter(({ ids }) => ids === null)
    .map(({ first, last, at }) => sql`${id} in (select app.written(${form}, ${first}, ${last}, ${at}))`)
  const found = await sql`
    select from ${sql.table(form)} where ${sql.join([named, ...stretches], sql` or `)} limit 1`.execute(trx)
  return found.rows.length > 0
}

const refersTo = (form: Form | undefined, name: string) => form?.fields.some((field) => field.to === name) ?? false

/** Whether rows of a form show something of another: its names, what its rows add up to, what is counted against them. */
function shows(form: Form, other: string): boolean {
  if (form.name === other) return false
  if (form.counts?.includes(other)) return true
  return (
    refersTo(form, other) ||
    (form.fields.some(({ derived }) => derived) && refersTo(formOf(formsBeside(form), other), form.name))
  )
}

/** Runs `work` for each item, a few at a time. */
export async function eachOf<T>(items: readonly T[], work: (item: T) => Promise<void>) {
  const waiting = [...items]
  const run = async () => {
    for (let item = waiting.shift(); item !== undefined; item = waiting.shift()) await work(item)
  }
  await Promise.all(Array.from({ length: MAX_READS }, run))
}

/** In a transaction as the person of these streams; they end when the person is gone, or is another by now. */
export async function asListener(
  database: Database,
  streams: Streams,
  group: readonly Stream[],
  fn: (trx: Trx, relation: Relation, person: Person) => Promise<void>,
) {
  const first = group[0] as Stream
  const endAll = (reason: 'session' | 'changed') => {
    for (const stream of group) streams.end(stream, reason)
  }
  try {
    await database.inTx(first.identity, async (trx, person) => {
      if (person.role !== first.person.role || person.unit_id !== first.person.unit_id) return endAll('changed')
      await fn(trx, relationFor(database, person, first.form.name, first.campaign_id), person)
    })
  } catch (error) {
    if (error instanceof Refusal) return endAll(error.status === 401 ? 'session' : 'changed')
    console.error('live changes were not read:', (error as Error).message)
    for (const stream of group) streams.send(stream, 'many', {})
  }
}

/** Ids as the person sees them. */
async function knownIds(trx: Trx, { form }: Relation, { role }: Person, ids: readonly number[]): Promise<number[]> {
  if (!hasOtherIds(role, form.name)) return [...ids]
  const found = await sql<{ id: number }>`select app.blinded(id) as id from unnest(${ids}::integer[]) id`.execute(trx)
  return found.rows.map(({ id }) => id)
}

async function namesOf(trx: Trx, person: Person, actors: readonly (number | null)[]): Promise<string | null> {
  const ids = [...new Set(actors)].filter((id) => id !== null).slice(0, 3)
  // A juror is to judge blind: a name would tell the unit.
  if (ids.length === 0 || person.role === 'juror') return null
  const found = await sql<{ name: string | null }>`
    select distinct app.user_label(id) as name from unnest(${ids}::integer[]) id`.execute(trx)
  return found.rows.flatMap(({ name }) => name ?? []).join('、') || null
}

export function createBatches(database: Database, streams: Streams) {
  let gathered: Notice[] = []
  let missed = false
  let timer: NodeJS.Timeout | undefined
  let isBusy = false
  const checking = setInterval(() => void check(streams.all()), CHECK_EVERY_MS)
  checking.unref()

  function later() {
    if (timer || isBusy) return
    timer = setTimeout(() => void flush(), GATHER_MS)
  }

  async function flush() {
    timer = undefined
    isBusy = true
    const notices = gathered
    const all = missed
    gathered = []
    missed = false
    try {
      if (all) for (const stream of streams.all()) streams.send(stream, 'many', {})
      const isRedefined = notices.some(({ form }) => form === definitions)
      if (all || isRedefined) for (const stream of streams.all()) streams.send(stream, 'definitions', {})
      if (isRedefined) await check(streams.all())
      const people = new Set(notices.flatMap(({ form, ids }) => (form === 'users' ? (ids ?? []) : [])))
      if (people.size > 0) await check(streams.all().filter(({ person }) => people.has(person.id)))
      const told = [...new Set(notices.map(({ form }) => form))]
      const isConcerned = ({ form }: Stream) => told.some((name) => name === form.name || shows(form, name))
      const groups = inCompany(streams.all().filter(isConcerned))
      if (!all) await eachOf(groups, (group) => tell(group, notices))
    } finally {
      isBusy = false
      if (gathered.length > 0 || missed) later()
    }
  }

  /** The session still holds, the person is who it was and the form is in force; else the streams end. */
  const check = (some: readonly Stream[]) =>
    eachOf(inCompany(some), (group) => asListener(database, streams, group, async () => {}))

  async function tell(group: readonly Stream[], notices: readonly Notice[]) {
    const first = group[0] as Stream
    const near = notices.filter((notice) => mayConcern(first, notice))
    const mine = near.filter(({ form }) => form === first.form.name)
    const concerns = (notice: Notice) =>
      mayConcern({ ...first, form: formOf(formsBeside(first.form), notice.form) ?? first.form }, notice)
    const shown = near.filter((notice) => shows(first.form, notice.form) && concerns(notice))
    if (mine.length > 0) await tellRows(group, mine)
    if (shown.length > 0) await tellShown(group, shown)
  }

  /** Rows of another form have changed, and these lists show something of them: they are read again. */
  const tellShown = (group: readonly Stream[], notices: readonly Notice[]) =>
    asListener(database, streams, group, async (trx, relation, person) => {
      for (const name of new Set(notices.map(({ form }) => form))) {
        const form = formOf(formsBeside(relation.form), name)
        // Nobody gets an event of a row they may not read.
        if (!form || !relation.catalogue.sight(person.role, form).seen.has('id')) continue
        const own = notices.filter((notice) => notice.form === name)
        if (!(await seesAny(trx, person, name, own))) continue
        for (const stream of group) streams.send(stream, 'many', {})
        return
      }
    })

  async function tellRows(group: readonly Stream[], mine: readonly Notice[]) {
    const ids = [...new Set(mine.flatMap((notice) => notice.ids ?? []))]
    const many = ids.length > MAX_ROWS || mine.some((notice) => notice.ids === null)
    await asListener(database, streams, group, async (trx, relation, person) => {
      const read = async () => readRows(trx, relation, await knownIds(trx, relation, person, ids))
      const rows = many ? [] : await withEditors(trx, relation, await read())
      if (many ? !(await seesAny(trx, person, relation.form.name, mine)) : rows.length === 0) return
      const by = many
        ? null
        : await namesOf(
            trx,
            person,
            mine.map(({ actor }) => actor),
          )
      const news = {
        rows: rows.filter((row) => !row.deleted_at),
        gone: rows.filter((row) => row.deleted_at).map(({ id }) => id),
        moved: mine.some(({ moved }) => moved),
        by,
      }
      for (const stream of group) streams.send(stream, many ? 'many' : 'rows', many ? {} : news)
    })
  }

  return {
    onNotice(notice: Notice) {
      if (streams.all().length === 0) return
      if (gathered.length < MAX_NOTICES) gathered.push(notice)
      else missed = true
      later()
    },
    /** Notices may have been lost: everybody reads again. */
    gap() {
      missed = true
      later()
    },
    close() {
      clearInterval(checking)
      clearTimeout(timer)
    },
  }
}

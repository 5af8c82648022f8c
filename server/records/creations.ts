/**
 * New rows from REST bodies. A new row may carry an idempotency key (`client_key`): the same body sent again because the
 * answer was lost answers the row that was made. Another body under that key is a conflict, with the row: nothing is
 * overwritten. Keys are per person.
 */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { badRequest, forbidden, notFound, Refusal } from '../errors.ts'
import { type Form, readRow } from '../forms/index.ts'
import { canonicalText, isId, isRecord } from '../requests.ts'
import { admit } from './checks.ts'
import { type BatchFaults, checkBody, faulty, noFaults } from './edits.ts'
import { groupBy } from './group_by.ts'
import { checkKeys } from './keys.ts'
import { type CampaignYear, campaignOf, readRows } from './read.ts'
import type { Relation } from './relation.ts'
import type { Candidate, Scope } from './scope.ts'
import { checkOpen, insertRows, writableFields } from './write.ts'

const wellFormed = /^[A-Za-z0-9_-]{8,64}$/
/** Nobody sends a row again after so long. */
const kept = '90 days'

/** The digest by which a repeated body is recognised, salted with the key, so that equal rows do not have equal digests. */
const digestOf = (key: string, cells: Record<string, unknown>) =>
  createHash('sha256')
    .update(`${key} ${canonicalText(cells)}`)
    .digest('hex')

type NewRow = { key: string | undefined; cells: Record<string, unknown> }
type CreatedRow = { id: number; digest: string | null }

/** The idempotency key of a new row, apart from its cells; undefined where it has none. */
function takeKey(body: Record<string, unknown>): NewRow {
  const { client_key: key, ...cells } = body
  if (key === undefined) return { key, cells: body }
  if (typeof key !== 'string' || !wellFormed.test(key))
    throw badRequest('client_key 应是 8 到 64 个字母、数字、“_”或“-”。')
  return { key, cells }
}

/**
 * Rows this person has made under these keys, by key. The same person's creations in a form come one after the other
 * from here on, so that a row sent twice at once is made once.
 */
async function madeBefore(trx: Trx, form: Form, keys: readonly string[]): Promise<Map<string, CreatedRow>> {
  if (keys.length === 0) return new Map()
  await sql`select pg_advisory_xact_lock(hashtext('app.creations ' || ${form.name}), app.me())`.execute(trx)
  const found = await sql<CreatedRow & { client_key: string }>`
    select c.client_key, c.row_id as id, c.body_digest as digest from creations c
    where c.form = ${form.name} and c.client_key = any (${keys}::text[])`.execute(trx)
  return new Map(found.rows.map(({ client_key, ...made }) => [client_key, made]))
}

/** Stores the keys of rows that have just been made; expired keys are deleted on the way. */
async function remember(trx: Trx, form: Form, made: readonly (CreatedRow & { key: string })[]): Promise<void> {
  if (made.length === 0) return
  await sql`delete from creations where created_at < now() - ${kept}::interval`.execute(trx)
  await sql`insert into creations (form, client_key, row_id, body_digest)
    select ${form.name}, x.key, x.id, x.digest
    from json_to_recordset(${JSON.stringify(made)}::json) as x (key text, id integer, digest text)`.execute(trx)
}

type Creating = Candidate & NewRow & { n: number; scope: string }

/**
 * New rows from bodies. All are checked before any is written; with a fault none is. A row that was made before, and is
 * sent again, is the row that was made.
 */
export async function createRows(
  trx: Trx,
  relation: Relation,
  person: Person,
  bodies: readonly unknown[],
): Promise<{ ids: number[]; faults: BatchFaults }> {
  const faults = noFaults()
  const { form, sight } = relation
  if (sight.insert.size === 0) throw forbidden()
  const given = bodies.map((body) => {
    if (!isRecord(body)) throw new Refusal(400, '每一行应是 {"栏目":值}。')
    return takeKey(body)
  })
  const keys = given.flatMap(({ key }) => key ?? [])
  if (new Set(keys).size < keys.length) throw new Refusal(400, 'client_key 一次只能用一遍。')
  const made = await madeBefore(trx, form, keys)
  const ids: number[] = []
  const again = given.flatMap(({ key, cells }, n) => {
    const row = key === undefined ? undefined : made.get(key)
    if (key === undefined || !row) return []
    ids[n] = row.id
    return [{ n, id: row.id, isSame: row.digest === digestOf(key, cells) }]
  })
  const fresh = [...given.entries()].filter(([n]) => ids[n] === undefined)
  const candidates = await readNew(trx, relation, person, fresh)
  const groups = groupBy(candidates, ({ scope }) => scope)
  for (const [key, group] of groups) {
    const scope = JSON.parse(key) as Scope
    const own = inForceIn(relation, scope.campaign_id)
    await checkOpen(trx, own, person, scope)
    await admit(trx, own.form, own.catalogue, scope, group)
    await checkKeys(trx, own.form, own.catalogue, scope, group)
    for (const { n, errors } of group) if (Object.keys(errors).length) faults.errors[n] = errors
  }
  await meetAgain(trx, relation, again, faults)
  if (faulty(faults)) return { ids, faults }
  for (const [key, group] of groups) {
    const scope = JSON.parse(key) as Scope
    const inserted = await insertRows(
      trx,
      inForceIn(relation, scope.campaign_id),
      scope,
      group.map(({ row }) => row),
    )
    for (const [i, { n }] of group.entries()) ids[n] = inserted[i] as number
  }
  const words = candidates.flatMap(({ n, key, cells }) =>
    key === undefined ? [] : [{ key, id: ids[n] as number, digest: digestOf(key, cells) }],
  )
  await remember(trx, form, words)
  return { ids, faults }
}

/** New rows understood, each with the scope it is for. */
async function readNew(
  trx: Trx,
  relation: Relation,
  person: Person,
  given: readonly (readonly [number, NewRow])[],
): Promise<Creating[]> {
  const frames = new Map<unknown, NewRowFrame>()
  const candidates: Creating[] = []
  for (const [n, { key, cells }] of given) {
    const { campaign, own, writable } =
      frames.get(cells.campaign_id) ?? frameFor(relation, await campaignOf(trx, cells.campaign_id))
    frames.set(cells.campaign_id, { campaign, own, writable })
    const { form } = own
    const unitId = form.scope === 'unit' ? (isId(cells.unit_id) ? cells.unit_id : person.unit_id) : null
    const { row, errors } = readRow(form, cells, { year: campaign.year })
    Object.assign(errors, checkBody(own, cells, writable, {}))
    candidates.push({
      n,
      key,
      cells,
      row,
      errors,
      scope: JSON.stringify({ campaign_id: campaign.id, unit_id: unitId }),
    })
  }
  return candidates
}

/** What new rows of one campaign are read by. */
type NewRowFrame = { campaign: CampaignYear; own: Relation; writable: ReadonlySet<string> }

function frameFor(relation: Relation, campaign: CampaignYear): NewRowFrame {
  const own = inForceIn(relation, campaign.id)
  const unit = own.form.scope === 'unit' ? ['unit_id'] : []
  return { campaign, own, writable: new Set([...writableFields(own, own.sight.insert), ...unit, 'campaign_id']) }
}

/** The form as the campaign of new rows has it; a form that is not in force there takes none. */
function inForceIn(relation: Relation, campaignId: number): Relation {
  const own = relation.form.scope === 'global' ? relation : relation.in(campaignId)
  if (!own) throw notFound(`这个年度没有“${relation.form.label}”这张表。`)
  return own
}

/** Rows that were made before and are sent again: the same body is answered with the row, another one is a conflict. */
async function meetAgain(
  trx: Trx,
  relation: Relation,
  again: readonly { n: number; id: number; isSame: boolean }[],
  faults: BatchFaults,
) {
  if (again.length === 0) return
  const rows = await readRows(
    trx,
    relation,
    again.map(({ id }) => id),
  )
  const stored = new Map(rows.map((row) => [row.id, row]))
  for (const { n, id, isSame } of again) {
    const row = stored.get(id)
    if (!row || row.deleted_at)
      faults.errors[n] = {
        [relation.form.names]: row ? '这一行存过，后来被删去了，在回收站里。' : '这一行存过，现在不在您的范围内。',
      }
    else if (!isSame) faults.conflicts[n] = row
  }
}

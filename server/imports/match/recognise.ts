// Which record each row of a file stands for, and what it would change of it. A row that carries a token (an exported
// workbook, edited away from the system) is merged three ways: as exported, as uploaded, as it is now (three_way.ts). Any
// other row is found by the keys of its form; what it says replaces what is there.
import { sql } from 'kysely'
import type { Trx } from '../../database/connection.ts'
import { type Form, fieldOf, type Row, sameValue } from '../../forms/index.ts'
import { admit } from '../../records/checks.ts'
import { checkUnique, findRecords } from '../../records/keys.ts'
import { readRows, type Stored } from '../../records/read.ts'
import type { Relation } from '../../records/relation.ts'
import type { Candidate, Scope } from '../../records/scope.ts'
import type { FoundRow } from '../read/file.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { Outcome } from '../tell/outcome.ts'
import type { Entry, Telling } from '../tell/rows.ts'
import type { Unit } from './above.ts'
import { readDays } from './bases.ts'
import { candidateOf, setTimes } from './candidates.ts'
import type { Choice } from './merge.ts'
import { originOf, tellDeleted } from './origins.ts'
import { joinTokened, type Tokened } from './three_way.ts'

export type Joining = Pick<Telling, 'touched' | 'told' | 'notes'> & {
  trx: Trx
  relation: Relation
  form: Form
  outcome: Outcome
  units: Unit[]
  /** When the transaction began: a record made then is a row of this very file, not one that was there. */
  began_at: string
  /** By unit: whether it had records of this form before; a first import has nothing to look up. */
  has_records: Map<number | null, boolean>
  /** What was decided about a cell that two people changed. */
  choiceOf?: (found: FoundRow, field: string) => Choice | undefined
}

/**
 * Admits the rows of one unit: references become ids, records are found, rules are checked. Faults are in the entries'
 * candidates, undecided cells in `conflicts`.
 */
export async function recognise(joining: Joining, plan: SheetPlan, scope: Scope, entries: Entry[]): Promise<void> {
  const { trx, relation, form } = joining
  const tokened: Tokened[] = []
  const others: Entry[] = []
  for (const entry of entries) {
    const origin = originOf(joining, plan, scope, entry)
    if (origin === 'none') others.push(entry)
    else if (origin !== 'refused') tokened.push({ entry, id: origin.id, version: origin.version, edited: {} })
  }
  if (tokened.length > 0) others.push(...(await joinTokened(joining, plan, scope, tokened)))
  await admit(
    trx,
    form,
    relation.catalogue,
    scope,
    others.map(({ candidate }) => candidate),
  )
  const timed = others.filter(({ found }) => found.times)
  const days = await readDays(
    trx,
    form,
    timed.map(({ found, candidate }) => ({ times: found.times, row: candidate.row })),
  )
  for (const entry of timed) setTimes(form, entry, entry.candidate.row, days)
  const late = await joinByKey(joining, scope, others)
  if (late.length > 0) await joinTokened(joining, plan, scope, late)
  await checkUnique(
    trx,
    form,
    relation.catalogue,
    scope,
    others.map(({ candidate }) => candidate),
  )
  for (const { entry, now, edited } of [...tokened, ...late])
    if (now?.deleted_at) tellDeleted(joining, plan, entry, edited)
}

/**
 * Finds the records that rows stand for; a row with one is judged again as it would stand: stored, with what is given.
 * Answers the rows whose record is another one, or another version, than their sender was shown: they are to be merged.
 */
async function joinByKey(joining: Joining, scope: Scope, entries: Entry[]): Promise<Tokened[]> {
  const { trx, relation, form } = joining
  if (entries.length === 0) return []
  const known = joining.has_records.get(scope.unit_id) ?? (await hasRecords(joining, scope))
  joining.has_records.set(scope.unit_id, known)
  if (!known) return entries.flatMap((entry) => changedSince(entry, undefined) ?? [])
  const references = form.keys.flat().filter((name) => fieldOf(form, name)?.type === 'reference')
  const keyed = entries.filter(({ candidate }) => !references.some((name) => typeof candidate.row[name] === 'string'))
  const ids = await findRecords(
    trx,
    form,
    relation.catalogue,
    scope,
    keyed.map(({ candidate }) => candidate.row),
  )
  const wanted = ids.filter((id) => id !== undefined)
  const stored = wanted.length === 0 ? [] : await readRows(trx, relation, [...new Set(wanted)])
  const record_of = new Map(stored.map((row) => [row.id, row]))
  const late: Tokened[] = []
  const again: Candidate[] = []
  for (const [index, entry] of keyed.entries()) {
    const record = record_of.get(ids[index] ?? 0)
    if (record?.created_at === joining.began_at) continue
    const changed = changedSince(entry, record)
    if (changed) {
      joining.notes.set(entry.found.n, '核对以后，别人改过这一行。')
      late.push(changed)
    }
    if (!record || changed) continue
    entry.stored = record
    entry.candidate = candidateOf(form, entry, record, entry.given)
    again.push(entry.candidate)
  }
  await admit(trx, form, relation.catalogue, scope, again)
  return late
}

/** The record a row is to be merged with, where it is not as its sender was shown. */
function changedSince(entry: Entry, record: Stored | undefined): Tokened | undefined {
  const { seen } = entry.found
  if (!seen) return undefined
  if (seen === 'none') return record && { entry, id: record.id, version: undefined, is_taken: true, edited: {} }
  if (record?.id === seen.id && record.version === seen.version) return undefined
  return { entry, id: seen.id, version: seen.version, edited: {} }
}

async function hasRecords({ trx, form }: Joining, { campaign_id, unit_id }: Scope): Promise<boolean> {
  const conditions = [sql`t.deleted_at is null`]
  if (form.scope !== 'global') conditions.push(sql`t.campaign_id = ${campaign_id}`)
  if (form.scope === 'unit') conditions.push(sql`t.unit_id = ${unit_id}`)
  const found = await sql<{ any: boolean }>`
    select exists (select from ${sql.table(form.name)} t where ${sql.join(conditions, sql` and `)}) as any`.execute(trx)
  return found.rows[0]?.any === true
}

/** What the row would change of its record; blank cells keep what is stored. Undefined: nothing. */
export function difference({ given, edited, candidate }: Entry, stored: Stored): Row | undefined {
  const changed = Object.keys(edited ?? given).filter((name) => !sameValue(candidate.row[name], stored[name]))
  return changed.length > 0 ? Object.fromEntries(changed.map((name) => [name, candidate.row[name] ?? null])) : undefined
}

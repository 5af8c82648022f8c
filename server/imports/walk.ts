// The walk that check and apply share: rows as they are read → references → records found by key → rules → written, in
// batches, in one transaction. What differs is only how the transaction ends.
import { sql } from 'kysely'
import { admit } from '../checks.ts'
import type { Person, Trx } from '../database.ts'
import { type Errors, fieldOf, type Row, sameText } from '../forms/index.ts'
import { findRecords } from '../keys.ts'
import type { Relation } from '../query.ts'
import { readRows, type Stored } from '../records.ts'
import type { Candidate, Scope } from '../scope.ts'
import { type Change, insertRows, updateRows, whyLocked, writableFields } from '../writes.ts'
import { checkReportingUnit, fixReferences, type Unit } from './above.ts'
import { duplicateFinder } from './duplicates.ts'
import { addError, addSheet, emptyOutcome, endSheet, type Outcome } from './outcome.ts'
import type { SheetPlan } from './plan.ts'
import type { FoundRow, Message } from './reading.ts'
import { type Entry, isRepeated, type Telling, tellErrors, tellForeign } from './telling.ts'

const BATCH = 4_000

export type Walk = {
  trx: Trx
  relation: Relation
  person: Person
  scope: Scope
  messages: AsyncIterable<Message>
  /** Told after every batch; throws to stop. */
  onProgress: (rows_done: number) => void
}

type Walking = Walk &
  Telling & {
    units: Unit[]
    is_open?: boolean
    /** By unit: whether it had records of this form before; a first import has nothing to look up. */
    has_records: Map<number | null, boolean>
    /** The insert that PostgreSQL is busy with while the next batch is made ready; awaited before the next one. */
    writing: Promise<unknown>
  }

/** Walks a file through the transaction and answers what became of it. Faults are in the outcome, not thrown. */
export async function walk(given: Walk): Promise<Outcome> {
  const form = given.relation.form
  const units = await sql<Unit>`select id, name, short_name from units where deleted_at is null`.execute(given.trx)
  const walking: Walking = {
    ...given,
    form,
    outcome: emptyOutcome(),
    units: units.rows,
    findDuplicate: duplicateFinder(form),
    touched: new Map(),
    told: new Set(),
    has_records: new Map(),
    writing: Promise.resolve(),
  }
  try {
    await walkSheets(walking)
  } catch (error) {
    // a failed insert makes the statements behind it fail too: its own error is the one to tell
    await walking.writing
    throw error
  }
  await walking.writing
  return walking.outcome
}

async function walkSheets(walking: Walking): Promise<void> {
  const { outcome, form } = walking
  let plan: SheetPlan | undefined
  let rows: FoundRow[] = []
  const flush = async () => {
    if (plan && rows.length > 0) await takeRows(walking, plan, rows)
    rows = []
    walking.onProgress(outcome.rows)
  }
  for await (const message of walking.messages) {
    if (message.kind === 'rows') {
      rows.push(...message.rows)
      if (rows.length >= BATCH) await flush()
    } else if (message.kind === 'sheet') {
      plan = message.plan
      await fixReferences(walking, plan)
      addSheet(outcome, form, plan)
      checkReportingUnit(walking, plan)
    } else if (message.kind === 'sheet_end') {
      await flush()
      const sheet = outcome.sheets.at(-1)
      if (sheet && plan) endSheet(outcome, sheet, plan, message.end, form.scope === 'campaign')
    } else {
      const { name, note } = message
      outcome.sheets.push({ name, heading_row: null, rows: 0, columns: [], ignored: [], notes: [note] })
    }
  }
}

async function takeRows(walking: Walking, plan: SheetPlan, rows: FoundRow[]): Promise<void> {
  const { outcome, scope } = walking
  outcome.rows += rows.length
  const sheet = outcome.sheets.at(-1)
  if (sheet) sheet.rows += rows.length
  const groups = new Map<number | null, FoundRow[]>()
  for (const row of rows) {
    const unit = plan.unit_column === null || !row.unit ? scope.unit_id : unitNamed(walking, row.unit)
    if (unit === undefined) {
      const message = `没有“${row.unit}”这个填报单位。`
      addError(outcome, plan.name, { row: row.number, column: plan.unit_column ?? 0, field: 'unit_id', message })
      outcome.wrong++
      continue
    }
    const group = groups.get(unit)
    if (group) group.push(row)
    else groups.set(unit, [row])
  }
  for (const [unit_id, group] of groups) await takeUnit(walking, plan, { ...scope, unit_id }, group)
}

function unitNamed(walking: Walking, name: string): number | undefined {
  const words = sameText(name)
  return walking.units.find((unit) => sameText(unit.name) === words || sameText(unit.short_name) === words)?.id
}

/** The rows of one unit: admitted, found, told apart, written. */
async function takeUnit(walking: Walking, plan: SheetPlan, scope: Scope, rows: FoundRow[]): Promise<void> {
  const { trx, relation, form } = walking
  const entries = rows.map((found): Entry => {
    const given: Row = plan.fixed_ids ? { ...found.values, ...plan.fixed_ids } : found.values
    return { found, given, candidate: { row: given, errors: cellErrors(found), beside: found.beside } }
  })
  await admit(
    trx,
    form,
    relation.catalogue,
    scope,
    entries.map(({ candidate }) => candidate),
  )
  await joinStored(walking, scope, entries)
  for (const entry of entries) refuseOthersFields(walking, entry)
  const creates: Entry[] = []
  const updates: { entry: Entry; change: Change }[] = []
  for (const entry of entries) {
    if (Object.keys(entry.candidate.errors).length > 0) {
      tellErrors(walking, plan, entry)
      continue
    }
    if (isRepeated(walking, plan, scope, entry)) continue
    const { stored } = entry
    const values = stored ? difference(entry, stored) : undefined
    if (!stored) creates.push(entry)
    else if (!values) walking.outcome.unchanged++
    else updates.push({ entry, change: { id: stored.id, version: stored.version, values } })
  }
  if (scope.unit_id !== walking.scope.unit_id) {
    for (const entry of [...creates, ...updates.map(({ entry }) => entry)]) tellForeign(walking, plan, entry)
    return
  }
  await writeCreates(walking, scope, creates)
  await writeUpdates(walking, plan, updates)
}

/** What somebody else fills (an opinion, a decision) may stand in the file only as it is stored: never silently dropped. */
function refuseOthersFields({ relation, form }: Walking, { given, candidate, stored }: Entry): void {
  const { insert, update } = relation.sight
  const writable = writableFields(relation, stored ? update : insert)
  for (const [name, value] of Object.entries(given)) {
    if (writable.has(name) || value === null || (stored && same(value, stored[name]))) continue
    candidate.errors[name] ??= `${fieldOf(form, name)?.label}不由本单位填，请清空这一格。`
  }
}

const cellErrors = (found: FoundRow): Errors => {
  const errors: Errors = {}
  for (const error of found.errors ?? []) if (error.field) errors[error.field] ??= error.message
  return errors
}

/** Finds the records that rows stand for; a row with one is judged again as it would stand: stored, with what is given. */
async function joinStored(walking: Walking, scope: Scope, entries: Entry[]): Promise<void> {
  const { trx, relation, form } = walking
  const known = walking.has_records.get(scope.unit_id) ?? (await hasRecords(walking, scope))
  walking.has_records.set(scope.unit_id, known)
  if (!known) return
  // a name that is no record's yet can't be compared with ids
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
  if (wanted.length === 0) return
  const stored = new Map((await readRows(trx, relation, [...new Set(wanted)])).map((row) => [row.id, row]))
  const again: Candidate[] = []
  for (const [index, entry] of keyed.entries()) {
    const record = stored.get(ids[index] ?? 0)
    if (!record) continue
    entry.stored = record
    const kept = Object.fromEntries(form.fields.map(({ name }) => [name, record[name] ?? null]))
    entry.candidate = {
      id: record.id,
      row: { ...kept, ...entry.given },
      errors: cellErrors(entry.found),
      beside: entry.found.beside,
      changed: new Set(Object.keys(entry.given)),
    }
    again.push(entry.candidate)
  }
  await admit(trx, form, relation.catalogue, scope, again)
}

async function hasRecords({ trx, form }: Walking, { campaign_id, unit_id }: Scope): Promise<boolean> {
  const conditions = [sql`t.deleted_at is null`]
  if (form.scope !== 'global') conditions.push(sql`t.campaign_id = ${campaign_id}`)
  if (form.scope === 'unit') conditions.push(sql`t.unit_id = ${unit_id}`)
  const found = await sql<{ any: boolean }>`
    select exists (select from ${sql.table(form.name)} t where ${sql.join(conditions, sql` and `)}) as any`.execute(trx)
  return found.rows[0]?.any === true
}

const same = (a: unknown, b: unknown) =>
  (a ?? null) === (b ?? null) || JSON.stringify(a ?? null) === JSON.stringify(b ?? null)

/** What the row would change of its record; blank cells keep what is stored. Undefined: nothing. */
function difference({ given, candidate }: Entry, stored: Stored): Row | undefined {
  const changed = Object.keys(given).filter((name) => !same(candidate.row[name], stored[name]))
  return changed.length > 0 ? Object.fromEntries(changed.map((name) => [name, candidate.row[name] ?? null])) : undefined
}

async function writeCreates(walking: Walking, scope: Scope, creates: Entry[]): Promise<void> {
  if (creates.length === 0) return
  const { trx, relation, person, form } = walking
  if (form.scope === 'unit' && walking.is_open === undefined) {
    const open = await sql`select from app.open_units(app.annex(${form.name})) o
      where o.campaign_id = ${scope.campaign_id} and o.unit_id = ${scope.unit_id}`.execute(trx)
    walking.is_open = open.rows.length > 0
    const row = { campaign_id: scope.campaign_id, unit_id: scope.unit_id ?? 0, status: 'draft' }
    if (!walking.is_open) throw await whyLocked(trx, relation, person, row)
  }
  await walking.writing
  walking.writing = insertRows(
    trx,
    relation,
    scope,
    creates.map(({ candidate }) => candidate.row),
  )
  walking.writing.catch(() => undefined)
  walking.outcome.create += creates.length
}

async function writeUpdates(
  walking: Walking,
  plan: SheetPlan,
  updates: { entry: Entry; change: Change }[],
): Promise<void> {
  if (updates.length === 0) return
  const { trx, relation, person, outcome } = walking
  const written = await updateRows(
    trx,
    relation,
    updates.map(({ change }) => change),
  )
  outcome.update += written.size
  const reasons = new Map<string, string>()
  for (const { entry, change } of updates) {
    if (written.has(change.id) || !entry.stored) continue
    // why it is locked depends on the row's state only
    const state = `${entry.stored.unit_id} ${entry.stored.status}`
    const reason = reasons.get(state) ?? (await whyLocked(trx, relation, person, entry.stored)).message
    reasons.set(state, reason)
    const [name] = Object.keys(change.values)
    entry.candidate.errors = { [name ?? '']: reason }
    tellErrors(walking, plan, entry)
  }
}

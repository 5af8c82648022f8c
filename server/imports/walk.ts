// The walk that check and apply share: rows as they are read → references → records found by key → rules → written, in
// batches, in one transaction. What differs is only how the transaction ends.
import { sql } from 'kysely'
import type { Person, Trx } from '../database.ts'
import { fieldOf, type Row, sameText } from '../forms/index.ts'
import type { Relation } from '../query.ts'
import type { Scope } from '../scope.ts'
import { addRows, type Change, updateRows, whyLocked, writableFields } from '../writes.ts'
import { checkReportingUnit, fixReferences, type Unit } from './above.ts'
import { duplicateFinder } from './duplicates.ts'
import { cellErrors, difference, type Joining, recognise } from './joining.ts'
import { sameValue } from './merge.ts'
import { addError, addSheet, emptyOutcome, endSheet, type Outcome } from './outcome.ts'
import type { SheetPlan } from './plan.ts'
import type { FoundRow, Message } from './reading.ts'
import { type Entry, isRepeated, type Telling, tellErrors, tellForeign } from './telling.ts'
import { visitCounter, visitsInWords } from './visits.ts'

/** Large enough that a statement's own cost is lost in it, small enough that a request beside it hardly waits. */
const BATCH = 2_000

export type Walk = {
  trx: Trx
  relation: Relation
  person: Person
  scope: Scope
  messages: AsyncIterable<Message>
  /** Told after every batch; throws to stop. */
  onProgress: (rows_done: number) => void
  /** What was decided about cells that two people changed. */
  choiceOf?: Joining['choiceOf']
}

type Walking = Walk &
  Telling & {
    units: Unit[]
    is_open?: boolean
    /** By unit: whether it had records of this form before; a first import has nothing to look up. */
    has_records: Map<number | null, boolean>
    /** The insert that PostgreSQL is busy with while the next batch is made ready; awaited before the next one. */
    writing: Promise<unknown>
    countVisits: ReturnType<typeof visitCounter>
    /** The batch before, looked up and not yet judged. */
    pending?: () => Promise<void>
  }

/** Walks a file through the transaction and answers what became of it. Faults are in the outcome, not thrown. */
export async function walk(given: Walk): Promise<Outcome> {
  const form = given.relation.form
  const units = await sql<Unit>`select id, name, short_name from units where deleted_at is null`.execute(given.trx)
  const walking: Walking = {
    ...given,
    scope: { ...given.scope, known: new Map() },
    form,
    outcome: emptyOutcome(),
    units: units.rows,
    findDuplicate: duplicateFinder(form),
    touched: new Map(),
    told: new Set(),
    has_records: new Map(),
    writing: Promise.resolve(),
    countVisits: visitCounter(form),
  }
  try {
    await walkSheets(walking)
    await judgePending(walking)
  } catch (error) {
    // a failed insert makes the statements behind it fail too: its own error is the one to tell
    await walking.writing
    throw error
  }
  await walking.writing
  const { sheets, visits } = walking.outcome
  if (visits) sheets.findLast(({ heading_row }) => heading_row !== null)?.notes.push(visitsInWords(visits))
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
      await judgePending(walking)
      const sheet = outcome.sheets.at(-1)
      if (sheet && plan) endSheet(outcome, sheet, plan, message.end, form.scope === 'campaign')
    } else if (message.kind === 'skipped') {
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
  const entries = rows.map((found): Entry => {
    const given: Row = plan.fixed_ids ? { ...found.values, ...plan.fixed_ids } : found.values
    return { found, given, candidate: { row: given, errors: cellErrors(found), beside: found.beside } }
  })
  // a series is held against rows just written, and a merge against records just met: they take batch after batch
  const is_overlapping = !walking.form.series && !rows.some(({ origin }) => origin)
  if (!is_overlapping) await judgePending(walking)
  const recognised = recognise(walking, plan, scope, entries)
  recognised.catch(() => undefined)
  if (is_overlapping) {
    // PostgreSQL looks this batch up while the one before is judged; requests get their turn in between
    await new Promise(setImmediate)
    await judgePending(walking)
  }
  walking.pending = async () => {
    await recognised
    await judge(walking, plan, scope, entries)
  }
  if (!is_overlapping) await judgePending(walking)
}

async function judgePending(walking: Walking): Promise<void> {
  const { pending } = walking
  walking.pending = undefined
  await pending?.()
}

/** Rows that are looked up, told apart and written. */
async function judge(walking: Walking, plan: SheetPlan, scope: Scope, entries: Entry[]): Promise<void> {
  for (const entry of entries) refuseOthersFields(walking, entry)
  const creates: Entry[] = []
  const updates: { entry: Entry; change: Change }[] = []
  const taken: Row[] = []
  for (const entry of entries) {
    if (entry.is_left_alone) {
      walking.outcome.unchanged++
      continue
    }
    if (Object.keys(entry.candidate.errors).length > 0) {
      tellErrors(walking, plan, entry)
      continue
    }
    if (entry.conflicts) {
      if (scope.unit_id !== walking.scope.unit_id) tellForeign(walking, plan, entry)
      else walking.outcome.conflicts++
      continue
    }
    if (isRepeated(walking, plan, scope, entry)) continue
    taken.push(entry.candidate.row)
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
  await walking.countVisits(walking.trx, scope, taken, walking.outcome)
  await writeCreates(walking, scope, creates)
  await writeUpdates(walking, plan, updates)
}

/** What somebody else fills (an opinion, a decision) may stand in the file only as it is stored: never silently dropped. */
function refuseOthersFields({ relation, form }: Walking, { given, edited, candidate, stored }: Entry): void {
  const { insert, update } = relation.sight
  const writable = writableFields(relation, stored ? update : insert)
  for (const [name, value] of Object.entries(edited ?? given)) {
    if (writable.has(name) || sameValue(value, stored?.[name])) continue
    candidate.errors[name] ??= `${fieldOf(form, name)?.label}不由本单位填，请清空这一格。`
  }
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
  walking.writing = addRows(
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

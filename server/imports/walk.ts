// The walk that check and apply share: rows as they are read → references → records found by key → rules → written, in
// batches, in one transaction. What differs is only how the transaction ends.
import { sql } from 'kysely'
import { admit, type Candidate, findRecords, type Scope } from '../checks.ts'
import type { Person, Trx } from '../database.ts'
import { type Errors, type Field, type Form, fieldOf, type Related, type Row, sameText } from '../forms/index.ts'
import type { Relation } from '../query.ts'
import { type Change, insertRows, readRows, type Stored, updateRows, whyLocked } from '../records.ts'
import { cellAddress } from '../workbook/read.ts'
import { duplicateFinder } from './duplicates.ts'
import { addDuplicate, addError, addSheet, addWarning, emptyOutcome, endSheet, type Outcome } from './outcome.ts'
import type { FoundRow, Message, SheetPlan } from './reading.ts'

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

type Unit = { id: number; name: string; short_name: string }
type Walking = Walk & {
  form: Form
  outcome: Outcome
  units: Unit[]
  findDuplicate: ReturnType<typeof duplicateFinder>
  /** Records this file has already met. */
  touched: Map<number, { sheet: string; row: number }>
  /** Sentences that concern a whole sheet and are told once. */
  told: Set<string>
  is_open?: boolean
  /** By unit: whether it had records of this form before; a first import has nothing to look up. */
  has_records: Map<number | null, boolean>
}

type Entry = { found: FoundRow; candidate: Candidate; given: Row; wrong: boolean; stored?: Stored }

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
  }
  const { outcome } = walking
  let plan: SheetPlan | undefined
  let rows: FoundRow[] = []
  const flush = async () => {
    if (plan && rows.length > 0) await takeRows(walking, plan, rows)
    rows = []
    given.onProgress(outcome.rows)
  }
  for await (const message of given.messages) {
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
      if (sheet && plan) endSheet(outcome, sheet, plan, message.end)
    } else {
      const { name, note } = message
      outcome.sheets.push({ name, heading_row: null, rows: 0, columns: [], ignored: [], notes: [note] })
    }
  }
  return outcome
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
    const given: Row = { ...found.values, ...plan.fixed_ids }
    return { found, given, candidate: { row: given, errors: cellErrors(found), beside: found.beside }, wrong: false }
  })
  await admit(
    trx,
    form,
    relation.catalogue,
    scope,
    entries.map(({ candidate }) => candidate),
  )
  await joinStored(walking, scope, entries)
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
  const key_fields = new Set(form.keys.flat())
  const keyed = entries.filter(({ candidate }) => !Object.keys(candidate.errors).some((name) => key_fields.has(name)))
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

function isRepeated(
  walking: Walking,
  plan: SheetPlan,
  scope: Scope,
  { found, candidate, given, stored }: Entry,
): boolean {
  const { form, outcome, touched } = walking
  const place = { sheet: plan.name, row: found.number }
  const content = form.fields.map(({ name }) => (name in given ? (candidate.row[name] ?? null) : null))
  const twin = walking.findDuplicate(String(scope.unit_id), candidate.row, content, place)
  const met = stored && touched.get(stored.id)
  if (!twin && !met) {
    if (stored) touched.set(stored.id, place)
    return false
  }
  const of = twin?.of ?? met ?? place
  const kind = twin?.identical ? 'identical' : 'conflict'
  const key = form.keys.find((names) => names.every((name) => candidate.row[name] != null)) ?? []
  const label = key.map((name) => fieldOf(form, name)?.label ?? name).join('、')
  const column = plan.column_of[key.at(-1) ?? ''] ?? 0
  const of_cell = cellAddress(column, of.row, of.sheet)
  addDuplicate(outcome, {
    sheet: plan.name,
    row: found.number,
    of: of.row,
    kind,
    cell: cellAddress(column, found.number, plan.name),
    of_cell,
    message:
      kind === 'identical'
        ? `与 ${of.sheet}!第 ${of.row} 行完全相同，只记一条。`
        : `${label}与 ${of_cell} 相同，其他内容不同，这一行没有采用，请核对。`,
  })
  return true
}

function tellErrors(walking: Walking, plan: SheetPlan, { found, candidate }: Entry): void {
  const { outcome, told } = walking
  outcome.wrong++
  for (const [name, message] of Object.entries(candidate.errors)) {
    const own = found.errors?.find((error) => error.field === name)
    const column = own?.column ?? plan.column_of[name]
    if (column !== undefined) addError(outcome, plan.name, { row: found.number, column, field: name, message })
    else tellOnce(walking, plan, told, name, message)
  }
}

/** A fault without a cell of its own: a column that is missing, or a value from above the heading. Told once a sheet. */
function tellOnce(walking: Walking, plan: SheetPlan, told: Set<string>, name: string, message: string): void {
  const fixed = plan.fixed[name]?.[0]
  const label = fieldOf(walking.form, name)?.label ?? name
  const said = fixed || !message.startsWith('必填') ? message : `表里没有“${label}”这一栏，它是必填的。`
  const once = `${plan.name} ${name} ${said}`
  if (told.has(once)) return
  told.add(once)
  const place = fixed ?? { row: plan.heading_row, column: plan.columns[0]?.column ?? 0 }
  addError(walking.outcome, plan.name, { row: place.row, column: place.column, field: name, message: said })
}

function tellForeign(walking: Walking, plan: SheetPlan, { found }: Entry): void {
  walking.outcome.wrong++
  const message = `这一行是${found.unit}的，内容只能由填报单位自己改。`
  addError(walking.outcome, plan.name, { row: found.number, column: plan.unit_column ?? 0, field: 'unit_id', message })
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
  await insertRows(
    trx,
    relation,
    scope,
    creates.map(({ candidate }) => candidate.row),
  )
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

// What stands above the heading -------------------------------------------------------------------------------------

/** A reference that holds for the whole sheet (its activity): the first of its possible names that is a record's. */
async function fixReferences({ trx, relation, form, scope }: Walking, plan: SheetPlan): Promise<void> {
  for (const [name, options] of Object.entries(plan.fixed)) {
    const beside: Record<string, Row> | undefined = plan.fixed_beside[name] && { [name]: plan.fixed_beside[name] }
    const candidates = options.map(({ value }): Candidate & { related?: Related } => ({
      row: { [name]: value },
      errors: {},
      beside,
    }))
    await admit(trx, form, relation.catalogue, scope, candidates)
    const at = candidates.findIndex(({ row, errors }) => typeof row[name] === 'number' && !errors[name])
    const chosen = options[Math.max(at, 0)]
    const id = at < 0 ? chosen?.value : candidates[at]?.row[name]
    plan.fixed_ids = { ...plan.fixed_ids, [name]: id ?? null }
    if (chosen) plan.fixed[name] = [chosen]
    const label = (fieldOf(form, name) as Field).label
    if (at >= 0) plan.notes.push(`${label}按“${chosen?.value}”记入每一行。`)
  }
}

function checkReportingUnit({ units, scope, outcome }: Walking, plan: SheetPlan): void {
  const own = units.find(({ id }) => id === scope.unit_id)
  const said = plan.reporting_unit
  if (!own || !said || sameText(said.value).includes(sameText(own.short_name))) return
  const message = `表头写的填报单位是“${said.value}”，现在导入到${own.name}，请核对。`
  addWarning(outcome, plan.name, cellAddress(said.column, said.row, plan.name), message)
}

// Which record each row of a file stands for, and what it would change of it. A row that carries a token (an exported
// workbook, edited away from the system) is merged three ways: as exported, as uploaded, as it is now. Any other row is
// found by the keys of its form; what it says replaces what is there.
import { sql } from 'kysely'
import { admit } from '../checks.ts'
import type { Trx } from '../database.ts'
import {
  type Errors,
  type Field,
  type Form,
  fieldOf,
  labelOf,
  printField,
  type Row,
  type Value,
} from '../forms/index.ts'
import { checkKeys, findRecords } from '../keys.ts'
import type { Relation } from '../query.ts'
import { readRows, type Stored } from '../records.ts'
import type { Candidate, Scope } from '../scope.ts'
import { cellAddress } from '../workbook/read.ts'
import type { Origin } from '../workbook/tokens.ts'
import type { Unit } from './above.ts'
import { type Named, readBases, readDays, readNamed } from './bases.ts'
import { type Choice, type Conflict, differing, mergeCells, sameValue } from './merge.ts'
import { addWarning, type Outcome } from './outcome.ts'
import type { SheetPlan } from './plan.ts'
import type { FoundRow } from './reading.ts'
import type { Entry, InWords, Telling } from './telling.ts'

export type Joining = Pick<Telling, 'touched' | 'told'> & {
  trx: Trx
  relation: Relation
  form: Form
  outcome: Outcome
  units: Unit[]
  /** By unit: whether it had records of this form before; a first import has nothing to look up. */
  has_records: Map<number | null, boolean>
  /** What was decided about a cell that two people changed. */
  choiceOf?: (found: FoundRow, field: string) => Choice | undefined
}

/** A row that came with a token, held against the record the token names. */
type Tokened = {
  entry: Entry
  id: number
  /** Undefined: taken as it is now, as if it had been exported just before. */
  version: number | undefined
  now?: Stored
  base?: Row
  /** What the person changed of what was exported: names of references still as typed. */
  edited: Row
  named?: Named
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
  await joinByKey(joining, scope, others)
  for (const { entry, now, edited } of tokened) if (now?.deleted_at) tellDeleted(joining, plan, entry, edited)
}

export const cellErrors = (found: FoundRow): Errors => {
  const errors: Errors = {}
  for (const error of found.errors ?? []) if (error.field) errors[error.field] ??= error.message
  return errors
}

/** A time alone becomes a moment of the day that the record referred to says. */
function setTimes(form: Form, entry: Entry, row: Row, days: ReadonlyMap<string, string>): void {
  for (const [name, time] of Object.entries(entry.found.times ?? {})) {
    const reference = fieldOf(form, name)?.day_from?.[0] ?? ''
    const day = days.get(`${reference} ${row[reference]}`)
    if (!day) continue
    entry.given = { ...entry.given, [name]: `${day}T${time}` }
    entry.candidate.row[name] = `${day}T${time}`
  }
}

// Tokens -----------------------------------------------------------------------------------------------------------

/** The record a row was exported from, if it was exported from here; what comes from elsewhere is told. */
function originOf(joining: Joining, plan: SheetPlan, scope: Scope, entry: Entry): Origin | 'none' | 'refused' {
  const { form, units, outcome } = joining
  const { found, candidate } = entry
  const { origin } = found
  if (!origin) return 'none'
  if (origin === 'damaged') {
    tellRow(joining, plan, found, '这一行的行标识改动过，按关键栏目查找。')
    return 'none'
  }
  const unit = units.find(({ id }) => id === origin.unit_id)?.name ?? '别的单位'
  // on a 签到表 stand people who are expected: who has not signed did not come
  if (isExpected(form, origin) && origin.unit_id === scope.unit_id) {
    const has_signed =
      found.times?.signed_at !== undefined || found.values.signed_at != null || found.errors !== undefined
    if (has_signed) return 'none'
    entry.is_left_alone = true
    const once = `${plan.name} expected`
    if (!joining.told.has(once)) outcome.sheets.at(-1)?.notes.push('印好的人里，没有签到时间的没有记入。')
    joining.told.add(once)
    return 'refused'
  }
  if (origin.form !== form.name)
    candidate.errors[form.names] = '这一行是从另一张表里连同隐藏的行标识复制来的，请在新插入的空行里重新填写。'
  else if (origin.unit_id !== (scope.unit_id ?? 0))
    candidate.errors[form.names] =
      `这一行是从${unit}的表里复制来的，不能写入本单位。确是本单位的，请在新插入的空行里填写。`
  else if (form.scope !== 'global' && origin.campaign_id !== scope.campaign_id) {
    tellRow(joining, plan, found, '这一行是从别的年度的表里复制来的，按新的一行处理。')
    return 'none'
  } else return origin
  return 'refused'
}

const isExpected = (form: Form, origin: Origin) => form.name === 'attendance' && origin.form === 'propagandists'

function tellRow({ form, outcome }: Joining, plan: SheetPlan, { number }: FoundRow, message: string): void {
  addWarning(outcome, plan.name, cellAddress(plan.column_of[form.names] ?? 0, number, plan.name), message)
}

/** Merges the rows whose record is clear; answers those that are to be found by key after all. */
async function joinTokened(joining: Joining, plan: SheetPlan, scope: Scope, given: Tokened[]): Promise<Entry[]> {
  await hold(joining, plan, given)
  const others: Entry[] = []
  const there: Tokened[] = []
  for (const each of given) {
    const { entry, now } = each
    if (!now)
      entry.candidate.errors[joining.form.names] =
        '这一行在系统里已经没有了。要作为新的一行写入，请在新插入的空行里填写。'
    else if (now.deleted_at) others.push(entry)
    else there.push(each)
  }
  const sure = await settle(joining, plan, scope, there)
  others.push(...there.filter((each) => !sure.includes(each)).map(({ entry }) => entry))
  await mergeRows(joining, scope, sure)
  return others
}

/** Reads record and base of each row and finds what the person changed. */
async function hold({ trx, relation, form }: Joining, plan: SheetPlan, given: Tokened[]): Promise<void> {
  const stored = new Map(
    (await readRows(trx, relation, [...new Set(given.map(({ id }) => id))])).map((row) => [row.id, row]),
  )
  const bases = await readBases(trx, form, given, stored)
  const days = await readDays(
    trx,
    form,
    given.map(({ id, entry }) => ({ times: entry.found.times, row: stored.get(id) })),
  )
  for (const each of given) {
    each.now = stored.get(each.id)
    each.base = bases.get(each)
    if (each.now) setTimes(form, each.entry, each.now, days)
  }
  const named = await readNamed(
    trx,
    form,
    given.flatMap(({ entry, base }) => (base ? [{ given: entry.given, base }] : [])),
  )
  for (const each of given) {
    each.named = named
    each.edited = editedOf(form, plan, named, each)
  }
}

function editedOf(form: Form, plan: SheetPlan, named: Named, { entry, base, now }: Tokened): Row {
  const edited: Row = {}
  const { given, found } = entry
  for (const name of differing(given, base ?? now ?? {})) {
    const value = given[name] ?? null
    const field = fieldOf(form, name)
    if (field?.type === 'reference' && typeof value === 'string') {
      // the column is not in the file, and what stands above the heading names no record
      if (!(name in plan.column_of)) continue
      if (named.isSame(field, value, found.beside?.[name], base?.[name])) continue
    }
    edited[name] = value
  }
  return edited
}

/**
 * Rows whose key the person changed may have been copied, or sorted without their hidden column: then the key says which
 * record they stand for. Answers the rows whose record is sure; the rest is new.
 */
async function settle(joining: Joining, plan: SheetPlan, scope: Scope, there: Tokened[]): Promise<Tokened[]> {
  const { trx, relation, form, touched } = joining
  const keys = new Set(form.keys.flat())
  const has_other_key = ({ edited }: Tokened) => Object.keys(edited).some((name) => keys.has(name))
  const sure = there.filter((each) => !has_other_key(each))
  const doubtful = there.filter(has_other_key)
  if (doubtful.length === 0) return sure
  const claimed = new Set(sure.map(({ id }) => id))
  const versions = new Map(there.map(({ id, version }) => [id, version]))
  const candidates = doubtful.map(
    ({ entry }): Candidate => ({ row: { ...entry.given }, errors: {}, beside: entry.found.beside }),
  )
  await admit(trx, form, relation.catalogue, scope, candidates)
  const rows = candidates.map(({ row }) => row)
  const ids = await findRecords(
    trx,
    form,
    relation.catalogue,
    scope,
    rows.map((row) => withoutNames(form, row)),
  )
  const others = doubtful.map(({ entry, id }, at): Tokened | undefined =>
    ids[at] === undefined || ids[at] === id
      ? undefined
      : { entry, id: ids[at], version: versions.get(ids[at]), edited: {} },
  )
  await hold(
    joining,
    plan,
    others.filter((other) => other !== undefined),
  )
  for (const [at, each] of doubtful.entries()) {
    const other = others[at]
    // more like the record its key names than like the one its token names
    if (other && Object.keys(other.edited).length < Object.keys(each.edited).length) Object.assign(each, other)
    else if (ids[at] === undefined && (claimed.has(each.id) || touched.has(each.id))) continue
    claimed.add(each.id)
    sure.push(each)
  }
  return sure
}

/** A name that is no record's yet can't be compared with ids. */
const withoutNames = (form: Form, row: Row): Row =>
  Object.fromEntries(
    Object.entries(row).filter(
      ([name, value]) => typeof value !== 'string' || fieldOf(form, name)?.type !== 'reference',
    ),
  )

async function mergeRows(joining: Joining, scope: Scope, tokened: Tokened[]): Promise<void> {
  const { trx, relation, form } = joining
  const changed = tokened.filter(({ entry, edited, now }) => {
    entry.stored = now
    entry.candidate = candidateOf(form, entry, now as Stored, edited)
    entry.edited = edited
    return Object.keys(edited).length > 0 || entry.found.errors
  })
  const candidates = () => changed.map(({ entry }) => entry.candidate)
  await admit(trx, form, relation.catalogue, scope, candidates())
  const again: Candidate[] = []
  for (const each of changed) {
    const { entry, base, now, edited } = each
    const typed = entry.candidate
    const mine = Object.fromEntries(
      Object.keys(edited).flatMap((name) => (typed.errors[name] ? [] : [[name, typed.row[name] ?? null]])),
    )
    const choose = (name: string) => joining.choiceOf?.(entry.found, name)
    const merged = mergeCells({ mine, base, theirs: now as Stored }, choose)
    const asked = Object.entries(merged.conflicts)
    const left_out = Object.keys(mine).filter((name) => !(name in merged.changes))
    entry.edited = { ...edited, ...mine }
    for (const name of left_out) delete entry.edited[name]
    if (asked.length > 0)
      entry.conflicts = Object.fromEntries(asked.map(([name, conflict]) => [name, inWords(form, name, conflict, each)]))
    if (left_out.length === 0) continue
    entry.candidate = candidateOf(form, entry, now as Stored, entry.edited)
    again.push(entry.candidate)
  }
  if (again.length > 0) await admit(trx, form, relation.catalogue, scope, again)
  await checkKeys(trx, form, relation.catalogue, scope, candidates())
}

/** The row as it would stand: as stored, with what is given. */
function candidateOf(form: Form, { found }: Entry, stored: Stored, given: Row): Candidate {
  const kept = Object.fromEntries(form.fields.map(({ name }) => [name, stored[name] ?? null]))
  return {
    id: stored.id,
    row: { ...kept, ...given },
    errors: cellErrors(found),
    beside: found.beside,
    changed: new Set(Object.keys(given)),
  }
}

/** The three sides of a conflict as people read them. */
function inWords(form: Form, name: string, conflict: Conflict, { entry, now, named }: Tokened): InWords {
  const field = fieldOf(form, name) as Field
  const words = (value: Value) => (field.type === 'reference' ? nameOf(value) : printField(field, value))
  const nameOf = (id: Value) => {
    if (id === null) return ''
    return sameValue(id, now?.[name]) ? String(now?.[labelOf(name)] ?? id) : (named?.nameOf(field, id) ?? `编号 ${id}`)
  }
  const { base, theirs, mine } = conflict
  const typed = field.type === 'reference' ? entry.given[name] : undefined
  return { base: words(base), theirs: words(theirs), mine: typeof typed === 'string' ? typed : words(mine) }
}

/** Deleted by somebody meanwhile: as it was left, it stays away; with edits, the person has to know. */
function tellDeleted(joining: Joining, plan: SheetPlan, entry: Entry, edited: Row): void {
  if (entry.stored) return
  const [first] = Object.keys(edited)
  if (first === undefined && !entry.found.errors) {
    entry.is_left_alone = true
    tellRow(joining, plan, entry.found, '这一行导出以后被删去了，在回收站里；没有再写入。')
    return
  }
  entry.candidate.errors = {
    [first ?? joining.form.names]: '这一行导出以后被删去了，在回收站里。要改它请先恢复；不要它请从表里删掉这一行。',
  }
}

// Keys -------------------------------------------------------------------------------------------------------------

/** Finds the records that rows stand for; a row with one is judged again as it would stand: stored, with what is given. */
async function joinByKey(joining: Joining, scope: Scope, entries: Entry[]): Promise<void> {
  const { trx, relation, form } = joining
  if (entries.length === 0) return
  const known = joining.has_records.get(scope.unit_id) ?? (await hasRecords(joining, scope))
  joining.has_records.set(scope.unit_id, known)
  if (!known) return
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
    entry.candidate = candidateOf(form, entry, record, entry.given)
    again.push(entry.candidate)
  }
  await admit(trx, form, relation.catalogue, scope, again)
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

// The walk that check and apply share: rows as they are read → references → records found by key → rules → written, in
// batches, in one transaction. What differs is only how the transaction ends.
import { sql } from 'kysely'
import type { Person, Trx } from '../../database/connection.ts'
import { fieldOf, type Row, sameValue } from '../../forms/index.ts'
import type { Relation } from '../../records/relation.ts'
import type { Scope } from '../../records/scope.ts'
import { type Change, writableFields } from '../../records/write.ts'
import type { Decider } from '../decide/decisions.ts'
import type { Tally } from '../decide/proposals.ts'
import { checkReportingUnit, fixReferences, type Unit, unitNamed } from '../match/above.ts'
import { cellErrors } from '../match/candidates.ts'
import { duplicateFinder } from '../match/duplicates.ts'
import { tellExplanations } from '../match/explanations.ts'
import { difference, type Joining, recognise } from '../match/recognise.ts'
import type { FoundRow, Message } from '../read/file.ts'
import { mappingOf } from '../read/mapping.ts'
import type { SheetPlan } from '../read/plan.ts'
import { type Recorder, tiesOf } from '../stage/recorder.ts'
import { type Added, addSheet, emptyOutcome, endSheet, inOrder, mustAddUp, type Outcome } from '../tell/outcome.ts'
import { conclude, type Entry, isRepeated, type Telling, tellErrors, tellForeign } from '../tell/rows.ts'
import { visitCounter, visitorOf, visitsInWords } from '../tell/visits.ts'
import { type Writing, writeCreates, writeUpdates } from './records.ts'

/** Large enough that a statement's own cost is lost in it, small enough that a request beside it hardly waits. */
const BATCH = 2_000
/** Rows judged at a stretch: requests are answered in between. */
const STRETCH = 250

export type Walk = {
  trx: Trx
  relation: Relation
  person: Person
  scope: Scope
  messages: AsyncIterable<Message>
  /** Told after every batch; throws to stop. */
  onProgress: (rows_done: number, rows_expected: number) => void
  /** Nothing will be kept: see records.ts. */
  is_preview?: boolean
  /** What was decided about the rows. */
  decider?: Decider | undefined
  /** Keeps what becomes of each row. */
  recorder?: Pick<Recorder, 'fates' | 'keys' | 'openSheet' | 'endSheet' | 'skip' | 'expect' | 'drain'> | undefined
}

/** What became of the file, and the words nobody knew, counted for the proposals. */
export type Walked = { outcome: Outcome; tally: Tally; is_tied: boolean }

type Walking = Walk &
  Telling &
  Writing & {
    units: Unit[]
    began_at: string
    choiceOf?: Joining['choiceOf']
    /** What decisions have added to columns of the sheet that are summed up. */
    added: Added[]
    /** Sheets that were read, for the mapping. */
    read: Parameters<typeof mappingOf>[0][number][]
    /** By unit: whether it had records of this form before; a first import has nothing to look up. */
    has_records: Map<number | null, boolean>
    countVisits: ReturnType<typeof visitCounter>
    /** The batch before, looked up and not yet judged. */
    pending?: () => Promise<void>
  }

/** Walks a file through the transaction and answers what became of it. Faults are in the outcome, not thrown. */
export async function walk(given: Walk): Promise<Walked> {
  const form = given.relation.form
  const units = await sql<Unit & { began_at: string }>`
    select id, name, short_name, to_json(now()) #>> '{}' as began_at from units where deleted_at is null`.execute(
    given.trx,
  )
  const walking: Walking = {
    ...given,
    scope: { ...given.scope, known: new Map() },
    form,
    outcome: emptyOutcome(),
    units: units.rows,
    began_at: units.rows[0]?.began_at ?? '',
    findDuplicate: duplicateFinder(form),
    touched: new Map(),
    told: new Set(),
    is_tied: form.series !== undefined,
    tally: { unknown: {}, replaced: {} },
    decided: new Map(),
    notes: new Map(),
    fates: given.recorder?.fates,
    keys: given.recorder?.keys,
    choiceOf: given.decider?.choiceOf,
    added: [],
    read: [],
    has_records: new Map(),
    inserting: Promise.resolve(),
    countVisits: visitCounter(form),
  }
  try {
    await walkSheets(walking)
    await judgePending(walking)
  } catch (error) {
    // a failed insert makes the statements behind it fail too: its own error is the one to tell
    await walking.inserting
    throw error
  }
  await walking.inserting
  const { sheets, visits } = walking.outcome
  if (visits) sheets.findLast(({ heading_row }) => heading_row !== null)?.notes.push(visitsInWords(visits))
  walking.outcome.mapping = mappingOf(walking.read)
  inOrder(walking.outcome)
  return { outcome: walking.outcome, tally: walking.tally, is_tied: walking.is_tied }
}

async function walkSheets(walking: Walking): Promise<void> {
  const { outcome, form } = walking
  let plan: SheetPlan | undefined
  let rows: FoundRow[] = []
  const flush = async () => {
    if (plan && rows.length > 0) await takeRows(walking, plan, rows)
    rows = []
    walking.onProgress(outcome.rows, plan?.rows_expected ?? 0)
  }
  for await (const message of walking.messages) {
    if (message.kind === 'rows') {
      rows.push(...message.rows)
      if (rows.length >= BATCH) await flush()
    } else if (message.kind === 'sheet') {
      plan = message.plan
      // rows of two tables have one number: what is told of them can't be told apart by it
      if (plan.is_beside) walking.is_tied = true
      walking.recorder?.openSheet(plan)
      await fixReferences(walking, plan)
      replaceFixed(walking, plan)
      addSheet(outcome, form, plan)
      checkReportingUnit(walking, plan)
    } else if (message.kind === 'sheet_end') {
      await flush()
      await judgePending(walking)
      if (!plan) continue
      if (message.end.totals.length > 0) walking.is_tied = true
      endSheet(outcome, form, plan, message.end, walking.added, mustAddUp(form))
      walking.added = []
      walking.read.push({ plan, looks: message.end.looks })
      walking.recorder?.endSheet(plan, message.end)
    } else if (message.kind === 'skipped') {
      walking.recorder?.skip(message)
      const { name, note, is_other } = message
      const is_told = is_other ? { is_other } : {}
      outcome.sheets.push({ name, heading_row: null, rows: 0, columns: [], ignored: [], notes: [note], ...is_told })
    }
  }
}

/** A value from above the heading that is no record's name is replaced like any other. */
function replaceFixed({ decider }: Walking, { fixed_ids = {} }: SheetPlan): void {
  for (const [name, value] of Object.entries(fixed_ids)) {
    const other = typeof value === 'string' ? decider?.replacement(name, value) : undefined
    if (other !== undefined) fixed_ids[name] = other
  }
}

async function takeRows(walking: Walking, plan: SheetPlan, rows: FoundRow[]): Promise<void> {
  const { outcome, scope, decider, recorder } = walking
  outcome.rows += rows.length
  const sheet = outcome.sheets.at(-1)
  if (sheet) sheet.rows += rows.length
  // before anything is decided, and before names become ids
  await recorder?.expect(rows)
  const groups = new Map<number | null, FoundRow[]>()
  // nothing can be said of rows before somebody has said what their columns are
  const is_unread = plan.is_unnamed && !plan.mapped_by
  for (const read of rows) {
    if (is_unread) {
      conclude(walking, read, { kind: 'wrong' })
      continue
    }
    if (decider?.isLeftOut(read.n)) {
      conclude(walking, read, { kind: 'left_out' })
      continue
    }
    const row = decider ? decided(walking, plan, read) : read
    const unit = row.unit ? unitNamed(walking.units, row.unit)?.id : (plan.other_unit?.id ?? scope.unit_id)
    if (unit === undefined) {
      tellForeign(walking, plan, row, noUnit(walking, row.unit ?? ''))
      continue
    }
    const group = groups.get(unit)
    if (group) group.push(row)
    else groups.set(unit, [row])
  }
  for (const [unit_id, group] of groups) await takeUnit(walking, plan, { ...scope, unit_id }, group)
}

/** The row as somebody decided it should be. */
function decided(walking: Walking, plan: SheetPlan, read: FoundRow): FoundRow {
  const own = walking.decider?.decide(plan, read)
  if (!own) return read
  walking.decided.set(read.n, own)
  for (const { name, sum } of walking.form.fields) {
    const by = sum ? Number(own.found.values[name] ?? 0) - Number(read.values[name] ?? 0) : 0
    if (by !== 0) walking.added.push({ row: read.number, field: name, by })
  }
  return own.found
}

const noUnit = ({ units, scope }: Walking, words: string): string => {
  const own = units.find(({ id }) => id === scope.unit_id)?.short_name
  const advice = `是本单位的行就改成“${own}”；这一栏写的不是填报单位，就在“栏目对应”里改为不读`
  return `没有“${words}”这个填报单位。${own ? `${advice}。` : ''}`
}

/** The rows of one unit: admitted, found, told apart, written. */
async function takeUnit(walking: Walking, plan: SheetPlan, scope: Scope, rows: FoundRow[]): Promise<void> {
  const entries = rows.map((found): Entry => {
    const given: Row = plan.fixed_ids ? { ...found.values, ...plan.fixed_ids } : found.values
    return { found, given, candidate: { row: given, errors: cellErrors(found), beside: found.beside } }
  })
  // a series is held against rows just written, and a merge against records just met: they take batch after batch
  const is_overlapping = !walking.form.series && !rows.some(({ origin }) => origin)
  if (!is_overlapping) walking.is_tied = true
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
  if (scope.unit_id === walking.scope.unit_id) await tellExplanations(walking, plan, scope, entries)
  const creates: Entry[] = []
  const updates: { entry: Entry; change: Change }[] = []
  const taken: Row[] = []
  for (const [index, entry] of entries.entries()) {
    if (index % STRETCH === 0) await new Promise(setImmediate)
    const { found, stored } = entry
    const of_record = stored ? { record_id: stored.id, version: stored.version } : {}
    if (entry.is_left_alone) {
      conclude(walking, found, { kind: 'unchanged', ...of_record })
      continue
    }
    if (Object.keys(entry.candidate.errors).length > 0) {
      if (scope.unit_id !== walking.scope.unit_id) tellOthers(walking, plan, entry)
      else tellErrors(walking, plan, entry)
      continue
    }
    if (entry.conflicts) {
      if (scope.unit_id !== walking.scope.unit_id) tellOthers(walking, plan, entry)
      else conclude(walking, found, { kind: 'conflict', conflicts: entry.conflicts, ...of_record })
      continue
    }
    if (isRepeated(walking, plan, scope, entry)) continue
    taken.push(entry.candidate.row)
    const keys = scope.unit_id === walking.scope.unit_id ? walking.keys?.get(found.n) : undefined
    if (keys) keys[tiesOf(walking.form)] = visitorOf(walking.form, entry.candidate.row)
    const values = stored ? difference(entry, stored) : undefined
    if (!stored) creates.push(entry)
    else if (!values) conclude(walking, found, { kind: 'unchanged', ...of_record })
    else updates.push({ entry, change: { id: stored.id, version: stored.version, values } })
  }
  if (scope.unit_id !== walking.scope.unit_id) {
    for (const entry of [...creates, ...updates.map(({ entry }) => entry)]) tellOthers(walking, plan, entry)
    walking.recorder?.drain()
    return
  }
  await walking.countVisits(walking.trx, scope, taken, walking.outcome)
  await writeCreates(walking, scope, creates)
  await writeUpdates(walking, plan, updates)
  walking.recorder?.drain()
}

function tellOthers(walking: Walking, plan: SheetPlan, { found }: Entry): void {
  const { units, scope } = walking
  const unit = units.find(({ id }) => id === plan.other_unit?.id)
  const message = found.unit
    ? `这一行是${found.unit}的，内容只能由填报单位自己改。`
    : `${plan.other_unit?.why}，这一行是${unit?.name}的，没有导入；是本单位的，就改好再传，或者把这一行的填报单位改成“${units.find(({ id }) => id === scope.unit_id)?.short_name}”。`
  tellForeign(walking, plan, found, message)
}

/** What somebody else fills (an opinion, a decision) may stand in the file only as it is stored: never silently dropped. */
function refuseOthersFields({ relation, form }: Walking, { given, edited, candidate, stored }: Entry): void {
  const { insert, update } = relation.sight
  const writable = writableFields(relation, stored ? update : insert)
  for (const [name, value] of Object.entries(edited ?? given)) {
    if (writable.has(name) || sameValue(value, stored?.[name])) continue
    candidate.errors[name] = `${fieldOf(form, name)?.label}不由本单位填，请清空这一格。`
  }
}

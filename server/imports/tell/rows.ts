// What the clerk is told of rows that are not written: faults with their cells, repetitions with both cells.

import { type Form, fieldOf, type Row } from '../../forms/index.ts'
import type { Stored } from '../../records/read.ts'
import type { Candidate, Scope } from '../../records/scope.ts'
import { cellAddress } from '../../workbook/read.ts'
import { type Decided, isReplaceable } from '../decide/decisions.ts'
import { count, type Tally } from '../decide/proposals.ts'
import { digestOf, type duplicateFinder, type Place } from '../match/duplicates.ts'
import type { FoundRow } from '../read/file.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { Fate, Kind } from '../stage/chunks.ts'
import { addDuplicate, addError, type Outcome } from './outcome.ts'

/** The three sides of a cell that two people changed, in words. */
export type InWords = { base: string; theirs: string; mine: string }

/** A row on its way: as found in the file, as it would be written, and the record it stands for, if there is one. */
export type Entry = {
  found: FoundRow
  candidate: Candidate
  given: Row
  stored?: Stored
  /** Of a row that was exported: what the person changed since, merged with what others did. */
  edited?: Row
  /** Cells that wait for a decision, by field. */
  conflicts?: Record<string, InWords>
  /** Nothing is to be done about it. */
  is_left_alone?: boolean
}

/** What the telling of one file remembers. */
export type Telling = {
  form: Form
  outcome: Outcome
  findDuplicate: ReturnType<typeof duplicateFinder>
  /** Records this file has already met. */
  touched: Map<number, Place>
  /** Sentences that concern a whole sheet and are told once. */
  told: Set<string>
  /** What becomes of one row depends on others in ways that keys do not show: see decide/restage_part.ts. */
  is_tied: boolean
  /** Words that nothing goes by, counted. */
  tally: Tally
  /** What was decided about rows of the batch, by n. */
  decided: Map<number, Decided>
  /** What else is to be said of a row, by n. */
  notes: Map<number, string>
  /** What became of the rows of the batch, by n, where it is kept. */
  fates?: Map<number, Fate>
  /** Digests of what each row of the batch goes by, where they are kept. */
  keys?: Map<number, (number | undefined)[]>
}

/** Where rows of a kind are counted. */
export const counts = {
  create: 'create',
  update: 'update',
  unchanged: 'unchanged',
  repeated: 'repeated',
  conflict: 'conflicts',
  wrong: 'wrong',
  left_out: 'left_out',
} as const satisfies Record<Kind, keyof Outcome>

/** What becomes of a row, told exactly once. */
export function conclude(telling: Telling, { n }: FoundRow, fate: Fate): void {
  const { outcome, tally, fates, decided, notes } = telling
  outcome[counts[fate.kind]]++
  if (isUndecided(fate)) outcome.undecided++
  const own = decided.get(n)
  if (own?.replaced) count(tally.replaced, own.replaced)
  if (fate.unknown) count(tally.unknown, fate.unknown)
  if (!fates) return
  const said = notes.get(n)
  if (!said && !own) {
    fates.set(n, fate)
    return
  }
  const note = said && fate.note ? `${fate.note}${said}` : (said ?? fate.note)
  fates.set(n, {
    ...fate,
    ...(note ? { note } : {}),
    ...(own ? { texts: own.texts } : {}),
    ...(own?.replaced ? { replaced: own.replaced } : {}),
  })
}

/** Whether a person has to decide about the row before everything can be applied. */
export const isUndecided = ({ kind, twin }: Fate): boolean =>
  kind === 'wrong' || kind === 'conflict' || (kind === 'repeated' && twin?.identical === false)

/** Whether an earlier row of the file stands for the same record; the later one is told and left out. */
export function isRepeated(
  telling: Telling,
  plan: SheetPlan,
  scope: Scope,
  { found, candidate, given, edited, stored }: Entry,
): boolean {
  const { form, outcome, touched } = telling
  const place = { n: found.n, sheet: plan.name, row: found.number }
  const content = form.fields.map(({ name }) => (name in given ? (candidate.row[name] ?? null) : null))
  const {
    twin,
    keys,
    content: given_digest,
  } = telling.findDuplicate(String(scope.unit_id), candidate.row, content, place)
  // of a row that is merged, what others change beside it is not what it gives
  const digest = edited
    ? digestOf(JSON.stringify(Object.keys(edited).map((name) => candidate.row[name])))
    : given_digest
  telling.keys?.set(found.n, [...keys, stored?.id, undefined, digest])
  const met = stored && touched.get(stored.id)
  if (!twin && !met) {
    if (stored) touched.set(stored.id, place)
    return false
  }
  const of = twin?.of ?? met ?? place
  const identical = twin?.identical === true
  const key = form.keys.find((names) => names.every((name) => candidate.row[name] != null)) ?? []
  const label = key.map((name) => fieldOf(form, name)?.label ?? name).join('、')
  const column = plan.column_of[key.at(-1) ?? ''] ?? 0
  const of_cell = cellAddress(column, of.row, of.sheet)
  const message = identical
    ? `与 ${of.sheet}!第 ${of.row} 行完全相同，只记一条。`
    : `${label}与 ${of_cell} 相同，其他内容不同，这一行没有采用，请核对。`
  addDuplicate(outcome, {
    sheet: plan.name,
    row: found.number,
    of: of.row,
    kind: identical ? 'identical' : 'conflict',
    cell: cellAddress(column, found.number, plan.name),
    of_cell,
    message,
  })
  conclude(telling, found, {
    kind: 'repeated',
    note: message,
    twin: { n: of.n, sheet: of.sheet, row: of.row, identical },
  })
  return true
}

/** Each fault at its cell. */
export function tellErrors(telling: Telling, plan: SheetPlan, { found, candidate, stored }: Entry): void {
  const { outcome, form } = telling
  const unknown: Record<string, string> = {}
  for (const [name, message] of Object.entries(candidate.errors)) {
    const own = found.errors?.find((error) => error.field === name)
    const column = own && own.column >= 0 ? own.column : plan.column_of[name]
    if (column !== undefined) addError(outcome, plan.name, { row: found.number, column, field: name, message })
    else tellOnce(telling, plan, name, message)
    const words = found.typed?.[name] ?? candidate.row[name]
    if (typeof words === 'string' && words !== '' && isReplaceable(form, name)) unknown[name] = words
  }
  conclude(telling, found, {
    kind: 'wrong',
    errors: { ...candidate.errors },
    ...(stored ? { record_id: stored.id } : {}),
    ...(Object.keys(unknown).length > 0 ? { unknown } : {}),
  })
}

/** A fault without a cell of its own: a column that is missing, or a value from above the heading. Told once a sheet. */
function tellOnce(telling: Telling, plan: SheetPlan, name: string, message: string): void {
  const fixed = plan.fixed[name]?.[0]
  const label = fieldOf(telling.form, name)?.label ?? name
  const said = fixed || !message.startsWith('必填') ? message : `表里没有“${label}”这一栏，它是必填的。`
  const once = `${plan.name} ${name} ${said}`
  telling.is_tied = true
  if (telling.told.has(once)) return
  telling.told.add(once)
  const place = fixed ?? { row: plan.heading_row, column: plan.columns[0]?.column ?? 0 }
  addError(telling.outcome, plan.name, { row: place.row, column: place.column, field: name, message: said })
}

/** A row of a unit that is none, or of another unit: it may be read here, not written. */
export function tellForeign(telling: Telling, plan: SheetPlan, found: FoundRow, message: string): void {
  addError(telling.outcome, plan.name, { row: found.number, column: plan.unit_column ?? 0, field: 'unit_id', message })
  conclude(telling, found, { kind: 'wrong', errors: { unit_id: message } })
}

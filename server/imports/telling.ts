// What the clerk is told of rows that are not written: faults with their cells, repetitions with both cells.

import { type Form, fieldOf, type Row } from '../forms/index.ts'
import type { Stored } from '../records.ts'
import type { Candidate, Scope } from '../scope.ts'
import { cellAddress } from '../workbook/read.ts'
import type { duplicateFinder, Place } from './duplicates.ts'
import { addDuplicate, addError, type Outcome } from './outcome.ts'
import type { SheetPlan } from './plan.ts'
import type { FoundRow } from './reading.ts'

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
}

/** Whether an earlier row of the file stands for the same record; the later one is told and left out. */
export function isRepeated(
  telling: Telling,
  plan: SheetPlan,
  scope: Scope,
  { found, candidate, given, stored }: Entry,
): boolean {
  const { form, outcome, touched } = telling
  const place = { sheet: plan.name, row: found.number }
  const content = form.fields.map(({ name }) => (name in given ? (candidate.row[name] ?? null) : null))
  const twin = telling.findDuplicate(String(scope.unit_id), candidate.row, content, place)
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

/** Each fault at its cell. */
export function tellErrors(telling: Telling, plan: SheetPlan, { found, candidate }: Entry): void {
  const { outcome, told } = telling
  outcome.wrong++
  for (const [name, message] of Object.entries(candidate.errors)) {
    const own = found.errors?.find((error) => error.field === name)
    const column = own?.column ?? plan.column_of[name]
    if (column !== undefined) addError(outcome, plan.name, { row: found.number, column, field: name, message })
    else tellOnce(telling, plan, told, name, message)
  }
}

/** A fault without a cell of its own: a column that is missing, or a value from above the heading. Told once a sheet. */
function tellOnce(telling: Telling, plan: SheetPlan, told: Set<string>, name: string, message: string): void {
  const fixed = plan.fixed[name]?.[0]
  const label = fieldOf(telling.form, name)?.label ?? name
  const said = fixed || !message.startsWith('必填') ? message : `表里没有“${label}”这一栏，它是必填的。`
  const once = `${plan.name} ${name} ${said}`
  if (told.has(once)) return
  told.add(once)
  const place = fixed ?? { row: plan.heading_row, column: plan.columns[0]?.column ?? 0 }
  addError(telling.outcome, plan.name, { row: place.row, column: place.column, field: name, message: said })
}

/** A row of another unit may be read here, not written. */
export function tellForeign(telling: Telling, plan: SheetPlan, { found }: Entry): void {
  telling.outcome.wrong++
  const message = `这一行是${found.unit}的，内容只能由填报单位自己改。`
  addError(telling.outcome, plan.name, { row: found.number, column: plan.unit_column ?? 0, field: 'unit_id', message })
}

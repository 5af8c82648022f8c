// What an import is answered with: counts, sheets, faults by cell. Lists are cut at a limit, counts never are.
import { type Form, fieldOf } from '../forms/index.ts'
import type { SheetPlan } from './plan.ts'
import type { FoundError, SheetEnd } from './reading.ts'
import { addressOf } from './reading.ts'
import type { Visits } from './visits.ts'

/** Of each list so many are told, and of the faults so many kept: the table of errors shows those. */
export const MAX_LISTED = 2_000
const MAX_ERRORS = 20_000

export type CellError = { sheet: string; cell: string; field: string | null; message: string }
export type Duplicate = {
  sheet: string
  row: number
  of: number
  kind: 'identical' | 'conflict'
  cell: string
  of_cell: string
  message: string
}
export type SheetOutcome = {
  name: string
  heading_row: number | null
  rows: number
  columns: { heading: string; field: string; label: string; sample: string }[]
  ignored: string[]
  notes: string[]
}

/** rows = create + update + unchanged + repeated + conflicts + wrong. `error_count` counts cells, also those not listed. */
export type Outcome = {
  sheets: SheetOutcome[]
  rows: number
  create: number
  update: number
  unchanged: number
  repeated: number
  /** Rows with a cell that somebody else changed meanwhile, to be decided. */
  conflicts: number
  wrong: number
  error_count: number
  warnings: { sheet: string; cell: string | null; message: string }[]
  duplicates: Duplicate[]
  errors: CellError[]
  /** Of attendance: how many came, and how often. */
  visits?: Visits
}

export const emptyOutcome = (): Outcome => ({
  sheets: [],
  rows: 0,
  create: 0,
  update: 0,
  unchanged: 0,
  repeated: 0,
  conflicts: 0,
  wrong: 0,
  error_count: 0,
  warnings: [],
  duplicates: [],
  errors: [],
})

/** Opens the part of the outcome that tells of a sheet. */
export function addSheet(outcome: Outcome, form: Form, plan: SheetPlan): SheetOutcome {
  const sheet: SheetOutcome = {
    name: plan.name,
    heading_row: plan.heading_row,
    rows: 0,
    columns: plan.columns.flatMap((column) => {
      const field = column.kind === 'field' && column.field ? fieldOf(form, column.field) : undefined
      return field ? [{ heading: column.heading, field: field.name, label: field.label, sample: '' }] : []
    }),
    ignored: plan.columns
      .filter((column) => ['unknown', 'forbidden', 'attachments'].includes(column.kind))
      .map((column) => column.heading),
    notes: [...plan.notes],
  }
  outcome.sheets.push(sheet)
  return sheet
}

export function endSheet(
  outcome: Outcome,
  sheet: SheetOutcome,
  plan: SheetPlan,
  end: SheetEnd,
  must_add_up: boolean,
): void {
  sheet.notes.push(...end.notes)
  for (const column of sheet.columns) column.sample = end.samples[plan.column_of[column.field] ?? -1] ?? ''
  // What the campaign itself lays down (附件1) must add up; in a register a difference is told.
  for (const total of end.totals) {
    if (must_add_up) addError(outcome, plan.name, total)
    else addWarning(outcome, plan.name, addressOf(plan.name, total), total.message)
  }
}

export function addWarning(outcome: Outcome, sheet: string, cell: string | null, message: string): void {
  if (outcome.warnings.length < MAX_LISTED) outcome.warnings.push({ sheet, cell, message })
}

export function addError(outcome: Outcome, sheet: string, error: FoundError): void {
  outcome.error_count++
  if (outcome.errors.length >= MAX_ERRORS) return
  outcome.errors.push({ sheet, cell: addressOf(sheet, error), field: error.field, message: error.message })
}

export function addDuplicate(outcome: Outcome, duplicate: Duplicate): void {
  outcome.repeated++
  if (outcome.duplicates.length < MAX_LISTED) outcome.duplicates.push(duplicate)
}

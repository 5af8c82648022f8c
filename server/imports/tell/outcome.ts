// The outcome of an import: counts, sheets, faults by cell. Lists are cut at a limit, counts never are.
import { type Form, fieldOf } from '../../forms/index.ts'
import { cellAddress, parseRange } from '../../workbook/cells.ts'
import type { Proposal } from '../decide/proposals.ts'
import type { CellFault, SheetEnd } from '../read/file_row.ts'

import type { Mapping } from '../read/mapping.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { TotalCell } from '../read/totals.ts'
import type { Visits } from './visits.ts'

/** So many of each list are answered, and so many of the faults kept: the table of errors shows those. */
export const MAX_LISTED = 2_000
export const MAX_ERRORS = 20_000

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
  /** It has a heading of another form. */
  is_other?: true
}

/**
 * rows = create + update + unchanged + repeated + conflicts + wrong + left_out. `error_count` counts cells, also those not
 * listed; `undecided` rows: those with a wrong or disputed cell, and those that another row of the file contradicts.
 */
export type ImportOutcome = {
  sheets: SheetOutcome[]
  rows: number
  create: number
  update: number
  unchanged: number
  repeated: number
  /** Rows with a cell that somebody else changed meanwhile, to be decided. */
  conflicts: number
  wrong: number
  left_out: number
  undecided: number
  error_count: number
  warnings: { sheet: string; cell: string | null; message: string }[]
  duplicates: Duplicate[]
  errors: CellError[]
  /** Those of `errors` that no row can be blamed for: nothing is applied before they are settled. */
  table_errors: CellError[]
  mapping: Mapping
  proposals: Proposal[]
  /** Of attendance: how many came, and how often. */
  visits?: Visits
}

export const emptyOutcome = (): ImportOutcome => ({
  sheets: [],
  rows: 0,
  create: 0,
  update: 0,
  unchanged: 0,
  repeated: 0,
  conflicts: 0,
  wrong: 0,
  left_out: 0,
  undecided: 0,
  error_count: 0,
  warnings: [],
  duplicates: [],
  errors: [],
  table_errors: [],
  mapping: { needed: false, remembered: false, sheets: [] },
  proposals: [],
})

/** Opens a sheet's part of the outcome. */
export function addSheet(outcome: ImportOutcome, form: Form, plan: SheetPlan): SheetOutcome {
  const sheet: SheetOutcome = {
    name: plan.table ?? plan.name,
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

/** What decisions have added to a column whose sum stands in a 合计 line below. */
export type Added = { row: number; field: string; by: number }

/** 附件1 is a table of sums: what it says in 合计 is what was decided. */
export const mustAddUp = ({ scope }: Form): boolean => scope === 'campaign'

/** Closes the part of a sheet. A 合计 that differs is reported; where the rows `must_add_up` it is a fault. */
export function endSheet(
  outcome: ImportOutcome,
  form: Form,
  plan: SheetPlan,
  end: SheetEnd,
  added: readonly Added[],
  must_add_up: boolean,
): void {
  const sheet = outcome.sheets.at(-1)
  sheet?.notes.push(...end.notes)
  for (const column of sheet?.columns ?? [])
    column.sample = end.looks[plan.column_of[column.field] ?? -1]?.samples[0] ?? ''
  for (const total of end.totals) {
    const message = differing(form, total, added)
    if (!message) continue
    if (must_add_up) {
      addError(outcome, plan.name, { ...total, message })
      outcome.table_errors.push({ sheet: plan.name, cell: addressOf(plan.name, total), field: total.field, message })
    } else addWarning(outcome, plan.name, addressOf(plan.name, total), message)
  }
}

function differing(form: Form, total: TotalCell, added: readonly Added[]): string | undefined {
  const { field: name, says, found, after, until } = total
  const field = fieldOf(form, name)
  if (!field?.sum) return says === found ? undefined : `合计行写 ${says}，表里有 ${found} 行，请核对。`
  const isMeant = (each: Added) => each.field === name && each.row > after && each.row < until
  const sum = added.reduce((all, each) => all + (isMeant(each) ? each.by : 0), found)
  return says === sum ? undefined : `${field.label}的合计写 ${says}，各行加起来是 ${sum}，请核对。`
}

export function addWarning(outcome: ImportOutcome, sheet: string, cell: string | null, message: string): void {
  if (outcome.warnings.length < MAX_LISTED) outcome.warnings.push({ sheet, cell, message })
}

export function addError(outcome: ImportOutcome, sheet: string, error: CellFault): void {
  outcome.error_count++
  if (outcome.errors.length >= MAX_ERRORS) return
  outcome.errors.push({ sheet, cell: addressOf(sheet, error), field: error.field, message: error.message })
}

export function addDuplicate(outcome: ImportOutcome, duplicate: Duplicate): void {
  if (outcome.duplicates.length < MAX_LISTED) outcome.duplicates.push(duplicate)
}

/** 签到!C17 */
const addressOf = (sheet: string, { row, column }: { row: number; column: number }) => cellAddress(column, row, sheet)

const rowIn = (sheet: string, cell: string | null) => parseRange(cell?.slice(sheet.length + 1) ?? '')?.from_row ?? 0

/** Brings messages about cells into the order of the file: sheet by sheet, row by row. */
export function inOrder(outcome: ImportOutcome): void {
  const order = new Map(outcome.sheets.map(({ name }, index) => [name, index]))
  const sorted = <T extends { sheet: string }>(list: T[], row: (each: T) => number) => {
    const placed = list.map((each, at) => ({ each, sheet: order.get(each.sheet) ?? 0, row: row(each), at }))
    placed.sort((a, b) => a.sheet - b.sheet || a.row - b.row || a.at - b.at)
    return placed.map(({ each }) => each)
  }
  outcome.errors = sorted(outcome.errors, ({ sheet, cell }) => rowIn(sheet, cell))
  outcome.warnings = sorted(outcome.warnings, ({ sheet, cell }) => rowIn(sheet, cell))
  outcome.duplicates = sorted(outcome.duplicates, ({ row }) => row)
}

/** Whether a message about a cell is about one of these rows, given as 'sheet row'. */
export const isAbout = (rows: ReadonlySet<string>, { sheet, cell }: { sheet: string; cell: string | null }): boolean =>
  rows.has(`${sheet} ${rowIn(sheet, cell)}`)

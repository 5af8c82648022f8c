/** What stands in the status bar, and where the problems are. */
import { cellState, faultAt, isBlank, missing, type RowEdit } from './edits.ts'
import type { Rows } from './rows.ts'
import { type Rect, rectOf, type Selection } from './selection.ts'
import type { Column, RowKey, SelectionSummary } from './types.ts'

/** Beyond this the summary of a selection counts only what it has looked at. */
export const MAX_SUMMARY_CELLS = 200_000

/** Why this cell is not stored, or undefined. Blanks of a new row count once the person has left it. */
export function problemAt(
  columns: readonly Column[],
  edit: RowEdit | undefined,
  base: { [name: string]: unknown },
  column: Column,
  attended: boolean,
  isNew: boolean,
): string | undefined {
  if (!edit) return undefined
  const fault = faultAt(edit, column.name)
  if (fault || !isNew || attended || !column.required) return fault
  return missing(columns, base, edit).includes(column.name) ? `还缺${column.label}，填上后这一行自动保存。` : undefined
}

export function countEdits(rows: Rows, columns: readonly Column[], attended: RowKey | null) {
  let unsaved = 0
  let faulty = 0
  let conflicts = 0
  for (const [key, edit] of rows.edits) {
    const cells = Object.values(edit.cells)
    unsaved += cells.length
    conflicts += cells.filter((cell) => cell.theirs).length
    const lacking = rows.isNew(key) && key !== attended ? missing(columns, rows.bases.get(key) ?? {}, edit) : []
    for (const { name } of columns) if (faultAt(edit, name) || lacking.includes(name)) faulty += 1
  }
  return { unsaved, faulty, conflicts }
}

export type Problem = { key: RowKey; column: string; row: number }

/** Cells that cannot be stored as they are, in the order of the list; rows that are not in sight come last. */
export function problemsOf(rows: Rows, columns: readonly Column[]): Problem[] {
  const problems: Problem[] = []
  for (const [key, edit] of rows.edits) {
    const row = rows.indexOf(key) ?? Number.MAX_SAFE_INTEGER
    const lacking = rows.isNew(key) ? missing(columns, rows.bases.get(key) ?? {}, edit) : []
    for (const { name } of columns) {
      if (edit.cells[name]?.theirs || faultAt(edit, name) || lacking.includes(name))
        problems.push({ key, column: name, row })
    }
  }
  return problems.sort((a, b) => a.row - b.row)
}

/** Count of filled cells in the selection, and what numbers add up to; only rows that are loaded. */
export function summarise(rows: Rows, columns: readonly Column[], selection: Selection): SelectionSummary {
  const rect = rectOf(selection)
  const bottom = Math.min(rect.bottom, Math.max(rows.realCount() - 1, rect.top))
  const found = { count: 0, numbers: 0, sum: 0, min: Infinity, max: -Infinity }
  const size = { rows: bottom - rect.top + 1, columns: rect.right - rect.left + 1 }
  if (size.rows * size.columns > 1) addUp(rows, columns, { ...rect, bottom }, found)
  const some = found.numbers > 0
  return {
    ...size,
    count: found.count,
    sum: some ? clean(found.sum) : null,
    average: some ? clean(found.sum / found.numbers) : null,
    min: some ? found.min : null,
    max: some ? found.max : null,
  }
}

type Sums = { count: number; numbers: number; sum: number; min: number; max: number }

function addUp(rows: Rows, columns: readonly Column[], rect: Rect, found: Sums) {
  let cells = 0
  for (let row = rect.top; row <= rect.bottom && cells < MAX_SUMMARY_CELLS; row += 1) {
    const place = rows.placeAt(row)
    cells += rect.right - rect.left + 1
    if (place.kind !== 'stored' && place.kind !== 'new') continue
    const edit = rows.edits.get(place.key)
    for (let at = rect.left; at <= rect.right; at += 1) {
      const column = columns[at]
      const value = column && cellState(column, place.base, edit).value
      if (!column || isBlank(value)) continue
      found.count += 1
      const number = column.type === 'number' ? Number(value) : Number.NaN
      if (Number.isNaN(number)) continue
      found.numbers += 1
      found.sum += number
      found.min = Math.min(found.min, number)
      found.max = Math.max(found.max, number)
    }
  }
}

/** Takes away what binary fractions add (0.1 + 0.2). */
function clean(number: number): number {
  return Number(number.toPrecision(12))
}

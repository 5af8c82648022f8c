/** What stands in the status bar, and where the problems are. */

import type { Column, LostCell, Row, RowKey, SelectionSummary } from '../types.ts'
import { BLOCK_ROWS } from './blocks.ts'
import { cellState, faultAt, isBlank, missing, type RowEdit, sendable } from './edits.ts'
import type { RowStore } from './rows.ts'
import { type CellPosition, type Rect, rectOf, type Selection } from './selection.ts'

/** Beyond this the summary of a selection counts only what it has looked at. */
const MAX_SUMMARY_CELLS = 200_000

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

type EditCounts = { unsaved: number; conflicts: number; faulty: number; lacking: number }
let counted: { columns: readonly Column[]; of: WeakMap<RowEdit, EditCounts> } = { columns: [], of: new WeakMap() }

/** An edit never changes, so it is counted once; thousands of rows may wait to be stored while one types on. */
function countsOf(columns: readonly Column[], base: Row, edit: RowEdit, isNew: boolean): EditCounts {
  if (counted.columns !== columns) counted = { columns, of: new WeakMap() }
  const known = counted.of.get(edit)
  if (known) return known
  const cells = Object.values(edit.cells)
  const lacking = isNew ? missing(columns, base, edit) : []
  const counts = {
    unsaved: cells.length,
    conflicts: cells.filter((cell) => cell.theirs).length,
    faulty: columns.filter(({ name }) => faultAt(edit, name)).length,
    lacking: lacking.filter((name) => !faultAt(edit, name)).length,
  }
  counted.of.set(edit, counts)
  return counts
}

export function countEdits(rows: RowStore, columns: readonly Column[], attended: RowKey | null) {
  let unsaved = 0
  let faulty = 0
  let conflicts = 0
  for (const [key, edit] of rows.edits) {
    const counts = countsOf(columns, rows.bases.get(key) ?? {}, edit, rows.isNew(key))
    unsaved += counts.unsaved
    conflicts += counts.conflicts
    faulty += counts.faulty + (key === attended ? 0 : counts.lacking)
  }
  return { unsaved, faulty, conflicts }
}

type Problem = { key: RowKey; column: string; row: number }

/** Cells that cannot be stored as they are, in the order of the list; rows that are not in sight come last. */
function problemsOf(rows: RowStore, columns: readonly Column[]): Problem[] {
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

/** The problem after (1) or before (-1) a cell, going round at the ends. */
export function nextProblem(
  rows: RowStore,
  columns: readonly Column[],
  from: CellPosition,
  step: 1 | -1,
): Problem | undefined {
  const problems = problemsOf(rows, columns)
  const order = (problem: Problem) =>
    problem.row - from.row || columns.findIndex(({ name }) => name === problem.column) - from.column
  return step > 0
    ? (problems.find((problem) => order(problem) > 0) ?? problems[0])
    : (problems.findLast((problem) => order(problem) < 0) ?? problems.at(-1))
}

/** Cells that will not be stored by themselves: at fault, in conflict, of a row that lacks something, or nobody answers. */
export function stuckCells(rows: RowStore, isOffline: boolean): number {
  const { columns } = rows.rules()
  let cells = 0
  for (const [key, edit] of rows.edits) {
    const goes = edit.sending ?? sendable(columns, rows.bases.get(key) ?? {}, edit, rows.isNew(key), rows.former)
    if (isOffline || !goes) cells += Object.keys(edit.cells).length
  }
  return cells
}

/** What was typed into columns that are there no more. */
export function lostCells({ edits, former }: RowStore): LostCell[] {
  if (former.size === 0) return []
  return [...edits.values()].flatMap(({ cells }) =>
    Object.entries(cells).flatMap(([name, { text }]) => {
      const column = former.get(name)
      return column && text !== '' ? [{ column: column.label, text }] : []
    }),
  )
}

/** Count of filled cells in the selection, and what numbers add up to; only rows that are loaded, `known` of them. */
export function summarise(rows: RowStore, columns: readonly Column[], selection: Selection): SelectionSummary {
  const rect = rectOf(selection)
  const bottom = Math.min(rect.bottom, Math.max(rows.realCount() - 1, rect.top))
  const found = { known: 0, count: 0, numbers: 0, sum: 0, min: Infinity, max: -Infinity }
  const size = { rows: bottom - rect.top + 1, columns: rect.right - rect.left + 1 }
  if (size.rows * size.columns > 1) addUp(rows, columns, { ...rect, bottom }, found)
  const some = found.numbers > 0
  return {
    ...size,
    known: found.known,
    count: found.count,
    sum: some ? clean(found.sum) : null,
    average: some ? clean(found.sum / found.numbers) : null,
    min: some ? found.min : null,
    max: some ? found.max : null,
  }
}

type KnownSums = { known: number; count: number; numbers: number; sum: number; min: number; max: number }

function addUp(rows: RowStore, columns: readonly Column[], rect: Rect, found: KnownSums) {
  let cells = 0
  for (let row = rect.top; row <= rect.bottom && cells < MAX_SUMMARY_CELLS; row += 1) {
    const place = rows.placeAt(row)
    // A block is here or it is not: a million rows are passed by in some thousand steps.
    if (place.kind === 'loading') row += BLOCK_ROWS - 1 - (row % BLOCK_ROWS)
    if (place.kind === 'blank') found.known += 1
    if (place.kind !== 'stored' && place.kind !== 'new') continue
    found.known += 1
    cells += rect.right - rect.left + 1
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

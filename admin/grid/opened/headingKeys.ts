/** Keys over the headings of groups: the cursor steps onto them between rows; Enter and ← → open and close. */
import type { Model } from '../model/model.ts'
import { selectCell } from '../model/selection.ts'

type HeadingKey = { key: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean }

/** True when the key was for a heading and must not do anything else. */
export function headingKey(model: Model, event: HeadingKey): boolean {
  const { grouped } = model
  if (!grouped.by() || model.editing()) return false
  const { key, shiftKey, altKey } = event
  const ctrl = event.ctrlKey || event.metaKey
  const cursor = grouped.cursor()
  const lines = grouped.lines()
  if (cursor === null) {
    const line = lines.lineOf(model.selection().active.row)
    // As in an outline: Alt and Shift with ← folds what the cursor is in.
    if (altKey && shiftKey && key === 'ArrowLeft') return fold(model, groupAbove(model, model.selection().active.row))
    if (ctrl || altKey || shiftKey || (key !== 'ArrowUp' && key !== 'ArrowDown')) return false
    return step(model, line, key === 'ArrowUp' ? -1 : 1, true)
  }
  if (ctrl) return false
  const heading = grouped.heading(cursor)
  const line = lines.headingAt(cursor)
  if (key === 'ArrowUp' || key === 'ArrowDown') return step(model, line, key === 'ArrowUp' ? -1 : 1, false)
  if (key === 'Enter' || key === ' ') model.toggleGroup(!heading?.open, cursor)
  else if (key === 'ArrowLeft') model.toggleGroup(false, cursor)
  else if (key === 'ArrowRight' && heading?.open) return step(model, line, 1, false)
  else if (key === 'ArrowRight') model.toggleGroup(true, cursor)
  else if (key === 'Escape') model.select(model.selection())
  // A heading has no text: what is typed goes nowhere.
  else if (key.length > 1 && !['Delete', 'Backspace', 'F2'].includes(key)) return false
  return true
}

/** To the line above or below; `onlyHeadings`: rows are left to the grid's own keys. */
function step(model: Model, line: number, by: 1 | -1, onlyHeadings: boolean): boolean {
  const lines = model.grouped.lines()
  const to = line + by
  if (to < 0 || to >= lines.count(model.rows.rowCount())) return !onlyHeadings
  const { row, group } = lines.at(to)
  if (row === null) {
    model.goToHeading(group)
    return true
  }
  if (onlyHeadings) return false
  model.select(selectCell({ row, column: model.selection().active.column }))
  return true
}

/** The group a row's line belongs to: as many headings stand above it as lines are missing from its number. */
function groupAbove(model: Model, row: number): number {
  return model.grouped.lines().lineOf(row) - row - 1
}

function fold(model: Model, group: number): boolean {
  model.goToHeading(group)
  model.toggleGroup(false, group)
  return true
}

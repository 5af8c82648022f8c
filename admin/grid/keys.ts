/** Keys to actions, as in Excel. Composition keys never come here: the textarea returns before. */
import { isBlank } from './edits.ts'
import type { Model } from './model.ts'
import {
  advance,
  moveBy,
  moveTo,
  moveToEdge,
  rectOf,
  type Selection,
  selectAll,
  selectColumns,
  selectRows,
} from './selection.ts'
import type { Suggestions } from './useSuggestions.ts'

export type KeyActions = {
  pageRows: number
  suggestions: Suggestions
  beginEdit(mode: 'type' | 'edit'): void
  commit(): void
  cancel(): void
  insertText(text: string): void
  openRow(): void
  openReference(): boolean
  today(): string
  removable: boolean
  checkable: boolean
}

type Key = { key: string; code: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean }
const ARROWS: Readonly<Record<string, readonly [-1 | 0 | 1, -1 | 0 | 1]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** True when the key was for the grid and must not do anything else. */
export function handleKey(model: Model, event: Key, actions: KeyActions): boolean {
  return model.editing() ? whileEditing(model, event, actions) : whileMoving(model, event, actions)
}

function whileEditing(model: Model, event: Key, actions: KeyActions): boolean {
  const editing = model.editing()
  const { suggestions } = actions
  const { key, shiftKey, altKey } = event
  const ctrl = event.ctrlKey || event.metaKey
  const leave = (next: (selection: Selection) => Selection) => {
    actions.commit()
    model.select(next(model.selection()))
    return true
  }
  if (suggestions.open && (key === 'ArrowUp' || key === 'ArrowDown') && !ctrl) {
    suggestions.move(key === 'ArrowUp' ? -1 : 1)
    return true
  }
  if (key === 'Enter' && ctrl && suggestions.create) {
    suggestions.create.run()
    return true
  }
  if (key === 'Enter' && altKey) {
    if (editing?.column.type === 'long_text') actions.insertText('\n')
    return true
  }
  if (key === 'Enter') return leave((selection) => advance(selection, 'enter', shiftKey, model.bounds()))
  if (key === 'Tab') return leave((selection) => advance(selection, 'tab', shiftKey, model.bounds()))
  if (key === 'Escape') {
    actions.cancel()
    return true
  }
  const arrow = ARROWS[key]
  if (arrow && editing?.mode === 'type' && !shiftKey && !ctrl) {
    return leave((selection) => moveBy(selection, arrow[0], arrow[1], model.bounds(), false))
  }
  return false
}

function whileMoving(model: Model, event: Key, actions: KeyActions): boolean {
  const { key, shiftKey } = event
  const ctrl = event.ctrlKey || event.metaKey
  const moved = movement(model, event, actions.pageRows)
  if (moved) {
    model.select(moved)
    return true
  }
  if (ctrl) return shortcut(model, event, actions)
  // Alt + ↓ opens a list; where there is none, the page may have a use for it.
  const lists = model.canWriteActive() && /choice|reference/.test(model.activeColumn()?.type ?? '')
  if (key === 'F2' || (key === 'ArrowDown' && event.altKey && lists)) actions.beginEdit('edit')
  else if (key === 'Enter' && event.altKey) return actions.openReference()
  else if (key === 'Delete' || key === 'Backspace') model.gestures.clear()
  else if (key === 'Escape') model.revertActive()
  else if (key === ' ' && shiftKey) {
    const { top, bottom } = rectOf(model.selection())
    model.select(selectRows(top, bottom, model.bounds()))
  } else if (key === ' ' && actions.checkable && !model.canWriteActive()) model.toggleSelected()
  else return false
  return true
}

function movement(model: Model, event: Key, pageRows: number): Selection | null {
  const { key, shiftKey } = event
  const ctrl = event.ctrlKey || event.metaKey
  const selection = model.selection()
  const bounds = model.bounds()
  const arrow = event.altKey ? undefined : ARROWS[key]
  if (arrow) {
    const [down, right] = arrow
    if (ctrl) return moveToEdge(selection, down, right, bounds, shiftKey, (cell) => isCellBlank(model, cell))
    return moveBy(selection, down, right, bounds, shiftKey)
  }
  const row = ctrl ? 0 : undefined
  const last = ctrl ? Math.max(0, model.rows.realCount() - 1) : undefined
  switch (key) {
    case 'Home':
      return moveTo(selection, { column: 0, ...(row !== undefined && { row }) }, bounds, shiftKey)
    case 'End':
      return moveTo(
        selection,
        { column: bounds.columns - 1, ...(last !== undefined && { row: last }) },
        bounds,
        shiftKey,
      )
    case 'PageUp':
      return moveBy(selection, -pageRows, 0, bounds, shiftKey)
    case 'PageDown':
      return moveBy(selection, pageRows, 0, bounds, shiftKey)
    case 'Tab':
      return advance(selection, 'tab', shiftKey, bounds)
    case 'Enter':
      return event.altKey || ctrl ? null : advance(selection, 'enter', shiftKey, bounds)
    default:
      return null
  }
}

function isCellBlank(model: Model, cell: { row: number; column: number }): boolean | undefined {
  const place = model.rows.placeAt(cell.row)
  if (place.kind === 'loading') return undefined
  const column = model.columns()[cell.column]
  if (!column || (place.kind !== 'stored' && place.kind !== 'new')) return true
  const cellEdit = model.rows.edits.get(place.key)?.cells[column.name]
  return isBlank(cellEdit ? cellEdit.input : place.base[column.name])
}

function shortcut(model: Model, event: Key, actions: KeyActions): boolean {
  const selection = model.selection()
  const { left, right } = rectOf(selection)
  switch (event.key.toLowerCase()) {
    case 'a':
      model.select(selectAll(selection, model.bounds()))
      return true
    case 'z':
      if (event.shiftKey) model.gestures.redo()
      else model.gestures.undo()
      return true
    case 'y':
      model.gestures.redo()
      return true
    case 'd':
      model.gestures.fill('down')
      return true
    case 'r':
      // The browser's own reload stays on F5.
      model.gestures.fill('right')
      return true
    case ' ':
      model.select(selectColumns(left, right, model.bounds()))
      return true
    case '-':
      if (actions.removable) model.gestures.remove(model.selectedPlaces())
      return true
    case ';':
      actions.insertText(actions.today())
      return true
    case 'enter':
      actions.openRow()
      return true
    default:
      return false
  }
}

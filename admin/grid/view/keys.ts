/** Keys to actions, as in Excel. Composition keys never come here: the textarea returns before. */

import type { Model } from '../model/model.ts'
import { jump } from '../model/seeking.ts'
import {
  advance,
  isRange,
  moveBy,
  moveTo,
  rectOf,
  type Selection,
  selectAll,
  selectColumns,
  selectRows,
} from '../model/selection.ts'
import type { Opened } from './useOpened.ts'
import type { Suggestions } from './useSuggestions.ts'

export type KeyActions = {
  pageRows: number
  suggestions: Suggestions
  opened: Opened
  beginEdit(mode: 'type' | 'edit'): void
  commit(): void
  cancel(): void
  /** What is typed goes to every cell of the selection. */
  commitOver(): void
  insertText(text: string): void
  openRow(): void
  /** Brings the active cell back into view. */
  reveal(): void
  openReference(): boolean
  /** False where the active cell is none of files. */
  openFiles(): boolean
  openHistory(): boolean
  /** Moves the selected rows past their neighbour; false where rows have no order of their own. */
  moveRows(step: 1 | -1): boolean
  today(): string
  removable: boolean
  checkable: boolean
}

type GridKey = { key: string; code: string; ctrlKey: boolean; metaKey: boolean; shiftKey: boolean; altKey: boolean }
const ARROWS: Readonly<Record<string, readonly [-1 | 0 | 1, -1 | 0 | 1]>> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
}

/** True when the key was for the grid and must not do anything else. */
export function handleKey(model: Model, event: GridKey, actions: KeyActions): boolean {
  return model.editing() ? whileEditing(model, event, actions) : whileMoving(model, event, actions)
}

function whileEditing(model: Model, event: GridKey, actions: KeyActions): boolean {
  const editing = model.editing()
  const { suggestions, opened } = actions
  const { key, altKey } = event
  const ctrl = event.ctrlKey || event.metaKey
  if (opened.kind === 'calendar' && opened.keys.current?.(event)) return true
  if (suggestions.open && (key === 'ArrowUp' || key === 'ArrowDown') && !ctrl) {
    suggestions.move(key === 'ArrowUp' ? -1 : 1)
    return true
  }
  if (key === 'ArrowDown' && altKey && editing?.column.type === 'date') opened.open('calendar')
  else if (key === 'F2') model.switchMode()
  else if (key === 'Enter' && ctrl) {
    if (suggestions.create) suggestions.create.run()
    else if (isRange(model.selection())) actions.commitOver()
    else actions.commit()
  } else if (key === 'Enter' && altKey) {
    if (editing?.column.type === 'long_text') actions.insertText('\n')
  } else if (key === 'Escape') actions.cancel()
  else if (leaves(event, editing?.mode === 'type')) {
    actions.commit()
    move(model, event, actions.pageRows)
  } else return false
  return true
}

/** Whether a key leaves the open cell: Enter and Tab always, what moves only where the cell was typed over. */
function leaves({ key, altKey }: GridKey, typed: boolean): boolean {
  return (
    key === 'Enter' || key === 'Tab' || (typed && !altKey && (key in ARROWS || /^(Home|End|Page(Up|Down))$/.test(key)))
  )
}

function whileMoving(model: Model, event: GridKey, actions: KeyActions): boolean {
  const { key, shiftKey } = event
  const ctrl = event.ctrlKey || event.metaKey
  const type = model.activeColumn()?.type ?? ''
  const isFiles = type === 'files' && !isRange(model.selection())
  if (isFiles && !ctrl && (key === 'F2' || key === 'Enter') && !shiftKey && actions.openFiles()) return true
  if (key === 'F2' && shiftKey) return actions.openHistory()
  if (event.altKey && !ctrl && /^Arrow(Up|Down)$/.test(key) && actions.moveRows(key === 'ArrowUp' ? -1 : 1)) return true
  if (key === 'Escape' && actions.opened.kind === 'history') {
    actions.opened.close()
    return true
  }
  if (move(model, event, actions.pageRows)) return true
  if (ctrl) return shortcut(model, event, actions)
  // Alt + ↓ opens a list or a calendar; where there is none, the page may have a use for it.
  const opens = key === 'ArrowDown' && event.altKey && /choice|reference|date/.test(type) && model.canWriteActive()
  if (key === 'F2' || opens) {
    actions.beginEdit('edit')
    if (opens && type === 'date') actions.opened.open('calendar')
  } else if (key === 'Enter' && event.altKey) return actions.openReference()
  else if (key === 'Delete') model.gestures.clear()
  else if (key === ' ' && opensRow(model, shiftKey)) actions.openRow()
  else if (key === 'Backspace') {
    actions.beginEdit('type')
    model.setEditText('')
  } else if (key === ' ' && shiftKey) {
    const { top, bottom } = rectOf(model.selection())
    model.select(selectRows(top, bottom, model.bounds()))
  } else if (key === ' ' && model.flipSelected()) return true
  else if (key === ' ' && actions.checkable && !model.canWriteActive()) model.toggleSelected()
  else return false
  return true
}

/** A row chosen by its number is opened as a form. */
function opensRow(model: Model, shiftKey: boolean): boolean {
  const selection = model.selection()
  const { top, bottom } = rectOf(selection)
  return !shiftKey && selection.whole === 'rows' && top === bottom
}

/** Moves or extends the selection; false when the key does neither. */
function move(model: Model, event: GridKey, pageRows: number): boolean {
  const arrow = event.altKey ? undefined : ARROWS[event.key]
  if (arrow && (event.ctrlKey || event.metaKey)) {
    jump(model, { down: arrow[0], right: arrow[1] }, event.shiftKey)
    return true
  }
  const moved = movement(model, event, pageRows)
  if (moved) model.select(moved)
  return moved !== null
}

function movement(model: Model, event: GridKey, pageRows: number): Selection | null {
  const { key, shiftKey } = event
  const ctrl = event.ctrlKey || event.metaKey
  const selection = model.selection()
  const bounds = model.bounds()
  const arrow = event.altKey ? undefined : ARROWS[key]
  if (arrow) return moveBy(selection, arrow[0], arrow[1], bounds, shiftKey)
  switch (key) {
    case 'Home': {
      // In the blank row one is about to write: number and state are of no use there.
      const column = !ctrl && model.activePlace().kind === 'blank' ? model.firstWritable() : 0
      return moveTo(selection, { column, ...(ctrl && { row: 0 }) }, bounds, shiftKey)
    }
    case 'End': {
      const row = Math.max(0, model.rows.realCount() - 1)
      return moveTo(selection, { column: bounds.columns - 1, ...(ctrl && { row }) }, bounds, shiftKey)
    }
    case 'PageUp':
      return moveBy(selection, -pageRows, 0, bounds, shiftKey)
    case 'PageDown':
      return moveBy(selection, pageRows, 0, bounds, shiftKey)
    case 'Tab':
      return advance(selection, 'tab', shiftKey, bounds, model.canWriteAt)
    case 'Enter':
      return event.altKey || ctrl ? null : advance(selection, 'enter', shiftKey, bounds)
    default:
      return null
  }
}

function shortcut(model: Model, event: GridKey, actions: KeyActions): boolean {
  const selection = model.selection()
  const { left, right } = rectOf(selection)
  // A Chinese keyboard may type the wide ；.
  switch (event.code === 'Semicolon' ? ';' : event.key.toLowerCase()) {
    case 'a':
      model.select(selectAll(selection, model.bounds()))
      return true
    case 'f':
    case 'h':
      actions.opened.open('find', event.key.toLowerCase() === 'h')
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
    case 'backspace':
      actions.reveal()
      return true
    case ' ':
      if (event.shiftKey) model.select(selectAll(selection, model.bounds()))
      else model.select(selectColumns(left, right, { ...model.bounds(), rows: Math.max(1, model.rows.realCount()) }))
      return true
    case '-':
      if (actions.removable) model.gestures.removeSelected(model.selectedPlaces())
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

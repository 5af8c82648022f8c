/**
 * The open editor. It belongs to a row by key, not to a place in the list: what was typed is written to the row it was
 * begun on, even if rows came or went above it, or if that row was still being loaded.
 */

import type { Column, Option, Row, RowKey } from '../types.ts'
import type { Core } from './core.ts'
import type { Cursor } from './cursor.ts'
import { awaiting, type CellState, cellState, optionState, plain, readCell } from './edits.ts'
import type { Gestures } from './gestures.ts'
import { keyAt, type RowPlace } from './rows.ts'

/** An open editor knows its row by key; `key` is null for the blank row and for one still being loaded. */
export type Editing = {
  key: RowKey | null
  row: number
  /** Begun on the blank row: what is written makes a row of its own, whatever stands in its place by then. */
  isBlank: boolean
  column: Column
  /** Typed over the cell (arrows leave it) or opened within it (arrows move the caret). */
  mode: 'type' | 'edit'
  text: string
  option: Option | null
  /** What a list or a calendar points at by the person's own moves; typing takes it away. */
  marked: Option | null
  /** The text over which the calendar was opened; null while none is open. It ends with the editor. */
  calendar: string | null
  dirty: boolean
}

/** What a late answer makes of a text: an option; undefined: what was typed stands; null: the cell as it was before. */
type LateMeaning = Option | null | undefined

export type Editor = ReturnType<typeof createEditing>

export function createEditing({ rows, changed, say }: Core, cursor: Cursor, gestures: Gestures) {
  let editing: Editing | null = null
  const late = new Set<Promise<void>>()

  /** Opens the editor on the active cell; false, with a sentence, when the cell is read-only. */
  function begin(mode: Editing['mode']): boolean {
    const column = cursor.column()
    const place = rows.placeAt(cursor.selection().active.row)
    if (!column || place.kind === 'none') return false
    const base = place.kind === 'stored' || place.kind === 'new' ? place.base : (rows.rules().blankRow?.() ?? {})
    const key = keyAt(place)
    const locked = key ? !rows.canWrite(column, key, base) : place.kind === 'blank' && !column.editable(base)
    if (locked) {
      say({ kind: 'note', text: column.closedBecause?.(base) ?? `${column.label}这一格只能查看，不能改。` })
      return false
    }
    const text = mode === 'edit' && key ? cellState(column, base, rows.edits.get(key)).input : ''
    editing = {
      key,
      row: cursor.selection().active.row,
      isBlank: place.kind === 'blank',
      column,
      mode,
      text,
      option: null,
      marked: null,
      calendar: null,
      dirty: false,
    }
    changed()
    return true
  }

  /** The column may have become another while one typed: what it means is read by the one that is there now. */
  function asItIs(open: Editing | null): Editing | null {
    return open && { ...open, column: rows.byName().get(open.column.name) ?? open.column }
  }

  function setText(text: string, option: Option | null = null) {
    if (!editing) return
    editing = { ...editing, text, option, marked: null, dirty: true }
    changed()
  }

  function mark(marked: Option) {
    if (!editing) return
    editing = { ...editing, marked }
    changed()
  }

  function showCalendar(isOpen: boolean) {
    if (!editing) return
    editing = { ...editing, marked: null, calendar: isOpen ? editing.text : null }
    changed()
  }

  function cancel() {
    editing = null
    changed()
  }

  /** Writes what stands in the editor to the row it was opened on, wherever that row is now. */
  function commit() {
    const open = asItIs(editing)
    if (!open) return
    editing = null
    if (open.dirty) write(open)
    changed()
  }

  /**
   * Closes the editor before it is known what its text means. The text stands in the cell at once, so that whatever is
   * written there afterwards is later than it, and is not sent before the answer is here.
   */
  function commitWhen(answer: Promise<LateMeaning>) {
    const open = asItIs(editing)
    if (!open) return
    editing = null
    const base = (open.key && rows.baseOf(open.key)) || (rows.rules().blankRow?.() ?? {})
    const before = open.key ? plain(cellState(open.column, base, rows.edits.get(open.key))) : null
    const typed = awaiting(readCell(open.column, open.text, base))
    const key = write(open, typed)
    const done = answer
      .catch(() => undefined)
      .then((meant) => {
        late.delete(done)
        if (key === null) return
        const state = meant ? optionState(meant) : meant === null ? before : readCell(open.column, open.text, base)
        gestures.settle(key, open.column, typed, state)
      })
    late.add(done)
    changed()
  }

  /** Writes what stands in the editor to every cell of the selection. */
  function commitOver() {
    const open = asItIs(editing)
    if (!open) return
    editing = null
    gestures.spread(open.column, open.text, open.option)
    changed()
  }

  /** F2 within the editor: arrows leave the cell, or move within its text. */
  function switchMode() {
    if (editing) editing = { ...editing, mode: editing.mode === 'edit' ? 'type' : 'edit' }
  }

  function stateOf({ option, column, text }: Editing, base: Row): CellState {
    return option ? optionState(option) : readCell(column, text, base)
  }

  /** Writes a state, or what stands in the editor, to its row; gives the row, or null where it is not here yet. */
  function write(open: Editing, state?: CellState): RowKey | null {
    if (open.key) return writeTo(open.key, open, state)
    if (open.isBlank) {
      const blank = rows.rules().blankRow?.() ?? {}
      return gestures.setInNewRow(open.column, state ?? stateOf(open, blank))
    }
    const place = rows.placeAt(open.row)
    if (place.kind !== 'loading') return writeLate(open, place, state)
    // Typed faster than the row could be read: it is written when the row is here, if it is still the same list.
    const generation = rows.windows.generation()
    void rows.windows.ensure(open.row, open.row).then(() => {
      writeLate(open, rows.windows.generation() === generation ? rows.placeAt(open.row) : { kind: 'none' })
    })
    return null
  }

  function writeTo(key: RowKey, open: Editing, state?: CellState): RowKey | null {
    const base = rows.baseOf(key)
    if (base) gestures.set({ key, base }, open.column, state ?? stateOf(open, base))
    return base ? key : null
  }

  function writeLate(open: Editing, place: RowPlace, state?: CellState): RowKey | null {
    const said = `“${open.text}”没有写入`
    let key: RowKey | null = null
    if (place.kind !== 'stored') say({ kind: 'fault', text: `${said}：那一行没有读到，请再录一次。` })
    else if (rows.canWrite(open.column, place.key, place.base)) key = writeTo(place.key, open, state)
    else say({ kind: 'note', text: `${said}：${open.column.label}这一格只能查看。` })
    changed()
    return key
  }

  return {
    current: () => editing,
    begin,
    setText,
    mark,
    showCalendar,
    cancel,
    commit,
    commitOver,
    commitWhen,
    switchMode,
    late: () => [...late],
  }
}

/**
 * The open editor. It belongs to a row by key, not to a place in the list: what was typed is written to the row it was
 * begun on, even if rows came or went above it, or if that row was still being loaded.
 */
import { type CellState, cellState, optionState, readCell } from './edits.ts'
import type { Gestures } from './gestures.ts'
import { keyAt, type Place, type Rows } from './rows.ts'
import type { Selection } from './selection.ts'
import type { Column, Message, Option, Row, RowKey } from './types.ts'

/** An open editor knows its row by key; `key` is null for the blank row and for one still being loaded. */
export type Editing = {
  key: RowKey | null
  row: number
  column: Column
  /** Typed over the cell (arrows leave it) or opened within it (arrows move the caret). */
  mode: 'type' | 'edit'
  text: string
  option: Option | null
  dirty: boolean
}

export function createEditing(options: {
  rows: Rows
  gestures: Gestures
  selection: () => Selection
  activeColumn: () => Column | undefined
  changed(): void
  say(message: Message): void
}) {
  const { rows } = options
  let editing: Editing | null = null
  const late = new Set<Promise<void>>()

  /** Opens the editor on the active cell; false, with a sentence, when the cell is read-only. */
  function begin(mode: Editing['mode']): boolean {
    const column = options.activeColumn()
    const place = rows.placeAt(options.selection().active.row)
    if (!column || place.kind === 'none') return false
    const base = place.kind === 'stored' || place.kind === 'new' ? place.base : (rows.rules().blankRow?.() ?? {})
    const key = keyAt(place)
    const locked = key ? !rows.canWrite(column, key, base) : place.kind === 'blank' && !column.editable(base)
    if (locked) {
      options.say({ kind: 'note', text: `${column.label}这一格只能查看，不能改。` })
      return false
    }
    const text = mode === 'edit' && key ? cellState(column, base, rows.edits.get(key)).input : ''
    editing = { key, row: options.selection().active.row, column, mode, text, option: null, dirty: false }
    options.changed()
    return true
  }

  function setText(text: string, option: Option | null = null) {
    if (!editing) return
    editing = { ...editing, text, option, dirty: true }
    options.changed()
  }

  function cancel() {
    editing = null
    options.changed()
  }

  /** Writes what stands in the editor to the row it was opened on, wherever that row is now. */
  function commit() {
    const open = editing
    if (!open) return
    editing = null
    if (!open.dirty) options.changed()
    else if (open.key) writeOpen(open, open.key)
    else writeUnkeyed(open)
  }

  /** Closes the editor at once and writes when the suggestion it waits for is known; without one, the text itself. */
  function commitWhen(suggested: Promise<Option | undefined>) {
    const open = editing
    if (!open) return
    editing = null
    const write = (option: Option | undefined) => {
      late.delete(done)
      const chosen = { ...open, option: option ?? null }
      if (open.key) writeOpen(chosen, open.key)
      else writeUnkeyed(chosen)
    }
    const done = suggested.then(write, () => write(undefined))
    late.add(done)
    options.changed()
  }

  /** Writes what stands in the editor to every cell of the selection. */
  function commitOver() {
    const open = editing
    if (!open) return
    editing = null
    options.gestures.spread(open.column, open.text, open.option)
    options.changed()
  }

  /** F2 within the editor: arrows leave the cell, or move within its text. */
  function switchMode() {
    if (editing) editing = { ...editing, mode: editing.mode === 'edit' ? 'type' : 'edit' }
  }

  function stateOf(open: Editing, base: Row): CellState {
    return open.option ? optionState(open.option) : readCell(open.column, open.text, base)
  }

  function writeOpen(open: Editing, key: RowKey) {
    const base = rows.baseOf(key)
    if (base) options.gestures.set({ key, base }, open.column, stateOf(open, base))
    else options.changed()
  }

  function writeUnkeyed(open: Editing) {
    const place = rows.placeAt(open.row)
    if (place.kind !== 'loading') {
      if (open.row < rows.windows.total()) writeLate(open, place)
      else options.gestures.setInNewRow(open.column, stateOf(open, rows.rules().blankRow?.() ?? {}))
      return
    }
    // Typed faster than the row could be read: it is written when the row is here, if it is still the same list.
    const generation = rows.windows.generation()
    void rows.windows.ensure(open.row, open.row).then(() => {
      writeLate(open, rows.windows.generation() === generation ? rows.placeAt(open.row) : { kind: 'none' })
    })
    options.changed()
  }

  function writeLate(open: Editing, place: Place) {
    const said = `“${open.text}”没有写入`
    if (place.kind !== 'stored') options.say({ kind: 'fault', text: `${said}：那一行没有读到，请再录一次。` })
    else if (rows.canWrite(open.column, place.key, place.base)) writeOpen(open, place.key)
    else options.say({ kind: 'note', text: `${said}：${open.column.label}这一格只能查看。` })
    options.changed()
  }

  return {
    current: () => editing,
    begin,
    setText,
    cancel,
    commit,
    commitOver,
    commitWhen,
    switchMode,
    late: () => [...late],
  }
}

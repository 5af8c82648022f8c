/** Cells that will not be stored as they are: going from one to the next, and settling them. */
import type { RowKey } from '../types.ts'
import type { Core } from './core.ts'
import type { Cursor } from './cursor.ts'
import type { Editor } from './editing.ts'
import { resolveConflict, storedState, without } from './edits.ts'
import type { Gestures } from './gestures.ts'
import { nextProblem, stuckCells } from './status.ts'

export function createProblems(core: Core, cursor: Cursor, editor: Editor, gestures: Gestures) {
  const { source, rows, saver, columns, changed } = core

  /** Goes to a cell of a row that is not loaded; where it stands nowhere in the list, it is shown behind it. */
  async function goBeyond(key: RowKey, column: string) {
    const before = cursor.selection()
    const sought = { ...core.query(), from: -1, step: 1 as const, of: { id: rows.idOf(key) } }
    const found = await source.seek?.(sought).catch(() => undefined)
    if (typeof found?.at === 'number') await rows.windows.ensure(found.at, found.at)
    if (cursor.selection() !== before || editor.current()) return
    if (rows.indexOf(key) === undefined) rows.pin([key])
    cursor.goToKey(key, column)
  }

  return {
    /** Goes to the next (1) or previous (-1) cell that could not be saved; false when there is none. */
    nextProblem(step: 1 | -1): boolean {
      const problem = nextProblem(rows, columns(), cursor.selection().active, step)
      if (!problem) return false
      if (!cursor.goToKey(problem.key, problem.column)) void goBeyond(problem.key, problem.column)
      return true
    },
    /** Puts the active cell back to what is stored. No key does it: outside the editor Escape changes nothing, as in Excel. */
    revertActive(): boolean {
      const place = cursor.place()
      const column = cursor.column()
      if (!column || (place.kind !== 'stored' && place.kind !== 'new')) return false
      const edit = rows.edits.get(place.key)
      if (!edit?.cells[column.name] || edit.sending) return false
      gestures.set(place, column, storedState(column, place.base))
      return true
    },
    /** Settles a cell that both sides have changed. */
    resolve(key: RowKey, column: string, choice: 'mine' | 'theirs') {
      const edit = rows.edits.get(key)
      if (!edit) return
      rows.setEdit(key, resolveConflict(edit, column, choice))
      changed()
      saver.poke()
    },
    /** Lets go of what was typed into columns that are there no more. */
    dropLost() {
      for (const [key, edit] of rows.edits) rows.setEdit(key, without(edit, rows.former))
      changed()
    },
    /** Cells that will not be stored by themselves. */
    stuck: () => stuckCells(rows, saver.state.offline !== null),
  }
}

/**
 * One row for everybody on the page: what else shows or writes a row of the grid does it here, so that there is one
 * version of it, one way back, and nobody is told that somebody else was there when it was oneself.
 */

import type { CellWrite, HeldCell, HeldRow, Row } from '../types.ts'
import { faultAt, isBlank, type RowEdit, readCell, storedState } from './edits.ts'
import type { Model } from './model.ts'

export function sharingOf(model: Model) {
  const { rows, gestures } = model
  let last: { base: Row; edit: RowEdit | undefined; held: HeldRow } | null = null

  return {
    subscribe: model.subscribe,

    /** A row as it stands here: the same object until something of it changes. */
    held(id: unknown): HeldRow | undefined {
      const key = rows.keyOf({ id })
      const base = rows.baseOf(key)
      const edit = rows.edits.get(key)
      if (!base) return undefined
      if (last?.base === base && last.edit === edit) return last.held
      const names = new Set(edit && [edit.cells, edit.faults, edit.checks].flatMap((each) => Object.keys(each)))
      const cells: Record<string, HeldCell> = {}
      for (const name of names) {
        const column = rows.byName().get(name)
        if (!column) continue
        const cell = edit?.cells[name]
        const { text, value } = cell ?? storedState(column, base)
        const [fault, theirs] = [faultAt(edit, name), cell?.theirs?.text]
        cells[name] = { text, value, ...(fault && { fault }), ...(theirs !== undefined && { theirs }) }
      }
      last = { base, edit, held: { row: base, cells } }
      return last.held
    },

    /** Writes a cell as if it were typed into the grid, whether the list shows the row or not. */
    write(row: Row, name: string, cell: CellWrite) {
      const key = rows.keyOf(row)
      const column = rows.byName().get(name) ?? rows.former.get(name)
      if (!column) return
      rows.touch(key, rows.baseOf(key) ?? row)
      rows.accept(row)
      const base = rows.bases.get(key) ?? row
      if (cell === null) gestures.set({ key, base }, column, storedState(column, base))
      else if ('text' in cell) gestures.set({ key, base }, column, readCell(column, cell.text, base))
      else {
        const value = cell.value(rows.rowOf(key, base)[name])
        const text = isBlank(value) ? '' : column.print(value, base)
        gestures.set({ key, base }, column, { input: text, value: isBlank(value) ? null : value, text })
      }
    },

    /** Settles a cell that was changed elsewhere meanwhile. */
    resolve: (id: unknown, name: string, choice: 'mine' | 'theirs') => model.resolve(rows.keyOf({ id }), name, choice),
  }
}

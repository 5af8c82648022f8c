/** Gestures on whole rows: one more like this one, taken away, put back as they are stored. */

import type { RowKey } from '../types.ts'
import type { Core } from './core.ts'
import { type CellState, cellState, plain, storedState } from './edits.ts'
import { add, type Plan } from './history.ts'
import { MAX_GESTURE_ROWS } from './reach.ts'
import type { Replay } from './replay.ts'
import type { WriteTarget, Writing } from './writing.ts'

const BLANK: CellState = { input: '', value: null, text: '' }

export function createRowGestures(core: Core, { perform }: Writing, { takeAway }: Replay) {
  const { source, rows, note } = core

  /** A new row with what another holds, but for some columns. */
  function duplicate({ key, base }: WriteTarget, without: readonly string[]): RowKey | null {
    if (!rows.rules().blankRow) return null
    const made = rows.makeRow()
    const fresh = rows.bases.get(made) ?? {}
    const plan: Plan = new Map()
    for (const column of core.columns()) {
      if (without.includes(column.name) || !column.editable(fresh)) continue
      const state = plain(cellState(column, base, rows.edits.get(key)))
      if (state.input !== '') add(plan, made, column.name, state)
    }
    perform(plan, [made])
    return made
  }

  /** A row's unsaved cells as they are stored. */
  function revert({ key, base }: WriteTarget) {
    const edit = rows.edits.get(key)
    if (!edit || edit.sending) return
    const columns = Object.keys(edit.cells).flatMap((name) => rows.byName().get(name) ?? [])
    perform(new Map([[key, new Map(columns.map((column) => [column.name, storedState(column, base)]))]]))
  }

  /** Removes rows: those made here at once, stored ones when the source agrees. Locked rows stay. */
  function remove(places: readonly WriteTarget[], isAgreed = false) {
    // Rows that are on their way out already are not removed twice.
    const there = places.filter(({ key }) => !rows.leaving.has(key))
    const free = there.filter(({ key, base }) => rows.isNew(key) || !rows.rules().rowState?.(base).locked)
    if (free.length > MAX_GESTURE_ROWS) {
      note(`一次最多删 ${MAX_GESTURE_ROWS.toLocaleString('en')} 行。`)
      return
    }
    const { removing } = rows.rules()
    const stored = free.filter(({ key }) => !rows.isNew(key))
    if (removing && stored.length > 0 && !isAgreed)
      return removing(
        stored.map(({ base }) => base),
        () => remove(places, true),
      )
    // What was typed into them comes back with them.
    const plan: Plan = new Map()
    for (const { key, base } of free) {
      rows.touch(key, base)
      for (const name of Object.keys(rows.edits.get(key)?.cells ?? {})) {
        const column = rows.byName().get(name)
        if (column) add(plan, key, name, rows.isNew(key) ? BLANK : storedState(column, rows.bases.get(key) ?? base))
      }
    }
    const keys = free.map(({ key }) => key)
    perform(plan, [], source.restore ? keys : keys.filter(rows.isNew))
    takeAway(keys)
    const locked = there.length - free.length
    if (locked > 0) note(`${locked.toLocaleString('en')} 行已经锁定，没有删去。`)
    core.changed()
  }

  return { duplicate, revert, remove }
}

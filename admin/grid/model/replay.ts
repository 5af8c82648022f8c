/** Plays steps of the history back and forth: cells by key, rows made here, and rows the source has to remove or restore. */

import type { RowKey } from '../types.ts'
import type { Core } from './core.ts'
import type { RowEdit } from './edits.ts'
import { add, type Plan, type UndoStep } from './history.ts'
import type { WholesLater } from './onDemand.ts'
import type { Writing } from './writing.ts'

export type Replay = ReturnType<typeof createReplay>

export function createReplay({ rows, saver, history, changed }: Core, { write }: Writing, wholes: WholesLater) {
  function undo() {
    const step = history.undo()
    if (step) replay(step, 'before')
    return step
  }

  function redo() {
    const step = history.redo()
    if (step) replay(step, 'after')
    return step
  }

  function replay(step: UndoStep, side: 'before' | 'after') {
    if (step.whole) return void wholes.turn(step.whole, side === 'before' ? 'undo' : 'redo')
    const [back, away] = side === 'before' ? [step.removed, step.made] : [step.made, step.removed]
    const leaving = new Set(away)
    const plan: Plan = new Map()
    for (const change of step.cells) {
      if (!leaving.has(change.key)) add(plan, change.key, change.column, change[side])
    }
    takeAway(away)
    bringBack(back)
    for (const key of plan.keys()) if (rows.isNew(key)) rows.readd(key)
    write(plan)
    rows.prune(null)
    changed()
    saver.poke()
  }

  /** Rows leave the list: stored ones when the source agrees, one that is being stored, or may be, as soon as that is known. */
  function takeAway(keys: readonly RowKey[]) {
    const stored = keys.filter((key) => !rows.isNew(key))
    const isSent = ({ sending, unanswered }: Partial<RowEdit> = {}) => Boolean(sending || unanswered)
    const sending = keys.filter((key) => rows.isNew(key) && isSent(rows.edits.get(key)))
    for (const key of sending) rows.leaving.add(key)
    rows.drop(keys.filter((key) => rows.isNew(key) && !sending.includes(key)))
    // The answer of cells on their way brings the version the removal needs.
    for (const key of stored) if (!rows.edits.get(key)?.sending) rows.edits.delete(key)
    if (stored.length > 0) saver.remove(stored)
  }

  function bringBack(keys: readonly RowKey[]) {
    const stored = keys.filter((key) => !rows.isNew(key))
    for (const key of keys) {
      if (!rows.isNew(key)) continue
      rows.leaving.delete(key)
      rows.readd(key)
    }
    if (stored.length > 0) saver.restore(stored)
  }

  return { undo, redo, takeAway }
}

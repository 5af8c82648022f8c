/** Plays steps of the history back and forth: cells by key, rows made here, and rows the source has to remove or restore. */
import { add, type History, type Plan, type Step } from './history.ts'
import type { Rows } from './rows.ts'
import type { Saver } from './saving.ts'
import type { RowKey } from './types.ts'

export function createReplay(options: {
  rows: Rows
  saver: Saver
  history: History
  write(plan: Plan): void
  changed(): void
}) {
  const { rows, saver, history, write, changed } = options

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

  function replay(step: Step, side: 'before' | 'after') {
    const undoing = side === 'before'
    const made = new Set(step.made)
    const plan: Plan = new Map()
    for (const change of step.cells)
      if (!undoing || !made.has(change.key)) add(plan, change.key, change.column, change[side])
    if (undoing) unmake(step.made)
    else remake(step.made)
    for (const key of plan.keys()) if (rows.isNew(key)) rows.readd(key)
    write(plan)
    rows.prune(null)
    if (step.removed.length > 0) {
      if (undoing) saver.restore(step.removed)
      else saver.remove(step.removed)
    }
    changed()
    saver.poke()
  }

  function unmake(keys: readonly RowKey[]) {
    const stored = keys.filter((key) => !rows.isNew(key))
    const sending = keys.filter((key) => rows.isNew(key) && rows.edits.get(key)?.sending)
    for (const key of sending) rows.leaving.add(key)
    rows.drop(keys.filter((key) => rows.isNew(key) && !sending.includes(key)))
    for (const key of stored) rows.edits.delete(key)
    if (stored.length > 0) saver.remove(stored)
  }

  function remake(keys: readonly RowKey[]) {
    const stored = keys.filter((key) => !rows.isNew(key))
    for (const key of keys) if (rows.isNew(key)) rows.readd(key)
    if (stored.length > 0) saver.restore(stored)
  }

  return { undo, redo }
}

/**
 * Undo and redo. A step is one gesture of the person: the cells it wrote, by row and column name, the rows it made and
 * the rows it removed. Nothing here depends on where a row stands, so sorting and scrolling do not matter.
 */

import type { RowKey, Whole } from '../types.ts'
import type { CellState } from './edits.ts'

const MAX_STEPS = 200
const MAX_STEP_CELLS = 1_000_000

export type CellStep = { key: RowKey; column: string; before: CellState; after: CellState }
export type UndoStep = {
  cells: readonly CellStep[]
  made: readonly RowKey[]
  removed: readonly RowKey[]
  /** Done by the source over more rows than are here. */
  whole?: { label: string; of: Whole }
}

/** What a gesture is going to write: cells by row and column. */
export type Plan = Map<RowKey, Map<string, CellState>>

/** Adds one cell to what a gesture is going to write. */
export function add(plan: Plan, key: RowKey, name: string, state: CellState) {
  const cells = plan.get(key) ?? new Map<string, CellState>()
  cells.set(name, state)
  plan.set(key, cells)
}

export function createHistory() {
  let past: UndoStep[] = []
  let future: UndoStep[] = []

  return {
    /** Remembers a gesture; what could be redone is forgotten. */
    add(step: UndoStep) {
      if (step.cells.length + step.made.length + step.removed.length === 0 && !step.whole) return
      past.push(step)
      future = []
      let cells = past.reduce((sum, { cells }) => sum + cells.length, 0)
      while (past.length > MAX_STEPS || (cells > MAX_STEP_CELLS && past.length > 1)) {
        cells -= past.shift()?.cells.length ?? 0
      }
    },
    undo(): UndoStep | undefined {
      const step = past.pop()
      if (step) future.push(step)
      return step
    },
    redo(): UndoStep | undefined {
      const step = future.pop()
      if (step) past.push(step)
      return step
    },
    last: () => past.at(-1),
    /** A cell that waited for its answer has it: its step leads to what it has become, or nowhere. */
    settle(awaited: number, state: CellState | null) {
      const settled = (step: UndoStep): UndoStep =>
        step.cells.some(({ after }) => after.awaited === awaited)
          ? {
              ...step,
              cells: step.cells.map((change) =>
                change.after.awaited === awaited ? { ...change, after: state ?? change.before } : change,
              ),
            }
          : step
      past = past.map(settled)
      future = future.map(settled)
    },
    canUndo: () => past.length > 0,
    canRedo: () => future.length > 0,
    clear() {
      past = []
      future = []
    },
  }
}

export type History = ReturnType<typeof createHistory>

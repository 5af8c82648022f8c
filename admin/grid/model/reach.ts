/**
 * How far a gesture goes: over rows that are here, over rows that are read first, or over so many that the source does it
 * at its own place.
 */

import type { Column } from '../types.ts'
import type { Core } from './core.ts'
import type { CellState } from './edits.ts'
import type { WholesLater } from './onDemand.ts'
import type { Rect } from './selection.ts'

export const MAX_GESTURE_ROWS = 10_000

export type Reach = ReturnType<typeof createReach>

export function createReach({ rows, columns, note }: Core, wholes: WholesLater) {
  /** Gestures that wait: for rows to be read, or for a part of the grid that is loaded when it is needed. */
  const waiting = new Set<Promise<void>>()

  /** Runs when something is here, unless rows have moved meanwhile: a gesture means the rows it was made on. */
  function later<T>(work: Promise<T>, run: (part: T) => void) {
    const list = () => `${rows.windows.generation()} ${rows.realCount()}`
    const before = list()
    const done: Promise<void> = work
      .then(
        (part) => (list() === before ? run(part) : note('列表刚刚变了，这一步没有做，请再做一次。')),
        () => note('没有做成：网络断了，请再试一次。'),
      )
      .finally(() => waiting.delete(done))
    waiting.add(done)
  }

  function areHere(top: number, bottom: number): boolean {
    for (let row = top; row <= bottom; row += 1) if (rows.placeAt(row).kind === 'loading') return false
    return true
  }

  return {
    later,
    async settled() {
      while (waiting.size > 0) await Promise.all(waiting)
    },
    /** Whether an area is done by the source in one piece: more rows than a gesture takes here. */
    isWhole: (area: Rect) => wholes.works() && area.bottom - area.top + 1 > MAX_GESTURE_ROWS,
    /** One state a column over an area that is done in one piece. */
    setWhole(label: string, area: Rect, stateOf: (column: Column, at: number) => CellState | null) {
      const states = new Map<Column, CellState>()
      for (let at = area.left; at <= area.right; at += 1) {
        const column = columns()[at]
        const state = column && stateOf(column, at)
        if (column && state) states.set(column, state)
      }
      void wholes.set(label, area, states)
    },
    /** Runs when all rows of the range are loaded; refuses ranges too tall to be one gesture here. */
    overRows(top: number, bottom: number, run: () => void) {
      const height = bottom - top + 1
      if (height > MAX_GESTURE_ROWS) {
        const count = (rows: number) => rows.toLocaleString('en')
        return note(`选中了 ${count(height)} 行，一次最多改 ${count(MAX_GESTURE_ROWS)} 行。`)
      }
      if (areHere(top, bottom)) return run()
      // By halves it would look done.
      const runWhole = () => (areHere(top, bottom) ? run() : note('有些行没有读到，这一步没有做。网络好了请再做一次。'))
      later(rows.windows.ensure(top, bottom), runWhole)
    },
  }
}

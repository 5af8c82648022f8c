/** What the page is told of the grid: how many rows, what is not stored, what the selection adds up to. */

import type { SelectionSummary, Status } from '../types.ts'
import type { Core } from './core.ts'
import type { Cursor } from './cursor.ts'
import { type KeepingLater, sumsLater } from './onDemand.ts'
import { keyAt } from './rows.ts'
import { rectOf } from './selection.ts'
import { countEdits, lostCells, summarise } from './status.ts'

export function createStatus(core: Core, cursor: Cursor, keeping: KeepingLater): () => Status {
  const { source, rows, saver, history } = core
  const sumsOf = sumsLater(core)

  /** What is selected adds up to; over whole columns the source is asked for what is not here. */
  function summary(): SelectionSummary {
    const { columns } = rows.rules()
    const known = summarise(rows, columns, cursor.selection())
    const { top, left, bottom, right } = rectOf(cursor.selection())
    const isAll = top === 0 && bottom >= rows.realCount() - 1
    if (known.known === known.rows || known.columns * known.rows === 1 || !isAll || !source.getSummary) return known
    return sumsOf(known, columns.slice(left, right + 1), `${rows.windows.generation()} ${saver.state.savedAt}`)
  }

  return () => ({
    total: rows.realCount(),
    loading: rows.windows.isLoading(),
    ...countEdits(rows, rows.rules().columns, keyAt(cursor.place())),
    saving: saver.state.busy,
    savedAt: saver.state.savedAt,
    offline: saver.state.offline ?? rows.failure(),
    kept: keeping.isKept(),
    lost: lostCells(rows),
    canUndo: history.canUndo(),
    canRedo: history.canRedo(),
    selection: summary(),
  })
}

/** 下一个问题: from the active cell to the next one the server holds something against, round and round. */
import type { Column, GridHandle } from '../../grid/index.ts'
import { isDoubled } from './kinds.ts'
import type { Staged } from './staged.ts'

/** Rows looked at for one step. */
const MOST_STEPS = 500

/** A function that goes on from the active cell; false when it found nothing. */
export function createWalk(staged: Staged, grid: GridHandle | null, columns: readonly Column[]) {
  const order = [...columns.filter(({ frozen }) => frozen), ...columns.filter(({ frozen }) => !frozen)].map(
    ({ name }) => name,
  )
  const faultsOf = (n: unknown): string[] => {
    const row = staged.rowOf(n)
    if (row && isDoubled(row)) return ['kind']
    return order.filter((name) => name in { ...row?.errors, ...row?.conflicts })
  }
  return (active: { id: unknown; column: string | null }): boolean => {
    if (!grid) return false
    const here = order.indexOf(active.column ?? '')
    const faults = active.id === null ? [] : faultsOf(active.id)
    // Enter leads into a row beside its fault: that one comes first.
    const inRow = faults.find((name) => order.indexOf(name) > here || !faults.includes(active.column ?? ''))
    if (inRow) return grid.focusCell(active.id, inRow)
    let at: unknown = active.id === null ? null : grid.stepFrom(active.id, 1)
    for (let steps = 0; steps < MOST_STEPS; steps += 1) {
      at ??= staged.first() ?? null
      if (at === null) return false
      const name = faultsOf(at)[0]
      if (name) return grid.focusCell(at, name)
      at = grid.stepFrom(at, 1)
    }
    return false
  }
}

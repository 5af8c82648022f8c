/** Decisions about rows of an import, taken beside the grid: by the line below a row, by equal values, by all at once. */
import { type RefObject, useCallback } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import type { GridHandle } from '../../grid/index.ts'
import type { Staged } from './staged.ts'
import type { Decisions } from './types.ts'

/** Rounds of deciding all disputes, 200 rows each. */
const MOST_ROUNDS = 100
const fault_ms = 12_000

export function useDecisions(staged: Staged, grid: RefObject<GridHandle | null>) {
  const notify = useNotify()
  const decide = useCallback(
    async (decisions: Decisions): Promise<boolean> => {
      try {
        const { rows, whole } = await staged.decide(decisions)
        grid.current?.refreshRows(rows)
        if (!whole) {
          staged.forget()
          grid.current?.reload()
        }
        return true
      } catch (error) {
        notify((error as HttpError).message, { type: 'error', autoHideDuration: fault_ms })
        return false
      }
    },
    [staged, grid, notify],
  )
  async function decideAll(choice: 'mine' | 'theirs') {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const disputed = await staged.disputed()
      if (disputed.length === 0) break
      if (!(await decide({ choices: disputed.map((each) => ({ ...each, choice })) }))) break
    }
  }
  return { decide, decideAll }
}

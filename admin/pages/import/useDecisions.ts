/** Decisions about rows of an import, taken beside the grid: by the line below a row, by equal values, by all at once. */
import { type RefObject, useCallback, useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import type { GridHandle } from '../../grid/index.ts'
import { isDoubled } from './kinds.ts'
import type { Staged } from './staged.ts'
import type { DecisionChanges, RowKind, ShownRow } from './types.ts'

/** Rounds of deciding all rows of a kind, 200 rows each. */
const MOST_ROUNDS = 100
const FAULT_STAYS_MS = 12_000

export function useDecisions(staged: Staged, grid: RefObject<GridHandle | null>) {
  const notify = useNotify()
  const [under, setUnder] = useState(0)
  const decide = useCallback(
    async (decisions: DecisionChanges): Promise<boolean> => {
      setUnder((old) => old + 1)
      try {
        const { rows, whole } = await staged.decide(decisions)
        grid.current?.refreshRows(rows)
        if (!whole) {
          staged.forget()
          grid.current?.reload()
        }
        return true
      } catch (error) {
        notify((error as HttpError).message, { type: 'error', autoHideDuration: FAULT_STAYS_MS })
        return false
      } finally {
        setUnder((old) => old - 1)
      }
    },
    [staged, grid, notify],
  )
  /** Every row of a kind that waits for it, some at a time; `open` gives what to decide, those without it are passed over. */
  async function decideEach(
    kind: RowKind,
    open: (row: ShownRow) => boolean,
    decisions: (rows: ShownRow[]) => DecisionChanges,
  ) {
    let from = 0
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      const rows = await staged.read(kind, from)
      const waiting = rows.filter(open)
      if (rows.length === 0 || (waiting.length > 0 && !(await decide(decisions(waiting))))) return
      from += rows.length - waiting.length
    }
  }
  return {
    decide,
    /** A decision about many rows of a long file takes seconds. */
    deciding: under > 0,
    /** All disputes alike. */
    chooseAll: (choice: 'mine' | 'theirs') =>
      decideEach(
        'conflict',
        ({ conflicts }) => conflicts !== undefined,
        (rows) => ({
          choices: rows.flatMap(({ n, conflicts = {} }) =>
            Object.keys(conflicts).map((field) => ({ n, field, choice })),
          ),
        }),
      ),
    /** Of rows for the same record the first one of the file. */
    keepFirst: () =>
      decideEach('repeated', isDoubled, (rows) => ({ left_out: rows.map(({ n }) => ({ n, out: true })) })),
  }
}

/**
 * The ticked rows: some, by key, or all rows of the list but some. All of a long list are not held here, and need not be:
 * whoever acts on them names the list.
 */
import type { RowKey } from '../types.ts'

export type Ticks = ReturnType<typeof createTicks>

export function createTicks(changed: () => void) {
  let isAll = false
  /** The ticked ones; with `isAll`, the others. */
  let named: ReadonlySet<RowKey> = new Set()

  function put(all: boolean, keys: Iterable<RowKey>) {
    isAll = all
    named = new Set(keys)
    changed()
  }

  return {
    has: (key: RowKey) => named.has(key) !== isAll,
    /** Ticked rows that are known by key: none where all of the list are meant. */
    keys: (): ReadonlySet<RowKey> => (isAll ? new Set() : named),
    /** Rows left out of all, or null where rows are ticked by key. */
    leftOut: (): ReadonlySet<RowKey> | null => (isAll ? named : null),
    /** How many are ticked in a list of so many. */
    count: (total: number) => (isAll ? Math.max(0, total - named.size) : named.size),
    set: (keys: Iterable<RowKey>) => put(false, keys),
    setAll: () => put(true, []),
    /** Ticks these rows, or unticks them when all of them are ticked. */
    toggle(keys: readonly RowKey[]) {
      const untick = keys.every((key) => named.has(key) !== isAll)
      const next = new Set(named)
      for (const key of keys) {
        if (untick === isAll) next.add(key)
        else next.delete(key)
      }
      put(isAll, next)
    },
  }
}

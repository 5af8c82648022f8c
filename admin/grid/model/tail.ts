/**
 * Rows that stand behind the list as it was read: those made here, stored or not, and those that are kept in sight though
 * the list has them elsewhere, or not at all.
 */
import type { RowKey } from '../types.ts'

export function createTail() {
  let keys: RowKey[] = []
  /** Made here and stored since the list was last read from its beginning: the list, read anew, has them too. */
  let fresh = new Set<RowKey>()
  /** Where rows stood when they were taken out. */
  const left = new Map<RowKey, number>()

  return {
    at: (place: number): RowKey | undefined => keys[place],
    placeOf: (key: RowKey): number | null => {
      const place = keys.indexOf(key)
      return place < 0 ? null : place
    },
    has: (key: RowKey) => keys.includes(key),
    keys: (): readonly RowKey[] => keys,
    count: () => keys.length,
    isFresh: (key: RowKey) => fresh.has(key),
    fresh: (): ReadonlySet<RowKey> => fresh,
    markFresh: (key: RowKey) => fresh.add(key),
    unmarkFresh: (key: RowKey) => fresh.delete(key),
    add: (key: RowKey) => keys.push(key),
    /** Puts rows behind the list that do not stand there yet. */
    pin: (some: readonly RowKey[]) => keys.push(...some.filter((key) => !keys.includes(key))),
    keep(stays: (key: RowKey) => boolean) {
      if (!keys.every(stays)) keys = keys.filter(stays)
    },
    takeOut(lost: ReadonlySet<RowKey>) {
      for (const [place, key] of keys.entries()) if (lost.has(key)) left.set(key, place)
      keys = keys.filter((key) => !lost.has(key))
      for (const key of lost) fresh.delete(key)
    },
    /** Puts a row back where it stood. */
    readd(key: RowKey) {
      if (!keys.includes(key)) keys.splice(left.get(key) ?? keys.length, 0, key)
    },
    /** The rows made here and stored leave: the list has them in their own places. */
    settleFresh() {
      keys = keys.filter((key) => !fresh.has(key))
      fresh = new Set()
    },
    /** The list is another one, with these rows behind it. */
    replace(next: readonly RowKey[]) {
      keys = [...next]
      fresh = new Set()
    },
  }
}

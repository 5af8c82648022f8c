/** The rows of a long list that are held here: blocks of 200, of which the last used stay, and where each row stands. */
import type { Row } from '../types.ts'

export const BLOCK_ROWS = 200
export const MAX_BLOCKS = 64

/** A stale block is shown until it has been read anew. */
type RowBlock = { rows: (Row | undefined)[]; stale: boolean }

export const blockOf = (row: number) => Math.floor(row / BLOCK_ROWS)

export function createBlocks() {
  let blocks = new Map<number, RowBlock>()
  let places = new Map<unknown, number>()

  function forget(number: number) {
    for (const row of blocks.get(number)?.rows ?? []) {
      if (row && blockOf(places.get(row.id) ?? -1) === number) places.delete(row.id)
    }
    blocks.delete(number)
  }

  /** Rows from a place on that stay when others leave, with the places they stood at. */
  function following(from: number, leaving: ReadonlySet<unknown>) {
    const kept: [number, Row][] = []
    for (const [number, block] of blocks) {
      for (const [at, row] of block.rows.entries()) {
        const index = number * BLOCK_ROWS + at
        if (row && index >= from && !leaving.has(row.id)) kept.push([index, row])
      }
    }
    return kept
  }

  function place(index: number, row: Row) {
    const block = blocks.get(blockOf(index)) ?? { rows: [], stale: true }
    block.rows[index % BLOCK_ROWS] = row
    blocks.set(blockOf(index), block)
    places.set(row.id, index)
  }

  function markStale() {
    for (const block of blocks.values()) block.stale = true
  }

  return {
    rowAt: (index: number): Row | undefined => blocks.get(blockOf(index))?.rows[index % BLOCK_ROWS],
    indexOf: (id: unknown) => places.get(id),
    has: (number: number) => blocks.has(number),
    /** Not held, or held as it was. */
    isMissing: (number: number) => blocks.get(number)?.stale ?? true,
    hasFresh: () => [...blocks.values()].some((block) => !block.stale),
    count: () => blocks.size,
    /** Holds a block; beyond MAX_BLOCKS the ones not used for longest go, but never those from `first` to `last`. */
    put(number: number, rows: (Row | undefined)[], first: number, last: number) {
      forget(number)
      blocks.set(number, { rows, stale: false })
      for (const [at, row] of rows.entries()) if (row) places.set(row.id, number * BLOCK_ROWS + at)
      for (const old of blocks.keys()) {
        if (blocks.size <= MAX_BLOCKS) break
        if (old < first || old > last) forget(old)
      }
    },
    /** Makes a block the last used. */
    use(number: number) {
      const block = blocks.get(number)
      if (!block) return
      blocks.delete(number)
      blocks.set(number, block)
    },
    replace(row: Row) {
      const index = places.get(row.id)
      const block = index === undefined ? undefined : blocks.get(blockOf(index))
      if (index !== undefined && block) block.rows[index % BLOCK_ROWS] = row
    },
    /** Takes rows out; those behind move up, and what has moved is stale. */
    remove(ids: readonly unknown[]) {
      const gone = ids.map((id) => places.get(id)).filter((index) => index !== undefined)
      // A row whose place is not known may have been read away already: only the list itself tells how long it is.
      if (gone.length < ids.length) markStale()
      if (gone.length === 0) return
      gone.sort((a, b) => a - b)
      const from = gone[0] ?? 0
      const kept = following(from, new Set(ids))
      for (const number of [...blocks.keys()]) if (number > blockOf(from)) forget(number)
      const first = blocks.get(blockOf(from))
      if (first) {
        first.rows = first.rows.slice(0, from % BLOCK_ROWS)
        first.stale = true
      }
      for (const id of ids) places.delete(id)
      for (const [index, row] of kept) place(index - gone.filter((at) => at < index).length, row)
    },
    markStale,
    clear() {
      blocks = new Map()
      places = new Map()
    },
  }
}

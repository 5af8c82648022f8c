/**
 * A list of up to a million rows, held as blocks of 200 of which the last used stay. At most two blocks are on their way
 * at once and only those in view are asked for, so that pulling the scroll bar through the list asks for little.
 */
import type { Row } from '../types.ts'

export const BLOCK_ROWS = 200
export const MAX_BLOCKS = 64
const MAX_LOADS = 2
const MAX_LOADS_AHEAD = 4
const RETRY_AFTER = 2000
/** Rows beyond the view that are read before they come into it. */
const AHEAD = 80
/** A row may have moved by so many places and is still found. */
const NEAR = 20

type Block = { rows: (Row | undefined)[]; stale: boolean }
type Answer = { rows: readonly Row[]; total: number }

/** What the list would be if it were shown as it is now. */
export type Ahead = {
  total: number
  rowAt(index: number): Row | undefined
  indexOf(id: unknown): number | undefined
  rows: readonly Row[]
  /** Shows it; the rows in view have moved down by so many places. */
  take(shift: number): void
}

export type Windows = ReturnType<typeof createWindows>

/**
 * `load(start, end)` reads rows, end excluded. `onLoad(rows)` is told of fresh rows, `onChange` of anything to redraw,
 * `onError` of a failed load (it is tried again).
 */
export function createWindows(options: {
  load(start: number, end: number): Promise<Answer>
  onLoad(rows: readonly Row[]): void
  onChange(): void
  onError(error: unknown): void
}) {
  let blocks = new Map<number, Block>()
  let places = new Map<unknown, number>()
  let loading = new Map<number, Promise<void>>()
  let total: number | null = null
  let generation = 0
  let wanted = { first: 0, last: 0 }
  let hasDrifted = false
  let retry: ReturnType<typeof setTimeout> | null = null

  const blockOf = (row: number) => Math.floor(row / BLOCK_ROWS)
  const missing = (number: number) => !loading.has(number) && (blocks.get(number)?.stale ?? true)
  const exists = (number: number) => total === null || number * BLOCK_ROWS < Math.max(total, 1)

  function rowAt(index: number): Row | undefined {
    return blocks.get(blockOf(index))?.rows[index % BLOCK_ROWS]
  }

  function put(number: number, rows: (Row | undefined)[]) {
    forget(number)
    blocks.set(number, { rows, stale: false })
    for (const [at, row] of rows.entries()) if (row) places.set(row.id, number * BLOCK_ROWS + at)
    for (const old of blocks.keys()) {
      if (blocks.size <= MAX_BLOCKS) break
      if (old < blockOf(wanted.first) || old > blockOf(wanted.last)) forget(old)
    }
  }

  function forget(number: number) {
    for (const row of blocks.get(number)?.rows ?? []) {
      if (row && blockOf(places.get(row.id) ?? -1) === number) places.delete(row.id)
    }
    blocks.delete(number)
  }

  function fetchBlock(number: number): Promise<void> {
    const running = loading.get(number)
    if (running) return running
    const mine = generation
    const start = number * BLOCK_ROWS
    const done = options.load(start, start + BLOCK_ROWS).then(
      (answer) => {
        if (mine !== generation) return
        loading.delete(number)
        // Others changed the list: this block and those read before do not fit together.
        const isOther = total !== null && answer.total !== total
        if (isOther && [...blocks.values()].some((block) => !block.stale)) hasDrifted = true
        total = answer.total
        put(number, answer.rows.slice(0, BLOCK_ROWS))
        options.onLoad(answer.rows)
        options.onChange()
        pump()
      },
      (error) => {
        if (mine !== generation) return
        loading.delete(number)
        options.onError(error)
        options.onChange()
        retry ??= setTimeout(() => {
          retry = null
          pump()
        }, RETRY_AFTER)
      },
    )
    loading.set(number, done)
    return done
  }

  function pump() {
    if (retry) return
    for (let number = blockOf(wanted.first); number <= blockOf(wanted.last); number += 1) {
      if (loading.size >= MAX_LOADS) return
      if (exists(number) && missing(number)) void fetchBlock(number)
    }
    // With everything in view here, the block that is about to come into view.
    if (loading.size > 0 || total === null) return
    for (const near of [wanted.last + AHEAD, wanted.first - AHEAD]) {
      const number = blockOf(near)
      if (near >= 0 && exists(number) && missing(number)) return void fetchBlock(number)
    }
  }

  /** Says which rows are in view; their blocks become the last used. */
  function want(first: number, last: number) {
    wanted = { first: Math.max(0, first), last: Math.max(0, last) }
    for (let number = blockOf(wanted.first); number <= blockOf(wanted.last); number += 1) {
      const block = blocks.get(number)
      if (!block) continue
      blocks.delete(number)
      blocks.set(number, block)
    }
    pump()
  }

  /** Resolves when these rows are loaded or their load has failed; `loaded` tells which. */
  async function ensure(first: number, last: number): Promise<void> {
    const end = Math.min(last, first + MAX_BLOCKS * BLOCK_ROWS)
    let running: Promise<void>[] = []
    for (let number = blockOf(first); number <= blockOf(end); number += 1) {
      if (!exists(number) || blocks.has(number)) continue
      running.push(fetchBlock(number))
      if (running.length < MAX_LOADS_AHEAD) continue
      await Promise.all(running)
      running = []
    }
    await Promise.all(running)
  }

  function replace(row: Row) {
    const index = places.get(row.id)
    const block = index === undefined ? undefined : blocks.get(blockOf(index))
    if (index !== undefined && block) block.rows[index % BLOCK_ROWS] = row
  }

  /** Takes rows out; those behind move up, and every block that moved is read again when it is in view. */
  function remove(ids: readonly unknown[]) {
    // Answers on their way were read before the removal: their places are wrong.
    generation += 1
    loading = new Map()
    const gone = ids.map((id) => places.get(id)).filter((index) => index !== undefined)
    if (total !== null) total = Math.max(0, total - ids.length)
    // A row whose place is not known may have been read away already: only the list itself tells how long it is.
    if (gone.length < ids.length) for (const block of blocks.values()) block.stale = true
    if (gone.length === 0) return pump()
    gone.sort((a, b) => a - b)
    const from = gone[0] ?? 0
    const leaving = new Set(ids)
    const kept: [number, Row][] = []
    for (const [number, block] of blocks) {
      for (const [at, row] of block.rows.entries()) {
        const index = number * BLOCK_ROWS + at
        if (row && index >= from && !leaving.has(row.id)) kept.push([index, row])
      }
    }
    for (const number of [...blocks.keys()]) if (number > blockOf(from)) forget(number)
    const first = blocks.get(blockOf(from))
    if (first) {
      first.rows = first.rows.slice(0, from % BLOCK_ROWS)
      first.stale = true
    }
    for (const id of ids) places.delete(id)
    for (const [index, row] of kept) {
      const moved = index - gone.filter((place) => place < index).length
      const block = blocks.get(blockOf(moved)) ?? { rows: [], stale: true }
      block.rows[moved % BLOCK_ROWS] = row
      blocks.set(blockOf(moved), block)
      places.set(row.id, moved)
    }
    pump()
  }

  /** Another list: other sort or filter; `count` where it is known how long it is. */
  function reset(count: number | null = null) {
    generation += 1
    blocks = new Map()
    places = new Map()
    loading = new Map()
    hasDrifted = false
    total = count
    pump()
  }

  /** The same list, read again; what is shown stays until the answer is here. */
  function refresh() {
    generation += 1
    loading = new Map()
    hasDrifted = false
    for (const block of blocks.values()) block.stale = true
    pump()
  }

  /**
   * Reads what is in view anew, and what is around `also`, without showing it. Null when that failed or the list is
   * another one by now.
   */
  async function preview(load: (start: number, end: number) => Promise<Answer>, also: number): Promise<Ahead | null> {
    if (total === null || loading.size > 0) return null
    const mine = generation
    const numbers: number[] = []
    const last = Math.min(
      blockOf(wanted.last + AHEAD),
      blockOf(Math.max(0, wanted.first - AHEAD)) + MAX_LOADS_AHEAD - 1,
    )
    for (let number = blockOf(Math.max(0, wanted.first - AHEAD)); number <= last; number += 1) numbers.push(number)
    for (const near of [also - NEAR, also + NEAR]) {
      const number = blockOf(Math.max(0, Math.min(near, total - 1)))
      if (!numbers.includes(number)) numbers.push(number)
    }
    const answers = await Promise.all(
      numbers.map((number) => load(number * BLOCK_ROWS, (number + 1) * BLOCK_ROWS)),
    ).catch(() => null)
    if (mine !== generation || !answers) return null
    const read = new Map(numbers.map((number, at) => [number, answers[at]?.rows.slice(0, BLOCK_ROWS) ?? []]))
    const at = new Map<unknown, number>()
    for (const [number, rows] of read) for (const [n, row] of rows.entries()) at.set(row.id, number * BLOCK_ROWS + n)
    const count = answers.at(-1)?.total ?? 0
    const fresh = [...read.values()].flat()
    return {
      total: count,
      rowAt: (index) => read.get(blockOf(index))?.[index % BLOCK_ROWS],
      indexOf: (id) => at.get(id),
      rows: fresh,
      take(shift) {
        if (mine !== generation) return
        generation += 1
        blocks = new Map()
        places = new Map()
        loading = new Map()
        hasDrifted = false
        total = count
        wanted = { first: Math.max(0, wanted.first + shift), last: Math.max(0, wanted.last + shift) }
        for (const [number, rows] of read) if (rows.length > 0 || number === 0) put(number, rows)
        options.onLoad(fresh)
        options.onChange()
        pump()
      },
    }
  }

  return {
    rowAt,
    preview,
    /** Blocks of different states of the list stand side by side. */
    hasDrifted: () => hasDrifted,
    wanted: () => wanted,
    want,
    ensure,
    replace,
    remove,
    reset,
    refresh,
    total: () => total ?? 0,
    known: () => total !== null,
    isLoading: () => loading.size > 0,
    /** Resolves when nothing is on its way any more: what is in view is here, or its load has failed. */
    async settled() {
      while (loading.size > 0) await Promise.all(loading.values())
    },
    generation: () => generation,
    indexOf: (id: unknown) => places.get(id),
    held: () => blocks.size,
    stop() {
      generation += 1
      loading = new Map()
      if (retry) clearTimeout(retry)
      retry = null
    },
  }
}

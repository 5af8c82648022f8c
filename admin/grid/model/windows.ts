/**
 * A list of up to a million rows, read where it is looked at. At most two blocks are on their way at once and only those
 * in view are asked for, so that pulling the scroll bar through the list asks for little.
 */
import type { Row } from '../types.ts'
import { BLOCK_ROWS, blockOf, createBlocks, MAX_BLOCKS } from './blocks.ts'

const MAX_LOADS = 2
const MAX_LOADS_AHEAD = 4
const RETRY_AFTER_MS = 2_000
/** Rows beyond the view that are read before they come into it. */
const AHEAD_ROWS = 80
/** A row may have moved by so many places and is still found. */
const NEAR_ROWS = 20

type WindowAnswer = { rows: readonly Row[]; total: number }
type Load = (start: number, end: number) => Promise<WindowAnswer>

/** What the list would be if it were shown as it is now. */
export type Ahead = {
  total: number
  rowAt(index: number): Row | undefined
  indexOf(id: unknown): number | undefined
  rows: readonly Row[]
  /** Shows it; the rows in view have moved down by so many places. */
  take(shift: number): void
}

/**
 * `load(start, end)` reads rows, end excluded. `onLoad(rows)` is told of fresh rows, `onChange` of anything to redraw,
 * `onError` of a failed load (it is tried again).
 */
export function createWindows(options: {
  load: Load
  onLoad(rows: readonly Row[]): void
  onChange(): void
  onError(error: unknown): void
}) {
  const blocks = createBlocks()
  let loading = new Map<number, Promise<void>>()
  let total: number | null = null
  /** One state of the list: answers to questions asked of an earlier one are dropped, and what is in view asked for anew. */
  let generation = 0
  let wanted = { first: 0, last: 0 }
  /** Blocks of different states of the list stand side by side. */
  let hasDrifted = false
  let retry: ReturnType<typeof setTimeout> | null = null

  const isMissing = (number: number) => !loading.has(number) && blocks.isMissing(number)
  const exists = (number: number) => total === null || number * BLOCK_ROWS < Math.max(total, 1)
  const put = (number: number, rows: readonly Row[]) =>
    blocks.put(number, [...rows], blockOf(wanted.first), blockOf(wanted.last))

  function begin() {
    generation += 1
    loading = new Map()
    hasDrifted = false
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
        if (total !== null && answer.total !== total && blocks.hasFresh()) hasDrifted = true
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
        }, RETRY_AFTER_MS)
      },
    )
    loading.set(number, done)
    return done
  }

  /** Asks for what is in view and not here; with all of it here, for the block that is about to come into view. */
  function pump() {
    if (retry) return
    for (let number = blockOf(wanted.first); number <= blockOf(wanted.last); number += 1) {
      if (loading.size >= MAX_LOADS) return
      if (exists(number) && isMissing(number)) void fetchBlock(number)
    }
    if (loading.size > 0 || total === null) return
    for (const near of [wanted.last + AHEAD_ROWS, wanted.first - AHEAD_ROWS]) {
      const number = blockOf(near)
      if (near >= 0 && exists(number) && isMissing(number)) return void fetchBlock(number)
    }
  }

  /** Says which rows are in view; their blocks become the last used. */
  function want(first: number, last: number) {
    wanted = { first: Math.max(0, first), last: Math.max(0, last) }
    for (let number = blockOf(wanted.first); number <= blockOf(wanted.last); number += 1) blocks.use(number)
    pump()
  }

  /** Resolves when these rows are loaded or their load has failed; `rowAt` tells which. */
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

  /** The blocks in view and around `also`. */
  function numbersAround(also: number, count: number): number[] {
    const first = blockOf(Math.max(0, wanted.first - AHEAD_ROWS))
    const last = Math.min(blockOf(wanted.last + AHEAD_ROWS), first + MAX_LOADS_AHEAD - 1)
    const near = [also - NEAR_ROWS, also + NEAR_ROWS].map((row) => blockOf(Math.max(0, Math.min(row, count - 1))))
    return [...new Set([...Array.from({ length: last - first + 1 }, (_, at) => first + at), ...near])]
  }

  /**
   * Reads what is in view anew, and what is around `also`, without showing it. Null when that failed or the list is
   * another one by now.
   */
  async function preview(load: Load, also: number): Promise<Ahead | null> {
    if (total === null || loading.size > 0) return null
    const mine = generation
    const numbers = numbersAround(also, total)
    const answers = await Promise.all(
      numbers.map((number) => load(number * BLOCK_ROWS, (number + 1) * BLOCK_ROWS)),
    ).catch(() => null)
    if (mine !== generation || !answers) return null
    const read = new Map(numbers.map((number, at) => [number, answers[at]?.rows.slice(0, BLOCK_ROWS) ?? []]))
    const count = answers.at(-1)?.total ?? 0
    return aheadOf(read, count, (shift) => {
      if (mine === generation) show(read, count, shift)
    })
  }

  /** Shows another state of the list, of which these blocks have been read. */
  function show(read: ReadonlyMap<number, readonly Row[]>, count: number, shift: number) {
    begin()
    blocks.clear()
    total = count
    wanted = { first: Math.max(0, wanted.first + shift), last: Math.max(0, wanted.last + shift) }
    for (const [number, rows] of read) if (rows.length > 0 || number === 0) put(number, rows)
    options.onLoad([...read.values()].flat())
    options.onChange()
    pump()
  }

  return {
    rowAt: blocks.rowAt,
    indexOf: blocks.indexOf,
    replace: blocks.replace,
    held: blocks.count,
    want,
    wanted: () => wanted,
    ensure,
    preview,
    hasDrifted: () => hasDrifted,
    total: () => total ?? 0,
    known: () => total !== null,
    generation: () => generation,
    isLoading: () => loading.size > 0,
    /** Takes rows out; every block that has moved is read again when it is in view. */
    remove(ids: readonly unknown[]) {
      // Answers on their way were read before the removal: their places are wrong.
      generation += 1
      loading = new Map()
      if (total !== null) total = Math.max(0, total - ids.length)
      blocks.remove(ids)
      pump()
    },
    /** Another list: other sort or filter; `count` where it is known how long it is. */
    reset(count: number | null = null) {
      begin()
      blocks.clear()
      total = count
      pump()
    },
    /** The same list, read again; what is shown stays until the answer is here. */
    refresh() {
      begin()
      blocks.markStale()
      pump()
    },
    /** Resolves when nothing is on its way any more: what is in view is here, or its load has failed. */
    async settled() {
      while (loading.size > 0) await Promise.all(loading.values())
    },
    stop() {
      generation += 1
      loading = new Map()
      if (retry) clearTimeout(retry)
      retry = null
    },
  }
}

function aheadOf(read: ReadonlyMap<number, readonly Row[]>, total: number, take: (shift: number) => void): Ahead {
  const places = new Map<unknown, number>()
  for (const [number, rows] of read)
    for (const [at, row] of rows.entries()) places.set(row.id, number * BLOCK_ROWS + at)
  return {
    total,
    rowAt: (index) => read.get(blockOf(index))?.[index % BLOCK_ROWS],
    indexOf: (id) => places.get(id),
    rows: [...read.values()].flat(),
    take,
  }
}

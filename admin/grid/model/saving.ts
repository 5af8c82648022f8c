/**
 * Sends what can be sent: one request at a time, up to 2,000 rows in it, never the same row twice at once. Removals and
 * restorations go in the order of the gestures, before the cells. A request nobody answered is repeated.
 */

import type { RowKey } from '../types.ts'
import type { Core } from './core.ts'
import { createCellSaving } from './savingCells.ts'
import { createRowSaving } from './savingRows.ts'

const FIRST_RETRY_MS = 2_000
const LAST_RETRY_MS = 30_000

/** `savedAt` is when something was stored last; `offline` says why nobody answers. */
export type SavingState = { busy: boolean; savedAt: number | null; offline: string | null }
export type SavingCore = Pick<Core, 'source' | 'rows' | 'changed' | 'say'>
export type Saver = ReturnType<typeof createSaver>

export function createSaver(core: SavingCore) {
  const { changed, say } = core
  const state: SavingState = { busy: false, savedAt: null, offline: null }
  const ofRows = createRowSaving(core, state)
  const sendCells = createCellSaving(core, state, ofRows.removeMade)
  let waiting: (() => void)[] = []
  let trying: (() => void)[] = []
  let retryMs = FIRST_RETRY_MS
  let retry: ReturnType<typeof setTimeout> | null = null
  let isStopped = false

  async function pump() {
    if (state.busy || isStopped) return
    state.busy = true
    let isRefused = false
    try {
      while ((await ofRows.send()) || (await sendCells())) {
        state.offline = null
        retryMs = FIRST_RETRY_MS
        changed()
      }
    } catch (error) {
      isRefused = fail(error)
    } finally {
      state.busy = false
      changed()
      settleTrying()
      if (!state.offline) settleWaiting()
    }
    if (isRefused) poke()
  }

  /** True when what was tried was refused for good, and what comes after it can be sent. */
  function fail(error: unknown): boolean {
    if (error instanceof Error && 'lasting' in error && ofRows.giveUp()) {
      say({ kind: 'fault', text: error.message })
      return true
    }
    state.offline = error instanceof Error && error.message ? error.message : '网络断了。'
    retry = setTimeout(() => void again(), retryMs)
    retryMs = Math.min(LAST_RETRY_MS, retryMs * 2)
    return false
  }

  function again() {
    if (retry) clearTimeout(retry)
    retry = null
    return pump()
  }

  function poke() {
    if (!retry) queueMicrotask(() => void pump())
  }

  function settleTrying() {
    for (const done of trying) done()
    trying = []
  }

  function settleWaiting() {
    for (const done of waiting) done()
    waiting = []
  }

  return {
    state,
    /** Something may be ready to be sent. While nobody answers, it waits for the next try. */
    poke,
    retryNow: again,
    remove(keys: readonly RowKey[]) {
      ofRows.remove(keys)
      poke()
    },
    restore(keys: readonly RowKey[]) {
      ofRows.restore(keys)
      poke()
    },
    /** Resolves when nothing that could be sent is left. */
    idle(): Promise<void> {
      return new Promise((resolve) => {
        waiting.push(resolve)
        poke()
      })
    },
    /** Resolves when everything was stored, or a try has failed. */
    tried(): Promise<void> {
      return new Promise((resolve) => {
        trying.push(resolve)
        poke()
        if (retry) settleTrying()
      })
    },
    waiting: ofRows.waiting,
    start() {
      isStopped = false
      poke()
    },
    stop() {
      isStopped = true
      if (retry) clearTimeout(retry)
    },
  }
}

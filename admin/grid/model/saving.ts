/**
 * Sends what can be sent: one request at a time, up to 2,000 rows in it, never the same row twice at once. Removals and
 * restorations go in the order of the gestures, before the cells. A request nobody answered is repeated.
 */

import type { RowAnswer, RowKey, SaveAnswer, SaveRequest } from '../types.ts'
import type { Core } from './core.ts'
import { sendable, settle, startSending, stopSending } from './edits.ts'

export const MAX_ROWS_PER_REQUEST = 2000
const FIRST_RETRY = 2000
const LAST_RETRY = 30_000

type Job = { kind: 'remove' | 'restore'; keys: readonly RowKey[] }
export type SavingState = { busy: boolean; savedAt: number | null; offline: string | null }

export type Saver = ReturnType<typeof createSaver>

export function createSaver({ source, rows, changed, say }: Pick<Core, 'source' | 'rows' | 'changed' | 'say'>) {
  const state: SavingState = { busy: false, savedAt: null, offline: null }
  const jobs: Job[] = []
  let waiting: (() => void)[] = []
  let trying: (() => void)[] = []
  let retryIn = FIRST_RETRY
  let retry: ReturnType<typeof setTimeout> | null = null
  let stopped = false
  /** Rows brought back, whose new version no answer has told. */
  const risen = new Set<RowKey>()

  function collect() {
    const { columns } = rows.rules()
    const batch: { key: RowKey; isNew: boolean }[] = []
    const request: SaveRequest = { create: [], update: [], remove: [] }
    for (const [key, edit] of rows.edits) {
      if (batch.length >= MAX_ROWS_PER_REQUEST) break
      const base = rows.bases.get(key)
      const isNew = rows.isNew(key)
      // A row that may have been made is asked for once more before it can leave.
      if (!base || (rows.leaving.has(key) && !(isNew && edit.unanswered))) continue
      const cells = sendable(columns, base, edit, isNew)
      if (!cells) continue
      const values = Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, cell.value]))
      if (isNew) request.create.push({ ...base, ...values })
      else request.update.push({ id: base.id, version: base.version, values })
      batch.push({ key, isNew })
      rows.edits.set(key, startSending(edit, cells))
    }
    return { batch, request }
  }

  function take(key: RowKey, answer: RowAnswer | undefined) {
    const base = rows.bases.get(key)
    const edit = rows.edits.get(key)
    if (!base || !edit) return
    if (!answer) rows.setEdit(key, stopSending(edit))
    else if ('gone' in answer) {
      const words = Object.values(edit.cells)
        .slice(0, 3)
        .map(({ text }) => `“${text}”`)
      rows.drop([key])
      say({ kind: 'fault', text: `${answer.gone}您写的${words.join('、')}没有存上。` })
    } else {
      const settled = settle(rows.byName(), base, edit, answer)
      if ('row' in answer) state.savedAt = Date.now()
      if (settled.base !== base) rows.stored(key, settled.base)
      rows.setEdit(key, settled.edit)
      if (rows.leaving.has(key)) undoMaking(key, !rows.isNew(key))
    }
  }

  /** The row was undone while it was being stored. */
  function undoMaking(key: RowKey, stored: boolean) {
    if (stored) jobs.push({ kind: 'remove', keys: [key] })
    else {
      rows.leaving.delete(key)
      rows.drop([key])
    }
  }

  async function sendCells(): Promise<boolean> {
    const { batch, request } = collect()
    if (batch.length === 0) return false
    changed()
    let answer: SaveAnswer
    try {
      answer = await source.save(request)
    } catch (error) {
      for (const { key } of batch) take(key, undefined)
      throw error
    }
    const created = [...answer.create]
    const updated = [...answer.update]
    for (const { key, isNew } of batch) take(key, isNew ? created.shift() : updated.shift())
    return true
  }

  function takeOut(keys: readonly RowKey[], at: number) {
    for (const key of keys) rows.leaving.add(key)
    jobs.splice(at, 0, { kind: 'remove', keys })
  }

  async function runJob(job: Job): Promise<void> {
    if (job.kind === 'restore') return restore(job.keys)
    const stored = job.keys.filter((key) => !rows.isNew(key))
    const remove = stored.map((key) => ({ id: rows.idOf(key), version: rows.bases.get(key)?.version }))
    const answer = await source.save({ create: [], update: [], remove })
    const gone: RowKey[] = []
    const again: RowKey[] = []
    for (const [at, key] of stored.entries()) {
      const one = answer.remove[at]
      rows.leaving.delete(key)
      if (one && ('row' in one || 'gone' in one)) gone.push(key)
      else if (one && 'conflict' in one) {
        rows.accept(one.conflict)
        // Brought back by us a moment ago: that it changed is our own doing.
        if (risen.delete(key)) again.push(key)
        else say({ kind: 'fault', text: '这一行刚被别人改过，没有删去。看过以后可以再删。' })
      } else if (one) say({ kind: 'fault', text: one.message ?? Object.values(one.errors)[0] ?? '没有删去。' })
    }
    if (again.length > 0) takeOut(again, 1)
    rows.drop(gone)
    if (gone.length > 0) state.savedAt = Date.now()
  }

  async function restore(keys: readonly RowKey[]) {
    const ids = keys.map(rows.idOf).filter((id) => id !== undefined)
    if (ids.length === 0 || !source.restore) return
    await source.restore(ids)
    for (const key of keys) risen.add(key)
    state.savedAt = Date.now()
    for (const key of keys) if (key.startsWith('new:')) rows.readd(key)
    rows.windows.refresh()
  }

  async function pump() {
    if (state.busy || stopped) return
    state.busy = true
    try {
      for (;;) {
        const job = jobs[0]
        if (job) {
          await runJob(job)
          jobs.shift()
        } else if (!(await sendCells())) break
        state.offline = null
        retryIn = FIRST_RETRY
        changed()
      }
    } catch (error) {
      fail(error)
    } finally {
      state.busy = false
      changed()
      settleTrying()
      if (!state.offline) settleWaiting()
    }
  }

  function fail(error: unknown) {
    const job = jobs[0]
    const lasting = error instanceof Error && 'lasting' in error
    if (job && lasting) {
      // The source understood and refused the whole job: repeating it would not help.
      jobs.shift()
      for (const key of job.keys) rows.leaving.delete(key)
      say({ kind: 'fault', text: error.message })
      queueMicrotask(() => void pump())
      return
    }
    state.offline = error instanceof Error && error.message ? error.message : '网络断了。'
    retry = setTimeout(() => void again(), retryIn)
    retryIn = Math.min(LAST_RETRY, retryIn * 2)
  }

  function again() {
    if (retry) clearTimeout(retry)
    retry = null
    return pump()
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
    poke() {
      if (!retry) queueMicrotask(() => void pump())
    },
    retryNow: again,
    remove(keys: readonly RowKey[]) {
      takeOut(keys, jobs.length)
      this.poke()
    },
    restore(keys: readonly RowKey[]) {
      jobs.push({ kind: 'restore', keys })
      this.poke()
    },
    /** Resolves when nothing that could be sent is left. */
    idle(): Promise<void> {
      return new Promise((resolve) => {
        waiting.push(resolve)
        this.poke()
      })
    },
    /** Resolves when everything was stored, or a try has failed. */
    tried(): Promise<void> {
      return new Promise((resolve) => {
        trying.push(resolve)
        this.poke()
        if (retry) settleTrying()
      })
    },
    waiting: () => jobs.length,
    start() {
      stopped = false
      this.poke()
    },
    stop() {
      stopped = true
      if (retry) clearTimeout(retry)
    },
  }
}

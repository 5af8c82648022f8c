/** Stored rows that are removed or brought back: in the order of the gestures, one job after the other. */
import type { RowKey } from '../types.ts'
import type { SavingCore, SavingState } from './saving.ts'

type RowsJob = { kind: 'remove' | 'restore'; keys: readonly RowKey[] }

export function createRowSaving({ source, rows, say }: SavingCore, state: SavingState) {
  const jobs: RowsJob[] = []
  /** Rows brought back, whose new version no answer has told. */
  const risen = new Set<RowKey>()

  function takeOut(keys: readonly RowKey[], at: number) {
    for (const key of keys) rows.leaving.add(key)
    jobs.splice(at, 0, { kind: 'remove', keys })
  }

  async function remove(keys: readonly RowKey[]) {
    const stored = keys.filter((key) => !rows.isNew(key))
    const request = stored.map((key) => ({ id: rows.idOf(key), version: rows.bases.get(key)?.version }))
    const answer = await source.save({ create: [], update: [], remove: request })
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

  return {
    waiting: () => jobs.length,
    remove: (keys: readonly RowKey[]) => takeOut(keys, jobs.length),
    restore: (keys: readonly RowKey[]) => jobs.push({ kind: 'restore', keys }),
    /** A row that was undone while it was being stored. */
    removeMade(key: RowKey, isStored: boolean) {
      if (isStored) return jobs.push({ kind: 'remove', keys: [key] })
      rows.leaving.delete(key)
      rows.drop([key])
    },
    /** Does the next job; false when there is none. Fails when nobody answers: it stays the next one. */
    async send(): Promise<boolean> {
      const job = jobs[0]
      if (!job) return false
      await (job.kind === 'remove' ? remove(job.keys) : restore(job.keys))
      jobs.shift()
      return true
    },
    /** The source has understood and refused the job that was tried: it is given up. False when there was none. */
    giveUp(): boolean {
      const job = jobs.shift()
      for (const key of job?.keys ?? []) rows.leaving.delete(key)
      return job !== undefined
    },
  }
}

/**
 * The queue of uploads: workbooks sent and checked one after the other, also while other pages are looked at. Kept outside
 * of any page, so that leaving one loses nothing.
 */
import { useSyncExternalStore } from 'react'
import { dataProvider } from '../dataProvider.ts'

export type UploadState = {
  key: number
  name: string
  size: number
  form: string
  state: 'waiting' | 'sending' | 'checking' | 'done' | 'failed'
  /** Of the bytes, 0 to 1. */
  share: number
  import_id: number | null
  /** Why it could not be read. */
  fault: string | null
  /** Sent together with others: shown in a list, not on a page of its own. */
  together: boolean
}
type QueuedUpload = {
  key: number
  file: File
  form: string
  fields: Record<string, string>
  opened?: (id: number) => void
}
type UnfinishedUpload = { id: number; size: number; state: string }

const ASK_EVERY = 700
const MOST_ASKED = 400
/** Ended ones that are still listed. */
const MOST_KEPT = 50

let made = 0
let list: readonly UploadState[] = []
const jobs: QueuedUpload[] = []
let running = false
const listeners = new Set<() => void>()

function change(key: number, part: Partial<UploadState>) {
  list = list.map((each) => (each.key === key ? { ...each, ...part } : each))
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** All workbooks that were sent from this window, the latest last. */
export const useUploads = (): readonly UploadState[] => useSyncExternalStore(subscribe, () => list)

/** Takes ended ones off the list. */
export function forgetEnded() {
  list = list.filter(({ state }) => state !== 'done' && state !== 'failed')
  for (const listener of listeners) listener()
}

/**
 * Puts a file behind those that wait. `opened` gets the import's id as soon as it is known, which is before the check
 * has ended; without it the file is one of several. Answers the key it goes by in the list.
 */
export function sendWorkbook(
  form: string,
  file: File,
  fields: Record<string, string>,
  opened?: (id: number) => void,
): number {
  made += 1
  const key = made
  const one: UploadState = {
    key,
    name: file.name,
    size: file.size,
    form,
    state: 'waiting',
    share: 0,
    import_id: null,
    fault: null,
    together: !opened,
  }
  list = [...list.slice(-MOST_KEPT), one]
  jobs.push({ key, file, form, fields, ...(opened && { opened }) })
  void go()
  return key
}

async function go() {
  if (running) return
  running = true
  for (let job = jobs.shift(); job; job = jobs.shift()) await sendOne(job)
  running = false
}

async function sendOne({ key, file, form, fields, opened }: QueuedUpload) {
  let told = false
  let ended = false
  const open = (id: number) => {
    if (told) return
    told = true
    change(key, { import_id: id })
    opened?.(id)
  }
  change(key, { state: 'sending' })
  try {
    const answer = (await dataProvider.startImport(form, file, fields, (share) => {
      const sent = share >= 1
      if (sent && list.find((each) => each.key === key)?.state === 'sending' && !fields.continues)
        void lookFor(form, file.size, () => ended || told).then((id) => id !== null && open(id))
      change(key, { share, ...(sent && { state: 'checking' as const }) })
    })) as { id: number }
    ended = true
    change(key, { state: 'done', share: 1 })
    open(answer.id)
  } catch (error) {
    ended = true
    change(key, { state: 'failed', fault: (error as Error).message })
  }
}

/** The import the server is checking now, before it answers: a long check is watched on its own page. */
async function lookFor(form: string, size: number, over: () => boolean): Promise<number | null> {
  for (let asked = 0; asked < MOST_ASKED && !over(); asked += 1) {
    await new Promise((done) => setTimeout(done, ASK_EVERY))
    if (over()) return null
    const found = await dataProvider
      .getList<UnfinishedUpload>('imports', {
        pagination: { page: 1, perPage: 5 },
        sort: { field: 'id', order: 'DESC' },
        filter: { form },
      })
      .catch(() => null)
    const mine = found?.data.find((each) => each.size === size && ['queued', 'checking'].includes(each.state))
    if (mine) return mine.id
  }
  return null
}

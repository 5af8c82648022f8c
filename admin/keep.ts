/**
 * Unsaved cells in the browser's local storage, by person, form, campaign and page. A new page takes over what closed pages
 * have left; it asks the open ones first, so that two pages never send the same cells.
 */
import { createStore, del, get, keys, set, type UseStore, update } from 'idb-keyval'
import type { Keep } from './grid/index.ts'

const MOST_DAYS = 30
const ANSWERS_WITHIN = 200
const RELEASED_WITHIN = 5000

/** `taken` is the page that is about to take it up. */
type KeptPage = { at: number; page: string; taken?: string; kept: { rows: unknown[] } }

/** This page, for as long as it is open. */
const page = Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, '0')).join(
  '',
)
let opened: UseStore | undefined
const store = () => {
  opened ??= createStore('haowangmin', 'unsaved')
  return opened
}

const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel('haowangmin-unsaved')
channel?.addEventListener('message', ({ data }) => {
  if (data === 'who') channel.postMessage({ page })
})

/** Which pages of this browser are open, this one included. */
async function openPages(): Promise<Set<string>> {
  const pages = new Set([page])
  if (!channel) return pages
  const hear = ({ data }: MessageEvent) => {
    if (typeof data?.page === 'string') pages.add(data.page)
  }
  channel.addEventListener('message', hear)
  channel.postMessage('who')
  await new Promise((done) => setTimeout(done, ANSWERS_WITHIN))
  channel.removeEventListener('message', hear)
  return pages
}

/** Lists of this page that are still writing, by name. */
const writing = new Map<string, Promise<void>>()

/** What other pages, and earlier lists of this one, have left under this name; from now on it is this page's. */
async function takeUp(name: string): Promise<{ found: string[]; rows: unknown[] }> {
  const all = (await keys<string>(store())).filter((key) => key.startsWith(`${name}|`))
  const others = all.filter((key) => key !== `${name}|${page}`)
  const pages = others.length > 0 ? await openPages() : new Set([page])
  const found: string[] = []
  const rows: unknown[] = []
  for (const key of all) {
    await update<KeptPage | undefined>(
      key,
      (entry) => {
        const isFree = entry && (entry.page === page || !pages.has(entry.page))
        const isTaken = entry?.taken !== undefined && entry.taken !== page && pages.has(entry.taken)
        return isFree && !isTaken ? { ...entry, taken: page } : entry
      },
      store(),
    )
    const entry = await get<KeptPage>(key, store())
    if (entry?.taken !== page) continue
    found.push(key)
    if (entry.at > Date.now() - MOST_DAYS * 86_400_000) rows.push(...(entry.kept?.rows ?? []))
  }
  return { found, rows }
}

/** The keep of one person's list. Another person's is never looked at. */
export function keepOf(person: number, form: string, campaign: number | undefined): Keep {
  const name = `${person}|${form}|${campaign ?? ''}`
  const mine = `${name}|${page}`
  let release = () => {}
  const put = (kept: unknown) =>
    set(mine, { at: Date.now(), page, kept: kept as KeptPage['kept'] } satisfies KeptPage, store())
  return {
    async load() {
      const before = writing.get(name)
      await Promise.race([before, new Promise((done) => setTimeout(done, before ? RELEASED_WITHIN : 0))])
      const own = new Promise<void>((done) => {
        release = done
      })
      writing.set(name, own)
      const { found, rows } = await takeUp(name)
      if (rows.length > 0) await put({ rows })
      for (const key of found) if (key !== mine || rows.length === 0) await del(key, store())
      return { rows }
    },
    save: put,
    clear: () => del(mine, store()),
    done: () => release(),
  }
}

/**
 * A notice that is being confirmed, kept in this browser for the person it belongs to, files included, until the campaign is made or
 * it is given up: reloading the page, or coming back another day, goes on where one stopped. The server keeps nothing of it.
 */
import type { Confirming } from './groups.ts'

export type KeptNotice = Confirming & { files: readonly File[]; savedAt: string }

const DATABASE = 'notices'
const STORE = 'drafts'
/** Longer than that nobody comes back to it. */
const KEPT_DAYS = 60

function opened(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(DATABASE, 1)
    request.onupgradeneeded = () => request.result.createObjectStore(STORE)
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}

async function inStore<T>(mode: IDBTransactionMode, run: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened()
  try {
    return await new Promise((resolve, reject) => {
      const request = run(database.transaction(STORE, mode).objectStore(STORE))
      request.onsuccess = () => resolve(request.result)
      request.onerror = () => reject(request.error)
    })
  } finally {
    database.close()
  }
}

/** Files are written once, what is confirmed with every step. */
const filesOf = (person: number) => `files of ${person}`

/** What `person` left unfinished; undefined where there is nothing, or the browser keeps nothing. */
export async function keptNotice(person: number): Promise<KeptNotice | undefined> {
  try {
    const kept = await inStore<Omit<KeptNotice, 'files'> | undefined>('readonly', (store) => store.get(person))
    const files = await inStore<readonly File[] | undefined>('readonly', (store) => store.get(filesOf(person)))
    if (!kept || !files) return undefined
    if (Date.now() - Date.parse(kept.savedAt) <= KEPT_DAYS * 86_400_000) return { ...kept, files }
    await forgetNotice(person)
    return undefined
  } catch {
    return undefined
  }
}

/** Keeps it; false where the browser can't. `withFiles`: they are others than before. */
export async function keepNotice(person: number, { files, ...rest }: KeptNotice, withFiles: boolean): Promise<boolean> {
  try {
    if (withFiles) await inStore('readwrite', (store) => store.put(files, filesOf(person)))
    await inStore('readwrite', (store) => store.put(rest, person))
    return true
  } catch {
    return false
  }
}

export const forgetNotice = (person: number): Promise<unknown> =>
  inStore('readwrite', (store) => {
    store.delete(filesOf(person))
    return store.delete(person)
  }).catch(() => undefined)

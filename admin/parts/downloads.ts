/**
 * Downloads. What takes longer than a moment is listed, with its progress and a way to cancel it;
 * the browser saves a file when it has come whole.
 */
import { api, fetchRaw, get } from '../http.ts'

/** `done` of `all` rows are written; then the share of the bytes that has come. `fault` says why there is no file. */
export type Download = {
  id: string
  name: string
  rows_done: number
  rows_total: number | null
  received: number | null
  fault: string | null
}

const POLL_MS = 700
const FAULT_STAYS_MS = 12_000

let downloads: readonly Download[] = []
const stops = new Map<string, AbortController>()
const listeners = new Set<() => void>()

function put(next: readonly Download[]) {
  downloads = next
  for (const listener of listeners) listener()
}
const change = (id: string, values: Partial<Download>) =>
  put(downloads.map((each) => (each.id === id ? { ...each, ...values } : each)))

export const currentDownloads = () => downloads
export function onDownloads(listener: () => void) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Stops a download, or takes the sentence of a failed one away. */
export function dismiss(id: string) {
  stops.get(id)?.abort()
  put(downloads.filter((each) => each.id !== id))
}

/** Fetches what the server makes under `path` and lets the browser save it; the name comes with the answer. */
export async function download(path: string, query: Record<string, unknown> = {}): Promise<void> {
  const search = new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  ).toString()
  const id = crypto.randomUUID?.() ?? `${Date.now()}-${Math.random().toString(36).slice(2)}`
  const stop = new AbortController()
  stops.set(id, stop)
  put([...downloads, { id, name: '', rows_done: 0, rows_total: null, received: null, fault: null }])
  const timer = setInterval(() => void ask(id), POLL_MS)
  try {
    const answer = await fetchRaw(`${api}${path}${search ? `?${search}` : ''}`, {
      signal: stop.signal,
      headers: { 'X-Progress': id },
    })
    clearInterval(timer)
    const name = nameIn(answer.headers.get('content-disposition'))
    change(id, { name })
    save(await received(answer, (share) => change(id, { received: share })), name)
    put(downloads.filter((each) => each.id !== id))
  } catch (error) {
    if (stop.signal.aborted) return
    change(id, { fault: (error as Error).message })
    setTimeout(() => dismiss(id), FAULT_STAYS_MS)
  } finally {
    clearInterval(timer)
    stops.delete(id)
  }
}

/** Another process may be making the file: then its progress is unknown, and nothing is shown. */
const ask = (id: string) =>
  get(`/exports/${id}`).then(
    ({ rows_done, rows_total }) => change(id, { rows_done, rows_total }),
    () => {},
  )

async function received(answer: Response, onShare: (share: number) => void): Promise<Blob> {
  const all = Number(answer.headers.get('content-length'))
  const type = answer.headers.get('content-type') ?? ''
  if (!answer.body || !all) return answer.blob()
  const pieces: BlobPart[] = []
  let size = 0
  const reader = answer.body.getReader()
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    pieces.push(next.value)
    size += next.value.length
    onShare(size / all)
  }
  return new Blob(pieces, { type })
}

function nameIn(disposition: string | null): string {
  const encoded = /filename\*=UTF-8''([^;]+)/.exec(disposition ?? '')?.[1]
  return encoded ? decodeURIComponent(encoded) : 'export.xlsx'
}

function save(blob: Blob, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // the browser has taken the bytes over when the click has been worked off
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}

/** Every request to the server: JSON in, JSON out, errors as react-admin's HttpError with the server's Chinese sentence. */
import { fetchUtils, HttpError } from 'react-admin'

export const api = '/api'

/** Dispatched on `window` when the session has ended; the layout asks to log in again, over the page. */
export const sessionOver = 'session-over'

/** Dispatched on `window` when the definitions of forms may have changed; `detail.version` is that of now, where it is known. */
export const definitionsTold = 'definitions-told'

export const tellDefinitions = (version?: number) =>
  window.dispatchEvent(new CustomEvent(definitionsTold, { detail: { version } }))

type JsonAnswer = Awaited<ReturnType<typeof fetchUtils.fetchJson>>
type Body = { message?: string; errors?: Record<string, unknown>; request_id?: string } | null

const offline = '网络断了，没有连上。请稍后再试一次。'

/** Whether an answer says that there is no such form or column: this page may be behind. */
const knowsNot = (url: string, status: number, body: Body) =>
  (status === 404 && /^\/api\/(?!forms\b)\w+(\/bulk)?(\?|$)/.test(url)) ||
  (status === 422 && /没有“[^”]*”这个栏目/.test(JSON.stringify(body?.errors ?? {})))

function explain(status: number, body: Body): string {
  const sentence = body?.message ?? (status === 413 ? '文件太大，请分成几份。' : '没有完成，请再试一次。')
  return status >= 500 && body?.request_id ? `${sentence}编号 ${body.request_id.slice(0, 8)}` : sentence
}

/**
 * As `fetchUtils.fetchJson`, with what the admin needs: sentences, and the errors of a 422 in the shape of react-admin's
 * forms. Throws HttpError; status 0 means that nobody answered.
 */
export async function fetchJson(url: string, options: fetchUtils.Options = {}): Promise<JsonAnswer> {
  try {
    return await fetchUtils.fetchJson(url, { credentials: 'same-origin', ...options })
  } catch (error) {
    if (!(error instanceof HttpError)) {
      if ((error as Error).name === 'AbortError') throw error
      throw new HttpError(offline, 0, { message: offline })
    }
    const body = error.body as Body
    const message = explain(error.status, typeof body === 'object' ? body : null)
    if (error.status === 401 && !url.endsWith('/login') && !url.endsWith('/me')) {
      window.dispatchEvent(new Event(sessionOver))
    }
    if (knowsNot(url, error.status, body)) tellDefinitions()
    throw new HttpError(message, error.status, typeof body === 'object' ? { ...body, message } : { message })
  }
}

/** What is no JSON: the answer as it comes. Refusals are thrown as `fetchJson` throws them. */
export async function fetchRaw(url: string, options: RequestInit = {}): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(url, { credentials: 'same-origin', ...options })
  } catch (error) {
    if ((error as Error).name === 'AbortError') throw error
    throw new HttpError(offline, 0, { message: offline })
  }
  if (answer.ok) return answer
  if (answer.status === 401) window.dispatchEvent(new Event(sessionOver))
  const body = (await answer.json().catch(() => null)) as Body
  throw new HttpError(explain(answer.status, body), answer.status, body)
}

const send = (method: string) => (path: string, body?: unknown) =>
  fetchJson(`${api}${path}`, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }).then(
    ({ json }) => json,
  )

export const get = (path: string) => fetchJson(`${api}${path}`).then(({ json }) => json)
export const post = send('POST')
export const put = send('PUT')
export const patch = send('PATCH')
export const del = send('DELETE')

/** Sends a file, or several, as multipart; `onSent` gets the share of bytes sent, 0 to 1. */
export function upload<T>(
  path: string,
  file: File | readonly File[],
  fields: Record<string, string> = {},
  onSent?: (share: number) => void,
): Promise<T> {
  return new Promise((done, fail) => {
    const data = new FormData()
    // Fields first: the server has them before the file's bytes arrive.
    for (const [name, value] of Object.entries(fields)) data.append(name, value)
    for (const each of [file].flat()) data.append('file', each)
    const request = new XMLHttpRequest()
    request.open('POST', `${api}${path}`)
    request.responseType = 'json'
    request.upload.onprogress = ({ loaded, total }) => onSent?.(total ? loaded / total : 0)
    request.onerror = () => fail(new HttpError(offline, 0, { message: offline }))
    request.onload = () => {
      const body = request.response as Body
      if (request.status < 400) return done(body as T)
      if (request.status === 401) window.dispatchEvent(new Event(sessionOver))
      fail(new HttpError(explain(request.status, body), request.status, body))
    }
    request.send(data)
  })
}

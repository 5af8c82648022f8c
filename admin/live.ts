/**
 * Live changes of one form, for the grid: server-sent events, reopened after every interruption with a notice that everything is to be
 * read again. A page nobody looks at closes its stream: a browser has few connections to spare.
 */
import type { RowsEvent } from '../server/live/batches.ts'
import type { PeopleEvent } from '../server/live/presence.ts'
import type { News, Watch } from './grid/index.ts'
import { api, post, sessionOver, tellDefinitions } from './http.ts'

const FIRST_PAUSE = 1000
const LAST_PAUSE = 60_000
/** The server says something at least every 15 seconds. */
const SILENT_FOR = 40_000
const HIDDEN_FOR = 10_000

/** Listens until it is stopped. Jurors and whoever may not read the form get no events. */
export function watchForm(form: string, campaign_id: number | undefined, listener: (news: News) => void): Watch {
  const seat = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(16).padStart(2, '0'),
  ).join('')
  const query = new URLSearchParams({ form, seat, ...(campaign_id && { campaign_id: String(campaign_id) }) })
  let stream: EventSource | null = null
  let pause = FIRST_PAUSE
  let row: unknown = null
  let isStopped = false
  let reopening: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let hiding: ReturnType<typeof setTimeout> | undefined

  function open() {
    close()
    if (isStopped || document.visibilityState === 'hidden') return
    const mine = new EventSource(`${api}/live?${query}`)
    stream = mine
    const on = <T>(event: string, run: (data: T) => void) =>
      mine.addEventListener(event, (message) => {
        alive()
        run(JSON.parse((message as MessageEvent<string>).data) as T)
      })
    on<{ definitions: number }>('hello', ({ definitions }) => {
      pause = FIRST_PAUSE
      tellDefinitions(definitions)
      // Earlier events are not repeated.
      listener({ kind: 'many' })
      if (row !== null) tell()
    })
    on('beat', () => {})
    on('definitions', () => tellDefinitions())
    on('many', () => listener({ kind: 'many' }))
    on<RowsEvent>('rows', (told) => listener({ kind: 'rows', ...told }))
    on<PeopleEvent>('people', (told) => listener({ kind: 'people', ...told }))
    on<{ reason: string }>('over', ({ reason }) => {
      if (reason === 'session') window.dispatchEvent(new Event(sessionOver))
      again()
    })
    // The browser tries again by itself, unless it was refused.
    mine.onerror = () => {
      listener({ kind: 'people', people: [] })
      if (mine.readyState === EventSource.CLOSED) again()
    }
    alive()
  }

  function alive() {
    clearTimeout(silence)
    silence = setTimeout(again, SILENT_FOR)
  }

  function again() {
    close()
    if (isStopped) return
    reopening = setTimeout(open, pause * (0.75 + Math.random() / 2))
    pause = Math.min(LAST_PAUSE, pause * 2)
  }

  function close() {
    clearTimeout(silence)
    clearTimeout(reopening)
    stream?.close()
    stream = null
  }

  function tell() {
    if (stream?.readyState === EventSource.OPEN)
      post('/live/presence', { form, seat, row_id: row, ...(campaign_id && { campaign_id }) }).catch(() => {})
  }

  function look() {
    clearTimeout(hiding)
    if (document.visibilityState === 'hidden') hiding = setTimeout(close, HIDDEN_FOR)
    else if (!stream) open()
  }
  document.addEventListener('visibilitychange', look)
  open()

  return {
    at(id) {
      row = id
      tell()
    },
    stop() {
      isStopped = true
      document.removeEventListener('visibilitychange', look)
      clearTimeout(hiding)
      close()
    },
  }
}

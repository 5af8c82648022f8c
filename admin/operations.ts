/**
 * One thing done to many rows by the server: begun, watched, cancelled, undone. The grid and the pages share it; its
 * outcome is put in words here.
 */
import type { HttpError } from 'react-admin'
import type { Operation } from '../server/operations/routes.ts'
import type { Whole, WholeOutcome, WholeProgress } from './grid/index.ts'
import { del, get, post } from './http.ts'
import { actionWord } from './parts/history.tsx'
import { count } from './parts/words.ts'

const POLL_MS = 400
/** Attempts to poll an operation while the server does not answer: about five minutes. */
const MAX_TRIES = 150

export type OperationBody = {
  kind: Operation['kind']
  filter: Record<string, unknown>
  sort?: unknown
  range?: readonly [number, number]
  ends?: readonly unknown[]
  except?: readonly number[]
  expected?: number
  skip_locked?: boolean
  values?: Record<string, unknown>
  replace?: { find: string; put: string; fields: readonly string[] }
  action?: string
  reason?: string
  fields?: string[]
}

const underWay = new Set(['running', 'undoing', 'redoing'])
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms))

/** Begins an operation on a form's rows. Rejects with the server's sentence when it will not begin. */
export async function operate(form: string, body: object): Promise<Whole> {
  return follow(await post(`/${form}/operations`, body), 'do')
}

/** How many cells a replacement would find, in how many rows; nothing is done. */
export const countReplaced = (form: string, body: object): Promise<{ cells: number; rows: number }> =>
  post(`/${form}/operations?check=1`, body)

/** Undoes or redoes an operation, however long ago it was. Rejects with the server's sentence where it can't. */
export const turn = async ({ id }: Pick<Operation, 'id'>, way: 'undo' | 'redo'): Promise<Whole> =>
  follow(await post(`/operations/${id}/${way}`), way)

type OperationPass = 'do' | 'undo' | 'redo'

function follow(first: Operation, pass: OperationPass): Whole {
  const listeners: ((progress: WholeProgress) => void)[] = []
  let last = first
  const tell = () => {
    const { rows_done, rows_total, rate = null } = last
    for (const listener of listeners) listener({ done: rows_done, total: rows_total, rate })
  }

  async function end(): Promise<WholeOutcome> {
    for (let tries = 0; underWay.has(last.state); ) {
      await pause(POLL_MS)
      try {
        last = await get(`/operations/${first.id}`)
        tries = 0
        tell()
      } catch (error) {
        // It goes on without us; what became of it is asked again.
        tries += 1
        const { status } = error as HttpError
        if (tries > MAX_TRIES || (status && status < 500 && status !== 429 && status !== 401)) throw error
      }
    }
    return outcomeOf(last, pass)
  }

  return {
    finished: end(),
    watch(listener) {
      listeners.push(listener)
      tell()
    },
    // What is over by now cannot be cancelled; its end is reported all the same.
    cancel: () => void del(`/operations/${first.id}`).catch(() => undefined),
    undo: () => turn(first, 'undo'),
    redo: () => turn(first, 'redo'),
  }
}

/** What came of a pass; throws the sentence when nothing did. */
function outcomeOf(operation: Operation, pass: OperationPass): WholeOutcome {
  const { state, message } = operation
  const ends = { do: 'done', undo: 'undone', redo: 'done' }
  if (state === 'cancelled' || (state !== ends[pass] && !message)) throw new Error('已取消，什么都没有改。')
  if (state !== ends[pass]) throw new Error(message)
  if (pass === 'do') return { changed: operation.done ?? 0, words: wordsOf(operation) }
  const { done = 0, kept_count = 0, kept = [] } = operation[pass === 'undo' ? 'undone' : 'redone'] ?? {}
  const said = pass === 'undo' ? `已撤销 ${count(done)} 行。` : `已${verbOf(operation)} ${count(done)} 行。`
  const first = kept[0] ? `${kept[0].name ? `“${kept[0].name}”` : ''}${kept[0].reason}` : ''
  return { changed: done, words: kept_count > 0 ? `${said}${count(kept_count)} 行没有动：${first}` : said }
}

const verbs = { set: '改', replace: '替换', remove: '删去', restore: '找回', move: '' }
const verbOf = ({ kind, action }: Operation) => (kind === 'move' ? actionWord(action ?? '') : verbs[kind])

/** Rows that stayed are named with what each lacks, as many as are read at a glance. */
const MAX_NAMED = 3

function whyLeft({ skipped = [], listed = [] }: Operation): string {
  const [most] = [...skipped].sort((a, b) => b.count - a.count)
  if (skipped.length < 2 || listed.length === 0) return most?.message ?? ''
  const named = listed.slice(0, MAX_NAMED).map(({ name, message }) => `“${name}”${message}`)
  return named.join('') + (listed.length > MAX_NAMED ? '……' : '')
}

/** What came of an operation, as one reads it at once and weeks later. */
export function wordsOf(operation: Operation): string {
  const { done = 0, unchanged = 0, skipped_count = 0 } = operation
  const verb = verbOf(operation)
  const most = whyLeft(operation)
  const said = done > 0 ? `已${verb} ${count(done)} 行。` : ''
  const left = skipped_count > 0 ? `${count(skipped_count)} 行没有${verb}：${most}` : ''
  return said + left || (unchanged > 0 ? '这些行本来就是这样，没有改动。' : '没有要改的行。')
}

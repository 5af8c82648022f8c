/**
 * The rows of one import as a source of the grid. A row that was put right leaves its kind on the server, but not its
 * place under the hands: the list shown is the server's list with those rows kept where they stood.
 */
import type { HttpError } from 'react-admin'
import type { Row, RowAnswer, Source, Term } from '../../grid/index.ts'
import { api, fetchJson, patch } from '../../http.ts'
import type { DecisionChanges, ImportAnswer, RowKind, ShownRow } from './types.ts'

/** Rows in one request of corrections: as many as the server answers. */
const MOST_ROWS = 200
/** Rows the server gives at once. */
const MOST_READ = 100
const TRIES = 3
/** Rows remembered for jumping from fault to fault. */
const MOST_KNOWN = 20_000

export type ShownKind = RowKind | 'all'
export type Staged = ReturnType<typeof createStaged>
type StagedRows = { head: ImportAnswer; rows: ShownRow[] }

export const stagedOf = (row: Row): ShownRow => row.staged as ShownRow

/** The kind a filter of the grid asks for. */
function kindIn(filter: readonly Term[]): ShownKind {
  const value = filter.find(({ column }) => column === 'kind')?.value
  return ((Array.isArray(value) ? value[0] : value) as RowKind | undefined) ?? 'all'
}

/** Rows `first` to `last`, in as many requests as it takes. */
async function readRows(id: number, kind: ShownKind, first: number, last: number) {
  const rows: ShownRow[] = []
  for (;;) {
    const from = first + rows.length
    const piece = await readPiece(id, kind, from, Math.min(last, from + MOST_READ - 1))
    rows.push(...piece.rows)
    if (piece.rows.length < MOST_READ || first + rows.length > last) return { rows, total: piece.total }
  }
}

async function readPiece(id: number, kind: ShownKind, first: number, last: number) {
  const query = new URLSearchParams({
    range: JSON.stringify([first, last]),
    filter: JSON.stringify(kind === 'all' ? {} : { kind }),
  })
  const { headers, json } = await fetchJson(`${api}/imports/${id}/rows?${query}`)
  const total = Number(headers.get('content-range')?.split('/').pop() ?? 0)
  return { rows: json as ShownRow[], total }
}

/** `told` gets the head of the import after every decision. */
export function createStaged(id: number, told: (head: ImportAnswer) => void) {
  let kind: ShownKind | null = null
  let version = 0
  let stamp = 0
  /** Where rows stand in the list shown, and the rows kept there although they are of another kind now. */
  const places = new Map<number, number>()
  const kept = new Map<number, ShownRow>()
  const known = new Map<number, ShownRow>()

  const toRow = (staged: ShownRow): Row => {
    version += 1
    if (known.size >= MOST_KNOWN) known.clear()
    known.set(staged.n, staged)
    return { ...staged.values, id: staged.n, version, staged }
  }

  function forget() {
    places.clear()
    kept.clear()
    stamp += 1
  }

  /** Server's places of a window of the list shown, and the kept rows among it. */
  function windowOf(start: number, end: number) {
    const positions = [...kept.keys()]
    const before = positions.filter((at) => at < start).length
    const within = positions.filter((at) => at >= start && at < end).length
    return { first: start - before, last: end - before - within - 1 }
  }

  async function getWindow({ start, end, filter }: { start: number; end: number; filter: readonly Term[] }) {
    const asked = kindIn(filter)
    if (asked !== kind) {
      kind = asked
      forget()
    }
    for (let tries = 1; ; tries += 1) {
      const mine = stamp
      const { first, last } = windowOf(start, end)
      const answer = await readRows(id, asked, first, Math.max(first, last))
      // A decision was taken meanwhile: the places asked for are no longer those.
      if (mine !== stamp && asked === kind && tries < TRIES) continue
      const coming = answer.rows.slice(0, Math.max(0, last - first + 1))
      const rows: Row[] = []
      for (let at = start; at < end; at += 1) {
        const staged = kept.get(at) ?? coming.shift()
        if (!staged) break
        if (asked === kind) places.set(staged.n, at)
        rows.push(toRow(staged))
      }
      return { rows, total: answer.total + kept.size }
    }
  }

  /** Takes in rows as they are after a decision; false when the list has to be read again. */
  function take(rows: readonly ShownRow[]): boolean {
    stamp += 1
    let whole = rows.length < MOST_ROWS
    for (const row of rows) {
      const at = places.get(row.n)
      if (kind === null || kind === 'all') continue
      if (at === undefined) whole = false
      else if (row.kind === kind) kept.delete(at)
      else kept.set(at, row)
    }
    return whole
  }

  async function send(decisions: DecisionChanges): Promise<StagedRows> {
    const answer = (await patch(`/imports/${id}/rows`, decisions)) as StagedRows
    told(answer.head)
    return answer
  }

  /** What was typed goes as corrections; a row still at fault is stored all the same, with the server's sentence. */
  async function correct(updates: readonly { id: unknown; values: Row }[]): Promise<RowAnswer[]> {
    const corrections = updates.flatMap(({ id: n, values }) =>
      Object.entries(values).map(([field, value]) => ({
        n: Number(n),
        field,
        value: value === null || value === '' ? null : String(value),
      })),
    )
    try {
      const { rows } = await send({ corrections })
      take(rows)
      const byNumber = new Map(rows.map((row) => [row.n, row]))
      return updates.map(({ id: n }) => {
        const row = byNumber.get(Number(n))
        return row ? { row: toRow(row) } : { errors: {}, message: '这一行没有存上，请再试一次。' }
      })
    } catch (error) {
      const { status, message } = error as HttpError
      if (status < 400 || status >= 500 || [401, 408, 429].includes(status)) throw error
      return updates.map(() => ({ errors: {}, message }))
    }
  }

  const source: Source = {
    getWindow,
    async save({ update }) {
      const answers: RowAnswer[] = []
      for (let at = 0; at < update.length; at += MOST_ROWS)
        answers.push(...(await correct(update.slice(at, at + MOST_ROWS))))
      return { create: [], update: answers, remove: [] }
    },
  }

  return {
    source,
    forget,
    /** A row as it came last, if it is remembered. */
    rowOf: (n: unknown) => known.get(Number(n)),
    /** The row at the top of the list shown. */
    first: () => [...places].find(([, at]) => at === 0)?.[0],
    /** Rows of a kind from one on, as the server has them: as many as can be decided at once. */
    read: async (kind: RowKind, from: number) => (await readRows(id, kind, from, from + MOST_ROWS - 1)).rows,
    /** Decides, and answers the rows concerned for the grid; `whole` is false when the list has to be read again. */
    async decide(decisions: DecisionChanges): Promise<{ head: ImportAnswer; rows: Row[]; whole: boolean }> {
      const { head, rows } = await send(decisions)
      const whole = take(rows)
      return { head, rows: rows.map(toRow), whole }
    },
  }
}

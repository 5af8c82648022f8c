/**
 * Unsaved cells outlive the page: they are put into the person's own browser while nobody takes them, and taken up from
 * there when the grid begins again. What the keep says is never trusted to be whole: rows it cannot make sense of are
 * left out.
 */

import type { Keep, Row, RowKey } from '../types.ts'
import type { Core } from './core.ts'
import { type CellEdit, NO_EDIT, type RowEdit, sameValue } from './edits.ts'

export const MAX_KEPT_ROWS = 20_000
const KEEP_AFTER_MS = 250

/** One row: as it was when its cells were written, and the cells. A new row has no id. */
export type KeptEdit = {
  id: unknown
  base: Row
  cells: Readonly<Record<string, CellEdit>>
  /** What their columns were called: the next page may have others. */
  labels?: Readonly<Record<string, string>>
  /** What of it was sent, as long as nobody has answered. */
  sent?: Readonly<Record<string, CellEdit>>
}
export type KeptEdits = { rows: KeptEdit[] }

export type Keeping = ReturnType<typeof createKeeping>

export function createKeeping({ rows, saver, changed, say }: Core, keep: Keep | undefined) {
  let timer: ReturnType<typeof setTimeout> | null = null
  /** What was put away last; null when nothing is there. */
  let kept: ReadonlyMap<RowKey, RowEdit> | null = null
  let isReady = keep === undefined
  let hasFailed = false
  let isDone = false
  let writing: Promise<void> = Promise.resolve()
  let unplaced: RowKey[] = []

  function isCurrent(): boolean {
    if (kept === null || kept.size !== rows.edits.size) return false
    for (const [key, edit] of rows.edits) if (kept.get(key)?.cells !== edit.cells) return false
    return true
  }

  const labelOf = (name: string) => (rows.byName().get(name) ?? rows.former.get(name))?.label ?? name

  function snapshot(): KeptEdits {
    const list: KeptEdit[] = []
    for (const [key, { cells, sending, unanswered }] of rows.edits) {
      if (list.length >= MAX_KEPT_ROWS) break
      const plain = Object.entries(cells).map(([name, { input, value, text, error, theirs }]): [string, CellEdit] => [
        name,
        // A conflict nobody has settled is one in the next page, too.
        {
          input,
          value,
          text,
          ...(error && { error }),
          ...(theirs && { theirs: { value: theirs.value, text: theirs.text } }),
        },
      ])
      const base = rows.bases.get(key) ?? {}
      const sent = sending || unanswered ? { ...unanswered, ...sending } : undefined
      const id = rows.idOf(key) ?? null
      const labels = Object.fromEntries(plain.map(([name]) => [name, labelOf(name)]))
      if (plain.length > 0) list.push({ id, base, cells: Object.fromEntries(plain), labels, ...(sent && { sent }) })
    }
    return { rows: list }
  }

  /** One write at a time; the last state wins. */
  function put(): Promise<void> {
    if (timer) clearTimeout(timer)
    timer = null
    if (!keep || !isReady || isDone || isCurrent() || (kept === null && rows.edits.size === 0)) return writing
    const now = rows.edits.size > 0 ? new Map(rows.edits) : null
    const tooMany = rows.edits.size > MAX_KEPT_ROWS
    const work = now ? () => keep.save(snapshot()) : () => keep.clear()
    kept = now
    writing = writing.then(work).then(
      () => {
        if (tooMany) fail(`没有保存的超过 ${MAX_KEPT_ROWS.toLocaleString('en')} 行，后面的没有存在本机。`)
        else hasFailed = false
        changed()
      },
      () => {
        kept = null
        fail('没有保存的内容存不到这台电脑上（浏览器不让存，或者满了）。它们还在这一页里，先别关页面。')
      },
    )
    return writing
  }

  function fail(text: string) {
    if (!hasFailed) say({ kind: 'fault', text })
    hasFailed = true
    changed()
  }

  async function takeUp() {
    if (!keep || isReady) return
    let found: unknown
    try {
      found = await keep.load()
    } catch {
      fail('浏览器不让这一页存东西：没有保存的内容关掉页面就没有了。')
    }
    isReady = true
    if (isDone) return
    const list = Array.isArray((found as KeptEdits | null)?.rows) ? (found as KeptEdits).rows : []
    let cells = 0
    for (const row of list.slice(0, MAX_KEPT_ROWS)) if (isWhole(row)) cells += restore(row)
    if (cells === 0) return
    kept = new Map(rows.edits)
    say({ kind: 'note', text: `上次没有存上的 ${cells} 格还在，现在接着保存。` })
    changed()
    saver.poke()
  }

  /** Gives the number of cells taken up. */
  function restore({ id, base, cells, labels, sent }: KeptEdit): number {
    const isNew = id === null || id === undefined
    if (isNew && !rows.rules().blankRow) return 0
    const key = isNew ? rows.makeRow(base) : rows.keyOf({ id })
    if (!isNew && rows.edits.has(key)) return 0
    rows.touch(key, base)
    for (const name of Object.keys(cells)) rows.recall(name, labels?.[name] ?? name)
    rows.setEdit(key, { ...NO_EDIT, cells, unanswered: sent ? sameCells(sent, cells) : null })
    if (!isNew) unplaced.push(key)
    return Object.keys(cells).length
  }

  /** Rows taken up that the list has not shown, and that are still unsaved, are put at its end: in plain sight. */
  function place() {
    if (saver.state.busy || !(rows.windows.known() || saver.state.offline)) return
    const lost = unplaced.filter((key) => rows.edits.has(key) && rows.indexOf(key) === undefined)
    unplaced = []
    rows.pin(lost)
  }

  return {
    /** Whether all that is unsaved is in the keep. */
    isKept: () => keep !== undefined && !hasFailed && rows.edits.size > 0 && isCurrent(),
    /** Whether leaving loses nothing. */
    works: () => keep !== undefined && isReady && !hasFailed,
    start: takeUp,
    /** Something changed. */
    note() {
      if (unplaced.length > 0) place()
      if (keep && isReady && !isDone && (rows.edits.size > 0 || kept !== null)) timer ??= setTimeout(put, KEEP_AFTER_MS)
    },
    put,
    async finish() {
      await put()
      isDone = true
      keep?.done?.()
    },
  }
}

/** Cells that stand as they were sent are the same ones: an answer to those is one to these. */
function sameCells(sent: KeptEdit['cells'], cells: KeptEdit['cells']): KeptEdit['cells'] {
  const same = ([name, cell]: [string, CellEdit]): [string, CellEdit] => {
    const now = cells[name]
    return [name, now && !now.error && sameValue(now.value, cell.value) ? now : cell]
  }
  return Object.fromEntries(Object.entries(sent).map(same))
}

function isWhole(row: unknown): row is KeptEdit {
  const { base, cells, sent = {} } = (row ?? {}) as Partial<KeptEdit>
  const areCells = (list: object) => Object.values(list).every((cell) => typeof cell?.input === 'string')
  return (
    typeof base === 'object' &&
    base !== null &&
    typeof cells === 'object' &&
    cells !== null &&
    areCells(cells) &&
    areCells(sent)
  )
}

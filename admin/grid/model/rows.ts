/**
 * All rows the grid knows, by key: the windows of the stored list, then the rows made or kept here (the tail), then the
 * blank row to type into. A place in the list is only ever used to find a key; everything written goes by key.
 */

import type { Column, Row, RowKey, RowState, Source } from '../types.ts'
import type { Query } from './core.ts'
import { mergeRow, NO_EDIT, type RowEdit, settle, withChecks } from './edits.ts'
import { createTail } from './tail.ts'
import { createWindows } from './windows.ts'

/** What the page says about its rows; it may change between renders. */
export type Rules = {
  columns: readonly Column[]
  /** With those that are hidden. */
  all?: readonly Column[] | undefined
  /** The day that filters mean by today. */
  today?: string | undefined
  checkRow?: ((row: Row) => Readonly<Record<string, string>>) | undefined
  rowState?: ((row: Row) => RowState) | undefined
  blankRow?: (() => Row) | undefined
  removing?: ((rows: readonly Row[], go: () => void) => void) | undefined
}

export type RowPlace =
  | { kind: 'stored' | 'new'; key: RowKey; base: Row }
  | { kind: 'blank' }
  | { kind: 'loading' }
  | { kind: 'none' }

/** The key of a place that holds a row. */
export function keyAt(place: RowPlace): RowKey | null {
  return place.kind === 'stored' || place.kind === 'new' ? place.key : null
}

export type RowStore = ReturnType<typeof createRows>

export function createRows(options: { query(): Query; getWindow: Source['getWindow']; changed(): void }) {
  let rules: Rules = { columns: [] }
  let byName: ReadonlyMap<string, Column> = new Map()
  /** Columns that were there and are no more: what was typed into them is kept, and never sent. */
  const former = new Map<string, Column>()
  const tail = createTail()
  const bases = new Map<RowKey, Row>()
  const edits = new Map<RowKey, RowEdit>()
  const keys = new Map<unknown, RowKey>()
  const leaving = new Set<RowKey>()
  /** Rows somebody else removed: they stay where they are, struck out, until the list is read again. By whom. */
  const gone = new Map<RowKey, string | null>()
  /** Rows removed here. */
  const dropped = new Set<unknown>()
  let made = 0
  /** Why rows could not be read, until some could. */
  let failure: string | null = null
  /** Names this page among all others. Rows kept over a reload bring the words they were made under. */
  const page = Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) =>
    byte.toString(36).padStart(2, '0'),
  ).join('')

  const windows = createWindows({
    async load(start, end) {
      const query = options.query()
      // Only in the plain list do rows made here stand last; elsewhere they are shown where the source has them.
      if (tail.fresh().size > 0 && query.sort.length + query.filter.length > 0) settleFresh()
      const stood = new Set(tail.fresh())
      const { rows, total } = await options.getWindow({ start, end, ...query })
      // Stored while the list was on its way: it may be in it or not, so the list is asked once more.
      if ([...tail.fresh()].some((key) => !stood.has(key))) queueMicrotask(() => windows.refresh())
      const inTail = tail.fresh().size
      const elsewhere = rows.some((row, at) => start + at < total - inTail && tail.isFresh(keyOf(row)))
      if (elsewhere) settleFresh()
      return { rows, total: Math.max(0, total - tail.fresh().size) }
    },
    onLoad(rows) {
      failure = null
      for (const row of rows) accept(row)
    },
    onChange: options.changed,
    onError(error) {
      failure = error instanceof Error && error.message ? error.message : '这些行没有读到。'
    },
  })

  const keyOf = (row: Row): RowKey => keys.get(row.id) ?? String(row.id)
  const idOf = (key: RowKey): unknown => bases.get(key)?.id
  const isNew = (key: RowKey) => key.startsWith('new:') && isNil(idOf(key))
  const storedCount = () => windows.total()
  const realCount = () => storedCount() + tail.count()
  const rowCount = () => realCount() + (rules.blankRow && windows.known() ? 1 : 0)

  function placeAt(index: number): RowPlace {
    if (index < 0 || index >= rowCount()) return { kind: 'none' }
    if (index >= realCount()) return { kind: 'blank' }
    const key = tail.at(index - storedCount())
    if (key !== undefined) return { kind: isNew(key) ? 'new' : 'stored', key, base: bases.get(key) ?? {} }
    const row = windows.rowAt(index)
    if (!row) return { kind: 'loading' }
    const stored = keyOf(row)
    return { kind: 'stored', key: stored, base: bases.get(stored) ?? row }
  }

  function indexOf(key: RowKey): number | undefined {
    const place = tail.placeOf(key)
    if (place !== null) return storedCount() + place
    const id = idOf(key)
    return isNil(id) ? undefined : windows.indexOf(id)
  }

  /** Remembers the stored row of a key, so that it can be written to wherever the list is scrolled. */
  function touch(key: RowKey, base: Row) {
    if (!bases.has(key)) bases.set(key, base)
  }

  /** Puts an edit in place of the present one and runs the page's rules over the row. */
  function setEdit(key: RowKey, edit: RowEdit | null) {
    if (!edit) {
      edits.delete(key)
      return
    }
    const checks = rules.checkRow?.(mergeRow(bases.get(key) ?? {}, edit)) ?? NO_EDIT.checks
    edits.set(key, withChecks(edit, checks) ?? edit)
  }

  /** A stored row came from the source. Unsaved cells are put upon it, unless their own answer is still to come. */
  function accept(row: Row) {
    const key = keyOf(row)
    const base = bases.get(key)
    dropped.delete(row.id)
    if (!base) return
    const edit = edits.get(key)
    if (edit?.sending || Number(row.version) < Number(base.version)) return
    bases.set(key, row)
    if (edit && row.version !== base.version) setEdit(key, settle(byName, base, edit, { conflict: row }).edit)
  }

  function makeRow(values?: Row): RowKey {
    made += 1
    const key = `new:${made}`
    bases.set(key, { client_key: `${page}-${made}`, ...(values ?? rules.blankRow?.()) })
    tail.add(key)
    return key
  }

  /** Rows made here that were emptied again are taken away, except the one that is being worked on. */
  function prune(except: RowKey | null) {
    tail.keep((key) => key === except || !isNew(key) || edits.has(key))
  }

  function stored(key: RowKey, row: Row) {
    if (isNew(key)) {
      keys.set(row.id, key)
      if (tail.has(key)) tail.markFresh(key)
    }
    bases.set(key, row)
    windows.replace(row)
  }

  /** Takes stored or new rows out of the list. */
  function drop(lost: readonly RowKey[]) {
    const inWindows = lost.filter((key) => !tail.has(key)).map(idOf)
    // Kept in sight behind the list, they stand in it too.
    if (lost.some((key) => tail.has(key) && !isNew(key) && !tail.isFresh(key))) {
      queueMicrotask(() => windows.refresh())
    }
    tail.takeOut(new Set(lost))
    for (const key of lost) {
      dropped.add(idOf(key))
      gone.delete(key)
      edits.delete(key)
    }
    const ids = inWindows.filter((id) => !isNil(id))
    if (ids.length > 0) windows.remove(ids)
  }

  /** Rows made here and stored leave the tail: the list, read anew, has them in their own places. */
  function settleFresh() {
    tail.settleFresh()
    queueMicrotask(() => windows.refresh())
  }

  /** The list is to be read again; after a change of sort or filter, unsaved rows are kept in sight at its end. */
  function reread(changed: boolean) {
    const pinned = changed ? [...edits.keys()].filter((key) => !tail.has(key)) : []
    tail.replace([...tail.keys().filter((key) => isNew(key) || (changed && edits.has(key))), ...pinned])
    gone.clear()
    if (changed) windows.reset()
    else windows.refresh()
  }

  /** Somebody else removed a row: it stays where it is, and is not counted among those made here any more. */
  function vanish(key: RowKey, by: string | null) {
    gone.set(key, by)
    tail.unmarkFresh(key)
  }

  return {
    windows,
    bases,
    edits,
    leaving,
    gone,
    vanish,
    failure: () => failure,
    wasDropped: (id: unknown) => dropped.has(id),
    /** How many of the rows shown are there no more. */
    goneCount: () => gone.size,
    freshCount: () => tail.fresh().size,
    /** What will stand behind the list once it is read again: rows made here and stored are in it then. */
    tailAfter: () => tail.keys().filter((key) => !tail.isFresh(key) && !gone.has(key)),
    /** The list has been read again. */
    settleTail(next: readonly RowKey[]) {
      tail.replace(next)
      gone.clear()
    },
    /** Puts rows behind the list, so that they are in sight wherever the list has them. */
    pin: tail.pin,
    /** Gives the columns that are there no more. */
    configure(next: Rules): Column[] {
      rules = next
      if (next.columns === undefined) return []
      const before = byName
      byName = new Map((next.all ?? next.columns).map((column) => [column.name, column]))
      for (const name of former.keys()) if (byName.has(name)) former.delete(name)
      const gone = [...before.values()].filter(({ name }) => !byName.has(name))
      for (const column of gone) former.set(column.name, column)
      return gone
    },
    /** By name, what was a column before. */
    former,
    /** An earlier page had this column: what was typed into it there is kept here. */
    recall(name: string, label: string) {
      if (byName.has(name) || former.has(name)) return
      former.set(name, {
        name,
        label,
        type: 'other',
        read: (value) => ({ value }),
        print: String,
        editable: () => false,
      })
    },
    rules: () => rules,
    /** The stored row of a key, if it was ever touched or is loaded. */
    baseOf: (key: RowKey): Row | undefined =>
      bases.get(key) ?? windows.rowAt(windows.indexOf(Number(key)) ?? windows.indexOf(key) ?? -1),
    byName: () => byName,
    keyOf,
    idOf,
    isNew,
    rowCount,
    realCount,
    placeAt,
    indexOf,
    touch,
    setEdit,
    accept,
    makeRow,
    prune,
    stored,
    drop,
    reread,
    /** Puts a row made here back where it stood. */
    readd(key: RowKey) {
      tail.readd(key)
      if (!isNew(key)) tail.markFresh(key)
    },
    /** The row as it stands, unsaved cells included. */
    rowOf: (key: RowKey, base: Row): Row => mergeRow(bases.get(key) ?? base, edits.get(key)),
    canWrite(column: Column, key: RowKey, base: Row): boolean {
      const row = bases.get(key) ?? base
      return !leaving.has(key) && !gone.has(key) && !rules.rowState?.(row).locked && column.editable(row)
    },
  }
}

function isNil(value: unknown): boolean {
  return value === null || value === undefined
}

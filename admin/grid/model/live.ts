/**
 * What others do, as it happens. A changed row is shown where it stands, its changed cells tinted for a while; a removed
 * one stays, struck out; rows that came or went are taken in when nobody would see anything move. Nothing is taken from
 * under an open editor or a row on its way to the source.
 */

import type { Message, News, Row, RowKey, Source, Term, View, Watch } from '../types.ts'
import type { Editing } from './editing.ts'
import { sameValue } from './edits.ts'
import { renew } from './renewing.ts'
import type { Rows } from './rows.ts'
import type { Saver } from './saving.ts'
import type { Ahead } from './windows.ts'

export const TINT_FOR = 5000
const RENEW_AFTER = 250
const RENEW_APART = 1500
const LOOK_AFTER = 300
const TELL_AFTER = 400
const MAX_TINTED = 2000

export type Tint = { columns: ReadonlySet<string>; until: number }
export type Live = ReturnType<typeof createLive>

export function createLive(options: {
  rows: Rows
  saver: Saver
  source: Source
  query: () => { sort: View['sort']; filter: readonly Term[] }
  editing: () => Editing | null
  active: () => number
  /** Rows stand in groups, which are read anew in their own way. */
  regroup(): boolean
  /** The list moved under the selection: by so many places in view, the active cell to this place. */
  moved(shift: number, at: number | null): void
  changed(): void
  say(message: Message): void
}) {
  const { rows, source, changed } = options
  const tints = new Map<RowKey, Tint>()
  const held = new Map<RowKey, { row: Row; by: string | null }>()
  let people: ReadonlyMap<unknown, readonly string[]> = new Map()
  let watch: Watch | null = null
  let unseen = 0
  /** Ids that were told of and may be new to the list; rows left it; anything may be, for too much was told or missed. */
  let due = { arrived: new Set<unknown>(), left: false, many: false }
  let isBusy = false
  let lastRenewal = 0
  let timer: ReturnType<typeof setTimeout> | null = null
  let fading: ReturnType<typeof setTimeout> | null = null
  let telling: ReturnType<typeof setTimeout> | null = null
  let told: unknown = null

  function hear(news: News) {
    // Who tells news answers again.
    if (options.saver.state.offline && news.kind !== 'people') void options.saver.retryNow()
    if (news.kind === 'people') {
      const map = new Map<unknown, string[]>()
      for (const { id, name } of news.people) map.set(id, [...(map.get(id) ?? []), name])
      people = map
      changed()
      return
    }
    if (news.kind === 'many') due.many = true
    else {
      const narrowed = options.query().filter.length > 0
      for (const row of news.rows) {
        if (isKnown(row.id) || rows.bases.has(rows.keyOf(row))) take(row, news.by)
        if (!isKnown(row.id) && (news.moved || narrowed)) due.arrived.add(row.id)
      }
      for (const id of news.gone) vanish(id, news.by)
    }
    soon()
    changed()
  }

  const isKnown = (id: unknown) => (rows.indexOf(rows.keyOf({ id })) ?? rows.windows.indexOf(id)) !== undefined
  const shown = (key: RowKey, id: unknown) => rows.bases.get(key) ?? rows.windows.rowAt(rows.windows.indexOf(id) ?? -1)

  /** Shows a row as it is now, unless something of it is in somebody's hands here. */
  function take(row: Row, by: string | null) {
    const key = rows.keyOf(row)
    const old = shown(key, row.id)
    if (old && Number(row.version) <= Number(old.version)) return
    if (options.editing()?.key === key || rows.edits.get(key)?.sending || rows.leaving.has(key)) {
      held.set(key, { row, by })
      return
    }
    if (old) tint(key, old, row)
    rows.gone.delete(key)
    rows.accept(row)
    rows.windows.replace(row)
  }

  function tint(key: RowKey, old: Row, row: Row) {
    const edit = rows.edits.get(key)
    const columns = new Set(tints.get(key)?.columns)
    for (const { name } of rows.rules().columns)
      if (!edit?.cells[name] && !sameValue(old[name], row[name])) columns.add(name)
    if (columns.size === 0 || tints.size >= MAX_TINTED) return
    tints.set(key, { columns, until: Date.now() + TINT_FOR })
    fading ??= setTimeout(fade, TINT_FOR)
  }

  function fade() {
    fading = null
    const now = Date.now()
    let next = Number.POSITIVE_INFINITY
    for (const [key, { until }] of tints) {
      if (until <= now) tints.delete(key)
      else next = Math.min(next, until)
    }
    if (tints.size > 0) fading = setTimeout(fade, next - now)
    changed()
  }

  function vanish(id: unknown, by: string | null) {
    const key = rows.keyOf({ id })
    held.delete(key)
    if (rows.wasDropped(id) || rows.leaving.has(key)) return
    if (rows.indexOf(key) === undefined && rows.windows.indexOf(id) === undefined) {
      due.left = true
      return
    }
    const cells = Object.values(rows.edits.get(key)?.cells ?? {})
    if (cells.length > 0) {
      const words = cells.slice(0, 3).map(({ text }) => `“${text}”`)
      options.say({ kind: 'fault', text: `这一行刚被${by ?? '别人'}删去，您写的${words.join('、')}没有存上。` })
      rows.edits.delete(key)
    }
    rows.vanish(key, by)
    due.left = true
  }

  const isDue = () => due.many || due.left || due.arrived.size > 0 || (watch !== null && rows.windows.hasDrifted())

  /** Takes up what was held back, once its row is out of all hands. */
  function settle() {
    for (const [key, { row, by }] of held) {
      if (options.editing()?.key === key || rows.edits.get(key)?.sending || rows.leaving.has(key)) continue
      held.delete(key)
      take(row, by)
    }
  }

  function soon(after = RENEW_AFTER) {
    if (!isDue()) return
    timer ??= setTimeout(() => void attempt(), Math.max(after, lastRenewal + RENEW_APART - Date.now()))
  }

  async function attempt() {
    timer = null
    if (isBusy || watch === null) return
    // What is on its way would be counted twice; a cell without a row yet is written by its place.
    const inHand = options.saver.state.busy || options.saver.waiting() > 0 || options.editing()?.key === null
    if (inHand || rows.windows.isLoading()) return soon(RENEW_APART / 3)
    for (const id of due.arrived) if (isKnown(id) || rows.wasDropped(id)) due.arrived.delete(id)
    if (!isDue()) return
    if (!options.regroup()) return renewNow(false)
    lastRenewal = Date.now()
    forget()
  }

  function forget() {
    due = { arrived: new Set(), left: false, many: false }
  }

  async function renewNow(force: boolean) {
    isBusy = true
    lastRenewal = Date.now()
    const before = due
    forget()
    try {
      const done = await renew({
        rows,
        read: source.getWindow,
        query: options.query,
        active: options.active,
        force,
        onTake(ahead, shift, at) {
          tintNew(ahead)
          options.moved(shift, at)
        },
      })
      if (done.kind === 'shown') {
        unseen = 0
      } else {
        const most = before.many ? Number.POSITIVE_INFINITY : before.arrived.size
        if (done.kind === 'held') unseen = Math.max(0, Math.min(most, done.more + rows.goneCount()))
        // Tried again when the view is elsewhere, or when more is told.
        const { arrived, left, many } = due
        due = {
          arrived: new Set([...before.arrived, ...arrived]),
          left: left || before.left,
          many: many || before.many,
        }
        if (done.kind === 'none') soon(RENEW_APART)
      }
      changed()
    } finally {
      isBusy = false
    }
  }

  function tintNew(ahead: Ahead) {
    for (const row of ahead.rows) {
      const key = rows.keyOf(row)
      const old = shown(key, row.id)
      if (old && Number(row.version) > Number(old.version)) tint(key, old, row)
    }
  }

  function tell() {
    telling = null
    const place = rows.placeAt(options.active())
    const id = place.kind === 'stored' ? (place.base.id ?? null) : null
    if (id === told) return
    told = id
    watch?.at(id)
  }

  return {
    tintOf: (key: RowKey) => tints.get(key)?.columns,
    peopleOn: (id: unknown) => people.get(id),
    /** Rows that are new and not shown yet, because something would move. */
    unseen: () => unseen,
    /** Shows them; the row one is on stays in place. */
    showUnseen: () => (isBusy ? Promise.resolve() : renewNow(true)),
    /** Something changed here: what was held back may be taken up, the others hear where one is. */
    settled() {
      if (held.size > 0) settle()
      if (watch && rows.windows.hasDrifted()) soon()
      if (watch) telling ??= setTimeout(tell, TELL_AFTER)
    },
    /** Other rows are in view: what waited for that is tried again. */
    looked() {
      if (!isDue()) return
      if (timer) clearTimeout(timer)
      timer = setTimeout(() => void attempt(), LOOK_AFTER)
    },
    /** The list was read anew for a reason of its own. */
    reread() {
      unseen = 0
      forget()
    },
    start() {
      told = null
      watch ??= source.watch?.(hear) ?? null
    },
    stop() {
      watch?.stop()
      watch = null
      for (const each of [timer, fading, telling]) if (each) clearTimeout(each)
      timer = fading = telling = null
    },
  }
}

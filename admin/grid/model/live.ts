/**
 * What others do, as it happens. A changed row is shown where it stands, its changed cells tinted for a while; a removed
 * one stays, struck out; rows that came or went are taken in when nobody would see anything move (arrivals.ts). Nothing is
 * taken from under an open editor or a row on its way to the source.
 */

import type { News, Row, RowKey, Watch } from '../types.ts'
import { createArrivals, type Hands } from './arrivals.ts'
import type { Core } from './core.ts'
import { createTints } from './tints.ts'

const TELL_AFTER_MS = 400

export type LiveRows = ReturnType<typeof createLive>

export function createLive(core: Core, hands: Hands) {
  const { source, rows, saver, changed } = core
  const { cursor, editing } = hands
  let watch: Watch | null = null
  const tints = createTints(core)
  const arrivals = createArrivals(core, hands, tints, () => watch !== null)
  /** Newer versions of rows that are in somebody's hands here. */
  const held = new Map<RowKey, { row: Row; by: string | null }>()
  let people: ReadonlyMap<unknown, readonly string[]> = new Map()
  let telling: ReturnType<typeof setTimeout> | null = null
  let toldAt: unknown = null

  const isInHand = (key: RowKey) =>
    editing()?.key === key || Boolean(rows.edits.get(key)?.sending) || rows.leaving.has(key)

  function hear(news: News) {
    // A source that sends news can be reached again: what waits to be stored is tried at once.
    if (saver.state.offline && news.kind !== 'people') void saver.retryNow()
    if (news.kind === 'people') meet(news.people)
    else {
      if (news.kind === 'many') arrivals.many()
      else takeIn(news)
      arrivals.soon()
    }
    changed()
  }

  function meet(here: readonly { id: unknown; name: string }[]) {
    const map = new Map<unknown, string[]>()
    for (const { id, name } of here) map.set(id, [...(map.get(id) ?? []), name])
    people = map
  }

  function takeIn({ rows: told, gone, moved, by }: Extract<News, { kind: 'rows' }>) {
    const isNarrowed = core.query().filter.length > 0
    for (const row of told) {
      if (arrivals.isKnown(row.id) || rows.bases.has(rows.keyOf(row))) take(row, by)
      if (!arrivals.isKnown(row.id) && (moved || isNarrowed)) arrivals.arrived(row.id)
    }
    for (const id of gone) vanish(id, by)
  }

  /** Shows a row as it is now, unless something of it is in somebody's hands here. */
  function take(row: Row, by: string | null) {
    const key = rows.keyOf(row)
    const old = tints.shown(key, row.id)
    if (old && Number(row.version) <= Number(old.version)) return
    if (isInHand(key)) {
      held.set(key, { row, by })
      return
    }
    if (old) tints.tint(key, old, row)
    rows.gone.delete(key)
    rows.accept(row)
    rows.windows.replace(row)
  }

  function vanish(id: unknown, by: string | null) {
    const key = rows.keyOf({ id })
    held.delete(key)
    if (rows.wasDropped(id) || rows.leaving.has(key)) return
    arrivals.left()
    if (!arrivals.isKnown(id)) return
    const cells = Object.values(rows.edits.get(key)?.cells ?? {})
    if (cells.length > 0) {
      const words = cells.slice(0, 3).map(({ text }) => `“${text}”`)
      core.say({ kind: 'fault', text: `这一行刚被${by ?? '别人'}删去，您写的${words.join('、')}没有存上。` })
      rows.edits.delete(key)
    }
    rows.vanish(key, by)
  }

  /** Takes up what was held back, once its row is out of all hands. */
  function settle() {
    for (const [key, { row, by }] of held) {
      if (isInHand(key)) continue
      held.delete(key)
      take(row, by)
    }
  }

  /** The others are told on which row one is. */
  function tell() {
    telling = null
    const place = rows.placeAt(cursor.selection().active.row)
    const id = place.kind === 'stored' ? (place.base.id ?? null) : null
    if (id === toldAt) return
    toldAt = id
    watch?.at(id)
  }

  return {
    tintOf: tints.of,
    peopleOn: (id: unknown) => people.get(id),
    unseen: arrivals.unseen,
    showUnseen: arrivals.showUnseen,
    /** Something changed here: what was held back may be taken up, the others get the row one is on. */
    settled() {
      if (held.size > 0) settle()
      if (watch && rows.windows.hasDrifted()) arrivals.soon()
      if (watch) telling ??= setTimeout(tell, TELL_AFTER_MS)
    },
    looked: arrivals.looked,
    reread: arrivals.reread,
    start() {
      toldAt = null
      watch ??= source.watch?.(hear) ?? null
    },
    stop() {
      watch?.stop()
      watch = null
      arrivals.stop()
      tints.stop()
      if (telling) clearTimeout(telling)
      telling = null
    },
  }
}

/**
 * Rows that others made or removed, and lists of which too much was missed: taken in when nobody would see anything move,
 * or when it is asked for. Until then their number stands at the foot of the list.
 */
import type { Core } from './core.ts'
import type { Cursor } from './cursor.ts'
import type { Editing } from './editing.ts'
import type { Grouped } from './grouped.ts'
import { renew } from './renewing.ts'
import type { Tints } from './tints.ts'

const RENEW_AFTER_MS = 250
const BETWEEN_RENEWALS_MS = 1_500
const LOOK_AFTER_MS = 300

/** Where the person is, and what is in their hands. */
export type Hands = { cursor: Cursor; grouped: Grouped; editing(): Editing | null }
/** What is to be taken in: ids that may be new to the list, whether rows left it, whether anything may be. */
const nothing = () => ({ arrived: new Set<unknown>(), left: false, many: false })

/** `isListening` tells whether there are live events at all. */
export function createArrivals(core: Core, hands: Hands, tints: Tints, isListening: () => boolean) {
  const { rows, saver, changed } = core
  const { cursor, grouped, editing } = hands
  let due = nothing()
  let unseen = 0
  let isBusy = false
  let lastRenewal = 0
  let timer: ReturnType<typeof setTimeout> | null = null

  const isKnown = (id: unknown) => (rows.indexOf(rows.keyOf({ id })) ?? rows.windows.indexOf(id)) !== undefined
  const isDue = () => due.many || due.left || due.arrived.size > 0 || (isListening() && rows.windows.hasDrifted())

  function soon(after = RENEW_AFTER_MS) {
    if (!isDue()) return
    timer ??= setTimeout(() => void attempt(), Math.max(after, lastRenewal + BETWEEN_RENEWALS_MS - Date.now()))
  }

  async function attempt() {
    timer = null
    if (isBusy || !isListening()) return
    // What is on its way would be counted twice; a cell without a row yet is written by its place.
    const inHand = saver.state.busy || saver.waiting() > 0 || editing()?.key === null
    if (inHand || rows.windows.isLoading()) return soon(BETWEEN_RENEWALS_MS / 3)
    for (const id of due.arrived) if (isKnown(id) || rows.wasDropped(id)) due.arrived.delete(id)
    if (!isDue()) return
    if (grouped.by() === null) return renewNow(false)
    // Grouped rows are counted anew by their groups.
    grouped.recount()
    lastRenewal = Date.now()
    due = nothing()
  }

  async function renewNow(force: boolean) {
    isBusy = true
    lastRenewal = Date.now()
    const before = due
    due = nothing()
    try {
      const done = await renew(core, cursor, force, ({ rows }) => tints.tintNewer(rows))
      if (done.kind === 'shown') unseen = 0
      else {
        const most = before.many ? Number.POSITIVE_INFINITY : before.arrived.size
        if (done.kind === 'held') unseen = Math.max(0, Math.min(most, done.more + rows.goneCount()))
        // Tried again when the view is elsewhere, or when more is told.
        const { arrived, left, many } = due
        due = {
          arrived: new Set([...before.arrived, ...arrived]),
          left: left || before.left,
          many: many || before.many,
        }
        if (done.kind === 'none') soon(BETWEEN_RENEWALS_MS)
      }
      changed()
    } finally {
      isBusy = false
    }
  }

  return {
    isKnown,
    soon,
    arrived: (id: unknown) => due.arrived.add(id),
    left() {
      due.left = true
    },
    many() {
      due.many = true
    },
    /** Rows that are new and not shown yet, because something would move. */
    unseen: () => unseen,
    /** Shows them; the row one is on stays in place. */
    showUnseen: () => (isBusy ? Promise.resolve() : renewNow(true)),
    /** Other rows are in view: what waited for that is tried again. */
    looked() {
      if (!isDue()) return
      if (timer) clearTimeout(timer)
      timer = setTimeout(() => void attempt(), LOOK_AFTER_MS)
    },
    /** The list was read anew for a reason of its own. */
    reread() {
      unseen = 0
      due = nothing()
    },
    stop() {
      if (timer) clearTimeout(timer)
      timer = null
    },
  }
}

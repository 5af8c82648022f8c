/**
 * The list read again without anything moving under the hands. What is in view is read aside and compared with what is
 * shown: when every row would stand where it stands, the new list takes its place, otherwise it waits until it is asked
 * for or the view is elsewhere.
 */

import type { RowKey } from '../types.ts'
import type { Core } from './core.ts'
import type { Cursor } from './cursor.ts'
import { keyAt, type RowStore } from './rows.ts'
import type { Ahead } from './windows.ts'

type Renewal =
  | { kind: 'shown' }
  /** Not shown, for it would be seen; the list would be longer by so many rows. */
  | { kind: 'held'; more: number }
  /** Not read: not possible just now. */
  | { kind: 'none' }

const BLANK = 'blank'

/** `force` shows it whatever moves. `onShow` sees the new rows while the old ones are still there. */
export async function renew(
  { source, rows, query }: Core,
  cursor: Cursor,
  force: boolean,
  onShow: (ahead: Ahead) => void,
): Promise<Renewal> {
  const asked = query()
  const active = () => cursor.selection().active.row
  const ahead = await rows.windows.preview((start, end) => source.getWindow({ start, end, ...asked }), active())
  if (!ahead) return { kind: 'none' }
  // What does not fit together is put right at once: a row might be missing in between.
  const isForced = force || rows.windows.hasDrifted()
  const tail = rows.tailAfter()
  const after = placesAfter(rows, ahead, tail)
  const from = active()
  const shift = shiftOf(rows, after, from)
  const stays = shift !== null && (isForced || isStill(rows, after, shift, from))
  const more = ahead.total + tail.length - rows.realCount()
  if (!isForced && !stays) return { kind: 'held', more }
  const key = keyAt(rows.placeAt(from))
  const at = key === null ? (rows.placeAt(from).kind === BLANK ? ahead.total + tail.length : null) : after.indexOf(key)
  onShow(ahead)
  // The person is on the same row afterwards.
  cursor.shift(shift ?? 0, at ?? null)
  rows.settleTail(tail)
  ahead.take(shift ?? 0)
  return { kind: 'shown' }
}

type After = { tokenAt(index: number): string | undefined; indexOf(key: RowKey): number | undefined }

function placesAfter(rows: RowStore, ahead: Ahead, tail: readonly RowKey[]): After {
  return {
    tokenAt(index) {
      if (index >= ahead.total)
        return tail[index - ahead.total] ?? (index === ahead.total + tail.length ? BLANK : undefined)
      const row = ahead.rowAt(index)
      return row && rows.keyOf(row)
    },
    indexOf(key) {
      const at = tail.indexOf(key)
      return at >= 0 ? ahead.total + at : ahead.indexOf(rows.idOf(key) ?? Number(key))
    },
  }
}

/** How far the row one is on has moved, else one amid the view; null when none of them is there any more. */
function shiftOf(rows: RowStore, after: After, active: number): number | null {
  const { first, last } = rows.windows.wanted()
  const middle = Math.floor((first + last) / 2)
  const inView = active >= first && active <= last ? [active] : []
  for (let index = middle; index <= last; index += 1) inView.push(index)
  for (let index = middle - 1; index >= first; index -= 1) inView.push(index)
  for (const index of inView) {
    const key = keyAt(rows.placeAt(index))
    const at = key === null || rows.gone.has(key) ? undefined : after.indexOf(key)
    if (at !== undefined) return at - index
  }
  return rows.realCount() === 0 ? 0 : null
}

/** Every row in view would stand where it stands. The blank row may move away from under rows, not from under a hand. */
function isStill(rows: RowStore, after: After, shift: number, active: number): boolean {
  const { first, last } = rows.windows.wanted()
  for (let index = first; index <= last; index += 1) {
    const place = rows.placeAt(index)
    if (place.kind === 'none' || place.kind === 'loading') continue
    if (place.kind === BLANK ? index !== active : false) continue
    const token = keyAt(place) ?? BLANK
    if (after.tokenAt(index + shift) !== token) return false
  }
  return true
}

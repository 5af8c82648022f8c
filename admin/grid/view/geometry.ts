/**
 * Where things are: columns across, rows down, and the scroll bar. A browser cannot scroll further than some ten
 * million pixels, so beyond MAX_SCROLL_PX the bar is shorter than the list and its travel is stretched over it.
 */
import type { Column } from '../types.ts'

const DEFAULT_WIDTH_PX = 120
const MIN_WIDTH_PX = 40
const MAX_WIDTH_PX = 800
export const MAX_SCROLL_PX = 8_000_000
const OVERSCAN_ROWS = 4

export type GridLayout = {
  columns: readonly Column[]
  widths: readonly number[]
  /** From the left edge of the first column, unscrolled. */
  lefts: readonly number[]
  frozen: number
  frozenWidth: number
  totalWidth: number
}

/** Frozen columns first, otherwise in the given order; `widths` are the person's own. */
export function layoutOf(columns: readonly Column[], widths: Readonly<Record<string, number>>): GridLayout {
  const ordered = [...columns.filter((column) => column.frozen), ...columns.filter((column) => !column.frozen)]
  const sizes = ordered.map((column) => widths[column.name] ?? column.width ?? DEFAULT_WIDTH_PX)
  const lefts: number[] = []
  let left = 0
  let frozenWidth = 0
  for (const [at, size] of sizes.entries()) {
    lefts.push(left)
    left += size
    if (ordered[at]?.frozen) frozenWidth = left
  }
  const frozen = ordered.filter((column) => column.frozen).length
  return { columns: ordered, widths: sizes, lefts, frozen, frozenWidth, totalWidth: left }
}

/** Left edge of a column as seen, with the unfrozen ones scrolled by `scrolled`. */
export function seenLeft(layout: GridLayout, column: number, scrolled: number): number {
  const left = layout.lefts[column] ?? 0
  return column < layout.frozen ? left : left - scrolled
}

/** The column under x (from the left edge of the first column, as seen); the nearest one when x is outside. */
export function columnAt(layout: GridLayout, x: number, scrolled: number): number {
  const at = x < layout.frozenWidth ? x : x + scrolled
  for (let column = layout.columns.length - 1; column > 0; column -= 1) {
    if (at >= (layout.lefts[column] ?? 0)) return column
  }
  return 0
}

export type Track = { rows: number; rowHeight: number; height: number }

function fullHeight(track: Track): number {
  return track.rows * track.rowHeight
}

/** How tall the scrolled element is made. */
export function trackHeight(track: Track): number {
  return Math.min(fullHeight(track), MAX_SCROLL_PX)
}

export function isScaled(track: Track): boolean {
  return fullHeight(track) > MAX_SCROLL_PX
}

/** Pixels of the list hidden above the view, for a position of the scroll bar. */
export function offsetOf(track: Track, scrollTop: number): number {
  if (!isScaled(track)) return scrollTop
  const travel = trackHeight(track) - track.height
  return travel <= 0 ? 0 : (scrollTop / travel) * (fullHeight(track) - track.height)
}

export function scrollTopOf(track: Track, offset: number): number {
  if (!isScaled(track)) return offset
  const hidden = fullHeight(track) - track.height
  return hidden <= 0 ? 0 : (offset / hidden) * (trackHeight(track) - track.height)
}

export function clampOffset(track: Track, offset: number): number {
  return Math.max(0, Math.min(offset, fullHeight(track) - track.height))
}

/** First and last row to draw, both included; last < first when there are none. */
export function rowsInView(track: Track, offset: number): { first: number; last: number } {
  const first = Math.max(0, Math.floor(offset / track.rowHeight) - OVERSCAN_ROWS)
  const last = Math.min(track.rows - 1, Math.ceil((offset + track.height) / track.rowHeight) + OVERSCAN_ROWS)
  return { first, last }
}

/** The offset nearest to the present one that shows this row whole. */
export function revealRow(track: Track, offset: number, row: number): number {
  const top = row * track.rowHeight
  if (top < offset) return top
  if (top + track.rowHeight > offset + track.height) return clampOffset(track, top + track.rowHeight - track.height)
  return offset
}

export function revealColumn(layout: GridLayout, scrolled: number, column: number, width: number): number {
  if (column < layout.frozen) return scrolled
  const left = (layout.lefts[column] ?? 0) - layout.frozenWidth
  const right = left + (layout.widths[column] ?? 0)
  const room = width - layout.frozenWidth
  if (left < scrolled) return left
  if (right > scrolled + room) return Math.min(left, right - room)
  return scrolled
}

export function clampWidth(width: number): number {
  return Math.round(Math.max(MIN_WIDTH_PX, Math.min(MAX_WIDTH_PX, width)))
}

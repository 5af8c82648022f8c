/**
 * What of the list is in view. Scrolling moves the drawn rows by a transform in the same frame and draws other rows only
 * when the first or last one changes. How a list is scrolled that is taller than a browser can scroll: useScrolling.ts.
 */
import { useCallback, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Lines } from '../model/lines.ts'
import type { CellPosition } from '../model/selection.ts'
import {
  clampOffset,
  columnAt,
  type GridLayout,
  offsetOf,
  revealColumn,
  revealRow,
  rowsInView,
  scrollTopOf,
  seenLeft,
  type Track,
} from './geometry.ts'
import { NOWHERE, type Position, useScrolling } from './useScrolling.ts'

/** Rows are placed from a base that moves rarely, so that a row keeps its style while the list scrolls. */
const BASE_STEP_ROWS = 500

export type Viewport = ReturnType<typeof useViewport>

export function useViewport(options: {
  layout: GridLayout
  rows: number
  lines: Lines
  rowHeight: number
  numberWidth: number
}) {
  const { layout, lines, rowHeight, numberWidth } = options
  const root = useRef<HTMLDivElement>(null)
  const scroller = useRef<HTMLDivElement>(null)
  const layer = useRef<HTMLDivElement>(null)
  const anchor = useRef<HTMLDivElement>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  const [range, setRange] = useState({ first: 0, last: -1 })
  const at = useRef<Position>({ offset: 0, left: 0, top: 0, set: NOWHERE })
  /** Where the field is: a cell by its line. */
  const active = useRef({ line: 0, column: 0 })
  // What is scrolled are lines: rows, and the headings of groups.
  const height = lines.count(options.rows)
  const track: Track = useMemo(
    () => ({ rows: height, rowHeight, height: size.height }),
    [height, rowHeight, size.height],
  )
  const latest = useRef({ layout, track, size, range, numberWidth, lines })
  latest.current = { layout, track, size, range, numberWidth, lines }

  const place = useCallback(() => {
    const { layout, track, range, numberWidth } = latest.current
    const { offset, left } = at.current
    const base = Math.floor(Math.max(0, range.first) / BASE_STEP_ROWS) * BASE_STEP_ROWS
    if (layer.current) layer.current.style.transform = `translateY(${base * track.rowHeight - offset}px)`
    // A variable set anew makes the browser look at every cell again: only when it differs.
    const shift = `${-left}px`
    if (root.current && root.current.style.getPropertyValue('--grid-x') !== shift) {
      root.current.style.setProperty('--grid-x', shift)
    }
    if (!anchor.current) return
    const x = numberWidth + seenLeft(layout, active.current.column, left)
    const y = active.current.line * track.rowHeight - offset
    // Out of view, the field waits at the edge: a field far outside would make the browser scroll.
    const away = y < -track.rowHeight || y > track.height
    anchor.current.style.transform = away ? 'none' : `translate(${x}px, ${y}px)`
  }, [])

  /** Takes over a position; draws other rows at once if need be. */
  const apply = useCallback(
    (sync: boolean) => {
      const { track, range } = latest.current
      const next = rowsInView(track, at.current.offset)
      if (next.first !== range.first || next.last !== range.last) {
        if (sync) flushSync(() => setRange(next))
        else setRange(next)
      }
      place()
    },
    [place],
  )

  const scrollTo = useCallback(
    (offset: number, left: number) => {
      const element = scroller.current
      if (!element) return
      const { track } = latest.current
      at.current.offset = clampOffset(track, offset)
      at.current.set = scrollTopOf(track, at.current.offset)
      element.scrollTop = at.current.set
      element.scrollLeft = left
      at.current.left = element.scrollLeft
      at.current.top = element.scrollTop
      apply(false)
    },
    [apply],
  )

  useScrolling(scroller, at, latest, apply, scrollTo)

  useLayoutEffect(() => {
    const element = scroller.current
    if (!element) return
    const measure = () =>
      setSize((old) =>
        old.width === element.clientWidth && old.height === element.clientHeight
          ? old
          : { width: element.clientWidth, height: element.clientHeight },
      )
    measure()
    const observer = new ResizeObserver(measure)
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  // After rows came or went the browser may have moved the bar; the drawn rows follow.
  useLayoutEffect(() => {
    const element = scroller.current
    if (element && Math.abs(element.scrollTop - scrollTopOf(track, at.current.offset)) > 1.5) {
      at.current.offset = clampOffset(track, offsetOf(track, element.scrollTop))
    }
    apply(false)
  }, [track, apply])

  const base = Math.floor(Math.max(0, range.first) / BASE_STEP_ROWS) * BASE_STEP_ROWS
  const rows = useMemo(() => ({ first: rowNear(lines, range.first), last: rowNear(lines, range.last) }), [lines, range])
  const reveal = useCallback(
    (cell: CellPosition) => {
      const { layout, track, size, numberWidth, lines } = latest.current
      const line = lines.lineOf(cell.row)
      const next = revealRow(track, at.current.offset, line)
      // With the first row of a group its heading comes into view.
      const above = next < at.current.offset && lines.at(line - 1).group !== null
      const offset = above ? Math.max(0, next - track.rowHeight) : next
      const left = revealColumn(layout, at.current.left, cell.column, size.width - numberWidth)
      if (offset !== at.current.offset || left !== at.current.left) scrollTo(offset, left)
    },
    [scrollTo],
  )

  return {
    root,
    scroller,
    layer,
    anchor,
    size,
    range,
    base,
    track,
    reveal,
    place,
    scrollBy: useCallback(
      (down: number, right: number) => scrollTo(at.current.offset + down, at.current.left + right),
      [scrollTo],
    ),
    setActive(line: number, column: number) {
      active.current = { line, column }
    },
    /** Brings a column into view, and leaves the rows where they are. */
    revealAcross: useCallback(
      (column: number) => {
        const { layout, size, numberWidth } = latest.current
        const left = revealColumn(layout, at.current.left, column, size.width - numberWidth)
        if (left !== at.current.left) scrollTo(at.current.offset, left)
      },
      [scrollTo],
    ),
    /** Brings the heading of a group into view. */
    revealLine: useCallback(
      (line: number) => {
        const offset = revealRow(latest.current.track, at.current.offset, line)
        if (offset !== at.current.offset) scrollTo(offset, at.current.left)
      },
      [scrollTo],
    ),
    /** From the top of the rows as they are drawn. */
    topOf: (row: number) => (lines.lineOf(row) - base) * rowHeight,
    lines,
    /** The rows among the lines drawn, both included. */
    rows,
    /** The cell under the pointer; outside the view, the nearest one. `inNumbers` when over the row numbers. */
    cellAt: useCallback((x: number, y: number): CellPosition & { inNumbers: boolean } => {
      const { layout, track, numberWidth, lines } = latest.current
      const box = scroller.current?.getBoundingClientRect() ?? new DOMRect()
      const line = Math.floor((y - box.top + at.current.offset) / track.rowHeight)
      const across = x - box.left - numberWidth
      return {
        row: rowNear(lines, Math.max(0, Math.min(line, track.rows - 1))),
        column: columnAt(layout, Math.max(0, across), at.current.left),
        inNumbers: across < 0,
      }
    }, []),
    /** Where a cell is drawn, from the top left of the rows. */
    boxOf(cell: CellPosition) {
      return {
        left: numberWidth + seenLeft(layout, cell.column, at.current.left),
        top: lines.lineOf(cell.row) * rowHeight - at.current.offset,
        width: layout.widths[cell.column] ?? 0,
      }
    },
    pageRows: Math.max(1, Math.floor(size.height / rowHeight) - 1),
  }
}

/** The row on a line, or the one after a heading. */
function rowNear(lines: Lines, line: number): number {
  for (let at = line; ; at += 1) {
    const { row } = lines.at(at)
    if (row !== null) return row
  }
}

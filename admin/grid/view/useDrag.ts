/** What is pulled with the mouse: cells, rows, columns or the fill handle. The list scrolls when it leaves the view. */
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Model } from '../model/model.ts'
import { type CellPosition, extendTo, rectOf, selectColumns, selectRows } from '../model/selection.ts'
import type { Viewport } from './useViewport.ts'

/** Pixels a frame, at most, when the pointer is far outside. */
const FASTEST_PX = 60
const EDGE_PX = 6

/** `edge` is where the frozen columns end, for a drag that began beyond them: it scrolls there before it goes under them. */
export type Drag = { kind: 'cells' | 'rows' | 'columns' | 'fill'; from: number; x: number; y: number; edge: number }

/** `drag` is what is being pulled, or null; `fillTo` how far the fill handle has been. */
export function useDrag(latest: RefObject<{ model: Model; viewport: Viewport }>) {
  const drag = useRef<Drag | null>(null)
  const fill = useRef<Partial<CellPosition> | null>(null)
  const [fillTo, setFillTo] = useState<Partial<CellPosition> | null>(null)

  useEffect(() => {
    let frame = 0
    function follow() {
      const now = drag.current
      if (!now) return
      const to = cellUnder(now, latest.current.viewport)
      if (now.kind === 'fill') {
        fill.current = fillEnd(latest.current.model, to)
        setFillTo(fill.current)
      } else selectTo(latest.current.model, now, to)
    }
    function scroll() {
      const now = drag.current
      const { viewport } = latest.current
      if (!now) return
      const [down, right] = pastEdges(now, viewport)
      if (down !== 0 || right !== 0) {
        viewport.scrollBy(down, right)
        follow()
      }
      frame = requestAnimationFrame(scroll)
    }
    function onMove(event: PointerEvent) {
      if (!drag.current) return
      drag.current.x = event.clientX
      drag.current.y = event.clientY
      if (frame === 0) frame = requestAnimationFrame(scroll)
      follow()
    }
    function onUp(event: PointerEvent) {
      cancelAnimationFrame(frame)
      frame = 0
      const was = drag.current
      drag.current = null
      if (was?.kind !== 'fill') return
      if (fill.current !== null) latest.current.model.gestures.extend(fill.current, event.ctrlKey || event.metaKey)
      fill.current = null
      setFillTo(null)
    }
    addEventListener('pointermove', onMove)
    addEventListener('pointerup', onUp)
    addEventListener('pointercancel', onUp)
    return () => {
      cancelAnimationFrame(frame)
      removeEventListener('pointermove', onMove)
      removeEventListener('pointerup', onUp)
      removeEventListener('pointercancel', onUp)
    }
  }, [latest])

  return { drag, fillTo }
}

function cellUnder({ x, y, edge }: Drag, viewport: Viewport): CellPosition {
  const isScrolled = (viewport.scroller.current?.scrollLeft ?? 0) > 0
  return viewport.cellAt(isScrolled ? Math.max(x, edge) : x, y)
}

function selectTo(model: Model, { kind, from }: Drag, to: CellPosition) {
  const selection = model.selection()
  if (kind === 'rows') model.select(selectRows(from, to.row, model.bounds()))
  else if (kind === 'columns') model.select(wholeColumns(model, from, to.column))
  else if (to.row !== selection.focus.row || to.column !== selection.focus.column) {
    model.select(extendTo(selection, { row: to.row, column: to.column }))
  }
}

/** The fill handle goes down or up first, sideways only beside the range. */
function fillEnd(model: Model, to: CellPosition): Partial<CellPosition> {
  const { top, bottom } = rectOf(model.selection())
  return to.row < top || to.row > bottom ? { row: to.row } : { column: to.column }
}

/** How far the pointer is outside, down and to the right, in pixels a frame. */
function pastEdges({ kind, x, y, edge }: Drag, { scroller }: Viewport): [number, number] {
  const element = scroller.current
  const box = element?.getBoundingClientRect()
  if (!element || !box) return [0, 0]
  const past = (at: number, low: number, high: number) =>
    at < low ? Math.max(-FASTEST_PX, at - low) : at > high ? Math.min(FASTEST_PX, at - high) : 0
  // The last pixels count as outside: where the window ends there are no others.
  const { clientWidth, clientHeight } = element
  const down = kind === 'columns' ? 0 : past(y, box.top, box.top + clientHeight - EDGE_PX)
  const right = kind === 'rows' ? 0 : past(x, Math.max(box.left, edge), box.left + clientWidth - EDGE_PX)
  return [down, right]
}

export function wholeColumns(model: Model, from: number, to: number) {
  return selectColumns(from, to, { ...model.bounds(), rows: Math.max(1, model.rows.realCount()) })
}

/** The mouse on the cells: selecting by click, drag and Shift, rows by their numbers, scrolling when it leaves the view. */
import { type PointerEvent as ReactPointerEvent, type RefObject, useEffect, useRef, useState } from 'react'
import type { Model } from './model.ts'
import { extendTo, rectOf, selectCell, selectColumns, selectRows } from './selection.ts'
import type { Viewport } from './useViewport.ts'

/** Pixels a frame, at most, when the pointer is far outside. */
const FASTEST = 60

type Drag = { kind: 'cells' | 'rows' | 'fill'; from: number; x: number; y: number }

export function usePointer(
  model: Model,
  viewport: Viewport,
  field: RefObject<HTMLTextAreaElement | null>,
  commit: () => void,
) {
  const drag = useRef<Drag | null>(null)
  const fill = useRef<number | null>(null)
  const [fillTo, setFillTo] = useState<number | null>(null)
  const latest = useRef({ model, viewport, commit })
  latest.current = { model, viewport, commit }

  useEffect(() => {
    let frame = 0
    function follow() {
      const now = drag.current
      const { model, viewport } = latest.current
      if (!now) return
      const cell = viewport.cellAt(now.x, now.y)
      const selection = model.selection()
      if (now.kind === 'rows') model.select(selectRows(now.from, cell.row, model.bounds()))
      else if (now.kind === 'fill') {
        fill.current = cell.row
        setFillTo(cell.row)
      } else if (cell.row !== selection.focus.row || cell.column !== selection.focus.column) {
        model.select(extendTo(selection, cell))
      }
    }
    function scroll() {
      const now = drag.current
      const box = latest.current.viewport.scroller.current?.getBoundingClientRect()
      if (!now || !box) return
      const past = (at: number, low: number, high: number) =>
        at < low ? Math.max(-FASTEST, at - low) : at > high ? Math.min(FASTEST, at - high) : 0
      const down = past(now.y, box.top, box.bottom)
      const right = now.kind === 'cells' ? past(now.x, box.left, box.right) : 0
      if (down !== 0 || right !== 0) {
        latest.current.viewport.scrollBy(down, right)
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
  }, [])

  function takeFocus() {
    if (model.editing()) latest.current.commit()
    field.current?.focus({ preventScroll: true })
  }

  return {
    fillTo,
    onCellsDown(event: ReactPointerEvent) {
      const element = viewport.scroller.current
      const box = element?.getBoundingClientRect()
      if (!element || !box || event.button === 1) return
      // On the scroll bars.
      if (event.clientX - box.left >= element.clientWidth || event.clientY - box.top >= element.clientHeight) return
      const touch = event.pointerType === 'touch'
      if (!touch) event.preventDefault()
      takeFocus()
      const cell = viewport.cellAt(event.clientX, event.clientY)
      const selection = model.selection()
      if (event.button === 2 && within(cell, selection)) return
      const from = event.shiftKey && cell.inNumbers ? selection.anchor.row : cell.row
      // A finger that moves scrolls; only the mouse and the pen pull ranges.
      if (!touch) drag.current = { kind: cell.inNumbers ? 'rows' : 'cells', from, x: event.clientX, y: event.clientY }
      if (cell.inNumbers) model.select(selectRows(from, cell.row, model.bounds()))
      else if (event.shiftKey) model.select(extendTo(selection, cell))
      else model.select(selectCell({ row: cell.row, column: cell.column }))
    },
    onColumnDown(column: number, event: ReactPointerEvent) {
      if (event.button !== 0) return
      event.preventDefault()
      takeFocus()
      const from = event.shiftKey ? model.selection().anchor.column : column
      model.select(selectColumns(from, column, { ...model.bounds(), rows: Math.max(1, model.rows.realCount()) }))
    },
    onFillDown(event: ReactPointerEvent) {
      event.preventDefault()
      event.stopPropagation()
      takeFocus()
      drag.current = { kind: 'fill', from: 0, x: event.clientX, y: event.clientY }
    },
  }
}

function within(cell: { row: number; column: number }, selection: Parameters<typeof rectOf>[0]): boolean {
  const { top, left, bottom, right } = rectOf(selection)
  return cell.row >= top && cell.row <= bottom && cell.column >= left && cell.column <= right
}

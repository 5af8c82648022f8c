/** Mouse and finger on the cells: selecting by click, tap, drag and Shift, rows by their numbers, scrolling when it leaves the view. */
import {
  type MouseEvent as ReactMouseEvent,
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useEffect,
  useRef,
  useState,
} from 'react'
import type { Model } from '../model/model.ts'
import { besideEnd } from '../model/seeking.ts'
import { type Cell, extendTo, rectOf, selectCell, selectColumns, selectRows } from '../model/selection.ts'
import type { Viewport } from './useViewport.ts'

/** Pixels a frame, at most, when the pointer is far outside. */
const FASTEST = 60
const EDGE = 6

/** `edge` is where the frozen columns end, for a drag that began beyond them: it scrolls there before it goes under them. */
type Drag = { kind: 'cells' | 'rows' | 'columns' | 'fill'; from: number; x: number; y: number; edge: number }

export type Pointer = ReturnType<typeof usePointer>

export function usePointer(
  model: Model,
  viewport: Viewport,
  field: RefObject<HTMLTextAreaElement | null>,
  commit: () => void,
  openReference: () => boolean,
) {
  const drag = useRef<Drag | null>(null)
  const touch = useRef(false)
  const fill = useRef<Partial<Cell> | null>(null)
  const [fillTo, setFillTo] = useState<Partial<Cell> | null>(null)
  const latest = useRef({ model, viewport, commit })
  latest.current = { model, viewport, commit }

  useEffect(() => {
    let frame = 0
    function follow() {
      const now = drag.current
      const { model, viewport } = latest.current
      if (!now) return
      const scrolled = (viewport.scroller.current?.scrollLeft ?? 0) > 0
      const cell = viewport.cellAt(scrolled ? Math.max(now.x, now.edge) : now.x, now.y)
      const selection = model.selection()
      if (now.kind === 'rows') model.select(selectRows(now.from, cell.row, model.bounds()))
      else if (now.kind === 'columns') model.select(wholeColumns(model, now.from, cell.column))
      else if (now.kind === 'fill') {
        const { top, bottom } = rectOf(selection)
        fill.current = cell.row < top || cell.row > bottom ? { row: cell.row } : { column: cell.column }
        setFillTo(fill.current)
      } else if (cell.row !== selection.focus.row || cell.column !== selection.focus.column) {
        model.select(extendTo(selection, cell))
      }
    }
    function scroll() {
      const now = drag.current
      const element = latest.current.viewport.scroller.current
      const box = element?.getBoundingClientRect()
      if (!now || !element || !box) return
      const past = (at: number, low: number, high: number) =>
        at < low ? Math.max(-FASTEST, at - low) : at > high ? Math.min(FASTEST, at - high) : 0
      // The last pixels count as outside: where the window ends there are no others.
      const { clientWidth, clientHeight } = element
      const down = now.kind === 'columns' ? 0 : past(now.y, box.top, box.top + clientHeight - EDGE)
      const right = now.kind === 'rows' ? 0 : past(now.x, Math.max(box.left, now.edge), box.left + clientWidth - EDGE)
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

  function start(kind: Drag['kind'], from: number, { clientX: x, clientY: y }: ReactPointerEvent) {
    const left = viewport.scroller.current?.getBoundingClientRect().left ?? 0
    const edge = left + Number.parseFloat(viewport.root.current?.style.getPropertyValue('--fixed') ?? '0')
    drag.current = { kind, from, x, y, edge: x >= edge ? edge : 0 }
  }

  function takeFocus() {
    if (model.editing()) latest.current.commit()
    field.current?.focus({ preventScroll: true })
  }

  /** Selects what is under the pointer, and answers what can be pulled on from there. */
  function choose(event: ReactMouseEvent): { kind: 'rows' | 'cells'; row: number } | null {
    takeFocus()
    const cell = viewport.cellAt(event.clientX, event.clientY)
    const selection = model.selection()
    if (event.button === 2 && within(cell, selection)) return null
    const from = event.shiftKey && cell.inNumbers ? selection.anchor.row : cell.row
    if (cell.inNumbers) model.select(selectRows(from, cell.row, model.bounds()))
    else if (event.shiftKey) model.select(extendTo(selection, cell))
    else model.select(selectCell({ row: cell.row, column: cell.column }))
    return { kind: cell.inNumbers ? 'rows' : 'cells', row: from }
  }

  return {
    fillTo,
    onCellsDown(event: ReactPointerEvent) {
      const element = viewport.scroller.current
      const box = element?.getBoundingClientRect()
      if (!element || !box || event.button === 1) return
      // On the scroll bars.
      if (event.clientX - box.left >= element.clientWidth || event.clientY - box.top >= element.clientHeight) return
      // A finger that moves scrolls: it has chosen a cell only once it has left without.
      touch.current = event.pointerType === 'touch'
      if (touch.current) return
      event.preventDefault()
      const from = choose(event)
      if (from) start(from.kind, from.row, event)
      if ((event.ctrlKey || event.metaKey) && event.button === 0 && openReference()) drag.current = null
    },
    /** What follows on a touch that stayed in its place. */
    onTap(event: ReactMouseEvent) {
      if (touch.current) choose(event)
      touch.current = false
    },
    onColumnDown(column: number, event: ReactPointerEvent) {
      if (event.button !== 0) return
      event.preventDefault()
      takeFocus()
      const from = event.shiftKey ? model.selection().anchor.column : column
      start('columns', from, event)
      model.select(wholeColumns(model, from, column))
    },
    onFillDown(event: ReactPointerEvent) {
      event.preventDefault()
      event.stopPropagation()
      takeFocus()
      start('fill', 0, event)
    },
    /** Twice on the handle: as far down as the data beside it goes. */
    onFillDouble(event: { stopPropagation(): void }) {
      event.stopPropagation()
      void besideEnd(model).then((row) => row !== null && model.gestures.extend({ row }, false))
    },
  }
}

export function wholeColumns(model: Model, from: number, to: number) {
  return selectColumns(from, to, { ...model.bounds(), rows: Math.max(1, model.rows.realCount()) })
}

function within(cell: { row: number; column: number }, selection: Parameters<typeof rectOf>[0]): boolean {
  const { top, left, bottom, right } = rectOf(selection)
  return cell.row >= top && cell.row <= bottom && cell.column >= left && cell.column <= right
}

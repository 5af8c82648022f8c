/** Mouse and finger on the cells: selecting by click, tap, drag and Shift, rows by their numbers, scrolling when it leaves the view. */
import {
  type MouseEvent as ReactMouseEvent,
  type PointerEvent as ReactPointerEvent,
  type RefObject,
  useRef,
} from 'react'
import type { Model } from '../model/model.ts'
import { besideEnd } from '../model/seeking.ts'
import { extendTo, rectOf, selectCell, selectRows } from '../model/selection.ts'
import { type Drag, useDrag, wholeColumns } from './useDrag.ts'
import type { Viewport } from './useViewport.ts'

export type Pointer = ReturnType<typeof usePointer>

export function usePointer(
  model: Model,
  viewport: Viewport,
  field: RefObject<HTMLTextAreaElement | null>,
  commit: () => void,
  openReference: () => boolean,
) {
  /** Whether the last thing that went down was a finger. */
  const touch = useRef(false)
  const latest = useRef({ model, viewport, commit })
  latest.current = { model, viewport, commit }
  const { drag, fillTo } = useDrag(latest)

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
      // Of two quick taps on a busy machine both have been down before the first click comes, and each of them chooses.
      if (touch.current) choose(event)
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
      touch.current = false
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

function within(cell: { row: number; column: number }, selection: Parameters<typeof rectOf>[0]): boolean {
  const { top, left, bottom, right } = rectOf(selection)
  return cell.row >= top && cell.row <= bottom && cell.column >= left && cell.column <= right
}

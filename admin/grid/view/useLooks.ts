/** The view the grid is shown by: the page's, or its own; the columns drawn for it; widths while an edge is being pulled. */
import { type RefObject, useEffect, useMemo, useRef, useState } from 'react'
import { arranged, moved } from '../model/arrangement.ts'
import type { Model } from '../model/model.ts'
import type { Column, GridProps, View } from '../types.ts'
import { layoutOf } from './geometry.ts'

export const MIN_ZOOM = 70
export const MAX_ZOOM = 150
const STEP_PERCENT = 10

/** The next zoom in tens of percent; `by` is 1 or -1. */
export const zoomed = (zoom: number, by: number): number =>
  Math.max(MIN_ZOOM, Math.min(MAX_ZOOM, Math.round(zoom / STEP_PERCENT + by) * STEP_PERCENT))

const SIZES = [11, 12, 13, 14, 16]

/** What the styles need of a zoom: sizes of type, and the factor for everything else. */
export function zoomStyle(zoom: number): Record<string, string | number> {
  if (zoom === 100) return {}
  const type = SIZES.map((size) => [`--f-${size}`, `${Math.round(size * zoom) / 100}px`])
  return { '--zoom': zoom / 100, ...Object.fromEntries(type) }
}

export type GridLooks = ReturnType<typeof useLooks>

export function useLooks(model: Model, page: GridProps) {
  const view = page.view ?? model.view()
  const [pulled, setPulled] = useState<Readonly<Record<string, number>>>({})
  const zoom = view.zoom ?? 100
  const makesRows = page.blankRow !== undefined
  const { order, hidden, frozen, widths } = view
  const layout = useMemo(() => {
    const drawn = arranged(page.columns, { sort: [], filter: {}, order, hidden, frozen, widths } as View, {
      makesRows,
      zoom,
    })
    return layoutOf(drawn, pulled)
  }, [page.columns, order, hidden, frozen, widths, makesRows, zoom, pulled])
  const latest = useRef({ view, page })
  latest.current = { view, page }

  function setView(next: View) {
    if (!latest.current.page.view) model.setView(next)
    latest.current.page.onViewChange?.(next)
  }

  return {
    view,
    zoom,
    layout,
    setView,
    /** Columns that could be drawn, hidden ones included. */
    makesRows,
    /** Takes a width as drawn; it is kept once the edge is let go. */
    resize(column: Pick<Column, 'name'>, width: number, done: boolean) {
      if (!done) return setPulled((old) => ({ ...old, [column.name]: width }))
      setPulled({})
      const { view } = latest.current
      setView({ ...view, widths: { ...view.widths, [column.name]: Math.round((width * 100) / (view.zoom ?? 100)) } })
    },
    move(name: string, before: string | null) {
      setView(moved(latest.current.page.columns, latest.current.view, name, before))
    },
  }
}

/** Ctrl and the wheel, over the grid, change its own zoom and not the page's. */
export function useWheelZoom(root: RefObject<HTMLElement | null>, looks: GridLooks) {
  const latest = useRef(looks)
  latest.current = looks
  useEffect(() => {
    const element = root.current
    if (!element) return
    const onWheel = (event: WheelEvent) => {
      if (!event.ctrlKey || event.deltaY === 0) return
      event.preventDefault()
      const { view, zoom, setView } = latest.current
      const next = zoomed(zoom, event.deltaY < 0 ? 1 : -1)
      if (next !== zoom) setView({ ...view, zoom: next })
    }
    element.addEventListener('wheel', onWheel, { passive: false })
    return () => element.removeEventListener('wheel', onWheel)
  }, [root])
}

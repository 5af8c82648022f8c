/** What ties the model to the page it is on: its life, the rows in view, the active cell in view, what the page is told. */
import { useEffect, useLayoutEffect, useMemo, useRef } from 'react'
import { createModel, type Model } from './model.ts'
import type { GridProps, Message } from './types.ts'
import type { useViewport } from './useViewport.ts'

export function useModel(page: GridProps, say: (message: Message) => void): Model {
  const { source, view } = page
  const first = useRef(view)
  const model = useMemo(
    () => createModel({ source, ...(first.current && { view: first.current }), say }),
    [source, say],
  )
  useEffect(() => {
    model.start()
    return () => {
      // What can be saved is sent before the list is let go.
      model.leave()
    }
  }, [model])
  useEffect(() => {
    first.current = view
    if (view) model.setView(view)
  }, [model, view])
  return model
}

export function useWindow(model: Model, range: { first: number; last: number }) {
  useEffect(() => {
    if (range.last >= range.first) model.rows.windows.want(range.first, range.last)
  }, [model, range])
}

/** The active cell, or the moving corner of the range, is brought into view when it moves. */
export function useReveal(model: Model, viewport: ReturnType<typeof useViewport>) {
  const selection = model.selection()
  const editing = model.editing() !== null
  viewport.setActive(selection.active)
  useLayoutEffect(viewport.place)
  const { reveal } = viewport
  const first = useRef(true)
  useLayoutEffect(() => {
    if (first.current) first.current = false
    else if (!selection.whole && !selection.still)
      reveal(selection.active === selection.anchor ? selection.focus : selection.active)
  }, [selection, reveal])
  useLayoutEffect(() => {
    if (editing) reveal(model.selection().active)
  }, [editing, reveal, model])
}

/** Tells the page, and asks before the window is closed over unsaved cells. */
export function useOutside(model: Model, page: { current: GridProps }) {
  useEffect(() => {
    const guard = (event: BeforeUnloadEvent) => {
      if (!model.hasUnsaved()) return
      event.preventDefault()
      event.returnValue = ''
    }
    const online = () => void model.saver.retryNow()
    addEventListener('beforeunload', guard)
    addEventListener('online', online)
    return () => {
      removeEventListener('beforeunload', guard)
      removeEventListener('online', online)
    }
  }, [model])
  useEffect(() => {
    let frame = 0
    let lastStatus = ''
    let lastSelection = ''
    const tell = () => {
      frame = 0
      const status = model.status()
      const asText = JSON.stringify(status)
      if (asText !== lastStatus) page.current.onStatus?.(status)
      lastStatus = asText
      const place = model.activePlace()
      const ids = [...model.checked()].map(model.rows.idOf)
      const activeId = place.kind === 'stored' ? place.base.id : null
      const chosen = { ids, activeId, column: model.activeColumn()?.name ?? null }
      const asWords = JSON.stringify(chosen)
      if (asWords !== lastSelection) page.current.onSelectionChange?.(chosen)
      lastSelection = asWords
    }
    const later = () => {
      if (frame === 0) frame = requestAnimationFrame(tell)
    }
    later()
    const stop = model.subscribe(later)
    return () => {
      cancelAnimationFrame(frame)
      stop()
    }
  }, [model, page])
}

/** What ties the model to the page it is on: its life, the rows in view, the active cell in view, what the page is told. */
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { createModel, type Model } from '../model/model.ts'
import type { GridMessage, GridProps } from '../types.ts'
import type { useViewport } from './useViewport.ts'

const SAID_FOR_MS = 6_000

/** The last message, for a while; the page gets it too. */
export function useSaid(page: { readonly current: GridProps }) {
  const [said, setSaid] = useState<GridMessage | null>(null)
  const say = useCallback(
    (message: GridMessage) => {
      setSaid({ ...message })
      page.current.onMessage?.(message)
    },
    [page],
  )
  useEffect(() => {
    if (!said) return
    const timer = setTimeout(() => setSaid(null), SAID_FOR_MS)
    return () => clearTimeout(timer)
  }, [said])
  return { said, say }
}

export function useModel(page: GridProps, say: (message: GridMessage) => void): Model {
  const { source, view } = page
  const first = useRef(view)
  const keep = useRef(page.keep)
  keep.current = page.keep
  const latest = useRef(page)
  latest.current = page
  const model = useMemo(
    () =>
      createModel({
        source,
        ...(first.current && { view: first.current }),
        say,
        keep: keep.current,
        onView(next) {
          if (!latest.current.view) model.setView(next)
          latest.current.onViewChange?.(next)
        },
      }),
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
    if (range.last >= range.first) model.look(range.first, range.last)
  }, [model, range])
}

/** Rows that came or went above the view: it stays on the rows it shows. */
export function useShift(model: Model, viewport: ReturnType<typeof useViewport>, rowHeight: number) {
  const version = model.version()
  // biome-ignore lint/correctness/useExhaustiveDependencies: the model tells by its version that there may be a shift
  useLayoutEffect(() => {
    const shift = model.takeShift()
    if (shift !== 0) viewport.scrollBy(shift * rowHeight, 0)
  }, [version])
}

/** The active cell, or the moving corner of the range, is brought into view when it moves. */
export function useReveal(model: Model, viewport: ReturnType<typeof useViewport>) {
  const selection = model.selection()
  const editing = model.editing() !== null
  const heading = model.grouped.cursor()
  const line = heading === null ? viewport.lines.lineOf(selection.active.row) : viewport.lines.headingAt(heading)
  viewport.setActive(line, selection.active.column)
  useLayoutEffect(viewport.place)
  const { reveal, revealLine } = viewport
  useLayoutEffect(() => {
    if (heading !== null) revealLine(line)
  }, [heading, line, revealLine])
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
    // The last moment in which something can still be put away.
    const hidden = () => {
      if (document.visibilityState === 'hidden') void model.keeping.put()
    }
    const keep = () => void model.keeping.put()
    addEventListener('pagehide', keep)
    document.addEventListener('visibilitychange', hidden)
    addEventListener('beforeunload', guard)
    addEventListener('online', online)
    return () => {
      removeEventListener('pagehide', keep)
      document.removeEventListener('visibilitychange', hidden)
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
      const ids = [...model.ticks.keys()].map(model.rows.idOf)
      const leftOut = model.ticks.leftOut()
      const activeId = place.kind === 'stored' ? place.base.id : null
      const chosen = {
        ids,
        activeId,
        column: model.activeColumn()?.name ?? null,
        all: leftOut && { except: [...leftOut].map((key) => model.rows.idOf(key) ?? Number(key)) },
      }
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

/** What stands open over the grid beside the editor: the find bar, a calendar, the history of a cell; one at a time. */
import { useEffect, useRef, useState } from 'react'
import type { Model } from '../model/model.ts'
import type { Selection } from '../model/selection.ts'

/** Fetched ahead, so that it is here when nobody answers. */
const LOAD_AFTER_MS = 3_000

type OpenedParts = typeof import('../opened/opened.ts')
type OpenedKind = 'find' | 'calendar' | 'history'
/** A key for what is open; true when it was for it. */
export type KeyTaker = (key: { key: string; altKey: boolean }) => boolean
export type Opened = ReturnType<typeof useOpened>

export function useOpened(model: Model, focus: () => void) {
  const [parts, setParts] = useState<OpenedParts | null>(null)
  const [open, setOpen] = useState<{
    kind: Exclude<OpenedKind, 'calendar'>
    selection: Selection
    nth: number
    replaces: boolean
  } | null>(null)
  const keys = useRef<KeyTaker | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => {
      import('../opened/opened.ts').then(setParts, () => undefined)
      for (const part of [
        import('../model/fill.ts'),
        import('../model/htmlTable.ts'),
        import('../model/whole.ts'),
        import('../opened/WholeBar.tsx'),
      ])
        part.catch(() => undefined)
    }, LOAD_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])

  const editing = model.editing()
  // A history belongs to the cell it was asked for.
  const stands = open?.kind === 'find' || (open?.kind === 'history' && open.selection === model.selection() && !editing)
  const kind: OpenedKind | null = typeof editing?.calendar === 'string' ? 'calendar' : stands ? open.kind : null
  return {
    kind,
    parts,
    keys,
    /** Letters are for the find bar, which is still being fetched: none of them goes into the cell. */
    awaitsFind: kind === 'find' && !parts,
    /** Grows with each time it is asked for, so that the find bar takes the focus again. */
    nth: open?.nth ?? 0,
    /** The find bar replaces too. */
    replaces: open?.replaces ?? false,
    open(kind: OpenedKind, replaces = false) {
      // A calendar ends with the editor it was opened in.
      if (kind === 'calendar') model.showCalendar(true)
      else setOpen((was) => ({ kind, selection: model.selection(), nth: (was?.nth ?? 0) + 1, replaces }))
      if (parts) return
      import('../opened/opened.ts').then(setParts, () => {
        setOpen(null)
        model.say({ kind: 'fault', text: '没有打开：网络断了，请稍后再试。' })
      })
    },
    close() {
      if (kind === 'calendar') model.showCalendar(false)
      else setOpen(null)
      focus()
    },
  }
}

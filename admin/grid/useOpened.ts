/** What stands open over the grid beside the editor: the find bar, a calendar, the history of a cell; one at a time. */
import { useEffect, useRef, useState } from 'react'
import type { Model } from './model.ts'
import type { Selection } from './selection.ts'

/** Fetched ahead, so that it is here when nobody answers. */
const LOAD_AFTER = 3000

type Parts = typeof import('./opened.ts')
export type Kind = 'find' | 'calendar' | 'history'
/** A key for what is open; true when it was for it. */
export type KeyTaker = (key: { key: string; altKey: boolean }) => boolean
export type Opened = ReturnType<typeof useOpened>

export function useOpened(model: Model, focus: () => void) {
  const [parts, setParts] = useState<Parts | null>(null)
  const [open, setOpen] = useState<{ kind: Kind; selection: Selection } | null>(null)
  const keys = useRef<KeyTaker | null>(null)
  useEffect(() => {
    const timer = setTimeout(() => {
      import('./opened.ts').then(setParts, () => undefined)
      for (const part of [
        import('./fill.ts'),
        import('./htmlTable.ts'),
        import('./whole.ts'),
        import('./WholeBar.tsx'),
      ])
        part.catch(() => undefined)
    }, LOAD_AFTER)
    return () => clearTimeout(timer)
  }, [])

  const column = model.editing()?.column
  // A calendar belongs to the open editor, a history to the cell it was asked for.
  const stands =
    open?.kind === 'find' ||
    (open?.kind === 'calendar' && column?.type === 'date') ||
    (open?.kind === 'history' && open.selection === model.selection() && !column)
  return {
    kind: stands ? open.kind : null,
    parts,
    keys,
    open(kind: Kind) {
      setOpen({ kind, selection: model.selection() })
      if (parts) return
      import('./opened.ts').then(setParts, () => model.say({ kind: 'fault', text: '没有打开：网络断了，请稍后再试。' }))
    },
    close() {
      setOpen(null)
      focus()
    },
  }
}

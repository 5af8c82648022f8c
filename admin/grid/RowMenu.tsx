/** The menu of a row: what the page offers for it. Opened by the right button, the menu key or Shift + F10; loaded then. */
import { type KeyboardEvent, useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { RowItem } from './types.ts'
import './menus.css'

export type RowMenuProps = {
  label: string
  items: readonly RowItem[]
  /** Where it was asked for, in pixels of the grid. */
  at: { left: number; top: number }
  onClose(): void
}

const MARGIN = 4

export function RowMenu({ label, items, at, onClose }: RowMenuProps) {
  const box = useRef<HTMLDivElement>(null)
  const [style, setStyle] = useState<{ left: number; top: number; visibility?: 'hidden' }>({
    ...at,
    visibility: 'hidden',
  })
  useLayoutEffect(() => {
    const root = box.current?.closest('.grid')?.getBoundingClientRect()
    const own = box.current?.getBoundingClientRect()
    if (!root || !own) return
    // Within the grid: above the pointer where there is no room below.
    const inside = (from: number, size: number, room: number) =>
      Math.max(MARGIN, from + size + MARGIN > room ? Math.min(from - size, room - size - MARGIN) : from)
    setStyle({ left: inside(at.left, own.width, root.width), top: inside(at.top, own.height, root.height) })
  }, [at.left, at.top])
  // What is not to be seen takes no focus.
  useLayoutEffect(() => {
    if (!style.visibility) box.current?.querySelector<HTMLElement>('[role=menuitem]')?.focus()
  }, [style])
  useEffect(() => {
    const onDown = (event: PointerEvent) => {
      if (!box.current?.contains(event.target as Node)) onClose()
    }
    addEventListener('pointerdown', onDown, true)
    return () => removeEventListener('pointerdown', onDown, true)
  }, [onClose])

  function onKeyDown(event: KeyboardEvent) {
    const all = [...(box.current?.querySelectorAll<HTMLElement>('[role=menuitem]') ?? [])]
    const here = all.indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: here + 1, ArrowUp: here - 1, Home: 0, End: all.length - 1 }[event.key]
    if (to !== undefined) all[(to + all.length) % all.length]?.focus()
    else if (event.key === 'Escape' || event.key === 'Tab') onClose()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <div ref={box} className="grid-menu" style={style}>
      <div role="menu" aria-label={label} onKeyDown={onKeyDown} tabIndex={-1}>
        {items.map((item, at) =>
          item === '-' ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: a hairline is nothing but its place
            <hr key={at} />
          ) : (
            <button
              key={item.words}
              type="button"
              role="menuitem"
              tabIndex={-1}
              aria-disabled={item.off ? true : undefined}
              title={item.off}
              className="grid-option"
              onClick={() => {
                if (item.off) return
                onClose()
                item.run()
              }}
            >
              <span className="grid-option-label">{item.words}</span>
              {item.hint && <kbd>{item.hint}</kbd>}
            </button>
          ),
        )}
      </div>
    </div>
  )
}

/** The menu of a row: the clipboard, and what the page offers for it. Opened by the right button, the menu key or Shift + F10; loaded then. */
import { type RefObject, useLayoutEffect, useRef, useState } from 'react'
import type { Model } from '../model/model.ts'
import type { RowItem } from '../types.ts'
import { clipboardItems } from './clipboardItems.ts'
import { type MenuItem, MenuItems, useOutsideClose } from './Menu.tsx'

export type RowMenuProps = {
  model: Model
  field: RefObject<HTMLTextAreaElement | null>
  label: string
  items: readonly RowItem[]
  /** Where it was asked for, in pixels of the grid. */
  at: { left: number; top: number }
  onClose(): void
}

const MARGIN_PX = 4

export function RowMenu({ model, field, label, items, at, onClose }: RowMenuProps) {
  const box = useRef<HTMLDivElement>(null)
  const [style, setStyle] = useState<{ left: number; top: number; opacity?: 0 }>({
    ...at,
    // Invisible until it is placed, but there: what is hidden takes no focus.
    opacity: 0,
  })
  useLayoutEffect(() => {
    const root = box.current?.closest('.grid')?.getBoundingClientRect()
    const own = box.current?.getBoundingClientRect()
    if (!root || !own) return
    // Within the grid: above the pointer where there is no room below.
    const inside = (from: number, size: number, room: number) =>
      Math.max(MARGIN_PX, from + size + MARGIN_PX > room ? Math.min(from - size, room - size - MARGIN_PX) : from)
    setStyle({ left: inside(at.left, own.width, root.width), top: inside(at.top, own.height, root.height) })
  }, [at.left, at.top])
  useOutsideClose(box, onClose)
  const closing = [...clipboardItems(model, field), ...items].map((item) =>
    item === '-' ? item : after(onClose, item),
  )
  return (
    <div ref={box} className="grid-menu" style={style}>
      <MenuItems label={label} items={closing} onClose={onClose} />
    </div>
  )
}

const after = (close: () => void, item: Exclude<MenuItem, '-'>) => ({
  ...item,
  run() {
    close()
    item.run()
  },
})

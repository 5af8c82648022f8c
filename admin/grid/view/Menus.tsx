/** The menus of a column and of a row: what opens them, where they stand, where the focus goes when they close. */
import { lazy, type RefObject, Suspense, useRef, useState } from 'react'
import type { Model } from '../model/model.ts'
import { rectOf } from '../model/selection.ts'
import type { GridProps, RowItem } from '../types.ts'
import { today } from './AtCell.tsx'
import type { GridLayout } from './geometry.ts'
import type { GridLooks } from './useLooks.ts'
import type { Viewport } from './useViewport.ts'

const ColumnMenu = lazy(() => import('../opened/ColumnMenu.tsx').then((parts) => ({ default: parts.ColumnMenu })))
const RowMenu = lazy(() => import('../opened/RowMenu.tsx').then((parts) => ({ default: parts.RowMenu })))

type OpenedPart = 'menu' | 'filter'
type OpenMenu =
  | { kind: 'column'; column: string; part: OpenedPart; byHead: boolean }
  | { kind: 'row'; items: readonly RowItem[]; at: { left: number; top: number } }
type MenuState = ReturnType<typeof useMenus>

export function useMenus(options: {
  model: Model
  page: GridProps
  layout: GridLayout
  viewport: Viewport
  field: RefObject<HTMLTextAreaElement | null>
}) {
  const { model, page, layout, viewport, field } = options
  const [opened, setOpened] = useState<OpenMenu | null>(null)

  function openColumn(column: string, part: OpenedPart = 'menu') {
    model.commitEdit()
    viewport.revealAcross(layout.columns.findIndex(({ name }) => name === column))
    const focus = document.activeElement
    const byHead = focus !== null && focus.closest('[data-head]') !== null && focus.matches(':focus-visible')
    setOpened({ kind: 'column', column, part, byHead })
  }

  /** The menu of the active row: beside its cell, or where the pointer is. False where there is none. */
  function openRow(pointer?: { clientX: number; clientY: number }): boolean {
    const place = model.activePlace()
    const root = viewport.root.current?.getBoundingClientRect()
    if (!page.rowMenu || place.kind !== 'stored' || !root) return false
    model.commitEdit()
    const cell = field.current?.getBoundingClientRect()
    const at = pointer ?? { clientX: (cell?.left ?? 0) + 24, clientY: cell?.bottom ?? 0 }
    const { top, bottom } = rectOf(model.selection())
    const places = model.selectedPlaces().filter(({ key }) => !model.rows.isNew(key))
    // Of a selection that is not wholly here only the row itself is meant.
    const rows = places.length === bottom - top + 1 ? places.map(({ base }) => base) : [place.base]
    const items = page.rowMenu(place.base, rows)
    setOpened({ kind: 'row', items, at: { left: at.clientX - root.left, top: at.clientY - root.top } })
    return true
  }

  function close() {
    setOpened(null)
    // Back to where the menu was opened from: a head that the keys stood on, or the cells.
    const name = opened?.kind === 'column' && opened.byHead ? opened.column : undefined
    const head = viewport.root.current?.querySelector<HTMLElement>(`[data-head="${name}"] .grid-head-words`)
    if (head?.tabIndex === 0) head.focus()
    else field.current?.focus({ preventScroll: true })
  }

  const latest = useRef(openColumn)
  latest.current = openColumn
  return {
    opened,
    field,
    ofColumn: opened?.kind === 'column' ? opened.column : null,
    openColumn,
    openRow,
    close,
    /** Opens the filter of a column, whenever it is called. */
    openFilter: useRef((column: string) => latest.current(column, 'filter')).current,
    turn(part: OpenedPart) {
      if (opened?.kind === 'column') setOpened({ ...opened, part })
    },
    /** The menu key, Shift + F10 and, on a whole column, Alt + ↓; true when a menu was opened. */
    takesKey({ key, altKey, shiftKey }: { key: string; altKey: boolean; shiftKey: boolean }): boolean {
      const asksMenu = key === 'ContextMenu' || (key === 'F10' && shiftKey)
      const column = model.selection().whole === 'columns' && model.activeColumn()
      if (column && (asksMenu || (key === 'ArrowDown' && altKey))) openColumn(column.name)
      else return asksMenu && openRow()
      return true
    },
  }
}

export function Menus({
  menus,
  model,
  looks,
  page,
  around,
}: {
  menus: MenuState
  model: Model
  looks: GridLooks
  page: GridProps
  around: number
}) {
  const { opened, close } = menus
  if (opened?.kind === 'row') {
    return (
      <Suspense fallback={null}>
        <RowMenu
          {...{ model, field: menus.field }}
          items={opened.items}
          at={opened.at}
          label={`第 ${model.selection().active.row + 1} 行`}
          onClose={close}
        />
      </Suspense>
    )
  }
  const column = page.columns.find(({ name }) => name === menus.ofColumn)
  if (!opened || !column) return null
  return (
    <Suspense fallback={null}>
      <ColumnMenu
        {...{ model, looks, column, around }}
        part={opened.part}
        columns={page.columns}
        today={page.today ?? today()}
        onPart={menus.turn}
        onClose={close}
      />
    </Suspense>
  )
}

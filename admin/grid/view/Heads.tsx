/**
 * Column heads and the filter row. The words of a head sort and can be dragged to another place, its ground selects the
 * column, its right edge resizes it, its button and the right mouse button open its menu. One head at a time is a stop of
 * the Tab key; the arrows go on from there.
 */
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid whose rows come and go is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field over the active cell
import { type KeyboardEvent, memo, type PointerEvent, type MouseEvent as ReactMouseEvent, useState } from 'react'
import { nextSort } from '../model/arrangement.ts'
import { isBlankEntry } from '../model/filters.ts'
import type { Column, FilterEntry, View } from '../types.ts'
import { FilterCell } from './FilterCell.tsx'
import { clampWidth, type GridLayout } from './geometry.ts'
import { Icon } from './icons.tsx'
import './Heads.css'

type HeadsProps = {
  layout: GridLayout
  view: View
  onView(view: View): void
  numberWidth: number
  selected: { left: number; right: number } | null
  checkable: boolean
  numbersLabel: string | undefined
  checked: 'none' | 'some' | 'all'
  onCheckAll(): void
  onResize(column: Column, width: number, done: boolean): void
  onColumnDown(column: number, event: PointerEvent): void
  /** The column whose menu is open, or null. */
  menuOf: string | null
  onMenu(column: string): void
  /** To stand before another column; null: last. */
  onMove(column: string, before: string | null): void
  /** As wide as what stands in it. */
  onFit(column: string): void
  /** Back to the cells. */
  onLeave(): void
  onReveal(column: number): void
}

/** Drawn again only when what they show changes; their functions look up what is current themselves. */
export const Heads = memo(function Heads(props: HeadsProps) {
  const { layout, view, onView, numberWidth } = props
  const [stop, setStop] = useState('')
  const stopAt = layout.columns.some(({ name }) => name === stop) ? stop : layout.columns[0]?.name
  const filterable = layout.columns.some((column) => column.filterable)
  const halves = <T,>(items: readonly T[]) => [items.slice(0, layout.frozen), items.slice(layout.frozen)] as const
  const [fixedHeads, restHeads] = halves(
    layout.columns.map((column, at) => (
      <Head
        key={column.name}
        {...props}
        column={column}
        at={at}
        isStop={column.name === stopAt}
        onStop={() => setStop(column.name)}
      />
    )),
  )
  const [fixedFilters, restFilters] = halves(
    layout.columns.map((column, at) => (
      <div
        role="gridcell"
        key={column.name}
        aria-colindex={at + 2}
        className={at === layout.frozen - 1 ? 'grid-filter frozen-edge' : 'grid-filter'}
        style={{ width: layout.widths[at] }}
      >
        {column.filterable && (
          <FilterCell
            column={column}
            entry={view.filter[column.name]}
            onChange={(entry) => onView({ ...view, filter: withEntry(view.filter, column.name, entry) })}
          />
        )}
      </div>
    )),
  )
  return (
    <div role="rowgroup" className="grid-heads">
      <div role="row" aria-rowindex={1} className="grid-head-row">
        <div role="presentation" className="grid-fixed">
          <div
            role="columnheader"
            aria-colindex={1}
            className="grid-number"
            aria-label={props.numbersLabel ?? '行号'}
            style={{ width: numberWidth }}
          >
            {props.checkable && (
              <button
                type="button"
                role="checkbox"
                tabIndex={-1}
                aria-checked={props.checked === 'some' ? 'mixed' : props.checked === 'all'}
                aria-label="选中全部行"
                className="grid-check"
                onClick={props.onCheckAll}
              >
                {props.checked !== 'none' && <Icon name={props.checked === 'all' ? 'tick' : 'dash'} />}
              </button>
            )}
            {props.numbersLabel && <span>{props.numbersLabel}</span>}
          </div>
          {fixedHeads}
        </div>
        <div role="presentation" className="grid-rest">
          {restHeads}
        </div>
      </div>
      {filterable && (
        <div role="row" aria-rowindex={2} className="grid-filter-row">
          <div role="presentation" className="grid-fixed">
            <div role="gridcell" aria-colindex={1} className="grid-number" style={{ width: numberWidth }}>
              <span className="grid-filter-mark">
                <Icon name="filter" />
              </span>
            </div>
            {fixedFilters}
          </div>
          <div role="presentation" className="grid-rest">
            {restFilters}
          </div>
        </div>
      )}
    </div>
  )
}, sameHeads)

function sameHeads(a: HeadsProps, b: HeadsProps): boolean {
  const same = (name: keyof HeadsProps) => a[name] === b[name]
  const range = a.selected?.left === b.selected?.left && a.selected?.right === b.selected?.right
  return range && (['layout', 'view', 'numberWidth', 'checkable', 'checked', 'menuOf'] as const).every(same)
}

function withEntry(filter: View['filter'], name: string, entry: FilterEntry): View['filter'] {
  const { [name]: _, ...others } = filter
  return isBlankEntry(entry) ? others : { ...others, [name]: entry }
}

type HeadProps = HeadsProps & { column: Column; at: number; isStop: boolean; onStop(): void }

function Head(props: HeadProps) {
  const { layout, view, onView, selected, onResize, onColumnDown, menuOf, onMenu, onMove, column, at } = props
  const place = view.sort.findIndex((sort) => sort.column === column.name)
  const sort = view.sort[place]
  const inRange = selected && at >= selected.left && at <= selected.right
  const flags = [
    'grid-head',
    (column.align ?? (column.type === 'number' ? 'right' : 'left')) === 'right' && 'right',
    at === layout.frozen - 1 && 'frozen-edge',
    inRange && 'selected',
    menuOf === column.name && 'open',
  ]
  function onSort(event: ReactMouseEvent) {
    if (column.sortable !== false) onView({ ...view, sort: nextSort(view.sort, column.name, event.shiftKey) })
    // After a click the keys are the cells' again; who came by keys goes on from here.
    if (event.detail > 0) props.onLeave()
  }
  return (
    <div
      role="columnheader"
      aria-colindex={at + 2}
      aria-sort={sort ? (sort.order === 'ASC' ? 'ascending' : 'descending') : undefined}
      aria-required={column.required}
      className={flags.filter(Boolean).join(' ')}
      style={{ width: layout.widths[at] }}
      title={column.note}
      data-head={column.name}
      onPointerDown={(event) => onColumnDown(at, event)}
      onContextMenu={(event) => {
        event.preventDefault()
        onMenu(column.name)
      }}
    >
      <button
        type="button"
        tabIndex={props.isStop ? 0 : -1}
        className="grid-head-words"
        onFocus={() => {
          props.onStop()
          props.onReveal(at)
        }}
        onPointerDown={(event) => {
          event.stopPropagation()
          const press = { words: event.currentTarget, x: event.clientX, y: event.clientY }
          if (event.button === 0)
            void import('./dragHead.ts').then(({ dragHead }) => dragHead(press, column.name, onMove))
        }}
        onClick={onSort}
        onKeyDown={(event) => headKey(event, props)}
      >
        {column.icon ?? <Icon name={column.type} />}
        <span>{column.label}</span>
        {column.required && <i aria-hidden="true">*</i>}
        {column.requiredLater && <small>{column.requiredLater}</small>}
        {sort && (
          <em>
            <Icon name={sort.order === 'ASC' ? 'up' : 'down'} />
            {view.sort.length > 1 && place + 1}
          </em>
        )}
      </button>
      <button
        type="button"
        tabIndex={-1}
        className="grid-head-menu"
        aria-label={`${column.label}的菜单`}
        aria-haspopup="menu"
        aria-expanded={menuOf === column.name}
        onPointerDown={(event) => event.stopPropagation()}
        onClick={() => onMenu(column.name)}
      >
        <Icon name="open" />
      </button>
      <Resizer
        width={layout.widths[at] ?? 0}
        onResize={(width, done) => onResize(column, width, done)}
        onFit={() => props.onFit(column.name)}
      />
    </div>
  )
}

/** Arrows from head to head, ↓ and Esc to the cells, Alt ↓ or the menu key to the menu, Alt Shift ← → moves the column. */
function headKey(event: KeyboardEvent<HTMLElement>, { column, at, layout, onMenu, onMove, onLeave }: HeadProps) {
  const { key, altKey, shiftKey } = event
  const by = key === 'ArrowLeft' ? -1 : key === 'ArrowRight' ? 1 : 0
  if (key === 'ContextMenu' || (key === 'F10' && shiftKey) || (key === 'ArrowDown' && altKey)) onMenu(column.name)
  else if (by !== 0 && altKey && shiftKey) {
    const next = layout.columns[by > 0 ? at + 2 : at - 1]?.name ?? null
    if (at + by >= 0 && at + by < layout.columns.length) onMove(column.name, next)
  } else if (by !== 0) {
    const other = layout.columns[at + by]?.name
    event.currentTarget
      .closest('.grid-heads')
      ?.querySelector<HTMLElement>(`[data-head="${other}"] .grid-head-words`)
      ?.focus()
  } else if (key === 'ArrowDown' || key === 'Escape') onLeave()
  else return
  event.preventDefault()
  event.stopPropagation()
}

function Resizer(props: { width: number; onResize(width: number, done: boolean): void; onFit(): void }) {
  const { width, onResize, onFit } = props

  function onPointerDown(event: PointerEvent<HTMLElement>) {
    event.stopPropagation()
    event.preventDefault()
    const handle = event.currentTarget
    const start = event.clientX
    handle.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) => onResize(clampWidth(width + moved.clientX - start), false)
    const up = (moved: globalThis.PointerEvent) => {
      handle.removeEventListener('pointermove', move)
      // A click alone is half of a double-click.
      if (Math.abs(moved.clientX - start) > 1) onResize(clampWidth(width + moved.clientX - start), true)
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener('pointerup', up, { once: true })
  }
  return <b className="grid-resizer" aria-hidden="true" onPointerDown={onPointerDown} onDoubleClick={onFit} />
}

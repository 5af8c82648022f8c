/** Column heads and the filter row. The words of a head sort, its ground selects the column, its right edge resizes it. */
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid whose rows come and go is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field over the active cell
import { memo, type PointerEvent, type MouseEvent as ReactMouseEvent, useEffect, useRef, useState } from 'react'
import { matchOptions } from './filters.ts'
import { clampWidth, type Layout } from './geometry.ts'
import { Icon } from './icons.tsx'
import type { Column, FilterEntry, Option, Sort, View } from './types.ts'

const FILTER_AFTER = 300

type HeadsProps = {
  layout: Layout
  view: View
  onView(view: View): void
  numberWidth: number
  selected: { left: number; right: number } | null
  checkable: boolean
  checked: 'none' | 'some' | 'all'
  onCheckAll(): void
  onResize(column: Column, width: number, done: boolean): void
  onColumnDown(column: number, event: PointerEvent): void
}

/** Drawn again only when what they show changes; their functions look up what is current themselves. */
export const Heads = memo(function Heads(props: HeadsProps) {
  const { layout, view, onView, numberWidth } = props
  const filterable = layout.columns.some((column) => column.filterable)
  const halves = <T,>(items: readonly T[]) => [items.slice(0, layout.frozen), items.slice(layout.frozen)] as const
  const [fixedHeads, restHeads] = halves(
    layout.columns.map((column, at) => <Head key={column.name} {...props} column={column} at={at} />),
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
            aria-label="行号"
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
  return range && (['layout', 'view', 'numberWidth', 'checkable', 'checked'] as const).every(same)
}

function withEntry(filter: View['filter'], name: string, entry: FilterEntry): View['filter'] {
  const { [name]: _, ...others } = filter
  const empty = typeof entry === 'string' ? entry.trim() === '' : entry.values.length === 0
  return empty ? others : { ...others, [name]: entry }
}

/** Click: by this column alone, up, down, not at all. With Shift: after the columns that sort already. */
export function nextSort(sort: readonly Sort[], column: string, add: boolean): Sort[] {
  const old = sort.find((one) => one.column === column)
  const next: Sort[] = !old ? [{ column, order: 'ASC' }] : old.order === 'ASC' ? [{ column, order: 'DESC' }] : []
  if (!add) return next
  return old ? sort.flatMap((one) => (one === old ? next : [one])) : [...sort, ...next]
}

function Head({
  layout,
  view,
  onView,
  selected,
  onResize,
  onColumnDown,
  column,
  at,
}: HeadsProps & { column: Column; at: number }) {
  const place = view.sort.findIndex((sort) => sort.column === column.name)
  const sort = view.sort[place]
  const inRange = selected && at >= selected.left && at <= selected.right
  const flags = [
    'grid-head',
    (column.align ?? (column.type === 'number' ? 'right' : 'left')) === 'right' && 'right',
    at === layout.frozen - 1 && 'frozen-edge',
    inRange && 'selected',
  ]
  const onSort = (event: ReactMouseEvent) => onView({ ...view, sort: nextSort(view.sort, column.name, event.shiftKey) })
  const words = (
    <>
      {column.icon ?? <Icon name={column.type} />}
      <span>{column.label}</span>
      {column.required && <i aria-hidden="true">*</i>}
    </>
  )
  return (
    <div
      role="columnheader"
      aria-colindex={at + 2}
      aria-sort={sort ? (sort.order === 'ASC' ? 'ascending' : 'descending') : undefined}
      aria-required={column.required}
      className={flags.filter(Boolean).join(' ')}
      style={{ width: layout.widths[at] }}
      title={column.note}
      onPointerDown={(event) => onColumnDown(at, event)}
    >
      {column.sortable === false ? (
        <span className="grid-head-words">{words}</span>
      ) : (
        <button
          type="button"
          tabIndex={-1}
          className="grid-head-words"
          onPointerDown={(event) => event.stopPropagation()}
          onClick={onSort}
        >
          {words}
          {sort && (
            <em>
              <Icon name={sort.order === 'ASC' ? 'up' : 'down'} />
              {view.sort.length > 1 && place + 1}
            </em>
          )}
        </button>
      )}
      <Resizer width={layout.widths[at] ?? 0} onResize={(width, done) => onResize(column, width, done)} />
    </div>
  )
}

function Resizer({ width, onResize }: { width: number; onResize(width: number, done: boolean): void }) {
  function onPointerDown(event: PointerEvent<HTMLElement>) {
    event.stopPropagation()
    event.preventDefault()
    const handle = event.currentTarget
    const start = event.clientX
    handle.setPointerCapture(event.pointerId)
    const move = (moved: globalThis.PointerEvent) => onResize(clampWidth(width + moved.clientX - start), false)
    const up = (moved: globalThis.PointerEvent) => {
      handle.removeEventListener('pointermove', move)
      onResize(clampWidth(width + moved.clientX - start), true)
    }
    handle.addEventListener('pointermove', move)
    handle.addEventListener('pointerup', up, { once: true })
  }
  return <b className="grid-resizer" aria-hidden="true" onPointerDown={onPointerDown} />
}

type FilterCellProps = { column: Column; entry: FilterEntry | undefined; onChange(entry: FilterEntry): void }

function FilterCell({ column, entry, onChange }: FilterCellProps) {
  const shown = typeof entry === 'string' ? entry : (entry?.label ?? '')
  const [text, setText] = useState(shown)
  const [open, setOpen] = useState(false)
  const [found, setFound] = useState<readonly Option[]>([])
  useEffect(() => setText(shown), [shown])
  const picks = Boolean(column.choices || column.suggest)
  const change = useRef(onChange)
  change.current = onChange

  // Options are picked; other texts are looked for once the person pauses.
  useEffect(() => {
    if (text === shown || picks) return
    const timer = setTimeout(() => change.current(text), FILTER_AFTER)
    return () => clearTimeout(timer)
  }, [text, shown, picks])
  useEffect(() => {
    const search = text === shown ? '' : text
    if (!open || !picks) return
    if (column.choices) setFound(matchOptions(column.choices, search))
    else void column.suggest?.(search, {}).then(setFound, () => setFound([]))
  }, [open, picks, column, text, shown])

  const chosen = typeof entry === 'object' ? entry.values : []
  function toggle(option: Option) {
    const values = chosen.includes(option.value)
      ? chosen.filter((value) => value !== option.value)
      : [...(column.choices ? chosen : []), option.value]
    const labels = (column.choices ?? [option]).filter(({ value }) => values.includes(value)).map(({ label }) => label)
    onChange({ values, label: labels.join('、') })
    if (!column.choices) setOpen(false)
  }
  const commit = () => text !== shown && onChange(text)

  return (
    <>
      <input
        className={shown ? 'on' : ''}
        value={text}
        aria-label={`筛选${column.label}`}
        placeholder={column.type === 'number' || column.type === 'date' ? '≥ ≤ 至' : ''}
        onChange={(event) => setText(event.target.value)}
        onFocus={() => setOpen(true)}
        onBlur={() => {
          setOpen(false)
          if (picks && text !== '') setText(shown)
          else commit()
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || event.keyCode === 229) return
          const [first] = found
          if (event.key === 'Enter' && picks && text !== shown && first) toggle(first)
          else if (event.key === 'Enter' && !picks) commit()
          if (event.key === 'Escape') {
            setText('')
            onChange('')
          }
        }}
      />
      {shown && (
        <button
          type="button"
          className="grid-filter-clear"
          aria-label={`清除${column.label}的筛选`}
          onClick={() => onChange('')}
        >
          <Icon name="cross" />
        </button>
      )}
      {open && picks && found.length > 0 && (
        <div className="grid-filter-list" onPointerDown={(event) => event.preventDefault()}>
          {found.slice(0, 100).map((option) => (
            <button
              type="button"
              key={`${option.label}-${String(option.value)}`}
              role="checkbox"
              aria-checked={chosen.includes(option.value)}
              className="grid-option"
              onClick={() => toggle(option)}
            >
              {column.choices && (
                <span className="grid-check">{chosen.includes(option.value) && <Icon name="tick" />}</span>
              )}
              <span className="grid-option-label">{option.label}</span>
              {option.hint && <span>{option.hint}</span>}
            </button>
          ))}
        </div>
      )}
    </>
  )
}

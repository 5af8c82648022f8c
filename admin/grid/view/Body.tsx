/** The rows in view. A row is drawn again only when its stored values, its unsaved cells or its marks change. */
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid whose rows come and go is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field over the active cell
import { memo, type PointerEvent } from 'react'
import { cellState, type RowEdit } from '../model/edits.ts'
import type { Model } from '../model/model.ts'
import { problemAt } from '../model/status.ts'
import type { Column, GridProps, Row, RowKey } from '../types.ts'
import { dragRow } from './dragRow.ts'
import type { GridLayout } from './geometry.ts'
import { Icon } from './icons.tsx'
import { People } from './Others.tsx'
import type { Viewport } from './useViewport.ts'
import './Body.css'

type BodyProps = {
  model: Model
  viewport: Viewport
  layout: GridLayout
  page: GridProps
  id: string
  invitation: string
}

export function Body({ model, viewport, layout, page, id, invitation }: BodyProps) {
  const { first, last } = viewport.range
  const selection = model.selection()
  const rows = []
  for (let line = first; line <= last; line += 1) {
    const { row: index, group } = viewport.lines.at(line)
    const top = (line - viewport.base) * viewport.track.rowHeight
    if (index === null) {
      const heading = model.grouped.heading(group)
      const GroupLine = model.grouped.parts()?.GroupLine
      const isOn = model.grouped.cursor() === group
      if (heading && GroupLine)
        rows.push(
          <GroupLine key={`g${line}`} {...{ heading, group, line, top, isOn, layout, model }} columns={page.columns} />,
        )
      continue
    }
    const place = model.rows.placeAt(index)
    if (place.kind === 'none') continue
    const known = place.kind === 'stored' || place.kind === 'new'
    const active = index === selection.active.row
    rows.push(
      <GridRow
        // Not a place that rows take over from each other: scrolling up would move every other row in the document.
        key={line}
        id={id}
        index={index}
        line={line}
        top={top}
        kind={place.kind}
        rowKey={known ? place.key : null}
        base={known ? place.base : null}
        edit={known ? model.rows.edits.get(place.key) : undefined}
        leaving={known && (model.rows.leaving.has(place.key) || model.rows.gone.has(place.key))}
        gone={known && model.rows.gone.has(place.key) ? (model.rows.gone.get(place.key) ?? '别人') : undefined}
        told={known ? model.live.tintOf(place.key) : undefined}
        people={known ? model.live.peopleOn(place.base.id) : undefined}
        checked={place.kind === 'stored' && model.ticks.has(place.key)}
        active={active}
        open={known && page.openId !== undefined && page.openId !== null && place.base.id === page.openId}
        layout={layout}
        rowState={page.rowState}
        numbers={page.numbers}
        note={page.note}
        checkable={page.checkable !== false}
        onMoveRows={page.onMoveRows}
        invitation={invitation}
        model={model}
      />,
    )
  }
  return rows
}

type GridRowProps = {
  id: string
  index: number
  line: number
  top: number
  kind: 'stored' | 'new' | 'blank' | 'loading'
  rowKey: RowKey | null
  base: Row | null
  edit: RowEdit | undefined
  leaving: boolean
  /** Who has just removed it. */
  gone: string | undefined
  /** Columns somebody else has just changed. */
  told: ReadonlySet<string> | undefined
  /** Who else is on it. */
  people: readonly string[] | undefined
  checked: boolean
  active: boolean
  open: boolean
  layout: GridLayout
  rowState: GridProps['rowState']
  numbers: GridProps['numbers']
  note: GridProps['note']
  checkable: boolean
  onMoveRows: GridProps['onMoveRows']
  invitation: string
  model: Model
}

/** The place of a row. What stands in it is drawn by itself: when the list is placed anew, no cell is looked at. */
const GridRow = memo(function GridRow({ top, ...props }: GridRowProps) {
  const { line, kind, base, active, checked } = props
  const state = (base && props.rowState?.(base)) || {}
  const flags = [
    'grid-row',
    state.struck && 'struck',
    state.locked && 'locked',
    state.attention && 'attention',
    kind,
    active && 'active',
    checked && 'checked',
    props.open && 'open',
    props.leaving && 'leaving',
  ]
  return (
    <div
      role="row"
      aria-rowindex={line + 3}
      aria-selected={checked}
      className={flags.filter(Boolean).join(' ')}
      style={{ transform: `translateY(${top}px)` }}
    >
      <RowCells {...props} />
    </div>
  )
})

const RowCells = memo(function RowCells(props: Omit<GridRowProps, 'top'>) {
  const { id, index, kind, base, edit, layout, active } = props
  const state = (base && props.rowState?.(base)) || {}
  const cells = layout.columns.map((column, at) => (
    <GridCell
      key={column.name}
      id={`${id}-${index}-${at}`}
      column={column}
      at={at}
      width={layout.widths[at] ?? 0}
      base={base}
      edit={edit}
      told={props.told?.has(column.name) ?? false}
      mark={state.marks?.[column.name]}
      dispute={state.disputes?.[column.name]}
      locked={Boolean(base && (state.locked || !column.editable(base)))}
      problem={
        (base ? problemAt(layout.columns, edit, base, column, active, kind === 'new') : undefined) ??
        (edit?.cells[column.name] ? undefined : state.faults?.[column.name])
      }
      last={at === layout.frozen - 1}
    />
  ))
  return (
    <>
      <div role="presentation" className="grid-fixed">
        <RowNumber {...props} />
        {cells.slice(0, layout.frozen)}
      </div>
      <div role="presentation" className="grid-rest">
        {cells.slice(layout.frozen)}
      </div>
      {kind === 'blank' && <span className="grid-invitation">{props.invitation}</span>}
      {base && props.note && (
        <div
          role="gridcell"
          aria-colspan={layout.columns.length + 1}
          className="grid-note"
          style={{ height: props.note.height }}
          onPointerDown={(event) => event.stopPropagation()}
        >
          {props.note.draw(base)}
        </div>
      )}
    </>
  )
})

function RowNumber(props: Omit<GridRowProps, 'top'>) {
  const { index, kind, rowKey, base, checked, checkable, numbers, model, people, gone } = props
  const toggle = () => {
    if (!rowKey || !base) return
    model.rows.touch(rowKey, base)
    model.ticks.toggle([rowKey])
  }
  return (
    <div
      role="rowheader"
      aria-colindex={1}
      className="grid-number"
      data-row={index}
      title={gone && `这一行刚被${gone}删去`}
    >
      {checkable && kind === 'stored' && (
        <button
          type="button"
          role="checkbox"
          aria-checked={checked}
          aria-label={`选中第 ${index + 1} 行`}
          tabIndex={-1}
          className="grid-check"
          onPointerDown={(event) => event.stopPropagation()}
          onClick={toggle}
        >
          {checked && <Icon name="tick" />}
        </button>
      )}
      <span>{kind === 'blank' ? <Icon name="plus" /> : base && numbers ? numbers.of(base) : index + 1}</span>
      {kind === 'stored' && props.onMoveRows && (
        <span className="grid-grip" title="拖动，或按 Alt+↑ ↓" onPointerDown={(event) => pull(event, props)}>
          ⠿
        </span>
      )}
      {people && <People names={people} />}
    </div>
  )
}

/** The handle of a row was pressed: it is taken where it is let go. */
function pull(event: PointerEvent, { index, base, model, onMoveRows }: Omit<GridRowProps, 'top'>) {
  event.stopPropagation()
  event.preventDefault()
  dragRow(event.currentTarget as HTMLElement, index, (at) => {
    const place = model.rows.placeAt(at)
    onMoveRows?.([base?.id], { before: place.kind === 'stored' ? place.base.id : null })
  })
}

type GridCellProps = {
  id: string
  column: Column
  at: number
  width: number
  base: Row | null
  edit: RowEdit | undefined
  told: boolean
  mark: string | undefined
  dispute: string | undefined
  locked: boolean
  problem: string | undefined
  last: boolean
}

function GridCell({ id, column, at, width, base, edit, told, mark, dispute, locked, problem, last }: GridCellProps) {
  const cell = edit?.cells[column.name]
  const text = base ? cellState(column, base, edit).text.replaceAll('\n', ' ') : ''
  const flags = [
    'grid-cell',
    (column.align ?? (column.type === 'number' ? 'right' : 'left')) === 'right' && 'right',
    column.align === 'center' && 'center',
    cell && 'unsaved',
    told && 'told',
    problem && 'faulty',
    (cell?.theirs || (dispute && !cell)) && 'clash',
    mark && !cell && 'marked',
    locked && 'readonly',
    last && 'frozen-edge',
  ]
  const closed = locked && base ? column.closedBecause?.(base) : undefined
  const said = cell?.theirs ? '这一格刚被别人改过。' : (problem ?? (cell ? undefined : dispute) ?? mark ?? closed)
  return (
    <div
      role="gridcell"
      aria-colindex={at + 2}
      aria-readonly={locked || undefined}
      aria-invalid={problem ? true : undefined}
      aria-describedby={said ? `${id}-said` : undefined}
      className={flags.filter(Boolean).join(' ')}
      style={{ width }}
      title={said}
      data-column={column.name}
    >
      {base && !cell && column.render ? (
        column.render(base[column.name], base)
      ) : column.type === 'reference' && text && !cell?.error ? (
        <span className="grid-reference">{text}</span>
      ) : (
        text
      )}
      {said && (
        <span id={`${id}-said`} className="grid-hidden">
          {said}
        </span>
      )}
    </div>
  )
}

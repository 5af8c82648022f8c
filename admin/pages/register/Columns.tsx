/** The columns of the grid: which are shown, in what order; by mouse and by keys. */
import { type KeyboardEvent, useRef, useState } from 'react'
import type { Column, View } from '../../grid/index.ts'
import { inOrder, mayHide, moved } from '../../grid/model/arrangement.ts'
import { Button, Checkbox } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import css from './Arrange.module.css'
import { Panel } from './Panel.tsx'

type ColumnsProps = {
  columns: readonly Column[]
  view: View
  /** Rows can be made here: mandatory columns stay in sight. */
  makesRows: boolean
  onViewChange: (view: View) => void
}

export function Columns({ columns, view, makesRows, onViewChange }: ColumnsProps) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const isHidden = (column: Column) => (view.hidden?.includes(column.name) ?? false) && mayHide(column, makesRows)
  const shown = columns.filter((column) => !isHidden(column)).length
  return (
    <>
      <Button
        kind="quiet"
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={(event) => setAnchor(anchor ? null : event.currentTarget)}
      >
        <Icon name="progress" />
        栏目 {shown}
      </Button>
      {anchor && (
        <Panel label="栏目" anchor={anchor} onClose={() => setAnchor(null)}>
          <List {...{ columns, view, makesRows, onViewChange }} isHidden={isHidden} />
        </Panel>
      )}
    </>
  )
}

function List({
  columns,
  view,
  makesRows,
  onViewChange,
  isHidden,
}: ColumnsProps & { isHidden: (column: Column) => boolean }) {
  const list = useRef<HTMLUListElement>(null)
  const ordered = inOrder(columns, view)
  function toggle(column: Column) {
    const hidden = view.hidden ?? []
    const order = ordered.map(({ name }) => name)
    const next = hidden.includes(column.name) ? hidden.filter((name) => name !== column.name) : [...hidden, column.name]
    onViewChange({ ...view, order, hidden: next })
  }
  function step(at: number, by: 1 | -1) {
    const column = ordered[at]
    const before = ordered[by > 0 ? at + 2 : at - 1]?.name ?? null
    if (column && at + by >= 0 && at + by < ordered.length) onViewChange(moved(columns, view, column.name, before))
  }
  const focusAt = (at: number) =>
    requestAnimationFrame(() => list.current?.querySelectorAll<HTMLElement>('input')[at]?.focus())
  function onKeyDown(event: KeyboardEvent, at: number) {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0
    if (by === 0) return
    event.preventDefault()
    if (event.altKey) step(at, by)
    focusAt(Math.max(0, Math.min(at + by, ordered.length - 1)))
  }
  const isPlain = !view.order && !view.hidden?.length && view.frozen === undefined && !view.widths
  return (
    <>
      <ul ref={list} className={css.columnList}>
        {ordered.map((column, at) => (
          <li key={column.name}>
            {/* biome-ignore lint/a11y/noLabelWithoutControl: the control is the child */}
            <label>
              <Checkbox
                checked={!isHidden(column)}
                disabled={!mayHide(column, makesRows) && !isHidden(column)}
                onChange={() => toggle(column)}
                onKeyDown={(event) => onKeyDown(event, at)}
              />
              <span className="cut">{column.label}</span>
            </label>
            <button type="button" tabIndex={-1} aria-label={`${column.label}上移`} onClick={() => step(at, -1)}>
              <Icon name="up" small />
            </button>
            <button type="button" tabIndex={-1} aria-label={`${column.label}下移`} onClick={() => step(at, 1)}>
              <Icon name="down" small />
            </button>
          </li>
        ))}
      </ul>
      <footer>
        <small className="muted fill">Alt ↑ ↓ 移动</small>
        <Button
          kind="quiet"
          disabled={isPlain}
          onClick={() => {
            const { order: _order, hidden: _hidden, frozen: _frozen, widths: _widths, ...rest } = view
            onViewChange(rest)
          }}
        >
          恢复原样
        </Button>
      </footer>
    </>
  )
}

/** Frames over the rows: the selected range, the active cell and the fill handle, drawn on both sides of the frozen edge. */
import type { MouseEvent, PointerEvent } from 'react'
import { type CellPosition, isRange, type Rect, rectOf, type Selection } from '../model/selection.ts'
import type { GridLayout } from './geometry.ts'
import type { Viewport } from './useViewport.ts'
import './Marks.css'

type MarksProps = {
  selection: Selection
  layout: GridLayout
  viewport: Viewport
  numberWidth: number
  /** What of a row's height is its note: frames end above it. */
  noteHeight: number
  editing: boolean
  /** The row or column the fill handle is being pulled to, or null. */
  fillTo: Partial<CellPosition> | null
  onFillStart: ((event: PointerEvent) => void) | null
  onFillDouble(event: MouseEvent): void
}

export function Marks(props: MarksProps) {
  const { layout, numberWidth } = props
  const edge = numberWidth + layout.frozenWidth
  return (
    <div className="grid-marks" aria-hidden="true">
      <div className="grid-marks-fixed" style={{ width: edge }}>
        <Frames {...props} shift={numberWidth} />
      </div>
      <div className="grid-marks-rest" style={{ left: edge }}>
        <div className="grid-marks-moving">
          <Frames {...props} shift={-layout.frozenWidth} />
        </div>
      </div>
    </div>
  )
}

function Frames(props: MarksProps & { shift: number }) {
  const { selection, layout, viewport, shift, noteHeight, editing, fillTo, onFillStart, onFillDouble } = props
  const { rowHeight } = viewport.track
  const { first, last } = viewport.rows
  // A range of a million rows is drawn only as far as it can be seen.
  const box = (rect: Rect) => {
    const top = Math.max(rect.top, first - 2)
    const bottom = Math.min(rect.bottom, last + 2)
    const left = (layout.lefts[rect.left] ?? 0) + shift
    const right = (layout.lefts[rect.right] ?? 0) + (layout.widths[rect.right] ?? 0) + shift
    if (bottom < top) return null
    return {
      transform: `translate(${left - 1}px, ${viewport.topOf(top) - 1}px)`,
      width: right - left + 1,
      height: viewport.topOf(bottom) - viewport.topOf(top) + rowHeight + 1 - noteHeight,
    }
  }
  const rect = rectOf(selection)
  const { row, column } = selection.active
  const range = isRange(selection) ? box(rect) : null
  const active = box({ top: row, bottom: row, left: column, right: column })
  const pulled = fillTo && box(beyond(rect, fillTo))
  const corner = rect.bottom <= last + 1 ? box({ ...rect, top: rect.bottom, left: rect.right }) : null
  return (
    <>
      {range && <div className="grid-range" style={range} />}
      {pulled && <div className="grid-pulled" style={pulled} />}
      {active && <div className={editing ? 'grid-active editing' : 'grid-active'} style={active} />}
      {corner && onFillStart && !editing && (
        <div className="grid-corner" style={corner}>
          {/* biome-ignore lint/a11y/noStaticElementInteractions: for hands on the mouse; keys have Ctrl D */}
          <i className="grid-handle" onPointerDown={onFillStart} onDoubleClick={onFillDouble} />
        </div>
      )}
    </>
  )
}

/** What the range grows by when it is pulled there. */
function beyond(rect: Rect, { row, column }: Partial<CellPosition>): Rect {
  if (row !== undefined && row > rect.bottom) return { ...rect, top: rect.bottom + 1, bottom: row }
  if (row !== undefined) return { ...rect, top: row, bottom: rect.top - 1 }
  if (column !== undefined && column > rect.right) return { ...rect, left: rect.right + 1, right: column }
  return { ...rect, left: column ?? rect.left, right: rect.left - 1 }
}

/** Frames over the rows: the selected range, the active cell and the fill handle, drawn on both sides of the frozen edge. */
import type { PointerEvent } from 'react'
import type { Layout } from './geometry.ts'
import { isRange, type Rect, rectOf, type Selection } from './selection.ts'
import type { Viewport } from './useViewport.ts'

type MarksProps = {
  selection: Selection
  layout: Layout
  viewport: Viewport
  numberWidth: number
  editing: boolean
  /** Rows the fill handle is being pulled to, or null. */
  fillTo: number | null
  onFillStart: ((event: PointerEvent) => void) | null
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

function Frames({ selection, layout, viewport, shift, editing, fillTo, onFillStart }: MarksProps & { shift: number }) {
  const { rowHeight } = viewport.track
  const { first, last } = viewport.range
  // A range of a million rows is drawn only as far as it can be seen.
  const box = (rect: Rect) => {
    const top = Math.max(rect.top, first - 2)
    const bottom = Math.min(rect.bottom, last + 2)
    const left = (layout.lefts[rect.left] ?? 0) + shift
    const right = (layout.lefts[rect.right] ?? 0) + (layout.widths[rect.right] ?? 0) + shift
    if (bottom < top) return null
    return {
      transform: `translate(${left - 1}px, ${(top - viewport.base) * rowHeight - 1}px)`,
      width: right - left + 1,
      height: (bottom - top + 1) * rowHeight + 1,
    }
  }
  const rect = rectOf(selection)
  const { row, column } = selection.active
  const range = isRange(selection) ? box(rect) : null
  const active = box({ top: row, bottom: row, left: column, right: column })
  const pulled = fillTo !== null && fillTo > rect.bottom ? box({ ...rect, top: rect.bottom + 1, bottom: fillTo }) : null
  const corner = rect.bottom <= last + 1 ? box({ ...rect, top: rect.bottom, left: rect.right }) : null
  return (
    <>
      {range && <div className="grid-range" style={range} />}
      {pulled && <div className="grid-pulled" style={pulled} />}
      {active && <div className={editing ? 'grid-active editing' : 'grid-active'} style={active} />}
      {corner && onFillStart && !editing && (
        <div className="grid-corner" style={corner}>
          <i className="grid-handle" onPointerDown={onFillStart} />
        </div>
      )}
    </>
  )
}

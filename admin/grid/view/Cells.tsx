/** What scrolls: the rows in view and the marks upon them, in a track as high as the list. */
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid whose rows come and go is no <table>
import type { MouseEvent } from 'react'
import type { Model } from '../model/model.ts'
import type { GridProps } from '../types.ts'
import { Body } from './Body.tsx'
import { type GridLayout, trackHeight } from './geometry.ts'
import { Marks } from './Marks.tsx'
import type { Pointer } from './usePointer.ts'
import type { Viewport } from './useViewport.ts'
import './Cells.css'

const INVITATION = '在这里接着录入，或粘贴 Excel 里的行'

export function Cells(props: {
  id: string
  model: Model
  page: GridProps
  layout: GridLayout
  viewport: Viewport
  pointer: Pointer
  numberWidth: number
  onDoubleClick(event: MouseEvent): void
  onContextMenu(event: MouseEvent): void
}) {
  const { id, model, page, layout, viewport, pointer, numberWidth } = props
  const isRow = 'key' in model.activePlace()
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the keys belong to the field over the active cell
    <div
      ref={viewport.scroller}
      role="presentation"
      className="grid-scroll"
      onPointerDown={pointer.onCellsDown}
      onClick={pointer.onTap}
      onDoubleClick={props.onDoubleClick}
      onContextMenu={props.onContextMenu}
    >
      <div
        role="presentation"
        className="grid-track"
        style={{ width: numberWidth + layout.totalWidth + 40, height: trackHeight(viewport.track) }}
      >
        <div role="presentation" className="grid-pane" style={viewport.size}>
          <div ref={viewport.layer} role="rowgroup" className="grid-rows">
            <Body {...{ model, viewport, layout, page, id }} invitation={page.invitation ?? INVITATION} />
            <Marks
              {...{ layout, viewport, numberWidth }}
              selection={model.selection()}
              noteHeight={page.note?.height ?? 0}
              editing={model.editing() !== null}
              fillTo={pointer.fillTo}
              onFillStart={isRow && model.canWriteActive() ? pointer.onFillDown : null}
              onFillDouble={pointer.onFillDouble}
            />
          </div>
        </div>
      </div>
    </div>
  )
}

/**
 * What one gesture of the person does to cells and rows: typing, pasting, clearing, filling, removing, undoing. Every
 * gesture is one step of the history; over more rows than are held here the source does it at its own place.
 */

import type { Column, Option } from '../types.ts'
import type { Core } from './core.ts'
import type { Cursor } from './cursor.ts'
import { cellState, optionState, readCell } from './edits.ts'
import { createFilling } from './filling.ts'
import type { WholesLater } from './onDemand.ts'
import { createPasting } from './pasting.ts'
import { createReach } from './reach.ts'
import { createReplay } from './replay.ts'
import { createRowGestures } from './rowGestures.ts'
import { createWriting, type WriteTarget } from './writing.ts'

export type Gestures = ReturnType<typeof createGestures>

export function createGestures(core: Core, cursor: Cursor, wholes: WholesLater) {
  const { rows } = core
  const writing = createWriting(core)
  const { set, setInNewRow, settle, change } = writing
  const reach = createReach(core, wholes)
  const { isWhole, setWhole, overRows } = reach
  const filling = createFilling(core, cursor, writing, reach)
  const pasting = createPasting(core, cursor, writing, reach)
  const replay = createReplay(core, writing, wholes)
  const ofRows = createRowGestures(core, writing, replay)

  function clear() {
    const area = cursor.area()
    if (isWhole(area)) return setWhole('清空', area, (column) => readCell(column, '', {}))
    overRows(area.top, area.bottom, () =>
      change(area, (place, column) => {
        const isBlankYet = cellState(column, place.base, rows.edits.get(place.key)).input === ''
        return isBlankYet ? null : readCell(column, '', place.base)
      }),
    )
  }

  /** One text, or one option of a column, in every cell of the selection. */
  function spread(from: Column, text: string, option: Option | null) {
    const area = cursor.area()
    if (isWhole(area))
      return setWhole('改', area, (column) =>
        option && column === from ? optionState(option) : readCell(column, text, {}),
      )
    overRows(area.top, area.bottom, () =>
      change(area, (place, column) =>
        option && column === from ? optionState(option) : readCell(column, text, place.base),
      ),
    )
  }

  return {
    ...ofRows,
    set,
    setInNewRow,
    settle,
    clear,
    spread,
    change,
    isWhole,
    overRows,
    paste: pasting.paste,
    async settled() {
      await reach.settled()
      await pasting.settled()
    },
    later: reach.later,
    rect: cursor.area,
    fill: filling.fill,
    extend: filling.extend,
    /** Removes the selected rows, however many. */
    removeSelected(places: readonly WriteTarget[]) {
      const area = cursor.area()
      if (isWhole(area) && !rows.rules().removing) void wholes.remove(area)
      else ofRows.remove(places)
    },
    undo: replay.undo,
    redo: replay.redo,
  }
}

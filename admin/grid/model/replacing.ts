/** Find and replace: in the cells of an area that may be written, counted before, one step of the history. */

import type { ReplacedCount } from '../types.ts'
import { cellState, readCell } from './edits.ts'
import type { Model } from './model.ts'
import { type CellPosition, type Rect, rectOf } from './selection.ts'

type FindAndPut = { find: string; put: string }

/** What is selected, where that is more than one cell; null means the whole list. */
export function selectedArea(model: Model): Rect | null {
  const { top, bottom, left, right } = rectOf(model.selection())
  return top === bottom && left === right ? null : { top, bottom, left, right }
}

/** An area as far as there are rows. */
export function areaIn(model: Model, selected: Rect | null): Rect {
  const last = model.rows.realCount() - 1
  if (!selected) return { top: 0, bottom: last, left: 0, right: model.columns().length - 1 }
  return { ...selected, bottom: Math.min(selected.bottom, last) }
}

/** Cells that would change, and their rows; null when nobody answered. */
export async function countReplaced(model: Model, area: Rect, replacement: FindAndPut): Promise<ReplacedCount | null> {
  if (!isHere(model, area))
    return model.wholes.countReplaced(area, { ...replacement, columns: columnsIn(model, area) }).catch(() => null)
  let cells = 0
  const rows = new Set<number>()
  for (const cell of cellsOf(area)) {
    if (!model.canWriteAt(cell) || replacedAt(model, cell, replacement) === null) continue
    cells += 1
    rows.add(cell.row)
  }
  return { cells, rows: rows.size }
}

/** Replaces everywhere in the area, as far as other gestures go; over more rows the source does it, in one piece. */
export function replaceAll(model: Model, area: Rect, replacement: FindAndPut): void {
  if (model.gestures.isWhole(area)) {
    void model.wholes.replace(area, { ...replacement, columns: columnsIn(model, area) })
    return
  }
  model.gestures.overRows(area.top, area.bottom, () => {
    let changed = 0
    model.gestures.change(area, (place, column, cell) => {
      const text = replacedAt(model, cell, replacement)
      // A cell that can't be written is none of those that were counted.
      if (text === null || !model.canWriteAt(cell)) return null
      changed += 1
      return readCell(column, text, place.base)
    })
    model.say({ kind: 'done', text: `替换了 ${changed.toLocaleString('en')} 格。`, undo: () => model.gestures.undo() })
  })
}

/** Replaces in the active cell, where it holds the text and may be written. */
export function replaceOne(model: Model, replacement: FindAndPut): void {
  const cell = model.selection().active
  const text = replacedAt(model, cell, replacement)
  if (text === null || !model.canWriteAt(cell)) return
  const area = { top: cell.row, bottom: cell.row, left: cell.column, right: cell.column }
  model.gestures.change(area, ({ base }, column) => readCell(column, text, base))
}

function replacedAt(model: Model, cell: CellPosition, { find, put }: FindAndPut): string | null {
  const place = model.rows.placeAt(cell.row)
  const column = model.columns()[cell.column]
  if (!column?.replace || !('key' in place)) return null
  return column.replace(cellState(column, place.base, model.rows.edits.get(place.key)).input, find, put)
}

function* cellsOf({ top, bottom, left, right }: Rect): Generator<CellPosition> {
  for (let row = top; row <= bottom; row += 1)
    for (let column = left; column <= right; column += 1) yield { row, column }
}

/** Whether every row of the area is loaded, or there is nobody else to ask. */
function isHere(model: Model, { top, bottom }: Rect): boolean {
  if (!model.wholes.works()) return true
  for (let row = top; row <= bottom; row += 1) if (model.rows.placeAt(row).kind === 'loading') return false
  return true
}

/** Names of the columns of an area in which a text can be replaced. */
const columnsIn = (model: Model, { left, right }: Rect) =>
  model
    .columns()
    .slice(left, right + 1)
    .filter(({ replace }) => replace)
    .map(({ name }) => name)

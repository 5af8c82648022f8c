/** Places of the list that are not loaded: the edge of the data and a known row, found here or by the source. */

import { cellState, isBlank } from './edits.ts'
import type { Model } from './model.ts'
import { type CellPosition, edgeOf, moveTo, rectOf, scan, type Way } from './selection.ts'

/** Tells whether a cell is blank; undefined when its row is not loaded. */
function isCellBlank(model: Model, { row, column: at }: CellPosition): boolean | undefined {
  const place = model.rows.placeAt(row)
  if (place.kind === 'loading') return undefined
  const column = model.columns()[at]
  if (!column || !('key' in place)) return true
  return isBlank(cellState(column, place.base, model.rows.edits.get(place.key)).input)
}

/** Ctrl+arrow: at once where the rows are loaded, else when the source has answered and nobody has gone elsewhere meanwhile. */
export function jump(model: Model, way: Way, extend: boolean) {
  const from = () => (extend ? model.selection().focus : model.selection().active)
  const go = ({ row, column }: CellPosition) => {
    // A range ends with the data: the blank row below is a place to go to, not one to be filled.
    const last = Math.max(model.rows.realCount() - 1, from().row)
    const to = way.down === 0 ? { column } : { row: extend ? Math.min(row, last) : row }
    model.select(moveTo(model.selection(), to, model.bounds(), extend))
  }
  // Along a row that is not loaded its cells count as filled.
  const near = edgeOf(
    from(),
    way,
    model.bounds(),
    (cell) => isCellBlank(model, cell) ?? (way.down === 0 ? false : undefined),
  )
  if (near.known) go(near.cell)
  else {
    const moves = model.moves()
    void edgeBeyond(model, from, way).then((cell) => {
      if (cell && model.moves() === moves && !model.editing()) go(cell)
    })
  }
}

/**
 * The edge of the data, rows not loaded included; null when nobody answered. When the list changes meanwhile it is looked for
 * anew, from where the place has come to stand.
 */
async function edgeBeyond(model: Model, place: () => CellPosition, way: Way): Promise<CellPosition | null> {
  const { windows } = model.rows
  const generation = windows.generation()
  const from = place()
  const bounds = model.bounds()
  const blank = (cell: CellPosition) => isCellBlank(model, cell)
  await windows.ensure(Math.max(0, Math.min(from.row, from.row + way.down)), Math.max(from.row, from.row + way.down))
  const near = edgeOf(from, way, bounds, blank)
  const column = model.columns()[from.column]
  if (near.known || !column) return near.cell
  const { source } = model
  const of = { column: column.name, blank: near.runs }
  const step = way.down < 0 ? -1 : 1
  const found = await source.seek?.({ ...model.query(), from: near.cell.row, step, of }).catch(() => null)
  if (found === null) return null
  if (windows.generation() !== generation) return edgeBeyond(model, place, way)
  if (typeof found?.at === 'number') return { row: near.runs ? found.at - step : found.at, column: from.column }
  // Nothing stored stands in the way: to the beginning, or on through the rows made here.
  if (step < 0) return { row: 0, column: from.column }
  return scan({ row: windows.total() - 1, column: from.column }, way, near.runs, bounds, blank).cell
}

/** Where a double-click on the fill handle ends: with the data of the column beside, the left one first. Null: nowhere. */
export async function besideEnd(model: Model): Promise<number | null> {
  const { left, right, bottom } = rectOf(model.selection())
  for (const column of [left - 1, right + 1]) {
    if (column < 0 || column >= model.columns().length) continue
    if (isCellBlank(model, { row: bottom + 1, column }) !== false) continue
    const edge = await edgeBeyond(model, () => ({ row: bottom + 1, column }), { down: 1, right: 0 })
    const isAlone = isCellBlank(model, { row: bottom + 2, column }) === true
    if (edge) return isAlone ? bottom + 1 : edge.row
  }
  return null
}

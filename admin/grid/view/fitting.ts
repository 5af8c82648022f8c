/** How wide a column is by what stands in it: its head, and the cells of the rows that have been read around the view. */
import type { Model } from '../model/model.ts'
import type { Column } from '../types.ts'

const MAX_ROWS = 2000
const MAX_WIDTH_PX = 480
/** Padding and border of a cell; of a head with its icon, its mark and the room of its button. */
const CELL_PX = 18
const HEAD_PX = 54
const RENDERED_PX = 20

/** In pixels at 100 %. `around` is a row in view. */
export function fittingWidth(model: Model, column: Column, around: number, font: string): number {
  const context = document.createElement('canvas').getContext('2d')
  if (!context) return column.width ?? 120
  context.font = font
  const measure = (text: string) => context.measureText(text).width
  let widest = measure(column.label) + HEAD_PX + (column.required ? 8 : 0)
  const first = Math.max(0, around - MAX_ROWS / 2)
  for (let row = first; row < Math.min(first + MAX_ROWS, model.rows.realCount()); row += 1) {
    const place = model.rows.placeAt(row)
    if (place.kind !== 'stored' && place.kind !== 'new') continue
    const value = model.rows.rowOf(place.key, place.base)[column.name]
    const text = value === null || value === undefined ? '' : column.print(value, place.base).split('\n')[0]
    if (text) widest = Math.max(widest, measure(text) + CELL_PX + (column.render ? RENDERED_PX : 0))
  }
  return Math.ceil(Math.min(MAX_WIDTH_PX, widest))
}

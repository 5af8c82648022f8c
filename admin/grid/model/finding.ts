/** The next cell that holds a text: the source finds the row, loaded or not, and the grid the cell in it. */
import { cellState } from './edits.ts'
import type { Model } from './model.ts'
import type { CellPosition } from './selection.ts'

export type FoundCell = { cell: CellPosition; inView: boolean; nth: number; count: number; wrapped: boolean }

/**
 * The next cell after (or before) `from` that holds a text; `including` begins with `from` itself. The source finds the
 * row, the grid its cell; `inView` is false when the text stands in a column that is not shown.
 */
export async function findText(
  model: Model,
  text: string,
  from: CellPosition,
  step: 1 | -1,
  including: boolean,
): Promise<FoundCell | null> {
  const near = including
    ? [from.column, ...columnsFrom(model, from.column, step)]
    : columnsFrom(model, from.column, step)
  const here = cellIn(model, text, from.row, near)
  const ask = (row: number) =>
    model.source.seek?.({ ...model.query(), from: row, step, of: { text } }).catch(() => null) ??
    seekLoaded(model, text, row, step)
  const start = here === undefined ? from.row : from.row - step
  let found = await ask(start)
  let wrapped = false
  if (found && found.at === null) {
    const made = madeHere(model, text, from.row, step)
    if (made !== null) found = { ...found, at: made }
    else if (found.count > 0) {
      wrapped = true
      found = await ask(step > 0 ? -1 : model.rows.windows.total())
    }
  }
  if (!found || found.at === null) return null
  await model.rows.windows.ensure(found.at, found.at)
  const at = found.at === from.row && here !== undefined ? here : cellIn(model, text, found.at, allColumns(model, step))
  const cell = { row: found.at, column: at ?? from.column }
  return { cell, inView: at !== undefined, nth: found.nth, count: found.count, wrapped }
}

const allColumns = (model: Model, step: number) => {
  const all = model.columns().map((_, at) => at)
  return step > 0 ? all : all.reverse()
}
const columnsFrom = (model: Model, column: number, step: number) =>
  allColumns(model, step).filter((at) => (step > 0 ? at > column : at < column))

/** The first of these columns that shows the text, or one of its words. */
function cellIn(model: Model, text: string, row: number, columns: readonly number[]): number | undefined {
  const place = model.rows.placeAt(row)
  if (!('key' in place)) return undefined
  const edit = model.rows.edits.get(place.key)
  const holds = (at: number, wanted: string) => {
    const column = model.columns()[at]
    const state = column && cellState(column, place.base, edit)
    return state && `${state.text}\n${state.input}`.toLowerCase().includes(wanted)
  }
  const whole = text.trim().toLowerCase()
  for (const wanted of [whole, ...whole.split(/\s+/)]) {
    const at = columns.find((column) => holds(column, wanted))
    if (at !== undefined) return at
  }
  return undefined
}

/** Rows made here are not in the source yet. */
function madeHere(model: Model, text: string, from: number, step: number): number | null {
  const { rows } = model
  const first = rows.windows.total()
  for (let row = Math.max(first, from + step); step > 0 && row < rows.realCount(); row += 1) {
    if (cellIn(model, text, row, allColumns(model, 1)) !== undefined) return row
  }
  return null
}

/** Without a source that seeks: as far as rows are loaded. */
async function seekLoaded(model: Model, text: string, from: number, step: 1 | -1) {
  const { rows } = model
  let at: number | null = null
  let count = 0
  for (let row = 0; row < rows.realCount(); row += 1) {
    if (cellIn(model, text, row, allColumns(model, 1)) === undefined) continue
    count += 1
    if (step > 0 ? row > from && at === null : row < from) at = row
  }
  return { at, nth: 0, count }
}

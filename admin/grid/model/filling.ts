/** Ctrl+D, Ctrl+R and the fill handle: what stands in a range goes on beside it. */

import type { Core } from './core.ts'
import type { Cursor } from './cursor.ts'
import { readCell } from './edits.ts'
import type { Reach } from './reach.ts'
import type { CellPosition, Rect } from './selection.ts'
import type { Writing } from './writing.ts'

export function createFilling({ rows, columns }: Core, cursor: Cursor, writing: Writing, reach: Reach) {
  const { stateAt, change } = writing
  const { overRows, isWhole, setWhole } = reach

  /** The first row (or column) of the range over the rest; a single row takes the one before it. */
  function fill(direction: 'down' | 'right') {
    const area = cursor.area()
    const single = direction === 'down' ? area.top === area.bottom : area.left === area.right
    const from = { ...area }
    if (single && direction === 'down') from.top -= 1
    if (single && direction === 'right') from.left -= 1
    if (from.top < 0 || from.left < 0) return
    if (direction === 'down' && isWhole(area)) {
      return overRows(from.top, from.top, () =>
        setWhole('向下填充', from, (_, at) => stateAt({ row: from.top, column: at })?.state ?? null),
      )
    }
    overRows(from.top, area.bottom, () => {
      copyCells(from, direction === 'down' ? { ...from, bottom: from.top } : { ...from, right: from.left })
    })
  }

  function copyCells(area: Rect, from: Rect) {
    change(area, (place, column, cell) => {
      if (cell.row <= from.bottom && cell.column <= from.right) return null
      const source = stateAt({ row: Math.min(cell.row, from.bottom), column: Math.min(cell.column, from.right) })
      if (!source) return null
      return source.column === column ? source.state : readCell(column, source.state.input, place.base)
    })
  }

  /** The fill handle: continues each column of the range down or up to `row`, or each row of it to `column`. */
  function extend(to: Partial<CellPosition>, ctrl: boolean) {
    const area = cursor.area()
    const { row = area.bottom, column = area.right } = to
    const wide = { ...area }
    if (row < area.top || row > area.bottom) {
      wide.top = Math.min(area.top, row)
      wide.bottom = Math.min(Math.max(area.bottom, row), rows.rowCount() - 1)
    } else {
      wide.left = Math.min(area.left, column)
      wide.right = Math.min(Math.max(area.right, column), columns().length - 1)
    }
    const pull = ({ seriesBeyond }: typeof import('./fill.ts')) => {
      if (isWhole(wide) && area.top === area.bottom && wide.bottom > area.bottom) {
        const below = { ...wide, top: area.bottom + 1 }
        const series = seriesBeyond(area, stateAt, ctrl)
        const copies = range(area).map((column) => series({ row: below.top, column })?.same?.state)
        // What counts on has another value in every row.
        if (copies.every(Boolean)) {
          return setWhole('向下填充', below, (_, column) => copies[column - area.left] ?? null)
        }
      }
      overRows(wide.top, wide.bottom, () => {
        const series = seriesBeyond(area, stateAt, ctrl)
        change(wide, (place, column, cell) => {
          const next = series(cell)
          if (!next) return null
          return next.same?.column === column ? next.same.state : readCell(column, next.text, place.base)
        })
        cursor.selectRect(wide)
      })
    }
    reach.later(import('./fill.ts'), pull)
  }

  return { fill, extend }
}

const range = ({ left, right }: Rect) => Array.from({ length: right - left + 1 }, (_, at) => left + at)

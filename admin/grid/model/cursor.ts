/**
 * Where one is: the active cell and the range around it. They stay on their rows and columns when the list or the columns
 * around them change, and within the list when it becomes shorter.
 */

import type { Row, RowKey } from '../types.ts'
import type { Core } from './core.ts'
import type { Grouped } from './grouped.ts'
import { keyAt } from './rows.ts'
import { type CellPosition, clampSelection, type Rect, rectOf, type Selection, selectCell } from './selection.ts'

/** Rows of a selection fetched ahead, so that copying finds them. */
const MAX_AHEAD_ROWS = 10_000

export type Cursor = ReturnType<typeof createCursor>

export function createCursor({ rows, columns, changed }: Core, grouped: Grouped) {
  let selection: Selection = selectCell({ row: 0, column: 0 })
  /** How often one has gone elsewhere; the list moving under the cursor is none of it. */
  let moves = 0
  /** By how many rows the view has to follow what came or went above it. */
  let shifted = 0

  const bounds = () => ({ rows: Math.max(1, rows.rowCount()), columns: columns().length })

  /** The selection, within the list also where rows went; the view does not go after it, it stays on what is looked at. */
  function standing(): Selection {
    const last = Math.max(selection.active.row, selection.anchor.row, selection.focus.row)
    if (rows.windows.known() && last >= bounds().rows)
      selection = { ...clampSelection(selection, bounds()), still: true }
    return selection
  }

  function select(asked: Selection) {
    const next = asked.active.row === selection.active.row ? asked : pruned(asked)
    const rect = rectOf(next)
    moves += 1
    selection = clampSelection(next, bounds())
    grouped.moveTo(null)
    const ahead = rect.bottom > rect.top && rect.bottom - rect.top <= MAX_AHEAD_ROWS
    if (ahead) void rows.windows.ensure(rect.top, rect.bottom)
    changed()
  }

  /** Rows made and emptied again go when one leaves them; what was meant below them moves up with its row. */
  function pruned(next: Selection): Selection {
    const count = rows.realCount()
    const corners = [next.anchor, next.focus, next.active].map((cell) => ({ cell, key: keyAt(rows.placeAt(cell.row)) }))
    rows.prune(keyAt(rows.placeAt(next.active.row)))
    const gone = count - rows.realCount()
    if (gone === 0) return next
    const [anchor, focus, active] = corners.map(({ cell, key }) => ({
      ...cell,
      row: key ? (rows.indexOf(key) ?? cell.row) : cell.row - gone,
    }))
    return anchor && focus && active ? { ...next, anchor, focus, active } : next
  }

  /** The first column one can write to in a new row. */
  function firstWritable(): number {
    const blank = rows.rules().blankRow?.() ?? {}
    return Math.max(
      0,
      columns().findIndex((each) => each.editable(blank)),
    )
  }

  /** The active cell elsewhere, without the view going after it. */
  function put(cell: Partial<CellPosition>) {
    moves += 1
    selection = { ...selectCell({ ...selection.active, ...cell }), still: true }
  }

  return {
    selection: standing,
    moves: () => moves,
    bounds,
    select,
    put,
    toTop() {
      moves += 1
      selection = selectCell({ row: 0, column: selection.active.column })
    },
    firstWritable,
    column: () => columns()[selection.active.column],
    place: () => rows.placeAt(selection.active.row),
    selectRect(rect: Rect) {
      const anchor = { row: rect.top, column: rect.left }
      select({ ...selectCell(anchor), focus: { row: rect.bottom, column: rect.right }, still: true })
    },
    /** Whether typing would open this cell. */
    canWriteAt(cell: CellPosition): boolean {
      const column = columns()[cell.column]
      const place = rows.placeAt(cell.row)
      if (!column || place.kind === 'none' || grouped.cursor() !== null) return false
      if (place.kind === 'blank') return column.editable(rows.rules().blankRow?.() ?? {})
      return place.kind === 'loading' || rows.canWrite(column, place.key, place.base)
    },
    /** Goes to a cell of a row; false when the row has no place in the list. */
    goToKey(key: RowKey, column: string | undefined): boolean {
      const row = rows.indexOf(key)
      if (row === undefined) return false
      const at = columns().findIndex(({ name }) => name === column)
      select(selectCell({ row, column: at < 0 ? selection.active.column : at }))
      return true
    },
    /** Goes to the blank last row, to the first column that can be written. */
    goToNewRow() {
      select(selectCell({ row: rows.realCount(), column: firstWritable() }))
    },
    /** Other columns have come: the cursor stays on its own, `name`. At first it stands where one can write. */
    follow(name: string | undefined) {
      const at = columns().findIndex((each) => each.name === name)
      if (name === undefined) {
        if (rows.rules().blankRow) selection = selectCell({ row: 0, column: firstWritable() })
      } else if (at !== selection.active.column) put({ column: Math.max(at, 0) })
    },
    /** Rows came or went above the view, by so many; the row one is on has come to stand at `at`. */
    shift(shift: number, at: number | null) {
      shifted += shift
      const { first, last } = rows.windows.wanted()
      const inView = selection.active.row >= first && selection.active.row <= last
      const by = at !== null ? at - selection.active.row : inView ? shift : 0
      if (by === 0) return
      const down = (cell: CellPosition) => ({ ...cell, row: cell.row + by })
      const { active, anchor, focus } = selection
      selection = { ...selection, active: down(active), anchor: down(anchor), focus: down(focus), still: true }
    },
    takeShift(): number {
      const shift = shifted
      shifted = 0
      return shift
    },
    /** The selected area. Whole columns end with the last row: the blank one below it was not meant. */
    area(): Rect {
      const { whole } = standing()
      const area = rectOf(selection)
      const last = whole ? rows.realCount() - 1 : rows.rowCount() - 1
      return { ...area, bottom: Math.max(area.top, Math.min(area.bottom, last)) }
    },
    /** Rows of the selected range that exist, as far as they are loaded. */
    selectedPlaces() {
      const rect = rectOf(selection)
      const places: { key: RowKey; base: Row }[] = []
      for (
        let row = rect.top;
        row <= Math.min(rect.bottom, rows.realCount() - 1, rect.top + MAX_AHEAD_ROWS);
        row += 1
      ) {
        const place = rows.placeAt(row)
        if (place.kind === 'stored' || place.kind === 'new') places.push(place)
      }
      return places
    },
  }
}

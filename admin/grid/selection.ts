/**
 * The active cell and the range around it, moved the way Excel moves them. Pure: a selection and a key give the next
 * selection. Rows and columns are places in the list as it stands, never names of records.
 */
export type Cell = { row: number; column: number }
export type Bounds = { rows: number; columns: number }
export type Rect = { top: number; left: number; bottom: number; right: number }

/**
 * `anchor` and `focus` are two corners of the range; `active` lies within; `home` is where a run of Tab began. `still`
 * selections are the result of a gesture (a paste): the view does not follow them.
 */
export type Selection = {
  active: Cell
  anchor: Cell
  focus: Cell
  home: number | null
  whole: 'rows' | 'columns' | 'all' | null
  still?: boolean
}

/** Tells whether a cell is blank; undefined when its row is not loaded. */
export type Blank = (cell: Cell) => boolean | undefined

export function selectCell(cell: Cell): Selection {
  return { active: cell, anchor: cell, focus: cell, home: null, whole: null }
}

export function rectOf(selection: Selection): Rect {
  const { anchor, focus } = selection
  return {
    top: Math.min(anchor.row, focus.row),
    bottom: Math.max(anchor.row, focus.row),
    left: Math.min(anchor.column, focus.column),
    right: Math.max(anchor.column, focus.column),
  }
}

export function isRange(selection: Selection): boolean {
  return selection.anchor.row !== selection.focus.row || selection.anchor.column !== selection.focus.column
}

export function clampCell(cell: Cell, bounds: Bounds): Cell {
  return {
    row: Math.max(0, Math.min(cell.row, bounds.rows - 1)),
    column: Math.max(0, Math.min(cell.column, bounds.columns - 1)),
  }
}

/** Keeps a selection inside a list that became shorter. */
export function clampSelection(selection: Selection, bounds: Bounds): Selection {
  return {
    ...selection,
    active: clampCell(selection.active, bounds),
    anchor: clampCell(selection.anchor, bounds),
    focus: clampCell(selection.focus, bounds),
  }
}

export function extendTo(selection: Selection, cell: Cell): Selection {
  return { ...selectCell(selection.anchor), focus: cell }
}

export function selectRows(from: number, to: number, bounds: Bounds): Selection {
  const anchor = { row: from, column: 0 }
  return { active: anchor, anchor, focus: { row: to, column: bounds.columns - 1 }, home: null, whole: 'rows' }
}

export function selectColumns(from: number, to: number, bounds: Bounds): Selection {
  const anchor = { row: 0, column: from }
  return { active: anchor, anchor, focus: { row: bounds.rows - 1, column: to }, home: null, whole: 'columns' }
}

export function selectAll(selection: Selection, bounds: Bounds): Selection {
  const anchor = { row: 0, column: 0 }
  const focus = { row: bounds.rows - 1, column: bounds.columns - 1 }
  return { active: selection.active, anchor, focus, home: null, whole: 'all' }
}

/** Moves by steps, or extends the range by them. */
export function moveBy(selection: Selection, down: number, right: number, bounds: Bounds, extend: boolean): Selection {
  const from = extend ? selection.focus : selection.active
  const to = clampCell({ row: from.row + down, column: from.column + right }, bounds)
  return extend ? extendTo(selection, to) : selectCell(to)
}

export function moveTo(selection: Selection, to: Partial<Cell>, bounds: Bounds, extend: boolean): Selection {
  const cell = clampCell({ ...(extend ? selection.focus : selection.active), ...to }, bounds)
  return extend ? extendTo(selection, cell) : selectCell(cell)
}

/** Ctrl+arrow: to the end of the filled run, or over the blank ones to the next filled cell. */
export function moveToEdge(
  selection: Selection,
  down: -1 | 0 | 1,
  right: -1 | 0 | 1,
  bounds: Bounds,
  extend: boolean,
  blank: Blank,
): Selection {
  const inside = (cell: Cell) =>
    cell.row >= 0 && cell.row < bounds.rows && cell.column >= 0 && cell.column < bounds.columns
  const step = (cell: Cell) => ({ row: cell.row + down, column: cell.column + right })
  let at = extend ? selection.focus : selection.active
  const next = step(at)
  // Rows that are not loaded count as filled: registers have no holes.
  const runs = blank(at) !== true && inside(next) && blank(next) !== true
  let ahead = next
  while (inside(ahead) && runs === (blank(ahead) !== true)) {
    at = ahead
    ahead = step(ahead)
  }
  if (!runs && inside(ahead)) at = ahead
  return moveTo(selection, at, bounds, extend)
}

/** Tab and Enter: through the cells of a range if there is one, else to the neighbour; Enter returns below the Tab run. */
export function advance(selection: Selection, key: 'tab' | 'enter', back: boolean, bounds: Bounds): Selection {
  if (isRange(selection)) return { ...selection, still: false, active: cycle(selection, key, back) }
  const step = back ? -1 : 1
  const { row, column } = selection.active
  if (key === 'enter') {
    return selectCell(clampCell({ row: row + step, column: back ? column : (selection.home ?? column) }, bounds))
  }
  const home = back ? null : (selection.home ?? column)
  const wraps = column + step >= bounds.columns || column + step < 0
  const to = wraps ? { row: row + step, column: back ? bounds.columns - 1 : 0 } : { row, column: column + step }
  if (to.row < 0 || to.row >= bounds.rows) return selection
  return { ...selectCell(to), home: wraps ? null : home }
}

function cycle(selection: Selection, key: 'tab' | 'enter', back: boolean): Cell {
  const { top, left, bottom, right } = rectOf(selection)
  const height = bottom - top + 1
  const width = right - left + 1
  const { row, column } = selection.active
  const place = key === 'tab' ? (row - top) * width + (column - left) : (column - left) * height + (row - top)
  const next = (place + (back ? -1 : 1) + height * width) % (height * width)
  return key === 'tab'
    ? { row: top + Math.floor(next / width), column: left + (next % width) }
    : { row: top + (next % height), column: left + Math.floor(next / height) }
}

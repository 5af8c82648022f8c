/**
 * The active cell and the range around it, moved the way Excel moves them. Pure: a selection and a key give the next
 * selection. Rows and columns are places in the list as it stands, never names of records.
 */
export type CellPosition = { row: number; column: number }
type Bounds = { rows: number; columns: number }
export type Rect = { top: number; left: number; bottom: number; right: number }

/**
 * `anchor` and `focus` are two corners of the range; `active` lies within; `home` is where a run of Tab began. `still`
 * selections are the result of a gesture (a paste): the view does not follow them.
 */
export type Selection = {
  active: CellPosition
  anchor: CellPosition
  focus: CellPosition
  home: number | null
  whole: 'rows' | 'columns' | 'all' | null
  still?: boolean
}

/** Tells whether a cell is blank; undefined when its row is not loaded. */
type Blank = (cell: CellPosition) => boolean | undefined

export function selectCell(cell: CellPosition): Selection {
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

function clampCell(cell: CellPosition, bounds: Bounds): CellPosition {
  return {
    row: Math.max(0, Math.min(cell.row, bounds.rows - 1)),
    column: Math.max(0, Math.min(cell.column, bounds.columns - 1)),
  }
}

/** Keeps a selection inside a list that became shorter. */
export function clampSelection(selection: Selection, bounds: Bounds): Selection {
  // A range that grows from its active cell stays one: the view follows its other end.
  const anchor = clampCell(selection.anchor, bounds)
  const active = selection.active === selection.anchor ? anchor : clampCell(selection.active, bounds)
  return { ...selection, active, anchor, focus: clampCell(selection.focus, bounds) }
}

export function extendTo(selection: Selection, cell: CellPosition): Selection {
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

export function moveTo(selection: Selection, to: Partial<CellPosition>, bounds: Bounds, extend: boolean): Selection {
  const cell = clampCell({ ...(extend ? selection.focus : selection.active), ...to }, bounds)
  return extend ? extendTo(selection, cell) : selectCell(cell)
}

/** A way across the list: one step down (or up) or to the right (or left). */
export type Way = { down: -1 | 0 | 1; right: -1 | 0 | 1 }

/**
 * Ctrl+arrow: to the end of the filled run, or over the blank ones to the next filled cell. Where it comes to a row that
 * is not loaded, `known` is false: the edge is that cell or beyond, `runs` tells what is looked for.
 */
export function edgeOf(
  from: CellPosition,
  way: Way,
  bounds: Bounds,
  blank: Blank,
): { cell: CellPosition; runs: boolean; known: boolean } {
  const next = step(from, way)
  const here = blank(from)
  const ahead = inside(next, bounds) ? blank(next) : true
  const runs = here === false && ahead === false
  if (here === undefined || (ahead === undefined && !here)) return { cell: from, runs, known: false }
  return { runs, ...scan(from, way, runs, bounds, blank) }
}

/** Goes on from a cell: to the last filled one (`runs`), or to the next filled one, or to the end. */
export function scan(from: CellPosition, way: Way, runs: boolean, bounds: Bounds, blank: Blank) {
  let cell = from
  for (;;) {
    const next = step(cell, way)
    if (!inside(next, bounds)) return { cell, known: true }
    const isBlank = blank(next)
    if (isBlank === undefined) return { cell, known: false }
    if (runs && isBlank) return { cell, known: true }
    cell = next
    if (!runs && !isBlank) return { cell, known: true }
  }
}

const step = (cell: CellPosition, { down, right }: Way): CellPosition => ({
  row: cell.row + down,
  column: cell.column + right,
})
const inside = ({ row, column }: CellPosition, bounds: Bounds) =>
  row >= 0 && row < bounds.rows && column >= 0 && column < bounds.columns

/**
 * Tab and Enter: through the cells of a range if there is one, else to the neighbour; Enter returns below the Tab run.
 * Tab passes over cells that cannot be written, in rows that can.
 */
export function advance(
  selection: Selection,
  key: 'tab' | 'enter',
  back: boolean,
  bounds: Bounds,
  canWrite: (cell: CellPosition) => boolean = () => true,
): Selection {
  if (isRange(selection)) return { ...selection, still: false, active: cycle(selection, key, back) }
  const { row, column } = selection.active
  if (key === 'tab') return tab(selection, back, bounds, canWrite)
  const to = { row: row + (back ? -1 : 1), column: back ? column : (selection.home ?? column) }
  return selectCell(clampCell(to, bounds))
}

function tab(
  selection: Selection,
  back: boolean,
  bounds: Bounds,
  canWrite: (cell: CellPosition) => boolean,
): Selection {
  const from = selection.active
  const by = back ? -1 : 1
  for (const row of [from.row, from.row + by]) {
    if (row < 0 || row >= bounds.rows) break
    const columns = Array.from({ length: bounds.columns }, (_, at) => (back ? bounds.columns - 1 - at : at))
    const writable = columns.filter((column) => canWrite({ row, column }))
    const ahead = (writable.length > 0 ? writable : columns).filter(
      (column) => row !== from.row || (back ? column < from.column : column > from.column),
    )
    const [column] = ahead
    // A run begins where one can write; one that goes on in the next row begins anew there.
    const begun = row === from.row ? (selection.home ?? (canWrite(from) ? from.column : undefined)) : undefined
    const home = back ? null : (begun ?? column ?? null)
    if (column !== undefined) return { ...selectCell({ row, column }), home }
  }
  return selection
}

function cycle(selection: Selection, key: 'tab' | 'enter', back: boolean): CellPosition {
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

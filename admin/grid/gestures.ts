/**
 * What one gesture of the person does to cells and rows: typing, pasting, clearing, filling, removing, undoing. Every
 * gesture finds its rows by key before it begins, writes by key, and is one step of the history.
 */
import { tile } from './clipboard.ts'
import { type CellState, cellState, isBlank, optionState, readCell, storedState, writeCells } from './edits.ts'
import { seriesBeyond } from './fill.ts'
import { add, type Change, type History, type Plan } from './history.ts'
import { createReplay } from './replay.ts'
import type { Place, Rows } from './rows.ts'
import type { Saver } from './saving.ts'
import { type Cell, type Rect, rectOf, type Selection } from './selection.ts'
import type { Column, Message, Option, Row, RowKey } from './types.ts'
import type { Wholes } from './whole.ts'

export const MAX_GESTURE_ROWS = 10_000

export type Gestures = ReturnType<typeof createGestures>
type Target = { key: RowKey; base: Row }

export function createGestures(options: {
  rows: Rows
  saver: Saver
  history: History
  columns: () => readonly Column[]
  selection: () => Selection
  select(rect: Rect): void
  canRestore: boolean
  wholes: Wholes
  changed(): void
  say(message: Message): void
}) {
  const { rows, saver, history, say, wholes } = options
  const note = (text: string) => say({ kind: 'note', text })

  function write(plan: Plan) {
    for (const [key, cells] of plan) {
      rows.setEdit(key, writeCells(rows.byName(), rows.bases.get(key) ?? {}, rows.edits.get(key), cells))
    }
  }

  /** Writes, remembers and sends. */
  function perform(plan: Plan, made: readonly RowKey[] = [], removed: readonly RowKey[] = []) {
    const cells: Change[] = []
    for (const [key, states] of plan) {
      const base = rows.bases.get(key) ?? {}
      for (const [name, after] of states) {
        const column = rows.byName().get(name)
        if (column)
          cells.push({ key, column: name, before: plain(cellState(column, base, rows.edits.get(key))), after })
      }
    }
    write(plan)
    history.add({ cells, made, removed })
    options.changed()
    saver.poke()
  }

  function target(place: Place): Target | null {
    if (place.kind !== 'stored' && place.kind !== 'new') return null
    rows.touch(place.key, place.base)
    return { key: place.key, base: place.base }
  }

  /** The part of the selection that is rows; the blank row counts only when it is selected alone. */
  function rect(): Rect {
    const whole = rectOf(options.selection())
    return whole.top >= rows.realCount() ? whole : { ...whole, bottom: Math.min(whole.bottom, rows.realCount() - 1) }
  }

  /** Whether an area is done by the source in one piece: more rows than a gesture takes here. */
  const isWhole = (area: Rect) => wholes.works() && area.bottom - area.top + 1 > MAX_GESTURE_ROWS

  /** One state a column over an area that is done in one piece. */
  function setWhole(label: string, area: Rect, stateOf: (column: Column, at: number) => CellState | null) {
    const states = new Map<Column, CellState>()
    for (let at = area.left; at <= area.right; at += 1) {
      const column = options.columns()[at]
      const state = column && stateOf(column, at)
      if (column && state) states.set(column, state)
    }
    void wholes.set(label, area, states)
  }

  /** Runs when all rows of the range are loaded; refuses ranges too tall to be one gesture here. */
  function overRows(top: number, bottom: number, run: () => void) {
    if (bottom - top + 1 > MAX_GESTURE_ROWS) {
      note(
        `选中了 ${(bottom - top + 1).toLocaleString('en')} 行，一次最多改 ${MAX_GESTURE_ROWS.toLocaleString('en')} 行。`,
      )
      return
    }
    let loaded = true
    for (let row = top; row <= bottom; row += 1) if (rows.placeAt(row).kind === 'loading') loaded = false
    if (loaded) run()
    else {
      const generation = rows.windows.generation()
      void rows.windows.ensure(top, bottom).then(() => {
        if (rows.windows.generation() === generation) run()
      })
    }
  }

  function reportSkipped(skipped: number, beyond = 0) {
    const parts = [
      skipped > 0 ? `跳过了 ${skipped.toLocaleString('en')} 个只读格` : '',
      beyond > 0 ? `右边多出的 ${beyond} 列没有粘贴` : '',
    ].filter(Boolean)
    if (parts.length > 0) note(`${parts.join('，')}。`)
  }

  /** Writes one cell of a known row. */
  function set(place: Target, column: Column, state: CellState) {
    rows.touch(place.key, place.base)
    perform(new Map([[place.key, new Map([[column.name, state]])]]))
  }

  /** Writes the first cell of a row that did not exist. */
  function setInNewRow(column: Column, state: CellState) {
    if (!rows.rules().blankRow || (isBlank(state.value) && !state.error)) return
    const key = rows.makeRow()
    perform(new Map([[key, new Map([[column.name, state]])]]), [key])
  }

  /** Writes an area cell by cell; null leaves a cell as it is, read-only cells are skipped and said. */
  function change(area: Rect, stateOf: (place: Target, column: Column, cell: Cell) => CellState | null) {
    const plan: Plan = new Map()
    let skipped = 0
    for (let row = area.top; row <= area.bottom; row += 1) {
      const place = target(rows.placeAt(row))
      if (!place) continue
      for (let at = area.left; at <= area.right; at += 1) {
        const column = options.columns()[at]
        const state = column && stateOf(place, column, { row, column: at })
        if (!column || !state) continue
        if (rows.canWrite(column, place.key, place.base)) add(plan, place.key, column.name, state)
        else skipped += 1
      }
    }
    perform(plan)
    reportSkipped(skipped)
  }

  function clear() {
    const area = rect()
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
    const area = rect()
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

  /** Lays a block of texts over the selection; makes rows past the end; read-only cells are skipped and said. */
  function paste(block: readonly (readonly string[])[]) {
    const area = rect()
    const line = block.length === 1 ? block[0] : undefined
    if (line && isWhole(area)) {
      const wide = { ...area, right: Math.max(area.right, area.left + line.length - 1) }
      return setWhole('粘贴', wide, (column, at) => readCell(column, line[(at - area.left) % line.length] ?? '', {}))
    }
    const cells = tile(block, area.bottom - area.top + 1, area.right - area.left + 1)
    if (cells.length > 0) overRows(area.top, area.top + cells.length - 1, () => pasteCells(area, cells))
  }

  function pasteCells(area: Rect, cells: readonly (readonly string[])[]) {
    const columns = options.columns()
    const width = Math.max(...cells.map((row) => row.length))
    const plan: Plan = new Map()
    const made: RowKey[] = []
    const real = rows.realCount()
    let skipped = 0
    for (const [down, texts] of cells.entries()) {
      const place = target(rows.placeAt(area.top + down)) ?? (area.top + down >= real ? newTarget(texts, made) : null)
      if (!place) continue
      for (const [across, text] of texts.entries()) {
        const column = columns[area.left + across]
        if (!column) continue
        if (!rows.canWrite(column, place.key, place.base)) skipped += 1
        else add(plan, place.key, column.name, readCell(column, text, place.base))
      }
    }
    perform(plan, made)
    const right = Math.min(area.left + width, columns.length) - 1
    const bottom = Math.min(area.top + cells.length, Math.max(rows.realCount(), area.top + 1)) - 1
    options.select({ top: area.top, left: area.left, bottom, right })
    reportSkipped(skipped, Math.max(0, area.left + width - columns.length))
  }

  function newTarget(texts: readonly string[], made: RowKey[]): Target | null {
    if (!rows.rules().blankRow || texts.every((text) => text.trim() === '')) return null
    const key = rows.makeRow()
    made.push(key)
    return { key, base: rows.bases.get(key) ?? {} }
  }

  /** Ctrl+D and Ctrl+R: the first row (or column) of the range over the rest; a single row takes the one before it. */
  function fill(direction: 'down' | 'right') {
    const area = rect()
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
      const source = target(rows.placeAt(Math.min(cell.row, from.bottom)))
      const other = options.columns()[Math.min(cell.column, from.right)]
      if (!source || !other) return null
      const state = plain(cellState(other, source.base, rows.edits.get(source.key)))
      return other === column ? state : readCell(column, state.input, place.base)
    })
  }

  /** The fill handle: continues each column of the range down or up to `row`, or each row of it to `column`. */
  function extend(to: Partial<Cell>, ctrl: boolean) {
    const area = rect()
    const { row = area.bottom, column = area.right } = to
    const wide = { ...area }
    if (row < area.top || row > area.bottom) {
      wide.top = Math.min(area.top, row)
      wide.bottom = Math.min(Math.max(area.bottom, row), rows.realCount() - 1)
    } else {
      wide.left = Math.min(area.left, column)
      wide.right = Math.min(Math.max(area.right, column), options.columns().length - 1)
    }
    overRows(wide.top, wide.bottom, () => {
      const series = seriesBeyond(area, stateAt, ctrl)
      change(wide, (place, column, cell) => {
        const next = series(cell)
        if (!next) return null
        return next.same?.column === column ? next.same.state : readCell(column, next.text, place.base)
      })
      options.select(wide)
    })
  }

  /** The state of a cell, with the column it was understood by. */
  function stateAt(cell: Cell) {
    const place = target(rows.placeAt(cell.row))
    const column = options.columns()[cell.column]
    if (!place || !column) return null
    return { column, state: plain(cellState(column, place.base, rows.edits.get(place.key))) }
  }

  /** A new row with what another holds, but for some columns. */
  function duplicate({ key, base }: Target, without: readonly string[]): RowKey | null {
    if (!rows.rules().blankRow) return null
    const made = rows.makeRow()
    const fresh = rows.bases.get(made) ?? {}
    const plan: Plan = new Map()
    for (const column of options.columns()) {
      if (without.includes(column.name) || !column.editable(fresh)) continue
      const state = plain(cellState(column, base, rows.edits.get(key)))
      if (state.input !== '') add(plan, made, column.name, state)
    }
    perform(plan, [made])
    return made
  }

  /** A row's unsaved cells as they are stored. */
  function revert({ key, base }: Target) {
    const edit = rows.edits.get(key)
    if (!edit || edit.sending) return
    const columns = Object.keys(edit.cells).flatMap((name) => rows.byName().get(name) ?? [])
    perform(new Map([[key, new Map(columns.map((column) => [column.name, storedState(column, base)]))]]))
  }

  /** Removes the selected rows, however many. */
  function removeSelected(places: readonly Target[]) {
    const area = rect()
    if (isWhole(area)) void wholes.remove(area)
    else remove(places)
  }

  /** Removes rows: those made here at once, stored ones when the source agrees. Locked rows stay. */
  function remove(places: readonly Target[]) {
    // Rows that are on their way out already are not removed twice.
    const there = places.filter(({ key }) => !rows.leaving.has(key))
    const free = there.filter(({ key, base }) => rows.isNew(key) || !rows.rules().rowState?.(base).locked)
    if (free.length > MAX_GESTURE_ROWS) {
      note(`一次最多删 ${MAX_GESTURE_ROWS.toLocaleString('en')} 行。`)
      return
    }
    // What was typed into them comes back with them.
    const plan: Plan = new Map()
    for (const { key, base } of free) {
      rows.touch(key, base)
      for (const name of Object.keys(rows.edits.get(key)?.cells ?? {})) {
        const column = rows.byName().get(name)
        if (column) add(plan, key, name, rows.isNew(key) ? BLANK : storedState(column, rows.bases.get(key) ?? base))
      }
    }
    const keys = free.map(({ key }) => key)
    perform(plan, [], options.canRestore ? keys : keys.filter(rows.isNew))
    takeAway(keys)
    const locked = there.length - free.length
    if (locked > 0) note(`${locked.toLocaleString('en')} 行已经锁定，没有删去。`)
    options.changed()
  }

  const { undo, redo, takeAway } = createReplay({
    rows,
    saver,
    history,
    write,
    changed: options.changed,
    turn: (step, way) => void wholes.turn(step, way),
  })

  return { set, setInNewRow, clear, spread, paste, fill, extend, remove, removeSelected, duplicate, revert, undo, redo }
}

const BLANK: CellState = { input: '', value: null, text: '' }

/** A cell's state without what a conflict added to it. */
function plain(state: CellState): CellState {
  const { input, value, text, error } = state
  return { input, value, text, ...(error && { error }) }
}

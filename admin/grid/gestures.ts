/**
 * What one gesture of the person does to cells and rows: typing, pasting, clearing, filling, removing, undoing. Every
 * gesture finds its rows by key before it begins, writes by key, and is one step of the history.
 */
import { tile } from './clipboard.ts'
import { type CellState, cellState, isBlank, readCell, writeCells } from './edits.ts'
import { continueSeries } from './fill.ts'
import { add, type Change, type History, type Plan } from './history.ts'
import { createReplay } from './replay.ts'
import type { Place, Rows } from './rows.ts'
import type { Saver } from './saving.ts'
import { type Rect, rectOf, type Selection } from './selection.ts'
import type { Column, Message, Row, RowKey } from './types.ts'

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
  changed(): void
  say(message: Message): void
}) {
  const { rows, saver, history, say } = options
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

  function clear() {
    const area = rect()
    overRows(area.top, area.bottom, () => {
      const plan: Plan = new Map()
      let skipped = 0
      eachCell(area, (place, column) => {
        if (!rows.canWrite(column, place.key, place.base)) skipped += 1
        else if (cellState(column, place.base, rows.edits.get(place.key)).input !== '') {
          add(plan, place.key, column.name, readCell(column, '', place.base))
        }
      })
      perform(plan)
      reportSkipped(skipped)
    })
  }

  function eachCell(area: Rect, run: (place: Target, column: Column, row: number) => void) {
    for (let row = area.top; row <= area.bottom; row += 1) {
      const place = target(rows.placeAt(row))
      if (!place) continue
      for (let at = area.left; at <= area.right; at += 1) {
        const column = options.columns()[at]
        if (column) run(place, column, row)
      }
    }
  }

  /** Lays a block of texts over the selection; makes rows past the end; read-only cells are skipped and said. */
  function paste(block: readonly (readonly string[])[]) {
    const area = rect()
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
    overRows(from.top, area.bottom, () => {
      copyCells(from, direction === 'down' ? { ...from, bottom: from.top } : { ...from, right: from.left })
    })
  }

  function copyCells(area: Rect, from: Rect) {
    const plan: Plan = new Map()
    let skipped = 0
    eachCell(area, (place, column, row) => {
      const at = options.columns().indexOf(column)
      if (row <= from.bottom && at <= from.right) return
      const source = target(rows.placeAt(Math.min(row, from.bottom)))
      const other = options.columns()[Math.min(at, from.right)]
      if (!source || !other) return
      const state = plain(cellState(other, source.base, rows.edits.get(source.key)))
      if (!rows.canWrite(column, place.key, place.base)) skipped += 1
      else add(plan, place.key, column.name, other === column ? state : readCell(column, state.input, place.base))
    })
    perform(plan)
    reportSkipped(skipped)
  }

  /** The fill handle: continues each column of the range down to `bottom` (up is not continued). */
  function extend(bottom: number, copy: boolean) {
    const area = rect()
    const last = Math.min(bottom, rows.realCount() - 1)
    if (last <= area.bottom) return
    overRows(area.top, last, () => {
      const plan: Plan = new Map()
      let skipped = 0
      for (let at = area.left; at <= area.right; at += 1) {
        const column = options.columns()[at]
        if (!column) continue
        const states = statesOf(column, area)
        const series = copy
          ? []
          : continueSeries(
              states.map((state) => state.input),
              last - area.bottom,
            )
        eachCell({ top: area.bottom + 1, bottom: last, left: at, right: at }, (place, _, row) => {
          const down = row - area.bottom - 1
          const repeated = states[down % states.length]
          const text = series[down] ?? repeated?.input ?? ''
          if (!rows.canWrite(column, place.key, place.base)) skipped += 1
          else if (repeated && repeated.input === text) add(plan, place.key, column.name, repeated)
          else add(plan, place.key, column.name, readCell(column, text, place.base))
        })
      }
      perform(plan)
      options.select({ ...area, bottom: last })
      reportSkipped(skipped)
    })
  }

  function statesOf(column: Column, area: Rect): CellState[] {
    const states: CellState[] = []
    for (let row = area.top; row <= area.bottom; row += 1) {
      const place = target(rows.placeAt(row))
      if (place) states.push(plain(cellState(column, place.base, rows.edits.get(place.key))))
    }
    return states
  }

  /** Removes rows: those made here at once, stored ones when the source agrees. Locked rows stay. */
  function remove(places: readonly Target[]) {
    const plan: Plan = new Map()
    const stored: RowKey[] = []
    let locked = 0
    for (const { key, base } of places) {
      rows.touch(key, base)
      if (rows.isNew(key)) {
        const names = Object.keys(rows.edits.get(key)?.cells ?? {})
        plan.set(key, new Map(names.map((name) => [name, { input: '', value: null, text: '' }])))
      } else if (rows.rules().rowState?.(base).locked) locked += 1
      else stored.push(key)
    }
    if (stored.length > MAX_GESTURE_ROWS) {
      note(`一次最多删 ${MAX_GESTURE_ROWS.toLocaleString('en')} 行。`)
      return
    }
    perform(plan, [], options.canRestore ? stored : [])
    rows.drop([...plan.keys()])
    if (stored.length > 0) saver.remove(stored)
    if (locked > 0) note(`${locked.toLocaleString('en')} 行已经锁定，没有删去。`)
    options.changed()
  }

  const { undo, redo } = createReplay({ rows, saver, history, write, changed: options.changed })

  return { set, setInNewRow, clear, paste, fill, extend, remove, undo, redo }
}

/** A cell's state without what a conflict added to it. */
function plain(state: CellState): CellState {
  const { input, value, text, error } = state
  return { input, value, text, ...(error && { error }) }
}

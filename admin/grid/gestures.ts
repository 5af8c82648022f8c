/**
 * What one gesture of the person does to cells and rows: typing, pasting, clearing, filling, removing, undoing. Every
 * gesture finds its rows by key before it begins, writes by key, and is one step of the history.
 */

import type { wholesLater } from './beside.ts'
import {
  type CellEdit,
  type CellState,
  cellState,
  isBlank,
  optionState,
  readCell,
  storedState,
  writeCells,
} from './edits.ts'
import { createFilling } from './filling.ts'
import { add, type Change, type History, type Plan } from './history.ts'
import { createPasting } from './pasting.ts'
import { createReplay } from './replay.ts'
import type { Place, Rows } from './rows.ts'
import type { Saver } from './saving.ts'
import { type Cell, type Rect, rectOf, type Selection } from './selection.ts'
import type { Column, Message, Option, Row, RowKey } from './types.ts'

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
  wholes: ReturnType<typeof wholesLater>
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

  /** A gesture under way: it may write several times, and is remembered and sent as one. */
  function stroke(made: readonly RowKey[] = [], removed: readonly RowKey[] = []) {
    const cells: Change[] = []
    return {
      write(plan: Plan) {
        for (const [key, states] of plan) {
          const base = rows.bases.get(key) ?? {}
          for (const [name, after] of states) {
            const column = rows.byName().get(name)
            if (!column) continue
            cells.push({ key, column: name, before: plain(cellState(column, base, rows.edits.get(key))), after })
          }
        }
        write(plan)
      },
      end() {
        history.add({ cells, made, removed })
        options.changed()
        saver.poke()
      },
    }
  }

  /** Writes, remembers and sends. */
  function perform(plan: Plan, made: readonly RowKey[] = [], removed: readonly RowKey[] = []) {
    const one = stroke(made, removed)
    one.write(plan)
    one.end()
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

  /** Gestures that wait: for rows to be read, or for a part of the grid that is loaded when it is needed. */
  const waiting = new Set<Promise<void>>()

  /** Runs when something is here, unless rows have moved meanwhile: a gesture means the rows it was made on. */
  function later<T>(work: Promise<T>, run: (part: T) => void) {
    const list = () => `${rows.windows.generation()} ${rows.realCount()}`
    const before = list()
    const done: Promise<void> = work
      .then(
        (part) => (list() === before ? run(part) : note('列表刚刚变了，这一步没有做，请再做一次。')),
        () => note('没有做成：网络断了，请再试一次。'),
      )
      .finally(() => waiting.delete(done))
    waiting.add(done)
  }

  async function settled() {
    while (waiting.size > 0) await Promise.all(waiting)
    await pasting.settled()
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
      later(rows.windows.ensure(top, bottom), run)
    }
  }

  function reportSkipped(skipped: number, beyond = 0, hidden: readonly Column[] = []) {
    const parts = [
      skipped > 0 ? `跳过了 ${skipped.toLocaleString('en')} 个只读格` : '',
      beyond > 0 ? `右边多出的 ${beyond} 列没有粘贴` : '',
      hidden.length > 0 ? `隐藏的${hidden.map(({ label }) => `“${label}”`).join('、')}没有粘贴` : '',
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
  function paste(block: readonly (readonly string[])[], area = rect()) {
    const line = block.length === 1 ? block[0] : undefined
    if (line && isWhole(area)) {
      const wide = { ...area, right: Math.max(area.right, area.left + line.length - 1) }
      return setWhole('粘贴', wide, (column, at) => readCell(column, line[(at - area.left) % line.length] ?? '', {}))
    }
    if (block.length > MAX_GESTURE_ROWS) {
      const count = (rows: number) => rows.toLocaleString('en')
      return note(
        `剪贴板里有 ${count(block.length)} 行，一次最多粘贴 ${count(MAX_GESTURE_ROWS)} 行。更多的请存成文件导入。`,
      )
    }
    pasting.paste(block, area)
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

  const { fill, extend } = createFilling({
    bounds: () => ({ rows: rows.realCount(), columns: options.columns().length }),
    rect,
    stateAt,
    overRows,
    change,
    select: options.select,
    later,
    isWhole,
    setWhole,
  })
  const pasting = createPasting({
    rows,
    columns: options.columns,
    target: (row) => target(rows.placeAt(row)),
    stroke,
    overRows,
    select: options.select,
    changed: options.changed,
    reportSkipped,
  })
  const { undo, redo, takeAway } = createReplay({
    rows,
    saver,
    history,
    write,
    changed: options.changed,
    turn: (step, way) => void wholes.turn(step, way),
  })

  return {
    set,
    setInNewRow,
    clear,
    spread,
    paste,
    settled,
    later,
    rect,
    fill,
    extend,
    remove,
    removeSelected,
    duplicate,
    revert,
    undo,
    redo,
  }
}

const BLANK: CellState = { input: '', value: null, text: '' }

/** A cell's state without what a conflict added to it. */
function plain(state: CellEdit): CellState {
  if (!state.theirs) return state
  const { input, value, text, error } = state
  return { input, value, text, ...(error && { error }) }
}

/**
 * What one gesture of the person does to cells and rows: typing, pasting, clearing, filling, removing, undoing. Every
 * gesture finds its rows by key before it begins, writes by key, and is one step of the history.
 */

import type { Column, Message, Option, Row, RowKey } from '../types.ts'
import type { wholesLater } from './beside.ts'
import { type CellState, cellState, isBlank, optionState, plain, readCell, storedState, writeCells } from './edits.ts'
import { createFilling } from './filling.ts'
import { add, type Change, type History, type Plan } from './history.ts'
import { createPasting } from './pasting.ts'
import { createReach, MAX_GESTURE_ROWS } from './reach.ts'
import { createReplay } from './replay.ts'
import { createRowGestures } from './rowGestures.ts'
import type { Place, Rows } from './rows.ts'
import type { Saver } from './saving.ts'
import { type Cell, type Rect, rectOf, type Selection } from './selection.ts'

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

  const reach = createReach({ rows, wholes, columns: options.columns, note })
  const { isWhole, setWhole, overRows } = reach

  function target(place: Place): Target | null {
    if (place.kind !== 'stored' && place.kind !== 'new') return null
    rows.touch(place.key, place.base)
    return { key: place.key, base: place.base }
  }

  /** The selected area. Whole columns end with the last row: the blank one below it was not meant. */
  function rect(): Rect {
    const area = rectOf(options.selection())
    const last = options.selection().whole ? rows.realCount() - 1 : rows.rowCount() - 1
    return { ...area, bottom: Math.max(area.top, Math.min(area.bottom, last)) }
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

  /** Writes the first cell of a row that did not exist; gives the row. */
  function setInNewRow(column: Column, state: CellState): RowKey | null {
    if (!rows.rules().blankRow || (isBlank(state.value) && !state.error)) return null
    const key = rows.makeRow()
    perform(new Map([[key, new Map([[column.name, state]])]]), [key])
    return key
  }

  /** What was typed into a cell is understood: it takes its place, unless the cell has been written since. Null: as stored. */
  function settle(key: RowKey, column: Column, { awaited }: CellState, state: CellState | null) {
    if (awaited === undefined) return
    history.settle(awaited, state)
    if (rows.edits.get(key)?.cells[column.name]?.awaited === awaited) {
      const known = state ?? storedState(column, rows.bases.get(key) ?? {})
      write(new Map([[key, new Map([[column.name, known]])]]))
    }
    options.changed()
    saver.poke()
  }

  /**
   * Writes an area cell by cell; null leaves a cell as it is, read-only cells are skipped and said. The blank row becomes
   * a row by the first cell that is written to it.
   */
  function change(area: Rect, stateOf: (place: Target, column: Column, cell: Cell) => CellState | null) {
    const plan: Plan = new Map()
    const made: RowKey[] = []
    let skipped = 0
    function keyOf(place: Target): RowKey {
      if (place.key === '') {
        place.key = rows.makeRow()
        made.push(place.key)
      }
      return place.key
    }
    for (let row = area.top; row <= area.bottom; row += 1) {
      const place = rows.placeAt(row)
      const isBlankRow = place.kind === 'blank'
      const known = isBlankRow ? { key: '', base: rows.rules().blankRow?.() ?? {} } : target(place)
      if (!known) continue
      for (let at = area.left; at <= area.right; at += 1) {
        const column = options.columns()[at]
        const state = column && stateOf(known, column, { row, column: at })
        if (!column || !state || (isBlankRow && state.input === '')) continue
        if (rows.canWrite(column, known.key, known.base)) add(plan, keyOf(known), column.name, state)
        else skipped += 1
      }
    }
    perform(plan, made)
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

  const { fill, extend } = createFilling({
    bounds: () => ({ rows: rows.rowCount(), columns: options.columns().length }),
    rect,
    stateAt,
    overRows,
    change,
    select: options.select,
    later: reach.later,
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
    note,
  })
  const { undo, redo, takeAway } = createReplay({
    rows,
    saver,
    history,
    write,
    changed: options.changed,
    turn: (step, way) => void wholes.turn(step, way),
  })

  const ofRows = createRowGestures({
    rows,
    columns: options.columns,
    canRestore: options.canRestore,
    perform,
    takeAway,
    changed: options.changed,
    note,
  })

  return {
    ...ofRows,
    set,
    setInNewRow,
    settle,
    clear,
    spread,
    paste,
    async settled() {
      await reach.settled()
      await pasting.settled()
    },
    later: reach.later,
    rect,
    fill,
    extend,
    /** Removes the selected rows, however many. */
    removeSelected(places: readonly Target[]) {
      const area = rect()
      if (isWhole(area) && !rows.rules().removing) void wholes.remove(area)
      else ofRows.remove(places)
    },
    undo,
    redo,
  }
}

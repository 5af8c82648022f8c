/**
 * Writing cells: every row is found by key before the first is written, everything is written by key, and what one gesture
 * writes is one step of the history.
 */

import type { Column, Row, RowKey } from '../types.ts'
import type { Core } from './core.ts'
import { type CellState, cellState, isBlank, plain, storedState, writeCells } from './edits.ts'
import { add, type CellStep, type Plan } from './history.ts'
import type { RowPlace } from './rows.ts'
import type { CellPosition, Rect } from './selection.ts'

/** A row that may be written to. */
export type WriteTarget = { key: RowKey; base: Row }
export type Writing = ReturnType<typeof createWriting>

export function createWriting({ rows, saver, history, columns, changed, note }: Core) {
  function write(plan: Plan) {
    for (const [key, cells] of plan) {
      rows.setEdit(key, writeCells(rows.byName(), rows.bases.get(key) ?? {}, rows.edits.get(key), cells))
    }
  }

  /** A gesture under way: it may write several times, and is remembered and sent as one. */
  function stroke(made: readonly RowKey[] = [], removed: readonly RowKey[] = []) {
    const cells: CellStep[] = []
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
        changed()
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

  function target(place: RowPlace): WriteTarget | null {
    if (place.kind !== 'stored' && place.kind !== 'new') return null
    rows.touch(place.key, place.base)
    return { key: place.key, base: place.base }
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
  function set(place: WriteTarget, column: Column, state: CellState) {
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
    changed()
    saver.poke()
  }

  /**
   * Writes an area cell by cell; null leaves a cell as it is, read-only cells are skipped and said. The blank row becomes
   * a row by the first cell that is written to it.
   */
  function change(area: Rect, stateOf: (place: WriteTarget, column: Column, cell: CellPosition) => CellState | null) {
    const plan: Plan = new Map()
    const made: RowKey[] = []
    let skipped = 0
    function keyOf(place: WriteTarget): RowKey {
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
        const column = columns()[at]
        const state = column && stateOf(known, column, { row, column: at })
        if (!column || !state || (isBlankRow && state.input === '')) continue
        if (rows.canWrite(column, known.key, known.base)) add(plan, keyOf(known), column.name, state)
        else skipped += 1
      }
    }
    perform(plan, made)
    reportSkipped(skipped)
  }

  /** The state of a cell, with the column it was understood by. */
  function stateAt(cell: CellPosition) {
    const place = target(rows.placeAt(cell.row))
    const column = columns()[cell.column]
    if (!place || !column) return null
    return { column, state: plain(cellState(column, place.base, rows.edits.get(place.key))) }
  }

  return { write, stroke, perform, target, stateAt, set, setInNewRow, settle, change, reportSkipped }
}

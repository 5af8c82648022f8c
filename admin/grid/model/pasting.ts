/**
 * A block of texts laid over the selection. Its rows are found by key before the first is written, so that a large block
 * can be written slice by slice while the page stays awake; it is one step of the history all the same.
 */

import type { Column, RowKey } from '../types.ts'
import { tile } from './clipboard.ts'
import type { Core } from './core.ts'
import type { Cursor } from './cursor.ts'
import { readCell } from './edits.ts'
import { add, type Plan } from './history.ts'
import { MAX_GESTURE_ROWS, type Reach } from './reach.ts'
import type { Rect } from './selection.ts'
import type { WriteTarget, Writing } from './writing.ts'

/** Rows of texts. */
type PastedCells = readonly (readonly string[])[]

/** Cells written before the page may draw again: at first those that can be seen, then some 50 ms of them. */
const FIRST_SLICE_CELLS = 1_000
const SLICE_CELLS = 8_000
/** A frame is drawn before the rest is written. */
const FIRST_PAUSE_MS = 30

export function createPasting(core: Core, cursor: Cursor, writing: Writing, reach: Reach) {
  const { rows, note, changed } = core
  let running: Promise<void> | null = null

  /** Lays a block of texts over the selection; makes rows past the end; read-only cells are skipped and said. */
  function paste(block: PastedCells, area = cursor.area()) {
    const line = block.length === 1 ? block[0] : undefined
    if (line && reach.isWhole(area)) {
      const wide = { ...area, right: Math.max(area.right, area.left + line.length - 1) }
      return reach.setWhole('粘贴', wide, (column, at) =>
        readCell(column, line[(at - area.left) % line.length] ?? '', {}),
      )
    }
    if (block.length > MAX_GESTURE_ROWS) {
      const count = (lines: number) => lines.toLocaleString('en')
      return note(
        `剪贴板里有 ${count(block.length)} 行，一次最多粘贴 ${count(MAX_GESTURE_ROWS)} 行。更多的请存成文件导入。`,
      )
    }
    layOver(area, block)
  }

  function layOver(area: Rect, block: PastedCells) {
    const height = area.bottom - area.top + 1
    const isOnce = height > MAX_GESTURE_ROWS
    if (isOnce) note(`选中了 ${height.toLocaleString('en')} 行，剪贴板里的 ${block.length} 行从上面起粘贴了一遍。`)
    const cells = tile(block, isOnce ? 1 : height, area.right - area.left + 1)
    if (cells.length > 0) reach.overRows(area.top, area.top + cells.length - 1, () => lay(area, cells))
  }

  function lay(area: Rect, cells: PastedCells) {
    const columns = core.columns()
    const width = Math.max(...cells.map((row) => row.length))
    const made: RowKey[] = []
    const real = rows.realCount()
    const targets = cells.map(
      (texts, down) =>
        writing.target(rows.placeAt(area.top + down)) ?? (area.top + down >= real ? rowFor(texts, made) : null),
    )
    const right = Math.min(area.left + width, columns.length) - 1
    const bottom = Math.min(area.top + cells.length, Math.max(rows.realCount(), area.top + 1)) - 1
    const stroke = writing.stroke(made)
    let skipped = 0
    let next = 0

    function writeSlice(size: number) {
      const plan: Plan = new Map()
      const end = Math.min(next + Math.ceil(size / width), cells.length)
      for (; next < end; next += 1) {
        const place = targets[next]
        if (!place) continue
        for (const [across, text] of (cells[next] ?? []).entries()) {
          const column = columns[area.left + across]
          if (!column) continue
          if (!rows.canWrite(column, place.key, place.base)) skipped += 1
          else add(plan, place.key, column.name, readCell(column, text, place.base))
        }
      }
      stroke.write(plan)
    }
    function end() {
      stroke.end()
      const hidden = hiddenWithin(columns.slice(area.left, right + 1))
      writing.reportSkipped(skipped, Math.max(0, area.left + width - columns.length), hidden)
    }

    writeSlice(FIRST_SLICE_CELLS)
    cursor.selectRect({ top: area.top, left: area.left, bottom, right })
    if (next >= cells.length) return end()
    running = (async () => {
      for (let pause = FIRST_PAUSE_MS; next < cells.length; pause = 0) {
        changed()
        await new Promise((resolve) => setTimeout(resolve, pause))
        writeSlice(SLICE_CELLS)
      }
      running = null
      end()
    })()
  }

  /** Columns that are not shown but stand between those that were written. */
  function hiddenWithin(written: readonly Column[]): Column[] {
    const names = (rows.rules().all ?? []).map(({ name }) => name)
    const places = written.map(({ name }) => names.indexOf(name))
    const between = (rows.rules().all ?? []).slice(Math.min(...places), Math.max(...places))
    const shown = new Set(core.columns().map(({ name }) => name))
    return between.filter(({ name }) => !shown.has(name))
  }

  function rowFor(texts: readonly string[], made: RowKey[]): WriteTarget | null {
    if (!rows.rules().blankRow || texts.every((text) => text.trim() === '')) return null
    const key = rows.makeRow()
    made.push(key)
    return { key, base: rows.bases.get(key) ?? {} }
  }

  return { paste, settled: () => running ?? Promise.resolve() }
}

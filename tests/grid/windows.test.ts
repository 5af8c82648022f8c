/** Windows of a long list: what is held of it, and that what is looked at is read in the end. */
import { describe, expect, test, vi } from 'vitest'
import { MAX_BLOCKS } from '../../admin/grid/model/blocks.ts'
import { createModel } from '../../admin/grid/model/model.ts'
import { jump } from '../../admin/grid/model/seeking.ts'
import { selectCell } from '../../admin/grid/model/selection.ts'
import { createWindows } from '../../admin/grid/model/windows.ts'
import type { FoundRows, Row } from '../../admin/grid/types.ts'
import { memoryList, random, textColumn } from '../support/grid_memory.ts'

describe('windows', () => {
  test('a long list is held in few blocks and read only where it is looked at', async () => {
    const asked: number[] = []
    const windows = createWindows({
      async load(start, end) {
        asked.push(start)
        return { rows: Array.from({ length: end - start }, (_, at) => ({ id: start + at })), total: 1_000_000 }
      },
      onLoad() {},
      onChange() {},
      onError() {},
    })
    for (let row = 0; row < 40_000; row += 200) {
      windows.want(row, row + 30)
      await windows.ensure(row, row + 30)
    }
    expect(windows.held()).toBeLessThanOrEqual(MAX_BLOCKS)
    expect(windows.rowAt(39_900)).toEqual({ id: 39_900 })
    expect(windows.rowAt(0)).toBeUndefined()
    windows.remove([39_801])
    expect(windows.rowAt(39_801)).toEqual({ id: 39_802 })
    expect(windows.total()).toBe(999_999)
  })
})

describe('windows of which answers come late, in any order, or not at all', () => {
  test('are read in the end wherever one looks, whatever became of the list meanwhile', async () => {
    vi.useFakeTimers()
    const below = random(7)
    let ids = Array.from({ length: 2000 }, (_, at) => at)
    const waiting: (() => void)[] = []
    const read = (start: number, end: number) =>
      new Promise<{ rows: Row[]; total: number }>((answer, fail) =>
        waiting.push(() => {
          if (below(8) === 0) return fail(new Error('网络断了。'))
          answer({ rows: ids.slice(start, end).map((id) => ({ id })), total: ids.length })
        }),
      )
    const windows = createWindows({ load: read, onLoad() {}, onChange() {}, onError() {} })
    const settle = async () => {
      for (let round = 0; round < 30; round += 1) {
        for (const answer of waiting.splice(0)) answer()
        await vi.advanceTimersByTimeAsync(300)
      }
    }
    windows.want(0, 30)
    await settle()
    for (let round = 0; round < 60; round += 1) {
      for (let step = 0; step < 6; step += 1) {
        const gesture = below(6)
        const first = below(1900)
        if (gesture === 0) windows.want(first, first + 30)
        else if (gesture === 1) {
          ids = ids.filter((id) => id !== first)
          windows.remove([first])
        } else if (gesture === 2) windows.refresh()
        else if (gesture === 3) windows.reset()
        else if (gesture === 4) void windows.preview(read, first).then((ahead) => ahead?.take(0))
        else for (const answer of waiting.splice(below(waiting.length + 1), 1)) answer()
        await vi.advanceTimersByTimeAsync(below(50))
      }
      await settle()
      const { first, last } = windows.wanted()
      for (let row = first; row <= Math.min(last, windows.total() - 1); row += 1) {
        expect(windows.rowAt(row), `round ${round}, row ${row}`).toBeDefined()
      }
    }
    vi.useRealTimers()
  })
})

test('Ctrl+↓ into rows that are not loaded arrives although the list is read again meanwhile, not if one goes elsewhere', async () => {
  for (const elsewhere of [false, true]) {
    const list = memoryList(450)
    let asked = 0
    let answer = () => {}
    const seek = () => {
      asked += 1
      return new Promise<FoundRows>((done) => {
        answer = () => done({ at: null, nth: 0, count: 0 })
      })
    }
    const model = createModel({ source: { ...list.source, seek }, say: () => {} })
    model.configure({ columns: [textColumn('a'), textColumn('b')], blankRow: () => ({}) })
    model.start()
    await model.rows.windows.ensure(0, 10)
    model.select(selectCell({ row: 1, column: 0 }))
    jump(model, { down: 1, right: 0 }, false)
    await expect.poll(() => asked).toBe(1)
    model.rows.windows.refresh()
    if (elsewhere) model.select(selectCell({ row: 3, column: 1 }))
    answer()
    await expect.poll(() => asked).toBe(2)
    answer()
    await expect.poll(() => model.selection().active.row).toBe(elsewhere ? 3 : 449)
  }
})

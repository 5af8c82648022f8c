/** What the grid reckons: clipboard texts, selections, places on the screen, series, filters. */
import { describe, expect, test } from 'vitest'
import { filterOf } from '../../admin/grid/dataProviderSource.ts'
import { parseTsv, printTsv, tile } from '../../admin/grid/model/clipboard.ts'
import { continueSeries } from '../../admin/grid/model/fill.ts'
import { matchOptions, misreadIn, termsOf } from '../../admin/grid/model/filters.ts'
import { initialsAt } from '../../admin/grid/model/initials.ts'
import { advance, edgeOf, moveBy, rectOf, selectCell } from '../../admin/grid/model/selection.ts'
import {
  layoutOf,
  MAX_SCROLL_PX,
  offsetOf,
  revealRow,
  rowsInView,
  scrollTopOf,
  trackHeight,
} from '../../admin/grid/view/geometry.ts'
import { random, textColumn } from '../support/grid_memory.ts'

describe('clipboard', () => {
  test('what is printed is parsed back, whatever stands in the cells', () => {
    const pick = random(7)
    const letters = ['a', '"', '\t', '\n', '中', ' ', '""', 'x']
    for (let round = 0; round < 300; round += 1) {
      const cell = () => Array.from({ length: pick(5) }, () => letters[pick(letters.length)]).join('')
      const block = Array.from({ length: 1 + pick(4) }, () => Array.from({ length: 2 }, cell))
      expect(parseTsv(`${printTsv(block)}\n`)).toEqual(block)
    }
  })

  test('quoted tabs and line breaks stay in their cell and one trailing line break is no row', () => {
    expect(parseTsv('a\t"b\tb"\r\n"c\r\nc"\td\r\n')).toEqual([
      ['a', 'b\tb'],
      ['c\r\nc', 'd'],
    ])
    expect(parseTsv('a\n\n')).toEqual([['a'], ['']])
    expect(parseTsv('5"屏幕\t"半')).toEqual([['5"屏幕', '"半']])
  })

  test('a block tiles a target of whole multiples and is laid once over any other', () => {
    expect(tile([['x']], 2, 2)).toEqual([
      ['x', 'x'],
      ['x', 'x'],
    ])
    expect(tile([['1'], ['2']], 4, 1)).toEqual([['1'], ['2'], ['1'], ['2']])
    expect(tile([['1'], ['2']], 3, 1)).toEqual([['1'], ['2']])
  })
})

describe('selection', () => {
  const bounds = { rows: 5, columns: 4 }
  test('Enter after a run of Tab returns below its beginning', () => {
    let selection = selectCell({ row: 0, column: 1 })
    selection = advance(selection, 'tab', false, bounds)
    selection = advance(selection, 'tab', false, bounds)
    expect(selection.active).toEqual({ row: 0, column: 3 })
    expect(advance(selection, 'enter', false, bounds).active).toEqual({ row: 1, column: 1 })
  })

  test('Tab and Enter visit every cell of a range and come round', () => {
    const range = { ...selectCell({ row: 1, column: 1 }), focus: { row: 3, column: 2 } }
    for (const key of ['tab', 'enter'] as const) {
      const seen = new Set<string>()
      let selection = range
      for (let step = 0; step < 6; step += 1) {
        selection = advance(selection, key, false, bounds)
        seen.add(`${selection.active.row} ${selection.active.column}`)
      }
      expect(seen.size).toBe(6)
      expect(selection.active).toEqual(range.active)
      expect(advance(advance(range, key, false, bounds), key, true, bounds).active).toEqual(range.active)
    }
  })

  test('no move leaves the list', () => {
    const pick = random(3)
    let selection = selectCell({ row: 0, column: 0 })
    for (let step = 0; step < 500; step += 1) {
      selection = moveBy(selection, pick(21) - 10, pick(9) - 4, bounds, pick(2) === 0)
      const rect = rectOf(selection)
      expect(rect.top).toBeGreaterThanOrEqual(0)
      expect(rect.bottom).toBeLessThan(5)
      expect(rect.right).toBeLessThan(4)
    }
  })

  test('Ctrl+arrow stops at the edge of the filled run', () => {
    const filled = [true, true, false, false, true]
    const blank = ({ row }: { row: number }) => !filled[row]
    const from = (row: number, down: 1 | -1) => edgeOf({ row, column: 0 }, { down, right: 0 }, bounds, blank).cell.row
    expect([from(0, 1), from(1, 1), from(2, 1), from(4, -1)]).toEqual([1, 4, 4, 1])
    const half = ({ row }: { row: number }) => (row > 2 ? undefined : false)
    expect(edgeOf({ row: 0, column: 0 }, { down: 1, right: 0 }, bounds, half)).toMatchObject({
      cell: { row: 2 },
      known: false,
      runs: true,
    })
  })

  test('Tab passes over what cannot be written, in rows that can', () => {
    const canWrite = ({ row, column }: { row: number; column: number }) => row !== 1 && (column === 1 || column === 2)
    const places = (steps: number, back = false) => {
      let selection = selectCell(back ? { row: 2, column: 1 } : { row: 0, column: 1 })
      return Array.from({ length: steps }, () => {
        selection = advance(selection, 'tab', back, bounds, canWrite)
        return [selection.active.row, selection.active.column]
      })
    }
    expect(places(6)).toEqual([
      [0, 2],
      [1, 0],
      [1, 1],
      [1, 2],
      [1, 3],
      [2, 1],
    ])
    expect(places(2, true)).toEqual([
      [1, 3],
      [1, 2],
    ])
  })
})

describe('geometry', () => {
  test('a scroll bar over a million rows reaches each of them and comes back to the same place', () => {
    const track = { rows: 1_000_001, rowHeight: 32, height: 700 }
    expect(trackHeight(track)).toBe(MAX_SCROLL_PX)
    expect(offsetOf(track, 0)).toBe(0)
    expect(rowsInView(track, offsetOf(track, MAX_SCROLL_PX - 700)).last).toBe(1_000_000)
    for (const offset of [0, 12_345, 16_000_000, 31_999_000]) {
      expect(Math.abs(offsetOf(track, scrollTopOf(track, offset)) - offset)).toBeLessThan(0.01)
    }
    expect(rowsInView(track, revealRow(track, 0, 654_321)).last).toBeGreaterThanOrEqual(654_321)
  })

  test('frozen columns stand first', () => {
    const layout = layoutOf([textColumn('x'), textColumn('y', { frozen: true, width: 50 })], { x: 70 })
    expect(layout.columns.map(({ name }) => name)).toEqual(['y', 'x'])
    expect([layout.frozen, layout.frozenWidth, layout.totalWidth]).toEqual([1, 50, 120])
  })
})

describe('filling and filtering', () => {
  test('series go on by their step', () => {
    expect(continueSeries(['2019-08-30', '2019-08-31'], 2)).toEqual(['2019-09-01', '2019-09-02'])
    expect(continueSeries(['1', '3'], 2)).toEqual(['5', '7'])
    expect(continueSeries(['第1期'], 2)).toEqual(['第2期', '第3期'])
    expect(continueSeries(['13800001027'], 1)).toEqual(['13800001027'])
    expect(continueSeries(['男', '女'], 3)).toEqual(['男', '女', '男'])
    expect(continueSeries(['第九批'], 2)).toEqual(['第十批', '第十一批'])
    expect(continueSeries(['001'], 2)).toEqual(['002', '003'])
    expect(continueSeries(['周六'], 2)).toEqual(['周日', '周一'])
    expect(continueSeries(['1986-11', '1986-12'], 2)).toEqual(['1987-01', '1987-02'])
    expect(continueSeries(['2019-01-31', '2019-02-31'], 2)).toEqual(['2019-03-31', '2019-04-30'])
    expect(continueSeries(['2019-08-31 09:30'], 1)).toEqual(['2019-09-01 09:30'])
    // Two phones are no series.
    expect(continueSeries(['13800001027', '13800001316'], 1)).toEqual(['13800001027'])
  })

  test('filters of when a column had another type or other choices are told by it, and no others', () => {
    const number = textColumn('n', {
      type: 'number',
      read: (input) => (/^\d+$/.test(input) ? { value: Number(input) } : { error: '不是数' }),
    })
    const date = textColumn('on', { type: 'date' })
    const choice = textColumn('g', { type: 'choice', choices: [{ value: '男', label: '男' }] })
    const misread = (filter: Record<string, string | { values: unknown[] }>) =>
      misreadIn([number, date, choice, textColumn('t')], filter).map(({ column, words }) => [column.name, words])
    expect(misread({ n: '约80人', on: '上半年', g: '女', t: '约80人' })).toEqual([
      ['n', '约80人'],
      ['on', '上半年'],
      ['g', '女'],
    ])
    expect(misread({ n: { values: ['12', '约80人', null] }, g: { values: ['男', '女'] } })).toEqual([['n', '约80人']])
    expect(misread({ n: '>100', on: '6月18日', g: '男' })).toEqual([])
    expect(misread({ n: '空', on: '本月', g: '!女' })).toEqual([])
    expect(misread({ n: '10~20', on: '2019-6', q: '约80人' })).toEqual([])
  })

  test('filter cells understand bounds, ranges, months, blanks and choices', () => {
    const date = textColumn('on', { type: 'date' })
    const number = textColumn('n', { type: 'number', read: (input) => ({ value: Number(input) }) })
    const choice = textColumn('g', { type: 'choice', choices: [{ value: 'm', label: '男' }] })
    const terms = (filter: Record<string, string>) =>
      termsOf([date, number, choice, textColumn('t')], filter).map(({ column, test, value }) => [column, test, value])
    expect(terms({ on: '2019-02' })).toEqual([
      ['on', 'from', '2019-02-01'],
      ['on', 'to', '2019-02-28'],
    ])
    expect(terms({ n: '≥100', t: '空', g: '男' })).toEqual([
      ['n', 'from', 100],
      ['g', 'in', ['m']],
      ['t', 'blank', null],
    ])
    expect(terms({ n: '>100', q: '合肥' })).toEqual([
      ['q', 'equals', '合肥'],
      ['n', 'from', 101],
    ])
    expect(filterOf([{ column: 't', test: 'contains', value: 'x' }])).toEqual({ t_like: 'x' })
  })

  test('options are found by substring and by pinyin initials', () => {
    const options = [
      { value: 1, label: '合肥市总工会', initials: 'hfszgh' },
      { value: 2, label: '淮北市总工会', initials: 'hbszgh' },
    ]
    expect(matchOptions(options, 'hf').map(({ value }) => value)).toEqual([1])
    expect(matchOptions(options, "h'b").map(({ value }) => value)).toEqual([2])
    expect(matchOptions(options, '总工').length).toBe(2)
    // Without initials of their own, by where the characters sort; second readings count.
    const units = [
      '合肥',
      '淮北',
      '亳州',
      '宿州',
      '蚌埠',
      '阜阳',
      '淮南',
      '滁州',
      '六安',
      '马鞍山',
      '芜湖',
      '宣城',
      '铜陵',
      '池州',
      '安庆',
      '黄山',
    ]
    const found = (text: string) =>
      matchOptions(
        units.map((label) => ({ value: label, label })),
        text,
      ).map(({ value }) => value)
    const letters = 'hf hb bz sz bb fy hn cz la mas wh xc tl cz aq hs'.split(' ')
    expect(units.filter((unit, at) => initialsAt(unit, letters[at] ?? '') !== 0)).toEqual([])
    expect(found('cz')).toEqual(['滁州', '池州'])
    expect(found('as')).toEqual(['马鞍山'])
    expect([initialsAt('长丰县', 'zf'), initialsAt('长丰县', 'cf'), initialsAt('安徽合肥', 'hf')]).toEqual([0, 0, 2])
  })
})

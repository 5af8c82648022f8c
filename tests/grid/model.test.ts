/** The grid without a screen: clipboard, selection, geometry, edits, history and saving. */
import { describe, expect, test } from 'vitest'
import { dataProviderSource, filterOf } from '../../admin/grid/dataProviderSource.ts'
import { parseTsv, printTsv, tile } from '../../admin/grid/model/clipboard.ts'
import { continueSeries } from '../../admin/grid/model/fill.ts'
import { matchOptions, termsOf } from '../../admin/grid/model/filters.ts'
import { initialsAt } from '../../admin/grid/model/initials.ts'
import { createModel } from '../../admin/grid/model/model.ts'
import { advance, edgeOf, moveBy, rectOf, selectCell } from '../../admin/grid/model/selection.ts'
import type { Column, Message, Row, SaveAnswer, SaveRequest, Source } from '../../admin/grid/types.ts'
import {
  layoutOf,
  MAX_SCROLL_PX,
  offsetOf,
  revealRow,
  rowsInView,
  scrollTopOf,
  trackHeight,
} from '../../admin/grid/view/geometry.ts'
import { random } from '../support/grid_memory.ts'

const text = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  label: name,
  type: 'text',
  read: (input) => (input === '坏' ? { error: '这个值不行。' } : { value: input || null }),
  print: String,
  editable: () => true,
  ...more,
})
const columns = [text('a', { required: true }), text('b'), text('c')]

/** A list in memory that keeps versions, refuses '拒' and answers after a moment. */
function memory(count: number) {
  const rows = new Map<number, Row>()
  const bin = new Map<number, Row>()
  for (let id = 1; id <= count; id += 1) rows.set(id, { id, version: 1, a: `a${id}`, b: `b${id}`, c: null })
  let next = count + 1
  let broken = false
  let losing = false
  /** New rows by the word they came under, with what they were sent as. */
  const made = new Map<unknown, { id: number; body: string }>()
  const asked: number[] = []
  const refuse = (values: Row) =>
    Object.fromEntries(
      Object.entries(values).flatMap(([name, value]) => (value === '拒' ? [[name, '不收这个值。']] : [])),
    )
  const source: Source = {
    async getWindow({ start, end }) {
      asked.push(start)
      await Promise.resolve()
      return { rows: [...rows.values()].slice(start, end), total: rows.size }
    },
    async save({ create, update, remove }) {
      await Promise.resolve()
      if (broken) throw new Error('网络断了。')
      const answer = take({ create, update, remove })
      if (losing) throw new Error('网络断了。')
      return answer
    },
    async restore(ids) {
      for (const id of ids) {
        const row = bin.get(Number(id))
        if (row) rows.set(Number(id), { ...row, version: Number(row.version) + 1 })
      }
    },
  }
  function take({ create, update, remove }: SaveRequest): SaveAnswer {
    return {
      create: create.map(({ client_key, ...values }) => {
        const body = JSON.stringify(values)
        const known = made.get(client_key)
        const there = known && rows.get(known.id)
        if (known && there) return known.body === body ? { row: there } : { conflict: there }
        const errors = refuse(values)
        if (Object.keys(errors).length > 0) return { errors }
        const row = { ...values, id: next, version: 1 }
        rows.set(next, row)
        made.set(client_key, { id: next, body })
        next += 1
        return { row }
      }),
      update: update.map(({ id, version, values }) => {
        const old = rows.get(Number(id))
        if (!old) return { gone: '这一行已经不在了。' }
        if (old.version !== version) return { conflict: old }
        const errors = refuse(values)
        if (Object.keys(errors).length > 0) return { errors }
        const row = { ...old, ...values, version: Number(old.version) + 1 }
        rows.set(Number(id), row)
        return { row }
      }),
      remove: remove.map(({ id }) => {
        const row = rows.get(Number(id)) ?? {}
        bin.set(Number(id), row)
        rows.delete(Number(id))
        return { row }
      }),
    }
  }
  return {
    source,
    rows,
    asked,
    breakOff: (state: boolean) => {
      broken = state
    },
    /** What is sent is done, and nobody hears of it. */
    lose: (state: boolean) => {
      losing = state
    },
    values: () =>
      [...rows.values()].sort((x, y) => Number(x.id) - Number(y.id)).map(({ a, b, c }) => [a, b, c ?? null]),
  }
}

async function open(count: number, own: readonly Column[] = columns) {
  const store = memory(count)
  const said: Message[] = []
  const model = createModel({ source: store.source, say: (message) => said.push(message) })
  model.configure({
    columns: own,
    blankRow: () => ({ c: null }),
    rowState: (row) => ({ locked: row.b === '锁' }),
  })
  model.start()
  await model.rows.windows.ensure(0, count)
  const type = (row: number, column: number, input: string) => {
    model.select(selectCell({ row, column }))
    model.beginEdit('type')
    model.setEditText(input)
    model.commitEdit()
  }
  return { model, store, said, type }
}

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
    const layout = layoutOf([text('x'), text('y', { frozen: true, width: 50 })], { x: 70 })
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

  test('filter cells understand bounds, ranges, months, blanks and choices', () => {
    const date = text('on', { type: 'date' })
    const number = text('n', { type: 'number', read: (input) => ({ value: Number(input) }) })
    const choice = text('g', { type: 'choice', choices: [{ value: 'm', label: '男' }] })
    const terms = (filter: Record<string, string>) =>
      termsOf([date, number, choice, text('t')], filter).map(({ column, test, value }) => [column, test, value])
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

describe('editing', () => {
  test('a valid cell is stored with its version, an invalid one stays and is not sent', async () => {
    const { model, store, type } = await open(5)
    type(1, 1, '新')
    type(2, 1, '坏')
    await model.flush()
    expect(store.rows.get(2)).toMatchObject({ b: '新', version: 2 })
    expect(store.rows.get(3)).toMatchObject({ b: 'b3', version: 1 })
    expect(model.status()).toMatchObject({ unsaved: 1, faulty: 1 })
    expect(model.nextProblem(1)).toBe(true)
    expect(model.selection().active).toEqual({ row: 2, column: 1 })
    expect(model.revertActive()).toBe(true)
    expect(model.status()).toMatchObject({ unsaved: 0, faulty: 0 })
  })

  test('a refusal lands in its cell and the other cells of the row are stored', async () => {
    const { model, store } = await open(5)
    model.select(selectCell({ row: 0, column: 1 }))
    model.gestures.paste([['拒', '好']])
    await model.flush()
    expect(store.rows.get(1)).toMatchObject({ b: 'b1', c: '好' })
    expect(model.rows.edits.get('1')?.faults).toEqual({ b: '不收这个值。' })
  })

  test('a conflict keeps both values until the person chooses', async () => {
    for (const choice of ['mine', 'theirs'] as const) {
      const { model, store, type } = await open(3)
      store.rows.set(1, { id: 1, version: 5, a: 'a1', b: '别人的', c: null })
      type(0, 1, '我的')
      await model.flush()
      expect(model.rows.edits.get('1')?.cells.b).toMatchObject({ text: '我的', theirs: { text: '别人的' } })
      expect(model.status().conflicts).toBe(1)
      model.resolve('1', 'b', choice)
      await model.flush()
      expect(store.rows.get(1)?.b).toBe(choice === 'mine' ? '我的' : '别人的')
      expect(model.status()).toMatchObject({ conflicts: 0, unsaved: 0 })
    }
  })

  test('what was sent and not answered for blames nobody: a new row is sent again as it was, later cells follow as a change', async () => {
    const { model, store, type } = await open(2)
    store.lose(true)
    type(0, 1, '一')
    type(2, 0, '新')
    await model.saver.tried()
    expect(store.rows.get(1)?.b).toBe('一')
    expect(store.rows.get(3)?.a).toBe('新')
    type(0, 1, '二')
    type(2, 0, '更新')
    type(2, 1, '补')
    store.lose(false)
    await model.saver.retryNow()
    await model.flush()
    expect(model.status()).toMatchObject({ conflicts: 0, faulty: 0, unsaved: 0 })
    expect(store.values()).toEqual([
      ['a1', '二', null],
      ['a2', 'b2', null],
      ['更新', '补', null],
    ])
  })

  test('a new row that was taken back while nobody answered is not left behind', async () => {
    const { model, store, type } = await open(2)
    store.lose(true)
    type(2, 0, '新')
    await model.saver.tried()
    model.gestures.undo()
    store.lose(false)
    await model.saver.retryNow()
    await model.flush()
    expect([store.rows.size, model.rows.realCount(), model.rows.edits.size]).toEqual([2, 2, 0])
    model.gestures.redo()
    await model.flush()
    expect(store.values()).toHaveLength(3)
  })

  test('a change elsewhere in the row is no conflict: the cell is stored upon it', async () => {
    const { model, store, type } = await open(3)
    store.rows.set(1, { id: 1, version: 5, a: '改过', b: 'b1', c: null })
    type(0, 1, '我的')
    await model.flush()
    expect(store.rows.get(1)).toMatchObject({ a: '改过', b: '我的' })
  })

  test('a new row waits until its required cells are filled', async () => {
    const { model, store, type } = await open(2)
    type(2, 1, '乙')
    await model.flush()
    expect(store.rows.size).toBe(2)
    expect(model.status().total).toBe(3)
    type(2, 0, '甲')
    await model.flush()
    expect(store.rows.get(3)).toMatchObject({ a: '甲', b: '乙' })
    expect(model.status()).toMatchObject({ total: 3, unsaved: 0 })
    type(2, 2, '丙')
    await model.flush()
    expect(store.rows.get(3)).toMatchObject({ c: '丙', version: 2 })
  })

  test('pasting goes past the end, skips locked rows and says so', async () => {
    const { model, store, said } = await open(3)
    store.rows.set(2, { id: 2, version: 1, a: 'a2', b: '锁', c: null })
    model.refreshRows([{ id: 2, version: 1, a: 'a2', b: '锁', c: null }])
    model.select(selectCell({ row: 1, column: 0 }))
    model.gestures.paste([
      ['一', '1'],
      ['二', '2'],
      ['三', '3'],
      ['', ''],
    ])
    await model.flush()
    expect(store.values()).toEqual([
      ['a1', 'b1', null],
      ['a2', '锁', null],
      ['二', '2', null],
      ['三', '3', null],
    ])
    expect(said.map(({ text }) => text)).toContain('跳过了 2 个只读格。')
    expect(rectOf(model.selection())).toEqual({ top: 1, left: 0, bottom: 3, right: 1 })
  })

  test('rows made under a sort or filter leave the end once the list is read again, and hide no other row', async () => {
    const { model, store } = await open(500)
    // The new row will not pass this filter.
    model.setView({ sort: [{ column: 'b', order: 'ASC' }], filter: { b: 'b' } })
    await model.rows.windows.ensure(0, 10)
    model.select(selectCell({ row: 500, column: 0 }))
    model.gestures.paste([['新', 'x']])
    await model.flush()
    expect(model.rows.placeAt(500)).toMatchObject({ base: { a: '新' } })
    const { getWindow } = store.source
    store.source.getWindow = async (query) => {
      const { rows, total } = await getWindow(query)
      return { rows: rows.filter(({ b }) => b !== 'x'), total: total - 1 }
    }
    await model.rows.windows.ensure(400, 499)
    await new Promise((resolve) => setTimeout(resolve, 5))
    await model.rows.windows.ensure(400, 499)
    expect(model.status().total).toBe(500)
    expect(model.rows.placeAt(499)).toMatchObject({ base: { id: 500 } })
  })

  test('a row made here, removed and brought back, stands where it stood', async () => {
    const { model } = await open(2)
    model.select(selectCell({ row: 2, column: 0 }))
    model.gestures.paste([['甲'], ['乙'], ['丙']])
    await model.flush()
    model.gestures.remove([model.rows.placeAt(3) as { key: string; base: Row; kind: 'stored' }])
    await model.flush()
    expect(model.rows.placeAt(3)).toMatchObject({ base: { a: '丙' } })
    model.gestures.undo()
    await model.flush()
    expect([2, 3, 4].map((row) => (model.rows.placeAt(row) as { base: Row }).base.a)).toEqual(['甲', '乙', '丙'])
  })

  test('an edit goes to the row it was begun on, even when the list has moved', async () => {
    const { model, store } = await open(6)
    model.select(selectCell({ row: 4, column: 1 }))
    model.beginEdit('type')
    model.setEditText('给第五行')
    model.gestures.remove([model.rows.placeAt(0) as { key: string; base: Row; kind: 'stored' }])
    await model.saver.idle()
    expect(model.rows.placeAt(3)).toMatchObject({ key: '5' })
    model.commitEdit()
    await model.flush()
    expect(store.rows.get(5)?.b).toBe('给第五行')
    expect(store.rows.get(6)?.b).toBe('b6')
  })

  test('an edit typed before its row is loaded is written when the row is here', async () => {
    const store = memory(1000)
    const model = createModel({ source: store.source, say() {} })
    model.configure({ columns })
    model.start()
    await model.rows.windows.ensure(0, 10)
    model.select(selectCell({ row: 900, column: 1 }))
    expect(model.activePlace().kind).toBe('loading')
    model.beginEdit('type')
    model.setEditText('早')
    model.commitEdit()
    await model.rows.windows.ensure(900, 900)
    await new Promise((resolve) => setTimeout(resolve, 5))
    await model.flush()
    expect(store.rows.get(901)?.b).toBe('早')
  })

  test('while nobody answers edits wait, and are sent when the source is back', async () => {
    const { model, store, type } = await open(2)
    store.breakOff(true)
    type(0, 1, '断网时写的')
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(model.status()).toMatchObject({ unsaved: 1, offline: '网络断了。' })
    store.breakOff(false)
    await model.saver.retryNow()
    expect(store.rows.get(1)?.b).toBe('断网时写的')
    expect(model.status()).toMatchObject({ unsaved: 0, offline: null })
  })
})

describe('undo', () => {
  test('rows made and rows removed are undone and redone, on the source too', async () => {
    const { model, store } = await open(3)
    const before = store.values()
    model.select(selectCell({ row: 3, column: 0 }))
    model.gestures.paste([['新一'], ['新二']])
    await model.flush()
    model.gestures.remove([model.rows.placeAt(1) as { key: string; base: Row; kind: 'stored' }])
    await model.flush()
    const after = store.values()
    expect(after).toHaveLength(4)
    model.gestures.undo()
    model.gestures.undo()
    await model.flush()
    expect(store.values()).toEqual(before)
    model.gestures.redo()
    model.gestures.redo()
    await model.flush()
    expect(store.values()).toEqual(after)
  })

  test('random gestures: undoing all of them gives the start, redoing them the end, and no other row ever changes', async () => {
    for (let seed = 1; seed <= 25; seed += 1) await randomHistory(seed)
  })
})

/** Plays random gestures on the grid and on a plain array beside it. */
async function randomHistory(seed: number) {
  const pick = random(seed)
  const { model, store } = await open(8)
  const start = store.values()
  const plain = start.map((row) => [...row])
  const words = ['甲', '乙', '丙', '坏', '拒', '']
  for (let gesture = 0; gesture < 15; gesture += 1) {
    const row = pick(8)
    const column = pick(3)
    const width = 1 + pick(2)
    const block = Array.from({ length: 1 + pick(3) }, () => Array.from({ length: width }, () => words[pick(6)] ?? ''))
    model.select(selectCell({ row, column }))
    model.gestures.paste(block)
    for (const [down, texts] of block.entries()) {
      for (const [across, word] of texts.entries()) {
        const place = plain[row + down]
        if (place && row + down < 8 && column + across < 3) place[column + across] = word || null
      }
    }
    if (pick(3) === 0) await model.flush()
  }
  await model.flush()
  const shown = () =>
    Array.from({ length: 8 }, (_, at) => {
      const place = model.rows.placeAt(at)
      if (!('key' in place)) throw new Error(`row ${at} is not there`)
      const edit = model.rows.edits.get(place.key)
      return columns.map(({ name }) => (edit?.cells[name] ? edit.cells[name].value : place.base[name]) ?? null)
    })
  const end = shown()
  expect(end, `seed ${seed}`).toEqual(plain.slice(0, 8))
  while (model.gestures.undo()) if (pick(2) === 0) await model.flush()
  await model.flush()
  expect(store.values(), `seed ${seed}`).toEqual(start)
  expect(model.rows.edits.size).toBe(0)
  while (model.gestures.redo()) if (pick(2) === 0) await model.flush()
  await model.flush()
  expect(shown(), `seed ${seed}`).toEqual(end)
}

describe('over a data provider', () => {
  test('rows that are refused do not hold up the others', async () => {
    const sent: unknown[] = []
    const source = dataProviderSource(
      {
        getList: async () => ({ data: [], total: 0 }),
        async bulk(_, body) {
          sent.push(structuredClone(body))
          const bad = body.update.findIndex(({ a }) => a === '拒')
          if (bad >= 0) throw { status: 422, body: { errors: { update: { [bad]: { a: '不收。' } } } } }
          const stale = body.update.findIndex(({ version }) => version === 0)
          if (stale >= 0) throw { status: 409, body: { conflicts: { update: { [stale]: { id: 9, version: 3 } } } } }
          return { create: [], update: body.update.map((row) => ({ ...row, version: 2 })), remove: [] }
        },
      },
      'things',
    )
    const answer = await source.save({
      create: [],
      update: [
        { id: 1, version: 1, values: { a: '好' } },
        { id: 2, version: 1, values: { a: '拒' } },
        { id: 9, version: 0, values: { a: '晚' } },
      ],
      remove: [],
    })
    expect(answer.update).toEqual([
      { row: { id: 1, version: 2, a: '好' } },
      { errors: { a: '不收。' } },
      { conflict: { id: 9, version: 3 } },
    ])
    expect(sent).toHaveLength(3)
  })

  test('a refusal that names no row is tried row by row', async () => {
    const source = dataProviderSource(
      {
        getList: async () => ({ data: [], total: 0 }),
        async bulk(_, { update }) {
          if (update.some(({ id }) => id === 2)) throw { status: 404, body: { message: '没有这一行。' } }
          return { create: [], update: update.map((row) => ({ ...row })), remove: [] }
        },
      },
      'things',
    )
    const update = [1, 2].map((id) => ({ id, version: 1, values: { a: 'x' } }))
    const answer = await source.save({ create: [], update, remove: [] })
    expect(answer.update[0]).toEqual({ row: { id: 1, version: 1, a: 'x' } })
    expect(answer.update[1]).toHaveProperty('gone')
  })
})

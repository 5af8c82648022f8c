/** The grid without a screen: edits, saving and undo over a list in memory. */
import { describe, expect, test } from 'vitest'
import { createModel } from '../../admin/grid/model/model.ts'
import { rectOf, selectCell } from '../../admin/grid/model/selection.ts'
import type { Column, GridMessage, Row } from '../../admin/grid/types.ts'
import { memoryList, random, textColumn } from '../support/grid_memory.ts'

const columns = [textColumn('a', { required: true }), textColumn('b'), textColumn('c')]

async function open(count: number, own: readonly Column[] = columns) {
  const store = memoryList(count)
  const said: GridMessage[] = []
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
    store.knobs.losing = true
    type(0, 1, '一')
    type(2, 0, '新')
    await model.saver.tried()
    expect(store.rows.get(1)?.b).toBe('一')
    expect(store.rows.get(3)?.a).toBe('新')
    type(0, 1, '二')
    type(2, 0, '更新')
    type(2, 1, '补')
    store.knobs.losing = false
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
    store.knobs.losing = true
    type(2, 0, '新')
    await model.saver.tried()
    model.gestures.undo()
    store.knobs.losing = false
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
    expect(model.rows.placeAt(499)).toMatchObject({ base: { b: 'b99' } })
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
    const store = memoryList(1000)
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
    store.knobs.broken = true
    type(0, 1, '断网时写的')
    await new Promise((resolve) => setTimeout(resolve, 5))
    expect(model.status()).toMatchObject({ unsaved: 1, offline: '网络断了。' })
    store.knobs.broken = false
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

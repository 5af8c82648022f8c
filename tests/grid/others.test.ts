/** The grid without a screen, with others at work on the same list, and with a keep for what is not stored. */
import { afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { dataProviderSource } from '../../admin/grid/dataProviderSource.ts'
import { createModel } from '../../admin/grid/model/model.ts'
import { selectCell } from '../../admin/grid/model/selection.ts'
import type { Column, GridMessage, Keep, Row } from '../../admin/grid/types.ts'
import { sharedList, textColumn } from '../support/grid_memory.ts'

const columns = [textColumn('a', { required: true }), textColumn('b'), textColumn('c')]

function keepIn(box: { kept: unknown }): Keep & { fails: boolean } {
  const keep = {
    fails: false,
    async load() {
      if (keep.fails) throw new Error('private')
      return structuredClone(box.kept)
    },
    async save(kept: unknown) {
      if (keep.fails) throw new Error('quota')
      box.kept = structuredClone(kept)
    },
    async clear() {
      box.kept = null
    },
  }
  return keep
}

async function open(list: ReturnType<typeof sharedList>, keep?: Keep) {
  const said: GridMessage[] = []
  const model = createModel({ source: list.source, say: (message) => said.push(message), keep })
  model.configure({ columns, blankRow: () => ({ c: null }) })
  model.start()
  await vi.advanceTimersByTimeAsync(1)
  model.look(0, 20)
  await vi.advanceTimersByTimeAsync(1)
  const type = (row: number, column: number, input: string) => {
    model.select(selectCell({ row, column }))
    model.beginEdit('type')
    model.setEditText(input)
    model.commitEdit()
  }
  const shown = (row: number) => {
    const place = model.rows.placeAt(row)
    return place.kind === 'stored' || place.kind === 'new' ? place.base : place.kind
  }
  const values = (name: string, from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => {
      const row = shown(from + at)
      return typeof row === 'string' ? row : row[name]
    })
  return { model, said, type, shown, values }
}
const settle = () => vi.advanceTimersByTimeAsync(5000)

// Parts that are loaded while the list is: with a clock that stands still they have to be there before.
beforeAll(() => Promise.all([import('../../admin/grid/model/live.ts'), import('../../admin/grid/model/keeping.ts')]))
beforeEach(() => {
  vi.useFakeTimers()
})
afterEach(() => {
  vi.useRealTimers()
})

describe('a column that is there no more', () => {
  test('keeps what was typed into it and never sends it; the rest of the row is stored, and the open editor stays', async () => {
    const list = sharedList(5)
    const box = { kept: null as unknown }
    const { model, said, type } = await open(list, keepIn(box))
    list.knobs.broken = true
    type(0, 1, '写在乙')
    type(0, 2, '写在丙')
    model.goToNewRow()
    type(5, 0, '新的')
    type(5, 1, '新的乙')
    model.select(selectCell({ row: 2, column: 1 }))
    model.beginEdit('type')
    model.setEditText('还在填')
    model.configure({ columns: columns.filter(({ name }) => name !== 'b'), blankRow: () => ({ c: null }) })
    list.knobs.broken = false
    await settle()
    expect(said.at(-1)?.text).toBe('“b”这一栏刚刚取消了。您正在填的会留着，但存不进系统。')
    expect(model.editing()?.text).toBe('还在填')
    model.commitEdit()
    await settle()
    expect([list.rows.get(1), list.rows.get(3), list.rows.get(6)]).toMatchObject([
      { b: 'b1', c: '写在丙' },
      { b: 'b3' },
      { a: '新的' },
    ])
    const lost = ['写在乙', '新的乙', '还在填'].map((text) => ({ column: 'b', text }))
    expect(model.status()).toMatchObject({ lost, unsaved: 3, faulty: 0, kept: true })
    // the next page, which never had the column
    const next = createModel({ source: list.source, say: () => {}, keep: keepIn(box) })
    next.configure({ columns: columns.filter(({ name }) => name !== 'b'), blankRow: () => ({ c: null }) })
    next.start()
    await settle()
    expect(next.status()).toMatchObject({ lost, kept: true })
    next.dropLost()
    await settle()
    expect([next.status().lost, next.hasUnsaved(), box.kept]).toEqual([[], false, null])
  })

  test('is a column like any other when it comes back: what was kept is stored', async () => {
    const list = sharedList(3)
    const { model, type } = await open(list)
    list.knobs.broken = true
    type(0, 1, '写在乙')
    model.configure({ columns: columns.filter(({ name }) => name !== 'b') })
    list.knobs.broken = false
    await settle()
    expect(list.rows.get(1)).toMatchObject({ b: 'b1' })
    model.configure({ columns })
    await settle()
    expect(list.rows.get(1)).toMatchObject({ b: '写在乙' })
    expect(model.status().lost).toEqual([])
  })
})

describe('changes of others', () => {
  test('stand in their row at once, tinted for a while, and the selection stays', async () => {
    const list = sharedList(1000)
    const { model, shown } = await open(list)
    model.select(selectCell({ row: 7, column: 1 }))
    const reads = list.knobs.reads
    list.others.change(3, { b: '改了' })
    expect(shown(2)).toMatchObject({ b: '改了', version: 2 })
    expect([...(model.live.tintOf('3') ?? [])]).toEqual(['b'])
    expect(model.selection().active).toEqual({ row: 7, column: 1 })
    await settle()
    expect([model.live.tintOf('3'), list.knobs.reads]).toEqual([undefined, reads])
  })

  test('are no echo of what one has stored oneself', async () => {
    const list = sharedList(100)
    const { model, type, shown } = await open(list)
    const reads = list.knobs.reads
    type(0, 1, '我的')
    model.goToNewRow()
    type(100, 0, '新的')
    await vi.advanceTimersByTimeAsync(1)
    list.others.say({ kind: 'rows', rows: [list.rows.get(1) as Row], gone: [], moved: false, by: '我' })
    list.others.say({ kind: 'rows', rows: [list.rows.get(101) as Row], gone: [], moved: true, by: '我' })
    await settle()
    expect([model.live.tintOf('1'), list.knobs.reads]).toEqual([undefined, reads])
    expect([shown(100), model.rows.realCount()]).toEqual([expect.objectContaining({ a: '新的' }), 101])
  })

  test('do not touch a row whose cell is open; both values are shown once it is left', async () => {
    const list = sharedList(50)
    const { model, shown } = await open(list)
    model.select(selectCell({ row: 4, column: 1 }))
    model.beginEdit('type')
    model.setEditText('我写的')
    list.others.change(5, { b: '他写的', c: '也改了' })
    expect(shown(4)).toMatchObject({ b: 'b5', version: 1 })
    model.commitEdit()
    expect(model.rows.edits.get('5')?.cells.b).toMatchObject({ text: '我写的', theirs: { text: '他写的' } })
    expect(shown(4)).toMatchObject({ c: '也改了', version: 2 })
    await settle()
    expect(list.rows.get(5)?.b).toBe('他写的')
    model.resolve('5', 'b', 'mine')
    await settle()
    expect(list.rows.get(5)).toMatchObject({ b: '我写的', c: '也改了' })
  })

  test('to other cells of an unsaved row leave the unsaved cells as they are', async () => {
    const list = sharedList(50)
    const { model, type } = await open(list)
    type(4, 1, '坏')
    list.others.change(5, { c: '他的' })
    expect(model.rows.edits.get('5')?.cells.b).toMatchObject({ text: '坏', error: '这个值不行。' })
    type(4, 1, '好')
    await settle()
    expect(list.rows.get(5)).toMatchObject({ b: '好', c: '他的' })
  })

  test('that remove a row strike it out where it stands; it goes when nobody looks', async () => {
    const list = sharedList(1000)
    const { model, values, said, type } = await open(list)
    model.select(selectCell({ row: 10, column: 0 }))
    type(4, 1, '坏')
    list.others.remove(5)
    await settle()
    expect(values('id', 3, 6)).toEqual([4, 5, 6, 7])
    expect([...model.rows.gone]).toEqual([['5', '周砚']])
    expect(said.at(-1)?.text).toBe('这一行刚被周砚删去，您写的“坏”没有存上。')
    expect(model.hasUnsaved()).toBe(false)
    expect(model.rows.canWrite(columns[1] as Column, '5', {})).toBe(false)
    model.look(300, 320)
    await settle()
    expect([model.rows.gone.size, model.rows.realCount(), model.takeShift()]).toEqual([0, 999, 0])
    model.look(0, 20)
    await settle()
    expect(values('id', 3, 5)).toEqual([4, 6, 7])
  })

  test('that add rows above the view are taken in unseen; selection and view stay on their rows', async () => {
    const list = sharedList(1000)
    const { model, shown, values } = await open(list)
    model.look(500, 520)
    await settle()
    model.select(selectCell({ row: 510, column: 2 }))
    list.others.add(0.5, 3)
    await settle()
    expect([model.rows.realCount(), model.takeShift(), model.live.unseen()]).toEqual([1003, 3, 0])
    expect(model.selection()).toMatchObject({ active: { row: 513, column: 2 }, still: true })
    expect(shown(513)).toMatchObject({ id: 511 })
    expect(values('id', 503, 523)).toEqual(Array.from({ length: 21 }, (_, at) => 501 + at))
  })

  test('that add rows within the view wait until they are asked for, or the view is elsewhere', async () => {
    const list = sharedList(1000)
    const { model, shown } = await open(list)
    model.select(selectCell({ row: 8, column: 1 }))
    list.others.add(5.5, 2)
    await settle()
    expect([model.rows.realCount(), model.live.unseen(), shown(8)]).toEqual([
      1000,
      2,
      expect.objectContaining({ id: 9 }),
    ])
    await model.live.showUnseen()
    expect([model.rows.realCount(), model.live.unseen(), model.takeShift()]).toEqual([1002, 0, 2])
    expect([model.selection().active.row, shown(10)]).toEqual([10, expect.objectContaining({ id: 9 })])
    list.others.add(5.6)
    await settle()
    expect(model.live.unseen()).toBe(1)
    model.look(700, 720)
    await settle()
    expect([model.rows.realCount(), model.live.unseen()]).toEqual([1003, 0])
  })

  test('that add rows at the end stand there at once, but not under somebody who is about to write there', async () => {
    const list = sharedList(10)
    const { model, values } = await open(list)
    model.select(selectCell({ row: 2, column: 0 }))
    list.others.add(2e6)
    await settle()
    expect(values('a', 9, 11)).toEqual(['a10', '别人的', 'blank'])
    model.goToNewRow()
    list.others.add(2e6)
    await settle()
    expect([model.rows.realCount(), model.live.unseen(), model.selection().active.row]).toEqual([11, 1, 11])
    await model.live.showUnseen()
    expect([model.rows.realCount(), model.selection().active.row]).toEqual([12, 12])
  })

  test('let nobody who has scrolled away be taken back to the cell one was at', async () => {
    const list = sharedList(300)
    const { model, values } = await open(list)
    model.select(selectCell({ row: 2, column: 0 }))
    const before = model.selection()
    // The list is being read again while one scrolls on: what comes into view is read all the same.
    const answers = list.holdBack()
    list.others.add(2e6)
    await settle()
    model.look(200, 230)
    answers.release()
    await settle()
    expect([model.rows.realCount(), model.takeShift()]).toEqual([301, 0])
    expect(values('a', 200, 201)).toEqual(['a201', 'a202'])
    // The view goes after a selection that is a new object.
    expect(model.selection()).toBe(before)
  })

  test('cannot be shown while rows cannot be read: that is said until they can', async () => {
    const list = sharedList(300)
    const { model } = await open(list)
    list.knobs.broken = true
    model.look(200, 230)
    await vi.advanceTimersByTimeAsync(100)
    expect(model.status().offline).toBe('网络断了。')
    list.knobs.broken = false
    await settle()
    expect([model.status().offline, model.rows.placeAt(210).kind]).toEqual([null, 'stored'])
  })

  test('that were missed leave no gap where rows read before and after them meet', async () => {
    const list = sharedList(1000)
    const { model, values, shown } = await open(list)
    model.select(selectCell({ row: 10, column: 1 }))
    list.rows.delete(5)
    model.look(190, 214)
    await settle()
    const ids = values('id', 185, 220).map(Number)
    expect(ids).toEqual(ids.map((_, at) => (ids[0] ?? 0) + at))
    expect(model.rows.realCount()).toBe(999)
    // The cursor is still on its row, far from the view.
    expect([model.selection().active, shown(9)]).toEqual([{ row: 9, column: 1 }, expect.objectContaining({ id: 11 })])
  })

  test('do not move rows that are being made here', async () => {
    const list = sharedList(10)
    const { model, type, values } = await open(list)
    type(10, 1, '还缺 a')
    list.others.add(2e6)
    await settle()
    expect([values('id', 9, 10), model.live.unseen()]).toEqual([[10, undefined], 1])
    expect(model.rows.edits.get('new:1')?.cells.b?.text).toBe('还缺 a')
    type(10, 0, '齐了')
    await settle()
    await model.live.showUnseen()
    await settle()
    expect(values('a', 10, 12)).toEqual(['齐了', '别人的', 'blank'])
  })

  test('that are too many to be told are read again, with one request for what is in view', async () => {
    const list = sharedList(5000)
    const { model, shown } = await open(list)
    for (const row of list.rows.values()) list.rows.set(Number(row.id), { ...row, b: '全改了', version: 2 })
    const reads = list.knobs.reads
    list.others.say({ kind: 'many' })
    list.others.say({ kind: 'many' })
    await settle()
    expect([shown(3), list.knobs.reads - reads]).toEqual([expect.objectContaining({ b: '全改了' }), 1])
    expect([...(model.live.tintOf('4') ?? [])]).toEqual(['b'])
  })

  test('are heard while the list is open, and told where one is', async () => {
    const list = sharedList(50)
    const { model } = await open(list)
    await settle()
    model.select(selectCell({ row: 3, column: 0 }))
    model.select(selectCell({ row: 4, column: 0 }))
    await settle()
    model.goToNewRow()
    await settle()
    expect(list.told).toEqual([1, 5, null])
    list.others.say({
      kind: 'people',
      people: [
        { id: 5, name: '周砚' },
        { id: 5, name: '沈静文' },
      ],
    })
    expect(model.live.peopleOn(5)).toEqual(['周砚', '沈静文'])
    model.leave()
    await settle()
    expect(list.isHeard()).toBe(false)
  })
})

describe('a keep', () => {
  test('holds what is not stored until it is, over the end of the page', async () => {
    const list = sharedList(50)
    const box = { kept: null as unknown }
    const first = await open(list, keepIn(box))
    first.type(0, 1, '存得上')
    await settle()
    expect(box.kept).toBeNull()
    list.knobs.broken = true
    first.type(1, 1, '断网时写的')
    first.type(2, 1, '坏')
    first.model.goToNewRow()
    first.type(50, 0, '新的一行')
    await vi.advanceTimersByTimeAsync(300)
    expect(first.model.status()).toMatchObject({ kept: true, unsaved: 3 })
    expect(first.model.stuck()).toBe(3)
    // The page is gone without a word; another one begins while nobody answers yet.
    const second = await open(list, keepIn(box))
    expect(second.said[0]?.text).toBe('上次没有存上的 3 格还在，现在接着保存。')
    expect(second.model.status()).toMatchObject({ unsaved: 3, faulty: 1 })
    await settle()
    // In plain sight although the list itself was not read.
    expect(second.values('a', 0, 2).sort()).toEqual(['a2', 'a3', undefined].sort())
    expect(second.model.nextProblem(1)).toBe(true)
    list.knobs.broken = false
    await vi.advanceTimersByTimeAsync(60_000)
    expect(list.rows.get(2)?.b).toBe('断网时写的')
    expect([...list.rows.values()].at(-1)?.a).toBe('新的一行')
    expect(second.model.status()).toMatchObject({ unsaved: 1, faulty: 1, kept: true })
    second.model.goTo('3', 'b')
    second.model.revertActive()
    await settle()
    expect(box.kept).toBeNull()
  })

  test('that was overtaken becomes a conflict cell by cell; what was removed is said with what was typed', async () => {
    const list = sharedList(50)
    const box = { kept: null as unknown }
    list.knobs.broken = false
    const first = await open(list, keepIn(box))
    list.knobs.broken = true
    first.type(1, 1, '我的 b')
    first.type(1, 2, '我的 c')
    first.type(3, 1, '没了的')
    await vi.advanceTimersByTimeAsync(300)
    list.rows.set(2, { ...list.rows.get(2), b: '他的 b', version: 2 })
    list.rows.delete(4)
    list.knobs.broken = false
    const { model, said } = await open(list, keepIn(box))
    await settle()
    expect(list.rows.get(2)).toMatchObject({ b: '他的 b', c: '我的 c' })
    expect(model.rows.edits.get('2')?.cells).toEqual({
      b: expect.objectContaining({ text: '我的 b', theirs: { value: '他的 b', text: '他的 b', input: '他的 b' } }),
    })
    expect(said.map((message) => message.text)).toContain('这一行已经不在了。您写的“没了的”没有存上。')
    expect(model.status()).toMatchObject({ conflicts: 1, unsaved: 1, kept: true })
  })

  test('holds a conflict as a conflict: it is never settled by a reload, or by what others do to other cells', async () => {
    const list = sharedList(50)
    const box = { kept: null as unknown }
    const first = await open(list, keepIn(box))
    first.type(1, 1, '坏')
    list.others.change(2, { b: '他的 b' })
    list.others.change(2, { c: '他的 c' })
    const clash = expect.objectContaining({ text: '坏', theirs: expect.objectContaining({ text: '他的 b' }) })
    expect(first.model.rows.edits.get('2')?.cells.b).toEqual(clash)
    first.model.resolve('2', 'b', 'mine')
    first.type(1, 1, '我的 b')
    list.others.change(2, { b: '他又改 b' })
    await settle()
    const second = await open(list, keepIn(box))
    await settle()
    expect(second.model.rows.edits.get('2')?.cells.b).toMatchObject({ text: '我的 b', theirs: { text: '他又改 b' } })
    expect(list.rows.get(2)).toMatchObject({ b: '他又改 b', c: '他的 c' })
    second.model.resolve('2', 'b', 'mine')
    await settle()
    expect(list.rows.get(2)).toMatchObject({ b: '我的 b', c: '他的 c' })
    expect([second.model.hasUnsaved(), box.kept]).toEqual([false, null])
  })

  test('that fails is said once and stops nobody', async () => {
    const list = sharedList(50)
    const keep = keepIn({ kept: null })
    keep.fails = true
    const { model, said, type } = await open(list, keep)
    expect(said.map((message) => message.text)).toEqual(['浏览器不让这一页存东西：没有保存的内容关掉页面就没有了。'])
    type(1, 1, '坏')
    await settle()
    type(2, 1, '坏')
    await settle()
    expect(said.length).toBe(1)
    expect(model.status().kept).toBe(false)
    type(3, 1, '好')
    await settle()
    expect(list.rows.get(4)?.b).toBe('好')
  })

  test('is let go when the list is left: what is kept is sent by nobody else', async () => {
    const list = sharedList(50)
    const box = { kept: null as unknown }
    let done = 0
    const keep = {
      ...keepIn(box),
      done: () => {
        done += 1
      },
    }
    const { model, type } = await open(list, keep)
    list.knobs.broken = true
    type(1, 1, '断网时写的')
    model.leave()
    await settle()
    expect([done, (box.kept as { rows: unknown[] }).rows.length]).toEqual([1, 1])
    list.knobs.broken = false
    await vi.advanceTimersByTimeAsync(60_000)
    expect(list.knobs.saves).toBe(0)
  })

  test('with nonsense in it is no harm', async () => {
    for (const kept of [7, 'x', { rows: [null, 3, { base: {}, cells: { a: 5 } }, { id: 1 }] }]) {
      const { model } = await open(sharedList(10), keepIn({ kept }))
      expect(model.hasUnsaved()).toBe(false)
    }
  })
})

test('of many rows sent at once, one that is gone takes none of the others with it', async () => {
  let asked = 0
  const source = dataProviderSource(
    {
      getList: async () => ({ data: [], total: 0 }),
      async bulk(_, { create, update }) {
        asked += 1
        if (update.some(({ id }) => id === 77)) throw { status: 404, body: { message: '没有这一行。' } }
        return { create: create.map((row, at) => ({ ...row, id: 1000 + at })), update, remove: [] }
      },
    },
    'things',
  )
  const update = Array.from({ length: 120 }, (_, at) => ({ id: at + 1, version: 1, values: { a: `x${at}` } }))
  const answer = await source.save({ create: [{ a: '新' }], update, remove: [] })
  expect(answer.update.flatMap((one, at) => ('gone' in one ? [at + 1] : []))).toEqual([77])
  expect(answer.update.filter((one) => 'row' in one).length).toBe(119)
  expect(answer.create).toEqual([{ row: { a: '新', id: 1000 } }])
  expect(asked).toBeLessThan(20)
})

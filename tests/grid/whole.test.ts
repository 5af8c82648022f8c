/** Gestures over more rows than a grid holds, without a screen: what the source is asked for, one step of the history, ticks. */
import { describe, expect, test } from 'vitest'
import { createModel } from '../../admin/grid/model/model.ts'
import { selectAll, selectCell } from '../../admin/grid/model/selection.ts'
import { createTicks } from '../../admin/grid/model/ticks.ts'
import type { Column, GridMessage, Row, Source, Whole, WholeRequest } from '../../admin/grid/types.ts'

const column = (name: string, options: Partial<Column> = {}): Column => ({
  name,
  label: name.toUpperCase(),
  type: 'text',
  read: (input) => (input === '错' ? { error: '不认识' } : { value: input || null }),
  print: (value) => String(value ?? ''),
  editable: (row) => row.state !== 'locked',
  ...options,
})
const columns = [
  column('name', { required: true }),
  column('job'),
  column('note'),
  column('state', { editable: () => false }),
]

const total = 30_000
const rowAt = (at: number): Row => ({
  id: at + 1,
  version: 1,
  name: `n${at}`,
  job: `j${at}`,
  note: null,
  state: 'open',
})

async function grid() {
  const asked: WholeRequest[] = []
  const turns: string[] = []
  const saved: unknown[] = []
  const said: GridMessage[] = []
  let fail = ''
  let held = Promise.resolve()
  const whole = (words: string): Whole => ({
    finished: fail ? Promise.reject(new Error(fail)) : Promise.resolve({ changed: total, words }),
    watch: (listener) => listener({ done: 1, total, rate: 2 }),
    cancel: () => turns.push('cancel'),
    undo: async () => {
      turns.push('undo')
      return whole('已撤销。')
    },
    redo: async () => {
      turns.push('redo')
      return whole('又改了。')
    },
  })
  const source: Source = {
    async getWindow({ start, end }) {
      await held
      const rows = Array.from({ length: Math.max(0, Math.min(end, total) - start) }, (_, at) => rowAt(start + at))
      return { rows, total }
    },
    async save({ update }) {
      saved.push(...update.map(({ id }) => id))
      const stored = update.map(({ id, values }) => ({ row: { ...rowAt(Number(id) - 1), ...values, version: 2 } }))
      return { create: [], update: stored, remove: [] }
    },
    async operate(request) {
      asked.push(request)
      return whole('已改。')
    },
  }
  // It is loaded when it is first asked for, which may take longer than the tests wait.
  await import('../../admin/grid/model/whole.ts')
  const model = createModel({ source, say: (message) => said.push(message) })
  model.configure({ columns })
  model.start()
  await model.rows.windows.ensure(0, 0)
  const settled = async () => {
    for (let still = 0; still < 20; still += 1) await new Promise((done) => setTimeout(done, 0))
  }
  return {
    model,
    asked,
    saved,
    turns,
    said,
    settled,
    failing: (words: string) => (fail = words),
    /** Lists are not answered until the function it gives is called. */
    hold() {
      let release = () => {}
      held = new Promise((done) => (release = done))
      return release
    },
  }
}

const overAll = (model: Awaited<ReturnType<typeof grid>>['model']) =>
  model.select(selectAll(selectCell({ row: 0, column: 0 }), model.bounds()))

describe('a gesture over all rows', () => {
  test('clears what may be blank, in one request that names the list, and says what stays', async () => {
    const { model, asked, said, settled } = await grid()
    overAll(model)
    model.gestures.clear()
    await settled()
    expect(asked).toEqual([
      { kind: 'set', sort: [], filter: [], range: null, ends: null, total, values: { job: null, note: null } },
    ])
    expect(said.at(-1)).toMatchObject({ kind: 'done', text: '已改。必填的栏目不能清空：NAME。' })
    expect(model.rows.edits.size).toBe(0)
  })

  test('is one step: undone, redone, undone by the message that told of it', async () => {
    const { model, turns, said, settled } = await grid()
    overAll(model)
    model.gestures.clear()
    await settled()
    const { undo } = said.at(-1) as GridMessage
    model.gestures.undo()
    await settled()
    model.gestures.redo()
    await settled()
    expect(turns).toEqual(['undo', 'redo'])
    undo?.()
    await settled()
    expect(turns).toEqual(['undo', 'redo', 'undo'])
    expect(model.status().canUndo).toBe(false)
  })

  test('of which something later was done is not undone out of order', async () => {
    const { model, turns, said, settled } = await grid()
    overAll(model)
    model.gestures.clear()
    await settled()
    const { undo } = said.at(-1) as GridMessage
    model.gestures.clear()
    await settled()
    undo?.()
    await settled()
    expect([turns, said.at(-1)?.kind]).toEqual([[], 'note'])
  })

  test('is over when its rows can be seen: what is typed until then is not sent upon rows of before', async () => {
    const { model, saved, said, settled, hold } = await grid()
    overAll(model)
    const release = hold()
    model.gestures.clear()
    await settled()
    model.select(selectCell({ row: 0, column: 1 }))
    model.gestures.paste([['新']])
    await settled()
    expect([said, saved, model.wholes.now()?.label]).toEqual([[], [], '清空 30,000 行'])
    release()
    await settled()
    expect([said.at(-1)?.kind, saved, model.wholes.now()]).toEqual(['done', [1], null])
  })

  test('is refused here when the value is none, and leaves no step when the source refuses', async () => {
    const { model, asked, said, settled, failing } = await grid()
    model.select({ ...selectCell({ row: 0, column: 1 }), focus: { row: total - 1, column: 1 } })
    model.gestures.paste([['错']])
    await settled()
    expect([asked, said.at(-1)]).toEqual([[], { kind: 'fault', text: 'JOB：不认识' }])
    failing('有 3 行不能改。')
    model.gestures.paste([['行']])
    await settled()
    expect(asked).toHaveLength(1)
    expect(said.at(-1)).toEqual({ kind: 'fault', text: '有 3 行不能改。' })
    expect(model.status().canUndo).toBe(false)
    expect(model.wholes.now()).toBeNull()
  })
})

test('a part of the list is named by its places and the rows at its ends; removing asks the same way', async () => {
  const { model, asked, settled } = await grid()
  model.select({ ...selectCell({ row: 5, column: 1 }), focus: { row: 20_004, column: 1 } })
  model.gestures.fill('down')
  await settled()
  model.gestures.removeSelected(model.selectedPlaces())
  await settled()
  expect(asked).toMatchObject([
    { kind: 'set', range: [5, 20_004], ends: [6, 20_005], total, values: { job: 'j5' } },
    { kind: 'remove', range: [5, 20_004], ends: [6, 20_005], total, values: {} },
  ])
})

test('a handle pulled over more rows than are here copies in one piece; what counts on is refused', async () => {
  const { model, asked, said, settled } = await grid()
  model.select(selectCell({ row: 2, column: 1 }))
  model.gestures.paste([['职工']])
  await model.flush()
  model.gestures.extend({ row: 20_002 }, false)
  await model.gestures.settled()
  await settled()
  expect(asked).toMatchObject([{ kind: 'set', range: [3, 20_002], values: { job: '职工' } }])
  model.gestures.paste([['第1期']])
  await model.flush()
  model.gestures.extend({ row: 20_002 }, false)
  await model.gestures.settled()
  await settled()
  expect([asked.length, said.at(-1)?.kind]).toEqual([1, 'note'])
})

test('few rows stay a gesture of the grid itself', async () => {
  const { model, asked, saved, settled } = await grid()
  model.select({ ...selectCell({ row: 0, column: 1 }), focus: { row: 9, column: 1 } })
  model.gestures.clear()
  await settled()
  expect([asked, saved]).toEqual([[], [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]])
})

test('ticks are some rows, or all but some', () => {
  const ticks = createTicks(() => {})
  ticks.set(['1', '2'])
  expect([ticks.has('1'), ticks.has('3'), ticks.count(9), ticks.leftOut()]).toEqual([true, false, 2, null])
  ticks.toggle(['1'])
  expect([...ticks.keys()]).toEqual(['2'])
  ticks.toggle(['2', '3'])
  expect([...ticks.keys()]).toEqual(['2', '3'])
  ticks.setAll()
  ticks.toggle(['7'])
  expect([ticks.has('7'), ticks.has('8'), ticks.count(9), [...ticks.keys()]]).toEqual([false, true, 8, []])
  expect([...(ticks.leftOut() ?? [])]).toEqual(['7'])
  ticks.toggle(['7', '8'])
  expect(ticks.count(9)).toBe(9)
  ticks.set([])
  expect([ticks.count(9), ticks.leftOut()]).toEqual([0, null])
})

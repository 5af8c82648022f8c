/**
 * Nothing the grid does changes a row it is not on: random gestures on the model, against a plain list that is written to
 * by hand. Undoing everything gives the start, the selection stays within the list. The same gestures every run.
 */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createModel, type Model } from '../../admin/grid/model/model.ts'
import { rectOf, selectCell } from '../../admin/grid/model/selection.ts'
import type { Column } from '../../admin/grid/types.ts'
import { memoryList } from '../support/grid_memory.ts'

const RUNS = { numRuns: 150, seed: 20_190_618, interruptAfterTimeLimit: 5_000 }
const names = ['a', 'b', 'c'] as const
const words = ['甲', '乙', '第1期', '7', '2019-08-31', '坏', '拒', '']

const columns: Column[] = names.map((name) => ({
  name,
  label: name,
  type: 'text',
  sortable: true,
  read: (input) => (input === '坏' ? { error: '这个值不行。' } : { value: input || null }),
  print: String,
  editable: (row) => !(name === 'c' && row.b === '锁'),
}))

type Cells = Readonly<Record<(typeof names)[number], unknown>>

async function start(count: number) {
  const store = memoryList(count, (id) => ({ a: `a${id}`, b: id % 5 === 0 ? '锁' : `b${id}`, c: null }))
  const model = createModel({ source: store.source, say() {} })
  model.configure({
    columns,
    rowState: (row) => ({ locked: row.b === '锁' }),
    blankRow: () => ({ a: null, b: null, c: null }),
  })
  model.start()
  await settled(model)
  return { store, model }
}

/** Everything that is on its way has arrived, and the whole list is loaded. */
async function settled(model: Model) {
  await model.flush()
  for (let turn = 0; turn < 20; turn += 1) {
    await model.rows.windows.ensure(0, 200)
    await new Promise((resolve) => setImmediate(resolve))
    if (!model.rows.windows.isLoading()) break
  }
}

/** The rows in the order of the list, as they are shown: key and cells. */
function shown(model: Model): { key: string; cells: Cells }[] {
  return Array.from({ length: model.rows.realCount() }, (_, at) => {
    const place = model.rows.placeAt(at)
    if (!('key' in place)) throw new Error(`row ${at} is not loaded`)
    const edit = model.rows.edits.get(place.key)
    const value = (name: string) => (edit?.cells[name] ? edit.cells[name].value : place.base[name]) ?? null
    return { key: place.key, cells: { a: value('a'), b: value('b'), c: value('c') } }
  })
}

const cellIn = { row: fc.nat(9), column: fc.nat(2) }
const word = fc.constantFrom(...words)
const block = fc.array(fc.array(word, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 })
const gesture = fc.oneof(
  fc.record({ kind: fc.constant('type' as const), ...cellIn, text: word }),
  fc.record({ kind: fc.constant('paste' as const), ...cellIn, down: fc.nat(2), right: fc.nat(2), block }),
  fc.record({ kind: fc.constant('clear' as const), ...cellIn, down: fc.nat(3), right: fc.nat(2) }),
  fc.record({ kind: fc.constant('fill' as const), ...cellIn, down: fc.nat(3), right: fc.nat(2), across: fc.boolean() }),
  fc.record({
    kind: fc.constant('pull' as const),
    ...cellIn,
    down: fc.nat(2),
    by: fc.integer({ min: -4, max: 4 }),
    ctrl: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('remove' as const), row: fc.nat(9), down: fc.nat(2) }),
  fc.record({ kind: fc.constant('append' as const), text: word }),
  fc.record({ kind: fc.constant('undo' as const) }),
  fc.record({ kind: fc.constant('redo' as const) }),
  fc.record({
    kind: fc.constant('sort' as const),
    column: fc.nat(2),
    order: fc.constantFrom('ASC' as const, 'DESC' as const),
  }),
  fc.record({ kind: fc.constant('settle' as const) }),
)
type Gesture = typeof gesture extends fc.Arbitrary<infer T> ? T : never

const range = (row: number, column: number, down: number, right: number) => ({
  ...selectCell({ row, column }),
  focus: { row: row + down, column: column + right },
})

/** Does a gesture and gives the cells it may have touched, as `key column`; null when any may have been. */
function perform(model: Model, one: Gesture): Set<string> | null {
  // A row made and emptied again goes when one leaves it: that is no part of the gesture.
  if ('row' in one) model.select(selectCell({ row: one.row, column: 0 }))
  const before = shown(model)
  const touched = new Set<string>()
  const touch = (top: number, left: number, bottom: number, right: number) => {
    for (let row = top; row <= bottom; row += 1) {
      for (let at = left; at <= Math.min(right, 2); at += 1) touched.add(`${before[row]?.key} ${names[at]}`)
    }
  }
  if (one.kind === 'type') {
    model.select(selectCell(one))
    const { row, column } = model.selection().active
    touch(row, column, row, column)
    if (!model.beginEdit('type')) return touched
    model.setEditText(one.text)
    model.commitEdit()
  } else if (one.kind === 'paste') {
    model.select(range(one.row, one.column, one.down, one.right))
    const { top, left } = rectOf(model.selection())
    const width = Math.max(...one.block.map((row) => row.length))
    touch(top, left, top + Math.max(one.block.length, one.down + 1) - 1, left + Math.max(width, one.right + 1) - 1)
    model.gestures.paste(one.block)
  } else if (one.kind === 'clear' || one.kind === 'fill') {
    model.select(range(one.row, one.column, one.down, one.right))
    const { top, left, bottom, right } = rectOf(model.selection())
    touch(top, left, bottom, right)
    if (one.kind === 'clear') model.gestures.clear()
    else model.gestures.fill(one.across ? 'right' : 'down')
  } else if (one.kind === 'pull') {
    model.select(range(one.row, one.column, one.down, 0))
    const { top, left, bottom, right } = rectOf(model.selection())
    const to = one.by < 0 ? Math.max(0, top + one.by) : bottom + one.by
    touch(Math.min(to, top), left, Math.max(to, bottom), right)
    model.gestures.extend({ row: to }, one.ctrl)
  } else if (one.kind === 'remove') {
    model.select(range(one.row, 0, one.down, 2))
    const { top, bottom } = rectOf(model.selection())
    touch(top, 0, bottom, 2)
    model.gestures.remove(model.selectedPlaces())
  } else if (one.kind === 'append') {
    model.goToNewRow()
    if (!model.beginEdit('type')) return touched
    model.setEditText(one.text)
    model.commitEdit()
  } else if (one.kind === 'sort') {
    model.setView({ sort: [{ column: names[one.column] ?? 'a', order: one.order }], filter: {} })
    return null
  } else if (one.kind === 'undo') {
    model.gestures.undo()
    return null
  } else if (one.kind === 'redo') {
    model.gestures.redo()
    return null
  }
  return touched
}

function expectUntouched(
  before: ReturnType<typeof shown>,
  after: ReturnType<typeof shown>,
  touched: Set<string>,
  going: Set<string>,
) {
  const now = new Map(after.map(({ key, cells }) => [key, cells]))
  for (const { key, cells } of before) {
    for (const name of names) {
      if (touched.has(`${key} ${name}`)) continue
      const row = now.get(key)
      // A row may be gone only by its own removal, also one that was on its way, or because it was made here and emptied again.
      if (key.startsWith('new:') && !row && cells[name] === null) continue
      if (row) expect([key, name, row[name]]).toEqual([key, name, cells[name]])
      else if (!going.has(key)) expect(touched).toContain(`${key} ${name}`)
    }
  }
}

/** What is shown by row, in no order; rows made and emptied again do not count. */
const held = (model: Model) =>
  Object.fromEntries(
    shown(model)
      .filter(({ cells }) => !isBlank(cells))
      .map(({ key, cells }) => [key, cells]),
  )
const isBlank = (cells: Cells) => names.every((name) => cells[name] === null || cells[name] === undefined)

function expectInBounds(model: Model) {
  const { rows, columns } = model.bounds()
  const selection = model.selection()
  for (const { row, column } of [selection.active, selection.anchor, selection.focus]) {
    expect(row >= 0 && row < rows && column >= 0 && column < columns).toBe(true)
  }
}

test('a gesture changes no cell outside its own, whatever was done before', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(gesture, { minLength: 1, maxLength: 14 }), async (gestures) => {
      const { model } = await start(8)
      const going = new Set<string>()
      for (const one of gestures) {
        const before = shown(model)
        const touched = perform(model, one)
        // Whatever was removed, or undone, may go as late as its answer comes.
        for (const { key } of before) if (!touched || (one.kind === 'remove' && touched.has(`${key} a`))) going.add(key)
        if (one.kind === 'sort') await settled(model)
        await model.gestures.settled()
        // How long the list is may be known only when it has been read again.
        if (model.rows.windows.isLoading()) await settled(model)
        if (touched) expectUntouched(before, shown(model), touched, going)
        expectInBounds(model)
        if (one.kind === 'settle') await settled(model)
      }
      // What is stored in the end is what is shown, except where something waits to be put right.
      await settled(model)
      model.rows.prune(null)
      const final = shown(model)
      expect(final.length).toBe(model.rows.realCount())
    }),
    RUNS,
  )
})

test('undoing everything gives the start on the source too, redoing gives the end, sorted or not', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        gesture.filter(({ kind }) => kind !== 'undo' && kind !== 'redo'),
        { minLength: 1, maxLength: 12 },
      ),
      fc.boolean(),
      fc.boolean(),
      fc.boolean(),
      async (gestures, sorted, offline, patient) => {
        const { store, model } = await start(8)
        const first = store.values()
        store.knobs.broken = offline
        for (const one of gestures) {
          perform(model, one)
          await model.gestures.settled()
          if (one.kind === 'sort') await model.rows.windows.ensure(0, 200)
          if (one.kind === 'settle' && !offline) await settled(model)
        }
        store.knobs.broken = false
        await model.saver.retryNow()
        await settled(model)
        const last = held(model)
        if (sorted) model.setView({ sort: [{ column: 'a', order: 'DESC' }], filter: {} })
        await settled(model)
        while (model.gestures.undo()) if (patient) await settled(model)
        await settled(model)
        expect(store.values()).toEqual(first)
        expect([...model.rows.edits.keys()]).toEqual([])
        while (model.gestures.redo()) if (patient) await settled(model)
        await settled(model)
        expect(held(model)).toEqual(last)
      },
    ),
    RUNS,
  )
})

test('what others change meanwhile is kept: a clash shows both values, undo of the clash keeps theirs', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(7), fc.nat(2), fc.constantFrom('mine', 'theirs'), async (row, column, choice) => {
      const { store, model } = await start(8)
      const name = names[column] ?? 'a'
      const id = row + 1
      const old = store.rows.get(id) ?? {}
      store.rows.set(id, { ...old, version: 9, [name]: '别人的' })
      const others = store.values().filter((_, at) => at !== row)
      perform(model, { kind: 'type', row, column, text: '我的' })
      await settled(model)
      const editable = old.b !== '锁'
      const clash = model.rows.edits.get(String(id))?.cells[name]
      if (editable) {
        expect([clash?.text, clash?.theirs?.text]).toEqual(['我的', '别人的'])
        model.resolve(String(id), name, choice as 'mine' | 'theirs')
      }
      await settled(model)
      expect(store.rows.get(id)?.[name]).toBe(editable && choice === 'mine' ? '我的' : '别人的')
      expect(store.values().filter((_, at) => at !== row)).toEqual(others)
    }),
    { ...RUNS, numRuns: 30 },
  )
})

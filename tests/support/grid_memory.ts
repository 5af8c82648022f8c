/** What tests of the grid without a browser share: columns, and a list in memory that others may write to as well. */
import type { Column, News, Row, RowAnswer, SaveAnswer, SaveRequest, Source } from '../../admin/grid/types.ts'

/** The same numbers every run, so that a failure can be looked at again. */
export function random(seed: number) {
  let state = seed
  return (below: number) => {
    state = (state * 1664525 + 1013904223) % 4294967296
    return Math.floor((state / 4294967296) * below)
  }
}

/** A column of text that does not understand '坏'. */
export const textColumn = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  label: name,
  type: 'text',
  read: (input) => (input === '坏' ? { error: '这个值不行。' } : { value: input || null }),
  print: String,
  editable: () => true,
  ...more,
})

const OFFLINE = '网络断了。'
const placeOf = (row: Row) => Number(row.place ?? row.id)
const refused = (values: Row) =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => (value === '拒' ? [[name, '不收这个值。']] : [])),
  )
const answer = (values: Row, store: () => Row): RowAnswer => {
  const errors = refused(values)
  return Object.keys(errors).length > 0 ? { errors } : { row: store() }
}

/**
 * A list of rows with the cells a, b and c, in the order of `place` or else their ids. It keeps versions, refuses '拒' in
 * any cell, makes no row twice for one client_key, and answers after a moment.
 */
export function memoryList(count: number, first = (id: number): Row => ({ a: `a${id}`, b: `b${id}`, c: null })) {
  const rows = new Map<number, Row>()
  const bin = new Map<number, Row>()
  for (let id = 1; id <= count; id += 1) rows.set(id, { id, version: 1, ...first(id) })
  let next = count + 1
  let gate: Promise<void> = Promise.resolve()
  /** Nobody takes what is sent; or it is done, and nobody hears of it. */
  const knobs = { broken: false, losing: false, reads: 0, saves: 0 }
  /** The first row of each window that was asked for. */
  const asked: number[] = []
  /** New rows by the key they came under, with what they were sent as. */
  const made = new Map<unknown, { id: number; body: string }>()

  function put(row: Row): Row {
    rows.set(Number(row.id), row)
    return row
  }
  const add = (values: Row) => put({ ...values, id: next++, version: 1 })
  function change(old: Row, values: Row) {
    return put({ ...old, ...values, version: Number(old.version) + 1 })
  }

  function create({ client_key, ...values }: Row): RowAnswer {
    const body = JSON.stringify(values)
    const known = made.get(client_key)
    const there = known && rows.get(known.id)
    if (known && there) return known.body === body ? { row: there } : { conflict: there }
    return answer(values, () => {
      const row = add(values)
      if (client_key !== undefined) made.set(client_key, { id: Number(row.id), body })
      return row
    })
  }
  function update({ id, version, values }: SaveRequest['update'][number]): RowAnswer {
    const old = rows.get(Number(id))
    if (!old) return { gone: '这一行已经不在了。' }
    return old.version === version ? answer(values, () => change(old, values)) : { conflict: old }
  }
  function remove({ id, version }: SaveRequest['remove'][number]): RowAnswer {
    const old = rows.get(Number(id))
    if (!old) return { gone: '这一行已经不在了。' }
    if (old.version !== version) return { conflict: old }
    bin.set(Number(id), old)
    rows.delete(Number(id))
    return { row: old }
  }

  const source: Source = {
    async getWindow({ start, end, sort }) {
      asked.push(start)
      knobs.reads += 1
      await gate
      const [by] = sort
      const sign = by?.order === 'DESC' ? -1 : 1
      const cell = (row: Row) => (by ? String(row[by.column] ?? '') : '')
      const list = [...rows.values()].sort(
        (x, y) =>
          sign * (cell(x) < cell(y) ? -1 : cell(x) > cell(y) ? 1 : 0) ||
          placeOf(x) - placeOf(y) ||
          Number(x.id) - Number(y.id),
      )
      return { rows: list.slice(start, end), total: list.length }
    },
    async save(request): Promise<SaveAnswer> {
      await Promise.resolve()
      if (knobs.broken) throw new Error(OFFLINE)
      knobs.saves += request.create.length + request.update.length + request.remove.length
      const answers = {
        create: request.create.map(create),
        update: request.update.map(update),
        remove: request.remove.map(remove),
      }
      if (knobs.losing) throw new Error(OFFLINE)
      return answers
    },
    async restore(ids) {
      if (knobs.broken) throw new Error(OFFLINE)
      for (const id of ids) {
        const row = bin.get(Number(id))
        if (row) change(row, {})
        bin.delete(Number(id))
      }
    },
  }

  return {
    source,
    rows,
    knobs,
    asked,
    add,
    change,
    /** Windows are answered once they are released. */
    holdBack() {
      let release = () => {}
      gate = new Promise((go) => {
        release = go
      })
      return { release: () => release() }
    },
    /** The cells of all rows, by id. */
    values: () =>
      [...rows.values()].sort((x, y) => Number(x.id) - Number(y.id)).map(({ a, b, c }) => [a, b, c ?? null]),
  }
}

/** The same list, with others at work on it who are heard; where it is broken it can't be read either. */
export function sharedList(count: number) {
  const list = memoryList(count)
  let listener: ((news: News) => void) | null = null
  /** Where one is, as the others were told. */
  const told: unknown[] = []
  const say = (news: News) => listener?.(news)
  const tell = (rows: Row[], gone: number[], moved: boolean) => say({ kind: 'rows', rows, gone, moved, by: '周砚' })
  const source: Source = {
    ...list.source,
    async getWindow(query) {
      const answer = await list.source.getWindow(query)
      if (list.knobs.broken) throw new Error(OFFLINE)
      return answer
    },
    watch(hear) {
      listener = hear
      return {
        at: (id) => told.push(id),
        stop: () => {
          listener = null
        },
      }
    },
  }
  const others = {
    change(id: number, values: Row) {
      tell([list.change(list.rows.get(id) ?? {}, values)], [], false)
    },
    add(place: number, how = 1) {
      const made = Array.from({ length: how }, () => list.add({ place, a: '别人的', b: 'b', c: null }))
      tell(made, [], true)
    },
    remove(id: number) {
      list.rows.delete(id)
      tell([], [id], true)
    },
    say,
  }
  return { ...list, source, told, others, isHeard: () => listener !== null }
}

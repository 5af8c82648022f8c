/** The grid's view without a screen: columns in the person's order, filters in words, lines of a grouped list, the address. */
import { describe, expect, test } from 'vitest'
import { arranged, frozenTo, inOrder, moved, nextSort, sorted } from '../../admin/grid/model/arrangement.ts'
import { periodOf, termsOf, wordsOf } from '../../admin/grid/model/filters.ts'
import { createGrouping } from '../../admin/grid/model/grouping.ts'
import { groupedLines, PLAIN } from '../../admin/grid/model/lines.ts'
import type { Column, Group, Row, Source, View } from '../../admin/grid/types.ts'
import { readAddress, writeAddress } from '../../admin/pages/register/address.ts'

const make = (name: string, more: Partial<Column> = {}): Column => ({
  name,
  label: name.toUpperCase(),
  type: 'text',
  read: (input) => ({ value: input }),
  print: String,
  editable: () => true,
  filterable: true,
  ...more,
})
const columns = [make('a'), make('b', { frozen: true }), make('c', { required: true }), make('d')]
const plain: View = { sort: [], filter: {} }
const drawn = (view: View, makesRows = true) =>
  arranged(columns, view, { makesRows, zoom: 100 }).map(({ name, frozen }) => (frozen ? `|${name}` : name))

describe('columns', () => {
  test('stand as the page has them, frozen ones first; the person’s order and freezing come before that', () => {
    expect(drawn(plain)).toEqual(['|b', 'a', 'c', 'd'])
    expect(drawn({ ...plain, order: ['d', 'c', 'b', 'a'], frozen: 'c' })).toEqual(['|d', '|c', 'b', 'a'])
    expect(drawn({ ...plain, frozen: null })).toEqual(['b', 'a', 'c', 'd'])
    expect(drawn(frozenTo(columns, plain, 'a'))).toEqual(['|b', '|a', 'c', 'd'])
  })

  test('that the view has never heard of stand beside their neighbours; names that are gone are passed over', () => {
    expect(drawn({ ...plain, order: ['gone', 'd', 'a'], frozen: null })).toEqual(['b', 'd', 'a', 'c'])
    expect(inOrder(columns, { ...plain, order: ['a', 'a', 'b'] }).map(({ name }) => name)).toEqual(['a', 'c', 'd', 'b'])
  })

  test('are hidden, but for those a new row needs', () => {
    expect(drawn({ ...plain, hidden: ['c', 'd', 'gone'] })).toEqual(['|b', 'a', 'c'])
    expect(drawn({ ...plain, hidden: ['c', 'd'] }, false)).toEqual(['|b', 'a'])
  })

  test('are moved, also over the frozen edge, where they change sides', () => {
    expect(drawn(moved(columns, plain, 'd', 'a'))).toEqual(['|b', 'd', 'a', 'c'])
    expect(drawn(moved(columns, plain, 'd', 'b'))).toEqual(['|d', '|b', 'a', 'c'])
    expect(drawn(moved(columns, plain, 'b', null))).toEqual(['a', 'c', 'd', 'b'])
    expect(drawn(moved(columns, plain, 'a', null))).toEqual(['|b', 'c', 'd', 'a'])
  })

  test('sort alone, or after others', () => {
    const one = sorted([], 'a', 'DESC', false)
    const two = sorted(one, 'b', 'ASC', true)
    expect(two).toEqual([
      { column: 'a', order: 'DESC' },
      { column: 'b', order: 'ASC' },
    ])
    expect(sorted(two, 'a', 'ASC', true)[0]).toEqual({ column: 'a', order: 'ASC' })
    expect(sorted(two, 'a', null, true)).toEqual([{ column: 'b', order: 'ASC' }])
    expect([nextSort(two, 'c', false).length, nextSort(two, 'b', true).at(-1)?.order]).toEqual([1, 'DESC'])
    expect(nextSort([{ column: 'c', order: 'DESC' }], 'c', false)).toEqual([])
  })
})

describe('filters', () => {
  const day = make('on', { type: 'date' })
  const month = make('in', { type: 'date', read: (input) => ({ value: input.slice(0, 7) }) })
  const number = make('n', { type: 'number', read: (input) => ({ value: Number(input.replace('万', 'e4')) }) })
  const choice = make('g', {
    type: 'choice',
    choices: [
      { value: 'm', label: '男' },
      { value: 'f', label: '女' },
    ],
  })
  const reference = make('r', { type: 'reference' })
  const all = [day, month, number, choice, reference, make('t')]
  const terms = (filter: View['filter']) =>
    termsOf(all, filter, '2019-08-19').map(({ column, test, value }) => [column, test, value])

  test('understand what is typed', () => {
    expect(terms({ t: '王' })).toEqual([['t', 'contains', '王']])
    expect(terms({ t: '！王' })).toEqual([['t', 'lacks', '王']])
    expect(terms({ t: '=王' })).toEqual([['t', 'equals', '王']])
    expect(terms({ t: '非空' })).toEqual([['t', 'filled', null]])
    expect(terms({ t: '"空"' })).toEqual([['t', 'contains', '空']])
    expect(terms({ r: '=一建' })).toEqual([['r', 'contains', '一建']])
    expect(terms({ n: '1万~2万' })).toEqual([
      ['n', 'from', 10000],
      ['n', 'to', 20000],
    ])
    expect(terms({ n: '!5' })).toEqual([['n', 'differs', 5]])
    expect(terms({ g: '!男' })).toEqual([['g', 'out', ['m']]])
    expect(terms({ g: { values: ['m'], not: true } })).toEqual([['g', 'out', ['m']]])
  })

  test('mean days from today on', () => {
    expect(periodOf('今天', '2019-08-19')).toEqual(['2019-08-19', '2019-08-19'])
    expect(periodOf('本周', '2019-08-19')).toEqual(['2019-08-19', '2019-08-25'])
    expect(periodOf('上周', '2019-08-18')).toEqual(['2019-08-05', '2019-08-11'])
    expect(periodOf('上月', '2019-03-31')).toEqual(['2019-02-01', '2019-02-28'])
    expect(periodOf('上年度', '2019-08-19')).toEqual(['2018-01-01', '2018-12-31'])
    expect(periodOf('以后')).toBeNull()
    expect(terms({ on: '本月' })).toEqual([
      ['on', 'from', '2019-08-01'],
      ['on', 'to', '2019-08-31'],
    ])
    expect(terms({ in: '2019年' })).toEqual([
      ['in', 'from', '2019-01'],
      ['in', 'to', '2019-12'],
    ])
  })

  test('are told in words', () => {
    const words = (name: string, entry: View['filter'][string]) =>
      wordsOf(
        all.find((column) => column.name === name),
        entry,
      )
    expect([words('t', '王'), words('t', '!王'), words('t', '空'), words('n', '1~2')]).toEqual([
      '含“王”',
      '不含“王”',
      '为空',
      '1 至 2',
    ])
    expect([words('g', { values: ['m', null] }), words('g', { values: ['f'], not: true })]).toEqual([
      '男、空',
      '不含 女',
    ])
  })
})

describe('the address', () => {
  const known = [make('name'), make('status', { choices: [{ value: 'draft', label: '草稿' }] }), make('unit_id')]
  test('says a view shortly and is read back the same', () => {
    const listed = {
      filter: {
        name: '王,五;',
        status: { values: ['draft', null], not: true },
        unit_id: { values: [3], label: '合肥' },
        q: '合肥 一建',
      },
      sort: [
        { column: 'name', order: 'DESC' as const },
        { column: 'status', order: 'ASC' as const },
      ],
      group: { column: 'appointed_on', step: 'month' as const },
    }
    const text = writeAddress('?open=7&page=2', { view: 12, listed }, known)
    expect(readAddress(text, known)).toEqual({ view: 12, listed })
    expect(new URLSearchParams(text).get('open')).toBe('7')
    expect(text).not.toContain('page=')
    expect(text.length).toBeLessThan(220)
  })

  test('reads links as react-admin writes them, and nothing as nothing', () => {
    const filter = { status: { values: ['draft'], label: '草稿' }, q: '王' }
    const search = `?filter=${encodeURIComponent(JSON.stringify(filter))}&sort=name&order=DESC&page=1`
    expect(readAddress(search, known)?.listed).toEqual({
      filter,
      sort: [{ column: 'name', order: 'DESC' }],
      group: null,
    })
    expect(readAddress('?open=7', known)).toBeNull()
    expect(readAddress('?view=12', known)).toEqual({ view: 12, listed: null })
    const none = { filter: {}, sort: [], group: null }
    expect(readAddress(writeAddress('', { view: 0, listed: none }, known), known)?.listed).toEqual(none)
    expect(readAddress('?filter=%7Bbroken&sort=&group=a:week', known)?.listed).toEqual(none)
  })
})

describe('a list in groups', () => {
  test('has a line for each heading and each row, and back', () => {
    for (const shown of [[3, 0, 2], [0, 0], [1], [0, 5, 0, 0, 4]]) {
      const lines = groupedLines(shown)
      const told: string[] = []
      for (let line = 0; line < lines.count(lines.total + 2); line += 1) {
        const { row, group } = lines.at(line)
        told.push(row === null ? `g${group}` : `${row}`)
        if (row !== null) expect(lines.lineOf(row)).toBe(line)
        else expect(lines.headingAt(group)).toBe(line)
      }
      let next = 0
      const expected = shown.flatMap((rows, group) => [`g${group}`, ...Array.from({ length: rows }, () => `${next++}`)])
      expect(told).toEqual([...expected, `${next++}`, `${next++}`])
    }
    expect([PLAIN.lineOf(7), PLAIN.count(9), PLAIN.at(3).row]).toEqual([7, 9, 3])
  })

  const sizes = [230, 1, 0, 415, 7]
  const rowsOf = (group: number): Row[] =>
    Array.from({ length: sizes[group] ?? 0 }, (_, at) => ({ id: group * 1000 + at, version: 1, g: `g${group}` }))
  function list() {
    const asked: string[] = []
    const source = {
      async getGroups() {
        asked.push('groups')
        return sizes
          .map((count, group): Group => ({ value: `g${group}`, count, sums: {} }))
          .filter(({ count }) => count > 0)
      },
      async getWindow({ start, end, sort, filter }) {
        const values = filter.find(({ column }) => column === 'g:group')?.value as string[]
        asked.push(`${values.join('+')} ${start}-${end}${sort.length > 0 ? ` by ${sort[0]?.column}` : ''}`)
        const rows = values.flatMap((value) => rowsOf(Number(value.slice(1))))
        return { rows: rows.slice(start, end), total: rows.length }
      },
      save: () => Promise.reject(new Error('not here')),
    } satisfies Source
    const grouping = createGrouping({
      source,
      query: () => ({ sort: [], filter: [], by: { column: 'g', step: 'group' }, order: 'ASC', summary: {} }),
      relist: () => {},
      refresh: () => asked.push('refresh'),
      changed: () => {},
      refused: () => {},
    })
    return { grouping, asked }
  }

  test('asks for each window only of the groups it lies in, and has every row in its place', async () => {
    const { grouping, asked } = list()
    const whole: unknown[] = []
    for (let start = 0; start < 653; start += 200) {
      const { rows, total } = await grouping.getWindow(1, start, start + 200)
      expect(total).toBe(653)
      whole.push(...rows.map(({ id }) => id))
    }
    expect(whole).toEqual([0, 1, 3, 4].flatMap((group) => rowsOf(group).map(({ id }) => id)))
    expect(asked).toEqual([
      'groups',
      'g0 0-200',
      'g0+g1+g3 200-400 by g:group',
      'g3 169-369',
      'g3+g4 369-422 by g:group',
    ])
  })

  test('closed groups have no rows; what was read before is not asked for again', async () => {
    const { grouping, asked } = list()
    await grouping.getWindow(1, 0, 200)
    await grouping.getWindow(1, 200, 400)
    const place = grouping.placeOf(231)
    expect(place).toEqual({ group: 2, within: 0 })
    const keys = grouping.keys()
    grouping.toggle(keys.slice(0, 1), false)
    expect(grouping.rowAt(place)).toBe(1)
    expect(grouping.term()).toEqual([{ column: 'g:group', test: 'out', value: ['g0'] }])
    const before = asked.length
    const { rows, total } = await grouping.getWindow(2, 0, 160)
    expect([total, rows[0]?.id, rows[1]?.id, rows.length, asked.length - before]).toEqual([423, 1000, 3000, 160, 0])
    grouping.toggle(keys, false)
    expect(await grouping.getWindow(3, 0, 200)).toEqual({ rows: [], total: 0 })
    expect([grouping.heading(0)?.count, grouping.heading(0)?.open]).toEqual([230, false])
  })
})

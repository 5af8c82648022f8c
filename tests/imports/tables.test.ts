// Sheets that hold more than one table, or one without a heading: what is read, what is asked, what is told, and that a
// table of errors made of them goes on with its import.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Form, forms } from '../../server/forms/index.ts'
import { readImport } from '../../server/imports/read/file.ts'
import type { Mapping } from '../../server/imports/read/mapping.ts'
import type { ShownRow } from '../../server/imports/stage/chunks.ts'
import type { WorkbookRefused } from '../../server/workbook/read.ts'
import { type Cells, fetched, fixture, opened, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  await hefei.post('/events', { ...sample.events?.(1), title: '网络安全知识竞赛' }).expect(201)
  await hefei.post('/events', { ...sample.events?.(2), title: '好网民主题演讲' }).expect(201)
})
afterAll(() => world?.close())

type Told = {
  id: number
  rows: number
  create: number
  wrong: number
  mapping: Mapping
  errors: { sheet: string; cell: string; message: string }[]
  warnings: { cell: string; message: string }[]
  sheets: { name: string; heading_row: number | null; rows: number; notes: string[] }[]
}
const check = async (
  form: string,
  sheets: Parameters<typeof workbookOf>[0],
  fields: Record<string, string> = {},
): Promise<Told> => {
  const answer = await hefei.upload(`/${form}/imports`, await workbookOf(sheets), '表.xlsx', fields)
  expect(answer.status, answer.text.slice(0, 500)).toBe(200)
  return answer.body
}
const rowsOf = async (id: number): Promise<ShownRow[]> =>
  (await hefei.get(`/imports/${id}/rows`, { range: [0, 99] })).body
const namesIn = async (id: number, ...fields: string[]) =>
  (await rowsOf(id)).map(({ row, values }) => [row, ...fields.map((field) => values[field] ?? '')])

const head = ['序号', '姓名', '性别', '工作单位及职务', '手机号', '发展日期']
let made = 0
const person = (name: string, phone?: string): Cells => {
  made++
  return [made, name, '女', '某厂 干事', phone ?? `1380001${String(made).padStart(4, '0')}`, '2019-07-01']
}

describe('several tables in a sheet', () => {
  test('one below another under the same heading: all of them, and each 合计 is held against its own', async () => {
    const rows = [
      ['一、市区'],
      head,
      person('丁一'),
      person('丁二'),
      ['合计', 2],
      [],
      ['二、县区'],
      head,
      person('丁三'),
      ['合计', 1],
    ]
    const told = await check('propagandists', { 名单: rows })
    expect(told).toMatchObject({ rows: 3, create: 3, wrong: 0, warnings: [], mapping: { needed: false } })
    expect(await namesIn(told.id, 'name')).toEqual([
      [3, '丁一'],
      [4, '丁二'],
      [9, '丁三'],
    ])
  })

  test('under another heading: read by its own, with cells told where they stand', async () => {
    const told = await check('propagandists', {
      名单: [
        head,
        person('丁四'),
        [],
        ['县区的'],
        ['序号', '手机', '姓名', '单位及职务', '入选时间'],
        [1, '13800020001', '丁五', '某镇 干事', '2019-07-02'],
        [2, '1380002', '丁六', '某镇 干事', '2019-07-02'],
      ],
    })
    expect(told).toMatchObject({ rows: 3, create: 2, wrong: 1 })
    expect(told.errors.map(({ cell }) => cell)).toEqual(['名单!B7'])
    expect(told.sheets.map(({ name, heading_row, rows }) => [name, heading_row, rows])).toEqual([
      ['名单', 1, 1],
      ['名单（A5 起）', 5, 2],
    ])
    expect(told.mapping.sheets.map(({ name }) => name)).toEqual(['名单', '名单（A5 起）'])
    // a column of the second table alone is given to another field, and the first stays as it was
    const mapped = await hefei.post(`/imports/${told.id}/mapping`, {
      sheets: [{ name: '名单（A5 起）', columns: { 3: 'account' } }],
    })
    expect(mapped.status, mapped.text).toBe(200)
    expect((await rowsOf(told.id)).map(({ values }) => [values.name, values.job ?? '', values.account ?? ''])).toEqual([
      ['丁四', '某厂 干事', ''],
      ['丁五', '', '某镇 干事'],
      ['丁六', '', '某镇 干事'],
    ])
  })

  test('corrected in the grid or in a table of errors, each row is the row of its own table', async () => {
    const told = await check('propagandists', {
      名单: [
        head,
        [1, '丁子', '女', '某厂 干事', '1380002', '2019-07-01'],
        [],
        ['二、县区'],
        ['手机', '姓名', '单位及职务', '入选时间'],
        ['1380003', '丁丑', '某镇 干事', '2019-07-02'],
        ['1380004', '丁寅', '某镇 干事', '2019-07-02'],
      ],
    })
    expect(told.errors.map(({ cell }) => cell)).toEqual(['名单!E2', '名单!A6', '名单!A7'])
    const decided = await hefei.patch(`/imports/${told.id}/rows`, {
      corrections: [{ n: 1, field: 'phone', value: '13800020011' }],
    })
    expect(decided.body.head, decided.text).toMatchObject({ create: 1, wrong: 2 })
    expect(decided.body.rows[0]).toMatchObject({ n: 1, row: 6, kind: 'create', cells: { phone: 'A6', name: 'B6' } })
    const book = await opened(await fetched(hefei, `/imports/${told.id}/errors.xlsx`))
    const shown = book.worksheets.filter(({ state }) => state === 'visible')
    expect(shown.map(({ name }) => name)).toEqual(['名单', '名单（A5 起）'])
    const [first, second] = shown
    expect([first?.getCell('E2').text, second?.getCell('A6').text]).toEqual(['1380002', '1380004'])
    if (first) first.getCell('E2').value = '13800020010'
    if (second) second.getCell('A6').value = '13800020012'
    const bytes = Buffer.from(await book.xlsx.writeBuffer())
    const joined = await hefei.upload('/propagandists/imports', bytes, '名单（错误表）.xlsx')
    expect(joined.body, joined.text).toMatchObject({ id: told.id, create: 3, wrong: 0 })
    expect(await namesIn(told.id, 'name', 'phone')).toEqual([
      [2, '丁子', '13800020010'],
      [6, '丁丑', '13800020011'],
      [7, '丁寅', '13800020012'],
    ])
  })

  test('of another form: left alone, and told where it belongs', async () => {
    const told = await check('propagandists', {
      汇总: [
        head,
        person('丁七'),
        ['线下活动'],
        ['序号', '活动名称', '形式', '日期', '地点', '参加人数'],
        [1, '竞赛', '知识竞赛', '2019-07-02', '职工之家', 80],
      ],
    })
    expect(told).toMatchObject({ rows: 1, create: 1, wrong: 0 })
    expect(told.sheets[0]?.notes).toContain('第 4 行起是线下活动的表，没有读取，请到线下活动里导入。')
  })

  test('one beside another: both halves, and a corrected table of errors goes on', async () => {
    const half = ['序号', '姓名', '单位', '手机号']
    const told = await check('attendance', {
      签到: {
        rows: [
          ['活动名称：网络安全知识竞赛'],
          [...half, ...half],
          [1, '戊一', '甲厂', '13800030001', 3, '戊三', '甲厂', '1380003'],
          [2, '戊二', '甲厂', '13800030002', 4, '戊四', '甲厂', '13800030004'],
        ],
      },
    })
    expect(told).toMatchObject({ rows: 4, create: 3, wrong: 1, mapping: { needed: false } })
    expect(told.errors.map(({ cell }) => cell)).toEqual(['签到!H3'])
    expect(await namesIn(told.id, 'name')).toEqual([
      [3, '戊一'],
      [4, '戊二'],
      [3, '戊三'],
      [4, '戊四'],
    ])
    const book = await opened(await fetched(hefei, `/imports/${told.id}/errors.xlsx`))
    const sheet = book.worksheets.find(({ state }) => state === 'visible')
    const texts = ((sheet?.getRow(sheet.rowCount).values ?? []) as (string | undefined)[]).filter(Boolean)
    expect(texts).toEqual(['3', '戊三', '甲厂', '1380003', expect.stringContaining('11 位'), '2'])
    if (sheet) sheet.getCell(`H${sheet.rowCount}`).value = '13800030003'
    const bytes = Buffer.from(await book.xlsx.writeBuffer())
    const joined = await hefei.upload('/attendance/imports', bytes, '表（错误表）.xlsx')
    expect(joined.body, joined.text).toMatchObject({ id: told.id, rows: 4, create: 4, wrong: 0 })
    await hefei.post(`/imports/${told.id}/apply`).expect(200)
    const there = await world.owner('select name, phone from attendance order by name collate "C"')
    expect(there.length).toBe(4)
    expect(there).toContainEqual({ name: '戊三', phone: '13800030003' })
  })

  test('each below the name of its event', async () => {
    const half = ['姓名', '单位', '手机号']
    const told = await check('attendance', {
      签到: [
        ['活动名称：网络安全知识竞赛'],
        half,
        ['戊五', '甲厂', '13800031001'],
        [],
        ['活动名称：好网民主题演讲'],
        half,
        ['戊六', '甲厂', '13800031002'],
      ],
    })
    expect(told, JSON.stringify(told.errors)).toMatchObject({ rows: 2, create: 2, wrong: 0 })
    expect(await namesIn(told.id, 'event_id', 'name')).toEqual([
      [3, '网络安全知识竞赛', '戊五'],
      [7, '好网民主题演讲', '戊六'],
    ])
  })

  test.each([
    ['合肥市总工会“网络安全知识竞赛”活动签到表（2019年7月10日）', '表'],
    ['2019年网络安全知识竞赛现场签到表', '表'],
    ['签到表', '1.网络安全知识竞赛7.10'],
    ['活动名称', '表'],
  ])('the event of a sheet is found in its title or its name: %s, %s', async (title, name) => {
    const said = title === '活动名称' ? [title, '网络安全知识竞赛', '填报单位', '合肥市总工会'] : [title]
    const told = await check('attendance', {
      [name]: [said, ['姓名', '单位', '手机号'], ['戊七', '甲厂', '13800032001']],
    })
    expect(told, JSON.stringify(told.errors)).toMatchObject({ rows: 1, wrong: 0, warnings: [] })
    expect(await namesIn(told.id, 'event_id')).toEqual([[3, '网络安全知识竞赛']])
  })

  test('a line of labels and values above is no heading, however many of its words are known', async () => {
    const told = await check('organizations', {
      表: [
        ['联系人', '丁一', '联系电话', '0551-62600000'],
        ['备注', '共两个', '上级工会', '合肥市总工会'],
        ['组织全称', '类型', '动员日期'],
        ['甲厂工会', '国企', '2019-07-01'],
      ],
    })
    expect(told).toMatchObject({ rows: 1, create: 1 })
    expect(told.sheets[0]?.heading_row).toBe(3)
  })
})

describe('lines that are no rows', () => {
  test('groups, signatures and days are told, not read; a heading merged over two columns is one column', async () => {
    const told = await check('propagandists', {
      名单: {
        rows: [
          ['姓名', '性别', '工作单位及职务', undefined, '手机号', '发展日期'],
          ['市直机关'],
          ['丁八', '男', '某局 干事', undefined, '13800040001', '2019-07-01'],
          ['（二）企业'],
          ['丁九', '男', '某厂 干事', undefined, '13800040002', '2019-07-01'],
          [undefined, undefined, undefined, undefined, '合肥市总工会'],
          [undefined, undefined, undefined, undefined, '2019年8月1日'],
          ['以上情况属实。'],
        ],
        merges: ['C1:D1', 'A2:F2', 'C3:D3', 'C5:D5'],
      },
    })
    expect(told).toMatchObject({ rows: 2, create: 2, wrong: 0, mapping: { needed: false } })
    expect(told.sheets[0]?.notes).toEqual(['第 2、4、6—8 行只有一格说明或标题，不算数据。'])
  })

  test('a unit is known by its place too, where no other could be meant', async () => {
    const line = (unit: string, phone: string): Cells => [unit, '丁', '某厂 干事', phone, '2019-07-01']
    const told = await check('propagandists', {
      名单: [
        ['填报单位', '姓名', '工作单位及职务', '手机号', '发展日期'],
        line('合肥', '13800041001'),
        line('合肥市', '13800041002'),
        line('合肥总工会', '13800041003'),
        line('合肥市总工会', '13800041004'),
        line('芜湖市', '13800041005'),
        line('某市', '13800041006'),
      ],
    })
    expect(told).toMatchObject({ create: 4, wrong: 2 })
    expect(told.errors.map(({ cell, message }) => [cell, message])).toEqual([
      ['名单!A6', '这一行是芜湖市的，内容只能由填报单位自己改。'],
      ['名单!A7', expect.stringContaining('没有“某市”这个填报单位。')],
    ])
  })

  const head_line = ['组织全称', '类型', '职工人数', '会员人数', '动员日期']
  const union = (name: string, staff: number, members: number): Cells => [name, '国企', staff, members, '2019-07-01']
  test.each([
    [
      '小计 is of its group, 合计 of all',
      [['小计', undefined, 30, 26]],
      [
        ['小计', undefined, 5, 5],
        ['合计', undefined, 35, 31],
      ],
      [],
    ],
    [
      'each difference is told once, at its cell',
      [['小计', undefined, 31, 26]],
      [
        ['小计', undefined, 6, 5],
        ['合计', undefined, '37人', 31],
      ],
      ['表!C4', '表!C6', '表!C7'],
    ],
  ])('%s', async (_name, middle, end, cells) => {
    const told = await check('organizations', {
      表: [
        head_line,
        union('丙一厂工会', 10, 8),
        union('丙二厂工会', 20, 18),
        ...(middle as Cells[]),
        union('丙三厂工会', 5, 5),
        ...(end as Cells[]),
      ],
    })
    expect(told).toMatchObject({ rows: 3, create: 3 })
    expect(told.warnings.map(({ cell }) => cell)).toEqual(cells)
  })

  test('合计 above the rows is of the rows below', async () => {
    const rows = [head_line, ['合计', undefined, 30, 25], union('丙四厂工会', 10, 8), union('丙五厂工会', 20, 18)]
    const told = await check('organizations', { 表: rows })
    expect(told.warnings).toEqual([
      { sheet: '表', cell: '表!D2', message: '会员人数的合计写 25，各行加起来是 26，请核对。' },
    ])
  })
})

describe('a table without a heading', () => {
  const rows: Cells[] = [
    ['己一', '13800050001', '某厂 干事', '2019-07-01'],
    ['己二', '13800050002', '某厂 会计', '2019-07-02'],
    ['己三', '13800050003', '某厂 会计', '2019-07-03'],
  ]
  const columns = { 0: 'name', 1: 'phone', 2: 'job', 3: 'appointed_on' }

  test('is asked about, column by column, with what stands in them; then read, and remembered', async () => {
    const told = await check('propagandists', { 名单: rows })
    expect(told).toMatchObject({ rows: 3, create: 0, errors: [], mapping: { needed: true, remembered: false } })
    expect(told.mapping.sheets).toMatchObject([
      {
        name: '名单',
        heading_row: 0,
        sure: false,
        columns: [
          { column: 0, heading: '', field: null, sure: false, samples: ['己一', '己二', '己三'] },
          { column: 1, likely: 'phone' },
          { column: 2, field: null },
          { column: 3, likely: 'appointed_on' },
        ],
      },
    ])
    await hefei.post(`/imports/${told.id}/apply`).expect(409)
    const mapped = await hefei.post(`/imports/${told.id}/mapping`, { sheets: [{ name: '名单', columns }] })
    expect(mapped.body).toMatchObject({ rows: 3, create: 3, wrong: 0, mapping: { needed: false } })
    await hefei.post(`/imports/${told.id}/apply`).expect(200)
    const next = await check('propagandists', {
      别的: [
        ['己四', '13800050004', '某厂 干事', '2019-07-01'],
        ['己五', '13800050005', '某厂 干事', '2019-07-01'],
      ],
    })
    expect(next).toMatchObject({ create: 2, mapping: { needed: false, remembered: true } })
  })

  test('with words that say nothing to us: they are shown, and are no row', async () => {
    const answer = await check('propagandists', { 名单: [['称呼', '呼号', '哪里的', '哪天'], ...rows] })
    expect(answer).toMatchObject({ rows: 3, mapping: { needed: true } })
    expect(answer.mapping.sheets[0]).toMatchObject({ heading_row: 1 })
    expect(answer.mapping.sheets[0]?.columns.map(({ heading }) => heading)).toEqual(['称呼', '呼号', '哪里的', '哪天'])
  })

  test('with one word that does: that column is proposed', async () => {
    const bytes = fixture('gb18030.csv')
    const answer = await hefei.upload('/propagandists/imports', bytes, 'gb18030.csv')
    expect(answer.body, answer.text).toMatchObject({ mapping: { needed: true } })
    expect(answer.body.mapping.sheets[0].columns[0]).toMatchObject({ heading: '姓名', field: 'name', sure: false })
  })

  test('its table of errors has the names of the fields over it, and goes on with the import', async () => {
    const wrong: Cells[] = [...rows.slice(0, 2), ['己九', '1380005', '某厂 干事', '2019-07-01']]
    const told = await check('propagandists', { 名单: wrong.map((row) => [...row, '附注']) })
    const mapped = await hefei.post(`/imports/${told.id}/mapping`, {
      sheets: [{ name: '名单', columns: { ...columns, 4: null } }],
    })
    expect(mapped.body).toMatchObject({ unchanged: 2, wrong: 1 })
    const book = await opened(await fetched(hefei, `/imports/${told.id}/errors.xlsx`))
    const sheet = book.getWorksheet('名单')
    expect(((sheet?.getRow(1).values ?? []) as string[]).slice(1, 5)).toEqual([
      '姓名',
      '手机号',
      '工作单位及职务',
      '发展日期',
    ])
    expect(sheet?.getCell('B2').text).toBe('1380005')
    if (sheet) sheet.getCell('B2').value = '13800050009'
    const bytes = Buffer.from(await book.xlsx.writeBuffer())
    const joined = await hefei.upload('/propagandists/imports', bytes, '名单（错误表）.xlsx')
    expect(joined.body, joined.text).toMatchObject({ id: told.id, unchanged: 2, create: 1, wrong: 0 })
  })

  test('numbers of identity cards are not read, nor shown', async () => {
    const ids = ['340103198604120017', '340104197911023325', '34011119900101452X']
    const told = await check('propagandists', { 名单: rows.map((row, n) => [...row, ids[n]]) })
    expect(told.mapping.sheets[0]?.columns[4]).toMatchObject({ kind: 'forbidden', samples: [] })
    expect(told.sheets[0]?.notes).toContain('本活动不需要身份证号，这一列没有读取，号码也没有保存。')
    expect(JSON.stringify(told)).not.toContain('340103')
  })

  test('is not what a sheet of another form is taken for', async () => {
    const bytes = await workbookOf({
      活动: [
        ['序号', '活动名称', '形式', '日期', '地点', '参加人数'],
        [1, '竞赛', '知识竞赛', '2019-07-02', '职工之家', 80],
      ],
    })
    const answer = await hefei.upload('/propagandists/imports', bytes, '活动.xlsx')
    expect([answer.status, answer.body.message]).toEqual([
      422,
      '“活动”像是线下活动的表，没有读取，请到线下活动里导入。',
    ])
  })

  test('is none where there is only text', async () => {
    const bytes = await workbookOf({ 说明: [['填表说明'], ['一、请认真填写。'], ['二、不要漏填。']] })
    const answer = await hefei.upload('/propagandists/imports', bytes, '说明.xlsx')
    expect([answer.status, answer.body.reason]).toEqual([422, 'empty'])
  })
})

describe('sheets made to keep the reader busy', () => {
  const words = ['姓名', '工作单位及职务', '手机号', '发展日期']
  const wide = (row: number) => Array.from({ length: 200 }, (_, column) => words[(row + column) % 4])
  test.each([
    ['a hundred of nothing but known words', 100, (row: number) => wide(row), 30],
    ['a hundred of nothing but words', 100, (row: number) => wide(row).map((word) => `${word}${row}`), 30],
    ['headings without end', 1, (row: number) => (row % 2 ? words : [...words].reverse()), 20_000],
    ['wide headings without end', 1, wide, 900],
  ])('%s: answered', async (_name, sheets, row, rows) => {
    const names = Array.from({ length: sheets }, (_, n) => `表${n}`)
    const bytes = await workbookOf(
      Object.fromEntries(names.map((name) => [name, Array.from({ length: rows }, (_, n) => row(n))])),
    )
    const told = []
    try {
      const form = forms.propagandists as Form
      for await (const message of readImport({ bytes, file_name: '表.xlsx', form, year: 2019 })) told.push(message.kind)
    } catch (error) {
      told.push((error as WorkbookRefused).reason)
    }
    expect(told.length).toBeGreaterThan(0)
  })
})

// What a workbook says otherwise than in its cells, and what stands in cells and is no value: whose rows they are, what
// numbers are counted in, 同上, examples, ticks, lines through rows. Understood where that is certain, else told or asked.
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { rowsOf } from '../../seeds/campaign_2019.ts'
import { type Form, forms, readField, registers, sameText } from '../../server/forms/index.ts'
import { called } from '../../server/records/references.ts'
import { type Cells, fixture, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, type Username, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let province: Agent

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  province = await world.as('province')
  await world.owner(`insert into users (username, name, role, unit_id, password_hash, must_change_password)
    select x.username, x.username, 'clerk', u.id, h.password_hash, false
    from (values ('fuyang', '阜阳'), ('bengbu', '蚌埠'), ('chuzhou', '滁州'), ('anqing', '安庆'), ('huainan', '淮南')) as x (username, unit)
    join units u on u.short_name = x.unit, users h where h.username = 'hefei'`)
  await hefei.post('/events', { ...sample.events?.(1), title: '网络安全知识竞赛' }).expect(201)
})
afterAll(() => world?.close())

type Told = {
  id: number
  create: number
  wrong: number
  error_count: number
  errors: { cell: string; message: string }[]
  table_errors: { cell: string; message: string }[]
  mapping: { needed: boolean; sheets: { columns: { heading: string; sure: boolean; kind: string }[] }[] }
  proposals: { field: string; from: string }[]
  sheets: { notes: string[] }[]
}
const as = (username: string) => world.as(username as Username)
async function sent(agent: Agent, form: string, bytes: Buffer, name = '表.xlsx'): Promise<Told> {
  const answer = await agent.upload(`/${form}/imports`, bytes, name)
  expect(answer.status, answer.text.slice(0, 500)).toBe(200)
  return answer.body
}
const check = async (form: string, sheets: Parameters<typeof workbookOf>[0], name?: string) =>
  sent(hefei, form, await workbookOf(sheets), name)
const valuesIn = async (agent: Agent, id: number): Promise<Record<string, string>[]> =>
  (await agent.get(`/imports/${id}/rows`, { range: [0, 99] })).body.map(({ values }: { values: object }) => values)
const notesOf = ({ sheets }: Told) => sheets.flatMap(({ notes }) => notes)
const faults = ({ errors }: Told) => errors.map(({ cell, message }) => [cell.replace(/^.*!/, ''), message])

const head = ['序号', '姓名', '性别', '工作单位及职务', '手机号', '发展日期', '备注']
let made = 0
const person = (name: string, remark: string | null = null): Cells => {
  made++
  return [made, name, '女', '某厂 干事', `1371111${String(made).padStart(4, '0')}`, '2019-07-01', remark]
}

describe('names of units and collections', () => {
  const known = (form: Form, keys: string[][]) => (words: string) =>
    called(
      form,
      keys.map((each, index) => ({ index, keys: each.map(sameText) })),
      sameText(words),
    ).map(({ index }) => index)

  test('every unit goes by its short name, its place and its full name, with the province before and the union behind', () => {
    const find = known(
      forms.units as Form,
      rowsOf<{ name: string; short_name: string }>('units').map(({ name, short_name }) => [name, short_name]),
    )
    for (const [index, { name, short_name }] of rowsOf<{ name: string; short_name: string }>('units').entries()) {
      const place = name.replace(/总工会$/, '')
      const said = [name, short_name, ` ${name}（盖章）`]
      if (/[市县]$/.test(place)) said.push(place, `${short_name}总工会`, `${place}总`, `安徽省${name}`)
      for (const words of said) expect(find(words), words).toEqual([index])
    }
    expect(find('省总工会')).toEqual(find('安徽省总工会'))
    for (const words of ['芜湖县', '黄山区', '铜陵县总工会', '市总工会', '总工会', ''])
      expect(find(words), words).toEqual([])
  })

  test('every collection goes by its title with any quotes, with or without 征集 and 活动', () => {
    const find = known(
      forms.collections as Form,
      rowsOf<{ title: string }>('collections').map(({ title }) => [title]),
    )
    for (const [index, { title }] of rowsOf<{ title: string }>('collections').entries()) {
      const short = title.replace(/征集(活动)?$/, '')
      const plain = title.replace(/[“”‘’]/g, '')
      const cornered = title.replace(/[“‘]/g, '「').replace(/[”’]/g, '」')
      for (const words of [title, short, `${short}征集`, `${short}征集活动`, `三、${title}`, plain, cornered])
        expect(find(words), words).toEqual([index])
    }
    expect(find('征集活动')).toEqual([])
  })

  test('a body of REST, a bulk of pasted rows and a file know them alike', async () => {
    const work = { ...sample.submissions?.(1), sub_theme: '我家乡的变化' }
    const one = await hefei.post('/submissions', { ...work, collection_id: '「70年70变」短视频征集活动' }).expect(201)
    expect(one.body.collection_id).toBe(world.collections.C3)
    const [pasted] = (
      await hefei.post('/submissions/bulk', { create: [{ ...work, title: '又一件', collection_id: '70年70变短视频' }] })
    ).body.create
    expect(pasted.collection_id).toBe(world.collections.C3)
    const host = await province.get(`/collections/${world.collections.C5}`)
    const { version } = host.body
    await province
      .put(`/collections/${world.collections.C5}`, { version, host_unit_id: '安徽省宿州市总工会' })
      .expect(200)
  })

  test('附件1 with 合肥市 for 合肥 asks nothing, and shows the unit of each row', async () => {
    const told = await sent(province, 'quotas', fixture('21-附件1任务分配表2019.xlsx'))
    expect(told).toMatchObject({ rows: 16, wrong: 0, error_count: 0, unchanged: 16, proposals: [] })
    expect((await valuesIn(province, told.id)).map(({ unit_id }) => unit_id)).toContain('马鞍山市')
  })
})

describe('a 合计 of 附件1 that is wrong', () => {
  const table = (events: number): Cells[] => [
    ['单位', '组织动员工会组织', '发展宣传员', '线下活动数'],
    ['合肥市', 7, 140, 21],
    ['淮北市', 5, 120, 18],
    ['合计', 12, 260, events],
  ]

  test('is told as the table’s own fault, and nothing is applied with it, not even the rows that are right', async () => {
    const told = await sent(province, 'quotas', await workbookOf({ 分配: table(40) }))
    const message = '线下活动数的合计写 40，各行加起来是 39，请核对。'
    expect(told).toMatchObject({ wrong: 0, error_count: 1, table_errors: [{ cell: '分配!D4', message }] })
    const refused = await province.post(`/imports/${told.id}/apply`, { only_valid: true }).expect(422)
    expect(refused.body.message).toContain(message)
    // the file corrected in its 合计 is another file
    const other = await province.upload('/quotas/imports', await workbookOf({ 分配: table(39) }), '表.xlsx', {
      continues: String(told.id),
    })
    expect(other.status).toBe(409)
    // a unit's name is a cell like any other
    const row = { n: 0, field: 'unit_id', value: '芜湖' }
    expect((await province.patch(`/imports/${told.id}/rows`, { corrections: [row] })).body.rows[0].values.unit_id).toBe(
      '芜湖',
    )
    const right = { corrections: [{ n: 0, field: 'events', value: '22' }] }
    const { head: after } = (await province.patch(`/imports/${told.id}/rows`, right)).body
    expect(after).toMatchObject({ error_count: 0, table_errors: [] })
  })
})

describe('rows of another unit', () => {
  test('a column 所属市 says whose each row is: four of another city are told one by one and not stored', async () => {
    const fuyang = await as('fuyang')
    const told = await sent(fuyang, 'propagandists', fixture('08-宣传员-阜阳.xlsx'), '08-宣传员-阜阳.xlsx')
    expect(told).toMatchObject({ rows: 48, create: 44, wrong: 4 })
    expect(faults(told).map(([cell]) => cell)).toEqual(['B17', 'B18', 'B36', 'B52'])
    for (const [, message] of faults(told)) expect(message).toContain('亳州市')
    const applied = await fuyang.post(`/imports/${told.id}/apply`, { only_valid: true })
    expect(applied.body).toMatchObject({ state: 'applied', create: 44 })
  })

  test.each(['填报单位', '报送单位', '所属市', '市', '地市'])('a column %s is one', async (heading) => {
    const rows = ['合肥', '合肥市总工会', '合肥市庐阳区总工会', '芜湖', '某市', null].map((unit) => [
      unit,
      ...person('丁一'),
    ])
    const told = await check('propagandists', { 名单: [[heading, ...head], ...rows] })
    expect(told).toMatchObject({ create: 4, wrong: 2 })
    expect(faults(told)).toEqual([
      ['A5', '这一行是芜湖的，内容只能由填报单位自己改。'],
      ['A6', expect.stringContaining('没有“某市”这个填报单位')],
    ])
  })

  test('单位 is where somebody works and says nothing of the unit', async () => {
    const rows = [
      ['活动名称', '姓名', '单位', '手机号'],
      ['网络安全知识竞赛', '丁一', '芜湖市总工会', '13722220001'],
    ]
    expect(await check('attendance', { 签到: rows })).toMatchObject({ create: 1, wrong: 0 })
  })

  test.each([
    ['a line above the table', { 名单: [['报送单位：芜湖市总工会宣教部'], head] }, '表.xlsx', '报送单位写的是'],
    ['单位 above the table', { 名单: [['单位：芜湖市总工会'], head] }, '表.xlsx', '单位写的是'],
    ['the title', { 名单: [['芜湖市职工好网民宣传员登记表'], head] }, '表.xlsx', '标题写的是'],
    ['the name of the sheet', { '宣传员（芜湖）': [head] }, '表.xlsx', '工作表名写的是'],
    ['the name of the file', { 名单: [head] }, '附件4 芜湖市总工会宣传员名单(1).xlsx', '文件名写的是'],
  ])(
    '%s names another unit: no row is stored, each is told, and a row may be claimed',
    async (_place, sheets, name, why) => {
      const whole = Object.fromEntries(
        Object.entries(sheets).map(([sheet, rows]) => [sheet, [...rows, person('丁一'), person('丁二')]]),
      )
      const told = await check('propagandists', whole, name)
      expect(told).toMatchObject({ create: 0, wrong: 2, error_count: 2 })
      for (const [, message] of faults(told)) expect(message).toContain(`${why}“`)
      const { head: after } = (
        await hefei.patch(`/imports/${told.id}/rows`, { corrections: [{ n: 0, field: 'unit_id', value: '合肥市' }] })
      ).body
      expect(after).toMatchObject({ create: 1, wrong: 1 })
    },
  )

  test('its own name, an event in another city and a street of that name are none', async () => {
    const named = async (rows: Cells[], sheet: string, file: string) =>
      check('propagandists', { [sheet]: [...rows, head, person('丁一')] }, file)
    expect(await named([['填报单位：合肥市庐阳区总工会']], '芜湖', '芜湖.xlsx')).toMatchObject({ create: 1 })
    expect(await named([['芜湖路街道职工好网民宣传员登记表']], '黄山路社区', '合肥 芜湖路.xlsx')).toMatchObject({
      create: 1,
    })
  })
})

describe('a count that fell', () => {
  test('is told once, at the later snapshot, with the earlier one named', async () => {
    const told = await sent(await as('bengbu'), 'reach', fixture('18-附件7传播情况-蚌埠.xlsx'))
    expect(told).toMatchObject({ rows: 43, create: 38, wrong: 4 })
    expect(faults(told).map(([cell]) => cell)).toEqual(['H39', 'H41', 'G44', 'H46'])
    expect(faults(told)[0]?.[1]).toBe('阅读/播放量 6053 比 2019-07-01 统计的 6058 少，累计数不能减少，请核对。')
  })

  test('of rows sent together too, in whatever order; of a stored one the row that contradicts it', async () => {
    const snapshot = (counted_on: string, views: number) => ({ ...sample.reach?.(50), counted_on, views, people: null })
    const rows = [
      snapshot('2019-08-20', 300),
      snapshot('2019-08-01', 500),
      snapshot('2019-08-10', 900),
      snapshot('2019-08-30', 950),
    ]
    const answer = await hefei.post('/reach/bulk', { create: rows }).expect(422)
    expect(answer.body.errors).toMatchObject({
      create: { 0: { views: '阅读/播放量 300 比 2019-08-01 统计的 500 少，累计数不能减少，请核对。' } },
    })
    await hefei.post('/reach', snapshot('2019-08-20', 300)).expect(201)
    const before = await hefei.post('/reach', snapshot('2019-08-01', 500)).expect(422)
    expect(before.body.errors.views).toContain('比 2019-08-20 统计的 300 多')
  })
})

describe('what stands in a cell and is no value', () => {
  const no_values = ['同上', '〃', '"', '=DISPIMG("ID_0F9C",1)', 'nan', 'NULL', 'None', '#N/A', '#REF!']

  test('is refused with a sentence in every field of every form, in a cell of the grid and in a body of REST', async () => {
    for (const form of Object.values(forms))
      for (const field of form.fields.filter(({ derived, type }) => !derived && type !== 'attachments'))
        for (const words of no_values) {
          const parsed = readField(field, words, { year: 2019 })
          expect('error' in parsed && parsed.error, `${form.name}.${field.name} ${words}`).toBeTruthy()
        }
    const refused = await hefei.post('/propagandists', { ...sample.propagandists?.(9), remark: 'NULL' }).expect(422)
    expect(refused.body.errors).toEqual({ remark: '备注写的是“NULL”，不是内容；没有就留空。' })
  })

  test('in a file it is nothing, a picture or the cell above, and that is told; an error of the sheet stays one', async () => {
    const told = await check('propagandists', {
      名单: [
        head,
        person('丁一', '=DISPIMG("ID_0F9C",1)'),
        person('丁二', 'nan'),
        person('丁三', '#N/A'),
        [9, '丁四', '〃', '同上', '13733330001', '"', null],
        person('同上'),
      ],
    })
    expect(faults(told)).toEqual([
      ['G4', '这一格是错误值 #N/A，请改成正确的内容。'],
      ['B6', '姓名写的是“同上”，看不出是什么，请写全。'],
    ])
    expect(notesOf(told)).toEqual([
      '“性别”里的“同上”按上一行读取，共 1 处。',
      '“工作单位及职务”里的“同上”按上一行读取，共 1 处。',
      '“发展日期”里的“同上”按上一行读取，共 1 处。',
      '“备注”里的“nan”按空格读取，共 1 处。',
      '“备注”里嵌了 1 张图片，没有读取，图片请在表里上传。',
    ])
    expect((await valuesIn(hefei, told.id))[3]).toMatchObject({
      gender: '女',
      job: '某厂 干事',
      appointed_on: '2019-07-01',
    })
  })

  test('同上 of a first row has nothing above it; of an activity and its day it is the one above', async () => {
    const first: Cells = [1, '丁一', '女', '同上', '13744440001', '2019-07-01', null]
    expect(faults(await check('propagandists', { 名单: [head, first] }))[0]?.[0]).toBe('D2')
    const anqing = await as('anqing')
    const event = { ...sample.events?.(1), title: '走进测试石化宣讲', held_on: '2019-06-25' }
    await anqing.post('/events', event).expect(201)
    const told = await sent(anqing, 'attendance', fixture('B31-签到-同上-安庆.xlsx'))
    expect(told).toMatchObject({ rows: 6, create: 6, wrong: 0 })
    for (const values of await valuesIn(anqing, told.id)) expect(values.workplace).toBe('测试石化公司')
  })

  test('two people in one cell are not one; blanks inside a name are nothing', async () => {
    const names = ['张三、李四', '王小明 李小红', '王小明/李小红', '张 三', '欧阳 娜娜', '阿依古丽·买买提']
    const told = await check('propagandists', { 名单: [head, ...names.map((name) => person(name))] })
    expect(faults(told).map(([cell]) => cell)).toEqual(['B2', 'B3', 'B4'])
    const award = await hefei.post('/awards', { ...sample.awards?.(1), target: '张三、李四' }).expect(422)
    expect(award.body.errors.target).toContain('不止一个人')
  })

  test('9.05 in a column of times is asked about; what can be no day is a time', async () => {
    const said = ['9.05', 9.05, '9.45', '14.30', '上午9.05', '9:05']
    const rows = said.map((time, at): Cells => ['网络安全知识竞赛', `丁${'甲乙丙丁戊己'[at]}`, '某厂', time])
    const told = await check('attendance', { 签到: [['活动名称', '姓名', '单位', '签到时间'], ...rows] })
    expect(faults(told).map(([cell]) => cell)).toEqual(['D2', 'D3'])
    const applied = await hefei.post(`/imports/${told.id}/apply`, { only_valid: true })
    expect(applied.body.create).toBe(4)
    const stored = await world.owner<{ at: string }>(
      `select to_char(signed_at, 'MM-DD HH24:MI') as at from attendance where name like '丁_' order by id`,
    )
    expect(stored.map(({ at }) => at)).toEqual(['07-10 09:45', '07-10 14:30', '07-10 09:05', '07-10 09:05'])
  })

  test('a day of another year than the campaign’s is told in every register', async () => {
    for (const form of registers)
      for (const field of form.fields.filter(({ of_year }) => of_year)) {
        expect(readField(field, '2026-06-18', { year: 2019 })).toMatchObject({ error: expect.stringContaining('2019') })
        expect(readField(field, '2019-06-18', { year: 2019 })).toHaveProperty('value')
      }
    const refused = await hefei.post('/events', { ...sample.events?.(7), held_on: '2026-07-10' }).expect(422)
    expect(refused.body.errors.held_on).toBe('日期 2026-07-10 不在 2019 年，本活动是 2019 年的，请核对年份。')
  })
})

describe('numbers counted in something else', () => {
  const reach = ['渠道', '账号', '标题', '发布日期', '统计截止日', '阅读量', '触达人数']
  const snapshot = (n: number, views: unknown, people: unknown) =>
    ['微博', '合肥工会', `第${n}条`, '2019-06-01', '2019-07-01', views, people] as Cells

  test('in the heading: 阅读量（万次）', async () => {
    const chuzhou = await as('chuzhou')
    const told = await sent(chuzhou, 'reach', fixture('B14-传播-单位在表头-滁州.xlsx'))
    expect(told).toMatchObject({ create: 3, wrong: 0 })
    expect(notesOf(told)).toContain('“阅读量（万次）”以“万次”计：3 读作 30,000。')
    expect((await valuesIn(chuzhou, told.id)).map(({ views, people }) => [views, people])).toEqual([
      ['30000', '20000'],
      ['12000', '10000'],
      ['120000', '100000'],
    ])
  })

  test('above the table: 单位：万次; what says itself what it is stays, what can hardly be meant is asked, and 合计 fits', async () => {
    const rows = [snapshot(1, 3, 2), snapshot(2, '1.5', '300人'), snapshot(3, '2万', 30000)]
    const told = await check('reach', { 传播: [['单位：万次'], reach, ...rows] })
    expect(faults(told)).toEqual([['G5', expect.stringContaining('请写明是 30000次 还是 30000万次')]])
    expect((await valuesIn(hefei, told.id)).map(({ views, people }) => [views, people])).toEqual([
      ['30000', '20000'],
      ['15000', '300'],
      ['20000', '30000'],
    ])
  })

  test('minutes over a field of seconds; a correction goes into the sender’s own table in its own units', async () => {
    const works = [
      ['征集活动', '作品名称', '第一作者', '作者单位', '时长（分钟）', '原创承诺'],
      ['C5', '一', '丁一', '某厂', 1.5, '是'],
      ['C5', '二', '丁二', '某厂', '1分20秒', '是'],
      ['C5', '三', '丁三', '某厂', '很长', '是'],
    ]
    const told = await check('submissions', { 作品: works })
    expect((await valuesIn(hefei, told.id)).map(({ duration_s }) => duration_s)).toEqual(['90', '80', '很长'])
    await hefei.patch(`/imports/${told.id}/rows`, { corrections: [{ n: 0, field: 'duration_s', value: '120' }] })
    const table = await hefei
      .get(`/imports/${told.id}/errors.xlsx`)
      .buffer(true)
      .parse((response, done) => {
        const pieces: Buffer[] = []
        response.on('data', (piece: Buffer) => pieces.push(piece))
        response.on('end', () => done(null, Buffer.concat(pieces)))
      })
    const again = await hefei.upload('/submissions/imports', table.body, '错误表.xlsx', { continues: String(told.id) })
    expect(again.status, again.text).toBe(200)
    expect((await valuesIn(hefei, told.id))[0]?.duration_s).toBe('120')
  })
})

describe('rows and columns that are none', () => {
  test('示例 rows are left out and told', async () => {
    const suzhou = await as('suzhou')
    const told = await sent(suzhou, 'propagandists', fixture('B03-宣传员-示例行-宿州.xlsx'))
    expect(told).toMatchObject({ rows: 3, create: 3 })
    expect(notesOf(told)).toContain('第 5、6 行是示例，没有读取。')
  })

  test('a row struck through is left out and told; one cell of a row is told', async () => {
    const book = new ExcelJS.Workbook()
    const sheet = book.addWorksheet('名单')
    sheet.addRows([head, person('丁一'), person('丁二'), person('丁三')])
    sheet.getRow(3).eachCell((cell) => Object.assign(cell, { font: { strike: true } }))
    sheet.getCell('D4').font = { strike: true }
    const told = await sent(hefei, 'propagandists', Buffer.from(await book.xlsx.writeBuffer()))
    expect(told).toMatchObject({ rows: 2, create: 2 })
    expect(notesOf(told)).toEqual(['第 4 行有划了删除线的格，照样读取，请核对。', '第 3 行整行划了删除线，没有读取。'])
  })

  test('numbered rows with nothing but the day, 本页小计, 应到, 以下空白: one sentence', async () => {
    const told = await check('attendance', {
      签到: [
        ['应到', 50, '实到', 2],
        ['序号', '活动名称', '活动日期', '姓名', '单位'],
        [1, '网络安全知识竞赛', '2019-07-10', '戊一', '某厂'],
        [2, '网络安全知识竞赛', '2019-07-10', '戊二', '某厂'],
        ['本页小计', 2],
        ...Array.from({ length: 20 }, (_, n) => [n + 3, '网络安全知识竞赛', '2019-07-10']),
        [23, '以下空白'],
        ['应到：50人　实到：2人'],
      ],
      代码: [
        ['性别', '方式'],
        ['男', '扫码'],
        ['女', '导入'],
      ],
    })
    expect(told).toMatchObject({ rows: 2, create: 2, error_count: 0 })
    expect(notesOf(told).filter((note) => !note.includes('人次'))).toEqual([
      '第 6—25 行只有编号和预先填好的内容，没有读取。',
      '“代码”里是可选项或说明，不是签到的表，没有读取。',
    ])
  })

  test('a card of one person a page is told in one sentence', async () => {
    const card = (name: string): Cells[] => [
      ['姓名', name, '性别', '女'],
      ['出生年月', '1986-04', '学历', '本科'],
      ['工作单位及职务', '某厂 干事', null, null],
      ['手机号', '13755550001', '发展日期', '2019-06-18'],
    ]
    const refused = await hefei.upload(
      '/propagandists/imports',
      await workbookOf({ 丁一: card('丁一'), 丁二: card('丁二') }),
      '表.xlsx',
    )
    expect(refused.status).toBe(422)
    expect(refused.body.message).toContain('“丁一”是一人一页的卡片')
  })

  test('ticks under 男 and 女 are the choice; two of them, or a question mark, are asked about', async () => {
    const under = (marks: Cells[]) => ({
      rows: [
        ['姓名', '性别', null, '工作单位及职务', '手机号', '发展日期'],
        [null, '男', '女', null, null, null],
        ...marks.map((each, n) => [`丁${'一二三四五'[n]}`, ...each, '某厂', `1376666000${n}`, '2019-07-01']),
      ],
      merges: ['B1:C1', 'A1:A2', 'D1:D2', 'E1:E2', 'F1:F2'],
    })
    const told = await check('propagandists', {
      名单: under([
        [null, '√'],
        ['√', null],
        ['√', '√'],
        [null, null],
        ['?', null],
      ]),
    })
    expect(faults(told)).toEqual([
      ['C5', '性别选了不止一项：男、女，请只留一项。'],
      ['B7', '“男”这一列选中的打√，现在是“?”。'],
    ])
    expect((await valuesIn(hefei, told.id)).slice(0, 2).map(({ gender }) => gender)).toEqual(['女', '男'])
  })

  test('a heading that goes on 1, 2, 3 is a heading: its columns are asked about, and nobody is called 姓名', async () => {
    const told = await sent(await as('huainan'), 'attendance', fixture('R08b-签到-表头少数字-淮南.xlsx'))
    expect(told).toMatchObject({ rows: 4, mapping: { needed: true } })
    const asked = told.mapping.sheets[0]?.columns.filter(({ sure }) => !sure).map(({ heading }) => heading)
    expect(asked).toEqual(['1', '2'])
  })
})

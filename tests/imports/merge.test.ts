// 离线填报: an exported workbook is edited elsewhere and uploaded again. What one person changed meets what others changed
// meanwhile, cell by cell; rows keep their identity through sorting, copying and other programs.
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readToken, tokenOf } from '../../server/workbook/tokens.ts'
import { binary } from '../support/matrix.ts'
import { fetched } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

type Told = {
  id: number
  rows: number
  create: number
  update: number
  unchanged: number
  repeated: number
  conflicts: number
  wrong: number
  errors: { cell: string; field: string; message: string }[]
  warnings: { cell: string; message: string }[]
  visits?: { visits: number; people: number; propagandists: number }
  sheets: { notes: string[] }[]
}
type Stored = Record<string, unknown> & { id: number; version: number }

const exported = (agent: Agent, form: string, filter = {}): Promise<Buffer> =>
  fetched(agent, `/${form}/export.xlsx`, { filter })

/** A workbook opened as a person has it before them: cells by heading and row. */
async function open(bytes: Buffer) {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(bytes as unknown as ArrayBuffer)
  const sheet = book.worksheets[0] as ExcelJS.Worksheet
  const columns = new Map<string, number>()
  let first = 0
  sheet.eachRow((row, number) => {
    if (first > 0) return
    row.eachCell((cell, column) => void columns.set(cell.text, column))
    if (row.getCell(1).text === '序号') first = number + 1
  })
  while (sheet.getCell(first, 1).type !== ExcelJS.ValueType.Number && first < 20) {
    sheet.getRow(first).eachCell((cell, column) => void columns.set(cell.text, column))
    first++
  }
  const at = (n: number, heading: string) => sheet.getCell(first + n, columns.get(heading) ?? 0)
  const rowOf = (heading: string, text: string) => {
    for (let n = 0; n < sheet.rowCount; n++) if (at(n, heading).text === text) return n
    throw new Error(`no row of ${text}`)
  }
  return {
    book,
    sheet,
    first,
    columns,
    at,
    rowOf,
    set: (n: number, heading: string, value: ExcelJS.CellValue) => {
      at(n, heading).value = value
    },
    values: (n: number) => (sheet.getRow(first + n).values as ExcelJS.CellValue[]).slice(1),
    put: (n: number, values: ExcelJS.CellValue[]) => {
      for (const [index, value] of values.entries()) sheet.getCell(first + n, index + 1).value = value
    },
    bytes: async () => Buffer.from(await book.xlsx.writeBuffer()),
  }
}

const check = async (form: string, bytes: Buffer, agent = hefei): Promise<Told> => {
  const answer = await agent.upload(`/${form}/imports`, bytes, '离线.xlsx')
  expect(answer.status, JSON.stringify(answer.body)).toBeLessThan(300)
  return answer.body
}
const apply = async (told: Told, body: object = {}) => {
  const answer = await hefei.post(`/imports/${told.id}/apply`, body)
  expect(answer.status, JSON.stringify(answer.body)).toBe(200)
  return answer.body as Told
}
const one = async (form: string, id: number): Promise<Stored> => (await hefei.get(`/${form}/${id}`).expect(200)).body
const add = async (form: string, row: Record<string, unknown>): Promise<Stored> =>
  (await hefei.post(`/${form}`, row).expect(201)).body
const change = async (form: string, id: number, values: Record<string, unknown>): Promise<Stored> => {
  const { version } = await one(form, id)
  return (await hefei.put(`/${form}/${id}`, { ...values, version }).expect(200)).body
}
const counts = ({ rows, create, update, unchanged, repeated, conflicts, wrong }: Told) => ({
  rows,
  create,
  update,
  unchanged,
  repeated,
  conflicts,
  wrong,
})
const none = { rows: 0, create: 0, update: 0, unchanged: 0, repeated: 0, conflicts: 0, wrong: 0 }
let next = 100
/** Three people of one organization, and the workbook that was exported of them. */
async function three() {
  const organization = await add('organizations', { ...sample.organizations?.(next), name: `合并${next}厂工会委员会` })
  const people: Stored[] = []
  for (let n = 0; n < 3; n++)
    people.push(
      await add('propagandists', {
        ...sample.propagandists?.(next++),
        remark: '原备注',
        organization_id: organization.id,
      }),
    )
  const ids = people.map(({ id }) => id)
  const bytes = await exported(hefei, 'propagandists', { id: ids })
  const [first, second, third] = people as [Stored, Stored, Stored]
  return { organization, people, first, second, third, bytes, paper: await open(bytes) }
}

describe('an exported workbook', () => {
  test('carries a hidden column behind all others: one token a row, and looks as it did', async () => {
    const { paper, people } = await three()
    const column = paper.columns.get('行标识（请勿改动）') ?? 0
    expect(column).toBe(paper.sheet.columnCount)
    expect(paper.sheet.getColumn(column).hidden).toBe(true)
    expect(people.map((_, n) => readToken(paper.at(n, '行标识（请勿改动）').text))).toEqual(
      people.map(({ id }) => ({
        form: 'propagandists',
        campaign_id: world.campaign_id,
        unit_id: world.units.合肥,
        id,
        version: 1,
      })),
    )
    // title and lines above end where the table ends on paper
    const merges = (paper.sheet.model as { merges?: string[] }).merges ?? []
    const last = paper.sheet.getColumn(column - 1).letter
    expect(merges.find((range) => range.startsWith('A2:'))).toBe(`A2:${last}2`)
  })

  test('uploaded as it is changes nothing, whatever others did meanwhile', async () => {
    const { bytes, first, second } = await three()
    expect(counts(await check('propagandists', bytes))).toEqual({ ...none, rows: 3, unchanged: 3 })
    await change('propagandists', first.id, {
      name: '改了名',
      phone: '13911110001',
      organization_id: null,
      remark: null,
    })
    await change('propagandists', second.id, { followers: 7 })
    const told = await check('propagandists', bytes)
    expect(counts(told)).toEqual({ ...none, rows: 3, unchanged: 3 })
    await apply(told)
    expect(await one('propagandists', first.id)).toMatchObject({ name: '改了名', phone: '13911110001', version: 2 })
  })

  test('two people’s edits merge; the history says who did what', async () => {
    const { paper, first, second, third } = await three()
    paper.set(0, '备注', '我的备注')
    paper.set(1, '姓名', '我改的名')
    paper.set(1, '手机号', '13911110002')
    await change('propagandists', first.id, { followers: 999 })
    await change('propagandists', second.id, { gender: '男' })
    await change('propagandists', third.id, { remark: '他的备注' })
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 3, update: 2, unchanged: 1 })
    await apply(told)
    expect(await one('propagandists', first.id)).toMatchObject({ followers: 999, remark: '我的备注' })
    expect(await one('propagandists', second.id)).toMatchObject({
      name: '我改的名',
      phone: '13911110002',
      gender: '男',
    })
    expect(await one('propagandists', third.id)).toMatchObject({ remark: '他的备注' })
    // the same file once more: it is there already
    expect(counts(await check('propagandists', await paper.bytes()))).toEqual({ ...none, rows: 3, unchanged: 3 })
  })

  test('only a cell that both changed differently is asked', async () => {
    const { paper, first } = await three()
    paper.set(0, '备注', '我的备注')
    paper.set(0, '粉丝数', 321)
    paper.set(0, '手机号', '13911110003')
    await change('propagandists', first.id, { remark: '他的备注', followers: 321, phone: '13911110004' })
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 3, conflicts: 1, unchanged: 2 })
    const refused = await hefei.post(`/imports/${told.id}/apply`)
    expect(refused.status).toBe(422)
    await apply(told, { only_valid: true })
    expect(await one('propagandists', first.id)).toMatchObject({ remark: '他的备注', phone: '13911110004', version: 2 })
  })

  test('what is asked is decided cell by cell, and can be decided otherwise', async () => {
    const { paper, first, second } = await three()
    for (const n of [0, 1]) {
      paper.set(n, '备注', '我的备注')
      paper.set(n, '粉丝数', 321)
    }
    for (const { id } of [first, second]) await change('propagandists', id, { remark: '他的备注', followers: 99 })
    const told = await check('propagandists', await paper.bytes())
    const { body: rows } = await hefei.get(`/imports/${told.id}/rows`, { filter: { kind: 'conflict' } }).expect(200)
    expect(rows.map((row: { n: number; conflicts: object }) => [row.n, row.conflicts])).toEqual(
      [0, 1].map((n) => [
        n,
        {
          remark: { base: '原备注', theirs: '他的备注', mine: '我的备注' },
          followers: { base: '120', theirs: '99', mine: '321' },
        },
      ]),
    )
    const decide = async (choices: object[]) =>
      (await hefei.patch(`/imports/${told.id}/rows`, { choices }).expect(200)).body.head as Told
    const all = (n: number, choice: string) => ['remark', 'followers'].map((field) => ({ n, field, choice }))
    expect((await decide(all(0, 'theirs'))).conflicts).toBe(1)
    expect((await decide([{ n: 1, field: 'remark', choice: 'mine' }])).conflicts).toBe(1)
    expect((await decide([...all(0, 'mine'), { n: 1, field: 'followers', choice: 'theirs' }])).conflicts).toBe(0)
    await apply(told)
    expect(await one('propagandists', first.id)).toMatchObject({ remark: '我的备注', followers: 321 })
    expect(await one('propagandists', second.id)).toMatchObject({ remark: '我的备注', followers: 99 })
  })

  test('a blank cell keeps, （清空） clears, a mandatory field can’t be cleared', async () => {
    const { paper, first, second } = await three()
    paper.set(0, '备注', null)
    paper.set(0, '性别', '（清空）')
    paper.set(0, '所在工会', '(清空)')
    paper.set(1, '工作单位及职务', '（清空）')
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 3, update: 1, unchanged: 1, wrong: 1 })
    expect(told.errors).toMatchObject([{ field: 'job', message: '工作单位及职务是必填的，不能清空。' }])
    await apply(told, { only_valid: true })
    expect(await one('propagandists', first.id)).toMatchObject({
      remark: '原备注',
      gender: null,
      organization_id: null,
    })
    expect(await one('propagandists', second.id)).toMatchObject({ version: 1 })
  })

  test('sorted with its rows or without them, every row finds its record', async () => {
    for (const whole of [true, false]) {
      const { paper, people } = await three()
      paper.set(2, '备注', '排序以后')
      const rows = [0, 1, 2].map((n) => paper.values(n))
      const tokens = rows.map((row) => row.at(-1))
      for (const [n, from] of [2, 0, 1].entries())
        paper.put(n, [n + 1, ...(rows[from] ?? []).slice(1, -1), whole ? tokens[from] : tokens[n]])
      // meanwhile somebody changes the row whose token now stands beside another one
      await change('propagandists', people[0]?.id ?? 0, { followers: 4_321 })
      const told = await check('propagandists', await paper.bytes())
      expect([whole, counts(told)]).toEqual([whole, { ...none, rows: 3, update: 1, unchanged: 2 }])
      await apply(told)
      expect(await one('propagandists', people[2]?.id ?? 0)).toMatchObject({
        remark: '排序以后',
        phone: people[2]?.phone,
      })
      expect(await one('propagandists', people[0]?.id ?? 0)).toMatchObject({
        followers: 4_321,
        phone: people[0]?.phone,
      })
    }
  })

  test('a copied row with another key is a new one, with the same key it is told', async () => {
    const { paper, first } = await three()
    const copy = paper.values(0)
    paper.sheet.spliceRows(paper.first + 3, 0, copy, copy)
    paper.set(3, '姓名', '抄来的人')
    paper.set(3, '手机号', '13911110005')
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 5, create: 1, unchanged: 3, repeated: 1 })
    await apply(told)
    expect(await one('propagandists', first.id)).toMatchObject({ name: first.name, version: 1 })
    const found = await hefei.get('/propagandists', { filter: { phone: '13911110005' } })
    expect(found.body).toMatchObject([{ name: '抄来的人', remark: '原备注' }])
  })

  test('inserted rows are new or found by key, missing ones are left alone', async () => {
    const { paper, people } = await three()
    const other = await add('propagandists', sample.propagandists?.(next++) ?? {})
    const row = paper.values(0)
    const typed = (name: string, phone: string) => {
      const values = row.map(() => null) as ExcelJS.CellValue[]
      const put = (heading: string, value: ExcelJS.CellValue) => {
        values[(paper.columns.get(heading) ?? 1) - 1] = value
      }
      put('姓名', name)
      put('手机号', phone)
      put('工作单位及职务', '某厂')
      put('发展日期', '2019-07-02')
      return values
    }
    paper.sheet.spliceRows(paper.first + 1, 2, typed('新来的', '13911110006'), typed('另一人', String(other.phone)))
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 3, create: 1, update: 1, unchanged: 1 })
    await apply(told)
    expect(await one('propagandists', other.id)).toMatchObject({ name: '另一人', gender: '女' })
    for (const { id } of people) expect(await one('propagandists', id)).toMatchObject({ version: 1, deleted_at: null })
  })

  test('a row deleted meanwhile stays away as it was, and is told with its cell when it was edited', async () => {
    const { paper, first, second } = await three()
    paper.set(1, '备注', '还要改它')
    await hefei.delete(`/propagandists/${first.id}`).expect(200)
    await hefei.delete(`/propagandists/${second.id}`).expect(200)
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 3, unchanged: 2, wrong: 1 })
    expect(told.warnings).toMatchObject([
      { cell: `宣传员!B${paper.first}`, message: expect.stringContaining('回收站') },
    ])
    expect(told.errors).toMatchObject([{ field: 'remark', message: expect.stringContaining('回收站') }])
    expect(told.errors[0]?.cell).toMatch(new RegExp(`^宣传员![A-Z]+${paper.first + 1}$`))
  })

  test('a row that was submitted meanwhile is told where it was edited and left alone where not', async () => {
    const { paper, first, second } = await three()
    paper.set(0, '备注', '晚了')
    for (const { id } of [first, second]) await hefei.post(`/propagandists/${id}/submission`).expect(200)
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 3, unchanged: 2, wrong: 1 })
    expect(told.errors).toMatchObject([{ field: 'remark', message: expect.stringContaining('已提交') }])
  })

  test('rows of another unit and of another form are told, a token that was changed too', async () => {
    const wuhu = await world.as('wuhu')
    await wuhu.post('/propagandists', { ...sample.propagandists?.(next++), name: '芜湖人' }).expect(201)
    const theirs = await open(await exported(wuhu, 'propagandists'))
    const { paper, organization } = await three()
    const own = await open(await exported(hefei, 'organizations', { id: organization.id }))
    const token = '行标识（请勿改动）'
    paper.sheet.spliceRows(paper.first + 3, 0, theirs.values(theirs.rowOf('姓名', '芜湖人')))
    paper.set(1, token, own.at(0, token).value)
    paper.set(2, token, `${paper.at(2, token).text}x`)
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 4, unchanged: 2, wrong: 2 })
    expect(told.errors.map(({ cell, message }) => [cell, message])).toEqual([
      [`宣传员!B${paper.first + 1}`, expect.stringContaining('另一张表')],
      [`宣传员!B${paper.first + 3}`, expect.stringContaining('芜湖市总工会')],
    ])
    expect(told.warnings[0]).toMatchObject({
      cell: `宣传员!B${paper.first + 2}`,
      message: expect.stringContaining('行标识'),
    })
  })

  test('a number that belongs to another record is told, never written over it', async () => {
    const { paper, first, second } = await three()
    const other = await add('propagandists', sample.propagandists?.(next++) ?? {})
    paper.set(0, '手机号', String(other.phone))
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 3, unchanged: 2, wrong: 1 })
    expect(told.errors).toMatchObject([{ field: 'phone', message: `这个手机号已经登记过：${other.name}。` }])
    expect([first.version, second.version]).toEqual([1, 1])
  })

  test('a record it refers to may be renamed meanwhile, or change its namesakes', async () => {
    const { paper, organization, bytes, first } = await three()
    await change('organizations', organization.id, { name: `改名${next}厂工会委员会` })
    await add('organizations', { ...sample.organizations?.(next), name: organization.name, phone: null })
    const told = await check('propagandists', bytes)
    expect(counts(told)).toEqual({ ...none, rows: 3, unchanged: 3 })
    paper.set(0, '备注', '又')
    await apply(await check('propagandists', await paper.bytes()))
    expect(await one('propagandists', first.id)).toMatchObject({ remark: '又', organization_id: organization.id })
  })

  test('references merge as what they refer to, and are asked by name', async () => {
    const { paper, organization, first, second, third } = await three()
    const [mine, theirs] = [`我的${next}厂工会委员会`, `他的${next}厂工会委员会`]
    for (const name of [mine, theirs])
      await add('organizations', { ...sample.organizations?.(next), name, phone: null })
    for (const n of [0, 1]) paper.set(n, '所在工会', mine)
    await change('propagandists', first.id, { organization_id: theirs })
    await change('propagandists', third.id, { organization_id: theirs })
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 3, update: 1, conflicts: 1, unchanged: 1 })
    await apply(told, { only_valid: true })
    const labels = [first, second, third].map(async ({ id }) => (await one('propagandists', id)).organization_id_label)
    expect(await Promise.all(labels)).toEqual([theirs, mine, theirs])
    expect(organization.version).toBe(1)
  })

  test('of the campaign and of several units at once: what is not one’s own stays as it is', async () => {
    const province = await world.as('province')
    for (const form of ['quotas', 'collections', 'stages', 'units', 'campaigns']) {
      const paper = await open(await exported(province, form))
      expect([form, readToken(paper.at(0, '行标识（请勿改动）').text)?.unit_id]).toEqual([form, 0])
      const told = await check(form, await paper.bytes(), province)
      expect([form, counts(told)]).toEqual([form, { ...none, rows: told.rows, unchanged: told.rows }])
      expect(told.rows).toBeGreaterThan(0)
    }
    const { first } = await three()
    const paper = await open(await exported(province, 'propagandists'))
    const row = paper.rowOf('姓名', String(first.name))
    expect(paper.at(row, '填报单位').text).toBe('合肥')
    expect(counts(await check('propagandists', await paper.bytes(), province))).toMatchObject({ update: 0, wrong: 0 })
    paper.set(row, '备注', '省里改的')
    const told = await check('propagandists', await paper.bytes(), province)
    expect(told.errors).toMatchObject([{ field: 'unit_id', message: expect.stringContaining('只能由填报单位自己改') }])
  })

  test('of another year it makes new rows, and says so', async () => {
    const { paper, first } = await three()
    const origin = readToken(paper.at(0, '行标识（请勿改动）').text)
    paper.set(0, '行标识（请勿改动）', origin ? tokenOf({ ...origin, campaign_id: 999 }) : null)
    paper.set(0, '手机号', '13911110009')
    const told = await check('propagandists', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 3, create: 1, unchanged: 2 })
    expect(told.warnings[0]?.message).toContain('别的年度')
    expect((await one('propagandists', first.id)).version).toBe(1)
  })

  test('of more rows than are written at a stretch every row has its token, and all are merged', async () => {
    const event = await add('events', { ...sample.events?.(), title: '五千人大会' })
    const rows = Array.from({ length: 5_000 }, (_, n) => ['五千人大会', `丑${n}`, '某厂', String(13_600_000_000 + n)])
    const book = new ExcelJS.Workbook()
    book.addWorksheet('签到').addRows([['活动名称', '姓名', '单位', '手机号'], ...rows])
    await apply(await check('attendance', Buffer.from(await book.xlsx.writeBuffer())))
    await world.owner(
      `update attendance set job = '工人', version = version + 1 where event_id = $1 and phone like '%7'`,
      [event.id],
    )
    const bytes = await exported(hefei, 'attendance', { event_id: event.id })
    await world.owner(
      `update attendance set remark = '他的', version = version + 1 where event_id = $1 and phone like '%9'`,
      [event.id],
    )
    const paper = await open(bytes)
    for (let n = 0; n < 5_000; n += 2) paper.set(n, '职务/工种', '电工')
    for (let n = 9; n < 5_000; n += 1_000) paper.set(n, '备注', '我的')
    const told = await check('attendance', await paper.bytes())
    expect(counts(told)).toEqual({ ...none, rows: 5_000, update: 2_500, conflicts: 5, unchanged: 2_495 })
    await apply(told, { only_valid: true })
    const [found] = await world.owner<{ mine: number; theirs: number }>(
      `select count(*) filter (where job = '电工')::int as mine, count(*) filter (where remark = '他的')::int as theirs from attendance where event_id = $1`,
      [event.id],
    )
    expect(found).toEqual({ mine: 2_500, theirs: 500 })
  })

  test('re-saved by LibreOffice it still knows its rows', async (context) => {
    const office = ['/usr/bin/soffice', '/usr/local/bin/soffice', '/opt/libreoffice/program/soffice'].find(existsSync)
    if (!office) return context.skip()
    const { paper, first, second } = await three()
    paper.set(0, '备注', '经过别的程序')
    const folder = mkdtempSync(join(tmpdir(), 'haowangmin-office-'))
    try {
      writeFileSync(join(folder, 'in.xlsx'), await paper.bytes())
      const profile = `-env:UserInstallation=file://${folder}/profile`
      execFileSync(
        office,
        [
          profile,
          '--headless',
          '--convert-to',
          'xlsx:Calc MS Excel 2007 XML',
          '--outdir',
          `${folder}/out`,
          `${folder}/in.xlsx`,
        ],
        { stdio: 'ignore' },
      )
      await change('propagandists', second.id, { followers: 5 })
      const told = await check('propagandists', readFileSync(join(folder, 'out', 'in.xlsx')))
      expect(counts(told)).toEqual({ ...none, rows: 3, update: 1, unchanged: 2 })
      await apply(told)
      expect(await one('propagandists', first.id)).toMatchObject({ remark: '经过别的程序', version: 2 })
    } finally {
      rmSync(folder, { recursive: true, force: true })
    }
  })
})

describe('签到表', () => {
  const day = '2019-07-23'
  let event: Stored
  const sheetOf = (id: number, blank?: number): Promise<Buffer> =>
    fetched(hefei, `/events/${id}/sign_in.xlsx`, blank === undefined ? {} : { blank })
  beforeAll(async () => {
    await world.owner('update propagandists set deleted_at = now(), version = version + 1 where deleted_at is null')
    // another event of the same name, told apart by its day
    await add('events', { ...sample.events?.(), title: '签到试验', held_on: '2019-07-20' })
    event = await add('events', { ...sample.events?.(), title: '签到试验', held_on: day, place: '三楼礼堂' })
    await add('attendance', { ...sample.attendance?.(901), event_id: event.id, signed_at: `${day} 08:55` })
    await add('propagandists', { ...sample.propagandists?.(901), name: '来的人', job: '一厂 钳工' })
    await add('propagandists', { ...sample.propagandists?.(902), name: '没来的人', job: '二厂 焊工' })
  })

  test('holds the event, who has signed in, who is expected, and lines to write on', async () => {
    const bytes = await sheetOf(event.id)
    if (process.env.SHOTS) writeFileSync(`${process.env.SHOTS}/sign-in.xlsx`, bytes)
    const paper = await open(bytes)
    const said = (row: number) => paper.sheet.getRow(row).getCell(1).text
    expect([said(1), said(2), said(3), said(4)]).toEqual([
      '附件6',
      '2019年“好网民”线下活动签到表',
      '活动名称：签到试验',
      '活动地点：三楼礼堂',
    ])
    expect([...paper.columns.keys()].slice(-9)).toEqual([
      '姓名',
      '性别',
      '单位',
      '职务/工种',
      '手机号',
      '签到时间',
      '备注',
      '本人签名',
      '行标识（请勿改动）',
    ])
    expect(
      [0, 1, 2, 3].map((n) => [paper.at(n, '序号').value, paper.at(n, '姓名').text, paper.at(n, '签到时间').text]),
    ).toEqual([
      [1, '戊901', `${day} 08:55`],
      [2, '来的人', ''],
      [3, '没来的人', ''],
      [4, '', ''],
    ])
    expect([0, 1, 3].map((n) => readToken(paper.at(n, '行标识（请勿改动）').text)?.form)).toEqual([
      'attendance',
      'propagandists',
      undefined,
    ])
    expect(paper.sheet.pageSetup).toMatchObject({ paperSize: 9, fitToWidth: 1, orientation: 'portrait' })
    // the lines fill the page
    expect(paper.sheet.rowCount).toBeGreaterThan(24)
    expect((await open(await sheetOf(event.id, 2))).at(5, '序号').value).toBe('活动负责人（签字）：')
  })

  test('sent back as it is changes nothing; typed back it merges, a time alone is of the event’s day', async () => {
    const bytes = await sheetOf(event.id)
    const untouched = await check('attendance', bytes)
    expect(counts(untouched)).toEqual({ ...none, rows: 3, unchanged: 3 })
    expect(JSON.stringify(untouched)).not.toContain('本人签名')
    const paper = await open(bytes)
    paper.set(0, '签到时间', '9点5分')
    paper.set(1, '签到时间', '上午9:10')
    paper.set(3, '姓名', '现场来的')
    paper.set(3, '单位', '三厂')
    paper.set(3, '手机号', '13700000903')
    paper.at(3, '签到时间').numFmt = 'h:mm'
    paper.set(3, '签到时间', 9.25 / 24)
    paper.set(4, '姓名', '没写时间')
    paper.set(4, '单位', '三厂')
    const told = await check('attendance', await paper.bytes())
    expect([counts(told), told.errors]).toEqual([{ ...none, rows: 5, create: 3, update: 1, unchanged: 1 }, []])
    expect(told.visits).toEqual({ visits: 4, people: 4, propagandists: 1 })
    expect(told.sheets[0]?.notes).toEqual(
      expect.arrayContaining(['4 人次，4 人，其中本单位宣传员 1 人。', '印好的人里，没有签到时间的没有记入。']),
    )
    await apply(told)
    const found = await hefei.get('/attendance', { filter: { event_id: event.id }, sort: ['id', 'ASC'] })
    expect(found.body.map((row: Stored) => [row.name, row.workplace, row.signed_at])).toEqual([
      ['戊901', '测试厂', `${day}T09:05:00`],
      ['来的人', '一厂 钳工', `${day}T09:10:00`],
      ['现场来的', '三厂', `${day}T09:15:00`],
      ['没写时间', '三厂', null],
    ])
    expect(counts(await check('attendance', await paper.bytes()))).toEqual({ ...none, rows: 5, unchanged: 5 })
    // the next sheet knows who came
    const next_sheet = await open(await sheetOf(event.id, 0))
    expect([0, 1, 2, 3, 4].map((n) => next_sheet.at(n, '姓名').text)).toEqual([
      '戊901',
      '来的人',
      '现场来的',
      '没写时间',
      '没来的人',
    ])
  })

  test('visits and people are counted over all events of a file, one event a sheet or in a column', async () => {
    await add('events', { ...sample.events?.(), title: '第一场', held_on: '2019-07-24' })
    await add('events', { ...sample.events?.(), title: '第二场', held_on: '2019-07-25' })
    const book = new ExcelJS.Workbook()
    // the event stands in the title, in the name of the sheet, in a line above, in a column
    book
      .addWorksheet('一')
      .addRows([['“第一场”签到表'], ['姓名', '单位', '手机号', '时间'], ['甲', '一厂', '13700000951', '9:00']])
    book.addWorksheet('第二场').addRows([
      ['姓名', '单位', '手机号', '时间'],
      ['甲', '一厂', '137 0000 0951', '14点'],
      ['乙', '一厂'],
    ])
    book
      .addWorksheet('三')
      .addRows([['活动名称：第二场'], ['姓名', '单位', '手机号'], ['来的人', '一厂', '13900000901']])
    book.addWorksheet('四').addRows([
      ['活动名称', '姓名', '单位', '手机号'],
      ['第一场', '乙', '一厂'],
      ['第二场', '丙', '一厂', '13700000952'],
    ])
    const told = await check('attendance', Buffer.from(await book.xlsx.writeBuffer()))
    expect([counts(told), told.errors]).toEqual([{ ...none, rows: 6, create: 6 }, []])
    expect(told.visits).toEqual({ visits: 6, people: 4, propagandists: 1 })
    await apply(told)
    const found = await hefei.get('/attendance', { filter: { phone: '13700000951' }, sort: ['id', 'ASC'] })
    expect(found.body.map((row: Stored) => row.signed_at)).toEqual(['2019-07-24T09:00:00', '2019-07-25T14:00:00'])
  })

  test('is for whoever sees the event', async () => {
    const path = `/events/${event.id}/sign_in.xlsx`
    await (await world.as('province')).get(path).expect(200)
    await (await world.as('wuhu')).get(path).expect(404)
    await (await world.as('juror1')).get(path).expect(403)
    await world.anonymous.get(path).expect(401)
    await hefei.get('/events/999999/sign_in.xlsx').expect(404)
    const cac = await binary((await world.as('cac')).get(path))
    const masked = await open(cac.body)
    expect(masked.at(0, '手机号').text).toMatch(/^137\*{4}\d{4}$/)
  })
})

// What a check comes to row by row: windows of it, decisions on it, and that those decisions, one after the other in any
// order, come to what checking the whole file with all of them would.
import { readFileSync } from 'node:fs'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { StagedRow } from '../server/imports/staged.ts'
import { type Agent, makeWorld, sample, type World } from './world.ts'

type Cells = (string | number | Date | undefined)[]
const fixture = (name: string) => readFileSync(new URL(`./fixtures/workbooks/${name}`, import.meta.url))

async function workbook(sheets: Record<string, Cells[]>): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  for (const [name, rows] of Object.entries(sheets)) book.addWorksheet(name).addRows(rows)
  return Buffer.from(await book.xlsx.writeBuffer())
}

let world: World
let hefei: Agent
let wuhu: Agent
let province: Agent

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  wuhu = await world.as('wuhu')
  province = await world.as('province')
})
afterAll(() => world?.close())

const heading = ['序号', '姓名', '性别', '所在工会', '单位及职务', '手机', '账号类型', '粉丝数', '发展日期']
const person = (n: number, more: Partial<Record<string, string | number>> = {}): Cells => [
  n,
  more.name ?? `丁${n}`,
  more.gender ?? '女',
  more.union,
  more.job ?? '测试厂 干事',
  more.phone ?? `1390001${String(n).padStart(4, '0')}`,
  more.platform ?? '抖音',
  more.followers ?? 100 + n,
  more.on ?? '2019-07-01',
]
const upload = async (rows: Cells[], agent = hefei, form = 'propagandists') => {
  const answer = await agent.upload(`/${form}/imports`, await workbook({ 宣传员: rows }), '宣传员.xlsx')
  expect(answer.status, answer.text.slice(0, 500)).toBe(200)
  return answer.body as { id: number } & Record<string, unknown>
}
const rowsOf = async (id: number, filter = {}, range = [0, 99], agent = hefei) => {
  const answer = await agent.get(`/imports/${id}/rows`, { filter, range })
  expect(answer.status, answer.text).toBe(200)
  return { rows: answer.body as StagedRow[], range: answer.headers['content-range'] as string }
}

describe('a check, row by row', () => {
  it('tells of every row what it would become, with its words, its cells and what it says now', async () => {
    await hefei.post('/propagandists', { ...sample.propagandists?.(1), phone: '13900019001', name: '周一' }).expect(201)
    await hefei.post('/propagandists', { ...sample.propagandists?.(2), phone: '13900019002', name: '周二' }).expect(201)
    const { id, ...counts } = await upload([
      heading,
      person(1),
      person(2, { phone: '139 0001 9001', name: '周一', gender: '男' }),
      [3, '周二', '女', undefined, '测试厂 干事', '13900019002', '抖音', 120, '2019-07-01'],
      person(4, { phone: '1.36E+10' }),
      person(1),
      person(6, { phone: '13900010001', name: '戊' }),
    ])
    expect(counts).toMatchObject({
      rows: 6,
      create: 1,
      update: 1,
      unchanged: 1,
      wrong: 1,
      repeated: 2,
      conflicts: 0,
      left_out: 0,
    })
    const { rows, range } = await rowsOf(id)
    expect(range).toBe('rows 0-5/6')
    expect(rows.map(({ n, kind, row }) => [n, kind, row])).toEqual([
      [0, 'create', 2],
      [1, 'update', 3],
      [2, 'unchanged', 4],
      [3, 'wrong', 5],
      [4, 'repeated', 6],
      [5, 'repeated', 7],
    ])
    expect(rows[0]).toMatchObject({
      sheet: '宣传员',
      values: { name: '丁1', gender: '女', phone: '13900010001', followers: '101', appointed_on: '2019-07-01' },
      cells: { phone: 'F2', name: 'B2' },
    })
    expect(rows[1]).toMatchObject({
      values: { phone: '13900019001', gender: '男', followers: '102' },
      before: { gender: '女', followers: '120' },
    })
    expect(rows[3]).toMatchObject({
      values: { phone: '1.36E+10' },
      errors: { phone: expect.stringContaining('末几位丢了') },
    })
    expect(rows[4]).toMatchObject({
      note: expect.stringContaining('完全相同'),
      twin: { n: 0, row: 2, identical: true },
    })
    expect(rows[5]).toMatchObject({ note: expect.stringContaining('F2'), twin: { n: 0, identical: false } })
  })
})

// Which column is read into which field: never asked where the heading is certain, asked once where it is not, remembered
// for the unit; and corrected files that join the import they belong to.
import { readdirSync, readFileSync } from 'node:fs'
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MappedColumn, Mapping } from '../../server/imports/read/mapping.ts'
import type { ShownRow } from '../../server/imports/stage/chunks.ts'
import { binary } from '../support/matrix.ts'
import { type Cells, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let wuhu: Agent

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  wuhu = await world.as('wuhu')
})
afterAll(() => world?.close())

type Head = { id: number; mapping: Mapping } & Record<string, unknown>
const check = async (rows: Cells[], agent = hefei, name = '名单'): Promise<Head> => {
  const answer = await agent.upload('/propagandists/imports', await workbookOf({ [name]: rows }), '名单.xlsx')
  expect(answer.status, answer.text.slice(0, 500)).toBe(200)
  return answer.body
}
const columnsOf = ({ mapping }: Head): (readonly [number, string | null, boolean])[] =>
  (mapping.sheets[0]?.columns ?? []).map(({ column, field, sure }: MappedColumn) => [column, field, sure] as const)

describe('asking for columns', () => {
  const folder = new URL('../fixtures/workbooks/', import.meta.url)
  const forms: Record<string, string> = {
    附件1: 'quotas',
    附件3: 'organizations',
    附件4: 'propagandists',
    线下: 'events',
    附件6: 'attendance',
  }
  const files = readdirSync(folder).filter((name) => Object.keys(forms).some((key) => name.startsWith(key)))

  test.each(files)('never where it is certain: %s', async (file) => {
    const form = Object.entries(forms).find(([key]) => file.startsWith(key))?.[1] ?? ''
    const agent = form === 'quotas' ? await world.as('province') : hefei
    const { body } = await agent.upload(`/${form}/imports`, readFileSync(new URL(file, folder)), file)
    expect(body.mapping).toMatchObject({ needed: false, remembered: false })
    expect(body.mapping.sheets[0].sure).toBe(true)
    expect(JSON.stringify(body.mapping)).not.toMatch(/3[34]0\d{15}/)
  })

  test('not for a column that is none of ours, with whatever stands in it', async () => {
    const { mapping } = await check([
      ['姓名', '邮箱', '工作单位及职务', '手机号', '年龄', '发展日期'],
      ['丁一', 'a@example.cn', '某厂 干事', '13800000001', 35, '2019-07-01'],
      ['丁二', 'b@example.cn', '某厂 干事', '13800000002', 41, '2019-07-01'],
    ])
    expect(mapping).toMatchObject({ needed: false })
    expect(mapping.sheets[0]?.columns[1]).toMatchObject({
      kind: 'unknown',
      field: null,
      samples: ['a@example.cn', 'b@example.cn'],
    })
  })

  const unsure: Cells[] = [
    ['姓名', '岗位情况', '手机', '联系电话', '登记的日子'],
    ['丁一', '某厂 干事', '13800000011', '0551-62600001', '2019-07-01'],
    ['丁二', '某厂 会计', '13800000012', '0551-62600002', '2019-07-02'],
  ]

  test('where two columns would do, or a column could be a mandatory one: guesses, asks, and writes nothing before', async () => {
    const head = await check(unsure)
    expect(head.mapping).toMatchObject({ needed: true, remembered: false })
    expect(columnsOf(head)).toEqual([
      [0, 'name', true],
      [1, null, false],
      [2, 'phone', false],
      [3, null, false],
      [4, null, false],
    ])
    const refused = await hefei.post(`/imports/${head.id}/apply`, { only_valid: true })
    expect([refused.status, refused.body.message]).toEqual([409, expect.stringContaining('栏目对应')])
    await hefei.get(`/imports/${head.id}`).expect(200)

    const sheets = [{ name: '名单', columns: { '1': 'job', '2': 'phone', '3': null, '4': 'appointed_on' } }]
    const decided = await hefei.post(`/imports/${head.id}/mapping`, { sheets })
    expect(decided.status, decided.text.slice(0, 300)).toBe(200)
    expect(decided.body).toMatchObject({ state: 'checked', rows: 2, create: 2, wrong: 0, mapping: { needed: false } })
    const rows = (await hefei.get(`/imports/${head.id}/rows`)).body as ShownRow[]
    expect(rows[0]).toMatchObject({
      values: { name: '丁一', job: '某厂 干事', phone: '13800000011', appointed_on: '2019-07-01' },
      cells: { job: 'B2' },
    })
    await hefei.post(`/imports/${head.id}/apply`).expect(200)
  })

  test('once: the next file with this heading is read the same way, and that can be seen and changed', async () => {
    const next = await check(
      [unsure[0] as Cells, ['丁三', '某厂 干事', '13800000013', '0551-62600003', '2019-07-03']],
      hefei,
      '又一张',
    )
    expect(next).toMatchObject({ create: 1, wrong: 0, mapping: { needed: false, remembered: true } })
    expect(columnsOf(next).map(([, field]) => field)).toEqual(['name', 'job', 'phone', null, 'appointed_on'])
    const changed = await hefei.post(`/imports/${next.id}/mapping`, {
      sheets: [{ name: '又一张', columns: { '3': 'remark' } }],
    })
    expect(changed.body).toMatchObject({ create: 1, mapping: { needed: false } })
    const third = await check([unsure[0] as Cells, ['丁四', '某厂 干事', '13800000014', '0551-62600004', '2019-07-03']])
    expect(columnsOf(third).map(([, field]) => field)).toEqual(['name', 'job', 'phone', 'remark', 'appointed_on'])
    // another unit has decided nothing
    expect((await check(unsure, wuhu)).mapping).toMatchObject({ needed: true, remembered: false })
  })

  test('refuses what can be no mapping', async () => {
    const { id } = await check(unsure, wuhu)
    const sheet = (columns: unknown, name = '名单') => ({ sheets: [{ name, columns }] })
    const bodies = [
      {},
      sheet({ '1': 'job' }, '别的'),
      sheet({ '1': 'status' }),
      sheet({ '1': 'id' }),
      sheet({ '9': 'job' }),
      sheet({ __proto__: null, constructor: 'job' }),
      sheet({ '1': 'job', '3': 'job' }),
      sheet([]),
      { ...sheet({ '1': 'job' }), other: 1 },
    ]
    for (const body of bodies) {
      const answer = await wuhu.post(`/imports/${id}/mapping`, body)
      expect([answer.status, answer.body.message?.length > 5], JSON.stringify(body)).toEqual([400, true])
    }
    await hefei.post(`/imports/${id}/mapping`, sheet({ '1': 'job' })).expect(404)
  })

  test('a field moves with its column, and a column given away is read no longer', async () => {
    const { id } = await check(unsure, wuhu)
    const { body } = await wuhu.post(`/imports/${id}/mapping`, {
      sheets: [{ name: '名单', columns: { '3': 'phone' } }],
    })
    expect(columnsOf(body).map(([, field]) => field)).toEqual(['name', null, null, 'phone', null])
    expect(body.errors.some(({ cell }: { cell: string }) => cell === '名单!D2')).toBe(true)
  })
})

describe('a file corrected and sent again', () => {
  const heading = ['姓名', '工作单位及职务', '手机号', '性别', '发展日期']
  const wrong: Cells[] = [
    heading,
    ['戊一', '某厂 干事', '13800000021', '男', '2019-07-01'],
    ['戊二', '某厂 干事', '1.38E+10', '男', '2019-07-01'],
    ['戊三', '某厂 干事', '13800000023', '他', '2019-02-30'],
  ]
  const fetchTable = async (id: number) => {
    const answer = await binary(hefei.get(`/imports/${id}/errors.xlsx`))
    expect(answer.status).toBe(200)
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(answer.body as never)
    return book
  }
  const send = async (book: ExcelJS.Workbook, fields: Record<string, string> = {}, agent = hefei) =>
    agent.upload('/propagandists/imports', Buffer.from(await book.xlsx.writeBuffer()), '错误表.xlsx', fields)

  test('a table of errors finds its import by itself; what was corrected are its corrections, until 0 are left', async () => {
    const { id } = await check(wrong)
    const first = await fetchTable(id)
    const sheet = first.getWorksheet('名单') as ExcelJS.Worksheet
    sheet.getCell('C3').value = '138 0000 0022'
    const joined = await send(first)
    expect(joined.status, joined.text.slice(0, 300)).toBe(200)
    expect(joined.body).toMatchObject({ id, rows: 3, create: 2, wrong: 1, error_count: 2, file_name: '名单.xlsx' })
    const second = await fetchTable(id)
    const rest = second.getWorksheet('名单') as ExcelJS.Worksheet
    // the first correction stands in the table
    expect(String(rest.getCell('C3').value)).toContain('138 0000 0022'.replace(/ /g, '').slice(-4))
    rest.getCell('D4').value = '女'
    rest.getCell('E4').value = new Date(Date.UTC(2019, 6, 4))
    const done = await send(second, { continues: String(id) })
    expect(done.body).toMatchObject({ id, create: 3, wrong: 0, error_count: 0 })
    await hefei.post(`/imports/${id}/apply`).expect(200)
    const rows = await world.owner(
      `select name, gender, phone, appointed_on::text as "on" from propagandists where name like '戊%' order by phone`,
    )
    expect(rows).toEqual([
      { name: '戊一', gender: '男', phone: '13800000021', on: '2019-07-01' },
      { name: '戊二', gender: '男', phone: '13800000022', on: '2019-07-01' },
      { name: '戊三', gender: '女', phone: '13800000023', on: '2019-07-04' },
    ])
    // over: the same table is a file of its own now, and changes nothing
    const late = await send(second)
    expect(late.body).toMatchObject({ create: 0, unchanged: 3 })
    expect(late.body.id).not.toBe(id)
    await send(second, { continues: String(id) }).then(({ status }) => expect(status).toBe(409))
  })

  test('the file itself, corrected in place, goes on where it was asked to; another file does not', async () => {
    const { id } = await check(wrong)
    const rows = structuredClone(wrong)
    rows[2] = ['戊二', '某厂 干事', '13800000032', '男', '2019-07-01']
    const bytes = await workbookOf({ 名单: rows })
    const alone = await hefei.upload('/propagandists/imports', bytes, '名单.xlsx')
    expect(alone.body.id).not.toBe(id)
    const joined = await hefei.upload('/propagandists/imports', bytes, '名单.xlsx', { continues: String(id) })
    expect(joined.body).toMatchObject({ id, wrong: 1 })
    const other = await workbookOf({ 名单: [heading, ...rows.slice(1), ...rows.slice(1)] })
    const refused = await hefei.upload('/propagandists/imports', other, '名单.xlsx', { continues: String(id) })
    expect([refused.status, refused.body.message]).toEqual([409, expect.stringContaining('对不上')])
    await wuhu.upload('/propagandists/imports', bytes, '名单.xlsx', { continues: String(id) }).expect(404)
    await hefei.upload('/events/imports', bytes, '名单.xlsx', { continues: String(id) }).expect(404)
    await hefei.upload('/propagandists/imports', bytes, '名单.xlsx', { continues: 'x' }).expect(404)
    await (await world.as('province'))
      .upload('/propagandists/imports', bytes, '名单.xlsx', { continues: String(id) })
      .expect(403)
  })

  test('a mark of another unit leads nowhere', async () => {
    const { id } = await check(wrong)
    const book = await fetchTable(id)
    const answer = await send(book, {}, wuhu)
    expect(answer.status).toBe(200)
    expect(answer.body.id).not.toBe(id)
    const [{ decisions } = { decisions: null }] = await world.owner('select decisions from imports where id = $1', [id])
    expect(decisions).toEqual({})
  })
})

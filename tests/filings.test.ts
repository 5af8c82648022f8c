/** 报送版: frozen, numbered, verifiable by anybody who holds the paper, comparable row by row, within everybody's scope. */
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { compare, fingerprint, type Snapshot } from '../server/filings/snapshot.ts'
import { binary, textsOf } from './matrix.ts'
import { type Agent, makeWorld, sample, type Username, type World } from './world.ts'

let world: World
const agents = {} as Record<Username, Agent>
let paper: Record<string, unknown> & { id: number; number: string; data_sha256: string }

const fill = async (who: Username, form: string, count: number) => {
  const rows = Array.from({ length: count }, (_, at) => sample[form]?.(at + 1) ?? {})
  const made = await agents[who].post(`/${form}/bulk`, { create: rows }).expect(200)
  return (made.body.create as { id: number; version: number }[]).map(({ id }) => id)
}

beforeAll(async () => {
  world = await makeWorld()
  for (const name of ['province', 'cac', 'hefei', 'wuhu', 'suzhou', 'juror1'] as const)
    agents[name] = await world.as(name)
  const ids = await fill('hefei', 'propagandists', 6)
  await agents.hefei.post('/propagandists/submission', { ids: ids.slice(0, 4) }).expect(200)
  await fill('wuhu', 'propagandists', 2)
  paper = (await agents.hefei.post('/filings', { form: 'propagandists' }).expect(201)).body
})
afterAll(() => world?.close())

const bookOf = async (who: Username, id: number): Promise<Buffer> =>
  (await binary(agents[who].get(`/filings/${id}/file.xlsx`)).expect(200)).body
const verify = (bytes: Buffer, name = '附件4.xlsx') =>
  agents.hefei.upload(`/filings/${paper.id}/verification`, bytes, name)

/** The workbook opened and saved by another program, one cell of it changed. */
async function edited(bytes: Buffer, change: (sheet: ExcelJS.Worksheet) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(bytes as unknown as ArrayBuffer)
  change(book.worksheets[0] as ExcelJS.Worksheet)
  return Buffer.from(await book.xlsx.writeBuffer())
}
const rowOf = (sheet: ExcelJS.Worksheet, name: string) => {
  let found = 0
  sheet.eachRow((row, number) => {
    if (Array.isArray(row.values) && row.values.includes(name)) found = number
  })
  return sheet.getRow(found)
}

describe('a paper', () => {
  test('holds what was handed in and bears number, fingerprint and a QR code', async () => {
    expect(paper).toMatchObject({ rows: 4, is_new: true, is_latest: true, covers_unit_id_label: '合肥' })
    expect(paper.number).toMatch(/^2019-4-0001-[2-9A-Z]{6}$/)
    const bytes = await bookOf('hefei', paper.id)
    const words = (await textsOf(bytes)).join('\n')
    expect(words).toContain(`报送编号：${paper.number}`)
    expect(words).toContain(paper.data_sha256)
    expect(words).toContain(`/verify/${paper.number}`)
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(bytes as unknown as ArrayBuffer)
    const sheet = book.worksheets[0] as ExcelJS.Worksheet
    expect(sheet.headerFooter.oddFooter).toContain(paper.number)
    expect(sheet.getImages()).toHaveLength(1)
  })

  test('is the same paper while nothing has changed, and a new one with the next number when something has', async () => {
    const again = await agents.hefei.post('/filings', { form: 'propagandists' }).expect(200)
    expect(again.body).toMatchObject({ id: paper.id, number: paper.number, is_new: false })
    const other = await agents.wuhu.post('/filings', { form: 'propagandists' }).expect(409)
    expect(other.body.message).toContain('先提交')
    const all = await agents.province.post('/filings', { form: 'propagandists' }).expect(201)
    expect(all.body).toMatchObject({ rows: 4, covers_unit_id: null })
    expect(all.body.number).toMatch(/^2019-4-0002-/)
  })

  test.each(['quotas', 'collections'])('of %s is the province’s', async (form) => {
    await agents.hefei.post('/filings', { form }).expect(403)
    const made = (await agents.province.post('/filings', { form }).expect(201)).body
    const same = await agents.province.upload(
      `/filings/${made.id}/verification`,
      await edited(await bookOf('province', made.id), () => {}),
      '一.xlsx',
    )
    expect(same.body).toMatchObject({ matches: true, is_same_file: false })
  })

  test('is refused for what is no annex, for another unit, for strange words', async () => {
    await agents.hefei.post('/filings', { form: 'stages' }).expect(422)
    await agents.hefei.post('/filings', { form: 'propagandists', unit_id: world.units.芜湖 }).expect(403)
    await agents.hefei.post('/filings', { form: 'submissions', collection_id: world.collections.C5 }).expect(403)
    await agents.hefei.post('/filings', { form: 'propagandists', note: 1 }).expect(400)
    await agents.cac.post('/filings', { form: 'propagandists' }).expect(403)
    await agents.juror1.post('/filings', { form: 'propagandists' }).expect(403)
  })
})

describe('who may read it', () => {
  test('the unit and the province; others find neither the paper nor a trace of it', async () => {
    for (const who of ['wuhu', 'suzhou', 'cac', 'juror1'] as const) {
      const refused = who === 'cac' || who === 'juror1' ? 403 : 404
      for (const path of ['', '/file.xlsx', '/compare?with=now'])
        await agents[who].get(`/filings/${paper.id}${path}`).expect(refused)
    }
    const listed = await agents.wuhu.get('/filings').expect(200)
    expect([listed.body, listed.headers['content-range']]).toEqual([[], 'filings 0-0/0'])
    expect((await agents.hefei.get('/filings').expect(200)).body.map(({ id }: { id: number }) => id)).toEqual([
      paper.id,
    ])
    await agents.province.get(`/filings/${paper.id}`).expect(200)
    await world.anonymous.get(`/filings/${paper.id}`).expect(401)
  })

  test('a host hands in its collection', async () => {
    const [id] = await fill('hefei', 'submissions', 1)
    await agents.hefei.post('/submissions/submission', { ids: [id] }).expect(200)
    const made = await agents.suzhou
      .post('/filings', { form: 'submissions', collection_id: world.collections.C5 })
      .expect(201)
    expect(made.body).toMatchObject({ rows: 1, covers_unit_id: null })
    expect((await textsOf(await bookOf('suzhou', made.body.id))).join()).not.toContain('13600000001')
    await agents.hefei.get(`/filings/${made.body.id}`).expect(404)
  })

  test('nobody changes one', async () => {
    await expect(
      world.database.inTx({ user_id: 1 }, async (trx) => trx.deleteFrom('filings').execute()),
    ).rejects.toThrow()
  })
})

describe('verifying', () => {
  test('anybody learns what a number stands for, and no row of it', async () => {
    const told = (await world.anonymous.get(`/verify/${paper.number.toLowerCase()}`).expect(200)).body
    expect(told).toMatchObject({
      number: paper.number,
      form: 'propagandists',
      annex: 4,
      year: 2019,
      unit: '合肥市总工会',
      rows: 4,
      data_sha256: paper.data_sha256,
      later: null,
    })
    await world.anonymous.get('/verify/2019-4-0001-AAAAAA').expect(404)
    await world.anonymous.get("/verify/2019-4-0001-AAAAA'").expect(404)
  })

  test('the file itself, and the file saved again by another program, are the registered one', async () => {
    const bytes = await bookOf('hefei', paper.id)
    expect((await verify(bytes).expect(200)).body).toMatchObject({ matches: true, is_same_file: true })
    const saved = await edited(bytes, (sheet) => {
      sheet.getColumn(3).width = 40
    })
    expect((await verify(saved).expect(200)).body).toMatchObject({ matches: true, is_same_file: false })
  })

  test('one changed cell is found and named', async () => {
    const forged = await edited(await bookOf('hefei', paper.id), (sheet) => {
      const row = rowOf(sheet, '丁2')
      row.eachCell((cell) => {
        if (cell.value === '抖音') cell.value = '微博'
      })
    })
    const { matches, difference } = (await verify(forged).expect(200)).body
    expect(matches).toBe(false)
    expect(difference.counts).toEqual({ added: 0, removed: 0, changed: 1 })
    expect(difference.changed[0]).toMatchObject({ row: 2, name: '丁2', cells: [{ before: '抖音', after: '微博' }] })
  })

  test('what is no such workbook is refused with a sentence', async () => {
    expect((await verify(Buffer.from('不是工作簿')).expect(422)).body.message).toMatch(/。$/)
  })
})

test('a paper is held against today and against a later one', async () => {
  const [first] = (await agents.hefei.get('/propagandists', { filter: { name: '丁1' } }).expect(200)).body
  await agents.province.post(`/propagandists/${first.id}/return`, { reason: '电话有误' }).expect(200)
  const back = (await agents.hefei.get(`/propagandists/${first.id}`).expect(200)).body
  await agents.hefei.put(`/propagandists/${first.id}`, { version: back.version, followers: 999 }).expect(200)
  await agents.hefei.post(`/propagandists/${first.id}/submission`).expect(200)
  const [, , third] = (await agents.hefei.get('/propagandists', { sort: ['id', 'ASC'] }).expect(200)).body
  await agents.hefei.post(`/propagandists/${third.id}/withdrawal`).expect(200)
  const now = (await agents.hefei.get(`/filings/${paper.id}/compare?with=now`).expect(200)).body
  expect(now.counts).toEqual({ added: 0, removed: 1, changed: 1 })
  expect(now.changed[0].cells).toEqual([{ heading: expect.stringContaining('粉丝'), before: '120', after: '999' }])
  expect(now.removed[0].name).toBe('丁3')
  const later = (await agents.hefei.post('/filings', { form: 'propagandists' }).expect(201)).body
  const both = (await agents.hefei.get(`/filings/${paper.id}/compare?with=${later.id}`).expect(200)).body
  expect(both).toEqual(now)
  expect((await world.anonymous.get(`/verify/${paper.number}`)).body.later).toBe(later.number)
  expect((await agents.hefei.get(`/filings/${paper.id}`)).body.is_latest).toBe(false)
})

describe('comparing', () => {
  const snapshot = (rows: [number | null, string, string][]): Snapshot => ({
    title: '表',
    unit: '甲',
    headings: ['姓名', '平台'],
    lines: rows.map(([id, ...values]) => ({ id, values })),
  })
  test('rows go together by record, else by equal words, name, or all but the name', () => {
    const before = snapshot([
      [1, '甲', '抖音'],
      [2, '乙', '微博'],
      [3, '丙', '微信'],
    ])
    expect(
      compare(
        before,
        snapshot([
          [3, '丙', '微信'],
          [1, '甲二', '抖音'],
        ]),
        0,
      ),
    ).toMatchObject({
      same: 1,
      changed: [{ row: 2, of: 1, cells: [{ heading: '姓名', before: '甲', after: '甲二' }] }],
      removed: [{ row: 2, name: '乙' }],
      counts: { added: 0, removed: 1, changed: 1 },
    })
    const sent = snapshot([
      [null, '乙', '微博'],
      [null, '甲', '快手'],
      [null, '丁', '小红书'],
    ])
    expect(compare(before, sent, 0).counts).toEqual({ added: 1, removed: 1, changed: 1 })
  })
  test('the fingerprint is the words’: order and cells count, numbers are as printed', () => {
    const one = fingerprint(
      snapshot([
        [1, '甲', '1'],
        [2, '乙', '2'],
      ]),
    )
    expect(
      fingerprint(
        snapshot([
          [9, '甲', '1'],
          [8, '乙', '2'],
        ]),
      ),
    ).toBe(one)
    expect(
      fingerprint(
        snapshot([
          [2, '乙', '2'],
          [1, '甲', '1'],
        ]),
      ),
    ).not.toBe(one)
    expect(
      fingerprint(
        snapshot([
          [1, '甲1', ''],
          [2, '乙', '2'],
        ]),
      ),
    ).not.toBe(one)
  })
})

/**
 * Registers that a campaign has made itself: a new one with every type of field, and a built-in one with columns added,
 * hidden and renamed. Each goes the ways that the built-in ones go, over HTTP.
 */
import { request } from 'node:http'
import type ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { operate, turn } from '../support/operating.ts'
import { fetched, opened, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

const trainings = {
  name: 'trainings',
  label: '培训',
  title: '职工网络培训登记表',
  annex: 14,
  measure: '期',
  scope: 'unit',
  names: 'title',
  fields: [
    { name: 'title', label: '班名', type: 'text', required: true },
    { name: 'code', label: '主办单位信用代码', type: 'credit_code' },
    { name: 'held_on', label: '开班日期', type: 'date', required: true, of_year: true },
    { name: 'month', label: '结业月份', type: 'month' },
    { name: 'begins_at', label: '开课时间', type: 'datetime' },
    { name: 'way', label: '授课方式', type: 'choice', choices: ['线上', '线下'] },
    { name: 'topics', label: '课题', type: 'list' },
    { name: 'is_public', label: '是否公开', type: 'yes_no' },
    { name: 'phone', label: '班主任电话', type: 'phone', private: true, mobile: true },
    { name: 'page', label: '报道链接', type: 'url' },
    { name: 'people', label: '人数', type: 'integer', sum: true, group: '规模' },
    { name: 'hours', label: '学时', type: 'decimal', sum: true, group: '规模' },
    { name: 'teacher', label: '教师', type: 'text', group: '师资' },
    { name: 'grade', label: '职称', type: 'text', group: '师资' },
    // as statements of the server call their parts
    ...['found', 'changed', 'listed', 'page_of', 'content', 'before', 'value'].map((name) => ({
      name,
      label: `备考${name}`,
      type: 'text',
    })),
    { name: 'about', label: '课程说明', type: 'long_text', max: 500 },
    { name: 'event_id', label: '所属活动', type: 'reference', to: 'events' },
    { name: 'pictures', label: '照片', type: 'attachments' },
  ],
  keys: [
    ['code', 'title'],
    ['title', 'held_on'],
  ],
  rules: [],
}
const adjustment = {
  extends: 'propagandists',
  title: '网络宣传骨干登记表',
  rename: { job: '单位职务' },
  hide: ['strength'],
  add: [
    { name: 'skill', label: '擅长', type: 'text' },
    { name: 'home_phone', label: '家庭电话', type: 'phone', private: true },
    { name: 'score', label: '考核分', type: 'decimal', sum: true, group: '考核' },
    { name: 'passed_on', label: '考核日期', type: 'date', group: '考核' },
  ],
}

type Row = Record<string, unknown>
type Register = {
  name: string
  /** The n-th of its rows, which is called `called(n)`. */
  row: (n: number) => Row
  called: (n: number) => string
  /** A column that says so, to be changed to `values`, and another one. */
  cell: { field: string; heading: string; values: [unknown, unknown, unknown] }
  other: { field: string; value: unknown }
  private: { field: string; heading: string; mask: RegExp }
  title: string
  required: string
  sum: string
}

const registers: Register[] = [
  {
    name: 'trainings',
    called: (n) => `第${n}期骨干班`,
    row: (n) => ({
      title: `第${n}期骨干班`,
      code: null,
      held_on: '2019-06-18',
      month: '2019-07',
      begins_at: '2019-06-18T09:00:00',
      way: '线下',
      topics: ['网络安全', '短视频'],
      is_public: true,
      phone: `137000${String(n).padStart(5, '0')}`,
      page: `https://example.cn/${n}`,
      people: 40,
      hours: 7.5,
      teacher: '丁一',
      grade: '讲师',
      found: '有',
      changed: '改',
      listed: '列',
      page_of: '行',
      content: '文',
      before: '前',
      value: '值',
      about: '讲授网络素养。',
      event_id: '网络安全知识竞赛',
    }),
    cell: { field: 'teacher', heading: '教师', values: ['丁二', '丁三', '丁四'] },
    other: { field: 'people', value: 55 },
    private: { field: 'phone', heading: '班主任电话', mask: /^137\*{4}\d{4}$/ },
    title: '职工网络培训登记表',
    required: 'title',
    sum: 'people',
  },
  {
    name: 'propagandists',
    called: (n) => `骨干${'甲乙丙丁戊己庚辛壬癸'[n % 10]}${'子丑寅卯辰巳午未申酉'[Math.floor(n / 10) % 10]}`,
    row: (n) => ({
      name: `骨干${'甲乙丙丁戊己庚辛壬癸'[n % 10]}${'子丑寅卯辰巳午未申酉'[Math.floor(n / 10) % 10]}`,
      gender: '女',
      job: '测试厂 干事',
      phone: `139000${String(n).padStart(5, '0')}`,
      platform: '抖音',
      followers: 120,
      appointed_on: '2019-07-01',
      skill: '摄影',
      home_phone: `138000${String(n).padStart(5, '0')}`,
      score: 92.5,
      passed_on: '2019-07-20',
    }),
    cell: { field: 'skill', heading: '擅长', values: ['写作', '剪辑', '绘画'] },
    other: { field: 'job', value: '测试厂 主任' },
    private: { field: 'home_phone', heading: '家庭电话', mask: /^138\*{4}\d{4}$/ },
    title: '网络宣传骨干登记表',
    required: 'name',
    sum: 'score',
  },
]

let world: World
let province: Agent
let hefei: Agent
let cac: Agent
let wuhu: Agent
let event: { id: number }

async function publish(definition: object) {
  const made = await province.post('/form_designs', { campaign_id: world.campaign_id, definition })
  expect(made.status, JSON.stringify(made.body)).toBe(201)
  const { id, version } = made.body
  const done = await province.post(`/form_designs/${id}/publication`, { version })
  expect(done.status, JSON.stringify(done.body)).toBe(200)
}

beforeAll(async () => {
  world = await makeWorld()
  ;[province, hefei, cac, wuhu] = (await Promise.all(
    (['province', 'hefei', 'cac', 'wuhu'] as const).map(world.as),
  )) as [Agent, Agent, Agent, Agent]
  event = (
    await hefei
      .post('/events', {
        title: '网络安全知识竞赛',
        kind: '知识竞赛',
        held_on: '2019-06-10',
        place: '职工之家',
        headcount: 80,
        with_cac: true,
      })
      .expect(201)
  ).body
  await publish(trainings)
  await publish(adjustment)
})
afterAll(() => world?.close())

let last = 0
const add = async (of: Register, values: Row = {}): Promise<Row & { id: number; version: number }> => {
  const answer = await hefei.post(`/${of.name}`, { ...of.row(++last), ...values })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const one = async (of: Register, id: number, agent = hefei) => (await agent.get(`/${of.name}/${id}`).expect(200)).body
const change = async (of: Register, id: number, values: Row) => {
  const { version } = await one(of, id)
  return (await hefei.put(`/${of.name}/${id}`, { ...values, version }).expect(200)).body
}
const scope = () => ({ campaign_id: world.campaign_id })

describe.each(registers)('$name', (of) => {
  test('is among the rights of everybody, with its private columns', async () => {
    for (const [agent, rights] of [
      [hefei, { read: true, create: true, import: true, export: true, fields_masked: [] }],
      [cac, { read: true, create: false, fields_masked: expect.arrayContaining([of.private.field]) }],
    ] as const) {
      const { body } = await agent.get('/me').expect(200)
      expect(body.forms[of.name]).toMatchObject(rights)
    }
  })

  test('takes rows, changes them, tells a stale version and a fault at its cell', async () => {
    const row = await add(of)
    const given = of.row(last)
    for (const [field, value] of Object.entries(given))
      expect([field, row[field]]).toEqual([field, field === 'event_id' ? event.id : value])
    if (given.event_id) expect(row.event_id_label).toBe('网络安全知识竞赛')
    const [first, second] = of.cell.values
    const changed = await hefei.put(`/${of.name}/${row.id}`, { [of.cell.field]: first, version: 1 }).expect(200)
    expect(changed.body).toMatchObject({ version: 2, [of.cell.field]: first })
    const stale = await hefei.put(`/${of.name}/${row.id}`, { [of.cell.field]: second, version: 1 }).expect(409)
    expect(stale.body.row).toMatchObject({ version: 2 })
    const fault = await hefei.put(`/${of.name}/${row.id}`, { [of.required]: null, version: 2 }).expect(422)
    expect(Object.keys(fault.body.errors)).toEqual([of.required])
    const again = await hefei.post(`/${of.name}`, given).expect(422)
    expect(Object.values(again.body.errors).join()).toMatch(/已经/)
    await wuhu.get(`/${of.name}/${row.id}`).expect(404)
    await hefei.put(`/${of.name}/${row.id}`, { nothing: 1, version: 2 }).expect(422)
  })

  test('has a history with names, and comments', async () => {
    const row = await add(of)
    await change(of, row.id, { [of.private.field]: '13912345678', [of.cell.field]: of.cell.values[0] })
    const { body } = await hefei.get(`/${of.name}/${row.id}/history`).expect(200)
    expect(body[0].after).toMatchObject({ [of.private.field]: '13912345678', [of.cell.field]: of.cell.values[0] })
    const masked = (await cac.get(`/${of.name}/${row.id}/history`).expect(200)).body
    expect(masked[0].after[of.private.field]).toBe('139****5678')
    expect(JSON.stringify(masked)).not.toContain('13912345678')
    const all = (await province.get('/changes', { filter: { form: of.name, row_id: row.id } }).expect(200)).body
    expect(all[0]).toMatchObject({ form: of.name, name: of.called(last) })
    await hefei.post(`/${of.name}/${row.id}/comments`, { text: '请核对。' }).expect(201)
  })

  test('goes into the bin and out of it, one row and many at once', async () => {
    const row = await add(of)
    await hefei.delete(`/${of.name}/${row.id}?version=1`).expect(200)
    const gone = (await hefei.get(`/${of.name}`, { filter: { ...scope(), deleted: true } }).expect(200)).body
    expect(gone.map((each: Row) => each.id)).toContain(row.id)
    await hefei.post(`/${of.name}/restoration`, { ids: [row.id] }).expect(200)
    const made = await hefei
      .post(`/${of.name}/bulk`, {
        create: [of.row(++last), of.row(++last)],
        update: [{ id: row.id, version: 3, [of.cell.field]: of.cell.values[1] }],
      })
      .expect(200)
    expect(made.body.create).toHaveLength(2)
    expect(made.body.update[0]).toMatchObject({ [of.cell.field]: of.cell.values[1] })
    const faulty = await hefei.post(`/${of.name}/bulk`, {
      create: [of.row(++last), { ...of.row(++last), [of.required]: null }],
    })
    expect([faulty.status, Object.keys(faulty.body.errors.create)]).toEqual([422, ['1']])
  })

  test('is filtered, sorted, searched, added up and grouped by each of its columns', async () => {
    await add(of)
    const [row] = (await hefei.get(`/${of.name}`, { filter: scope() }).expect(200)).body
    for (const field of Object.keys(of.row(0))) {
      const value = row[field]
      const filter = { ...scope(), [field]: Array.isArray(value) ? value[0] : value }
      const { body } = await hefei.get(`/${of.name}`, { filter, sort: [field, 'DESC'] }).expect(200)
      expect([field, body.map((each: Row) => each.id)]).toEqual([field, expect.arrayContaining([row.id])])
    }
    const found = await hefei.get(`/${of.name}`, { filter: { ...scope(), q: String(row[of.required]) } }).expect(200)
    expect(found.body.map((each: Row) => each.id)).toContain(row.id)
    await cac.get(`/${of.name}`, { filter: { ...scope(), [of.private.field]: row[of.private.field] } }).expect(400)
    const hidden = await cac.get(`/${of.name}`, { filter: { ...scope(), q: row[of.private.field] } }).expect(200)
    expect(hidden.body).toEqual([])
    const sums = await hefei.get(`/${of.name}/summary`, { filter: scope(), columns: { [of.sum]: 'sum' } }).expect(200)
    expect(sums.body.sums[of.sum]).toBeGreaterThan(0)
    const groups = await hefei.get(`/${of.name}/groups`, { filter: scope(), by: of.cell.field }).expect(200)
    expect(groups.body.rows).toBe(sums.body.rows)
    const place = { filter: scope(), of: { [of.cell.field]: row[of.cell.field] }, from: '-1', step: '1' }
    expect((await hefei.get(`/${of.name}/places`, place).expect(200)).body.at).not.toBeNull()
  })

  test('shows a masked reader no private value, anywhere', async () => {
    const row = await add(of, { [of.cell.field]: '联系 13611112222' })
    const told = await one(of, row.id, cac)
    expect(told[of.private.field]).toMatch(of.private.mask)
    expect(told[of.cell.field]).not.toContain('13611112222')
    const secret = String(row[of.private.field])
    for (const path of [`/${of.name}`, `/${of.name}/${row.id}/history`, `/changes`]) {
      const { text } = await cac.get(path).expect(200)
      expect([path, text.includes(secret)]).toEqual([path, false])
    }
    const book = await opened(await fetched(cac, `/${of.name}/export.xlsx`, { filter: scope() }))
    const texts: string[] = []
    for (const sheet of book.worksheets) sheet.eachRow((line) => line.eachCell((cell) => texts.push(cell.text)))
    expect(texts.join()).not.toContain(secret)
    await hefei.delete(`/${of.name}/${row.id}?version=1`).expect(200)
  })

  test('is reviewed: submitted, returned with a reason and its fields, approved; waits and returns are told', async () => {
    const [first, second] = [await add(of), await add(of)]
    await hefei.post(`/${of.name}/submission`, { ids: [first.id, second.id] }).expect(200)
    const waiting = (await province.get('/reports/todo').expect(200)).body
    expect(waiting.pending).toContainEqual(expect.objectContaining({ form: of.name }))
    await province.post(`/${of.name}/${first.id}/approval`, {}).expect(200)
    await province.post(`/${of.name}/${second.id}/return`, { reason: '请写全。', fields: [of.cell.field] }).expect(200)
    const todo = (await hefei.get('/reports/todo').expect(200)).body
    expect(todo.returned).toContainEqual(
      expect.objectContaining({ form: of.name, id: second.id, fields: [of.cell.field] }),
    )
    await province.post(`/${of.name}/${second.id}/undo`, {}).expect(200)
    await hefei.put(`/${of.name}/${first.id}`, { [of.cell.field]: 'x', version: 3 }).expect(403)
  })

  test('is exported under its own title and headings, and read back as it was', async () => {
    await add(of)
    const bytes = await fetched(hefei, `/${of.name}/export.xlsx`, { filter: scope() })
    const sheet = (await opened(bytes)).worksheets[0] as ExcelJS.Worksheet
    const texts: string[] = []
    sheet.eachRow((line, n) => n < 8 && line.eachCell((cell) => texts.push(cell.text)))
    expect(texts).toEqual(expect.arrayContaining([`2019年${of.title}`, of.cell.heading, of.private.heading]))
    const read = await hefei.upload(`/${of.name}/imports`, bytes, '导出.xlsx')
    expect(read.body).toMatchObject({ create: 0, update: 0, wrong: 0, conflicts: 0 })
    expect(read.body.unchanged).toBeGreaterThan(0)
    expect(read.body.unchanged + read.body.repeated).toBe(read.body.rows)
    const blank = (await opened(await fetched(hefei, `/${of.name}/template.xlsx`))).worksheets[0] as ExcelJS.Worksheet
    const words: string[] = []
    blank.eachRow((line) => line.eachCell((cell) => words.push(cell.text.replace(/[*＊]/g, ''))))
    expect(words).toEqual(expect.arrayContaining([of.cell.heading, of.private.heading]))
  })

  test('merges a workbook that was edited elsewhere with what others changed meanwhile, cell by cell', async () => {
    const [mine, both] = [await add(of), await add(of)]
    const bytes = await fetched(hefei, `/${of.name}/export.xlsx`, { filter: { ...scope(), id: [mine.id, both.id] } })
    const [here, there, elsewhere] = of.cell.values
    await change(of, mine.id, { [of.other.field]: of.other.value })
    await change(of, both.id, { [of.cell.field]: here })
    const book = await opened(bytes)
    const sheet = book.worksheets[0] as ExcelJS.Worksheet
    const columns = new Map<string, number>()
    sheet.eachRow((line, n) => n < 8 && line.eachCell((cell, column) => void columns.set(cell.text, column)))
    sheet.eachRow((line) => {
      const texts = (line.values as unknown[]).map(String)
      if (texts.includes(String(mine[of.required])))
        line.getCell(columns.get(of.cell.heading) ?? 0).value = String(there)
      if (texts.includes(String(both[of.required])))
        line.getCell(columns.get(of.cell.heading) ?? 0).value = String(elsewhere)
    })
    const edited = Buffer.from(await book.xlsx.writeBuffer())
    const told = (await hefei.upload(`/${of.name}/imports`, edited, '离线.xlsx')).body
    expect(told).toMatchObject({ rows: 2, update: 1, conflicts: 1, wrong: 0 })
    const conflict = (await hefei.get(`/imports/${told.id}/rows`, { filter: { kind: 'conflict' } }).expect(200)).body[0]
    await hefei
      .patch(`/imports/${told.id}/rows`, { choices: [{ n: conflict.n, field: of.cell.field, choice: 'mine' }] })
      .expect(200)
    await hefei.post(`/imports/${told.id}/apply`, {}).expect(200)
    expect(await one(of, mine.id)).toMatchObject({ [of.cell.field]: there, [of.other.field]: of.other.value })
    expect(await one(of, both.id)).toMatchObject({ [of.cell.field]: elsewhere })
    const undone = await hefei.post(`/imports/${told.id}/undo`).expect(200)
    expect(undone.body.undone).toEqual({ removed: 0, restored: 2 })
    expect(await one(of, mine.id)).toMatchObject({ [of.cell.field]: mine[of.cell.field] })
  })

  test('takes new rows from a plain workbook; faults come back as a table of errors; a mapping is remembered', async () => {
    const rows = [of.row(++last), { ...of.row(++last), [of.required]: null }]
    const { body: definitions } = await hefei.get('/forms', scope()).expect(200)
    const { fields } = definitions.find((each: { name: string }) => each.name === of.name)
    const labelOf = (name: string) => fields.find((each: { name: string }) => each.name === name).label
    const names = Object.keys(of.row(0))
    const cell = (value: unknown) =>
      Array.isArray(value) ? value.join('、') : value === true ? '是' : ((value ?? null) as string | number | null)
    const sheet = [names.map(labelOf), ...rows.map((row: Row) => names.map((name) => cell(row[name])))]
    const { body: told } = await hefei.upload(`/${of.name}/imports`, await workbookOf({ 表: sheet }), '新.xlsx')
    expect(told).toMatchObject({ rows: 2, create: 1, wrong: 1 })
    expect(told.errors[0]).toMatchObject({ field: of.required })
    const errors = await opened(await fetched(hefei, `/imports/${told.id}/errors.xlsx`))
    expect(errors.worksheets.length).toBeGreaterThan(0)
    await hefei.post(`/imports/${told.id}/apply`, { only_valid: true }).expect(200)
    const undone = await hefei.post(`/imports/${told.id}/undo`).expect(200)
    expect(undone.body.undone).toEqual({ removed: 1, restored: 0 })
    const listed = (await hefei.get('/imports', { filter: { form: of.name } }).expect(200)).body
    expect(listed[0].form_label).toBeTruthy()
  })

  test('is changed by an operation over its list, undone and done again', async () => {
    const rows = [await add(of), await add(of)]
    const filter = { ...scope(), id: rows.map(({ id }) => id) }
    const [, value] = of.cell.values
    const set = await operate(hefei, of.name, { kind: 'set', filter, values: { [of.cell.field]: value } })
    expect(set).toMatchObject({ state: 'done', done: 2 })
    await turn(hefei, set.id, 'undo')
    for (const row of rows) expect((await one(of, row.id))[of.cell.field]).toBe(row[of.cell.field])
    await turn(hefei, set.id, 'redo')
    const bad = await operate(hefei, of.name, { kind: 'remove', filter })
    expect(bad).toMatchObject({ state: 'done', done: 2 })
  })

  test('is filed, verified, and held against its rows of now', async () => {
    const row = await add(of)
    await hefei.post(`/${of.name}/submission`, { ids: [row.id] }).expect(200)
    const filed = await hefei.post('/filings', { form: of.name, campaign_id: world.campaign_id })
    expect(filed.status, JSON.stringify(filed.body)).toBe(201)
    const facts = (await world.anonymous.get(`/verify/${filed.body.number}`).expect(200)).body
    expect(facts).toMatchObject({ title: `2019年${of.title}`, form: of.name })
    const same = (await hefei.get(`/filings/${filed.body.id}/compare`, { with: 'now' }).expect(200)).body
    expect(JSON.stringify(same)).not.toContain('第 1 行')
    const file = await fetched(hefei, `/filings/${filed.body.id}/file.xlsx`)
    const verdict = await hefei.upload(`/filings/${filed.body.id}/verification`, file, '报送.xlsx').expect(200)
    expect(verdict.body).toMatchObject({ matches: true })
    const again = await opened(file)
    for (const sheet of again.worksheets) sheet.getColumn(3).width = 40
    const saved = Buffer.from(await again.xlsx.writeBuffer())
    const held = await hefei.upload(`/filings/${filed.body.id}/verification`, saved, '报送.xlsx').expect(200)
    expect(held.body).toMatchObject({ matches: true, is_same_file: false })
    const all = await fetched(province, '/annexes/all.zip')
    expect(all.length).toBeGreaterThan(1000)
  })

  test('tells its changes live, masked for whoever reads masked', async () => {
    const row = await add(of)
    const heard = (agent: Agent) =>
      new Promise<Row>((done, fail) => {
        const query = new URLSearchParams({ form: of.name, campaign_id: String(world.campaign_id), seat: 's1' })
        const asked = request(
          `${world.address}/api/live?${query}`,
          { headers: { cookie: agent.cookie } },
          (response) => {
            let text = ''
            response.setEncoding('utf8')
            response.on('data', (piece: string) => {
              text += piece
              for (const [, data = '{}'] of text.matchAll(/event: rows\ndata: (.*)\n/g)) {
                const found = (JSON.parse(data).rows as Row[]).find(({ id }) => id === row.id)
                if (!found) continue
                asked.destroy()
                done(found)
              }
            })
          },
        )
        asked.on('error', fail)
        asked.end()
      })
    const [own, masked] = [heard(hefei), heard(cac)]
    const until = async () => {
      for (let round = 0; ; round++) {
        await change(of, row.id, { [of.other.field]: round % 2 ? of.other.value : of.row(1)[of.other.field] })
        if (await Promise.race([Promise.all([own, masked]).then(() => true), new Promise((r) => setTimeout(r, 1_000))]))
          return
      }
    }
    await until()
    expect((await own)[of.private.field]).toBe(row[of.private.field])
    expect((await masked)[of.private.field]).toMatch(of.private.mask)
  })

  test('keeps views, and is what it was in another campaign', async () => {
    const view = await hefei
      .post('/views', { form: of.name, name: '我的', layout: { order: [of.cell.field], hidden: [of.private.field] } })
      .expect(201)
    expect(view.body.layout).toMatchObject({ order: [of.cell.field], hidden: [of.private.field] })
  })
})

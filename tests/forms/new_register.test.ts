/** Registers that a campaign has made itself go the ways that the built-in ones go, over HTTP. */
import { request } from 'node:http'
import type ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publish } from '../support/designs.ts'
import { textsOf } from '../support/matrix.ts'
import { operate, turn } from '../support/operating.ts'
import { type OwnRegister, ownRegisters, publishOwn, type Row, trainings } from '../support/own_registers.ts'
import { fetched, opened, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
let cac: Agent
let wuhu: Agent
let eventId: number

beforeAll(async () => {
  world = await makeWorld()
  ;[province, hefei, cac, wuhu] = (await Promise.all(
    (['province', 'hefei', 'cac', 'wuhu'] as const).map(world.as),
  )) as [Agent, Agent, Agent, Agent]
  eventId = await publishOwn(world)
})
afterAll(() => world?.close())

let last = 0
const add = async (of: OwnRegister, values: Row = {}): Promise<Row & { id: number; version: number }> => {
  const answer = await hefei.post(`/${of.name}`, { ...of.row(++last), ...values })
  expect(answer.status, JSON.stringify(answer.body)).toBe(201)
  return answer.body
}
const one = async (of: OwnRegister, id: number, agent = hefei) =>
  (await agent.get(`/${of.name}/${id}`).expect(200)).body
const change = async (of: OwnRegister, id: number, values: Row) => {
  const { version } = await one(of, id)
  return (await hefei.put(`/${of.name}/${id}`, { ...values, version }).expect(200)).body
}
const scope = () => ({ campaign_id: world.campaign_id })

describe.each(ownRegisters)('$name', (of) => {
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
      expect([field, row[field]]).toEqual([field, field === 'event_id' ? eventId : value])
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

  test('keeps views', async () => {
    const layout = { order: [of.cell.field], hidden: [of.private.field] }
    const view = await hefei.post('/views', { form: of.name, name: '我的', layout }).expect(201)
    expect(view.body.layout).toMatchObject(layout)
  })
})

test('a renamed column is found under its old heading, too', async () => {
  const [, adjusted] = ownRegisters as [OwnRegister, OwnRegister]
  const sheet = [
    ['姓名', '性别', '工作单位及职务', '手机号', '发展日期'],
    ['骨干寅', '女', '测试厂 干事', '13900077777', '2019-07-01'],
  ]
  const { body } = await hefei.upload(`/${adjusted.name}/imports`, await workbookOf({ 表: sheet }), '旧.xlsx')
  const columns = body.mapping.sheets[0].columns as { heading: string; field: string | null }[]
  expect(columns.find(({ heading }) => heading === '工作单位及职务')?.field).toBe('job')
})

test('what one campaign has made is in no other: neither the register, nor columns, words and what is hidden', async () => {
  const year = { year: 2020, name: '另一年', starts_on: '2020-05-01', ends_on: '2020-12-31' }
  const { id } = (await province.post('/campaigns', year).expect(201)).body
  await province.post(`/campaigns/${id}/opening`, {}).expect(200)
  const [own, adjusted] = ownRegisters as [OwnRegister, OwnRegister]
  await hefei.get(`/${own.name}`, { filter: { campaign_id: id } }).expect(404)
  await hefei.post(`/${own.name}`, { ...own.row(900), event_id: null, campaign_id: id }).expect(404)
  const { skill: _, home_phone: __, score: ___, passed_on: ____, ...others } = adjusted.row(901)
  const plain = { ...others, appointed_on: '2020-07-01' }
  const refused = await hefei.post(`/${adjusted.name}`, { ...plain, skill: '摄影', campaign_id: id }).expect(422)
  expect(Object.keys(refused.body.errors)).toEqual(['skill'])
  const there = { ...plain, strength: '摄影', campaign_id: id }
  const made = (await hefei.post(`/${adjusted.name}`, there).expect(201)).body
  const here = await add(adjusted, scope())
  expect(Object.keys(made)).not.toContain('skill')
  expect(Object.keys(here)).not.toContain('strength')
  const ids = [made.id, here.id]
  const both = await hefei.post(`/${adjusted.name}/bulk`, {
    update: [
      { id: made.id, version: 1, strength: '写作' },
      { id: here.id, version: 1, skill: '写作' },
    ],
  })
  expect([both.status, both.body.update?.map((row: Row) => [row.strength, row.skill])]).toEqual([
    200,
    [
      ['写作', undefined],
      [undefined, '写作'],
    ],
  ])
  await hefei.put(`/${adjusted.name}/${made.id}`, { version: 2, skill: '写作' }).expect(422)
  await hefei.put(`/${adjusted.name}/${here.id}`, { version: 2, strength: '写作' }).expect(422)
  const [list] = (await hefei.get(`/${adjusted.name}`, { filter: { campaign_id: id } }).expect(200)).body
  expect(Object.keys(list)).toEqual(expect.arrayContaining(['strength']))
  expect(Object.keys(list)).not.toContain('skill')
  await hefei.get(`/${adjusted.name}`, { filter: { campaign_id: id, skill: '写作' } }).expect(400)
  const sheet = await fetched(hefei, `/${adjusted.name}/export.xlsx`, { filter: { campaign_id: id } })
  const texts = await textsOf(sheet)
  expect(texts).toEqual(expect.arrayContaining(['2020年职工好网民宣传员登记表', '特长']))
  expect(texts).not.toContain('擅长')
  expect((await hefei.get(`/${adjusted.name}`, { filter: { id: ids } }).expect(200)).body).toHaveLength(2)
  await province.post(`/campaigns/${id}/archival`, {}).expect(200)
})

test('a file checked before a publication is read and shown again, and nothing of it is written by the old form', async () => {
  const [own] = ownRegisters as [OwnRegister]
  const sheet = [
    ['班名', '开班日期', '教师'],
    ['发布前的班', '2019-06-20', '丁九'],
  ]
  const { body: told } = await hefei.upload(`/${own.name}/imports`, await workbookOf({ 表: sheet }), '班.xlsx', {
    campaign_id: String(world.campaign_id),
  })
  expect(told).toMatchObject({ create: 1, wrong: 0 })
  const fields = trainings.fields.map((field) => (field.name === 'teacher' ? { ...field, max: 1 } : field))
  const stored = await hefei.get(`/${own.name}`, { filter: { campaign_id: world.campaign_id } }).expect(200)
  for (const { id, status } of stored.body) if (status === 'draft') await change(own, id, { teacher: null })
  await publish(province, world, { ...trainings, fields })
  const corrections = [{ n: 0, field: 'teacher', value: '丁八' }]
  const undecided = await hefei.patch(`/imports/${told.id}/rows`, { corrections }).expect(409)
  expect(undecided.body.message).toContain('刚改过')
  expect((await hefei.get(`/imports/${told.id}`)).body).toMatchObject({ state: 'checked', create: 0, wrong: 1 })
  // what is shown now is by the definition in force, and may be decided about
  await hefei.patch(`/imports/${told.id}/rows`, { corrections }).expect(200)
  await publish(province, world, { ...trainings, fields: [...fields, { name: 'later', label: '后加', type: 'text' }] })
  expect((await hefei.get(`/imports/${told.id}`).expect(200)).body).toMatchObject({ is_redefined: true })
  const refused = await hefei.post(`/imports/${told.id}/apply`, {}).expect(409)
  expect(refused.body.message).toContain('刚改过')
  const again = (await hefei.get(`/imports/${told.id}`).expect(200)).body
  expect(again).toMatchObject({ state: 'checked', create: 0, wrong: 1 })
  expect(again.errors[0]).toMatchObject({ field: 'teacher' })
})

test('a file checked before a publication is checked again when its page asks for it', async () => {
  const [own] = ownRegisters as [OwnRegister]
  const sheet = [
    ['班名', '开班日期', '新增的说明'],
    ['栏目来了的班', '2019-06-21', '写在新栏里'],
  ]
  const { body: told } = await hefei.upload(`/${own.name}/imports`, await workbookOf({ 表: sheet }), '班.xlsx', {
    campaign_id: String(world.campaign_id),
  })
  const fields = [...trainings.fields, { name: 'added', label: '新增的说明', type: 'text' }]
  await publish(province, world, { ...trainings, fields })
  const again = (await hefei.post(`/imports/${told.id}/mapping`, { sheets: [] }).expect(200)).body
  expect(again).not.toHaveProperty('is_redefined')
  await hefei.post(`/imports/${told.id}/apply`, {}).expect(200)
  const stored = await world.owner(`select added from trainings where title = '栏目来了的班'`)
  expect(stored).toEqual([{ added: '写在新栏里' }])
})

test('a column of a new register is found under what it was called in versions before', async () => {
  const called = (label: string) =>
    trainings.fields.map((field) => (field.name === 'grade' ? { ...field, label } : field))
  for (const label of ['专业技术职务', '技术等级'])
    await publish(province, world, { ...trainings, fields: called(label) })
  const sheet = [
    ['班名', '开班日期', '专业技术职务'],
    ['旧表头的班', '2019-06-22', '高级讲师'],
  ]
  const { body } = await hefei.upload('/trainings/imports', await workbookOf({ 表: sheet }), '旧.xlsx')
  const columns = body.mapping.sheets[0].columns as { heading: string; field: string | null }[]
  expect(columns.find(({ heading }) => heading === '专业技术职务')?.field).toBe('grade')
})

test('what was done to a column is undone after the column has gone, and stands there when it comes back', async () => {
  const [own] = ownRegisters as [OwnRegister]
  const fields = [...trainings.fields, { name: 'extra', label: '补记', type: 'text' }]
  await publish(province, world, { ...trainings, fields })
  const row = await add(own, { ...scope(), event_id: eventId, extra: '先' })
  const filter = { ...scope(), id: [row.id] }
  const set = await operate(hefei, own.name, { kind: 'set', filter, values: { extra: '后' } })
  expect(set).toMatchObject({ state: 'done', done: 1 })
  await publish(province, world, trainings)
  expect(Object.keys(await one(own, row.id))).not.toContain('extra')
  await hefei.get(`/${own.name}`, { filter: { ...scope(), extra: '后' } }).expect(400)
  const history = (await hefei.get(`/${own.name}/${row.id}/history`).expect(200)).body
  expect(history[0].after).toMatchObject({ extra: '后' })
  expect(await turn(hefei, set.id, 'undo')).toMatchObject({ state: 'undone' })
  await publish(province, world, { ...trainings, fields })
  expect(await one(own, row.id)).toMatchObject({ extra: '先' })
})

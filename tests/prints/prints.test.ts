/** One-page forms: a template of each kind of file is read, corrected, printed into and read back, by every role. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { PrintBlank } from '../../server/forms/index.ts'
import { binary } from '../support/matrix.ts'
import { media } from '../support/media.ts'
import {
  accountPaper,
  approval,
  approvalPaper,
  cellsOfXlsx,
  eventPaper,
  filesOfZip,
  nominee,
  publishNominees,
  rewordedDocx,
  rowsOf,
  type StoredTemplate,
  templatesIn,
  textOfDocx,
} from '../support/prints.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
let templates: ReturnType<typeof templatesIn>
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
  await publishNominees(province, world)
  templates = templatesIn(world, province)
})
afterAll(() => world?.close())

describe('a template', () => {
  test('is proposed from an empty paper, its blanks by the words beside them, and nothing is stored', async () => {
    const { body } = await templates
      .send(approvalPaper, '附件3推荐审批表.docx', 'approval_forms', '?check=1')
      .expect(200)
    const fields = Object.fromEntries(body.blanks.map(({ label, field }: PrintBlank) => [label, field]))
    expect(fields).toMatchObject({
      姓名: 'nominee_id',
      性别: 'nominee_id.gender',
      籍贯: 'native_place',
      参加工作时间: 'working_since',
      '照片（2寸）': 'photo',
      主要先进事迹: 'deeds_in_full',
      '所在单位职工（代表）大会意见': 'congress_opinion',
      推荐单位: 'unit_id',
    })
    expect(body.paper.filter(({ kind }: { kind: string }) => kind === 'table')).toHaveLength(1)
    expect(body.columns).toContainEqual({
      name: 'nominee_id.phone',
      label: '推荐对象的手机号码',
      type: 'phone',
      is_read: false,
    })
    expect((await province.get('/print_templates').expect(200)).body).toEqual([])
  })

  test('knows several blanks of one label, boxes to tick, blanks in a line, and a table of repeated rows', async () => {
    const { body } = await templates.send(accountPaper, '附件2.docx', 'nominees', '?check=1').expect(200)
    const blanks = body.blanks as PrintBlank[]
    const found = (label: string) => blanks.filter((blank) => blank.label === label)
    expect(found('标题').map(({ group, nth, at }) => [group, nth, at])).toEqual([
      ['代表作品（3件以内）', 1, '表1!B7'],
      ['代表作品（3件以内）', 2, '表1!B8'],
      ['代表作品（3件以内）', 3, '表1!B9'],
    ])
    expect(found('账号平台')).toMatchObject([
      { kind: 'choices', choices: ['抖音', '快手', '微博', '微信视频号', '微信公众号', '其他'] },
    ])
    expect(found('填表日期')).toMatchObject([{ side: 'inside' }])
    expect(found('手机')).toMatchObject([{ field: 'phone' }])
  })

  test('is kept under a version, by the province, read by all with an account, and its columns are corrected', async () => {
    const template = await templates.make(approvalPaper, '审批表.docx', 'approval_forms')
    const changed = await templates.correct(template, { 推荐单位: 'unit_id' })
    expect(changed.blanks.find(({ label }) => label === '推荐单位')).toMatchObject({ field: 'unit_id' })
    const path = `/print_templates/${template.id}`
    const stale = await province.put(path, { version: template.version, blanks: [] })
    expect([stale.status, stale.body.row.version]).toEqual([409, changed.version])
    expect((await province.put(path, { blanks: [] })).status).toBe(428)
    const wrong = await province.put(path, { version: changed.version, blanks: [{ at: '表1!B1', field: 'photo' }] })
    expect([wrong.status, Object.values(wrong.body.errors)]).toEqual([422, ['“姓名”是写字的，不能放附件。']])
    expect((await province.put(path, { version: changed.version, blanks: [{ at: 'Z9', field: null }] })).status).toBe(
      422,
    )
    expect((await templates.send(approvalPaper, '审批表.docx', 'approval_forms')).status).toBe(422)
    for (const name of ['hefei', 'wuhu', 'cac', 'juror1'] as const) {
      const reader = await world.as(name)
      const listed = await reader.get('/print_templates', { filter: { form: 'approval_forms' } }).expect(200)
      expect([name, listed.body.length, listed.headers['content-range']]).toEqual([name, 1, 'print_templates 0-0/1'])
      await reader.get(path).expect(200)
      expect([name, (await reader.put(path, { version: 2, blanks: [] })).status]).toEqual([name, 403])
      expect([name, (await reader.delete(`${path}?version=2`)).status]).toEqual([name, 403])
      expect([name, (await reader.upload('/print_templates', approvalPaper, 'a.docx')).status]).toEqual([name, 403])
      expect([name, (await reader.get(`${path}/file`)).status]).toEqual([name, name === 'juror1' ? 403 : 200])
    }
    const [line] = (await province.get('/changes', { filter: { form: 'print_templates' }, sort: ['id', 'DESC'] })).body
    expect(line).toMatchObject({ form: 'print_templates', action: 'update', row_id: template.id })
    await province.delete(`${path}?version=${changed.version}`).expect(200)
    expect((await province.get(path)).status).toBe(404)
  })
})

describe('the approval form of 2025', () => {
  let template: StoredTemplate
  const ids: number[] = []

  test('is printed for one row: every value in its place, as text, the picture in its cell', async () => {
    template = await templates.correct(await templates.make(approvalPaper, '推荐审批表.docx', 'approval_forms'), {
      推荐单位: 'unit_id',
    })
    const png = await hefei.upload('/files', media.png?.bytes as Buffer, '照片.png').expect(201)
    for (const n of [1, 2, 3]) {
      const person = (await hefei.post('/nominees', nominee(n)).expect(201)).body
      const row = approval(person.id, n === 1 ? [{ id: png.body.id, name: '照片.png' }] : [])
      ids.push((await hefei.post('/approval_forms', row).expect(201)).body.id)
    }
    const path = `/approval_forms/prints/${template.id}`
    const answer = await binary(hefei.get(path, { filter: { id: ids[0] }, as: 'one' })).expect(200)
    const text = await textOfDocx(answer.body)
    for (const words of [
      '丁一',
      '男',
      '汉族',
      '1986-04',
      '测试<厂>&“一”',
      '班长',
      '19900000001',
      '2008.07 进厂',
      '同意推荐。',
      '推荐单位：合肥',
    ])
      expect(text).toContain(words)
    expect(text).toContain('（盖章）')
    expect(text).not.toContain('（从参加工作时填起）')
    const parts = await filesOfZip(answer.body)
    expect([...parts.keys()].filter((name) => name.startsWith('word/media/'))).toHaveLength(1)
    const xml = parts.get('word/document.xml')?.toString() ?? ''
    expect(xml).toContain('测试&lt;厂&gt;&amp;“一”')
    // the line that holds it is as high as it is
    expect(/<w:p>(?:(?!<\/w:p>).)*<w:drawing>/s.exec(xml)?.[0]).not.toContain('w:lineRule')
    const [line] = await world.owner<{ after: object }>(
      `select after from changes where form = 'exports' order by id desc limit 1`,
    )
    expect(line?.after).toMatchObject({ path, rows: 1 })
  })

  test('is printed for a selection and for a filter: a file each, or all in one with a page each', async () => {
    const path = `/approval_forms/prints/${template.id}`
    const each = await binary(hefei.get(path, { filter: { id: ids } })).expect(200)
    expect([...(await filesOfZip(each.body)).keys()]).toEqual([
      '0001-推荐审批表-丁一.docx',
      '0002-推荐审批表-丁二.docx',
      '0003-推荐审批表-丁三.docx',
    ])
    const whole = await binary(hefei.get(path, { filter: {}, as: 'one' })).expect(200)
    const text = await textOfDocx(whole.body)
    expect(text.match(/甘肃省劳动模范（先进工作者）推荐审批表/g)).toHaveLength(3)
    for (const name of ['丁一', '丁二', '丁三']) expect(text).toContain(name)
    const xml = (await filesOfZip(whole.body)).get('word/document.xml')?.toString() ?? ''
    expect(xml.match(/<w:pageBreakBefore\/>/g)).toHaveLength(2)
    const none = await hefei.get(path, { filter: { native_place: '没有' } })
    expect([none.status, none.body.message]).toEqual([409, '没有符合这些条件的行，请放宽筛选再打印。'])
    expect((await hefei.get(path, { as: 'paper' })).status).toBe(400)
  })

  test('filled ones come back as rows: several files at once, checked and then written, equal to what was printed', async () => {
    const before = await rowsOf(hefei, 'approval_forms', { filter: { id: ids } })
    const each = await binary(hefei.get(`/approval_forms/prints/${template.id}`, { filter: { id: ids } })).expect(200)
    for (const row of before) await hefei.delete(`/approval_forms/${row.id}?version=${row.version}`).expect(200)
    const files = [...(await filesOfZip(each.body))]
    const upload = `/approval_forms/prints/${template.id}/rows`
    let request = hefei.upload(upload, files[0]?.[1] as Buffer, files[0]?.[0] as string)
    for (const [name, bytes] of files.slice(1)) request = request.attach('file', bytes, name)
    const checked = await request
    expect(checked.status, checked.text).toBe(200)
    expect(checked.body).toMatchObject({ state: 'checked', rows: 3, error_count: 0, mapping: { needed: false } })
    expect(checked.body.files[0]).toMatchObject({ file: '0001-推荐审批表-丁一.docx', missing: [] })
    // columns of the nominee are of another row: they are told and not read
    expect(checked.body.files[0].unread.map(({ label }: { label: string }) => label)).toEqual(
      expect.arrayContaining(['性别', '手机号码']),
    )
    expect(await rowsOf(hefei, 'approval_forms')).toEqual([])
    await hefei.post(`/imports/${checked.body.id}/apply`).expect(200)
    const after = await rowsOf(hefei, 'approval_forms')
    const words = (row: Record<string, unknown>) =>
      ['nominee_id', 'native_place', 'working_since', 'resume', 'honours', 'deeds_in_full', 'congress_opinion'].map(
        (name) => row[name],
      )
    expect(after.map(words)).toEqual(before.map(words))
  })

  test('several forms in one file are read one by one, and a fault is told by file and label', async () => {
    const whole = await binary(hefei.get(`/approval_forms/prints/${template.id}`, { as: 'one' })).expect(200)
    const again = await hefei.upload(`/approval_forms/prints/${template.id}/rows`, whole.body, '三份.docx').expect(200)
    expect(again.body.files.map(({ sheet }: { sheet: string }) => sheet)).toEqual([
      '三份（第1份）',
      '三份（第2份）',
      '三份（第3份）',
    ])
    expect(again.body).toMatchObject({ rows: 3, error_count: 0 })
    const [row] = await rowsOf(hefei, 'approval_forms')
    await hefei.put(`/approval_forms/${row?.id}`, { version: row?.version, native_place: '合肥' }).expect(200)
    const one = await binary(hefei.get(`/approval_forms/prints/${template.id}`, { filter: { id: row?.id }, as: 'one' }))
    const spoilt = await rewordedDocx(one.body, '2008-07', '二〇〇八年夏天')
    const faulty = await hefei.upload(`/approval_forms/prints/${template.id}/rows`, spoilt, '丁一.docx').expect(200)
    expect(faulty.body.error_count).toBe(1)
    expect(faulty.body.errors[0]).toMatchObject({ sheet: '丁一', field: 'working_since' })
  })

  test('a paper of another form, words beside no label: told, never dropped', async () => {
    const upload = `/approval_forms/prints/${template.id}/rows`
    const other = await hefei.upload(upload, accountPaper, '网络达人.docx')
    expect([other.status, other.body.message]).toEqual([422, expect.stringContaining('“网络达人.docx”：')])
    const one = await binary(
      hefei.get(`/approval_forms/prints/${template.id}`, { as: 'one', filter: { native_place: '合肥' } }),
    )
    const strange = await rewordedDocx(one.body, '注：此表A3纸双面印制', '另：推荐人王某')
    const told = await hefei.upload(upload, strange, '丁一.docx').expect(200)
    expect(told.body.files[0].unread).toContainEqual({
      label: '表外文字',
      text: expect.stringContaining('另：推荐人王某'),
    })
    const relabelled = await rewordedDocx(one.body, '籍  贯', '出生地点')
    const missing = await hefei.upload(upload, relabelled, '丁一.docx').expect(200)
    expect(missing.body.files[0].missing).toEqual(['籍贯'])
    expect(missing.body.files[0].unread).toContainEqual({ label: '出生地点', text: '合肥' })
  })
})

describe('a sheet as a form', () => {
  let template: StoredTemplate

  test('is read, and filled with text that is no formula', async () => {
    const paper = await templates.make(await eventPaper(), '活动登记表.xlsx', 'events')
    expect(Object.fromEntries(paper.blanks.map(({ at, field }) => [at, field]))).toEqual({
      '登记表!A2#1': 'unit_id',
      '登记表!B3': 'title',
      '登记表!D3': 'held_on',
      '登记表!B4': 'kind',
      '登记表!D4': 'headcount',
      '登记表!B5': 'place',
      '登记表!D5': null,
      '登记表!A7': 'summary',
    })
    template = await templates.correct(paper, { 是否与网信部门联合: 'with_cac' })
    for (const n of [1, 2])
      await hefei
        .post('/events', { ...sample.events?.(n), title: `=HYPERLINK("x")${n}`, summary: '一\n二' })
        .expect(201)
    const answer = await binary(hefei.get(`/events/prints/${template.id}`, { as: 'one' })).expect(200)
    const cells = await cellsOfXlsx(answer.body)
    expect(cells).toMatchObject({
      '登记表!A2': '填报单位：合肥',
      '登记表!B3': '=HYPERLINK("x")1',
      '登记表!D3': '2019-07-10',
      '登记表!D4': '80',
      '登记表!D5': '☑是　□否',
      '登记表!A7': '一\n二',
      '登记表（2）!B3': '=HYPERLINK("x")2',
    })
    expect((await filesOfZip(answer.body)).get('xl/worksheets/sheet1.xml')?.toString()).not.toContain('<f>')
  })

  test('comes back: two sheets are two rows that are there already', async () => {
    const book = await binary(hefei.get(`/events/prints/${template.id}`, { as: 'one' })).expect(200)
    const checked = await hefei.upload(`/events/prints/${template.id}/rows`, book.body, '两场.xlsx')
    expect(checked.status, checked.text).toBe(200)
    expect(checked.body).toMatchObject({ rows: 2, error_count: 0, unchanged: 2 })
  })
})

describe('what a print gives', () => {
  test('is what its reader may read: other units’ rows are none, phones are masked, jurors get nothing', async () => {
    const template = await templates.make(accountPaper, '达人.docx', 'nominees')
    const path = `/nominees/prints/${template.id}`
    const textFor = async (name: 'province' | 'cac' | 'hefei') => {
      const answer = await binary((await world.as(name)).get(path, { as: 'one', filter: { name: '丁一' } })).expect(200)
      return textOfDocx(answer.body)
    }
    for (const name of ['province', 'hefei'] as const) expect(await textFor(name)).toContain('19900000001')
    const masked = await textFor('cac')
    expect(masked).toContain('丁一')
    expect(masked).not.toContain('19900000001')
    expect(masked).toContain('199****0001')
    expect((await (await world.as('wuhu')).get(path, { filter: { name: '丁一' } })).status).toBe(409)
    expect((await (await world.as('juror1')).get(path)).status).toBe(403)
    expect((await world.anonymous.get(path)).status).toBe(401)
    const rows = `${path}/rows`
    for (const name of ['cac', 'juror1'] as const)
      expect([name, (await (await world.as(name)).upload(rows, accountPaper, 'a.docx')).status]).toEqual([name, 403])
    expect((await hefei.get(`/events/prints/${template.id}`)).status).toBe(404)
  })
})

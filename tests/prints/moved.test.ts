/** Print templates go with their campaign: as a package to another one, byte for byte, and into the next year. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { PrintBlank } from '../../server/forms/index.ts'
import { accountPaper, approvalPaper, eventPaper, publishNominees, templatesIn } from '../support/prints.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  await publishNominees(province, world)
})
afterAll(() => world?.close())

test('a package holds them in the order of their registers; loaded, they are the same; loaded again, nothing changes', async () => {
  const templates = templatesIn(world, province)
  const approvals = await templates.make(approvalPaper, '审批表.docx', 'approval_forms')
  await templates.correct(approvals, { 推荐单位: 'unit_id' })
  await templates.make(await eventPaper(), '活动表.xlsx', 'events')
  const { text } = await province.get(`/campaigns/${world.campaign_id}/package.json`).expect(200)
  const content = JSON.parse(text)
  expect(content.print_templates.map(({ form, name }: Record<string, string>) => [form, name])).toEqual([
    ['events', '活动表'],
    ['approval_forms', '审批表'],
  ])
  const same = await province.post(`/campaigns/packages?check=1&campaign_id=${world.campaign_id}`, content)
  expect([same.status, same.body.changes]).toEqual([200, []])
  const made = await province.post('/campaigns/packages', {
    ...content,
    campaign: { ...content.campaign, name: '另一个' },
  })
  expect(made.status, made.text).toBe(201)
  const again = JSON.parse((await province.get(`/campaigns/${made.body.campaign_id}/package.json`).expect(200)).text)
  expect(again.print_templates).toEqual(content.print_templates)
  const without = await province
    .post(`/campaigns/packages?campaign_id=${made.body.campaign_id}`, { ...again, print_templates: [] })
    .expect(200)
  expect(without.body.changes).toEqual(['打印的样子“审批表”去掉。', '打印的样子“活动表”去掉。'])
})

test('the next year has those of the registers it keeps', async () => {
  const made = await province.post(`/campaigns/${world.campaign_id}/next_year`, {
    year: 2020,
    left_out: ['approval_forms'],
    answers: { 'collection:C2': 'dropped', 'collection:C3': 'kept' },
  })
  expect(made.status, made.text).toBe(201)
  const { body } = await province
    .get('/print_templates', { filter: { campaign_id: made.body.campaign_id } })
    .expect(200)
  expect(body.map(({ form, name }: Record<string, string>) => [form, name])).toEqual([['events', '活动表']])
})

test.each([
  ['no base64', { content: '<a>' }],
  ['another format', { format: 'exe' }],
  [
    'a column that is not there',
    { blanks: [{ at: '表1!B1', label: '姓名', side: 'left', kind: 'text', field: 'nobody' }] },
  ],
  ['a register that is not there', { form: 'nothing' }],
])('a package with %s in a template is refused with its place', async (_what, change) => {
  const { text } = await province.get(`/campaigns/${world.campaign_id}/package.json`).expect(200)
  const content = JSON.parse(text)
  content.print_templates[1] = { ...content.print_templates[1], ...change }
  const answer = await province.post(`/campaigns/packages?check=1&campaign_id=${world.campaign_id}`, content)
  expect([answer.status, Object.keys(answer.body.errors)[0]]).toEqual([
    422,
    expect.stringMatching(/^print_templates\.1/),
  ])
})

test('a file that is none is refused when it is printed into, in a sentence', async () => {
  const { text } = await province.get(`/campaigns/${world.campaign_id}/package.json`).expect(200)
  const content = JSON.parse(text)
  content.print_templates[0].content = Buffer.from('PK no zip').toString('base64')
  await province.post(`/campaigns/packages?campaign_id=${world.campaign_id}`, content).expect(200)
  const hefei = await world.as('hefei')
  await hefei
    .post('/events', { title: '赛', kind: '培训', held_on: '2019-07-10', place: '家', headcount: 3 })
    .expect(201)
  const [spoilt] = (await hefei.get('/print_templates', { filter: { form: 'events' } })).body
  const answer = await hefei.get(`/events/prints/${spoilt.id}`, { filter: {} })
  expect([answer.status, answer.body.message]).toEqual([422, expect.stringMatching(/。$/)])
  for (const of of ['file', 'paper']) expect((await hefei.get(`/print_templates/${spoilt.id}/${of}`)).status).toBe(422)
})

test('the form of 陕西 fills the columns of its collection: works one to three, platforms to tick, their opinions', async () => {
  const content = JSON.parse(readFileSync('seeds/packages/2024-shaanxi.json', 'utf8'))
  const { campaign_id } = (await province.post('/campaigns/packages', content).expect(201)).body
  const { body } = await templatesIn({ campaign_id }, province)
    .send(accountPaper, '附件2网络达人推荐表.docx', 'submissions', '?check=1')
    .expect(200)
  const blanks = body.blanks as PrintBlank[]
  const fieldOf = (label: string, nth?: number) =>
    blanks.find((blank) => blank.label === label && blank.nth === nth)?.field
  for (const n of [1, 2, 3])
    expect(['标题', '发布日期', '链接'].map((label) => fieldOf(label, n))).toEqual([
      `work${n}_title`,
      `work${n}_on`,
      `work${n}_url`,
    ])
  const columns = {
    ...{ 性别: 'gender', 民族: 'ethnicity', 出生年月: 'born_in', 政治面貌: 'political_status', 学历: 'education' },
    ...{
      账号平台: 'platforms',
      '粉丝数（万）': 'followers_10k',
      '主要事迹（500字以内）': 'deeds',
      其他: 'other_platform',
    },
    ...{
      所在单位意见: 'workplace_opinion',
      '市（产业）工会意见': 'union_opinion',
      同级网信部门意见: 'cac_opinion_text',
    },
  }
  expect(Object.fromEntries(Object.keys(columns).map((label) => [label, fieldOf(label)]))).toEqual(columns)
})

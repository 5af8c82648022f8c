/** Rules in words and computed columns of a published definition: what a clerk, an import, 提交 and PostgreSQL itself say. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
let next = 1

const visits = {
  name: 'visits',
  label: '走访',
  title: '走访登记表',
  annex: 21,
  measure: '次',
  scope: 'unit',
  names: 'title',
  fields: [
    { name: 'total', label: '合计人数', type: 'integer', computed: { sum: ['men', 'women'] }, sum: true },
    { name: 'title', label: '名称', type: 'text', required: true },
    { name: 'held_on', label: '日期', type: 'date', required: true },
    { name: 'ended_on', label: '结束', type: 'date' },
    { name: 'kind', label: '形式', type: 'choice', choices: ['线上', '线下', '其他'] },
    { name: 'kind_said', label: '其他形式', type: 'text' },
    { name: 'link', label: '链接', type: 'url' },
    { name: 'men', label: '男', type: 'integer' },
    { name: 'women', label: '女', type: 'integer' },
    { name: 'seats', label: '座位', type: 'integer' },
    { name: 'badge', label: '证号', type: 'text' },
    { name: 'deeds', label: '事迹', type: 'long_text' },
    { name: 'share', label: '女性占比', computed: { ratio: ['women', 'men'] } },
  ],
  keys: [['title', 'held_on']],
  rules: [
    { name: 'in_campaign', kind: 'within_campaign', field: 'held_on', severity: 'must' },
    { name: 'in_order', kind: 'not_earlier', field: 'ended_on', than: 'held_on', severity: 'must' },
    {
      name: 'other_said',
      kind: 'required_if',
      field: 'kind_said',
      if: { field: 'kind', value: '其他' },
      severity: 'must',
    },
    { name: 'women_seated', kind: 'not_more', field: 'women', than: 'seats', severity: 'must', says: '女职工坐不下。' },
    { name: 'big_enough', kind: 'not_less', field: 'men', value: 30, severity: 'explain' },
    { name: 'one_badge', kind: 'unique_together', field: 'badge', severity: 'must' },
    { name: 'seats_said', kind: 'required', field: 'seats', severity: 'must' },
    { name: 'deeds_told', kind: 'length', field: 'deeds', min: 4, severity: 'must', when: 'submission' },
    {
      name: 'online_linked',
      kind: 'required_if',
      field: 'link',
      if: { field: 'kind', value: '线上' },
      severity: 'must',
      when: 'submission',
    },
  ],
}

const publish = async (definition: object) => {
  const made = (await province.post('/form_designs', { campaign_id: world.campaign_id, definition }).expect(201)).body
  await province.post(`/form_designs/${made.id}/publication`, { version: made.version }).expect(200)
}
const row = (more: object = {}) => ({ title: `第${next++}次`, held_on: '2019-07-01', ...more })
const make = async (more: object = {}) => (await hefei.post('/visits', row(more)).expect(201)).body
const refused = async (more: object) => (await hefei.post('/visits', row(more)).expect(422)).body.errors

beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
  await publish(visits)
})
afterAll(() => world?.close())

describe('rules in words', () => {
  test('are told at their field to whoever types, each in its sentence', async () => {
    expect(await refused({ held_on: '2018-07-01' })).toEqual({
      held_on: expect.stringMatching(/^日期 2018-07-01 不在活动期间（2019-\d\d-\d\d 至 2019-\d\d-\d\d），请核对。$/),
    })
    expect(await refused({ ended_on: '2019-06-30' })).toEqual({
      ended_on: '结束 2019-06-30 早于日期 2019-07-01，请核对。',
    })
    expect(await refused({ kind: '其他' })).toEqual({ kind_said: '形式是“其他”，其他形式也要填。' })
    expect(await refused({ women: 5, seats: 4 })).toEqual({ women: '女职工坐不下。' })
    await make({ badge: 'A-1' })
    expect(await refused({ badge: 'a－1' })).toEqual({ badge: expect.stringContaining('已经给了') })
    await make({ men: 2, kind: '其他', kind_said: '座谈' })
  })

  test('stand in PostgreSQL, for whoever writes past the server', async () => {
    const { id } = await make()
    const write = (set: string) => world.owner(`update visits set ${set}, version = version + 1 where id = $1`, [id])
    await expect(write(`ended_on = '2019-06-30'`)).rejects.toThrow('rule_in_order')
    await expect(write(`kind = '其他'`)).rejects.toThrow('rule_other_said')
    await expect(write('women = 2, seats = 1')).rejects.toThrow('rule_women_seated')
    await expect(write(`badge = 'A-1'`)).rejects.toThrow('_unique_')
    await write('men = 1')
  })

  test('of 提交 are asked then, by PostgreSQL, and told in words', async () => {
    const { id } = await make({ deeds: '短', kind: '线上' })
    const told = await hefei.post(`/visits/${id}/submission`).expect(422)
    expect(told.body.errors).toEqual({
      seats: '提交时必填：座位。',
      deeds: '事迹 1 字，最少 4 字，还要补 3 字。',
      link: '形式是“线上”，链接也要填。',
    })
    const { version } = (await hefei.get(`/visits/${id}`)).body
    await hefei.put(`/visits/${id}`, { version, deeds: '够长的事迹', link: 'https://example.cn/1' }).expect(200)
    // past the server, too
    const [moved] = await world.owner<{ result: string }>(
      `select set_config('app.user_id', (select id::text from users where username = 'hefei'), true),
        (select m.result from app.move('visits', array[$1::integer], 'submission', null, null) m) as result`,
      [id],
    )
    expect(moved?.result).toBe('unfinished')
    await hefei.put(`/visits/${id}`, { version: version + 1, seats: 9 }).expect(200)
    await hefei.post(`/visits/${id}/submission`).expect(200)
  })

  test('that want an explanation stop no import, and are told at the cell', async () => {
    const sheet = [
      ['名称', '日期', '男', '女', '座位'],
      ['进车间', '2019-07-02', 29, 3, 10],
      ['进班组', '2019-07-03', 30, 3, 10],
      ['进工地', '2019-07-04', 40, 11, 10],
      ['进校园', '2018-07-04', 40, 1, 10],
    ]
    const done = (await hefei.upload('/visits/imports', await workbookOf({ 走访: sheet }), '走访.xlsx').expect(200))
      .body
    expect(done.errors.map(({ message }: { message: string }) => message).sort()).toEqual([
      '女职工坐不下。',
      expect.stringContaining('不在活动期间'),
    ])
    expect(JSON.stringify(done.warnings)).toContain('男 29 小于 30，请核对。')
    expect(JSON.stringify(done.warnings)).not.toContain('男 30')
  })
})

describe('computed columns', () => {
  test('are there with every row, follow it, and are listed, sorted and filtered by; nobody types them', async () => {
    const made = await make({ men: 3, women: 1 })
    expect(made).toMatchObject({ total: 4, share: 0.3333 })
    const put = await hefei.put(`/visits/${made.id}`, { version: made.version, women: 3 }).expect(200)
    expect(put.body).toMatchObject({ total: 6, share: 1 })
    await hefei.put(`/visits/${made.id}`, { version: put.body.version, total: 7 }).expect(422)
    const listed = await hefei.get('/visits', { filter: { total: 6 }, sort: ['total', 'DESC'] }).expect(200)
    expect(listed.body.map(({ id }: { id: number }) => id)).toEqual([made.id])
  })

  test('are counted by a metric as any column is', async () => {
    const metric = {
      campaign_id: world.campaign_id,
      position: 12,
      name: 'visitors_total',
      label: '走访人数',
      measure: '人',
    }
    await province.post('/metrics', { ...metric, form: 'visits', counts: 'sum', field: 'total' }).expect(201)
    const { id } = await make({ men: 40, women: 2, seats: 5, deeds: '够长的事迹' })
    await hefei.post(`/visits/${id}/submission`).expect(200)
    await province.post(`/visits/${id}/approval`).expect(200)
    const progress = (await province.get('/reports/progress', { campaign_id: world.campaign_id }).expect(200)).body
    expect(progress.province.visitors_total).toMatchObject({ done: 42 })
  })

  test('of another register’s rows are counted for each row, in an adjusted built-in register too', async () => {
    await publish({
      extends: 'events',
      add: [{ name: 'people_signed', label: '签到人次', type: 'integer', computed: { count: { form: 'attendance' } } }],
    })
    const event = (
      await hefei
        .post('/events', { title: '算一算', kind: '公益', held_on: '2019-07-10', place: '广场', headcount: 3 })
        .expect(201)
    ).body
    expect(event.people_signed).toBe(0)
    await hefei.post('/attendance', { event_id: event.id, name: '甲乙', workplace: '厂' }).expect(201)
    for (const who of ['hefei', 'province', 'cac'] as const) {
      const seen = await (await world.as(who)).get(`/events/${event.id}`).expect(200)
      expect([who, seen.body.people_signed]).toEqual([who, 1])
    }
  })

  test('are computed in one way everywhere: another campaign may not change that', async () => {
    const other = (
      await province
        .post('/campaigns', { year: 2021, name: '又一年', starts_on: '2021-05-01', ends_on: '2021-12-31' })
        .expect(201)
    ).body
    const fields = visits.fields.map((field) =>
      field.name === 'total' ? { ...field, computed: { difference: ['men', 'women'] } } : field,
    )
    const told = await province
      .post('/form_designs', { campaign_id: other.id, definition: { ...visits, fields } })
      .expect(422)
    expect(told.body.errors).toEqual({ 'fields.0.computed': expect.stringContaining('算法不同') })
    await province.post('/form_designs', { campaign_id: other.id, definition: visits }).expect(201)
  })

  test('can be neither mandatory nor a key, nor what a rule looks at', async () => {
    const wrong = {
      ...visits,
      name: 'visits_too',
      label: '再走访',
      annex: 22,
      fields: visits.fields.map((field) => (field.name === 'total' ? { ...field, required: true } : field)),
      keys: [['total']],
      rules: [{ name: 'few', kind: 'not_more', field: 'total', value: 9, severity: 'must' }],
    }
    const told = await province.post('/form_designs', { campaign_id: world.campaign_id, definition: wrong }).expect(422)
    expect(Object.keys(told.body.errors).sort()).toEqual(['fields.0.required', 'keys.0', 'rules.0.field'])
  })
})

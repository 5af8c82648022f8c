/**
 * How a campaign speaks of those who take part in it: 2019 as ever, another one in its own words or in neutral ones; and
 * what concerns an internet office, tasks or works is not there in a campaign that has none.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { placesOf } from '../../admin/layout/places.ts'
import { forms, registers, together } from '../../server/forms/index.ts'
import type { Me } from '../../server/people/sessions.ts'
import { binary, textsOf } from '../support/matrix.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

const OF_2019 = /省总|省委|网信办|全省|各市|12351|2019/

let world: World
let province: Agent
let hefei: Agent
let district: { id: number; version: number }
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
  const dates = { starts_on: '2023-06-01', ends_on: '2023-11-30', today_on: '2023-09-01' }
  district = (await province.post('/campaigns', { year: 2023, name: '网络文明季', ...dates }).expect(201)).body
  const query = { filter: { campaign_id: district.id }, range: '[0,99]' }
  const taking = (await province.get('/participations', query).expect(200)).body as { id: number; kind: string }[]
  const office = taking.filter(({ kind }) => kind === '网信办')
  await province.post('/participations/bulk', { remove: office.map(({ id }) => ({ id })) }).expect(200)
  district = (await province.post(`/campaigns/${district.id}/opening`, {}).expect(200)).body
})
afterAll(() => world?.close())

const meOf = async (agent: Agent): Promise<Me> => (await agent.get('/me').expect(200)).body
const wordsIn = async (id: number) => (await meOf(province)).campaigns.find((each) => each.id === id)?.words

describe('a campaign', () => {
  test('of 2019 is spoken of as in its notice', async () => {
    expect(await wordsIn(world.campaign_id)).toMatchObject({
      lead_name: '安徽省总工会',
      lead_short: '省总',
      contact: '省总网络工作部',
      office: '网信办',
      office_name: '省委网信办',
      units_called: '各市',
      unit_called: '市',
      area: '全省',
      level: '省',
      home_title: '全省进度',
    })
  })

  test('that says nothing is spoken of in neutral words, and by the name of the unit that leads', async () => {
    const words = await wordsIn(district.id)
    expect(words).toMatchObject({ office: null, units_called: '各单位', area: '全部单位', login_title: '网络文明季' })
    const { lead_name: _, lead_short: __, contact: ___, ...others } = words ?? {}
    expect(JSON.stringify(others)).not.toMatch(OF_2019)
  })

  test('speaks in its own words, in refusals, on papers and on the login page', async () => {
    const said = {
      lead_name: '滨海区总工会',
      lead_short: '区总工会',
      department: '网络部',
      units_called: '各单位',
      area: '全区',
      plan_title: '网络文明季',
      home_title: '全区进度',
    }
    district = (await province.put(`/campaigns/${district.id}`, { version: district.version, ...said }).expect(200))
      .body
    const stage = {
      campaign_id: district.id,
      position: 1,
      name: '活动',
      starts_on: '2023-06-01',
      ends_on: '2023-08-05',
    }
    await province.post('/stages', { ...stage, locks: ['线下活动'] }).expect(201)
    const row = { ...sample.events?.(1), campaign_id: district.id, held_on: '2023-07-01' }
    const late = await hefei.post('/events', row).expect(403)
    expect(late.body.message).toBe('8 月 5 日已截止，这里只能查看。需要补录，请向区总工会申请。')
    const frame = await hefei.put(`/campaigns/${district.id}`, { version: district.version, theme: '别的' }).expect(403)
    expect(frame.body.message).not.toMatch(OF_2019)
    const paper = await binary(province.get('/annexes/progress.xlsx', { campaign_id: district.id })).expect(200)
    expect((await textsOf(paper.body)).join()).toContain('2023年网络文明季任务完成情况')
    expect((await textsOf(paper.body)).join()).not.toMatch(OF_2019)
    const welcome = await world.anonymous.get('/welcome').expect(200)
    expect(welcome.body).toMatchObject({ lead_name: '滨海区总工会', contact: '区总工会网络部', office: null })
    expect(JSON.stringify(welcome.body)).not.toMatch(OF_2019)
  })
})

describe('what a campaign does not have', () => {
  const menuOf = (me: Me, set: typeof forms) =>
    placesOf(
      me,
      set,
      me.campaigns.find(({ id }) => id === district.id),
    ).flatMap(({ places }) => places.map(({ to }) => to))

  test('has no place in the menu and no paper: tasks', async () => {
    const me = await meOf(province)
    expect(menuOf(me, forms)).not.toContain('/quotas')
    expect(menuOf(me, forms)).toContain('/metrics')
    expect(menuOf(await meOf(hefei), forms)).not.toContain('/metrics')
    await province.get('/annexes/1.xlsx', { campaign_id: district.id }).expect(404)
    await province.get('/annexes/1.xlsx', { campaign_id: world.campaign_id }).expect(200)
  })

  test('nor works, where no register of works is in force', async () => {
    for (const name of registers.filter(({ flow }) => flow === 'work').map(({ name }) => name)) {
      const definition = { extends: name, label: '作品' }
      const { body } = await province.post('/form_designs', { campaign_id: district.id, definition }).expect(201)
      const { version } = (
        await province.post(`/form_designs/${body.id}/publication`, { version: body.version }).expect(200)
      ).body
      await province.post(`/form_designs/${body.id}/retirement`, { version }).expect(200)
    }
    const { body } = await province.get('/forms', { campaign_id: district.id }).expect(200)
    const names = body.map(({ name }: { name: string }) => name)
    expect(names).not.toContain('collections')
    const set = together(Object.values(forms).filter(({ name }) => names.includes(name)))
    const menu = menuOf(await meOf(province), set)
    expect(menu.filter((to) => ['/works', '/collections', '/submissions'].includes(to))).toEqual([])
    await province.get('/annexes/2.xlsx', { campaign_id: district.id }).expect(404)
    await binary(province.get('/annexes/all.zip', { campaign_id: district.id })).expect(200)
    await province.get('/annexes/2.xlsx', { campaign_id: world.campaign_id }).expect(200)
  })
})

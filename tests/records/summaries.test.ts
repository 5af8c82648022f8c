/** What lists add up to and fall into: the same rows, scope and masks as the list itself, and in the list's own order. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentsOf } from '../support/matrix.ts'
import type { Actor } from '../support/permissions.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let agents: Record<Actor, Agent>
const phone = '13855510009'

beforeAll(async () => {
  world = await makeWorld()
  agents = await agentsOf(world)
  const make = async (agent: Agent, n: number, values: object) =>
    (await agent.post('/propagandists', { ...sample.propagandists?.(n), ...values }).expect(201)).body
  const first = (await agents.hefei.post('/organizations', sample.organizations?.(1)).expect(201)).body
  await agents.hefei.post('/organizations', { ...sample.organizations?.(2), name: '阿尔法公司工会' }).expect(201)
  await make(agents.hefei, 1, { followers: 100, appointed_on: '2019-06-30', organization_id: first.name })
  await make(agents.hefei, 2, { followers: 200, appointed_on: '2019-07-01', organization_id: first.name, phone })
  await make(agents.hefei, 3, { followers: null, appointed_on: '2019-07-31', organization_id: '阿尔法公司工会' })
  await make(agents.wuhu, 4, { followers: 1000, appointed_on: '2019-08-01', gender: '男' })
  const sent = await make(agents.hefei, 5, { followers: 7, appointed_on: '2019-08-02', gender: null })
  await agents.hefei.post(`/propagandists/${sent.id}/submission`).expect(200)
})
afterAll(() => world?.close())

const summary = (agent: Agent, columns: object, filter: object = {}, form = 'propagandists') =>
  agent.get(`/${form}/summary`, { columns, filter })
const groups = (agent: Agent, by: string, query: object = {}, form = 'propagandists') =>
  agent.get(`/${form}/groups`, { by, ...query })
const told = (body: { groups: { value: unknown; label: string | null; count: number }[] }) =>
  body.groups.map(({ value, label, count }) => [label ?? value, count])

describe('the summary of a list', () => {
  test('counts what is filled, adds up numbers, counts what differs; over the filter alone', async () => {
    const asked = { followers: 'sum', gender: 'count', organization_id: 'distinct' }
    const all = (await summary(agents.hefei, asked).expect(200)).body
    expect(all).toEqual({ rows: 4, sums: { followers: 307, gender: 3, organization_id: 2 } })
    const some = (await summary(agents.hefei, asked, { appointed_on_gte: '2019-07-01', q: '丁' }).expect(200)).body
    expect(some).toEqual({ rows: 3, sums: { followers: 207, gender: 2, organization_id: 2 } })
    const none = (await summary(agents.hefei, asked, { name: '无此人' }).expect(200)).body
    expect(none).toEqual({ rows: 0, sums: { followers: null, gender: 0, organization_id: 0 } })
  })

  test('has no more in it than the list: each city its own, the province all, a juror nothing', async () => {
    const sums: Record<string, unknown> = {}
    for (const actor of ['province', 'cac', 'cac-hefei', 'hefei', 'wuhu', 'huaibei'] as const)
      sums[actor] = (await summary(agents[actor], { followers: 'sum' }).expect(200)).body.sums.followers
    expect(sums).toEqual({ province: 1307, cac: 1307, 'cac-hefei': 307, hefei: 307, wuhu: 1000, huaibei: null })
    await summary(agents.juror1, { followers: 'sum' }).expect(404)
    await summary(agents.anonymous, { followers: 'sum' }).expect(401)
    await summary(agents.juror1, { author: 'count' }, {}, 'submissions').expect(400)
  })

  test('refuses what is hidden or masked, sums of what is no number, and what it can’t read', async () => {
    for (const kind of ['count', 'sum', 'distinct']) {
      const refused = await summary(agents.cac, { phone: kind }).expect(400)
      expect(refused.body.message).toContain('手机号')
      expect(refused.text).not.toContain(phone)
    }
    await summary(agents.cac, { followers: 'sum' }, { phone_like: phone.slice(0, 7) }).expect(400)
    await summary(agents.cac, { followers: 'sum' }, { 'phone:group': [phone] }).expect(400)
    await summary(agents.cac, { followers: 'sum' }, { phone_not_like: phone.slice(0, 7) }).expect(400)
    expect((await summary(agents.hefei, { phone: 'distinct' }).expect(200)).body.sums).toEqual({ phone: 4 })
    for (const columns of [{ name: 'sum' }, { no_such: 'count' }, { followers: 'most' }, ['followers'], 'x{'])
      await summary(agents.hefei, columns as object).expect(400)
  })
})

describe('the groups of a list', () => {
  test('stand in the order of the list: units by annex 1, states as they pass, choices as the form has them', async () => {
    expect(told((await groups(agents.province, 'unit_id:group').expect(200)).body)).toEqual([
      ['合肥', 4],
      ['芜湖', 1],
    ])
    expect(told((await groups(agents.hefei, 'status').expect(200)).body)).toEqual([
      ['draft', 3],
      ['submitted', 1],
    ])
    expect(told((await groups(agents.province, 'gender:group').expect(200)).body)).toEqual([
      ['男', 1],
      ['女', 3],
      [null, 1],
    ])
    expect(told((await groups(agents.hefei, 'organization_id').expect(200)).body)).toEqual([
      ['阿尔法公司工会', 1],
      ['合肥测试1厂工会委员会', 2],
      [null, 1],
    ])
    const months = (await groups(agents.hefei, 'appointed_on:month', { order: 'DESC', columns: { followers: 'sum' } }))
      .body
    expect(months.groups).toEqual([
      { value: '2019-08', label: null, count: 1, sums: { followers: 7 } },
      { value: '2019-07', label: null, count: 2, sums: { followers: 200 } },
      { value: '2019-06', label: null, count: 1, sums: { followers: 100 } },
    ])
    expect(months.rows).toBe(4)
  })

  test('the list sorted by a group has its rows in that very order, and can be narrowed to some groups', async () => {
    for (const by of [
      'unit_id:group',
      'gender:group',
      'organization_id:group',
      'appointed_on:month',
      'followers:group',
    ]) {
      const { body } = await groups(agents.province, by).expect(200)
      const rows = (
        await agents.province
          .get('/propagandists', {
            sort: [
              [by, 'ASC'],
              ['name', 'DESC'],
            ],
          })
          .expect(200)
      ).body
      const [column = '', step] = by.split(':')
      const keys = rows.map((row: Record<string, string>) =>
        step === 'month' ? row[column]?.slice(0, 7) : row[column],
      )
      const expected = body.groups.flatMap(({ value, count }: { value: unknown; count: number }) =>
        Array(count).fill(value),
      )
      expect([by, keys]).toEqual([by, expected])
      const last = body.groups.at(-1)
      const found = await agents.province.get('/propagandists', { filter: { [by]: [last.value] } }).expect(200)
      expect([by, found.body.length]).toEqual([by, last.count])
      const rest = await agents.province.get('/propagandists', { filter: { [`${by}_not`]: [last.value] } }).expect(200)
      expect([by, rest.body.length]).toEqual([by, 5 - last.count])
    }
  })

  test('each person sees the groups of the own rows; hidden and masked columns are refused, so are too many groups', async () => {
    expect(told((await groups(agents.wuhu, 'unit_id').expect(200)).body)).toEqual([['芜湖', 1]])
    expect(told((await groups(agents.huaibei, 'unit_id').expect(200)).body)).toEqual([])
    await groups(agents.cac, 'phone').expect(400)
    await groups(agents.cac, 'name', { columns: { phone: 'distinct' } }).expect(400)
    await groups(agents.juror1, 'author', {}, 'submissions').expect(400)
    await groups(agents.juror1, 'sub_theme', {}, 'submissions').expect(200)
    for (const by of ['name:month', 'no_such', 'id', 'name;', 'appointed_on:week'])
      await groups(agents.hefei, by).expect(400)
    await agents.hefei.get('/propagandists', { sort: ['phone:month', 'ASC'] }).expect(400)
    await agents.cac.get('/propagandists', { sort: ['phone:group', 'ASC'] }).expect(400)
    await world.owner(
      `insert into propagandists (campaign_id, unit_id, name, job, phone, appointed_on)
       select $1, $2, '多' || n, '测试', '1500000' || lpad(n::text, 4, '0'), '2019-07-01' from generate_series(1, 2001) n`,
      [world.campaign_id, world.units.淮北],
    )
    const refused = await groups(agents.huaibei, 'phone').expect(422)
    expect(refused.body.message).toContain('2,000 组')
    await groups(agents.huaibei, 'appointed_on:year').expect(200)
  })
})

describe('filters by type', () => {
  const found = async (filter: object) =>
    (await agents.hefei.get('/propagandists', { filter, sort: ['id', 'ASC'] }).expect(200)).body.map(
      ({ followers }: { followers: number }) => followers,
    )

  test('contain and do not, are blank and are not, among values and none of them', async () => {
    expect(await found({ name_like: '丁', name_not_like: '2' })).toEqual([100, null, 7])
    expect(await found({ followers: null })).toEqual([null])
    expect(await found({ followers_not: null })).toEqual([100, 200, 7])
    expect(await found({ followers: [100, null] })).toEqual([100, null])
    expect(await found({ followers_not: [100, null] })).toEqual([200, 7])
    expect(await found({ organization_id_like: '测试1' })).toEqual([100, 200])
    expect(await found({ organization_id_not_like: '测试1' })).toEqual([null, 7])
    expect(await found({ gender_not: ['女'] })).toEqual([7])
  })

  test('a moment is compared with a whole day', async () => {
    const day = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai' }).format(new Date())
    expect(await found({ updated_at_gte: day, updated_at_lte: day })).toHaveLength(4)
    expect(await found({ updated_at: day })).toHaveLength(4)
    expect(await found({ updated_at_not: day })).toHaveLength(0)
  })

  test('lists are among values when they hold one of them', async () => {
    const rows = (await agents.province.get('/collections', { filter: {} }).expect(200)).body
    const tagged = rows.find(({ sub_themes }: { sub_themes: string[] | null }) => sub_themes?.length)
    const filter = { sub_themes: [tagged.sub_themes[0], '没有的'] }
    const some = (await agents.province.get('/collections', { filter }).expect(200)).body
    expect(some.map(({ id }: { id: number }) => id)).toContain(tagged.id)
  })
})

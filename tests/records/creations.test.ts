/** A new row whose answer was lost is sent again under the same `client_key`, and is the row that was made. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forms } from '../../server/forms/index.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let wuhu: Agent
let province: Agent
let next = 1

beforeAll(async () => {
  world = await makeWorld()
  ;[hefei, wuhu, province] = [await world.as('hefei'), await world.as('wuhu'), await world.as('province')]
  await world.owner(
    `insert into units (name, short_name, kind) values ('备用工会', '备用', '省直/省产业工会'), ('新来工会', '新来', '省直/省产业工会')`,
  )
  await world.owner(
    `insert into participations (campaign_id, unit_id) select $1, id from units where short_name = '备用'`,
    [world.campaign_id],
  )
  for (const agent of [hefei, wuhu, province]) await agent.post('/events', sample.events?.(1)).expect(201)
})
afterAll(() => world?.close())

const word = () => `a-word-of-ours-${next++}`
/** One row of each form, for whoever may make it. */
const frame: Record<string, () => Record<string, unknown>> = {
  quotas: () => ({ unit_id: '备用', organizations: 1 }),
  reopenings: () => ({ unit_id: world.units.合肥, form: '附件4', until: '2019-09-30' }),
  collections: () => ({ code: 'X1', title: '项目', medium: '图片', host_unit_id: world.units.省总 }),
  metrics: () => ({ position: 9, name: 'metric', label: '指标', measure: '名', form: 'events', counts: 'rows' }),
  stages: () => ({ position: 90, name: '阶段', starts_on: '2019-01-01', ends_on: '2019-01-02' }),
  national_activities: () => ({ position: 90, title: '全国活动', organizer: '全国总工会' }),
  participations: () => ({ unit_id: '新来' }),
  units: () => ({ name: '省测试产业工会', short_name: '测试', kind: '省直/省产业工会' }),
  unit_kinds: () => ({ name: '直属单位' }),
  campaigns: () => ({ year: 2031, name: '新的一年', starts_on: '2031-01-01', ends_on: '2031-12-31' }),
}
const count = async (form: string) => (await world.owner(`select from ${form}`)).length

describe.each(Object.keys(forms))('%s', (form) => {
  const agentFor = () => (frame[form] ? province : hefei)
  const bodyFor = () => sample[form]?.(100 + next++) ?? frame[form]?.() ?? {}

  test('a row sent again is the row that was made, alone and among others', async () => {
    const agent = agentFor()
    const body = { ...bodyFor(), client_key: word() }
    const { body: made } = await agent.post(`/${form}`, body).expect(201)
    expect(made).not.toHaveProperty('client_key')
    const rows = await count(form)
    expect((await agent.post(`/${form}`, body).expect(201)).body).toEqual(made)
    const answer = await agent.post(`/${form}/bulk`, { create: [body] }).expect(200)
    expect(answer.body.create).toEqual([made])
    expect(await count(form)).toBe(rows)
    const { body: history } = await agent.get(`/${form}/${made.id}/history`).expect(200)
    expect(history).toHaveLength(1)
  })
})

describe('sent again', () => {
  const person = (more: object = {}) => ({ ...sample.propagandists?.(100 + next++), client_key: word(), ...more })
  const make = (body: object, agent = hefei) => agent.post('/propagandists', body)

  test('with other cells, nothing is written: the row is told, and nothing of the request is stored', async () => {
    const body = person()
    const made = (await make(body).expect(201)).body
    for (const other of [
      { ...body, job: '测试厂 主任' },
      { ...body, remark: '后来写的' },
      { ...body, phone: '123' },
    ]) {
      expect((await make(other).expect(409)).body.row).toEqual(made)
      const rows = await count('propagandists')
      const many = await hefei.post('/propagandists/bulk', { create: [person(), other] }).expect(409)
      expect(many.body.conflicts.create).toEqual({ 1: made })
      expect(await count('propagandists')).toBe(rows)
    }
    expect((await hefei.get(`/propagandists/${made.id}`).expect(200)).body).toEqual(made)
  })

  test('as it was, in whatever order, it is the row that was made, also when it has been changed since', async () => {
    const body = person()
    const { id } = (await make(body).expect(201)).body
    await hefei.put(`/propagandists/${id}`, { remark: '后来写的', version: 1 }).expect(200)
    const turned = Object.fromEntries(Object.entries(body).reverse())
    expect((await make(turned).expect(201)).body).toMatchObject({ id, version: 2, remark: '后来写的' })
  })

  test('under a word of which it is not known what it was sent as, it is told as a row that is there', async () => {
    const body = person()
    const { id } = (await make(body).expect(201)).body
    await world.owner('update creations set body_digest = null where client_key = $1', [body.client_key])
    expect((await make(body).expect(409)).body.row).toMatchObject({ id, version: 1 })
  })

  test('by somebody else, or in another form, the word means nothing', async () => {
    const body = person()
    const { id } = (await make(body).expect(201)).body
    const other = (await make({ ...body, phone: '13911112222' }, wuhu).expect(201)).body
    expect(other.id).not.toBe(id)
    await hefei.post('/organizations', { ...sample.organizations?.(77), client_key: body.client_key }).expect(201)
    const seen = await world.owner('select from creations where client_key = $1', [body.client_key])
    expect(seen).toHaveLength(3)
  })

  test('after it was removed, that is said', async () => {
    const body = person()
    const { id } = (await make(body).expect(201)).body
    await hefei.delete(`/propagandists/${id}`).expect(200)
    const { errors } = (await make(body).expect(422)).body
    expect(errors.name).toBe('这一行存过，后来被删去了，在回收站里。')
  })

  test('by a person who has gone to another unit, the row of the old one is not told', async () => {
    const body = person()
    await make(body).expect(201)
    const to = (unit: string) =>
      world.owner(`update users set unit_id = $1, version = version + 1 where username = 'hefei'`, [world.units[unit]])
    await to('芜湖')
    const told = await make(body).expect(422)
    expect(told.body.errors.name).toBe('这一行存过，现在不在您的范围内。')
    await to('合肥')
  })

  test('many times at once, it is made once', async () => {
    const body = person()
    const answers = await Promise.all(Array.from({ length: 8 }, () => make(body)))
    expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 201))
    expect(new Set(answers.map((answer) => answer.body.id)).size).toBe(1)
    const rows = Array.from({ length: 40 }, () => person())
    const both = await Promise.all([1, 2, 3].map(() => hefei.post('/propagandists/bulk', { create: rows })))
    const ids = both.map((answer) => answer.body.create.map(({ id }: { id: number }) => id))
    expect(ids).toEqual([ids[0], ids[0], ids[0]])
  })

  test('after a refusal, nothing is remembered: the row mended is made', async () => {
    const body = person({ phone: '123' })
    await make(body).expect(422)
    await make({ ...body, phone: '13911113333' }).expect(201)
  })

  test('a word is well formed and stands once in a request', async () => {
    for (const client_key of ['short', 'with blanks in it', 7, null, 'x'.repeat(65)])
      await make(person({ client_key })).expect(400)
    const body = person()
    await hefei.post('/propagandists/bulk', { create: [body, body] }).expect(400)
  })

  test('without a word, a row is made as ever, and its key says that it is there', async () => {
    const { client_key: _, ...body } = person()
    await make(body).expect(201)
    expect((await make(body).expect(422)).body.errors.phone).toContain('已经登记过')
  })
})

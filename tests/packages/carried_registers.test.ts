/**
 * Rows offered again in the next year, of every register in force that outlives its campaign: built in, adjusted, designed, and
 * of one whose definition has changed between the years.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Form, outlivesCampaign, registersOf } from '../../server/forms/index.ts'
import { publish } from '../support/designs.ts'
import { ownRegisters, publishOwn } from '../support/own_registers.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

/** A register of people that a campaign has made itself: who they are lasts, since when they serve is of the year. */
const mentors = {
  name: 'mentors',
  label: '带教师傅',
  title: '带教师傅登记表',
  measure: '名',
  names: 'name',
  fields: [
    { name: 'name', label: '姓名', type: 'text', person: true, required: true },
    { name: 'phone', label: '手机号', type: 'phone', required: true },
    { name: 'craft', label: '工种', type: 'text' },
    { name: 'hours', label: '课时', type: 'integer' },
    { name: 'serves_since', label: '聘任日期', type: 'date', required: true, of_year: true },
  ],
  keys: [['phone']],
}
const mentor = {
  name: '丁师傅',
  phone: '13700000077',
  craft: '焊工',
  hours: 12,
  serves_since: '2019-06-03',
}
const rowOf = (name: string): Record<string, unknown> =>
  name === 'mentors' ? mentor : (ownRegisters.find((own) => own.name === name)?.row(70) ?? sample[name]?.(70) ?? {})

let world: World
let province: Agent
let hefei: Agent
let lasting: readonly Form[]
let next: number

beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
  await publishOwn(world)
  await publish(province, world, mentors)
  lasting = registersOf(world.database.definitions.of(world.campaign_id)).filter(outlivesCampaign)
  for (const { name } of lasting) {
    const { body, status, text } = await hefei.post(`/${name}`, rowOf(name))
    expect([name, status], text).toEqual([name, 201])
    await hefei.post(`/${name}/${body.id}/submission`, {}).expect(200)
    await province.post(`/${name}/${body.id}/approval`, {}).expect(200)
  }
  const answers = { 'collection:C2': 'dropped', 'collection:C3': 'kept' }
  const carried = lasting.map(({ name }) => name)
  const made = await province.post(`/campaigns/${world.campaign_id}/next_year`, { year: 2020, answers, carried })
  expect(made.status, made.text).toBe(201)
  next = made.body.campaign_id
  // the next notice calls it otherwise, asks one thing no more and another one anew
  const { fields } = mentors
  const changed = {
    ...mentors,
    label: '师傅带徒',
    title: '师傅带徒登记表',
    fields: [
      ...fields
        .filter(({ name }) => name !== 'hours')
        .map((field) => (field.name === 'craft' ? { ...field, label: '工种（岗位）' } : field)),
      { name: 'pupils', label: '徒弟人数', type: 'integer' },
    ],
  }
  await publish(province, { ...world, campaign_id: next }, changed)
  await province.post(`/campaigns/${next}/opening`, {}).expect(200)
})
afterAll(() => world?.close())

test('built-in, adjusted and designed registers are among them', () => {
  expect(lasting.map(({ name }) => name).sort()).toEqual(['mentors', 'organizations', 'propagandists', 'trainings'])
})

test('each register offers its row, makes it one of this year with this year’s day, and offers it no more', async () => {
  for (const { name, fields } of lasting) {
    const asked = fields.filter(({ of_year }) => of_year).map((field) => field.name)
    const offered = (await hefei.get(`/${name}/carried?campaign_id=${next}`).expect(200)).body
    expect([name, offered.from_year, offered.total, offered.asked]).toEqual([name, 2019, 1, asked])
    const values = Object.fromEntries(asked.map((each) => [each, '2020-06-20']))
    const ids = [offered.rows[0].id]
    const confirmed = await hefei.post(`/${name}/carried`, { campaign_id: next, ids, values })
    expect([name, confirmed.status], confirmed.text).toEqual([name, 201])
    const [id] = confirmed.body.created
    const row = (await hefei.get(`/${name}/${id}`).expect(200)).body
    const known = world.database.definitions.of(next)[name]?.fields.map((field) => field.name) ?? []
    for (const [field, value] of Object.entries(rowOf(name)))
      if (known.includes(field) && !asked.includes(field) && field !== 'event_id')
        expect([name, field, row[field]]).toEqual([name, field, value])
    // an event is of its day: what referred to it refers to none
    if ('event_id' in row) expect(row.event_id).toBeNull()
    expect(row).toMatchObject({ campaign_id: next, status: 'draft', ...values })
    expect([name, (await hefei.get(`/${name}/carried?campaign_id=${next}`)).body.total]).toEqual([name, 0])
  }
})

test('what the register of this year has no column for stays with last year’s row', async () => {
  const { body } = await hefei.get('/mentors', { filter: { campaign_id: next } })
  expect(body[0]).toMatchObject({ name: '丁师傅', craft: '焊工', pupils: null })
  expect(body[0]).not.toMatchObject({ hours: 12 })
  const [old] = (await hefei.get('/mentors', { filter: { campaign_id: world.campaign_id } })).body
  expect(old).toMatchObject({ hours: 12, status: 'approved' })
})

/** Definitions as data: drafts, publishing, retiring; by whom, and what is in force then. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { definitionOf, type Form, forms, registers, unitsOf } from '../../server/forms/index.ts'
import { draftIn, publish, workshops } from '../support/designs.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

const draft = (definition: object, agent = province) => draftIn(world, agent, definition)
const published = (definition: object) => publish(province, world, definition)

describe('the forms in force', () => {
  test('are the built-in ones where a campaign says nothing, for everybody with an account', async () => {
    for (const who of ['hefei', 'cac', 'juror1'] as const) {
      const { body } = await (await world.as(who)).get('/forms', { campaign_id: world.campaign_id }).expect(200)
      expect(body.map((form: { name: string }) => form.name)).toEqual(Object.keys(forms))
    }
    const { body } = await hefei.get('/forms').expect(200)
    const kinds = await world.owner<{ name: string }>('select name from unit_kinds order by position')
    const [campaign] = await world.owner<{ plan_title: string }>('select plan_title from campaigns')
    const inForce = {
      ...forms,
      units: unitsOf(kinds.map(({ name }) => name)),
      quotas: { ...(forms.quotas as Form), title: `${campaign?.plan_title}任务分配表` },
    }
    expect(body).toEqual(JSON.parse(JSON.stringify(Object.values(inForce).map(definitionOf))))
    await world.anonymous.get('/forms').expect(401)
  })
})

describe('a new register', () => {
  test('is published from a draft that only the province sees, and takes rows at once', async () => {
    await draft(workshops, hefei).expect(403)
    const made = await draft(workshops).expect(201)
    await hefei.get(`/form_designs/${made.body.id}`).expect(404)
    await hefei.get('/workshops').expect(404)
    const check = await province.post(`/form_designs/${made.body.id}/check`).expect(200)
    expect(check.body).toEqual({ changes: ['新增登记表“培训班”，7 栏。'], breaks: [] })
    await hefei.post(`/form_designs/${made.body.id}/publication`, { version: 1 }).expect(403)
    await province.post(`/form_designs/${made.body.id}/publication`, { version: 7 }).expect(409)
    await province.post(`/form_designs/${made.body.id}/publication`, { version: 1 }).expect(200)
    const row = await hefei
      .post('/workshops', {
        title: '骨干班',
        held_on: '2019-06-18',
        kind: '线下',
        phone: '13800000001',
        people: 40,
        fee: 1200,
      })
      .expect(201)
    expect(row.body).toMatchObject({ title: '骨干班', phone: '13800000001', status: 'draft' })
    const cac = await (await world.as('cac')).get(`/workshops/${row.body.id}`).expect(200)
    expect(cac.body.phone).toBe('138****0001')
    await (await world.as('wuhu')).get(`/workshops/${row.body.id}`).expect(404)
    await hefei.post('/workshops', { title: '骨干班', held_on: '2019-06-18' }).expect(422)
  })

  test('is in nobody else’s campaign', async () => {
    const other = await province
      .post('/campaigns', { year: 2020, name: '另一年', starts_on: '2020-05-01', ends_on: '2020-12-31' })
      .expect(201)
    const { body } = await province.get('/forms', { campaign_id: other.body.id }).expect(200)
    expect(body.map((form: { name: string }) => form.name)).not.toContain('workshops')
  })

  test('is protected in the database exactly as a built-in one is', async () => {
    const shape = async (name: string) =>
      (
        await world.owner<{ line: string }>(
          `select 'policy ' || policyname || ' ' || roles::text || cmd || permissive as line from pg_policies where tablename = $1
           union select 'trigger ' || tgname from pg_trigger where tgrelid = to_regclass('public.' || $1) and not tgisinternal
           union select 'forced ' || relforcerowsecurity from pg_class where oid = to_regclass('public.' || $1) order by 1`,
          [name],
        )
      ).map(({ line }) => line)
    expect(await shape('workshops')).toEqual(await shape('propagandists'))
  })
})

describe('an adjusted register', () => {
  test('has its words, columns and choices in its campaign', async () => {
    await published({
      extends: 'events',
      title: '活动情况统计表',
      label: '活动',
      hide: ['enterprise'],
      rename: { place: '活动地点' },
      order: ['held_on', 'title'],
      require: ['summary'],
      choices: { kind: ['讲座', '公益', '其他'] },
      add: [{ name: 'online_people', label: '线上人数', type: 'integer', sum: true }],
    })
    const { body } = await hefei.get('/forms').expect(200)
    const events = body.find((form: { name: string }) => form.name === 'events')
    expect(events).toMatchObject({ label: '活动', title: '活动情况统计表', annex: 5 })
    expect(events.fields.map((field: { name: string }) => field.name).slice(0, 2)).toEqual(['held_on', 'title'])
    const row = { title: '讲座一', held_on: '2019-07-01', kind: '讲座', place: '合肥', headcount: 5, online_people: 80 }
    const refused = await hefei.post('/events', row).expect(422)
    expect(refused.body.errors).toEqual({ summary: '必填：简介。' })
    const made = await hefei.post('/events', { ...row, summary: '好' }).expect(201)
    expect(made.body).toMatchObject({ kind: '讲座', online_people: 80 })
    await hefei.post('/events', { ...row, title: '二', summary: '好', kind: '培训' }).expect(422)
    await expect(
      world.owner(
        `insert into events (campaign_id, unit_id, title, kind, held_on, place, headcount, summary) values ($1, $2, '三', '培训', '2019-07-01', '合肥', 1, '好')`,
        [world.campaign_id, world.units.合肥],
      ),
    ).rejects.toThrow(/c\d+_kind/)
  })
})

test('every built-in form is the same again after its JSON', () => {
  for (const form of registers) expect(definitionOf(form).fields).toHaveLength(form.fields.length)
})

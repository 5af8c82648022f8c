/** A campaign as one file: out, into an empty installation and out again the same; what it would change is told first. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CampaignPackage } from '../../server/campaigns/packages/package.ts'
import { publish } from '../support/designs.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
let content: CampaignPackage
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  content = (await province.get(`/campaigns/${world.campaign_id}/package.json`).expect(200)).body
})
afterAll(() => world?.close())

const load = (given: object, query = '') => province.post(`/campaigns/packages${query}`, given)
const out = async (id: number) =>
  (await province.get(`/campaigns/${id}/package.json`).expect(200)).body as CampaignPackage

describe('a package', () => {
  test('says the campaign whole, with names for ids, and is the leading body’s alone', async () => {
    expect(content).toMatchObject({ format: 'haowangmin-campaign', format_version: 1 })
    expect(content.quotas?.[0]).toMatchObject({ unit_id: '合肥', organizations: 7 })
    expect(content.forms).toContainEqual({ extends: 'events' })
    for (const who of ['hefei', 'cac', 'juror1'] as const) {
      const agent = await world.as(who)
      await agent.get(`/campaigns/${world.campaign_id}/package.json`).expect(403)
      await agent.post('/campaigns/packages', content).expect(403)
    }
  })

  test('changes nothing in the campaign it came from', async () => {
    const { body } = await load(content, `?check=1&campaign_id=${world.campaign_id}`).expect(200)
    expect(body).toEqual({ changes: [] })
  })

  test('tells what it would change and writes nothing of it', async () => {
    const quotas = content.quotas?.map((row) => (row.unit_id === '合肥' ? { ...row, events: 25 } : row))
    const given = { ...content, quotas, stages: content.stages?.slice(1) }
    const { body } = await load(given, `?check=1&campaign_id=${world.campaign_id}`).expect(200)
    expect(body.changes).toEqual([
      expect.stringMatching(/^任务分配“合肥”：线下活动数由“20”改为“25”。$/),
      expect.stringMatching(/^进度安排：去掉启动/),
    ])
    expect(await out(world.campaign_id)).toEqual(content)
  })

  test('loaded twice makes two campaigns over the same tables, each the same again', async () => {
    for (const name of [`${content.campaign.name}（2）`, `${content.campaign.name}（3）`]) {
      const { body } = await load(content).expect(201)
      expect(body.changes[0]).toBe(`新建年度活动“${name}”，筹备中。`)
      expect(await out(body.campaign_id)).toEqual({ ...content, campaign: { ...content.campaign, name } })
    }
  })

  test('with a fault writes nothing, and says where', async () => {
    const before = (await province.get('/campaigns')).headers['content-range']
    const given = { ...content, stages: [{ ...content.stages?.[0], starts_on: '2019-13-01' }] }
    const refused = await load(given).expect(422)
    expect(Object.keys(refused.body.errors)).toEqual(['stages.0.starts_on'])
    const odd = await load({ ...content, forms: [{ extends: 'events', hide: ['title'] }] }).expect(422)
    expect(Object.keys(odd.body.errors)).toEqual(['forms.0.hide.0'])
    await load({ ...content, more: [] }).expect(400)
    await load({ format: 'another' }).expect(400)
    expect((await province.get('/campaigns')).headers['content-range']).toBe(before)
  })

  test('of a campaign that has collections but no register of works any more is refused, and says why', async () => {
    const made = (await load(content).expect(201)).body.campaign_id
    const { id, version } = (
      await province.post('/form_designs', { campaign_id: made, definition: { extends: 'submissions' } }).expect(201)
    ).body
    await province.post(`/form_designs/${id}/retirement`, { version }).expect(200)
    const refused = await province.get(`/campaigns/${made}/package.json`).expect(409)
    expect(refused.body.message).toContain(`${content.collections?.length} 项征集活动`)
  })

  test('brings registers, adjustments and those that are left out', async () => {
    const forms = [
      { extends: 'events', label: '活动', add: [{ name: 'online_people', label: '线上人数', type: 'integer' }] },
      {
        name: 'cases',
        label: '案例',
        title: '案例汇总表',
        annex: 3,
        measure: '个',
        scope: 'unit',
        names: 'title',
        fields: [{ name: 'title', label: '案例名称', type: 'text', required: true }],
        keys: [['title']],
        rules: [],
      },
    ]
    const campaign = {
      ...content.campaign,
      year: 2024,
      name: '案例征集',
      starts_on: '2024-01-01',
      ends_on: '2024-12-31',
    }
    const given = {
      ...content,
      campaign,
      forms,
      metrics: [],
      quotas: [],
      collections: [],
      national_activities: [],
      stages: [],
    }
    const { body } = await load(given).expect(201)
    const made = await out(body.campaign_id)
    expect(made.forms.map((form) => ('extends' in form ? form.extends : form.name))).toEqual(['cases', 'events'])
    const inForce = await province.get('/forms', { campaign_id: body.campaign_id }).expect(200)
    const names = inForce.body.map((form: { name: string }) => form.name)
    expect(names).toContain('cases')
    expect(names).not.toContain('awards')
    expect((await load(made, `?check=1&campaign_id=${body.campaign_id}`).expect(200)).body).toEqual({ changes: [] })
  })
})

test('registers that refer to each other in a circle go out, into an empty installation, and out again the same', async () => {
  const title = { name: 'title', label: '名称', type: 'text', required: true }
  const register = (name: string, label: string, ...to: string[]) => ({
    name,
    label,
    title: `${label}表`,
    measure: '个',
    scope: 'unit',
    names: 'title',
    fields: [
      title,
      ...to.map((each) => ({ name: `${each}_id`, label: `相关${each}`, type: 'reference', to: each })),
      ...to.map((each) => ({ name: `${each}_day`, label: `${each}日`, type: 'date' })),
    ],
    keys: to.length > 0 ? [['title', `${to[0]}_id`]] : [['title']],
    rules: to.map((each) => ({
      name: `${each}_asked`,
      kind: 'required_if',
      field: `${each}_day`,
      if: { field: `${each}_id` },
      severity: 'must',
    })),
  })
  await publish(province, world, register('circle_a', '甲表'))
  await publish(province, world, register('circle_b', '乙表', 'circle_a'))
  await publish(province, world, register('circle_c', '丙表', 'circle_b'))
  await publish(province, world, register('circle_a', '甲表', 'circle_c', 'circle_b'))
  const text = (await province.get(`/campaigns/${world.campaign_id}/package.json`).expect(200)).text
  const fresh = await makeWorld()
  try {
    const lead = await fresh.as('province')
    const { body } = await lead.post('/campaigns/packages', JSON.parse(text)).expect(201)
    const again = (await lead.get(`/campaigns/${body.campaign_id}/package.json`).expect(200)).body
    expect(again.forms).toEqual(JSON.parse(text).forms)
    const check = await lead.post(`/campaigns/packages?check=1&campaign_id=${body.campaign_id}`, again).expect(200)
    expect(check.body).toEqual({ changes: [] })
    const keys = await fresh.owner<{ n: number }>(
      `select count(*)::integer as n from pg_constraint where contype = 'f' and conrelid::regclass::text like 'circle_%' and confrelid::regclass::text like 'circle_%'`,
    )
    expect(keys).toEqual([{ n: 4 }])
  } finally {
    await fresh.close()
  }
})

test('the package of 2019 is what a new installation begins with, and what comes out of it, byte for byte', async () => {
  const text = readFileSync('seeds/packages/2019-anhui.json', 'utf8')
  const fresh = await makeWorld()
  try {
    const answer = await (await fresh.as('province')).get(`/campaigns/${fresh.campaign_id}/package.json`).expect(200)
    expect(answer.text).toBe(text)
  } finally {
    await fresh.close()
  }
  const { body } = await load(JSON.parse(text)).expect(201)
  const again = await province.get(`/campaigns/${body.campaign_id}/package.json`).expect(200)
  expect(again.text).toBe(text.replace('主题活动",', '主题活动（5）",'))
  // the standard maximum may be left out
  const said = JSON.parse(again.text)
  const isStandard = (key: string, value: unknown) => key === 'max' && value === 100
  const bare = JSON.parse(again.text, (key, value) => (isStandard(key, value) ? undefined : value))
  expect(bare.collections[0].scoring_items[0]).not.toHaveProperty('max')
  expect(bare).not.toEqual(said)
  const told = await load(bare, `?check=1&campaign_id=${body.campaign_id}`).expect(200)
  expect(told.body).toEqual({ changes: [] })
})

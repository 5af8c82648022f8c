/** What was confirmed of a proposal becomes a package, which is looked at and loaded like any other. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CampaignPackage } from '../../server/campaigns/packages/package.ts'
import { noticeFolders, proposalOf } from '../support/notices.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
})
afterAll(() => world?.close())

const packageOf = async (folder: string, answers: Record<string, unknown> = {}) => {
  const proposal = await proposalOf(province, folder)
  const { body } = await province.post('/campaigns/proposals/package', { proposal, answers }).expect(200)
  return body as { package: CampaignPackage; rules: string[]; left_out: string[] }
}

describe.each(noticeFolders)('%s', (folder) => {
  test('becomes a package that is checked, then loaded', async () => {
    const { package: content } = await packageOf(folder)
    const looked = await province.post('/campaigns/packages?check=1', content)
    expect([looked.status, looked.body.errors ?? looked.body.message]).toEqual([200, undefined])
    const made = await province.post('/campaigns/packages', content)
    expect([made.status, made.body.errors]).toEqual([201, undefined])
    const stages = await province.get('/stages', { filter: { campaign_id: made.body.campaign_id } }).expect(200)
    expect(stages.body).toHaveLength(content.stages?.length ?? 0)
  })
})

test('2019安徽 is the package of 2019: its units, quotas, targets, collections and hosts', async () => {
  const { package: content } = await packageOf('2019安徽')
  const known = (await province.get('/campaigns/1/package.json').expect(200)).body as CampaignPackage
  const ranked = (given: CampaignPackage) =>
    (given.participations ?? []).filter(({ annex_order }) => annex_order).map(({ unit_id }) => unit_id)
  expect(ranked(content)).toEqual(ranked(known))
  const unit = (given: CampaignPackage, name: unknown) => given.units?.find(({ short_name }) => short_name === name)
  for (const name of ranked(content)) expect(unit(content, name)).toEqual(unit(known, name))
  const metric = (given: CampaignPackage) =>
    (given.metrics ?? []).map(({ name, form, counts, field }) => [name, form, counts, field])
  expect(metric(content)).toEqual(metric(known))
  const quotas = (given: CampaignPackage) => (given.quotas ?? []).filter(({ events }) => events !== undefined)
  expect(quotas(content)).toEqual(quotas(known))
  expect(content.forms).toEqual(known.forms)
  const hosts = (given: CampaignPackage) =>
    (given.collections ?? []).map(({ medium, host_unit_id }) => [medium, host_unit_id])
  expect(hosts(content)).toEqual(hosts(known))
  expect(content.national_activities?.map(({ title, organizer }) => [title, organizer])).toEqual(
    known.national_activities?.map(({ title, organizer }) => [title, organizer]),
  )
})

test('an answer changes what it is about, and only that', async () => {
  const first = (await packageOf('2023滨海')).package
  const other = (await packageOf('2023滨海', { 'total.prose.target_1': 80 })).package
  expect(first.metrics?.[0]).not.toHaveProperty('target')
  expect(other.metrics?.[0]).toMatchObject({ target: 80 })
  expect({ ...other, metrics: [] }).toEqual({ ...first, metrics: [] })
  const shaanxi = (await packageOf('2024陕西', { 'days.stage_5': { starts_on: '2024-10-11', ends_on: '2024-10-20' } }))
    .package
  expect(shaanxi.stages).toContainEqual(
    expect.objectContaining({ name: '专家评审', starts_on: '2024-10-11', ends_on: '2024-10-20' }),
  )
})

test('sentences become rules of the registers that have columns for them; the others are told', async () => {
  type Own = { name?: string; fields?: { label: string }[]; rules?: Record<string, unknown>[] }
  const registerOf = ({ forms = [] }: CampaignPackage) => (forms as Own[]).find(({ name }) => name) as Own
  const binhai = await packageOf('2023滨海')
  expect(registerOf(binhai.package).rules).toEqual([
    { name: 'least_per_row', kind: 'not_less', field: 'canjiarenshu', value: 30, severity: 'explain' },
  ])
  expect(binhai.rules.join()).toContain('参加人数少于 30')
  const refusing = (await packageOf('2023滨海', { 'rules.per_event': 'must' })).package
  expect(registerOf(refusing).rules?.[0]).toMatchObject({ severity: 'must', when: 'submission' })
  const silent = (await packageOf('2023滨海', { 'rules.per_event': 'none' })).package
  expect(registerOf(silent).rules).toEqual([])
  for (const content of [binhai.package, refusing, silent])
    await province.post('/campaigns/packages?check=1', content).expect(200)
  const laomo = await packageOf('2025劳模推荐', { 'shares.over': 'unit' })
  expect(
    registerOf(laomo.package).rules?.map(({ kind, of, at_least, at_most, per }) => [
      kind,
      of,
      at_least ?? at_most,
      per,
    ]),
  ).toEqual([
    ['share', { renyuanleibie: ['农民', '农民工'] }, 20, 'unit'],
    ['share', { renyuanleibie: ['企业负责人'] }, 15, 'unit'],
    ['share', { gender: ['女'] }, 25, 'unit'],
  ])
  await province.post('/campaigns/packages?check=1', laomo.package).expect(200)
  for (const told of [
    '一线职工和专业技术人员不少于50%',
    '县处级干部不超过20%',
    '科教文卫一线人员不少于40%',
    '公示',
    '17:00',
  ])
    expect(
      laomo.left_out.filter((sentence) => sentence.includes(told)),
      told,
    ).not.toEqual([])
})

test('陕西: five projects a unit are counted by the collections of its works; 申报单位 may be the unit itself', async () => {
  const { package: content, left_out: leftOut } = await packageOf('2024陕西', { 'registers.applicant.f3t1': 'unit' })
  expect(content.metrics?.[0]).toMatchObject({
    form: 'submissions',
    counts: 'distinct',
    field: 'collection_id',
    has_quota: true,
  })
  const name = String(content.metrics?.[0]?.name)
  expect(new Set(content.quotas?.map((quota) => quota[name]))).toEqual(new Set([5]))
  expect(content.quotas?.length).toBe(
    content.collections?.length && new Set(content.collections.map(({ host_unit_id }) => host_unit_id)).size,
  )
  const [register] = (content.forms ?? []) as { name?: string; fields?: { label: string }[]; keys?: string[][] }[]
  expect(register?.fields?.map(({ label }) => label)).not.toContain('申报单位')
  const looked = await province.post('/campaigns/packages?check=1', content)
  expect([looked.status, looked.body.errors]).toEqual([200, undefined])
  for (const told of ['减半', '不占名额', '截止日', '粉丝', '20 MB'])
    expect(
      leftOut.filter((sentence) => sentence.includes(told)),
      told,
    ).not.toEqual([])
})

test('what is no proposal is refused, and nobody else makes one', async () => {
  const bodies = [
    [],
    {},
    { proposal: 1 },
    { proposal: { campaign: {} }, answers: [] },
    { proposal: { campaign: {}, hosts: [{}] } },
    { proposal: { campaign: {}, days: 7 } },
    { proposal: { campaign: {}, tables: [{ id: 't', title: '表', kind: 'register', form: { fields: 1 } }] } },
    { proposal: { campaign: {}, shares: [{ id: 's', subject: '女', bound: 'at_least', counted: { of: 1 } }] } },
  ]
  for (const body of bodies) await province.post('/campaigns/proposals/package', body).expect(400)
  await province.post('/campaigns/proposals/package', { proposal: { campaign: {} } }).expect(200)
  await (await world.as('hefei')).post('/campaigns/proposals/package', {}).expect(403)
})

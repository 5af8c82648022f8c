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
  return body as { package: CampaignPackage; left_out: string[] }
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

test('what is no proposal is refused, and nobody else makes one', async () => {
  const bodies = [
    [],
    {},
    { proposal: 1 },
    { proposal: { campaign: {} }, answers: [] },
    { proposal: { campaign: {}, hosts: [{}] } },
    { proposal: { campaign: {}, days: 7 } },
  ]
  for (const body of bodies) await province.post('/campaigns/proposals/package', body).expect(400)
  await province.post('/campaigns/proposals/package', { proposal: { campaign: {} } }).expect(200)
  await (await world.as('hefei')).post('/campaigns/proposals/package', {}).expect(403)
})

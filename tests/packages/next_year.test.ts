/** The turn of the year: the next campaign out of one, what a person has to say of it, and the rows offered to be confirmed. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CampaignPackage } from '../../server/campaigns/packages/package.ts'
import { remarkOn, shiftDay } from '../../server/campaigns/years/days.ts'
import type { YearPreview } from '../../server/campaigns/years/routes.ts'
import { filesOfNotice } from '../support/notices.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

const look = async (choices: object) =>
  (await province.post(`/campaigns/${world.campaign_id}/next_year?check=1`, { year: 2020, ...choices }).expect(200))
    .body as YearPreview
const out = async (id: number) =>
  (await province.get(`/campaigns/${id}/package.json`).expect(200)).body as CampaignPackage

describe('a day', () => {
  test('moves to the same date, or to the nearest same weekday', () => {
    expect(shiftDay('2019-08-26', 1, 'date')).toBe('2020-08-26')
    expect(shiftDay('2019-08-26', 1, 'weekday')).toBe('2020-08-24')
    expect(shiftDay('2020-02-29', 1, 'date')).toBe('2021-02-28')
    for (const day of ['2019-12-31', '2019-01-01', '2020-02-29', '2019-09-27']) {
      const moved = shiftDay(day, 1, 'weekday')
      expect(new Date(moved).getUTCDay()).toBe(new Date(day).getUTCDay())
      expect(Math.abs(Date.parse(moved) - Date.parse(shiftDay(day, 1, 'date')))).toBeLessThanOrEqual(3 * 86_400_000)
    }
  })

  test('that is a holiday, a weekend or worked in exchange is said to be so', () => {
    expect(remarkOn('2020-09-27')).toBe('9-27 为国庆节调休，上班')
    expect(remarkOn('2020-10-01')).toBe('10-1 是国庆节放假')
    expect(remarkOn('2020-08-30')).toBe('8-30 是周末')
    expect(remarkOn('2020-08-26')).toBeUndefined()
    expect(remarkOn('2099-08-26')).toBe('2099 年的放假安排还没有公布')
  })
})

describe('the next year', () => {
  test('is the leading body’s to make', async () => {
    for (const who of ['hefei', 'cac', 'juror1'] as const) {
      const agent = await world.as(who)
      await agent.post(`/campaigns/${world.campaign_id}/next_year?check=1`, { year: 2020 }).expect(403)
    }
  })

  test('is shown part by part before anything is made', async () => {
    const before = (await province.get('/campaigns')).headers['content-range']
    const shown = await look({})
    expect(shown.package.campaign).toMatchObject({
      year: 2020,
      starts_on: '2020-06-01',
      name: expect.stringContaining('2020年度'),
    })
    expect(shown.package.campaign).not.toHaveProperty('notice_number')
    expect(shown.changes).toContainEqual({
      part: 'stages',
      name: '承办单位报送',
      was: '9-23 星期一 — 9-27 星期五',
      is: '9-23 星期三 — 9-27 星期日',
      note: expect.stringContaining('9-27 为国庆节调休，上班'),
    })
    expect(shown.changes).toContainEqual(expect.objectContaining({ part: 'quotas', name: '各单位任务', is: '不变' }))
    expect(shown.questions.map(({ id }) => id)).toEqual(['collection:C2', 'collection:C3'])
    expect((await province.get('/campaigns')).headers['content-range']).toBe(before)
  })

  test('asks what nobody but a person can say, and is not made before', async () => {
    const given = { year: 2020, joining: ['省直工会'], answers: { 'collection:C2': 'dropped' } }
    const shown = await look({ ...given, joining: [] })
    expect(shown.package.collections?.map(({ code }) => code)).not.toContain('C2')
    const refused = await province
      .post(`/campaigns/${world.campaign_id}/next_year`, { ...given, joining: [] })
      .expect(422)
    expect(refused.body.message).toMatch(/还有 1 处没有定：C3/)
    await province.post(`/campaigns/${world.campaign_id}/next_year`, { ...given, joining: ['没有的'] }).expect(422)
    await province.post(`/campaigns/${world.campaign_id}/next_year`, { year: 2019 }).expect(422)
  })

  test('has its quotas in proportion, without the units that leave', async () => {
    const { package: next } = await look({ quotas: 'scaled', factor: 1.1, leaving: ['合肥'] })
    const hefeiIn = (rows: CampaignPackage['quotas']) => rows?.find(({ unit_id }) => unit_id === '合肥')
    const was = await out(world.campaign_id)
    expect(hefeiIn(was.quotas)).toBeDefined()
    expect(hefeiIn(next.quotas)).toBeUndefined()
    for (const row of next.quotas ?? []) {
      const old = was.quotas?.find(({ unit_id }) => unit_id === row.unit_id)
      if (old?.events !== undefined) expect(row.events).toBe(Math.ceil((Number(old.events) * 11) / 10))
    }
  })
})

describe('quotas from an 附件1', () => {
  const annexOf = async (name: string, bytes: Buffer) => {
    const { body } = await province.upload('/campaigns/proposals', bytes, name).expect(200)
    return (body.targets as { label: string; quotas: { unit: string; value: number }[] }[])
      .filter(({ quotas }) => quotas.length > 0)
      .map(({ label, quotas }) => ({ label, quotas: quotas.map(({ unit, value }) => ({ unit, value })) }))
  }
  const files = () => [
    ['通知.docx', filesOfNotice('2019安徽')[0]?.bytes],
    ['附件1.xlsx', readFileSync(join(import.meta.dirname, '../fixtures/workbooks/附件1 2019年任务分配表.xlsx'))],
  ]

  test.each([0, 1])('are read from the words and the workbook of 2019 as they are stored', async (n) => {
    const [name, bytes] = files()[n] as [string, Buffer]
    const { package: next, questions, changes } = await look({ quotas: 'annex', annex: await annexOf(name, bytes) })
    expect(questions.map(({ id }) => id).filter((id) => !id.startsWith('collection:'))).toEqual([])
    const was = await out(world.campaign_id)
    expect(next.quotas?.length).toBe(16)
    expect(was.quotas).toEqual(expect.arrayContaining(next.quotas ?? []))
    expect(changes).toContainEqual(expect.objectContaining({ name: '省总', note: '附件1 里没有它' }))
    expect(changes.filter(({ part }) => part === 'quotas').length).toBeGreaterThan(16)
  })

  test('ask of units and columns that are called otherwise', async () => {
    const annex = [
      {
        label: '发展宣传员',
        quotas: [
          { unit: '合肥市总工会', value: 150 },
          { unit: '庐州', value: 90 },
        ],
      },
      { label: '读书会', quotas: [{ unit: '合肥', value: 3 }] },
    ]
    const asked = await look({ quotas: 'annex', annex })
    expect(asked.questions.map(({ id }) => id).filter((id) => !id.startsWith('collection:'))).toEqual([
      'annex:读书会',
      'unit:庐州',
    ])
    const answers = { 'annex:读书会': 'events', 'unit:庐州': '六安' }
    const { package: next } = await look({ quotas: 'annex', annex, answers })
    expect(next.quotas).toEqual([
      expect.objectContaining({ unit_id: '合肥', propagandists: 150, events: 3 }),
      expect.objectContaining({ unit_id: '六安', propagandists: 90 }),
    ])
  })

  test('that are no quotas are refused in words', async () => {
    for (const annex of [
      [],
      [{ label: 1, quotas: [] }],
      [{ label: 'a', quotas: [{ unit: '合肥', value: -1 }] }],
      'x',
    ]) {
      const { status, body } = await province.post(`/campaigns/${world.campaign_id}/next_year?check=1`, {
        year: 2020,
        quotas: 'annex',
        annex,
      })
      expect([annex, status, typeof body.errors?.annex]).toEqual([annex, 422, 'string'])
    }
  })
})

describe('a year out of a package', () => {
  test('may be of the package’s own year, and is asked as one of a campaign is', async () => {
    const content = JSON.parse(readFileSync(join(import.meta.dirname, '../../seeds/packages/2023-binhai.json'), 'utf8'))
    const ask = (path: string, body: object) =>
      province.post(`/campaigns/next_year${path}`, { package: content, ...body })
    const { body: shown } = await ask('?check=1', { year: 2023 }).expect(200)
    expect(shown.package.campaign.year).toBe(2023)
    expect(shown.package.stages).toEqual(content.stages)
    expect(shown.carriable).toEqual([])
    await ask('?check=1', { year: content.campaign.year - 1 }).expect(422)
    await province.post('/campaigns/next_year?check=1', { year: 2024, package: { some: 'thing' } }).expect(400)
    await hefei.post('/campaigns/next_year?check=1', { year: 2024, package: content }).expect(403)
    const answers = Object.fromEntries(
      (shown.questions as YearPreview['questions']).map(({ id, options }) => [id, options[0]?.value]),
    )
    const { body: made } = await ask('', { year: 2024, answers }).expect(201)
    const kept = await out(made.campaign_id)
    expect(kept.campaign).toMatchObject({ year: 2024, starts_on: expect.stringMatching(/^2024/) })
    expect(kept.quotas?.length).toBe(content.quotas.length)
  })
})

describe('rows of the year before', () => {
  let next = 0
  const names: string[] = []
  beforeAll(async () => {
    const rows = [1, 2, 3].map((n) => ({ ...sample.organizations?.(n), campaign_id: world.campaign_id }))
    for (const row of rows) {
      const { body } = await hefei.post('/organizations', row).expect(201)
      await hefei.post(`/organizations/${body.id}/submission`, {}).expect(200)
      await province.post(`/organizations/${body.id}/approval`, {}).expect(200)
      names.push(body.name)
    }
    const { carriable } = await look({})
    expect(carriable).toEqual([expect.objectContaining({ form: 'organizations', rows: 3 })])
    const answers = { 'collection:C2': 'dropped', 'collection:C3': 'kept' }
    const made = await province
      .post(`/campaigns/${world.campaign_id}/next_year`, { year: 2020, answers, carried: ['organizations'] })
      .expect(201)
    next = made.body.campaign_id
    await province.post(`/campaigns/${next}/opening`, {}).expect(200)
  })

  const offered = async (agent: Agent) =>
    (await agent.get(`/organizations/carried?campaign_id=${next}`).expect(200)).body

  test('are offered to their unit alone, and count for nothing before they are confirmed', async () => {
    const shown = await offered(hefei)
    expect(shown).toMatchObject({ from_year: 2019, asked: ['mobilized_on'], total: 3 })
    expect(shown.rows.map(({ name }: { name: string }) => name)).toEqual(names)
    expect(await offered(await world.as('huaibei'))).toMatchObject({ total: 0, rows: [] })
    expect(await offered(province)).toMatchObject({ total: 0 })
    expect((await hefei.get(`/organizations?filter={"campaign_id":${next}}`)).body).toEqual([])
    const others = await hefei.get(`/propagandists/carried?campaign_id=${next}`).expect(200)
    expect(others.body).toEqual({ from_year: null, asked: [], total: 0, rows: [] })
    await hefei.post('/propagandists/carried', { campaign_id: next, ids: [1] }).expect(404)
    await (await world.as('juror1')).get(`/organizations/carried?campaign_id=${next}`).expect(404)
  })

  test('become rows when they are confirmed, with the day of this year; without one none does', async () => {
    const { rows } = await offered(hefei)
    const ids = rows.slice(0, 2).map(({ id }: { id: number }) => id)
    const refused = await hefei.post('/organizations/carried', { campaign_id: next, ids }).expect(422)
    expect(Object.keys(refused.body.errors)).toEqual(ids.map(String))
    const given = { campaign_id: next, ids, values: { mobilized_on: '2019-06-02' } }
    await hefei.post('/organizations/carried', given).expect(422)
    await hefei.post('/organizations/carried', { ...given, values: { mobilized_on: '2020-06-02' } }).expect(201)
    const { body } = await hefei.get(`/organizations?filter={"campaign_id":${next}}`)
    expect(
      body.map((row: { name: string; status: string; mobilized_on: string }) => [
        row.name,
        row.status,
        row.mobilized_on,
      ]),
    ).toEqual(names.slice(0, 2).map((name) => [name, 'draft', '2020-06-02']))
    // said twice, it is done once
    const again = await hefei
      .post('/organizations/carried', { ...given, values: { mobilized_on: '2020-06-02' } })
      .expect(201)
    expect(again.body).toEqual({ created: [] })
    expect(await offered(hefei)).toMatchObject({ total: 1 })
  })

  test('are turned down by their unit, and can be offered again', async () => {
    const { rows } = await offered(hefei)
    const given = { campaign_id: next, ids: [rows[0].id] }
    await (await world.as('huaibei')).post('/organizations/carried/refusals', given).expect(200)
    expect(await offered(hefei)).toMatchObject({ total: 1 })
    await hefei.post('/organizations/carried/refusals', given).expect(200)
    expect(await offered(hefei)).toMatchObject({ total: 0 })
    await hefei.delete(`/organizations/carried/refusals?campaign_id=${next}`).expect(200)
    expect(await offered(hefei)).toMatchObject({ total: 1 })
  })
})

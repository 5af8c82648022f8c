/** The life of a work: submitted, accepted, shortlisted, judged blind, voted on, awarded; and who says what on an award. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { workbookOf } from './matrix.ts'
import { type Agent, makeWorld, sample, type World } from './world.ts'

let world: World
let hefei: Agent
let wuhu: Agent
let suzhou: Agent
let huaibei: Agent
let province: Agent
let cac: Agent
let cacHefei: Agent
let juror1: Agent
let juror2: Agent
let jurors: number[]
let next = 1

beforeAll(async () => {
  world = await makeWorld()
  ;[hefei, wuhu, suzhou, huaibei, province] = (await Promise.all(
    (['hefei', 'wuhu', 'suzhou', 'huaibei', 'province'] as const).map(world.as),
  )) as [Agent, Agent, Agent, Agent, Agent]
  ;[cac, cacHefei, juror1, juror2] = (await Promise.all(
    (['cac', 'cac-hefei', 'juror1', 'juror2'] as const).map(world.as),
  )) as [Agent, Agent, Agent, Agent]
  jurors = (await world.owner<{ id: number }>(`select id from users where role = 'juror' order by username`)).map(
    ({ id }) => id,
  )
})
afterAll(() => world?.close())

const act = (agent: Agent, form: string, id: number, action: string, reason?: string) =>
  agent.post(`/${form}/${id}/${action}`, { reason })
const steps = [
  [() => hefei, 'submission'],
  [() => suzhou, 'approval'],
  [() => suzhou, 'shortlisting'],
  [() => suzhou, 'review'],
  [() => suzhou, 'proposal'],
  [() => province, 'publicity'],
  [() => province, 'award'],
  [() => province, 'nomination'],
] as const
const states = [
  'draft',
  'submitted',
  'accepted',
  'shortlisted',
  'under_review',
  'proposed',
  'publicised',
  'awarded',
  'nominated',
]

/** What some steps wait for: the scores of the whole jury, the five days of publicity (rules.test.ts). */
async function ripen(action: string, id: number) {
  if (action === 'proposal') {
    await world.owner(
      `insert into jury (collection_id, juror_id) select $1, $2 where not exists (select from jury where collection_id = $1)`,
      [world.collections.C5, jurors[0]],
    )
    await world.owner(
      `insert into scores (submission_id, juror_id, theme, craft, appeal)
       select $1, juror_id, 80, 80, 80 from jury where collection_id = $2 on conflict do nothing`,
      [id, world.collections.C5],
    )
  }
  if (action === 'award')
    await world.owner(
      `update submissions set publicised_on = publicised_on - 14, version = version + 1 where id = $1`,
      [id],
    )
}

/** A new work of 合肥 in C5, brought to a state. */
async function workIn(state: string, agent = hefei): Promise<number> {
  const { id } = (await agent.post('/submissions', sample.submissions?.(next++)).expect(201)).body
  for (const [by, action] of steps.slice(0, states.indexOf(state))) {
    await ripen(action, id)
    await act(action === 'submission' ? agent : by(), 'submissions', id, action).expect(200)
  }
  return id
}
const statusOf = async (id: number) => (await province.get(`/submissions/${id}`).expect(200)).body.status
const seat = (ids: number[], agent = suzhou) =>
  agent.put(`/collections/${world.collections.C5}/jury`, { juror_ids: ids })

describe('the way of a work', () => {
  test('goes through every state, each step by whoever may take it and nobody else', async () => {
    const id = await workIn('draft')
    for (const [step, [by, action]] of steps.entries()) {
      await ripen(action, id)
      const rightful = [
        by(),
        ...(['approval', 'shortlisting', 'review', 'proposal'].includes(action) ? [province] : []),
      ]
      for (const agent of [hefei, wuhu, suzhou, huaibei, province, cac, cacHefei, juror1].filter(
        (each) => !rightful.includes(each),
      )) {
        const { status } = await act(agent, 'submissions', id, action)
        expect([action, [403, 404].includes(status)]).toEqual([action, true])
      }
      expect(await statusOf(id)).toBe(states[step])
      const moved = await act(by(), 'submissions', id, action).expect(200)
      expect([action, moved.body.status]).toEqual([action, states[step + 1]])
    }
  })

  test('leaves no step out and takes none twice: 409 with the state as it is', async () => {
    for (const [step, state] of states.entries()) {
      const id = await workIn(state)
      for (const [other, [by, action]] of steps.entries()) {
        if (other === step || (action === 'submission' && state === 'draft')) continue
        const { status, body } = await act(by(), 'submissions', id, action)
        expect([state, action, status]).toEqual([state, action, state === 'draft' && by() === suzhou ? 404 : 409])
        expect(body.message).toMatch(/^这一行现在是“.+”，不能|^没有这一行/)
      }
      expect(await statusOf(id)).toBe(state)
    }
  })

  test('is closed to its authors from the day it is submitted, and never open to the host', async () => {
    for (const state of states.slice(1)) {
      const id = await workIn(state)
      const { version } = (await province.get(`/submissions/${id}`)).body
      for (const agent of [hefei, suzhou, province])
        await agent.put(`/submissions/${id}`, { version, title: '改题' }).expect(403)
      await hefei.delete(`/submissions/${id}`).expect(403)
      await act(hefei, 'submissions', id, 'withdrawal').expect(state === 'submitted' ? 200 : 409)
    }
  })

  test('ends with a refusal or an elimination, which need their reason or not', async () => {
    const refused = await workIn('submitted')
    await act(suzhou, 'submissions', refused, 'refusal').expect(422)
    await act(suzhou, 'submissions', refused, 'refusal', '不是原创。').expect(200)
    expect(await statusOf(refused)).toBe('refused')
    for (const state of ['under_review', 'proposed', 'publicised']) {
      const id = await workIn(state)
      await act(hefei, 'submissions', id, 'elimination').expect(403)
      await act(suzhou, 'submissions', id, 'elimination').expect(200)
      expect(await statusOf(id)).toBe('not_awarded')
    }
  })

  test('goes back to its unit with the host’s reason, and comes again', async () => {
    const id = await workIn('accepted')
    const returned = await suzhou
      .post(`/submissions/${id}/return`, { reason: '请补说明。', fields: ['description'] })
      .expect(200)
    expect(returned.body).toEqual({ id })
    await suzhou.get(`/submissions/${id}`).expect(404)
    const row = (await hefei.get(`/submissions/${id}`).expect(200)).body
    expect(row).toMatchObject({ status: 'returned', returned_reason: '请补说明。', returned_fields: ['description'] })
    await hefei.put(`/submissions/${id}`, { version: row.version, description: '补好了。' }).expect(200)
    await act(hefei, 'submissions', id, 'submission').expect(200)
    expect((await suzhou.get(`/submissions/${id}`).expect(200)).body.description).toBe('补好了。')
  })

  test('gets a number that names its city, kept for life and never given twice', async () => {
    const made = await Promise.all(Array.from({ length: 5 }, () => workIn('draft')))
    const rows = (await hefei.get('/submissions', { filter: { id: made } }).expect(200)).body as { number: string }[]
    for (const { number } of rows) expect(number).toMatch(/^合肥-C5-\d{4}$/)
    expect(new Set(rows.map(({ number }) => number)).size).toBe(5)
    const other = (
      await wuhu.post('/submissions', { ...sample.submissions?.(next++), collection_id: 'C1' }).expect(201)
    ).body
    expect(other.number).toBe('芜湖-C1-0001')
  })
})

describe('a jury', () => {
  test('is set by the host of the collection or the province, of jurors only', async () => {
    await seat(jurors).expect(200)
    const told = (await suzhou.get(`/collections/${world.collections.C5}/jury`).expect(200)).body
    expect(told.map(({ seated }: { seated: boolean }) => seated)).toEqual([true, true])
    await seat([jurors[0] ?? 0], province).expect(200)
    await seat(jurors, huaibei).expect(404)
    await seat([], hefei).expect(404)
    const me = (await suzhou.get('/me')).body.id
    await seat([me]).expect(422)
    await seat([999_999]).expect(422)
    await suzhou.put(`/collections/${world.collections.C5}/jury`, { juror_ids: 'all' }).expect(400)
    await province.put('/collections/999999/jury', { juror_ids: [] }).expect(404)
  })

  test('sees what is under review in its collections only, as numbers in no order of their coming', async () => {
    await seat([jurors[0] ?? 0]).expect(200)
    const before = ((await juror1.get('/submissions', { range: [0, 99] }).expect(200)).body as unknown[]).length
    const shortlisted = await Promise.all(Array.from({ length: 6 }, () => workIn('shortlisted')))
    await suzhou.post('/submissions/review', { ids: shortlisted }).expect(200)
    const seen = (await juror1.get('/submissions', { range: [0, 99] }).expect(200)).body as {
      id: number
      blind_number: number
    }[]
    expect(seen.length).toBe(before + 6)
    const numbers = await world.owner<{ n: number }>(
      `select blind_number as n from submissions where blind_number is not null`,
    )
    expect(new Set(numbers.map(({ n }) => n)).size).toBe(numbers.length)
    expect((await juror2.get('/submissions').expect(200)).body).toEqual([])
    await juror2.get(`/submissions/${shortlisted[0]}`).expect(404)
    await seat([]).expect(200)
    await juror1.get(`/submissions/${shortlisted[0]}`).expect(404)
  })

  test('scores: each juror once, changed at will, seen by nobody of the others; the mean is the work’s', async () => {
    await seat(jurors).expect(200)
    const id = await workIn('under_review')
    const path = `/submissions/${id}/scores`
    const first = await juror1.put(path, { theme: 80, craft: 70, appeal: 90 }).expect(200)
    expect(first.body).toMatchObject([{ theme: 80, craft: 70, appeal: 90, total: 80, mine: true }])
    await juror2.put(path, { theme: 100, craft: 100, appeal: 100, opinion: '很好' }).expect(200)
    expect((await juror2.get(path).expect(200)).body).toHaveLength(1)
    expect((await juror1.get(path).expect(200)).body).toMatchObject([{ total: 80 }])
    await juror1.put(path, { theme: 60, craft: 60, appeal: 60 }).expect(200)
    const host = (await suzhou.get(path).expect(200)).body
    expect(host.map(({ total }: { total: number }) => total)).toEqual([60, 100])
    expect(JSON.stringify(host)).not.toMatch(/juror1|juror2|测试/)
    for (const agent of [suzhou, province]) expect((await agent.get(`/submissions/${id}`)).body.score).toBe(80)
    expect((await hefei.get(`/submissions/${id}`)).body.score).toBeNull()
    expect((await hefei.get(path).expect(200)).body).toEqual([])
    await cac.get(path).expect(403)
    await huaibei.get(path).expect(404)
  })

  test.each([
    {},
    { theme: 101, craft: 1, appeal: 1 },
    { theme: -1, craft: 1, appeal: 1 },
    { theme: 1.5, craft: 1, appeal: 1 },
    { theme: '90', craft: 1, appeal: 1 },
    { theme: null, craft: 1, appeal: 1 },
  ])('gives whole numbers from 0 to 100, not %j', async (score) => {
    await seat(jurors).expect(200)
    const id = await workIn('under_review')
    const refused = await juror1.put(`/submissions/${id}/scores`, score).expect(422)
    expect(refused.body.errors).toHaveProperty('theme')
  })

  test('scores only while the work is under review, and only from the jury', async () => {
    await seat([jurors[0] ?? 0]).expect(200)
    const score = { theme: 80, craft: 80, appeal: 80 }
    const id = await workIn('shortlisted')
    await juror1.put(`/submissions/${id}/scores`, score).expect(404)
    await act(suzhou, 'submissions', id, 'review').expect(200)
    await juror1.put(`/submissions/${id}/scores`, score).expect(200)
    await juror2.put(`/submissions/${id}/scores`, score).expect(404)
    for (const agent of [hefei, suzhou, province, cac]) await agent.put(`/submissions/${id}/scores`, score).expect(403)
    await act(suzhou, 'submissions', id, 'proposal').expect(200)
    await juror1.put(`/submissions/${id}/scores`, { ...score, theme: 100 }).expect(404)
    expect((await suzhou.get(`/submissions/${id}/scores`)).body).toMatchObject([{ theme: 80 }])
  })
})

describe('votes', () => {
  test('are recorded by the host and the province, as snapshots that don’t fall', async () => {
    const id = await workIn('shortlisted')
    const vote = (agent: Agent, counted_on: string, votes: number) =>
      agent.post(`/submissions/${id}/votes`, { counted_on, votes })
    await vote(suzhou, '2019-08-20', 100).expect(200)
    await vote(province, '2019-08-25', 150).expect(200)
    const fallen = await vote(suzhou, '2019-08-26', 149).expect(422)
    expect(fallen.body.errors.votes).toContain('不能减少')
    expect((await vote(suzhou, '2019-08-22', 999).expect(422)).body.errors.votes).toContain('不能')
    expect((await vote(suzhou, '2019-08-25', 160).expect(200)).body).toHaveLength(2)
    for (const agent of [hefei, cac]) await vote(agent, '2019-08-27', 1000).expect(403)
    for (const agent of [huaibei, wuhu, juror1]) await vote(agent, '2019-08-27', 1000).expect(404)
    for (const agent of [hefei, suzhou, cac]) expect((await agent.get(`/submissions/${id}`)).body.votes).toBe(160)
  })
})

describe('an award', () => {
  /** A recommendation of 合肥, submitted. */
  async function recommended(more: object = {}) {
    const { id } = (await hefei.post('/awards', { ...sample.awards?.(next++), ...more }).expect(201)).body
    await act(hefei, 'awards', id, 'submission').expect(200)
    return id as number
  }
  const put = async (agent: Agent, id: number, more: object) => {
    const { version } = (await province.get(`/awards/${id}`).expect(200)).body
    return agent.put(`/awards/${id}`, { version, ...more })
  }

  test('for a work names a work, of the own unit', async () => {
    const body = { ...sample.awards?.(next++), category: '作品一等奖' }
    expect((await hefei.post('/awards', body).expect(422)).body.errors).toHaveProperty('submission_id')
    const theirs = await workIn('draft', wuhu)
    expect((await hefei.post('/awards', { ...body, submission_id: theirs }).expect(422)).body.errors).toHaveProperty(
      'submission_id',
    )
    await hefei.post('/awards', { ...body, submission_id: await workIn('draft') }).expect(201)
  })

  test('carries the opinion of the internet office, from the office of the city or the province, once it is put forward', async () => {
    const draft = (await hefei.post('/awards', sample.awards?.(next++)).expect(201)).body
    await cac.put(`/awards/${draft.id}`, { version: 1, cac_opinion: '同意' }).expect(403)
    const id = await recommended()
    expect((await put(cacHefei, id, { cac_opinion: '同意推荐。' })).body.cac_opinion).toBe('同意推荐。')
    expect((await put(cac, id, { cac_opinion: '同意。' })).status).toBe(200)
    const theirs = (await wuhu.post('/awards', sample.awards?.(next++)).expect(201)).body.id
    await act(wuhu, 'awards', theirs, 'submission').expect(200)
    expect((await put(cacHefei, theirs, { cac_opinion: '同意' })).status).toBe(404)
    await act(province, 'awards', id, 'approval').expect(200)
    expect((await put(cac, id, { cac_opinion: '晚了' })).status).toBe(403)
  })

  test('is decided and numbered by the province alone, which leaves what was put forward as it is', async () => {
    const id = await recommended()
    const decided = await put(province, id, {
      decision: '同意',
      publicity_from: '2019-11-04',
      publicity_to: '2019-11-08',
      certificate_number: '2019-001',
    })
    expect([decided.status, decided.body.decision]).toEqual([200, '同意'])
    expect((await put(province, id, { publicity_to: '2019-11-05' })).status).toBe(422)
    for (const content of [
      { target: '别人' },
      { deeds: '改' },
      { category: '优秀组织单位' },
      { unit_opinion: '改' },
      { remark: '改' },
    ])
      expect([content, (await put(province, id, content)).status]).toEqual([content, 403])
    expect((await province.delete(`/awards/${id}`)).status).toBe(403)
    expect((await put(province, id, { cac_opinion: '代写' })).status).toBe(422)
    await act(province, 'awards', id, 'approval').expect(200)
    expect((await put(province, id, { certificate_number: '2019-002' })).status).toBe(200)
  })

  test('takes no opinion, decision or number from the unit that recommends: by hand, in bulk or by import', async () => {
    const own = { cac_opinion: '同意', decision: '同意', certificate_number: '2019-003' }
    for (const [name, value] of Object.entries(own)) {
      const body = { ...sample.awards?.(next++), [name]: value }
      expect((await hefei.post('/awards', body).expect(422)).body.errors).toHaveProperty(name)
      await hefei.post('/awards/bulk', { create: [body] }).expect(422)
      const upload = await hefei.upload('/awards/imports', await workbookOf('awards', body), '推荐.xlsx').expect(200)
      expect([upload.body.errors[0]?.field, upload.body.errors[0]?.message]).toEqual([
        name,
        expect.stringContaining('不由本单位填'),
      ])
    }
    const { id } = (await hefei.post('/awards', sample.awards?.(next++)).expect(201)).body
    expect((await put(hefei, id, own)).body.errors).toEqual(
      Object.fromEntries(Object.keys(own).map((name) => [name, expect.any(String)])),
    )
    for (const agent of [cac, cacHefei])
      expect(Object.keys((await put(agent, id, { decision: '同意', target: '别人' })).body.errors)).toEqual([
        'decision',
        'target',
      ])
  })

  test('that carries the office’s opinion comes back by import unchanged', async () => {
    const body = sample.awards?.(next++) ?? {}
    const { id } = (await hefei.post('/awards', body).expect(201)).body
    await act(hefei, 'awards', id, 'submission').expect(200)
    await put(cac, id, { cac_opinion: '同意。' })
    const book = await workbookOf('awards', { ...body, cac_opinion: '同意。' })
    const checked = await hefei.upload('/awards/imports', book, '推荐.xlsx').expect(200)
    expect(checked.body).toMatchObject({ unchanged: 1, create: 0, update: 0, error_count: 0 })
  })
})

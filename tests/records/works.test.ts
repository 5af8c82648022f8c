/** The life of a work: submitted, accepted, shortlisted, judged blind, voted on, awarded; and who says what on an award. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registers } from '../../server/forms/index.ts'
import { workbookOf } from '../support/matrix.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

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
      `insert into scores (submission_id, juror_id, items)
       select $1, juror_id, '{"theme": 80, "craft": 80, "appeal": 80}' from jury where collection_id = $2 on conflict do nothing`,
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

describe('a step', () => {
  const undo = (agent: Agent, id: number, form = 'submissions') => agent.post(`/${form}/${id}/undo`)
  /** The state a step is taken from, and who takes it. */
  const all = [
    ...steps.map(([by, action], at) => [action, states[at] ?? '', by] as const),
    ['withdrawal', 'submitted', () => hefei],
    ['refusal', 'submitted', () => suzhou],
    ['return', 'accepted', () => suzhou],
    ['annulment', 'accepted', () => province],
    ['elimination', 'under_review', () => suzhou],
  ] as const

  test.each(all)(
    '%s is taken back by whoever took it, weeks later too, and by nobody else',
    async (action, state, by) => {
      const id = await workIn(state)
      await ripen(action, id)
      const row = async () => {
        const [found] = await world.owner('select * from submissions where id = $1', [id])
        const { version, updated_at, updated_by, ...rest } = found as Record<string, unknown>
        return rest
      }
      const before = await row()
      await act(by(), 'submissions', id, action, '请再看一遍。').expect(200)
      for (const agent of [hefei, suzhou, province].filter((each) => each !== by()))
        expect([action, (await undo(agent, id)).status]).toEqual([action, 409])
      for (const agent of [cac, juror1]) expect([403, 404]).toContain((await undo(agent, id)).status)
      await world.owner(`update scores set scored_at = scored_at - interval '50 days' where submission_id = $1`, [id])
      await world.owner(`update changes set at = at - interval '40 days' where form = 'submissions' and row_id = $1`, [
        id,
      ])
      if (!['return', 'annulment'].includes(action))
        expect((await by().get(`/submissions/${id}/undo`).expect(200)).body).toMatchObject({ action, refusal: null })
      await undo(by(), id).expect(200)
      expect(await row()).toEqual(before)
    },
  )

  test('after the other is taken back, the last first; what was written since holds it', async () => {
    const id = await workIn('shortlisted')
    await undo(suzhou, id).expect(200)
    expect(await statusOf(id)).toBe('accepted')
    await undo(suzhou, id).expect(200)
    expect(await statusOf(id)).toBe('submitted')
    expect((await undo(suzhou, id).expect(409)).body.message).toBe('最近一步不是您做的，或者已经撤销，不能撤销。')
    await undo(hefei, id).expect(200)
    const { version } = (await hefei.get(`/submissions/${id}`)).body
    await hefei.put(`/submissions/${id}`, { version, description: '补充' }).expect(200)
    await undo(hefei, id).expect(409)
  })

  test('stays once somebody has acted on it: a comment, a score, a prize', async () => {
    const commented = await workIn('accepted')
    await hefei.post(`/submissions/${commented}/comments`, { text: '谢谢受理。' }).expect(201)
    expect((await undo(suzhou, commented).expect(409)).body.message).toBe('之后有人写了批注，不能撤销。')
    await seat(jurors).expect(200)
    const scored = await workIn('under_review')
    await juror1.put(`/submissions/${await world.blind(scored)}/scores`, { theme: 1, craft: 1, appeal: 1 }).expect(200)
    expect((await undo(suzhou, scored).expect(409)).body.message).toBe('已有评委打分，不能撤销。')
    const proposed = await workIn('proposed')
    const award = (await suzhou.post(`/submissions/${proposed}/prizes`, { category: '作品一等奖' }).expect(201)).body
    expect((await suzhou.get(`/submissions/${proposed}/undo`).expect(200)).body.refusal).toContain('已经提了奖项')
    await undo(suzhou, proposed).expect(409)
    await suzhou.delete(`/submissions/${proposed}/prizes/${award.id}`).expect(200)
    await undo(suzhou, proposed).expect(200)
  })
})

describe('what one has submitted oneself', () => {
  /** A second account of the province, for as long as `fn` takes. */
  async function withSecond(fn: () => Promise<void>) {
    await world.owner(`insert into users (username, name, role, unit_id, password_hash)
      select 'province2', '测试二', role, unit_id, password_hash from users where username = 'province'
      on conflict (username) do update set disabled_at = null, version = users.version + 1`)
    await fn()
    await world.owner(`update users set disabled_at = now(), version = version + 1 where username = 'province2'`)
  }
  const mine = async (form: string) => {
    const { id } = (await province.post(`/${form}`, sample[form]?.(next++)).expect(201)).body
    await act(province, form, id, 'submission').expect(200)
    return id as number
  }

  test.each(registers.map(({ name }) => name))(
    '%s: is approved by somebody else, and by oneself only where nobody else may; then row and history say so',
    async (form) => {
      if (form === 'attendance') await province.post('/events', { ...sample.events?.(1) })
      const id = await mine(form)
      await withSecond(async () => {
        expect((await act(province, form, id, 'approval').expect(403)).body.message).toMatch(
          /^这一行是您自己提交的，请换一个账号的人来(通过|受理)。$/,
        )
        const many = (await province.post(`/${form}/approval`, { ids: [id] }).expect(200)).body
        expect(many).toMatchObject({ done: [], refused: [{ id, result: 'self' }] })
      })
      if (form === 'submissions') return // its host may
      expect((await act(province, form, id, 'approval').expect(200)).body.self_reviewed).toBe(true)
      const [last] = (await province.get(`/${form}/${id}/history`)).body
      expect(last.after).toMatchObject({ self_reviewed: true })
      await province.post(`/${form}/${id}/undo`).expect(200)
      expect((await province.get(`/${form}/${id}`)).body).toMatchObject({ status: 'submitted', self_reviewed: false })
    },
  )

  test('a host’s own work is accepted by the province, and others’ by the host', async () => {
    const own = await workIn('submitted', suzhou)
    await act(suzhou, 'submissions', own, 'approval').expect(403)
    const { refused } = (await suzhou.post('/submissions/approval', { ids: [own] }).expect(200)).body
    expect(refused).toMatchObject([{ result: 'self' }])
    expect((await act(province, 'submissions', own, 'approval').expect(200)).body.self_reviewed).toBe(false)
  })

  test('an award put forward by oneself is decided by somebody else, where there is one', async () => {
    const id = await mine('awards')
    const { version } = (await province.get(`/awards/${id}`)).body
    const body = { version, publicity_from: '2019-11-04', publicity_to: '2019-11-08', decision: '同意' }
    await withSecond(async () => {
      const told = await province.put(`/awards/${id}`, body).expect(422)
      expect(told.body.errors.decision).toContain('请换一个账号的人来审定')
    })
    expect((await province.put(`/awards/${id}`, body).expect(200)).body.self_reviewed).toBe(true)
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
    await juror2.get(`/submissions/${await world.blind(shortlisted[0])}`).expect(404)
    await seat([]).expect(200)
    await juror1.get(`/submissions/${await world.blind(shortlisted[0])}`).expect(404)
  })

  test('scores: each juror once, changed at will, seen by nobody of the others; the mean is the work’s', async () => {
    await seat(jurors).expect(200)
    const id = await workIn('under_review')
    const path = `/submissions/${id}/scores`
    const blind = `/submissions/${await world.blind(id)}/scores`
    for (const agent of [juror1, juror2]) await agent.get(path).expect(404) // known to them by another number
    const first = await juror1.put(blind, { theme: 80, craft: 70, appeal: 90 }).expect(200)
    expect(first.body).toMatchObject([{ items: { theme: 80, craft: 70, appeal: 90 }, total: 80, mine: true }])
    // a single mark would say whose it is: how many there are is told, and no mean
    for (const agent of [suzhou, province]) {
      expect((await agent.get(path).expect(200)).body).toMatchObject([{ juror: 1, items: null, total: null }])
      expect((await agent.get(`/submissions/${id}`)).body.score).toBeNull()
    }
    await juror2.put(blind, { theme: 100, craft: 100, appeal: 100, opinion: '很好' }).expect(200)
    expect((await juror2.get(blind).expect(200)).body).toHaveLength(1)
    expect((await juror1.get(blind).expect(200)).body).toMatchObject([{ total: 80 }])
    await juror1.put(blind, { theme: 60, craft: 60, appeal: 60 }).expect(200)
    const host = (await suzhou.get(path).expect(200)).body
    expect(host.map(({ total }: { total: number }) => total)).toEqual([100, 60])
    expect(Object.keys(host[0]).sort()).toEqual('items juror mine opinion total'.split(' '))
    expect(JSON.stringify(host)).not.toMatch(/juror1|juror2|测试/)
    // whoever leaves the jury takes no line out and marks none
    await seat([jurors[1] ?? 0]).expect(200)
    expect((await suzhou.get(path).expect(200)).body).toEqual(host)
    await seat(jurors).expect(200)
    for (const agent of [suzhou, province]) expect((await agent.get(`/submissions/${id}`)).body.score).toBe(80)
    expect((await hefei.get(`/submissions/${id}`)).body.score).toBeNull()
    expect((await hefei.get(path).expect(200)).body).toEqual([])
    await cac.get(path).expect(403)
    await huaibei.get(path).expect(404)
  })

  test('knows works and files by numbers that are not theirs, one each and back again', async () => {
    const [row] = await world.owner(
      `select count(distinct app.blinded(id)) = count(*) as each, bool_and(app.blinded(app.blinded(id), true) = id) as back,
         count(*) filter (where abs(app.blinded(id) - app.blinded(id + 1)) < 1000) as near, min(app.blinded(id)) > 0 as positive
       from (select generate_series(1, 2000) as id union all select (1 << 30) - 2) ids`,
    )
    expect(row).toMatchObject({ each: true, back: true, positive: true })
    expect(Number(row?.near)).toBeLessThan(10)
    for (const wrong of [0, -1, 2 ** 31 - 1]) await juror1.get(`/submissions/${wrong}`).expect(404)
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
    const refused = await juror1.put(`/submissions/${await world.blind(id)}/scores`, score).expect(422)
    expect(refused.body.errors).toHaveProperty('theme')
  })

  test('scores only while the work is under review, and only from the jury', async () => {
    await seat([jurors[0] ?? 0]).expect(200)
    const score = { theme: 80, craft: 80, appeal: 80 }
    const id = await workIn('shortlisted')
    const blind = `/submissions/${await world.blind(id)}/scores`
    await juror1.put(blind, score).expect(404)
    await act(suzhou, 'submissions', id, 'review').expect(200)
    await juror1.put(blind, score).expect(200)
    await juror2.put(blind, score).expect(404)
    for (const agent of [hefei, suzhou, province, cac]) await agent.put(`/submissions/${id}/scores`, score).expect(403)
    await act(suzhou, 'submissions', id, 'proposal').expect(200)
    await juror1.put(blind, { ...score, theme: 100 }).expect(404)
    expect((await suzhou.get(`/submissions/${id}/scores`)).body).toMatchObject([{ items: { theme: 80 } }])
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

  const prize = (agent: Agent, work: number, category = '作品一等奖') =>
    agent.post(`/submissions/${work}/prizes`, { category })

  test('for a work is put forward by whoever hosts its collection or the province, and is the unit’s to read', async () => {
    const work = await workIn('proposed')
    for (const agent of [hefei, huaibei, wuhu, cac, juror1])
      expect([403, 404]).toContain((await prize(agent, work)).status)
    const made = (await prize(suzhou, work).expect(201)).body
    expect(made).toMatchObject({ unit_id: world.units.合肥, status: 'submitted', submission_id: work, version: 1 })
    const seen = (await hefei.get(`/awards/${made.id}`).expect(200)).body
    for (const more of [{ rank: 1 }, { target: '改' }, { deeds: '改' }, { category: '作品二等奖' }])
      await hefei.put(`/awards/${made.id}`, { version: 1, ...more }).expect(403)
    await hefei.put(`/awards/${made.id}`, { version: 1, submission_id: null }).expect(422)
    await hefei.delete(`/awards/${made.id}`).expect(403)
    for (const agent of [hefei, suzhou])
      expect([403, 404, 409]).toContain((await act(agent, 'awards', made.id, 'withdrawal')).status)
    const back = await act(province, 'awards', made.id, 'return', '请补')
    expect([back.status, back.body.message]).toEqual([409, expect.stringContaining('不能退回')])
    expect((await hefei.get(`/awards/${made.id}`)).body).toEqual(seen)
    for (const agent of [hefei, suzhou, province]) {
      const body = { ...sample.awards?.(next++), category: '推荐全国', submission_id: work }
      expect((await agent.post('/awards', body).expect(422)).body.errors).toHaveProperty('submission_id')
    }
    expect((await prize(province, work, '优秀组织单位').expect(422)).body.errors).toHaveProperty('category')
  })

  test('for a work waits until the work is so far: 拟奖 for a prize, 获奖 for the national ones', async () => {
    for (const state of states) {
      const work = await workIn(state)
      const isFar = (from: string) => states.indexOf(state) >= states.indexOf(from)
      const seen = state === 'draft' ? 404 : 409
      expect([state, (await prize(suzhou, work)).status]).toEqual([state, isFar('proposed') ? 201 : seen])
      expect([state, (await prize(suzhou, work, '推荐全国')).status]).toEqual([state, isFar('awarded') ? 201 : seen])
    }
  })

  test('for a work is one, changed and taken back by its host until something is said to it', async () => {
    const work = await workIn('proposed')
    const first = (await prize(suzhou, work).expect(201)).body
    expect((await prize(suzhou, work).expect(201)).body.version).toBe(first.version)
    const other = (await prize(suzhou, work, '作品三等奖').expect(201)).body
    expect(other).toMatchObject({ id: first.id, category: '作品三等奖' })
    await hefei.delete(`/submissions/${work}/prizes/${first.id}`).expect(403)
    await suzhou.delete(`/submissions/${work}/prizes/${first.id}`).expect(200)
    await hefei.get(`/submissions/${work}`).expect(200)
    const again = (await prize(suzhou, work, '作品二等奖').expect(201)).body
    expect((await put(cacHefei, again.id, { cac_opinion: '同意。' })).status).toBe(200)
    await suzhou.delete(`/submissions/${work}/prizes/${again.id}`).expect(409)
    await prize(suzhou, work, '作品优秀奖').expect(409)
    const both = await Promise.all([prize(suzhou, work), prize(province, work)])
    expect(both.map(({ status }) => status)).toEqual([409, 409])
    const rows = await world.owner('select from awards where submission_id = $1 and deleted_at is null', [work])
    expect(rows).toHaveLength(1)
  })

  test('for a work is agreed to once the work has been public for its days, which are then the award’s', async () => {
    const work = await workIn('proposed')
    const { id } = (await prize(suzhou, work).expect(201)).body
    const decide = () => put(province, id, { decision: '同意' })
    const told = await decide()
    expect([told.status, told.body.errors?.decision]).toEqual([422, expect.stringContaining('还没有公示')])
    await act(province, 'submissions', work, 'publicity').expect(200)
    expect((await decide()).body.errors.decision).toMatch(/公示到 \d+ 月 \d+ 日，结束后才能审定“同意”。$/)
    await ripen('award', work)
    const [{ from }] = (await world.owner<{ from: string }>(
      `select publicised_on::text as from from submissions where id = $1`,
      [work],
    )) as [{ from: string }]
    expect((await decide()).body).toMatchObject({ decision: '同意', publicity_from: from })
    await act(province, 'submissions', work, 'award').expect(200)
  })

  test('is agreed to and numbered after its publicity only, and a number is given once: by hand, in bulk, past the server', async () => {
    const [one, two] = [await recommended(), await recommended()]
    const publicity = { publicity_from: '2019-11-04', publicity_to: '2019-11-08' }
    expect((await put(province, one, { decision: '同意' })).body.errors).toHaveProperty('decision')
    expect((await put(province, one, { certificate_number: '皖-1' })).body.errors).toHaveProperty('certificate_number')
    expect((await put(province, one, { ...publicity, certificate_number: '皖-1' })).body.errors).toHaveProperty(
      'certificate_number',
    )
    const agreed = { ...publicity, decision: '同意', certificate_number: '皖-1' }
    expect((await put(province, one, agreed)).status).toBe(200)
    const twice = await put(province, two, { ...agreed, certificate_number: '皖－１' })
    expect([twice.status, twice.body.errors?.certificate_number]).toEqual([
      422,
      expect.stringMatching(/^证书编号“.+”已经给了“庚\d+”。$/),
    ])
    const { version } = (await province.get(`/awards/${two}`)).body
    const many = await province.post('/awards/bulk', { update: [{ id: two, version, ...agreed }] }).expect(422)
    expect(many.body.message).toContain('已经给了')
    for (const values of [`decision = '同意'`, `certificate_number = '皖-2'`])
      await expect(
        world.owner(`update awards set ${values}, version = version + 1 where id = $1`, [two]),
      ).rejects.toThrow(/还没有/)
    // two hands at once: the index holds what the look before can't
    const three = await recommended()
    for (const id of [two, three])
      expect((await put(province, id, { ...publicity, decision: '同意' })).status).toBe(200)
    const at_once = await Promise.all([two, three].map((id) => put(province, id, { certificate_number: '皖-3' })))
    expect(at_once.map(({ status }) => status).filter((status) => status === 200)).toHaveLength(1)
    expect((await put(province, one, { publicity_from: null })).status).toBe(422)
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

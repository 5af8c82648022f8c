/** What rules demand and when; what the steps of a work wait for: its files, the whole jury's scores, five working days of publicity, the deadline of 入围. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { keepFolding } from '../../server/database/tally.ts'
import {
  checkRow,
  defineForm,
  explainRow,
  type Form,
  fieldOf,
  forms,
  type Moment,
  publicUntil,
  type Row,
  type Rule,
  registers,
  sentenceOf,
  workingDays,
} from '../../server/forms/index.ts'
import { binary, textsOf } from '../support/matrix.ts'
import { operate, turn } from '../support/operating.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let suzhou: Agent
let province: Agent
let juror1: Agent
let juror2: Agent
let jurors: number[]
let next = 1

beforeAll(async () => {
  world = await makeWorld()
  ;[hefei, suzhou, province, juror1, juror2] = (await Promise.all(
    (['hefei', 'suzhou', 'province', 'juror1', 'juror2'] as const).map(world.as),
  )) as [Agent, Agent, Agent, Agent, Agent]
  const found = await world.owner<{ id: number }>(`select id from users where role = 'juror' order by username`)
  jurors = found.map(({ id }) => id)
})
afterAll(() => world?.close())

const move = (agent: Agent, id: number, action: string) => agent.post(`/submissions/${id}/${action}`)
const seat = (ids: number[]) => suzhou.put(`/collections/${world.collections.C5}/jury`, { juror_ids: ids }).expect(200)
const score = async (agent: Agent, id: number) =>
  agent.put(`/submissions/${await world.blind(id)}/scores`, { theme: 80, craft: 80, appeal: 80 })
const statusOf = async (id: number) => (await province.get(`/submissions/${id}`).expect(200)).body.status
const today = (on: string | null) => world.owner('update campaigns set today_on = $1, version = version + 1', [on])

/** A work of 合肥 in C5 that has been put into a state, past the steps that lead there. */
async function workIn(state: string): Promise<number> {
  const { id } = (await hefei.post('/submissions', sample.submissions?.(next++)).expect(201)).body
  await world.owner(`update submissions set status = $2, version = version + 1 where id = $1`, [id, state])
  return id
}

describe('rules', () => {
  const all = Object.values(forms).flatMap((form) =>
    (form.rules ?? []).map((rule) => [`${form.name} ${rule.name}`, form, rule] as const),
  )
  const moments: readonly Moment[] = ['cell', 'storing', 'submission']

  test.each(all)('%s is broken by its example, with a sentence, from its moment on', (_name, form, rule) => {
    const { row, related } = rule.example
    expect([rule.says, sentenceOf(rule)]).toEqual([expect.stringMatching(/。$/), expect.stringMatching(/。$/)])
    for (const name of Object.keys(rule.check(row, related ?? {}) ?? {}))
      expect(fieldOf(form, name)?.label).toBeTruthy()
    const [asked, other] = rule.severity === 'must' ? [checkRow, explainRow] : [explainRow, checkRow]
    const saysIt = (ask: typeof checkRow, when: Moment) =>
      Object.values(ask(form, row, related, when)).includes(sentenceOf(rule))
    expect(moments.map((when) => saysIt(asked, when))).toEqual(moments.map((_, at) => at >= moments.indexOf(rule.when)))
    expect(moments.some((when) => saysIt(other, when))).toBe(false)
  })

  test.each(all)('%s sees nothing but what it looks at', (_name, _form, { check, looksAt, example }) => {
    const seen = new Set<string>()
    const watched = (values: object, before = '') =>
      new Proxy(values, {
        get(target, name) {
          seen.add(`${before}${String(name)}`)
          return Reflect.get(target, name)
        },
      })
    const beside = Object.entries(example.related ?? {}).map(([name, values]) => [
      name,
      values && watched(values, `${name}.`),
    ])
    check(watched(example.row) as Row, Object.fromEntries(beside))
    expect([...seen].filter((name) => !looksAt.includes(name))).toEqual([])
    expect(seen.size).toBeGreaterThan(0)
  })

  test('what a reference brings is what rules look at of its record', () => {
    const brought = Object.values(forms).flatMap(({ name: form, fields }) =>
      fields.flatMap(({ name, brings }) => (brings ? [[`${form} ${name}`, brings]] : [])),
    )
    expect(Object.keys(Object.fromEntries(brought))).toEqual(['submissions collection_id'])
    expect(brought[0]?.[1]).toContain('max_chars')
  })

  test('a rule that looks at what is not there is no rule of a form', () => {
    const [rule] = forms.awards?.rules ?? []
    const broken = { ...rule, looksAt: ['nowhere'] } as Rule
    expect(() => defineForm({ ...(forms.awards as Form), rules: [broken] })).toThrow('awards: no field nowhere')
  })
})

describe('提交', () => {
  /** A new work of 合肥 in C4, which wants a pair, or another collection. */
  const make = async (more: object = {}) => {
    const body = { ...sample.submissions?.(next++), collection_id: 'C4', url: null, ...more }
    return (await hefei.post('/submissions', body).expect(201)).body as { id: number; version: number }
  }
  const picture = async (name: string) => {
    const bytes = Buffer.from('89504e470d0a1a0a', 'hex')
    return (await hefei.upload('/files', bytes, `${name}.png`).expect(201)).body as { id: number; name: string }
  }
  const keep = async (id: number, files: object[] | null) => {
    const { version } = (await hefei.get(`/submissions/${id}`).expect(200)).body
    return hefei.put(`/submissions/${id}`, { version, files }).expect(200)
  }

  test('a work is made one file after the other, and handed in when its slots are filled: the pair', async () => {
    const { id } = await make()
    const lacks = async () => (await move(hefei, id, 'submission').expect(422)).body.errors
    expect(await lacks()).toEqual({ files: '还缺旧照、新照，传上才能提交。' })
    const old = { ...(await picture('旧照')), part: '旧照' }
    await keep(id, [old])
    expect(await lacks()).toEqual({ files: '还缺新照，传上才能提交。' })
    const now = { ...(await picture('新照')), part: '新照' }
    await keep(id, [now])
    expect(await lacks()).toEqual({ files: '还缺旧照，传上才能提交。' })
    await keep(id, [old, now, { ...(await picture('海报')), part: '海报' }])
    expect(await lacks()).toEqual({
      files: '这个项目没有“海报”这一栏，请去掉重传。可放：旧照、新照、文稿。',
    })
    await keep(id, [old, now])
    await move(hefei, id, 'submission').expect(200)
  })

  test('what is not promised, and what has neither file nor link, is stored and not handed in', async () => {
    const { id } = await make({ collection_id: 'C5', is_original: false })
    expect(Object.keys((await move(hefei, id, 'submission').expect(422)).body.errors)).toEqual(['is_original', 'files'])
    const { version } = (await hefei.get(`/submissions/${id}`)).body
    await hefei.put(`/submissions/${id}`, { version, is_original: true, url: 'https://example.cn/1' }).expect(200)
    await move(hefei, id, 'submission').expect(200)
  })

  test('of many at once those that are finished go; each of the others is told what it lacks', async () => {
    const [whole, bare, half] = [
      await make({ collection_id: 'C5', url: 'https://example.cn/2' }),
      await make({ collection_id: 'C5' }),
      await make({ url: 'https://example.cn/3' }),
    ]
    const ids = [whole.id, bare.id, half.id]
    const told = (await hefei.post('/submissions/submission', { ids }).expect(200)).body
    expect(told.done).toEqual([whole.id])
    const byId = (a: { id: number }, b: { id: number }) => a.id - b.id
    expect(told.refused.sort(byId)).toMatchObject([
      { id: bare.id, result: 'unfinished', message: expect.stringContaining('至少要有一样') },
      { id: half.id, result: 'unfinished', message: '还缺旧照、新照，传上才能提交。' },
    ])
    const asked = { kind: 'move', action: 'submission', filter: { id: ids } }
    const done = await operate(hefei, 'submissions', asked)
    expect(done.listed).toHaveLength(3)
    expect(done.skipped_count).toBe(3)
  })

  test('no form is handed in past its rules of 提交: PostgreSQL refuses whoever calls app.move', async () => {
    const { database } = world
    for (const form of registers) {
      for (const { name, when, example } of form.rules ?? []) {
        if (when !== 'submission') continue
        const { id } = (await hefei.post(`/${form.name}`, sample[form.name]?.(next++)).expect(201)).body
        const broken: Record<string, unknown> = { url: null, ...example.row }
        const collection_id = example.related?.collection_id ? world.collections.C4 : world.collections.C5
        await world.owner(
          `update submissions set is_original = $2, url = $3, files = $4, collection_id = $5, version = version + 1 where id = $1`,
          [id, broken.is_original, broken.url, JSON.stringify(broken.files ?? null), collection_id],
        )
        const person = (await hefei.get('/me')).body.id as number
        const moved = await database.inTx({ user_id: person }, async (trx) =>
          sql<{
            result: string
          }>`select result from app.move(${form.name}, array[${id}]::integer[], 'submission', null, null)`.execute(trx),
        )
        expect([name, moved.rows[0]?.result]).toEqual([name, 'unfinished'])
      }
    }
  })

  test('the slots of a collection are its own: what must be brought is one of them', async () => {
    const { id, version } = (await province.get(`/collections/${world.collections.C6}`)).body
    const put = (more: object) => province.put(`/collections/${id}`, { version, ...more })
    const told = await put({ slots: ['录音'], needed_slots: ['录音', '文稿'] }).expect(422)
    expect(told.body.errors).toEqual({ needed_slots: '文件栏目里没有“文稿”，请先加上。' })
    await put({ slots: ['录音', '文稿'], needed_slots: ['录音', '文稿'] }).expect(200)
    const work = await make({ collection_id: 'C6', url: 'https://example.cn/4' })
    expect((await move(hefei, work.id, 'submission').expect(422)).body.errors.files).toBe(
      '还缺录音、文稿，传上才能提交。',
    )
  })
})

describe('列为拟奖', () => {
  test('waits until everybody on the jury has scored, and says how many have not, never who', async () => {
    await seat([])
    const id = await workIn('under_review')
    for (const agent of [suzhou, province])
      expect((await move(agent, id, 'proposal').expect(409)).body.message).toBe(
        '还没有设评委，评委都打了分才能列为拟奖。',
      )
    await seat(jurors)
    const told = await move(suzhou, id, 'proposal').expect(409)
    expect(told.body.message).toBe('还差 2 位评委打分，打齐了才能列为拟奖。')
    expect((await score(juror1, id)).status).toBe(200)
    const one = await move(province, id, 'proposal').expect(409)
    expect(one.body.message).toBe('还差 1 位评委打分，打齐了才能列为拟奖。')
    expect(one.text).not.toMatch(/juror|测试|评委[12]/)
    expect((await score(juror2, id)).status).toBe(200)
    expect(await statusOf(id)).toBe('under_review')
    await move(suzhou, id, 'proposal').expect(200)
  })

  test('is a matter of the own jury: scores of another collection, or of who has left, are nothing to it', async () => {
    await seat(jurors)
    const id = await workIn('under_review')
    expect((await score(juror1, id)).status).toBe(200)
    await move(suzhou, id, 'proposal').expect(409)
    await seat([jurors[0] ?? 0])
    await move(suzhou, id, 'proposal').expect(200)
  })

  test('whoever may not do it hears that and not what is missing', async () => {
    await seat(jurors)
    const id = await workIn('under_review')
    expect((await move(hefei, id, 'proposal').expect(403)).body.message).toBe('您的角色不能列为拟奖这一行。')
    await move(await world.as('huaibei'), id, 'proposal').expect(404)
    const moved = (await hefei.post('/submissions/proposal', { ids: [id] }).expect(200)).body
    expect(moved.refused).toMatchObject([{ id, result: 'role' }])
  })

  test('of many at once: those that are ready go, the others are counted by what they lack', async () => {
    await seat(jurors)
    const ids = await Promise.all(Array.from({ length: 6 }, () => workIn('under_review')))
    for (const id of ids.slice(0, 4)) expect((await score(juror1, id)).status).toBe(200)
    for (const id of ids.slice(0, 2)) expect((await score(juror2, id)).status).toBe(200)
    const done = await operate(suzhou, 'submissions', { kind: 'move', action: 'proposal', filter: { id: ids } })
    expect(done).toMatchObject({ state: 'done', done: 2, skipped_count: 4 })
    expect(done.skipped).toEqual([
      { message: '还差 1 位评委打分，打齐了才能列为拟奖。', count: 2 },
      { message: '还差 2 位评委打分，打齐了才能列为拟奖。', count: 2 },
    ])
    await turn(suzhou, done.id, 'undo')
    expect(await Promise.all(ids.map(statusOf))).toEqual(ids.map(() => 'under_review'))
    expect((await turn(suzhou, done.id, 'redo')).redone.done).toBe(2)
  })

  test('never slips through while scores come and the jury changes', async () => {
    for (let round = 0; round < 6; round++) {
      await seat([jurors[0] ?? 0])
      const id = await workIn('under_review')
      const tries = await Promise.all([
        move(suzhou, id, 'proposal'),
        score(juror1, id),
        move(province, id, 'proposal'),
        suzhou.put(`/collections/${world.collections.C5}/jury`, { juror_ids: jurors }),
        move(suzhou, id, 'proposal'),
      ])
      for (const { status } of tries) expect([200, 404, 409]).toContain(status)
      const history = (await province.get(`/submissions/${id}/history`)).body as { action: string }[]
      const proposed = history.filter(({ action }) => action === 'proposal').length
      expect(proposed).toBe((await statusOf(id)) === 'proposed' ? 1 : 0)
      const scores = await world.owner('select from scores where submission_id = $1', [id])
      if (proposed) expect(scores.length).toBeGreaterThan(0)
      else await move(suzhou, id, 'proposal').expect(409)
    }
  })
})

describe('获奖', () => {
  test('waits for the end of five working days of publicity, by the campaign’s day', async () => {
    // 2019-09-02 is a Monday.
    for (const [from, allowed] of [
      ['2019-09-02', '2019-09-07'],
      ['2019-09-04', '2019-09-11'],
      ['2019-09-07', '2019-09-14'],
    ] as const) {
      const id = await workIn('proposed')
      await today(from)
      await move(province, id, 'publicity').expect(200)
      expect((await province.get(`/submissions/${id}`)).body.publicised_on).toBe(from)
      const last = new Date(Date.parse(allowed) - 86_400_000).toISOString().slice(0, 10)
      const [, month, day] = allowed.split('-').map(Number)
      for (const on of [from, last]) {
        await today(on)
        const { message } = (await move(province, id, 'award').expect(409)).body
        expect([on, message]).toEqual([on, `公示不少于 5 个工作日，${month} 月 ${day} 日起才能获奖。`])
      }
      await today(allowed)
      await move(province, id, 'award').expect(200)
    }
    await today(null)
  })

  test('counts anew after a publicity that was taken back', async () => {
    const id = await workIn('proposed')
    await today('2019-09-02')
    const one = { kind: 'move', action: 'publicity', filter: { id: [id] } }
    const first = await operate(province, 'submissions', one)
    await today('2019-09-09')
    await turn(province, first.id, 'undo')
    expect((await province.get(`/submissions/${id}`)).body).toMatchObject({ status: 'proposed', publicised_on: null })
    await operate(province, 'submissions', one)
    await move(province, id, 'award').expect(409)
    const many = await operate(province, 'submissions', { kind: 'move', action: 'award', filter: { id: [id] } })
    expect(many).toMatchObject({ done: 0, skipped: [{ count: 1, message: expect.stringContaining('9 月 14 日起') }] })
    await today(null)
  })

  test('PostgreSQL and the admin count the same days', async () => {
    const days = await world.owner<{ from: string; until: string }>(
      `select d::date::text as "from", app.public_until(d::date)::text as until
       from generate_series('2019-12-20'::date, '2020-03-10'::date, '1 day') d`,
    )
    for (const { from, until } of days) {
      expect([from, publicUntil(from)]).toEqual([from, until])
      expect([from, workingDays(from, until)]).toEqual([from, 5])
    }
  })
})

describe('入围', () => {
  test('ends for the host with the deadline of the works; the province may still, and may give longer', async () => {
    const [late, later, latest] = await Promise.all([1, 2, 3].map(() => workIn('accepted')))
    await world.owner(
      `update stages set locks = '{submissions}', ends_on = '2019-08-26', version = version + 1 where name like '%入围%'`,
    )
    await today('2019-08-27')
    const told = await move(suzhou, late ?? 0, 'shortlisting').expect(403)
    expect(told.body.message).toBe('已经截止，不能入围。需要补录，请向省总申请。')
    await move(province, late ?? 0, 'shortlisting').expect(200)
    const until = { unit_id: world.units.宿州, form: '附件8', until: '2019-08-30' }
    await province.post('/reopenings', until).expect(201)
    await move(suzhou, later ?? 0, 'shortlisting').expect(200)
    await today('2019-08-31')
    await move(suzhou, latest ?? 0, 'shortlisting').expect(403)
    // what was shortlisted in time is judged after it
    await move(suzhou, later ?? 0, 'review').expect(200)
    await today('2019-08-26')
    await move(suzhou, latest ?? 0, 'shortlisting').expect(200)
    await today(null)
    await world.owner(`update stages set locks = null, version = version + 1 where locks is not null`)
  })
})

describe('what is told of works and people', () => {
  test('a work’s result is how far it has come, then the prize that was decided for it', async () => {
    const said: Record<string, string | null> = {
      submitted: null,
      refused: '不受理',
      shortlisted: '入围',
      publicised: '入围',
      awarded: '获奖',
      not_awarded: '未获奖',
      nominated: '获奖、推荐全国',
    }
    const resultOf = async (agent: Agent, id: number) => (await agent.get(`/submissions/${id}`).expect(200)).body.result
    for (const [state, result] of Object.entries(said)) expect(await resultOf(hefei, await workIn(state))).toBe(result)
    const id = await workIn('awarded')
    await world.owner(`update submissions set publicised_on = '2019-09-02', version = version + 1 where id = $1`, [id])
    const award = (await suzhou.post(`/submissions/${id}/prizes`, { category: '作品二等奖' }).expect(201)).body
    expect(await resultOf(hefei, id)).toBe('获奖')
    await province.put(`/awards/${award.id}`, { version: award.version, decision: '同意' }).expect(200)
    await province.post(`/awards/${award.id}/approval`).expect(200)
    for (const agent of [hefei, suzhou, province, await world.as('cac')])
      expect(await resultOf(agent, id)).toBe('二等奖')
  })

  test('songs and lessons are put forward for the national ones by their unit; prizes of works by no unit', async () => {
    const song = { category: '推荐全国', target: '歌曲《江淮晨曲》' }
    await hefei.post('/awards', song).expect(201)
    const prize = await hefei.post('/awards', { ...song, category: '作品一等奖' }).expect(422)
    expect(prize.body.errors.category).toContain('由承办单位在“作品评审”里提出')
  })

  test('who came counts once approved: visits as rows, people by phone or else by name and workplace; nobody annulled', async () => {
    const event = (await hefei.post('/events', sample.events?.(1)).expect(201)).body
    const second = (await hefei.post('/events', sample.events?.(2)).expect(201)).body
    const come = (event_id: number, n: number, more: object = {}) => ({ ...sample.attendance?.(n), event_id, ...more })
    const rows = [
      come(event.id, 1),
      come(second.id, 1),
      come(event.id, 2, { phone: null }),
      come(second.id, 2, { phone: null }),
      come(event.id, 3),
      come(event.id, 4),
    ]
    const made = (await hefei.post('/attendance/bulk', { create: rows }).expect(200)).body.create as { id: number }[]
    const ids = made.map(({ id }) => id)
    const told = async (agent: Agent) => {
      const { visits, visitors } = (await agent.get('/reports/progress').expect(200)).body.province
      return [visits, visitors]
    }
    expect(await told(hefei)).toEqual([0, 0])
    await hefei.post('/attendance/submission', { ids }).expect(200)
    await province.post('/attendance/annulment', { ids: ids.slice(5), reason: '重复' }).expect(200)
    await province.post('/attendance/approval', { ids: ids.slice(0, 4) }).expect(200)
    for (const agent of [hefei, province, await world.as('cac')]) expect(await told(agent)).toEqual([4, 2])
    expect(await told(suzhou)).toEqual([0, 0])
    expect((await hefei.get(`/events/${event.id}`)).body.signed_count).toBe(3)
  })
})

describe('传播情况', () => {
  let n = 0
  const snapshot = (counted_on: string, people: number, more: object = {}) => ({
    channel: '微信公众号',
    account: '合肥职工',
    title: `每周一讲${n}`,
    published_on: '2019-06-03',
    counted_on,
    people,
    ...more,
  })
  const send = (body: object) => hefei.post('/reach', body)
  const reached = async () => {
    const ids = (await hefei.get('/reach', { filter: { status: 'draft' }, range: [0, 99] })).body.map(
      ({ id }: { id: number }) => id,
    )
    await hefei.post('/reach/submission', { ids }).expect(200)
    await province.post('/reach/approval', { ids }).expect(200)
    return (await hefei.get('/reports/progress').expect(200)).body.province.netizens.done
  }

  test('contents of one title are told apart by their links: neither falls by the other, both count', async () => {
    n++
    const [one, two] = ['https://mp.example.cn/s/1', 'https://mp.example.cn/s/2']
    const before = await reached()
    await send(snapshot('2019-06-30', 1000, { url: one })).expect(201)
    await send(snapshot('2019-07-07', 200, { url: two })).expect(201)
    const fallen = await send(snapshot('2019-07-14', 150, { url: two })).expect(422)
    expect(fallen.body.errors.people).toContain('累计数不能减少')
    await send(snapshot('2019-07-14', 300, { url: two, title: '每周一讲（修改标题）' })).expect(201)
    expect((await reached()) - before).toBe(1300)
  })

  test('one content that is given its link only later is still one, and does not fall', async () => {
    n++
    const before = await reached()
    await send(snapshot('2019-06-30', 500)).expect(201)
    const url = 'https://mp.example.cn/s/3'
    expect((await send(snapshot('2019-07-07', 400, { url })).expect(422)).body.errors).toHaveProperty('people')
    await send(snapshot('2019-07-07', 600, { url })).expect(201)
    await send(snapshot('2019-07-14', 700)).expect(201)
    expect((await reached()) - before).toBe(700)
    const rows = Array.from({ length: 3 }, (_, at) => snapshot(`2019-07-2${at}`, 800 - at))
    const faults = (await hefei.post('/reach/bulk', { create: rows }).expect(422)).body.errors.create
    expect(Object.keys(faults)).toContain('1')
  })

  test('the annex adds up what the report does', async () => {
    const { body } = await binary(hefei.get('/reach/export.xlsx')).expect(200)
    const total = (await hefei.get('/reports/progress').expect(200)).body.province.netizens.done
    expect(await textsOf(body)).toContain(String(total))
  })
})

test('what the totals are sums of is added up while the server runs, and they stay as they are', async () => {
  const deltas = async () => (await world.owner(`select from tally where form = 'submissions'`)).length
  const totals = async () => (await province.get('/submissions').expect(200)).headers['content-range']
  const [many, before] = [await deltas(), await totals()]
  const stop = keepFolding(world.database, 50)
  await expect.poll(deltas, { timeout: 20_000 }).toBeLessThan(many)
  expect(await totals()).toBe(before)
  const less = await deltas()
  for (let n = 0; n < 3; n++) await workIn('accepted')
  await expect.poll(deltas, { timeout: 20_000 }).toBeLessThanOrEqual(less + 2)
  stop()
})

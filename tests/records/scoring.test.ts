/** What jurors mark and which prizes there are, as each collection says: totals, refusals, changes meanwhile, the last prize of a kind. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { CampaignPackage } from '../../server/campaigns/packages/package.ts'
import { forms, readField, type ScoringItem, scoringItemsOf, standardItems } from '../../server/forms/index.ts'
import { binary } from '../support/matrix.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
let suzhou: Agent
let cac: Agent
let juror1: Agent
let juror2: Agent
let jurors: number[]
/** The campaign of four items, with prizes of its own. */
let other: number
let next = 1

const four: ScoringItem[] = [
  { name: 'idea', label: '思想性', weight: 40, max: 10 },
  { name: 'art', label: '艺术性', weight: 25, max: 30 },
  { name: 'reach', label: '传播力', weight: 20, max: 100 },
  { name: 'new_way', label: '创新', weight: 15, max: 7 },
]
const categories = ['优秀组织单位', '先进个人', '特等奖', '单项奖', '推荐全国']

beforeAll(async () => {
  world = await makeWorld()
  ;[province, hefei, suzhou, cac, juror1, juror2] = (await Promise.all(
    (['province', 'hefei', 'suzhou', 'cac', 'juror1', 'juror2'] as const).map(world.as),
  )) as [Agent, Agent, Agent, Agent, Agent, Agent]
  const found = await world.owner<{ id: number }>(`select id from users where role = 'juror' order by username`)
  jurors = found.map(({ id }) => id)
  const content = (await province.get(`/campaigns/${world.campaign_id}/package.json`).expect(200))
    .body as CampaignPackage
  const given = {
    ...content,
    forms: content.forms.map((form) =>
      'extends' in form && form.extends === 'awards' ? { ...form, choices: { category: categories } } : form,
    ),
    collections: content.collections?.map((row) =>
      row.code === 'C5'
        ? { ...row, scoring_items: four, prizes: [{ name: '特等奖', max: 2 }, { name: '单项奖' }] }
        : { ...row, prizes: [{ name: '单项奖' }] },
    ),
  }
  other = (await province.post('/campaigns/packages', given).expect(201)).body.campaign_id
  const back = (await province.get(`/campaigns/${other}/package.json`).expect(200)).body
  expect(back.collections).toEqual(given.collections)
  await province.post(`/campaigns/${other}/opening`).expect(200)
})
afterAll(() => world?.close())

const rowOf = async (id: number) => (await province.get(`/collections/${id}`).expect(200)).body
/** A new collection of 宿州's. */
async function collectionOf(values: object = {}, campaign_id = world.campaign_id): Promise<number> {
  const n = next++
  const body = { campaign_id, code: `T${n}`, title: `另一项征集${n}`, medium: '图片', host_unit_id: '宿州', ...values }
  return (await province.post('/collections', body).expect(201)).body.id
}
const change = async (id: number, values: object) =>
  province.put(`/collections/${id}`, { version: (await rowOf(id)).version, ...values })
const seat = (collection: number, ids = jurors) =>
  suzhou.put(`/collections/${collection}/jury`, { juror_ids: ids }).expect(200)
/** A work of 合肥 in a collection, put into a state. */
async function workIn(collection: number, status = 'under_review'): Promise<number> {
  const { campaign_id } = await rowOf(collection)
  const body = { ...sample.submissions?.(next++), campaign_id, collection_id: collection }
  const { id } = (await hefei.post('/submissions', body).expect(201)).body
  await world.owner(
    'update submissions set status = $2, publicised_on = current_date - 30, version = version + 1 where id = $1',
    [id, status],
  )
  return id
}
const mark = async (agent: Agent, work: number, items: unknown, more: object = {}) =>
  agent.put(`/submissions/${await world.blind(work)}/scores`, { items, ...more })
/** In the plainest way there is, and with tenths counted as whole numbers. */
function totalOf(items: readonly ScoringItem[], marks: Record<string, number>): number {
  const common = items.reduce((all, { max }) => all * max, 1)
  const parts = items.map(({ name, weight, max }) => (marks[name] as number) * weight * (common / max))
  return Math.floor((parts.reduce((a, b) => a + b, 0) * 10) / common + 0.5) / 10
}
const randomMarks = (items: readonly ScoringItem[]) =>
  Object.fromEntries(items.map(({ name, max }) => [name, Math.floor(Math.random() * (max + 1))]))

const campaigns = [
  ['2019', () => world.collections.C5 as number],
  ['a collection that says nothing', () => collectionOf()],
  [
    'a campaign of four items',
    async () => {
      const [row] = await world.owner<{ id: number }>(
        `select id from collections where campaign_id = $1 and code = 'C5'`,
        [other],
      )
      return row?.id ?? 0
    },
  ],
] as const

describe.each(campaigns)('marks of %s', (name, collection) => {
  let id: number
  let items: readonly ScoringItem[]
  beforeAll(async () => {
    id = await collection()
    items = scoringItemsOf(await rowOf(id))
    await seat(id)
  })

  test('are its own items, and come to what their weights say', async () => {
    expect(items.map((item) => item.name)).toEqual(
      (name.includes('four') ? four : standardItems).map((item) => item.name),
    )
    const work = await workIn(id)
    for (let n = 0; n < 25; n++) {
      const marks = randomMarks(items)
      const { body } = await mark(juror1, work, marks)
      expect([marks, body]).toEqual([
        marks,
        [{ juror: null, items: marks, total: totalOf(items, marks), opinion: null, mine: true }],
      ])
    }
    // nobody reads a mark before all are given, then everybody who may does, without a name
    for (const agent of [suzhou, province])
      expect((await agent.get(`/submissions/${work}/scores`).expect(200)).body).toMatchObject([
        { items: null, total: null },
      ])
    const [most, least] = [
      Object.fromEntries(items.map(({ name, max }) => [name, max])),
      Object.fromEntries(items.map(({ name }) => [name, 0])),
    ]
    await mark(juror1, work, most)
    await mark(juror2, work, least, { opinion: ' 好 ' })
    expect((await suzhou.get(`/submissions/${work}/scores`)).body).toEqual([
      { juror: 1, items: most, total: 100, opinion: null, mine: false },
      { juror: 2, items: least, total: 0, opinion: '好', mine: false },
    ])
    expect((await suzhou.get(`/submissions/${work}`)).body.score).toBe(50)
    for (const agent of [hefei, suzhou, province, cac])
      await agent.put(`/submissions/${work}/scores`, { items: most }).expect(403)
    expect((await hefei.get(`/submissions/${work}/scores`).expect(200)).body).toEqual([])
    await cac.get(`/submissions/${work}/scores`).expect(403)
  })

  test('that are none are refused with the sentence of the item, by PostgreSQL as well', async () => {
    const work = await workIn(id)
    const good = randomMarks(items)
    const [first] = items as [ScoringItem]
    const wrong = [String(first.max), first.max + 1, -1, 0.5, null, true, [1], { a: 1 }, 1e300, '']
    for (const value of wrong) {
      const refused = await mark(juror1, work, { ...good, [first.name]: value })
      expect([value, refused.status, refused.body.errors]).toEqual([
        value,
        422,
        { [first.name]: `${first.label}打 0 到 ${first.max} 的整数。` },
      ])
    }
    const { [first.name]: _, ...missing } = good
    expect((await mark(juror1, work, missing)).body.errors).toHaveProperty(first.name)
    for (const odd of ['other', 'constructor', 'toString', 'Theme', 'x'.repeat(200), "'); drop table scores; --"])
      expect((await mark(juror1, work, { ...good, [odd]: 1 })).body.errors?.items).toMatch(/^没有“.*”这一项/)
    for (const none of [null, [], 'theme', 5, [good]])
      expect((await mark(juror1, work, none)).body.errors).toHaveProperty('items')
    const past = (marks: string) =>
      world
        .owner(`insert into scores (submission_id, juror_id, items) values ($1, $2, $3::jsonb)`, [
          work,
          jurors[0],
          marks,
        ])
        .then(
          () => 'stored',
          ({ code, column }) => `${code} ${column}`,
        )
    for (const value of ['101e9', '-1', '0.5', '"1"', 'null', '1e400'])
      expect([
        value,
        await past(
          `${JSON.stringify({ ...good, [first.name]: 0 }).replace(`"${first.name}":0`, `"${first.name}":${value}`)}`,
        ),
      ]).toEqual([value, `HW422 ${first.name}`])
    expect(await past(JSON.stringify(missing))).toBe(`HW422 ${first.name}`)
    expect(await past(JSON.stringify({ ...good, other: 1 }))).toBe('HW422 items')
    expect(await past('[]')).toBe('HW422 items')
    expect(await world.owner('select from scores where submission_id = $1', [work])).toEqual([])
  })
})

test('what is standard is said alike here and in PostgreSQL, and random marks come to the same', async () => {
  const [row] = await world.owner('select app.standard_items() as items, app.standard_prizes() as prizes')
  const field = forms.collections?.fields.find(({ type }) => type === 'prizes')
  expect(row).toEqual({ items: standardItems, prizes: field?.choices?.map((name) => ({ name })) })
  for (let n = 0; n < 60; n++) {
    const count = 1 + Math.floor(Math.random() * 6)
    const items = Array.from({ length: count }, (_, at) => ({
      name: `item_${at}`,
      label: `第${at + 1}项`,
      weight: at === 0 ? 100 - (count - 1) * 7 : 7,
      max: 1 + Math.floor(Math.random() * 100),
    }))
    const marks = randomMarks(items)
    const [found] = await world.owner<{ total: string; fault: string | null }>(
      'select app.weighted($1, $2) as total, app.items_fault($2) as fault',
      [JSON.stringify(marks), JSON.stringify(items)],
    )
    expect([items, marks, Number(found?.total), found?.fault]).toEqual([items, marks, totalOf(items, marks), null])
  }
})

describe('what is marked', () => {
  const field = forms.collections?.fields.find(({ type }) => type === 'scoring_items') as NonNullable<
    typeof forms.collections
  >['fields'][number]
  const refused = [
    '主题 40、制作 30',
    '主题 40、主题 60',
    '专题 50、转体 50',
    '主题 0、制作 100',
    '主题 33.3、制作 66.7',
    '主题(Drop) 100',
    '主题(total) 100',
    '主题 100 满分 0',
    '主题 100 满分 1001',
    '主题',
    `${'长'.repeat(21)} 100`,
    Array.from({ length: 13 }, (_, at) => `项${'甲乙丙丁戊己庚辛壬癸子丑寅'[at]}(p_${at}) 7`).join('、'),
  ]
  test.each(refused)('is not “%s”: the sentence says why', async (text) => {
    const read = readField(field, text, { year: 2019 })
    expect(read).toEqual({ error: expect.stringMatching(/^(评分项|“).*。$/) })
    const body = { code: 'X1', title: '不会有的', medium: '图片', host_unit_id: '宿州', scoring_items: text }
    const answer = await province.post('/collections', { campaign_id: world.campaign_id, ...body }).expect(422)
    expect(answer.body.errors).toEqual({ scoring_items: 'error' in read ? read.error : '' })
  })

  const hostile = [
    { name: "x'; drop table scores; --", label: '甲', weight: 100, max: 100 },
    { name: '__proto__', label: '甲', weight: 100, max: 100 },
    { name: 'constructor', label: '甲', weight: 100, max: 100 },
    { name: 'good', label: '<b>甲</b>', weight: 100, max: 100 },
    { name: 'good', label: '甲、乙 50', weight: 100, max: 100 },
    { name: 'good', label: '', weight: 100, max: 100 },
    { name: 'good', label: '甲', weight: '100', max: 100 },
    { name: 'good', label: '甲', weight: 100, max: 1e9 },
    { name: 'good', label: '甲', weight: 100, max: 100, more: 1 },
    { name: ['good'], label: '甲', weight: 100, max: 100 },
    { name: 'good', label: { a: 1 }, weight: 100, max: 100 },
  ]
  test.each(hostile)('is not %j, here or past the server', async (item) => {
    const body = { code: 'X1', title: '不会有的', medium: '图片', host_unit_id: '宿州', scoring_items: [item] }
    const { status } = await province.post('/collections', { campaign_id: world.campaign_id, ...body })
    expect([400, 422]).toContain(status)
    const past = world.owner('update collections set scoring_items = $2, version = version + 1 where id = $1', [
      world.collections.C1,
      JSON.stringify([item]),
    ])
    await expect(past).rejects.toMatchObject({ code: 'HW422', column: 'scoring_items' })
  })

  test('is written as people write it, goes out in a workbook and comes back the same', async () => {
    const id = await collectionOf({ scoring_items: '思想性30%，艺术性(art)：40 满分10；感染力 30' })
    const row = await rowOf(id)
    expect(row.scoring_items).toEqual([
      { name: 'sxx', label: '思想性', weight: 30, max: 100 },
      { name: 'art', label: '艺术性', weight: 40, max: 10 },
      { name: 'appeal', label: '感染力', weight: 30, max: 100 },
    ])
    const text = '思想性 30、艺术性(art) 40 满分 10、感染力 30'
    const same = await change(id, { scoring_items: text })
    expect([same.status, same.body.version]).toEqual([200, row.version])
    const book = await binary(province.get('/collections/export.xlsx', { filter: { id: [id] } })).expect(200)
    const checked = await province
      .upload('/collections/imports', book.body, '附件2.xlsx', { campaign_id: String(world.campaign_id) })
      .expect(200)
    expect(checked.body).toMatchObject({ state: 'checked', unchanged: 1, update: 0, create: 0 })
  })

  test('keeps what was marked: words and order change, items and their bounds don’t; weights until a jury is whole', async () => {
    const id = await collectionOf({ scoring_items: '思想性(idea) 50、艺术性(art) 50' })
    await seat(id)
    const work = await workIn(id)
    await mark(juror1, work, { idea: 80, art: 40 })
    const sentence = async (text: string | null) => {
      const answer = await change(id, { scoring_items: text })
      return [answer.status, answer.body.errors?.scoring_items]
    }
    expect(await sentence('思想性(idea) 100')).toEqual([422, expect.stringContaining('“艺术性”和它的满分不能去掉')])
    expect(await sentence('思想(sx) 50、艺术性(art) 50')).toEqual([422, expect.stringContaining('新叫法(idea) 50')])
    expect(await sentence('思想性(idea) 50 满分 90、艺术性(art) 50')).toEqual([422, expect.stringContaining('满分')])
    expect(await sentence('思想性(idea) 50、艺术性(art) 40、新意 10')).toEqual([
      422,
      '已经有评委打了分，不能再增加评分项。',
    ])
    expect(await sentence(null)).toEqual([422, expect.stringContaining('不能去掉')])
    expect(await sentence('艺术(art) 50、思想性(idea) 50')).toEqual([200, undefined])
    const mine = async () => (await juror1.get(`/submissions/${await world.blind(work)}/scores`)).body[0]
    expect(await mine()).toMatchObject({ items: { idea: 80, art: 40 }, total: 60 })
    expect(await sentence('艺术(art) 25、思想性(idea) 75')).toEqual([200, undefined])
    expect(await mine()).toMatchObject({ items: { idea: 80, art: 40 }, total: 70 })
    await mark(juror2, work, { idea: 0, art: 0 })
    expect(await sentence('艺术(art) 50、思想性(idea) 50')).toEqual([422, '已经有作品评委都打完了分，权重不能再改。'])
    expect(await sentence('艺术性(art) 25、思想性(idea) 75')).toEqual([200, undefined])
    const lines = (await province.get('/changes', { filter: { form: 'scores', row_id: work } }).expect(200)).body
    expect(lines.map(({ after }: { after: { items: string } }) => after.items)).toEqual(
      expect.arrayContaining(['思想性 80、艺术性 40']),
    )
  })

  test('and is marked, both at once: never a total of other weights than those that stand', async () => {
    const id = await collectionOf({ scoring_items: '甲(one) 50、乙(two) 50' })
    await seat(id)
    const works = [await workIn(id), await workIn(id)]
    for (let n = 1; n <= 6; n++) {
      const weights = `甲(one) ${n * 10}、乙(two) ${100 - n * 10}`
      await Promise.all([
        ...works.map((work) => mark(juror1, work, { one: 100, two: n })),
        change(id, { scoring_items: weights }),
      ])
      const wrong = await world.owner(
        `select from scores x join submissions s on s.id = x.submission_id join collections c on c.id = s.collection_id
         where c.id = $1 and x.total <> app.weighted(x.items, c.scoring_items)`,
        [id],
      )
      expect(wrong).toEqual([])
    }
  })
})

describe('prizes', () => {
  const prize = (agent: Agent, work: number, category: unknown) =>
    agent.post(`/submissions/${work}/prizes`, { category })
  const counts = async (agent: Agent, id: number) => agent.get(`/collections/${id}/prizes`)

  test('are those of the collection, of the campaign’s own categories', async () => {
    const [row] = await world.owner<{ id: number }>(
      `select id from collections where campaign_id = $1 and code = 'C5'`,
      [other],
    )
    const id = row?.id ?? 0
    const work = await workIn(id, 'proposed')
    for (const odd of ['作品一等奖', '一等奖', '先进个人', '', null, 5, ['特等奖'], "特等奖'--"])
      expect([odd, (await prize(suzhou, work, odd)).status]).toEqual([odd, 422])
    expect((await prize(suzhou, work, '作品一等奖')).body.errors.category).toBe('奖项可选：特等奖、单项奖、推荐全国。')
    await prize(suzhou, work, '特等奖').expect(201)
    expect((await prize(suzhou, work, '推荐全国')).status).toBe(409)
    expect(await counts(suzhou, id).then((answer) => answer.body)).toEqual([
      { name: '特等奖', max: 2, given: 1 },
      { name: '单项奖', max: null, given: 0 },
    ])
    for (const agent of [hefei, cac, juror1]) expect([403, 404]).toContain((await counts(agent, id)).status)
    // no unit puts itself forward for one; what is none here is refused as no category
    const own = (category: string) =>
      hefei.post('/awards', { ...sample.awards?.(next++), campaign_id: other, category })
    expect((await own('特等奖').expect(422)).body.errors.category).toContain('由承办单位')
    expect((await own('作品一等奖').expect(422)).body.errors).toHaveProperty('category')
    await own('先进个人').expect(201)
    const past = world.owner(
      `with me as (select set_config('app.user_id', (select id::text from users where username = 'hefei'), true))
       insert into awards (campaign_id, unit_id, category, target) select $1, $2, '特等奖', '某' from me`,
      [other, world.units.合肥],
    )
    await expect(past).rejects.toMatchObject({ code: 'HW422', column: 'category' })
  })

  test('that no award can be, or that are written wrongly, are refused with a sentence', async () => {
    for (const prizes of [
      '没有的奖 3',
      '作品一等奖 0',
      '一等奖 3、作品一等奖 2',
      '推荐全国 1',
      [{ name: '作品一等奖', max: '3' }],
      [{ name: '作品一等奖', of: 1 }],
      [[]],
      { name: '作品一等奖' },
    ]) {
      const answer = await change(world.collections.C1 as number, { prizes })
      expect([prizes, answer.status, answer.body.errors?.prizes]).toEqual([prizes, 422, expect.stringMatching(/。$/)])
    }
    const id = await collectionOf({ prizes: '一等奖 3 名、二等奖6、作品优秀奖' })
    expect((await rowOf(id)).prizes).toEqual([
      { name: '作品一等奖', max: 3 },
      { name: '作品二等奖', max: 6 },
      { name: '作品优秀奖' },
    ])
  })

  test('are no more than the collection says: two who give the last one, one of whom reads how many are given', async () => {
    const id = await collectionOf({ prizes: '作品一等奖 2、作品二等奖' })
    const works = await Promise.all([1, 2, 3, 4].map(() => workIn(id, 'proposed')))
    const [first, second, third, fourth] = works as [number, number, number, number]
    const held = (await prize(suzhou, first, '作品一等奖').expect(201)).body
    const both = await Promise.all([prize(suzhou, second, '作品一等奖'), prize(province, third, '作品一等奖')])
    expect(both.map(({ status }) => status).sort()).toEqual([201, 422])
    const told = both.find(({ status }) => status === 422)?.body
    expect(told.errors).toEqual({ category: '“作品一等奖”最多 2 个，已经提出 2 个。' })
    // fewer than are given it can't have
    expect((await change(id, { prizes: '作品一等奖 1、作品二等奖' })).body.errors.prizes).toBe(
      '“作品一等奖”已经提出 2 个，不能去掉，名额也不能再少。',
    )
    expect((await change(id, { prizes: '作品二等奖' })).status).toBe(422)
    // taken back, it is free again; another prize has no bound
    await suzhou.delete(`/submissions/${first}/prizes/${held.id}`).expect(200)
    await prize(suzhou, fourth, '作品一等奖').expect(201)
    await prize(suzhou, first, '作品一等奖').expect(422)
    await prize(suzhou, first, '作品二等奖').expect(201)
    // a place that a refusal freed can't be taken twice
    const [award] = await world.owner<{ id: number; version: number }>(
      `select id, version from awards where submission_id = $1 and deleted_at is null`,
      [fourth],
    )
    await world.owner(`update submissions set status = 'publicised', version = version + 1 where id = any ($1)`, [
      works,
    ])
    const decide = async (decision: string) => {
      const { version } = (await province.get(`/awards/${award?.id}`)).body
      return province.put(`/awards/${award?.id}`, { version, decision })
    }
    expect((await decide('不同意')).status).toBe(200)
    await prize(province, first, '作品一等奖').expect(201)
    const again = await decide('同意')
    expect([again.status, again.body.errors]).toEqual([422, { category: '“作品一等奖”最多 2 个，已经提出 2 个。' }])
    expect((await counts(province, id)).body).toEqual([
      { name: '作品一等奖', max: 2, given: 2 },
      { name: '作品二等奖', max: null, given: 0 },
    ])
  })
})

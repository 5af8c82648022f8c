/** Entry forms: columns that works of some collections have and others do not, on every path into the database and out of it. */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { draftIn, publish } from '../support/designs.ts'
import { binary, textsOf } from '../support/matrix.ts'
import { operate } from '../support/operating.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let suzhou: Agent
let province: Agent
let juror: Agent
let next = 1

/** C5 (祖国，我想对您说) asks for an account, C6 (诗润江淮) for a model; both for a contact, whose phone is private. */
const add = [
  { name: 'account', label: '账号名称', type: 'text', required: true, of: ['C5'] },
  { name: 'followers', label: '粉丝数', type: 'decimal', required: true, of: ['C5'], counted_in: { 万: 10_000 } },
  { name: 'platforms', label: '账号平台', type: 'list', choices: ['微信', '抖音', '其他'], of: ['C5'] },
  { name: 'since_on', label: '开通日期', type: 'date', of: ['C5'] },
  { name: 'holder', label: '账号持有人', type: 'text', person: true, of: ['C5'] },
  { name: 'contact_phone', label: '联系人手机', type: 'phone', private: true, of: ['C5', 'C6'] },
  { name: 'event_id', label: '相关活动', type: 'reference', to: 'events', of: ['C5'] },
  { name: 'model', label: '使用的模型', type: 'text', of: ['C6'] },
]
const adjustment = { extends: 'submissions', add }
const whole = { account: '江淮好网民', followers: 12_000, contact_phone: '13900000009' }
const elsewhere = (label: string, title: string) =>
  `“${label}”只有“祖国，我想对您说”的作品填，这件报的是“${title}”。请清空这一格。`

beforeAll(async () => {
  world = await makeWorld()
  ;[hefei, suzhou, province, juror] = (await Promise.all(
    (['hefei', 'suzhou', 'province', 'juror1'] as const).map(world.as),
  )) as [Agent, Agent, Agent, Agent]
  for (const [code, title] of [
    ['C5', '祖国，我想对您说'],
    ['C6', '诗润江淮'],
  ])
    await world.owner('update collections set title = $2, version = version + 1 where code = $1', [code, title])
  await publish(province, world, adjustment)
})
afterAll(() => world?.close())

const row = (more: object = {}) => ({ ...sample.submissions?.(next++), sub_theme: null, ...more })
const post = (more: object = {}) => hefei.post('/submissions', row({ ...whole, ...more }))
const change = async (id: number, values: object) => {
  const { version } = (await hefei.get(`/submissions/${id}`).expect(200)).body
  return hefei.put(`/submissions/${id}`, { version, ...values })
}

describe('a column of some collections', () => {
  test('is asked for in their works, and refused in others, with a sentence that names them', async () => {
    const made = (await post().expect(201)).body
    expect(made).toMatchObject(whole)
    expect((await post({ followers: null }).expect(422)).body.errors).toEqual({ followers: '必填：粉丝数。' })
    const other = await hefei
      .post('/submissions', row({ collection_id: 'C6', account: '别的', model: '星火' }))
      .expect(422)
    expect(other.body.errors).toEqual({ account: elsewhere('账号名称', '诗润江淮') })
    const work = (await hefei.post('/submissions', row({ collection_id: 'C6', model: '星火' })).expect(201)).body
    expect((await change(work.id, { followers: 3 })).body.errors).toEqual({
      followers: elsewhere('粉丝数', '诗润江淮'),
    })
    expect((await change(made.id, { followers: null })).body.errors).toEqual({ followers: '必填：粉丝数。' })
  })

  test('is left behind by no work that goes to another collection: its values are cleared with the move', async () => {
    const { id } = (await post().expect(201)).body
    const told = (await change(id, { collection_id: 'C6' })).body.errors
    expect(told).toEqual({
      account: elsewhere('账号名称', '诗润江淮'),
      followers: elsewhere('粉丝数', '诗润江淮'),
    })
    const moved = await change(id, { collection_id: 'C6', account: null, followers: null })
    expect([moved.status, moved.body.contact_phone]).toEqual([200, '13900000009'])
    expect((await change(id, { collection_id: 'C5' })).body.errors).toEqual({
      account: '必填：账号名称。',
      followers: '必填：粉丝数。',
    })
  })

  test('is held by PostgreSQL, whoever writes and whatever is handed in', async () => {
    const { id } = (await post().expect(201)).body
    const other = (await hefei.post('/submissions', row({ collection_id: 'C6' })).expect(201)).body.id as number
    const user_id = (await hefei.get('/me')).body.id as number
    const write = (set: ReturnType<typeof sql>, of: number) =>
      world.database.inTx({ user_id }, (trx) =>
        sql`update public.submissions set ${set}, version = version + 1 where id = ${of}`.execute(trx),
      )
    for (const [set, of, column] of [
      [sql`followers = 1`, other, 'followers'],
      [sql`followers = null`, id, 'followers'],
      [sql`collection_id = ${world.collections.C6}`, id, 'account'],
    ] as const)
      await expect(write(set, of)).rejects.toMatchObject({ code: 'HW422', column })
    await world.owner('update submissions set account = null, version = version + 1 where id = $1', [id])
    const told = await hefei.post(`/submissions/${id}/submission`).expect(422)
    expect(told.body.errors).toEqual({ account: '必填：账号名称。' })
    await world.owner(`update submissions set account = '江淮', version = version + 1 where id = $1`, [id])
  })

  test('goes through operations, undo and history as any other', async () => {
    const { id } = (await post().expect(201)).body
    const done = await operate(hefei, 'submissions', {
      kind: 'set',
      values: { followers: '2万' },
      filter: { id: [id] },
    })
    expect([done.done, (await hefei.get(`/submissions/${id}`)).body.followers]).toEqual([1, 20_000])
    await hefei.post(`/operations/${done.id}/undo`)
    const { body } = await hefei.get(`/submissions/${id}/history`).expect(200)
    expect(JSON.stringify(body)).toContain('followers')
  })
})

describe('a definition with such columns', () => {
  const refused = async (more: object, extends_ = 'submissions') =>
    (
      await draftIn(world, province, {
        extends: extends_,
        add: [{ name: 'extra', label: '另栏', type: 'text', ...more }],
      })
    ).body.errors

  test('names collections that there are, by their codes, in a register whose rows go to one', async () => {
    expect((await refused({ of: ['C99'] }))['add.0.of']).toContain('没有代号是“C99”的征集活动，可写：C1（')
    expect(await refused({ of: [] })).toHaveProperty(['add.0.of'])
    expect(await refused({ of: ['C5', 'C5'] })).toHaveProperty(['add.0.of'])
    expect(await refused({ of: ["C5'; drop table collections; --"] })).toHaveProperty(['add.0.of'])
    expect((await refused({ of: ['C5'] }, 'events'))['add.0.of']).toContain('不报给征集活动')
  })

  test('says what it would change, and which works break it', async () => {
    const { body } = await draftIn(world, province, {
      ...adjustment,
      add: add.map((field) => (field.name === 'model' ? { ...field, required: true } : field)),
    }).expect(201)
    const check = (await province.post(`/form_designs/${body.id}/check`).expect(200)).body
    expect(check.changes).toEqual(['“使用的模型”改为必填。'])
    const blank = await world.owner<{ id: number }>(
      `select id from submissions where collection_id = $1 and model is null and deleted_at is null order by id`,
      [world.collections.C6],
    )
    expect(check.breaks).toEqual([
      { rule: 'model_of', field: 'model', rows: blank.length, sample: blank.map(({ id }) => id) },
    ])
    await province.delete(`/form_designs/${body.id}`).expect(200)
  })

  test('holds the collection: as long as columns name it, it keeps its code and stays', async () => {
    const { id, version } = (await province.get(`/collections/${world.collections.C6}`)).body
    const told = await province.put(`/collections/${id}`, { version, code: 'C66' }).expect(422)
    expect(told.body.errors.code).toBe(
      '登记栏目“使用的模型”、“联系人手机”归“诗润江淮”（C6），请先在表单设计里去掉，再来改代号或删去它。',
    )
    await province.delete(`/collections/${id}`).expect(422)
    await province.put(`/collections/${id}`, { version, title: '诗润江淮（音频）' }).expect(200)
    const forms = (await hefei.get('/forms', { campaign_id: world.campaign_id })).body
    const field = forms.find(({ name }: { name: string }) => name === 'submissions').fields.at(-1)
    expect(field).toMatchObject({
      name: 'model',
      of: ['C6'],
      of_titles: ['诗润江淮（音频）'],
      group: '诗润江淮（音频）',
    })
    await province.put(`/collections/${id}`, { version: version + 1, title: '诗润江淮' }).expect(200)
  })

  test('is in the package as it was written', async () => {
    const { body } = await province.get(`/campaigns/${world.campaign_id}/package.json`).expect(200)
    expect(body.forms.find((each: { extends?: string }) => each.extends === 'submissions')).toEqual(adjustment)
  })
})

describe('jurors', () => {
  test('read what is neither private nor a name nor points anywhere, of works they judge', async () => {
    const event = (await hefei.post('/events', sample.events?.(next++)).expect(201)).body
    const { id } = (
      await post({ platforms: ['抖音'], since_on: '2019-03-01', holder: '丁一', event_id: event.id }).expect(201)
    ).body
    await world.owner(`update submissions set status = 'under_review', version = version + 1 where id = $1`, [id])
    const jurors = [(await juror.get('/me')).body.id]
    await suzhou.put(`/collections/${world.collections.C5}/jury`, { juror_ids: jurors }).expect(200)
    const seen = (await juror.get(`/submissions/${await world.blind(id)}`).expect(200)).body
    expect(seen).toMatchObject({
      account: '江淮好网民',
      followers: 12_000,
      platforms: ['抖音'],
      since_on: '2019-03-01',
    })
    for (const name of ['holder', 'contact_phone', 'event_id', 'author']) expect(seen).not.toHaveProperty(name)
    for (const name of ['holder', 'contact_phone'])
      await juror.get('/submissions', { filter: { [name]: '丁一' } }).expect(400)
    expect(JSON.stringify(seen)).not.toContain('1390000')
    // a definition that says so closes it again
    const name = { ...add[0], person: true }
    await publish(province, world, { ...adjustment, add: [name, ...add.slice(1)] })
    expect((await juror.get(`/submissions/${await world.blind(id)}`).expect(200)).body).not.toHaveProperty('account')
    await publish(province, world, adjustment)
    expect((await juror.get(`/submissions/${await world.blind(id)}`)).body).toHaveProperty('account')
  })
})

describe('workbooks', () => {
  const book = async (agent: Agent, path: string, query: object) =>
    (await binary(agent.get(path, query as Record<string, unknown>)).expect(200)).body as Buffer
  const of = (code: string) => ({ filter: { campaign_id: world.campaign_id, collection_id: world.collections[code] } })

  test('the blank form of a collection has its columns and is called after it; the whole one leaves none behind', async () => {
    const one = await textsOf(await book(hefei, '/submissions/template.xlsx', of('C5')))
    expect(one.join()).toContain('作品报送表（祖国，我想对您说）')
    for (const heading of ['粉丝数', '账号名称', '联系人手机']) expect(one.join()).toContain(heading)
    expect(one.join()).not.toContain('使用的模型')
    const all = await textsOf(await book(hefei, '/submissions/template.xlsx', {}))
    for (const heading of ['祖国，我想对您说', '诗润江淮', ...add.map(({ label }) => label)])
      expect(all.join()).toContain(heading)
  })

  test.each(['C5', 'C6', undefined])('what is exported of %s comes back unchanged', async (code) => {
    const query = code ? of(code) : { filter: { campaign_id: world.campaign_id } }
    const bytes = await book(hefei, '/submissions/export.xlsx', query)
    const checked = await hefei.upload('/submissions/imports', bytes, '作品.xlsx').expect(200)
    expect(checked.body).toMatchObject({ wrong: 0, create: 0, update: 0 })
    expect(checked.body.unchanged).toBeGreaterThan(0)
  })
})

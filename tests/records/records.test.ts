/** The records of every form over HTTP: read, written, refused, put away and brought back. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fieldOf, forms, printField, registers } from '../../server/forms/index.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let wuhu: Agent
let province: Agent
beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  wuhu = await world.as('wuhu')
  province = await world.as('province')
  await hefei.post('/events', sample.events?.(1)).expect(201)
})
afterAll(() => world?.close())

let next = 100
const add = async (form: string, agent = hefei) =>
  (await agent.post(`/${form}`, sample[form]?.(next++)).expect(201)).body

describe.each(registers.map((form) => [form.name, form] as const))('%s', (name, form) => {
  test('a row is created in the own unit as a draft, and read back by id and in the list', async () => {
    const row = await add(name)
    expect(row).toMatchObject({ status: 'draft', version: 1, unit_id: world.units.合肥, unit_id_label: '合肥' })
    const read = await hefei.get(`/${name}/${row.id}`).expect(200)
    expect(read.body).toEqual(row)
    const list = await hefei
      .get(`/${name}`, { filter: { id: [row.id] }, range: [0, 24], sort: ['id', 'ASC'] })
      .expect(200)
    expect(list.body).toEqual([row])
    expect(list.headers['content-range']).toBe(`${name} 0-0/1`)
  })

  test('every reference comes with its name', async () => {
    const row = await add(name)
    for (const field of form.fields.filter((each) => each.type === 'reference')) {
      if (row[field.name] !== null) expect(row[`${field.name}_label`]).toBeTypeOf('string')
    }
  })

  test('another unit neither sees, counts, finds nor changes it: 404', async () => {
    const row = await add(name)
    await wuhu.get(`/${name}/${row.id}`).expect(404)
    await wuhu.put(`/${name}/${row.id}`, { version: 1, remark: '看一看' }).expect(404)
    await wuhu.delete(`/${name}/${row.id}`).expect(404)
    await wuhu.get(`/${name}/${row.id}/history`).expect(404)
    const list = await wuhu.get(`/${name}`, { filter: { id: row.id } }).expect(200)
    expect([list.body, list.headers['content-range']]).toEqual([[], `${name} 0-0/0`])
  })

  test('a change needs the version, and a stale one is answered with the stored row', async () => {
    const row = await add(name)
    const missing = await hefei.put(`/${name}/${row.id}`, { remark: '一' }).expect(428)
    expect(missing.body.message).toMatch(/version/)
    const changed = await hefei.put(`/${name}/${row.id}`, { version: 1, remark: '一' }).expect(200)
    expect(changed.body).toMatchObject({ version: 2, remark: '一' })
    const stale = await hefei.put(`/${name}/${row.id}`, { version: 1, remark: '二' }).expect(409)
    expect(stale.body.row).toEqual({ ...changed.body, updated_by_label: '测试hefei' })
  })

  test('the whole row may be sent back as it was read, but status and unit not changed', async () => {
    const row = await add(name)
    await hefei.put(`/${name}/${row.id}`, { ...row, remark: '改' }).expect(200)
    const refused = await hefei
      .put(`/${name}/${row.id}`, { version: 2, status: 'approved', unit_id: world.units.芜湖 })
      .expect(422)
    expect(Object.keys(refused.body.errors).sort()).toEqual(['status', 'unit_id'])
  })

  test('what is mandatory is asked for by name, and unknown keys are refused by name', async () => {
    const empty = await hefei.post(`/${name}`, {}).expect(422)
    const required = form.fields.filter((field) => field.required).map((field) => field.name)
    expect(Object.keys(empty.body.errors).sort()).toEqual(required.sort())
    const unknown = await hefei.post(`/${name}`, { ...sample[name]?.(next++), nonsense: 1 }).expect(422)
    expect(unknown.body.errors).toEqual({ nonsense: '没有“nonsense”这个栏目。' })
    await hefei.get(`/${name}`, { filter: { nonsense: 1 } }).expect(400)
    await hefei.get(`/${name}`, { sort: ['nonsense', 'ASC'] }).expect(400)
    await hefei.get(`/${name}?page=3`).expect(400)
  })

  test('its key is taken once', async () => {
    const body = sample[name]?.(next++)
    await hefei.post(`/${name}`, body).expect(201)
    const twin = await hefei.post(`/${name}`, body).expect(422)
    expect(Object.values(twin.body.errors)[0]).toMatch(/已经登记过|已经有了/)
  })

  test('it goes into the 回收站 and comes back, and the history tells who did it', async () => {
    const row = await add(name)
    await hefei.delete(`/${name}/${row.id}`).expect(200)
    const gone = await hefei.get(`/${name}`, { filter: { id: row.id } })
    expect(gone.body).toEqual([])
    const bin = await hefei.get(`/${name}`, { filter: { deleted: true, id: row.id } })
    expect(bin.body).toHaveLength(1)
    await hefei.post(`/${name}/restoration`, { ids: [row.id] }).expect(200)
    const history = await hefei.get(`/${name}/${row.id}/history`).expect(200)
    expect(history.body.map((each: { action: string }) => each.action)).toEqual(['restore', 'remove', 'create'])
    expect(history.body[0].actor).toBe('测试hefei')
  })

  test('its life: submitted, withdrawn, submitted, returned with a reason, submitted', async () => {
    const row = await add(name)
    const act = (agent: Agent, action: string, body?: object) => agent.post(`/${name}/${row.id}/${action}`, body)
    await act(province, 'return', { reason: '请补' }).expect(409)
    await act(hefei, 'submission').expect(200)
    await hefei.put(`/${name}/${row.id}`, { version: 2, remark: '晚了' }).expect(403)
    await act(hefei, 'withdrawal').expect(200)
    await act(hefei, 'submission').expect(200)
    await act(hefei, 'approval').expect(403)
    await act(province, 'return').expect(422)
    const returned = await act(province, 'return', { reason: '请补全', fields: [form.names] }).expect(200)
    expect(returned.body).toMatchObject({
      status: 'returned',
      returned_reason: '请补全',
      returned_fields: [form.names],
    })
    const again = await hefei.post(`/${name}/submission`, { ids: [row.id, 999_999] }).expect(200)
    expect(again.body).toMatchObject({ done: [row.id], refused: [{ id: 999_999 }] })
    const done = await act(province, 'approval').expect(200)
    expect(done.body.status).toBe(name === 'submissions' ? 'accepted' : 'approved')
  })

  test('many rows go in one transaction, all or none, and each fault is answered at its row', async () => {
    const good = [sample[name]?.(next++), sample[name]?.(next++)]
    const bad = await hefei.post(`/${name}/bulk`, { create: [...good, {}] }).expect(422)
    expect(Object.keys(bad.body.errors.create)).toEqual(['2'])
    const made = await hefei.post(`/${name}/bulk`, { create: good }).expect(200)
    expect(made.body.create).toHaveLength(2)
    const [first, second] = made.body.create
    const changed = await hefei
      .post(`/${name}/bulk`, {
        update: [{ id: first.id, version: 1, remark: '批量' }],
        remove: [{ id: second.id, version: 1 }],
      })
      .expect(200)
    expect(changed.body).toMatchObject({
      update: [{ id: first.id, version: 2, remark: '批量' }],
      remove: [{ id: second.id }],
    })
    const stale = await hefei
      .post(`/${name}/bulk`, { update: [{ id: first.id, version: 1, remark: '旧' }] })
      .expect(409)
    expect(stale.body.conflicts.update['0'].version).toBe(2)
  })

  test('search, filters and sorting by every field answer', async () => {
    await add(name)
    for (const field of form.fields) {
      const row = (await hefei.get(`/${name}`, { range: [0, 0], sort: [field.name, 'DESC'] }).expect(200)).body[0]
      await hefei.get(`/${name}`, { filter: { [field.name]: null } }).expect(200)
      if (field.type === 'attachments' || field.type === 'list' || row[field.name] === null) continue
      const found = await hefei.get(`/${name}`, { filter: { [field.name]: row[field.name] } }).expect(200)
      expect(found.body.map((each: { id: number }) => each.id)).toContain(row.id)
      const printed = field.type === 'reference' ? row[`${field.name}_label`] : printField(field, row[field.name])
      if (['text', 'phone', 'reference'].includes(field.type)) {
        const like = await hefei
          .get(`/${name}`, { filter: { [`${field.name}_like`]: printed.slice(1, 4) } })
          .expect(200)
        expect(like.body.map((each: { id: number }) => each.id)).toContain(row.id)
      }
    }
    const named = fieldOf(form, form.names)
    const row = (await hefei.get(`/${name}`, { range: [0, 0] })).body[0]
    const found = await hefei.get(`/${name}`, { filter: { q: row[named?.name ?? ''] } }).expect(200)
    expect(found.body.map((each: { id: number }) => each.id)).toContain(row.id)
  })

  test('the total agrees with what one can count, with and without filters', async () => {
    const all = await hefei.get(`/${name}`, { filter: { campaign_id: world.campaign_id }, range: [0, 999] }).expect(200)
    expect(all.headers['content-range']).toMatch(new RegExp(`/${all.body.length}$`))
    const drafts = await hefei.get(`/${name}`, { filter: { status: 'draft' }, range: [0, 999] }).expect(200)
    expect(drafts.headers['content-range']).toMatch(new RegExp(`/${drafts.body.length}$`))
    const stored = await world.owner<{ n: number }>(
      `select count(*)::int as n from ${name} where unit_id = $1 and deleted_at is null`,
      [world.units.合肥],
    )
    expect(all.body.length).toBe(stored[0]?.n)
  })
})

test('the campaign’s own data is read by everybody and edited by the province alone', async () => {
  await province.post('/reopenings', { unit_id: '合肥', form: '附件9', until: '2019-12-01' }).expect(201)
  for (const name of Object.values(forms)
    .filter((form) => form.scope !== 'unit')
    .map((form) => form.name)) {
    const [row] = (await hefei.get(`/${name}`).expect(200)).body
    await hefei
      .put(`/${name}/${row.id}`, { version: row.version, [forms[name]?.names ?? '']: row[forms[name]?.names ?? ''] })
      .expect(403)
    await hefei.post(`/${name}`, {}).expect(403)
    await province.put(`/${name}/${row.id}`, { ...row }).expect(200)
  }
})

test('a deadline that has passed locks the units, not the province, until the unit is opened again', async () => {
  const row = await add('propagandists')
  await world.owner(`update campaigns set today_on = '2019-08-27', version = version + 1`)
  await world.owner(`update stages set locks = '{propagandists}', version = version + 1 where name = '入围截止'`)
  const late = await hefei.put(`/propagandists/${row.id}`, { version: 1, remark: '晚' }).expect(403)
  expect(late.body.message).toBe('8 月 26 日已截止，这里只能查看。需要补录，请向省总申请。')
  await hefei.post('/propagandists', sample.propagandists?.(next++)).expect(403)
  await hefei.post(`/propagandists/${row.id}/submission`).expect(403)
  await hefei.post('/events', { ...sample.events?.(next++) }).expect(201)
  await world.owner(
    `insert into reopenings (campaign_id, unit_id, form, until) values ($1, $2, 'propagandists', '2019-08-30')`,
    [world.campaign_id, world.units.合肥],
  )
  await hefei.put(`/propagandists/${row.id}`, { version: 1, remark: '补录' }).expect(200)
  await world.owner(`update campaigns set today_on = null, version = version + 1`)
  await world.owner(`update stages set locks = null, version = version + 1`)
})

test('values are understood as in a workbook, and the sentence names what is wrong', async () => {
  const good = await hefei
    .post('/propagandists', {
      ...sample.propagandists?.(next++),
      phone: '+86 139-0012-9999',
      appointed_on: '2019.6.18',
      followers: '1.2万',
      name: '张 三',
    })
    .expect(201)
  expect(good.body).toMatchObject({ phone: '13900129999', appointed_on: '2019-06-18', followers: 12_000, name: '张三' })
  const bad = await hefei
    .post('/propagandists', {
      ...sample.propagandists?.(next++),
      phone: '1390012999',
      appointed_on: '2019-02-30',
      platform: '人人网',
      organization_id: '没有这个工会',
    })
    .expect(422)
  expect(bad.body.errors).toEqual({
    phone: '手机号应是 11 位，现在是 10 位。',
    appointed_on: '2019 年 2 月没有 30 日，请核对发展日期。',
    platform: '主要账号类型没有“人人网”这一项，可选：微信公众号、微信视频号、微博、抖音、快手、今日头条、其他。',
    organization_id: expect.stringContaining('附件3里没有“没有这个工会”。'),
  })
})

test('cumulative counts may not fall', async () => {
  const first = sample.reach?.(next++) ?? {}
  await hefei.post('/reach', first).expect(201)
  const fallen = await hefei.post('/reach', { ...first, counted_on: '2019-08-12', views: 999 }).expect(422)
  expect(fallen.body.errors.views).toBe('阅读/播放量 999 比 2019-07-31 统计的 1000 少，累计数不能减少，请核对。')
  await hefei.post('/reach', { ...first, counted_on: '2019-08-12', views: 1200, people: 1100 }).expect(201)
})

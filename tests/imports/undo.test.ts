// Taking a whole import back: what nobody touched since goes or has its old values again, the rest stays and is told.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cells, workbookOf } from '../support/workbooks.ts'
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
})
afterAll(() => world?.close())

/** Checks and applies; answers the import's id. */
async function applied(agent: Agent, form: string, rows: Cells[], expected: object = {}): Promise<number> {
  const checked = await agent.upload(`/${form}/imports`, await workbookOf({ 表: rows }), `${form}.xlsx`)
  expect(checked.body, JSON.stringify(checked.body.errors ?? checked.body)).toMatchObject({ wrong: 0, ...expected })
  await agent.post(`/imports/${checked.body.id}/apply`).expect(200)
  return checked.body.id
}

/** Counted rows and the sum of the tally, by status: they say the same. */
async function counted(form: string) {
  const there = await world.owner(
    `select case when deleted_at is null then status else 'deleted' end as status, count(*)::integer as rows from ${form} group by 1 order by 1`,
  )
  const tally = await world.owner(
    `select status, sum(rows)::integer as rows from tally where form = $1 group by 1 having sum(rows) <> 0 order by 1`,
    [form],
  )
  expect(tally).toEqual(there)
  return Object.fromEntries(there.map(({ status, rows }) => [status, rows]))
}

const idOf = async (form: string, name: string, value: string) =>
  (await world.owner<{ id: number }>(`select id from ${form} where ${name} = $1`, [value]))[0]?.id ?? 0

const organizationHead = ['组织全称', '类型', '动员日期', '职工人数', '联系电话']
const organization = (n: number, staff: number, phone: string): Cells => [
  `合肥测试${n}厂工会委员会`,
  '国企',
  '2019-06-18',
  staff,
  phone,
]

describe('an import of new and changed rows', () => {
  let id = 0
  let old: Record<string, unknown> = {}
  const path = () => `/imports/${id}/undo`
  const ids: Record<number, number> = {}

  beforeAll(async () => {
    const made = await hefei.post('/organizations/bulk', {
      create: [sample.organizations?.(1), sample.organizations?.(2)],
    })
    expect(made.status).toBe(200)
    old = (await world.owner('select * from organizations where name like $1', ['%测试1厂%']))[0] ?? {}
    const rows = [1, 2, 3, 4, 5, 6].map((n) => organization(n, 400 + n, `1390000000${n}`))
    id = await applied(hefei, 'organizations', [organizationHead, ...rows], { create: 4, update: 2 })
    for (const n of [1, 2, 3, 4, 5, 6]) ids[n] = await idOf('organizations', 'name', `合肥测试${n}厂工会委员会`)
    await hefei.put(`/organizations/${ids[2]}`, { version: 2, remark: '后来写的' }).expect(200)
    await hefei.post(`/organizations/${ids[4]}/submission`).expect(200)
    await hefei.post(`/organizations/${ids[5]}/submission`).expect(200)
    await province.post(`/organizations/${ids[5]}/approval`).expect(200)
  })

  const kept = () => [
    { row_id: ids[2], name: '合肥测试2厂工会委员会', reason: '测试hefei后来改过。' },
    { row_id: ids[4], name: '合肥测试4厂工会委员会', reason: '后来提交了，正在待审。' },
    { row_id: ids[5], name: '合肥测试5厂工会委员会', reason: '后来通过了审核。' },
  ]

  test('is not undone by another unit, the province, the internet office or a stranger', async () => {
    await wuhu.get(path()).expect(404)
    await wuhu.post(path()).expect(404)
    expect((await province.get(path())).body.message).toBe('只能由填报单位自己撤销。')
    await province.post(path()).expect(403)
    expect((await (await world.as('cac')).post(path())).status).toBeGreaterThanOrEqual(403)
    await world.anonymous.post(path()).expect(401)
    expect(await counted('organizations')).toEqual({ draft: 4, submitted: 1, approved: 1 })
  })

  test('is not undone after the deadline', async () => {
    await world.owner(
      `update stages set locks = array['organizations'], ends_on = '2019-08-26', starts_on = '2019-06-01', version = version + 1 where id = (select min(id) from stages)`,
    )
    for (const answer of [await hefei.get(path()), await hefei.post(path())])
      expect([answer.status, answer.body.message]).toEqual([403, expect.stringContaining('截止')])
    await world.owner('update stages set locks = null, version = version + 1')
  })

  test('tells beforehand what undoing comes to, and changes nothing by telling', async () => {
    const before = await world.owner('select id, version from organizations order by id')
    const foreseen = await hefei.get(path()).expect(200)
    expect(foreseen.body).toEqual({ undone: { removed: 2, restored: 1 }, kept: kept(), kept_count: 3 })
    expect(await world.owner('select id, version from organizations order by id')).toEqual(before)
    expect((await hefei.get(`/imports/${id}`)).body.state).toBe('applied')
  })

  test('is undone once, also when it is asked for twice at the same time', async () => {
    const both = await Promise.all([hefei.post(path()), hefei.post(path())])
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409])
    const done = both.find(({ status }) => status === 200)
    expect(done?.body).toEqual({ undone: { removed: 2, restored: 1 }, kept: kept(), kept_count: 3 })
    const again = await hefei.post(path())
    expect([again.status, again.body.message]).toEqual([409, '这次导入已经撤销过了。'])
    await hefei.get(path()).expect(409)
  })

  test('leaves every row as it should be: gone, as before, or as it was changed since', async () => {
    const [first] = await world.owner('select * from organizations where id = $1', [ids[1]])
    const { version, updated_at, ...same } = old
    expect(first).toMatchObject(same)
    expect([old.version, first?.version, first?.phone]).toEqual([1, 3, '13800000001'])
    const rows = await world.owner(
      'select id, version, staff_count, deleted_at is not null as gone from organizations order by id',
    )
    expect(rows).toEqual([
      { id: ids[1], version: 3, staff_count: 300, gone: false },
      { id: ids[2], version: 3, staff_count: 402, gone: false },
      { id: ids[3], version: 2, staff_count: 403, gone: true },
      { id: ids[4], version: 2, staff_count: 404, gone: false },
      { id: ids[5], version: 3, staff_count: 405, gone: false },
      { id: ids[6], version: 2, staff_count: 406, gone: true },
    ])
    expect(await counted('organizations')).toEqual({ draft: 2, submitted: 1, approved: 1, deleted: 2 })
    const bin = await hefei.get('/organizations', { filter: { deleted: true }, sort: ['id', 'ASC'] })
    expect(bin.body.map((row: { id: number }) => row.id)).toEqual([ids[3], ids[6]])
  })

  test('stands in the history, with the import', async () => {
    const restored = await hefei.get(`/organizations/${ids[1]}/history`)
    expect(restored.body[0]).toMatchObject({
      action: 'undo',
      import_id: id,
      actor: '测试hefei',
      before: { staff_count: 401, phone: '13900000001' },
      after: { staff_count: 300, phone: '13800000001' },
    })
    const gone = await hefei.get('/changes', { filter: { form: 'organizations', row_id: ids[3] ?? 0 } })
    expect(gone.body.map((each: { action: string }) => each.action)).toEqual(['undo', 'create'])
    const [open] = await world.owner(
      `select count(*)::integer as n from changes where action = 'undo' and before::text like '%13900000001%'`,
    )
    expect(open?.n).toBe(0)
  })

  test('is told as undone, and neither applied nor cancelled any more', async () => {
    expect((await hefei.get(`/imports/${id}`)).body).toMatchObject({
      state: 'undone',
      create: 4,
      undone: { removed: 2, restored: 1 },
      kept: kept(),
    })
    const listed = await hefei.get('/imports', { filter: { state: 'undone' } })
    expect(listed.body).toMatchObject([{ id, state: 'undone', undone: { removed: 2, restored: 1 }, kept_count: 3 }])
    const refused = await hefei.post(`/imports/${id}/apply`)
    expect([refused.status, refused.body.message]).toEqual([409, '这次导入已经撤销。要再写入，请重新上传这个文件。'])
    await hefei.delete(`/imports/${id}`).expect(409)
    expect((await hefei.get(`/imports/${id}`)).body.state).toBe('undone')
  })

  test('brings the same rows anew when the file is sent again; a row out of the 回收站 is nobody’s import', async () => {
    const again = await applied(hefei, 'organizations', [organizationHead, organization(3, 403, '13900000003')], {
      create: 1,
    })
    const anew = (await world.owner<{ id: number }>('select max(id) as id from organizations'))[0]?.id
    await hefei.delete(`/organizations/${anew}?version=1`).expect(200)
    await hefei.post('/organizations/restoration', { ids: [anew] }).expect(200)
    const undone = await hefei.post(`/imports/${again}/undo`).expect(200)
    expect(undone.body).toMatchObject({ undone: { removed: 0, restored: 0 }, kept: [{ row_id: anew }] })
  })
})

describe('undoing', () => {
  const eventHead = ['活动名称', '形式', '日期', '地点', '面对面职工人数']
  const attendanceHead = ['活动名称', '姓名', '单位', '手机号']

  test('keeps what other records need, until those are gone', async () => {
    const events = await applied(hefei, 'events', [
      eventHead,
      ['甲赛', '知识竞赛', '2019-07-10', '礼堂', 10],
      ['乙赛', '知识竞赛', '2019-07-11', '礼堂', 10],
    ])
    const people = await applied(hefei, 'attendance', [attendanceHead, ['甲赛', '程雨桐', '某厂', '13800001027']])
    const foreseen = await hefei.get(`/imports/${events}/undo`)
    expect(foreseen.body).toMatchObject({
      undone: { removed: 1, restored: 0 },
      kept: [{ name: '甲赛', reason: expect.stringContaining('里有记录用着它。') }],
    })
    await hefei.post(`/imports/${people}/undo`).expect(200)
    const undone = await hefei.post(`/imports/${events}/undo`)
    expect(undone.body).toEqual({ undone: { removed: 2, restored: 0 }, kept: [], kept_count: 0 })
    expect([await counted('events'), await counted('attendance')]).toEqual([{ deleted: 2 }, { deleted: 1 }])
  })

  test('goes back import by import, the last one first', async () => {
    const rows = (people: number): Cells[] => [eventHead, ['丙赛', '知识竞赛', '2019-07-12', '礼堂', people]]
    const first = await applied(hefei, 'events', rows(10), { create: 1 })
    const second = await applied(hefei, 'events', rows(20), { update: 1 })
    const third = await applied(hefei, 'events', rows(30), { update: 1 })
    expect((await hefei.get(`/imports/${second}/undo`)).body).toMatchObject({ undone: { restored: 0 }, kept_count: 1 })
    const headcount = async () => (await world.owner(`select headcount from events where title = '丙赛'`))[0]?.headcount
    await hefei.post(`/imports/${third}/undo`).expect(200)
    expect(await headcount()).toBe(20)
    await hefei.post(`/imports/${second}/undo`).expect(200)
    expect(await headcount()).toBe(10)
    const last = await hefei.post(`/imports/${first}/undo`)
    expect(last.body).toMatchObject({ undone: { removed: 1, restored: 0 }, kept_count: 0 })
  })

  test('does not make two records of one: what would collide is kept and told, the rest goes on', async () => {
    const rows = [30, 31].map((n) => ({ ...sample.organizations?.(n), phone: null }))
    await wuhu.post('/organizations/bulk', { create: rows }).expect(200)
    const codes = [
      ['组织全称', '统一社会信用代码'],
      ['合肥测试30厂工会委员会', '81340200MC00003048'],
      ['合肥测试31厂工会委员会', '81340200MC00003123'],
    ]
    const id = await applied(wuhu, 'organizations', codes, { update: 2 })
    // the checks would see the twin coming; two desks at the same moment get past them
    await world.owner(
      `insert into organizations (campaign_id, unit_id, name, kind, mobilized_on)
       select campaign_id, unit_id, name, kind, mobilized_on from organizations where name = '合肥测试30厂工会委员会'`,
    )
    const undone = await wuhu.post(`/imports/${id}/undo`)
    expect(undone.body).toMatchObject({
      undone: { removed: 0, restored: 1 },
      kept: [{ name: '合肥测试30厂工会委员会', reason: '改回去会和另一条记录相同，没有改回。' }],
    })
    const coded = await world.owner(
      `select name, credit_code is not null as coded from organizations where unit_id = $1 order by id`,
      [world.units.芜湖],
    )
    expect(coded.map(({ coded }) => coded)).toEqual([true, false, false])
  })

  test('restores a phone that a clerk may only read through a function', async () => {
    await hefei.post('/submissions', { ...sample.submissions?.(1) }).expect(201)
    const head = ['征集活动', '作品标题', '作者', '作者单位', '联系电话', '原创']
    const row = ['C5', '测试作品1', '己一', '测试厂', '13600009999', '是']
    const id = await applied(hefei, 'submissions', [head, row], { update: 1 })
    await hefei.post(`/imports/${id}/undo`).expect(200)
    const rows = await world.owner('select phone, version, number from submissions')
    expect(rows).toEqual([{ phone: '13600000001', version: 3, number: expect.stringMatching(/0001$/) }])
  })

  test('of the campaign’s own data is the province’s', async () => {
    const before = await world.owner('select unit_id, organizations from quotas order by 1')
    const id = await applied(province, 'quotas', [
      ['单位', '组织动员工会组织'],
      ['合肥', 77],
    ])
    await hefei.post(`/imports/${id}/undo`).expect(404)
    const undone = await province.post(`/imports/${id}/undo`)
    expect(undone.body).toEqual({ undone: { removed: 0, restored: 1 }, kept: [], kept_count: 0 })
    expect(await world.owner('select unit_id, organizations from quotas order by 1')).toEqual(before)
    const units = await applied(province, 'units', [
      ['单位全称', '简称', '类别'],
      ['测试县总工会', '测试县', '省直管县总工会'],
    ])
    await world.owner(
      `insert into users (username, name, role, unit_id, password_hash) select 'ceshi', '测试', 'clerk', id, 'x' from units where short_name = '测试县'`,
    )
    expect((await province.post(`/imports/${units}/undo`)).body).toMatchObject({
      undone: { removed: 0 },
      kept: [{ name: '测试县', reason: '别的记录用着它。' }],
    })
  })

  test('is refused for an import that was only checked', async () => {
    const checked = await hefei.upload(
      '/events/imports',
      await workbookOf({ 表: [eventHead, ['丁赛', '培训', '2019-07-12', '礼堂', 1]] }),
      'x.xlsx',
    )
    const answer = await hefei.post(`/imports/${checked.body.id}/undo`)
    expect([answer.status, answer.body.message]).toEqual([409, '这次导入没有写入，不用撤销。'])
    await hefei.post('/imports/999999/undo').expect(404)
  })
})

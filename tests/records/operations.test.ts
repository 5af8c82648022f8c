/**
 * One thing done to many rows, over HTTP: for each role, in its scope, with what may not be written told; taken back and
 * done again.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { counted, type Operation, operate, plant, snapshot, trace, turn, without } from '../support/operating.ts'
import { type Agent, makeWorld, sample, type Username, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let wuhu: Agent
let province: Agent

beforeAll(async () => {
  world = await makeWorld()
  ;[hefei, wuhu, province] = [await world.as('hefei'), await world.as('wuhu'), await world.as('province')]
})
afterAll(() => world?.close())

describe('a value set in many rows', () => {
  let before: Record<string, unknown>[] = []
  let theirs: Record<string, unknown>[] = []
  let operation: Operation

  beforeAll(async () => {
    await plant(world, 'organizations', '合肥', 30, '合肥')
    await plant(world, 'organizations', '芜湖', 5, '芜湖')
    await world.owner(
      `update organizations set status = 'submitted', version = version + 1 where unit_id = $1 and name like '%厂3_工会' or name like '%厂3工会'`,
      [world.units.合肥],
    )
    before = await snapshot(world, 'organizations', '合肥')
    theirs = await snapshot(world, 'organizations', '芜湖')
  })

  test('is refused as a whole while a row of the selection may not be written, with the count and the first few', async () => {
    const refused = await operate(hefei, 'organizations', { kind: 'set', filter: {}, values: { remark: '已核对' } })
    expect(refused).toMatchObject({
      state: 'refused',
      rows_total: 30,
      skipped_count: 2,
      skipped: [{ message: '这一行已提交，不能修改。需要改请先撤回。', count: 2 }],
      listed: [{ name: '合肥厂3工会' }, { name: '合肥厂30工会' }],
    })
    expect(refused.message).toContain('有 2 行不能改，都没有改。')
    expect(await snapshot(world, 'organizations', '合肥')).toEqual(before)
  })

  test('passes over them when told to, and never leaves the unit whatever the filter names', async () => {
    operation = await operate(hefei, 'organizations', {
      kind: 'set',
      filter: { unit_id: [world.units.合肥, world.units.芜湖] },
      skip_locked: true,
      expected: 30,
      values: { remark: '已核对', contact: '  庚 二 ', staff_count: '１２,345' },
    })
    expect(operation).toMatchObject({ state: 'done', rows_done: 30, rows_total: 30, done: 28, skipped_count: 2 })
    const rows = await world.owner(
      `select status, remark, contact, staff_count, version, updated_by from organizations where unit_id = $1 order by status, id`,
      [world.units.合肥],
    )
    const [me] = await world.owner(`select id from users where username = 'hefei'`)
    expect(rows[0]).toMatchObject({ remark: '已核对', staff_count: 12345, version: 2, updated_by: me?.id })
    expect(rows.filter(({ remark }) => remark === '已核对')).toHaveLength(28)
    expect(rows.at(-1)).toMatchObject({ status: 'submitted', remark: null, version: 2 })
    expect(await snapshot(world, 'organizations', '芜湖')).toEqual(theirs)
  })

  test('stands in the history of each row under its operation', async () => {
    const changes = await world.owner(
      `select count(*)::integer as rows, count(distinct actor_id)::integer as actors, min(action) as action from changes
       where request_id = $1 and form = 'organizations'`,
      [`operation-${operation.id}`],
    )
    expect(changes).toEqual([{ rows: 28, actors: 1, action: 'update' }])
  })

  test('once more changes nothing', async () => {
    const again = await operate(hefei, 'organizations', {
      kind: 'set',
      filter: { status: 'draft' },
      values: { remark: '已核对' },
    })
    expect(again).toMatchObject({ state: 'done', done: 0, unchanged: 28 })
    const undone = await turn(hefei, again.id, 'undo')
    expect(undone).toMatchObject({ state: 'undone', undone: { done: 0, kept_count: 0 } })
  })

  test('is taken back where nobody wrote since, done again, and taken back once more', async () => {
    const touched = (await world.owner<{ id: number }>(
      `select id from organizations where unit_id = $1 and status = 'draft' order by id limit 2`,
      [world.units.合肥],
    )) as [{ id: number }, { id: number }]
    await hefei.put(`/organizations/${touched[0].id}`, { version: 2, contact: '后来写的' }).expect(200)
    await hefei.post(`/organizations/${touched[1].id}/submission`).expect(200)
    const undone = await turn(hefei, operation.id, 'undo')
    expect(undone).toMatchObject({
      state: 'undone',
      undone: {
        done: 26,
        kept_count: 2,
        kept: [
          { row_id: touched[0].id, name: '合肥厂1工会', reason: '测试hefei后来改过。' },
          { row_id: touched[1].id, name: '合肥厂2工会', reason: '后来提交了，正在待审。' },
        ],
      },
    })
    const now = await snapshot(world, 'organizations', '合肥')
    const untouched = (row: Record<string, unknown>) => row.id !== touched[0].id && row.id !== touched[1].id
    expect(without(now.filter(untouched), ...trace)).toEqual(without(before.filter(untouched), ...trace))
    expect(now.find(({ id }) => id === touched[0].id)).toMatchObject({ remark: '已核对', contact: '后来写的' })
    expect((await hefei.post(`/operations/${operation.id}/undo`)).body.message).toBe('这一步已经撤销过了。')

    const redone = await turn(hefei, operation.id, 'redo')
    expect(redone).toMatchObject({ state: 'done', redone: { done: 26, kept_count: 0 } })
    const again = await world.owner(`select count(*)::integer as rows from organizations where remark = '已核对'`)
    expect(again).toEqual([{ rows: 28 }])
    const last = await turn(hefei, operation.id, 'undo')
    // those that were kept before are kept again
    expect(last.undone).toMatchObject({ done: 26, kept_count: 2 })
    expect(without((await snapshot(world, 'organizations', '合肥')).filter(untouched), ...trace)).toEqual(
      without(before.filter(untouched), ...trace),
    )
    await hefei.post(`/organizations/${touched[1].id}/withdrawal`).expect(200)
  })

  test('steps are taken back one after the other, the last one first', async () => {
    const filter = { name_like: '合肥厂2' }
    const remarks = async () =>
      (await world.owner(`select distinct remark from organizations where name like '合肥厂2_工会'`)).map(
        ({ remark }) => remark,
      )
    const one = await operate(hefei, 'organizations', { kind: 'set', filter, values: { remark: '一' } })
    const two = await operate(hefei, 'organizations', { kind: 'set', filter, values: { remark: '二' } })
    expect([one.done, two.done]).toEqual([11, 11])
    expect((await turn(hefei, one.id, 'undo')).undone).toMatchObject({ done: 0, kept_count: 11 })
    await turn(hefei, one.id, 'redo')
    await turn(hefei, two.id, 'undo')
    expect(await remarks()).toEqual(['一'])
    expect((await turn(hefei, one.id, 'undo')).undone).toMatchObject({ done: 11, kept_count: 0 })
    expect(await remarks()).toEqual([null])
  })

  test('is checked like a cell: unknown, unwritable, mandatory and unreadable values are refused by field', async () => {
    const ask = (values: object) => hefei.post('/organizations/operations', { kind: 'set', filter: {}, values })
    for (const [values, errors] of [
      [{ name: '' }, { name: '必填：组织全称。' }],
      [{ status: 'approved' }, { status: expect.stringContaining('status') }],
      [{ nonsense: 1 }, { nonsense: '没有“nonsense”这个栏目。' }],
      [{ kind: '工厂' }, { kind: expect.any(String) }],
      [{ mobilized_on: '2019-02-30' }, { mobilized_on: expect.any(String) }],
    ] as const) {
      const { status, body } = await ask(values)
      expect([values, status, body.errors]).toEqual([values, 422, errors])
    }
    expect((await ask({})).status).toBe(400)
  })

  test('is held against the rules of each row, against keys that are taken, and writes none if one is wrong', async () => {
    const was = await snapshot(world, 'organizations', '合肥')
    const more = await operate(hefei, 'organizations', {
      kind: 'set',
      filter: { status: 'draft', name_like: '合肥厂2' },
      values: { staff_count: 100 },
    })
    expect(more).toMatchObject({
      state: 'refused',
      wrong_count: 11,
      listed: expect.arrayContaining([expect.objectContaining({ field: 'member_count', name: '合肥厂2工会' })]),
    })
    const same = await operate(hefei, 'organizations', {
      kind: 'set',
      filter: { status: 'draft', name_like: '合肥厂2' },
      values: { name: '同名工会' },
    })
    expect(same).toMatchObject({ state: 'refused', wrong_count: 10 })
    expect(same.message).toContain('有 10 行不能这样改，都没有改')
    // rows that are only passed over are listed behind those that refuse the whole
    const all = await operate(hefei, 'organizations', {
      kind: 'set',
      filter: {},
      skip_locked: true,
      values: { staff_count: 100 },
    })
    expect(all.skipped_count).toBeGreaterThan(0)
    expect(all.listed.map(({ field }) => field)).toEqual([
      ...Array(all.wrong_count).fill('member_count'),
      ...Array(all.skipped_count).fill(undefined),
    ])
    expect(all.message).toContain(all.listed[0]?.message)
    expect(await snapshot(world, 'organizations', '合肥')).toEqual(was)
  })

  test('a reference is found by its name, within the unit alone', async () => {
    for (const [agent, n] of [
      [hefei, 1],
      [hefei, 2],
      [wuhu, 3],
    ] as const)
      await agent.post('/propagandists', sample.propagandists?.(n)).expect(201)
    const set = await operate(hefei, 'propagandists', {
      kind: 'set',
      filter: {},
      values: { organization_id: '合肥厂5工会', appointed_on: '7月3日' },
    })
    expect(set).toMatchObject({ state: 'done', done: 2 })
    const rows = await world.owner(
      `select o.name, p.appointed_on::text as day from propagandists p left join organizations o on o.id = p.organization_id order by p.id`,
    )
    expect(rows).toEqual([
      { name: '合肥厂5工会', day: '2019-07-03' },
      { name: '合肥厂5工会', day: '2019-07-03' },
      { name: null, day: '2019-07-01' },
    ])
    const other = await operate(hefei, 'propagandists', {
      kind: 'set',
      filter: {},
      values: { organization_id: '芜湖厂1工会' },
    })
    expect(other).toMatchObject({ state: 'refused', wrong_count: 2, listed: [{ field: 'organization_id' }, {}] })
    const undone = await turn(hefei, set.id, 'undo')
    expect(undone.undone).toMatchObject({ done: 2, kept_count: 0 })
  })

  test('brings a phone back that only a function shows to a clerk, and keeps it out of the open history', async () => {
    for (const n of [1, 2]) await hefei.post('/submissions', sample.submissions?.(n)).expect(201)
    const phones = async () =>
      (await world.owner('select phone from submissions order by id')).map(({ phone }) => phone)
    const set = await operate(hefei, 'submissions', { kind: 'set', filter: {}, values: { phone: '13911112222' } })
    expect([set.done, await phones()]).toEqual([2, ['13911112222', '13911112222']])
    await turn(hefei, set.id, 'undo')
    expect(await phones()).toEqual(['13600000001', '13600000002'])
    const open = await world.owner(
      `select from changes where request_id = $1 and (before::text || after::text) like '%13911112222%'`,
      [`operation-${set.id}`],
    )
    expect(open).toEqual([])
  })
})

describe('a part of the list', () => {
  const names = async (where: string) =>
    (await world.owner<{ name: string }>(`select name from organizations where ${where} order by id`)).map(
      ({ name }) => name,
    )

  test('is meant by its places in an order, and ids may be left out', async () => {
    const sort = ['id', 'DESC']
    const list = await wuhu.get('/organizations', { sort, range: [0, 4] })
    const ids: number[] = list.body.map(({ id }: { id: number }) => id)
    const set = await operate(wuhu, 'organizations', {
      kind: 'set',
      filter: {},
      sort,
      range: [1, 3],
      ends: [ids[1], ids[3]],
      except: [ids[2]],
      expected: 5,
      values: { remark: '中间' },
    })
    expect(set).toMatchObject({ rows_total: 2, done: 2 })
    expect(await names(`remark = '中间'`)).toEqual(['芜湖厂2工会', '芜湖厂4工会'])
    await turn(wuhu, set.id, 'undo')
  })

  test('that is no longer what was seen is left alone', async () => {
    const ask = (body: object) =>
      wuhu.post('/organizations/operations', { kind: 'set', filter: {}, values: { remark: '错' }, ...body })
    const [first] = await world.owner<{ id: number }>(`select min(id) as id from organizations where unit_id = $1`, [
      world.units.芜湖,
    ])
    for (const body of [{ expected: 4 }, { range: [1, 2], ends: [first?.id, null] }]) {
      const answer = await ask(body)
      expect([answer.status, answer.body.reason]).toEqual([409, 'changed'])
    }
    expect((await ask({ expected: 4 })).body).toMatchObject({
      total: 5,
      message: expect.stringContaining('现在是 5 行'),
    })
    expect(await names(`remark = '错'`)).toEqual([])
  })

  test('is asked for in the dialect of the list, and nothing else is understood', async () => {
    const ask = (body: object) => hefei.post('/organizations/operations', body)
    for (const body of [
      {},
      { kind: 'drop', filter: {} },
      { kind: 'remove' },
      { kind: 'remove', filter: { deleted: true } },
      { kind: 'remove', filter: { nonsense: 1 } },
      { kind: 'remove', filter: {}, range: [3, 1] },
      { kind: 'remove', filter: {}, except: ['a'] },
      { kind: 'remove', filter: {}, where: '1=1' },
      { kind: 'remove', filter: {}, sort: [['nonsense', 'ASC']], range: [0, 1] },
      { kind: 'set', filter: {}, values: [1] },
    ])
      expect([body, (await ask(body)).status]).toEqual([body, 400])
    expect((await ask({ kind: 'move', filter: {}, action: 'nonsense' })).status).toBe(404)
  })
})

describe('rows removed and found again', () => {
  test('go all at once, come back by undo, and go again by redo', async () => {
    const before = await counted(world, 'organizations', '合肥')
    const gone = await operate(hefei, 'organizations', { kind: 'remove', filter: { q: '合肥厂' }, skip_locked: true })
    expect(gone).toMatchObject({ state: 'done', done: before.draft, skipped_count: before.submitted })
    expect(await counted(world, 'organizations', '合肥')).toEqual({
      submitted: before.submitted,
      deleted: before.draft,
    })
    const back = await turn(hefei, gone.id, 'undo')
    expect(back.undone).toMatchObject({ done: before.draft, kept_count: 0 })
    expect(await counted(world, 'organizations', '合肥')).toEqual(before)
    await turn(hefei, gone.id, 'redo')
    const found = await operate(hefei, 'organizations', { kind: 'restore', filter: {}, except: [] })
    expect(found).toMatchObject({ state: 'done', done: before.draft })
    expect(await counted(world, 'organizations', '合肥')).toEqual(before)
    expect((await turn(hefei, found.id, 'undo')).undone).toMatchObject({ done: before.draft })
    expect((await turn(hefei, found.id, 'redo')).redone).toMatchObject({ done: before.draft })
  })

  test('what would be the same as another row stays in the bin and is told', async () => {
    const make = (n: number) => wuhu.post('/propagandists', sample.propagandists?.(n))
    const one = (await make(51).expect(201)).body
    await make(52).expect(201)
    const gone = await operate(wuhu, 'propagandists', { kind: 'remove', filter: { phone_like: '139000000' } })
    expect(gone.done).toBeGreaterThan(1)
    await make(51).expect(201)
    const back = await turn(wuhu, gone.id, 'undo')
    expect(back.undone).toMatchObject({
      done: gone.done - 1,
      kept: [{ row_id: one.id, name: '丁51', reason: '改回去会和另一条记录相同，没有改回。' }],
    })
    const found = await operate(wuhu, 'propagandists', { kind: 'restore', filter: {}, skip_locked: true })
    expect(found).toMatchObject({
      state: 'done',
      done: 0,
      skipped: [{ message: '找回来会和另一条记录相同，没有找回。', count: 1 }],
    })
  })
})

describe('state changes of many rows', () => {
  const submit = { kind: 'move', action: 'submission', filter: {} }
  const states = async (form: string, unit: string) =>
    Object.fromEntries(
      (
        await world.owner<{ status: string; rows: number }>(
          `select status, count(*)::integer as rows from ${form} where unit_id = $1 and deleted_at is null group by 1`,
          [world.units[unit]],
        )
      ).map(({ status, rows }) => [status, rows]),
    )

  test('those that may be moved move, the others are told; undo leaves everything as it was', async () => {
    const before = await snapshot(world, 'organizations', '合肥')
    const sent = await operate(hefei, 'organizations', submit)
    expect(sent).toMatchObject({ state: 'done', rows_total: 30, done: 28, skipped_count: 2 })
    expect(sent.skipped).toEqual([{ message: '这一行现在是“待审”，不能提交。', count: 2 }])
    expect(await states('organizations', '合肥')).toEqual({ submitted: 30 })
    const back = await turn(hefei, sent.id, 'undo')
    expect(back.undone).toMatchObject({ done: 28, kept_count: 0 })
    expect(without(await snapshot(world, 'organizations', '合肥'), ...trace)).toEqual(without(before, ...trace))
    await counted(world, 'organizations', '合肥')
    const again = await turn(hefei, sent.id, 'redo')
    expect(again.redone).toMatchObject({ done: 28, kept_count: 0 })
    expect(await states('organizations', '合肥')).toEqual({ submitted: 30 })
  })

  test('the province approves and returns all that a filter finds, and takes it back while nobody wrote since', async () => {
    const filter = { unit_id: world.units.合肥, status: 'submitted' }
    const before = await snapshot(world, 'organizations', '合肥')
    const approved = await operate(province, 'organizations', {
      kind: 'move',
      action: 'approval',
      filter,
      expected: 30,
    })
    expect(approved).toMatchObject({ state: 'done', done: 30, skipped_count: 0 })
    expect((await turn(province, approved.id, 'undo')).undone).toMatchObject({ done: 30, kept_count: 0 })
    expect(without(await snapshot(world, 'organizations', '合肥'), ...trace)).toEqual(without(before, ...trace))

    const noReason = { kind: 'move', action: 'return', filter }
    await province.post('/organizations/operations', noReason).expect(422)
    const returned = await operate(province, 'organizations', {
      ...noReason,
      reason: '请补联系人',
      fields: ['contact'],
    })
    expect(returned).toMatchObject({ done: 30 })
    const [row] = await world.owner(
      `select id, version, returned_reason, returned_fields from organizations where unit_id = $1 order by id limit 1`,
      [world.units.合肥],
    )
    expect(row).toMatchObject({ returned_reason: '请补联系人', returned_fields: ['contact'] })
    await hefei.put(`/organizations/${row?.id}`, { version: row?.version, contact: '辛三' }).expect(200)
    const back = await turn(province, returned.id, 'undo')
    expect(back.undone).toMatchObject({
      done: 29,
      kept_count: 1,
      kept: [{ row_id: row?.id, reason: '测试hefei后来改过。' }],
    })
    expect(await states('organizations', '合肥')).toEqual({ submitted: 29, returned: 1 })
    const cleared = await world.owner(
      `select distinct returned_reason, returned_fields from organizations where unit_id = $1 and status = 'submitted'`,
      [world.units.合肥],
    )
    expect(cleared).toEqual([{ returned_reason: null, returned_fields: null }])
  })

  test('is taken back by whoever did it and nobody else, however long ago, and not past a deadline', async () => {
    await plant(world, 'organizations', '淮北', 3, '淮北')
    const huaibei = await world.as('huaibei')
    const sent = await operate(huaibei, 'organizations', submit)
    expect(sent.done).toBe(3)
    for (const agent of [hefei, province]) await agent.post(`/operations/${sent.id}/undo`).expect(404)
    await (await world.as('cac')).post(`/operations/${sent.id}/undo`).expect(403)
    await world.owner(`update stages set locks = '{organizations}', ends_on = '2019-08-26', starts_on = '2019-06-01', version = version + 1
      where id = (select min(id) from stages)`)
    expect((await turn(huaibei, sent.id, 'undo')).undone).toMatchObject({
      done: 0,
      kept_count: 3,
      kept: [{ reason: '已经截止，不能撤销。' }, {}, {}],
    })
    await world.owner('update stages set locks = null, version = version + 1')
    await turn(huaibei, sent.id, 'redo')
    await world.owner(`update operations set created_at = now() - interval '25 hours' where id = $1`, [sent.id])
    const [first, second] = await world.owner<{ id: number }>(
      'select id from organizations where unit_id = $1 order by id',
      [world.units.淮北],
    )
    await province.post(`/organizations/${first?.id}/comments`, { text: '请核对名称。' }).expect(201)
    expect((await turn(huaibei, sent.id, 'undo')).undone).toMatchObject({
      done: 2,
      kept: [{ row_id: first?.id, reason: '之后有人写了批注，不能撤销。' }],
    })
    expect(await states('organizations', '淮北')).toEqual({ draft: 2, submitted: 1 })
    // a paper handed in names what it holds: what was sent before stays, what is not in it does not
    await turn(huaibei, sent.id, 'redo')
    await huaibei.post('/filings', { form: 'organizations', campaign_id: world.campaign_id }).expect(201)
    expect((await turn(huaibei, sent.id, 'undo')).undone).toMatchObject({ done: 0, kept_count: 3 })
    expect((await huaibei.post(`/organizations/${second?.id}/undo`).expect(409)).body.message).toBe(
      '之后已经报送，不能撤销。',
    )
  })

  test('an approval after a submission holds the submission; undone approvals free it again', async () => {
    await plant(world, 'organizations', '宿州', 2, '宿州')
    const suzhou = await world.as('suzhou')
    const sent = await operate(suzhou, 'organizations', submit)
    const filter = { unit_id: world.units.宿州, status: 'submitted' }
    const approved = await operate(province, 'organizations', { kind: 'move', action: 'approval', filter })
    expect((await turn(suzhou, sent.id, 'undo')).undone).toMatchObject({
      done: 0,
      kept: [{ reason: '后来通过了审核。' }, {}],
    })
    await turn(suzhou, sent.id, 'redo')
    await turn(province, approved.id, 'undo')
    expect((await turn(suzhou, sent.id, 'undo')).undone).toMatchObject({ done: 2 })
    expect(await states('organizations', '宿州')).toEqual({ draft: 2 })
  })

  test('a host works on its own collection; a review stays once jurors have scored', async () => {
    const suzhou = await world.as('suzhou')
    await wuhu
      .post('/submissions', { ...sample.submissions?.(9), collection_id: 'C3', sub_theme: '我家乡的变化' })
      .expect(201)
    await operate(hefei, 'submissions', submit)
    await operate(wuhu, 'submissions', submit)
    const accepted = await operate(suzhou, 'submissions', { kind: 'move', action: 'approval', filter: {} })
    expect(accepted).toMatchObject({ rows_total: 2, done: 2 })
    expect(await states('submissions', '芜湖')).toEqual({ submitted: 1 })
    // a work sent back is out of the host's sight, and comes back by undo all the same
    const sentBack = await operate(suzhou, 'submissions', {
      kind: 'move',
      action: 'return',
      filter: {},
      reason: '请换主件',
    })
    expect(sentBack.done).toBe(2)
    expect((await suzhou.get('/submissions')).body).toEqual([])
    expect((await turn(suzhou, sentBack.id, 'undo')).undone).toMatchObject({ done: 2, kept_count: 0 })
    for (const action of ['shortlisting', 'review'])
      expect((await operate(suzhou, 'submissions', { kind: 'move', action, filter: {} })).done).toBe(2)
    const listed = (await suzhou.get('/operations')).body as Operation[]
    const review = listed[0]
    const [scored] = await world.owner<{ id: number }>(
      `insert into scores (submission_id, juror_id, items)
       select min(s.id), (select id from users where username = 'juror1'), '{"theme": 80, "craft": 80, "appeal": 80}' from submissions s
       where status = 'under_review' returning submission_id as id`,
    )
    const back = await turn(suzhou, review?.id ?? 0, 'undo')
    expect(back.undone).toMatchObject({ done: 1, kept: [{ row_id: scored?.id, reason: '已有评委打分，不能撤销。' }] })
    const works = await world.owner('select id, status, blind_number from submissions where unit_id = $1 order by id', [
      world.units.合肥,
    ])
    expect(works.map(({ status, blind_number }) => [status, blind_number !== null])).toEqual([
      ['under_review', true],
      ['shortlisted', false],
    ])
  })
})

describe('who may', () => {
  const bodies = {
    set: { kind: 'set', filter: {}, values: { remark: '越权' } },
    remove: { kind: 'remove', filter: {} },
    restore: { kind: 'restore', filter: {} },
    submission: { kind: 'move', filter: {}, action: 'submission' },
    approval: { kind: 'move', filter: {}, action: 'approval' },
  }
  const everything = async () => {
    const rows: unknown[] = []
    for (const form of ['organizations', 'propagandists', 'events', 'submissions', 'awards', 'quotas'])
      rows.push(await world.owner(`select * from ${form} order by id`))
    return rows
  }

  test('the internet office, jurors and strangers begin none and see none', async () => {
    const before = await everything()
    for (const [username, status] of [
      ['cac', 403],
      ['cac-hefei', 403],
      ['juror1', 403],
    ] as [Username, number][]) {
      const agent = await world.as(username)
      for (const [name, body] of Object.entries(bodies)) {
        const answer = await agent.post('/submissions/operations', body)
        expect([username, name, answer.status]).toEqual([username, name, status])
      }
      expect((await agent.get('/operations')).status).toBe(403)
      expect((await agent.get('/operations/1')).status).toBe(403)
    }
    for (const body of Object.values(bodies)) await world.anonymous.post('/events/operations', body).expect(401)
    await world.anonymous.get('/operations').expect(401)
    expect(await everything()).toEqual(before)
  })

  test('the province changes no city’s rows, and a clerk none of the campaign’s', async () => {
    const before = await everything()
    for (const kind of ['set', 'remove'] as const) {
      const answer = await operate(province, 'organizations', { ...bodies[kind], skip_locked: true })
      expect(answer).toMatchObject({ state: 'done', done: 0 })
      expect(answer.skipped.map(({ message }) => message)).toEqual([
        '内容只能由填报单位自己改；要改动请退回并写明理由。',
      ])
    }
    await hefei.post('/quotas/operations', bodies.set).expect(403)
    await hefei.post('/quotas/operations', { ...bodies.submission }).expect(404)
    await hefei.post('/users/operations', bodies.remove).expect(404)
    const approval = await operate(hefei, 'organizations', bodies.approval)
    expect(approval).toMatchObject({ state: 'done', done: 0 })
    expect(approval.skipped[0]?.message).toBe('您的角色不能通过这一行。')
    expect(await everything()).toEqual(before)
  })

  test('the province sets values in the campaign’s own data', async () => {
    const set = await operate(province, 'quotas', { kind: 'set', filter: {}, values: { events: 7 } })
    expect(set.done + set.unchanged).toBe(set.rows_total)
    expect((await turn(province, set.id, 'undo')).undone).toMatchObject({ done: set.done })
  })

  test('a masked or hidden column is no filter and no order here either', async () => {
    for (const body of [
      { kind: 'move', action: 'approval', filter: { phone_like: '136' } },
      { kind: 'move', action: 'approval', filter: { blind_number: 1 } },
    ])
      await (await world.as('suzhou')).post('/submissions/operations', body).then(({ status }) => {
        // a host's phone is a function of the row, which may be asked only as far as the row shows it
        expect(status).toBeGreaterThanOrEqual('phone_like' in body.filter ? 200 : 400)
      })
  })

  test('an operation is its person’s, in the unit it was begun in', async () => {
    const mine = await operate(hefei, 'events', { kind: 'remove', filter: {} })
    for (const agent of [wuhu, province]) {
      await agent.get(`/operations/${mine.id}`).expect(404)
      await agent.delete(`/operations/${mine.id}`).expect(404)
      await agent.post(`/operations/${mine.id}/undo`).expect(404)
      const listed = (await agent.get('/operations')).body as Operation[]
      expect(listed.map(({ id }) => id)).not.toContain(mine.id)
    }
    const move = (unit: string) =>
      world.owner(`update users set unit_id = $1, version = version + 1 where username = 'hefei'`, [world.units[unit]])
    await move('芜湖')
    await hefei.get(`/operations/${mine.id}`).expect(404)
    await hefei.post(`/operations/${mine.id}/undo`).expect(404)
    await move('合肥')
    const listed = await hefei.get('/operations', { range: [0, 1] }).expect(200)
    expect(listed.headers['content-range']).toMatch(/^operations 0-1\/\d+$/)
    expect(listed.body[0].id).toBe(mine.id)
  })
})

describe('a text replaced in many rows', () => {
  const replace = (find: string, put: string, fields: string[]) => ({
    kind: 'replace',
    filter: {},
    skip_locked: true,
    replace: { find, put, fields },
  })

  test('is counted first, changes the cells that hold it in either case, and is one undo', async () => {
    await world.owner(
      `update organizations set remark = case when id % 2 = 0 then '50%_ABC abc' else '其他' end,
         status = case when id % 7 = 0 then 'submitted' else 'draft' end, version = version + 1 where unit_id = $1`,
      [world.units.合肥],
    )
    const before = await snapshot(world, 'organizations', '合肥')
    const theirs = await snapshot(world, 'organizations', '芜湖')
    const asked = replace('%_abc', '$&（甲）', ['remark', 'name'])
    const counted = (await hefei.post('/organizations/operations?check=1', asked).expect(200)).body
    expect(counted).toEqual({ rows: 15, cells: 15 })
    expect(await snapshot(world, 'organizations', '合肥')).toEqual(before)
    const done = await operate(hefei, 'organizations', asked)
    expect(done).toMatchObject({ state: 'done', rows_total: 15 })
    expect(done.done + done.skipped_count).toBe(15)
    const rows = await world.owner(
      `select distinct remark from organizations where unit_id = $1 and status = 'draft' order by 1`,
      [world.units.合肥],
    )
    expect(rows.map(({ remark }) => remark).sort()).toEqual(['50$&（甲） abc', '其他'].sort())
    expect(await snapshot(world, 'organizations', '芜湖')).toEqual(theirs)
    const undone = await turn(hefei, done.id, 'undo')
    expect(undone.undone).toMatchObject({ done: done.done, kept_count: 0 })
    const later = ['version', 'updated_at', 'updated_by']
    expect(without(await snapshot(world, 'organizations', '合肥'), ...later)).toEqual(without(before, ...later))
  })

  test('refuses the whole where one cell would be wrong, and columns that are not a text of the row', async () => {
    const before = await snapshot(world, 'organizations', '合肥')
    const wrong = await operate(hefei, 'organizations', replace('国企', '外星企业', ['kind']))
    expect(wrong).toMatchObject({
      state: 'refused',
      wrong_count: expect.any(Number),
      listed: expect.arrayContaining([expect.objectContaining({ field: 'kind' })]),
    })
    const dated = await operate(hefei, 'organizations', replace('2019-06', '2019-13', ['mobilized_on']))
    expect(dated.state).toBe('refused')
    expect(await snapshot(world, 'organizations', '合肥')).toEqual(before)
    const fields = { phone: '“联系电话”不能直接改。', nothing: '没有“nothing”这个栏目。' }
    const told = await hefei.post('/organizations/operations', replace('1', '2', Object.keys(fields))).expect(422)
    expect(told.body.errors).toEqual(fields)
    for (const wrongly of [
      { find: '', put: '', fields: ['name'] },
      { find: '甲', put: 1, fields: ['name'] },
      { find: '甲', put: '' },
    ])
      await hefei.post('/organizations/operations', { ...replace('', '', []), replace: wrongly }).expect(400)
    await (await world.as('cac')).post('/organizations/operations?check=1', replace('甲', '乙', ['name'])).expect(403)
  })
})

/** Thousands of rows at once, in three batches of an operation: progress, cancelling, a cell changed meanwhile, a server killed amid it. */
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  counted,
  ended,
  type Operation,
  operate,
  pause,
  plant,
  snapshot,
  trace,
  turn,
  without,
} from '../support/operating.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

const LONG = { timeout: 60_000 }
/** An operation that means no row. */
const NOTHING = { kind: 'set', filter: { name: '没有这个人' }, values: { job: '职工' } }

let world: World
let hefei: Agent

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

describe('many rows', () => {
  const rows = 12_000

  beforeAll(async () => {
    await plant(world, 'attendance', '合肥', rows, '大会')
  })

  test('are changed, taken back, sent and taken back again, with progress', async () => {
    const before = await snapshot(world, 'attendance', '合肥')
    const first = (
      await hefei.post('/attendance/operations', {
        kind: 'set',
        filter: { campaign_id: world.campaign_id },
        expected: rows,
        values: { job: '职工', way: '纸质补录' },
      })
    ).body as Operation
    const seen = [first]
    while (seen.at(-1)?.state === 'running') {
      await pause(10)
      seen.push((await hefei.get(`/operations/${first.id}`)).body)
    }
    const set = seen.at(-1) as Operation
    expect(set).toMatchObject({ state: 'done', done: rows, rows_done: rows })
    const partly = seen.filter(({ state, rows_done }) => state === 'running' && rows_done > 0 && rows_done < rows)
    expect(partly.length).toBeGreaterThan(0)
    expect(partly[0]?.rate).toBeGreaterThan(0)
    await turn(hefei, set.id, 'undo')
    expect(without(await snapshot(world, 'attendance', '合肥'), ...trace)).toEqual(without(before, ...trace))
    const sent = await operate(hefei, 'attendance', { kind: 'move', action: 'submission', filter: {} })
    expect(sent.done).toBe(rows)
    expect((await turn(hefei, sent.id, 'undo')).undone.done).toBe(rows)
    const gone = await operate(hefei, 'attendance', { kind: 'remove', filter: {} })
    expect(gone.done).toBe(rows)
    expect((await turn(hefei, gone.id, 'undo')).undone).toMatchObject({ done: rows })
    expect(await counted(world, 'attendance', '合肥')).toEqual({ draft: rows })
  })

  test('are as they were when the operation is cancelled', async () => {
    const before = await world.owner<{ id: number; version: number }>(
      'select id, version from attendance order by id limit 1',
    )
    const begun = (await hefei.post('/attendance/operations', { kind: 'set', filter: {}, values: { remark: '半途' } }))
      .body as Operation
    expect(begun.state).toBe('running')
    expect((await hefei.delete(`/operations/${begun.id}`).expect(200)).body.state).toBe('cancelled')
    expect((await hefei.get(`/operations/${begun.id}`)).body.state).toBe('cancelled')
    // rows are free again at once: a change of one of them does not wait
    const [row] = before
    await hefei.put(`/attendance/${row?.id}`, { version: row?.version, remark: '单格' }).expect(200)
    expect(await world.owner(`select from attendance where remark = '半途'`)).toEqual([])
    const refused = await hefei.delete(`/operations/${begun.id}`)
    expect([refused.status, refused.body.message]).toEqual([409, '没有在进行，不用取消。'])
    expect((await hefei.post(`/operations/${begun.id}/undo`)).body.message).toBe('这一步什么都没有改，不用撤销。')
  })

  test('a change of one cell meanwhile waits its turn and is told of the other version; neither is lost', async () => {
    const asked = hefei.post('/attendance/operations', { kind: 'set', filter: {}, values: { job: '同时' } }).then()
    await pause(200)
    const [row] = await world.owner<{ id: number; version: number }>(
      `select id, version from attendance order by id limit 1`,
    )
    const put = await hefei.put(`/attendance/${row?.id}`, { version: row?.version, workplace: '单格' })
    const done = await ended(hefei, (await asked).body)
    expect(done).toMatchObject({ state: 'done', done: rows })
    const [now] = await world.owner('select job, workplace from attendance where id = $1', [row?.id])
    expect(now).toEqual({ job: '同时', workplace: put.status === 200 ? '单格' : '测试厂' })
    expect([200, 409]).toContain(put.status)
    await turn(hefei, done.id, 'undo')
  })

  test('only a few run at once, however many are asked for in one moment; the others are told to wait', async () => {
    const client = new pg.Client({ connectionString: world.ownerUrl })
    await client.connect()
    try {
      await client.query('begin')
      await client.query('select from attendance order by id limit 1 for update')
      const asked = Array.from({ length: 6 }, () =>
        hefei.post('/attendance/operations', { kind: 'set', filter: {}, values: { job: '职工' } }).then(),
      )
      const answers = await Promise.all(asked)
      expect(answers.map(({ status }) => status).sort()).toEqual([201, 201, 201, 201, 503, 503])
      expect(answers.find(({ status }) => status === 503)?.body.reason).toBe('crowded')
      for (const { status, body } of answers)
        if (status === 201) await hefei.delete(`/operations/${body.id}`).expect(200)
    } finally {
      await client.end()
    }
    await expect.poll(async () => (await hefei.post('/attendance/operations', NOTHING)).status, LONG).toBe(201)
  })

  test('a server that is killed amid it leaves nothing but the word that it was', async () => {
    const before = await world.owner('select id, version from attendance order by id')
    const [me] = await world.owner<{ id: number; unit_id: number }>(
      `select id, unit_id from users where username = 'hefei'`,
    )
    const asked = { kind: 'remove', filter: { deleted: false }, sort: [], range: null, except: [], skip_locked: false }
    const [made] = await world.owner<{ id: number }>(
      `insert into operations (form, unit_id, kind, asked, rows_total, created_by, began_at)
       values ('attendance', $1, 'remove', $2, $3, $4, now() - interval '1 minute') returning id`,
      [me?.unit_id, JSON.stringify({ ...asked, values: {} }), rows, me?.id],
    )
    const id = made?.id ?? 0
    const script = join(import.meta.dirname, '../fixtures/operation_process.ts')
    const child = spawn(process.execPath, ['--import', 'tsx', script, world.appUrl, String(id), String(me?.id)])
    const holders = () =>
      world.owner(`select from pg_locks where locktype = 'advisory' and classid = 7317204 and objid = $1`, [id])
    while ((await holders()).length === 0) await pause(10)
    expect((await hefei.get(`/operations/${id}`)).body.state).toBe('running')
    child.kill('SIGKILL')
    while ((await holders()).length > 0) await pause(20)
    expect((await hefei.get(`/operations/${id}`)).body).toMatchObject({
      state: 'failed',
      message: '服务器中断过，什么都没有改。请再试一次。',
    })
    expect(await world.owner('select id, version from attendance order by id')).toEqual(before)
    await hefei.post(`/operations/${id}/undo`).expect(409)
  })
})

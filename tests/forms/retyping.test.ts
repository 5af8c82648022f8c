/** A column of many rows gets another type while others work: nobody waits, it can be cancelled, and a kill leaves nothing. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { migrate } from '../../db/migrate.ts'
import { changedTalks, publish, talks, workOn } from '../support/designs.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

const LONG = { timeout: 30_000 }
const ROWS = 3_000

let world: World
let province: Agent
let hefei: Agent
let desk: ReturnType<typeof workOn>
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
  desk = workOn(world, province, hefei)
  await publish(province, world, talks)
  await world.owner(
    `insert into talks (campaign_id, unit_id, title, people) select $1, $2, 'n' || n, n::text from generate_series(1, ${ROWS}) n`,
    [world.campaign_id, world.units.合肥],
  )
})
afterAll(() => world?.close())

const numbers = changedTalks({ people: { type: 'integer' } })

/** What a publication that is under way, or was interrupted, has laid beside what everybody sees. */
const leftover = () =>
  world.owner(`select attname::text as name from pg_attribute where attname like '\\_next\\_%' and not attisdropped
    union all select tgname::text from pg_trigger where tgname like 'zz\\_next\\_%'
    union all select form || '.' || name from app.preparations`)
/** Whether all rows hold what they held, of either type. */
const isWhole = async () =>
  (await world.owner(`select from talks where 'n' || people::text is distinct from title and people::text <> '7'`))
    .length === 0

/** Keeps every stretch of a publication that is under way from beginning until `release`. */
async function held() {
  const holder = new pg.Client({ connectionString: world.ownerUrl })
  await holder.connect()
  await expect.poll(isPrepared, { ...LONG, interval: 2 }).toBe(true)
  await holder.query('begin; lock table app.preparations in share mode')
  return { release: () => holder.end() }
}
const isHeld = async () =>
  (await world.owner(`select from pg_locks where not granted and relation = 'app.preparations'::regclass`)).length > 0
const isPrepared = async () => (await leftover()).length > 0

describe('while rows are made ready', () => {
  test('everybody reads and saves, nothing of it is seen, and what is saved meanwhile is converted too', async () => {
    const made = await desk.draft(numbers)
    const publishing = desk.publication(made).then()
    const hold = await held()
    await expect.poll(isHeld, LONG).toBe(true)
    const strong = await world.owner(
      `select from pg_locks where relation = 'talks'::regclass and mode in ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock')`,
    )
    expect(strong).toEqual([])
    const [first] = (await hefei.get('/talks', { sort: ['id', 'ASC'] }).expect(200)).body
    expect(first).toMatchObject({ title: 'n1', people: '1', version: 1 })
    expect(Object.keys(first).filter((name) => name.startsWith('_'))).toEqual([])
    await hefei.put(`/talks/${first.id}`, { version: 1, people: '7' }).expect(200)
    const late = await desk.make({ title: 'late', people: '7' })
    const { body: progress } = await province.get(`/form_designs/${made.id}/publication`).expect(200)
    expect(progress).toMatchObject({ rows_total: ROWS, is_cancelled: false })
    expect(
      (await province.get('/forms')).body.find(({ name }: { name: string }) => name === 'talks').fields[1].type,
    ).toBe('text')
    // another one who publishes is told
    expect((await desk.publication(made)).status).toBe(409)
    await hold.release()
    expect((await publishing).status).toBe(200)
    expect(await desk.read(first.id)).toMatchObject({ people: 7, version: 2 })
    expect(await desk.read(late.id)).toMatchObject({ people: 7, version: 1 })
    expect(await isWhole()).toBe(true)
    const { body: history } = await hefei.get(`/talks/${first.id}/history`).expect(200)
    expect(history.map(({ action }: { action: string }) => action).slice(0, 2)).toEqual(['retyping', 'update'])
    expect(history[0]).toMatchObject({ before: { people: '7' }, after: { people: 7 } })
    expect(await leftover()).toEqual([])
  })

  test('it can be cancelled, and then it has never been', async () => {
    const made = await desk.draft(talks)
    const publishing = desk.publication(made).then()
    const hold = await held()
    await hefei.delete(`/form_designs/${made.id}/publication`).expect(403)
    const cancelling = province.delete(`/form_designs/${made.id}/publication`).then()
    await expect.poll(isHeld, LONG).toBe(true)
    await hold.release()
    expect((await cancelling).status).toBe(204)
    const refused = await publishing
    expect(refused.status).toBe(409)
    expect(refused.body.message).toBe('这次发布已取消，什么也没有变。')
    expect(await leftover()).toEqual([])
    expect(await isWhole()).toBe(true)
    expect((await province.get(`/form_designs/${made.id}/publication`).expect(200)).body).toBeNull()
    await province.delete(`/form_designs/${made.id}/publication`).expect(409)
    await province.delete(`/form_designs/${made.id}`).expect(200)
  })
})

describe('another server process', () => {
  let child: ChildProcess
  let address: string
  const start = async () => {
    const script = join(import.meta.dirname, '../fixtures/server_process.ts')
    child = spawn(process.execPath, ['--import', 'tsx', script, world.appUrl], { stdio: ['ignore', 'pipe', 'inherit'] })
    const [line] = await once(createInterface({ input: child.stdout as NodeJS.ReadableStream }), 'line')
    address = line
  }
  const kill = async () => {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
  const ask = (agent: Agent, path: string, method = 'GET', body?: object) =>
    fetch(`${address}/api${path}`, {
      method,
      headers: { cookie: agent.cookie, origin: address, 'content-type': 'application/json' },
      body: body && JSON.stringify(body),
    })
  const typeOf = (value: unknown) => (typeof value === 'number' ? 'integer' : 'text')
  beforeAll(start, 30_000)
  afterAll(kill)

  test('that was not listening reads and writes by the definition of now, whatever it has prepared', async () => {
    const list = async () => (await (await ask(hefei, '/talks?range=[0,0]&sort=["id","ASC"]')).json())[0]
    for (let n = 0; n < 3; n++) expect(typeOf((await list()).people)).toBe('integer')
    await publish(province, world, talks)
    const row = await list()
    expect(row.people).toBe('7')
    const put = await ask(hefei, `/talks/${row.id}`, 'PUT', { version: row.version, people: '7' })
    expect(put.status).toBe(200)
    await publish(province, world, numbers)
    expect((await list()).people).toBe(7)
  })

  test('that is killed in the middle of a publication leaves the old definition or the new one, and the next start sweeps up', async () => {
    for (const delay of [60, 200, 450]) {
      const [before] = (await hefei.get('/talks', { sort: ['id', 'ASC'] })).body
      const was = typeOf(before.people)
      const made = await desk.draft(was === 'integer' ? talks : numbers)
      const noted = async () => (await world.owner(`select from changes where action = 'retyping'`)).length
      const notes = await noted()
      ask(province, `/form_designs/${made.id}/publication`, 'POST', { version: made.version }).catch(() => {})
      await new Promise((done) => setTimeout(done, delay))
      await kill()
      await expect
        .poll(
          async () =>
            (
              await world.owner(
                `select from pg_locks where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())`,
              )
            ).length,
          LONG,
        )
        .toBe(0)
      await migrate(world.ownerUrl)
      expect(await leftover(), `${delay} ms`).toEqual([])
      expect(await isWhole()).toBe(true)
      const { body: design } = await province.get(`/form_designs/${made.id}`).expect(200)
      const [after] = (await hefei.get('/talks', { sort: ['id', 'ASC'] }).expect(200)).body
      const isPublished = design.state === 'published'
      expect(typeOf(after.people) !== was, `${delay} ms ${design.state}`).toBe(isPublished)
      expect((await noted()) > notes).toBe(isPublished)
      await hefei.put(`/talks/${after.id}`, { version: after.version, people: after.people }).expect(200)
      if (!isPublished) await province.delete(`/form_designs/${made.id}`).expect(200)
      await start()
    }
  }, 60_000)
})

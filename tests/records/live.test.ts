/** Live changes over HTTP: who hears what, who is on which row, and what ends a stream. Real PostgreSQL, real sockets. */
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import { type AddressInfo, connect, createServer as createGate, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../server/app.ts'
import { type Database, openDatabase } from '../../server/database/connection.ts'
import { openLive } from '../../server/live/routes.ts'
import { type Agent, makeWorld, sample, type Username, type World } from '../support/world.ts'

type Told = { event: string; data: Record<string, unknown> & { rows?: Record<string, unknown>[] } }
type Listener = {
  told: Told[]
  closed: boolean
  response: IncomingMessage
  /** Waits for an event that fits; those before it stay in `told`. */
  next: (event: string, fits?: (data: Told['data']) => boolean) => Promise<Told['data']>
  close: () => void
}

let world: World
const open: Listener[] = []
const WITHIN_MS = 60_000

beforeAll(async () => {
  world = await makeWorld()
  // The first stream of a process makes it listen, which is told as a gap.
  const first = await listen(await world.as('province'), 'units')
  await first.next('many')
})
afterEach(() => {
  for (const listener of open.splice(0)) listener.close()
})
afterAll(() => world?.close())

/** Polls until `found` answers something. */
async function until<T>(what: string, found: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  for (const end = Date.now() + WITHIN_MS; Date.now() < end; ) {
    const answer = await found()
    if (answer !== undefined && answer !== false) return answer
    await new Promise((done) => setTimeout(done, 10))
  }
  throw new Error(`waited in vain for ${what}`)
}

let seats = 0

/** Opens a stream and waits for its hello, and for the first reading again that follows from it. */
async function listen(
  agent: Agent,
  form: string,
  options: { address?: string; seat?: string } = {},
): Promise<Listener> {
  seats += 1
  const query = new URLSearchParams({ form, campaign_id: String(world.campaign_id), seat: options.seat ?? `s${seats}` })
  const response = await new Promise<IncomingMessage>((done, fail) => {
    const url = `${options.address ?? world.address}/api/live?${query}`
    request(url, { headers: { cookie: agent.cookie } }, done)
      .on('error', fail)
      .end()
  })
  const listener: Listener = {
    told: [],
    closed: false,
    response,
    next: (event, fits = () => true) =>
      until(`${event} on ${form}`, () => listener.told.find((each) => each.event === event && fits(each.data))?.data),
    close: () => response.destroy(),
  }
  let text = ''
  response.setEncoding('utf8')
  response.on('data', (part: string) => {
    text += part
    const whole = text.split('\n\n')
    text = whole.pop() ?? ''
    for (const each of whole) {
      const event = /^event: (.*)$/m.exec(each)?.[1]
      if (event) listener.told.push({ event, data: JSON.parse(/^data: (.*)$/m.exec(each)?.[1] ?? '{}') })
    }
  })
  response.on('close', () => {
    listener.closed = true
  })
  response.on('error', () => {})
  open.push(listener)
  if (response.statusCode === 200) await listener.next('hello')
  return listener
}

let next = 1
const create = async (agent: Agent, form: string, values: object = {}) => {
  next += 1
  const answer = await agent.post(`/${form}`, { ...sample[form]?.(next), ...values })
  expect(answer.status, answer.text).toBe(201)
  return answer.body as Record<string, unknown> & { id: number; version: number; phone: string }
}
const about = (id: number) => (data: Told['data']) => data.rows?.some((row) => row.id === id) ?? false
const rowOf = (data: Told['data'], id: number) => data.rows?.find((row) => row.id === id)

/** A second server on the same database, as another process would be. */
async function anotherServer(url = world.appUrl): Promise<{ address: string; close: () => Promise<void> }> {
  const database: Database = await openDatabase(url, { connections: 4 })
  const live = openLive(database)
  const server: Server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('request', createApp({ database, public_urls: [address], live }))
  return {
    address,
    close: async () => {
      live.close()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await database.close()
    },
  }
}

/** A road to the database that can be blocked, as if it were restarted. */
async function roadTo(target: string) {
  const [url, database] = [new URL(target), new URL(target)]
  const sockets = new Set<Socket>()
  const keep = (socket: Socket) => {
    sockets.add(socket)
    socket.on('error', () => {}).on('close', () => sockets.delete(socket))
    return socket
  }
  const gate = createGate((socket) => {
    keep(socket)
      .pipe(keep(connect(Number(database.port), database.hostname)))
      .pipe(socket)
  })
  const openAt = (port: number) => new Promise<void>((done) => gate.listen(port, '127.0.0.1', done))
  await openAt(0)
  const { port } = gate.address() as AddressInfo
  url.host = `127.0.0.1:${port}`
  return {
    url: url.href,
    open: () => openAt(port),
    block() {
      gate.close()
      for (const socket of sockets) socket.destroy()
    },
  }
}

describe('a change', () => {
  test('reaches who may see it as that person sees it, and nobody else', async () => {
    const hefei = await world.as('hefei')
    const row = await create(hefei, 'propagandists')
    const who: Username[] = ['hefei', 'province', 'cac', 'cac-hefei', 'wuhu', 'suzhou']
    const listeners = Object.fromEntries(
      await Promise.all(who.map(async (name) => [name, await listen(await world.as(name), 'propagandists')] as const)),
    )
    await hefei
      .put(`/propagandists/${row.id}`, { version: row.version, job: '新岗位', phone: '13912345678' })
      .expect(200)
    for (const name of ['hefei', 'province', 'cac', 'cac-hefei'] as const) {
      const data = (await listeners[name]?.next('rows', (each) => rowOf(each, row.id)?.version === 2)) as Told['data']
      const listed = (await (await world.as(name)).get(`/propagandists/${row.id}`)).body
      expect(rowOf(data, row.id), name).toEqual({ ...listed, updated_by_label: '测试hefei' })
      expect(data).toMatchObject({ gone: [], by: '测试hefei' })
    }
    expect(rowOf(listeners.cac?.told.at(-1)?.data ?? {}, row.id)?.phone).toBe('139****5678')
    // The same notices have been dealt with for everybody when one hears of a later change of its own.
    const marks = await Promise.all(
      [world.as('wuhu'), world.as('suzhou')].map(async (agent) => create(await agent, 'propagandists')),
    )
    for (const [at, name] of (['wuhu', 'suzhou'] as const).entries()) {
      await listeners[name]?.next('rows', about(marks[at]?.id ?? 0))
      expect(JSON.stringify(listeners[name]?.told)).not.toContain(`"id":${row.id},`)
      expect(JSON.stringify(listeners[name]?.told)).not.toMatch(/13912345678|新岗位|测试hefei/)
    }
  })

  test('of a work reaches its host with the phone masked, and a juror without a name', async () => {
    const [hefei, suzhou, province] = [await world.as('hefei'), await world.as('suzhou'), await world.as('province')]
    const work = await create(hefei, 'submissions')
    const jurors = await world.owner<{ id: number }>(`select id from users where username = 'juror1'`)
    await suzhou.put(`/collections/${world.collections.C5}/jury`, { juror_ids: jurors.map(({ id }) => id) })
    const streams = {
      host: await listen(suzhou, 'submissions'),
      juror: await listen(await world.as('juror1'), 'submissions'),
      stranger: await listen(await world.as('wuhu'), 'submissions'),
      otherHost: await listen(await world.as('huaibei'), 'submissions'),
    }
    await hefei.post(`/submissions/${work.id}/submission`).expect(200)
    const seen = rowOf(await streams.host.next('rows', about(work.id)), work.id)
    expect(seen).toMatchObject({ status: 'submitted', phone: work.phone.replace(/^(\d{3})\d{4}/, '$1****') })
    for (const action of ['approval', 'shortlisting', 'review'])
      await suzhou.post(`/submissions/${work.id}/${action}`).expect(200)
    const blind = await world.blind(work.id)
    const judged = await streams.juror.next('rows', about(blind))
    expect(judged.by).toBeNull()
    expect(Object.keys(rowOf(judged, blind) ?? {})).toEqual(
      Object.keys((await (await world.as('juror1')).get(`/submissions/${blind}`)).body),
    )
    expect(JSON.stringify(streams.juror.told)).not.toMatch(/测试(hefei|suzhou)|己一|updated_by/)
    // a link will do
    await world.owner(`update collections set needed_slots = null, version = version + 1 where code = 'C4'`)
    const [one, two] = [
      await create(await world.as('wuhu'), 'submissions', { collection_id: 'C4' }),
      await create(province, 'submissions', { collection_id: 'C4' }),
    ]
    await streams.stranger.next('rows', about(one.id))
    await (await world.as('wuhu')).post(`/submissions/${one.id}/submission`).expect(200)
    await streams.otherHost.next('rows', about(one.id))
    for (const listener of [streams.stranger, streams.otherHost])
      expect(JSON.stringify(listener.told)).not.toMatch(new RegExp(`"id":(${work.id}|${two.id}),`))
  })

  test('that makes, removes or restores rows says so; removed ones are named by id alone', async () => {
    const hefei = await world.as('hefei')
    const listener = await listen(hefei, 'events')
    const row = await create(hefei, 'events')
    expect(await listener.next('rows', about(row.id))).toMatchObject({ gone: [], moved: true })
    const mark = listener.told.length
    await hefei.delete(`/events/${row.id}?version=${row.version}`).expect(200)
    await until('the removal', () => listener.told.slice(mark).some(({ event }) => event === 'rows'))
    expect(listener.told.slice(mark).find(({ event }) => event === 'rows')?.data).toMatchObject({
      rows: [],
      gone: [row.id],
      moved: true,
    })
    await hefei.post('/events/restoration', { ids: [row.id] }).expect(200)
    await until('the return', () => listener.told.slice(mark).some(({ data }) => about(row.id)(data)))
    const wuhu = await listen(await world.as('wuhu'), 'events')
    expect(wuhu.told.map(({ event }) => event)).toEqual(['hello'])
  })

  test('of campaign data reaches all, of another campaign nobody', async () => {
    const province = await world.as('province')
    const listener = await listen(await world.as('wuhu'), 'stages')
    const [stage] = (await province.get('/stages', { range: '[0,0]' })).body as {
      id: number
      version: number
      name: string
    }[]
    await province.put(`/stages/${stage?.id}`, { version: stage?.version, name: `${stage?.name}（一）` }).expect(200)
    await listener.next('rows', about(stage?.id ?? 0))
    const elsewhere = await world.owner<{ id: number }>(
      `insert into campaigns (year, name, starts_on, ends_on, state) values (2020, '另一个年度', '2020-06-01', '2020-10-01', 'running') returning id`,
    )
    await world.owner(
      `insert into stages (campaign_id, position, name, starts_on, ends_on) values ($1, 1, '别的阶段', '2020-06-01', '2020-07-01')`,
      [elsewhere[0]?.id],
    )
    const [own] = await world.owner<{ id: number }>(
      `update stages set name = name || '二', version = version + 1 where id = $1 returning id`,
      [stage?.id],
    )
    await listener.next('rows', (data) => String(rowOf(data, own?.id ?? 0)?.name).endsWith('二'))
    expect(JSON.stringify(listener.told)).not.toContain('别的阶段')
    await world.owner('delete from stages where campaign_id = $1', [elsewhere[0]?.id])
    await world.owner('delete from campaigns where id = $1', [elsewhere[0]?.id])
  })

  test('of a name or a count is told to lists that show it, of those who may read it', async () => {
    const [hefei, wuhu] = [await world.as('hefei'), await world.as('wuhu')]
    const union = await create(hefei, 'organizations')
    const event = await create(hefei, 'events')
    const lists = [await listen(hefei, 'propagandists'), await listen(wuhu, 'propagandists')] as const
    const events = await listen(hefei, 'events')
    // What was told of making them is over when a later change is heard of.
    const before = await create(hefei, 'propagandists')
    await lists[0].next('rows', about(before.id))
    for (const each of [...lists, events]) each.told.length = 0
    await hefei.put(`/organizations/${union.id}`, { version: union.version, name: '改了名的工会' }).expect(200)
    await lists[0].next('many')
    await create(hefei, 'attendance', { event_id: event.id })
    await events.next('many')
    const mark = await create(wuhu, 'propagandists')
    await lists[1].next('rows', about(mark.id))
    expect(lists[1].told.filter((each) => each.event === 'many')).toEqual([])
  })

  test('of what counts against a quota is told to whoever looks at the quotas and may see it, one row or thousands', async () => {
    const [hefei, wuhu] = [await world.as('hefei'), await world.as('wuhu')]
    const near = [await listen(await world.as('province'), 'quotas'), await listen(hefei, 'quotas')] as const
    const far = await listen(wuhu, 'quotas')
    const event = await create(hefei, 'events')
    for (const each of near) await each.next('many')
    for (const each of near) each.told.length = 0
    await world.owner(
      `insert into attendance (campaign_id, unit_id, event_id, name, workplace)
       select $1, $2, $3, '众' || n, '测试厂' from generate_series(1, 400) n`,
      [world.campaign_id, world.units.合肥, event.id],
    )
    for (const each of near) await each.next('many')
    expect(far.told.filter(({ event }) => event !== 'hello' && event !== 'people' && event !== 'beat')).toEqual([])
    await create(wuhu, 'events')
    await far.next('many')
  })

  test('of thousands of rows is told as many, to those it concerns', async () => {
    const [mine, province, others] = [
      await listen(await world.as('huaibei'), 'reach'),
      await listen(await world.as('province'), 'reach'),
      await listen(await world.as('wuhu'), 'reach'),
    ]
    for (const listener of [mine, province, others]) listener.told.length = 0
    await world.owner(
      `insert into reach (campaign_id, unit_id, channel, account, title, published_on, counted_on, views, people)
       select $1, $2, '微信公众号', '淮北职工', '第' || n || '期', '2019-07-01', '2019-07-31', 10, 9 from generate_series(1, 5000) n`,
      [world.campaign_id, world.units.淮北],
    )
    await mine.next('many')
    await province.next('many')
    const own = await create(await world.as('wuhu'), 'reach')
    await others.next('rows', about(own.id))
    expect(others.told.filter(({ event }) => event === 'many')).toEqual([])
    expect(mine.told.filter(({ event }) => event === 'rows')).toEqual([])
  })

  test('of many rows out of sight is not told at all, neither as many nor to lists that show them', async () => {
    const [host, juror, shown] = [
      await listen(await world.as('suzhou'), 'submissions'),
      await listen(await world.as('juror1'), 'submissions'),
      await listen(await world.as('huaibei'), 'awards'),
    ]
    const mine = await listen(await world.as('wuhu'), 'submissions')
    const all = [host, juror, shown, mine]
    for (const listener of all) listener.told.length = 0
    await world.owner(
      `insert into submissions (campaign_id, unit_id, collection_id, title, author, author_workplace, phone, is_original)
       select $1, $2, $3, '草稿' || n, '己一', '测试厂', '13600000001', true from generate_series(1, 400) n`,
      [world.campaign_id, world.units.芜湖, world.collections.C5],
    )
    await mine.next('many')
    // what is told next to each of them comes after whatever was told of the drafts
    const work = await create(await world.as('suzhou'), 'submissions')
    await host.next('rows', about(work.id))
    for (const listener of [host, juror, shown])
      expect(listener.told.filter(({ event }) => event === 'many')).toEqual([])
  })

  test('is heard at every server of one database', async () => {
    const other = await anotherServer()
    try {
      const hefei = await world.as('hefei')
      const there = await listen(hefei, 'awards', { address: other.address })
      await there.next('many') // listening has begun
      const row = await create(hefei, 'awards')
      await there.next('rows', about(row.id))
    } finally {
      await other.close()
    }
    expect(await open.at(-1)?.next('over')).toEqual({ reason: 'stopping' })
  })
})

describe('a stream', () => {
  test('asks for a session, a form one may see, and a name; and is not to be held back on its way', async () => {
    const query = { form: 'propagandists', seat: 'a' }
    expect((await world.anonymous.get('/live', query)).status).toBe(401)
    const hefei = await world.as('hefei')
    expect((await hefei.get('/live', { form: 'users', seat: 'a' })).status).toBe(404)
    expect((await (await world.as('juror1')).get('/live', query)).status).toBe(404)
    expect((await hefei.get('/live', { form: 'propagandists' })).status).toBe(400)
    expect((await hefei.get('/live', { form: 'propagandists', seat: 'a b' })).status).toBe(400)
    const { response } = await listen(hefei, 'propagandists')
    expect(response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    })
  })

  test('ends when its person logs out, is disabled or is moved', async () => {
    const person = async (name: string) => {
      await world.owner(
        `insert into users (username, name, role, unit_id, password_hash, must_change_password)
         select $1, $1, role, unit_id, password_hash, false from users where username = 'hefei'`,
        [name],
      )
      return world.as(name as Username)
    }
    const [leaver, disabled, moved] = [await person('leaver'), await person('disabled'), await person('moved')]
    const streams = [await listen(leaver, 'events'), await listen(disabled, 'events'), await listen(moved, 'events')]
    const still = await listen(await world.as('hefei'), 'events')
    await leaver.post('/logout').expect(204)
    await world.owner(`update users set disabled_at = now(), version = version + 1 where username = 'disabled'`)
    await world.owner(`update users set unit_id = $1, version = version + 1 where username = 'moved'`, [
      world.units.芜湖,
    ])
    const reasons = await Promise.all(streams.map((stream) => stream.next('over')))
    expect(reasons).toEqual([{ reason: 'session' }, { reason: 'session' }, { reason: 'changed' }])
    await until('their ends', () => streams.every(({ closed }) => closed))
    expect(still.closed).toBe(false)
  })

  test('has a limit for each person, and a closed one makes room', async () => {
    const suzhou = await world.as('suzhou')
    const all = await Promise.all(Array.from({ length: 24 }, () => listen(suzhou, 'quotas')))
    const over = await suzhou.get('/live', { form: 'quotas', seat: 'one-more' })
    expect([over.status, over.headers['retry-after']]).toEqual([429, '30'])
    await listen(await world.as('huaibei'), 'quotas')
    all[0]?.close()
    await until('room', async () => (await listen(suzhou, 'quotas')).response.statusCode === 200)
  })

  test('says when definitions have changed, whatever form it is of, and goes on with the form as it is then', async () => {
    const [province, hefei] = [await world.as('province'), await world.as('hefei')]
    const listener = await listen(hefei, 'events')
    // a page of a juror that shows no works
    const juror = await listen(await world.as('juror1'), 'campaigns')
    const known = Number((await hefei.get('/forms')).headers['x-definitions-version'])
    expect(listener.told[0]).toEqual({ event: 'hello', data: { definitions: known } })
    const definition = { extends: 'events', add: [{ name: 'patron', label: '联系领导', type: 'text' }] }
    const { body } = await province.post('/form_designs', { campaign_id: world.campaign_id, definition }).expect(201)
    await province.post(`/form_designs/${body.id}/publication`, { version: body.version }).expect(200)
    await Promise.all([listener.next('definitions'), juror.next('definitions')])
    const row = await create(hefei, 'events')
    const told = await listener.next('rows', about(row.id))
    expect(rowOf(told, row.id)).toMatchObject({ patron: null })
    const { told: later } = await listen(await world.as('wuhu'), 'propagandists')
    expect(later[0]?.data.definitions).toBeGreaterThan(known)
  })

  test('goes on after the database was away, with everything read again', async () => {
    const [hefei, road] = [await world.as('hefei'), await roadTo(world.appUrl)]
    const other = await anotherServer(road.url)
    try {
      const listener = await listen(hefei, 'propagandists', { address: other.address })
      await listener.next('many')
      road.block()
      listener.told.length = 0
      const missed = await create(hefei, 'propagandists')
      await road.open()
      await listener.next('many')
      expect(listener.told.some(({ data }) => about(missed.id)(data))).toBe(false)
      const row = await create(hefei, 'propagandists')
      await listener.next('rows', about(row.id))
    } finally {
      await other.close()
      road.block()
    }
  })

  test('leaves no listening connection behind when the server stops', async () => {
    const listeners = async () =>
      Number(
        (
          await world.owner<{ n: string }>(
            `select count(*) as n from pg_stat_activity where application_name = 'haowangmin listener' and datname = current_database()`,
          )
        )[0]?.n,
      )
    // Those of servers stopped before take a moment to end; the world's own stays.
    const before = 1
    await until('the others to be gone', async () => (await listeners()) === before)
    const other = await anotherServer()
    const listener = await listen(await world.as('hefei'), 'events', { address: other.address })
    await until('listening', async () => (await listeners()) === before + 1)
    await other.close()
    await until('silence', async () => (await listeners()) === before)
    await until('the end', () => listener.closed)
  })
})

describe('who is on a row', () => {
  const on = (id: number, name: string) => (data: Told['data']) =>
    JSON.stringify(data.people).includes(JSON.stringify({ id, name }))

  test('is told to others who may read the row, at every server, and ends with the stream', async () => {
    const [hefei, province] = [await world.as('hefei'), await world.as('province')]
    const row = await create(hefei, 'organizations')
    const other = await anotherServer()
    try {
      const mine = await listen(hefei, 'organizations', { seat: 'desk-1' })
      const theirs = await listen(province, 'organizations', { address: other.address })
      const strangers = await listen(await world.as('wuhu'), 'organizations')
      await theirs.next('many')
      const sit = (row_id: number | null) =>
        hefei.post('/live/presence', { form: 'organizations', campaign_id: world.campaign_id, seat: 'desk-1', row_id })
      await sit(row.id).expect(204)
      await theirs.next('people', on(row.id, '测试hefei'))
      const late = await listen(await world.as('cac-hefei'), 'organizations')
      await late.next('people', on(row.id, '测试hefei'))
      // One is not told of oneself, and others not of rows out of their sight.
      const own = await create(await world.as('wuhu'), 'organizations')
      await strangers.next('rows', about(own.id))
      for (const listener of [mine, strangers])
        expect(listener.told.filter(({ event }) => event === 'people')).toEqual([])
      mine.close()
      await late.next('people', (data) => (data.people as unknown[]).length === 0)
      await theirs.next('people', (data) => (data.people as unknown[]).length === 0)
    } finally {
      await other.close()
    }
  })

  test('may only be said of rows in sight, and a juror is never seen', async () => {
    const row = await create(await world.as('hefei'), 'organizations')
    const body = { form: 'organizations', campaign_id: world.campaign_id, seat: 'x', row_id: row.id }
    expect((await (await world.as('wuhu')).post('/live/presence', body)).status).toBe(404)
    expect((await world.anonymous.post('/live/presence', body)).status).toBe(401)
    expect((await (await world.as('hefei')).post('/live/presence', { ...body, seat: '' })).status).toBe(400)
    expect(
      (await (await world.as('juror1')).post('/live/presence', { form: 'submissions', seat: 'x', row_id: 1 })).status,
    ).toBe(204)
  })
})

describe('a conflict', () => {
  test('says who stored what is there now', async () => {
    const hefei = await world.as('hefei')
    const row = await create(hefei, 'propagandists')
    await hefei.put(`/propagandists/${row.id}`, { version: row.version, job: '先存的' }).expect(200)
    const one = await hefei.put(`/propagandists/${row.id}`, { version: row.version, job: '后存的' })
    expect([one.status, one.body.row.job, one.body.row.updated_by_label]).toEqual([409, '先存的', '测试hefei'])
    const many = await hefei.post('/propagandists/bulk', {
      update: [{ id: row.id, version: row.version, job: '后存的' }],
    })
    expect([many.status, many.body.conflicts.update[0].updated_by_label]).toEqual([409, '测试hefei'])
  })
})

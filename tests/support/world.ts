/**
 * One fixture world for all tests: the 2019 campaign in a database of its own, one person a role, and a browser-like
 * agent for each. Real PostgreSQL, real HTTP; nothing is mocked.
 */
import { createServer, Agent as HttpAgent, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import supertest from 'supertest'
import { inject } from 'vitest'
import { createApp } from '../../server/app.ts'
import { type Database, openDatabase } from '../../server/database/connection.ts'
import { appLogin } from '../../server/settings.ts'
import { newDatabase } from './databases.ts'
import { password, type Username } from './people.ts'

export { password, type Username }

export type Agent = {
  get: (path: string, query?: Record<string, unknown>) => supertest.Test
  post: (path: string, body?: object) => supertest.Test
  put: (path: string, body?: object) => supertest.Test
  patch: (path: string, body?: object) => supertest.Test
  delete: (path: string) => supertest.Test
  /** Multipart with one part `file`. */
  upload: (path: string, bytes: Buffer, name: string, fields?: Record<string, string>) => supertest.Test
  cookie: string
}

export type World = {
  /** 'http://127.0.0.1:12345' */
  address: string
  ownerUrl: string
  appUrl: string
  database: Database
  campaign_id: number
  /** Unit ids by short name: units.合肥 */
  units: Record<string, number>
  /** Collection ids by code: collections.C5 */
  collections: Record<string, number>
  as: (username: Username) => Promise<Agent>
  anonymous: Agent
  /** The number by which jurors know a work or a file. */
  blind: (id: number | undefined) => Promise<number>
  /** Straight to the database as its owner, for setting a scene. */
  owner: <T extends pg.QueryResultRow = Record<string, unknown>>(text: string, values?: unknown[]) => Promise<T[]>
  close: () => Promise<void>
}

/** A JSON value goes into the query string as ra-data-simple-rest writes it. */
const queryString = (query: Record<string, unknown>) =>
  new URLSearchParams(
    Object.entries(query).map(([key, value]) => [key, typeof value === 'string' ? value : JSON.stringify(value)]),
  ).toString()

function agentOf(address: string, connections: HttpAgent, cookie = ''): Agent {
  const origin = (test: supertest.Test) => {
    const from = test.agent(connections).set('Origin', address)
    return cookie ? from.set('Cookie', cookie) : from
  }
  const to = supertest(address)
  return {
    cookie,
    get: (path, query) => origin(to.get(`/api${path}${query ? `?${queryString(query)}` : ''}`)),
    post: (path, body) => (body ? origin(to.post(`/api${path}`)).send(body) : origin(to.post(`/api${path}`))),
    put: (path, body) => origin(to.put(`/api${path}`)).send(body ?? {}),
    patch: (path, body) => origin(to.patch(`/api${path}`)).send(body ?? {}),
    delete: (path) => origin(to.delete(`/api${path}`)),
    upload: (path, bytes, name, fields = {}) => {
      const test = origin(to.post(`/api${path}`))
      for (const [key, value] of Object.entries(fields)) test.field(key, value)
      return test.attach('file', bytes, name)
    },
  }
}

/** Serves a database of the world's people on a free port: where, and each of them as an agent. `close` ends both. */
export async function serveWorld(
  database: Database,
  options: { dist?: string; public_urls?: string[]; proxies?: string[] } = {},
) {
  const server: Server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('request', createApp({ database, public_urls: [address], ...options }))
  // Kept from one request to the next, as a browser keeps them.
  const connections = new HttpAgent({ keepAlive: true })
  const agents = new Map<string, Promise<Agent>>()
  const logIn = async (username: string) => {
    const answer = await agentOf(address, connections).post('/login', { username, password })
    if (answer.status !== 200) throw new Error(`login of ${username}: ${answer.status} ${answer.text}`)
    return agentOf(address, connections, (answer.headers['set-cookie']?.[0] ?? '').split(';')[0] ?? '')
  }
  return {
    address,
    as: (username: Username) => {
      const known = agents.get(username) ?? logIn(username)
      agents.set(username, known)
      return known
    },
    anonymous: agentOf(address, connections),
    close: async () => {
      connections.destroy()
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
      await database.close()
    },
  }
}

/** Makes the world; `dist` serves the built admin too. Close it in afterAll. */
export async function makeWorld(options: { dist?: string } = {}): Promise<World> {
  const ownerUrl = await newDatabase(inject('template'))
  const login = appLogin(ownerUrl)
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2 })
  const owner: World['owner'] = async (text, values) => (await pool.query(text, values)).rows as never
  const database = await openDatabase(login.url, { connections: 10 })
  const served = await serveWorld(database, options)
  const ids = async (text: string) =>
    Object.fromEntries((await owner<{ key: string; id: number }>(text)).map(({ key, id }) => [key, id]))
  return {
    ...served,
    ownerUrl,
    appUrl: login.url,
    database,
    campaign_id: (await owner<{ id: number }>('select id from campaigns'))[0]?.id ?? 0,
    units: await ids('select short_name as key, id from units'),
    collections: await ids('select code as key, id from collections'),
    blind: async (id) => (await owner<{ id: number }>('select app.blinded($1) as id', [id]))[0]?.id ?? 0,
    owner,
    close: async () => {
      await served.close()
      await pool.end()
    },
  }
}

/** One valid row of each register, for whoever needs a row; `n` makes them differ. */
export const sample: Record<string, (n?: number) => Record<string, unknown>> = {
  organizations: (n = 1) => ({
    name: `合肥测试${n}厂工会委员会`,
    kind: '国企',
    staff_count: 300,
    member_count: 280,
    mobilized_on: '2019-06-18',
    contact: '丁一',
    phone: `13800${String(n).padStart(6, '0')}`,
  }),
  propagandists: (n = 1) => ({
    name: `丁${n}`,
    gender: '女',
    job: '测试厂 干事',
    phone: `13900${String(n).padStart(6, '0')}`,
    platform: '抖音',
    followers: 120,
    appointed_on: '2019-07-01',
  }),
  events: (n = 1) => ({
    title: `第${n}场网络安全知识竞赛`,
    kind: '知识竞赛',
    held_on: '2019-07-10',
    place: '职工之家',
    headcount: 80,
    with_cac: true,
  }),
  attendance: (n = 1) => ({
    event_id: '第1场网络安全知识竞赛',
    name: `戊${n}`,
    workplace: '测试厂',
    phone: `13700${String(n).padStart(6, '0')}`,
    signed_at: '2019-07-10 09:00',
  }),
  reach: (n = 1) => ({
    channel: '微信公众号',
    account: '合肥职工',
    title: `第${n}期推送`,
    published_on: '2019-07-01',
    counted_on: '2019-07-31',
    views: 1000,
    people: 900,
  }),
  submissions: (n = 1) => ({
    collection_id: 'C5',
    title: `测试作品${n}`,
    author: '己一',
    author_workplace: '测试厂',
    phone: `13600${String(n).padStart(6, '0')}`,
    is_original: true,
    duration_s: 60,
    url: `https://example.cn/works/${n}`,
  }),
  awards: (n = 1) => ({ category: '先进个人', target: `庚${n}`, deeds: '带头宣传。' }),
}

/**
 * Requests as no page of ours would send them: from other origins, of other types, malformed, too big, with names that
 * mean something to JavaScript. Each is refused with a Chinese sentence, and no stack, SQL or path ever leaves.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as rawRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createApp } from '../../server/app.ts'
import { shapeFault } from '../../server/bodies.ts'
import { forms, registers } from '../../server/forms/index.ts'
import { type Agent, makeWorld, password, sample, type World } from '../support/world.ts'

let world: World
let dist: string
let hefei: Agent
let province: Agent
let id: number
const logged = vi.spyOn(console, 'error')

beforeAll(async () => {
  dist = mkdtempSync(join(tmpdir(), 'haowangmin-dist-'))
  mkdirSync(join(dist, 'assets'))
  writeFileSync(join(dist, 'index.html'), '<html><meta property="csp-nonce" nonce="__CSP_NONCE__"></html>')
  writeFileSync(join(dist, 'verify.html'), '<html></html>')
  writeFileSync(join(dist, 'assets', 'main-abc.js'), 'export {}')
  world = await makeWorld({ dist })
  hefei = await world.as('hefei')
  province = await world.as('province')
  id = (await hefei.post('/events', sample.events?.(1)).expect(201)).body.id
})
afterAll(async () => {
  await world?.close()
  rmSync(dist, { recursive: true, force: true })
})

type Sent = { method?: string; path: string; headers?: Record<string, string>; body?: Buffer | string; as?: Agent }
type Got = { status: number; text: string; headers: Record<string, string | string[] | undefined> }

/** A request byte by byte, past every client that would tidy it up. */
const send = ({ method = 'GET', path, headers = {}, body, as = hefei }: Sent) =>
  new Promise<Got>((done, fail) => {
    const { hostname, port } = new URL(world.address)
    const length = body === undefined ? {} : { 'Content-Length': String(Buffer.byteLength(body)) }
    const standard = { Origin: world.address, Cookie: as.cookie, 'Content-Type': 'application/json', ...length }
    const asked = rawRequest({ hostname, port, method, path, headers: { ...standard, ...headers } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () =>
        done({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString(), headers: response.headers }),
      )
    })
    asked.on('error', fail)
    asked.end(body)
  })
const post = (path: string, body: Buffer | string, headers: Record<string, string> = {}) =>
  send({ method: 'POST', path: `/api${path}`, body, headers })

const insides =
  /node_modules|\.ts\b|\.js:\d|\bat \w+ \(|select |insert |update |syntax|constraint|relation|column|pg_|postgres|kysely|Error\b|\/work|\/tmp|\/home|undefined|NaN|\[object/i

/** A refusal as it should be: 4xx, JSON, a Chinese sentence, a number to quote, and nothing of our insides. */
function expectRefusal(got: Got, status?: number) {
  expect([got.status, got.text.slice(0, 300)]).toEqual([
    status ?? expect.toSatisfy((n: number) => n >= 400 && n < 500),
    got.text.slice(0, 300),
  ])
  expect(String(got.headers['content-type'])).toContain('application/json')
  const body = JSON.parse(got.text)
  expect(body.message).toMatch(/[\u4e00-\u9fff].*[。？！]$/)
  expect(body.request_id).toBe(got.headers['x-request-id'])
  expect(got.text).not.toMatch(insides)
}

describe('an unsafe request', () => {
  const own = () => ({ Origin: world.address })
  const attempt = (headers: Record<string, string>, method = 'PUT') =>
    send({ method, path: `/api/events/${id}`, headers, body: JSON.stringify({ remark: '一' }) })

  test.each([
    ['no origin', { Origin: '' }],
    ['the origin null', { Origin: 'null' }],
    ['another origin', { Origin: 'https://example.org' }],
    ['our name as somebody’s subdomain', { Origin: 'http://127.0.0.1.example.org' }],
    ['another port', { Origin: 'http://127.0.0.1:1' }],
    ['the host it names itself', { Origin: 'http://evil.test', Host: 'evil.test' }],
    ['no address at all', { Origin: '://' }],
  ])('with %s is refused, with ours it is not', async (_title, headers) => {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'POST']) expectRefusal(await attempt(headers, method), 403)
    expectRefusal(await attempt({ Origin: world.address.replace('http:', 'https:') }), 403)
    expectRefusal(await attempt({ Origin: world.address.replace('127.0.0.1', 'localhost') }), 403)
    expectRefusal(await attempt({ ...own(), Host: 'evil.test' }), 428)
    expectRefusal(await attempt(own()), 428)
  })

  test.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/jsonx', ''])(
    'of type “%s” is refused, JSON is not',
    async (type) => {
      expectRefusal(await attempt({ ...own(), 'Content-Type': type }), 415)
      expectRefusal(await attempt({ ...own(), 'Content-Type': 'application/json; charset=utf-8' }), 428)
    },
  )

  test('that logs in or out needs the origin as well', async () => {
    const body = JSON.stringify({ username: 'hefei', password })
    expectRefusal(await post('/login', body, { Origin: 'https://example.org' }), 403)
    expectRefusal(await post('/logout', '', { Origin: 'https://example.org' }), 403)
    expect((await post('/login', body, { Cookie: '' })).status).toBe(200)
  })
})

describe('an address that is none', () => {
  test.each([
    '/nonsense',
    '/events/0',
    '/events/-1',
    '/events/1.5',
    '/events/1e3',
    '/events/abc',
    '/events/0x1',
    '/events/4294967297',
    '/events/99999999999999999999',
    '/events/1/nonsense',
    '/events/1/history/2',
    '/files/0',
    '/files/-1',
    '/files/x',
    '/imports/x',
    '/imports/99999999999',
    '/users/1;drop',
    '/annexes/3.xlsx',
    '/reports/nonsense',
    '/events/%00',
    '/events%00',
    '/%E5%90%88',
    '/demo',
    '/propagandists.json',
    '//events',
    '/..%2f..%2fetc%2fpasswd',
  ])('GET /api%s is 404 and says so in JSON', async (path) => {
    expectRefusal(await send({ path: `/api${path}`, as: province }), 404)
  })

  test.each([
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'valueOf',
    'users; drop table',
    'sessions',
    'changes ',
    'pg_class',
  ])('a form called %s is 404 in every verb', async (name) => {
    const path = `/api/${encodeURIComponent(name)}`
    for (const tail of ['', '/1', '/1/history', '/1/comments', '/export.xlsx', '/template.xlsx'])
      expectRefusal(await send({ path: path + tail }), 404)
    for (const [method, tail] of [
      ['POST', ''],
      ['POST', '/bulk'],
      ['POST', '/restoration'],
      ['POST', '/submission'],
      ['POST', '/1/submission'],
      ['POST', '/1/comments'],
      ['POST', '/imports'],
      ['PUT', '/1'],
      ['DELETE', '/1'],
    ] as const)
      expectRefusal(await send({ method, path: path + tail, body: '{"ids":[1],"version":1}' }), 404)
  })

  test('an action of such a name is none either', async () => {
    for (const action of ['__proto__', 'constructor', 'nonsense', 'status']) {
      expectRefusal(await post(`/events/${id}/${action}`, '{}'), 404)
      expectRefusal(await post(`/events/${action}`, `{"ids":[${id}]}`), 404)
    }
  })

  test('outside the API: the page for GET, a sentence for anything else, and no file but our own', async () => {
    expect((await send({ path: '/propagandists' })).text).toContain('<html>')
    expectRefusal(await send({ method: 'POST', path: '/propagandists', body: '{}' }), 404)
    for (const path of [
      '/assets/none.js',
      '/assets/..%2f..%2f..%2fetc%2fpasswd',
      '/assets/%2e%2e/index.html',
      '/assets/',
    ])
      expectRefusal(await send({ path }))
    for (const path of ['/../../../etc/passwd', '/..%2f..%2fpackage.json', '/.env', '/%2e%2e/server/index.ts'])
      expect((await send({ path })).text).not.toMatch(/root:|"dependencies"|import /)
    expectRefusal(await send({ path: '/%E0%A4%A' }))
    expectRefusal(await send({ path: '/api/%E0%A4%A' }))
  })

  test('without a session it is not even said whether there is one', async () => {
    for (const path of ['/events', `/events/${id}`, '/nonsense', '/users', '/files/1'])
      expectRefusal(await send({ path: `/api${path}`, as: world.anonymous, headers: { Cookie: '' } }), 401)
  })
})

describe('a body', () => {
  const paths = ['/events', '/events/bulk', '/events/restoration', '/events/submission', '/login', '/users']
  const odd: [string, string][] = [
    ['broken JSON', '{"a":'],
    ['no JSON', 'hallo'],
    ['an array', '[]'],
    ['an array of rows', '[{"title":"x"}]'],
    ['text', '"x"'],
    ['a number', '7'],
    ['null', 'null'],
    ['nothing', ''],
    ['an empty object', '{}'],
    ['__proto__', '{"__proto__":{"role":"province"}}'],
    ['__proto__ of text', '{"__proto__":"x"}'],
    ['constructor', '{"constructor":{"prototype":{"role":"province"}}}'],
    ['hasOwnProperty', '{"hasOwnProperty":1,"toString":2}'],
    ['NUL', '{"title":"a\\u0000b","username":"a\\u0000b","password":"a\\u0000b","ids":["\\u0000"]}'],
    ['half a character', '{"title":"\\ud800","username":"\\ud800","password":"\\udfff"}'],
    ['a huge id', '{"ids":[99999999999999999999],"id":1e300,"campaign_id":1e300,"unit_id":1e300}'],
    ['text for numbers', '{"ids":["1 or 1=1"],"campaign_id":"1 or 1=1","unit_id":"1 or 1=1"}'],
    [
      'objects for everything',
      '{"title":{},"kind":{"a":1},"held_on":[],"headcount":{"$gt":0},"campaign_id":{},"username":{}}',
    ],
    ['deep nesting', `{"title":${'['.repeat(20_000)}${']'.repeat(20_000)}}`],
    ['a deep filter', `{"filter":${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}}`],
    ['an unknown filter', '{"filter":{"nonsense":1}}'],
    ['lists of no rows', '{"create":[1,null,"x"],"update":[[]],"remove":[{}]}'],
    ['a row without version', '{"update":[{"id":1,"remark":"x"}]}'],
    ['one row twice', '{"update":[{"id":1,"version":1},{"id":1,"version":1}]}'],
  ]
  test.each(odd)('that is %s is refused everywhere', async (_title, body) => {
    for (const path of paths) {
      if (path === '/events/bulk' && ['{}', ''].includes(body)) continue // nothing to do is no fault
      expectRefusal(await send({ method: 'POST', path: `/api${path}`, body, as: path === '/users' ? province : hefei }))
    }
    const change = body.startsWith('{') && body.length > 2 ? body.replace('{', '{"version":1,') : body
    const got = await send({ method: 'PUT', path: `/api/events/${id}`, body: change })
    if (got.status !== 200) expectRefusal(got)
    else expect(JSON.parse(got.text).title).toBeTypeOf('string')
  })

  test('that is too big is 413, zipped or not', async () => {
    const big = JSON.stringify({ title: 'x'.repeat(21 * 1_048_576) })
    expectRefusal(await post('/events', big), 413)
    expectRefusal(await post('/events/bulk', big), 413)
    expectRefusal(await post('/events', gzipSync(big), { 'Content-Encoding': 'gzip' }), 415)
    expectRefusal(await post('/events', 'x', { 'Content-Encoding': 'gzip' }))
    expectRefusal(await post('/events', '{}', { 'Content-Encoding': 'nonsense' }))
    expectRefusal(await post('/events', '{}', { 'Content-Type': 'application/json; charset=utf-7' }))
  })

  test('with too many rows is 413', async () => {
    const create = Array.from({ length: 10_001 }, () => ({}))
    expectRefusal(await post('/events/bulk', JSON.stringify({ create })), 413)
    const ids = Array.from({ length: 50_001 }, (_, i) => i + 1)
    expectRefusal(await post('/events/submission', JSON.stringify({ ids })), 413)
  })

  test('in another encoding is read as UTF-8 and refused by its fields, not by a crash', async () => {
    expectRefusal(await post('/events', Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d])), 422)
  })

  test('of a form that is no form is refused by uploads', async () => {
    const type = { 'Content-Type': 'multipart/form-data; boundary=x' }
    for (const path of ['/files', '/events/imports']) {
      for (const body of [
        '',
        'x',
        '--x\r\n\r\n--x--',
        '--x\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--x--',
      ])
        expectRefusal(await post(path, body, type))
      expectRefusal(await post(path, 'x', { 'Content-Type': 'multipart/form-data' }))
      expectRefusal(await post(path, '{}'))
    }
    const html =
      '--x\r\nContent-Disposition: form-data; name="file"; filename="a.html"\r\nContent-Type: text/html\r\n\r\n<script>\r\n--x--'
    expectRefusal(await post('/files', html, type), 415)
  })
})

type Route = { method: string; path: string }
type Layers = { route?: { path: string; methods: Record<string, boolean> }; handle?: { stack?: Layers } }[]

/** Every route of the API that takes a body, its parameters filled in; `:form` once for a form of each kind. */
function routesWithBody(app: ReturnType<typeof createApp>): Route[] {
  const within = (layers: Layers): Route[] =>
    layers.flatMap(({ route, handle }) => [
      ...(route
        ? Object.keys(route.methods).map((method) => ({ method: method.toUpperCase(), path: route.path }))
        : []),
      ...within(handle?.stack ?? []),
    ])
  const found = within((app as unknown as { router: { stack: Layers } }).router.stack)
  return found
    .filter(({ method, path }) => ['POST', 'PUT', 'PATCH', 'DELETE'].includes(method) && path.startsWith('/'))
    .flatMap(({ method, path }) =>
      (path.includes(':form') ? ['events', 'quotas'] : ['']).map((form) => ({
        method,
        path: path
          .replace(':form', form)
          .replace(':action', 'submission')
          .replace(/:\w+/g, String(form === 'events' ? id : 999_999)),
      })),
    )
}

/** The answer to a request that announces twenty megabytes of which only the first letter ever comes. */
const announced = (route: Route, headers: Record<string, string>) =>
  new Promise<number>((done, fail) => {
    const { hostname, port } = new URL(world.address)
    const asked = rawRequest(
      { hostname, port, ...route, path: `/api${route.path}`, headers: { Origin: world.address, ...headers } },
      (response) => {
        done(response.statusCode ?? 0)
        asked.destroy()
      },
    )
    asked.on('error', fail)
    asked.write('[')
  })

describe('work', () => {
  const sizes: Record<string, string>[] = [{ 'Content-Length': '20000000' }, { 'Transfer-Encoding': 'chunked' }]
  const types = ['application/json', 'multipart/form-data; boundary=x']
  const open = ['/login', '/logout', '/me/password']

  test('is done for nobody without a session: no route waits for a large body, whatever it is', async () => {
    const routes = routesWithBody(createApp({ database: world.database, public_urls: [world.address] }))
    expect(routes.length).toBeGreaterThan(30)
    const known = await world.as('hefei')
    for (const route of routes) {
      for (const [size, type] of sizes.flatMap((size) => types.map((type) => [size, type] as const))) {
        if (open.includes(route.path) && (type !== 'application/json' || !('Content-Length' in size))) continue
        const what = [route.method, route.path, type, size]
        const announcedBy = (Cookie: string) => announced(route, { ...size, 'Content-Type': type, Cookie })
        expect([...what, await announcedBy('')]).toEqual([...what, open.includes(route.path) ? 413 : 401])
        if (type === types[0] && !('Content-Length' in size)) continue // read until it is too much
        if (open.includes(route.path)) continue
        // whose many bytes they are is asked before they are read; no route that expects few takes many of anybody
        const guessed = await announcedBy(`session=${'a'.repeat(43)}`)
        expect([...what, guessed]).toEqual([...what, type === types[0] ? 401 : expect.toSatisfy((code) => code >= 400)])
        const takesMany =
          /\/(bulk|submission|restoration|carried|rows|mapping|imports|packages?|proposals|campaigns\/next_year|form_designs(\/\d+)?)$|operations$/
        if (type !== types[0] || takesMany.test(route.path)) continue
        expect([...what, await announcedBy(known.cookie)]).toEqual([...what, 413])
      }
    }
  })

  test('is not done for a file of somebody who may not send one', async () => {
    const cac = await world.as('cac')
    for (const path of ['/files', '/events/imports', '/filings/1/verification'])
      for (const size of sizes) {
        const type = { 'Content-Type': 'multipart/form-data; boundary=x' }
        const told = await announced({ method: 'POST', path }, { ...size, ...type, Cookie: cac.cookie })
        expect([path, told]).toEqual([path, expect.toSatisfy((status) => status === 403 || status === 404)])
      }
  })

  test('is as much as was asked: strange names are answered with the first few', async () => {
    const names = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`unknown${i}`, i]))
    const long = { ['x'.repeat(50_000)]: 1 }
    const asked = routesWithBody(createApp({ database: world.database, public_urls: [world.address] }))
      .filter(({ method, path }) => path !== '/logout' && method !== 'DELETE')
      .flatMap((route) => [names(900), long].map((body) => ({ ...route, body: { version: 1, ids: [id], ...body } })))
    const inside = [
      ['/events/bulk', { create: [names(900)] }],
      ['/events/bulk', { update: [{ id, version: 1, ...names(900) }] }],
      ['/events/submission', { filter: long }],
      ['/operations', { form: 'events', kind: 'set', filter: {}, values: names(900) }],
      ['/operations', { form: 'events', kind: 'remove', filter: long }],
    ] as const
    for (const { method, path, body } of [
      ...asked,
      ...inside.map(([path, body]) => ({ method: 'POST', path, body })),
    ]) {
      const as = path.startsWith('/users') ? province : hefei
      const got = await send({ method, path: `/api${path}`, body: JSON.stringify(body), as })
      expect([method, path, got.text.length]).toEqual([method, path, expect.toSatisfy((size) => size < 4000)])
    }
    expectRefusal(await post('/events', JSON.stringify(names(1100))), 400)
  })

  test('is not done for what no form looks like, found before it is made into objects', async () => {
    const fault = (text: string) => shapeFault(Buffer.from(text))
    expect(fault(`[${'{},'.repeat(200_000)}{}]`)).toMatch(/太多/)
    expect(fault(`[${'1,'.repeat(1_100_000)}1]`)).toMatch(/太多/)
    expect(fault('['.repeat(30))).toMatch(/太多层/)
    expect(fault(`{${'"a":1,'.repeat(1001)}"b":2}`)).toMatch(/最多 1000 个栏目/)
    expect(
      fault(JSON.stringify({ text: '[{"\\'.repeat(5000), list: Array.from({ length: 40_000 }, (_, i) => i) })),
    ).toBe(undefined)
    const rows = Array.from({ length: 10_000 }, () => ({ ...sample.events?.(1), a: [1], b: { c: {} } }))
    expect(fault(JSON.stringify({ create: rows }))).toBe(undefined)
    expectRefusal(await post('/events/bulk', `{"create":[${'{},'.repeat(200_000)}{}]}`), 400)
    expectRefusal(
      await post('/events', Buffer.from('\ufeff{"title":"x"}', 'utf16le'), {
        'Content-Type': 'application/json; charset=utf-16',
      }),
      400,
    )
  })

  test('is done for the largest row of any form, and for a large list of rows', async () => {
    for (const form of Object.values(forms)) {
      const row = form.fields.map(({ name, type, max }) => [
        name,
        '𠮷'.repeat(type === 'integer' ? 10 : (max ?? (['long_text', 'url'].includes(type) ? 2000 : 200))),
      ])
      const got = await post(`/${form.name}`, JSON.stringify(Object.fromEntries(row)))
      expect([form.name, got.status]).toEqual([form.name, expect.toSatisfy((status) => status !== 413)])
    }
    const create = Array.from({ length: 500 }, (_, n) => ({ ...sample.events?.(n + 100), summary: '长'.repeat(200) }))
    const made = await post('/events/bulk', JSON.stringify({ create }))
    expect([made.status, JSON.parse(made.text).create?.length]).toEqual([200, 500])
  })

  test('is refused for a form of many parts, of long fields or of two files', async () => {
    const part = (name: string, more = '', text = '1') =>
      `--x\r\nContent-Disposition: form-data; name="${name}"${more}\r\n\r\n${text}\r\n`
    const parted = { 'Content-Type': 'multipart/form-data; boundary=x' }
    const whole = part('file', '; filename="a.txt"').replace('\r\n\r\n', '\r\nContent-Type: text/plain\r\n\r\n')
    for (const parts of [
      Array.from({ length: 11 }, (_, n) => part(`f${n}`)).join('') + whole,
      part('campaign_id', '', '1'.repeat(1001)) + whole,
      part('n'.repeat(101)) + whole,
      part('twice') + part('twice') + whole,
      part('other', '; filename="b.txt"') + whole,
      whole + whole,
    ])
      for (const path of ['/files', '/events/imports']) expectRefusal(await post(path, `${parts}--x--`, parted), 400)
    expect((await post('/files', `${whole}--x--`, parted)).status).toBe(201)
  })
})

describe('a query', () => {
  const odd = [
    'filter={',
    'filter=[]',
    'filter=7',
    'filter="x"',
    'filter=null&filter={}',
    'filter={"__proto__":1}',
    'filter={"constructor":1}',
    'filter={"toString_like":"x"}',
    'filter={"nonsense":1}',
    'filter={"title_nonsense":1}',
    'filter={"id":"1 or 1=1"}',
    'filter={"id":1e300}',
    'filter={"id":[[1]]}',
    'filter={"id":{}}',
    'filter={"id":""}',
    'filter={"id":true}',
    'filter={"title":"a\\u0000b"}',
    'filter={"title":{"a":1}}',
    'filter={"q":{}}',
    'filter={"q":"a\\u0000b"}',
    'filter={"deleted":"yes"}',
    'filter={"status":[{}]}',
    'filter={"campaign_id":99999999999}',
    'range=[0]',
    'range=[5,1]',
    'range=[-1,1]',
    'range=[0,1e9]',
    'range=["0","1"]',
    'range={}',
    'sort=["id","SIDEWAYS"]',
    'sort=["nonsense","ASC"]',
    'sort=["__proto__","ASC"]',
    'sort=["id; drop table events","ASC"]',
    'sort=[["id"],[7]]',
    'sort={}',
    'page=3',
    '__proto__=1',
    `filter={${Array.from({ length: 41 }, (_, i) => `"remark${i}":1`)}}`,
  ]
  const lists = ['/events', '/users', '/changes', '/imports', '/events/export.xlsx']
  test.each(odd)('%s is refused by every list', async (query) => {
    for (const path of lists) {
      if (path === '/users' && query.startsWith('filter={"id"')) continue // finds nobody
      if (/title|deleted|status|campaign_id|"q"/.test(query) && path !== '/events') continue // means something else there, or nothing
      const got = await send({ path: `/api${path}?${encodeURI(query)}`, as: province })
      expect([path, got.status]).toEqual([path, 400])
      expectRefusal(got, 400)
    }
  })

  test.each(['2019-02-30', '2019-13-01', '0000-00-00', '2019-06-18 x', '2019-06-18T99:00', 'infinity', '', 7, [], {}])(
    'the day %j is refused in a filter, and in votes',
    async (day) => {
      for (const key of ['held_on', 'held_on_gte', 'held_on_lte', 'created_at_gte', 'held_on_not']) {
        if (Array.isArray(day) && (key === 'held_on' || key === 'held_on_not')) continue // a list of no days
        const query = encodeURIComponent(JSON.stringify({ [key]: day }))
        expectRefusal(await send({ path: `/api/events?filter=${query}` }), 400)
      }
      const work = (
        await hefei.post('/submissions', { ...sample.submissions?.(1), title: `票${Math.random()}` }).expect(201)
      ).body
      expectRefusal(
        await send({
          method: 'POST',
          path: `/api/submissions/${work.id}/votes`,
          as: province,
          body: JSON.stringify({ counted_on: day, votes: 1 }),
        }),
      )
    },
  )

  test('of a report, a year or a version that is none is refused', async () => {
    for (const path of [
      '/reports/progress?campaign_id=x',
      '/reports/todo?campaign_id=99999999999',
      '/annexes/1.xlsx?campaign_id=-1',
      '/reports/progress?campaign_id=999',
    ])
      expectRefusal(await send({ path: `/api${path}` }))
    expectRefusal(await send({ method: 'DELETE', path: `/api/events/${id}?version=x` }), 409)
    for (const version of ['"x"', '1.5', '{}', 'true', '99999999999', '-1', 'null'])
      expectRefusal(
        await send({ method: 'PUT', path: `/api/events/${id}`, body: `{"version":${version},"remark":"x"}` }),
      )
  })
})

test('no register takes a NUL, half a character or an object in any of its fields', async () => {
  for (const { name, fields } of registers) {
    for (const field of fields.filter((each) => !each.derived)) {
      for (const value of ['a\u0000b', { a: 1 }, [[1]], '\ud800']) {
        const got = await post(`/${name}`, JSON.stringify({ ...sample[name]?.(50), [field.name]: value }))
        if (got.status === 201 && value === '\ud800') continue // kept as the mark for a character that can’t be read
        expectRefusal(got)
      }
    }
  }
})

describe('every answer', () => {
  test('carries a policy that holds for the page: our own scripts, styles with this answer’s nonce', async () => {
    const [first, second] = [await send({ path: '/' }), await send({ path: '/awards' })]
    const nonces = [first, second].map(({ headers, text }) => {
      const policy = String(headers['content-security-policy'])
      const directives = Object.fromEntries(
        policy.split(';').map((part) => [part.trim().split(' ')[0], part.trim().split(' ').slice(1).join(' ')]),
      )
      const nonce = /'nonce-([\w-]{36})'/.exec(policy)?.[1]
      expect(text).toContain(`nonce="${nonce}"`)
      expect(text).not.toContain('__CSP_NONCE__')
      expect(directives).toMatchObject({
        'default-src': `'self'`,
        'style-src': `'self' 'nonce-${nonce}'`,
        'object-src': `'none'`,
        'base-uri': `'none'`,
        'form-action': `'self'`,
        'frame-ancestors': `'none'`,
      })
      expect(policy).not.toMatch(/unsafe-eval|script-src[^;]*unsafe-inline|\*|https?:/)
      expect(headers['cache-control']).toBe('no-store')
      return nonce
    })
    expect(nonces[0]).not.toBe(nonces[1])
  })

  test('says what it is, tells no name of the server, and is kept by no cache', async () => {
    const { headers } = await send({ path: '/api/events' })
    expect(headers).toMatchObject({ 'x-content-type-options': 'nosniff', 'cache-control': 'no-store' })
    expect(headers['x-powered-by']).toBeUndefined()
    expect(headers['referrer-policy']).toBe('no-referrer')
    const asset = await send({ path: '/assets/main-abc.js' })
    expect(asset.headers['cache-control']).toContain('immutable')
  })

  test('is about health without a session', async () => {
    expect((await send({ path: '/healthz', headers: { Cookie: '' } })).text).toBe('{"ok":true}')
    expect((await send({ path: '/readyz', headers: { Cookie: '' } })).text).toBe('{"ok":true}')
  })
})

test('after all this nothing of it was a fault of ours, and the server still works', async () => {
  expect(logged.mock.calls.map((call) => String(call[0]))).toEqual([])
  await hefei.get(`/events/${id}`).expect(200)
})

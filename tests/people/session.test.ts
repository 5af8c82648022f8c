/** Logging in and out, passwords, and the page of people: what a session is worth, and when it ends. */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../server/database/connection.ts'
import { passwordFault } from '../../server/people/passwords.ts'
import { type Agent, makeWorld, password, serveWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
/** The same behind a reverse proxy that speaks TLS. */
let behindTls: Awaited<ReturnType<typeof serveWorld>>
let next = 1
const publicUrl = 'https://tz.example.cn'

beforeAll(async () => {
  world = await makeWorld()
  const database = await openDatabase(world.appUrl, { connections: 2 })
  behindTls = await serveWorld(database, { public_urls: [publicUrl], proxies: ['loopback'] })
  province = await world.as('province')
})
afterAll(async () => {
  await behindTls?.close()
  await world?.close()
})

type Headers = Record<string, string>
const logIn = (username: unknown, with_password: unknown = password, headers: Headers = {}) =>
  world.anonymous.post('/login', { username, password: with_password } as object).set(headers)

const logInBehindTls = (username: string, headers: Headers = {}, with_password = password) =>
  behindTls.anonymous.post('/login', { username, password: with_password }).set({ Origin: publicUrl, ...headers })
/** The cookies of an answer as a browser sends them back. */
const cookiesOf = ({ headers }: { headers: Record<string, unknown> }) =>
  (headers['set-cookie'] as string[]).map((each) => each.split(';')[0]).join('; ')

/** A person of one's own, so that no other test is disturbed; the first password is already changed. */
async function newPerson(more: object = {}) {
  const body = {
    username: `person${next++}`,
    name: '某人',
    role: 'clerk',
    unit_id: world.units.合肥,
    password,
    ...more,
  }
  const { id, version } = (await province.post('/users', body).expect(201)).body
  await world.owner(`update users set must_change_password = false, version = version + 1 where id = $1`, [id])
  return { id: id as number, version: (version as number) + 1, username: body.username }
}

/** An agent with the session that a login opened. */
async function sessionOf(username: string, with_password = password) {
  const answer = await logIn(username, with_password).expect(200)
  const cookie = String(answer.headers['set-cookie']?.[0]).split(';')[0] ?? ''
  const to = (test: ReturnType<Agent['get']>) => test.set('Cookie', cookie)
  return {
    cookie,
    me: answer.body,
    get: (path: string) => to(world.anonymous.get(path)),
    post: (path: string, body?: object) => to(world.anonymous.post(path, body)),
    put: (path: string, body?: object) => to(world.anonymous.put(path, body)),
  }
}

describe('a session', () => {
  test('is a cookie that scripts can’t read and other sites don’t send; secure where the page is', async () => {
    const plain = (await logIn('hefei').expect(200)).headers['set-cookie'] as unknown as string[]
    const attributes = (seconds: number) => `Max-Age=${seconds}; Path=/; Expires=[^;]+; HttpOnly; `
    expect(plain).toEqual([
      expect.stringMatching(`^session=[\\w-]{43}; ${attributes(43_200)}SameSite=Lax$`),
      expect.stringMatching(`^device=[\\w-]{43}; ${attributes(34_560_000)}SameSite=Lax$`),
    ])
    const secure = (await logInBehindTls('hefei').expect(200)).headers['set-cookie']
    expect(secure).toEqual([
      expect.stringMatching(`^__Host-session=[\\w-]{43}; ${attributes(43_200)}Secure; SameSite=Lax$`),
      expect.stringMatching(`^__Host-device=[\\w-]{43}; ${attributes(34_560_000)}Secure; SameSite=Lax$`),
    ])
  })

  test('behind TLS is never one that a plain page may have set', async () => {
    const cookie = cookiesOf(await logInBehindTls('hefei').expect(200))
    const ask = (sent: string) => behindTls.anonymous.get('/me').set('Cookie', sent)
    await ask(cookie).expect(200)
    await ask(cookie.replaceAll('__Host-', '')).expect(401)
  })

  test('closes the one it is opened over, whoever’s that was', async () => {
    const [one, other] = [await newPerson(), await newPerson()]
    const session = await sessionOf(one.username)
    await logIn(other.username, password, { Cookie: session.cookie }).expect(200)
    await session.get('/me').expect(401)
    const kept = await sessionOf(one.username)
    await logIn(other.username, 'falsch-2019', { Cookie: kept.cookie }).expect(401)
    await kept.get('/me').expect(200)
  })

  test('is kept as a hash only, and ends with its time', async () => {
    const { username } = await newPerson()
    const session = await sessionOf(username)
    const token = session.cookie.split('=')[1] ?? ''
    const stored = await world.owner<{ token_hash: string }>('select token_hash from sessions')
    expect(stored.length).toBeGreaterThan(0)
    expect(stored.map((row) => row.token_hash)).not.toContain(token)
    await session.get('/me').expect(200)
    await world.owner(`update sessions set expires_at = now() - interval '1 second' where user_id = $1`, [
      session.me.id,
    ])
    await session.get('/me').expect(401)
    await session.get('/events').expect(401)
  })

  test('ends at logout; logging out twice, or without one, is no error', async () => {
    const session = await sessionOf((await newPerson()).username)
    const gone = await session.post('/logout').expect(204)
    expect(gone.headers['set-cookie']?.[0]).toMatch(/^session=;/)
    await session.get('/me').expect(401)
    await session.post('/logout').expect(204)
    await world.anonymous.post('/logout').expect(204)
  })

  test.each(['', 'x', 'a'.repeat(101), 'a'.repeat(43), '%00', '"; drop table users; --', '__proto__', '时'])(
    'does not come from a cookie made up: %s',
    async (token) => {
      await world.anonymous
        .get('/me')
        .set('Cookie', `session=${encodeURIComponent(token)}`)
        .expect(401)
    },
  )
})

describe('a login', () => {
  test('is refused alike for a wrong password, an unknown name and a disabled account', async () => {
    const { id, username } = await newPerson()
    await world.owner(`update users set disabled_at = now(), version = version + 1 where id = $1`, [id])
    const told = []
    for (const [name, word] of [
      ['hefei', 'falsch-2019'],
      ['niemand', 'falsch-2019'],
      [username, password],
      ['  HEFEI ', 'falsch-2019'],
    ]) {
      const { status, body, headers } = await logIn(name, word)
      expect(headers['set-cookie']).toBeUndefined()
      told.push([status, { ...body, request_id: '' }, Object.keys(headers).sort()])
    }
    expect(told[0]?.slice(0, 2)).toEqual([401, { message: '用户名或密码不对，请再试一次。', request_id: '' }])
    for (const other of told) expect(other).toEqual(told[0])
    await logIn('  HEFEI ').expect(200)
  })

  test('derives a key from the password for an unknown name too, so that the time of a refusal betrays nobody', async () => {
    // processor time, not the clock: others may be at work
    const work = async (name: string) => {
      const before = process.cpuUsage()
      await logIn(name, 'falsch-2019').expect(401)
      const { user, system } = process.cpuUsage(before)
      return user + system
    }
    // its password is hashed as the product does, not as cheaply as those of the tests' people
    const { username } = await newPerson()
    const known = []
    const unknown = []
    for (let i = 0; i < 9; i++) {
      known.push(await work(username))
      unknown.push(await work(`niemand${i}`))
    }
    // the derivation takes two thirds of it and more
    expect(Math.min(...unknown)).toBeGreaterThan(Math.min(...known) / 2)
    await logIn(username).expect(200)
  })

  test.each([
    {},
    { username: 'hefei' },
    { username: ['hefei'], password: [password] },
    { username: { $ne: '' }, password },
  ])('without a name and a password in text is refused: %j', async (body) => {
    await world.anonymous.post('/login', body).expect(400)
  })

  test('is throttled by name after ten tries, the right password too, known or not', async () => {
    const { username } = await newPerson()
    const other = await newPerson()
    for (const name of [username, 'nobody-at-all']) {
      for (let i = 0; i < 10; i++) await logIn(name, 'falsch-2019').expect(401)
      const refused = await logIn(name).expect(429)
      expect(refused.headers['retry-after']).toBe('900')
      expect(refused.body.message).toMatch(/15 分钟/)
    }
    await logIn(other.username).expect(200)
    await world.owner(`update login_attempts set at = at - interval '16 minutes'`)
    await logIn(username).expect(200)
  })

  test('is throttled for tries at the same time, too', async () => {
    const { username } = await newPerson()
    const answers = await Promise.all(Array.from({ length: 30 }, () => logIn(username, 'falsch-2019')))
    const tried = answers.filter(({ status }) => status === 401).length
    expect([tried, answers.filter(({ status }) => status === 429).length]).toEqual([10, 20])
  })

  test('is throttled by address after two hundred, another address is not; only our own proxy says whose', async () => {
    await world.owner(`insert into login_attempts (key) select key from generate_series(1, 200),
      unnest('{address:203.0.113.9,address:2001:db8:1:2::/64}'::text[]) key`)
    const from = (address: string) => logInBehindTls('hefei', { 'X-Forwarded-For': address })
    await from('203.0.113.9').expect(429)
    await from('::ffff:203.0.113.9').expect(429)
    await from('203.0.113.10').expect(200)
    // a household has as many addresses of version 6 as it likes, in one network
    await from('2001:db8:1:2::7').expect(429)
    await from('2001:db8:1:2:ffff:ffff:ffff:ffff').expect(429)
    await from('2001:db8:1:3::7').expect(200)
    // what a stranger adds in front of what the proxy says is not believed
    await from('203.0.113.10, 203.0.113.9').expect(429)
    await logIn('hefei', password, { 'X-Forwarded-For': '203.0.113.9' }).expect(200)
  })

  test('is heard from a device one has signed in from, after ten thousand wrong ones from its address and of its name', async () => {
    const { username, id } = await newPerson()
    const other = await newPerson()
    const device = cookiesOf(await logIn(username).expect(200))
    const flood = () =>
      world.owner(`insert into login_attempts (key) select key from generate_series(1, 5000), unnest($1::text[]) key`, [
        ['address:127.0.0.1', `name:${createHash('sha256').update(username).digest('hex')}`],
      ])
    await flood()
    try {
      await logIn(username).expect(429)
      const again = cookiesOf(await logIn(username, password, { Cookie: device }).expect(200))
      // it is that person's device, and has a new token each time
      await logIn(other.username, password, { Cookie: again }).expect(429)
      await logIn(username, password, { Cookie: device }).expect(429)
      const stored = await world.owner<{ token_hash: string }>('select token_hash from devices where user_id = $1', [
        id,
      ])
      expect(stored).toHaveLength(1)
      expect(again).not.toContain(stored[0]?.token_hash)
      // from there, too, one may not guess for ever
      for (let i = 0; i < 10; i++) await logIn(username, 'falsch-2019', { Cookie: again }).expect(401)
      await logIn(username, password, { Cookie: again }).expect(429)
    } finally {
      await world.owner('delete from login_attempts')
    }
  })

  test('that succeeds forgives the tries before it', async () => {
    const { username } = await newPerson()
    for (let round = 0; round < 2; round++) {
      for (let i = 0; i < 9; i++) await logIn(username, 'falsch-2019').expect(401)
      await logIn(username).expect(200)
    }
  })
})

describe('a password', () => {
  test('given by somebody else must be changed before anything else', async () => {
    const first = 'erstes-2019'
    const body = { username: 'neuling', name: '新人', role: 'province', unit_id: world.units.省总, password: first }
    await province.post('/users', body).expect(201)
    const fresh = await sessionOf('neuling', first)
    expect(fresh.me.must_change_password).toBe(true)
    for (const path of [
      '/organizations',
      '/users',
      '/changes',
      '/reports/progress',
      '/quotas/export.xlsx',
      '/files/1',
    ]) {
      const { status, body } = await fresh.get(path)
      expect([path, status, body.message]).toEqual([path, 403, '请先修改初始密码。'])
    }
    await fresh.post('/events', {}).expect(403)
    await fresh.get('/me').expect(200)
    const wish = (current: unknown, wanted: unknown) => fresh.put('/me/password', { current, next: wanted })
    expect((await wish('falsch', 'lan-tian-2019').expect(422)).body.errors).toHaveProperty('current')
    for (const weak of ['kurz', '', null, 'aaaaaaaaaaaa', 'x'.repeat(129), first, 12345678, ['lan-tian-2019']])
      expect((await wish(first, weak).expect(422)).body.errors).toHaveProperty('next')
    await wish(first, 'lan-tian-2019').expect(204)
    await fresh.get('/organizations').expect(200)
    await logIn('neuling', first).expect(401)
    expect((await logIn('neuling', 'lan-tian-2019').expect(200)).body.must_change_password).toBe(false)
  })

  test('is not guessed through a session left open', async () => {
    const { username } = await newPerson()
    const session = await sessionOf(username)
    const wish = (current: string) => session.put('/me/password', { current, next: 'qing-feng-2019' })
    for (let i = 0; i < 10; i++) await wish(`falsch-${i}`).expect(422)
    expect((await wish(password).expect(429)).headers['retry-after']).toBe('900')
    await world.owner(`update login_attempts set at = at - interval '16 minutes'`)
    await wish(password).expect(204)
  })

  test('that would be guessed is refused with a sentence: common, digits, near to its account or to our name', async () => {
    for (const [word, why] of [
      ['password1', '常见'],
      ['Password2019!', '常见'],
      ['qwertyuiop', '常见'],
      ['woaini1314', '常见'],
      ['12345678', '数字'],
      ['13800000001', '数字'],
      ['haowangmin', '太像'],
      ['HaoWangMin-2019', '太像'],
      ['好网民台账2019', '太像'],
      ['wuhu.zhang1', '太像'],
      ['zhangwuhu2019', '太像'],
      ['ＷｕｈｕZhang88', '太像'],
      ['aaaaaaaaaaab', '太简单'],
    ] as const)
      expect([word, await passwordFault(word, 'wuhu.zhang')]).toEqual([word, expect.stringContaining(why)])
    for (const word of ['lan-tian-2019', 'wuhu-kite-lamp', '白日依山尽黄河入海流', 'x8kq2mwp7v'])
      expect([word, await passwordFault(word, 'wuhu.zhang')]).toEqual([word, undefined])
    const { username } = await newPerson()
    const session = await sessionOf(username)
    const near = `${username}-2019`
    expect((await session.put('/me/password', { current: password, next: near }).expect(422)).body.errors.next).toMatch(
      /太像/,
    )
    const body = { username: 'suzhou.li', name: '新人', role: 'juror', password: 'suzhou.li1' }
    expect((await province.post('/users', body).expect(422)).body.errors.password).toMatch(/太像/)
  })

  test('changed ends the person’s other sessions and not the one that changed it', async () => {
    const { username } = await newPerson()
    const [here, there] = [await sessionOf(username), await sessionOf(username)]
    await here.put('/me/password', { current: password, next: 'qing-feng-2019' }).expect(204)
    await here.get('/me').expect(200)
    await there.get('/me').expect(401)
    await logIn(username).expect(401)
    await logIn(username, 'qing-feng-2019').expect(200)
  })

  test('reset by the province logs the person out everywhere and has to be changed', async () => {
    const { id, username } = await newPerson()
    const sessions = [await sessionOf(username), await sessionOf(username)]
    const reset = await province.post(`/users/${id}/reset`).expect(200)
    expect(reset.body.password).toMatch(/^[a-z2-9]{12}$/)
    for (const session of sessions) await session.get('/me').expect(401)
    await logIn(username).expect(401)
    const again = await sessionOf(username, reset.body.password)
    expect(again.me.must_change_password).toBe(true)
    await again.get('/events').expect(403)
    await again.put('/me/password', { current: reset.body.password, next: 'qing-feng-2019' }).expect(204)
    await again.get('/events').expect(200)
  })

  test('is in no answer, list or change', async () => {
    const { id } = await newPerson()
    await province.put(`/users/${id}`, { version: 2, name: '改名' }).expect(200)
    for (const path of ['/users', `/users/${id}`, '/changes?range=[0,499]', '/me'])
      expect((await province.get(path).expect(200)).text).not.toMatch(/password_hash|argon2|\$v=19/)
  })
})

describe('the page of people', () => {
  test('creates an account whose password is told once and must be changed', async () => {
    const made = await province
      .post('/users', { username: 'Wuhu.Zhang', name: ' 张某 ', role: 'clerk', unit_id: world.units.芜湖 })
      .expect(201)
    expect(made.body).toMatchObject({
      username: 'wuhu.zhang',
      name: '张某',
      must_change_password: true,
      disabled: false,
    })
    const { password: first, ...shown } = made.body
    expect((await province.get(`/users/${shown.id}`).expect(200)).body).toEqual(shown)
    expect((await sessionOf('wuhu.zhang', first)).me).toMatchObject({ unit_id: world.units.芜湖, role: 'clerk' })
  })

  test.each([
    ['username', { username: 'hefei' }],
    ['username', { username: '1abc' }],
    ['username', { username: 'a b' }],
    ['username', { username: null }],
    ['name', { name: ' ' }],
    ['name', { name: 7 }],
    ['role', { role: 'owner' }],
    ['role', { role: 'gate' }],
    ['unit_id', { unit_id: null }],
    ['unit_id', { role: 'juror' }],
    ['password', { password: '123' }],
    ['nonsense', { nonsense: 1 }],
    ['password_hash', { password_hash: 'x' }],
    ['must_change_password', { must_change_password: false }],
  ])('refuses a wrong %s by name: %j', async (name, more) => {
    const body = { username: `neu${next++}`, name: '新人', role: 'clerk', unit_id: world.units.合肥, ...more }
    const refused = await province.post('/users', body).expect(422)
    expect(Object.keys(refused.body.errors)).toEqual([name])
  })

  test('lets the internet office of the province be of no unit, and that of a city of its city', async () => {
    const office = { username: `neu${next++}`, name: '新人', role: 'cac' }
    const refused = await province.post('/users', { ...office, unit_id: world.units.省委网信办 }).expect(422)
    expect(refused.body.errors.unit_id).toBe('省网信办看全省，单位请留空；市网信办选它的市。')
    await province.post('/users', { ...office, unit_id: world.units.芜湖 }).expect(201)
  })

  test('moves and disables at once, and lets in again', async () => {
    const { id, username } = await newPerson()
    const session = await sessionOf(username)
    const change = async (more: object) => {
      const { version } = (await province.get(`/users/${id}`).expect(200)).body
      return province.put(`/users/${id}`, { version, ...more }).expect(200)
    }
    await change({ unit_id: world.units.芜湖 })
    expect((await session.get('/me').expect(200)).body.unit_id).toBe(world.units.芜湖)
    await change({ role: 'cac', unit_id: null })
    expect((await session.get('/me').expect(200)).body).toMatchObject({ role: 'cac', unit_id: null })
    await change({ disabled: true })
    await session.get('/me').expect(401)
    await logIn(username).expect(401)
    await change({ disabled: false })
    await session.get('/me').expect(401) // let in again is not let into the old session
    await logIn(username).expect(200)
  })

  test('needs the version, and answers a stale one with the person as stored', async () => {
    const { id, version } = await newPerson()
    await province.put(`/users/${id}`, { name: '甲' }).expect(428)
    await province.put(`/users/${id}`, { name: '甲', version }).expect(200)
    const stale = await province.put(`/users/${id}`, { name: '乙', version }).expect(409)
    expect(stale.body.row).toMatchObject({ id, name: '甲' })
    await province.put('/users/999999', { name: '乙', version: 1 }).expect(404)
  })

  test('lets nobody disable themselves or give up their own role', async () => {
    const me = (await province.get('/me').expect(200)).body
    const { version, ...self } = (await province.get(`/users/${me.id}`).expect(200)).body
    await province.put(`/users/${me.id}`, { version, disabled: true }).expect(422)
    await province.put(`/users/${me.id}`, { version, role: 'clerk' }).expect(422)
    await province.put(`/users/${me.id}`, { version, ...self, name: '省总管理员' }).expect(200)
  })

  test('changes no name of an account and takes no unknown key', async () => {
    const { id, version } = await newPerson()
    for (const more of [
      { username: 'other' },
      { nonsense: 1 },
      { must_change_password: true },
      { password_hash: 'x' },
    ]) {
      const refused = await province.put(`/users/${id}`, { version, ...more }).expect(422)
      expect(Object.keys(refused.body.errors)).toEqual(Object.keys(more))
    }
  })

  test('filters, sorts and pages as every list does', async () => {
    const names = async (query: object) =>
      (await province.get('/users', query as Record<string, unknown>).expect(200)).body.map(
        (user: { username: string }) => user.username,
      )
    expect(await names({ filter: { role: 'juror', q: 'juror' } })).toEqual(['juror1', 'juror2'])
    expect(await names({ filter: { role: 'juror', q: 'juror' }, sort: ['username', 'DESC'] })).toEqual([
      'juror2',
      'juror1',
    ])
    const page = await province
      .get('/users', { filter: { role: 'juror' }, range: [1, 1], sort: ['id', 'ASC'] })
      .expect(200)
    expect([page.body.length, page.headers['content-range']?.startsWith('users 1-1/')]).toEqual([1, true])
    await province.get('/users', { filter: { password_hash: 'x' } }).expect(400)
    await province.get('/users', { sort: ['password_hash', 'ASC'] }).expect(400)
  })
})

// What the process is told from outside: defaults, every fault a sentence, and the derived working login.
import { expect, test } from 'vitest'
import { appLogin, originsOf, readSettings } from '../../server/settings.ts'

const owner = 'postgres://owner:a%2Fb@db.example.cn:5432/campaigns?sslmode=require'

function faults(env: Record<string, string>, argv: string[] = []): string[] {
  const read = readSettings(env, argv, '/srv/app')
  return 'faults' in read ? read.faults : []
}

test('nothing set means port 3000 on loopback with a private database in .data', () => {
  expect(readSettings({}, [], '/srv/app')).toEqual({
    settings: {
      port: 3000,
      host: '127.0.0.1',
      public_urls: [],
      proxies: [],
      data_dir: '/srv/app/.data',
      database_url: undefined,
      app_database_url: undefined,
      admin_password: undefined,
      demo: false,
      serves_pages: true,
      demo_password: undefined,
    },
  })
})

test('a blank variable counts as absent', () => {
  const blank = { PORT: '', HOST: ' ', DATA_DIR: '', DATABASE_URL: '', APP_DATABASE_URL: '', ADMIN_PASSWORD: '' }
  expect(readSettings(blank, [], '/srv/app')).toEqual(readSettings({}, [], '/srv/app'))
})

test('the demonstration has its own folder and always a password', () => {
  expect(readSettings({}, ['--demo'], '/srv/app')).toMatchObject({
    settings: { demo: true, data_dir: '/srv/app/.demo', demo_password: expect.stringMatching(/.{8,}/) },
  })
  expect(readSettings({ DEMO_PASSWORD: 'shown to all' }, ['--demo'])).toMatchObject({
    settings: { demo_password: 'shown to all' },
  })
  expect(readSettings({ DEMO_PASSWORD: 'shown to all' }, [])).toMatchObject({ settings: { demo_password: undefined } })
})

test.each([
  ['PORT', ['80a', '-1', '65536', '3000.5', '1e3'], ['0', '80', '65535']],
  ['HOST', ['localhost:3000', 'http://a', 'a b', '[::1]'], ['localhost', '127.0.0.2', '::1']],
  [
    'PUBLIC_URL',
    ['tz.example.cn', 'ftp://tz.example.cn', 'https://tz.example.cn/admin', 'https://a@tz.example.cn', 'https://'],
    ['https://tz.example.cn', 'http://10.0.0.5:3000/', 'https://tz.example.cn, http://10.0.0.5:3000'],
  ],
  [
    'PROXIES',
    ['proxy.example.cn', '10.0.0.0/33', '10.0.0.0/0', '10.0.0.0/8/8', '999.1.1.1'],
    ['127.0.0.1', 'loopback', '10.0.0.0/8, ::1', 'fd00::/8'],
  ],
  ['ADMIN_PASSWORD', ['short', 'x'.repeat(129)], ['long enough']],
  [
    'DATABASE_URL',
    [
      'db',
      'mysql://u:p@h/d',
      'postgres://u:p@h',
      'postgres://h/d',
      'postgres://u@h/d',
      'postgres://haowangmin_app:p@h/d',
    ],
    [owner, 'postgresql://u:p@127.0.0.1/d', 'postgres://u:p@%2Fvar%2Frun%2Fpostgresql/d'],
  ],
])('%s: bad values are refused by name, good ones are not', (name, bad, good) => {
  for (const value of bad) {
    const [fault, ...more] = faults({ [name]: value })
    expect(fault, value).toContain(name)
    expect(more).toEqual([])
  }
  for (const value of good) expect(faults({ [name]: value }), value).toEqual([])
})

test('whoever listens to other machines says under which address they come', () => {
  for (const HOST of ['0.0.0.0', '::', '192.168.1.5', 'intranet.example.cn']) {
    expect(faults({ HOST }).join(), HOST).toContain('PUBLIC_URL')
    expect(faults({ HOST, PUBLIC_URL: 'https://tz.example.cn' }), HOST).toEqual([])
  }
})

test('pages come from the public addresses, else from the loopback address that listens, localhost alike', () => {
  const listening = { address: '127.0.0.1', family: 'IPv4', port: 3000 }
  expect(originsOf([], listening)).toEqual(['http://127.0.0.1:3000', 'http://localhost:3000'])
  expect(originsOf([], { address: '::1', family: 'IPv6', port: 80 })).toEqual(['http://[::1]', 'http://localhost'])
  const read = readSettings({ PUBLIC_URL: 'https://TZ.example.cn:443/ http://10.0.0.5:3000' }, [])
  const { public_urls } = 'settings' in read ? read.settings : { public_urls: [] }
  expect(public_urls).toEqual(['https://tz.example.cn', 'http://10.0.0.5:3000'])
  expect(originsOf(public_urls, listening)).toEqual(public_urls)
})

test('all faults come at once, and none repeats a password', () => {
  const all = faults({ PORT: 'x', HOST: 'a b', DATABASE_URL: 'mysql://u:secret-word@h/d' }, ['--dmo'])
  expect(all).toHaveLength(4)
  expect(all.join()).not.toContain('secret-word')
  expect(all.join()).toContain('--dmo')
})

test('the working login is given together with the owner, and is another one', () => {
  expect(faults({ APP_DATABASE_URL: owner })).toHaveLength(1)
  expect(faults({ DATABASE_URL: owner, APP_DATABASE_URL: owner })).toHaveLength(1)
  expect(faults({ DATABASE_URL: 'postgres://u@h/d', APP_DATABASE_URL: 'postgres://app@h/d' })).toEqual([])
})

test('any number of processes derive the same working login from the owner, and nobody the owner from it', () => {
  const login = appLogin(owner)
  expect(appLogin(owner)).toEqual(login)
  expect(login.user).toBe('haowangmin_app')
  expect(login.password).toMatch(/^[0-9a-f]{64}$/)
  const url = new URL(login.url)
  expect([url.username, url.password, url.host, url.pathname, url.search]).toEqual([
    'haowangmin_app',
    login.password,
    'db.example.cn:5432',
    '/campaigns',
    '?sslmode=require',
  ])
  expect(appLogin(owner.replace('a%2Fb', 'other')).password).not.toBe(login.password)
})

test('a working login that was given is used as it is', () => {
  const given = 'postgres://clerk%20app:pw@h/d'
  expect(appLogin(owner, given)).toEqual({ url: given, user: 'clerk app', password: undefined })
})

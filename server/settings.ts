// The settings: environment variables, read and checked in this one place.
import { createHmac } from 'node:crypto'
import { type AddressInfo, isIP } from 'node:net'
import { resolve } from 'node:path'

/** The login of the working connections: it owns nothing and has no right of its own. */
const app_login = 'haowangmin_app'
/** Shown on the login page of the demonstration, so that it needs no secret. */
const defaultDemoPassword = 'haowangmin-2019'

const passwordLength = { least: 8, most: 128 }

export interface Settings {
  /** 0–65535; 0 asks the system for a free one. */
  port: number
  host: string
  /** Origins under which people open the pages, the first printed on papers; none: the loopback address that listens. */
  public_urls: string[]
  /** Reverse proxies whose X-Forwarded-For is believed; none: nobody's. */
  proxies: string[]
  /** Absolute path of the folder with the private database. */
  data_dir: string
  /** The owner's address, who migrates; undefined: the private PostgreSQL in data_dir. */
  database_url: string | undefined
  /** The working connections' own address; undefined: a login `haowangmin_app`, made by the owner. */
  app_database_url: string | undefined
  /** First password of `admin`; undefined: a random one, printed once. */
  admin_password: string | undefined
  demo: boolean
  /** Whether the built admin is served; not while it is being worked on, when vite serves it. */
  serves_pages: boolean
  /** One password for all accounts of the demonstration; undefined outside it. */
  demo_password: string | undefined
}

interface AppLogin {
  /** Address of the working connections. */
  url: string
  user: string
  /** To be set by the owner when it makes the login; undefined: the login was made by somebody else. */
  password: string | undefined
}

/**
 * Reads the settings from environment variables and command-line arguments (`--demo`, `--no-pages`); a blank variable counts as
 * absent. `folder` is where relative paths start. Answers all faults at once, each a Chinese sentence.
 */
export function readSettings(
  env: Record<string, string | undefined>,
  argv: string[],
  folder = process.cwd(),
): { settings: Settings } | { faults: string[] } {
  const faults: string[] = []
  const read = (name: string) => env[name]?.trim() || undefined
  const check = (fault: string | undefined) => {
    if (fault) faults.push(fault)
  }
  for (const argument of argv.filter((each) => !['--demo', '--no-pages'].includes(each))) {
    faults.push(`不认识的启动参数“${argument}”：只有 --demo 和 --no-pages。`)
  }
  const demo = argv.includes('--demo')
  const settings: Settings = {
    port: Number(read('PORT') ?? 3000),
    host: read('HOST') ?? '127.0.0.1',
    public_urls: listOf(read('PUBLIC_URL')).map((url) => (URL.canParse(url) ? new URL(url).origin : url)),
    proxies: listOf(read('PROXIES')),
    data_dir: resolve(folder, read('DATA_DIR') ?? (demo ? '.demo' : '.data')),
    database_url: read('DATABASE_URL'),
    app_database_url: read('APP_DATABASE_URL'),
    admin_password: read('ADMIN_PASSWORD'),
    demo,
    serves_pages: !argv.includes('--no-pages'),
    demo_password: demo ? (read('DEMO_PASSWORD') ?? defaultDemoPassword) : undefined,
  }
  check(portFault(read('PORT')))
  check(hostFault(settings.host))
  for (const url of listOf(read('PUBLIC_URL'))) check(publicUrlFault(url))
  for (const proxy of settings.proxies) check(proxyFault(proxy))
  if (settings.public_urls.length === 0) check(openHostFault(settings.host))
  check(passwordFault('ADMIN_PASSWORD', settings.admin_password))
  check(passwordFault('DEMO_PASSWORD', settings.demo_password))
  check(urlFault('DATABASE_URL', settings.database_url))
  check(urlFault('APP_DATABASE_URL', settings.app_database_url))
  if (faults.length === 0) check(loginFault(settings))
  return faults.length > 0 ? { faults } : { settings }
}

/**
 * The working connections' login for an owner's address. Its password is derived from the owner's, so that any number
 * of processes agree on it without keeping it anywhere.
 */
export function appLogin(ownerUrl: string, appDatabaseUrl?: string): AppLogin {
  if (appDatabaseUrl) {
    return { url: appDatabaseUrl, user: decodeURIComponent(new URL(appDatabaseUrl).username), password: undefined }
  }
  const url = new URL(ownerUrl)
  const password = createHmac('sha256', decodeURIComponent(url.password)).update(app_login).digest('hex')
  url.username = app_login
  url.password = password
  return { url: url.href, user: app_login, password }
}

function portFault(text: string | undefined): string | undefined {
  if (text === undefined || (/^\d{1,5}$/.test(text) && Number(text) <= 65_535)) return undefined
  return `PORT“${text}”不是端口号：应为 0 至 65535 之间的整数。`
}

function hostFault(host: string): string | undefined {
  if (isIP(host) || /^[A-Za-z0-9._-]{1,253}$/.test(host)) return undefined
  return `HOST“${host}”不是主机名或 IP 地址：端口请写在 PORT 中。`
}

const listOf = (text: string | undefined) => text?.split(/[\s,，]+/).filter(Boolean) ?? []

function publicUrlFault(text: string): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && /^https?:$/.test(url.protocol) && `${url.origin}/` === url.href) return undefined
  return `PUBLIC_URL“${text.slice(0, 80)}”不是网址：应形如 https://tz.example.cn，后面不写路径；有几个时用逗号隔开。`
}

function proxyFault(text: string): string | undefined {
  const [address = '', bits, ...more] = text.split('/')
  const most = isIP(address) === 6 ? 128 : 32
  const fits = bits === undefined || (/^[1-9]\d{0,2}$/.test(bits) && Number(bits) <= most)
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text) || (isIP(address) && fits && more.length === 0))
    return undefined
  return `PROXIES“${text.slice(0, 80)}”不是反向代理的地址：应为 IP 地址、网段（10.0.0.0/8）或 loopback，有几个时用逗号隔开。`
}

const isLoopback = (host: string) =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'))

/** What a request says of its address may be anything: it would be printed on papers. */
function openHostFault(host: string): string | undefined {
  if (isLoopback(host) || hostFault(host)) return undefined
  return `HOST“${host}”让别的机器也能打开本系统：请用 PUBLIC_URL 写明大家打开它的网址，如 https://tz.example.cn。`
}

/**
 * The origins of our own pages, ['http://127.0.0.1:3000', 'http://localhost:3000'] where none was given: requests that
 * change something come from one of them, and papers bear the first.
 */
export function originsOf(publicUrls: readonly string[], { address, family, port }: AddressInfo): string[] {
  if (publicUrls.length > 0) return [...publicUrls]
  const host = family === 'IPv6' ? `[${address}]` : address
  return [host, 'localhost'].map((each) => new URL(`http://${each}:${port}`).origin)
}

function passwordFault(name: string, password: string | undefined): string | undefined {
  if (password === undefined) return undefined
  const { least, most } = passwordLength
  if (password.length >= least && password.length <= most) return undefined
  return `${name} 应有 ${least} 至 ${most} 个字符。`
}

/** Never repeats the address: it holds a password, and faults are printed. */
function urlFault(name: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined
  const example = 'postgres://用户:密码@主机:5432/数据库'
  if (!URL.canParse(text)) return `${name} 不是数据库地址：应形如 ${example}。`
  const url = new URL(text)
  if (!/^postgres(ql)?:$/.test(url.protocol)) return `${name} 应以 postgres:// 开头，形如 ${example}。`
  if (!url.username) return `${name} 没有写明用户名，应形如 ${example}。`
  if (!/^\/[^/]+$/.test(url.pathname)) return `${name} 没有写明数据库名，应形如 ${example}。`
  return undefined
}

function loginFault({ database_url, app_database_url }: Settings): string | undefined {
  if (app_database_url && !database_url) return '只设置了 APP_DATABASE_URL：请同时设置 DATABASE_URL（数据库所有者）。'
  if (!database_url) return undefined
  const owner = new URL(database_url)
  if (!app_database_url) {
    if (owner.username === app_login) return `DATABASE_URL 应是数据库所有者的地址，不能用工作账号 ${app_login}。`
    if (owner.password) return undefined
    return 'DATABASE_URL 中没有密码，无法由它推出工作账号的密码：请写上密码，或另设 APP_DATABASE_URL。'
  }
  const app = new URL(app_database_url)
  if (app.username === owner.username) {
    return 'APP_DATABASE_URL 与 DATABASE_URL 用了同一个账号：工作账号不能是数据库所有者。'
  }
  return undefined
}

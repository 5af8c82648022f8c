// The process: settings, database, admin, web server, in this order; and in the opposite order at SIGTERM or SIGINT.
import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPrivatePostgres } from '../db/embedded.ts'
import { migrate } from '../db/migrate.ts'
import { demoAccounts, loadDemo } from '../seeds/demo.ts'
import { createAdmin, loadCampaign2019 } from '../seeds/index.ts'
import { createApp } from './app.ts'
import { buildAdmin } from './build.ts'
import { openDatabase } from './database/connection.ts'
import { keepFolding } from './database/tally.ts'
import { openLive } from './live/routes.ts'
import { passwordFault } from './people/passwords.ts'
import { appLogin, originsOf, readSettings, type Settings } from './settings.ts'

/** How long requests that are running may go on after SIGTERM. */
const DRAIN_TIMEOUT_MS = 30_000
/** Then their transactions are rolled back, by the end of their connections. */
const CLOSE_TIMEOUT_MS = 5_000
const REPEATED_SIGNAL_MS = 500

/** What was opened, to be closed in the opposite order. */
const opened: (() => Promise<unknown>)[] = []
let stopWantedAt: number | undefined
let isServing = false

async function main() {
  const read = readSettings(process.env, process.argv.slice(2))
  if ('faults' in read) {
    for (const fault of read.faults) console.error(fault)
    process.exitCode = 2
    return
  }
  try {
    await start(read.settings)
    isServing = true
    if (stopWantedAt !== undefined) await stop()
  } catch (error) {
    console.error(explain(error as NodeJS.ErrnoException, read.settings))
    await closeAll()
    process.exit(1)
  }
}

async function start(settings: Settings) {
  // The build takes a processor, the database mostly waits: side by side. The failure of either ends the start.
  const building = settings.serves_pages ? buildAdmin(console.log) : Promise.resolve(undefined)
  building.catch(() => {})
  const ownerUrl = settings.database_url ?? (await startDatabase(settings))
  const login = appLogin(ownerUrl, settings.app_database_url)
  await migrate(ownerUrl, { login: { name: login.user, password: login.password } })
  await loadCampaign2019(ownerUrl)
  if (settings.demo_password) await loadDemo(ownerUrl, settings.demo_password)
  else await firstAdmin(ownerUrl, settings)
  const database = await openDatabase(login.url)
  opened.push(() => Promise.race([database.close(), sleep(CLOSE_TIMEOUT_MS)]))
  const stopFolding = keepFolding(database)
  opened.push(async () => stopFolding())
  const dist = await building
  const demo = settings.demo_password ? { password: settings.demo_password, accounts: demoAccounts } : undefined
  const live = openLive(database)
  const server = createServer()
  await listen(server, settings)
  const publicUrls = originsOf(settings.public_urls, server.address() as AddressInfo)
  server.on('request', createApp({ database, public_urls: publicUrls, proxies: settings.proxies, dist, demo, live }))
  opened.push(() => drain(server))
  opened.push(async () => live.close()) // streams have no end of their own
  announce(server, settings)
}

async function startDatabase(settings: Settings): Promise<string> {
  const postgres = await startPrivatePostgres({ folder: settings.data_dir, log: console.error })
  opened.push(() => postgres.stop())
  return postgres.url
}

async function firstAdmin(ownerUrl: string, settings: Settings) {
  const fault = settings.admin_password && (await passwordFault(settings.admin_password, 'admin'))
  if (fault) throw Object.assign(new Error(`ADMIN_PASSWORD 不能用：${fault}`), { name: 'StartRefused' })
  const password = settings.admin_password ?? randomBytes(9).toString('base64url')
  const created = await createAdmin(ownerUrl, password)
  if (created && !settings.admin_password) {
    console.log(`已建立管理员账号 admin，初始密码：${password}（只显示这一次，登录后请修改）`)
  }
}

function listen(server: Server, { port, host }: Settings): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(port, host, () => {
      server.off('error', fail)
      server.on('error', logUnhandled)
      done()
    })
  })
}

function announce(server: Server, settings: Settings) {
  const { address, family, port } = server.address() as AddressInfo
  const isAny = address === '0.0.0.0' || address === '::'
  const host = isAny ? 'localhost' : family === 'IPv6' ? `[${address}]` : address
  if (settings.demo_password) {
    console.log(`演示系统：账号 admin、province、cac、hefei、juror1 等，密码都是 ${settings.demo_password}`)
  }
  const openedAt = settings.public_urls.length > 0 ? `，大家从 ${settings.public_urls.join('、')} 打开` : ''
  console.log(`好网民后台已启动：http://${host}:${port}${openedAt}`)
}

/** Takes no new connections, lets the running requests finish, and ends what is left when the time is up. */
async function drain(server: Server) {
  let isClosed = false
  server.close(() => {
    isClosed = true
  })
  for (const until = Date.now() + DRAIN_TIMEOUT_MS; !isClosed && Date.now() < until; await sleep(20)) {
    // A connection kept alive counts as open until it is closed, also when its request ends only now.
    server.closeIdleConnections()
  }
  server.closeAllConnections()
}

async function stop() {
  console.log('正在停止：先办完正在处理的请求……')
  await closeAll()
  console.log('已停止。')
  process.exit(0)
}

async function closeAll() {
  for (let close = opened.pop(); close; close = opened.pop()) {
    try {
      await close()
    } catch (error) {
      logUnhandled(error) // the next ones must be closed all the same, the database above all
    }
  }
}

function onSignal() {
  if (stopWantedAt === undefined) {
    stopWantedAt = Date.now()
    if (isServing) void stop()
    return
  }
  // A second signal: exit without draining (PostgreSQL is still stopped at exit). npm repeats the terminal's Ctrl-C at once;
  // that repetition does not count.
  if (Date.now() - stopWantedAt > REPEATED_SIGNAL_MS) process.exit(1)
}

/** No request may end the process, whatever it made us forget: the fault is logged and the others are served on. */
function logUnhandled(error: unknown) {
  console.error(new Date().toISOString(), 'unhandled', error)
}

/** One sentence for what a person at the terminal can put right; anything else with its stack. */
function explain(error: NodeJS.ErrnoException, settings: Settings): string {
  const code = error.code ?? ''
  const address = `${settings.host}:${settings.port}`
  if (error.name === 'StartRefused') return error.message
  if (error.syscall === 'listen') {
    if (code === 'EADDRINUSE') return `端口已被占用：${address}。请用 PORT 指定另一个端口。`
    if (code === 'EACCES') return `没有权限使用端口 ${settings.port}：请用 PORT 指定 1024 以上的端口。`
    return `不能在 ${address} 上提供服务（${code}）：请检查 HOST 和 PORT。`
  }
  if (settings.database_url && connectionFaults[code]) return connectionFaults[code]
  return `启动失败：${error.stack ?? String(error)}`
}

const connectionFaults: Record<string, string> = {
  ECONNREFUSED: '连接不上数据库：请检查 DATABASE_URL 中的主机和端口，以及数据库是否已启动。',
  ENOTFOUND: '连接不上数据库：找不到 DATABASE_URL 中的主机。',
  ETIMEDOUT: '连接不上数据库：DATABASE_URL 中的主机没有回应。',
  '28P01': '数据库拒绝了登录：请检查 DATABASE_URL（和 APP_DATABASE_URL）中的用户名和密码。',
  '28000': '数据库拒绝了登录：请检查 DATABASE_URL（和 APP_DATABASE_URL）中的用户名，以及服务器的 pg_hba.conf。',
  '3D000': '数据库不存在：请先建立 DATABASE_URL 中写明的数据库。',
  '42501': 'DATABASE_URL 中的用户权限不足：它应是数据库的所有者，并有 CREATEROLE 权限。',
}

process.on('uncaughtException', logUnhandled)
process.on('unhandledRejection', logUnhandled)
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, onSignal)
await main()

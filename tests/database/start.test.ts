// The process as its administrator meets it: real processes on folders of their own.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, utimesSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, afterEach, beforeAll, expect, inject, test } from 'vitest'
import { newDatabase } from '../support/databases.ts'
import { builtAdmin } from '../support/shared.ts'

const START_WITHIN_MS = 120_000

interface Run {
  child: ChildProcess
  /** Everything printed so far. */
  output(): string
  /** Exit code, or the name of the signal that ended it. */
  ended: Promise<number | string | null>
}

interface Served extends Run {
  url: string
}

const folder = mkdtempSync(join(tmpdir(), 'haowangmin-start-'))
const data = join(folder, 'data')
const running = new Set<Run>()

const run = (env: Record<string, string>, ...argv: string[]) => runFile('server/index.ts', env, argv)

function runFile(file: string, env: Record<string, string>, argv: string[] = []): Run {
  const child = spawn(process.execPath, ['--import', 'tsx', file, ...argv], {
    // Only what a service manager would give: the terminal's and vitest's own variables must not matter.
    env: { PATH: process.env.PATH, PORT: '0', DATA_DIR: data, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  const keep = (text: Buffer) => {
    output += text
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const ended = new Promise<number | string | null>((done) =>
    child.once('close', (code, signal) => done(code ?? signal)),
  )
  const started = { child, output: () => output, ended }
  running.add(started)
  void ended.then(() => running.delete(started))
  return started
}

async function serve(env: Record<string, string> = {}, ...argv: string[]): Promise<Served> {
  const started = run(env, ...argv)
  for (
    const until = Date.now() + START_WITHIN_MS;
    Date.now() < until && started.child.exitCode === null;
    await sleep(10)
  ) {
    const [url] = /http:\/\/\S+:\d+/.exec(started.output()) ?? []
    if (url) return { ...started, url }
  }
  throw new Error(`not started:\n${started.output()}`)
}

const stop = async (served: Run) => {
  served.child.kill('SIGTERM')
  return served.ended
}

const login = (url: string, password: string, username = 'admin') =>
  fetch(`${url}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ username, password }),
  })

const postmaster = () => Number(readFileSync(join(data, 'postgres', 'postmaster.pid'), 'utf8').split('\n')[0])

async function until(ready: () => Promise<boolean>, limit_ms = START_WITHIN_MS) {
  for (const end = Date.now() + limit_ms; Date.now() < end; await sleep(50)) {
    if (await ready().catch(() => false)) return
  }
  throw new Error('did not happen in time')
}

let password = ''

beforeAll(async () => {
  await builtAdmin()
  const first = await serve()
  password = /初始密码：(\S+?)（/.exec(first.output())?.[1] ?? ''
  expect(await stop(first)).toBe(0)
})

afterEach(async () => {
  for (const left of running) {
    left.child.kill('SIGTERM')
    await left.ended
  }
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('the first start prints the password of admin, which opens the door; the second prints none', async () => {
  const second = await serve()
  expect(second.output()).not.toContain('密码')
  expect((await fetch(`${second.url}/healthz`)).status).toBe(200)
  expect((await fetch(`${second.url}/readyz`)).status).toBe(200)
  expect((await login(second.url, password)).status).toBe(200)
  expect((await login(second.url, `${password}x`)).status).toBe(401)
  const page = await fetch(second.url)
  expect(page.status).toBe(200)
  expect(await page.text()).toContain('<html')
})

test('a second start on the same folder says so, leaves with an error and does the first no harm', async () => {
  const first = await serve()
  const second = run({})
  expect(await second.ended).toBe(1)
  expect(second.output()).toContain(`正被另一个进程使用（进程号 ${first.child.pid}）`)
  expect((await fetch(`${first.url}/readyz`)).status).toBe(200)
})

test('bad settings are all named, and nothing is started', async () => {
  const refused = run({ PORT: 'http', DATABASE_URL: 'mysql://h/d' }, '--demmo')
  expect(await refused.ended).toBe(2)
  for (const name of ['PORT', 'DATABASE_URL', '--demmo']) expect(refused.output()).toContain(name)
})

test('a port that is taken is named in a sentence, and the database stopped again', async () => {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => taken.once('listening', done))
  const { port } = taken.address() as { port: number }
  const refused = run({ PORT: String(port) })
  expect(await refused.ended).toBe(1)
  expect(refused.output()).toContain(`端口已被占用：127.0.0.1:${port}`)
  expect(() => postmaster()).toThrow()
  taken.close()
})

test('SIGTERM lets a running request finish, then stops the database', async () => {
  const served = await serve()
  const { hostname, port } = new URL(served.url)
  const body = JSON.stringify({ username: 'admin', password })
  const socket = connect(Number(port), hostname)
  let answer = ''
  socket.on('data', (text) => {
    answer += text
  })
  const head = ['POST /api/login HTTP/1.1', `Host: ${hostname}:${port}`, `Origin: ${served.url}`]
  head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)
  socket.write(`${head.join('\r\n')}\r\n\r\n${body.slice(0, 5)}`)
  await sleep(200)
  served.child.kill('SIGTERM')
  await sleep(300)
  socket.write(body.slice(5))
  expect(await served.ended).toBe(0)
  expect(answer).toMatch(/^HTTP\/1\.1 200/)
  expect(() => postmaster()).toThrow()
})

test('after kill -9 of the server the next start takes over its database, sessions and all', async () => {
  const killed = await serve()
  const cookie = (await login(killed.url, password)).headers.get('set-cookie')?.split(';')[0] ?? ''
  const left = postmaster()
  killed.child.kill('SIGKILL')
  expect(await killed.ended).toBe('SIGKILL')
  const again = await serve()
  expect(postmaster()).not.toBe(left)
  expect((await fetch(`${again.url}/api/me`, { headers: { cookie } })).status).toBe(200)
})

test('after kill -9 of its database the server starts it again and goes on', async () => {
  const served = await serve()
  const before = postmaster()
  process.kill(before, 'SIGKILL')
  await until(async () => postmaster() !== before && (await fetch(`${served.url}/readyz`)).status === 200)
  expect((await login(served.url, password)).status).toBe(200)
  expect(served.child.exitCode).toBe(null)
})

test('after kill -9 of both, everything is there again', async () => {
  const killed = await serve()
  process.kill(postmaster(), 'SIGKILL')
  killed.child.kill('SIGKILL')
  await killed.ended
  const again = await serve()
  expect((await login(again.url, password)).status).toBe(200)
})

test('several processes start at once on one database given by DATABASE_URL, and share its sessions', async () => {
  const env = { DATABASE_URL: await newDatabase(), ADMIN_PASSWORD: 'first password 1' }
  const [one, two] = await Promise.all([serve(env), serve(env)])
  expect(one.output() + two.output()).not.toContain('first password 1')
  const cookie = (await login(one.url, 'first password 1')).headers.get('set-cookie')?.split(';')[0] ?? ''
  expect((await fetch(`${two.url}/api/me`, { headers: { cookie } })).status).toBe(200)
  expect(await Promise.all([stop(one), stop(two)])).toEqual([0, 0])
})

test('a database that refuses us is a sentence, not a stack', async () => {
  const url = new URL(inject('ownerUrl'))
  url.password = 'wrong'
  const refused = run({ DATABASE_URL: url.href })
  expect(await refused.ended).toBe(1)
  expect(refused.output()).toContain('数据库拒绝了登录')
  expect(refused.output()).not.toContain('wrong')
})

async function freePort(): Promise<string> {
  const taken = createServer().listen(0, '127.0.0.1')
  await new Promise((done) => taken.once('listening', done))
  const { port } = taken.address() as { port: number }
  await new Promise((done) => taken.close(done))
  return String(port)
}

test('while it is worked on, vite serves the pages and passes /api to a server that begins again when a file of it changes', async () => {
  const [port, pages] = [await freePort(), await freePort()]
  const dev = runFile('server/dev.ts', { DATABASE_URL: await newDatabase(), PORT: port, PAGES_PORT: pages })
  const status = async (path: string) => (await fetch(`http://127.0.0.1:${pages}${path}`)).status
  await until(async () => (await status('/api/me')) === 401)
  expect(await status('/')).toBe(200)
  expect((await login(`http://127.0.0.1:${pages}`, 'haowangmin-2019', 'hefei')).status).toBe(200)
  const times = () => dev.output().split('好网民后台已启动').length - 1
  utimesSync('server/dev.ts', new Date(), new Date())
  await until(async () => times() === 2)
  expect(dev.output()).toContain('已停止。')
  expect(await status('/api/me')).toBe(401)
  expect(await stop(dev)).toBe(0)
  await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow()
})

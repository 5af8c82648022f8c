// The private PostgreSQL of a data folder: how it is made, and what it survives.
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type PrivatePostgres, startPrivatePostgres } from '../../db/embedded.ts'
import { findBinaries } from '../../db/embedded_binaries.ts'
import { postmasterPid } from '../../db/embedded_processes.ts'
import { lockFolder } from '../../db/folder_lock.ts'

let folder: string
let postgres: PrivatePostgres | undefined
const said: string[] = []

const start = async () => {
  postgres = await startPrivatePostgres({ folder, log: (sentence) => said.push(sentence) })
  return postgres
}

async function ask(url: string, statement: string) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  client.on('error', () => {})
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}

async function askUntilAnswered(url: string, statement: string) {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(50)) {
    try {
      return await ask(url, statement)
    } catch {}
  }
  throw new Error('no answer')
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'haowangmin-embedded-'))
  const { url } = await start()
  await ask(url, 'create table kept (n int)')
})

afterEach(async () => {
  await postgres?.stop()
  postgres = undefined
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

test('is UTF-8 with checksums and Chinese sorting, owned by a login that is no superuser', async () => {
  const { url } = postgres ?? (await start())
  const [answer] = await ask(
    url,
    `select current_setting('server_encoding') as encoding, current_setting('data_checksums') as checksums,
       datlocprovider as provider, rolsuper as super, rolcreaterole as roles, rolcreatedb as databases,
       (select string_agg(city, '' order by city collate "zh-x-icu") from unnest('{芜,合,安}'::text[]) city) as sorted
     from pg_database join pg_roles on rolname = current_user where datname = current_database()`,
  )
  expect(answer).toEqual({
    encoding: 'UTF8',
    checksums: 'on',
    provider: 'b',
    super: false,
    roles: true,
    databases: true,
    sorted: '安合芜',
  })
})

test('keeps its password to itself, and the superuser out', async () => {
  const { url } = await start()
  expect(statSync(join(folder, 'database.password')).mode & 0o777).toBe(0o600)
  expect(statSync(join(folder, 'postgres')).mode & 0o777).toBe(0o700)
  const other = new URL(url)
  other.username = 'postgres'
  await expect(ask(other.href, 'select 1')).rejects.toMatchObject({ code: '28P01' })
})

test('a second start on the folder is refused with a sentence, and does the first no harm', async () => {
  const { url } = await start()
  await expect(startPrivatePostgres({ folder })).rejects.toMatchObject({
    name: 'StartRefused',
    message: expect.stringContaining(String(process.pid)),
  })
  expect(await ask(url, 'select 1 as n')).toEqual([{ n: 1 }])
})

test('after kill -9 of the postmaster it comes back by itself under the same address, nothing lost', async () => {
  const { url, pid } = await start()
  await ask(url, 'insert into kept values (1)')
  const before = pid()
  process.kill(before as number, 'SIGKILL')
  expect(await askUntilAnswered(url, 'select n from kept')).toEqual([{ n: 1 }])
  expect(pid()).not.toBe(before)
  expect(said.join()).toContain('数据库已重新启动')
})

test('a postmaster that a killed server left behind is stopped, and its data taken over', async () => {
  const { url } = await start()
  await ask(url, 'insert into kept values (2)')
  await postgres?.stop()
  const [program, data] = [findBinaries(undefined, folder).postgres, join(folder, 'postgres')]
  const { uid, gid } = statSync(data)
  const user = process.getuid?.() === 0 ? { uid, gid } : {}
  const options = [
    '-D',
    user.uid === undefined ? data : '/proc/self/cwd',
    '-c',
    'unix_socket_directories=',
    '-p',
    '19999',
  ]
  const left = spawn(program, options, { ...user, cwd: data, detached: true, stdio: 'ignore' })
  const gone = new Promise((done) => left.once('exit', done))
  while (postmasterPid(data, 'ready') !== left.pid) await sleep(20)
  const again = await start()
  await gone
  expect(again.pid()).not.toBe(left.pid)
  expect(await ask(again.url, 'select count(*)::int as n from kept where n = 2')).toEqual([{ n: 1 }])
})

test("a stale pid file whose number now belongs to somebody else's process does not stand in the way", async () => {
  await start()
  await postgres?.stop()
  writeFileSync(
    join(folder, 'postgres', 'postmaster.pid'),
    `${process.pid}\n${folder}\n1\n5432\n\n127.0.0.1\n 1 1\nready\n`,
  )
  expect(await ask((await start()).url, 'select 1 as n')).toEqual([{ n: 1 }])
})

test('a lost password file is made anew', async () => {
  rmSync(join(folder, 'database.password'))
  expect(await ask((await start()).url, 'select 1 as n')).toEqual([{ n: 1 }])
})

test('data of another major version are refused by name', async () => {
  const other = mkdtempSync(join(tmpdir(), 'haowangmin-embedded-'))
  cpSync(join(folder, 'postgres', 'PG_VERSION'), join(other, 'postgres', 'PG_VERSION'), { recursive: true })
  writeFileSync(join(other, 'postgres', 'PG_VERSION'), '15\n')
  await expect(startPrivatePostgres({ folder: other })).rejects.toMatchObject({
    name: 'StartRefused',
    message: expect.stringContaining('PostgreSQL 15'),
  })
  rmSync(other, { recursive: true })
})

test('a folder beaten by a process that cannot be seen is in use; a silent one is not', async () => {
  const shared = mkdtempSync(join(tmpdir(), 'haowangmin-lock-'))
  const file = join(shared, 'server.pid')
  const beat = () => writeFileSync(file, JSON.stringify({ pid: 1, space: 'another container' }))
  beat()
  const beating = setInterval(beat, 200)
  await expect(lockFolder(shared)).rejects.toMatchObject({ name: 'StartRefused' })
  clearInterval(beating)
  const lock = await lockFolder(shared)
  expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ pid: process.pid })
  await lock.release()
  expect(readdirSync(shared)).toEqual([])
  rmSync(shared, { recursive: true })
})

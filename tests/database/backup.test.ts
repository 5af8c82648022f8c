/** A backup is worth what comes back of it: made under load, restored into an empty database, and lived in. */
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ZipFile } from 'yazl'
import { type Manifest, openArchive } from '../../db/archive.ts'
import { backUp } from '../../db/backup.ts'
import { migrate } from '../../db/migrate.ts'
import { restore } from '../../db/restore.ts'
import { openDatabase } from '../../server/database/connection.ts'
import { appLogin } from '../../server/settings.ts'
import { newDatabase } from '../support/databases.ts'
import { makeWorld, sample, serveWorld, type World } from '../support/world.ts'

let world: World
const folder = mkdtempSync(join(tmpdir(), 'haowangmin-backup-'))
const path = join(folder, 'whole.backup')
let manifest: Manifest

async function ask<T extends pg.QueryResultRow>(url: string, text: string, values?: unknown[]): Promise<T[]> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query<T>(text, values)).rows
  } finally {
    await client.end()
  }
}

const loginOf = (url: string) => {
  const { user, password } = appLogin(url)
  return { name: user, password }
}
const restored = async (file = path) => {
  const url = await newDatabase()
  await restore(url, file, { login: loginOf(url) })
  return url
}

/** Rows of every table that is data, as text. */
async function contentOf(url: string): Promise<Record<string, string[]>> {
  const content: Record<string, string[]> = {}
  for (const { name } of manifest.tables) {
    const rows = await ask<{ row: string }>(url, `select t::text as row from ${name} t order by 1`)
    content[name] = rows.map(({ row }) => row)
  }
  return content
}

beforeAll(async () => {
  world = await makeWorld()
  const hefei = await world.as('hefei')
  for (const [form, row] of Object.entries(sample)) {
    const answer = await hefei.post(`/${form}`, row())
    expect(answer.status, answer.text).toBe(201)
  }
  await hefei.upload('/files', readFileSync(join(import.meta.dirname, '../../docs/grid.webp')), '现场 照片.webp')
  await hefei.post('/propagandists/1/submission')
  manifest = await backUp(world.ownerUrl, path)
})

afterAll(async () => {
  await world?.close()
  rmSync(folder, { recursive: true, force: true })
})

test('every table comes back row for row, with files, history and computed columns', async () => {
  const url = await restored()
  const content = await contentOf(url)
  expect(content).toEqual(await contentOf(world.ownerUrl))
  expect(content['public.files']?.length).toBe(1)
  expect(content['public.changes']?.length).toBeGreaterThan(5)
  expect(await ask(url, 'select from sessions')).toEqual([])
})

test('what came back is served: people log in, see their own rows and no others, and go on where they stopped', async () => {
  const url = await restored()
  const database = await openDatabase(appLogin(url).url, { connections: 3 })
  expect(await database.isReady()).toBe(true)
  const { as, close } = await serveWorld(database)
  try {
    const hefei = await as('hefei')
    expect((await hefei.get('/propagandists')).body).toHaveLength(1)
    expect((await (await as('wuhu')).get('/propagandists')).body).toEqual([])
    expect((await (await as('cac')).get('/propagandists')).body[0].phone).toContain('****')
    const again = await hefei.post('/submissions', sample.submissions?.(2))
    expect([again.status, again.body.number]).toEqual([201, '合肥-C5-0002'])
    expect(await migrate(url, { login: loginOf(url) })).toEqual([])
  } finally {
    await close()
  }
})

test('one snapshot is taken, however much is written meanwhile', async () => {
  const hefei = await world.as('hefei')
  let is_over = false
  const writing = (async () => {
    for (let n = 100; !is_over; n++)
      expect((await hefei.post('/organizations', sample.organizations?.(n))).status).toBe(201)
  })()
  const file = join(folder, 'busy.backup')
  await backUp(world.ownerUrl, file)
  is_over = true
  await writing
  const url = await restored(file)
  const [counts] = await ask(
    url,
    `select (select count(*) from organizations)::int as rows, (select sum(rows) from tally where form = 'organizations')::int as tally,
      (select count(*) from changes where form = 'organizations')::int as changes`,
  )
  expect(counts).toEqual({ rows: counts?.rows, tally: counts?.rows, changes: counts?.rows })
})

test('a backup is its maker’s to read, and overwrites nothing', async () => {
  expect(statSync(path).mode & 0o777).toBe(0o600)
  await expect(backUp(world.ownerUrl, path)).rejects.toThrow('已经存在')
})

test('a login that row-level security holds back makes no backup at all', async () => {
  const file = join(folder, 'short.backup')
  await expect(backUp(world.appUrl, file)).rejects.toThrow('所有者')
  expect(() => statSync(file)).toThrow()
  await world.owner('drop policy owner on organizations')
  await expect(backUp(world.ownerUrl, file)).rejects.toThrow('看不全 organizations')
  expect(await migrate(world.ownerUrl)).toEqual(['security'])
})

const bytes = () => readFileSync(path)
const spoiled = (name: string, content: Buffer) => {
  const file = join(folder, name)
  writeFileSync(file, content)
  return file
}

/** The same backup with something else in its manifest, or in a table. */
async function rewritten(name: string, change: (manifest: Manifest) => void, rows?: [string, string]): Promise<string> {
  const archive = await openArchive(path)
  const read = structuredClone(archive.manifest)
  change(read)
  const zip = new ZipFile()
  for (const table of archive.manifest.tables) {
    const chunks: Buffer[] = []
    for await (const chunk of await archive.open(table)) chunks.push(chunk)
    const text = Buffer.concat(chunks).toString()
    zip.addBuffer(Buffer.from(table.name === rows?.[0] ? text.replace(/$/, rows[1]) : text), `tables/${table.name}`)
  }
  archive.close()
  zip.addBuffer(Buffer.from(JSON.stringify(read)), 'manifest.json')
  zip.end()
  const chunks: Buffer[] = []
  for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer)
  return spoiled(name, Buffer.concat(chunks))
}

test('what is short, damaged, foreign or newer is refused with a sentence, and nothing of it stays', async () => {
  const url = await newDatabase()
  const flipped = bytes()
  const middle = Math.floor(flipped.length / 3)
  flipped.writeUInt8(flipped.readUInt8(middle) ^ 0x55, middle)
  const cases: [string, string | Promise<string>][] = [
    ['没有', join(folder, 'absent.backup')],
    ['不是完整的备份文件', spoiled('half', bytes().subarray(0, Math.floor(bytes().length / 2)))],
    ['不是完整的备份文件', spoiled('dump.sql', Buffer.from('-- PostgreSQL database dump\n'))],
    ['不是本系统的备份', 'tests/fixtures/workbooks/kinds-1900.xlsx'],
    ['已经损坏', spoiled('flipped', flipped)],
    ['由更新的版本建立', rewritten('newer', ({ migrations }) => migrations.push({ name: '999_later.sql', hash: 'x' }))],
    ['来自另一套程序', rewritten('other', ({ migrations: [first] }) => Object.assign(first ?? {}, { hash: 'x' }))],
    [
      '缺少 public.events',
      rewritten('fewer', (read) => (read.tables = read.tables.filter(({ name }) => name !== 'public.events'))),
    ],
    [
      '已经损坏',
      rewritten('counted', (read) => Object.assign(read.tables.find(({ rows }) => rows > 1) ?? {}, { rows: 1 })),
    ],
    [
      '不是本系统的表',
      rewritten('strange', (read) => Object.assign(read.tables[0] ?? {}, { name: 'pg_catalog.pg_class' })),
    ],
  ]
  for (const [sentence, file] of cases) {
    await expect(restore(url, await file), await file).rejects.toThrow(sentence)
    expect(await ask(url, `select from pg_class where relnamespace = 'public'::regnamespace`), await file).toEqual([])
  }
})

test('a database that holds anything is not restored into', async () => {
  const url = await newDatabase()
  await ask(url, 'create table somebody_elses (n int)')
  await expect(restore(url, path)).rejects.toThrow('不是空的')
  await expect(restore(world.ownerUrl, path)).rejects.toThrow('不是空的')
})

test('migrations are frozen: a database that was migrated by another file is left as it is, and the file is named', async () => {
  const url = await restored()
  const [applied] = await ask(url, `select hash from migrations where name = '006_bulk.sql'`)
  const remember = (hash: unknown) => ask(url, `update migrations set hash = '${hash}' where name = '006_bulk.sql'`)
  await remember('another')
  await ask(url, `delete from migrations where name = 'security'`)
  await expect(migrate(url, { login: loginOf(url) })).rejects.toMatchObject({
    name: 'StartRefused',
    message: expect.stringMatching(/006_bulk\.sql .*换回原来的文件/),
  })
  expect(await ask(url, `select from migrations where name = 'security'`)).toEqual([])
  // a checkout with the line endings of Windows is the same file
  const text = readFileSync('db/migrations/006_bulk.sql', 'utf8').replaceAll('\n', '\r\n')
  await remember(createHash('sha256').update(text).digest('hex'))
  expect(await migrate(url, { login: loginOf(url) })).toEqual(['security'])
  await remember(applied?.hash)
  expect(await migrate(url, { login: loginOf(url) })).toEqual([])
})

test('a database that lost rights, policies or triggers is not ready as it is: they are laid anew', async () => {
  const url = await restored()
  const losses = [
    'revoke select on organizations from haowangmin_clerk',
    'drop policy read on propagandists',
    'alter table events no force row level security',
    'drop trigger next_version on reach',
    'revoke execute on function app.session(text) from haowangmin_gate',
    'grant select on users to haowangmin_clerk',
  ]
  for (const loss of losses) {
    await ask(url, loss)
    expect(await migrate(url, { login: loginOf(url) }), loss).toEqual(['security'])
    expect(await migrate(url, { login: loginOf(url) }), loss).toEqual([])
  }
  const database = await openDatabase(appLogin(url).url, { connections: 1 })
  await ask(url, 'revoke execute on function app.find_login(text, text) from haowangmin_gate')
  expect(await database.isReady()).toBe(false)
  await database.close()
})

test('the commands of the README: of an outside database into a new data folder, and of that again the same', async () => {
  const run = (env: Record<string, string>, ...argv: string[]) =>
    new Promise<{ code: number | null; output: string }>((done) => {
      const child = spawn(process.execPath, ['--import', 'tsx', 'server/backup.ts', ...argv], {
        env: { PATH: process.env.PATH, ...env },
      })
      let output = ''
      for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (output += text))
      child.on('close', (code) => done({ code, output }))
    })
  const copy = join(folder, 'copy.backup')
  const outside = await run({ DATABASE_URL: world.ownerUrl }, 'backup', copy)
  expect(outside, outside.output).toMatchObject({ code: 0 })
  const DATA_DIR = join(folder, 'data')
  expect((await run({ DATA_DIR }, 'backup', join(folder, 'none'))).output).toContain('没有数据库')
  const back = await run({ DATA_DIR }, 'restore', copy)
  expect(back, back.output).toMatchObject({ code: 0 })
  expect(back.output).toMatch(/已恢复 .* 的备份：\d+ 张表、\d+ 行/)
  expect((await run({ DATA_DIR }, 'restore', copy)).output).toContain('不是空的')
  const from_private = await run({ DATA_DIR }, 'backup', join(folder, 'second.backup'))
  expect(from_private, from_private.output).toMatchObject({ code: 0 })
  const [first, second] = [await openArchive(copy), await openArchive(join(folder, 'second.backup'))]
  const sums = ({ manifest: { tables } }: typeof first) => tables.map(({ name, rows, sum }) => ({ name, rows, sum }))
  expect(sums(second)).toEqual(sums(first))
  first.close()
  second.close()
  expect((await run({}, 'restore')).code).toBe(2)
})

/**
 * A backup into an empty database, in one transaction: the tables of the version it was made with, its rows, a comparison
 * with what its manifest says, and then the way to the present. What fails leaves the database as empty as it was.
 */
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from as copyFrom } from 'pg-copy-streams'
import { type Archive, hashing, type Manifest, openArchive, session_options, type TableManifest } from './archive.ts'
import type { OnTable } from './backup.ts'
import { startRefused } from './embedded_binaries.ts'
import {
  appliedTo,
  applyMigration,
  isAsApplied,
  type Login,
  layComputing,
  laySecurity,
  migrations,
  prepare,
  type SqlFile,
} from './migrate.ts'
import { asOwner, inTransaction } from './owner.ts'
import { copyOf, countRows, readTables, sequenceOf, type Table } from './tables.ts'

/**
 * Reads the backup at `path` into the empty database of `ownerUrl`, with roles, security and the server's login. Answers
 * the manifest. Throws a sentence for a backup that is short, damaged, foreign or newer than this program, and for a
 * database that is not empty.
 */
export async function restore(
  ownerUrl: string,
  path: string,
  options: { login?: Login; onTable?: OnTable } = {},
): Promise<Manifest> {
  const archive = await openArchive(path)
  try {
    await asOwner(
      ownerUrl,
      async (owner) => {
        const { before, after } = partAt(archive.manifest, migrations())
        await prepare(owner, options.login)
        await inTransaction(owner, async () => {
          await checkEmpty(owner)
          await appliedTo(owner)
          for (const file of before) await applyMigration(owner, file)
          await install(owner, archive.manifest)
          await readIn(owner, archive, options.onTable ?? (() => {}))
          for (const file of after) await applyMigration(owner, file)
          await laySecurity(owner, undefined)
        })
      },
      session_options,
    )
    return archive.manifest
  } finally {
    archive.close()
  }
}

/** The migrations the backup had, and those that have come since. */
function partAt(manifest: Manifest, files: readonly SqlFile[]) {
  const known = new Map(files.map((file) => [file.name, file]))
  for (const { name, hash } of manifest.migrations) {
    const file = known.get(name)
    if (!file) throw startRefused(`这个备份由更新的版本建立（${name}），请先升级本程序。`)
    if (!isAsApplied(file, hash)) throw startRefused(`这个备份来自另一套程序：${name} 与本程序的不同。`)
  }
  const had = new Set(manifest.migrations.map(({ name }) => name))
  return { before: files.filter(({ name }) => had.has(name)), after: files.filter(({ name }) => !had.has(name)) }
}

/** The registers and columns that definitions had added: their tables are made as they were, by the functions that made them. */
async function install(owner: pg.Client, { registers = [], columns = [] }: Partial<Manifest>): Promise<void> {
  if (columns.some(({ computed }) => computed)) await layComputing(owner)
  for (const name of registers) await owner.query('select app.install_form($1)', [name])
  for (const { form, name, type, private: isPrivate, refers_to, computed } of columns)
    await owner.query('select app.install_column($1, $2, $3, $4, $5, $6)', [
      form,
      name,
      type,
      isPrivate,
      refers_to,
      computed,
    ])
}

async function checkEmpty(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query(
    `select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where n.nspname in ('public', 'app') and c.relkind in ('r', 'p', 'v', 'm') limit 1`,
  )
  if (rows[0])
    throw startRefused(`这个数据库不是空的（有 ${rows[0].name}）：备份只恢复到空的数据库里，以免覆盖现有的数据。`)
}

/** All rows; foreign keys are taken off meanwhile, because rows may come before those they point to. */
async function readIn(owner: pg.Client, archive: Archive, onTable: OnTable): Promise<void> {
  const tables = await readTables(owner)
  const given = new Map(archive.manifest.tables.map((table) => [table.name, table]))
  const strange = [...given.keys()].find((name) => !tables.some((table) => table.name === name))
  if (strange) throw startRefused(`备份里的 ${strange} 不是本系统的表。`)
  const keys = await takeForeignKeys(owner)
  for (const [n, table] of tables.entries()) {
    const expected = given.get(table.name)
    if (!expected) throw startRefused(`备份不完整：缺少 ${table.name}。`)
    if (String([...expected.columns].sort()) !== String([...table.columns].sort()))
      throw startRefused(`备份里 ${table.name} 的栏目与它的版本不符。`)
    onTable(table.name, n + 1, tables.length)
    await readTable(owner, archive, { ...table, columns: expected.columns }, expected)
  }
  for (const { table, column, last_value, is_called } of archive.manifest.sequences) {
    const found = tables.find(({ name, identities }) => name === table && identities.includes(column))
    if (!found) throw startRefused(`备份里的 ${table}.${column} 不是本系统的编号。`)
    await owner.query('select setval($1, $2, $3)', [await sequenceOf(owner, found, column), last_value, is_called])
  }
  for (const add of keys) await owner.query(add)
}

/**
 * One table, held against its manifest twice: what was read of the file, and what the database has made of it. What
 * migrations have put into it gives way.
 */
async function readTable(owner: pg.Client, archive: Archive, table: Table, expected: TableManifest): Promise<void> {
  let read_sha256 = ''
  const hashed = hashing(({ sha256 }) => {
    read_sha256 = sha256
  })
  const damaged = () => startRefused(`备份已经损坏：${table.name} 的内容与清单不符。什么也没有恢复。`)
  await owner.query(`truncate ${table.sql}`)
  const stream = await archive.open(expected)
  await pipeline(stream, hashed, owner.query(copyFrom(copyOf(owner, table, 'from stdin')))).catch((error) => {
    throw (error as { code?: string }).code?.startsWith('08') ? error : damaged()
  })
  if (read_sha256 !== expected.sha256) throw damaged()
  const { rows, sum } = await countRows(owner, table)
  if (rows !== expected.rows || sum !== expected.sum) throw damaged()
}

/** Takes all foreign keys off and answers the statements that lay them again, which checks them. */
async function takeForeignKeys(owner: pg.Client): Promise<string[]> {
  const { rows } = await owner.query<{ take: string; lay: string }>(
    `select format('alter table %s drop constraint %I', conrelid::regclass, conname) as take,
       format('alter table %s add constraint %I %s', conrelid::regclass, conname, pg_get_constraintdef(oid)) as lay
     from pg_constraint where contype = 'f' and connamespace in ('public'::regnamespace, 'app'::regnamespace) order by conname`,
  )
  for (const { take } of rows) await owner.query(take)
  return rows.map(({ lay }) => lay)
}

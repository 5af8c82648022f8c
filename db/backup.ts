/**
 * A whole database into one file, while it is in use: one snapshot, each table by COPY. No program of PostgreSQL's is
 * needed, and the server's version does not matter.
 */
import { createWriteStream, existsSync } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { to as copyTo } from 'pg-copy-streams'
import { ZipFile } from 'yazl'
import { entryOf, FORMAT_VERSION, format, hashing, type Manifest, manifest_name, session_options } from './archive.ts'
import { startRefused } from './embedded_binaries.ts'
import { asOwner, inTransaction } from './owner.ts'
import { copyOf, countRows, readTables, sequenceOf, type Table } from './tables.ts'

/** Told before each table: its name, and how many of how many. */
export type OnTable = (name: string, n: number, of: number) => void

/**
 * Backs the database of `ownerUrl` up into a new file at `path`, readable by its maker alone. Answers the manifest. Throws
 * a sentence where the file exists or the login does not see everything; a backup that fails leaves no file.
 */
export async function backUp(ownerUrl: string, path: string, onTable: OnTable = () => {}): Promise<Manifest> {
  if (existsSync(path)) throw startRefused(`${path} 已经存在，请换一个文件名：备份不覆盖任何文件。`)
  const part = `${path}.part`
  try {
    const manifest = await asOwner(ownerUrl, (owner) => writeArchive(owner, part, onTable), session_options)
    const file = await open(part, 'r+')
    await file.sync()
    await file.close()
    await rename(part, path)
    return manifest
  } catch (error) {
    await rm(part, { force: true })
    throw error
  }
}

const snapshot = 'begin isolation level repeatable read read only'

function writeArchive(owner: pg.Client, path: string, onTable: OnTable): Promise<Manifest> {
  return inTransaction(
    owner,
    async () => {
      const tables = await readTables(owner)
      await checkSight(owner)
      // nobody migrates meanwhile; rows are written and read as ever
      await owner.query(`lock table ${tables.map(({ sql }) => sql).join(', ')} in access share mode`)
      const manifest: Manifest = { ...(await headOf(owner)), tables: [], sequences: [] }
      const zip = new ZipFile()
      let current: Readable | undefined
      const written = pipeline(zip.outputStream, createWriteStream(path, { flags: 'w', mode: 0o600 }))
      const failed = new Promise<never>((_, fail) => zip.once('error', fail))
      for (const [n, table] of tables.entries()) {
        zip.addReadStreamLazy(entryOf(table.name), (ready) => {
          onTable(table.name, n + 1, tables.length)
          countRows(owner, table).then(
            (count) => {
              current = owner.query(copyTo(copyOf(owner, table, 'to stdout')))
              ready(
                null,
                counting(current, (read) => manifest.tables.push({ ...nameOf(table), ...count, ...read })),
              )
            },
            (error) => ready(error, Readable.from([])),
          )
        })
      }
      zip.addReadStreamLazy(manifest_name, (ready) => {
        readSequences(owner, tables).then(
          (sequences) => {
            manifest.sequences = sequences
            ready(null, Readable.from([JSON.stringify(manifest, null, 1)]))
          },
          (error) => ready(error, Readable.from([])),
        )
      })
      zip.end()
      try {
        await Promise.race([written, failed])
      } catch (error) {
        current?.unpipe().resume() // the connection is free again only when all of it has been taken
        throw error
      }
      return manifest
    },
    snapshot,
  )
}

const nameOf = ({ name, columns }: Table) => ({ name, columns })

/** The rows on their way into the zip; a failure of the one is passed to the other. */
function counting(rows: Readable, done: Parameters<typeof hashing>[0]): Readable {
  const counted = hashing(done)
  rows.on('error', (error) => counted.destroy(error))
  return rows.pipe(counted)
}

async function headOf(owner: pg.Client): Promise<Omit<Manifest, 'tables' | 'sequences'>> {
  const { rows } = await owner.query(
    `select to_char(now(), 'YYYY-MM-DD"T"HH24:MI:SS"Z"') as made_at, current_setting('server_version') as postgres,
      (select json_agg(json_build_object('name', name, 'hash', hash) order by name) from migrations where name <> 'security') as migrations,
      (select coalesce(json_agg(name order by name), '[]') from app.forms where is_installed) as registers,
      (select coalesce(json_agg(json_build_object('form', form, 'name', name, 'type', type, 'private', private, 'refers_to', refers_to, 'computed', computed)
        order by position), '[]') from app.columns) as columns`,
  )
  return { format, format_version: FORMAT_VERSION, ...rows[0] }
}

/** Read last: outside the snapshot a sequence only goes on, so no row of the snapshot is beyond it. */
async function readSequences(owner: pg.Client, tables: readonly Table[]): Promise<Manifest['sequences']> {
  const sequences: Manifest['sequences'] = []
  for (const table of tables) {
    for (const column of table.identities) {
      const { rows } = await owner.query(
        `select last_value::text, is_called from ${await sequenceOf(owner, table, column)}`,
      )
      sequences.push({ table: table.name, column, ...rows[0] })
    }
  }
  return sequences
}

/** A login that row-level security holds back would make a backup that is short, and nobody would know. */
async function checkSight(owner: pg.Client): Promise<void> {
  const { rows } = await owner.query<{ name: string }>(`
    select c.oid::regclass::text as name from pg_class c
    join pg_roles r on r.rolname = current_user
    where c.relnamespace in ('public'::regnamespace, to_regnamespace('app')) and c.relkind = 'r' and not (r.rolsuper or r.rolbypassrls)
      and not (c.relowner = r.oid and (not c.relforcerowsecurity or exists (
        select from pg_policy p where p.polrelid = c.oid and p.polpermissive and r.oid = any (p.polroles)
          and p.polcmd = '*' and pg_get_expr(p.polqual, p.polrelid) = 'true') and not exists (
        select from pg_policy p where p.polrelid = c.oid and not p.polpermissive and p.polroles && array[0::oid, r.oid])))
    limit 1`)
  if (rows[0]) throw startRefused(`备份要由数据库的所有者来做：这个账号看不全 ${rows[0].name}。`)
}

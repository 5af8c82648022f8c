/**
 * What a backup is: a zip with the rows of each table as COPY writes them (`tables/public.events`), and last
 * `manifest.json`, which says what they are, how many, and how to tell that they are whole. Any zip program opens it, and
 * psql could read its tables.
 */
import { createHash } from 'node:crypto'
import { stat } from 'node:fs/promises'
import { type Readable, Transform } from 'node:stream'
import * as yauzl from 'yauzl'
import { startRefused } from './embedded_binaries.ts'

export const format = 'haowangmin-backup'
export const FORMAT_VERSION = 1
const manifest_name = 'manifest.json'
const MAX_MANIFEST_BYTES = 10_000_000

/** One table. `sum` adds up what PostgreSQL makes of each row, so that it does not depend on their order. */
export type TableManifest = {
  name: string
  columns: string[]
  rows: number
  sum: string
  bytes: number
  sha256: string
}

type InstalledColumn = {
  form: string
  name: string
  type: string
  private: boolean
  refers_to: string | null
  computed: object | null
}

export type Manifest = {
  format: typeof format
  format_version: number
  /** When its snapshot was taken: 2019-08-19T08:00:00Z. */
  made_at: string
  /** Version of the server it was taken from, for people. */
  postgres: string
  /** What had been applied, with the hash of each file. */
  migrations: { name: string; hash: string }[]
  /** Registers and columns that definitions have added to what migrations make (db/migrations/019_designs.sql). */
  registers: string[]
  columns: InstalledColumn[]
  tables: TableManifest[]
  /** Where the identity columns stand. */
  sequences: { table: string; column: string; last_value: string; is_called: boolean }[]
}

export const entryOf = (table: string) => `tables/${table}`

/**
 * Sessions end with the system that opened them, and so do the counts of wrong guesses; the others are written by
 * migrating and by laying security.
 */
export const left_out = [
  'public.sessions',
  'public.login_attempts',
  'public.migrations',
  'app.transitions',
  'app.blinding',
]

/** How both sides write a value as text, whatever their servers were set to. */
export const session_options = [
  'timezone=UTC',
  'datestyle=ISO',
  'intervalstyle=postgres',
  'extra_float_digits=1',
  'bytea_output=hex',
]
  .map((setting) => `-c ${setting}`)
  .join(' ')

export type Archive = {
  manifest: Manifest
  /** The rows of a table, as they were put in. */
  open: (table: TableManifest) => Promise<Readable>
  close: () => void
}

/** Opens a backup and reads its manifest. Throws a sentence for what is none, or not whole. */
export async function openArchive(path: string): Promise<Archive> {
  const found = await stat(path).catch(() => undefined)
  if (!found?.isFile()) throw startRefused(`没有 ${path} 这个备份文件。`)
  const entries = new Map<string, yauzl.Entry>()
  const zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false }).catch(() => undefined)
  if (!zip) throw startRefused(`${path} 不是完整的备份文件：可能没有复制完，或者是别的文件。`)
  try {
    for await (const entry of zip.eachEntry()) entries.set(entry.fileName, entry)
    const entry = entries.get(manifest_name)
    if (!entry || entry.uncompressedSize > MAX_MANIFEST_BYTES) throw new Error('no manifest')
    const manifest = manifestOf(await textOf(await zip.openReadStreamPromise(entry)))
    const open = async (table: TableManifest) => {
      const rows = entries.get(entryOf(table.name))
      if (!rows) throw startRefused(`备份不完整：缺少 ${table.name}。`)
      return zip.openReadStreamPromise(rows)
    }
    return { manifest, open, close: () => zip.close() }
  } catch (error) {
    zip.close()
    if ((error as Error).name === 'StartRefused') throw error
    throw startRefused(`${path} 不是本系统的备份，或者已经损坏。`)
  }
}

/** Passes bytes on; `done` gets their count and their hash, once they are through. */
export function hashing(done: (read: { bytes: number; sha256: string }) => void): Transform {
  const hash = createHash('sha256')
  let bytes = 0
  return new Transform({
    transform(chunk: Buffer, _encoding, next) {
      hash.update(chunk)
      bytes += chunk.length
      next(null, chunk)
    },
    flush(next) {
      done({ bytes, sha256: hash.digest('hex') })
      next()
    },
  })
}

async function textOf(stream: Readable): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks).toString('utf8')
}

/** The manifest that a text is; throws where it is none. */
function manifestOf(text: string): Manifest {
  const read = JSON.parse(text) as Manifest
  if (read.format !== format) throw new Error('another format')
  if (read.format_version > FORMAT_VERSION) throw startRefused('这个备份由更新的版本建立，请先升级本程序。')
  const isText = (value: unknown) => typeof value === 'string'
  const is_whole =
    read.migrations.every(({ name, hash }) => isText(name) && isText(hash)) &&
    read.sequences.every(
      ({ table, column, last_value }) => isText(table) && isText(column) && /^\d+$/.test(last_value),
    ) &&
    read.tables.every(
      ({ name, columns, rows, sum, sha256 }) =>
        isText(name) && columns.every(isText) && Number.isSafeInteger(rows) && isText(sum) && isText(sha256),
    )
  if (!is_whole) throw new Error('not a manifest')
  return read
}

export { manifest_name }

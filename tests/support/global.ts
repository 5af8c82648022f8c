// One private PostgreSQL for the whole test run, in a temporary folder; test files make their own databases in it
// (databases.ts). One database, migrated, with the notice of 2019 and the people of the tests, is the template that worlds
// are copies of. What is built is built once (shared.ts).
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type {} from 'vitest'
import type { TestProject } from 'vitest/node'
import { startPrivatePostgres } from '../../db/embedded.ts'
import { stopProcesses } from '../../db/embedded_processes.ts'
import { migrate } from '../../db/migrate.ts'
import { loadCampaign2019 } from '../../seeds/index.ts'
import { appLogin } from '../../server/settings.ts'
import { enrol } from './people.ts'
import { serveShared } from './shared.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Owner of the test cluster: not a superuser, may create databases and roles. */
    ownerUrl: string
    /** What PostgreSQL logs; each line begins with the name of its database. */
    clusterLog: string
    /** Name of the database to copy: nobody may be connected to it. */
    template: string
    /** Where what is built once a run is asked for; see shared.ts. */
    shared: string
  }
}

const template = 'template_world'
const prefix = 'haowangmin-tests-'
const settings = {
  max_connections: '300',
  shared_buffers: '256MB',
  log_line_prefix: '%d ',
  // A hundred databases that live for seconds: its rounds would cost more than they clear away, and it keeps them from being dropped.
  autovacuum: 'off',
  // Nothing is recovered: less is written, and nothing twice.
  wal_level: 'minimal',
  max_wal_senders: '0',
  max_wal_size: '8GB',
  checkpoint_timeout: '1h',
}

export default async function setup(project: TestProject) {
  await clearAbandoned()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  const postgres = await startPrivatePostgres({
    folder,
    durable: false,
    settings,
  })
  await makeTemplate(postgres.url)
  const shared = await serveShared(folder)
  project.provide('ownerUrl', postgres.url)
  project.provide('clusterLog', join(folder, 'postgres.log'))
  project.provide('template', template)
  project.provide('shared', shared.address)
  return async () => {
    await shared.stop()
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function makeTemplate(clusterUrl: string) {
  const client = new pg.Client({ connectionString: clusterUrl })
  await client.connect()
  await client.query(`create database ${template}`)
  await client.end()
  const url = new URL(clusterUrl)
  url.pathname = `/${template}`
  const { user, password } = appLogin(url.href)
  await migrate(url.href, { login: { name: user, password } })
  await loadCampaign2019(url.href)
  await enrol(url.href)
}

/** A test run that was killed leaves its database running: the next one clears it away. */
async function clearAbandoned() {
  for (const name of readdirSync(tmpdir())) {
    const pid = Number(name.startsWith(prefix) && name.slice(prefix.length).split('-')[0])
    if (!pid || isAlive(pid)) continue
    const folder = join(tmpdir(), name)
    await stopProcesses(join(folder, 'postgres'))
    rmSync(folder, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

// One private PostgreSQL for the whole test run, in a temporary folder; test files make their own databases in it:
// `inject('ownerUrl')` from vitest answers the owner's address. One database, migrated and with the notice of 2019, is the
// template that worlds are copies of.
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

declare module 'vitest' {
  interface ProvidedContext {
    /** Owner of the test cluster: not a superuser, may create databases and roles. */
    ownerUrl: string
    /** What PostgreSQL logs; each line begins with the name of its database. */
    clusterLog: string
    /** Name of the database to copy: nobody may be connected to it. */
    template: string
  }
}

const template = 'template_world'
const prefix = 'haowangmin-tests-'

export default async function setup(project: TestProject) {
  await clearAbandoned()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  const postgres = await startPrivatePostgres({
    folder,
    durable: false,
    settings: { max_connections: '300', shared_buffers: '256MB', log_line_prefix: '%d ' },
  })
  await makeTemplate(postgres.url)
  project.provide('ownerUrl', postgres.url)
  project.provide('clusterLog', join(folder, 'postgres.log'))
  project.provide('template', template)
  return async () => {
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

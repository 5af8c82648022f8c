// One private PostgreSQL for the whole test run, in a temporary folder; test files make their own databases in it:
// `inject('ownerUrl')` from vitest answers the owner's address.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {} from 'vitest'
import type { TestProject } from 'vitest/node'
import { startPrivatePostgres } from '../db/embedded.ts'
import { stopProcesses } from '../db/embedded_processes.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** Owner of the test cluster: not a superuser, may create databases and roles. */
    ownerUrl: string
  }
}

const prefix = 'haowangmin-tests-'

export default async function setup(project: TestProject) {
  await clearAbandoned()
  const folder = mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`))
  const postgres = await startPrivatePostgres({
    folder,
    durable: false,
    settings: { max_connections: '300', shared_buffers: '256MB' },
  })
  project.provide('ownerUrl', postgres.url)
  return async () => {
    await postgres.stop()
    rmSync(folder, { recursive: true, force: true })
  }
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

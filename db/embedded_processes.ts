// Which operating system processes belong to a data folder, and how they are stopped. A killed server leaves its
// postmaster behind, a killed postmaster its backends: both must be gone before the next start.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync, realpathSync } from 'node:fs'
import { basename, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** Fast shutdown includes a checkpoint of everything written: on a slow disk that takes its time. */
const FAST_STOP_MS = 60_000
const IMMEDIATE_STOP_MS = 5_000
const ORPHAN_TIMEOUT_MS = 1_000

/**
 * The process id in the cluster's postmaster.pid, dead or alive; with `status` only when the file says so
 * ('ready' once connections are accepted). undefined: no file, or none that can be read.
 */
export function postmasterPid(path: string, status?: 'ready'): number | undefined {
  const lines = pidFile(path)
  if (status && lines[7]?.trim() !== status) return undefined
  return Number(lines[0]) || undefined
}

/** The port on which the cluster at `path` accepts connections now; undefined where nobody serves it. */
export function portOfRunning(path: string): number | undefined {
  const pid = postmasterPid(path, 'ready')
  return pid && processesIn(path).includes(pid) ? Number(pidFile(path)[3]) || undefined : undefined
}

function pidFile(path: string): string[] {
  try {
    return readFileSync(join(path, 'postmaster.pid'), 'utf8').split('\n')
  } catch {
    return []
  }
}

/**
 * Stops whatever PostgreSQL still runs in the cluster at `path`: the postmaster by a fast shutdown, backends without
 * one after a moment's grace, the stubborn by force (crash recovery then loses nothing that was committed).
 */
export async function stopProcesses(path: string) {
  const postmaster = postmasterPid(path)
  if (postmaster && processesIn(path).includes(postmaster)) {
    send([postmaster], 'SIGINT')
    await gone(path, FAST_STOP_MS)
  } else {
    await gone(path, ORPHAN_TIMEOUT_MS)
  }
  for (const signal of ['SIGQUIT', 'SIGKILL'] as const) {
    const left = processesIn(path)
    if (left.length === 0) return
    send(left, signal)
    await gone(path, IMMEDIATE_STOP_MS)
  }
}

async function gone(path: string, limit_ms: number) {
  for (const until = Date.now() + limit_ms; Date.now() < until; await sleep(20)) {
    if (processesIn(path).length === 0) return
  }
}

function send(pids: number[], signal: NodeJS.Signals) {
  for (const pid of pids) {
    try {
      process.kill(pid, signal)
    } catch {
      // It has just gone by itself.
    }
  }
}

/** Ids of the living postgres processes whose working directory is `path`: no other proof of being ours is needed. */
function processesIn(path: string): number[] {
  if (process.platform !== 'linux') return postmasterByName(path)
  let folder: string
  try {
    folder = realpathSync(path)
  } catch {
    return []
  }
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => isPostgresIn(pid, folder))
}

function isPostgresIn(pid: number, folder: string): boolean {
  try {
    const program = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '')
    return basename(program) === 'postgres' && readlinkSync(`/proc/${pid}/cwd`) === folder
  } catch {
    return false // gone, a zombie, or somebody else's
  }
}

/** Without /proc (macOS) only the postmaster is known, by its pid file and its name. */
function postmasterByName(path: string): number[] {
  const pid = postmasterPid(path)
  if (!pid) return []
  const { stdout } = spawnSync('ps', ['-p', String(pid), '-o', 'comm='], { encoding: 'utf8' })
  return basename((stdout ?? '').trim()) === 'postgres' ? [pid] : []
}

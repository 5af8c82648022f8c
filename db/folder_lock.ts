// One server to a data folder. PostgreSQL guards its own files, but only this tells two of *our* starts apart
// before either of them touches anything, and lets go by itself when its holder is killed.
import { createHash } from 'node:crypto'
import { readFileSync, readlinkSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

const HEARTBEAT_MS = 2_000
/** A holder we cannot see (another container on the same disk) counts as gone after three missed beats. */
const silence_ms = 3 * HEARTBEAT_MS

interface FolderLock {
  release(): Promise<void>
}

/**
 * Locks `folder` (an existing absolute path) for this process until `release` or the death of the process.
 * Throws a StartRefused error with a sentence when another living process holds it.
 *
 * Inside one machine the kernel keeps the lock: a listener on an abstract socket named after the folder's inode,
 * which no crash leaves behind and no reused process id imitates. Where that cannot be seen (another container,
 * macOS) the beat of the lock file's time decides.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = join(folder, 'server.pid')
  const listener = process.platform === 'linux' ? await listen(socketName(folder)) : 'unknown'
  if (listener === 'taken') throw refused(folder, file)
  try {
    const before = holder(file)
    if (before && (listener === 'unknown' || before.space !== space())) await waitForSilence(folder, file)
    writeFileSync(file, JSON.stringify({ pid: process.pid, space: space() }), { mode: 0o600 })
  } catch (error) {
    if (listener !== 'unknown') listener.close()
    throw error
  }
  const beat = setInterval(() => touch(file), HEARTBEAT_MS).unref()
  return {
    async release() {
      clearInterval(beat)
      rmSync(file, { force: true })
      if (listener !== 'unknown') await new Promise((done) => listener.close(done))
    },
  }
}

function socketName(folder: string): string {
  const { dev, ino } = statSync(folder, { bigint: true })
  return `\0haowangmin-${createHash('sha256').update(`${dev}:${ino}`).digest('hex')}`
}

function listen(path: string): Promise<Server | 'taken' | 'unknown'> {
  return new Promise((done) => {
    const server = createServer((socket) => socket.destroy())
    server.on('error', (error: NodeJS.ErrnoException) => done(error.code === 'EADDRINUSE' ? 'taken' : 'unknown'))
    server.listen(path, () => done(server.unref()))
  })
}

/** What must be equal for two processes to see each other's abstract sockets and process ids. */
function space(): string {
  if (process.platform !== 'linux') return process.platform
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  return [boot, readlinkSync('/proc/self/ns/pid'), readlinkSync('/proc/self/ns/net')].join(' ')
}

function holder(file: string): { pid: number; space: string } | undefined {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return undefined // none, or cut off by a crash: nobody beats it either
  }
}

async function waitForSilence(folder: string, file: string) {
  const seen = beatAt(file)
  if (Date.now() - seen >= silence_ms) return
  for (let waited = 0; waited < silence_ms; waited += 500) {
    await sleep(500)
    if (beatAt(file) !== seen) throw refused(folder, file)
  }
}

function beatAt(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0
}

function touch(file: string) {
  try {
    utimesSync(file, new Date(), new Date())
  } catch {
    // The folder was removed under us: there is nothing left to guard.
  }
}

function refused(folder: string, file: string): Error {
  const pid = holder(file)?.pid
  return Object.assign(
    new Error(
      `数据文件夹 ${folder} 正被另一个进程使用${pid ? `（进程号 ${pid}）` : ''}，本次启动已停止。` +
        '请先停止那一个，或用 DATA_DIR 和 PORT 指定另外的文件夹和端口。',
    ),
    { name: 'StartRefused' },
  )
}

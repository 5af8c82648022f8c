// The private PostgreSQL of a data folder: made on first start, started, watched, restarted and stopped here.
// It speaks to PostgreSQL through its programs and its pid file only, so that `pg` is imported in one place.
import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createHash, randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Account, type Binaries, findBinaries, startRefused } from './embedded_binaries.ts'
import { portOfRunning, postmasterPid, stopProcesses } from './embedded_processes.ts'
import { lockFolder } from './folder_lock.ts'

const owner = 'haowangmin_owner'
const database = 'haowangmin'
/** Recovery after a crash in the middle of a great import may take minutes; ending it would only begin it anew. */
const START_TIMEOUT_MS = 600_000
const PATIENCE_MS = 5_000
const MAX_PAUSE_MS = 5_000
const MAX_LOG_BYTES = 10_000_000

export interface PrivatePostgres {
  /** The owner's address, 'postgres://haowangmin_owner:…@127.0.0.1:20123/haowangmin'; stays the same over restarts. */
  url: string
  /** The postmaster's process id; undefined while it is being restarted. */
  pid(): number | undefined
  /** Fast shutdown (open transactions are rolled back), then lets go of the folder. */
  stop(): Promise<void>
}

interface PrivatePostgresOptions {
  /** The data folder, made if missing. Nobody else may use it at the same time. */
  folder: string
  /** false: no fsync, for tests only; a power cut then loses the database. */
  durable?: boolean
  /** More settings for postgres, by name: { max_connections: '200' }. */
  settings?: Record<string, string>
  /** Told in one sentence what happened to the database. */
  log?: (sentence: string) => void
}

interface Cluster {
  path: string
  log_file: string
  account: Account
  binaries: Binaries
}

/**
 * Starts the folder's PostgreSQL and keeps it running until `stop`. The owner in `url` is no superuser (it may
 * create roles and databases, as an owner given by DATABASE_URL can); the superuser cannot log in at all.
 * Throws StartRefused with a sentence: folder in use, no programs for this platform, data of another version.
 */
export async function startPrivatePostgres(options: PrivatePostgresOptions): Promise<PrivatePostgres> {
  try {
    mkdirSync(options.folder, { recursive: true, mode: 0o700 })
    return await startLocked(realpathSync(options.folder), options)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (!code || !['EACCES', 'EPERM', 'EROFS', 'ENOSPC', 'ENOTDIR', 'EEXIST'].includes(code)) throw error
    throw startRefused(
      `数据文件夹 ${options.folder} 不能使用（${message}）。` +
        '请检查磁盘空间和文件夹的所有者：它只能由第一次启动时的同一用户使用；也可用 DATA_DIR 另指定一个。',
    )
  }
}

/**
 * The owner's address of the PostgreSQL that is running in a data folder, started by another process; undefined where none
 * is. The folder need not be ours to lock.
 */
export function urlOfRunning(folder: string): string | undefined {
  const path = join(folder, 'postgres')
  const port = portOfRunning(path)
  if (port === undefined) return undefined
  return urlOf(readFileSync(join(folder, 'database.password'), 'utf8').trim(), port)
}

const urlOf = (password: string, port: number) => `postgres://${owner}:${password}@127.0.0.1:${port}/${database}`

async function startLocked(folder: string, options: PrivatePostgresOptions): Promise<PrivatePostgres> {
  const lock = await lockFolder(folder)
  try {
    const path = join(folder, 'postgres')
    const account = runAs(path)
    const binaries = findBinaries(account, folder)
    const cluster = { path, account, binaries, log_file: join(folder, 'postgres.log') }
    await stopProcesses(path)
    const password = prepare(cluster, join(folder, 'database.password'))
    const server = await supervise(cluster, options)
    return {
      url: urlOf(password, server.port),
      pid: server.pid,
      async stop() {
        await server.stop()
        await lock.release()
      },
    }
  } catch (error) {
    await lock.release()
    throw error
  }
}

/** PostgreSQL refuses to run as root: take the user its data already belongs to, else nobody. */
function runAs(path: string): Account {
  if (process.getuid?.() !== 0) return undefined
  const data = statSync(path, { throwIfNoEntry: false })
  if (data && data.uid !== 0) return { uid: data.uid, gid: data.gid }
  const [, uid, gid] = /^nobody:[^:]*:(\d+):(\d+):/m.exec(readFileSync('/etc/passwd', 'utf8')) ?? []
  return { uid: Number(uid ?? 65534), gid: Number(gid ?? 65534) }
}

/** Makes the cluster on first start and answers the owner's password, which lives beside it, readable by us only. */
function prepare(cluster: Cluster, password_file: string): string {
  const version_file = join(cluster.path, 'PG_VERSION')
  const is_new = !existsSync(cluster.path)
  if (is_new) initialise(cluster)
  const major = readFileSync(version_file, 'utf8').trim()
  if (major !== cluster.binaries.major) {
    throw startRefused(
      `数据文件夹由 PostgreSQL ${major} 建立，而本程序自带的是 ${cluster.binaries.major}。` +
        '请用原来的程序备份（npm run backup），再恢复到新的数据文件夹里（npm run restore）。',
    )
  }
  if (!existsSync(password_file)) {
    const password = randomBytes(24).toString('hex')
    alone(cluster, cluster.path, [`alter role ${owner} password '${password}'`])
    writeFileSync(password_file, password, { mode: 0o600 })
  }
  chmodSync(password_file, 0o600)
  return readFileSync(password_file, 'utf8').trim()
}

/** initdb beside the final place, renamed when complete: a start that was killed leaves nothing half made. */
function initialise(cluster: Cluster) {
  const staged = `${cluster.path}.new`
  rmSync(staged, { recursive: true, force: true })
  mkdirSync(staged, { mode: 0o700 })
  try {
    if (cluster.account) chownSync(staged, cluster.account.uid, cluster.account.gid)
  } catch (error) {
    throw startRefused(
      `以 root 启动时，数据库须由普通用户运行，但 ${staged} 不能交给该用户（${(error as Error).message}）。` +
        '请改用普通用户启动，或设置 DATABASE_URL。\n' +
        'PostgreSQL cannot run as root, and the data folder cannot be given to another user: start as a normal user.',
    )
  }
  const options = ['-U', 'postgres', '-E', 'UTF8', '--locale=C', '--locale-provider=builtin']
  options.push('--builtin-locale=C.UTF-8', '--data-checksums', '--auth=reject', '--no-instructions')
  run(cluster, staged, cluster.binaries.initdb, options)
  alone(cluster, staged, [
    `create role ${owner} login createrole createdb`,
    `create database ${database} owner ${owner}`,
  ])
  writeFileSync(join(staged, 'pg_hba.conf'), 'host all all 127.0.0.1/32 scram-sha-256\n')
  renameSync(staged, cluster.path)
}

/** Runs statements, one a line, in PostgreSQL's single-user mode: as superuser, with nobody listening. */
function alone(cluster: Cluster, path: string, statements: string[]) {
  const options = ['--single', '-c', 'exit_on_error=on', 'postgres']
  run(cluster, path, cluster.binaries.postgres, options, `${statements.join('\n')}\n`)
}

function run(cluster: Cluster, path: string, program: string, options: string[], input = '') {
  const done = spawnSync(program, options, { ...spawnOptions(cluster, path), input, encoding: 'utf8' })
  if (done.status === 0) return
  const reason = done.error?.message ?? done.stderr.trim().split('\n').slice(-3).join(' ')
  throw startRefused(`数据库没有建成：${reason}`)
}

/**
 * PostgreSQL names its data by its working directory, which node enters while it is still root: so an unprivileged
 * user serves a folder under a closed home (/root, mode 700) without any right on the way there.
 */
function spawnOptions(cluster: Cluster, path: string) {
  const data = cluster.account && process.platform === 'linux' ? '/proc/self/cwd' : path
  // A clean environment: LANG, LC_* and PG* of the terminal must not reach the database.
  return { ...cluster.account, cwd: path, env: { PATH: process.env.PATH, LC_ALL: 'C', PGDATA: data } }
}

async function supervise(cluster: Cluster, options: PrivatePostgresOptions) {
  const log = options.log ?? ((sentence: string) => console.error(sentence))
  let postmaster: ChildProcess | undefined
  let stopping = false
  let restarting: Promise<void> = Promise.resolve()
  const launch = async (port: number) => {
    postmaster = await start(cluster, port, options)
    postmaster.once('exit', (code, signal) => {
      postmaster = undefined
      if (stopping) return
      log(`数据库意外停止（${signal ?? `退出码 ${code}`}），正在重新启动。`)
      restarting = restart(port)
    })
  }
  const restart = async (port: number) => {
    for (let pause = 100; !stopping; pause = Math.min(pause * 2, MAX_PAUSE_MS)) {
      try {
        // Its orphans hold the shared memory and leave by themselves, or are made to.
        await stopProcesses(cluster.path)
        if (stopping) return
        await launch(port)
        return log('数据库已重新启动。')
      } catch (error) {
        log(`数据库未能重新启动：${(error as Error).message}`)
        await sleep(pause)
      }
    }
  }
  let port = await freePort(cluster.path)
  for (let attempt = 1; ; attempt++) {
    try {
      await launch(port)
      break
    } catch (error) {
      if (attempt === 3) throw error
      port = await freePort(cluster.path, port + 1) // somebody else may have taken it in between
    }
  }
  const last_word = () => postmaster?.kill('SIGINT')
  process.once('exit', last_word)
  return {
    port,
    pid: () => postmaster?.pid,
    async stop() {
      stopping = true
      await restarting
      await stopProcesses(cluster.path)
      process.off('exit', last_word)
    },
  }
}

/** One postmaster, ready for connections; throws with the log's last words when it does not come up. */
async function start(cluster: Cluster, port: number, options: PrivatePostgresOptions): Promise<ChildProcess> {
  forgetStranger(cluster.path)
  const settings: Record<string, string> = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    cluster_name: database,
    timezone: 'UTC',
    log_timezone: 'UTC',
    log_checkpoints: 'off',
    log_min_messages: 'warning',
    // what a constraint refused is logged with the row that failed, phones and all
    log_error_verbosity: 'terse',
    ...(options.durable === false && { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' }),
    ...options.settings,
  }
  const log = openLog(cluster.log_file)
  const from = statSync(cluster.log_file).size
  const child = spawn(
    cluster.binaries.postgres,
    Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    // Its own session: a Ctrl-C in the terminal is for the server, which stops the database last.
    { ...spawnOptions(cluster, cluster.path), detached: true, stdio: ['ignore', log, log] },
  )
  closeSync(log)
  let failure: string | undefined
  child.once('error', (error) => {
    failure = error.message
  })
  const begun = Date.now()
  for (let told = false; Date.now() - begun < START_TIMEOUT_MS; await sleep(15)) {
    if (failure !== undefined || child.exitCode !== null || child.signalCode !== null) break
    if (postmasterPid(cluster.path, 'ready') === child.pid) return child
    if (!told && Date.now() - begun > PATIENCE_MS) {
      told = true
      options.log?.('数据库正在从上次的意外停止中恢复，请稍候。')
    }
  }
  child.kill('SIGQUIT')
  const said = readFileSync(cluster.log_file).subarray(from).toString().trim().split('\n').slice(-3).join(' ')
  throw startRefused(`数据库没有启动：${failure ?? (said || '超时')}`)
}

/**
 * After a crash the number in the pid file may belong to somebody else's process (ours are stopped by now). PostgreSQL
 * sees through a dead one by itself; for a living one it would refuse to start.
 */
function forgetStranger(path: string) {
  const pid = postmasterPid(path)
  if (pid && existsSync(`/proc/${pid}`)) rmSync(join(path, 'postmaster.pid'), { force: true })
}

function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0
  if (size > MAX_LOG_BYTES) renameSync(file, `${file}.1`)
  return openSync(file, 'a', 0o600)
}

/** A free port below the range the kernel hands out, the same for a folder where possible. */
async function freePort(path: string, first?: number): Promise<number> {
  const wanted = first ?? 20_000 + (createHash('sha256').update(path).digest().readUInt16BE(0) % 10_000)
  for (let port = wanted; port < wanted + 100; port++) {
    const free = await new Promise((done) => {
      const probe = createServer()
      probe.on('error', () => done(false))
      probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => done(true)))
    })
    if (free) return port
  }
  throw startRefused('127.0.0.1 上没有可供数据库使用的空闲端口。')
}

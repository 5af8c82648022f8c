// Builds the admin into dist/ when its sources have changed since the last build.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = dirname(dirname(fileURLToPath(import.meta.url)))
/** Builds the admin when its sources have changed; the lock file stands for its libraries. */
const sources = ['admin', 'server/forms', 'README.zh-CN.md', 'docs', 'vite.config.ts', 'package-lock.json']
/** Files of older builds stay this long: an open page may still ask for one of its parts. */
const KEEP_MS = 7 * 24 * 3_600_000
const ABANDONED_AFTER_MS = 3_600_000

/**
 * Answers the folder of the built admin, building it first when needed (some seconds).
 * `log` gets one sentence about a build. Throws StartRefused when a build is needed and fails.
 */
export async function buildAdmin(log: (sentence: string) => void = () => {}): Promise<string> {
  const dist = join(project, 'dist')
  const stamp = join(dist, '.sources')
  const wanted = sourcesHash()
  const present = existsSync(stamp) ? readFileSync(stamp, 'utf8') : undefined
  if (present === wanted) return dist
  const vite = viteProgram()
  if (!vite) {
    if (present) return dist // installed without development packages, built elsewhere
    throw refused('没有已生成的管理界面，也没有安装生成它的工具：请先运行 npm ci --include=dev。')
  }
  log('正在生成管理界面，请稍候……')
  clearAbandoned(dist)
  const staged = join(dist, `.new-${process.pid}`)
  try {
    mkdirSync(staged, { recursive: true })
    await run(vite, staged)
    publish(staged, dist)
    writeFileSync(stamp, wanted)
  } finally {
    rmSync(staged, { recursive: true, force: true })
  }
  return dist
}

function sourcesHash(): string {
  const hash = createHash('sha256')
  for (const file of sources.flatMap((name) => filesIn(join(project, name)))) {
    hash
      .update(`${relative(project, file)}\0`)
      .update(readFileSync(file))
      .update('\0')
  }
  return hash.digest('hex')
}

function filesIn(path: string): string[] {
  if (!existsSync(path)) return []
  if (!statSync(path).isDirectory()) return [path]
  return readdirSync(path)
    .sort()
    .flatMap((name) => filesIn(join(path, name)))
}

/** Where vite's program is; undefined where only the packages of the running server are installed. */
export function viteProgram(): string | undefined {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  } catch {
    return undefined
  }
}

/** What a build that was killed has left. */
function clearAbandoned(dist: string) {
  if (!existsSync(dist)) return
  for (const name of readdirSync(dist).filter((each) => each.startsWith('.new-'))) {
    const path = join(dist, name)
    if (Date.now() - statSync(path).mtimeMs > ABANDONED_AFTER_MS) rmSync(path, { recursive: true, force: true })
  }
}

/** A process of its own: what the build needs of memory goes back to the system with it. */
function run(vite: string, staged: string): Promise<void> {
  return new Promise((done, fail) => {
    const child = spawn(process.execPath, [vite, 'build', '--outDir', staged, '--emptyOutDir', '--logLevel', 'warn'], {
      cwd: project,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NODE_ENV: 'production', NO_COLOR: '1' },
    })
    const stop = () => child.kill()
    process.once('exit', stop)
    let output = ''
    const keep = (text: Buffer) => {
      output = (output + text).slice(-4_000)
    }
    child.stdout.on('data', keep)
    child.stderr.on('data', keep)
    child.once('error', fail)
    child.once('close', (code) => {
      process.off('exit', stop)
      if (code === 0) done()
      else fail(refused(`管理界面没有生成成功：\n${output.trim()}`))
    })
  })
}

/** Moves the new files in, the pages that name them last: at no moment do they name one that is not there. */
function publish(staged: string, dist: string) {
  const fresh = filesIn(staged).map((file) => relative(staged, file))
  for (const file of fresh.sort((a, b) => Number(a.endsWith('.html')) - Number(b.endsWith('.html')))) {
    mkdirSync(dirname(join(dist, file)), { recursive: true })
    renameSync(join(staged, file), join(dist, file))
  }
  const current = new Set(fresh)
  for (const file of filesIn(dist).map((path) => relative(dist, path))) {
    const path = join(dist, file)
    if (!current.has(file) && Date.now() - statSync(path).mtimeMs > KEEP_MS) rmSync(path, { force: true })
  }
}

function refused(sentence: string): Error {
  return Object.assign(new Error(sentence), { name: 'StartRefused' })
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAdmin(console.log)

/**
 * `npm run dev`: the demonstration with reload on both sides. Pages change in place (`vite`, whose server passes /api on); the
 * server begins again when a file of it, of the database's or of the seeds' changes. It ends as one, by Ctrl-C or with vite.
 * `PORT` is the server's, `PAGES_PORT` that of the pages, which one opens.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { watch } from 'node:fs'
import { viteProgram } from './build.ts'

const port = process.env.PORT?.trim() || '3000'
const pagesPort = process.env.PAGES_PORT?.trim() || '5173'
const pages = [`http://localhost:${pagesPort}`, `http://127.0.0.1:${pagesPort}`]
/** An editor that saves several files, or one in several steps, makes one change. */
const QUIET_MS = 100

const vite = viteProgram()
if (!vite) throw new Error('npm run dev needs the development packages: npm ci --include=dev')

let server: ChildProcess | undefined
let isStale = false
let isEnding = false

const run = (args: string[], env: Record<string, string>) =>
  spawn(process.execPath, args, { stdio: 'inherit', env: { ...process.env, PORT: port, ...env } })

function begin() {
  isStale = false
  server = run(['--import', 'tsx', 'server/index.ts', '--demo', '--no-pages'], { PUBLIC_URL: pages.join(',') })
  server.once('exit', () => {
    server = undefined
    if (isEnding) return
    if (isStale) begin()
    else console.log('[dev] the server has ended; it begins again when a file changes')
  })
}

/** The one before ends in order first, however long that takes: killed, it would leave its PostgreSQL behind. */
function beginAgain() {
  if (isEnding || isStale) return
  if (!server) return begin()
  console.log('[dev] a file has changed')
  isStale = true
  server.kill()
}

function end() {
  isEnding = true
  server?.kill()
  pageServer.kill()
  for (const each of watching) each.close()
}

let quiet: NodeJS.Timeout | undefined
const watching = ['server', 'db', 'seeds'].map((folder) =>
  watch(folder, { recursive: true }, () => {
    clearTimeout(quiet)
    quiet = setTimeout(beginAgain, QUIET_MS)
  }),
)
begin()
const pageServer = run([vite, '--port', pagesPort, '--strictPort'], {})
pageServer.once('exit', end)
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, end)

/**
 * `npm run dev`: the demonstration with reload on both sides. The server begins again when one of its files changes
 * (`tsx watch`), pages change in place (`vite`, whose server passes /api on). It ends as one, by Ctrl-C or when either ends.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { viteProgram } from './build.ts'

const API_PORT = 3000
const PAGES_PORT = 5173
const pages = [`http://localhost:${PAGES_PORT}`, `http://127.0.0.1:${PAGES_PORT}`]

const children: ChildProcess[] = []

function begin(program: string, args: string[], env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [program, ...args], { stdio: 'inherit', env: { ...process.env, ...env } })
  child.once('exit', (code) => endAll(code ?? 0))
  children.push(child)
}

function endAll(code: number) {
  process.exitCode ??= code
  for (const child of children) if (child.exitCode === null) child.kill()
}

const vite = viteProgram()
if (!vite) throw new Error('npm run dev needs the development packages: npm ci --include=dev')
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => endAll(0))
const tsx = createRequire(import.meta.url).resolve('tsx/cli')
begin(tsx, ['watch', '--clear-screen=false', 'server/index.ts', '--demo', '--no-pages'], {
  PORT: String(API_PORT),
  PUBLIC_URL: pages.join(','),
})
begin(vite, ['--port', String(PAGES_PORT), '--strictPort'])

/**
 * What several test files need and one making is enough for: the built admin and the built page of the grid. Made when the
 * first file asks for them, by the process that runs the tests; a run that needs neither makes neither.
 */
import { spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, extname, join } from 'node:path'
import { inject } from 'vitest'
import { buildAdmin } from '../../server/build.ts'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Serves `/admin`, which answers the folder of the built admin, and `/grid/`, the grid's page; `folder` is for what is built. */
export async function serveShared(folder: string) {
  const admin = once(buildAdmin)
  const grid = once(() => buildGrid(join(folder, 'grid')))
  const answer = async (path: string) => {
    if (path === '/admin') return { type: 'text/plain', body: await admin() }
    await grid()
    return { type: types[extname(path)] ?? '', body: await readFile(join(folder, path)) }
  }
  const server = createServer((request, response) => {
    answer(new URL(request.url ?? '', 'http://localhost').pathname).then(
      ({ type, body }) => response.setHeader('content-type', type).setHeader('cache-control', 'max-age=3600').end(body),
      (error) => response.writeHead(404).end(String(error)),
    )
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async stop() {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

/** A process of its own, for React is built for production only where NODE_ENV says so. */
async function buildGrid(folder: string) {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  const root = join(import.meta.dirname, '../fixtures/grid')
  const child = spawn(process.execPath, [vite, 'build', root, '--outDir', folder, '--logLevel', 'warn'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const code = await new Promise((done) => child.once('close', done))
  if (code !== 0) throw new Error('the page of the grid was not built')
}

/** The folder of the built admin. */
export async function builtAdmin(): Promise<string> {
  const answer = await fetch(`${inject('shared')}/admin`)
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return text
}

/** The address of the grid's page. */
export const gridAddress = () => `${inject('shared')}/grid/index.html`

/**
 * What several test files need and one making is enough for: the built admin, and the built pages of tests/fixtures. Made when
 * the first file asks for them, by the process that runs the tests; a run that needs none makes none.
 */
import { spawn } from 'node:child_process'
import { copyFile, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'
import { dirname, extname, join } from 'node:path'
import { inject } from 'vitest'
import { buildAdmin } from '../../server/build.ts'

const types: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/**
 * Serves `/admin` and `/stock`, which answer the folders of the built admin and of the stock pages, and `/grid/`, the grid's
 * page; `folder` is for what is built.
 */
export async function serveShared(folder: string) {
  const admin = once(buildAdmin)
  const stock = once(() => buildStock(join(folder, 'stock')))
  const grid = once(() => buildPage('grid', join(folder, 'grid')))
  const answer = async (path: string) => {
    if (path === '/admin') return { type: 'text/plain', body: await admin() }
    if (path === '/stock') return { type: 'text/plain', body: await stock() }
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
async function buildPage(name: 'grid' | 'stock', folder: string) {
  const vite = join(dirname(createRequire(import.meta.url).resolve('vite/package.json')), 'bin', 'vite.js')
  const root = join(import.meta.dirname, '../fixtures', name)
  const child = spawn(process.execPath, [vite, 'build', root, '--outDir', folder, '--logLevel', 'warn'], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, NODE_ENV: 'production' },
  })
  const code = await new Promise((done) => child.once('close', done))
  if (code !== 0) throw new Error(`the page of tests/fixtures/${name} was not built`)
}

/** As the built admin is: the server looks for two pages in it. */
async function buildStock(folder: string): Promise<string> {
  await buildPage('stock', folder)
  await copyFile(join(folder, 'index.html'), join(folder, 'verify.html'))
  return folder
}

async function folderOf(name: 'admin' | 'stock'): Promise<string> {
  const answer = await fetch(`${inject('shared')}/${name}`)
  const text = await answer.text()
  if (!answer.ok) throw new Error(text)
  return text
}

/** The folder of the built admin. */
export const builtAdmin = () => folderOf('admin')

/** The folder of the pages of stock react-admin, built as the admin is. */
export const builtStock = () => folderOf('stock')

/** The address of the grid's page. */
export const gridAddress = () => `${inject('shared')}/grid/index.html`

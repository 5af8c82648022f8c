/**
 * A server in a process of its own, so that what is measured shares no thread and no memory with who measures:
 * `serve.ts ours` is the application, `serve.ts floor` the bare one. Told its database by the environment, tells its
 * address to the parent.
 */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import pg from 'pg'
import { createApp } from '../server/app.ts'
import { openDatabase } from '../server/database/connection.ts'
import { startFloor } from './floor.ts'

const { BENCH_URL = '', BENCH_UNIT = '0', BENCH_DIST } = process.env

async function serveOurs(): Promise<string> {
  const database = await openDatabase(BENCH_URL)
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  server.on('request', createApp({ database, public_urls: [address], dist: BENCH_DIST }))
  return address
}

async function serveFloor(): Promise<string> {
  const pool = new pg.Pool({ connectionString: BENCH_URL, max: 20 })
  pool.on('error', () => {})
  return (await startFloor(pool, Number(BENCH_UNIT))).address
}

process.on('disconnect', () => process.exit(0))
process.send?.(await (process.argv[2] === 'floor' ? serveFloor() : serveOurs()))

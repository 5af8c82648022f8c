/** The floor: a bare node:http server on pg, one statement a request, JSON built by PostgreSQL; no person, no scope, no history. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type pg from 'pg'

const list = `
  select coalesce(json_agg(page), '[]')::text as text, (select count(*) from floor.attendance where unit_id = $1 and deleted_at is null)::int as total
  from (select a.*, u.short_name as unit_id_label, e.title as event_id_label
    from floor.attendance a join units u on u.id = a.unit_id join events e on e.id = a.event_id
    where a.unit_id = $1 and a.deleted_at is null order by a.id limit 50 offset $2) page`
const change = `update floor.attendance set job = $2, version = version + 1 where id = $1 returning row_to_json(attendance)::text as text`

type Floor = { address: string; close: () => Promise<void> }

export async function startFloor(pool: pg.Pool, unit_id: number): Promise<Floor> {
  const server: Server = createServer(async (request, response) => {
    const url = new URL(request.url ?? '/', 'http://floor')
    if (request.method === 'GET') {
      const { rows } = await pool.query(list, [unit_id, Number(url.searchParams.get('offset') ?? 0)])
      response.setHeader('content-type', 'application/json')
      response.setHeader('content-range', `attendance 0-49/${rows[0].total}`)
      response.end(rows[0].text)
    } else {
      let body = ''
      for await (const chunk of request) body += chunk
      const { job } = JSON.parse(body) as { job: string }
      const { rows } = await pool.query(change, [Number(url.pathname.slice(1)), job])
      response.setHeader('content-type', 'application/json')
      response.end(rows[0].text)
    }
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

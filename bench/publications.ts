/**
 * What others wait for while a definition is published: the longest save and the longest read in a register of many rows that
 * gets another type for a column, or a computed column, beside the longest without. Goal: no wait over a second.
 */
import { hashPassword } from '../server/people/passwords.ts'
import { call, percentile } from './measure.ts'
import type { BenchWorld } from './world.ts'

const password = 'bench-2019'
/** So long others work alone. */
const ALONE_MS = 10_000

/** Logs the province in; answers how it publishes a definition over HTTP. */
export async function designer({
  address,
  owner,
  campaign_id,
}: BenchWorld): Promise<(definition: object) => Promise<void>> {
  await owner.query(
    `insert into users (username, name, role, unit_id, password_hash, must_change_password)
     select 'province', '测试', 'province', id, $1, false from units where short_name = '省总' on conflict do nothing`,
    [await hashPassword(password)],
  )
  const answer = await fetch(`${address}/api/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: address },
    body: JSON.stringify({ username: 'province', password }),
  })
  const headers = { cookie: (answer.headers.get('set-cookie') ?? '').split(';')[0] ?? '', origin: address }
  const post = (path: string, body: object) =>
    call({ address, method: 'POST', path, headers, body: JSON.stringify(body) })
  return async (definition) => {
    const { id, version } = JSON.parse(await post('/api/form_designs', { campaign_id, definition }))
    await post(`/api/form_designs/${id}/publication`, { version })
  }
}

const register = (name: string, people: object, more: object[] = []) => ({
  name,
  label: name,
  title: name,
  measure: '次',
  scope: 'unit',
  names: 'title',
  fields: [
    { name: 'title', label: '名称', type: 'text', required: true },
    { name: 'people', label: '人数', ...people },
    { name: 'men', label: '男', type: 'integer' },
    { name: 'women', label: '女', type: 'integer' },
    { name: 'remark', label: '备注', type: 'text' },
    ...more,
  ],
  keys: [['title']],
  rules: [],
})

/** Somebody saves a cell and somebody reads a page, without a pause, until `until` is settled; each wait in milliseconds. */
async function waits({ address, cookie, owner }: BenchWorld, name: string, until: Promise<unknown>) {
  const { rows } = await owner.query<{ id: number; version: number }>(
    `select id, version from ${name} order by id desc limit 500`,
  )
  const begun = performance.now()
  let isOver = false
  const over = until.finally(() => {
    isOver = true
  })
  const repeat = async (work: (n: number) => Promise<unknown>) => {
    const times: number[] = []
    let longest = { ms: 0, at_s: 0 }
    for (let n = 0; !isOver; n++) {
      const started = performance.now()
      await work(n)
      const ms = performance.now() - started
      if (ms > longest.ms) longest = { ms, at_s: (started - begun) / 1000 }
      times.push(ms)
    }
    return { times, longest }
  }
  const [saves, reads] = await Promise.all([
    repeat((n) => {
      const row = rows[n % rows.length] ?? { id: 0, version: 1 }
      const body = JSON.stringify({ version: row.version, remark: `${row.version++} ${n}` })
      return call({
        address,
        method: 'PUT',
        path: `/api/${name}/${row.id}`,
        headers: { cookie, origin: address },
        body,
      })
    }),
    repeat((n) =>
      call({
        address,
        path: `/api/${name}?sort=["id","DESC"]&range=[${(n % 20) * 50},${(n % 20) * 50 + 49}]`,
        headers: { cookie },
      }),
    ),
    over,
  ])
  return { saves, reads }
}

export async function publications(world: BenchWorld, rows: number): Promise<void> {
  const publish = await designer(world)
  const name = `visits_${rows}`
  await publish(register(name, { type: 'text' }))
  await world.owner.query(`alter table ${name} disable trigger user`)
  await world.owner.query(
    `insert into ${name} (campaign_id, unit_id, title, people, men, women)
     select $1, $2, '第' || n || '次', n || '人', n % 40, n % 50 from generate_series(1, $3::int) n`,
    [world.campaign_id, world.unit_id, rows],
  )
  await world.owner.query(`alter table ${name} enable trigger user`)
  await world.owner.query(`vacuum analyze ${name}`)
  const total = { name: 'total', label: '合计', type: 'integer', computed: { sum: ['men', 'women'] } }
  const alone = await waits(world, name, new Promise((done) => setTimeout(done, ALONE_MS)))
  const kinds = {
    'another type': register(name, { type: 'integer' }),
    'a computed column': register(name, { type: 'integer' }, [total]),
  }
  for (const [what, definition] of Object.entries(kinds)) {
    const started = performance.now()
    const during = await waits(world, name, publish(definition))
    const took = ((performance.now() - started) / 1000).toFixed(1)
    for (const kind of ['saves', 'reads'] as const) {
      const { times, longest } = during[kind]
      const floor = alone[kind].longest.ms
      const told = `longest of ${times.length} ${kind}, ${rows.toLocaleString('en')} rows, published: ${what} (${took} s)`
      const p99 = `99 of 100 within ${percentile(times, 99).toFixed(0)} ms`
      console.log(
        `${told.padEnd(84)} ${longest.ms.toFixed(0)} ms (at ${longest.at_s.toFixed(1)} s), alone ${floor.toFixed(0)} ms: ${(longest.ms / floor).toFixed(1)} ×; ${p99}`,
      )
    }
  }
}

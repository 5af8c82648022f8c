/** Many at once: the same row, the same key, the same import; and people of different units over the same connections. */
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registers } from '../../server/forms/index.ts'
import { workbookOf } from '../support/matrix.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let wuhu: Agent
let province: Agent
let next = 1

beforeAll(async () => {
  world = await makeWorld()
  ;[hefei, wuhu, province] = [await world.as('hefei'), await world.as('wuhu'), await world.as('province')]
  for (const agent of [hefei, wuhu]) await agent.post('/events', sample.events?.(1)).expect(201)
})
afterAll(() => world?.close())

/** How often each status came, and that each refusal said why. */
async function tally(asked: PromiseLike<{ status: number; body: { message?: string } }>[]) {
  const counts: Record<number, number> = {}
  for (const { status, body } of await Promise.all(asked)) {
    counts[status] = (counts[status] ?? 0) + 1
    if (status >= 400) expect(body.message).toMatch(/[\u4e00-\u9fff]/)
  }
  return counts
}
const times = <T>(count: number, fn: (n: number) => T) => Array.from({ length: count }, (_, n) => fn(n))

describe.each(registers.map(({ name }) => name))('%s', (form) => {
  test('one of many changes of the same version is kept, the others are told', async () => {
    const { id } = (await hefei.post(`/${form}`, sample[form]?.(next++)).expect(201)).body
    const put = (n: number) => hefei.put(`/${form}/${id}`, { version: 1, remark: `第${n}个` })
    expect(await tally(times(8, put))).toEqual({ 200: 1, 409: 7 })
    expect((await hefei.get(`/${form}/${id}`)).body.version).toBe(2)
    expect((await hefei.get(`/${form}/${id}/history`)).body).toHaveLength(2)
  })

  test('one of many new rows with the same key is kept', async () => {
    const body = sample[form]?.(next++)
    const counts = await tally(times(8, () => hefei.post(`/${form}`, body)))
    expect(counts[201]).toBe(1)
    expect(Object.keys(counts).every((status) => ['201', '409', '422'].includes(status))).toBe(true)
  })

  test('a change of state happens once', async () => {
    const { id } = (await hefei.post(`/${form}`, sample[form]?.(next++)).expect(201)).body
    expect(await tally(times(8, () => hefei.post(`/${form}/${id}/submission`)))).toEqual({ 200: 1, 409: 7 })
    const history = (await hefei.get(`/${form}/${id}/history`)).body as { action: string }[]
    expect(history.filter(({ action }) => action === 'submission')).toHaveLength(1)
  })

  test('a row is approved, changed or withdrawn, never two of them', async () => {
    const { id } = (await hefei.post(`/${form}`, sample[form]?.(next++)).expect(201)).body
    await hefei.post(`/${form}/${id}/submission`).expect(200)
    const counts = await tally([
      province.post(`/${form}/${id}/approval`),
      hefei.post(`/${form}/${id}/withdrawal`),
      province.post(`/${form}/${id}/return`, { reason: '请补' }),
    ])
    // approved first, a row may still be sent back
    const { status, version } = (await province.get(`/${form}/${id}`)).body
    expect(counts[200]).toBe(version - 2)
    expect(version).toBeLessThanOrEqual(status === 'returned' ? 4 : 3)
  })
})

describe('a deadline that passes while somebody writes', () => {
  /** What is sent when an annex is still open, and has written all when the deadline comes. */
  async function overtaken(
    form: string,
    requests: (() => PromiseLike<{ status: number; body: { message?: string } }>)[],
  ) {
    const province = new pg.Client(world.ownerUrl)
    await province.connect()
    try {
      await province.query('begin')
      await province.query(
        `update stages set locks = array[$1], starts_on = '2019-06-01', ends_on = '2019-08-26', version = version + 1
         where id = (select min(id) from stages)`,
        [form],
      )
      const sent = requests.map((request) => Promise.resolve(request()))
      const waiting = `select count(*)::integer as n from pg_locks where locktype = 'advisory' and not granted
        and database = (select oid from pg_database where datname = current_database())`
      await expect.poll(async () => (await province.query(waiting)).rows[0].n).toBe(requests.length)
      await province.query('commit')
      return await Promise.all(sent)
    } finally {
      await province.end()
      await world.owner('update stages set locks = null, version = version + 1')
    }
  }
  const expectClosed = (answers: { status: number; body: { message?: string } }[]) => {
    for (const { status, body } of answers)
      expect([status, body.message]).toEqual([403, expect.stringContaining('截止')])
  }
  const all = (form: string) => world.owner(`select * from ${form} order by id`)

  test.each(registers.map(({ name }) => name))('keeps nothing of it, whatever was done: %s', async (form) => {
    const make = async () => (await hefei.post(`/${form}`, sample[form]?.(next++)).expect(201)).body.id as number
    const [changed, removed, submitted, withdrawn, restored] = [
      await make(),
      await make(),
      await make(),
      await make(),
      await make(),
    ]
    await hefei.post(`/${form}/${withdrawn}/submission`).expect(200)
    await hefei.delete(`/${form}/${restored}`).expect(200)
    const before = await all(form)
    const answers = await overtaken(form, [
      () => hefei.post(`/${form}`, sample[form]?.(next++)),
      () => hefei.put(`/${form}/${changed}`, { version: 1, remark: '晚了' }),
      () => hefei.delete(`/${form}/${removed}`),
      () => hefei.post(`/${form}/${submitted}/submission`),
      () => hefei.post(`/${form}/withdrawal`, { ids: [withdrawn] }),
      () => hefei.post(`/${form}/restoration`, { ids: [restored] }),
    ])
    expectClosed(answers)
    expect(await all(form)).toEqual(before)
    await province
      .post(`/${form}/${withdrawn}/${form === 'submissions' ? 'approval' : 'return'}`, { reason: '请补' })
      .expect(200)
  })

  test('keeps nothing of an import and of what many rows were told, and says so', async () => {
    const book = await workbookOf('propagandists', sample.propagandists?.(950) ?? {})
    const { id } = (await hefei.upload('/propagandists/imports', book, '表.xlsx').expect(200)).body
    const before = await all('propagandists')
    expectClosed(await overtaken('propagandists', [() => hefei.post(`/imports/${id}/apply`, {})]))
    expect(await all('propagandists')).toEqual(before)
    expect((await hefei.get(`/imports/${id}`)).body.state).toBe('checked')
    await hefei.post(`/imports/${id}/apply`, {}).expect(200)
    expect(await all('propagandists')).toHaveLength(before.length + 1)
  })

  test('does not keep the province from deciding, nor anybody from reading', async () => {
    const { id } = (await hefei.post('/events', sample.events?.(next++)).expect(201)).body
    await hefei.post(`/events/${id}/submission`).expect(200)
    await world.owner(`update stages set locks = '{events}', starts_on = '2019-06-01', ends_on = '2019-08-26', version = version + 1
      where id = (select min(id) from stages)`)
    await province.post(`/events/${id}/approval`).expect(200)
    await hefei.get(`/events/${id}`).expect(200)
    await world.owner('update stages set locks = null, version = version + 1')
  })
})

test('an import that is applied many times at once is written once', async () => {
  const book = await workbookOf('propagandists', sample.propagandists?.(900) ?? {})
  const { id } = (await hefei.upload('/propagandists/imports', book, '表.xlsx').expect(200)).body
  const counts = await tally(times(6, () => hefei.post(`/imports/${id}/apply`, {})))
  expect(counts[200]).toBeGreaterThanOrEqual(1)
  expect(Object.keys(counts).every((status) => ['200', '409'].includes(status))).toBe(true)
  const kept = await hefei.get('/propagandists', { filter: { phone: '13900000900' } })
  expect(kept.body).toHaveLength(1)
  expect((await hefei.get(`/propagandists/${kept.body[0].id}/history`)).body).toHaveLength(1)
})

test('an import begun in one unit is not applied from another, whoever began it', async () => {
  const { id } = (
    await hefei.upload('/events/imports', await workbookOf('events', sample.events?.(901) ?? {}), '表.xlsx').expect(200)
  ).body
  const move = (unit: string) =>
    world.owner(`update users set unit_id = $1, version = version + 1 where username = 'hefei'`, [world.units[unit]])
  await move('芜湖')
  await hefei.post(`/imports/${id}/apply`, {}).expect(404)
  await hefei.get(`/imports/${id}`).expect(404)
  await move('合肥')
  await hefei.post(`/imports/${id}/apply`, {}).expect(200)
})

test('six hundred requests of two units and the province, mixed over the same connections, see each their own', async () => {
  await Promise.all(times(5, () => wuhu.post('/organizations', sample.organizations?.(next++)).expect(201)))
  const ask = async (n: number) => {
    const agent = [hefei, wuhu, province][n % 3] as Agent
    const form = registers[n % registers.length]?.name
    const { body } = await agent.get(`/${form}`, { range: [0, 99] }).expect(200)
    return body.map((row: { unit_id_label: string }) => row.unit_id_label)
  }
  for (let round = 0; round < 12; round++) {
    const seen = await Promise.all(times(50, (n) => ask(round * 50 + n)))
    for (const [n, units] of seen.entries()) {
      const who = (round * 50 + n) % 3
      if (who < 2) expect(units.every((unit: string) => unit === (who === 0 ? '合肥' : '芜湖'))).toBe(true)
    }
  }
})

test('rows written meanwhile are in every total, however many at once', async () => {
  await Promise.all(times(40, (n) => (n % 2 ? hefei : wuhu).post('/events', sample.events?.(next++)).expect(201)))
  for (const agent of [hefei, wuhu, province]) {
    const { body, headers } = await agent.get('/events', { range: [0, 999] }).expect(200)
    expect(headers['content-range']).toBe(`events 0-${body.length - 1}/${body.length}`)
  }
})

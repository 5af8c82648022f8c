/** Where in a list the next row is that meets a condition: what find and jumping to the edge of the data ask for. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let ids: number[] = []

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  const create = Array.from({ length: 60 }, (_, at) => ({
    ...sample.events?.(at + 1),
    remark: at === 20 || at === 41 ? null : `备注${at}`,
  }))
  const answer = await hefei.post('/events/bulk', { create, update: [], remove: [] }).expect(200)
  ids = answer.body.create.map(({ id }: { id: number }) => id)
  const wuhu = await world.as('wuhu')
  await wuhu.post('/events', { ...sample.events?.(500), remark: null }).expect(201)
})
afterAll(() => world?.close())

const place = async (of: object, from: number, step: number, more: object = {}, agent = hefei) =>
  (await agent.get('/events/places', { of, from: String(from), step: String(step), ...more }).expect(200)).body

test('the nearest row is found in both directions, never the one looked from, with how many there are', async () => {
  expect(await place({ remark: null }, -1, 1)).toEqual({ at: 20, id: ids[20], nth: 1, count: 2 })
  expect(await place({ remark: null }, 20, 1)).toEqual({ at: 41, id: ids[41], nth: 2, count: 2 })
  expect(await place({ remark: null }, 41, 1)).toEqual({ at: null, id: null, nth: 0, count: 2 })
  expect(await place({ remark: null }, 41, -1)).toMatchObject({ at: 20 })
  expect(await place({ remark_not: null }, 20, 1)).toMatchObject({ at: 21, count: 58 })
  expect(await place({ q: '备注5' }, 10, 1)).toMatchObject({ at: 50, nth: 2, count: 11 })
})

test('places are those of the list as it is filtered and sorted', async () => {
  const sort = [['id', 'DESC']]
  expect(await place({ remark: null }, -1, 1, { sort })).toMatchObject({ at: 18, id: ids[41] })
  expect(await place({ remark: null }, 0, 1, { filter: { id_gte: ids[30] } })).toMatchObject({ at: 11, count: 1 })
})

test('each is told of the rows it sees, and nonsense is refused', async () => {
  const province = await world.as('province')
  expect(await place({ remark: null }, -1, 1, {}, province)).toMatchObject({ count: 3 })
  for (const query of [
    { from: '0', step: '1' },
    { of: {}, from: '0', step: '1' },
    { of: { q: 'x' }, from: 'x', step: '1' },
    { of: { q: 'x' }, from: '0', step: '2' },
    { of: { q: 'x', deleted: true }, from: '0', step: '1' },
    { of: { password_hash: 'x' }, from: '0', step: '1' },
  ])
    await hefei.get('/events/places', query).expect(400)
})

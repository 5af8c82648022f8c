/** 补录: opened by the province alone, for one unit and one annex, until a day. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { makeWorld, sample, type World } from './world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
  await world.owner(`update campaigns set today_on = '2019-08-27', version = version + 1`)
  await world.owner(`update stages set locks = '{附件4,附件5}', version = version + 1 where name = '入围截止'`)
})
afterAll(() => world?.close())

test('past the deadline a unit reads only, until the province opens one annex of it again', async () => {
  const [province, hefei, wuhu] = [await world.as('province'), await world.as('hefei'), await world.as('wuhu')]
  const opening = { unit_id: '合肥', annex: '附件4', until: '2019-08-30', reason: '材料晚到' }
  await hefei.post('/propagandists', sample.propagandists?.(1)).expect(403)
  await hefei.post('/reopenings', opening).expect(403)
  const opened = (await province.post('/reopenings', opening).expect(201)).body
  await hefei.post('/propagandists', sample.propagandists?.(1)).expect(201)
  await hefei.post('/events', sample.events?.(1)).expect(403)
  await wuhu.post('/propagandists', sample.propagandists?.(2)).expect(403)
  expect((await hefei.get('/reopenings').expect(200)).body).toMatchObject([
    { unit_id_label: '合肥', until: '2019-08-30' },
  ])
  const past = (await province.put(`/reopenings/${opened.id}`, { version: 1, until: '2019-08-26' }).expect(200)).body
  await hefei.post('/propagandists', sample.propagandists?.(3)).expect(403)
  await province.put(`/reopenings/${opened.id}`, { version: past.version, until: '2019-08-30' }).expect(200)
  await hefei.delete(`/reopenings/${opened.id}`).expect(403)
  await province.delete(`/reopenings/${opened.id}`).expect(200)
  await hefei.post('/propagandists', sample.propagandists?.(3)).expect(403)
})

test('a unit’s annex is opened once, and what is wrong is told at its field', async () => {
  const province = await world.as('province')
  const opening = { unit_id: '芜湖', annex: '附件5', until: '2019-09-02' }
  await province.post('/reopenings', opening).expect(201)
  const twice = await province.post('/reopenings', opening).expect(422)
  expect(Object.values(twice.body.errors)[0]).toMatch(/已经有了/)
  const refused = await province
    .post('/reopenings', { unit_id: '某市', annex: '附件1', until: '2019-02-30' })
    .expect(422)
  expect(Object.keys(refused.body.errors).sort()).toEqual(['annex', 'unit_id', 'until'])
})

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
  const [province, hefei, wuhu, cac] = [
    await world.as('province'),
    await world.as('hefei'),
    await world.as('wuhu'),
    await world.as('cac'),
  ]
  const opening = { unit_id: world.units.合肥, annex: '附件4', until: '2019-08-30' }
  await hefei.post('/propagandists', sample.propagandists?.(1)).expect(403)
  await hefei.put('/reopenings', opening).expect(403)
  await cac.put('/reopenings', opening).expect(403)
  const opened = await province.put('/reopenings', opening).expect(200)
  expect(opened.body).toMatchObject([{ unit_id_label: '合肥', annex: '附件4', until: '2019-08-30', open: true }])
  await hefei.post('/propagandists', sample.propagandists?.(1)).expect(201)
  await hefei.post('/events', sample.events?.(1)).expect(403)
  await wuhu.post('/propagandists', sample.propagandists?.(2)).expect(403)
  expect((await hefei.get('/reopenings').expect(200)).body).toHaveLength(1)
  expect((await wuhu.get('/reopenings').expect(200)).body).toEqual([])
  await province.put('/reopenings', { ...opening, until: '2019-08-26' }).expect(200)
  await hefei.post('/propagandists', sample.propagandists?.(3)).expect(403)
  await province.put('/reopenings', opening).expect(200)
  await hefei.delete(`/reopenings/${opened.body[0].id}`).expect((answer) => expect([403, 404]).toContain(answer.status))
  await province.delete(`/reopenings/${opened.body[0].id}`).expect(204)
  await hefei.post('/propagandists', sample.propagandists?.(3)).expect(403)
})

test('what is wrong with a reopening is told at its field', async () => {
  const province = await world.as('province')
  const refused = await province.put('/reopenings', { unit_id: 'x', annex: '附件1', until: '2019-02-30' }).expect(422)
  expect(Object.keys(refused.body.errors).sort()).toEqual(['annex', 'unit_id', 'until'])
  await province.put('/reopenings', { unit_id: 99_999, annex: '附件4', until: '2019-09-01' }).expect(422)
})

/** Several papers in one zip, named as offices name them, within everybody's scope; and how far a long export is. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { unzip } from '../../server/workbook/zip_write.ts'
import { binary, textsOf } from '../support/matrix.ts'
import { type Agent, makeWorld, sample, type Username, type World } from '../support/world.ts'

let world: World
const agents = {} as Record<Username, Agent>

beforeAll(async () => {
  world = await makeWorld()
  for (const name of ['province', 'cac', 'hefei', 'wuhu', 'juror1'] as const) agents[name] = await world.as(name)
  for (const who of ['hefei', 'wuhu'] as const) {
    for (const form of ['events', 'propagandists'])
      await agents[who].post(`/${form}/bulk`, { create: [sample[form]?.(1), sample[form]?.(2)] }).expect(200)
  }
  await agents.hefei.post('/attendance/bulk', { create: [sample.attendance?.(1)] }).expect(200)
})
afterAll(() => world?.close())

const filesOf = async (who: Username, path: string) => {
  const answer = await binary(agents[who].get(path)).expect(200)
  expect(answer.headers['content-type']).toBe('application/zip')
  return { name: decodeURIComponent(answer.headers['content-disposition'] ?? ''), files: await unzip(answer.body) }
}
const namesOf = (files: { name: string }[]) => files.map(({ name }) => name.replace(/-\d{8}/, ''))

test('all annexes of a unit', async () => {
  const { name, files } = await filesOf('hefei', '/annexes/all.zip')
  expect(name).toContain('合肥市总工会2019年全部附件')
  expect(namesOf(files)).toEqual([
    '附件4-合肥市总工会-2019年职工好网民宣传员登记表.xlsx',
    '附件5-合肥市总工会-2019年线下活动统计表.xlsx',
    expect.stringMatching(/^附件6-合肥市总工会-.*\.xlsx$/),
  ])
  const words = (await textsOf(files[0]?.bytes ?? Buffer.alloc(0))).join()
  expect(words).toContain('丁1')
})

test('of a unit the province names, and of all units together with annexes 1 and 2', async () => {
  const wuhu = await filesOf('province', `/annexes/all.zip?unit_id=${world.units.芜湖}`)
  expect(namesOf(wuhu.files)).toEqual([expect.stringContaining('附件4-芜湖'), expect.stringContaining('附件5-芜湖')])
  const all = await filesOf('province', '/annexes/all.zip')
  expect(namesOf(all.files).map((each) => each.slice(0, 3))).toEqual([
    '附件1',
    '附件2',
    '安徽省',
    '附件4',
    '附件5',
    '附件6',
  ])
})

test('one annex, a workbook a unit; a clerk gets the own one, the internet office masked phones', async () => {
  const { files } = await filesOf('province', '/propagandists/units.zip')
  expect(namesOf(files)).toEqual([
    expect.stringContaining('附件4-合肥市总工会'),
    expect.stringContaining('附件4-芜湖市总工会'),
  ])
  expect(namesOf((await filesOf('wuhu', '/propagandists/units.zip')).files)).toEqual([
    expect.stringContaining('附件4-芜湖市总工会'),
  ])
  const masked = await filesOf('cac', '/propagandists/units.zip')
  const words = (await Promise.all(masked.files.map(({ bytes }) => textsOf(bytes)))).join()
  expect([words.includes('13900000001'), words.includes('139****0001')]).toEqual([false, true])
})

test('what is nobody’s or empty is refused with a sentence', async () => {
  await agents.juror1.get('/annexes/all.zip').expect(403)
  await agents.province.get('/quotas/units.zip').expect(404)
  await agents.hefei.get(`/annexes/all.zip?unit_id=${world.units.芜湖}`).expect(409)
  expect((await agents.hefei.get('/reach/units.zip').expect(409)).body.message).toMatch(/。$/)
  await world.anonymous.get('/annexes/all.zip').expect(401)
})

test('a long export tells how far it is, to its reader alone', async () => {
  await world.owner(
    `insert into propagandists (campaign_id, unit_id, name, gender, job, phone, platform, appointed_on, created_by, updated_by)
     select $1, $2, '己' || n, '女', '工人', '150' || lpad(n::text, 8, '0'), '抖音', '2019-07-01', 1, 1 from generate_series(1, 30000) n`,
    [world.campaign_id, world.units.合肥],
  )
  let over = false
  const exporting = binary(agents.hefei.get('/propagandists/export.xlsx').set('X-Progress', 'a-long-export')).expect(
    200,
  )
  const finished = exporting.then((answer) => {
    over = true
    return answer
  })
  const seen: { rows_done: number; rows_total: number | null }[] = []
  while (!over) {
    const asked = await agents.hefei.get('/exports/a-long-export')
    if (asked.status === 200) seen.push(asked.body)
    await agents.wuhu.get('/exports/a-long-export').expect(404)
  }
  await finished
  expect(seen.some(({ rows_done, rows_total }) => rows_total === 30_002 && rows_done > 0 && rows_done < 30_002)).toBe(
    true,
  )
  const counts = seen.map(({ rows_done }) => rows_done)
  expect(counts).toEqual([...counts].sort((a, b) => a - b))
  await agents.hefei.get('/exports/a-long-export').expect(404)
})

/** Saved views: one's own and nobody else's, shared ones of the province for everybody, and nothing in them that one may not see. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { agentsOf } from '../support/matrix.ts'
import type { Actor } from '../support/permissions.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let agents: Record<Actor, Agent>
beforeAll(async () => {
  world = await makeWorld()
  agents = await agentsOf(world)
})
afterAll(() => world?.close())

const layout = {
  order: ['name', 'phone', 'followers'],
  hidden: ['remark'],
  frozen: 'phone',
  widths: { name: 120 },
  sort: [{ column: 'followers', order: 'DESC' }],
  filter: { q: '丁', phone: '1385551', followers: '>100' },
  group: { column: 'appointed_on', step: 'month' },
  summary: { followers: 'sum', phone: 'distinct' },
  zoom: 90,
}
const save = (agent: Agent, name: string, more: object = {}) =>
  agent.post('/views', { form: 'propagandists', name, layout, ...more })
const list = async (agent: Agent, form = 'propagandists') => (await agent.get('/views', { form }).expect(200)).body
const names = async (agent: Agent) => (await list(agent)).map(({ name }: { name: string }) => name)

describe('one’s own view', () => {
  test('is stored, read back whole, changed with its version, and removed', async () => {
    const made = (await save(agents.hefei, '  重点  账号 ').expect(201)).body
    expect(made).toMatchObject({ name: '重点 账号', own: true, by: null, shared: false, version: 1, layout })
    const changed = await agents.hefei
      .put(`/views/${made.id}`, { version: 1, name: '重点', layout: { zoom: 110 } })
      .expect(200)
    expect(changed.body).toMatchObject({ name: '重点', version: 2, layout: { zoom: 110 } })
    const late = await agents.hefei.put(`/views/${made.id}`, { version: 1, name: '晚了' }).expect(409)
    expect([late.body.message, late.body.row.name]).toEqual([expect.stringContaining('刚被改过'), '重点'])
    await agents.hefei.put(`/views/${made.id}`, { name: '没有版本' }).expect(428)
    await agents.hefei.delete(`/views/${made.id}?version=1`).expect(409)
    await agents.hefei.delete(`/views/${made.id}?version=2`).expect(200)
    expect(await names(agents.hefei)).toEqual([])
  })

  test('is nobody else’s: not listed, not changed, not removed, not even by the province', async () => {
    const { id } = (await save(agents.hefei, '合肥的').expect(201)).body
    for (const actor of ['wuhu', 'cac', 'cac-hefei', 'province'] as const) {
      expect(await names(agents[actor])).toEqual([])
      await agents[actor].put(`/views/${id}`, { version: 1, name: '改' }).expect(404)
      await agents[actor].delete(`/views/${id}?version=1`).expect(404)
      await agents[actor].put('/views/default', { form: 'propagandists', view_id: id }).expect(404)
    }
    expect(await world.owner('select name, version from views')).toEqual([{ name: '合肥的', version: 1 }])
    await agents.hefei.delete(`/views/${id}?version=1`).expect(200)
  })

  test('has a name of its own and a shape; what can’t be read is refused with a sentence, not stored', async () => {
    const { id } = (await save(agents.hefei, '甲').expect(201)).body
    await save(agents.wuhu, '甲').expect(201)
    for (const [name, more] of [
      ['甲', {}],
      ['', {}],
      ['长'.repeat(41), {}],
      ['乙', { layout: null }],
      ['乙', { layout: [] }],
      ['乙', { layout: { filter: { name: '很长'.repeat(5000) } } }],
    ] as const) {
      const { status, body } = await save(agents.hefei, name, more)
      expect([name, status, Object.values(body.errors)[0]]).toEqual([
        name,
        422,
        expect.stringMatching(/[\u4e00-\u9fff]/),
      ])
    }
    await save(agents.hefei, '丙', { form: 'no_such' }).expect(404)
    await agents.hefei.post('/views', []).expect(400)
    await agents.hefei.get('/views').expect(404)
    expect(await names(agents.hefei)).toEqual(['甲'])
    await agents.hefei.delete(`/views/${id}?version=1`).expect(200)
  })

  test('there are at most thirty of a form', async () => {
    const answers = await Promise.all(Array.from({ length: 34 }, (_, n) => save(agents.huaibei, `第${n}个`)))
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(30)
    expect(answers.find(({ status }) => status === 422)?.body.errors.name).toContain('30')
    await save(agents.huaibei, '另一张表', { form: 'events', layout: {} }).expect(201)
  })
})

describe('a shared view', () => {
  let id = 0
  test('is the province’s to make, and everybody’s to read', async () => {
    for (const actor of ['hefei', 'cac', 'suzhou'] as const)
      await save(agents[actor], '共享', { shared: true }).expect(403)
    id = (await save(agents.province, '全省重点', { shared: true }).expect(201)).body.id
    for (const actor of ['hefei', 'wuhu', 'cac', 'cac-hefei'] as const) {
      const [view] = (await list(agents[actor])).filter(({ shared }: { shared: boolean }) => shared)
      expect(view).toMatchObject({ id, own: false, by: '测试province' })
      await agents[actor].put(`/views/${id}`, { version: 1, name: '改' }).expect(403)
      await agents[actor].delete(`/views/${id}?version=1`).expect(403)
    }
  })

  test('holds no search and no phone, and of the rest what the reader may see', async () => {
    const of = async (actor: Actor) => (await list(agents[actor])).find((view: { id: number }) => view.id === id).layout
    const filter = { followers: '>100' }
    expect(await of('hefei')).toEqual({ ...layout, filter })
    expect(await of('cac')).toEqual({ ...layout, filter, summary: { followers: 'sum' } })
    expect((await agents.cac.get('/views', { form: 'propagandists' })).text).not.toContain('1385551')
  })

  test('outlives its columns: what a form no longer has is left out', async () => {
    await world.owner(
      `update views set version = version + 1, layout = layout || '{"order":["gone","name"],"sort":[{"column":"gone","order":"ASC"},{"column":7}],
         "hidden":"name","widths":{"name":"wide","gone":80},"filter":{"gone":"1","name":{"values":"x"}},"group":{"column":"gone","step":"group"},
         "summary":{"gone":"sum","followers":"most"},"zoom":"big","other":1}'::jsonb where id = $1`,
      [id],
    )
    const [view] = (await list(agents.wuhu)).filter((each: { id: number }) => each.id === id)
    expect(view.layout).toEqual({ order: ['name'], frozen: 'phone', widths: {}, sort: [], filter: {}, summary: {} })
  })

  test('may be what a form opens with, for each person; taken back, it is gone for others', async () => {
    await agents.wuhu.put('/views/default', { form: 'propagandists', view_id: id }).expect(200)
    const chosen = async (actor: Actor) =>
      (await list(agents[actor]))
        .filter((view: { is_default: boolean }) => view.is_default)
        .map((view: { id: number }) => view.id)
    expect([await chosen('wuhu'), await chosen('hefei')]).toEqual([[id], []])
    await agents.province.put(`/views/${id}`, { version: 2, shared: false }).expect(200)
    expect(await chosen('wuhu')).toEqual([])
    expect((await list(agents.wuhu)).some((view: { id: number }) => view.id === id)).toBe(false)
    await agents.wuhu.put('/views/default', { form: 'propagandists', view_id: null }).expect(200)
    await agents.province.delete(`/views/${id}?version=3`).expect(200)
  })
})

test('jurors and strangers have no views', async () => {
  for (const [actor, status] of [
    ['juror1', 403],
    ['anonymous', 401],
  ] as const) {
    await agents[actor].get('/views', { form: 'submissions' }).expect(status)
    await save(agents[actor], '看').expect(status)
    await agents[actor].put('/views/default', { form: 'submissions', view_id: null }).expect(status)
  }
})

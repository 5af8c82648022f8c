/** Choices that go: what becomes of the rows that hold them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forms } from '../../server/forms/index.ts'
import { changedTalks, draftIn, publish, talks, workOn } from '../support/designs.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
let desk: ReturnType<typeof workOn>
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
  desk = workOn(world, province, hefei)
})
afterAll(() => world?.close())

describe('choices that go', () => {
  const fewer = (kind: object, topics: object = {}) =>
    changedTalks({ kind: { choices: ['线上', '线下'], ...kind }, topics: { choices: ['安全', '网络'], ...topics } })
  const lectures = { ...talks, name: 'lectures', label: '讲座', annex: 34 }
  const of = (definition: object) => ({ ...definition, name: 'lectures', label: '讲座', annex: 34 })

  test('go with what their rows become, in lists too; without it the refusal tells how to say it', async () => {
    await publish(province, world, lectures)
    const live = await desk.make({ title: '甲', kind: '直播', topics: ['法律', '安全'] }, 'lectures')
    const law = await desk.make({ title: '乙', kind: '线下', topics: ['法律'] }, 'lectures')
    const unsaid = await desk.draft(of(fewer({})))
    expect((await desk.check(unsaid)).conversions).toEqual([
      { field: 'kind', value: '直播', rows: 1 },
      { field: 'topics', value: '法律、安全', rows: 1 },
      { field: 'topics', value: '法律', rows: 1 },
    ])
    const refused = await desk.publication(unsaid).expect(422)
    expect(Object.keys(refused.body.errors)).toEqual(['kind', 'topics'])
    expect(refused.body.errors.kind).toContain('replace')
    const definition = of(fewer({ replace: { 直播: '线上' } }, { replace: { 法律: null } }))
    const said = (await province.put(`/form_designs/${unsaid.id}`, { version: unsaid.version, definition }).expect(200))
      .body
    const told = await desk.check(said)
    expect(told.breaks).toEqual([])
    expect(told.changes).toEqual(
      expect.arrayContaining(['1 行的“形式”由“直播”改成“线上”。', '1 行的“主题”由“法律”改成空的。']),
    )
    await desk.publication(said).expect(200)
    expect(await desk.read(live.id, 'lectures')).toMatchObject({ kind: '线上', topics: ['安全'], version: 3 })
    expect(await desk.read(law.id, 'lectures')).toMatchObject({ kind: '线下', topics: null, version: 2 })
    const history = (await hefei.get(`/lectures/${live.id}/history`).expect(200)).body
    expect(history[0]).toMatchObject({ action: 'conversion' })
    await expect(world.owner(`update lectures set kind = '直播', version = version + 1`)).rejects.toThrow(/kind/)
    // words of the definition, not of the form: nobody else is told them
    const inForce = (await hefei.get('/forms').expect(200)).body
    expect(JSON.stringify(inForce.find(({ name }: { name: string }) => name === 'lectures'))).not.toContain('replace')
  })

  test('of a built-in column go the same way', async () => {
    const kinds = forms.events?.fields.find(({ name }) => name === 'kind')?.choices ?? []
    const event = { title: '赛', kind: '知识竞赛', held_on: '2019-06-10', place: '厅', headcount: 8, with_cac: true }
    const made = await desk.make(event, 'events')
    const adjustment = {
      extends: 'events',
      choices: { kind: kinds.filter((kind) => kind !== '知识竞赛') },
      replace: { kind: { 知识竞赛: '主题演讲' } },
    }
    await publish(province, world, adjustment)
    expect(await desk.read(made.id, 'events')).toMatchObject({ kind: '主题演讲', version: 2 })
  })

  test.each([
    [{ replace: { 线上: '线下' } }, '还是“形式”的可选项'],
    [{ replace: { 直播: '直播间' } }, '没有“直播间”这个选项'],
    [{ replace: ['直播'] }, '应写成'],
    [{ replace: { 直播: { a: 1 } } }, '应是文字'],
  ])('%j is refused with a sentence', async (kind, sentence) => {
    const { body } = await draftIn(world, province, { ...of(fewer(kind)), name: 'lectures' }).expect(422)
    expect(JSON.stringify(body.errors)).toContain(sentence)
  })
})

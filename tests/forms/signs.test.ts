// The same thing in other signs: one union, one person, in keys, references, search and duplicates; phones and days are found
// as they are printed and typed.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Cells, fixture, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

const found = (form: string, filter: object) => foundBy(hefei, form, filter)
const foundBy = async (agent: Agent, form: string, filter: object) => {
  const answer = await agent.get(`/${form}`, { filter, range: [0, 99] })
  expect(answer.status, answer.text).toBe(200)
  return answer.body as Record<string, unknown>[]
}
const dots = ['·', '•', '・', '‧', '∙', '．']

describe('one union', () => {
  const files = ['B05a-组织-普通字-阜阳.xlsx', 'B05b-组织-康熙部首-阜阳.xlsx']

  test('typed, and pasted from a PDF with Kangxi radicals, is one record, whichever comes first', async () => {
    await world.owner(`update users set unit_id = $1, version = version + 1 where username = 'wuhu'`, [
      world.units.阜阳,
    ])
    const fuyang = await world.as('wuhu')
    for (const [first, second] of [files, [...files].reverse()]) {
      const made = await fuyang.upload('/organizations/imports', fixture(first ?? ''), first ?? '')
      expect(made.body, made.text).toMatchObject({ wrong: 0, update: 0, unchanged: 0 })
      expect(made.body.create).toBeGreaterThan(0)
      await fuyang.post(`/imports/${made.body.id}/apply`).expect(200)
      const again = await fuyang.upload('/organizations/imports', fixture(second ?? ''), second ?? '')
      expect(again.body).toMatchObject({ create: 0, wrong: 0, update: 0, unchanged: made.body.create })
      const [row] = await foundBy(fuyang, 'organizations', {})
      const name = String(row?.name)
      expect(name).not.toMatch(/[\u2e80-\u2fdf\uf900-\ufaff]/)
      // found in both spellings
      const radical = name.replace('工', '⼯').replace('金', '⾦').replace('车', '⻋')
      expect(await foundBy(fuyang, 'organizations', { q: radical })).toHaveLength(
        (await foundBy(fuyang, 'organizations', { q: name })).length,
      )
      expect(await foundBy(fuyang, 'organizations', { name_like: radical })).not.toHaveLength(0)
      await fuyang.post(`/imports/${made.body.id}/undo`).expect(200)
    }
  })

  test('is referred to, and refused as a second one, in any signs', async () => {
    const name = '合肥金龙（车辆）厂工会委员会'
    const union = { ...sample.organizations?.(1), name, credit_code: null }
    await hefei.post('/organizations', union).expect(201)
    for (const other of [
      '合肥⾦⻰(⻋辆)⼚⼯会委员会',
      '合肥金龙（车辆）厂\u200b工会委员会',
      '合肥金龙 （車辆）厂工会委员会'.replace('車', '车'),
    ]) {
      const twice = await hefei.post('/organizations', { ...union, name: other })
      expect([other, twice.status, twice.body.errors?.name]).toEqual([other, 422, expect.stringContaining(name)])
      const rows: Cells[] = [
        ['姓名', '手机号', '工作单位及职务', '发展日期', '所在工会'],
        ['甲', '13800003001', '某厂', '2019-06-18', other],
      ]
      const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 宣传员: rows }), '宣传员.xlsx')
      expect(checked.body).toMatchObject({ create: 1, wrong: 0 })
      await hefei.delete(`/imports/${checked.body.id}`).expect(200)
    }
  })
})

describe('one person', () => {
  test('with any of the six dots in the name, with blanks, full width and signs of no width', async () => {
    await hefei.post('/events', sample.events?.(1)).expect(201)
    const names = [...dots.map((dot) => `阿依${dot}古丽`), '阿依 · 古丽', '阿依·\u200d古丽', '阿依·古丽\ufeff']
    const rows: Cells[] = [
      ['活动', '姓名', '单位', '签到时间'],
      ...names.map((name) => ['第1场网络安全知识竞赛', name, 'A厂', '2019-07-10 09:00']),
    ]
    rows.push(['第1场网络安全知识竞赛', '阿依·古丽', 'Ａ⼚', '2019-07-10 09:00'])
    const checked = await hefei.upload('/attendance/imports', await workbookOf({ 签到: rows }), '签到.xlsx')
    expect(checked.body, checked.text.slice(0, 500)).toMatchObject({ rows: 10, create: 1, repeated: 9, wrong: 0 })
    await hefei.post(`/imports/${checked.body.id}/apply`, { only_valid: true }).expect(200)
    expect(await found('attendance', {})).toMatchObject([{ name: '阿依·古丽' }])
    for (const dot of dots) {
      const twice = await hefei.post('/attendance', {
        ...sample.attendance?.(1),
        name: `阿依${dot}古丽`,
        workplace: 'A厂',
        phone: null,
      })
      expect([dot, twice.status]).toEqual([dot, 422])
      expect(await found('attendance', { q: `依${dot}古` })).toHaveLength(1)
      expect(await found('attendance', { name_like: `依${dot}古` })).toHaveLength(1)
    }
  })
})

describe('what is typed to find something', () => {
  test('a phone as the grid prints it, with a country, dashes, full width; a landline too', async () => {
    await hefei.post('/propagandists', { ...sample.propagandists?.(1), phone: '13300002218' }).expect(201)
    await hefei.post('/organizations', { ...sample.organizations?.(7), phone: '0551-62990001' }).expect(201)
    const typed = [
      '133 0000 2218',
      '+86 133-0000-2218',
      '+8613300002218',
      '133-0000-2218',
      '１３３００００２２１８',
      '133 0000',
      '0000 2218',
      '133-0000',
      '\u202d13300002218\u202c',
    ]
    for (const text of typed) {
      expect([text, (await found('propagandists', { q: text })).length]).toEqual([text, 1])
      expect([text, (await found('propagandists', { phone_like: text })).length]).toEqual([text, 1])
    }
    for (const text of ['133 0000 2218', '+86 133-0000-2218', '１３３００００２２１８'])
      expect(await found('propagandists', { phone: text })).toHaveLength(1)
    for (const text of ['0551-62990001', '055162990001', '0551 6299 0001', '（0551）62990001'])
      for (const filter of [{ q: text }, { phone_like: text }, { phone: text }])
        expect([filter, (await found('organizations', filter)).length]).toEqual([filter, 1])
    expect(await found('propagandists', { q: '133 0000 2219' })).toEqual([])
  })

  test('a day or a month as a cell knows it, of the year of the campaign', async () => {
    await hefei.post('/events', { ...sample.events?.(2), held_on: '2019-07-02' }).expect(201)
    await hefei
      .post('/attendance', {
        ...sample.attendance?.(5),
        event_id: '第2场网络安全知识竞赛',
        signed_at: '2019-07-02 09:30',
      })
      .expect(201)
    const of = { title: '第2场网络安全知识竞赛' }
    for (const text of ['7.2', '7月2日', '2019.7.2', '2019年7月2日', '20190702', '7月', '2019年7月', '2019-7']) {
      expect([text, (await found('events', { ...of, held_on: text })).length]).toEqual([text, 1])
      expect([text, (await found('events', { ...of, held_on_gte: text, held_on_lte: text })).length]).toEqual([text, 1])
      expect([text, (await found('events', { ...of, held_on_not: text })).length]).toEqual([text, 0])
      expect([text, (await found('attendance', { name: '戊5', signed_at: text })).length]).toEqual([text, 1])
    }
    for (const text of ['7.3', '8月', '2018年7月', '2.29'])
      expect(await found('events', { ...of, held_on: text })).toEqual([])
    expect(await found('events', { ...of, held_on_gte: '7.3' })).toEqual([])
    for (const text of ['13月', '待定', '2.30'])
      expect((await hefei.get('/events', { filter: { held_on: text } })).status).toBe(400)
  })
})

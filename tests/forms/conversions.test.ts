/** A column that gets another type: what becomes of what rows hold, before, while and after it is published. */
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type FieldDefinition, readField } from '../../server/forms/index.ts'
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

describe('another type', () => {
  const numbers = changedTalks({ people: { type: 'integer' }, held_on: { type: 'date' } })

  test('is read as an import reads it; what can’t be is told by row, and nothing is published while it stands there', async () => {
    await publish(province, world, talks)
    const many = await desk.make({ title: '甲', people: '1,200', held_on: '2019年6月18日' })
    const about = await desk.make({ title: '乙', people: '约80人', held_on: '6月19日' })
    const binned = await desk.make({ title: '丙', people: '若干' })
    await hefei.delete(`/talks/${binned.id}`).expect(200)
    const made = await desk.draft(numbers)
    const told = await desk.check(made)
    expect(told.breaks).toEqual([{ rule: 'people_type', field: 'people', rows: 1, sample: [about.id] }])
    expect(told.conversions).toEqual([{ field: 'people', value: '约80人', rows: 1 }])
    expect(told.changes).toEqual([
      '“人数”的类型由文字改为整数，1 行的值照样读得出。',
      '回收站里 1 行的“人数”读不成整数，会清空；原来的值在变更记录里。',
      '“日期”的类型由文字改为日期，2 行的值照样读得出。',
    ])
    const refused = await desk.publication(made).expect(422)
    expect(refused.body.errors).toEqual({ people: expect.stringContaining('还有 1 行的“人数”读不成整数') })
    expect(await desk.read(many.id)).toMatchObject({ people: '1,200', version: 1 })

    await hefei.put(`/talks/${about.id}`, { version: 1, people: '80人' }).expect(200)
    await desk.publication(made).expect(200)
    expect(await desk.read(many.id)).toMatchObject({ people: 1200, held_on: '2019-06-18', version: 1 })
    expect(await desk.read(about.id)).toMatchObject({ people: 80, held_on: '2019-06-19' })
    await hefei.post('/talks/restoration', { ids: [binned.id] }).expect(200)
    expect(await desk.read(binned.id)).toMatchObject({ people: null })
    await hefei.put(`/talks/${about.id}`, { version: 2, people: '很多' }).expect(422)
    const listed = await hefei.get('/talks', { filter: { people_gte: 100 }, sort: ['people', 'DESC'] }).expect(200)
    expect(listed.body.map(({ id }: { id: number }) => id)).toEqual([many.id])
  })

  test('keeps the old values in the history, with who published', async () => {
    const [row] = (await hefei.get('/talks', { filter: { title: '甲' } })).body
    const { body } = await hefei.get(`/talks/${row.id}/history`).expect(200)
    const lines = body.filter(({ action }: { action: string }) => action === 'retyping')
    expect(lines.map(({ before, after }: Record<string, object>) => ({ before, after }))).toEqual([
      { before: { held_on: '2019年6月18日' }, after: { held_on: '2019-06-18' } },
      { before: { people: '1,200' }, after: { people: 1200 } },
    ])
    expect(lines[0].actor).toBe((await province.get('/me')).body.name)
  })

  test('can be taken by what does not convert if the definition says what it becomes', async () => {
    const row = await desk.make({ title: '丁', people: 30 })
    await publish(province, world, changedTalks({ people: { type: 'text' } }, numbers))
    expect(await desk.read(row.id)).toMatchObject({ people: '30' })
    await hefei.put(`/talks/${row.id}`, { version: 1, people: '三十来人' }).expect(200)
    const said = changedTalks({ people: { type: 'integer', replace: { 三十来人: 30 } } }, numbers)
    const made = await desk.draft(said)
    const told = await desk.check(made)
    expect(told.breaks).toEqual([])
    expect(told.conversions).toEqual([{ field: 'people', value: '三十来人', rows: 1, becomes: '30' }])
    expect(told.changes).toContain('1 行的“人数”由“三十来人”改成“30”。')
    await desk.publication(made).expect(200)
    expect(await desk.read(row.id)).toMatchObject({ people: 30 })
  })

  test('does no harm to undo: what no longer fits stays as it is, and the sentence says so', async () => {
    await publish(province, world, changedTalks({ people: { type: 'text' } }, numbers))
    const row = await desk.make({ title: '戊', people: '四五十' })
    const operation = await hefei.post('/talks/operations', {
      kind: 'set',
      filter: { id: [row.id] },
      values: { people: null },
    })
    expect(operation.status, JSON.stringify(operation.body)).toBeLessThan(300)
    await expect.poll(async () => (await hefei.get(`/operations/${operation.body.id}`)).body.state).toBe('done')
    await publish(province, world, numbers)
    const undone = await hefei.post(`/operations/${operation.body.id}/undo`)
    expect(undone.status, JSON.stringify(undone.body)).toBeLessThan(300)
    await expect
      .poll(async () => (await hefei.get(`/operations/${operation.body.id}`)).body)
      .toMatchObject({
        state: 'undone',
        undone: { done: 0, kept: [{ row_id: row.id, reason: '原来的值按现在的表单放不下，没有改回。' }] },
      })
    expect(await desk.read(row.id)).toMatchObject({ people: null })
  })

  test('is refused where another campaign has the column, with its name and another one to take', async () => {
    const other = (
      await province
        .post('/campaigns', { year: 2022, name: '下一年的活动', starts_on: '2022-05-01', ends_on: '2022-12-31' })
        .expect(201)
    ).body
    const { id, version } = (
      await province.post('/form_designs', { campaign_id: other.id, definition: numbers }).expect(201)
    ).body
    await province.post(`/form_designs/${id}/publication`, { version }).expect(200)
    const told = await draftIn(world, province, changedTalks({ people: { type: 'text' } }, numbers)).expect(422)
    expect(told.body.errors).toEqual({
      'fields.1.type':
        '“下一年的活动”里也有“people”这一栏，同一个数据名到处是同一种类型，请换一个数据名，例如 people_2。',
    })
  })

  test('is refused for what is computed from, pointed with or counted', async () => {
    const sums = {
      ...talks,
      name: 'sums',
      label: '合计表',
      annex: 32,
      fields: [
        { name: 'title', label: '名称', type: 'text', required: true },
        { name: 'men', label: '男', type: 'integer' },
        { name: 'women', label: '女', type: 'integer' },
        { name: 'seats', label: '座位', type: 'integer' },
        { name: 'event_id', label: '活动', type: 'reference', to: 'events' },
        { name: 'total', label: '合计', type: 'decimal', computed: { sum: ['men', 'women'] } },
      ],
    }
    await publish(province, world, sums)
    await province
      .post('/metrics', {
        campaign_id: world.campaign_id,
        position: 9,
        name: 'seats',
        label: '座位数',
        measure: '个',
        form: 'sums',
        counts: 'sum',
        field: 'seats',
      })
      .expect(201)
    const other = (name: string, more: object) => changedTalks({ [name]: more }, sums as never)
    const told = async (name: string, more: object) => {
      const { body } = await draftIn(world, province, { ...sums, fields: other(name, more).fields })
      return Object.values(body.errors ?? {})[0]
    }
    expect(await told('men', { type: 'text' })).toMatch(/.+/)
    expect(await told('men', { type: 'decimal' })).toMatch(/“total”是从“men”算出来的/)
    expect(await told('seats', { type: 'text' })).toMatch(/任务指标“座位数”数着“seats”/)
    expect(await told('event_id', { type: 'text', to: undefined })).toMatch(/.+/)
    expect(await told('total', { type: 'integer' })).toMatch(/不能换成这种类型/)
    expect(await told('seats', { type: 'decimal' })).toBeUndefined()
  })

  test('waits for nobody who writes, loses nothing that is written meanwhile, and is one of two who publish', async () => {
    const meetings = { ...talks, name: 'meetings', label: '会议', annex: 33 }
    await publish(province, world, meetings)
    const row = await desk.make({ title: '会', people: '5' }, 'meetings')
    const made = await desk.draft({ ...meetings, fields: numbers.fields })
    const writer = new pg.Client({ connectionString: world.ownerUrl })
    await writer.connect()
    try {
      await writer.query('begin; lock table meetings in row exclusive mode')
      const publishing = Promise.all([desk.publication(made), desk.publication(made)])
      for (let turn = 0; turn < 5; turn++)
        await hefei.put(`/meetings/${row.id}`, { version: 1 + turn, people: String(6 + turn) }).expect(200)
      await writer.query('commit')
      expect((await publishing).map(({ status }) => status).sort()).toEqual([200, 409])
    } finally {
      await writer.end()
    }
    expect(await desk.read(row.id, 'meetings')).toMatchObject({ people: 10, version: 6 })
  })

  test('converts any values as the cleaner of the type reads them, or not at all', async () => {
    const cell = fc.constantFrom(
      '12',
      '1.5',
      '是',
      '否',
      '2019-06-18',
      '2019年7月',
      '约80人',
      '1,200',
      '甲、乙',
      '13900000001',
      '2万',
    )
    const type = fc.constantFrom(
      'text',
      'integer',
      'decimal',
      'date',
      'month',
      'yes_no',
      'list',
      'long_text',
      'phone',
      'datetime',
    )
    let n = 0
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(cell, { minLength: 1, maxLength: 5 }), type, async (cells, to) => {
        const name = `any_${++n}`
        const form = { ...talks, name, label: name, annex: null, fields: talks.fields.slice(0, 2) }
        await publish(province, world, form)
        for (const [at, people] of cells.entries()) await desk.make({ title: `${at}`, people }, name)
        const field = { name: 'people', label: '人数', type: to } as FieldDefinition
        const wanted = cells.map((each) => readField({ width: 10, ...field }, each, { year: 2019 }))
        const made = await desk.draft({ ...form, fields: [form.fields[0], field] })
        const lost = wanted.filter((parsed) => 'error' in parsed).length
        const { breaks } = await desk.check(made)
        expect(breaks.map(({ rows }: { rows: number }) => rows)).toEqual(lost > 0 ? [lost] : [])
        await desk.publication(made).expect(lost > 0 ? 422 : 200)
        const { body } = await hefei.get(`/${name}`, { sort: ['id', 'ASC'] }).expect(200)
        expect(body.map(({ people }: { people: unknown }) => people)).toEqual(
          lost > 0 ? cells : wanted.map((parsed) => ('value' in parsed ? parsed.value : undefined)),
        )
      }),
      { numRuns: 12 },
    )
  })
})

describe('a table of many rows', () => {
  const crowd = { ...talks, name: 'crowd', label: '人群', annex: 39, fields: talks.fields.slice(0, 2) }
  const counted = { name: 'half', label: '一半', type: 'integer', computed: { difference: ['seats', 'taken'] } }
  const numbers = ['seats', 'taken'].map((name) => ({ name, label: name, type: 'integer' }))

  test('gets a computed column without being written anew', async () => {
    const before = { ...crowd, fields: [...crowd.fields, ...numbers] }
    await publish(province, world, before)
    await desk.make({ title: '甲', seats: 10, taken: 3 }, 'crowd')
    const file = () => world.owner(`select pg_relation_filenode('crowd') as file`)
    const written = await file()
    await publish(province, world, { ...before, fields: [...before.fields, counted] })
    expect(await file()).toEqual(written)
    const listed = await hefei.get('/crowd', { filter: { half_gte: 7 }, sort: ['half', 'DESC'] }).expect(200)
    expect(listed.body).toMatchObject([{ title: '甲', half: 7 }])
  })
})

/** Definitions as data: drafts, what publishing would change and break, publishing, retiring; by whom, and what it leaves. */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { backUp } from '../../db/backup.ts'
import { migrate } from '../../db/migrate.ts'
import { restore } from '../../db/restore.ts'
import { openDatabase } from '../../server/database/connection.ts'
import { definitionOf, forms, registers, unitsOf } from '../../server/forms/index.ts'
import { appLogin } from '../../server/settings.ts'
import { newDatabase } from '../support/databases.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

const draft = (definition: object, agent = province) =>
  agent.post('/form_designs', { campaign_id: world.campaign_id, definition })

async function published(definition: object) {
  const made = await draft(definition)
  expect(made.body).toMatchObject({ state: 'draft' })
  expect(made.status).toBe(201)
  const { id, version } = made.body
  const answer = await province.post(`/form_designs/${id}/publication`, { version })
  expect(answer.body).toMatchObject({ id, state: 'published' })
  return answer.body as { id: number; version: number }
}

const workshops = {
  name: 'workshops',
  label: '培训班',
  title: '培训班登记表',
  annex: 12,
  measure: '期',
  scope: 'unit',
  names: 'title',
  fields: [
    { name: 'title', label: '班名', type: 'text', required: true },
    { name: 'held_on', label: '开班日期', type: 'date', required: true, of_year: true },
    { name: 'kind', label: '形式', type: 'choice', choices: ['线上', '线下'] },
    { name: 'phone', label: '班主任电话', type: 'phone', private: true, mobile: true },
    { name: 'event_id', label: '所属活动', type: 'reference', to: 'events' },
    { name: 'people', label: '人数', type: 'integer', sum: true, group: '规模' },
    { name: 'fee', label: '经费', type: 'decimal', group: '规模' },
  ],
  keys: [['title', 'held_on']],
  rules: [],
}

describe('the forms in force', () => {
  test('are the built-in ones where a campaign says nothing, for everybody with an account', async () => {
    for (const who of ['hefei', 'cac', 'juror1'] as const) {
      const { body } = await (await world.as(who)).get('/forms', { campaign_id: world.campaign_id }).expect(200)
      expect(body.map((form: { name: string }) => form.name)).toEqual(Object.keys(forms))
    }
    const { body } = await hefei.get('/forms').expect(200)
    const kinds = await world.owner<{ name: string }>('select name from unit_kinds order by position')
    const inForce = { ...forms, units: unitsOf(kinds.map(({ name }) => name)) }
    expect(body).toEqual(JSON.parse(JSON.stringify(Object.values(inForce).map(definitionOf))))
    await world.anonymous.get('/forms').expect(401)
  })
})

describe('a new register', () => {
  test('is published from a draft that only the province sees, and takes rows at once', async () => {
    await draft(workshops, hefei).expect(403)
    const made = await draft(workshops).expect(201)
    await hefei.get(`/form_designs/${made.body.id}`).expect(404)
    await hefei.get('/workshops').expect(404)
    const check = await province.post(`/form_designs/${made.body.id}/check`).expect(200)
    expect(check.body).toEqual({ changes: ['新增登记表“培训班”，7 栏。'], breaks: [] })
    await hefei.post(`/form_designs/${made.body.id}/publication`, { version: 1 }).expect(403)
    await province.post(`/form_designs/${made.body.id}/publication`, { version: 7 }).expect(409)
    await province.post(`/form_designs/${made.body.id}/publication`, { version: 1 }).expect(200)
    const row = await hefei
      .post('/workshops', {
        title: '骨干班',
        held_on: '2019-06-18',
        kind: '线下',
        phone: '13800000001',
        people: 40,
        fee: 1200,
      })
      .expect(201)
    expect(row.body).toMatchObject({ title: '骨干班', phone: '13800000001', status: 'draft' })
    const cac = await (await world.as('cac')).get(`/workshops/${row.body.id}`).expect(200)
    expect(cac.body.phone).toBe('138****0001')
    await (await world.as('wuhu')).get(`/workshops/${row.body.id}`).expect(404)
    await hefei.post('/workshops', { title: '骨干班', held_on: '2019-06-18' }).expect(422)
  })

  test('is in nobody else’s campaign', async () => {
    const other = await province
      .post('/campaigns', { year: 2020, name: '另一年', starts_on: '2020-05-01', ends_on: '2020-12-31' })
      .expect(201)
    const { body } = await province.get('/forms', { campaign_id: other.body.id }).expect(200)
    expect(body.map((form: { name: string }) => form.name)).not.toContain('workshops')
  })

  test('is protected in the database exactly as a built-in one is', async () => {
    const shape = async (name: string) =>
      (
        await world.owner<{ line: string }>(
          `select 'policy ' || policyname || ' ' || roles::text || cmd || permissive as line from pg_policies where tablename = $1
           union select 'trigger ' || tgname from pg_trigger where tgrelid = to_regclass('public.' || $1) and not tgisinternal
           union select 'forced ' || relforcerowsecurity from pg_class where oid = to_regclass('public.' || $1) order by 1`,
          [name],
        )
      ).map(({ line }) => line)
    expect(await shape('workshops')).toEqual(await shape('propagandists'))
  })
})

describe('an adjusted register', () => {
  test('has its words, columns and choices in its campaign', async () => {
    await published({
      extends: 'events',
      title: '活动情况统计表',
      label: '活动',
      hide: ['enterprise'],
      rename: { place: '活动地点' },
      order: ['held_on', 'title'],
      require: ['summary'],
      choices: { kind: ['讲座', '公益', '其他'] },
      add: [{ name: 'online_people', label: '线上人数', type: 'integer', sum: true }],
    })
    const { body } = await hefei.get('/forms').expect(200)
    const events = body.find((form: { name: string }) => form.name === 'events')
    expect(events).toMatchObject({ label: '活动', title: '活动情况统计表', annex: 5 })
    expect(events.fields.map((field: { name: string }) => field.name).slice(0, 2)).toEqual(['held_on', 'title'])
    const row = { title: '讲座一', held_on: '2019-07-01', kind: '讲座', place: '合肥', headcount: 5, online_people: 80 }
    const refused = await hefei.post('/events', row).expect(422)
    expect(refused.body.errors).toEqual({ summary: '必填：简介。' })
    const made = await hefei.post('/events', { ...row, summary: '好' }).expect(201)
    expect(made.body).toMatchObject({ kind: '讲座', online_people: 80 })
    await hefei.post('/events', { ...row, title: '二', summary: '好', kind: '培训' }).expect(422)
    await expect(
      world.owner(
        `insert into events (campaign_id, unit_id, title, kind, held_on, place, headcount, summary) values ($1, $2, '三', '培训', '2019-07-01', '合肥', 1, '好')`,
        [world.campaign_id, world.units.合肥],
      ),
    ).rejects.toThrow(/c\d+_kind/)
  })
})

describe('publishing again', () => {
  const courses = {
    ...workshops,
    name: 'courses',
    label: '课程',
    title: '课程登记表',
    annex: 13,
  }

  test('retires the version before, which stays readable; what is published is never changed', async () => {
    const first = await published(courses)
    const made = await draft({ ...courses, label: '网课', rules: [] }).expect(201)
    await draft({ ...courses, label: '又一份' }).expect(409)
    const { id, version } = made.body
    const changed = await province
      .put(`/form_designs/${id}`, { version, definition: { ...courses, label: '网络课程' } })
      .expect(200)
    await province.put(`/form_designs/${id}`, { version, definition: courses }).expect(409)
    expect((await province.post(`/form_designs/${id}/check`)).body.changes).toEqual(['名称由“课程”改为“网络课程”。'])
    await province.post(`/form_designs/${id}/publication`, { version: changed.body.version }).expect(200)
    const before = await hefei.get(`/form_designs/${first.id}`).expect(200)
    expect(before.body).toMatchObject({ state: 'retired', label: '课程' })
    await province.put(`/form_designs/${id}`, { version: changed.body.version + 1, definition: courses }).expect(403)
    const listed = await province.get('/form_designs', { filter: { name: 'courses' }, sort: ['id', 'ASC'] }).expect(200)
    expect(listed.body.map(({ state }: { state: string }) => state)).toEqual(['retired', 'published'])
    expect(listed.headers['content-range']).toBe('form_designs 0-1/2')
  })

  test('says which rows break it, takes no choice that rows still hold, and asks old rows only when they are changed', async () => {
    const made = await hefei.post('/courses', { title: '旧班', held_on: '2019-06-01', kind: '线上' }).expect(201)
    const stricter = {
      ...courses,
      fields: courses.fields.map((field) =>
        field.name === 'kind'
          ? { ...field, choices: ['线下'] }
          : field.name === 'people'
            ? { ...field, required: true }
            : field,
      ),
    }
    const { id, version } = (await draft(stricter).expect(201)).body
    const { breaks } = (await province.post(`/form_designs/${id}/check`).expect(200)).body
    expect(breaks).toEqual(
      expect.arrayContaining([
        { rule: 'people_given', field: 'people', rows: 1, sample: [made.body.id] },
        { rule: 'kind_choices', field: 'kind', rows: 1, sample: [made.body.id] },
      ]),
    )
    const refused = await province.post(`/form_designs/${id}/publication`, { version }).expect(422)
    expect(Object.keys(refused.body.errors)).toEqual(['kind'])
    await hefei.put(`/courses/${made.body.id}`, { version: 1, kind: '线下' }).expect(200)
    await province.post(`/form_designs/${id}/publication`, { version }).expect(200)
    await hefei.delete(`/courses/${made.body.id}`).expect(200)
    await hefei.post('/courses/restoration', { ids: [made.body.id] }).expect(200)
    await expect(
      world.owner(`insert into courses (campaign_id, unit_id, title, held_on) values ($1, $2, '新班', '2019-06-02')`, [
        world.campaign_id,
        world.units.合肥,
      ]),
    ).rejects.toThrow(/people_given/)
  })

  test('is refused where rows already share its key, and leaves everything as it was', async () => {
    await hefei.post('/courses', { title: '甲', held_on: '2019-06-01', people: 1 }).expect(201)
    await hefei.post('/courses', { title: '乙', held_on: '2019-06-01', people: 1 }).expect(201)
    const { id, version } = (await draft({ ...courses, keys: [['held_on']] }).expect(201)).body
    const refused = await province.post(`/form_designs/${id}/publication`, { version }).expect(422)
    expect(refused.body.errors.keys).toMatch(/重复/)
    expect((await province.get(`/form_designs/${id}`)).body.state).toBe('draft')
    await province.delete(`/form_designs/${id}`).expect(200)
  })

  test('waits for nobody who writes many rows, and nobody waits for it', async () => {
    const { id, version } = (
      await draft({ ...courses, fields: [...courses.fields, { name: 'extra', label: '另一栏', type: 'text' }] }).expect(
        201,
      )
    ).body
    const writer = new pg.Client({ connectionString: world.ownerUrl })
    await writer.connect()
    try {
      let isPublished = false
      await writer.query('begin; lock table courses in row exclusive mode')
      const publishing = province.post(`/form_designs/${id}/publication`, { version }).then((answer) => {
        isPublished = true
        return answer
      })
      const row = (await hefei.get('/courses', { filter: { title: '甲' } })).body[0]
      for (let turn = 0; turn < 5; turn++) {
        await hefei.put(`/courses/${row.id}`, { version: row.version + turn, people: turn + 2 }).expect(200)
        expect(isPublished).toBe(false)
      }
      await writer.query('commit')
      expect((await publishing).status).toBe(200)
    } finally {
      await writer.end()
    }
  })

  test('is known at once to another server, which was not told', async () => {
    const other = await openDatabase(world.appUrl)
    try {
      await published({ ...courses, label: '第三版' })
      const session = createHash('sha256')
        .update(decodeURIComponent(/session=([^;]+)/.exec(hefei.cookie)?.[1] ?? ''))
        .digest('hex')
      const label = await other.inTx({ session }, async () => other.definitions.of(world.campaign_id).courses?.label)
      expect(label).toBe('第三版')
    } finally {
      await other.close()
    }
  })

  test('leaves a database that the next start takes as it is', async () => {
    expect(await migrate(world.ownerUrl)).toEqual([])
  })

  test('can be taken back: what is retired is in force no more, and its rows stay', async () => {
    const [design] = (await province.get('/form_designs', { filter: { name: 'courses', state: 'published' } })).body
    await hefei.post(`/form_designs/${design.id}/retirement`, { version: design.version }).expect(403)
    await province.post(`/form_designs/${design.id}/retirement`, { version: design.version }).expect(200)
    const { body } = await hefei.get('/forms').expect(200)
    expect(body.map((form: { name: string }) => form.name)).not.toContain('courses')
    expect(await world.owner('select from courses where deleted_at is null')).toHaveLength(3)
  })
})

describe('a backup', () => {
  test('brings back registers and columns of definitions, with their rows, rules and protection', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'haowangmin-designs-'))
    try {
      await backUp(world.ownerUrl, join(folder, 'one'))
      const url = await newDatabase()
      const { user, password } = appLogin(url)
      await restore(url, join(folder, 'one'), { login: { name: user, password } })
      const shape = `select 'column ' || table_name || column_name || data_type || is_generated as line from information_schema.columns where table_name in ('workshops', 'events')
        union select 'constraint ' || conname || pg_get_constraintdef(oid) from pg_constraint where conrelid in ('workshops'::regclass, 'events'::regclass)
        union select 'index ' || indexdef from pg_indexes where tablename = 'workshops' union select 'row ' || w::text from workshops w order by 1`
      const owner = new pg.Client({ connectionString: url })
      await owner.connect()
      try {
        expect((await owner.query(shape)).rows).toEqual(await world.owner(shape))
      } finally {
        await owner.end()
      }
      expect(await migrate(url, { login: { name: user, password } })).toEqual([])
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

test('every built-in form is the same again after its JSON', () => {
  for (const form of registers) expect(definitionOf(form).fields).toHaveLength(form.fields.length)
})

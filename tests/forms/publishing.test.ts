/** Publishing a definition again and taking it back: what it breaks, who waits for whom, what a restart and a backup make of it. */
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
import { appLogin } from '../../server/settings.ts'
import { newDatabase } from '../support/databases.ts'
import { draftIn, publish, workshops } from '../support/designs.ts'
import { type Agent, makeWorld, serveWorld, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

const draft = (definition: object, agent = province) => draftIn(world, agent, definition)
const published = (definition: object) => publish(province, world, definition)

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

  test('lets many rows at once into a register that another server has made a moment ago', async () => {
    const other = await serveWorld(await openDatabase(world.appUrl))
    try {
      const clerk = await other.as('hefei')
      await clerk.get('/me').expect(200)
      await published({ ...courses, name: 'fresh', label: '刚发布', annex: 19 })
      const row = (n: number) => ({ title: `第${n}班${'好'.repeat(60)}`, held_on: '2019-06-01' })
      const create = Array.from({ length: 500 }, (_, n) => row(n))
      expect((await clerk.post('/fresh/bulk', { create })).status).toBe(200)
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
      const shape = `select 'column ' || table_name || column_name || data_type || is_generated as line from information_schema.columns where table_name in ('courses', 'events')
        union select 'constraint ' || conname || pg_get_constraintdef(oid) from pg_constraint where conrelid in ('courses'::regclass, 'events'::regclass)
        union select 'index ' || indexdef from pg_indexes where tablename = 'courses' union select 'row ' || w::text from courses w order by 1`
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

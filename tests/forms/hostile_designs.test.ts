/** Definitions by people who mean harm, or are many: names, labels, sizes, races, interruptions. Nothing but a label comes of a label. */
import fc from 'fast-check'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
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

const draft = (definition: unknown) => province.post('/form_designs', { campaign_id: world.campaign_id, definition })
const plain = {
  name: 'plain',
  label: '普通表',
  title: '普通表',
  measure: '条',
  scope: 'unit',
  names: 'title',
  fields: [{ name: 'title', label: '名称', type: 'text', required: true }],
  keys: [['title']],
  rules: [],
}
const publication = ({ id, version }: { id: number; version: number }) =>
  province.post(`/form_designs/${id}/publication`, { version })

/** Everything in the database that a definition could have left: relations, columns, functions, policies. */
const shape = () =>
  world.owner(`select 'relation ' || oid::regclass as line from pg_class where relnamespace in ('public'::regnamespace, 'app'::regnamespace, 'told'::regnamespace)
    union all select 'function ' || oid::regprocedure from pg_proc where pronamespace in ('public'::regnamespace, 'app'::regnamespace)
    union all select 'column ' || attrelid::regclass || attname from pg_attribute where attrelid in (select oid from pg_class where relnamespace = 'public'::regnamespace) and attnum > 0
    union all select 'role ' || rolname from pg_roles order by 1`)

describe('a name', () => {
  const bad = [
    '__proto__',
    'constructor',
    'Plain',
    'plain-1',
    'plain"; drop table events; --',
    "plain' or 1=1",
    '1plain',
    'p',
    `p${'l'.repeat(41)}`,
    'events',
    'users',
    'migrations',
    'changes',
    'pg_class',
    'form_designs',
    'import',
    'me',
    'plain_masked',
    '表',
    '',
    7,
    null,
    ['plain'],
    {},
  ]
  test.each(bad.filter((name) => name !== 'import'))('%j is none of a register', async (name) => {
    const before = await shape()
    const refused = await draft({ ...plain, name }).expect(422)
    expect(Object.keys(refused.body.errors)).toContain('name')
    expect(await shape()).toEqual(before)
  })

  test.each([
    'id',
    'unit_id',
    'status',
    'version',
    'created_by',
    'phone_masked',
    'title_label',
    'client_key',
    'Title',
    'a b',
    '__proto__',
    'constructor',
  ])('%j is none of a column', async (name) => {
    const fields = [...plain.fields, { name, label: '另一栏', type: 'text' }]
    const refused = await draft({ ...plain, fields }).expect(422)
    expect(Object.keys(refused.body.errors)).toEqual(['fields.1.name'])
  })

  test('is one type everywhere', async () => {
    const first = (
      await draft({
        ...plain,
        name: 'typed',
        label: '一种类型',
        fields: [...plain.fields, { name: 'amount', label: '数', type: 'integer' }],
      }).expect(201)
    ).body
    await publication(first).expect(200)
    const other = (
      await province
        .post('/campaigns', { year: 2023, name: '另一年', starts_on: '2023-05-01', ends_on: '2023-12-31' })
        .expect(201)
    ).body
    const definition = {
      ...plain,
      name: 'typed',
      label: '一种类型',
      fields: [...plain.fields, { name: 'amount', label: '数', type: 'text' }],
    }
    const refused = await province.post('/form_designs', { campaign_id: other.id, definition }).expect(422)
    expect(refused.body.errors['fields.1.type']).toMatch(/同一个数据名/)
  })
})

describe('words', () => {
  const odd = [
    `'); drop table events; --`,
    '"quoted"',
    '$$ language plpgsql',
    '\\',
    '%s %I %L',
    '<script>alert(1)</script>',
    '$(process.exit())',
    "O'Brien",
    '表头\u202e反',
    ';;',
    '/* */',
    '{{x}}',
  ]
  test('of labels, choices, notes and rules are words and nothing else', async () => {
    const definition = {
      ...plain,
      name: 'odd_words',
      label: odd[0],
      title: odd[5],
      fields: [
        { name: 'title', label: odd[1], type: 'text', required: true, note: odd[6], synonyms: odd.slice(0, 5) },
        { name: 'kind', label: odd[3], type: 'choice', choices: odd, group: odd[2] },
        { name: 'total', label: odd[4], type: 'integer' },
      ],
      rules: [
        { name: 'small', kind: 'not_more', field: 'total', value: 7, severity: 'must', says: odd[0] },
        { name: 'some', kind: 'required_if', field: 'total', if: { field: 'kind', value: odd[7] }, severity: 'must' },
      ],
    }
    const made = await draft(definition)
    expect(made.body).toMatchObject({ state: 'draft' })
    expect((await publication(made.body)).body).toMatchObject({ state: 'published' })
    for (const [n, kind] of odd.entries()) {
      const row = await hefei.post('/odd_words', { title: `第${n}`, kind, total: 1 })
      expect([row.status, row.body.kind]).toEqual([201, kind.replace('\u202e', '')])
    }
    await hefei.post('/odd_words', { title: '多', kind: odd[0], total: 8 }).expect(422)
    await hefei.post('/odd_words', { title: '缺', kind: odd[7] }).expect(422)
    expect((await hefei.get('/odd_words', { filter: { kind: odd[0] } }).expect(200)).body).toHaveLength(1)
    await hefei.get('/exports/odd_words.xlsx').expect((answer) => expect([200, 404]).toContain(answer.status))
    expect(await world.owner('select count(*)::integer as n from events')).toEqual([{ n: 0 }])
  })

  test('of any kind, in any place, are refused with a sentence or kept as they are, and break nothing', async () => {
    const anything = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 30 }),
      fc.integer(),
      fc.boolean(),
      fc.constant(null),
      fc.constantFrom(...odd),
    )
    const field = fc.record(
      {
        name: fc.oneof(fc.constant('title'), anything),
        label: anything,
        type: fc.oneof(fc.constantFrom('text', 'choice', 'integer', 'reference', 'nothing'), anything),
        choices: fc.oneof(fc.array(anything, { maxLength: 3 }), anything),
        max: anything,
        to: anything,
        computed: anything,
        also: anything,
        required: anything,
      },
      { requiredKeys: ['name', 'label', 'type'] },
    )
    const definition = fc.record(
      {
        name: fc.oneof(fc.constant('random_words'), anything),
        label: anything,
        title: anything,
        annex: anything,
        measure: anything,
        names: anything,
        fields: fc.oneof(fc.array(field, { maxLength: 3 }), anything),
        keys: fc.oneof(fc.constant([['title']]), anything),
        rules: fc.oneof(
          fc.array(fc.record({ name: anything, kind: anything, field: anything, value: anything }), { maxLength: 2 }),
          anything,
        ),
        extends: anything,
      },
      { requiredKeys: [] },
    )
    const before = await shape()
    await fc.assert(
      fc.asyncProperty(definition, async (given) => {
        const { status, body } = await draft(given)
        expect([201, 400, 409, 422], JSON.stringify(body)).toContain(status)
        if (status === 201) await province.delete(`/form_designs/${body.id}`).expect(200)
      }),
      { numRuns: 150 },
    )
    expect(await shape()).toEqual(before)
  })
})

describe('sizes', () => {
  test('are named: two hundred columns a register, no more', async () => {
    const columns = (n: number) =>
      Array.from({ length: n }, (_, i) => ({ name: `column_${i}`, label: `第 ${i} 栏`, type: 'text' }))
    const refused = await draft({
      ...plain,
      name: 'wide',
      label: '宽表',
      fields: [...plain.fields, ...columns(200)],
    }).expect(422)
    expect(refused.body.errors.fields).toMatch(/200/)
    const made = (
      await draft({ ...plain, name: 'wide', label: '宽表', fields: [...plain.fields, ...columns(199)] }).expect(201)
    ).body
    await publication(made).expect(200)
    await hefei.post('/wide', { title: '一行', column_198: '末一栏' }).expect(201)
  })
})

describe('races', () => {
  test('of two who publish one draft end with one publication', async () => {
    const made = (await draft({ ...plain, name: 'raced', label: '抢发' }).expect(201)).body
    const answers = await Promise.all([publication(made), publication(made), publication(made)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409])
  })

  test('of several who publish several registers end with all of them', async () => {
    const made = await Promise.all(
      [1, 2, 3].map(async (n) => (await draft({ ...plain, name: `side_${n}`, label: `并排${n}` }).expect(201)).body),
    )
    const answers = await Promise.all(made.map(publication))
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200])
    for (const n of [1, 2, 3]) await hefei.post(`/side_${n}`, { title: '行' }).expect(201)
  })

  test('a publication whose connection is cut off has never been', async () => {
    const made = (await draft({ ...plain, name: 'cut_off', label: '中断' }).expect(201)).body
    const before = await shape()
    // it waits for who holds the units, to which its table refers, until it is cut off
    const holder = new pg.Client({ connectionString: world.ownerUrl })
    // a login may end its own sessions
    const cutter = new pg.Client({ connectionString: world.appUrl })
    await Promise.all([holder.connect(), cutter.connect()])
    try {
      await holder.query('begin; lock table units in share mode')
      const answering = publication(made).then((answer) => answer)
      await expect
        .poll(
          () =>
            cutter.query(
              `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query like '%publish_design%' and pid <> pg_backend_pid() and state = 'active'`,
            ),
          { interval: 5 },
        )
        .toMatchObject({ rowCount: 1 })
      expect((await answering).status).toBe(503)
      await holder.query('rollback')
    } finally {
      await Promise.all([holder.end(), cutter.end()])
    }
    expect(await shape()).toEqual(before)
    expect((await province.get(`/form_designs/${made.id}`)).body.state).toBe('draft')
    await publication(made).expect(200)
    await hefei.post('/cut_off', { title: '行' }).expect(201)
  })
})

/** Computed columns: what one may be computed of, what PostgreSQL then computes, and as whom. */
import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readComputed } from '../../server/forms/computed.ts'
import { decimal, type Field, forms, integer, text, types } from '../../server/forms/index.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

const fields: readonly Field[] = [
  text('title', '名称'),
  integer('men', '男'),
  integer('women', '女'),
  integer('children', '儿童'),
  decimal('hours', '时长'),
  decimal('price', '单价'),
  integer('known', '已算', { derived: true }),
]
const around = { form: 'events', fields, forms }
const read = (given: unknown, type: Field['type'] = 'decimal') =>
  readComputed(given, { name: 'result', label: '结果', type }, around)

let world: World
let hefei: Agent
beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

describe('what a column is computed of', () => {
  test.each([
    [{ sum: ['men', 'women', 'children'] }],
    [{ difference: ['men', 'women'] }],
    [{ product: ['hours', 'price'] }],
    [{ ratio: ['women', 'men'] }],
    [{ count: { form: 'attendance' } }],
    [{ count: { form: 'attendance', field: 'job' } }],
    [{ count: { form: 'attendance', by: 'event_id' } }],
  ])('%j is read as it is', (given) => {
    expect(read(given)).toEqual({ computed: given })
  })

  test.each([
    ['eval', 'sum、difference'],
    [{}, 'sum、difference'],
    [{ sum: ['men', 'women'], count: { form: 'attendance' } }, 'sum、difference'],
    [{ average: ['men', 'women'] }, '没有“average”'],
    [{ __proto__: null, constructor: ['men', 'women'] }, '没有“constructor”'],
    [{ sum: ['men'] }, '2 到 20 栏'],
    [{ ratio: ['men', 'women', 'children'] }, '要写 2 栏'],
    [{ sum: ['men', 'men'] }, '两次'],
    [{ sum: ['men', 'title'] }, '不是数'],
    [{ sum: ['men', 'known'] }, '也是算出来的'],
    [{ sum: ['men', 'nowhere'] }, '没有“nowhere”'],
    [{ sum: ['men', 'women) or (select 1'] }, '没有“women'],
    [{ count: { form: 'users' } }, '没有“users”这张表'],
    [{ count: { form: '__proto__' } }, '没有'],
    [{ count: { form: 'reach' } }, '没有引用'],
    [{ count: { form: 'attendance', by: 'name' } }, '没有引用'],
    [{ count: { form: 'attendance', where: 'true' } }, '没有“where”'],
    [{ count: { form: 'attendance', field: 'phone' } }, '没有可以算的'],
    [{ sum: { form: 'attendance' } }, '哪一栏'],
    [{ sum: { form: 'attendance', field: 'name' } }, '不是数'],
  ])('%j is refused: %s', (given, words) => {
    expect(read(given)).toEqual({ error: expect.stringContaining(words) })
  })

  test('a ratio, and whatever decimals go into, is no integer; a text is never computed', () => {
    expect(read({ ratio: ['men', 'women'] }, 'integer')).toHaveProperty('error')
    expect(read({ sum: ['men', 'hours'] }, 'integer')).toHaveProperty('error')
    expect(read({ sum: ['men', 'women'] }, 'text')).toHaveProperty('error')
    const long = { name: 'n'.repeat(41), label: '长', type: 'integer' as const }
    expect(readComputed({ count: { form: 'attendance' } }, long, { ...around, form: 'f'.repeat(41) })).toHaveProperty(
      'error',
    )
  })
})

describe('of columns of the row', () => {
  const ways = [
    ['total', 'integer', { sum: ['men', 'women', 'children'] }],
    ['exact', 'decimal', { sum: ['hours', 'price', 'men'] }],
    ['less', 'integer', { difference: ['men', 'women'] }],
    ['worth', 'decimal', { product: ['hours', 'price'] }],
    ['many', 'integer', { product: ['men', 'women', 'children'] }],
    ['share', 'decimal', { ratio: ['women', 'men'] }],
  ] as const
  type Counted = Record<string, number | null>
  const near = (value: number, most: number) => (Math.abs(value) <= most ? value : null)
  const wanted = ({ men, women, children, hours, price }: Counted) => {
    const sum = (...parts: (number | null | undefined)[]) =>
      parts.every((part) => part === null)
        ? null
        : parts.reduce<number>((all, part) => all + Math.round((part ?? 0) * 10_000), 0) / 10_000
    const both = (of: (a: number, b: number) => number, a?: number | null, b?: number | null) =>
      a === null || a === undefined || b === null || b === undefined ? null : of(a, b)
    const many = both(
      (a, b) => a * b,
      both((a, b) => a * b, men, women),
      children,
    )
    return {
      total: sum(men, women, children),
      exact: sum(hours, price, men),
      less: both((a, b) => a - b, men, women),
      worth: both((a, b) => (a * 10_000 * (b * 10_000)) / 1e8, hours, price),
      many: many === null ? null : near(many, 2_147_483_647),
      share: both((a, b) => (b === 0 ? Number.NaN : a / b), women, men),
    }
  }

  test('PostgreSQL computes them in a generated column: blanks, noughts and what is too much included', async () => {
    const numbers = fields.filter(({ type, derived }) => type !== 'text' && !derived)
    await world.owner(
      `create table computing (id integer primary key, ${numbers.map(({ name, type }) => `${name} ${types[type].column}`).join(', ')})`,
    )
    for (const [name, type, computed] of ways) {
      expect(read(computed, type)).toEqual({ computed })
      const [told] = await world.owner<{ expression: string }>(
        `select app.computed_of($1, 'computing') as expression`,
        [JSON.stringify({ name, type, computed })],
      )
      await world.owner(
        `alter table computing add ${name} ${types[type].column} generated always as (${told?.expression}) virtual`,
      )
    }
    const whole = fc.option(fc.oneof(fc.integer({ min: 0, max: 9 }), fc.constant(1_000_000)), { freq: 4 })
    const part = fc.option(
      fc.integer({ min: 0, max: 99 }).map((n) => n / 100),
      { freq: 4 },
    )
    const row = fc.record({ men: whole, women: whole, children: whole, hours: part, price: part })
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 30, maxLength: 30 }), async (rows) => {
        await world.owner('truncate computing')
        const columns = 'id, men, women, children, hours, price'
        await world.owner(
          `insert into computing (${columns}) select ${columns} from json_populate_recordset(null::computing, $1::json)`,
          [JSON.stringify(rows.map((each, id) => ({ id, ...each })))],
        )
        const told = await world.owner<Counted>(`select ${ways.map(([name]) => name)} from computing order by id`)
        for (const [at, each] of rows.entries())
          for (const [name, value] of Object.entries(wanted(each))) {
            const found = told[at]?.[name] ?? null
            if (value === null || Number.isNaN(value)) expect([each, name, found]).toEqual([each, name, null])
            else expect(Number(found)).toBeCloseTo(value, 4)
          }
      }),
      { numRuns: 15 },
    )
  })

  test.each([
    { sum: ['men', "women'); drop table computing; --"] },
    { sum: ['men', 'title'] },
    { eval: ['men', 'women'] },
    { ratio: ['men', 'nowhere'] },
  ])('%j is no expression', async (computed) => {
    const asked = world.owner(`select app.computed_of($1, 'computing') as told`, [
      JSON.stringify({ name: 'x', type: 'decimal', computed }),
    ])
    await expect(asked).rejects.toThrow()
  })
})

describe('of another register’s rows', () => {
  const lay = (field: object, form = 'events') =>
    world.owner('select app.lay_computed($1, $2)', [form, JSON.stringify(field)])
  const count = { name: 'visits', type: 'integer', computed: { count: { form: 'attendance' } } }

  test('a function of the row counts those that refer to it, as the asker’s own eyes; nobody else may call it', async () => {
    await world.owner('alter table attendance add minutes integer')
    await world.owner('grant select (minutes) on attendance to haowangmin_province, haowangmin_clerk')
    await lay(count)
    await lay({
      name: 'jobs',
      type: 'integer',
      computed: { count: { form: 'attendance', field: 'job', by: 'event_id' } },
    })
    await lay({ name: 'minutes', type: 'decimal', computed: { sum: { form: 'attendance', field: 'minutes' } } })
    await lay(count)
    const event = (await hefei.post('/events', sample.events?.(1)).expect(201)).body.id as number
    const ids: number[] = []
    for (const n of [1, 2, 3, 4])
      ids.push(
        (await hefei.post('/attendance', { ...sample.attendance?.(n), job: n < 3 ? '焊工' : null }).expect(201)).body
          .id,
      )
    await world.owner('update attendance set minutes = 20, version = version + 1')
    await world.owner('update attendance set deleted_at = now(), version = version + 1 where id = $1', [ids[3]])
    const asked = async (username: 'hefei' | 'province' | 'cac' | 'suzhou', name: string) => {
      const user_id = (await (await world.as(username)).get('/me')).body.id as number
      const found = await world.database.inTx({ user_id }, (trx) =>
        sql<{ told: number }>`select app.${sql.raw(`events_${name}`)}(${event}) as told`.execute(trx),
      )
      return found.rows[0]?.told
    }
    for (const username of ['hefei', 'province'] as const)
      expect([
        await asked(username, 'visits'),
        await asked(username, 'jobs'),
        await asked(username, 'minutes'),
      ]).toEqual([3, 2, 60])
    expect([await asked('cac', 'visits'), await asked('suzhou', 'visits')]).toEqual([3, 0])
    const juror = (await (await world.as('juror1')).get('/me')).body.id as number
    const tried = world.database.inTx({ user_id: juror }, (trx) => sql`select app.events_visits(${event})`.execute(trx))
    await expect(tried).rejects.toThrow('permission denied')
  })

  test('is laid over no function that is there, nor over another column’s', async () => {
    await expect(lay({ ...count, name: 'signed_count' })).rejects.toThrow('the name is taken')
    // app.file_name(integer) opens a file's name; no register is called file
    await expect(lay({ ...count, name: 'name' }, 'file')).rejects.toThrow('the name is taken')
    await expect(lay({ ...count, name: `v'() --` })).rejects.toThrow('no name')
    await expect(lay({ ...count, name: 'n'.repeat(60) })).rejects.toThrow('no name')
    await expect(lay({ ...count, name: 'others', computed: { count: { form: 'users' } } })).rejects.toThrow(
      'no register',
    )
    await expect(lay({ ...count, name: 'others', computed: { count: { form: 'reach' } } })).rejects.toThrow(
      'which column',
    )
    await expect(
      lay({ ...count, name: 'others', computed: { sum: { form: 'attendance', field: 'name' } } }),
    ).rejects.toThrow('no number')
    await expect(
      lay({ ...count, name: 'others', computed: { count: { form: 'attendance', field: `x"; --` } } }),
    ).rejects.toThrow('no column')
    expect(await world.owner(`select 1 from pg_proc where proname = 'events_others'`)).toEqual([])
  })
})

/**
 * The CHECKs that rules in words and the limits of fields become: PostgreSQL says of any row what the form's own functions say
 * of it, and what a definition is made of can be nothing in it but names of columns and values.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  choice,
  creditCode,
  date,
  decimal,
  type Field,
  integer,
  list,
  longText,
  month,
  phone,
  type Row,
  readField,
  text,
  types,
  url,
  type Value,
  yesNo,
} from '../../server/forms/index.ts'
import { compileRule, ruleKinds } from '../../server/forms/rule_kinds.ts'
import { choices, fields, hostile, NUL, row, rule, word } from '../support/random_rules.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
  const columns = fields.map(({ name, type }) => `${name} ${types[type].column}`)
  await world.owner(`create table trial (id integer primary key, ${columns.join(', ')})`)
})
afterAll(() => world?.close())

const checkOf = async (given: object) =>
  (
    await world.owner<{ told: string | null }>(`select app.check_of($1::jsonb, 'trial') as told`, [
      JSON.stringify(given),
    ])
  )[0]?.told ?? null
const checkOfField = async (given: object) =>
  (
    await world.owner<{ told: string | null }>('select app.check_of_field($1::jsonb) as told', [JSON.stringify(given)])
  )[0]?.told ?? null

/** What a condition says of each row, as a CHECK takes it: null passes. */
const ask = async (conditions: readonly (string | null)[], rows: readonly Row[]) => {
  const told = conditions.map((condition, n) => `(${condition ?? 'null'}) is not false as c${n}`)
  return world.owner<Record<string, boolean>>(
    `select ${told.join(', ')} from json_populate_recordset(null::trial, $1::json) order by id`,
    [JSON.stringify(rows.map((each, id) => ({ id, ...each })))],
  )
}

describe('a rule in words', () => {
  test('is the same to PostgreSQL as to the form, of any row', async () => {
    const met = new Map<string, Set<boolean>>()
    await fc.assert(
      fc.asyncProperty(
        fc.array(rule, { minLength: 8, maxLength: 8 }),
        fc.array(row, { minLength: 12, maxLength: 12 }),
        async (rules, rows) => {
          // what is asked at 提交 is asked by the same condition
          const conditions = await Promise.all(rules.map(({ when: _, ...each }) => checkOf(each)))
          const told = await ask(conditions, rows)
          for (const [n, each] of rules.entries()) {
            if (conditions[n] === null) continue
            const { check } = compileRule(each, fields)
            const own = rows.map((values) => check(values, {}) === undefined)
            met.set(each.kind, new Set([...(met.get(each.kind) ?? []), ...own]))
            expect([each, conditions[n], told.map((answer) => answer[`c${n}`])]).toEqual([each, conditions[n], own])
          }
        },
      ),
      { numRuns: 60 },
    )
    // each of them has let a row pass and stopped one
    const beyondRow = ['within_campaign', 'unique_together', 'share']
    expect([...met.keys()].sort()).toEqual(
      Object.keys(ruleKinds)
        .filter((kind) => !beyondRow.includes(kind))
        .sort(),
    )
    expect([...met].filter(([, answers]) => answers.size < 2)).toEqual([])
  })

  test('is no CHECK where it only explains, waits for 提交 or looks beyond the row', async () => {
    const written = { name: 'rule_1', kind: 'not_more', field: 'integer_a', than: 'integer_b' }
    expect(await checkOf({ ...written, severity: 'must', when: 'cell' })).toContain('<=')
    for (const given of [
      { ...written, severity: 'explain' },
      { ...written, severity: 'must', when: 'submission' },
      { ...written },
      { name: 'rule_1', kind: 'within_campaign', field: 'date_a', severity: 'must' },
      { name: 'rule_1', kind: 'unique_together', field: 'text_a', fields: ['text_a'], severity: 'must' },
      { name: 'rule_1', kind: 'built_in', severity: 'must' },
    ])
      expect(await checkOf(given)).toBeNull()
  })
})

describe('the limits of a field', () => {
  const limited: readonly (readonly [Field, readonly Value[]])[] = [
    [text('text_a', '文字', { max: 3 }), ['甲', '甲乙丙', '😀😀😀', '甲乙丙丁', null]],
    [text('text_a', '文字', { required: true }), ['长'.repeat(200), '长'.repeat(201), null]],
    [longText('long_a', '长文字'), ['长'.repeat(2_000), '长'.repeat(2_001), null]],
    [url('url_a', '网址', { max: 22 }), ['https://example.cn/1', 'https://example.cn/12345', null]],
    [integer('integer_a', '整数'), [0, 1_000_000_000, -1, 1_000_000_001, null]],
    [integer('integer_a', '整数', { min: -5, max: 5, required: true }), [-5, 5, -6, 6, null]],
    [decimal('decimal_a', '数', { min: 1, max: 2 }), [1, 1.5, 2, 0.9999, 2.0001, null]],
    [month('month_a', '年月'), ['1986-04', '2019-12', '2019-13', '2019-00', '2019年6月', null]],
    [phone('phone_a', '手机', { mobile: true }), ['13900000001', '1390000000', '0551-1234567', null]],
    [phone('phone_a', '电话'), ['13900000001', '0551-12345678', '0551-123', '12345678901', null]],
    [creditCode('code_a', '代码'), ['91350100M000100Y43', '91350100M000100Y4', '91350100i000100Y43', null]],
    [choice('choice_a', '单选', choices), [...choices, '别的', null]],
    [list('list_a', '多项', { choices: ['竞赛', `a'b`] }), [['竞赛'], ['竞赛', `a'b`], ['竞赛', '别的'], null]],
    [yesNo('yes_a', '是否', { required: true }), [true, false, null]],
    [date('date_a', '日期'), ['2019-06-18', null]],
  ]

  test.each(limited.map(([given, values]) => [given.type, given, values] as const))(
    '%s: PostgreSQL takes what a cell takes as it is',
    async (_type, given, values) => {
      const condition = await checkOfField(given)
      const told = await ask(
        [condition],
        values.map((value) => ({ [given.name]: value })),
      )
      const own = values.map((value) => {
        if (value === null) return !given.required
        const read = readField(given, value, { year: 2019 })
        return 'value' in read && JSON.stringify(read.value) === JSON.stringify(value)
      })
      expect(values.map((value, n) => [value, told[n]?.c0])).toEqual(values.map((value, n) => [value, own[n]]))
    },
  )

  test('whatever a cell is understood as, PostgreSQL takes', async () => {
    const cell = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.integer(),
      fc.double(),
      fc.boolean(),
      word,
      fc.constant('约80人'),
    )
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 20, maxLength: 20 }), async (cells) => {
        const conditions = await Promise.all(fields.map(checkOfField))
        const rows = cells.map((each) =>
          Object.fromEntries(
            fields.flatMap((own) => {
              const read = readField(own, each, { year: 2019 })
              return 'value' in read && !JSON.stringify(read.value).includes(NUL) ? [[own.name, read.value]] : []
            }),
          ),
        )
        for (const told of await ask(conditions, rows)) expect(Object.values(told)).not.toContain(false)
      }),
      { numRuns: 30 },
    )
  })

  test('of what is computed are not its own', async () => {
    expect(await checkOfField({ name: 'integer_a', type: 'integer', derived: true, required: true })).toBeNull()
    expect(await checkOfField({ name: 'integer_a', type: 'integer', computed: { sum: ['integer_b'] } })).toBeNull()
  })
})

describe('what is hostile', () => {
  test('in a value or a choice is that value, in a CHECK that is laid and dumped', async () => {
    for (const [n, value] of hostile.entries()) {
      const conditions = [
        await checkOf({
          name: 'rule_1',
          kind: 'one_of',
          field: 'text_a',
          values: [value],
          severity: 'must',
          says: value,
        }),
        await checkOf({
          name: 'rule_1',
          kind: 'required_if',
          field: 'text_b',
          if: { field: 'text_a', value },
          severity: 'must',
        }),
        await checkOfField({ name: 'choice_a', label: value, type: 'choice', choices: [value], note: value }),
      ]
      for (const [m, condition] of conditions.entries())
        await world.owner(`alter table trial add constraint c${n}_${m} check (${condition}) not valid`)
      const insert = (values: Row) =>
        world.owner('insert into trial select * from json_populate_record(null::trial, $1::json)', [
          JSON.stringify(values),
        ])
      await insert({ id: n, text_a: value, text_b: '有', choice_a: value })
      await expect(insert({ id: 100, text_a: 'x', text_b: '有', choice_a: value })).rejects.toThrow(`c${n}_0`)
      await expect(insert({ id: 100, text_a: value, text_b: null, choice_a: value })).rejects.toThrow(`c${n}_1`)
      await expect(insert({ id: 100, text_a: value, text_b: '有', choice_a: 'x' })).rejects.toThrow(`c${n}_2`)
      for (const m of conditions.keys()) await world.owner(`alter table trial drop constraint c${n}_${m}`)
    }
    expect(await world.owner('select text_a from trial order by id')).toEqual(hostile.map((text_a) => ({ text_a })))
    await world.owner('delete from trial')
  })

  test.each(hostile)('as the name of a column or a form is none: %s', async (name) => {
    const tried = { name: 'rule_1', kind: 'not_more', field: 'integer_a', than: 'integer_b', severity: 'must' }
    await expect(checkOf({ ...tried, field: name })).rejects.toThrow('no column')
    await expect(checkOf({ ...tried, than: name })).rejects.toThrow('no column')
    await expect(checkOf({ ...tried, kind: 'total', fields: ['integer_a', name] })).rejects.toThrow('no column')
    await expect(checkOf({ ...tried, kind: 'required_if', if: { field: name } })).rejects.toThrow('no column')
    expect(await checkOf({ ...tried, kind: name })).toBeNull()
    await expect(world.owner('select app.check_of($1, $2)', [JSON.stringify(tried), name])).rejects.toThrow()
    const condition = await checkOfField({ name, type: 'text', max: 3 })
    await expect(world.owner(`select ${condition} from trial`)).rejects.toThrow('does not exist')
  })

  test('in the place of a value is refused: lists, objects, nothing, what its column can’t hold', async () => {
    const tried = { name: 'rule_1', kind: 'not_more', field: 'integer_a', severity: 'must' }
    for (const value of [[1], { a: 1 }, null]) await expect(checkOf({ ...tried, value })).rejects.toThrow('no value')
    const condition = await checkOf({ ...tried, value: '1) or (true' })
    await expect(world.owner(`select ${condition} from trial`)).rejects.toThrow('invalid input syntax')
    await expect(checkOf({ ...tried, kind: 'length', field: 'text_a', max: '1) or (true' })).rejects.toThrow(
      'invalid input syntax',
    )
    expect(await world.owner(`select to_regclass('trial')::text as there`)).toEqual([{ there: 'trial' }])
  })
})

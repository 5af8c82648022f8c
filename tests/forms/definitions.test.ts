/** The definitions of the forms held against the live tables: types, choices, keys, references, and how names compare. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  annexIn,
  defineForm,
  type Form,
  forms,
  integer,
  maskedOf,
  phone,
  sameText,
  text,
  types,
} from '../../server/forms/index.ts'
import { compact, oneLine } from '../../server/forms/text.ts'
import { makeWorld, type World } from '../support/world.ts'

let world: World
beforeAll(async () => {
  world = await makeWorld()
})
afterAll(() => world?.close())

describe('names are compared alike in SQL and in TypeScript', () => {
  test('app.same_text equals sameText for every character that a cell may be stored with', async () => {
    const ranges = [
      [0x20, 0x33ff],
      [0x4e00, 0x4eff],
      [0xfe10, 0xfe6f],
      [0xff00, 0xffef],
    ] as const
    const characters = ranges.flatMap(([from, to]) =>
      Array.from({ length: to - from + 1 }, (_, i) => String.fromCharCode(from + i)),
    )
    const typed = [
      ...characters.map((character) => `甲${character}B 乙${character}`),
      '合肥 市总工会（机关）',
      'ＡＢＣ公司—“好网民” ',
      'Straße İstanbul ΑΒΓ Ⅷ',
      '换\t行\n与　空格',
      '😀 Emoji 🀄',
      '',
    ]
    typed.push(...randomTexts(4_000))
    const stored = typed.map(oneLine)
    const [answer] = await world.owner<{ told: string[] }>(
      'select array(select app.same_text(t) from unnest($1::text[]) with ordinality x (t, n) order by n) as told',
      [stored],
    )
    const different = stored.filter((text, i) => answer?.told[i] !== sameText(text))
    expect(different).toEqual([])
    expect(typed.filter((text) => sameText(text) !== sameText(oneLine(text)))).toEqual([])
    const raw = await world.owner<{ told: string }>(
      'select app.same_text(t) as told from unnest($1::text[]) with ordinality x (t, n) order by n',
      [typed],
    )
    expect(typed.filter((text, i) => raw[i]?.told !== sameText(text))).toEqual([])
  })

  test('the same thing in other signs is the same, and another thing is not', () => {
    const same = [
      ['（Ａ）', '(a)', ' ( A ) ', '(\u200ba\ufeff)'],
      ['安徽⾦⻰⻋辆⼚⼯会委员会', '安徽金龙车辆厂工会委员会', '安徽金\u2ef0车辆厂\u00ad工会委员会'],
      ['阿依·古丽', '阿依•古丽', '阿依・古丽', '阿依‧古丽', '阿依∙古丽', '阿依．古丽', '阿依.古丽', '阿依･古丽'],
      ['“好网民”', '「好网民」', '"好网民"', '＂好网民＂'],
      ['第１场—启动', '第1场－启动', '第1场-启动', '第①场–启动'],
    ]
    for (const names of same) expect(new Set(names.map(sameText)).size).toBe(1)
    expect(new Set(same.map(([name]) => sameText(name ?? ''))).size).toBe(same.length)
    // what was typed stays readable
    expect(oneLine(' 安徽⾦⻰\u200b⻋辆⼚（机关） “一线” 👩‍🔧 ')).toBe('安徽金龙车辆厂（机关） “一线” 👩‍🔧')
    expect(compact('阿依 •\u2060古丽')).toBe('阿依·古丽')
  })
})

/** Texts of signs from everywhere, the likely ones more often; the same ones in every run. */
function randomTexts(count: number): string[] {
  let seed = 20_190_618
  const random = (most: number) => {
    seed = (Math.imul(seed, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((seed / 4_294_967_296) * most)
  }
  const ranges = [
    [0x20, 0x7e],
    [0x80, 0x2fff],
    [0x2e80, 0x2fdf],
    [0x3000, 0x33ff],
    [0x4e00, 0x9fff],
    [0xf900, 0xffef],
    [0x10000, 0x2fa1f],
    [0xe0000, 0xe01ef],
  ] as const
  const sign = () => {
    const [from, to] = ranges[random(ranges.length)] as readonly [number, number]
    return String.fromCodePoint(from + random(to - from + 1))
  }
  const usable = (each: string) => !/[\p{Cn}\p{Cs}]/u.test(each)
  return Array.from({ length: count }, () =>
    Array.from({ length: 1 + random(12) }, sign)
      .filter(usable)
      .join(''),
  )
}
type Column = { name: string; type: string; not_null: boolean; generated: boolean }
const system = ['id', 'version', 'created_at', 'created_by', 'updated_at', 'updated_by', 'deleted_at']
const ofUnits =
  'campaign_id unit_id status returned_reason returned_fields submitted_at submitted_by reviewed_at reviewed_by self_reviewed'

/** What the foreign key of reopenings.form allows that units fill, in the order of the annexes. */
const registered = async () =>
  (await world.owner(`select name from app.forms where scope = 'unit' order by annex`)).map(({ name }) => name)

test('app.forms has each form as it is defined, and what is private has a masked twin', async () => {
  const private_ = (name: string) => forms[name]?.fields.filter((field) => field.private).map((field) => field.name)
  expect(await world.owner('select * from app.forms order by name')).toEqual(
    Object.values(forms)
      .map((form) => ({
        name: form.name,
        scope: form.scope,
        flow: form.flow ?? (form.scope === 'unit' ? 'register' : null),
        annex: form.annex,
        private: private_(form.name),
        is_installed: false,
      }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  )
  const twins = await world.owner(
    `select f.name || '.' || p as field, pg_get_expr(d.adbin, d.adrelid) as computed from app.forms f cross join unnest(f.private) p
     left join pg_attribute a on a.attrelid = format('public.%I', f.name)::regclass and a.attname = p || '_masked'
     left join pg_attrdef d on (d.adrelid, d.adnum) = (a.attrelid, a.attnum)`,
  )
  expect(twins.length).toBeGreaterThan(3)
  for (const { field, computed } of twins) expect(computed).toBe(`app.masked(${String(field).split('.')[1]})`)
})

test('what is private is a text that names no row, and a phone is private unless it is said to be open', () => {
  const form = { ...(forms.reach as Form), keys: [], unique: [] }
  expect(() => defineForm({ ...form, fields: [text('title', '标题', { private: true })] })).toThrow('title')
  expect(() => defineForm({ ...form, fields: [text('title', '标题'), integer('n', '数', { private: true })] })).toThrow(
    'n',
  )
  expect([phone('phone', '手机号').private, phone('hotline', '热线', { private: false }).private]).toEqual([
    true,
    false,
  ])
})

test('an annex of two digits is another than that of its first', () => {
  const files = ['附件1 任务.xlsx', '附件10.xlsx', '附件 １２（合肥）.xlsx', '任务分配表.xlsx']
  expect(files.map(annexIn)).toEqual([1, 10, 12, undefined])
})

describe.each(Object.values(forms).map((form) => [form.name, form] as const))(
  'the definition and the table of %s',
  (name, form) => {
    const scope = form.scope === 'unit' ? ['campaign_id', 'unit_id'] : form.scope === 'campaign' ? ['campaign_id'] : []
    const columnsOf = () =>
      world.owner<Column>(
        `select attname as name, format_type(atttypid, null) as type, attnotnull as not_null, attgenerated <> '' as generated
       from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped`,
        [name],
      )

    test('every field has its column, of its type, NOT NULL where it is mandatory', async () => {
      const columns = new Map((await columnsOf()).map((column) => [column.name, column]))
      const functions = new Set(
        (
          await world.owner<{ name: string }>(
            `select proname as name from pg_proc where pronamespace = 'app'::regnamespace`,
          )
        ).map((row) => row.name),
      )
      for (const field of form.fields) {
        const column = columns.get(field.name)
        if (field.derived && !column) expect(functions).toContain(`${name}_${field.name}`)
        else expect(column).toMatchObject({ type: types[field.type].column, not_null: field.required ?? false })
      }
    })

    test('every column is in the form, or one that every such table has', async () => {
      const known = new Set([
        ...form.fields.map((field) => field.name),
        ...form.fields.filter((field) => field.private).map((field) => maskedOf(field.name)),
        ...system,
        ...scope,
        ...(form.scope === 'unit' ? ofUnits.split(' ') : []),
        ...(name === 'submissions' ? ['blind_number', 'publicised_on'] : []),
        ...(name === 'campaigns' ? ['opened_at'] : []),
      ])
      expect((await columnsOf()).map((column) => column.name).filter((column) => !known.has(column))).toEqual([])
    })

    test('the table allows exactly the choices of the form', async () => {
      const checks = await world.owner<{ name: string; columns: string[]; text: string }>(
        `select c.conname as name, array(select a.attname::text from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k) as columns,
         pg_get_constraintdef(c.oid) as text from pg_constraint c where c.conrelid = $1::regclass and c.contype = 'c'`,
        [name],
      )
      for (const field of form.fields.filter((each) => each.type === 'choice')) {
        const check = checks.find(
          ({ name, columns, text }) =>
            name === `choices_${field.name}` || (columns.join() === field.name && text.includes('ANY')),
        )
        const [kept] = await world.owner<{ choices: string[] }>(
          'select choices from app.built_in_choices where form = $1 and name = $2',
          [name, field.name],
        )
        const written = [...(check?.text.matchAll(/'([^']*)'::text/g) ?? [])].map((match) => match[1])
        const allowed = field.name === 'form' ? await registered() : check && kept ? kept.choices : written
        expect([field.name, allowed]).toEqual([field.name, field.choices])
      }
    })

    test('every key is a unique index within its scope, and there is no other', async () => {
      const indexes = await world.owner<{ columns: string[]; predicate: string | null; is_key: boolean }>(
        `select array(select pg_get_indexdef(i.indexrelid, n, true) from generate_series(1, i.indnkeyatts) n) as columns,
         pg_get_expr(i.indpred, i.indrelid) as predicate, c.relname like '%\\_key\\__' as is_key
       from pg_index i join pg_class c on c.oid = i.indexrelid where i.indrelid = $1::regclass and i.indisunique and not i.indisprimary`,
        [name],
      )
      const plain = (column: string) => column.replace(/^app\.same_text\((.*)\)$/, '$1').replaceAll('"', '')
      const told = indexes.map((index) => ({ ...index, plain: index.columns.map(plain).sort().join() }))
      for (const [level, key] of form.keys.entries()) {
        const wanted = [...scope, ...key].sort().join()
        const index = told.find((each) => each.plain === wanted)
        expect([key, index?.plain]).toEqual([key, wanted])
        for (const earlier of form.keys.slice(0, level)) {
          const optional = earlier.filter((field) => !form.fields.find((each) => each.name === field)?.required)
          if (form.scope === 'unit') expect(index?.predicate).toContain(`${optional[0]} IS NULL`)
        }
        if (form.scope !== 'unit') continue
        // phones and codes are compared as they are
        const alike = form.fields.filter(
          ({ name: field, type }) => key.includes(field) && ['text', 'long_text', 'url'].includes(type),
        )
        for (const field of alike) expect(index?.columns.join()).toMatch(new RegExp(`same_text\\("?${field.name}"?\\)`))
        expect(index?.predicate).toContain('deleted_at IS NULL')
      }
      const wanted = new Set(form.keys.map((key) => [...scope, ...key].sort().join()))
      expect(told.filter((each) => each.is_key && form.scope === 'unit' && !wanted.has(each.plain))).toEqual([])
    })

    test('every reference is a foreign key, with the scope where its target has one', async () => {
      const keys = await world.owner<{ columns: string[]; target: string }>(
        `select array(select a.attname::text from unnest(c.conkey) k join pg_attribute a on a.attrelid = c.conrelid and a.attnum = k) as columns,
         c.confrelid::regclass::text as target from pg_constraint c where c.conrelid = $1::regclass and c.contype = 'f'`,
        [name],
      )
      for (const field of form.fields.filter((each) => each.type === 'reference' && !each.derived)) {
        const target = forms[field.to ?? '']
        const wanted = [
          ...(target?.scope === 'global' ? [] : ['campaign_id']),
          ...(target?.scope === 'unit' ? ['unit_id'] : []),
          field.name,
        ]
        expect(keys).toContainEqual({ columns: wanted, target: field.to })
      }
    })
  },
)

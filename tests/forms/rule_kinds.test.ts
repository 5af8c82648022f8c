/** Rules in words: what a rule as written must be, what it then asks, and that a hostile one is nothing but refused or words. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  attachments,
  checkRow,
  choice,
  date,
  datetime,
  decimal,
  defineForm,
  explainRow,
  type Field,
  type Form,
  integer,
  list,
  longText,
  month,
  phone,
  reference,
  sentenceOf,
  text,
  url,
  yesNo,
} from '../../server/forms/index.ts'
import { compileRule, type RuleDefinition, readRules, ruleKinds } from '../../server/forms/rule_kinds.ts'

const fields: readonly Field[] = [
  text('title', '名称', { required: true }),
  choice('kind', '形式', ['竞赛', '演讲', '其他']),
  text('kind_said', '其他形式'),
  integer('men', '男职工'),
  integer('women', '女职工'),
  integer('people', '人数', { sum: true }),
  decimal('rate', '覆盖率'),
  date('starts_on', '开始日期'),
  date('ends_on', '结束日期'),
  month('born_in', '出生年月'),
  datetime('begins_at', '开始时间'),
  list('platforms', '平台'),
  yesNo('is_online', '线上'),
  phone('phone', '手机', { mobile: true }),
  longText('deeds', '事迹'),
  url('link', '链接'),
  reference('event_id', '活动', 'events'),
  attachments('photos', '照片'),
  integer('signed', '签到', { derived: true }),
]

/** A rule of each kind, and rules that show what else a kind can take. */
const written: readonly Record<string, unknown>[] = [
  { name: 'women_in_people', kind: 'not_more', field: 'women', than: 'people' },
  { name: 'big_enough', kind: 'not_less', field: 'people', value: '30人', severity: 'explain' },
  { name: 'begins_first', kind: 'earlier', field: 'starts_on', than: 'ends_on' },
  { name: 'old_enough', kind: 'earlier', field: 'born_in', value: '2007年1月' },
  { name: 'ends_last', kind: 'later', field: 'ends_on', than: 'starts_on' },
  { name: 'not_before', kind: 'not_earlier', field: 'ends_on', than: 'starts_on' },
  { name: 'not_after', kind: 'not_later', field: 'begins_at', value: '2023-07-31 18:00' },
  { name: 'in_campaign', kind: 'within_campaign', field: 'starts_on' },
  { name: 'month_in_campaign', kind: 'within_campaign', field: 'born_in' },
  { name: 'other_is_said', kind: 'required_if', field: 'kind_said', if: { field: 'kind', value: '其他' } },
  { name: 'online_has_link', kind: 'required_if', field: 'link', if: { field: 'is_online', values: [true] } },
  { name: 'platform_has_link', kind: 'required_if', field: 'link', if: { field: 'platforms', values: ['抖音'] } },
  { name: 'pictures_told', kind: 'required_if', field: 'deeds', if: { field: 'event_id' }, when: 'submission' },
  { name: 'two_kinds', kind: 'one_of', field: 'kind', values: ['竞赛', '演讲'] },
  { name: 'known_platforms', kind: 'one_of', field: 'platforms', values: ['抖音', '快手'] },
  { name: 'short', kind: 'length', field: 'title', min: 4, max: 20 },
  { name: 'told', kind: 'length', field: 'deeds', min: 10 },
  { name: 'few_photos', kind: 'length', field: 'photos', max: 6 },
  { name: 'adds_up', kind: 'total', field: 'people', fields: ['men', 'women'] },
  { name: 'hundred', kind: 'total', fields: ['rate', 'women'], value: 100 },
  { name: 'online_only', kind: 'one_of', field: 'kind', values: ['演讲'], if: { field: 'is_online', value: true } },
  { name: 'big_talk', kind: 'not_less', field: 'people', value: 50, if: { field: 'kind', values: ['竞赛', '演讲'] } },
  { name: 'once', kind: 'unique_together', fields: ['title', 'starts_on'] },
  { name: 'linked', kind: 'required', field: 'link' },
  {
    name: 'half_online',
    kind: 'share',
    of: { is_online: true },
    among: { kind: ['竞赛', '演讲'] },
    at_least: 50,
    severity: 'explain',
  },
]

const read = (rules: unknown): RuleDefinition[] => {
  const told = readRules(rules, fields)
  if ('errors' in told) throw new Error(JSON.stringify(told.errors))
  return told.rules
}
const errorsOf = (rule: unknown) => {
  const told = readRules([rule], fields)
  return 'errors' in told ? told.errors : {}
}
const formOf = (rules: readonly RuleDefinition[]): Form =>
  defineForm({
    name: 'trial',
    label: '试',
    title: '试表',
    annex: null,
    measure: '行',
    scope: 'unit',
    names: 'title',
    keys: [['title']],
    fields,
    rules,
  })

describe('a rule in words', () => {
  test('is of one of these kinds, and each of them is tried here', () => {
    expect(new Set(read(written).map(({ kind }) => kind))).toEqual(new Set(Object.keys(ruleKinds)))
  })

  test.each(read(written).map((rule) => [rule.name, rule] as const))(
    '%s is broken by its own example, and says so at its field from its moment on',
    (_name, rule) => {
      const compiled = compileRule(rule, fields)
      const { row, related } = compiled.example
      const ask = rule.severity === 'must' ? checkRow : explainRow
      expect([compiled.says, sentenceOf(compiled)]).toEqual([
        expect.stringMatching(/。$/),
        expect.stringMatching(/。$/),
      ])
      expect(ask(formOf([rule]), { title: '某次活动', ...row }, related, 'submission')[rule.field]).toBe(
        sentenceOf(compiled),
      )
      // of what is blank nothing is asked but that it be given
      expect(compiled.check({}, {}) !== undefined).toBe(rule.kind === 'required')
    },
  )

  test('reads the same when what was read is read again, through JSON', () => {
    const rules = read(written)
    expect(read(JSON.parse(JSON.stringify(rules)))).toEqual(rules)
  })

  test('may have the sentence of its author, which is then what is said', () => {
    const [rule] = read([{ ...written[0], says: '女职工不会比职工还多。' }])
    const compiled = compileRule(rule as RuleDefinition, fields)
    expect([compiled.says, sentenceOf(compiled)]).toEqual(['女职工不会比职工还多。', '女职工不会比职工还多。'])
  })

  test.each([
    ['women_in_people', { women: 5, people: 5 }, { women: 6, people: 5 }, '女职工 6 大于人数 5，请核对。'],
    ['big_enough', { people: 30 }, { people: 29 }, '人数 29 小于 30，请核对。'],
    [
      'begins_first',
      { starts_on: '2023-06-01', ends_on: '2023-06-02' },
      { starts_on: '2023-06-02', ends_on: '2023-06-02' },
      '开始日期 2023-06-02 不早于结束日期 2023-06-02，请核对。',
    ],
    [
      'not_before',
      { starts_on: '2023-06-02', ends_on: '2023-06-02' },
      { starts_on: '2023-06-02', ends_on: '2023-06-01' },
      '结束日期 2023-06-01 早于开始日期 2023-06-02，请核对。',
    ],
    [
      'not_after',
      { begins_at: '2023-07-31T18:00:00' },
      { begins_at: '2023-07-31T18:00:01' },
      '开始时间 2023-07-31 18:00 晚于 2023-07-31 18:00，请核对。',
    ],
    ['other_is_said', { kind: '竞赛' }, { kind: '其他' }, '形式是“其他”，其他形式也要填。'],
    ['online_only', { kind: '竞赛' }, { kind: '竞赛', is_online: true }, '线上是“是”，形式“竞赛”不行，只能是“演讲”。'],
    ['big_talk', { people: 9, kind: '其他' }, { people: 9, kind: '演讲' }, '形式是“演讲”，人数 9 小于 50，请核对。'],
    ['online_has_link', { is_online: false }, { is_online: true }, '线上是“是”，链接也要填。'],
    ['platform_has_link', { platforms: ['快手'] }, { platforms: ['快手', '抖音'] }, '平台是“快手、抖音”，链接也要填。'],
    ['two_kinds', { kind: '演讲' }, { kind: '其他' }, '形式“其他”不行，只能是“竞赛”或“演讲”。'],
    ['short', { title: '😀😀😀😀' }, { title: '😀😀😀' }, '名称 3 字，最少 4 字，还要补 1 字。'],
    [
      'few_photos',
      { photos: [] },
      { photos: Array.from({ length: 7 }, (_, id) => ({ id, name: 'a' })) },
      '照片 7 个文件，最多 6 个文件，还要删 1 个文件。',
    ],
    [
      'adds_up',
      { men: 3, people: 3 },
      { men: 3, women: 1, people: 3 },
      '男职工、女职工加起来是 4，不等于人数 3，请核对。',
    ],
    [
      'hundred',
      { rate: 0.1, women: 99.9 },
      { rate: 0.1, women: 0.2 },
      '覆盖率、女职工加起来是 0.3，不等于 100，请核对。',
    ],
  ])('%s lets the one row pass and not the other', (name, good, bad, sentence) => {
    const rule = read(written).find((each) => each.name === name) as RuleDefinition
    const { check } = compileRule(rule, fields)
    expect(check(good, {})).toBeUndefined()
    expect(check(bad, {})).toEqual({ [rule.field]: sentence })
  })

  test('of the days of the campaign is asked of whatever stands beside its campaign', () => {
    const [rule, monthly] = ['in_campaign', 'month_in_campaign'].map((name) => {
      const found = read(written).find((each) => each.name === name) as RuleDefinition
      return compileRule(found, fields)
    })
    const campaign = { starts_on: '2023-06-19', ends_on: '2023-07-31' }
    const days = ['2023-06-18', '2023-06-19', '2023-07-31', '2023-08-01']
    expect(days.map((starts_on) => rule?.check({ starts_on }, { campaign }) === undefined)).toEqual([
      false,
      true,
      true,
      false,
    ])
    const months = ['2023-05', '2023-06', '2023-07', '2023-08']
    expect(months.map((born_in) => monthly?.check({ born_in }, { campaign }) === undefined)).toEqual([
      false,
      true,
      true,
      false,
    ])
    expect(rule?.check({ starts_on: '2000-01-01' }, {})).toBeUndefined()
  })

  test('that rows are unique is what the form says of them', () => {
    const rules = read(written)
    expect(formOf(rules).unique).toEqual([['title', 'starts_on']])
  })

  test.each([
    [{ ...written[0], kind: 'eval' }, 'rules.0.kind', '没有“eval”'],
    [{ ...written[0], kind: '__proto__' }, 'rules.0.kind', '没有'],
    [{ ...written[0], name: 'Robert"); drop table' }, 'rules.0.name', '小写字母'],
    [{ ...written[0], field: 'nowhere' }, 'rules.0.field', '没有“nowhere”这一栏'],
    [{ ...written[0], field: 'kind' }, 'rules.0.field', '不能用在“形式”上'],
    [{ ...written[0], than: 'nowhere' }, 'rules.0.than', '没有“nowhere”这一栏'],
    [{ ...written[0], than: 'starts_on' }, 'rules.0.than', '类型不同'],
    [{ ...written[0], than: 'women' }, 'rules.0.than', '自己'],
    [{ ...written[0], than: 'signed' }, 'rules.0.than', '算出来'],
    [{ ...written[0], value: 3 }, 'rules.0.than', '两样写一样'],
    [{ name: 'x1', kind: 'not_more', field: 'women' }, 'rules.0.than', '两样写一样'],
    [{ name: 'x1', kind: 'not_more', field: 'women', value: '很多' }, 'rules.0.value', '整数'],
    [{ ...written[0], when: 'cell' }, 'rules.0.when', '几栏'],
    [{ ...written[0], when: 'never' }, 'rules.0.when', 'cell'],
    [{ ...written[0], severity: 'maybe' }, 'rules.0.severity', 'must'],
    [{ ...written[0], says: '一\u0000二' }, 'rules.0.says', '一句话'],
    [{ ...written[0], says: '长'.repeat(201) }, 'rules.0.says', '200'],
    [{ ...written[0], pattern: '.*' }, 'rules.0.pattern', '没有“pattern”'],
    [{ name: 'x1', kind: 'one_of', field: 'kind', values: ['别的'] }, 'rules.0.values', '没有“别的”'],
    [{ name: 'x1', kind: 'one_of', field: 'title', values: [] }, 'rules.0.values', '一列'],
    [
      { name: 'x1', kind: 'required_if', field: 'link', if: { field: 'phone', value: '13800000001' } },
      'rules.0.if',
      '填了没有',
    ],
    [
      { name: 'x1', kind: 'required_if', field: 'link', if: { field: 'kind', matches: '.*' } },
      'rules.0.if',
      '没有“matches”',
    ],
    [{ name: 'x1', kind: 'length', field: 'title' }, 'rules.0.min', '最少或最多'],
    [{ name: 'x1', kind: 'length', field: 'title', min: 5, max: 4 }, 'rules.0.max', '最少的'],
    [{ name: 'x1', kind: 'length', field: 'title', max: 1.5 }, 'rules.0.max', '整数'],
    [{ name: 'x1', kind: 'total', field: 'people', fields: ['men', 'title'] }, 'rules.0.fields', '不是数'],
    [{ name: 'x1', kind: 'total', field: 'people', fields: ['men', 'people'] }, 'rules.0.fields', '也是相加'],
    [{ name: 'x1', kind: 'unique_together', fields: ['title'], severity: 'explain' }, 'rules.0.severity', '必须'],
    [{ ...written[0], if: { field: 'people' } }, 'rules.0.if', '另一栏'],
    [{ name: 'x1', kind: 'unique_together', fields: ['title'], if: { field: 'kind' } }, 'rules.0.if', '没有“if”'],
    [
      { name: 'x1', kind: 'share', of: { kind: '竞赛' }, at_least: 50, severity: 'must' },
      'rules.0.severity',
      '只能提醒',
    ],
    [{ name: 'x1', kind: 'share', of: { kind: '竞赛' }, severity: 'explain' }, 'rules.0.at_least', '百分之几'],
    [{ name: 'x1', kind: 'share', of: { kind: '没有' }, at_least: 1, severity: 'explain' }, 'rules.0.of', '没有“没有”'],
    [
      { name: 'x1', kind: 'share', of: { kind: '竞赛' }, at_most: 101, severity: 'explain' },
      'rules.0.at_most',
      '0 到 100',
    ],
    [{ name: 'x1', kind: 'required', field: 'link', when: 'store' }, 'rules.0.when', '提交'],
    ['not a rule', 'rules.0', '一组'],
  ])('%j is refused at %s: %s', (rule, path, words) => {
    expect(errorsOf(rule)[path]).toContain(words)
  })

  test('a name is one rule’s, and rules are a list of two hundred at most', () => {
    const [rule] = written
    expect(readRules([rule, rule], fields)).toEqual({ errors: { 'rules.1.name': '有两条规则都叫“women_in_people”。' } })
    expect(readRules({}, fields)).toHaveProperty('errors.rules')
    expect(readRules(Array(201).fill(rule), fields)).toHaveProperty('errors.rules')
    expect(readRules(undefined, fields)).toEqual({ rules: [] })
  })

  test('whatever is sent for one is read or refused, and never thrown over', () => {
    const anything = fc.oneof(fc.anything(), fc.record({}, { requiredKeys: [] }))
    const rule = fc.record(
      {
        name: fc.oneof(fc.constant('rule_1'), fc.string()),
        kind: fc.oneof(fc.constantFrom(...Object.keys(ruleKinds)), fc.string()),
        field: fc.oneof(fc.constantFrom(...fields.map(({ name }) => name)), anything),
        than: fc.oneof(fc.constantFrom(...fields.map(({ name }) => name)), anything),
        value: anything,
        values: anything,
        min: anything,
        max: anything,
        if: fc.oneof(
          anything,
          fc.record({ field: fc.constantFrom(...fields.map(({ name }) => name)), value: anything }),
        ),
        fields: fc.oneof(anything, fc.array(fc.constantFrom(...fields.map(({ name }) => name)))),
        severity: fc.constantFrom('must', 'explain'),
        says: anything,
      },
      { requiredKeys: ['name', 'kind', 'field', 'severity'] },
    )
    fc.assert(
      fc.property(rule, (each) => {
        const told = readRules([each], fields)
        if ('errors' in told) expect(Object.keys(told.errors).every((path) => path.startsWith('rules.0'))).toBe(true)
        else for (const good of told.rules) expect(compileRule(good, fields).says).toMatch(/./)
      }),
      { numRuns: 500 },
    )
  })
})

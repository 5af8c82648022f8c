/** Rules in words and rows at random: fields of every type, rules of every kind that go with them, values that meet each other. */
import fc from 'fast-check'
import {
  attachments,
  choice,
  creditCode,
  date,
  datetime,
  decimal,
  type Field,
  integer,
  list,
  longText,
  month,
  phone,
  type Row,
  text,
  url,
  type Value,
  yesNo,
} from '../../server/forms/index.ts'
import { type RuleDefinition, readRules, ruleKinds } from '../../server/forms/rule_kinds.ts'

/** What no definition may do anything with. */
export const hostile = [
  `'; drop table trial; --`,
  `$$; drop table trial; $$`,
  `$body$ begin perform 1; end $body$`,
  `\\'; drop table trial; --`,
  '%s %I %L %1$s %%',
  `"); drop table trial; --`,
  `'::text) or true or (select pg_sleep(9)) is null --`,
  'E\\x27 || chr(59)',
  '甲’乙”丙；丁',
]
/** A NUL as JSON has it: no body may bring one. */
export const NUL = '\\u0000'
export const choices = ['竞赛', '演讲', ...hostile]

/** Two of each type, so that each can be held against another. */
export const fields: readonly Field[] = ['a', 'b'].flatMap((name) => [
  text(`text_${name}`, '文字'),
  longText(`long_${name}`, '长文字'),
  integer(`integer_${name}`, '整数'),
  decimal(`decimal_${name}`, '数'),
  date(`date_${name}`, '日期'),
  month(`month_${name}`, '年月'),
  datetime(`moment_${name}`, '时间'),
  choice(`choice_${name}`, '单选', choices),
  list(`list_${name}`, '多项'),
  yesNo(`yes_${name}`, '是否'),
  phone(`phone_${name}`, '手机', { mobile: true }),
  creditCode(`code_${name}`, '代码'),
  url(`url_${name}`, '网址'),
  attachments(`files_${name}`, '文件'),
])

const day = fc.integer({ min: 1, max: 28 }).map((n) => `2019-06-${String(n).padStart(2, '0')}`)
export const word = fc.constantFrom('竞赛', '演讲', '甲', '甲乙', '甲乙丙', '😀😀', 'a', 'B', ...hostile)
/** Values as they are stored, few enough to meet each other. */
const valuesOf: Record<Field['type'], fc.Arbitrary<Value>> = {
  text: word,
  long_text: word,
  integer: fc.integer({ min: 0, max: 6 }),
  decimal: fc.integer({ min: 0, max: 60_000 }).map((n) => n / 10_000),
  date: day,
  month: fc.constantFrom('1986-04', '2018-12', '2019-05', '2019-06', '2019-07', '2019-10'),
  datetime: day.chain((on) => fc.constantFrom(`${on}T00:00:00`, `${on}T09:30:00`)),
  choice: fc.constantFrom(...choices),
  list: fc.uniqueArray(word, { minLength: 1, maxLength: 3 }),
  yes_no: fc.boolean(),
  phone: fc.constantFrom('13900000001', '13900000002'),
  credit_code: fc.constantFrom('91350100M000100Y43'),
  url: fc.constantFrom('https://example.cn/1', 'https://example.cn/22'),
  reference: fc.integer({ min: 1, max: 3 }),
  attachments: fc
    .integer({ min: 1, max: 3 })
    .map((n) => Array.from({ length: n }, (_, id) => ({ id: id + 1, name: `${id}.jpg` }))),
  conditions: word.map((value) => ({ kind: value })),
  scoring_items: fc.constant([{ max: 100, name: 'theme', label: '主题', weight: 100 }]),
  prizes: fc.constant([{ max: 3, name: '作品一等奖' }]),
}
export const row: fc.Arbitrary<Row> = fc.record(
  Object.fromEntries(fields.map(({ name, type }) => [name, fc.option(valuesOf[type], { freq: 3 })])),
)
/** A value that a rule may name: of a list, one of its words. */
const scalarOf = ({ type, choices }: Field) =>
  choices ? fc.constantFrom(...choices) : type === 'list' ? word : valuesOf[type]
const isNumber = ({ type }: Field) => type === 'integer' || type === 'decimal'

/** A rule over these fields, of any kind that goes with them. */
export const ruleOver = (fields: readonly Field[]): fc.Arbitrary<RuleDefinition> =>
  fc
    .constantFrom(...Object.keys(ruleKinds).filter((kind) => fitting(kind, fields).length > 0))
    .chain((kind) => fc.record({ kind: fc.constant(kind), own: fc.constantFrom(...fitting(kind, fields)) }))
    .chain(({ kind, own }) => {
      const like =
        kind === 'required_if'
          ? fields
          : fields.filter((each) => each.type === own.type || (isNumber(each) && isNumber(own)))
      return fc.record({
        kind: fc.constant(kind),
        own: fc.constant(own),
        other: fc.constantFrom(...like),
        third: fc.constantFrom(...like),
        asked: fc.constantFrom(...fields),
      })
    })
    .chain(written)
    .map((given) => readRules([given], fields))
    .filter((read) => 'rules' in read)
    .map((read) => ('rules' in read ? read.rules[0] : undefined) as RuleDefinition)

const fitting = (kind: string, fields: readonly Field[]) =>
  fields.filter(({ type }) => ruleKinds[kind]?.fits.includes(type))

type RuleFields = { kind: string; own: Field; other: Field; third: Field; asked: Field }

/** A rule of these fields as somebody may write it; it need not make sense. */
const written = ({ own, other, third, asked, kind }: RuleFields) =>
  fc
    .record({
      value: scalarOf(own),
      values: fc.array(scalarOf(own), { minLength: 1, maxLength: 3 }),
      condition: fc.oneof(
        fc.constant({ field: asked.name }),
        fc.record({ field: fc.constant(asked.name), value: scalarOf(asked) }),
        fc.record({
          field: fc.constant(asked.name),
          values: fc.array(scalarOf(asked), { minLength: 1, maxLength: 3 }),
        }),
      ),
      sizes: fc.record(
        { min: fc.integer({ min: 0, max: 3 }), max: fc.integer({ min: 0, max: 4 }) },
        { requiredKeys: [] },
      ),
      than: fc.boolean(),
      sometimes: fc.boolean(),
    })
    .map(({ value, values, condition, sizes, than, sometimes }) => {
      const isAsked = kind === 'required_if' || (sometimes && kind !== 'unique_together')
      const given = { name: 'rule_1', kind, field: own.name, severity: 'must', ...(isAsked && { if: condition }) }
      if (kind === 'required_if' || kind === 'required') return given
      if (kind === 'share')
        return { ...given, severity: 'explain', if: undefined, of: { [own.name]: value }, at_least: 50 }
      if (kind === 'one_of') return { ...given, values }
      if (kind === 'length') return { ...given, ...sizes }
      if (kind === 'within_campaign') return given
      if (kind === 'unique_together') return { ...given, fields: [own.name] }
      const against = than ? { than: other.name } : { value }
      return { ...given, ...against, ...(kind === 'total' && { fields: [own.name, third.name] }) }
    })

export const rule = ruleOver(fields)

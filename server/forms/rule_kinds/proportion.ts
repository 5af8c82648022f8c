/** A rule over a whole campaign, or each unit: what per cent of some rows are such rows. It looks at counts, never at one row. */
import type { Conditions } from '../value.ts'
import { nameable } from './condition.ts'
import { type FieldOf, quoted, type RuleDefinition, type RuleKind, type Scalar } from './kind.ts'

/** 称号是“劳动模范”、性别是“女”的 */
const wordsOf = (conditions: Conditions, fieldOf: FieldOf) =>
  `${Object.entries(conditions)
    .map(([name, wanted]) => `${fieldOf(name).label}是${quoted(fieldOf(name), [wanted].flat() as Scalar[])}`)
    .join('、')}的`

const limitWords = ({ at_least, at_most }: RuleDefinition) =>
  [
    ...(at_least === undefined ? [] : [`不少于 ${at_least}%`]),
    ...(at_most === undefined ? [] : [`不超过 ${at_most}%`]),
  ].join('、')

const wholeWords = ({ among = {} }: RuleDefinition, fieldOf: FieldOf) =>
  Object.keys(among).length > 0 ? `${wordsOf(among, fieldOf)}当中，` : ''

export const share: RuleKind = {
  label: '占比',
  takes: ['of', 'among', 'at_least', 'at_most', 'per'],
  fits: nameable,
  when: 'store',
  fault(rule) {
    const { of = {}, at_least, at_most, severity, when } = rule
    if (severity !== 'explain') return ['severity', '占比是对很多行说的，只能提醒（explain），不能拦住一格。']
    if (when !== undefined && when !== 'store') return ['when', '占比看所有的行，不能在填一格或提交时问。']
    if (rule.if) return ['if', '占比用 of 和 among 写条件。']
    if (Object.keys(of).length === 0) return ['of', '要写什么样的行，如 {"gender": "女"}。']
    if (at_least === undefined && at_most === undefined)
      return ['at_least', '要写不少于（at_least）或不超过（at_most）百分之几。']
    return at_least !== undefined && at_most !== undefined && at_least > at_most
      ? ['at_most', '不超过的不能小于不少于的。']
      : undefined
  },
  looksAt: ({ of = {}, among = {} }) => [
    ...new Set([...Object.keys(of), ...Object.keys(among)]),
    'proportion.part',
    'proportion.whole',
  ],
  says: (rule, fieldOf) =>
    `${rule.per === 'unit' ? '每个单位' : '全年度'}的行里，${wholeWords(rule, fieldOf)}${wordsOf(rule.of ?? {}, fieldOf)}占比${limitWords(rule)}。`,
  ask(rule, fieldOf) {
    const { of = {}, at_least = 0, at_most = 100 } = rule
    return (_row, { proportion }) => {
      const [part, whole] = [Number(proportion?.part ?? 0), Number(proportion?.whole ?? 0)]
      if (whole === 0 || (part * 100 >= at_least * whole && part * 100 <= at_most * whole)) return undefined
      const percent = Math.round((part / whole) * 1_000) / 10
      return `${wholeWords(rule, fieldOf)}${wordsOf(of, fieldOf)}占 ${percent}%（${whole} 行里 ${part} 行），要${limitWords(rule)}。`
    }
  },
  example: ({ at_least }) => ({
    row: {},
    related: { proportion: { part: at_least ? 0 : 100, whole: 100 } },
  }),
}

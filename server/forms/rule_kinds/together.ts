/** Several columns together: their sum, and what no two rows share. */
import { isBlank, type TypeName } from '../value.ts'
import { inTenThousandths, labelled, numbers, type RuleDefinition, type RuleKind } from './kind.ts'

/** What the sum must be: another column, or a value. The field itself, where the rule says nothing else. */
const wholeOf = ({ field, than, value }: RuleDefinition) => than ?? (value === undefined ? field : undefined)

/** Blank cells are nought, as on paper; nothing is asked of a row that has no parts, or no whole to hold them against. */
export const total: RuleKind = {
  label: '合计等于',
  takes: ['fields', 'than', 'value'],
  fits: numbers,
  when: 'store',
  fault(rule, fieldOf) {
    const { fields = [], than, value } = rule
    if (than !== undefined && value !== undefined) return ['than', '合计等于哪一栏或者哪个值，两样写一样。']
    if (fields.length < 2) return ['fields', '要写把哪几栏加起来，至少两栏。']
    const odd = [...fields, ...(than ? [than] : [])].map(fieldOf).find(({ type }) => !numbers.includes(type))
    if (odd) return ['fields', `“${odd.label}”不是数，不能相加。`]
    const whole = wholeOf(rule)
    return whole !== undefined && fields.includes(whole) ? ['fields', '合计不能也是相加的一栏。'] : undefined
  },
  says(rule, fieldOf) {
    const whole = wholeOf(rule)
    return `${labelled(rule.fields ?? [], fieldOf)}加起来要等于${whole ? fieldOf(whole).label : ` ${rule.value}`}。`
  },
  ask(rule, fieldOf) {
    const { fields = [], value } = rule
    const whole = wholeOf(rule)
    return (row) => {
      const wanted = whole === undefined ? value : row[whole]
      const parts = fields.map((name) => row[name]).filter((part) => typeof part === 'number')
      if (typeof wanted !== 'number' || parts.length === 0) return undefined
      const sum = parts.reduce((all, part) => all + inTenThousandths(part), 0)
      if (sum === inTenThousandths(wanted)) return undefined
      const label = whole ? fieldOf(whole).label : ''
      return `${labelled(fields, fieldOf)}加起来是 ${sum / 10_000}，不等于${label} ${wanted}，请核对。`
    }
  },
  example(rule) {
    const { fields = [], value } = rule
    const whole = wholeOf(rule)
    const wanted = typeof value === 'number' ? value : 300
    const parts = Object.fromEntries(fields.map((name, at) => [name, at === 0 ? wanted + 1 : 0]))
    return { row: { ...parts, ...(whole === undefined ? {} : { [whole]: wanted }) } }
  },
}

const alike: readonly TypeName[] = [
  ...numbers,
  'text',
  'choice',
  'date',
  'month',
  'datetime',
  'phone',
  'credit_code',
  'url',
  'reference',
]

/** Held by `Form.unique` against what is stored: of a row alone it can't be said. */
export const uniqueTogether: RuleKind = {
  label: '不能重复',
  takes: ['fields'],
  fits: alike,
  when: 'store',
  fault({ fields = [], field, severity, when }, fieldOf) {
    if (severity !== 'must') return ['severity', '“不能重复”只能是必须的。']
    if (when !== undefined && when !== 'store') return ['when', '“不能重复”在保存时问。']
    const odd = fields.map(fieldOf).find(({ type }) => !alike.includes(type))
    if (odd) return ['fields', `“${odd.label}”这种栏目不能查重复。`]
    return fields.length === 0 || fields.includes(field)
      ? undefined
      : ['fields', `也要有“${fieldOf(field).label}”本身。`]
  },
  looksAt: (rule) => [...uniqueIn(rule), ...uniqueIn(rule).map((name) => `twin.${name}`)],
  says(rule, fieldOf) {
    const names = uniqueIn(rule)
    return names.length === 1
      ? `${labelled(names, fieldOf)}不能重复。`
      : `${labelled(names, fieldOf)}不能与别的行都相同。`
  },
  ask(rule, fieldOf) {
    const names = uniqueIn(rule)
    return (row, { twin }) =>
      twin && names.every((name) => !isBlank(row[name]) && row[name] === twin[name])
        ? `${labelled(names, fieldOf)}${names.length > 1 ? '都' : ''}相同的已经有了，请核对。`
        : undefined
  },
  example(rule, fieldOf) {
    const row = Object.fromEntries(
      uniqueIn(rule).map((name) => [name, numbers.includes(fieldOf(name).type) ? 1 : '2019-06']),
    )
    return { row, related: { twin: row } }
  },
  unique: (rule) => uniqueIn(rule),
}

const uniqueIn = ({ fields, field }: RuleDefinition) => (fields?.length ? fields : [field])

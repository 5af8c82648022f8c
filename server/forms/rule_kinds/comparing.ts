/** A column that is not more, less, earlier or later than another or a value; one that lies within the campaign's days. */
import type { Field } from '../form.ts'
import type { TypeName, Value } from '../value.ts'
import { type FieldOf, numbers, printed, type RuleDefinition, type RuleKind, times } from './kind.ts'

/** Another value of the type, `by` numbers, days or months from this one. */
function shifted(type: TypeName, value: Value, by: number): Value {
  if (typeof value === 'number') return value + by
  const text = String(value)
  if (type === 'month') {
    const month = new Date(`${text}-01T00:00:00Z`)
    month.setUTCMonth(month.getUTCMonth() + by)
    return month.toISOString().slice(0, 7)
  }
  const day = new Date(Date.parse(`${text.slice(0, 10)}T00:00:00Z`) + by * 86_400_000)
  return day.toISOString().slice(0, 10) + text.slice(10)
}

/** Some value of a type, for examples. */
const someValue = (type: TypeName): Value =>
  type === 'date' ? '2019-06-18' : type === 'month' ? '2019-06' : type === 'datetime' ? '2019-06-18T09:00:00' : 300

type Comparison = {
  label: string
  fits: readonly TypeName[]
  /** 不能大于: what it asks, before what is compared with. */
  asks: string
  /** 大于: what a broken one is. */
  is: string
  /** Whether two values that are not the same are in order; `same`: whether two that are the same may be. */
  holds: (difference: number) => boolean
}

const compare = (a: Value, b: Value) => (a === b ? 0 : (a as number | string) < (b as number | string) ? -1 : 1)

/** What is compared with, in a sentence: 职工人数, or a value with a blank before it. */
const otherIn = ({ than, value, field }: RuleDefinition, fieldOf: FieldOf) =>
  than ? fieldOf(than).label : ` ${printed(fieldOf(field), value)}`

function comparison({ label, fits, asks, is, holds }: Comparison): RuleKind {
  return {
    label,
    takes: ['than', 'value'],
    fits,
    when: 'store',
    fault({ field, than, value }, fieldOf) {
      if ((than === undefined) === (value === undefined))
        return ['than', `“${label}”要写和哪一栏或者哪个值比，两样写一样。`]
      if (than === undefined) return undefined
      if (than === field) return ['than', '不能和自己比。']
      const [one, other] = [fieldOf(field), fieldOf(than)]
      const alike = numbers.includes(one.type) ? numbers.includes(other.type) : one.type === other.type
      return alike ? undefined : ['than', `“${one.label}”和“${other.label}”类型不同，不能比。`]
    },
    says: (rule, fieldOf) => `${fieldOf(rule.field).label}${asks}${otherIn(rule, fieldOf)}。`,
    ask({ field, than, value }, fieldOf) {
      const own = fieldOf(field)
      const other = than === undefined ? undefined : fieldOf(than)
      return (row) => {
        const [one, two] = [row[field] ?? null, (than === undefined ? value : row[than]) ?? null]
        if (one === null || two === null || holds(compare(one, two))) return undefined
        return `${own.label} ${printed(own, one)} ${is}${other?.label ?? ''} ${printed(other ?? own, two)}，请核对。`
      }
    },
    example({ field, than, value }, fieldOf) {
      const { type } = fieldOf(field)
      const other = value ?? someValue(type)
      const by = holds(-1) ? 1 : -1
      return { row: { [field]: shifted(type, other, by), ...(than === undefined ? {} : { [than]: other }) } }
    },
  }
}

export const notMore = comparison({
  label: '不大于',
  fits: numbers,
  asks: '不能大于',
  is: '大于',
  holds: (difference) => difference <= 0,
})
export const notLess = comparison({
  label: '不小于',
  fits: numbers,
  asks: '不能小于',
  is: '小于',
  holds: (difference) => difference >= 0,
})
export const earlier = comparison({
  label: '早于',
  fits: times,
  asks: '要早于',
  is: '不早于',
  holds: (difference) => difference < 0,
})
export const later = comparison({
  label: '晚于',
  fits: times,
  asks: '要晚于',
  is: '不晚于',
  holds: (difference) => difference > 0,
})
export const notEarlier = comparison({
  label: '不早于',
  fits: times,
  asks: '不能早于',
  is: '早于',
  holds: (difference) => difference >= 0,
})
export const notLater = comparison({
  label: '不晚于',
  fits: times,
  asks: '不能晚于',
  is: '晚于',
  holds: (difference) => difference <= 0,
})

/** A day of the campaign, as exactly as the field has it. */
const dayFor = ({ type }: Field, day: Value | undefined) => String(day ?? '').slice(0, type === 'month' ? 7 : 10)

/** No CHECK holds this one: the campaign's days are another row's, and may be moved. */
export const withinCampaign: RuleKind = {
  label: '在活动期间',
  takes: [],
  fits: times,
  when: 'store',
  fault: ({ when }) => (when === 'submission' ? ['when', '“在活动期间”在保存时问。'] : undefined),
  looksAt: ({ field }) => [field, 'campaign.starts_on', 'campaign.ends_on'],
  says: ({ field }, fieldOf) => `${fieldOf(field).label}要在活动期间以内。`,
  ask({ field }, fieldOf) {
    const own = fieldOf(field)
    return (row, { campaign }) => {
      const value = row[field]
      if (!value || !campaign) return undefined
      const [from, to] = [dayFor(own, campaign.starts_on), dayFor(own, campaign.ends_on)]
      const on = dayFor(own, value)
      if (!from || !to || (from <= on && on <= to)) return undefined
      return `${own.label} ${printed(own, value)} 不在活动期间（${from} 至 ${to}），请核对。`
    }
  },
  example: ({ field }, fieldOf) => ({
    row: { [field]: someValue(fieldOf(field).type) },
    related: { campaign: { starts_on: '2019-07-01', ends_on: '2019-10-31' } },
  }),
}

/** What stands in a column: mandatory if another says so, one of some values, so long. */
import { isBlank, type TypeName } from '../value.ts'
import { nameable } from './condition.ts'
import { printed, quoted, type RuleKind, type Scalar } from './kind.ts'

const texts: readonly TypeName[] = ['text', 'long_text', 'url']
const lists: readonly TypeName[] = ['list', 'attachments']
export const requiredIf: RuleKind = {
  label: '另一栏如何时必填',
  takes: ['if'],
  fits: [...nameable, 'long_text', 'datetime', 'phone', 'credit_code', 'url', 'reference', 'attachments'],
  when: 'store',
  fault: ({ if: condition }) => (condition ? undefined : ['if', '要写另一栏是什么的时候必填。']),
  says: ({ field }, fieldOf) => `${fieldOf(field).label}不能空。`,
  ask({ field }, fieldOf) {
    const { label } = fieldOf(field)
    return (row) => (isBlank(row[field]) ? `${label}也要填。` : undefined)
  },
  example: ({ field }) => ({ row: { [field]: null } }),
}

/** A cell that may stay empty until the row is handed in. */
export const required: RuleKind = {
  label: '提交时必填',
  takes: [],
  fits: requiredIf.fits,
  when: 'submission',
  fault({ field, when }, fieldOf) {
    if (when !== undefined && when !== 'submission')
      return ['when', '“提交时必填”在提交时问；一直不能空的，写在栏目上（required）。']
    return fieldOf(field).required ? ['field', `“${fieldOf(field).label}”本来就必填。`] : undefined
  },
  says: ({ field }, fieldOf) => `${fieldOf(field).label}在提交时不能空。`,
  ask({ field }, fieldOf) {
    const { label } = fieldOf(field)
    return (row) => (isBlank(row[field]) ? `提交时必填：${label}。` : undefined)
  },
  example: ({ field }) => ({ row: { [field]: null } }),
}

export const oneOf: RuleKind = {
  label: '只能是',
  takes: ['values'],
  fits: nameable,
  when: 'store',
  fault: ({ values }) => (values?.length ? undefined : ['values', '要列出可以填的值。']),
  says: ({ field, values = [] }, fieldOf) => `${fieldOf(field).label}只能是${quoted(fieldOf(field), values)}。`,
  ask({ field, values = [] }, fieldOf) {
    const own = fieldOf(field)
    return (row) => {
      const value = row[field] ?? null
      if (isBlank(value)) return undefined
      const given = (Array.isArray(value) ? value : [value]) as Scalar[]
      const odd = given.find((each) => !values.includes(each))
      if (odd === undefined) return undefined
      return `${own.label}“${printed(own, odd)}”不行，只能是${quoted(own, values)}。`
    }
  },
  example({ field, values = [] }, fieldOf) {
    const { type, choices } = fieldOf(field)
    const odd = choices?.find((choice) => !values.includes(choice)) ?? '别的'
    if (type === 'list') return { row: { [field]: [odd] } }
    if (type === 'yes_no') return { row: { [field]: !values.includes(true) } }
    if (type === 'integer' || type === 'decimal') return { row: { [field]: Math.max(...values.map(Number)) + 1 } }
    return { row: { [field]: type === 'month' ? '1900-01' : type === 'date' ? '1900-01-01' : odd } }
  },
}

const range = (min: number | undefined, max: number | undefined, unit: string) =>
  min === undefined ? `最多 ${max} ${unit}` : max === undefined ? `最少 ${min} ${unit}` : `${min} 到 ${max} ${unit}`

export const length: RuleKind = {
  label: '长度',
  takes: ['min', 'max'],
  fits: [...texts, ...lists],
  when: 'cell',
  fault({ min, max }) {
    if (min === undefined && max === undefined) return ['min', '要写最少或最多多少。']
    if (max === undefined && Number(min) < 2) return ['min', '填了就至少有 1，最少的要大于 1；不能空的用必填。']
    return min !== undefined && max !== undefined && min > max ? ['max', '最多的不能小于最少的。'] : undefined
  },
  says: ({ field, min, max }, fieldOf) => {
    const { label, type } = fieldOf(field)
    return `${label}要有${/^\d/.test(range(min, max, '')) ? ' ' : ''}${range(min, max, unitOf(type))}。`
  },
  ask({ field, min, max }, fieldOf) {
    const { label, type } = fieldOf(field)
    return (row) => {
      const value = row[field] ?? null
      if (isBlank(value)) return undefined
      const size = Array.isArray(value) ? value.length : [...String(value)].length
      const unit = unitOf(type)
      if (max !== undefined && size > max)
        return `${label} ${size} ${unit}，最多 ${max} ${unit}，还要删 ${size - max} ${unit}。`
      if (min !== undefined && size < min)
        return `${label} ${size} ${unit}，最少 ${min} ${unit}，还要补 ${min - size} ${unit}。`
      return undefined
    }
  },
  example({ field, min, max }, fieldOf) {
    const size = max === undefined ? (min ?? 1) - 1 : max + 1
    const { type } = fieldOf(field)
    if (type === 'list') return { row: { [field]: Array.from({ length: size }, (_, at) => `第${at + 1}项`) } }
    if (type === 'attachments')
      return { row: { [field]: Array.from({ length: size }, (_, at) => ({ id: at + 1, name: `${at + 1}.jpg` })) } }
    return { row: { [field]: '长'.repeat(size) } }
  },
}

const unitOf = (type: TypeName) => (type === 'attachments' ? '个文件' : type === 'list' ? '项' : '字')

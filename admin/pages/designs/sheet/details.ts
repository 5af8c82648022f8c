/**
 * The cell 可选项、范围或算法: what a column may hold, as its type has it. 甲、乙 of choices, 1 到 100 of numbers, 最多 50 字 of
 * texts, a register's label of references, = 甲 ÷ 乙 of what is computed. Read and printed here, and nowhere else.
 */
import type { FieldDefinition, Forms } from '../../../../server/forms/index.ts'

/** What labels a cell may speak of. */
export type ColumnLabels = {
  /** Of the columns of the register: their labels, by name. */
  columns: ReadonlyMap<string, string>
  /** The forms in force. */
  forms: Forms
}
type DetailOptions = Partial<FieldDefinition>
type ReadDetail = { options: DetailOptions } | { error: string }

type Detail = {
  /** The options it speaks of: reading answers each of them, undefined where the cell says nothing of it. */
  options: readonly (keyof FieldDefinition)[]
  read: (text: string, labels: ColumnLabels) => ReadDetail
  print: (field: FieldDefinition, labels: ColumnLabels) => string
}

const no = (error: string): ReadDetail => ({ error })
const whole = (text: string | undefined) => (text === undefined ? undefined : Number(text.replaceAll(',', '')))

const choices: Detail = {
  options: ['choices'],
  read(text) {
    const list = text.split(/[、，,;；\n]+/).map((word) => word.trim())
    const given = [...new Set(list.filter((word) => word !== ''))]
    return { options: { choices: given.length > 0 ? given : undefined } }
  },
  print: ({ choices }) => choices?.join('、') ?? '',
}

const NUMBER = '(-?[\\d,]+)'
const least = new RegExp(`^(?:最少|不小于|至少)?${NUMBER}(?:以上|起)?$`)
const most = new RegExp(`^(?:最多|不大于|至多)${NUMBER}$|^${NUMBER}(?:以下|以内)$`)
const between = new RegExp(`^${NUMBER}(?:到|至|—+|~|～)${NUMBER}$`)

const numbers: Detail = {
  options: ['min', 'max', 'computed'],
  read(text, labels) {
    if (/^[=＝]/.test(text)) return readComputed(text.slice(1).trim(), labels)
    const plain = text.normalize('NFKC').replace(/\s+/g, '')
    const both = between.exec(plain)
    if (both) return { options: { min: whole(both[1]), max: whole(both[2]) } }
    const above = most.exec(plain)
    if (above) return { options: { max: whole(above[1] ?? above[2]) } }
    const below = least.exec(plain)
    if (below) return { options: { min: whole(below[1]) } }
    return no('数的范围写成“1 到 100”“1 以上”或“最多 100”；由别的栏目算出来的，写成“= 甲 ÷ 乙”。')
  },
  print({ min, max, computed }, labels) {
    if (computed) return `= ${printComputed(computed, labels)}`
    if (min !== undefined && max !== undefined) return `${min} 到 ${max}`
    return min !== undefined ? `${min} 以上` : max !== undefined ? `最多 ${max}` : ''
  },
}

const length: Detail = {
  options: ['max'],
  read(text) {
    const found = /^(?:最多)?(\d+)字?(?:以内)?$/.exec(text.normalize('NFKC').replace(/[\s,]+/g, ''))
    return found
      ? { options: { max: Number(found[1]) } }
      : no('文字写最多多少字，如“最多 50 字”；可选项要先把类型改成单选。')
  },
  print: ({ max }) => (max === undefined ? '' : `最多 ${max} 字`),
}

/** A cell that says one thing or nothing. */
const flag = (option: 'mobile' | 'of_year', words: string, also: RegExp): Detail => ({
  options: [option],
  read: (text) => (also.test(text) ? { options: { [option]: true } } : no(`这里只能写“${words}”，或者空着。`)),
  print: (field) => (field[option] ? words : ''),
})

const target: Detail = {
  options: ['to'],
  read(text, { forms }) {
    const found = Object.values(forms).find(({ label, name }) => label === text || name === text)
    return found ? { options: { to: found.name } } : no(`没有“${text.slice(0, 40)}”这张登记表，写它在菜单里的名称。`)
  },
  print: ({ to }, { forms }) => (to && forms[to]?.label) || to || '',
}

const nothing: Detail = { options: [], read: () => no('这种类型不用写这一格。'), print: () => '' }

const details: Partial<Record<FieldDefinition['type'], Detail>> = {
  choice: choices,
  list: choices,
  integer: numbers,
  decimal: numbers,
  text: length,
  long_text: length,
  url: length,
  phone: flag('mobile', '11 位手机号', /手机/),
  date: flag('of_year', '本年度的日期', /年/),
  datetime: flag('of_year', '本年度的日期', /年/),
  reference: target,
}
const detailOf = ({ type }: Pick<FieldDefinition, 'type'>) => details[type] ?? nothing

export const printDetail = (field: FieldDefinition, labels: ColumnLabels): string =>
  detailOf(field).print(field, labels)

/** What a text says of a column of this type; blank takes away what it could say. */
export function readDetail(field: FieldDefinition, text: string, labels: ColumnLabels): ReadDetail {
  const detail = detailOf(field)
  const none = Object.fromEntries(detail.options.map((option) => [option, undefined]))
  if (text.trim() === '') return { options: none }
  const read = detail.read(text.trim(), labels)
  return 'error' in read ? read : { options: { ...none, ...read.options } }
}

// Computed columns -------------------------------------------------------------------------------------------------

type ComputedBy = NonNullable<FieldDefinition['computed']>
const signs: readonly (readonly ['sum' | 'difference' | 'product' | 'ratio', string, RegExp])[] = [
  ['sum', '+', /[+＋]/],
  ['difference', '−', /[−－–-]/],
  ['product', '×', /[×*＊xX]/],
  ['ratio', '÷', /[÷/／]/],
]

/** 甲 ÷ 乙; 签到的行数; 签到的人数之和; 签到（按所属活动）的行数. */
function printComputed(computed: ComputedBy, { columns, forms }: ColumnLabels): string {
  const of = Object.entries(computed)[0] as [string, readonly string[] | { form: string; field?: string; by?: string }]
  const [operation, operand] = of
  if (Array.isArray(operand)) {
    const sign = signs.find(([name]) => name === operation)?.[1] ?? ''
    return operand.map((name) => columns.get(name) ?? name).join(` ${sign} `)
  }
  const { form, field, by } = operand as { form: string; field?: string; by?: string }
  const other = forms[form]
  const labelIn = (name: string) => other?.fields.find((each) => each.name === name)?.label ?? name
  const rows = `${other?.label ?? form}${by ? `（按${labelIn(by)}）` : ''}的`
  if (operation === 'sum') return `${rows}${labelIn(field ?? '')}之和`
  return field ? `${rows}${labelIn(field)}的个数` : `${rows}行数`
}

function readComputed(text: string, { columns, forms }: ColumnLabels): ReadDetail {
  const named = (label: string) =>
    [...columns].find((each) => each[1] === label.trim() || each[0] === label.trim())?.[0]
  for (const [operation, , sign] of signs) {
    const names = text.split(sign).map(named)
    if (names.length > 1 && names.every((name) => name !== undefined))
      return { options: { computed: { [operation]: names } as ComputedBy } }
  }
  const rows = /^(.+?)(?:[（(]按(.+?)[）)])?的(?:行数|(.+?)(之和|的个数))$/.exec(text.replace(/\s+/g, ''))
  const other = rows && Object.values(forms).find(({ label, name }) => label === rows[1] || name === rows[1])
  if (!rows || !other)
    return no('算法写成“= 甲 ÷ 乙”（加 +、减 −、乘 ×、除 ÷），或“= 签到的行数”“= 签到的人数之和”，都用栏目的名称。')
  const nameIn = (label: string | undefined) =>
    label && (other.fields.find((each) => each.label === label || each.name === label)?.name ?? label)
  const [by, field] = [nameIn(rows[2]), nameIn(rows[3])]
  const source = { form: other.name, ...(field && { field }), ...(by && { by }) }
  return { options: { computed: { [rows[4] === '之和' ? 'sum' : 'count']: source } as ComputedBy } }
}

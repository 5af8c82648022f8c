/**
 * 任务指标: what a campaign counts, one row a metric: rows of a register, the sum of a column, its different values, or what
 * the latest snapshots add up to; of rows that fit a filter; with a target for all, a quota for each unit, or neither.
 */
import { amongRegisters } from './campaign.ts'
import {
  choice,
  conditions,
  defineForm,
  type Errors,
  type Field,
  type Form,
  integer,
  list,
  readField,
  sameValue,
  text,
  yesNo,
} from './form.ts'
import type { Row, Rule } from './rules.ts'
import { isMany, types } from './types.ts'
import type { Conditions } from './value.ts'

const ways = { rows: '行数', sum: '合计', distinct: '不同值的个数', latest: '最近一期合计' } as const
type CountingWay = keyof typeof ways

export type Metric = {
  /** Names the column of quotas and the key of reports. */
  name: string
  label: string
  /** What it is called where there is little room. */
  short: string | null
  /** 名, 个, 场; 万人: counted in 人, shown in ten thousands. */
  measure: string
  form: string
  counts: CountingWay
  field: string | null
  filter: Conditions | null
  target: number | null
  has_quota: boolean | null
  synonyms: string[] | null
  position: number
}

/** Rows that count (approved or archived), and rows that wait to be reviewed. */
export type Amount = { done: number; pending: number }
/** `target`: what is to be reached; null where nothing is. */
export type Count = Amount & { target: number | null }
export const noCount: Count = { target: null, done: 0, pending: 0 }

/** What stands under a metric's name in a row of a report. */
export const countOf = (of: object, metric: string): Count => ({ ...noCount, ...(of as Record<string, Count>)[metric] })

/** Whether units have a quota of a metric, those of 附件1 where there are any: else it is for all of them together. */
export function isShared(units: readonly { annex_order: number | null }[], metric: string): boolean {
  const printed = units.filter(({ annex_order }) => annex_order !== null)
  return (printed.length > 0 ? printed : units).some((unit) => countOf(unit, metric).target !== null)
}

/** Counted one by one and shown in ten thousands: 万人. */
export const inTenThousands = ({ measure }: Pick<Metric, 'measure'>) => measure.startsWith('万')

/** 50000 人, 1000 万人 */
export const inMeasure = (value: number, metric: Pick<Metric, 'measure'>) =>
  `${inTenThousands(metric) ? value / 10_000 : value} ${metric.measure}`

/** Names that stand beside metrics in a row of 附件1, in reports and in SQL, so that no metric can take them. */
const RESERVED = new Set(
  `id campaign_id unit_id unit_id_label version created_at created_by updated_at updated_by deleted_at deleted status latest q
  on unit unit_name annex_order kind enterprises visits visitors works form row_id row_version client_key
  ctid xmin xmax cmin cmax tableoid oid`.split(/\s+/),
)

const NAME = /^[a-z][a-z0-9_]{1,40}$/

const isNumber = (field: Pick<Field, 'type'>) => ['integer', 'numeric'].includes(types[field.type].column)
/** Types of columns by which rows are narrowed: one value is the same as another or it is not. */
const narrowing = new Set<Field['type']>(['choice', 'yes_no', 'integer', 'decimal', 'text', 'date', 'month'])

/** The day on which a row counts: the first that must be given, else the first there is; without one the row is of the day it was made. */
export function dayOf({ fields }: Pick<Form, 'fields'>): Field | undefined {
  const days = fields.filter(({ type, derived }) => (type === 'date' || type === 'datetime') && !derived)
  return days.find(({ required }) => required) ?? days[0]
}

/** A column of its table like any other, though PostgreSQL fills it. */
const isComputedOfRow = ({ computed = {} }: Field) => Object.values(computed).some(Array.isArray)

function fieldFault(form: Form, counts: CountingWay, name: string | null): string | undefined {
  if (counts === 'latest' && !form.series) return `“${form.label}”不按期累计，不能取最近一期。`
  if (counts === 'rows') return name === null ? undefined : '数行数不用栏目，请把计数栏目留空。'
  if (name === null) return `请填计数栏目：${ways[counts]}要看“${form.label}”的哪一栏。`
  const field = form.fields.find((each) => each.name === name)
  if (!field) return `“${form.label}”没有“${name}”这个栏目。`
  if (field.derived && !isComputedOfRow(field)) return `“${field.label}”是从别的表算出来的，不能用来计数。`
  if (counts !== 'distinct' && !isNumber(field)) return `“${field.label}”不是数字，不能合计。`
  return isMany(field) ? `“${field.label}”一格有多项，不能数不同的值。` : undefined
}

function filterFault(form: Form, filter: Conditions): string | undefined {
  for (const [name, wanted] of Object.entries(filter)) {
    const field = form.fields.find((each) => each.name === name)
    if (!field) return `“${form.label}”没有“${name}”这个栏目。`
    if (field.derived || field.private || !narrowing.has(field.type)) return `不能按“${field.label}”筛选。`
    for (const value of [wanted].flat()) {
      const parsed = readField(field, value, { year: 0 })
      if ('error' in parsed) return parsed.error
      if (!sameValue(parsed.value, value)) return `${field.label}的条件应写成 ${JSON.stringify(parsed.value)}。`
    }
  }
  return undefined
}

function check(registers: readonly Form[], row: Row): Errors | undefined {
  const form = registers.find(({ name }) => name === row.form)
  if (!form) return undefined
  const field = fieldFault(form, row.counts as CountingWay, (row.field ?? null) as string | null)
  if (field) return { field }
  const filter = row.filter ? filterFault(form, row.filter as Conditions) : undefined
  return filter ? { filter } : undefined
}

const namesAreNames: Rule = {
  name: 'names_are_names',
  says: '代号和计数栏目由小写英文字母开头，2 到 41 个字母、数字或下划线；代号不能是系统用的名字。',
  looksAt: ['name', 'field'],
  when: 'cell',
  severity: 'must',
  check: ({ name, field }) => {
    const faults = [
      ['name', '代号', name],
      ['field', '计数栏目', field],
    ].flatMap(([at, label, value]) =>
      typeof value !== 'string' || NAME.test(value)
        ? []
        : [[at, `${label}应由小写英文字母开头，只用字母、数字和下划线，2 到 41 个。`]],
    )
    if (typeof name === 'string' && RESERVED.has(name)) faults.push(['name', `“${name}”是系统用的名字，请换一个代号。`])
    return faults.length > 0 ? Object.fromEntries(faults) : undefined
  },
  example: { row: { name: 'unit_id' } },
}

const countsWhatThereIs = (registers: readonly Form[]): Rule => ({
  name: 'counts_what_there_is',
  says: '计数栏目和条件都是所数的表里的栏目：合计要数字，不同值要一格一项，最近一期要按期累计的表。',
  looksAt: ['form', 'counts', 'field', 'filter'],
  when: 'storing',
  severity: 'must',
  check: (row) => check(registers, row),
  example: { row: { form: registers[0]?.name ?? '', counts: 'sum', field: null } },
})

/** `registers`: those in force in the campaign, which its metrics count. */
export const metricsOf = (registers: readonly Form[]) =>
  defineForm({
    name: 'metrics',
    label: '任务指标',
    title: '任务指标',
    annex: null,
    measure: '项',
    scope: 'campaign',
    names: 'label',
    recurs: true,
    grave: true,
    fields: [
      integer('position', '次序', { required: true, min: 1, max: 99, width: 6 }),
      text('name', '代号', { required: true, max: 41, width: 14, note: '小写英文字母开头，用在网址和数据接口里。' }),
      text('label', '指标', { required: true, max: 40, width: 20, note: '也是任务分配表的栏目名。' }),
      text('short', '简称', { max: 12, width: 10 }),
      text('measure', '单位', {
        required: true,
        max: 10,
        width: 8,
        note: '名、个、场；写“万人”的按人计数，按万人显示。',
      }),
      choice('form', '数哪个表', amongRegisters(registers).choices, { ...amongRegisters(registers), required: true }),
      choice('counts', '怎么数', Object.keys(ways), { required: true, width: 12, words: ways }),
      text('field', '计数栏目', { max: 41, width: 14, note: '合计、不同值、最近一期看的栏目，写栏目的代号。' }),
      conditions('filter', '条件', { width: 20, note: '只数符合的行，如 kind=知识竞赛、主题演讲。' }),
      integer('target', '全年目标', { width: 12, note: '留空就是各单位任务之和。' }),
      yesNo('has_quota', '分到单位', { width: 8, note: '分到单位的，任务分配表有这一栏。' }),
      list('synonyms', '别名', { width: 20, note: '任务分配表里这一栏的其他叫法。' }),
    ],
    keys: [['name']],
    unique: [['label']],
    rules: [namesAreNames, countsWhatThereIs(registers)],
  })

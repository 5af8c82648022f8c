/** The columns of a form on paper: what stands over each, how wide it is, where its values come from and how they stand there. */
import { type Field, type Form, printField } from '../form.ts'
import { targetOf } from '../in_force.ts'
import { sameText } from '../text.ts'
import { isMany, wordsOf } from '../types.ts'
import type { Value } from '../value.ts'
import type { CellValue, LayoutColumn } from './layout.ts'
import type { Paper } from './paper.ts'
import { paperWidth } from './styles.ts'

/** Where a column's values come from: a field, a field of the record that a reference points to, the row's unit, a pen. */
export type ColumnSource =
  | { from: 'field'; field: Field }
  | { from: 'beside'; reference: Field; field: Field }
  | { from: 'unit' }
  | { from: 'token' }
  | { from: 'hand' }
export type FormColumn = { source: ColumnSource; column: LayoutColumn; print: (value: Value) => CellValue }

type ColumnOptions = {
  sees: (form: Form, name: string) => boolean
  /** Rows of several units: each says whose it is. */
  with_unit: boolean
  /** Each row says in this hidden column which record it is. */
  token?: FormColumn
  /** Names for drop-downs of references, by field. */
  names?: Readonly<Record<string, readonly string[]>>
}

const centred = new Set(['integer', 'decimal', 'date', 'month', 'datetime', 'choice', 'yes_no', 'phone', 'credit_code'])
const growing = new Set([
  'text',
  'long_text',
  'list',
  'url',
  'attachments',
  'reference',
  'choice',
  'scoring_items',
  'prizes',
])

/** The columns of a form on paper: what the person may see, in the form's order, without 序号. */
export function formColumns(form: Form, options: ColumnOptions): FormColumn[] {
  const columns: FormColumn[] = []
  if (options.with_unit || form.paper?.columns.some(({ of }) => of === 'unit_id')) {
    const column: LayoutColumn = { heading: '填报单位', width: 12, kind: 'text', align: 'center', wraps: true }
    columns.push({ source: { from: 'unit' }, column, print: (value) => (value === null ? null : String(value)) })
  }
  for (const field of form.fields) {
    if (field.unprinted || !options.sees(form, field.name)) continue
    const names = options.names?.[field.name]
    columns.push({ source: { from: 'field', field }, column: columnOf(field, names), print: printerOf(field) })
    for (const [name, headings] of Object.entries(field.beside ?? {})) {
      const target = targetOf(form, field)
      const beside = target && options.sees(target, name) ? target.fields.find((each) => each.name === name) : undefined
      if (!beside) continue
      const column = { ...columnOf(beside), heading: headings[0] ?? beside.label, required: false, note: undefined }
      columns.push({
        source: { from: 'beside', reference: field, field: beside },
        column: { ...column, group: undefined, sum: false },
        print: printerOf(beside),
      })
    }
  }
  const inOrder = form.paper ? asPrinted(columns, form.paper) : columns
  return options.token ? [...inOrder, options.token] : inOrder
}

/** What a column is called in a paper's list: a field beside a reference event_id.held_on. */
export function nameOf({ source }: FormColumn): string | undefined {
  if (source.from === 'unit') return 'unit_id'
  if (source.from === 'beside') return `${source.reference.name}.${source.field.name}`
  return source.from === 'field' ? source.field.name : undefined
}

/** In the order of the printed form, with its widths and words; columns that it has not follow, but for the unit. */
function asPrinted(columns: readonly FormColumn[], { columns: printed }: Paper): FormColumn[] {
  const listed = new Set(printed.flatMap(({ of }) => of ?? []))
  const others = columns.filter((column) => !listed.has(nameOf(column) ?? ''))
  const isUnit = (column: FormColumn) => column.source.from === 'unit'
  return [
    ...others.filter(isUnit),
    ...printed.flatMap(({ of, heading, group, width }): FormColumn[] => {
      if (of === 'number') return []
      if (of === undefined) return [byHand({ heading: heading ?? '', group, width, kind: 'text', align: 'left' })]
      const known = columns.find((column) => nameOf(column) === of)
      if (!known) return []
      const { heading: label, required, note = '' } = known.column
      // what the office printed holds as long as the column is still called so
      const words = heading && (of === 'unit_id' || sameText(heading).includes(sameText(label))) ? heading : label
      const column = { ...known.column, width, group: group ?? known.column.group, heading: words }
      // its own marks are in its words
      return [{ ...known, column: required ? { ...column, required: false, note: `必填。${note}` } : column }]
    }),
    ...others.filter((column) => !isUnit(column)),
  ]
}

const byHand = (column: LayoutColumn): FormColumn => ({ source: { from: 'hand' }, column, print: () => null })

function columnOf(field: Field, names?: readonly string[]): LayoutColumn {
  const kind = { integer: 'number', decimal: 'number', date: 'date' }[field.type as string] ?? 'text'
  const chosen = isMany(field) ? undefined : wordsOf(field)
  const list = chosen ? { names: chosen, strict: true } : names?.length ? { names, strict: false } : undefined
  const short = field.type === 'text' && field.width <= 14
  return {
    heading: field.label,
    group: field.group,
    width: paperWidth(field.width),
    kind: kind as LayoutColumn['kind'],
    align: short || centred.has(field.type) ? 'center' : 'left',
    wraps: growing.has(field.type),
    sum: field.sum ?? false,
    required: (field.required && !field.derived) ?? false,
    note: noteOf(field) || undefined,
    list: field.derived ? undefined : list,
  }
}

/** How a value stands in its cell, so that it is read back as it was. */
function printerOf(field: Field): (value: Value) => CellValue {
  if (field.type === 'integer' || field.type === 'decimal')
    return (value) => (value === null ? null : typeof value === 'number' ? value : String(value))
  // seconds are kept where there are any: a workbook read again must not change the moment
  if (field.type === 'datetime')
    return (value) => (value === null ? null : String(value).replace('T', ' ').replace(/:00$/, ''))
  if (field.type === 'reference') return (value) => (value === null ? null : String(value))
  return (value) => printField(field, value) || null
}

const howTo: Partial<Record<Field['type'], string>> = {
  date: '写成 2019-06-18。',
  month: '写成 1986-04。',
  datetime: '写成 2019-06-18 09:30。',
  list: '几项之间用顿号隔开。',
  url: '从浏览器地址栏复制。',
  attachments: '文件在系统里上传，这里不用填。',
}

function noteOf(field: Field): string {
  if (field.derived) return '由系统统计，不用填。'
  const how =
    howTo[field.type] ?? (field.type === 'phone' ? (field.mobile ? '11 位手机号。' : '手机号，或带区号的座机号。') : '')
  const max = field.type === 'long_text' && field.max ? `最多 ${field.max} 字。` : ''
  const choices = isMany(field) && field.choices ? `可选：${wordsOf(field)?.join('、')}。` : ''
  const alone = field.day_from ? '只写 9:05 时按活动日期计。' : ''
  return [field.note ?? '', how, alone, choices, max].join('')
}

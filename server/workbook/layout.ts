// One official table, described: what stands above it, its columns and headings, what stands below, its page. Plain data
// drawn from a form's definition; draw.ts lays it out with exceljs, rows.ts writes the rows into it.
import { annexOf, type Field, type Form, fieldOf, printField, targetOf, type Value, wordsOf } from '../forms/index.ts'
import {
  heights,
  linesOf,
  type Margins,
  pageFor,
  paperWidth,
  places,
  rowHeight,
  sizes,
  table_margins,
} from './styles.ts'
import { token_heading, tokenWriter } from './tokens.ts'

/** What a row holds in one column. Dates are 'YYYY-MM-DD' text here and become true dates in the sheet. */
export type CellValue = string | number | null

export type LayoutColumn = {
  heading: string
  group?: string
  width: number
  kind: 'text' | 'number' | 'percent' | 'date'
  align: 'left' | 'center'
  /** The row grows with this column's text. */
  wraps?: boolean
  /** 合计 adds this column up. */
  sum?: boolean
  /** A percentage: which columns (0-based, 序号 included) it is the share of. The sheet goes on calculating it. */
  share?: { done: number; target: number }
  required?: boolean
  /** What whoever fills the column should know: a note at its heading, a prompt at its cells. */
  note?: string
  /** A drop-down. Strict: nothing else may be typed. */
  list?: { names: readonly string[]; strict: boolean }
  /** Neither seen nor printed; such columns stand behind all others, so that they are sorted and copied with their row. */
  hidden?: boolean
}

export type LayoutLine = {
  text: string
  style: 'annex' | 'title' | 'meta'
  size: number
  height: number
  spans?: readonly Span[]
}
/** A piece of a line over columns, 0-based, both included. */
type Span = { from: number; to: number; text: string }

export type SheetLayout = {
  sheet: string
  lines: readonly LayoutLine[]
  /** The first column is 序号, which the writer fills. */
  columns: readonly LayoutColumn[]
  /** Heights of the heading's one or two rows. */
  heading: readonly number[]
  /** Rows drawn empty, to be filled by hand. */
  blank_rows: number
  /** The words of the 合计 row; undefined where nothing is added up. */
  total?: string
  /** formula: the sheet goes on adding. merged: the words stand over the first two columns. */
  total_style: { formula: boolean; merged: boolean }
  foot: readonly string[]
  row_height: number
  /** Font size of the rows. */
  size: number
  landscape: boolean
  margins: Margins
  frozen_columns: number
  /** A form to fill: marks of mandatory columns, notes and prompts are drawn. */
  to_fill: boolean
  /** A registered paper says so below the table and at the foot of every page. */
  seal?: Seal
}

/** `lines` stand below the signature with `picture` (a GIF) beside them, `footer` on every printed page. */
export type Seal = { lines: readonly string[]; picture: Buffer; footer: string }

export const numbering: LayoutColumn = { heading: '序号', width: 6, kind: 'number', align: 'center' }

// Columns of a form ------------------------------------------------------------------------------------------------

/** Where a column's values come from: a field, a field of the record that a reference points to, or the row's unit. */
export type ColumnSource =
  | { from: 'field'; field: Field }
  | { from: 'beside'; reference: Field; field: Field }
  | { from: 'unit' }
  | { from: 'token' }
export type FormColumn = { source: ColumnSource; column: LayoutColumn; print: (value: Value) => CellValue }

type ColumnOptions = {
  sees: (form: Form, name: string) => boolean
  /** Rows of several units: each says whose it is. */
  with_unit: boolean
  /** Each row says in a hidden column which record it is: see tokens.ts. */
  with_token?: boolean
  /** Names for drop-downs of references, by field. */
  names?: Readonly<Record<string, readonly string[]>>
}

const centred = new Set(['integer', 'decimal', 'date', 'month', 'datetime', 'choice', 'yes_no', 'phone', 'credit_code'])
const growing = new Set(['text', 'long_text', 'list', 'url', 'attachments', 'reference', 'choice'])

/** The columns of a form on paper: what the person may see, in the form's order, without 序号. */
export function formColumns(form: Form, options: ColumnOptions): FormColumn[] {
  const columns: FormColumn[] = []
  if (options.with_unit) {
    const column: LayoutColumn = { heading: '填报单位', width: 12, kind: 'text', align: 'center', wraps: true }
    columns.push({ source: { from: 'unit' }, column, print: (value) => (value === null ? null : String(value)) })
  }
  for (const field of form.fields) {
    if (field.unprinted || !options.sees(form, field.name)) continue
    const names = options.names?.[field.name]
    columns.push({ source: { from: 'field', field }, column: columnOf(field, names), print: printerOf(field) })
    for (const [name, headings] of Object.entries(field.beside ?? {})) {
      const target = targetOf(form, field)
      const beside = target && options.sees(target, name) ? fieldOf(target, name) : undefined
      if (!beside) continue
      const column = { ...columnOf(beside), heading: headings[0] ?? beside.label, required: false, note: undefined }
      columns.push({
        source: { from: 'beside', reference: field, field: beside },
        column: { ...column, group: undefined, sum: false },
        print: printerOf(beside),
      })
    }
  }
  if (options.with_token) {
    const column: LayoutColumn = { heading: token_heading, width: 12, kind: 'text', align: 'left', hidden: true }
    columns.push({ source: { from: 'token' }, column, print: printToken(form) })
  }
  return columns
}

/** A row's token from [campaign, unit, id, version]; absent ones are 0. */
function printToken({ name }: Form): (value: Value) => CellValue {
  const write = tokenWriter(name)
  return (value) => {
    const parts = value as unknown as readonly (number | null)[]
    const [campaignId, unitId, id, version] = parts
    return write({ campaign_id: campaignId ?? 0, unit_id: unitId ?? 0, id: id ?? 0, version: version ?? 0 })
  }
}

/** The columns that are seen and printed. */
export const visible = (columns: readonly LayoutColumn[]) => columns.filter(({ hidden }) => !hidden)

function columnOf(field: Field, names?: readonly string[]): LayoutColumn {
  const kind = { integer: 'number', decimal: 'number', date: 'date' }[field.type as string] ?? 'text'
  const chosen = field.type === 'list' ? undefined : wordsOf(field)
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
  const choices = field.type === 'list' && field.choices ? `可选：${wordsOf(field)?.join('、')}。` : ''
  const alone = field.day_from ? '只写 9:05 时按活动日期计。' : ''
  return [field.note ?? '', how, alone, choices, max].join('')
}

// The whole paper --------------------------------------------------------------------------------------------------

type PaperParts = {
  form: Form
  columns: readonly FormColumn[]
  /** Absent for what belongs to no year. */
  year?: number
  /** What the line above the table says; a form that no unit fills has none. Blanks are left to be written by hand. */
  reported?: { unit: string; by: string; on: string }
  /** A form to fill instead of rows. */
  to_fill: boolean
}

const blankRows = { least: 10, most: 40 }

/** The official table of a form. */
export function formLayout({ form, columns: given, year, reported, to_fill }: PaperParts): SheetLayout {
  const allColumns = [numbering, ...given.map(({ column }) => column)]
  const columns = visible(allColumns)
  const width = widthOf(columns)
  const page = pageFor(width)
  const title = `${year === undefined ? '' : `${year}年`}${form.title}`
  const lines = headLines(annexOf(form), title, columns)
  if (reported)
    lines.push({ text: '', style: 'meta', size: sizes.body, height: heights.meta, spans: metaSpans(columns, reported) })
  const heading = headingHeights(columns)
  // A later snapshot of the same content replaces the earlier one: a sheet can't add those up by itself.
  const adds = columns.some((column) => column.sum) && !(form.series && to_fill)
  const foot = reported ? ['单位负责人（签字）：'] : []
  const above = [...lines.map((line) => line.height), ...heading].reduce((sum, height) => sum + height, 0)
  const below = (adds ? heights.row : 0) + foot.length * heights.sign_off
  const rows = Math.min(blankRows.most, Math.max(blankRows.least, page.rows(above + below, heights.row)))
  return {
    sheet: form.label,
    lines,
    columns: allColumns,
    heading,
    blank_rows: to_fill ? rows : 0,
    ...(adds ? { total: form.series ? '合计（每条内容取最近一期）' : '合计' } : {}),
    // in a form to fill, rows pasted past the last blank one must not meet merged cells
    total_style: { formula: !form.series, merged: !to_fill },
    foot,
    row_height: heights.row,
    size: sizes.body,
    landscape: page.landscape,
    margins: table_margins,
    frozen_columns: frozenColumns(form, given),
    to_fill,
  }
}

export const widthOf = (columns: readonly LayoutColumn[]) => columns.reduce((sum, column) => sum + column.width, 0)
const MAX_GROWTH = 1.35
const MIN_TITLE_POINTS = 17

/** 附件n and the title. What is printed smaller to fit the page is written larger, so that a title stays one. */
export function headLines(annex: string | undefined, title: string, columns: readonly LayoutColumn[]): LayoutLine[] {
  const width = widthOf(columns)
  const growth = Math.min(MAX_GROWTH, 1 / pageFor(width).scale)
  const size = (points: number) => Math.round(points * growth)
  let points = size(sizes.title)
  while (points > MIN_TITLE_POINTS && linesOf(title, width, points) > 1) points--
  const height = size(heights.title) * linesOf(title, width, points)
  const lines: LayoutLine[] = [{ text: title, style: 'title', size: points, height }]
  const first = annex
    ? { text: annex, style: 'annex' as const, size: size(sizes.annex), height: size(heights.annex) }
    : null
  return first ? [first, ...lines] : lines
}

/** The columns up to the one that names a row stay in sight while scrolling, unless they take up the screen. */
function frozenColumns(form: Form, columns: readonly FormColumn[]): number {
  const at = columns.findIndex(({ source }) => source.from === 'field' && source.field.name === form.names)
  const width = columns.slice(0, at + 1).reduce((sum, { column }) => sum + column.width, numbering.width)
  return at >= 0 && width <= 62 ? at + 2 : 1
}

/** One row of headings, or two where columns share an upper one. */
export function headingHeights(columns: readonly LayoutColumn[]): number[] {
  const tallest = (of: readonly LayoutColumn[], extra = 0) =>
    of.reduce((most, { heading, width }) => Math.max(most, linesOf(heading, width - extra, sizes.body)), 1)
  // the mark of a mandatory column takes a place
  const grouped = columns.filter((column) => column.group)
  const single = columns.filter((column) => !column.group)
  if (grouped.length === 0) return [rowHeight(tallest(columns, 1), sizes.body, 30)]
  const lower = rowHeight(tallest(grouped, 1))
  return [Math.max(heights.row, rowHeight(tallest(single, 1)) - lower), lower]
}

/** 填报单位（盖章） · 填报人 · 联系电话 · 填报日期, over the columns as their words need room. */
function metaSpans(
  columns: readonly LayoutColumn[],
  { unit, by, on }: { unit: string; by: string; on: string },
): Span[] {
  const texts = [`填报单位（盖章）：${unit}`, `填报人：${by}`, '联系电话：', `填报日期：${on}`]
  const wanted = [Math.max(40, places(texts[0] ?? '') + 2), 18, 24, 28]
  const all = wanted.reduce((sum, each) => sum + each, 0)
  const width = widthOf(columns)
  const spans: Span[] = []
  let from = 0
  let end = 0
  let passed = 0
  for (const [index, text] of texts.entries()) {
    end += ((wanted[index] ?? 0) / all) * width
    let to = from
    passed += columns[to]?.width ?? 0
    const left = texts.length - 1 - index
    while (to + 1 + left < columns.length && (left === 0 || passed + (columns[to + 1]?.width ?? 0) / 2 < end)) {
      to++
      passed += columns[to]?.width ?? 0
    }
    spans.push({ from, to, text })
    from = to + 1
  }
  return spans
}

/**
 * One official table, described: what stands above it, its columns and headings, what stands below, its page. Plain data
 * made of a form's definition; workbook/draw.ts draws it with exceljs, the designer as a picture.
 */
import { annexOf, type Form } from '../form.ts'
import type { FormColumn } from './columns.ts'
import { heights, linesOf, type Margins, pageFor, places, rowHeight, sizes, table_margins } from './styles.ts'

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
  style: 'annex' | 'title' | 'meta' | 'note'
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
  /** formula: the sheet goes on adding. merged: the words stand over the first two columns, or over so many. */
  total_style: { formula: boolean; merged: boolean; over?: number; height?: number }
  foot: readonly string[]
  /** Lines below the table as an office printed them, before `foot`. */
  below?: readonly LayoutLine[]
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
export type Seal = { lines: readonly string[]; picture: Uint8Array; footer: string }

export const numbering: LayoutColumn = { heading: '序号', width: 6, kind: 'number', align: 'center' }

/** The columns that are seen and printed. */
export const visible = (columns: readonly LayoutColumn[]) => columns.filter(({ hidden }) => !hidden)

export type PaperParts = {
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

/** The official table of a form, as the house draws it. */
export function ownLayout({ form, columns: given, year, reported, to_fill }: PaperParts): SheetLayout {
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

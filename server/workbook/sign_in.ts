// 签到表 on paper: A4, the event above the table, lines high enough to be written on.
import {
  headingHeights,
  headLines,
  type LayoutColumn,
  type LayoutLine,
  numbering,
  type SheetLayout,
  visible,
  widthOf,
} from '../forms/paper/layout.ts'
import { heights, pageFor, sizes, table_margins } from '../forms/paper/styles.ts'

type SignIn = {
  /** Of the form, the hidden token last. */
  columns: readonly LayoutColumn[]
  year: number
  annex: number | null
  title: string
  event: string
  /** YYYY-MM-DD */
  on: string
  place: string
  unit: string
}

/** To be signed by hand; not read (heading.ts knows it). */
const signature: LayoutColumn = { heading: '本人签名', width: 12, kind: 'text', align: 'center' }
const LINE_HEIGHT_POINTS = 28
/** On a narrow page the table must stay readable: widths of the columns as people write into them. */
const widths: Record<string, number> = { 单位: 22, '职务/工种': 11, 手机号: 13, 签到时间: 12, 备注: 9.5 }

/** Rows have one value for each column behind 序号: those of the form, the signature, the token. */
export function signInLayout({ columns: given, year, annex, title, event, on, place, unit }: SignIn): SheetLayout {
  const token = given.at(-1)
  const own = given.slice(0, -1).map((column) => {
    const width = widths[column.heading]
    return { ...column, width: width ?? column.width, wraps: width !== undefined }
  })
  const columns = [numbering, ...own, signature, ...(token ? [token] : [])]
  const shown = visible(columns)
  const last = shown.length - 1
  const middle = Math.floor(last / 2)
  const meta = (spans: NonNullable<LayoutLine['spans']>): LayoutLine => ({
    text: '',
    style: 'meta',
    size: sizes.body,
    height: heights.meta,
    spans,
  })
  const page = pageFor(widthOf(shown))
  return {
    sheet: '签到',
    lines: [
      ...headLines(annex === null ? undefined : `附件${annex}`, `${year}年${title}`, shown),
      meta([{ from: 0, to: last, text: `活动名称：${event}` }]),
      meta([
        { from: 0, to: middle, text: `活动地点：${place}` },
        { from: middle + 1, to: last, text: `活动日期：${on}` },
      ]),
      meta([
        { from: 0, to: middle, text: `填报单位：${unit}` },
        { from: middle + 1, to: last, text: '填报人：' },
      ]),
    ],
    columns,
    heading: headingHeights(shown),
    blank_rows: 0,
    total_style: { formula: false, merged: false },
    foot: ['活动负责人（签字）：', '注：签到时间可以只写 9:05，按活动日期计；印好的人没有签到时间的，不会记入。'],
    row_height: LINE_HEIGHT_POINTS,
    size: sizes.body,
    landscape: page.landscape,
    margins: table_margins,
    frozen_columns: 2,
    to_fill: false,
  }
}

const MIN_BLANK_LINES = 10

/** So many blank lines that the last page is full, at least ten. */
export function linesToFill(layout: SheetLayout, known: number): number {
  const page = pageFor(widthOf(visible(layout.columns)))
  const heading = layout.heading.reduce((sum, height) => sum + height, 0)
  const above = layout.lines.reduce((sum, { height }) => sum + height, heading)
  const below = layout.foot.length * heights.sign_off
  const first = page.rows(above, LINE_HEIGHT_POINTS)
  const later = page.rows(heading, LINE_HEIGHT_POINTS)
  const wanted = known + MIN_BLANK_LINES + Math.ceil(below / LINE_HEIGHT_POINTS)
  const pages = Math.max(0, Math.ceil((wanted - first) / later))
  return first + pages * later - known - Math.ceil(below / LINE_HEIGHT_POINTS)
}

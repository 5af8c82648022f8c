/** The official table of a form: as an office printed it where its definition says so, else as the house draws it. */
import { annexOf } from '../form.ts'
import { nameOf } from './columns.ts'
import {
  headingHeights,
  type LayoutLine,
  numbering,
  ownLayout,
  type PaperParts,
  type SheetLayout,
  visible,
  widthOf,
} from './layout.ts'
import { filledIn, type Paper, type PrintedLine } from './paper.ts'
import { heights, linesOf, rowHeight, sizes } from './styles.ts'

export function formLayout(parts: PaperParts): SheetLayout {
  const own = ownLayout(parts)
  return parts.form.paper ? asPrinted(own, parts, parts.form.paper) : own
}

const points: Record<PrintedLine['role'], number> = {
  annex: sizes.annex,
  title: sizes.title,
  meta: sizes.body,
  note: sizes.body,
}
const least: Record<PrintedLine['role'], number> = {
  annex: heights.annex,
  title: heights.title,
  meta: heights.meta,
  note: heights.row,
}

function asPrinted(own: SheetLayout, parts: PaperParts, paper: Paper): SheetLayout {
  const { form, year, reported, to_fill } = parts
  const numbered = paper.columns.find(({ of }) => of === 'number')
  const columns = own.columns.map((column, at) =>
    at === 0 && numbered
      ? { ...numbering, width: numbered.width, heading: numbered.heading ?? numbering.heading, group: numbered.group }
      : column,
  )
  const shown = visible(columns)
  const known = {
    year: year === undefined ? '' : String(year),
    title: form.title,
    annex: annexOf(form)?.slice('附件'.length) ?? '',
    ...reported,
    // an empty form has blanks of its own
    ...(to_fill && { on: '' }),
  }
  const place = placesOf(parts, paper)
  const last = shown.length - 1
  const lines = (printed: readonly PrintedLine[]) =>
    printed.map((line): LayoutLine => {
      const spans = line.cells.map(({ from, to, text }) => {
        const first = Math.min(place(from), last)
        return { from: first, to: Math.max(first, Math.min(place(to), last)), text: filledIn(text, known) }
      })
      return {
        text: '',
        style: line.role,
        size: points[line.role],
        height: line.height ?? heightOf(line.role, spans, shown),
        spans: apart(spans),
      }
    })
  const heading = headingHeights(shown)
  return {
    ...own,
    columns,
    lines: lines(paper.above),
    heading: heading.map((height, at) => (heading.length === paper.heading.length && paper.heading[at]) || height),
    blank_rows: to_fill ? (paper.rows ?? own.blank_rows) : 0,
    total: paper.total?.text,
    total_style: paper.total
      ? { ...own.total_style, merged: true, over: place(paper.total.to) + 1, height: paper.total.height }
      : own.total_style,
    foot: [],
    below: lines(paper.below),
    row_height: paper.row_height ?? own.row_height,
  }
}

/** Where a column of the printed form stands among those that are there: the last of its own that begins no further right. */
function placesOf({ columns }: PaperParts, paper: Paper): (column: number) => number {
  const names = columns.map(nameOf)
  const placed: number[] = []
  let hands = 0
  for (const { of } of paper.columns) {
    const before = placed.at(-1) ?? 0
    if (of === 'number') placed.push(0)
    else if (of === undefined) placed.push(handAt(columns, hands++) ?? before)
    else placed.push(names.includes(of) ? names.indexOf(of) + 1 : before)
  }
  const end = placed.length - 1
  // what stood over the last column stands over what was added behind it, too
  return (column) => (column >= end ? columns.length : (placed[column] ?? column))
}

function handAt(columns: PaperParts['columns'], which: number): number | undefined {
  const hands = columns.flatMap(({ source }, at) => (source.from === 'hand' ? [at + 1] : []))
  return hands[which]
}

type Spans = NonNullable<LayoutLine['spans']>

/** Spans of which none begins within another: columns that are not seen push them together. */
function apart(spans: Spans): Spans {
  const kept: { from: number; to: number; text: string }[] = []
  for (const span of spans) {
    const before = kept.at(-1)
    if (before && span.from <= before.to && before.from < span.from) before.to = span.from - 1
    if (before && span.from <= before.to) before.text = `${before.text}  ${span.text}`
    else kept.push({ ...span })
  }
  return kept
}

function heightOf(role: PrintedLine['role'], spans: Spans, columns: SheetLayout['columns']): number {
  const lines = spans.map(({ from, to, text }) =>
    to > from ? linesOf(text, widthOf(columns.slice(from, to + 1)), points[role]) : 1,
  )
  return rowHeight(Math.max(1, ...lines), points[role], least[role])
}

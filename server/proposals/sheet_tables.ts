/**
 * The table on a sheet, found without knowing any form: where its heading is, what stands above and below, which rows are to
 * be filled, which hold data and which are examples. Pure functions over a sheet that was read.
 */
import type { Heading } from '../workbook/heading.ts'
import { lineReader } from '../workbook/lines.ts'
import { type CellRange, cellAddress, type SheetRow } from '../workbook/read.ts'
import { LABEL } from '../workbook/said_above.ts'
import type { SheetRead } from './read_sheets.ts'

/** A text over columns, 0-based, both included. */
type AnnexCell = { from: number; to: number; text: string }
export type AnnexLine = { row: number; height: number | undefined; cells: AnnexCell[] }

export type AnnexColumn = {
  column: number
  /** The cell of its own heading: H4. */
  cell: string
  /** As printed, with line ends and marks; rows above it joined in `group`. */
  heading: string
  group: string | undefined
  width: number | undefined
}

export type AnnexTable = {
  sheet: string
  range: string
  above: AnnexLine[]
  /** First and last row of the heading, and the heights of its rows. */
  heading: { from: number; to: number; heights: (number | undefined)[] }
  columns: AnnexColumn[]
  /** Rows with data, examples left out. */
  rows: SheetRow[]
  row_count: number
  examples: SheetRow[]
  /** Rows between the heading and what stands below, empty or not. */
  room: number
  row_height: number | undefined
  total: (AnnexLine & { sums: number[] }) | undefined
  below: AnnexLine[]
}

const MAX_HEADING_ROW = 30
const MAX_HEADING_HEIGHT = 3
const MAX_HEADING_CHARS = 60
const MAX_COLUMNS = 200
/** A heading covers most of its sheet's width; a line of labels and values does not. */
const LEAST_COVER = 0.6
const EXAMPLE_NUMBER = /^[（(]?(示例|样例|范例|举例|例如|例|如)[\d一二三：:]*[)）]?$/
const EXAMPLE_WORDS = /示例|样例|范例|[某×]{2}|张某|李某/
export const NUMBERING = /^(序号|编号|序|no\.?|№|#|行号)$/i

export const bare = (text: string) => text.replace(/\s+/g, '')

/** The table of a sheet; undefined where there is none. */
export function tableOf(sheet: SheetRead): AnnexTable | undefined {
  const merges = sheet.merges.map((merge) => ({ ...merge, to_column: Math.min(merge.to_column, MAX_COLUMNS) }))
  const found = headingOf(sheet.rows, merges)
  if (!found) return undefined
  const columns = columnsOf(sheet, merges, found)
  if (columns.length < 2) return undefined
  const lines = linesBelow(sheet, merges, found, columns)
  const lineAt = lineReaderOf(sheet, merges)
  const last = columns.at(-1)?.column ?? 0
  const lastRow = Math.max(found.to, ...sheet.rows.map(({ number }) => number))
  const range = (from: number, to: number) => Array.from({ length: Math.max(0, to - from) }, (_, at) => from + at)
  return {
    sheet: sheet.name,
    range: `${cellAddress(columns[0]?.column ?? 0, found.from)}:${cellAddress(last, lastRow)}`,
    above: range(1, found.from).map(lineAt),
    heading: { ...found, heights: range(found.from, found.to + 1).map((row) => sheet.look?.heights.get(row)) },
    columns,
    rows: lines.data,
    row_count: lines.data.length + Math.max(0, sheet.row_count - sheet.rows.length),
    examples: lines.examples,
    room: lines.until - found.to - 1,
    row_height: sheet.look?.heights.get(found.to + lines.examples.length + 1) ?? sheet.look?.heights.get(found.to + 1),
    total: lines.total && { ...lineAt(lines.total.number), sums: sumsOf(lines.total, columns) },
    below: range(lines.below, lastRow + 1).map(lineAt),
  }
}

// The heading ------------------------------------------------------------------------------------------------------

type HeadingRows = { from: number; to: number }

function headingOf(rows: readonly SheetRow[], merges: readonly CellRange[]): HeadingRows | undefined {
  const first = rows.filter(({ number }) => number <= MAX_HEADING_ROW)
  const width = Math.max(0, ...first.map((row) => coverOf(row, merges)))
  for (const row of first) {
    if (!mayHead(row)) continue
    const isNumbered = row.cells.some((cell) => cell && NUMBERING.test(bare(cell.text)))
    if (isNumbered || coverOf(row, merges) >= width * LEAST_COVER)
      return { from: row.number, to: endOf(row, first, merges) }
  }
  return undefined
}

/** Words only, short ones, at least two of them, and none that asks for its value beside it. */
function mayHead({ cells }: SheetRow): boolean {
  const filled = cells.filter((cell) => cell !== undefined)
  return (
    filled.length >= 2 &&
    filled.every(({ kind, text }) => (kind === 'text' && text.length <= MAX_HEADING_CHARS) || /^\d{1,2}$/.test(text)) &&
    filled.filter(({ kind }) => kind === 'text').length >= 2 &&
    !filled.some(({ text }) => text.search(LABEL) >= 0 || /[：:]\s*$/.test(text)) &&
    new Set(filled.map(({ text }) => text)).size > 1
  )
}

/** How many columns a row has words over. */
function coverOf(row: SheetRow, merges: readonly CellRange[]): number {
  let cover = 0
  for (const [column, cell] of row.cells.entries()) {
    if (!cell) continue
    const merge = mergeAt(merges, row.number, column)
    const isWhole = merge && row.cells.filter(Boolean).length === 1
    cover += merge && !isWhole ? merge.to_column - merge.from_column + 1 : 1
  }
  return cover
}

const mergeAt = (merges: readonly CellRange[], row: number, column: number): CellRange | undefined =>
  merges.find(
    (each) => each.from_row <= row && each.to_row >= row && each.from_column <= column && each.to_column >= column,
  )

/** The last row of a heading: as far as its cells are merged down, and the words under those merged across. */
function endOf(top: SheetRow, rows: readonly SheetRow[], merges: readonly CellRange[]): number {
  const most = top.number + MAX_HEADING_HEIGHT - 1
  let end = top.number
  for (let at = top.number; at <= end; at++) {
    for (const merge of merges) {
      if (merge.from_row !== at || merge.to_row > most) continue
      end = Math.max(end, merge.to_row)
      const next = rows.find(({ number }) => number === merge.to_row + 1)
      const under = next?.cells.slice(merge.from_column, merge.to_column + 1) ?? []
      const isUpper = merge.to_column > merge.from_column && under.some((cell) => cell?.kind === 'text')
      if (isUpper && next && next.number <= most && top.cells.length > under.length) end = Math.max(end, next.number)
    }
  }
  return end
}

function columnsOf(sheet: SheetRead, merges: readonly CellRange[], { from, to }: HeadingRows): AnnexColumn[] {
  const rows = new Map(
    sheet.rows.filter(({ number }) => number >= from && number <= to).map((row) => [row.number, row]),
  )
  const width = Math.min(
    MAX_COLUMNS,
    Math.max(
      0,
      ...[...rows.values()].map(({ cells }) => cells.length),
      ...merges.filter((merge) => merge.from_row >= from && merge.to_row <= to).map((merge) => merge.to_column + 1),
    ),
  )
  const columns: AnnexColumn[] = []
  for (let column = 0; column < width; column++) {
    const parts: { text: string; cell: string }[] = []
    for (let row = from; row <= to; row++) {
      const merge = mergeAt(merges, row, column)
      const [atRow, atColumn] = merge ? [merge.from_row, merge.from_column] : [row, column]
      const text = rows.get(atRow)?.cells[atColumn]?.text.trim() ?? ''
      const cell = cellAddress(atColumn, atRow)
      if (text !== '' && cell !== parts.at(-1)?.cell) parts.push({ text, cell })
    }
    const own = parts.at(-1)
    if (!own || (columns.at(-1)?.cell === own.cell && own.text === columns.at(-1)?.heading)) continue
    const group =
      parts.length > 1
        ? parts
            .slice(0, -1)
            .map(({ text }) => text)
            .join(' ')
        : undefined
    columns.push({ column, cell: own.cell, heading: own.text, group, width: sheet.look?.widths[column] })
  }
  return columns
}

// The rows ---------------------------------------------------------------------------------------------------------

/** `until`: the first row that is not to be filled; `below`: the first one behind 合计. */
type LinesBelow = {
  data: SheetRow[]
  examples: SheetRow[]
  total: SheetRow | undefined
  until: number
  below: number
}

function linesBelow(
  sheet: SheetRead,
  merges: readonly CellRange[],
  { from, to }: HeadingRows,
  columns: readonly AnnexColumn[],
): LinesBelow {
  const heading: Heading = {
    from,
    to,
    remarks: [],
    score: 0,
    columns: columns.map(({ column, heading: words }) => ({
      column,
      heading: words,
      kind: NUMBERING.test(bare(words)) ? 'number' : 'field',
      field: null,
    })),
  }
  const kindOf = lineReader(heading, merges)
  const under = sheet.rows.filter(({ number }) => number > to).map((row) => ({ row, kind: kindOf(row) }))
  const lastFilled = under.findLastIndex(({ kind }) => kind === 'data')
  const lastTotal = under.findLast(({ kind }, at) => kind === 'total' && at >= lastFilled)?.row
  const end = under.find(({ row, kind }, at) => at > lastFilled && kind !== 'blank' && row.number > to)?.row.number
  const lastRow = under.at(-1)?.row.number ?? to
  const until = end ?? lastRow + 1
  const data = under.filter(({ row, kind }) => kind === 'data' && row.number < until).map(({ row }) => row)
  const examples = data.filter((row) => isExample(row, sheet))
  return {
    data: data.filter((row) => !examples.includes(row)),
    examples,
    total: lastTotal,
    until,
    below: lastTotal ? lastTotal.number + 1 : until,
  }
}

/** 例 as its number, words that say so, or all of it written in grey. */
function isExample({ number, cells }: SheetRow, { look }: SheetRead): boolean {
  const filled = [...cells.entries()].filter(([, cell]) => cell !== undefined)
  if (filled.some(([column, cell]) => column < 2 && EXAMPLE_NUMBER.test(bare(cell?.text ?? '')))) return true
  if (filled.some(([, cell]) => /^[（(【]?(示例|样例|范例)/.test(cell?.text.trim() ?? ''))) return true
  const greys = filled.filter(([column]) => look?.looks.get(number)?.get(column)?.is_grey)
  const words = filled.filter(([, cell]) => cell?.kind === 'text')
  return (
    greys.length > 0 &&
    greys.length >= filled.length - 1 &&
    (filled.length > 2 || words.some(([, cell]) => EXAMPLE_WORDS.test(cell?.text ?? '')))
  )
}

const sumsOf = (total: SheetRow, columns: readonly AnnexColumn[]): number[] =>
  columns.flatMap(({ column }) => {
    const kind = total.cells[column]?.kind
    return kind === 'number' || kind === 'formula_uncached' ? column : []
  })

/** A function that gives the texts of a row with the columns they stand over. */
function lineReaderOf(sheet: SheetRead, merges: readonly CellRange[]): (number: number) => AnnexLine {
  const rows = new Map(sheet.rows.map((row) => [row.number, row]))
  return (number) => ({
    row: number,
    height: sheet.look?.heights.get(number),
    cells: [...(rows.get(number)?.cells.entries() ?? [])].flatMap(([column, cell]) => {
      if (!cell || cell.text.trim() === '') return []
      const merge = mergeAt(merges, number, column)
      return { from: column, to: merge?.to_column ?? column, text: cell.kind === 'text' ? cell.text : `${cell.text}` }
    }),
  })
}

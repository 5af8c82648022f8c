// A workbook from a layout and rows that arrive in batches. The frame is drawn by exceljs (draw.ts), the rows are
// streamed into it (rows.ts), the zip grows meanwhile (zip_write.ts): ten rows and a million take the same way and about
// the same memory.

import type { CellValue, SheetLayout } from '../forms/paper/layout.ts'
import { type Drawn, drawWorkbook, type Filled, firstRow } from './draw.ts'
import { rowWriter } from './rows.ts'
import { type ZipEntry, zip } from './zip_write.ts'

/** A sheet has 1,048,576 rows; the heading, 合计 and signatures need some. */
const MAX_ROWS_A_SHEET = 1_000_000
const MAX_SHEETS = 20
/** Rows written at a stretch: other requests are answered in between. */
const STRETCH_ROWS = 400

export type WrittenRows = readonly (readonly CellValue[])[]
export type Batches = AsyncIterable<WrittenRows> | Iterable<WrittenRows>

export type WriteOptions = {
  /** What 合计 says, one for each column behind 序号, where it is no plain sum of the rows. */
  totals?: readonly (number | null)[]
  rows_a_sheet?: number
  /** Aborted: writing stops by throwing. */
  signal?: AbortSignal
}

/** The bytes of the workbook. Each row has one value for each column behind 序号. */
export function writeWorkbook(
  layout: SheetLayout,
  batches: Batches,
  options: WriteOptions = {},
): AsyncGenerator<Buffer> {
  return zip(entriesOf(layout, batches, options))
}

/** The rows of a form to fill. */
export const blankRows = (layout: SheetLayout): WrittenRows[] => [Array.from({ length: layout.blank_rows }, () => [])]

/** Sheets first, as many as the rows need; then what exceljs drew for all of them. */
async function* entriesOf(layout: SheetLayout, batches: Batches, options: WriteOptions): AsyncGenerator<ZipEntry> {
  const source = rowSource(batches, options.signal)
  const most = options.rows_a_sheet ?? MAX_ROWS_A_SHEET
  const done: Filled[] = []
  let drawn: Drawn | undefined
  do {
    if (done.length === MAX_SHEETS) throw new Error('more rows than a workbook may hold')
    const index = done.length
    const before = done.reduce((sum, { rows }) => sum + rows, 0)
    const start = await source.take(Math.min(most, STRETCH_ROWS))
    // few rows are drawn once: then it is known what follows them before the head is written
    const isSmall = await source.isDone()
    const sums = summing(layout, options.totals)
    const fill = (rows: number, isLast: boolean): Filled => ({
      rows,
      totals: sums.totals(),
      ...(isLast && index === 0 ? {} : { is_part: true }),
    })
    sums.add(start)
    const first = await drawWorkbook(layout, [...done, fill(start.length, isSmall)])
    const frame = first.sheets[index]
    if (!frame) throw new Error('no sheet was drawn')
    const write = stretchWriter(layout, frame.styles, before)
    drawn = first
    const content = async function* () {
      yield frame.head
      yield write(start, 0)
      let rows = start.length
      while (!isSmall && rows < most) {
        const next = await source.take(Math.min(STRETCH_ROWS, most - rows))
        if (next.length === 0) break
        sums.add(next)
        yield write(next, rows)
        rows += next.length
      }
      done.push(fill(rows, await source.isDone()))
      if (!isSmall) drawn = await drawWorkbook(layout, done)
      const last = drawn?.sheets[index]
      if (last?.styles.join() !== frame.styles.join()) throw new Error('two drawings of a sheet differ in their styles')
      yield last.foot
    }
    yield { name: `xl/worksheets/sheet${index + 1}.xml`, content: content() }
  } while (!(await source.isDone()))
  for (const { name, bytes } of drawn?.parts ?? []) yield { name, content: bytes }
}

function stretchWriter(layout: SheetLayout, styles: readonly number[], before: number) {
  const writeRow = rowWriter(layout.columns, styles, { least_height: layout.row_height, size: layout.size })
  const first = firstRow(layout)
  return (rows: WrittenRows, at: number) => {
    let xml = ''
    for (const [index, row] of rows.entries()) xml += writeRow(first + at + index, before + at + index + 1, row)
    return xml
  }
}

function summing({ columns }: SheetLayout, given: WriteOptions['totals']) {
  const added = columns.flatMap((column, index) => (column.sum && !given ? [index] : []))
  const totals: (number | null)[] = given ? [null, ...given] : columns.map((column) => (column.sum ? 0 : null))
  return {
    add: (rows: WrittenRows) => {
      for (const index of added)
        for (const row of rows) {
          const value = row[index - 1]
          if (typeof value === 'number') totals[index] = (totals[index] ?? 0) + value
        }
    },
    totals: () => [...totals],
  }
}

/** Rows by the number wanted, whatever batches they come in. */
function rowSource(batches: Batches, signal?: AbortSignal) {
  const iterator =
    Symbol.asyncIterator in batches
      ? batches[Symbol.asyncIterator]()
      : (batches as Iterable<WrittenRows>)[Symbol.iterator]()
  let held: WrittenRows = []
  let at = 0
  let isOver = false
  async function refill() {
    while (at >= held.length && !isOver) {
      signal?.throwIfAborted()
      const next = await iterator.next()
      if (next.done) isOver = true
      else [held, at] = [next.value, 0]
    }
  }
  return {
    /** So many rows, fewer only when there are no more. */
    take: async (wanted: number): Promise<WrittenRows> => {
      const taken: (readonly CellValue[])[] = []
      for (await refill(); taken.length < wanted && at < held.length; await refill()) {
        const piece = held.slice(at, at + wanted - taken.length)
        if (taken.length === 0 && piece.length === wanted) {
          at += piece.length
          return piece
        }
        taken.push(...piece)
        at += piece.length
      }
      return taken
    },
    isDone: async () => {
      await refill()
      return isOver
    },
  }
}

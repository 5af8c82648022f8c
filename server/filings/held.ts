/**
 * An uploaded workbook compared with a registered paper: what is printed under the paper's own headings, cell by
 * cell. Nothing is understood as a form: columns nobody types, masked phones and numbers given by the system are compared
 * like all others. A program that saves a paper again changes what cells are made of (text, number, date, formula without
 * a result), not what they say: a cell that reads as the registered number, day or words is the registered one.
 *
 * Runs in the reading thread (workbook/thread.ts); knows no database.
 */

import type { CellValue } from '../forms/paper/layout.ts'
import { dateOfSerial, type WorkbookCell } from '../workbook/cells.ts'
import { type Limits, readWorkbook, type Sheet, type SheetRow } from '../workbook/read.ts'
import { inThread } from '../workbook/thread.ts'
import type { CellDifference, Snapshot } from './snapshot.ts'

type Holding = {
  bytes: Buffer
  file_name: string
  /** What was registered. */
  snapshot: Snapshot
  /** The unit stands above the table. */
  names_unit: boolean
  limits?: Partial<Limits>
}
/** Rows under the registered headings; at the end what differs outside of them. No messages: no such table was found. */
type HeldMessage = { kind: 'held_rows'; rows: CellValue[][] } | { kind: 'held_end'; head: CellDifference[] }

/** A heading stands among the first rows. */
const HEADING_SEARCH_ROWS = 60
const BATCH_ROWS = 500
/** What stands for a cell that shows nothing until its formula is calculated. */
const unreadable = '（读不出）'

/** Reads the first sheet that has the table of `snapshot`. Throws `WorkbookRefused`. */
export async function* readHeld(holding: Holding): AsyncGenerator<HeldMessage> {
  const { snapshot, limits } = holding
  const workbook = await readWorkbook(holding.bytes, holding.file_name, { limits })
  for (const sheet of workbook.sheets) {
    if (sheet.hidden) continue
    const top = await firstRows(sheet)
    const found = findTable(top, snapshot.headings)
    if (found) return yield* readTable(sheet, top, found, holding)
  }
}

/** The same in the reading thread. */
export const heldInThread = inThread(import.meta.url, readHeld)

async function firstRows(sheet: Sheet): Promise<SheetRow[]> {
  const top: SheetRow[] = []
  for await (const rows of sheet.rows()) {
    top.push(...rows.slice(0, HEADING_SEARCH_ROWS - top.length))
    if (top.length >= HEADING_SEARCH_ROWS) break
  }
  return top
}

// Where the table stands -------------------------------------------------------------------------------------------

/** Line breaks and spaces in a heading are layout. */
const compact = (text: string) => text.replace(/\s+/g, '')
const wordsIn = (row: SheetRow | undefined, column: number) => compact(row?.cells[column]?.text ?? '')

/** `columns`: where each registered heading stands, undefined where it is gone. `last`: the heading's last row. */
type FoundTable = { at: number; last: number; headings: string[]; columns: (number | undefined)[]; offset: number }

/** The rows, one or two, that hold most of the headings; half of them at least. */
function findTable(top: readonly SheetRow[], headings: readonly string[]): FoundTable | undefined {
  const wanted = headings.map(compact)
  let best: (FoundTable & { matched: number }) | undefined
  for (const [at, row] of top.entries()) {
    const below = top[at + 1]
    for (const lower of below?.number === row.number + 1 ? [undefined, below] : [undefined]) {
      const words = headingWords(row, lower)
      const columns = wanted.map((heading) => {
        const column = words.indexOf(heading)
        return column < 0 ? undefined : column
      })
      const matched = columns.filter((column) => column !== undefined).length
      if (matched * 2 < wanted.length || matched <= (best?.matched ?? 0)) continue
      const shifts = columns.flatMap((column, index) => (column === undefined ? [] : [column - index]))
      const offset = mostCommon(shifts)
      best = { at, last: lower ? at + 1 : at, headings: words, columns, offset, matched }
    }
  }
  return best
}

/** Two rows of headings as one: an upper one stands over all the lower ones beside it. */
function headingWords(upper: SheetRow, lower: SheetRow | undefined): string[] {
  const width = Math.max(upper.cells.length, lower?.cells.length ?? 0)
  let over = ''
  return Array.from({ length: width }, (_, column) => {
    const [above, below] = [wordsIn(upper, column), wordsIn(lower, column)]
    if (above || !below) over = above
    return over + below
  })
}

function mostCommon(numbers: readonly number[]): number {
  const counts = new Map<number, number>()
  for (const number of numbers) counts.set(number, (counts.get(number) ?? 0) + 1)
  return [...counts].reduce((most, each) => (each[1] > most[1] ? each : most), [0, 0])[0]
}

// What it says -----------------------------------------------------------------------------------------------------

async function* readTable(
  sheet: Sheet,
  top: readonly SheetRow[],
  found: FoundTable,
  { snapshot, names_unit }: Holding,
): AsyncGenerator<HeldMessage> {
  const { columns, head } = placed(found, snapshot.headings)
  const numbering = found.offset - 1
  const says = snapshot.headings.map((_, index) => sayer(snapshot.lines.map(({ values }) => values[index] ?? null)))
  const ours = new Set([numbering, ...columns.filter((column) => column !== undefined)])
  const foreign = found.headings.flatMap((words, column) => (words && !ours.has(column) ? [words] : []))
  for (const words of foreign) head.push({ heading: '表头', before: '', after: words })
  head.push(...aboveDiffers(top.slice(0, found.at), snapshot, names_unit))

  const start = top[found.last]?.number ?? 0
  let span: { from: number; to: number } | undefined
  let total: SheetRow | undefined
  let held: CellValue[][] = []
  for await (const rows of sheet.rows()) {
    for (const row of rows) {
      if (row.number <= start) continue
      if (!total && /^[合小]计/.test(wordsIn(row, numbering))) {
        total = row
        continue
      }
      const values = columns.map((column, index) => (column === undefined ? null : says[index]?.(row.cells[column])))
      const beside = row.cells.some((cell, column) => cell && !ours.has(column) && compact(cell.text))
      if (beside) head.push(...besideOf(row, ours))
      if (!beside && values.every((value) => value === null)) continue
      span = { from: span?.from ?? row.number, to: row.number }
      held.push(values as CellValue[])
    }
    if (held.length < BATCH_ROWS) continue
    yield { kind: 'held_rows', rows: held }
    held = []
  }
  if (held.length > 0) yield { kind: 'held_rows', rows: held }
  head.push(...totalDiffers(snapshot, columns, total, span))
  yield { kind: 'held_end', head: head.slice(0, MAX_TOLD_DIFFERENCES) }
}

const MAX_TOLD_DIFFERENCES = 100

/** A heading that is not found is compared with what stands in its place. */
function placed({ headings, columns, offset }: FoundTable, wanted: readonly string[]) {
  const head: CellDifference[] = []
  const taken = new Set(columns)
  const places = columns.map((column, index) => {
    if (column !== undefined) return column
    const at = index + offset
    const stands = taken.has(at) ? '' : (headings[at] ?? '')
    head.push({ heading: '表头', before: wanted[index] ?? '', after: stands })
    return stands ? at : undefined
  })
  return { columns: places, head }
}

/** Title, and the unit where one is printed. What is left to be filled in by hand is not compared. */
function aboveDiffers(rows: readonly SheetRow[], { title, unit }: Snapshot, namesUnit: boolean): CellDifference[] {
  const texts = rows.flatMap(({ cells }) => cells.flatMap((cell) => (cell ? [cell.text] : [])))
  const differs: CellDifference[] = []
  if (!texts.some((text) => compact(text) === compact(title)))
    differs.push({ heading: '标题', before: title, after: texts.find((text) => !/^附件/.test(text)) ?? '' })
  if (!namesUnit) return differs
  const printed = texts.find((text) => text.includes('填报单位'))?.replace(/^[^：:]*[：:]/, '') ?? ''
  if (compact(printed) !== compact(unit)) differs.push({ heading: '填报单位', before: unit, after: printed.trim() })
  return differs
}

function besideOf({ cells, number }: SheetRow, ours: ReadonlySet<number>): CellDifference[] {
  const texts = cells.flatMap((cell, column) => (cell && !ours.has(column) && compact(cell.text) ? [cell.text] : []))
  return texts.map((text) => ({ heading: `表外（第 ${number} 行）`, before: '', after: text }))
}

/** 合计 says the registered sum, or goes on adding up the rows there are. */
function totalDiffers(
  { headings, total: registered }: Snapshot,
  columns: readonly (number | undefined)[],
  total: SheetRow | undefined,
  span: { from: number; to: number } | undefined,
): CellDifference[] {
  if (!registered) return []
  return headings.flatMap((heading, index) => {
    const before = registered[index]
    const column = columns[index]
    if (before === null || before === undefined || column === undefined) return []
    const cell = total?.cells[column]
    if (cell?.kind === 'formula_uncached' && addsUp(cell.formula ?? '', span)) return []
    const after = sayer([before])(cell)
    return after === before ? [] : [{ heading: `合计 ${heading}`, before: String(before), after: String(after ?? '') }]
  })
}

function addsUp(formula: string, span: { from: number; to: number } | undefined): boolean {
  const [, one, from, other, to] = /^SUM\(([A-Z]+)(\d+):([A-Z]+)(\d+)\)$/.exec(formula) ?? []
  return one !== undefined && one === other && Number(from) === span?.from && Number(to) === span?.to
}

// What a cell says -------------------------------------------------------------------------------------------------

/** Ends of lines and spaces at the ends show nothing. */
const tidy = (text: string) => text.replace(/\r\n?/g, '\n').trim()

/**
 * Reads the cells of one column: a cell that says the same as one of the `registered` values, by text, number or day, is
 * that value; any other is what it shows.
 */
function sayer(registered: readonly CellValue[]): (cell: WorkbookCell | undefined) => CellValue {
  const texts = new Map<string, CellValue>()
  const numbers = new Map<number, Set<CellValue>>()
  const moments = new Map<string, Set<CellValue>>()
  for (const value of registered) {
    if (value === null) continue
    if (typeof value === 'string') texts.set(tidy(value), value)
    const number = typeof value === 'number' ? value : /^\d{1,15}$/.test(value) ? Number(value) : undefined
    if (number !== undefined) add(numbers, round(number), value)
    const moment = typeof value === 'string' ? momentIn(value) : undefined
    if (moment) add(moments, moment, value)
  }
  return (cell) => {
    if (!cell) return null
    if (cell.kind === 'formula_uncached') return unreadable
    const text = tidy(cell.text)
    if (text === '') return null
    const same = texts.get(text) ?? only(moments, momentOf(cell)) ?? only(numbers, numberOf(cell))
    return same ?? text

    function numberOf({ kind, value }: WorkbookCell): number | undefined {
      if (kind === 'number') return round(Number(value))
      // text for text must be equal in words: 007 is not 7
      const number = kind === 'text' && /^-?[\d,]+(\.\d+)?$/.test(text) ? Number(text.replaceAll(',', '')) : undefined
      return number !== undefined && typeof only(numbers, number) === 'number' ? number : undefined
    }
  }
}

const round = (number: number) => Number(number.toPrecision(12))

function add<K>(map: Map<K, Set<CellValue>>, key: K, value: CellValue) {
  const known = map.get(key)
  if (known) known.add(value)
  else map.set(key, new Set([value]))
}

/** The one value under a key; undefined where there are two. */
function only<K>(map: ReadonlyMap<K, ReadonlySet<CellValue>>, key: K | undefined): CellValue | undefined {
  const values = key === undefined ? undefined : map.get(key)
  return values?.size === 1 ? [...values][0] : undefined
}

const clock = /^(\d{4})[-/.年](\d{1,2})(?:[-/.月](\d{1,2})日?|月)?(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.0+)?)?$/

/** 2019-07-01, 2019/7/1, 2019年7月1日, 2019-07, 2019-07-01 09:00 as one moment; a month is its first day. */
function momentIn(text: string): string | undefined {
  const [, year, month, day = '1', hour = '0', minute = '00', second = '00'] = clock.exec(text.trim()) ?? []
  if (!year || !month) return undefined
  return `${year}-${pad(month)}-${pad(day)} ${pad(hour)}:${minute}:${second}`
}

/** A moment shows minutes, its serial number has the seconds; of one that lost its format only that number is left. */
function momentOf({ kind, value, text, serial }: WorkbookCell): string | undefined {
  if (kind === 'number') return momentOfSerial(Number(value))
  const moment = momentIn(text)
  return serial === undefined ? moment : moment?.replace(/\d\d$/, pad(secondsOf(serial) % 60))
}

function momentOfSerial(serial: number): string | undefined {
  const day = dateOfSerial(Math.floor(serial), false)
  const seconds = secondsOf(serial)
  return day && `${day} ${pad(Math.floor(seconds / 3600))}:${pad(Math.floor(seconds / 60) % 60)}:${pad(seconds % 60)}`
}

const secondsOf = (serial: number) => Math.round((serial - Math.floor(serial)) * 86_400)
const pad = (part: number | string) => String(part).padStart(2, '0')

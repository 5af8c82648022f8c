// The tables of a sheet, line by line: one below another under headings of their own, one beside another under the same
// heading (a sign-in sheet of two halves), and, where a person is to name the columns, a table without a heading of ours.
// Everything that walks a sheet walks it here, so that rows are counted alike wherever they are read.
import { type Form, forms } from '../forms/index.ts'
import type { CellRange } from './cells.ts'
import { findHeading, HEADING_ROWS, type Heading, headingAt, searchCost } from './heading.ts'
import { type Budget, likeOther, mayOpen, otherForm, WINDOW } from './heading_look.ts'
import { normalHeading } from './heading_words.ts'
import { refused } from './limits.ts'
import { type LineKind, lineReader } from './lines.ts'
import { isCard, isCodes, type NoTable, requiredIn } from './no_table.ts'
import { cellAddress, type Row, type Sheet } from './read.ts'
import { aboveHeading } from './said_above.ts'
import { unnamedTable } from './unnamed.ts'

export type Table = {
  heading: Heading
  /** 0 for the first of its sheet. */
  index: number
  /** The rows above the table's own and below the table before, heading included. */
  above: Row[]
  /** Other tables stand beside it, in the same rows. */
  is_beside: boolean
}
export type Line = { row: Row; kind: LineKind }
export type Part =
  | { kind: 'table'; table: Table }
  | { kind: 'lines'; lines: Line[] }
  /** A table of another form begins in this row; nothing is read until one of this form follows. */
  | { kind: 'foreign'; row: number; label: string }

/** What a table goes by: its sheet's name, and where it begins unless it is the first. */
export const tableName = (sheet: string, { index, heading }: Pick<Table, 'index' | 'heading'>): string =>
  index === 0 ? sheet : `${sheet}（${cellAddress(heading.columns[0]?.column ?? 0, heading.from)} 起）`

const MAX_TABLES = 100
const MAX_STRIPS = 8
/** Cells that may be held against headings of this and of other forms; an honest file has few such rows. */
const MOST_LOOKED_AT = 20_000
/** Cells of windows in which headings are searched: a hundred sheets of fifty columns. */
const MOST_SEARCHED = 900_000

/** What is found in which sheet; `none`: it has no table of this form. */
type Found = { sheet: Sheet; part: Part | None }
/** `like`: the label of the form that the sheet is one of; `is`: what it is although it has words of the form. */
type None = { kind: 'none'; like?: string; is?: NoTable }

/**
 * All tables of these sheets. Where none of them has a heading of the form, the tables without one: a person may say what
 * their columns are.
 */
export async function* tablesIn(sheets: readonly Sheet[], form: Form): AsyncGenerator<Found> {
  let is_found = false
  const headless: Sheet[] = []
  const budget: Budget = { cells: MOST_LOOKED_AT, search: MOST_SEARCHED, required: 0 }
  for (const sheet of sheets) {
    let is_empty = true
    for await (const part of tablesOf(sheet, form, budget)) {
      is_empty = false
      if (part.kind !== 'none') is_found = true
      yield { sheet, part }
    }
    if (!is_empty) continue
    if (is_found) yield { sheet, part: { kind: 'none' } }
    else headless.push(sheet)
  }
  for (const sheet of headless) {
    let is_empty = true
    const like = await likeOther(sheet, budget)
    if (!is_found && !like)
      for await (const part of unnamedTable(sheet, form)) {
        is_empty = false
        yield { sheet, part }
      }
    if (is_empty) yield { sheet, part: like ? { kind: 'none', like } : { kind: 'none' } }
  }
}

type Strip = { from: number; to: number }

/** The tables of a sheet in the order in which their rows count. Nothing where no heading of the form is found. */
async function* tablesOf(sheet: Sheet, form: Form, budget: Budget): AsyncGenerator<Part | None> {
  let strips: Strip[] = []
  let index = 0
  for (let at = 0; at === 0 || at < strips.length; at++) {
    const reader = stripReader(sheet.merges, form, budget, strips[at], index)
    for await (const rows of sheet.rows()) {
      yield* reader.take(rows)
      if (reader.is_lost()) break
    }
    yield* reader.end()
    if (reader.is_lost()) {
      const is = reader.noTable()
      if (is) yield { kind: 'none', is }
      return
    }
    if (at === 0) strips = reader.strips()
    index += reader.count()
  }
}

/** Reads the columns of one strip; without one it finds out which there are and reads the first. */
function stripReader(
  merges: readonly CellRange[],
  form: Form,
  budget: Budget,
  given: Strip | undefined,
  first_index: number,
) {
  let head: Row[] | undefined = []
  let strips: Strip[] = given ? [given] : []
  let table: Table | undefined
  let kindOf: (row: Row) => LineKind = () => 'blank'
  let is_foreign = false
  let lost = false
  let no_table: NoTable | undefined
  let index = first_index
  let since: Row[] = []
  let held: Row[] = []
  // a table that stands in no column of its own (its activity is in the title) begins anew under each title
  const is_titled = (heading: Heading) =>
    form.fields.some(
      ({ type, required, name }) =>
        type === 'reference' &&
        required &&
        !heading.columns.some(({ field, kind }) => kind === 'field' && field === name),
    )

  function open(found: Heading, above: Row[]): Part {
    table = { heading: found, index: index++, above, is_beside: given !== undefined || strips.length > 1 }
    kindOf = lineReader(found, merges, form)
    is_foreign = false
    since = []
    return { kind: 'table', table }
  }

  function start(rows: readonly Row[], is_end: boolean): Part[] {
    let seen = given ? rows.map((row) => clipped(row, given)) : rows
    budget.search -= searchCost(seen)
    if (budget.search < 0) throw refused('cells')
    let heading = findHeading(seen, merges, form)
    if (heading && !given) {
      strips = stripsOf(heading)
      const [strip] = strips
      if (strip && strips.length > 1) {
        seen = rows.map((row) => clipped(row, strip))
        heading = findHeading(seen, merges, form) ?? heading
      }
    }
    if (!given && isCard(seen, form)) no_table = 'card'
    else if (heading && !given && isCodes(heading, form, budget.required)) no_table = 'codes'
    if (!heading || no_table) {
      lost = true
      return []
    }
    budget.required = Math.max(budget.required, requiredIn(heading, form))
    const { from, to } = heading
    // a title belongs to all tables that stand beside each other below it
    const above = rows.filter(({ number }) => number < from)
    const own = seen.filter(({ number }) => number >= from && number <= to)
    const opened = open({ ...heading, ...aboveHeading(above, from) }, [...above, ...own])
    return [
      opened,
      ...walk(
        seen.filter(({ number }) => number > to),
        is_end,
      ),
    ]
  }

  function take(rows: readonly Row[]): Part[] {
    if (lost) return []
    if (head) {
      for (const row of rows) head.push(row)
      if ((head.at(-1)?.number ?? 0) <= HEADING_ROWS) return []
      const whole = head
      head = undefined
      return start(whole, false)
    }
    const strip = strips.length > 1 || given ? strips[0] : undefined
    return walk(strip ? rows.map((row) => clipped(row, strip)) : rows, false)
  }

  function walk(rows: readonly Row[], is_end: boolean): Part[] {
    const all = held.length > 0 ? [...held, ...rows] : rows
    held = []
    const parts: Part[] = []
    let lines: Line[] = []
    const close = () => {
      if (lines.length > 0) parts.push({ kind: 'lines', lines })
      lines = []
    }
    for (let at = 0; at < all.length; at++) {
      const row = all[at] as Row
      if (isSame(row)) {
        lines.push({ row, kind: 'heading' })
        continue
      }
      if (index < MAX_TABLES && budget.cells > 0 && mayOpen(row)) {
        if (at + WINDOW > all.length && !is_end) {
          held = all.slice(at)
          break
        }
        const window = all.slice(at, at + WINDOW)
        const found = headingAt(window, merges, form)
        const of_other = found ? undefined : otherForm(window)
        budget.cells -= row.cells.length * (found ? 1 : Object.keys(forms).length)
        if (of_other) {
          close()
          is_foreign = true
          parts.push({ kind: 'foreign', row: row.number, label: of_other })
          continue
        }
        if (found) {
          const heading_rows = window.filter(({ number }) => number <= found.to)
          const heading: Heading = { ...found, ...aboveHeading(since, found.from) }
          if (!is_foreign && table && repeats(heading, table.heading))
            for (const each of heading_rows) lines.push({ row: each, kind: 'heading' })
          else {
            close()
            parts.push(open(heading, [...since, ...heading_rows]))
          }
          at += heading_rows.length - 1
          continue
        }
      }
      if (is_foreign) continue
      const kind = kindOf(row)
      if (kind === 'data') since = []
      else if (since.length < HEADING_ROWS) since.push(row)
      lines.push({ row, kind })
    }
    close()
    return parts
  }

  /** A heading of one row again, word for word, on the next page: told without looking long. */
  function isSame({ cells }: Row): boolean {
    const before =
      table && !is_foreign && table.heading.from === table.heading.to ? table.above.at(-1)?.cells : undefined
    if (!before || before.length !== cells.length || (since.length > 0 && table && is_titled(table.heading)))
      return false
    return before.every((cell, column) => cell?.text === cells[column]?.text)
  }

  /** The same words over the same columns, and nothing in between that makes it a table of its own. */
  function repeats(heading: Heading, before: Heading): boolean {
    if (is_titled(before) && (heading.title || heading.remarks.length > 0)) return false
    const known = new Map(before.columns.map(({ column, field, kind }) => [column, `${kind} ${field}`]))
    return heading.columns.every(({ column, field, kind }) => known.get(column) === `${kind} ${field}`)
  }

  return {
    take,
    end: (): Part[] => (lost ? [] : head ? start(head, true) : walk([], true)),
    is_lost: () => lost,
    /** What the sheet is, where it is no table. */
    noTable: () => no_table,
    strips: () => strips,
    /** Tables found. */
    count: () => index - first_index,
  }
}

function clipped(row: Row, { from, to }: Strip): Row {
  return { ...row, cells: Array.from(row.cells, (cell, column) => (column >= from && column <= to ? cell : undefined)) }
}

/** The columns that the same words stand over again and again: 姓名 单位 电话 | 姓名 单位 电话. One strip where there are none. */
function stripsOf({ columns }: Heading): Strip[] {
  const words = columns.map(({ heading }) => normalHeading(heading))
  for (let count = 2; count <= MAX_STRIPS; count++) {
    const width = words.length / count
    if (!Number.isInteger(width) || width < 2) continue
    if (!words.every((each, at) => each === words[at % width]) || new Set(words).size !== width) continue
    return Array.from({ length: count }, (_, at) => ({
      from: at === 0 ? 0 : (columns[at * width]?.column ?? 0),
      to: (columns[(at + 1) * width]?.column ?? Number.POSITIVE_INFINITY) - 1,
    }))
  }
  return [{ from: 0, to: Number.POSITIVE_INFINITY }]
}

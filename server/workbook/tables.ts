// The tables of a sheet, line by line: one below another under headings of their own, one beside another under the same
// heading (a sign-in sheet of two halves), and, where a person is to name the columns, a table without a heading of ours.
// Everything that walks a sheet walks it here, so that rows are counted alike wherever they are read.
import { type Form, formsBeside } from '../forms/index.ts'
import type { CellRange } from './cells.ts'
import { findHeading, HEADING_ROWS, type Heading, searchCost } from './heading.ts'
import { type Budget, likeOther } from './heading_look.ts'
import { normalHeading } from './heading_words.ts'
import { refused } from './limits.ts'
import { isCard, isCodes, type NoTable, requiredIn } from './no_table.ts'
import { cellAddress, type Sheet, type SheetRow } from './read.ts'
import { aboveHeading } from './said_above.ts'
import { lineWalker, type RowPart, type SheetTable } from './table_lines.ts'
import { unnamedTable } from './unnamed.ts'

export type { RowPart, SheetTable, TableLine } from './table_lines.ts'

/** What a table goes by: its sheet's name, and where it begins unless it is the first. */
export const tableName = (sheet: string, { index, heading }: Pick<SheetTable, 'index' | 'heading'>): string =>
  index === 0 ? sheet : `${sheet}（${cellAddress(heading.columns[0]?.column ?? 0, heading.from)} 起）`

const MAX_STRIPS = 8
/** Cells that may be held against headings of this and of other forms; an honest file has few such rows. */
const MOST_LOOKED_AT = 20_000
/** Cells of windows in which headings are searched: a hundred sheets of fifty columns. */
const MOST_SEARCHED = 900_000

/** What is found in which sheet; `none`: it has no table of this form. */
type FoundPart = { sheet: Sheet; part: RowPart | None }
/** `like`: the label of the form that the sheet is one of; `is`: what it is although it has words of the form. */
type None = { kind: 'none'; like?: string; is?: NoTable }

/**
 * All tables of these sheets. Where none of them has a heading of the form, the tables without one: a person may say what
 * their columns are.
 */
export async function* tablesIn(sheets: readonly Sheet[], form: Form): AsyncGenerator<FoundPart> {
  let isFound = false
  const headless: Sheet[] = []
  const budget: Budget = { cells: MOST_LOOKED_AT, search: MOST_SEARCHED, required: 0 }
  for (const sheet of sheets) {
    let isEmpty = true
    for await (const part of tablesOf(sheet, form, budget)) {
      isEmpty = false
      if (part.kind !== 'none') isFound = true
      yield { sheet, part }
    }
    if (!isEmpty) continue
    if (isFound) yield { sheet, part: { kind: 'none' } }
    else headless.push(sheet)
  }
  for (const sheet of headless) {
    let isEmpty = true
    const like = await likeOther(sheet, formsBeside(form), budget)
    if (!isFound && !like)
      for await (const part of unnamedTable(sheet, form)) {
        isEmpty = false
        yield { sheet, part }
      }
    if (isEmpty) yield { sheet, part: like ? { kind: 'none', like } : { kind: 'none' } }
  }
}

type Strip = { from: number; to: number }

/** The tables of a sheet in the order in which their rows count. Nothing where no heading of the form is found. */
async function* tablesOf(sheet: Sheet, form: Form, budget: Budget): AsyncGenerator<RowPart | None> {
  let strips: Strip[] = []
  let index = 0
  for (let at = 0; at === 0 || at < strips.length; at++) {
    const reader = stripReader(sheet.merges, form, budget, strips[at], index)
    for await (const rows of sheet.rows()) {
      yield* reader.take(rows)
      if (reader.isLost()) break
    }
    yield* reader.end()
    if (reader.isLost()) {
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
  firstIndex: number,
) {
  const lines = lineWalker(merges, form, budget, firstIndex)
  let head: SheetRow[] | undefined = []
  let strips: Strip[] = given ? [given] : []
  let isLost = false
  let noTable: NoTable | undefined

  function start(rows: readonly SheetRow[], isEnd: boolean): RowPart[] {
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
    if (!given && isCard(seen, form)) noTable = 'card'
    else if (heading && !given && isCodes(heading, form, budget.required)) noTable = 'codes'
    if (!heading || noTable) {
      isLost = true
      return []
    }
    budget.required = Math.max(budget.required, requiredIn(heading, form))
    const { from, to } = heading
    // a title belongs to all tables that stand beside each other below it
    const above = rows.filter(({ number }) => number < from)
    const own = seen.filter(({ number }) => number >= from && number <= to)
    if (given || strips.length > 1) lines.setBeside()
    const opened = lines.open({ ...heading, ...aboveHeading(above, from) }, [...above, ...own])
    const below = seen.filter(({ number }) => number > to)
    return [opened, ...lines.walk(below, isEnd)]
  }

  function take(rows: readonly SheetRow[]): RowPart[] {
    if (isLost) return []
    if (head) {
      for (const row of rows) head.push(row)
      if ((head.at(-1)?.number ?? 0) <= HEADING_ROWS) return []
      const whole = head
      head = undefined
      return start(whole, false)
    }
    const strip = strips.length > 1 || given ? strips[0] : undefined
    return lines.walk(strip ? rows.map((row) => clipped(row, strip)) : rows, false)
  }

  return {
    take,
    end: (): RowPart[] => (isLost ? [] : head ? start(head, true) : lines.walk([], true)),
    isLost: () => isLost,
    /** What the sheet is, where it is no table. */
    noTable: () => noTable,
    strips: () => strips,
    /** Tables found. */
    count: () => lines.nextIndex() - firstIndex,
  }
}

function clipped(row: SheetRow, { from, to }: Strip): SheetRow {
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

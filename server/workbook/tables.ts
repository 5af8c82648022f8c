// The tables of a sheet, line by line: one below another under headings of their own, one beside another under the same
// heading (a sign-in sheet of two halves), and, where a person is to name the columns, a table without a heading of ours.
// Everything that walks a sheet walks it here, so that rows are counted alike wherever they are read.
import { type Form, fieldOf, forms } from '../forms/index.ts'
import type { CellRange } from './cells.ts'
import {
  type Column,
  findHeading,
  HEADING_ROWS,
  type Heading,
  headingAt,
  normalHeading,
  partlyKnown,
} from './heading.ts'
import { type LineKind, lineReader } from './lines.ts'
import { cellAddress, type Row, type Sheet } from './read.ts'
import { aboveHeading } from './said_above.ts'

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
/** Rows a heading may have, and so those held back to see it whole. */
const WINDOW = 3
/** So many points a heading of another form needs to end a table of this one. */
const FOREIGN = 250
/** Cells that may be held against headings of this and of other forms; an honest file has few such rows. */
const MOST_LOOKED_AT = 20_000
type Budget = { cells: number }

/** A heading that begins a table shows itself in its first cells. */
const FIRST_CELLS = 4
const LONGEST_LABEL = 14

/** What is found in which sheet; `none`: it has no table of this form. */
export type Found = { sheet: Sheet; part: Part | None }
/** `like`: the label of the form that the sheet is one of. */
type None = { kind: 'none'; like?: string }

/**
 * All tables of these sheets. Where none of them has a heading of the form, the tables without one: a person may say what
 * their columns are.
 */
export async function* tablesIn(sheets: readonly Sheet[], form: Form): AsyncGenerator<Found> {
  let is_found = false
  const headless: Sheet[] = []
  const budget: Budget = { cells: MOST_LOOKED_AT }
  for (const sheet of sheets) {
    let is_empty = true
    for await (const part of tablesOf(sheet, form, budget)) {
      is_empty = false
      yield { sheet, part }
    }
    if (!is_empty) is_found = true
    else if (is_found) yield { sheet, part: { kind: 'none' } }
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
async function* tablesOf(sheet: Sheet, form: Form, budget: Budget): AsyncGenerator<Part> {
  let strips: Strip[] = []
  let index = 0
  for (let at = 0; at === 0 || at < strips.length; at++) {
    const reader = stripReader(sheet.merges, form, budget, strips[at], index)
    for await (const rows of sheet.rows()) {
      yield* reader.take(rows)
      if (reader.is_lost()) return
    }
    yield* reader.end()
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
    kindOf = lineReader(found, merges)
    is_foreign = false
    since = []
    return { kind: 'table', table }
  }

  function start(rows: readonly Row[], is_end: boolean): Part[] {
    let seen = given ? rows.map((row) => clipped(row, given)) : rows
    let heading = findHeading(seen, merges, form)
    if (heading && !given) {
      strips = stripsOf(heading)
      const [strip] = strips
      if (strip && strips.length > 1) {
        seen = rows.map((row) => clipped(row, strip))
        heading = findHeading(seen, merges, form) ?? heading
      }
    }
    if (!heading) {
      lost = true
      return []
    }
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

// What a heading looks like, cheaply ----------------------------------------------------------------------------------

const bare = (text: string) => text.replace(/[\s*＊]/g, '')
const known_words = new Set(
  Object.values(forms).flatMap(({ fields }) =>
    fields.flatMap(({ label, synonyms = [], group }) => [label, ...synonyms, ...(group ? [group] : [])].map(bare)),
  ),
)
for (const word of ['序号', '编号', '填报单位']) known_words.add(word)

/** Whether a row may begin a heading: words only, at least two of them known. Asked of every row. */
function mayOpen({ cells }: Row): boolean {
  let filled = 0
  let known = 0
  for (let column = 0; column < cells.length; column++) {
    const cell = cells[column]
    if (!cell) continue
    if (cell.kind !== 'text') return false
    filled++
    if (cell.text.length <= LONGEST_LABEL && known_words.has(bare(cell.text))) known++
    if (filled === FIRST_CELLS && known === 0) return false
  }
  return known > 1
}

/** The label of the form that these rows are a heading of, if they are one of any other. */
function otherForm(window: readonly Row[]): string | undefined {
  let best: { label: string; score: number } | undefined
  for (const form of Object.values(forms)) {
    const found = form.annex === null ? undefined : headingAt(window, [], form)
    if (found && found.score >= FOREIGN && found.score > (best?.score ?? 0))
      best = { label: form.label, score: found.score }
  }
  return best?.label
}

/** The label of the form that a sheet without a heading of ours has one of. */
async function likeOther(sheet: Sheet, budget: Budget): Promise<string | undefined> {
  const head = await headOf(sheet)
  for (const [at, row] of head.entries()) {
    if (budget.cells <= 0 || !mayOpen(row)) continue
    budget.cells -= row.cells.length * Object.keys(forms).length
    const label = otherForm(head.slice(at, at + WINDOW))
    if (label) return label
  }
  return undefined
}

async function headOf(sheet: Sheet): Promise<Row[]> {
  const head: Row[] = []
  for await (const rows of sheet.rows()) {
    head.push(...rows.filter(({ number }) => number <= HEADING_ROWS))
    if ((rows.at(-1)?.number ?? 0) > HEADING_ROWS) break
  }
  return head
}

// A table whose columns a person is to name ---------------------------------------------------------------------------

/**
 * The rows of a sheet in which no heading was found, under a heading that says nothing of ours. Nothing for a sheet that
 * holds no table at all.
 */
async function* unnamedTable(sheet: Sheet, form: Form): AsyncGenerator<Part> {
  const heading = unnamedHeading(await headOf(sheet), form)
  if (!heading) return
  const kindOf = lineReader(heading, sheet.merges)
  const above: Row[] = []
  let is_open = false
  for await (const rows of sheet.rows()) {
    const lines: Line[] = []
    for (const row of rows) {
      if (row.number <= heading.to) above.push(row)
      else lines.push({ row, kind: kindOf(row) })
    }
    if (lines.length === 0) continue
    if (!is_open) yield { kind: 'table', table: { heading, index: 0, above, is_beside: false } }
    is_open = true
    yield { kind: 'lines', lines }
  }
}

const filledIn = ({ cells }: Row) => cells.filter((cell) => cell && cell.text.trim() !== '').length

/** A heading of columns without names: as wide as most rows are. Its words are taken from a row that can be no data. */
function unnamedHeading(rows: readonly Row[], form: Form): Heading | undefined {
  const widths = rows.map(filledIn).sort((a, b) => a - b)
  const usual = widths[Math.floor(widths.length / 2)] ?? 0
  if (usual < 2) return undefined
  const at = rows.findIndex((row) => filledIn(row) * 2 > usual)
  const first = rows[at]
  if (!first) return undefined
  const below = rows.slice(at + 1)
  const is_words = below.length > 0 && isHeadingOver(first, below)
  const columns: Column[] = []
  const known = is_words ? partlyKnown(first, form) : []
  const width = Math.max(...rows.slice(at).map(({ cells }) => cells.length))
  for (let column = 0; column < width; column++) {
    if (!rows.slice(at).some(({ cells }) => cells[column])) continue
    const own: Column = known.find((each) => each.column === column) ?? {
      column,
      heading: '',
      kind: 'unknown',
      field: null,
    }
    columns.push(isOfIdentities(rows, column) ? { ...own, kind: 'forbidden', field: null } : own)
  }
  const to = is_words ? first.number : first.number - 1
  return { from: to, to, columns, score: 0, is_unnamed: true, ...aboveHeading(rows, first.number) }
}

const identity = /^[1-8]\d{5}(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])\d{3}[\dXx]$/

/** Numbers of identity cards are read by nobody, whatever stands over them or does not. */
function isOfIdentities(rows: readonly Row[], column: number): boolean {
  const texts = rows.flatMap(({ cells }) => cells[column]?.text.trim() || [])
  return texts.filter((text) => identity.test(text)).length * 2 > texts.length
}

/** Words without figures over a column that has figures: a heading. Where that can't be seen the row is data. */
function isHeadingOver({ cells }: Row, below: readonly Row[]): boolean {
  if (!cells.every((cell) => !cell || (cell.kind === 'text' && !/\d{2}/.test(cell.text)))) return false
  return cells.some((cell, column) => {
    const others = below.flatMap((row) => row.cells[column] ?? [])
    return cell && others.length > 0 && others.every(({ text, kind }) => kind !== 'text' || /\d{2}/.test(text))
  })
}

/** The words over a column as a workbook of ours has them: the field's label where somebody named it. */
export const namedColumn = (form: Form, { kind, field, heading }: Column): string =>
  kind === 'unit' ? '填报单位' : kind === 'field' ? (fieldOf(form, field ?? '')?.label ?? heading) : heading

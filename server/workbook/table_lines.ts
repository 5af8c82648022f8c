// The lines below a heading, told apart row by row, and the tables that begin further down under headings of their own.
import { type Form, formsBeside } from '../forms/index.ts'
import type { CellRange } from './cells.ts'
import { HEADING_ROWS, type Heading, headingAt } from './heading.ts'
import { type Budget, mayOpen, otherForm, WINDOW } from './heading_look.ts'
import { type LineKind, lineReader } from './lines.ts'
import type { SheetRow } from './read.ts'
import { aboveHeading } from './said_above.ts'

export type SheetTable = {
  heading: Heading
  /** 0 for the first of its sheet. */
  index: number
  /** The rows above the table's own and below the table before, heading included. */
  above: SheetRow[]
  /** Other tables stand beside it, in the same rows. */
  is_beside: boolean
}
export type TableLine = { row: SheetRow; kind: LineKind }
export type RowPart =
  | { kind: 'table'; table: SheetTable }
  | { kind: 'lines'; lines: TableLine[] }
  /** A table of another form begins in this row; nothing is read until one of this form follows. */
  | { kind: 'foreign'; row: number; label: string }

const MAX_TABLES = 100

export function lineWalker(merges: readonly CellRange[], form: Form, budget: Budget, firstIndex: number) {
  const forms = formsBeside(form)
  let table: SheetTable | undefined
  let kindOf: (row: SheetRow) => LineKind = () => 'blank'
  let isForeign = false
  let isBeside = false
  let index = firstIndex
  // rows since the last one of data: what stands above a heading further down
  let since: SheetRow[] = []
  // rows that are looked at again when more have come
  let held: SheetRow[] = []

  function open(heading: Heading, above: SheetRow[]): RowPart {
    table = { heading, index: index++, above, is_beside: isBeside }
    kindOf = lineReader(heading, merges, form)
    isForeign = false
    since = []
    return { kind: 'table', table }
  }

  /** A heading of one row again, word for word, on the next page: told without looking long. */
  function isSame({ cells }: SheetRow): boolean {
    const before =
      table && !isForeign && table.heading.from === table.heading.to ? table.above.at(-1)?.cells : undefined
    if (!before || before.length !== cells.length || (since.length > 0 && table && isTitled(form, table.heading)))
      return false
    return before.every((cell, column) => cell?.text === cells[column]?.text)
  }

  /** What begins with these rows, and how many it takes: a table of this form or of another; no part: the heading again. */
  function beginning(window: readonly SheetRow[]): { part?: RowPart; rows: SheetRow[] } | undefined {
    const [row] = window as [SheetRow]
    const found = headingAt(window, merges, form)
    const other = found ? undefined : otherForm(window, forms)
    budget.cells -= row.cells.length * (found ? 1 : Object.keys(forms).length)
    if (other) {
      isForeign = true
      return { part: { kind: 'foreign', row: row.number, label: other }, rows: [row] }
    }
    if (!found) return undefined
    const rows = window.filter(({ number }) => number <= found.to)
    const heading: Heading = { ...found, ...aboveHeading(since, found.from) }
    if (!isForeign && table && repeats(form, heading, table.heading)) return { rows }
    return { part: open(heading, [...since, ...rows]), rows }
  }

  function walk(rows: readonly SheetRow[], isEnd: boolean): RowPart[] {
    const all = held.length > 0 ? [...held, ...rows] : rows
    held = []
    const parts: RowPart[] = []
    let lines: TableLine[] = []
    const close = () => {
      if (lines.length > 0) parts.push({ kind: 'lines', lines })
      lines = []
    }
    for (let at = 0; at < all.length; at++) {
      const row = all[at] as SheetRow
      if (isSame(row)) {
        lines.push({ row, kind: 'heading' })
        continue
      }
      if (index < MAX_TABLES && budget.cells > 0 && mayOpen(row, forms)) {
        if (at + WINDOW > all.length && !isEnd) {
          held = all.slice(at)
          break
        }
        const begun = beginning(all.slice(at, at + WINDOW))
        if (begun) {
          if (begun.part) {
            close()
            parts.push(begun.part)
          } else for (const each of begun.rows) lines.push({ row: each, kind: 'heading' })
          at += begun.rows.length - 1
          continue
        }
      }
      if (isForeign) continue
      const kind = kindOf(row)
      if (kind === 'data') since = []
      else if (since.length < HEADING_ROWS) since.push(row)
      lines.push({ row, kind })
    }
    close()
    return parts
  }

  return {
    open,
    walk,
    /** Other tables stand beside these, in the same rows. */
    setBeside: (): void => {
      isBeside = true
    },
    nextIndex: () => index,
  }
}

/** A table that stands in no column of its own (its activity is in the title) begins anew under each title. */
const isTitled = (form: Form, heading: Heading) =>
  form.fields.some(
    ({ type, required, name }) =>
      type === 'reference' &&
      required &&
      !heading.columns.some(({ field, kind }) => kind === 'field' && field === name),
  )

/** The same words over the same columns, and nothing in between that makes it a table of its own. */
function repeats(form: Form, heading: Heading, before: Heading): boolean {
  if (isTitled(form, before) && (heading.title || heading.remarks.length > 0)) return false
  const known = new Map(before.columns.map(({ column, field, kind }) => [column, `${kind} ${field}`]))
  return heading.columns.every(({ column, field, kind }) => known.get(column) === `${kind} ${field}`)
}

// A table without a heading of ours: a person says what its columns are. Its words, where it has some, are shown, and what
// is known of them is proposed.
import { type Form, fieldOf } from '../forms/index.ts'
import { type Heading, type HeadingColumn, partlyKnown } from './heading.ts'
import { headOf } from './heading_look.ts'
import { lineReader } from './lines.ts'
import type { Sheet, SheetRow } from './read.ts'
import { aboveHeading } from './said_above.ts'
import type { RowPart, TableLine } from './tables.ts'

/**
 * The rows of a sheet in which no heading was found, under a heading that says nothing of ours. Nothing for a sheet that
 * holds no table at all.
 */
export async function* unnamedTable(sheet: Sheet, form: Form): AsyncGenerator<RowPart> {
  const heading = unnamedHeading(await headOf(sheet), form)
  if (!heading) return
  const kindOf = lineReader(heading, sheet.merges, form)
  const above: SheetRow[] = []
  let isOpen = false
  for await (const rows of sheet.rows()) {
    const lines: TableLine[] = []
    for (const row of rows) {
      if (row.number <= heading.to) above.push(row)
      else lines.push({ row, kind: kindOf(row) })
    }
    if (lines.length === 0) continue
    if (!isOpen) yield { kind: 'table', table: { heading, index: 0, above, is_beside: false } }
    isOpen = true
    yield { kind: 'lines', lines }
  }
}

const filledIn = ({ cells }: SheetRow) => cells.filter((cell) => cell && cell.text.trim() !== '').length

/** A heading of columns without names: as wide as most rows are. Its words are taken from a row that can be no data. */
function unnamedHeading(rows: readonly SheetRow[], form: Form): Heading | undefined {
  const widths = rows.map(filledIn).sort((a, b) => a - b)
  const usual = widths[Math.floor(widths.length / 2)] ?? 0
  if (usual < 2) return undefined
  const at = rows.findIndex((row) => filledIn(row) * 2 > usual)
  const first = rows[at]
  if (!first) return undefined
  const below = rows.slice(at + 1)
  const isWords = below.length > 0 && isHeadingOver(first, below)
  const columns: HeadingColumn[] = []
  const known = isWords ? partlyKnown(first, form) : []
  const width = Math.max(...rows.slice(at).map(({ cells }) => cells.length))
  for (let column = 0; column < width; column++) {
    if (!rows.slice(at).some(({ cells }) => cells[column])) continue
    const own: HeadingColumn = known.find((each) => each.column === column) ?? {
      column,
      heading: '',
      kind: 'unknown',
      field: null,
    }
    columns.push(isOfIdentities(rows, column) ? { ...own, kind: 'forbidden', field: null } : own)
  }
  const to = isWords ? first.number : first.number - 1
  return { from: to, to, columns, score: 0, is_unnamed: true, ...aboveHeading(rows, first.number) }
}

const identity = /^[1-8]\d{5}(19|20)\d\d(0[1-9]|1[0-2])([0-2]\d|3[01])\d{3}[\dXx]$/

/** Numbers of identity cards are read by nobody, whatever stands over them or does not. */
function isOfIdentities(rows: readonly SheetRow[], column: number): boolean {
  const texts = rows.flatMap(({ cells }) => cells[column]?.text.trim() || [])
  return texts.filter((text) => identity.test(text)).length * 2 > texts.length
}

/** Words without figures over a column that has figures: a heading. Where that can't be seen the row is data. */
function isHeadingOver({ cells }: SheetRow, below: readonly SheetRow[]): boolean {
  if (!cells.every((cell) => !cell || (cell.kind === 'text' && !/\d{2}/.test(cell.text)))) return false
  return cells.some((cell, column) => {
    const others = below.flatMap((row) => row.cells[column] ?? [])
    return cell && others.length > 0 && others.every(({ text, kind }) => kind !== 'text' || /\d{2}/.test(text))
  })
}

/** The words over a column as a workbook of ours has them: the field's label where somebody named it. */
export const namedColumn = (form: Form, { kind, field, heading }: HeadingColumn): string =>
  kind === 'unit' ? '填报单位' : kind === 'field' ? (fieldOf(form, field ?? '')?.label ?? heading) : heading

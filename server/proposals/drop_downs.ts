/** What cells ask for, as the sender's program does: drop-downs, with lists that stand in other cells looked up there, and kinds of numbers. */
import { parseRange } from '../workbook/cells.ts'
import { columnName } from '../workbook/read.ts'
import type { SheetRead } from './read_sheets.ts'
import type { AnnexTable } from './sheet_tables.ts'

/** `source`: the cells a list stands in; `cells`: those that ask for it. */
export type CellsAsk = { type: string; choices: string[] | undefined; source: string | undefined; cells: string }

/** Sheets of a workbook, and its formulas by defined name. */
export type Book = { sheets: readonly SheetRead[]; names: ReadonlyMap<string, string> }

const MAX_CHOICES = 200
const MAX_CHOICE_CHARS = 60

/** What the cells of a column ask for; lists that stand in other cells are looked up there. */
export function asksOf(column: number, table: AnnexTable, sheet: SheetRead, book: Book): CellsAsk[] {
  const first = table.heading.to + 1
  const last = table.heading.to + Math.max(1, table.room)
  return (sheet.look?.asks ?? []).flatMap(({ ranges, type, formula }): CellsAsk[] => {
    const range = ranges.find(
      (each) => each.from_column <= column && each.to_column >= column && each.to_row >= first && each.from_row <= last,
    )
    if (!range || type === '' || type === 'custom' || type === 'textLength') return []
    const cells = `${columnName(column)}${range.from_row}:${columnName(column)}${range.to_row}`
    if (type !== 'list') return [{ type, choices: undefined, source: undefined, cells }]
    const list = listOf(formula, sheet, book)
    return list ? [{ type, choices: list.choices, source: list.source, cells }] : []
  })
}

const MAX_DEPTH = 3

function listOf(
  formula: string,
  sheet: SheetRead,
  book: Book,
  depth = 0,
): { choices: string[]; source?: string } | undefined {
  const text = formula.trim().replace(/^=/, '')
  const quoted = /^"((?:[^"]|"")*)"$/.exec(text)
  if (quoted) return choicesOf((quoted[1] ?? '').replaceAll('""', '"').split(/[,，]/))
  const range = /^(?:'?([^'!]+)'?!)?(\$?[A-Z]{1,3}\$?\d{1,7}(?::\$?[A-Z]{1,3}\$?\d{1,7})?)$/i.exec(text)
  if (range?.[2]) {
    const from = range[1] ? book.sheets.find(({ name }) => name === range[1]) : sheet
    const cells = parseRange(range[2])
    if (!from || !cells) return undefined
    const words = from.rows
      .filter(({ number }) => number >= cells.from_row && number <= cells.to_row)
      .flatMap((row) => row.cells.slice(cells.from_column, cells.to_column + 1).map((cell) => cell?.text ?? ''))
    const found = choicesOf(words)
    return found && { ...found, source: `${from.name}!${range[2].replaceAll('$', '')}` }
  }
  const named = book.names.get(text)
  return named && depth < MAX_DEPTH ? listOf(named, sheet, book, depth + 1) : undefined
}

const choicesOf = (words: readonly string[]) => {
  const choices = words.map((word) => word.trim()).filter((word) => word !== '' && word.length <= MAX_CHOICE_CHARS)
  return choices.length > 0 ? { choices: [...new Set(choices)].slice(0, MAX_CHOICES) } : undefined
}

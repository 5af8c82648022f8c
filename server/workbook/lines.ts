// What each row below a heading is: data, a blank, 合计, a repeated heading, a sign-off line or a note; and cells merged
// downwards given to every row they cover. Pure functions over rows already read.
import type { Form } from '../forms/index.ts'
import { type Aside, asideReader, countsHeads, endsTable } from './asides.ts'
import type { CellRange, WorkbookCell } from './cells.ts'
import type { Heading } from './heading.ts'
import { normalHeading } from './heading_words.ts'
import { LABEL } from './said_above.ts'
import type { SheetRow } from './sheet.ts'

/** `lone`: one cell across the table, such as （一）市直机关 between groups or the day below a table; not data, but told. */
export type LineKind = 'data' | 'blank' | 'total' | 'heading' | 'sign_off' | 'note' | 'lone' | Aside

const TOTAL = /^(本页|分页|本表|本单位|本市|全市|页)?(合计|总计|小计|共计|累计)/
const SIGN_OFF =
  /(负责人|审核人|填表人|填报人|制表人|经办人|复核人|审批人|联系人|联系电话|填报日期|填表日期|盖章|签字|签章|公章)\s*([（(][^（）()]*[）)])?\s*[:：]|[（(](盖章|签字|公章)[）)]/
const NOTE = /^(填表说明|填报说明|说明|注意事项|备注|附注|注)\s*[:：\d]|^[*※]/

/** （一）市直机关, 二、县区, 统计表, a whole sentence: alone in a row they are no row. */
const LONE = /^[（(]?[一二三四五六七八九十]{1,3}(?:[)）、.．]|\s)|[。！：:]$|(统计表|登记表|汇总表|签到表|花名册|名单)$/
const DAY_ALONE = /^\d{4}\s*[年./-]\s*\d{1,2}\s*(?:[月./-]\s*(?:\d{1,2}\s*日?)?)?$/
/** Who signs, at the right below a table. */
const SIGNER = /(总工会|工会委员会|工会|办公室|网信办)$/

/** What stands in these columns alone makes no row. */
const unread = new Set(['number', 'unknown', 'token', 'place'])

/** Of a long text only the beginning is looked at. */
const MAX_WORDS = 200

/** A function that tells what a row below this heading is. `merges` are those of the sheet. */
export function lineReader(
  heading: Heading,
  merges: readonly CellRange[] = [],
  form?: Form,
): (row: SheetRow) => LineKind {
  const asideOf = form && !heading.is_unnamed ? asideReader(heading, merges, form) : undefined
  const readColumns = heading.columns
    .filter(({ kind }) => heading.is_unnamed || !unread.has(kind))
    .map((column) => column.column)
  const firstRead = Math.min(...readColumns)
  const wide = new Set(
    merges
      .filter((merge) => merge.to_row === merge.from_row && merge.from_row > heading.to)
      .filter((merge) => readColumns.filter((at) => at >= merge.from_column && at <= merge.to_column).length > 1)
      .map((merge) => `${merge.from_row} ${merge.from_column}`),
  )
  const wordsOf = new Map(heading.columns.map((column) => [column.column, normalHeading(column.heading)]))

  function repeatsHeading(row: SheetRow, first: number): boolean {
    // almost every row is told from a heading by its first cell
    if (!repeats(row.cells[first], wordsOf.get(first))) return false
    let same = 0
    let different = 0
    for (const [column, words] of wordsOf) {
      if (!row.cells[column]) continue
      if (repeats(row.cells[column], words)) same++
      else different++
    }
    return same >= 2 && same > different
  }

  /** A row of one cell that can be no record. */
  function isLone(row: SheetRow, column: number, words: string): boolean {
    if (wide.has(`${row.number} ${column}`) || LONE.test(words) || DAY_ALONE.test(words)) return true
    return column > firstRead && SIGNER.test(words)
  }

  return (row) => {
    let filled = 0
    let first = -1
    let second = -1
    for (let column = 0; column < row.cells.length; column++) {
      if (!holdsSomething(row.cells[column])) continue
      if (first < 0) first = column
      else if (second < 0) second = column
      filled++
    }
    let read = 0
    for (const column of readColumns) if (holdsSomething(row.cells[column])) read++
    const opening = row.cells[first]
    if (opening?.kind === 'text') {
      if (isTotal(opening)) return 'total'
      const words = opening.text.slice(0, MAX_WORDS).trim()
      if (read <= 2 && filled <= 6 && (SIGN_OFF.test(words) || words.search(LABEL) >= 0)) return 'sign_off'
      if (read <= 4 && filled <= 8 && countsHeads(words)) return 'note'
      if (filled === 1 && (NOTE.test(words) || endsTable(words))) return 'note'
      if (filled === 1 && read === 1 && isLone(row, first, words)) return 'lone'
      if (filled > 1 && repeatsHeading(row, first)) return 'heading'
    }
    if (opening?.kind === 'date' && filled === 1 && read === 1) return 'lone'
    // 合计 is also written behind the number, in the second column
    if (opening?.kind === 'number' && isTotal(row.cells[second])) return 'total'
    if (read === 0) return 'blank'
    // 21 | 以下空白
    if (read === 1 && readColumns.some((column) => endsTable(row.cells[column]?.text.trim() ?? ''))) return 'note'
    return asideOf?.(row) ?? 'data'
  }
}

function holdsSomething(cell: WorkbookCell | undefined): boolean {
  return cell !== undefined && (cell.kind === 'formula_uncached' || cell.text.trim() !== '')
}

function isTotal(cell: WorkbookCell | undefined): boolean {
  return (
    cell?.kind === 'text' &&
    /[合总小共累]/.test(cell.text) &&
    TOTAL.test(cell.text.slice(0, MAX_WORDS).replace(/\s/g, ''))
  )
}

function repeats(cell: WorkbookCell | undefined, heading: string | undefined): boolean {
  if (cell?.kind !== 'text' || heading === undefined || cell.text.length > heading.length + 10) return false
  const words = normalHeading(cell.text)
  return words !== '' && heading.includes(words)
}

/**
 * A function that gives each row, taken in order, the cells merged downwards into it. Rows that hold nothing else are
 * for the caller to leave out first.
 */
export function fillDown(merges: readonly CellRange[], heading: Heading): (row: SheetRow) => SheetRow {
  const lastColumn = Math.max(0, ...heading.columns.map((column) => column.column))
  const starts = new Map<number, CellRange[]>()
  for (const merge of merges) {
    if (merge.to_row <= merge.from_row || merge.from_row <= heading.to || merge.from_column > lastColumn) continue
    const list = starts.get(merge.from_row)
    if (list) list.push(merge)
    else starts.set(merge.from_row, [merge])
  }
  if (starts.size === 0) return (row) => row
  const open = new Map<number, { to_row: number; cell: WorkbookCell }>()
  return (row) => {
    for (const merge of starts.get(row.number) ?? []) {
      const cell = row.cells[merge.from_column]
      if (cell) open.set(merge.from_column, { to_row: merge.to_row, cell })
    }
    let cells: SheetRow['cells'] | undefined
    for (const [column, { to_row, cell }] of open) {
      if (row.number > to_row) open.delete(column)
      else if (!row.cells[column]) {
        cells ??= [...row.cells]
        cells[column] = cell
      }
    }
    return cells ? { ...row, cells } : row
  }
}

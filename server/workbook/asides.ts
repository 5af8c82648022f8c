// Rows of a table that are no data although they look like it: examples to be written over, rows struck through, numbered
// rows with nothing but what was filled in beforehand, and lines that count heads or end the page.
import { type Form, fieldOf } from '../forms/index.ts'
import type { CellRange, WorkbookCell } from './cells.ts'
import type { Heading } from './heading.ts'
import type { SheetRow } from './sheet.ts'

export type Aside = 'example' | 'struck' | 'unfilled'

/** Examples stand at the top. */
const LAST_EXAMPLE = 10
const LONGEST = 60
const EXAMPLE_NUMBER = /^[（(]?(示例|样例|范例|举例|例如|例|如)[\d一二三：:]*[)）]?$/
const EXAMPLE =
  /^[（(【[]?(填写|填报|填表)?(示例|样例|范例)(行|\d*)([，,。：:；;、！!）)】\]\s].*)?$|[（(【](示例|样例|范例|例)[)）】]$|^例[:：]/

const HEADS =
  /^(本页)?(应|实)(到|参加|参会|出席|签到|签)|^(本页|本场|本次)(签到|参加|参会|共)|^(参会|签到|出席|到会)人[数次]\s*[:：]/
const END =
  /^[—\-－_=~*\s（(【]*(此处|本页|表格)?(以下|下面)(为)?(空白|无内容|无正文|无|没有内容)[—\-－_=~*\s）)】。]*$/

/** 应到 50 人，实到 48 人. */
export const countsHeads = (words: string): boolean => words.length <= LONGEST && HEADS.test(words)
/** 以下空白. */
export const endsTable = (words: string): boolean => words.length <= LONGEST && END.test(words)

/** Fields that are filled in beforehand for a whole page: the day, the activity. */
const PREFILLED = new Set(['date', 'datetime', 'reference'])

const isFilled = (cell: WorkbookCell | undefined): cell is WorkbookCell =>
  cell !== undefined && (cell.kind === 'formula_uncached' || cell.text.trim() !== '')

/** A function that tells, row after row, whether a row of data is none. */
export function asideReader(heading: Heading, merges: readonly CellRange[], form: Form) {
  const numbers = heading.columns.flatMap(({ kind, column }) => (kind === 'number' ? column : []))
  const read = heading.columns.filter(({ kind }) => ['field', 'beside', 'unit', 'mark'].includes(kind))
  const name = read.find(({ field, kind }) => kind === 'field' && field === form.names)
  // who or what a row is about may stand in a cell merged down over several rows
  const isNamed = name !== undefined && fieldOf(form, form.names)?.type !== 'reference'
  const merged = merges.filter(
    ({ from_column, to_column, from_row, to_row }) =>
      name && to_row > from_row && from_column <= name.column && to_column >= name.column,
  )
  const prefilled = new Set(
    read.flatMap(({ kind, field, column }) =>
      kind === 'beside' || kind === 'unit' || PREFILLED.has(fieldOf(form, field ?? '')?.type ?? '') ? column : [],
    ),
  )
  let before: SheetRow | undefined
  let examined = 0

  const isExample = ({ cells }: SheetRow): boolean =>
    numbers.some((at) => cells[at]?.kind === 'text' && EXAMPLE_NUMBER.test(cells[at].text.trim())) ||
    cells.some((cell) => cell?.kind === 'text' && cell.text.length <= LONGEST && EXAMPLE.test(cell.text.trim()))

  /** Nobody's name, and nothing else but what stands in the row above as well. */
  function isUnfilled({ cells, number }: SheetRow): boolean {
    if (!isNamed || !name || isFilled(cells[name.column])) return false
    if (merged.some(({ from_row, to_row }) => number >= from_row && number <= to_row)) return false
    return read.every(({ column }) => {
      const cell = cells[column]
      return !isFilled(cell) || prefilled.has(column) || (before && cell.text === before.cells[column]?.text)
    })
  }

  return (row: SheetRow): Aside | undefined => {
    // hidden columns of ours and 序号 are seldom struck with the rest
    if (read.every(({ column }) => !isFilled(row.cells[column]) || row.cells[column]?.is_struck)) return 'struck'
    if (examined < LAST_EXAMPLE) {
      examined++
      if (isExample(row)) return 'example'
    }
    if (isUnfilled(row)) return 'unfilled'
    before = row
    return undefined
  }
}

// 合计 lines: what they say, and what the rows above them come to. 小计 is of the rows since the line before, 合计 of all of
// them; one that stands above the rows is of those below. A difference is reported, never swallowed.
import type { Field, Form, Parsed, Row, Value } from '../../forms/index.ts'
import type { SheetRow, WorkbookCell } from '../../workbook/read.ts'

/**
 * A cell of a 合计 line, and what the rows it is about come to: their sum, or their number where nothing adds up. The rows
 * are those behind `after`, up to `until`.
 */
export type TotalCell = {
  row: number
  column: number
  field: string
  says: number
  found: number
  after: number
  until: number
}

const MAX_TOTALS = 2_000
const NO_END = 1e9
const isSubtotal = (words: string) =>
  /^((本页|分页|页)?(小计|小结)|(本页|分页)(合计|总计|共计))/.test(words.replace(/\s/g, ''))

type RunningSums = { all: Map<number, number>; part: Map<number, number>; count: number; part_count: number }

/** Adds rows up as they come and compares the lines that say what they come to. */
export function totalsOf(
  form: Form,
  fields: readonly { field: Field; column: number }[],
  read: (field: Field, cell: WorkbookCell, column: number) => Parsed,
) {
  const sums: RunningSums = { all: new Map(), part: new Map(), count: 0, part_count: 0 }
  const totals: TotalCell[] = []
  const above: Omit<TotalCell, 'found'>[] = []
  let partAfter = 0

  /** What a cell of the line says: a number, or words that are one (35人). */
  function saidBy(field: Field, cell: WorkbookCell | undefined, column: number): number | undefined {
    if (cell?.kind === 'number' && !field.sum) return Number(cell.value)
    if ((cell?.kind !== 'text' && cell?.kind !== 'number') || !field.sum) return undefined
    const parsed = read(field, cell, column)
    return 'value' in parsed && typeof parsed.value === 'number' ? parsed.value : undefined
  }

  function check(row: SheetRow): void {
    // of a series only the latest snapshots count, which no sum of the rows can tell
    if (form.series) return
    const isPart = row.cells.some((cell) => cell?.kind === 'text' && isSubtotal(cell.text))
    for (const { field, column } of fields) {
      const says = saidBy(field, row.cells[column], column)
      if (says === undefined || totals.length + above.length >= MAX_TOTALS) continue
      const said = { row: row.number, column, field: field.name, says }
      if (sums.count === 0) {
        above.push({ ...said, after: row.number, until: NO_END })
        continue
      }
      const all = field.sum ? (sums.all.get(column) ?? 0) : sums.count
      const part = field.sum ? (sums.part.get(column) ?? 0) : sums.part_count
      // a 合计 below each group is of the group, and 小计 is sometimes written where all are meant
      const byPart = isPart ? says === part || says !== all : says === part && says !== all
      totals.push({ ...said, found: byPart ? part : all, after: byPart ? partAfter : 0, until: row.number })
    }
    sums.part.clear()
    sums.part_count = 0
    partAfter = row.number
  }

  return {
    check,
    add(values: Row): void {
      sums.count++
      sums.part_count++
      for (const { field, column } of fields) if (field.sum) addTo(sums, column, values[field.name])
    },
    end: (): TotalCell[] => [
      ...above.map((each) => {
        const field = fields.find(({ column }) => column === each.column)?.field
        return { ...each, found: field?.sum ? (sums.all.get(each.column) ?? 0) : sums.count }
      }),
      ...totals,
    ],
  }
}

function addTo({ all, part }: RunningSums, column: number, value: Value | undefined): void {
  if (typeof value !== 'number') return
  all.set(column, (all.get(column) ?? 0) + value)
  part.set(column, (part.get(column) ?? 0) + value)
}

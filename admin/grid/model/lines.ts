/**
 * What stands where in a grouped list: a heading line before the rows of each group. Rows keep their own numbers, without
 * gaps; only what is drawn counts in lines. Without groups a line is a row.
 */
import type { Column, Group, GroupBy } from '../types.ts'

/** How a source is asked for rows by their group: as a column of its own. */
export const groupName = ({ column, step }: GroupBy): string => `${column}:${step}`

export type Lines = {
  /** How many lines a list of so many rows has. */
  count(rows: number): number
  /** The line a row stands on. */
  lineOf(row: number): number
  /** The row on a line, or the group it is the heading of. */
  at(line: number): { row: number; group: null } | { row: null; group: number }
  /** The line a group's heading stands on. */
  headingAt(group: number): number
}

export const PLAIN: Lines = {
  count: (rows) => rows,
  lineOf: (row) => row,
  at: (row) => ({ row, group: null }),
  headingAt: () => 0,
}

/** The last place whose number is not above `wanted`; -1 when all are. `numbers` never fall. */
function lastUpTo(numbers: readonly number[], wanted: number): number {
  let low = 0
  let high = numbers.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((numbers[middle] ?? 0) <= wanted) low = middle + 1
    else high = middle
  }
  return low - 1
}

/** Lines of groups that show so many rows each (0 for a closed one). Rows beyond the groups follow the last of them. */
export function groupedLines(shown: readonly number[]): Lines & { starts: readonly number[]; total: number } {
  const starts: number[] = []
  let total = 0
  for (const rows of shown) {
    starts.push(total)
    total += rows
  }
  const headings = starts.map((start, at) => start + at)
  return {
    starts,
    total,
    headingAt: (group) => headings[group] ?? 0,
    count: (rows) => rows + shown.length,
    lineOf: (row) => (row >= total ? row + shown.length : row + lastUpTo(starts, row) + 1),
    at(line) {
      const group = lastUpTo(headings, line)
      if (group >= 0 && headings[group] === line) return { row: null, group }
      return { row: line - group - 1, group: null }
    },
  }
}

/** What a group is called: its own label, or its value as the column prints it. */
export function nameOfGroup(column: Column | undefined, by: GroupBy, { value, label }: Pick<Group, 'value' | 'label'>) {
  if (value === null || value === undefined) return '空'
  if (label) return label
  const text = String(value)
  if (by.step === 'month') return `${text.slice(0, 4)} 年 ${Number(text.slice(5))} 月`
  if (by.step === 'year') return `${text} 年`
  const choice = column?.choices?.find((option) => option.value === value)
  return choice?.label ?? (column?.type === 'date' ? text : (column?.print(value, {}) ?? text))
}

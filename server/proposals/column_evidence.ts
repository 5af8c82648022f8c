/** What a column shows of itself, and how a type is held against it. */
import { type Field, type FieldDefinition, readField } from '../forms/index.ts'
import type { SheetRow, WorkbookCell } from '../workbook/read.ts'
import type { CellsAsk } from './drop_downs.ts'
import type { Question } from './question.ts'
import type { SheetRead } from './read_sheets.ts'
import type { AnnexColumn, AnnexTable } from './sheet_tables.ts'

/** Type and options of a column, why, and what is left to ask; `about` of a doubt is an option of the field. */
export type ColumnKind = Pick<FieldDefinition, 'type'> &
  Partial<FieldDefinition> & { why: string; doubts: Omit<Question, 'id' | 'from'>[] }

export type Evidence = {
  label: string
  group: string
  says: string[]
  ask: CellsAsk | undefined
  format: string
  samples: WorkbookCell[]
  year: number
}

const MAX_SAMPLES = 200
/** So many of the filled cells must be understood for a type to be believed. */
export const MOST = 0.7
export const HALF = 0.5

const option = (value: unknown, label: string) => ({ value, label })
const typeLabels: Partial<Record<Field['type'], string>> = {
  text: '单行文字',
  long_text: '多行文字',
  url: '链接（一格一个网址）',
  choice: '单选',
  list: '多选',
  date: '日期',
  month: '年月',
  integer: '整数',
  decimal: '小数',
  attachments: '附件（传文件）',
  phone: '电话',
}
const typeOption = (type: Field['type']) => option(type, typeLabels[type] ?? type)
export const askType = (says: string, ...types: Field['type'][]) => [
  { about: 'type', says, options: types.map(typeOption) },
]

export function samplesOf(column: number, rows: readonly SheetRow[]): WorkbookCell[] {
  const cells = rows.flatMap(({ cells }) => cells[column] ?? [])
  return cells
    .filter(({ kind, text }) => kind !== 'error' && kind !== 'formula_uncached' && text.trim() !== '')
    .slice(0, MAX_SAMPLES)
}

/** The number format of the first cell to be filled that has one. */
export function formatOf({ column }: AnnexColumn, { heading, room }: AnnexTable, { look }: SheetRead): string {
  for (let row = heading.to + 1; row <= heading.to + room; row++) {
    const format = look?.looks.get(row)?.get(column)?.format
    if (format) return format
  }
  return ''
}

/** How much of the filled cells a field of this type understands. */
export function shareOf({ label, samples, year }: Evidence, type: Field['type'], options: Partial<Field> = {}): number {
  if (samples.length === 0) return 0
  const field = { name: 'x', width: 10, ...options, label, type, required: true } as Field
  const good = samples.filter(({ value }) => 'value' in readField(field, value, { year }))
  return good.length / samples.length
}
export const isBelieved = (evidence: Evidence, type: Field['type'], least = HALF) =>
  evidence.samples.length === 0 || shareOf(evidence, type) >= least

export const plain = (type: Field['type'], why: string, options: Partial<FieldDefinition> = {}): ColumnKind => ({
  type,
  ...options,
  why,
  doubts: [],
})

export const isMonthFormat = (format: string) =>
  /y/i.test(format) && /m/i.test(format) && !/d/i.test(format.replace(/"[^"]*"/g, ''))
export const isDayFormat = (format: string) => /d/i.test(format.replace(/"[^"]*"|\[[^\]]*\]/g, ''))

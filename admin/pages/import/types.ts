/** What the server says of a workbook it has checked: its columns, its rows as they would be written, what is to decide. */
import type { ImportHead } from '../../parts/imports.tsx'

export type Sheet = {
  name: string
  heading_row: number | null
  rows: number
  columns: { heading: string; field: string; label: string; sample: string }[]
  ignored: string[]
  notes: string[]
}
export type CellError = { sheet: string; cell: string; field: string | null; message: string }

/** A row that undoing leaves as it is, and why. */
export type Kept = { row_id: number; name: string; reason: string }
export type Undone = { undone: { removed: number; restored: number }; kept: Kept[]; kept_count: number }

/** A column of the file, and the field it is read into. `column` is its number in the sheet, from 0. */
export type MappedColumn = {
  column: number
  heading: string
  field: string | null
  beside?: string
  kind: 'field' | 'beside' | 'unit' | 'unknown' | 'forbidden' | 'attachments'
  sure: boolean
  samples: string[]
}
export type MappedSheet = { name: string; heading_row: number | null; sure: boolean; columns: MappedColumn[] }
/** `needed`: something is unsure and nobody has decided yet. */
export type Mapping = { needed: boolean; remembered: boolean; sheets: MappedSheet[] }

/** Equal values that were not understood, and what they might mean; decided once for all of them. */
export type Proposal = {
  field: string
  label: string
  from: string
  count: number
  options: { value: string; label: string }[]
  chosen: string | null
}

export type Kind = 'create' | 'update' | 'unchanged' | 'repeated' | 'conflict' | 'wrong' | 'left_out'

/** A row of the file. `n` is its number among the rows, from 0; values are texts, as printed or as typed. */
export type StagedRow = {
  n: number
  sheet: string
  row: number
  kind: Kind
  record_id?: number
  values: Record<string, string>
  /** Of an update: what the fields that change say now. */
  before?: Record<string, string>
  errors?: Record<string, string>
  /** As exported, as stored now, as in the file. */
  conflicts?: Record<string, { base: string; theirs: string; mine: string }>
  note?: string
  /** The earlier row that stands for the same record. */
  twin?: { n: number; sheet: string; row: number; identical: boolean }
  /** Field → 'B7'. */
  cells?: Record<string, string>
}

export type Decisions = {
  corrections?: { n: number; field: string; value: string | null }[]
  replacements?: { field: string; from: string; to: string | null }[]
  choices?: { n: number; field: string; choice: 'mine' | 'theirs' }[]
  left_out?: { n: number; out: boolean }[]
}

export type Import = ImportHead & {
  sheets?: Sheet[]
  errors?: CellError[]
  warnings?: { sheet: string; cell: string | null; message: string }[]
  notes?: string[]
  kept?: Kept[]
  mapping?: Mapping
  proposals?: Proposal[]
}

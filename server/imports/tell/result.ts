// What becomes of a row of a file.
import type { ImportOutcome } from './outcome.ts'

export const ROW_KINDS = ['create', 'update', 'unchanged', 'repeated', 'conflict', 'wrong', 'left_out'] as const
export type RowKind = (typeof ROW_KINDS)[number]

/** Another row of the file that stands for the same record. */
export type Twin = { n: number; sheet: string; row: number; identical: boolean }

/** What became of a row. */
export type RowResult = {
  kind: RowKind
  record_id?: number
  /** The version of the record as it was held against the row. */
  version?: number
  /** Of fields that change: what is stored now, in words. */
  before?: Record<string, string>
  errors?: Record<string, string>
  conflicts?: Record<string, ConflictInWords>
  note?: string
  twin?: Twin
  /** Cells as they were decided on. */
  texts?: Record<string, string>
  /** Words that no record and no choice goes by, by field; and words that were replaced. */
  unknown?: Record<string, string>
  replaced?: Record<string, string>
}

/** The three sides of a cell that two people changed, in words. */
export type ConflictInWords = { base: string; theirs: string; mine: string }

/** Where rows of a kind are counted. */
export const COUNT_OF = {
  create: 'create',
  update: 'update',
  unchanged: 'unchanged',
  repeated: 'repeated',
  conflict: 'conflicts',
  wrong: 'wrong',
  left_out: 'left_out',
} as const satisfies Record<RowKind, keyof ImportOutcome>

/** Whether a person has to decide about the row before everything can be applied. */
export const isUndecided = ({ kind, twin }: RowResult): boolean =>
  kind === 'wrong' || kind === 'conflict' || (kind === 'repeated' && twin?.identical === false)

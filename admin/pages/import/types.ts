/** What the server says of a workbook it has checked: its columns, its rows as they would be written, what is to decide. */
import type { Patch } from '../../../server/imports/decide/decisions.ts'
import type { Mapping } from '../../../server/imports/read/mapping.ts'
import type { Outcome } from '../../../server/imports/tell/outcome.ts'
import type { KeptRow } from '../../../server/records/revert.ts'
import type { ImportHead } from '../../parts/imports.tsx'

export type { Proposal } from '../../../server/imports/decide/proposals.ts'
export type { MappedColumn } from '../../../server/imports/read/mapping.ts'
export type { ShownRow } from '../../../server/imports/stage/chunks.ts'
export type { SheetOutcome as Sheet } from '../../../server/imports/tell/outcome.ts'
export type { RowKind } from '../../../server/imports/tell/result.ts'
export type { Undone } from '../../../server/imports/write/undo.ts'
export type { KeptRow } from '../../../server/records/revert.ts'

export type MappedSheet = Mapping['sheets'][number]
export type Decisions = Partial<Patch>

/** An import's answer; while it is not checked there is nothing but its head. */
export type Import = ImportHead &
  Partial<Pick<Outcome, 'sheets' | 'errors' | 'table_errors' | 'warnings' | 'mapping' | 'proposals'>> & {
    notes?: string[]
    kept?: KeptRow[]
  }

/** What the server says of a workbook it has checked: its columns, its rows as they would be written, what is to decide. */
import type { Patch } from '../../../server/imports/decisions.ts'
import type { Mapping } from '../../../server/imports/mapping.ts'
import type { Outcome } from '../../../server/imports/outcome.ts'
import type { Kept } from '../../../server/records/revert.ts'
import type { ImportHead } from '../../parts/imports.tsx'

export type { MappedColumn, Mapping } from '../../../server/imports/mapping.ts'
export type { SheetOutcome as Sheet } from '../../../server/imports/outcome.ts'
export type { Proposal } from '../../../server/imports/proposals.ts'
export type { Kind, StagedRow } from '../../../server/imports/staged.ts'
export type { Undone } from '../../../server/imports/undo.ts'
export type { Kept } from '../../../server/records/revert.ts'

export type MappedSheet = Mapping['sheets'][number]
export type Decisions = Partial<Patch>

/** An import's answer; while it is not checked there is nothing but its head. */
export type Import = ImportHead &
  Partial<Pick<Outcome, 'sheets' | 'errors' | 'table_errors' | 'warnings' | 'mapping' | 'proposals'>> & {
    notes?: string[]
    kept?: Kept[]
  }

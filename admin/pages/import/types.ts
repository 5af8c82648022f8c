/** What the server says of a workbook it has checked: its columns, its rows as they would be written, what is to decide. */
import type { DecisionPatch } from '../../../server/imports/decide/decisions.ts'
import type { Mapping } from '../../../server/imports/read/mapping.ts'
import type { ImportOutcome } from '../../../server/imports/tell/outcome.ts'
import type { KeptRow } from '../../../server/records/revert.ts'
import type { ImportHead } from '../../parts/imports.tsx'

export type { Proposal } from '../../../server/imports/decide/proposals.ts'
export type { MappedColumn } from '../../../server/imports/read/mapping.ts'
export type { ShownRow } from '../../../server/imports/stage/chunks.ts'
export type { SheetOutcome } from '../../../server/imports/tell/outcome.ts'
export type { RowKind } from '../../../server/imports/tell/result.ts'
export type { ImportUndone } from '../../../server/imports/write/undo.ts'
export type { KeptRow } from '../../../server/records/revert.ts'

export type MappedSheet = Mapping['sheets'][number]
export type DecisionChanges = Partial<DecisionPatch>

/** An import's answer; while it is not checked there is nothing but its head. */
export type ImportAnswer = ImportHead &
  Partial<Pick<ImportOutcome, 'sheets' | 'errors' | 'table_errors' | 'warnings' | 'mapping' | 'proposals'>> & {
    notes?: string[]
    kept?: KeptRow[]
  }

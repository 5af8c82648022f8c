/** What the server says of a workbook it has checked: its columns, its rows as they would be written, what is to decide. */
import type { DecisionPatch } from '../../../server/imports/decide/decisions.ts'
import type { Mapping } from '../../../server/imports/read/mapping.ts'

export type { Proposal } from '../../../server/imports/decide/proposals.ts'
export type { MappedColumn } from '../../../server/imports/read/mapping.ts'
export type { ShownRow } from '../../../server/imports/stage/chunks.ts'
export type { ImportAnswer } from '../../../server/imports/tell/heads.ts'
export type { SheetOutcome } from '../../../server/imports/tell/outcome.ts'
export type { RowKind } from '../../../server/imports/tell/result.ts'
export type { ImportUndone } from '../../../server/imports/write/undo.ts'
export type { KeptRow } from '../../../server/records/revert.ts'

export type MappedSheet = Mapping['sheets'][number]
export type DecisionChanges = Partial<DecisionPatch>

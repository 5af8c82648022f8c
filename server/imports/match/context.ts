// The context every step of a walk shares: the import whose rows pass through it.
import type { Trx } from '../../database/connection.ts'
import type { Form } from '../../forms/index.ts'
import type { Relation } from '../../records/relation.ts'
import type { Scope } from '../../records/scope.ts'
import type { FileRow } from '../read/file_row.ts'
import type { Report } from '../tell/report.ts'
import type { Unit } from './above.ts'
import type { Choice } from './merge.ts'

export type ImportContext = {
  trx: Trx
  relation: Relation
  form: Form
  /** Whose import it is. Rows of other units can be in the file; they are read and told, never written. */
  scope: Scope
  units: readonly Unit[]
  /** When the transaction began: a record made then is a row of this very file, not one that was there. */
  startedAt: string
  /** Where each step reports what it finds. */
  report: Report
}

/** What matching rows with records asks besides. */
export type MatchContext = ImportContext & {
  /** Whether an earlier row of the file stands for this record. */
  isMet: (recordId: number) => boolean
  /** What was decided about a cell that two people changed. */
  choiceOf?: ((fileRow: FileRow, field: string) => Choice | undefined) | undefined
}

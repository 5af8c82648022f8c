// An import held for a decision, and rows of it walked again in a transaction that is rolled back to a savepoint.
import { sql } from 'kysely'
import type { Person, Trx } from '../../database/connection.ts'
import type { Form } from '../../forms/index.ts'
import type { Relation } from '../../records/relation.ts'
import type { Scope } from '../../records/scope.ts'
import { type DecisionPatch, type Decisions, deciderOf } from '../decide/decisions.ts'
import type { Chunk, StagedRow } from '../stage/chunks.ts'
import type { Restaging } from '../stage/recorder.ts'
import type { ImportOutcome } from '../tell/outcome.ts'
import { type Walk, type WalkResult, walk } from '../write/walk.ts'

/** An import held for a decision. */
export type HeldImport = {
  trx: Trx
  import_id: number
  relation: Relation
  form: Form
  scope: Scope
  person: Person
  year: number
  /** As they will be, and what of them is new. */
  decisions: Decisions
  patch: DecisionPatch
  result: ImportOutcome
} & Restaging

/** What walking again came to: the outcome, the chunks that changed, the rows that did, in the order to be answered. */
export type Restaged = Omit<Restaging, 'frame'> & { outcome: ImportOutcome; chunks: Chunk[]; changed: StagedRow[] }

/** Walks rows and rolls back to the savepoint before them. */
export async function walkBack(
  { trx, relation, person, scope, form, decisions, year }: HeldImport,
  given: Pick<Walk, 'messages' | 'recorder'>,
): Promise<WalkResult> {
  await sql`savepoint walked`.execute(trx)
  const decider = deciderOf(form, decisions, year)
  const walked = await walk({ trx, relation, person, scope, decider, ...given, isPreview: true, onProgress: () => {} })
  await sql`rollback to savepoint walked`.execute(trx)
  return walked
}

/** The rows that a decision names. */
export const concernedBy = ({ corrections, choices, left_out }: DecisionPatch): number[] => [
  ...new Set([...corrections, ...choices, ...left_out].map(({ n }) => n)),
]

// Rows of a file that have passed all checks, written; and what is reported of them.
import type { Person } from '../../database/connection.ts'
import { type Form, fieldOf, labelOf, printField, type Row } from '../../forms/index.ts'
import type { StoredRecord } from '../../records/read.ts'
import type { Scope } from '../../records/scope.ts'
import { addRows, checkOpen, type RowUpdate, updateRows, whyLocked } from '../../records/write.ts'
import type { ImportContext } from '../match/context.ts'
import type { MatchedRow } from '../match/matched_row.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { RowResult } from '../tell/result.ts'

/** A row whose record changes, and how. */
export type RecordUpdate = { matched: MatchedRow; change: RowUpdate }
export type Writer = ReturnType<typeof writer>

/** So many new rows of a preview are written. */
const MAX_WRITTEN_OF_PREVIEW = 2_000
const CREATED: RowResult = { kind: 'create' }

/** Writes the rows of a walk and reports what became of them. `isPreview`: nothing will be kept. */
export function writer(
  { trx, relation, form, report }: ImportContext,
  { person, isPreview = false }: { person: Person; isPreview?: boolean | undefined },
) {
  let isOpen = false
  // the insert that PostgreSQL is busy with while the next batch is made ready; awaited before the next one
  let inserting: Promise<unknown> = Promise.resolve()

  return {
    /** Writes new rows; PostgreSQL may still be busy with them when this answers. Throws where the annex is closed. */
    async create(scope: Scope, rows: MatchedRow[]): Promise<void> {
      if (rows.length === 0) return
      if (!isOpen) await checkOpen(trx, relation, person, scope)
      isOpen = true
      const isEnough = report.outcome.create >= MAX_WRITTEN_OF_PREVIEW
      for (const { fileRow } of rows) report.conclude(fileRow, CREATED)
      // What PostgreSQL says to the first rows it says to all: keys, references, deadline and rules have been asked about
      // each. Written and rolled back, 200,000 rows would only be left for it to sweep. (A series is held against the rows
      // before.)
      if (isPreview && isEnough && !form.series) return
      await inserting
      inserting = addRows(
        trx,
        relation,
        scope,
        rows.map(({ candidate }) => candidate.row),
      )
      inserting.catch(() => undefined)
    },

    /** Writes changed rows; those that are locked are reported with the reason. */
    async update(plan: SheetPlan, updates: RecordUpdate[]): Promise<void> {
      if (updates.length === 0) return
      const written = await updateRows(
        trx,
        relation,
        updates.map(({ change }) => change),
      )
      const reasons = new Map<string, string>()
      for (const { matched, change } of updates) {
        const { fileRow, stored } = matched
        if (!stored) continue
        if (written.has(change.id)) {
          const before = inWords(form, stored, change.values)
          report.conclude(fileRow, { kind: 'update', record_id: change.id, version: change.version, before })
          continue
        }
        // why it is locked depends on the row's state only
        const state = `${stored.unit_id} ${stored.status}`
        const reason = reasons.get(state) ?? (await whyLocked(trx, relation, person, stored)).message
        reasons.set(state, reason)
        const [name] = Object.keys(change.values)
        matched.candidate.errors = { [name ?? '']: reason }
        report.concludeWrong(plan, matched)
      }
    },

    /** When all that was begun is written. */
    settled: (): Promise<unknown> => inserting,
  }
}

/** What is stored in the fields that change, as people read it. */
function inWords(form: Form, stored: StoredRecord, changed: Row): Record<string, string> {
  return Object.fromEntries(
    Object.keys(changed).flatMap((name) => {
      const field = fieldOf(form, name)
      if (!field) return []
      const words = field.type === 'reference' ? String(stored[labelOf(name)] ?? '') : printField(field, stored[name])
      return [[name, words]]
    }),
  )
}

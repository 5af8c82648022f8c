// Rows of a file that have passed all checks, written; and what is told of them.
import type { Person, Trx } from '../../database/connection.ts'
import { type Form, fieldOf, labelOf, printField, type Row } from '../../forms/index.ts'
import type { Stored } from '../../records/read.ts'
import type { Relation } from '../../records/relation.ts'
import type { Scope } from '../../records/scope.ts'
import { addRows, type Change, checkOpen, updateRows, whyLocked } from '../../records/write.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { Fate } from '../stage/chunks.ts'
import { conclude, type Entry, type Telling, tellErrors } from '../tell/rows.ts'

export type Writing = Telling & {
  trx: Trx
  relation: Relation
  person: Person
  /** Nothing will be kept: of the new rows only the first are written. */
  is_preview?: boolean
  /** The annex was found open. */
  is_open?: boolean
  /** The insert that PostgreSQL is busy with while the next batch is made ready; awaited before the next one. */
  inserting: Promise<unknown>
}

/** So many new rows of a preview are written. */
const WRITTEN = 2_000
const CREATED: Fate = { kind: 'create' }

/** Writes new rows; PostgreSQL may still be busy with them when this answers. Throws where the annex is closed. */
export async function writeCreates(writing: Writing, scope: Scope, creates: Entry[]): Promise<void> {
  if (creates.length === 0) return
  const { trx, relation, person, form } = writing
  if (!writing.is_open) await checkOpen(trx, relation, person, scope)
  writing.is_open = true
  const has_written = writing.outcome.create >= WRITTEN
  for (const { found } of creates) conclude(writing, found, CREATED)
  // What PostgreSQL says to the first rows it says to all: keys, references, deadline and rules have been asked about each.
  // Written and rolled back, 200,000 rows would only be left for it to sweep. (A series is held against the rows before.)
  if (writing.is_preview && has_written && !form.series) return
  await writing.inserting
  writing.inserting = addRows(
    trx,
    relation,
    scope,
    creates.map(({ candidate }) => candidate.row),
  )
  writing.inserting.catch(() => undefined)
}

/** Writes changed rows; those that are locked are told with the reason. */
export async function writeUpdates(
  writing: Writing,
  plan: SheetPlan,
  updates: { entry: Entry; change: Change }[],
): Promise<void> {
  if (updates.length === 0) return
  const { trx, relation, person, form } = writing
  const written = await updateRows(
    trx,
    relation,
    updates.map(({ change }) => change),
  )
  const reasons = new Map<string, string>()
  for (const { entry, change } of updates) {
    if (!entry.stored) continue
    if (written.has(change.id)) {
      const before = inWords(form, entry.stored, change.values)
      conclude(writing, entry.found, { kind: 'update', record_id: change.id, version: change.version, before })
      continue
    }
    // why it is locked depends on the row's state only
    const state = `${entry.stored.unit_id} ${entry.stored.status}`
    const reason = reasons.get(state) ?? (await whyLocked(trx, relation, person, entry.stored)).message
    reasons.set(state, reason)
    const [name] = Object.keys(change.values)
    entry.candidate.errors = { [name ?? '']: reason }
    tellErrors(writing, plan, entry)
  }
}

/** What is stored in the fields that change, as people read it. */
function inWords(form: Form, stored: Stored, changed: Row): Record<string, string> {
  return Object.fromEntries(
    Object.keys(changed).flatMap((name) => {
      const field = fieldOf(form, name)
      if (!field) return []
      const words = field.type === 'reference' ? String(stored[labelOf(name)] ?? '') : printField(field, stored[name])
      return [[name, words]]
    }),
  )
}

// A row held against what is stored: as it was read, as it would be written, and the record it stands for.
import { type Errors, type Form, fieldOf, type Row } from '../../forms/index.ts'
import type { StoredRecord } from '../../records/read.ts'
import type { Candidate } from '../../records/scope.ts'
import type { FileRow } from '../read/file_row.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { ConflictInWords } from '../tell/result.ts'

export type MatchedRow = {
  fileRow: FileRow
  /** The row as it is put before the checks, with the faults found in it. */
  candidate: Candidate
  /** What the file says of it, and what stands above its table. */
  given: Row
  /** The record it stands for, if there is one. */
  stored?: StoredRecord
  /** Of a row that was exported: what the person changed since, merged with what others did. */
  edited?: Row
  /** Cells that wait for a decision, by field. */
  conflicts?: Record<string, ConflictInWords>
  /** Nothing is to be done about it. */
  isLeftAlone?: boolean
}

/** A row that nothing is known of yet but what the file says. */
export function unmatched(plan: SheetPlan, fileRow: FileRow): MatchedRow {
  const given: Row = plan.fixed_ids ? { ...fileRow.values, ...plan.fixed_ids } : fileRow.values
  return { fileRow, given, candidate: { row: given, errors: cellErrors(fileRow), beside: fileRow.beside } }
}

/** What reading found wrong, by field. */
function cellErrors(fileRow: FileRow): Errors {
  const errors: Errors = {}
  for (const error of fileRow.errors ?? []) if (error.field) errors[error.field] ??= error.message
  return errors
}

/** The row as it would stand: as stored, with what is given. */
export function candidateOf(form: Form, { fileRow }: MatchedRow, stored: StoredRecord, given: Row): Candidate {
  const kept = Object.fromEntries(form.fields.map(({ name }) => [name, stored[name] ?? null]))
  return {
    id: stored.id,
    row: { ...kept, ...given },
    errors: cellErrors(fileRow),
    beside: fileRow.beside,
    changed: new Set(Object.keys(given)),
  }
}

/** A time alone becomes a moment of the day that the record referred to says. */
export function setTimes(form: Form, matched: MatchedRow, row: Row, days: ReadonlyMap<string, string>): void {
  for (const [name, time] of Object.entries(matched.fileRow.times ?? {})) {
    const reference = fieldOf(form, name)?.day_from?.[0] ?? ''
    const day = days.get(`${reference} ${row[reference]}`)
    if (!day) continue
    matched.given = { ...matched.given, [name]: `${day}T${time}` }
    matched.candidate.row[name] = `${day}T${time}`
  }
}

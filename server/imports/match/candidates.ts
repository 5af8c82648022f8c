// A row of a file as it is put before the checks.
import { type Errors, type Form, fieldOf, type Row } from '../../forms/index.ts'
import type { Stored } from '../../records/read.ts'
import type { Candidate } from '../../records/scope.ts'
import type { FoundRow } from '../read/file.ts'
import type { Entry } from '../tell/rows.ts'

/** What reading found wrong, by field. */
export const cellErrors = (found: FoundRow): Errors => {
  const errors: Errors = {}
  for (const error of found.errors ?? []) if (error.field) errors[error.field] ??= error.message
  return errors
}

/** The row as it would stand: as stored, with what is given. */
export function candidateOf(form: Form, { found }: Entry, stored: Stored, given: Row): Candidate {
  const kept = Object.fromEntries(form.fields.map(({ name }) => [name, stored[name] ?? null]))
  return {
    id: stored.id,
    row: { ...kept, ...given },
    errors: cellErrors(found),
    beside: found.beside,
    changed: new Set(Object.keys(given)),
  }
}

/** A time alone becomes a moment of the day that the record referred to says. */
export function setTimes(form: Form, entry: Entry, row: Row, days: ReadonlyMap<string, string>): void {
  for (const [name, time] of Object.entries(entry.found.times ?? {})) {
    const reference = fieldOf(form, name)?.day_from?.[0] ?? ''
    const day = days.get(`${reference} ${row[reference]}`)
    if (!day) continue
    entry.given = { ...entry.given, [name]: `${day}T${time}` }
    entry.candidate.row[name] = `${day}T${time}`
  }
}

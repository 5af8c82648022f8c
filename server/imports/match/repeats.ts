// Rows of a file that stand for a record which an earlier row stands for already.
import type { Form } from '../../forms/index.ts'
import type { Scope } from '../../records/scope.ts'
import { digestOf } from '../digest.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { Twin } from '../tell/result.ts'
import { duplicateFinder, type FilePlace } from './duplicates.ts'
import type { MatchedRow } from './matched_row.ts'

export type Repeats = ReturnType<typeof repeatFinder>

/** For one file; rows are taken in its order. */
export function repeatFinder(form: Form) {
  const findDuplicate = duplicateFinder(form)
  const met = new Map<number, FilePlace>()

  return {
    /** Whether a row of the file stands for this record. */
    isMet: (recordId: number): boolean => met.has(recordId),

    /** The earlier row, if there is one, and the digests of this one: its keys, its record, room for who came, what it gives. */
    find(scope: Scope, plan: SheetPlan, { fileRow, candidate, given, edited, stored }: MatchedRow) {
      const place = { n: fileRow.n, sheet: plan.name, row: fileRow.number }
      const content = form.fields.map(({ name }) => (name in given ? (candidate.row[name] ?? null) : null))
      const duplicate = findDuplicate(String(scope.unit_id), candidate.row, content, place)
      // of a row that is merged, what others change beside it is not what it gives
      const digest = edited
        ? digestOf(JSON.stringify(Object.keys(edited).map((name) => candidate.row[name])))
        : duplicate.content
      const digests: (number | undefined)[] = [...duplicate.keys, stored?.id, undefined, digest]
      const earlier = duplicate.twin?.of ?? (stored && met.get(stored.id))
      if (!earlier && stored) met.set(stored.id, place)
      const twin: Twin | undefined = earlier && { ...earlier, identical: duplicate.twin?.identical === true }
      return { digests, twin }
    },
  }
}

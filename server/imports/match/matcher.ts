// Which record each row of a file stands for, and what it would change of it. A row that carries a token (an exported
// workbook, edited away from the system) is merged three ways: as exported, as uploaded, as it is now (three_way.ts). Any
// other row is found by the keys of its form; what it says replaces what is there.
import { fieldOf } from '../../forms/index.ts'
import { admit } from '../../records/checks.ts'
import { checkUnique, findRecords, hasRecord } from '../../records/keys.ts'
import { readRows, type StoredRecord } from '../../records/read.ts'
import { type Candidate, type Scope, within } from '../../records/scope.ts'
import type { FileRow } from '../read/file_row.ts'
import type { SheetPlan } from '../read/plan.ts'
import { readDays } from './bases.ts'
import type { MatchContext } from './context.ts'
import { candidateOf, type MatchedRow, setTimes, unmatched } from './matched_row.ts'
import { originOf, tellDeleted } from './origins.ts'
import { type ExportedRow, mergeExported } from './three_way.ts'

/**
 * A function that matches the rows of one unit with records: references become ids, records are found, rules are checked.
 * Faults are in the rows' candidates, undecided cells in `conflicts`. The rows are answered at once, as they are before
 * anything is looked up, with the promise of their being matched.
 */
export function matcher(context: MatchContext) {
  // by unit: a first import has nothing to look up
  const hasRecords = new Map<number | null, boolean>()

  async function hasAny(scope: Scope): Promise<boolean> {
    const known =
      hasRecords.get(scope.unit_id) ?? (await hasRecord(context.trx, context.form, [within(context.form, scope, 't')]))
    hasRecords.set(scope.unit_id, known)
    return known
  }

  async function match(plan: SheetPlan, scope: Scope, rows: MatchedRow[]): Promise<void> {
    const { trx, relation, form } = context
    const exported: ExportedRow[] = []
    const others: MatchedRow[] = []
    for (const matched of rows) {
      const origin = originOf(context, plan, scope, matched)
      if (origin === 'none') others.push(matched)
      else if (origin !== 'refused') exported.push({ matched, id: origin.id, version: origin.version, edited: {} })
    }
    if (exported.length > 0) others.push(...(await mergeExported(context, plan, scope, exported)))
    const candidates = () => others.map(({ candidate }) => candidate)
    await admit(trx, form, relation.catalogue, scope, candidates())
    const timed = others.filter(({ fileRow }) => fileRow.times)
    const days = await readDays(
      trx,
      form,
      timed.map(({ fileRow, candidate }) => ({ times: fileRow.times, row: candidate.row })),
    )
    for (const matched of timed) setTimes(form, matched, matched.candidate.row, days)
    const changed = others.length > 0 ? await matchByKey(context, scope, others, await hasAny(scope)) : []
    if (changed.length > 0) await mergeExported(context, plan, scope, changed)
    await checkUnique(trx, form, relation.catalogue, scope, candidates())
    for (const { matched, now, edited } of [...exported, ...changed])
      if (now?.deleted_at) tellDeleted(context, plan, matched, edited)
  }

  return (plan: SheetPlan, scope: Scope, fileRows: FileRow[]): { rows: MatchedRow[]; matched: Promise<void> } => {
    const rows = fileRows.map((fileRow) => unmatched(plan, fileRow))
    return { rows, matched: match(plan, scope, rows) }
  }
}

/**
 * Finds the records that rows stand for; a row with one is judged again as it would stand: stored, with what is given.
 * Answers the rows whose record is another one, or another version, than their sender was shown: they are to be merged.
 */
async function matchByKey(
  { trx, relation, form, startedAt, report }: MatchContext,
  scope: Scope,
  rows: MatchedRow[],
  hasRecords: boolean,
): Promise<ExportedRow[]> {
  if (!hasRecords) return rows.flatMap((matched) => changedSince(matched, undefined) ?? [])
  const references = form.keys.flat().filter((name) => fieldOf(form, name)?.type === 'reference')
  const keyed = rows.filter(({ candidate }) => !references.some((name) => typeof candidate.row[name] === 'string'))
  const ids = await findRecords(
    trx,
    form,
    relation.catalogue,
    scope,
    keyed.map(({ candidate }) => candidate.row),
  )
  const wanted = ids.filter((id) => id !== undefined)
  const stored = wanted.length === 0 ? [] : await readRows(trx, relation, [...new Set(wanted)])
  const recordOf = new Map(stored.map((row) => [row.id, row]))
  const changed: ExportedRow[] = []
  const again: Candidate[] = []
  for (const [index, matched] of keyed.entries()) {
    const record = recordOf.get(ids[index] ?? 0)
    if (record?.created_at === startedAt) continue
    const other = changedSince(matched, record)
    if (other) {
      report.setNote(matched.fileRow.n, '核对以后，别人改过这一行。')
      changed.push(other)
    }
    if (!record || other) continue
    matched.stored = record
    matched.candidate = candidateOf(form, matched, record, matched.given)
    again.push(matched.candidate)
  }
  await admit(trx, form, relation.catalogue, scope, again)
  return changed
}

/** The record a row is to be merged with, where it is not as its sender was shown. */
function changedSince(matched: MatchedRow, record: StoredRecord | undefined): ExportedRow | undefined {
  const { seen } = matched.fileRow
  if (!seen) return undefined
  if (seen === 'none') return record && { matched, id: record.id, version: undefined, is_taken: true, edited: {} }
  if (record?.id === seen.id && record.version === seen.version) return undefined
  return { matched, id: seen.id, version: seen.version, edited: {} }
}

// What becomes of rows that have been matched with records: at fault, disputed, repeated, unchanged, or written.
import { fieldOf, type Row, sameValue } from '../../forms/index.ts'
import type { StoredRecord } from '../../records/read.ts'
import type { Relation } from '../../records/relation.ts'
import type { Scope } from '../../records/scope.ts'
import { writableFields } from '../../records/write.ts'
import { tiesOf } from '../digest.ts'
import type { ImportContext } from '../match/context.ts'
import { tellExplanations } from '../match/explanations.ts'
import type { MatchedRow } from '../match/matched_row.ts'
import type { Repeats } from '../match/repeats.ts'
import type { SheetPlan } from '../read/plan.ts'
import { visitCounter, visitorOf } from '../tell/visits.ts'
import type { RowRecorder } from './recorder.ts'
import type { RecordUpdate, Writer } from './records.ts'

/** Rows judged at a stretch: requests are answered in between. */
const STRETCH = 250

/** A function that judges the rows of one unit and has those written that are to be. */
export function judge(
  context: ImportContext,
  { repeats, writer, recorder }: { repeats: Repeats; writer: Writer; recorder?: RowRecorder | undefined },
) {
  const { trx, relation, form, report } = context
  const countVisits = visitCounter(form)

  /** Whether a row is done with before it is held against the rest of the file. */
  function isConcluded(plan: SheetPlan, matched: MatchedRow, isOwn: boolean): boolean {
    const { fileRow, candidate, conflicts, stored, isLeftAlone } = matched
    if (isLeftAlone) report.conclude(fileRow, { kind: 'unchanged', ...versionOf(stored) })
    else if (Object.keys(candidate.errors).length === 0 && !conflicts) return false
    else if (!isOwn) tellOthers(context, plan, matched)
    else if (Object.keys(candidate.errors).length > 0) report.concludeWrong(plan, matched)
    else report.conclude(fileRow, { kind: 'conflict', conflicts, ...versionOf(stored) })
    return true
  }

  /** Whether an earlier row of the file stands for the same record. */
  function isRepeated(plan: SheetPlan, scope: Scope, matched: MatchedRow, isOwn: boolean): boolean {
    const { digests, twin } = repeats.find(scope, plan, matched)
    if (!twin && isOwn) digests[tiesOf(form)] = visitorOf(form, matched.candidate.row)
    recorder?.digests.set(matched.fileRow.n, digests)
    if (twin) report.concludeRepeated(plan, matched, twin)
    return twin !== undefined
  }

  return async (plan: SheetPlan, scope: Scope, rows: readonly MatchedRow[]): Promise<void> => {
    const isOwn = scope.unit_id === context.scope.unit_id
    for (const matched of rows) refuseOthersFields(relation, matched)
    if (isOwn) await tellExplanations(context, plan, scope, rows)
    const taken: Row[] = []
    const creates: MatchedRow[] = []
    const updates: RecordUpdate[] = []
    for (const [index, matched] of rows.entries()) {
      if (index % STRETCH === 0) await new Promise(setImmediate)
      if (isConcluded(plan, matched, isOwn) || isRepeated(plan, scope, matched, isOwn)) continue
      const { fileRow, candidate, stored } = matched
      taken.push(candidate.row)
      const values = stored && difference(matched, stored)
      if (!stored) creates.push(matched)
      else if (!values) report.conclude(fileRow, { kind: 'unchanged', ...versionOf(stored) })
      else updates.push({ matched, change: { id: stored.id, version: stored.version, values } })
    }
    if (isOwn) {
      await countVisits(trx, scope, taken, report.outcome)
      await writer.create(scope, creates)
      await writer.update(plan, updates)
    } else
      for (const matched of [...creates, ...updates.map((each) => each.matched)]) tellOthers(context, plan, matched)
    recorder?.drain()
  }
}

const versionOf = (stored: StoredRecord | undefined) =>
  stored ? { record_id: stored.id, version: stored.version } : {}

/** What the row would change of its record; blank cells keep what is stored. Undefined: nothing. */
function difference({ given, edited, candidate }: MatchedRow, stored: StoredRecord): Row | undefined {
  const changed = Object.keys(edited ?? given).filter((name) => !sameValue(candidate.row[name], stored[name]))
  return changed.length > 0 ? Object.fromEntries(changed.map((name) => [name, candidate.row[name] ?? null])) : undefined
}

/** A row of another unit that is not as it is stored there. */
function tellOthers({ units, scope, report }: ImportContext, plan: SheetPlan, { fileRow }: MatchedRow): void {
  const unit = units.find(({ id }) => id === plan.other_unit?.id)
  const own = units.find(({ id }) => id === scope.unit_id)
  const message = fileRow.unit
    ? `这一行是${fileRow.unit}的，内容只能由填报单位自己改。`
    : `${plan.other_unit?.why}，这一行是${unit?.name}的，没有导入；是本单位的，就改好再传，或者把这一行的填报单位改成“${own?.short_name}”。`
  report.concludeForeign(plan, fileRow, message)
}

/** What somebody else fills (an opinion, a decision) may stand in the file only as it is stored: never silently dropped. */
function refuseOthersFields(relation: Relation, { given, edited, candidate, stored }: MatchedRow): void {
  const { insert, update } = relation.sight
  const writable = writableFields(relation, stored ? update : insert)
  for (const [name, value] of Object.entries(edited ?? given)) {
    if (writable.has(name) || sameValue(value, stored?.[name])) continue
    candidate.errors[name] = `${fieldOf(relation.form, name)?.label}不由本单位填，请清空这一格。`
  }
}

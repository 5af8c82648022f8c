// Rows on their way through a walk, batch by batch: decided on, parted by unit, matched with records, judged. PostgreSQL
// looks one batch up while the one before is judged.
import type { Scope } from '../../records/scope.ts'
import type { Decider } from '../decide/decisions.ts'
import { unitNamed } from '../match/above.ts'
import type { ImportContext } from '../match/context.ts'
import type { matcher } from '../match/matcher.ts'
import type { FileRow } from '../read/file_row.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { judge } from './judge.ts'
import type { RowRecorder } from './recorder.ts'

type Steps = {
  decider: Decider | undefined
  match: ReturnType<typeof matcher>
  judge: ReturnType<typeof judge>
  /** Told of rows that were decided to be other ones. */
  onChange: (before: FileRow, after: FileRow) => void
  recorder: RowRecorder | undefined
}

export function batchWalker(context: ImportContext, steps: Steps) {
  const { match, judge, recorder } = steps
  const { form, scope, report } = context
  const { outcome } = report
  // the batch before, looked up and not yet judged
  let pending: (() => Promise<void>) | undefined

  async function settle(): Promise<void> {
    const judgeNow = pending
    pending = undefined
    await judgeNow?.()
  }

  /** The rows of one unit: matched now, judged while the next ones are matched. */
  async function takeUnit(plan: SheetPlan, own: Scope, fileRows: FileRow[]): Promise<void> {
    // a series is held against rows just written, and a merge against records just met: they take batch after batch
    const isOverlapping = !form.series && !fileRows.some(({ origin }) => origin)
    if (!isOverlapping) {
      report.tie()
      await settle()
    }
    const { rows, matched } = match(plan, own, fileRows)
    matched.catch(() => undefined)
    if (isOverlapping) {
      // requests get their turn in between
      await new Promise(setImmediate)
      await settle()
    }
    pending = async () => {
      await matched
      await judge(plan, own, rows)
    }
    if (!isOverlapping) await settle()
  }

  return {
    async take(plan: SheetPlan, rows: readonly FileRow[]): Promise<void> {
      outcome.rows += rows.length
      const sheet = outcome.sheets.at(-1)
      if (sheet) sheet.rows += rows.length
      // before anything is decided, and before names become ids
      await recorder?.expect(rows)
      for (const [unitId, group] of byUnit(context, steps, plan, rows))
        await takeUnit(plan, { ...scope, unit_id: unitId }, group)
    },
    /** When all rows taken so far are judged. */
    settle,
  }
}

/** The rows that go on to be matched, by their unit; the others are reported. */
function byUnit(
  context: ImportContext,
  { decider, onChange }: Pick<Steps, 'decider' | 'onChange'>,
  plan: SheetPlan,
  rows: readonly FileRow[],
): Map<number | null, FileRow[]> {
  const { form, scope, units, report } = context
  const groups = new Map<number | null, FileRow[]>()
  // nothing can be said of rows before somebody has said what their columns are
  const isUnread = plan.is_unnamed && !plan.mapped_by
  for (const read of rows) {
    if (isUnread || decider?.isLeftOut(read.n)) {
      report.conclude(read, { kind: isUnread ? 'wrong' : 'left_out' })
      continue
    }
    const decision = decider?.decide(plan, read)
    if (decision) {
      report.setDecided(read.n, decision)
      onChange(read, decision.fileRow)
    }
    const row = decision?.fileRow ?? read
    const unit = row.unit ? unitNamed(form, units, row.unit)?.id : (plan.other_unit?.id ?? scope.unit_id)
    if (unit === undefined) {
      report.concludeForeign(plan, row, noUnit(context, row.unit ?? ''))
      continue
    }
    const group = groups.get(unit)
    if (group) group.push(row)
    else groups.set(unit, [row])
  }
  return groups
}

const noUnit = ({ units, scope }: ImportContext, words: string): string => {
  const own = units.find(({ id }) => id === scope.unit_id)?.short_name
  const advice = `是本单位的行就改成“${own}”；这一栏写的不是填报单位，就在“栏目对应”里改为不读`
  return `没有“${words}”这个填报单位。${own ? `${advice}。` : ''}`
}

// The tables of a file, opened and closed while it is walked: what stands above their headings, what is reported of them, and
// how their columns were read.
import type { Decider } from '../decide/decisions.ts'
import { checkReportingUnit, fixReferences } from '../match/above.ts'
import type { ImportContext } from '../match/context.ts'
import type { FileMessage, FileRow, SheetEnd } from '../read/file_row.ts'
import { type Mapping, mappingOf } from '../read/mapping.ts'
import type { SheetPlan } from '../read/plan.ts'
import { type Added, addSheet, endSheet, mustAddUp } from '../tell/outcome.ts'
import type { RowRecorder } from './recorder.ts'

export function tableWalker(
  context: ImportContext,
  { decider, recorder }: { decider?: Decider | undefined; recorder?: RowRecorder | undefined },
) {
  const { form, report } = context
  const { outcome } = report
  const read: Parameters<typeof mappingOf>[0][number][] = []
  // what decisions have added to columns of the table that are summed up
  let added: Added[] = []

  return {
    async open(plan: SheetPlan): Promise<void> {
      // rows of two tables have one number: what is told of them can't be told apart by it
      if (plan.is_beside) report.tie()
      recorder?.openSheet(plan)
      await fixReferences(context, plan)
      replaceFixed(decider, plan)
      addSheet(outcome, form, plan)
      checkReportingUnit(context, plan)
    },

    /** The row was decided to be another one: its sums are. */
    change(before: FileRow, after: FileRow): void {
      for (const { name, sum } of form.fields) {
        const by = sum ? Number(after.values[name] ?? 0) - Number(before.values[name] ?? 0) : 0
        if (by !== 0) added.push({ row: before.number, field: name, by })
      }
    },

    close(plan: SheetPlan, end: SheetEnd): void {
      if (end.totals.length > 0) report.tie()
      endSheet(outcome, form, plan, end, added, mustAddUp(form))
      added = []
      read.push({ plan, looks: end.looks })
      recorder?.endSheet(plan, end)
    },

    /** A sheet that has no table of the form. */
    skip(message: Extract<FileMessage, { kind: 'skipped' }>): void {
      recorder?.skip(message)
      const { name, note, is_other } = message
      const other = is_other ? { is_other } : {}
      outcome.sheets.push({ name, heading_row: null, rows: 0, columns: [], ignored: [], notes: [note], ...other })
    },

    mapping: (): Mapping => mappingOf(read),
  }
}

/** A value from above the heading that is no record's name is replaced like any other. */
function replaceFixed(decider: Decider | undefined, { fixed_ids = {} }: SheetPlan): void {
  for (const [name, value] of Object.entries(fixed_ids)) {
    const other = typeof value === 'string' ? decider?.replacement(name, value) : undefined
    if (other !== undefined) fixed_ids[name] = other
  }
}

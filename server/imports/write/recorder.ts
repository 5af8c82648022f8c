// What a walk leaves behind of the rows that pass through it, for whoever wants it: a check keeps them to be looked at
// (stage/recorder.ts), applying holds them against what the check has shown (stage/holding.ts).
import type { FileMessage, FileRow, SheetEnd } from '../read/file_row.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { RowResult } from '../tell/result.ts'

export type RowRecorder = {
  /** What became of the rows judged, by n; taken out when they are drained. */
  results: Map<number, RowResult>
  /** Their digests: see digest.ts. */
  digests: Map<number, (number | undefined)[]>
  openSheet: (plan: SheetPlan) => void
  endSheet: (plan: SheetPlan, end: SheetEnd) => void
  skip: (message: Extract<FileMessage, { kind: 'skipped' }>) => void
  /** Rows that will be judged, as they were read. */
  expect: (rows: readonly FileRow[]) => Promise<void>
  /** Rows have been judged. */
  drain: () => void
}

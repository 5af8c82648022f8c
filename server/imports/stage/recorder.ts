// Writes down, while a file is walked, what was read of each row and what became of it: in the order of the file, whatever
// the order in which rows are judged, packed as they come.
import type { FileMessage, FileRow, SheetEnd } from '../read/file_row.ts'
import type { FramedValues } from '../read/frame.ts'
import type { SheetPlan } from '../read/plan.ts'
import type { RowResult } from '../tell/result.ts'
import type { WordTally } from '../tell/tally.ts'
import { type Chunk, stager, textOfStaged } from './chunks.ts'

/** What is kept of a check for deciding row by row. */
export type Restaging = { frame: FramedValues; tally: WordTally; is_tied: boolean }

/** `levels`: so many digests of each row are kept. */
export function recorder(levels: number) {
  const stage = stager(levels)
  const frame: FramedValues = { messages: [], fixed: [] }
  const results = new Map<number, RowResult>()
  const digests = new Map<number, (number | undefined)[]>()
  const waiting: { n: number; sheet: number; text: string }[] = []
  let next = 0
  let sheets = 0

  /** Takes the rows that have been judged, up to the first that has not. */
  function drain(): void {
    for (; next < waiting.length; next++) {
      const row = waiting[next]
      const result = row && results.get(row.n)
      if (!row || !result) break
      stage.add(textOfStaged(row.sheet, row.text, result), result.kind, digests.get(row.n) ?? [])
      results.delete(row.n)
      digests.delete(row.n)
    }
    waiting.splice(0, next)
    next = 0
  }

  return {
    results,
    digests,
    frame,
    openSheet(plan: SheetPlan): void {
      frame.messages.push({ kind: 'sheet', plan: structuredClone(plan) })
      sheets++
    },
    skip: (message: Extract<FileMessage, { kind: 'skipped' }>): void => {
      frame.messages.push(message)
    },
    endSheet(plan: SheetPlan, end: SheetEnd): void {
      frame.messages.push({ kind: 'sheet_end', end })
      frame.fixed.push(
        Object.fromEntries(Object.entries(plan.fixed).map(([name, options]) => [name, options[0]?.value ?? ''])),
      )
    },
    /** Rows that will be judged, as they were read. */
    async expect(rows: readonly FileRow[]): Promise<void> {
      drain()
      for (const row of rows) waiting.push({ n: row.n, sheet: sheets - 1, text: JSON.stringify(row) })
      await stage.settled()
    },
    drain,
    async end(): Promise<Chunk[]> {
      drain()
      return stage.end()
    },
  }
}

// Writes down, while a file is walked, what was read of each row and what became of it: in the order of the file, whatever
// the order in which rows are judged, packed as they come.
import type { Form } from '../../forms/index.ts'
import type { FoundRow, Message, SheetEnd } from '../read/file.ts'
import type { SheetPlan } from '../read/plan.ts'
import { type Chunk, type Fate, lineOf, stager } from './chunks.ts'

/** What of a file is not rows: enough to walk them again without the file. */
export type Frame = { messages: Exclude<Message, { kind: 'rows' | 'mark' }>[]; fixed: Record<string, string>[] }

/** The plans of the tables that were read, in their order. */
export const plansOf = ({ messages }: Pick<Frame, 'messages'>): SheetPlan[] =>
  messages.flatMap((message) => (message.kind === 'sheet' ? message.plan : []))

/** Digests of a row that tie it to others: its keys and its record's id. */
export const tiesOf = (form: Form): number => form.keys.length + 1
/** All digests of a row: behind its ties stand the visitor, where rows are visits, and what the row gives. */
export const levelsOf = (form: Form): number => tiesOf(form) + 2

export type Recorder = ReturnType<typeof recorder>

/** `levels`: so many digests of each row are kept. */
export function recorder(levels: number) {
  const stage = stager(levels)
  const frame: Frame = { messages: [], fixed: [] }
  const fates = new Map<number, Fate>()
  const keys = new Map<number, (number | undefined)[]>()
  const waiting: { n: number; sheet: number; found: string }[] = []
  let next = 0
  let sheets = 0

  /** Takes the rows that have been judged, up to the first that has not. */
  function drain(): void {
    for (; next < waiting.length; next++) {
      const row = waiting[next]
      const fate = row && fates.get(row.n)
      if (!row || !fate) break
      stage.add(lineOf(row.sheet, row.found, fate), fate.kind, keys.get(row.n) ?? [])
      fates.delete(row.n)
      keys.delete(row.n)
    }
    waiting.splice(0, next)
    next = 0
  }

  return {
    fates,
    keys,
    frame,
    openSheet(plan: SheetPlan): void {
      frame.messages.push({ kind: 'sheet', plan: structuredClone(plan) })
      sheets++
    },
    skip: (message: Extract<Message, { kind: 'skipped' }>): void => {
      frame.messages.push(message)
    },
    endSheet(plan: SheetPlan, end: SheetEnd): void {
      frame.messages.push({ kind: 'sheet_end', end })
      frame.fixed.push(
        Object.fromEntries(Object.entries(plan.fixed).map(([name, options]) => [name, options[0]?.value ?? ''])),
      )
    },
    /** Rows that will be judged, as they were read. */
    async expect(rows: readonly FoundRow[]): Promise<void> {
      drain()
      for (const row of rows) waiting.push({ n: row.n, sheet: sheets - 1, found: JSON.stringify(row) })
      await stage.settled()
    },
    drain,
    async end(): Promise<Chunk[]> {
      drain()
      return stage.end()
    },
  }
}

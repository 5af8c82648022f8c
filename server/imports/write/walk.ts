// The walk that check and apply share: rows as they are read → decided on → matched with records → judged → written, in
// batches, in one transaction. What differs is only how the transaction ends.
import { sql } from 'kysely'
import type { Person, Trx } from '../../database/connection.ts'
import type { Relation } from '../../records/relation.ts'
import type { Scope } from '../../records/scope.ts'
import type { Decider } from '../decide/decisions.ts'
import type { Unit } from '../match/above.ts'
import type { ImportContext } from '../match/context.ts'
import { matcher } from '../match/matcher.ts'
import { repeatFinder } from '../match/repeats.ts'
import type { FileMessage, FileRow } from '../read/file_row.ts'
import type { SheetPlan } from '../read/plan.ts'
import { type ImportOutcome, inOrder } from '../tell/outcome.ts'
import { reportOn } from '../tell/report.ts'
import type { WordTally } from '../tell/tally.ts'
import { visitsInWords } from '../tell/visits.ts'
import { batchWalker } from './batches.ts'
import { judge } from './judge.ts'
import type { RowRecorder } from './recorder.ts'
import { writer } from './records.ts'
import { tableWalker } from './tables.ts'

/** Large enough that a statement's own cost is lost in it, small enough that a request beside it hardly waits. */
const BATCH_ROWS = 2_000

export type Walk = {
  trx: Trx
  relation: Relation
  person: Person
  scope: Scope
  messages: AsyncIterable<FileMessage>
  /** Told after every batch; throws to stop. */
  onProgress: (rowsDone: number, rowsExpected: number) => void
  /** Nothing will be kept: see records.ts. */
  isPreview?: boolean
  /** What was decided about the rows. */
  decider?: Decider | undefined
  recorder?: RowRecorder | undefined
}

/** What became of the file, and the words nobody knew, counted for the proposals. */
export type WalkResult = { outcome: ImportOutcome; tally: WordTally; is_tied: boolean }

/** Walks a file through the transaction and answers what became of it. Faults are in the outcome, not thrown. */
export async function walk(given: Walk): Promise<WalkResult> {
  const { relation, person, isPreview, decider, recorder } = given
  const { form } = relation
  const report = reportOn(form, recorder?.results)
  const context: ImportContext = { ...(await scene(given)), relation, form, report }
  const repeats = repeatFinder(form)
  const records = writer(context, { person, isPreview })
  const tables = tableWalker(context, { decider, recorder })
  const batches = batchWalker(context, {
    decider,
    match: matcher({ ...context, isMet: repeats.isMet, choiceOf: decider?.choiceOf }),
    judge: judge(context, { repeats, writer: records, recorder }),
    onChange: tables.change,
    recorder,
  })
  try {
    await walkSheets(given, report.outcome, tables, batches)
  } finally {
    // a failed insert makes the statements behind it fail too: its own error is the one to tell
    await records.settled()
  }
  const { outcome, tally } = report
  if (outcome.visits)
    outcome.sheets.findLast(({ heading_row }) => heading_row !== null)?.notes.push(visitsInWords(outcome.visits))
  outcome.mapping = tables.mapping()
  inOrder(outcome)
  return { outcome, tally, is_tied: report.isTied() }
}

/** What the transaction finds when it begins. */
async function scene({ trx, scope }: Walk): Promise<Pick<ImportContext, 'trx' | 'scope' | 'units' | 'startedAt'>> {
  const found = await sql<Unit & { began_at: string }>`
    select id, name, short_name, also_known_as, to_json(now()) #>> '{}' as began_at from units where deleted_at is null`.execute(
    trx,
  )
  const units = found.rows
  return { trx, scope: { ...scope, known: new Map() }, units, startedAt: units[0]?.began_at ?? '' }
}

async function walkSheets(
  { messages, onProgress }: Walk,
  outcome: ImportOutcome,
  tables: ReturnType<typeof tableWalker>,
  batches: ReturnType<typeof batchWalker>,
): Promise<void> {
  let plan: SheetPlan | undefined
  let rows: FileRow[] = []
  const flush = async () => {
    if (plan && rows.length > 0) await batches.take(plan, rows)
    rows = []
    onProgress(outcome.rows, plan?.rows_expected ?? 0)
  }
  for await (const message of messages) {
    if (message.kind === 'rows') {
      rows.push(...message.rows)
      if (rows.length >= BATCH_ROWS) await flush()
    } else if (message.kind === 'sheet') {
      plan = message.plan
      await tables.open(plan)
    } else if (message.kind === 'sheet_end') {
      await flush()
      await batches.settle()
      if (plan) tables.close(plan, message.end)
    } else if (message.kind === 'skipped') tables.skip(message)
  }
  await batches.settle()
}

// A decision on a long file: only the rows it concerns are walked again, and those that share a key or a record with them.
// Where rows hang together in other ways (series, exported rows, lines of sums), the whole file is walked instead.
import { levelsOf, tiesOf } from '../digest.ts'
import { plansOf } from '../read/frame.ts'
import { textOf } from '../read/words.ts'
import { kindOf, readChunks, readStaged, type StagedRow } from '../stage/chunks.ts'
import { framed } from '../stage/replay.ts'
import { type ImportOutcome, inOrder, isAbout, MAX_ERRORS, MAX_LISTED } from '../tell/outcome.ts'
import { COUNT_OF, isUndecided, type RowResult } from '../tell/result.ts'
import { count, isFull, type WordTally } from '../tell/tally.ts'
import { visitsInWords, visitsOf } from '../tell/visits.ts'
import type { RowRecorder } from '../write/recorder.ts'
import { concernedBy, type HeldImport, type Restaged, walkBack } from './held.ts'
import { changedChunks, type Digests, openFile, type StagedFile, visitorsIn } from './staged_file.ts'

/** Files up to so many rows are walked again as a whole. */
const WHOLE_ROWS = 1_000
/** So many rows walked one by one are no quicker than all of them. */
const MOST_ROWS = 3_000
const MOST_ROUNDS = 6
const MAX_CHUNKS = 10_000

/** Undefined: the whole file has to be walked. */
export async function restagePart(held: HeldImport): Promise<Restaged | undefined> {
  const { form, result, tally, is_tied, trx, import_id, patch } = held
  if (result.rows <= WHOLE_ROWS || is_tied || isCut(result) || isFull(tally)) return undefined
  const file = openFile(await readChunks(trx, import_id, 0, MAX_CHUNKS), levelsOf(form), tiesOf(form))
  const rows = new Set([...concernedBy(patch), ...rowsWithWords(held, file)])
  file.addTied(rows, file.digestsOf(rows), MOST_ROWS)
  for (let round = 0; round < MOST_ROUNDS && rows.size <= MOST_ROWS; round++) {
    const walked = await walkRows(held, file, rows)
    if (walked.is_tied) return undefined
    const size = rows.size
    file.addTied(rows, [...walked.digests.values()], MOST_ROWS)
    if (rows.size === size) return takenIn(held, file, walked)
  }
  return undefined
}

/** Lists that were cut can't be brought up to date row by row. */
const isCut = ({ errors, warnings, duplicates }: ImportOutcome): boolean =>
  errors.length >= MAX_ERRORS || warnings.length >= MAX_LISTED || duplicates.length >= MAX_LISTED

/** Rows in which words stand that are replaced from now on, or are no longer. */
function rowsWithWords({ form, patch, decisions }: HeldImport, file: StagedFile): number[] {
  const found: number[] = []
  if (patch.replacements.length === 0) return found
  const words = patch.replacements.map(({ from }) => JSON.stringify(from))
  for (const [at, { first, kinds }] of file.chunks.entries())
    for (const [index, text] of file.linesAt(at).entries()) {
      if (!words.some((each) => text.includes(each))) continue
      const line = readStaged(text, kindOf(kinds[index]))
      const own = decisions.corrections?.[first + index]
      const holds = ({ field, from }: { field: string; from: string }) =>
        textOf(form, line.fileRow, field) === from || own?.[field] === from || line.result.replaced?.[field] === from
      if (patch.replacements.some(holds)) found.push(first + index)
    }
  return found
}

// Walking a part -------------------------------------------------------------------------------------------------------

type PartResult = {
  outcome: ImportOutcome
  tally: WordTally
  is_tied: boolean
  rows: number[]
  results: Map<number, RowResult>
  digests: Map<number, Digests>
}

async function walkRows(held: HeldImport, file: StagedFile, concerned: ReadonlySet<number>): Promise<PartResult> {
  const rows = [...concerned].sort((a, b) => a - b)
  const lines = rows.map((n) => readStaged(file.textOf(n), file.kindOf(n)))
  const nothing = () => {}
  const recorder: RowRecorder = {
    results: new Map(),
    digests: new Map(),
    openSheet: nothing,
    endSheet: nothing,
    skip: nothing,
    drain: nothing,
    expect: async () => {},
  }
  const batches = async function* (): AsyncGenerator<StagedRow[]> {
    yield lines
  }
  const walked = await walkBack(held, { messages: framed(held.frame, batches()), recorder })
  return { ...walked, rows, results: recorder.results, digests: recorder.digests }
}

/** What is known of the file, with what the rows came to now in the place of what they came to before. */
async function takenIn(held: HeldImport, file: StagedFile, walked: PartResult): Promise<Restaged | undefined> {
  const { result, tally, frame, form, trx, scope } = held
  const outcome = structuredClone(result)
  const told = structuredClone(tally)
  const names = plansOf(frame).map(({ name }) => name)
  const about = new Set<string>()
  const news = new Map<number, RowResult>()
  for (const n of walked.rows) {
    const { sheet, fileRow, result } = readStaged(file.textOf(n), file.kindOf(n))
    const fresh = walked.results.get(n)
    if (!fresh) return undefined
    about.add(`${names[sheet]} ${fileRow.number}`)
    news.set(n, fresh)
    turn(outcome, told, result, -1)
    turn(outcome, told, fresh, 1)
  }
  const isDone = (each: { sheet: string; row: number }) => about.has(`${each.sheet} ${each.row}`)
  for (const name of ['errors', 'warnings'] as const) {
    const kept = outcome[name].filter((each) => !isAbout(about, each))
    const added = walked.outcome[name].filter((each) => isAbout(about, each))
    Object.assign(outcome, { [name]: [...kept, ...added] })
  }
  outcome.duplicates = [
    ...outcome.duplicates.filter((each) => !isDone(each)),
    ...walked.outcome.duplicates.filter(isDone),
  ]
  inOrder(outcome)
  if (isCut(outcome) || isFull(told)) return undefined
  const chunks = await changedChunks(file, news, walked.digests)
  if (outcome.visits) {
    const said = visitsInWords(outcome.visits)
    outcome.visits = await visitsOf(trx, scope, visitorsIn(file, tiesOf(form)))
    const sheet = outcome.sheets.find(({ notes }) => notes.includes(said))
    if (sheet)
      sheet.notes = sheet.notes.map((note) => (note === said && outcome.visits ? visitsInWords(outcome.visits) : note))
  }
  const own = concernedBy(held.patch)
  const others = walked.rows.filter((n) => !own.includes(n))
  const changed = [...own, ...others].map(
    (n): StagedRow => ({ ...readStaged(file.textOf(n), file.kindOf(n)), result: news.get(n) as RowResult }),
  )
  return { outcome, tally: told, is_tied: false, chunks, changed }
}

/** Counts a row, or takes it out of the counts. */
function turn(outcome: ImportOutcome, tally: WordTally, result: RowResult, by: 1 | -1): void {
  outcome[COUNT_OF[result.kind]] += by
  if (isUndecided(result)) outcome.undecided += by
  outcome.error_count += by * Object.keys(result.errors ?? {}).length
  if (result.unknown) count(tally.unknown, result.unknown, by)
  if (result.replaced) count(tally.replaced, result.replaced, by)
}

// A decision on a long file: only the rows it concerns are walked again, and those that share a key or a record with them.
// Where rows hang together in other ways (series, exported rows, lines of sums), the whole file is walked instead.

import {
  type Chunk,
  type Fate,
  kindOf,
  type Line,
  letterOf,
  lineOf,
  packed,
  readChunks,
  readLine,
  unpack,
} from '../stage/chunks.ts'
import { levelsOf, plansOf, tiesOf } from '../stage/recorder.ts'
import { framed } from '../stage/replay.ts'
import { inOrder, isAbout, MAX_ERRORS, MAX_LISTED, type Outcome } from '../tell/outcome.ts'
import { counts, isUndecided } from '../tell/rows.ts'
import { visitsInWords, visitsOf } from '../tell/visits.ts'
import { textOf } from './decisions.ts'
import { count, isFull, type Tally } from './proposals.ts'
import { concernedBy, type Held, type Restaged, WHOLE, walkBack } from './restage.ts'

/** So many rows walked one by one are no quicker than all of them. */
const MOST_ROWS = 3_000
const MOST_ROUNDS = 6
const MAX_CHUNKS = 10_000

/** Undefined: the whole file has to be walked. */
export async function restagePart(held: Held): Promise<Restaged | undefined> {
  const { form, result, tally, is_tied, trx, import_id, patch } = held
  if (result.rows <= WHOLE || is_tied || isCut(result) || isFull(tally)) return undefined
  const file = openFile(await readChunks(trx, import_id, 0, MAX_CHUNKS), levelsOf(form), tiesOf(form))
  const rows = new Set([...concernedBy(patch), ...rowsWithWords(held, file)])
  file.addTied(rows, file.digestsOf(rows))
  for (let round = 0; round < MOST_ROUNDS && rows.size <= MOST_ROWS; round++) {
    const walked = await walkRows(held, file, rows)
    if (walked.is_tied) return undefined
    const size = rows.size
    file.addTied(rows, [...walked.keys.values()])
    if (rows.size === size) return takenIn(held, file, walked)
  }
  return undefined
}

/** Lists that were cut can't be brought up to date row by row. */
const isCut = ({ errors, warnings, duplicates }: Outcome): boolean =>
  errors.length >= MAX_ERRORS || warnings.length >= MAX_LISTED || duplicates.length >= MAX_LISTED

// The file as it was staged --------------------------------------------------------------------------------------------

type Digests = readonly (number | undefined)[]
type File = ReturnType<typeof openFile>

function openFile(chunks: readonly Chunk[], levels: number, ties: number) {
  const lines = new Map<number, string[]>()
  const keys = chunks.map(({ keys: bytes, kinds }) => {
    const numbers = new Float64Array(kinds.length * levels)
    if (bytes) Buffer.from(numbers.buffer).set(bytes.subarray(0, numbers.byteLength))
    return numbers
  })
  // chunks are of one length, but for the last
  const length = chunks[0]?.kinds.length ?? 1
  const chunkAt = (n: number) => Math.min(Math.floor(n / length), chunks.length - 1)
  function linesAt(at: number): string[] {
    const chunk = chunks[at]
    const known = lines.get(at) ?? (chunk ? unpack(chunk.rows) : [])
    lines.set(at, known)
    return known
  }
  function digestsOf(rows: Iterable<number>): Digests[] {
    return [...rows].map((n) => {
      const at = chunkAt(n)
      const from = (n - (chunks[at]?.first ?? 0)) * levels
      return Array.from(keys[at]?.subarray(from, from + levels) ?? [])
    })
  }
  /** Adds the rows that share a key or a record with these digests, and those that share one with them, and so on. */
  function addTied(rows: Set<number>, digests: readonly Digests[]): void {
    let news = digests
    while (news.length > 0 && rows.size <= MOST_ROWS) {
      const wanted = Array.from({ length: ties }, () => new Set<number>())
      for (const each of news)
        for (let level = 0; level < ties; level++) {
          const digest = each[level]
          if (digest !== undefined && !Number.isNaN(digest)) wanted[level]?.add(digest)
        }
      const found: number[] = []
      for (const [at, { first, kinds }] of chunks.entries()) {
        const numbers = keys[at] as Float64Array
        for (let index = 0; index < kinds.length; index++)
          for (let level = 0; level < ties; level++)
            if (wanted[level]?.has(numbers[index * levels + level] as number) && !rows.has(first + index)) {
              rows.add(first + index)
              found.push(first + index)
            }
      }
      news = digestsOf(found)
    }
  }
  return {
    chunks,
    keys,
    levels,
    digestsOf,
    addTied,
    linesAt,
    chunkAt,
    textOf: (n: number): string => linesAt(chunkAt(n))[n - (chunks[chunkAt(n)]?.first ?? 0)] ?? '',
    kindOf: (n: number) => kindOf(chunks[chunkAt(n)]?.kinds[n - (chunks[chunkAt(n)]?.first ?? 0)]),
  }
}

/** Rows in which words stand that are replaced from now on, or are no longer. */
function rowsWithWords({ form, patch, decisions }: Held, file: File): number[] {
  const found: number[] = []
  if (patch.replacements.length === 0) return found
  const words = patch.replacements.map(({ from }) => JSON.stringify(from))
  for (const [at, { first, kinds }] of file.chunks.entries())
    for (const [index, text] of file.linesAt(at).entries()) {
      if (!words.some((each) => text.includes(each))) continue
      const line = readLine(text, kindOf(kinds[index]))
      const own = decisions.corrections?.[first + index]
      const holds = ({ field, from }: { field: string; from: string }) =>
        textOf(form, line.found, field) === from || own?.[field] === from || line.fate.replaced?.[field] === from
      if (patch.replacements.some(holds)) found.push(first + index)
    }
  return found
}

// Walking a part -------------------------------------------------------------------------------------------------------

type Walked = {
  outcome: Outcome
  tally: Tally
  is_tied: boolean
  rows: number[]
  fates: Map<number, Fate>
  keys: Map<number, (number | undefined)[]>
}

async function walkRows(held: Held, file: File, concerned: ReadonlySet<number>): Promise<Walked> {
  const rows = [...concerned].sort((a, b) => a - b)
  const lines = rows.map((n) => readLine(file.textOf(n), file.kindOf(n)))
  const fates: Walked['fates'] = new Map()
  const keys: Walked['keys'] = new Map()
  const nothing = () => {}
  const recorder = {
    fates,
    keys,
    openSheet: nothing,
    endSheet: nothing,
    skip: nothing,
    drain: nothing,
    expect: async () => {},
  }
  const batches = async function* (): AsyncGenerator<Line[]> {
    yield lines
  }
  const walked = await walkBack(held, { messages: framed(held.frame, batches()), recorder })
  return { ...walked, rows, fates, keys }
}

/** What is known of the file, with what the rows came to now in the place of what they came to before. */
async function takenIn(held: Held, file: File, walked: Walked): Promise<Restaged | undefined> {
  const { result, tally, frame, form, trx, scope } = held
  const outcome = structuredClone(result)
  const told = structuredClone(tally)
  const names = plansOf(frame).map(({ name }) => name)
  const about = new Set<string>()
  const news = new Map<number, Fate>()
  for (const n of walked.rows) {
    const { sheet, found, fate } = readLine(file.textOf(n), file.kindOf(n))
    const fresh = walked.fates.get(n)
    if (!fresh) return undefined
    about.add(`${names[sheet]} ${found.number}`)
    news.set(n, fresh)
    turn(outcome, told, fate, -1)
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
  const chunks = await changedChunks(file, walked, news)
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
    (n): Line => ({ ...readLine(file.textOf(n), file.kindOf(n)), fate: news.get(n) as Fate }),
  )
  return { outcome, tally: told, is_tied: false, chunks, changed }
}

/** Counts a row, or takes it out of the counts. */
function turn(outcome: Outcome, tally: Tally, fate: Fate, by: 1 | -1): void {
  outcome[counts[fate.kind]] += by
  if (isUndecided(fate)) outcome.undecided += by
  outcome.error_count += by * Object.keys(fate.errors ?? {}).length
  if (fate.unknown) count(tally.unknown, fate.unknown, by)
  if (fate.replaced) count(tally.replaced, fate.replaced, by)
}

/** The chunks with rows that were walked again; their digests are brought up to date in the file too. */
async function changedChunks(file: File, { rows, keys }: Walked, news: ReadonlyMap<number, Fate>): Promise<Chunk[]> {
  const packing: Promise<Chunk>[] = []
  for (const at of new Set(rows.map(file.chunkAt))) {
    const chunk = file.chunks[at]
    const numbers = file.keys[at]
    if (!chunk || !numbers) continue
    const letters = [...chunk.kinds]
    const lines = file.linesAt(at).map((text, index) => {
      const n = chunk.first + index
      const fate = news.get(n)
      if (!fate) return text
      letters[index] = letterOf(fate.kind)
      for (let level = 0; level < file.levels; level++)
        numbers[index * file.levels + level] = keys.get(n)?.[level] ?? Number.NaN
      const [sheet, found = ''] = text.split('\t')
      return lineOf(Number(sheet), found, fate)
    })
    packing.push(packed(chunk.first, letters.join(''), lines, numbers))
  }
  return Promise.all(packing)
}

function visitorsIn({ keys, levels }: File, level: number): number[] {
  const visitors: number[] = []
  for (const numbers of keys)
    for (let at = level; at < numbers.length; at += levels)
      if (!Number.isNaN(numbers[at])) visitors.push(numbers[at] as number)
  return visitors
}

// Finds the heading of a form in the first rows of a sheet, by meaning: labels and synonyms of the form's definition,
// whatever their order, joined over two or three merged rows. Pure functions over rows already read.
import type { Form } from '../forms/index.ts'
import type { CellRange, WorkbookCell } from './cells.ts'
import { fitting, type HeadingTarget, normalHeading, SURE, targetsOf } from './heading_words.ts'
import { isIdentityHeading } from './identity.ts'
import { markColumns } from './marks.ts'
import { aboveHeading } from './said_above.ts'
import type { SheetRow } from './sheet.ts'
import { place_heading, token_heading } from './tokens.ts'

/** How many rows of a sheet are searched for a heading. */
export const HEADING_ROWS = 30
const MAX_HEADING_HEIGHT = 3
const MAX_COLUMNS = 256
/** Longer words are no heading; they are cut so that no pattern works itself to death on them. */
const MAX_WORDS = 200

export type HeadingColumn = {
  /** 0-based. */
  column: number
  /** The words of the heading, rows joined with a blank. */
  heading: string
  /**
   * field: read into `field`. mark: ticked where `field` is `choice` (性别 男 | 女). beside: tells records of one name apart for the reference `field` (its target's field
   * `beside`). unit: the reporting unit of each row. number: 序号, or 错误说明. derived, attachments: of the form, but not read from a
   * workbook. forbidden: never read. unknown: not of the form. token, place: what we wrote into a hidden column, the
   * record of the row (tokens.ts) or its place in an earlier upload (patch.ts).
   */
  kind:
    | 'field'
    | 'mark'
    | 'beside'
    | 'unit'
    | 'number'
    | 'derived'
    | 'attachments'
    | 'forbidden'
    | 'unknown'
    | 'token'
    | 'place'
  field: string | null
  beside?: string
  /** Of a mark: what is chosen where the cell is ticked. */
  choice?: string
  /** The words were only alike, not the same: to be reported. */
  guessed?: boolean
  /** A field that these words name as well as those of the column it was given to. */
  rival?: string
}

/** One thing said above the heading, such as 填报单位：合肥市总工会, with the cell it stands in. */
export type HeadingRemark = { label: string; value: string; row: number; column: number }

export type Heading = {
  /** First and last row of the heading, 1-based. */
  from: number
  to: number
  columns: HeadingColumn[]
  remarks: HeadingRemark[]
  /** The title above the heading, if there is one. */
  title?: { text: string; row: number; column: number }
  score: number
  /** No words of the form were found: its columns are for a person to name. */
  is_unnamed?: true
}

type FoundHeading = Omit<Heading, 'remarks'>

/** A heading above the best one is one too when it has this share of its points. */
const COMPARABLE = 0.6

/** The first heading for a form in the first rows of a sheet, or undefined when there is none. */
export function findHeading(rows: readonly SheetRow[], merges: readonly CellRange[], form: Form): Heading | undefined {
  const first = rows.filter((row) => row.number <= HEADING_ROWS)
  const near = merges.filter((merge) => merge.from_row <= HEADING_ROWS)
  const targets = targetsOf(form)
  const found = first.flatMap((_, at) => windowsAt(first, at, near, targets))
  let best = bestOf(found)
  if (!best) return undefined
  // a sheet of several tables begins with the first of them, not with the one whose heading says most
  const enough = best.score * COMPARABLE
  for (;;) {
    const { from }: FoundHeading = best
    const earlier = found.filter((each) => each.to < from && each.score >= enough && isOverRows(each, first, from))
    const next = bestOf(earlier)
    if (!next) break
    best = next
  }
  return { ...best, ...aboveHeading(first, best.from) }
}

/** How many cells the windows over these rows have that a search for a heading looks at. */
export const searchCost = (rows: readonly SheetRow[]): number =>
  rows.reduce((sum, row) => sum + (row.number <= HEADING_ROWS && holdsWords(row) ? row.cells.length : 0), 0) *
  ((MAX_HEADING_HEIGHT * (MAX_HEADING_HEIGHT + 1)) / 2)

/** The heading that begins with the first of these rows (as many as a heading may have), or undefined. */
export function headingAt(
  rows: readonly SheetRow[],
  merges: readonly CellRange[],
  form: Form,
): FoundHeading | undefined {
  const last = rows.at(-1)?.number ?? 0
  const near = merges.filter((merge) => merge.from_row <= last && merge.to_row >= (rows[0]?.number ?? 0))
  return bestOf(windowsAt(rows, 0, near, targetsOf(form)).filter(isMostlyKnown))
}

/** What is known of the words in a row that says too little to be taken for a heading. */
export const partlyKnown = (row: SheetRow, form: Form): HeadingColumn[] =>
  matchWindow([row], [], targetsOf(form), true)?.columns.map(({ rival: _rival, ...column }) =>
    column.guessed || column.kind === 'beside'
      ? { column: column.column, heading: column.heading, kind: 'unknown', field: null }
      : column,
  ) ?? []

function windowsAt(
  rows: readonly SheetRow[],
  at: number,
  merges: readonly CellRange[],
  targets: readonly HeadingTarget[],
): FoundHeading[] {
  const found: FoundHeading[] = []
  for (let height = 1; height <= MAX_HEADING_HEIGHT; height++) {
    const window = rows.slice(at, at + height)
    if (window.length < height || !isOneHeading(window, merges, targets)) break
    if (goesOn(window, rows[at + height], merges)) continue
    const matched = matchWindow(window, merges, targets)
    if (matched) found.push(matched)
  }
  return found
}

/** Most points; alike in points the one that begins lower (a title above adds nothing), of those the shorter one. */
function bestOf(found: readonly FoundHeading[]): FoundHeading | undefined {
  let best: FoundHeading | undefined
  for (const each of found)
    if (!best || each.score > best.score || (each.score === best.score && each.from > best.from)) best = each
  return best
}

/** A line such as 联系人 | 丁一 | 电话 | … has as many values as labels; a heading has few words that are none of ours. */
const isMostlyKnown = ({ columns }: FoundHeading) =>
  columns.filter(({ kind }) => kind === 'unknown').length * 2 <=
  columns.filter(({ kind }) => kind !== 'unknown' && kind !== 'number').length

/** Whether something that could be its rows stands between this heading and the next one. */
const isOverRows = (heading: FoundHeading, rows: readonly SheetRow[], nextFrom: number) =>
  isMostlyKnown(heading) &&
  rows.some(({ number, cells }) => number > heading.to && number < nextFrom && cells.filter((cell) => cell).length > 1)

// Matching ---------------------------------------------------------------------------------------------------------

/** 错误说明, which we wrote into a table of errors: nothing to read, nothing to tell. */
export const isErrorColumn = (heading: string) => normalHeading(heading) === '错误说明'
/** The same for 本人签名, which is for a pen. */
const isForPen = (heading: string) => normalHeading(heading) === '本人签名'
const tokenWords = normalHeading(token_heading)
const placeWords = normalHeading(place_heading)
/** The hidden columns that we write and read again. */
function ownColumn(heading: string): 'token' | 'place' | undefined {
  const words = normalHeading(heading)
  return words === tokenWords ? 'token' : words === placeWords ? 'place' : undefined
}
const isOwn = (heading: string) => isErrorColumn(heading) || isForPen(heading) || ownColumn(heading) !== undefined
const NUMBERING = /^(序号|编号|序|no|№|#|行号)$/

function matchWindow(
  window: readonly SheetRow[],
  merges: readonly CellRange[],
  targets: readonly HeadingTarget[],
  isLenient = false,
): FoundHeading | undefined {
  const headings = headingWords(window, merges)
  if (headings.length < 2) return undefined
  const marks = markColumns(headings, targets)
  const pairs = headings.flatMap((heading) => fitting(heading.parts, targets).map((fit) => ({ heading, ...fit })))
  pairs.sort((a, b) => b.points - a.points)
  const taken = new Map<number, HeadingColumn>()
  const used = new Set<HeadingTarget>()
  let score = 0
  let fields = 0
  for (const { heading, target, points } of pairs) {
    // a column taken for the reporting unit by mistake would send its rows to another unit
    if (target.kind === 'unit' && points < SURE) continue
    if (marks.has(heading.column) || taken.has(heading.column) || used.has(target)) continue
    if (isIdentityHeading(heading.parts.join(''))) continue
    if (isOwn(heading.parts.join(''))) continue
    taken.set(heading.column, {
      column: heading.column,
      heading: heading.parts.join(' '),
      kind: target.kind,
      field: target.field?.name ?? null,
      ...(target.beside ? { beside: target.beside } : {}),
      ...(points < SURE ? { guessed: true } : {}),
    })
    used.add(target)
    score += points
    if (target.kind === 'field') fields++
  }
  if (!isLenient && (fields < 2 || score < 150)) return undefined
  // a column of its own says more than ticks
  for (const [column, { field }] of marks)
    if ([...taken.values()].some((each) => each.field === field)) marks.delete(column)
  const columns = headings.flatMap((heading, at): HeadingColumn[] => {
    const known = taken.get(heading.column) ?? marks.get(heading.column)
    // the rest of a heading merged over several columns is no column of its own
    const isRest = !known && heading.is_covered && heading.parts.at(-1) === headings[at - 1]?.parts.at(-1)
    return isRest ? [] : [known ?? leftOver(heading)]
  })
  for (const column of columns) {
    const rival = column.kind === 'unknown' && rivalOf(column.column, pairs, taken)
    if (rival) column.rival = rival
  }
  return { from: window[0]?.number ?? 0, to: window.at(-1)?.number ?? 0, columns, score }
}

type Pair = { heading: { column: number }; target: HeadingTarget; points: number }

/** Brackets and groups make a few points; what is as good but for those is as good. */
const AS_GOOD = 5

/** The field that a column without one would have had, but for another column that fits it no better. */
function rivalOf(
  column: number,
  pairs: readonly Pair[],
  taken: ReadonlyMap<number, HeadingColumn>,
): string | undefined {
  const own = pairs.find(
    (pair) => pair.heading.column === column && pair.points >= SURE && pair.target.kind === 'field',
  )
  const winner =
    own &&
    pairs.find((pair) => pair.target === own.target && taken.get(pair.heading.column)?.field === own.target.field?.name)
  return own && winner && own.points >= winner.points - AS_GOOD ? own.target.field?.name : undefined
}

function leftOver(heading: { column: number; parts: string[] }): HeadingColumn {
  const words = heading.parts.join(' ')
  const own = ownColumn(words)
  if (own) return { column: heading.column, heading: words, kind: own, field: null }
  const kind = isIdentityHeading(heading.parts.join(''))
    ? 'forbidden'
    : NUMBERING.test(normalHeading(words)) || isErrorColumn(words) || isForPen(words)
      ? 'number'
      : 'unknown'
  return { column: heading.column, heading: words, kind, field: null }
}

/** `is_covered`: all of them belong to merges that begin in another column or above. */
type HeadingWords = { column: number; parts: string[]; is_covered: boolean }

/** The words over each column, from the top row to the bottom one; a merge gives its words to every column it covers. */
function headingWords(window: readonly SheetRow[], merges: readonly CellRange[]): HeadingWords[] {
  const width = Math.min(MAX_COLUMNS, Math.max(...window.map((row) => row.cells.length)))
  const found: HeadingWords[] = []
  for (let column = 0; column < width; column++) {
    const parts: string[] = []
    for (const row of window) {
      const own = row.cells[column]
      const merge = own ? undefined : covering(merges, row.number, column)
      const source = merge && window.find((one) => one.number === merge.from_row)?.cells[merge.from_column]
      const words = (own ?? source)?.text.slice(0, MAX_WORDS).replace(/\s+/g, ' ').trim() ?? ''
      if (words !== '' && words !== parts.at(-1)) parts.push(words)
    }
    const isCovered = window.every((row) => !row.cells[column])
    if (parts.length > 0) found.push({ column, parts, is_covered: isCovered })
  }
  return found
}

function covering(merges: readonly CellRange[], row: number, column: number): CellRange | undefined {
  return merges.find(
    (merge) => merge.from_row <= row && merge.to_row >= row && merge.from_column <= column && merge.to_column >= column,
  )
}

/**
 * Whether rows can be one heading: words only, following each other, and a lower row says more about few of the
 * columns that already have words, unless cells merged over both say that they belong together (which of several windows
 * it is, the points decide).
 */
function isOneHeading(
  window: readonly SheetRow[],
  merges: readonly CellRange[],
  targets: readonly HeadingTarget[],
): boolean {
  // the form itself may have a group of one column
  const isGroupOf = (upper: WorkbookCell, lower: WorkbookCell) =>
    targets.some(
      ({ group, label }) => group !== '' && group === normalHeading(upper.text) && label === normalHeading(lower.text),
    )
  if (!window.every(holdsWords)) return false
  for (const [index, row] of window.entries()) {
    const above = window[index - 1]
    if (!above) continue
    if (row.number !== above.number + 1) return false
    let narrow = 0
    const width = Math.min(MAX_COLUMNS, row.cells.length)
    for (let column = 0; column < width; column++) {
      const [upper, lower] = [above.cells[column], row.cells[column]]
      if (!upper || !lower) continue
      const merge = covering(merges, above.number, column)
      const stretches = merge ? merge.to_column > column : !above.cells[column + 1] && row.cells[column + 1]
      if (!stretches && !isGroupOf(upper, lower)) narrow++
    }
    const isJoined = merges.some(({ from_row, to_row }) => from_row <= above.number && to_row >= row.number)
    if (narrow > 2 && !isJoined) return false
  }
  return true
}

/** Whether merges say that the heading goes on below the window: cells merged down out of it, or words under a wide one. */
function goesOn(window: readonly SheetRow[], next: SheetRow | undefined, merges: readonly CellRange[]): boolean {
  const from = window[0]?.number ?? 0
  const last = window.at(-1)?.number ?? 0
  if (!next || next.number !== last + 1 || window.length >= MAX_HEADING_HEIGHT || !holdsWords(next)) return false
  return merges.some((merge) => {
    if (merge.from_row < from || merge.from_row > last) return false
    if (merge.to_row > last) return merge.to_row < from + MAX_HEADING_HEIGHT
    const wide = merge.to_column > merge.from_column && merge.to_column - merge.from_column < next.cells.length - 1
    return wide && merge.to_row === last && next.cells.slice(merge.from_column, merge.to_column + 1).some(Boolean)
  })
}

/** 1, 2, 3 or a day, as columns for ticks are headed. */
export const isCounting = ({ kind, value }: WorkbookCell): boolean =>
  kind === 'date' || (kind === 'number' && Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 31)

/** Words; behind two of them a heading may go on with numbers that count up, or with days. */
function holdsWords(row: SheetRow): boolean {
  let words = 0
  let counted = 0
  for (const cell of row.cells) {
    if (!cell) continue
    if (cell.kind === 'text') {
      words++
      continue
    }
    if (words < 2 || !isCounting(cell)) return false
    if (cell.kind === 'number') {
      if (counted > 0 ? cell.value !== counted + 1 : cell.value !== 1) return false
      counted++
    }
  }
  return words > 0
}

// The sender's own workbook as a table of errors: read once more to find headings, data rows and free columns, then patched
// (workbook/patch). It runs in the reading thread, and tells lines apart as read/file.ts does.
import type { Form } from '../../forms/index.ts'
import { asCounted, countedIn } from '../../workbook/counted.ts'
import { type Heading, isErrorColumn } from '../../workbook/heading.ts'
import type { Note } from '../../workbook/notes.ts'
import { impossible, PatchImpossible } from '../../workbook/patch/impossible.ts'
import { patchWorkbook, type WorkbookPatch } from '../../workbook/patch/patch.ts'
import { LIMITS, type Limits, readWorkbook, type Sheet, type SheetRow } from '../../workbook/read.ts'
import { type SheetTable, type TableLine, tablesIn } from '../../workbook/tables.ts'
import { inThread } from '../../workbook/thread.ts'
import { type Layouts, mapHeading } from '../read/mapping.ts'

export type FlaggedCell = { column: number; message: string }
/** Of one sheet: faults by row, and those of the heading or above it, which every row of the sheet has. */
export type SheetFaults = { rows: Map<number, FlaggedCell[]>; general: (FlaggedCell & { row: number })[] }
export type FaultsBySheet = Map<string, SheetFaults>
/** What has been corrected since the file was sent: cells by the n of their row, and words wherever they stand in a field. */
export type Corrected = {
  corrections: readonly { n: number; field: string; value: string | null }[]
  replacements: readonly { field: string; from: string; to: string | null }[]
  /** Columns that somebody has given to fields. */
  layouts?: Layouts
}

type Patching = {
  bytes: Buffer
  file_name: string
  form: Form
  import_id: number
  faults: FaultsBySheet
  corrected?: Corrected
  limits?: Partial<Limits>
}

export type PatchedMessage = { kind: 'piece'; bytes: Uint8Array } | { kind: 'impossible'; reason: string }

/** So much of a cell's words counts, as in read/file.ts. */
const MAX_TYPED = 200
/** Columns that are looked at for a free one behind the table. */
const LAST_COLUMN = 250

/** The patched workbook in pieces, or the reason why there is none. Throws `WorkbookRefused`. */
export async function* patchSent(given: Patching): AsyncGenerator<PatchedMessage> {
  const { bytes, file_name, import_id, limits } = given
  try {
    const workbook = await readWorkbook(bytes, file_name, { limits })
    if (workbook.format !== 'xlsx') throw impossible('format')
    const shown = workbook.sheets.filter(({ hidden }) => !hidden)
    const patches = await patchesOf(shown, given)
    for await (const piece of patchWorkbook(bytes, patches, import_id, { ...LIMITS, ...limits }))
      yield { kind: 'piece', bytes: piece }
  } catch (error) {
    if (!(error instanceof PatchImpossible)) throw error
    yield { kind: 'impossible', reason: error.reason }
  }
}

/** The same in the reading thread. */
export const patchInThread = inThread(import.meta.url, patchSent)

const noFaults: SheetFaults = { rows: new Map(), general: [] }

/** What is to be done to the sheets that have a table of the form. Two tables of one sheet can't share their columns of notes. */
async function patchesOf(shown: readonly Sheet[], { form, faults, corrected }: Patching): Promise<WorkbookPatch[]> {
  const patchers: { sheet: Sheet; patcher: ReturnType<typeof tablePatcher> }[] = []
  let n = 0
  for await (const { sheet, part } of tablesIn(shown, form)) {
    if (part.kind === 'foreign') throw impossible('tables')
    if (part.kind === 'table') {
      const { index, is_beside, heading } = part.table
      if (index > 0 || is_beside || heading.is_unnamed) throw impossible('tables')
      patchers.push({ sheet, patcher: tablePatcher(sheet, part.table, form, corrected) })
    }
    if (part.kind === 'lines') for (const line of part.lines) if (patchers.at(-1)?.patcher.take(line, n)) n++
  }
  return patchers.flatMap(({ sheet, patcher }) => patcher.end(faults.get(sheet.name)) ?? [])
}

function tablePatcher(sheet: Sheet, { heading, above }: SheetTable, form: Form, corrected: Corrected | undefined) {
  const texts = new Map<number, Map<number, string>>()
  const places = new Map<number, number>()
  const used = new Uint8Array(LAST_COLUMN + 8)
  let lastRow = 0
  const use = ({ cells }: SheetRow) => {
    for (const column of cells.keys()) if (cells[column] && column <= LAST_COLUMN) used[column] = 1
  }
  for (const row of above) if (row.number >= heading.from) use(row)
  const correct =
    corrected && correcting(form, mapHeading(heading, form, sheet.name, corrected.layouts).heading, corrected, texts)

  /** Takes a line that is the n-th row of the file if it is data; answers whether it is. */
  function take({ row, kind }: TableLine, n: number): boolean {
    use(row)
    if (kind !== 'data') return false
    correct?.(row, n)
    places.set(row.number, n)
    lastRow = row.number
    return true
  }

  function end(faults: SheetFaults = noFaults): WorkbookPatch | undefined {
    if (places.size === 0) return undefined
    const { rows, general } = faults
    const hasFaults = rows.size > 0 || general.length > 0
    const columns = ownColumns(heading, sheet, used)
    return {
      sheet: sheet.name,
      heading_from: heading.from,
      heading_row: heading.to,
      place_column: columns.place,
      ...(hasFaults ? { note_column: columns.note } : {}),
      last_row: lastRow,
      places,
      ...markedBy(sheet, heading, faults, places),
      texts,
    }
  }
  return { take, end }
}

/** A function that notes the corrected cells of a row in `texts`. */
function correcting(
  form: Form,
  heading: Heading,
  { corrections, replacements }: Corrected,
  texts: Map<number, Map<number, string>>,
) {
  const { columns } = heading
  const columnOf = new Map(
    columns.flatMap(({ field, column, kind }) => (field && kind === 'field' ? [[field, column]] : [])),
  )
  const counted = countedIn(form, heading)
  const byRow = new Map<number, { column: number; text: string }[]>()
  for (const { n, field, value } of corrections) {
    const list = byRow.get(n) ?? []
    byRow.set(n, list)
    for (const { kind, column, choice, field: own } of columns) {
      if (own !== field) continue
      const unit = counted.get(column)
      if (kind === 'mark') list.push({ column, text: choice === value ? '√' : '' })
      if (kind === 'field') list.push({ column, text: unit ? asCounted(value ?? '', unit) : (value ?? '') })
    }
  }
  const byColumn = new Map<number, Map<string, string>>()
  for (const { field, from, to } of replacements) {
    const column = columnOf.get(field)
    if (column === undefined) continue
    const known = byColumn.get(column) ?? new Map<string, string>()
    byColumn.set(column, known.set(from, to ?? ''))
  }
  return (row: SheetRow, n: number) => {
    const found = new Map<number, string>()
    for (const [column, words] of byColumn) {
      const text = words.get(row.cells[column]?.text.slice(0, MAX_TYPED).trim() ?? '')
      if (text !== undefined) found.set(column, text)
    }
    for (const { column, text } of byRow.get(n) ?? []) found.set(column, text)
    if (found.size > 0) texts.set(row.number, found)
  }
}

/** 原行号 and 错误说明: where they stand already, else the first two columns behind the table with nothing in them. */
function ownColumns({ columns, from }: Heading, sheet: Sheet, used: Uint8Array): { place: number; note: number } {
  const known = columns.find(({ heading }) => isErrorColumn(heading))?.column
  const knownPlace = columns.find(({ kind }) => kind === 'place')?.column
  const others = columns.filter(({ kind, heading }) => kind !== 'place' && !isErrorColumn(heading))
  for (const { from_column, to_column, to_row } of sheet.merges)
    if (to_row >= from) used.fill(1, from_column, Math.min(to_column, LAST_COLUMN) + 1)
  if (knownPlace !== undefined && known !== undefined) return { place: knownPlace, note: known }
  const free: number[] = []
  for (let column = Math.max(...others.map((each) => each.column)) + 1; free.length < 2; column++) {
    if (column > LAST_COLUMN) throw impossible('columns')
    if (!used[column]) free.push(column)
  }
  const [place = 0, note = 0] = free
  return { place: knownPlace ?? place, note: known ?? (knownPlace === undefined ? note : place) }
}

/** Which cells turn red, what is said of which row, and the notes. */
function markedBy(sheet: Sheet, heading: Heading, { rows, general }: SheetFaults, places: ReadonlyMap<number, number>) {
  const wrong = new Map<number, Set<number>>()
  const words = new Map<number, string>()
  const notes: Note[] = []
  const redden = (row: number, column: number) => wrong.set(row, (wrong.get(row) ?? new Set<number>()).add(column))
  const down = sheet.merges.filter(({ from_row, to_row }) => to_row > from_row && from_row > heading.to)
  for (const { row, column, message } of general) {
    redden(row, column)
    notes.push({ row, column, text: message })
  }
  for (const row of general.length > 0 ? places.keys() : rows.keys()) {
    const own = rows.get(row) ?? []
    words.set(row, [...new Set([...own, ...general].map(({ message }) => message))].join(''))
    for (const column of new Set(own.map((fault) => fault.column))) {
      redden(row, column)
      notes.push({ row, column, text: own.flatMap((one) => (one.column === column ? [one.message] : [])).join('') })
      // a value merged down over several rows is shown in the first of them
      const merge = down.find(
        (one) => one.from_column <= column && one.to_column >= column && one.from_row < row && one.to_row >= row,
      )
      if (merge) redden(merge.from_row, merge.from_column)
    }
  }
  return { wrong, words, notes }
}

// The report on the rows of one file while they are walked: what becomes of each, exactly once; faults at their cells;
// repetitions with both cells.
import { type Errors, type Form, fieldOf, type Row } from '../../forms/index.ts'
import { cellAddress } from '../../workbook/read.ts'
import type { Decided } from '../decide/decisions.ts'
import type { FileRow } from '../read/file_row.ts'
import type { SheetPlan } from '../read/plan.ts'
import { addDuplicate, addError, addWarning, type Duplicate, emptyOutcome } from './outcome.ts'
import { COUNT_OF, isUndecided, type RowResult, type Twin } from './result.ts'
import { count, isReplaceable, type WordTally } from './tally.ts'

export type Report = ReturnType<typeof reportOn>

/** A row that is reported on: as it was read, and as it would be written. */
type ToldRow = { fileRow: FileRow; candidate: { row: Row; errors: Errors }; stored?: { id: number } }

/** `results` takes what becomes of the rows, by n, where somebody keeps it. */
export function reportOn(form: Form, results?: Map<number, RowResult>) {
  const outcome = emptyOutcome()
  const tally: WordTally = { unknown: {}, replaced: {} }
  const decided = new Map<number, Decided>()
  const notes = new Map<number, string>()
  const told = new Set<string>()
  let isTied = form.series !== undefined

  function conclude({ n }: FileRow, result: RowResult): void {
    outcome[COUNT_OF[result.kind]]++
    if (isUndecided(result)) outcome.undecided++
    const own = decided.get(n)
    if (own?.replaced) count(tally.replaced, own.replaced)
    if (result.unknown) count(tally.unknown, result.unknown)
    if (!results) return
    results.set(n, dressed(result, notes.get(n), own))
  }

  function isFirst(sentence: string): boolean {
    const isNew = !told.has(sentence)
    told.add(sentence)
    return isNew
  }

  /** A fault without a cell of its own: a column that is missing, or a value from above the heading. Told once a sheet. */
  function tellOnce(plan: SheetPlan, name: string, message: string): void {
    const fixed = plan.fixed[name]?.[0]
    const label = fieldOf(form, name)?.label ?? name
    const said = fixed || !message.startsWith('必填') ? message : `表里没有“${label}”这一栏，它是必填的。`
    isTied = true
    if (!isFirst(`${plan.name} ${name} ${said}`)) return
    const place = fixed ?? { row: plan.heading_row, column: plan.columns[0]?.column ?? 0 }
    addError(outcome, plan.name, { row: place.row, column: place.column, field: name, message: said })
  }

  return {
    outcome,
    /** Words that no record and no choice is called by, and words that were replaced. */
    tally,
    /** What becomes of one row depends on others in ways that their digests do not show: see restage/part.ts. */
    isTied: () => isTied,
    tie: (): void => {
      isTied = true
    },
    /** Whether a sentence that is to be reported once has not been yet; from now on it has. */
    isFirst,
    /** What somebody decided about a row. */
    setDecided: (n: number, decision: Decided) => decided.set(n, decision),
    /** What else is to be said of a row, whatever becomes of it. */
    setNote: (n: number, note: string) => notes.set(n, note),
    /** What becomes of a row. Called once for each. */
    conclude,

    /** Something to look at in a cell of a row, which is no fault. */
    warn(plan: SheetPlan, { number }: FileRow, field: string, message: string): void {
      addWarning(outcome, plan.name, cellAddress(plan.column_of[field] ?? 0, number, plan.name), message)
    },

    /** The row is wrong: each fault at its cell. */
    concludeWrong(plan: SheetPlan, { fileRow, candidate, stored }: ToldRow): void {
      for (const [name, message] of Object.entries(candidate.errors)) {
        const own = fileRow.errors?.find((error) => error.field === name)
        const column = own && own.column >= 0 ? own.column : plan.column_of[name]
        if (column !== undefined) addError(outcome, plan.name, { row: fileRow.number, column, field: name, message })
        else tellOnce(plan, name, message)
      }
      const unknown = unknownWords(form, fileRow, candidate)
      conclude(fileRow, {
        kind: 'wrong',
        errors: { ...candidate.errors },
        ...(stored ? { record_id: stored.id } : {}),
        ...(Object.keys(unknown).length > 0 ? { unknown } : {}),
      })
    },

    /** The row is of a unit that is none, or of another one: it may be read here, not written. */
    concludeForeign(plan: SheetPlan, fileRow: FileRow, message: string): void {
      const column = plan.unit_column ?? 0
      addError(outcome, plan.name, { row: fileRow.number, column, field: 'unit_id', message })
      conclude(fileRow, { kind: 'wrong', errors: { unit_id: message } })
    },

    /** An earlier row of the file stands for the same record; this one is left out. */
    concludeRepeated(plan: SheetPlan, row: ToldRow, twin: Twin): void {
      const duplicate = duplicateOf(form, plan, row, twin)
      addDuplicate(outcome, duplicate)
      conclude(row.fileRow, { kind: 'repeated', note: duplicate.message, twin })
    },
  }
}

/** What became of a row, with what else is to be said of it and what was decided. */
function dressed(result: RowResult, said: string | undefined, decision: Decided | undefined): RowResult {
  if (!said && !decision) return result
  const note = said && result.note ? `${result.note}${said}` : (said ?? result.note)
  return {
    ...result,
    ...(note ? { note } : {}),
    ...(decision ? { texts: decision.texts } : {}),
    ...(decision?.replaced ? { replaced: decision.replaced } : {}),
  }
}

/** The words of cells at fault that no record and no choice is called by. */
function unknownWords(form: Form, { typed }: FileRow, { row, errors }: ToldRow['candidate']): Record<string, string> {
  const unknown: Record<string, string> = {}
  for (const name of Object.keys(errors)) {
    const words = typed?.[name] ?? row[name]
    if (typeof words === 'string' && words !== '' && isReplaceable(form, name)) unknown[name] = words
  }
  return unknown
}

/** A repetition, with both its cells. */
function duplicateOf(form: Form, plan: SheetPlan, { fileRow, candidate }: ToldRow, twin: Twin): Duplicate {
  const key = form.keys.find((names) => names.every((name) => candidate.row[name] != null)) ?? []
  const label = key.map((name) => fieldOf(form, name)?.label ?? name).join('、')
  const column = plan.column_of[key.at(-1) ?? ''] ?? 0
  const twinCell = cellAddress(column, twin.row, twin.sheet)
  const message = twin.identical
    ? `与 ${twin.sheet}!第 ${twin.row} 行完全相同，只记一条。`
    : `${label}与 ${twinCell} 相同，其他内容不同，这一行没有采用，请核对。`
  return {
    sheet: plan.name,
    row: fileRow.number,
    of: twin.row,
    kind: twin.identical ? 'identical' : 'conflict',
    cell: cellAddress(column, fileRow.number, plan.name),
    of_cell: twinCell,
    message,
  }
}

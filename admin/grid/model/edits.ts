/**
 * What was changed in one row and is not stored yet, cell by cell. Pure: every function gives a new RowEdit, and null
 * when nothing is left of it. The stored row (the base) is never changed here; it only comes from the source.
 */
import type { Column, Option, Row, RowAnswer } from '../types.ts'

/** What a cell holds before or after a gesture; `error` when the text could not be understood. */
export type CellState = {
  input: string
  value: unknown
  text: string
  error?: string
  /** What the text means is being asked for, by this number: it is not sent before that is known. */
  awaited?: number
}
export type CellEdit = CellState & { theirs?: { value: unknown; text: string } }

export type RowEdit = {
  cells: Readonly<Record<string, CellEdit>>
  /** Sentences of the page's own rules, computed after every change. */
  checks: Readonly<Record<string, string>>
  /** Sentences of the source; they stand until their cell, or any cell of a refused row, is changed. */
  faults: Readonly<Record<string, string>>
  /** The source refused the row for a reason outside the cells sent: not sent again until something changes. */
  refused: boolean
  sending: Readonly<Record<string, CellEdit>> | null
  /** Cells that were sent and nobody answered for: they may be stored. A new row is sent again as exactly these. */
  unanswered: Readonly<Record<string, CellEdit>> | null
}

export const NO_EDIT: RowEdit = { cells: {}, checks: {}, faults: {}, refused: false, sending: null, unanswered: null }

export function isBlank(value: unknown): boolean {
  return value === null || value === undefined || value === '' || (Array.isArray(value) && value.length === 0)
}

export function sameValue(a: unknown, b: unknown): boolean {
  if (isBlank(a) && isBlank(b)) return true
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, at) => sameValue(item, b[at]))
  return a === b || (typeof a !== 'object' && typeof b !== 'object' && String(a) === String(b))
}

/** The cell as stored. */
export function storedState(column: Column, row: Row): CellState {
  const value = row[column.name]
  const text = isBlank(value) ? '' : column.print(value, row)
  return { value, text, input: isBlank(value) ? '' : (column.copy?.(value, row) ?? text) }
}

/** The cell as it stands, unsaved changes included. */
export function cellState(column: Column, row: Row, edit: RowEdit | undefined): CellState {
  return edit?.cells[column.name] ?? storedState(column, row)
}

/** The row as it stands: stored values under unsaved ones. Texts that were not understood are left out. */
export function mergeRow(row: Row, edit: RowEdit | undefined): Row {
  if (!edit) return row
  const values: Record<string, unknown> = {}
  for (const [name, cell] of Object.entries(edit.cells)) if (!cell.error) values[name] = cell.value
  return { ...row, ...values }
}

/** Understands a typed or pasted text. */
export function readCell(column: Column, input: string, row: Row): CellState {
  const reading = column.read(input, row)
  if ('error' in reading) return { input, value: input, text: input, error: reading.error }
  const { value, label } = reading
  if (isBlank(value)) {
    const error = column.required ? `${column.label}不能空着。` : undefined
    return { input: '', value: null, text: '', ...(error && { error }) }
  }
  // The words for a reference come with the stored row; for a new value they are the ones that were typed.
  const text = label ?? (column.type === 'reference' ? input : column.print(value, { ...row, [column.name]: value }))
  return { input: column.type === 'reference' ? text : (column.copy?.(value, row) ?? text), value, text }
}

let asked = 0

/** A state that waits for an answer of its own. */
export function awaiting(state: CellState): CellState {
  asked += 1
  return { ...state, awaited: asked }
}

/** A cell's state without what a conflict added to it, and without waiting for anything. */
export function plain(state: CellEdit): CellState {
  if (!state.theirs && state.awaited === undefined) return state
  const { input, value, text, error } = state
  return { input, value, text, ...(error && { error }) }
}

export function optionState(option: Option): CellState {
  return { input: option.label, value: option.value, text: option.label }
}

/** Writes cells; a cell that is back at its stored value is no change any more, unless another may be stored by now. */
export function writeCells(
  columns: ReadonlyMap<string, Column>,
  base: Row,
  edit: RowEdit | undefined,
  changes: ReadonlyMap<string, CellState>,
): RowEdit | null {
  const before = edit ?? NO_EDIT
  const cells = { ...before.cells }
  const faults: Record<string, string> = before.refused ? {} : { ...before.faults }
  for (const [name, state] of changes) {
    delete faults[name]
    const isSent = name in { ...before.sending, ...before.unanswered }
    const back = !state.error && state.awaited === undefined && !isSent && sameValue(state.value, base[name])
    if (back && columns.has(name)) delete cells[name]
    else cells[name] = state
  }
  return tidy({ ...before, cells, faults, refused: false })
}

function tidy(edit: RowEdit): RowEdit | null {
  const empty = Object.keys(edit.cells).length === 0 && !edit.sending && !edit.unanswered
  return empty ? null : edit
}

/** Without the cells of these columns. */
export function without(edit: RowEdit, names: ReadonlyMap<string, unknown>): RowEdit | null {
  const kept = ([name]: [string, unknown]) => !names.has(name)
  const cells = Object.fromEntries(Object.entries(edit.cells).filter(kept))
  const faults = Object.fromEntries(Object.entries(edit.faults).filter(kept))
  return tidy({ ...edit, cells, faults })
}

export function withChecks(edit: RowEdit | null, checks: Readonly<Record<string, string>>): RowEdit | null {
  return edit && { ...edit, checks }
}

/** The sentence at a cell, or undefined when nothing is wrong with it. */
export function faultAt(edit: RowEdit | undefined, name: string): string | undefined {
  return edit?.cells[name]?.error ?? edit?.faults[name] ?? edit?.checks[name]
}

/**
 * Cells that can be sent now, or null. A new row is sent whole or not at all, and until it is answered as it was first sent;
 * what was typed into `former` columns stays here.
 */
export function sendable(
  columns: readonly Column[],
  base: Row,
  edit: RowEdit,
  isNew: boolean,
  former: ReadonlyMap<string, unknown>,
) {
  if (edit.sending || edit.refused) return null
  if (isNew && edit.unanswered) return edit.unanswered
  const entries = Object.entries(edit.cells).filter(([name]) => !former.has(name))
  const clean = entries.filter(([name, cell]) => !cell.theirs && cell.awaited === undefined && !faultAt(edit, name))
  if (!isNew) return clean.length > 0 ? Object.fromEntries(clean) : null
  const faulty = clean.length < entries.length || Object.keys(edit.checks).length > 0
  return faulty || missing(columns, base, edit).length > 0 ? null : Object.fromEntries(entries)
}

/** Required columns that are still blank. */
export function missing(columns: readonly Column[], base: Row, edit: RowEdit | undefined): string[] {
  const row = mergeRow(base, edit)
  return columns.filter((column) => column.required && isBlank(row[column.name])).map((column) => column.name)
}

export function startSending(edit: RowEdit, cells: Readonly<Record<string, CellEdit>>): RowEdit {
  return { ...edit, sending: cells }
}

/** Nobody answered: it may be stored, or not. */
export function stopSending(edit: RowEdit): RowEdit | null {
  const unanswered = edit.unanswered || edit.sending ? { ...edit.unanswered, ...edit.sending } : null
  return tidy({ ...edit, sending: null, unanswered })
}

/** Takes in the answer for one row. `base` is the row as it was sent upon; gives the base and edit after it. */
export function settle(
  columns: ReadonlyMap<string, Column>,
  base: Row,
  edit: RowEdit,
  answer: Exclude<RowAnswer, { gone: string }>,
): { base: Row; edit: RowEdit | null } {
  if ('row' in answer) return { base: answer.row, edit: stored(edit, answer.row) }
  if ('conflict' in answer) return { base: answer.conflict, edit: rebase(columns, base, answer.conflict, edit) }
  return { base, edit: refused(edit, answer.errors, answer.message) }
}

function stored(edit: RowEdit, row: Row): RowEdit | null {
  const cells: Record<string, CellEdit> = {}
  for (const [name, cell] of Object.entries(edit.cells)) {
    // A cell changed again while the answer was on its way stays unsaved.
    const answered = edit.sending?.[name] === cell
    if (!answered && (cell.error || !sameValue(cell.value, row[name]))) cells[name] = cell
  }
  return tidy({ ...edit, cells, faults: {}, refused: false, sending: null, unanswered: null })
}

function refused(edit: RowEdit, errors: Readonly<Record<string, string>>, message: string | undefined): RowEdit {
  const sent = edit.sending ?? {}
  const faults: Record<string, string> = { ...edit.faults }
  for (const [name, sentence] of Object.entries(errors)) {
    const changedSince = name in sent && edit.cells[name] !== sent[name]
    if (!changedSince) faults[name] = sentence
  }
  const names = Object.keys(errors)
  const first = Object.keys(sent)[0]
  if (names.length === 0 && first) faults[first] = message ?? '这一格没有存上，请改一下再试。'
  // What the source holds against cells we did not send will not go away by sending the others again.
  const outside = names.length === 0 || names.some((name) => !(name in sent))
  return { ...edit, faults, refused: outside, sending: null, unanswered: null }
}

/**
 * Puts unsaved cells on a newer stored row: only cells that both sides changed, to different values, are in conflict. What
 * was sent and not answered for is no other side.
 */
function rebase(columns: ReadonlyMap<string, Column>, base: Row, theirs: Row, edit: RowEdit): RowEdit | null {
  const cells: Record<string, CellEdit> = {}
  for (const [name, cell] of Object.entries(edit.cells)) {
    const column = columns.get(name)
    const { theirs: unsettled, ...mine } = cell
    if (!cell.error && sameValue(cell.value, theirs[name])) continue
    const sent = edit.unanswered?.[name]
    const isOurs = sent !== undefined && sameValue(sent.value, theirs[name])
    const clash = column && (unsettled || !(isOurs || sameValue(base[name], theirs[name])))
    cells[name] = clash ? { ...mine, theirs: storedState(column, theirs) } : mine
  }
  return tidy({ ...edit, cells, refused: false, sending: null, unanswered: null })
}

/** Settles a conflict: mine is sent again on the newer row, theirs drops the change. */
export function resolveConflict(edit: RowEdit, name: string, choice: 'mine' | 'theirs'): RowEdit | null {
  const { [name]: cell, ...others } = edit.cells
  if (!cell) return edit
  const { theirs: _, ...mine } = cell
  return tidy({ ...edit, cells: choice === 'mine' ? { ...edit.cells, [name]: mine } : others })
}

// A choice spread over columns that are ticked: 性别 over 男 | 女, with √ below one of them.
import { type Field, type Form, fieldOf, isMany, type Value, wordsOf } from '../forms/index.ts'
import type { WorkbookCell } from './cells.ts'
import type { HeadingColumn } from './heading.ts'
import { type HeadingTarget, normalHeading } from './heading_words.ts'

type CellParts = { column: number; parts: string[] }

const choicesOf = (field: Field): readonly string[] => (isMany(field) ? [] : (wordsOf(field) ?? []))

/** By the words of a choice: the targets that have it. Asked of every window in which a heading is searched. */
const targetsByChoice = new WeakMap<readonly HeadingTarget[], Map<string, HeadingTarget[]>>()

function byChoice(targets: readonly HeadingTarget[]): Map<string, HeadingTarget[]> {
  const known = targetsByChoice.get(targets)
  if (known) return known
  const made = new Map<string, HeadingTarget[]>()
  targetsByChoice.set(targets, made)
  for (const target of targets)
    for (const choice of target.field && target.kind === 'field' ? choicesOf(target.field) : [])
      made.set(choice, [...(made.get(choice) ?? []), target])
  return made
}

/** The columns that are ticked for a choice: several of one field side by side, or one below the field's own name. */
export function markColumns(
  headings: readonly CellParts[],
  targets: readonly HeadingTarget[],
): Map<number, HeadingColumn> {
  const choices = byChoice(targets)
  const found = new Map<HeadingTarget, (CellParts & { choice: string; is_under: boolean })[]>()
  for (const { column, parts } of headings) {
    const choice = parts.at(-1) ?? ''
    for (const target of choices.get(choice) ?? []) {
      const groups = parts.slice(0, -1).map(normalHeading)
      const isUnder = groups.some((each) => each === target.label || target.synonyms.includes(each))
      found.set(target, [...(found.get(target) ?? []), { column, parts, choice, is_under: isUnder }])
    }
  }
  const marks = new Map<number, HeadingColumn>()
  for (const [{ field }, own] of found) {
    const grouped = own.filter(({ is_under }) => is_under)
    const taken = grouped.length > 0 ? grouped : field?.type === 'choice' && own.length > 1 ? own : []
    for (const { column, parts, choice } of taken)
      if (!marks.has(column))
        marks.set(column, { column, heading: parts.join(' '), kind: 'mark', field: field?.name ?? null, choice })
  }
  return marks
}

const TICKED = /^(?:[√✓✔☑☒■●◆★*＊vVyY1]|是|对|有)$/
const UNTICKED = /^(?:[×✗✘xXnN0□☐○◇/／—–-]|否|无|不)$/

/** Whether a cell below a choice is ticked; undefined for words that say neither. */
function isTicked(text: string, choice: string): boolean | undefined {
  const words = text.trim()
  if (TICKED.test(words) || words === choice) return true
  return words === '' || UNTICKED.test(words) ? false : undefined
}

type Marked = { field: Field; columns: HeadingColumn[] }

/** Fields whose choices stand side by side and are ticked. */
export function markedFields(form: Form, columns: readonly HeadingColumn[]): Marked[] {
  const marks = columns.filter(({ kind }) => kind === 'mark')
  return [...new Set(marks.map(({ field }) => field))].flatMap((name) => {
    const field = fieldOf(form, name ?? '')
    return field ? [{ field, columns: marks.filter((each) => each.field === name) }] : []
  })
}

/** What is ticked of a choice in a row, null for nothing; or the cell that can't be understood. */
export function tickedIn(
  { field, columns }: Marked,
  cells: readonly (WorkbookCell | undefined)[],
): { value: Value } | { error: string; cell: WorkbookCell; column: number } {
  const ticked: string[] = []
  for (const { column, choice = '' } of columns) {
    const cell = cells[column]
    if (!cell) continue
    const fault = (error: string) => ({ error, cell, column })
    const is_ticked = isTicked(cell.text, choice)
    if (is_ticked === undefined) return fault(`“${choice}”这一列选中的打√，现在是“${cell.text.slice(0, 20)}”。`)
    if (is_ticked) ticked.push(choice)
    if (ticked.length > 1) {
      const both = ticked.join('、')
      return { error: `${field.label}选了不止一项：${both}，请只留一项。`, cell: { ...cell, text: both }, column }
    }
  }
  const [only] = ticked
  if (only === undefined) return { value: null }
  return { value: field.type === 'yes_no' ? only === '是' : only }
}

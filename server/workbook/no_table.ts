// Sheets that hold words of a form and are no table of it: cards of one person each, and lists of what may be chosen.
import { type Form, fieldOf } from '../forms/index.ts'
import type { Heading } from './heading.ts'
import { fitting, SURE, targetsOf } from './heading_words.ts'
import type { SheetRow } from './sheet.ts'

/** card: labels with their values beside them. codes: a list of what may be chosen. */
export type NoTable = 'card' | 'codes'

const CARD_ROWS = 2
/** A card is narrow: wide rows are not held against labels. */
const CARD_WIDTH = 16
const CARD_LABELS = 4
const CHOSEN = new Set(['choice', 'yes_no', 'list'])

/** Whether these first rows are a card: label, value, label, value, row by row, and no heading of labels side by side. */
export function isCard(rows: readonly SheetRow[], form: Form): boolean {
  const labels = new Set<string>()
  let alternating = 0
  for (const row of rows) {
    if (row.cells.length > CARD_WIDTH) continue
    const known = row.cells.flatMap((cell, column) => {
      const label = cell?.kind === 'text' && cell.text.length <= 20 ? labelled(cell.text, form) : undefined
      return label === undefined ? [] : [{ column, label }]
    })
    const beside = known.filter(({ column }, at) => known[at + 1]?.column === column + 1).length
    if (beside > 1) return false
    const filled = row.cells.filter((cell) => cell && cell.text.trim() !== '').length
    if (known.length === 0 || filled < known.length * 2 - 1 || filled === known.length || beside > 0) continue
    if (row.cells.findIndex((cell) => cell && cell.text.trim() !== '') !== known[0]?.column) continue
    alternating++
    for (const { label } of known) labels.add(label)
  }
  return alternating >= CARD_ROWS && labels.size >= CARD_LABELS
}

const labelled = (text: string, form: Form): string | undefined =>
  fitting([text.replace(/[:：]\s*$/, '')], targetsOf(form)).find(
    ({ points, target }) => points >= SURE && target.kind === 'field',
  )?.target.field?.name

/** Fields that a heading has and that every row must fill. */
export const requiredIn = ({ columns }: Pick<Heading, 'columns'>, form: Form): number =>
  new Set(columns.flatMap(({ field }) => (field && fieldOf(form, field)?.required ? field : []))).size

/** Whether a heading is over lists of choices, or over far less than an earlier table of the file says of each record. */
export function isCodes(heading: Heading, form: Form, requiredBefore: number): boolean {
  if (heading.is_unnamed) return false
  const fields = heading.columns.flatMap(({ kind, field }) => (kind === 'field' && field ? fieldOf(form, field) : []))
  if (fields.every((field) => field && CHOSEN.has(field.type))) return true
  return requiredIn(heading, form) * 2 < requiredBefore
}

// Whether rows look like a heading of any form, told cheaply enough to be asked of every row of a file.
import type { Forms } from '../forms/index.ts'
import { HEADING_ROWS, headingAt, isCounting } from './heading.ts'
import type { Sheet, SheetRow } from './read.ts'

/** Rows a heading may have, and so those held back to see it whole. */
export const WINDOW = 3
/** So many points a heading of another form needs to end a table of this one. */
const FOREIGN = 250
/** A heading that begins a table shows itself in its first cells. */
const FIRST_CELLS = 4
const LONGEST_LABEL = 14

/**
 * What the sheets of a file share: how many more cells may be held against headings, of rows further down and of windows in
 * the first rows, and how many of the mandatory fields the fullest heading had.
 */
export type Budget = { cells: number; search: number; required: number }

const bare = (text: string) => text.replace(/[\s*＊]/g, '')
const everywhere = ['序号', '编号', '填报单位', '报送单位', '所属市']
const words = new WeakMap<Forms, ReadonlySet<string>>()

/** The words of headings, of all forms in force together. */
function wordsOf(forms: Forms): ReadonlySet<string> {
  const known = words.get(forms)
  if (known) return known
  const found = new Set(everywhere)
  for (const { fields } of Object.values(forms))
    for (const { label, synonyms = [], group = label } of fields)
      for (const word of [label, group, ...synonyms]) found.add(bare(word))
  words.set(forms, found)
  return found
}

/** Whether a row may begin a heading: words only, at least two of them known. Asked of every row. */
export function mayOpen({ cells }: SheetRow, forms: Forms): boolean {
  const knownWords = wordsOf(forms)
  let filled = 0
  let known = 0
  for (let column = 0; column < cells.length; column++) {
    const cell = cells[column]
    if (!cell) continue
    // behind the words a heading may go on 1, 2, 3 or with days
    if (cell.kind !== 'text' && (known < 2 || !isCounting(cell))) return false
    filled++
    if (cell.text.length <= LONGEST_LABEL && knownWords.has(bare(cell.text))) known++
    if (filled === FIRST_CELLS && known === 0) return false
  }
  return known > 1
}

/** The label of the form that these rows are a heading of, if they are one of any other. */
export function otherForm(window: readonly SheetRow[], forms: Forms): string | undefined {
  let best: { label: string; score: number } | undefined
  for (const form of Object.values(forms)) {
    const found = form.annex === null ? undefined : headingAt(window, [], form)
    if (found && found.score >= FOREIGN && found.score > (best?.score ?? 0))
      best = { label: form.label, score: found.score }
  }
  return best?.label
}

/** The label of the form that a sheet without a heading of ours has one of. */
export async function likeOther(sheet: Sheet, forms: Forms, budget: Budget): Promise<string | undefined> {
  const head = await headOf(sheet)
  for (const [at, row] of head.entries()) {
    if (budget.cells <= 0 || !mayOpen(row, forms)) continue
    budget.cells -= row.cells.length * Object.keys(forms).length
    const label = otherForm(head.slice(at, at + WINDOW), forms)
    if (label) return label
  }
  return undefined
}

/** The rows in which headings are searched. */
export async function headOf(sheet: Sheet): Promise<SheetRow[]> {
  const head: SheetRow[] = []
  for await (const rows of sheet.rows()) {
    head.push(...rows.filter(({ number }) => number <= HEADING_ROWS))
    if ((rows.at(-1)?.number ?? 0) > HEADING_ROWS) break
  }
  return head
}

/** A filled form read: what stands in each blank of its template, found by the words beside it; and what stands elsewhere. */
import type { PrintBlank } from '../forms/index.ts'
import { type Block, inOneLine, type Table, type TableCell } from '../proposals/notice/document.ts'
import { addressIn } from './blanks.ts'
import { boxesIn, choiceIn, isRoom, isTicked, isUnderOpinion, lookOf, placesOf, slotsOf, tablesIn } from './grid.ts'

/** Words that stand where the template has none, with what stands beside them or their place. */
type StrayWords = { label: string; text: string }

/** One form of a file: values by the places of the template's blanks; labels of it that the file has not; words elsewhere. */
export type FilledForm = { values: Record<string, string>; missing: string[]; strays: StrayWords[] }

const MAX_STRAYS = 20
const MAX_STRAY_CHARS = 2_000

const isSlot = ({ at }: PrintBlank) => at.includes('#')
const same = (text: string) => inOneLine(text).replace(/[:：]$/, '')

type FormPage = { tables: Table[]; lines: string[] }

/** The forms of a file, which may hold several of one template: its tables over and over. */
function pagesOf(blocks: readonly Block[], template: readonly Block[], blanks: readonly PrintBlank[]): FormPage[] {
  const labels = new Set(blanks.filter((blank) => !isSlot(blank)).map(({ label }) => label))
  const isOfForm = (table: Table) => labels.size === 0 || table.cells.some(({ text }) => labels.has(same(text)))
  const many = Math.max(1, tablesIn(template).filter(isOfForm).length)
  const before = template.findIndex((block) => block.kind === 'table' && isOfForm(block))
  const pages: FormPage[] = []
  let lines: string[] = []
  for (const block of blocks) {
    const last = pages.at(-1)
    if (block.kind === 'paragraph') lines.push(block.text)
    // a table of another kind is told line by line, as far as the template has not the same
    else if (!isOfForm(block)) lines.push(...block.cells.flatMap(({ text }) => text.split('\n')))
    else if (last && last.tables.length < many) {
      last.lines.push(...lines.splice(0))
      last.tables.push(block)
    } else {
      // what stands between two forms belongs to the later one, as far as the template has lines above its table
      const own = lines.splice(Math.max(0, lines.length - Math.max(0, before)))
      last?.lines.push(...lines)
      lines = []
      pages.push({ tables: [block], lines: own })
    }
  }
  if (pages.length === 0) return [{ tables: [], lines }]
  pages.at(-1)?.lines.push(...lines)
  return pages
}

/** The cells of one page, those that have been read taken note of. */
function pageReader({ tables, lines }: FormPage, slotLabels: ReadonlySet<string>) {
  const read = new Set<TableCell>()
  const readLines = new Set<string>()
  const placed = tables.map((table) => ({ table, place: placesOf(table) }))

  /** The cell with these words, the nearest to where the template has its blank. */
  function labelled({ at, label }: PrintBlank, group?: string) {
    const [, row = 0, column = 0] = placeIn(at)
    const all = placed.flatMap(({ table, place }) =>
      table.cells.filter(({ text }) => same(text) === label).map((cell) => ({ cell, place })),
    )
    const near = ({ cell }: { cell: TableCell }) => Math.abs(cell.row - row) * 100 + Math.abs(cell.column - column)
    const inGroup = all.filter(({ cell, place }) =>
      [place(cell.row, cell.column - 1), place(cell.row - 1, cell.column)].some(
        (each) => each && same(each.text) === group,
      ),
    )
    return (inGroup.length > 0 ? inGroup : all).sort((a, b) => near(a) - near(b))[0]
  }

  /** The cell that a blank is filled in; undefined where its label is not there. */
  function cellFor(blank: PrintBlank): TableCell | undefined {
    const found = labelled(blank, blank.group)
    if (!found) return undefined
    if (blank.side === 'inside') return found.cell
    let at: TableCell | undefined = found.cell
    // beside a row's name its own row, else as many cells on as the blank is from its label
    if (blank.side === 'above' && blank.nth === undefined && blank.group !== undefined) {
      const named = placed.flatMap(({ table, place }) =>
        table.cells.filter(({ text }) => same(text) === blank.group).map((cell) => ({ cell, place })),
      )[0]
      if (named && named.cell.row > found.cell.row) return named.place(named.cell.row, found.cell.column)
    }
    for (let n = 0; n < (blank.nth ?? 1) && at; n++)
      at =
        blank.side === 'left'
          ? found.place(Math.max(at.row, found.cell.row), at.column + at.columns)
          : found.place(at.row + at.rows, at.column)
    return at
  }

  /** A line of words that has this label: paragraphs, and lines of cells. */
  function slotText(label: string): string | undefined {
    const cells = tables.flatMap((table) => table.cells)
    const all = [
      ...lines.map((line) => ({ line, take: () => readLines.add(line) })),
      ...cells.flatMap((cell) => cell.text.split('\n').map((line) => ({ line, take: () => read.add(cell) }))),
    ]
    for (const { line, take } of all) {
      const found = slotsOf(line, slotLabels).find((slot) => slot.label === label)
      if (!found) continue
      take()
      return isRoom(found.text) ? '' : found.text.replace(/[_＿　]+/g, ' ').trim()
    }
    return undefined
  }

  return { cellFor, slotText, read, readLines, placed }
}

/** Table, row and column of a place; rows and columns from 0. */
function placeIn(at: string): [string, number, number] {
  const [, table = '', letters = '', row = '1'] = /^(.*)!([A-Z]{1,3})(\d+)/.exec(at) ?? []
  const column = [...letters].reduce((sum, letter) => sum * 26 + letter.charCodeAt(0) - 64, 0) - 1
  return [table, Number(row) - 1, column]
}

/** What somebody wrote into a cell, without what the template has there. */
function writtenIn(text: string, { kind, hint = '' }: PrintBlank): string {
  const hints = new Set(hint.split('\n').map(inOneLine))
  if (kind === 'choices') {
    const boxes = boxesIn(text)
    if (boxes.length === 0) return text.trim()
    const ticked = boxes.filter(({ mark }) => isTicked(mark))
    return ticked.map(({ words }) => choiceIn(words)).join('、')
  }
  const lines = text.split('\n').filter((line) => !(line.trim() !== '' && hints.has(inOneLine(line))))
  const kept = kind === 'opinion' ? lines.filter((line) => !isUnderOpinion(line)) : lines
  const said = kept.join('\n').trim()
  return /^[_＿\s]*$/.test(said) ? '' : said
}

/** Words of the template: they are nobody's. */
const printedIn = (template: readonly Block[]): Set<string> =>
  new Set(
    template.flatMap((block) =>
      block.kind === 'table' ? block.cells.map(({ text }) => same(text)) : [same(block.text)],
    ),
  )

/** Reads the forms of a file. `template`: the empty paper's blocks. */
export function filledForms(
  blocks: readonly Block[],
  template: readonly Block[],
  blanks: readonly PrintBlank[],
): FilledForm[] {
  const printed = printedIn(template)
  const slotLabels = new Set(blanks.filter(isSlot).map(({ label }) => label))
  return pagesOf(blocks, template, blanks).map((page) => {
    const reader = pageReader(page, slotLabels)
    const form: FilledForm = { values: {}, missing: [], strays: [] }
    for (const blank of blanks) {
      const cell = isSlot(blank) ? undefined : reader.cellFor(blank)
      const written = isSlot(blank) ? reader.slotText(blank.label) : cell && writtenIn(cell.text, blank)
      if (cell) reader.read.add(cell)
      // a picture is no text, and is uploaded in the register
      if (blank.kind === 'picture') continue
      if (written === undefined) form.missing.push(blank.label)
      else if (written !== '') form.values[blank.at] = written
    }
    form.strays = straysOf(page, reader, printed)
    return form
  })
}

function straysOf(
  { lines }: FormPage,
  { placed, read, readLines }: ReturnType<typeof pageReader>,
  printed: Set<string>,
) {
  const strays: StrayWords[] = []
  for (const { table, place } of placed)
    for (const cell of table.cells) {
      const text = cell.text.trim()
      if (text === '' || read.has(cell) || printed.has(same(text))) continue
      const left = place(cell.row, cell.column - 1)
      const label = left && lookOf(left.text) === 'label' ? same(left.text).slice(0, 40) : addressIn(table, cell)
      strays.push({ label, text: text.slice(0, MAX_STRAY_CHARS) })
    }
  for (const line of lines)
    if (line.trim() !== '' && !readLines.has(line) && !printed.has(same(line)))
      strays.push({ label: '表外文字', text: line.slice(0, MAX_STRAY_CHARS) })
  return strays.slice(0, MAX_STRAYS)
}

/** Whether a file is one of these forms at all: a good part of its labels is there. */
export const isOfTemplate = ({ missing }: FilledForm, blanks: readonly PrintBlank[]): boolean =>
  missing.length * 2 <= blanks.length

/** The blanks of an empty paper, each with the words beside it; and which columns of a register those words name. */
import { type Form, fitsBlank, MAX_BLANKS, type PrintBlank, printColumns, targetOf } from '../forms/index.ts'
import { type Block, inOneLine, type Table, type TableCell } from '../proposals/notice/document.ts'
import { cellAddress } from '../workbook/cells.ts'
import { fitting, SURE, targetsOf } from '../workbook/heading_words.ts'
import { boxesIn, choiceIn, isRoom, lookOf, placesOf, slotsOf } from './grid.ts'

/** Words longer than this are a paragraph and no label. */
const MAX_LABEL_CHARS = 60
const MAX_HINT_CHARS = 200

type FoundBlank = Omit<PrintBlank, 'field' | 'guessed'>

export const addressIn = (table: Table, { row, column }: Pick<TableCell, 'row' | 'column'>): string =>
  cellAddress(column, row + 1, table.id)

const labelIn = (text: string): string => inOneLine(text).replace(/[:：]$/, '')

/** All blanks of a paper, in its order. */
export function blanksIn(blocks: readonly Block[]): FoundBlank[] {
  const found = blocks.flatMap((block) =>
    block.kind === 'table' ? blanksOfTable(block) : slotsIn(block.text, `段${block.n}`),
  )
  return found.slice(0, MAX_BLANKS)
}

/** Blanks in a line of words: 推荐单位：____ 拟授称号：____. */
function slotsIn(text: string, at: string): FoundBlank[] {
  return text.split('\n').flatMap((line) =>
    slotsOf(line)
      .filter((slot) => isRoom(slot.text))
      .map(({ label }, n) => ({ at: `${at}#${n + 1}`, label, side: 'inside' as const, kind: 'text' as const })),
  )
}

type LabelBeside = { label: TableCell; side: 'left' | 'above'; group?: TableCell; nth: number }

function blanksOfTable(table: Table): FoundBlank[] {
  const place = placesOf(table)
  const found: { blank: FoundBlank; beside?: LabelBeside }[] = []
  for (const cell of table.cells) {
    const at = addressIn(table, cell)
    const look = lookOf(cell.text)
    const hint = cell.text === '' ? {} : { hint: cell.text.slice(0, MAX_HINT_CHARS) }
    if (look === 'label') {
      // 联系电话： with a blank cell behind it is the label of that cell
      const next = place(cell.row, cell.column + cell.columns)
      const isLabel = /[:：]$/.test(cell.text) && next !== undefined && lookOf(next.text) !== 'label'
      if (!isLabel) for (const blank of slotsIn(cell.text, at)) found.push({ blank })
      continue
    }
    if (look === 'picture') {
      found.push({ blank: pictureBlank(table, place, cell) })
      continue
    }
    const beside = labelBeside(place, cell)
    if (!beside || labelIn(beside.label.text).length > MAX_LABEL_CHARS) continue
    const { label, side, group } = beside
    const kind = look === 'choices' ? 'choices' : look === 'opinion' ? 'opinion' : 'text'
    const blank: FoundBlank = {
      at,
      label: labelIn(label.text),
      ...(group ? { group: labelIn(group.text) } : {}),
      side,
      kind,
      ...(kind === 'choices' ? { choices: boxesIn(cell.text).map(({ words }) => choiceIn(words)) } : hint),
    }
    found.push({ blank, beside })
    if (kind === 'choices')
      for (const slot of slotsIn(
        boxesIn(cell.text)
          .map(({ words }) => words)
          .join('　'),
        at,
      ))
        found.push({ blank: { ...slot, group: blank.label } })
  }
  return numbered(found)
}

/** 照片 stands in the room for the picture, or beside it where it is a label like others. */
function pictureBlank(table: Table, place: CellPlaces, cell: TableCell): FoundBlank {
  const label = labelIn(cell.text)
  const next = cell.rows === 1 ? place(cell.row, cell.column + cell.columns) : undefined
  if (next && lookOf(next.text) === 'blank') return { at: addressIn(table, next), label, side: 'left', kind: 'picture' }
  return {
    at: addressIn(table, cell),
    label,
    side: 'inside',
    kind: 'picture',
    hint: cell.text.slice(0, MAX_HINT_CHARS),
  }
}

/** Where several blanks hang on one label, each says which one it is. */
function numbered(found: readonly { blank: FoundBlank; beside?: LabelBeside }[]): FoundBlank[] {
  const keyOf = (beside: LabelBeside) =>
    `${beside.label.row} ${beside.label.column} ${beside.side} ${beside.group?.row ?? ''}`
  const many = new Map<string, number>()
  for (const { beside } of found) if (beside) many.set(keyOf(beside), (many.get(keyOf(beside)) ?? 0) + 1)
  return found.map(({ blank, beside }) =>
    beside && (many.get(keyOf(beside)) ?? 0) > 1 ? { ...blank, nth: beside.nth } : blank,
  )
}

type CellPlaces = ReturnType<typeof placesOf>
const isLabel = (cell: TableCell | undefined) => cell !== undefined && lookOf(cell.text) === 'label'

/** The words a cell is to be filled by: those over its column where it is one of several rows, else those to its left. */
function labelBeside(place: CellPlaces, cell: TableCell): LabelBeside | undefined {
  const left = walk(cell, (at) => place(at.row, at.column - 1))
  const above = walk(cell, (at) => {
    const upper = place(at.row - 1, at.column)
    return upper && upper.column === cell.column && upper.columns === cell.columns ? upper : undefined
  })
  if (above && isOverColumn(place, above.label)) {
    const group = left?.label ?? wider(place(above.label.row - 1, above.label.column), above.label)
    // a table with words on both sides: the row's name tells its rows apart
    const isNamedRow = left !== undefined && left.label.row > above.label.row
    return { ...above, side: 'above', ...(group ? { group } : {}), ...(isNamedRow ? { nth: 1 } : {}) }
  }
  if (!left || isTitle(left.label)) return undefined
  const outer = place(left.label.row, left.label.column - 1)
  const group = outer && isLabel(outer) && outer.rows > left.label.rows ? outer : undefined
  return { ...left, side: 'left', ...(group ? { group } : {}) }
}

/** Over blank cells to the label they belong to, counting them. */
function walk(cell: TableCell, next: (at: TableCell) => TableCell | undefined) {
  let nth = 1
  for (let at = next(cell); at; at = next(at)) {
    const look = lookOf(at.text)
    if (look === 'label') return { label: at, nth }
    if (look !== 'blank') return undefined
    nth++
  }
  return undefined
}

const isTitle = ({ text }: TableCell) => /表(?:（[^）]*）)?$/.test(inOneLine(text))

/** A label over a column has labels beside it; one of a row has its blank there. The title of the paper is none. */
function isOverColumn(place: CellPlaces, label: TableCell): boolean {
  if (isTitle(label)) return false
  const right = place(label.row, label.column + label.columns)
  const left = place(label.row, label.column - 1)
  // a sheet goes on behind its last column
  const isAtEnd =
    right === undefined || (right.text === '' && place(right.row, right.column + right.columns) === undefined)
  return isLabel(right) || (isAtEnd && (left === undefined || isLabel(left)))
}

const wider = (group: TableCell | undefined, { columns }: TableCell) =>
  group && isLabel(group) && group.columns > columns && !isTitle(group) ? group : undefined

// Which column fills a blank -------------------------------------------------------------------------------------------

/** A likeness below this is chance. */
const LEAST_POINTS = 30
/** Words of a record referred to name its columns, where the register's own do not. */
const THROUGH = 12

const withoutBrackets = (words: string) => words.replace(/[（(].*[）)]/, '')

/** What is written behind 其他 of 账号平台 is for 其他平台. */
const isOther = ({ label, group = '' }: FoundBlank, field: { label: string }) =>
  label === '其他' && field.label.startsWith('其他') && group.includes(field.label.slice(label.length))

/** Who recommends is likely the unit that reports; a person says whether it is. */
const isLikelyUnit = (form: Form, { label }: FoundBlank) =>
  form.scope === 'unit' && withoutBrackets(label) === '推荐单位'

type ColumnCandidate = { n: number; path: string; points: number }

/** The words a blank goes by, as headings of an import are: with the number of its row first. */
function wordsOf({ label, group, nth, kind }: FoundBlank): string[][] {
  if (kind === 'picture') return [[label.replace(/[（(].*$/, '')], [label]]
  const labels = nth === undefined ? [label] : [`${label}${nth}`, ...(nth === 1 ? [label] : [])]
  const over = group === undefined ? [[]] : [[group], [withoutBrackets(group)]]
  return over.flatMap((above) => labels.map((each) => [...above, each]))
}

function candidatesFor(form: Form, blank: FoundBlank, n: number): ColumnCandidate[] {
  const own = wordsOf(blank).flatMap((parts) =>
    fitting(parts, targetsOf(form)).flatMap(({ target, points }): ColumnCandidate[] => {
      if (target.kind === 'unit') return [{ n, path: 'unit_id', points }]
      return target.field && target.kind !== 'beside' ? [{ n, path: target.field.name, points }] : []
    }),
  )
  const through = form.fields.flatMap((reference) => {
    const target = reference.type === 'reference' ? targetOf(form, reference) : undefined
    if (!target) return []
    return wordsOf(blank).flatMap((parts) =>
      fitting(parts, targetsOf(target)).flatMap(({ target: { field, kind }, points }): ColumnCandidate[] => {
        if (!field || kind !== 'field' || points < SURE) return []
        const path = field.name === target.names ? reference.name : `${reference.name}.${field.name}`
        return [{ n, path, points: points - THROUGH }]
      }),
    )
  })
  const others = form.fields
    .filter((field) => isOther(blank, field))
    .map(({ name }) => ({ n, path: name, points: LEAST_POINTS }))
  const unit = isLikelyUnit(form, blank) ? [{ n, path: 'unit_id', points: LEAST_POINTS }] : []
  return [...own, ...through, ...others, ...unit]
}

/** The blanks with the columns that their words name, each column once but where the same words stand twice. */
export function matchBlanks(found: readonly FoundBlank[], form: Form): PrintBlank[] {
  const columns = new Map(printColumns(form).map((column) => [column.name, column]))
  const candidates = found
    .flatMap((blank, n) => candidatesFor(form, blank, n))
    .filter(({ n, path, points }) => {
      const [blank, column] = [found[n], columns.get(path)]
      return points >= LEAST_POINTS && blank && column && fitsBlank(blank, column)
    })
    .sort((a, b) => b.points - a.points || a.n - b.n)
  const chosen = new Map<number, ColumnCandidate>()
  const taken = new Map<string, number>()
  for (const candidate of candidates) {
    const other = taken.get(candidate.path)
    if (chosen.has(candidate.n)) continue
    if (other !== undefined && !isSameWords(found[other], found[candidate.n])) continue
    chosen.set(candidate.n, candidate)
    taken.set(candidate.path, candidate.n)
  }
  const pictures = form.fields.filter(({ type }) => type === 'attachments')
  return found.map((blank, n) => {
    const { path, points } = chosen.get(n) ?? {}
    if (path !== undefined)
      return { ...blank, field: path, ...((points ?? 0) + THROUGH < SURE ? { guessed: true as const } : {}) }
    const only = blank.kind === 'picture' && pictures.length === 1 ? pictures[0]?.name : undefined
    return { ...blank, field: only ?? null, ...(only ? { guessed: true as const } : {}) }
  })
}

const isSameWords = (one: FoundBlank | undefined, other: FoundBlank | undefined) =>
  one?.label === other?.label && one?.group === other?.group && one?.nth === other?.nth

/** A stored template's blanks as the register is today: a column that is gone fills nothing. */
export const fittingBlanks = (blanks: readonly PrintBlank[], form: Form): PrintBlank[] => {
  const columns = new Set(printColumns(form).map(({ name }) => name))
  return blanks.map((blank) => (blank.field === null || columns.has(blank.field) ? blank : { ...blank, field: null }))
}

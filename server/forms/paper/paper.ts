/**
 * Paper as an office printed it: what a definition says of a register's workbook where that is to look like the form it came
 * from, line by line. Without one a register is drawn as the house draws it.
 */
import { type Faults, isObject, readText, refuseUnknown } from '../definition_shape.ts'

/** `number`: 序号. `unit_id`: whose row it is. A field by its name, one beside a reference
 * as event_id.held_on. None: a column that is filled by hand alone. */
export type PrintedColumn = {
  of?: string
  /** As printed, with line ends and marks, where it is more than the field's label. */
  heading?: string
  group?: string
  /** In characters, as sheets count them. */
  width: number
}

/** A line above or below the table. In its texts {year}, {title}, {annex}, {unit}, {by}, {on} are filled in; {on|…} until then says … */
export type PrintedLine = {
  role: 'annex' | 'title' | 'meta' | 'note'
  /** In points; what a sheet takes by itself where nothing is said. */
  height?: number
  /** Over columns, 0-based, both included. */
  cells: readonly { from: number; to: number; text: string }[]
}

export type Paper = {
  columns: readonly PrintedColumn[]
  above: readonly PrintedLine[]
  /** Heights of the one or two rows of headings, in points; 0 for what a sheet takes by itself. */
  heading: readonly number[]
  /** Rows of an empty form, and their height. */
  rows?: number
  row_height?: number
  /** 合计: its words, over the columns up to `to`. */
  total?: { text: string; to: number; height?: number }
  below: readonly PrintedLine[]
}

const MAX_LINES = 30
const MAX_LINE_CELLS = 30
const MAX_PAPER_COLUMNS = 220
const MAX_TEXT_CHARS = 1_000
const MAX_HEADING_CHARS = 80
const MAX_HEADING_ROWS = 2
const MAX_HEIGHT_POINTS = 409
const MAX_WIDTH_CHARS = 255
const MAX_ROWS = 200

const roles: readonly PrintedLine['role'][] = ['annex', 'title', 'meta', 'note']

/** A number between bounds, whole or not: widths and heights are what a sheet says. */
function readMeasure(faults: Faults, path: string, value: unknown, most: number): number {
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0 && value <= most) return value
  faults.add(path, `应是 0 到 ${most} 的数。`)
  return 0
}

const readAtMost = <T>(
  faults: Faults,
  path: string,
  value: unknown,
  most: number,
  read: (path: string, each: unknown) => T | undefined,
): T[] => {
  if (!Array.isArray(value) || value.length > most) {
    faults.add(path, `应是一列，最多 ${most} 个。`)
    return []
  }
  return value.flatMap((each, at) => read(`${path}.${at}`, each) ?? [])
}

/** A text that may have lines. */
function readPrinted(faults: Faults, path: string, value: unknown, most: number): string {
  if (typeof value !== 'string' || [...value].length > most) {
    faults.add(path, `应是文字，最多 ${most} 字。`)
    return ''
  }
  readText(faults, path, value.replace(/[\n\t]/g, ' '), '纸面文字', most, true)
  return value
}

const maybe = <T>(value: unknown, read: (value: unknown) => T): T | undefined =>
  value === undefined || value === null ? undefined : read(value)

const present = <T extends object>(given: { [K in keyof T]: T[K] | undefined }): T =>
  Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as T

function readColumn(
  faults: Faults,
  path: string,
  given: unknown,
  names: ReadonlySet<string>,
): PrintedColumn | undefined {
  if (!isObject(given)) {
    faults.add(path, '应是 {"of":…,"width":…}。')
    return undefined
  }
  refuseUnknown(faults, `${path}.`, given, ['of', 'heading', 'group', 'width'])
  const of = maybe(given.of, String)
  if (of !== undefined && of !== 'number' && of !== 'unit_id' && !names.has(of.replace(/\..*/, '')))
    faults.add(`${path}.of`, `没有“${of.slice(0, 40)}”这一栏。`)
  if (of === undefined && given.heading === undefined) faults.add(`${path}.heading`, '不是栏目的一列要写表头。')
  const heading = (name: 'heading' | 'group') =>
    maybe(given[name], (value) => readPrinted(faults, `${path}.${name}`, value, MAX_HEADING_CHARS))
  return present<PrintedColumn>({
    of,
    heading: heading('heading'),
    group: heading('group'),
    width: readMeasure(faults, `${path}.width`, given.width, MAX_WIDTH_CHARS),
  })
}

function readCell(faults: Faults, path: string, given: unknown) {
  const { from, to, text } = isObject(given) ? given : {}
  const isSpan = Number.isInteger(from) && Number.isInteger(to) && Number(from) >= 0 && Number(to) >= Number(from)
  if (!isSpan || Number(to) >= MAX_PAPER_COLUMNS) {
    faults.add(path, '应是 {"from":0,"to":3,"text":…}，按列从 0 数。')
    return undefined
  }
  return { from: Number(from), to: Number(to), text: readPrinted(faults, `${path}.text`, text, MAX_TEXT_CHARS) }
}

function readLine(faults: Faults, path: string, given: unknown): PrintedLine | undefined {
  if (!isObject(given)) {
    faults.add(path, '应是 {"role":…,"cells":[…]}。')
    return undefined
  }
  refuseUnknown(faults, `${path}.`, given, ['role', 'height', 'cells'])
  const role = roles.find((each) => each === given.role)
  if (!role) faults.add(`${path}.role`, `可写：${roles.join('、')}。`)
  return present<PrintedLine>({
    role: role ?? 'note',
    height: maybe(given.height, (value) => readMeasure(faults, `${path}.height`, value, MAX_HEIGHT_POINTS)),
    cells: readAtMost(faults, `${path}.cells`, given.cells, MAX_LINE_CELLS, (at, each) => readCell(faults, at, each)),
  })
}

function readTotal(faults: Faults, given: unknown): Paper['total'] {
  const { text, to, height } = isObject(given) ? given : {}
  const cell = readCell(faults, 'paper.total', { from: 0, to, text })
  return (
    cell &&
    present<NonNullable<Paper['total']>>({
      text: cell.text,
      to: cell.to,
      height: maybe(height, (value) => readMeasure(faults, 'paper.total.height', value, MAX_HEIGHT_POINTS)),
    })
  )
}

/** The paper of a definition; `names`: of its fields. */
export function readPaper(faults: Faults, given: unknown, names: ReadonlySet<string>): Paper | undefined {
  if (given === undefined || given === null) return undefined
  if (!isObject(given)) {
    faults.add('paper', '应是 {"columns":[…],"above":[…],"heading":[…],"below":[…]}。')
    return undefined
  }
  refuseUnknown(faults, 'paper.', given, ['columns', 'above', 'heading', 'rows', 'row_height', 'total', 'below'])
  const lines = (name: 'above' | 'below') =>
    readAtMost(faults, `paper.${name}`, given[name] ?? [], MAX_LINES, (at, each) => readLine(faults, at, each))
  const measure = (name: 'rows' | 'row_height', most: number) =>
    maybe(given[name], (value) => readMeasure(faults, `paper.${name}`, value, most))
  return present<Paper>({
    columns: readAtMost(faults, 'paper.columns', given.columns, MAX_PAPER_COLUMNS, (at, each) =>
      readColumn(faults, at, each, names),
    ),
    above: lines('above'),
    heading: readAtMost(faults, 'paper.heading', given.heading ?? [0], MAX_HEADING_ROWS, (at, each) =>
      readMeasure(faults, at, each, MAX_HEIGHT_POINTS),
    ),
    rows: measure('rows', MAX_ROWS),
    row_height: measure('row_height', MAX_HEIGHT_POINTS),
    total: maybe(given.total, (value) => readTotal(faults, value)),
    below: lines('below'),
  })
}

/** A printed text with what is known filled in: {unit} is empty and {on|2024年  月  日} says the latter as long as nothing is. */
export const filledIn = (text: string, known: Readonly<Record<string, string>>): string =>
  text.replace(/\{(year|title|annex|unit|by|on)(?:\|([^{}]*))?\}/g, (_all, name, blank = '') => known[name] || blank)

// From a file's bytes to the rows of a form, sheet by sheet: heading found, lines told apart, every cell understood by
// the form's own vocabulary. It knows no database and no user, so it runs in the reading thread (workbook/thread.ts).
import {
  type Field,
  type Form,
  fieldOf,
  isDitto,
  isPicture,
  isPrintedNothing,
  type Parsed,
  readField,
  timeAlone,
  type Value,
} from '../../forms/index.ts'
import { hasLostDigits } from '../../workbook/cells.ts'
import { countedIn, inOwnUnits } from '../../workbook/counted.ts'
import { fillDown } from '../../workbook/lines.ts'
import { markedFields, tickedIn } from '../../workbook/marks.ts'
import type { NoTable } from '../../workbook/no_table.ts'
import { readContents } from '../../workbook/parts.ts'
import { type Cell, cellAddress, LIMITS, type Limits, readWorkbook, type Sheet } from '../../workbook/read.ts'
import { type Line, type Table, tableName, tablesIn } from '../../workbook/tables.ts'
import { inThread } from '../../workbook/thread.ts'
import { mark_sheet, type Origin, readToken } from '../../workbook/tokens.ts'
import { openPackage } from '../../workbook/zip.ts'
import { asideTeller } from './asides.ts'
import { columnLooker, type Layouts, type Look, mapHeading } from './mapping.ts'
import { besideField, planOf, type SheetPlan } from './plan.ts'
import { type Total, totalsOf } from './totals.ts'

export type FoundError = { row: number; column: number; field: string | null; message: string }

/**
 * One data row. `values` holds what is filled, by field, null where 清空 stands; `beside` the words beside references,
 * `unit` the unit's name.
 */
export type FoundRow = {
  /** Its number among the data rows of the file, from 0. */
  n: number
  number: number
  values: Record<string, Value>
  beside?: Record<string, Record<string, Value>>
  unit?: string
  errors?: FoundError[]
  /** What stands in the cells that were not understood, by field. */
  typed?: Record<string, string>
  /** The record that the row was exported from, or 'damaged' where its token can't be read. */
  origin?: Origin | 'damaged'
  /** Times of day whose day is the referred record's, by field: 'HH:MM:SS'. */
  times?: Record<string, string>
  /** The row of an earlier upload that this one corrects: its n there. */
  place?: number
  /** What its sender was shown before others changed it: no record, or this one at this version. */
  seen?: Seen
}

export type Seen = 'none' | { id: number; version: number }

export type SheetEnd = {
  notes: string[]
  looks: Record<number, Look>
  totals: Total[]
}

export type Message =
  | { kind: 'sheet'; plan: SheetPlan }
  | { kind: 'rows'; rows: FoundRow[] }
  | { kind: 'sheet_end'; end: SheetEnd }
  | { kind: 'skipped'; name: string; note: string; is_other?: true }
  /** The workbook is a table of errors of this import, sent back. */
  | { kind: 'mark'; import_id: number }

export type Reading = {
  bytes: Buffer
  file_name: string
  form: Form
  year: number
  limits?: Partial<Limits>
  /** Columns that somebody has given to fields. */
  layouts?: Layouts
  /** How many were blanked before the file was kept. */
  identity_numbers?: number
}

const BATCH = 500
const MAX_UNIT = 60
const MAX_TYPED = 200
const KEPT_ANSWERS = 1_000

/** What its sheets share. */
type InFile = { rows_expected: number; next_n: number; identity_numbers: number }

/** Reads a workbook as rows of a form. Throws `WorkbookRefused`; faults of single cells are in the rows. */
export async function* readImport(reading: Reading): AsyncGenerator<Message> {
  const workbook = await readWorkbook(reading.bytes, reading.file_name, { limits: reading.limits })
  const file: InFile = {
    rows_expected: workbook.sheets.reduce((sum, { hidden, last_row = 0 }) => sum + (hidden ? 0 : last_row), 0),
    next_n: 0,
    identity_numbers: reading.identity_numbers ?? 0,
  }
  const shown: Sheet[] = []
  for (const sheet of workbook.sheets) {
    if (!sheet.hidden) shown.push(sheet)
    else if (sheet.name === mark_sheet) {
      const import_id = await readMark(sheet)
      if (import_id !== undefined) yield { kind: 'mark', import_id }
    } else yield { kind: 'skipped', name: sheet.name, note: `“${sheet.name}”是隐藏的工作表，没有读取。` }
  }
  let reader: ReturnType<typeof tableReader> | undefined
  let rows: FoundRow[] = []
  for await (const { sheet, part } of tablesIn(shown, reading.form)) {
    if (part.kind === 'foreign')
      reader?.tell(`第 ${part.row} 行起是${part.label}的表，没有读取，请到${part.label}里导入。`)
    else if (part.kind === 'lines') {
      for (const line of part.lines) {
        const found = reader?.take(line)
        if (found) rows.push(found)
        if (rows.length < BATCH) continue
        yield { kind: 'rows', rows }
        rows = []
      }
    } else {
      if (rows.length > 0) yield { kind: 'rows', rows }
      rows = []
      if (reader) yield { kind: 'sheet_end', end: reader.end() }
      reader = part.kind === 'none' ? undefined : tableReader(sheet, reading, part.table, file)
      if (reader) yield { kind: 'sheet', plan: reader.plan }
      else yield skipped(sheet, reading.form, part.kind === 'none' ? part : {})
    }
  }
  if (rows.length > 0) yield { kind: 'rows', rows }
  if (reader) yield { kind: 'sheet_end', end: reader.end() }
}

/** The same in the reading thread. */
export const readInThread = inThread(import.meta.url, readImport)

function skipped({ name }: Sheet, form: Form, { like, is }: { like?: string; is?: NoTable }): Message {
  const skip = (note: string): Message => ({ kind: 'skipped', name, note, is_other: true })
  if (is === 'card')
    return skip(
      `“${name}”是一人一页的卡片，没有读取。这里读的是一行一条的表：请下载模板，把各张卡片汇总成一张表再上传。`,
    )
  if (is === 'codes') return skip(`“${name}”里是可选项或说明，不是${form.label}的表，没有读取。`)
  if (like)
    return { kind: 'skipped', name, note: `“${name}”像是${like}的表，没有读取，请到${like}里导入。`, is_other: true }
  return { kind: 'skipped', name, note: `“${name}”里没有找到${form.label}的表头，没有读取。` }
}

function tableReader(sheet: Sheet, { form, year, file_name, layouts }: Reading, table: Table, file: InFile) {
  const { heading, layout, by } = mapHeading(table.heading, form, tableName(sheet.name, table), layouts)
  const plan = planOf(
    sheet,
    form,
    heading,
    { year, file_name },
    {
      layout,
      rows_expected: file.rows_expected,
      ...(by ? { mapped_by: by } : {}),
      ...(table.index > 0 ? { table: tableName(sheet.name, table) } : {}),
      ...(table.is_beside ? { is_beside: true } : {}),
    },
  )
  if (file.identity_numbers > 0)
    plan.notes.push(`文件里有 ${file.identity_numbers} 处身份证号，收到时就抹去了，没有读取，也没有保存。`)
  file.identity_numbers = 0
  const fill = fillDown(sheet.merges, heading)
  const looker = columnLooker(form, heading, year)
  const told = asideTeller(heading)
  const counted = countedIn(form, heading)
  const understand = cellReader(year)
  /** The cell as the form understands it, counted as its column is. */
  function read(field: Field, cell: Cell, column: number): Parsed {
    const unit = cell.kind === 'number' || cell.kind === 'text' ? counted.get(column) : undefined
    const own = unit && inOwnUnits(cell.value as string | number, unit)
    if (!unit || !own) return understand(field, cell)
    if ('error' in own) return { error: `${field.label}${own.error}` }
    if (own.value !== cell.value) told.counted(column, unit, cell.text, own.value)
    return readField(field, own.value, { year })
  }
  const fields = heading.columns.flatMap((column) => {
    const field = column.kind === 'field' && column.field ? fieldOf(form, column.field) : undefined
    return field ? [{ field, column: column.column }] : []
  })
  const marks = markedFields(form, heading.columns)
  const besides = heading.columns.flatMap((column) => {
    const target = column.kind === 'beside' && column.field ? besideField(form, column.field, column.beside) : undefined
    return target ? [{ reference: column.field ?? '', field: target, column: column.column }] : []
  })
  const token_column = heading.columns.find(({ kind }) => kind === 'token')?.column
  const place_column = heading.columns.find(({ kind }) => kind === 'place')?.column
  const totals = totalsOf(form, fields, read)
  const above = new Map<number, Cell>()
  let hidden = 0

  /** What a cell says: itself, or the cell above where it says 同上; nothing where it holds a picture or NULL. */
  function meant(cell: Cell | undefined, column: number, field: Field): Cell | undefined {
    if (cell?.kind !== 'text') return cell
    if (isPicture(cell.text)) told.picture(column)
    else if (isPrintedNothing(cell.text)) told.nothing(column, cell.text.trim())
    else if (isDitto(cell.text) && mayRepeat(form, field)) {
      const before = above.get(column)
      if (before) told.ditto(column)
      return before ?? cell
    } else return cell
    return undefined
  }

  function take({ row, kind }: Line): FoundRow | undefined {
    if (kind === 'total') totals.check(row)
    told.aside(kind, row.number)
    if (kind !== 'data') return undefined
    const filled = fill(row)
    looker.take(filled)
    const found: FoundRow = { n: file.next_n++, number: row.number, values: {} }
    for (const { field, column } of fields) {
      const cell = meant(filled.cells[column], column, field)
      if (!cell) {
        above.delete(column)
        continue
      }
      above.set(column, cell)
      if (cell.is_struck) told.struck(column, row.number)
      if (cell.kind === 'text' && says_clear.test(cell.text)) {
        if (field.required) addFault(found, cell, column, `${field.label}是必填的，不能清空。`, field.name)
        else found.values[field.name] = null
        continue
      }
      const time = field.day_from && timeAlone(cell.value)
      if (time) {
        found.times = { ...found.times, [field.name]: time }
        continue
      }
      const parsed = read(field, cell, column)
      if ('error' in parsed) addFault(found, cell, column, parsed.error, field.name)
      else if (parsed.value !== null) found.values[field.name] = parsed.value
    }
    for (const each of marks) {
      const ticked = tickedIn(each, filled.cells)
      if ('error' in ticked) addFault(found, ticked.cell, ticked.column, ticked.error, each.field.name)
      else if (ticked.value !== null) found.values[each.field.name] = ticked.value
    }
    for (const { reference, field, column } of besides) {
      const cell = meant(filled.cells[column], column, field)
      if (!cell) {
        above.delete(column)
        continue
      }
      above.set(column, cell)
      const parsed = read(field, cell, column)
      if ('error' in parsed) addFault(found, cell, column, parsed.error, reference, field.name)
      else if (parsed.value !== null) {
        found.beside ??= {}
        found.beside[reference] = { ...found.beside[reference], [field.name]: parsed.value }
      }
    }
    if (plan.unit_column !== null) {
      const unit = filled.cells[plan.unit_column]
      const said = unit && isDitto(unit.text) ? above.get(plan.unit_column) : unit
      if (said) above.set(plan.unit_column, said)
      found.unit = said?.text.slice(0, MAX_UNIT).trim()
    }
    const token = token_column === undefined ? undefined : row.cells[token_column]
    if (token) found.origin = readToken(token.text) ?? 'damaged'
    const place = place_column === undefined ? undefined : row.cells[place_column]
    if (place && /^\d{1,7}$/.test(place.text)) found.place = Number(place.text)
    if (row.hidden) hidden++
    totals.add(found.values)
    return found
  }

  function end(): SheetEnd {
    const notes = told.end()
    if (hidden > 0) notes.push(`有 ${hidden} 行是隐藏的，也读取了。`)
    return { notes, looks: looker.end(), totals: totals.end() }
  }
  return { plan, take, end, tell: told.say }
}

/** 同上 may stand for what many rows share, not for what tells one from another. */
const mayRepeat = (form: Form, { name, type }: Field): boolean =>
  name !== form.names && !['phone', 'credit_code', 'url', 'integer', 'decimal'].includes(type)

/** A cell that was not understood, and what stands in it. A fault of what stands beside a reference is the reference's. */
function addFault(found: FoundRow, cell: Cell, column: number, message: string, field: string, beside?: string): void {
  found.errors ??= []
  found.errors.push({ row: found.number, column, field, message })
  const name = beside ? `${field}.${beside}` : field
  found.typed = { ...found.typed, [name]: cell.text.slice(0, MAX_TYPED).trim() }
}

/** A blank cell keeps what is stored; these words take it away. */
export const says_clear = /^\s*[（(]\s*清空\s*[)）]\s*$/

/** Only whether a workbook is a table of errors: its sheets are looked at by name before anything is unpacked. */
export async function* readMarkOnly({
  bytes,
  file_name,
  limits,
}: Pick<Reading, 'bytes' | 'file_name' | 'limits'>): AsyncGenerator<Extract<Message, { kind: 'mark' }>> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return
  const allowed = { ...LIMITS, ...limits }
  const { sheets } = await readContents(await openPackage(bytes, allowed), allowed)
  if (!sheets.some(({ hidden, name }) => hidden && name === mark_sheet)) return
  const workbook = await readWorkbook(bytes, file_name, { limits })
  const sheet = workbook.sheets.find(({ hidden, name }) => hidden && name === mark_sheet)
  const import_id = sheet && (await readMark(sheet))
  if (import_id !== undefined) yield { kind: 'mark', import_id }
}

/** The same in the reading thread. */
export const readMarkInThread = inThread(import.meta.url, readMarkOnly)

/** The import that a table of errors was made for: {"import": 7} in the first cell of its hidden sheet. */
async function readMark(sheet: Sheet): Promise<number | undefined> {
  for await (const rows of sheet.rows()) {
    const found = /^\{"import":\s*(\d{1,9})\}$/.exec(rows[0]?.cells[0]?.text.trim() ?? '')
    return found ? Number(found[1]) : undefined
  }
  return undefined
}

/** Understands cells; the same words in the same column are understood once. */
function cellReader(year: number): (field: Field, cell: Cell) => Parsed {
  const answers = new Map<Field, Map<unknown, Parsed>>()
  return (field, cell) => {
    if (cell.kind === 'error') return { error: `这一格是错误值 ${cell.text}，请改成正确的内容。` }
    if (cell.kind === 'formula_uncached')
      return { error: '这一格的公式没有算出结果，请在 WPS 或 Excel 里打开，保存后再上传。' }
    if (hasLostDigits(cell)) return { error: `${field.label}被 Excel 变成了数字，第 15 位以后丢了，请按文本重填。` }
    const value =
      field.type === 'reference' || field.type === 'text' || field.type === 'long_text' ? words(cell) : plain(cell)
    let known = answers.get(field)
    if (!known) {
      known = new Map()
      answers.set(field, known)
    }
    const before = known.get(value)
    if (before) return before
    const parsed = readField(field, value, { year })
    // names and phones seldom come again; activities, workplaces and choices come early
    if (known.size < KEPT_ANSWERS) known.set(value, parsed)
    return parsed
  }
}

const plain = (cell: Cell) => cell.value as string | number | boolean
/** A number in a column of words is words: 12 in a reference is a name, not an id. */
const words = (cell: Cell) => (cell.kind === 'date' ? cell.text : String(cell.value))

/** 签到!C17 */
export const addressOf = (sheet: string, error: { row: number; column: number }) =>
  cellAddress(error.column, error.row, sheet)

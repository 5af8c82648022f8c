// One table of a sheet, line by line, as rows of the form.
import { type Field, type Form, fieldOf, timeAlone } from '../../forms/index.ts'
import type { Heading } from '../../workbook/heading.ts'
import { fillDown } from '../../workbook/lines.ts'
import { markedFields, tickedIn } from '../../workbook/marks.ts'
import type { Sheet, SheetRow, WorkbookCell } from '../../workbook/read.ts'
import { type SheetTable, type TableLine, tableName } from '../../workbook/tables.ts'
import { readToken } from '../../workbook/tokens.ts'
import { asideTeller } from './asides.ts'
import { tableCells } from './cells.ts'
import { addFault, type FileRow, SAYS_CLEAR, type SheetEnd } from './file_row.ts'
import { columnLooker, type Layouts, mapHeading } from './mapping.ts'
import { besideField, planOf, type SheetPlan } from './plan.ts'
import { totalsOf } from './totals.ts'

const MAX_UNIT = 60

/** What the tables of a file share: rows are numbered through, and what was blanked is reported at the first of them. */
export type FileCounts = { rowsExpected: number; nextRow: number; identityNumbers: number }
type TableReading = { form: Form; year: number; file_name: string; layouts?: Layouts | undefined }

export function tableReader(sheet: Sheet, reading: TableReading, table: SheetTable, file: FileCounts) {
  const { form, year } = reading
  const { plan, heading } = openTable(sheet, reading, table, file)
  const notes = asideTeller(heading)
  const cells = tableCells(form, heading, year, notes)
  const fields = fieldColumns(form, heading)
  const totals = totalsOf(form, fields, cells.read)
  const fill = fillDown(sheet.merges, heading)
  const looker = columnLooker(form, heading, year)
  const takeCells = [
    fieldTaker(fields, cells, notes),
    markTaker(form, heading),
    besideTaker(form, heading, cells),
    unitTaker(plan, cells),
  ]
  const takeTraces = traceTaker(heading)
  let hidden = 0

  function take({ row, kind }: TableLine): FileRow | undefined {
    if (kind === 'total') totals.check(row)
    notes.aside(kind, row.number)
    if (kind !== 'data') return undefined
    const filled = fill(row)
    looker.take(filled)
    const fileRow: FileRow = { n: file.nextRow++, number: row.number, values: {} }
    for (const takeFrom of takeCells) takeFrom(fileRow, filled)
    takeTraces(fileRow, row)
    if (row.hidden) hidden++
    totals.add(fileRow.values)
    return fileRow
  }

  function end(): SheetEnd {
    const told = notes.end()
    if (hidden > 0) told.push(`有 ${hidden} 行是隐藏的，也读取了。`)
    return { notes: told, looks: looker.end(), totals: totals.end() }
  }
  return { plan, take, end, tell: notes.say }
}

/** The heading with its columns given to fields, and what is known of the table from it. */
function openTable(
  sheet: Sheet,
  { form, year, file_name, layouts }: TableReading,
  table: SheetTable,
  file: FileCounts,
) {
  const { heading, layout, by } = mapHeading(table.heading, form, tableName(sheet.name, table), layouts)
  const plan = planOf(
    sheet,
    form,
    heading,
    { year, file_name },
    {
      layout,
      rows_expected: file.rowsExpected,
      ...(by ? { mapped_by: by } : {}),
      ...(table.index > 0 ? { table: tableName(sheet.name, table) } : {}),
      ...(table.is_beside ? { is_beside: true } : {}),
    },
  )
  if (file.identityNumbers > 0)
    plan.notes.push(`文件里有 ${file.identityNumbers} 处身份证号，收到时就抹去了，没有读取，也没有保存。`)
  file.identityNumbers = 0
  return { plan, heading }
}

type FieldColumn = { field: Field; column: number }
type TableCells = ReturnType<typeof tableCells>
type Notes = ReturnType<typeof asideTeller>
/** Takes what some of a row's cells say into the row. `filled`: the row with merged cells filled down. */
type Taker = (fileRow: FileRow, filled: SheetRow) => void

const fieldColumns = (form: Form, { columns }: Heading): FieldColumn[] =>
  columns.flatMap((column) => {
    const field = column.kind === 'field' && column.field ? fieldOf(form, column.field) : undefined
    return field ? [{ field, column: column.column }] : []
  })

function fieldTaker(fields: readonly FieldColumn[], { meant, read }: TableCells, notes: Notes): Taker {
  function takeField(fileRow: FileRow, field: Field, cell: WorkbookCell, column: number): void {
    if (cell.is_struck) notes.struck(column, fileRow.number)
    if (cell.kind === 'text' && SAYS_CLEAR.test(cell.text)) {
      if (field.required) addFault(fileRow, cell, column, `${field.label}是必填的，不能清空。`, field.name)
      else fileRow.values[field.name] = null
      return
    }
    const time = field.day_from && timeAlone(cell.value)
    if (time) {
      fileRow.times = { ...fileRow.times, [field.name]: time }
      return
    }
    const parsed = read(field, cell, column)
    if ('error' in parsed) addFault(fileRow, cell, column, parsed.error, field.name)
    else if (parsed.value !== null) fileRow.values[field.name] = parsed.value
  }
  return (fileRow, filled) => {
    for (const { field, column } of fields) {
      const cell = meant(filled.cells[column], column, field)
      if (cell) takeField(fileRow, field, cell, column)
    }
  }
}

/** Columns that are ticked, one for each choice of a field. */
function markTaker(form: Form, heading: Heading): Taker {
  const marks = markedFields(form, heading.columns)
  return (fileRow, filled) => {
    for (const each of marks) {
      const ticked = tickedIn(each, filled.cells)
      if ('error' in ticked) addFault(fileRow, ticked.cell, ticked.column, ticked.error, each.field.name)
      else if (ticked.value !== null) fileRow.values[each.field.name] = ticked.value
    }
  }
}

/** Columns beside a reference, which say which of several records of one name is meant. */
function besideTaker(form: Form, heading: Heading, { meant, read }: TableCells): Taker {
  const besides = heading.columns.flatMap((column) => {
    const target = column.kind === 'beside' && column.field ? besideField(form, column.field, column.beside) : undefined
    return target ? [{ reference: column.field ?? '', field: target, column: column.column }] : []
  })
  return (fileRow, filled) => {
    for (const { reference, field, column } of besides) {
      const cell = meant(filled.cells[column], column, field)
      if (!cell) continue
      const parsed = read(field, cell, column)
      if ('error' in parsed) addFault(fileRow, cell, column, parsed.error, reference, field.name)
      else if (parsed.value !== null) {
        fileRow.beside ??= {}
        fileRow.beside[reference] = { ...fileRow.beside[reference], [field.name]: parsed.value }
      }
    }
  }
}

function unitTaker({ unit_column: column }: SheetPlan, cells: TableCells): Taker {
  if (column === null) return () => {}
  return (fileRow, filled) => {
    fileRow.unit = cells.unit(filled.cells[column], column)?.slice(0, MAX_UNIT).trim()
  }
}

/** What our own workbooks say of a row: the record it was exported from, the row of an earlier upload that it corrects. */
function traceTaker({ columns }: Heading): (fileRow: FileRow, row: SheetRow) => void {
  const tokenColumn = columns.find(({ kind }) => kind === 'token')?.column
  const placeColumn = columns.find(({ kind }) => kind === 'place')?.column
  return (fileRow, { cells }) => {
    const token = tokenColumn === undefined ? undefined : cells[tokenColumn]
    if (token) fileRow.origin = readToken(token.text) ?? 'damaged'
    const place = placeColumn === undefined ? undefined : cells[placeColumn]
    if (place && /^\d{1,7}$/.test(place.text)) fileRow.place = Number(place.text)
  }
}

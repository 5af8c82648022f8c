// A layout drawn by exceljs: everything of the workbook but its rows.
//
// Below each table stands one sample row; its cell styles are what rows.ts writes with. So the same drawing serves ten
// rows and a million: only the sheet's frame passes through exceljs, never the data.

import { headingCells, piecesOf, totalWordsOver } from '../forms/paper/cells.ts'
import type { LayoutColumn, LayoutLine, Seal, SheetLayout } from '../forms/paper/layout.ts'
import { fonts, heights, sizes, standard_font } from '../forms/paper/styles.ts'
import { cellAddress, columnName } from './cells.ts'
import { ExcelJS } from './exceljs.ts'
import { sheetName } from './names.ts'
import { shareFormula } from './rows.ts'
import { unzip } from './zip_write.ts'

/** What has been written into a sheet: rows, and what its 合计 says, by column (0-based, 序号 included). */
export type Filled = {
  rows: number
  totals: readonly (number | null)[]
  /** One of several sheets: its 合计 is a 小计. */
  is_part?: boolean
}

type DrawnSheet = {
  /** The sheet's XML up to its first row of data, and from the row behind the last one on. */
  head: string
  foot: string
  /** Cell style numbers of a row, by column. */
  styles: number[]
}
type DrawnPart = { name: string; bytes: Buffer }
export type Drawn = { sheets: DrawnSheet[]; parts: DrawnPart[] }

const thin = { style: 'thin' as const }
const border = { top: thin, left: thin, bottom: thin, right: thin }
/** Excel takes a list of up to 255 characters in the rule itself; longer ones need cells to stand in. */
const MAX_LIST_CHARS = 250
const listsSheet = '选项'
/** The same rows make the same bytes: no clock in the file. */
const drawnAt = new Date(Date.UTC(2019, 0, 1))
const noteBox = { insetmode: 'auto' as const }

/** 1-based number of the first row of data. */
export const firstRow = (layout: SheetLayout) => layout.lines.length + layout.heading.length + 1

/** Draws one sheet for each `filled`. */
export async function drawWorkbook(layout: SheetLayout, filled: readonly Filled[]): Promise<Drawn> {
  const workbook = new ExcelJS.Workbook()
  workbook.creator = '好网民后台'
  workbook.created = drawnAt
  workbook.modified = drawnAt
  const lists = listFormulas(layout.columns)
  for (const [index, fill] of filled.entries()) {
    drawSheet(workbook.addWorksheet(sheetName(layout.sheet, index + 1), sheetOptions(layout)), layout, fill, {
      lists: lists.formulas,
      total: fill.is_part ? layout.total?.replace('合计', '小计') : layout.total,
    })
  }
  if (lists.long.length > 0) drawLists(workbook, lists.long)
  // Taken apart at once: pressed and unpacked for nothing.
  const written = await workbook.xlsx.writeBuffer({
    zip: { compression: 'STORE' },
  } as Partial<ExcelJS.XlsxWriteOptions>)
  const parts = await unzip(Buffer.from(written))
  const name = (index: number) => `xl/worksheets/sheet${index + 1}.xml`
  const own = new Set(filled.map((_, index) => name(index)))
  const sheets = filled.map((fill, index) => {
    const part = parts.find((each) => each.name === name(index))
    if (!part) throw new Error(`exceljs wrote no ${name(index)}`)
    return splitSheet(part.bytes.toString('utf8'), layout, fill)
  })
  return { sheets, parts: parts.filter((part) => !own.has(part.name)).map(withStandardFont) }
}

/** exceljs measures columns in Calibri, which Chinese offices do without: a column would be as wide as its substitute. */
function withStandardFont(part: DrawnPart): DrawnPart {
  if (part.name !== 'xl/styles.xml') return part
  const first = /<font>(?:(?!<\/font>).)*<\/font>/s
  const { name, size } = standard_font
  const font = `<font><sz val="${size}"/><color theme="1"/><name val="${name}"/><family val="3"/><charset val="134"/></font>`
  return { ...part, bytes: Buffer.from(part.bytes.toString('utf8').replace(first, font)) }
}

function sheetOptions(layout: SheetLayout): Partial<ExcelJS.AddWorksheetOptions> {
  const from = layout.lines.length + 1
  const to = firstRow(layout) - 1
  return {
    pageSetup: {
      paperSize: 9,
      orientation: layout.landscape ? 'landscape' : 'portrait',
      fitToPage: true,
      fitToWidth: 1,
      fitToHeight: 0,
      horizontalCentered: true,
      margins: layout.margins,
      printTitlesRow: `${from}:${to}`,
    },
    headerFooter: { oddFooter: pageFooter(layout) },
    properties: { defaultRowHeight: layout.row_height },
    views: [{ state: 'frozen', xSplit: layout.frozen_columns, ySplit: to, activeCell: cellAddress(1, to + 1) }],
  }
}

type SheetParts = { lists: readonly (string | undefined)[]; total?: string }

/** The page's number; on a registered paper also what it is registered as. */
function pageFooter({ seal }: SheetLayout): string {
  const page = `&C&"宋体,常规"&${sizes.page_number}— &P —`
  return seal ? `${page}&R&"宋体,常规"&8${seal.footer.replaceAll('&', '&&')}` : page
}

const PICTURE_PIXELS = 92

/** The lines of a seal, and its picture at the right of them. */
function drawSeal(sheet: ExcelJS.Worksheet, layout: SheetLayout, seal: Seal, first: number) {
  for (const [index, text] of seal.lines.entries()) {
    const cell = sheet.getCell(first + index, 1)
    cell.value = text
    cell.font = { name: fonts.body, size: 9 }
    cell.alignment = { horizontal: 'left', vertical: 'middle' }
    sheet.getRow(first + index).height = heights.row
  }
  const image = sheet.workbook.addImage({ base64: Buffer.from(seal.picture).toString('base64'), extension: 'gif' })
  const size = { width: PICTURE_PIXELS, height: PICTURE_PIXELS }
  sheet.addImage(image, { tl: { col: layout.columns.length - 1, row: first - 1 }, ext: size, editAs: 'oneCell' })
}

function drawSheet(
  sheet: ExcelJS.Worksheet,
  layout: SheetLayout,
  { rows, totals }: Filled,
  { lists, total }: SheetParts,
) {
  sheet.columns = layout.columns.map(({ width: wanted, hidden }) => {
    // exceljs leaves a width of 9 out, and each program has another one where none is given
    const width = wanted === 9 ? 9.001 : wanted
    return hidden ? { width, hidden } : { width }
  })
  for (const [index, line] of layout.lines.entries()) drawLine(sheet, layout, index + 1, line)
  drawHeading(sheet, layout)
  const first = firstRow(layout)
  let next = first + rows
  if (total !== undefined) drawTotal(sheet, layout, { row: next++, first, rows, totals, words: total })
  for (const line of layout.below ?? []) drawLine(sheet, layout, next++, line)
  for (const text of layout.foot) drawFootLine(sheet, layout, next++, text)
  if (layout.seal) {
    drawSeal(sheet, layout, layout.seal, next)
    next += layout.seal.lines.length
  }
  for (const [index, column] of layout.columns.entries()) {
    Object.assign(sheet.getCell(next, index + 1), { style: dataStyle(column, layout.size) })
    const formula = lists[index]
    const last = first + Math.max(rows, 1) - 1
    const range = `${cellAddress(index, first)}:${cellAddress(index, last)}`
    const rule = ruleOf(column, formula, layout.to_fill)
    // exceljs keeps rules by address; a range is as good as a cell to it, though its types don't say so
    if (rule) (sheet as unknown as Ruled).dataValidations.add(range, rule)
  }
}

type Ruled = { dataValidations: { add: (range: string, rule: DrawnValidation) => void } }
type DrawnValidation = Omit<ExcelJS.DataValidation, 'type' | 'formulae'> & { type: string; formulae: string[] }

function drawLine(sheet: ExcelJS.Worksheet, layout: SheetLayout, row: number, line: LayoutLine) {
  sheet.getRow(row).height = line.height
  for (const { from, to, text } of piecesOf(line, layout.columns)) {
    if (to > from) sheet.mergeCells(row, from + 1, row, to + 1)
    const cell = sheet.getCell(row, from + 1)
    cell.value = text
    if (line.style === 'title') {
      cell.font = { name: fonts.title, size: line.size }
      // over one column alone it runs on to the right
      const isWide = to > from || layout.columns.length === 1
      cell.alignment = { vertical: 'middle', ...(isWide ? { horizontal: 'center', wrapText: true } : {}) }
    } else {
      cell.font = { name: line.style === 'annex' ? fonts.head : fonts.body, size: line.size }
      const wrapText = line.style === 'note' && to > from
      cell.alignment = { horizontal: 'left', vertical: 'middle', ...(wrapText ? { wrapText } : {}) }
    }
  }
}

function drawHeading(sheet: ExcelJS.Worksheet, layout: SheetLayout) {
  const first = layout.lines.length + 1
  for (const [index, height] of layout.heading.entries()) sheet.getRow(first + index).height = height
  for (const { from, to, top, bottom, text, column } of headingCells(layout)) {
    if (to > from || bottom > top) sheet.mergeCells(first + top, from + 1, first + bottom, to + 1)
    const cell = sheet.getCell(first + top, from + 1)
    drawHeadingCell(cell, layout, { heading: text, required: column?.required ?? false })
    const note = layout.to_fill && column && `${column.required ? '必填。' : ''}${column.note ?? ''}`
    if (note) cell.note = { texts: [{ font: { name: '宋体', size: 9 }, text: note }], margins: noteBox }
    if (column) for (const row of layout.heading.keys()) sheet.getCell(first + row, from + 1).border = border
  }
}

function drawHeadingCell(
  cell: ExcelJS.Cell,
  layout: SheetLayout,
  { heading, required }: Pick<LayoutColumn, 'heading' | 'required'>,
) {
  const font = { name: fonts.head, size: layout.size }
  cell.value =
    required && layout.to_fill
      ? {
          richText: [
            { font: { ...font, color: { argb: 'FFC00000' } }, text: '*' },
            { font, text: heading },
          ],
        }
      : heading
  cell.font = font
  cell.alignment = { horizontal: 'center', vertical: 'middle', wrapText: true }
  cell.border = border
}

type DrawnTotal = { row: number; first: number; rows: number; totals: readonly (number | null)[]; words: string }

function drawTotal(sheet: ExcelJS.Worksheet, layout: SheetLayout, { row, first, rows, totals, words }: DrawnTotal) {
  const over = totalWordsOver(layout.columns, words, layout.total_style.over)
  if (layout.total_style.merged && over > 1) sheet.mergeCells(row, 1, row, over)
  sheet.getRow(row).height = layout.total_style.height ?? layout.row_height
  for (const [index, column] of layout.columns.entries()) {
    if (column.hidden) continue
    const cell = sheet.getCell(row, index + 1)
    cell.style = { ...dataStyle(column, layout.size), numFmt: totalFormat(column, layout) }
    cell.font = { name: fonts.head, size: layout.size }
    if (index === 0) cell.value = words
    if (index < over || (!column.sum && column.kind !== 'percent')) continue
    const result = totals[index] ?? null
    const range = `${columnName(index)}${first}:${columnName(index)}${first + rows - 1}`
    const adds = layout.total_style.formula && rows > 0
    if (adds && column.sum) cell.value = { formula: `SUM(${range})`, result: result ?? 0 }
    else if (adds && column.share) cell.value = { formula: shareFormula(column.share, row), result: result ?? '' }
    else cell.value = result
    cell.alignment = { horizontal: 'center', vertical: 'middle', shrinkToFit: true }
  }
}

/** On a form to fill, nothing stands where nothing has been added up yet. */
const totalFormat = ({ kind }: LayoutColumn, { to_fill }: SheetLayout) =>
  kind === 'percent' ? formats.percent : to_fill ? 'General;-General;' : 'General'

/** Signatures and notes: not merged, so that rows pasted over them fit. */
function drawFootLine(sheet: ExcelJS.Worksheet, layout: SheetLayout, row: number, text: string) {
  const cell = sheet.getCell(row, 1)
  cell.value = text
  cell.font = { name: fonts.body, size: layout.size }
  cell.alignment = { horizontal: 'left', vertical: 'middle' }
  sheet.getRow(row).height = heights.sign_off
}

const formats = { text: '@', number: 'General', percent: '0.0%', date: 'yyyy-mm-dd' }

function dataStyle({ kind, align, wraps }: LayoutColumn, size: number): Partial<ExcelJS.Style> {
  return {
    font: { name: fonts.body, size },
    border,
    numFmt: formats[kind],
    // what does not wrap is printed smaller rather than cut off or as ####, should a font be wider than expected
    alignment: { horizontal: align, vertical: 'middle', ...(wraps ? { wrapText: true } : { shrinkToFit: true }) },
  }
}

function ruleOf(
  { heading, list, note, sum }: LayoutColumn,
  formula: string | undefined,
  toFill: boolean,
): DrawnValidation | undefined {
  const prompt =
    toFill && note ? { showInputMessage: true, promptTitle: heading.slice(0, 32), prompt: note.slice(0, 250) } : {}
  if (list && formula)
    return {
      type: 'list',
      formulae: [formula],
      allowBlank: true,
      showErrorMessage: true,
      errorStyle: list.strict ? 'stop' : 'warning',
      errorTitle: heading.slice(0, 32),
      error: list.strict ? '请从下拉框里选一项。' : '下拉框里没有这一项，请核对。',
      ...prompt,
    }
  return toFill && note && !sum ? { type: 'any', formulae: [], ...prompt } : undefined
}

// Drop-downs -------------------------------------------------------------------------------------------------------

function listFormulas(columns: readonly LayoutColumn[]) {
  const long: (readonly string[])[] = []
  const formulas = columns.map(({ list }) => {
    if (!list?.names.length) return undefined
    const joined = list.names.join(',')
    if (joined.length <= MAX_LIST_CHARS && !list.names.some((name) => /[",\n]|^\s|\s$/.test(name))) return `"${joined}"`
    long.push(list.names)
    const column = columnName(long.length - 1)
    return `${listsSheet}!$${column}$1:$${column}$${list.names.length}`
  })
  return { formulas, long }
}

function drawLists(workbook: ExcelJS.Workbook, lists: readonly (readonly string[])[]) {
  const sheet = workbook.addWorksheet(listsSheet, { state: 'hidden' })
  for (const [column, names] of lists.entries())
    for (const [row, name] of names.entries())
      Object.assign(sheet.getCell(row + 1, column + 1), { value: name, numFmt: '@' })
}

// The drawn sheet, cut where the rows go ---------------------------------------------------------------------------

function splitSheet(xml: string, layout: SheetLayout, { rows }: Filled): DrawnSheet {
  const first = firstRow(layout)
  const below =
    (layout.total === undefined ? 0 : 1) +
    (layout.below?.length ?? 0) +
    layout.foot.length +
    (layout.seal?.lines.length ?? 0)
  const sample = first + rows + below
  const end = xml.indexOf('</sheetData>')
  const from = (number: number) => {
    const at = xml.indexOf(`<row r="${number}"`)
    if (at < 0) throw new Error(`exceljs drew no row ${number}`)
    return at
  }
  const sampleAt = from(sample)
  const footAt = below > 0 ? from(first + rows) : sampleAt
  const styles = [...xml.slice(sampleAt, end).matchAll(/<c r="[A-Z]+\d+" s="(\d+)"/g)].map((cell) => Number(cell[1]))
  if (styles.length !== layout.columns.length) throw new Error(`exceljs drew ${styles.length} cells of a row`)
  return {
    // how far the sheet reaches is not known yet when its head is written, and need not be declared
    head: xml.slice(0, footAt).replace(/<dimension [^>]*\/>/, ''),
    foot: xml.slice(footAt, sampleAt) + xml.slice(end),
    styles,
  }
}

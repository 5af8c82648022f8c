// The table of errors as a workbook: heading as sent, rows at fault, wrong cells red with a note, 错误说明 at the end.
// Written by hand and streamed, because there may be 200,000 rows. Every cell is a text cell: nothing can become a formula
// and no digit is lost.

import { linesOf, places, rowHeight, standard_font } from '../forms/paper/styles.ts'
import { type CellRange, cellAddress, columnName } from './cells.ts'
import { sheetName } from './names.ts'
import { commentsXml, drawingXml, MAX_NOTES, type Note } from './notes.ts'
import { escapeText, textCellXml } from './rows.ts'
import { mark_sheet, markXml, place_heading } from './tokens.ts'
import { type ZipEntry, zip } from './zip_write.ts'

type NotedFault = { column: number; message: string }
export type ErrorRow = { n: number; cells: readonly (string | null)[]; faults: readonly NotedFault[]; note: string }
export type ErrorSheet = {
  name: string
  /** First and last row of the heading; everything down to there is in `above`. */
  from: number
  to: number
  above: readonly { number: number; cells: readonly (string | null)[]; faults: readonly NotedFault[] }[]
  merges: readonly CellRange[]
  note_column: number
  rows: AsyncIterable<readonly ErrorRow[]>
}

const MAX_FROZEN_ROWS = 8
const widths = { least: 9, most: 28, note: 64 }
const MIN_ROW_POINTS = 20
const headingWords = '错误说明'

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const types = 'application/vnd.openxmlformats-officedocument.spreadsheetml'

/** Cell styles by number, as `stylesXml` lists them. */
const styles = { plain: 0, text: 1, heading: 2, wrong: 3, note: 4 }

type PatchedSheet = { name: string; filter: string; notes: number }

/** The bytes of the workbook, sheet after sheet; a hidden one names the import. */
export const writeErrorWorkbook = (importId: number, sheets: AsyncIterable<ErrorSheet>): AsyncGenerator<Buffer> =>
  zip(entriesOf(importId, sheets))

async function* entriesOf(importId: number, sheets: AsyncIterable<ErrorSheet>): AsyncGenerator<ZipEntry> {
  const done: PatchedSheet[] = []
  for await (const sheet of sheets) {
    const number = done.length + 1
    const notes: Note[] = []
    const filter = { to: sheet.to }
    yield { name: `xl/worksheets/sheet${number}.xml`, content: sheetXml(sheet, notes, filter) }
    const range = `$A$${sheet.to}:$${columnName(sheet.note_column + 1)}$${filter.to}`
    done.push({ name: unused(sheetName(sheet.name) || `表${number}`, done), filter: range, notes: notes.length })
    if (notes.length === 0) continue
    yield part(`xl/worksheets/_rels/sheet${number}.xml.rels`, relationsXml(sheetRelations(number)))
    yield part(`xl/comments${number}.xml`, commentsXml(notes))
    yield part(`xl/drawings/vmlDrawing${number}.vml`, drawingXml(notes))
  }
  if (done.length === 0) throw new Error('a table of errors without a sheet')
  yield part(`xl/worksheets/sheet${done.length + 1}.xml`, markXml(importId))
  yield part('xl/workbook.xml', workbookXml(done))
  yield part('xl/_rels/workbook.xml.rels', relationsXml(workbookRelations(done.length + 1)))
  yield part('xl/styles.xml', stylesXml())
  yield part('_rels/.rels', relationsXml([`${office}/officeDocument xl/workbook.xml`]))
  yield part('[Content_Types].xml', contentTypesXml(done))
}

const part = (name: string, xml: string): ZipEntry => ({ name, content: Buffer.from(xml) })

/** Two long names may be cut to the same one. */
function unused(name: string, done: readonly PatchedSheet[]): string {
  let free = name
  for (let n = 2; done.some((each) => each.name.toLowerCase() === free.toLowerCase()); n++) free = sheetName(name, n)
  return free
}

// A sheet --------------------------------------------------------------------------------------------------------------

async function* sheetXml(sheet: ErrorSheet, notes: Note[], filter: { to: number }): AsyncGenerator<string> {
  const { from, to, note_column } = sheet
  const source = sheet.rows[Symbol.asyncIterator]()
  let next = await source.next()
  const columnWidths = widthsOf(sheet, next.done ? [] : next.value)
  const frozen =
    to <= MAX_FROZEN_ROWS
      ? `<pane ySplit="${to}" topLeftCell="A${to + 1}" activePane="bottomLeft" state="frozen"/><selection pane="bottomLeft" activeCell="A${to + 1}" sqref="A${to + 1}"/>`
      : ''
  const cols = columnWidths.map((width, n) => `<col min="${n + 1}" max="${n + 1}" width="${width}" customWidth="1"/>`)
  // which row of the file a row is, hidden behind 错误说明: the table sent back joins its import
  cols.push(`<col min="${note_column + 2}" max="${note_column + 2}" width="10" hidden="1" customWidth="1"/>`)
  yield `${head}<worksheet xmlns="${main}" xmlns:r="${office}"><sheetPr><pageSetUpPr fitToPage="1"/></sheetPr><sheetViews><sheetView workbookViewId="0">${frozen}</sheetView></sheetViews><sheetFormatPr defaultRowHeight="18"/><cols>${cols.join('')}</cols><sheetData>`
  yield aboveXml(sheet, notes)
  let number = to
  while (!next.done) {
    let xml = ''
    for (const row of next.value) xml += rowXml(++number, row, columnWidths, notes)
    yield xml
    next = await source.next()
  }
  filter.to = number
  const merges = sheet.merges.filter((merge) => !overlaps(merge, note_column))
  if (to > from) merges.push({ from_row: from, to_row: to, from_column: note_column, to_column: note_column })
  const merged = merges.map((merge) => `<mergeCell ref="${rangeOf(merge)}"/>`)
  yield `</sheetData><autoFilter ref="A${to}:${cellAddress(note_column + 1, number)}"/>${
    merged.length > 0 ? `<mergeCells count="${merged.length}">${merged.join('')}</mergeCells>` : ''
  }<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.6" header="0.3" footer="0.3"/><pageSetup paperSize="9" orientation="landscape" fitToHeight="0"/>${
    notes.length > 0 ? '<legacyDrawing r:id="rId1"/>' : ''
  }</worksheet>`
}

const rangeOf = ({ from_row, from_column, to_row, to_column }: CellRange) =>
  `${cellAddress(from_column, from_row)}:${cellAddress(to_column, to_row)}`

/** A title merged past the table would cover 错误说明. */
const overlaps = ({ from_column, to_column }: CellRange, column: number) => from_column <= column && to_column >= column

function widthsOf({ above, from, note_column }: ErrorSheet, rows: readonly ErrorRow[]): number[] {
  const headings = above.filter(({ number }) => number >= from)
  return Array.from({ length: note_column + 1 }, (_, column) => {
    if (column === note_column) return widths.note
    let most = widths.least
    for (const { cells } of [...headings, ...rows]) most = Math.max(most, places(cells[column] ?? '') + 2)
    return Math.min(widths.most, most)
  })
}

/** What stands above and the heading, in the rows where it stood, so that its merges still fit. */
function aboveXml({ above, from, to, note_column }: ErrorSheet, notes: Note[]): string {
  let xml = ''
  for (const { number, cells, faults } of above) {
    const isHeading = number >= from
    const values = [...cells]
    if (isHeading) {
      values.length = note_column
      values[note_column] = number === from ? headingWords : null
      if (number === to) values[note_column + 1] = place_heading
    }
    xml += `<row r="${number}">`
    for (let column = 0; column < values.length; column++) {
      const wrong = messagesAt(faults, column)
      if (wrong) note(notes, number, column, wrong)
      const value = values[column] ?? null
      if (value === null && !isHeading && !wrong) continue
      xml += textCellXml(
        cellAddress(column, number),
        wrong ? styles.wrong : isHeading ? styles.heading : styles.plain,
        value,
      )
    }
    xml += '</row>'
  }
  return xml
}

function rowXml(number: number, row: ErrorRow, columnWidths: readonly number[], notes: Note[]): string {
  const { n, cells, faults, note: words } = row
  const noteColumn = columnWidths.length - 1
  let lines = linesOf(words, widths.note)
  let xml = ''
  for (let column = 0; column < noteColumn; column++) {
    const wrong = messagesAt(faults, column)
    if (wrong) note(notes, number, column, wrong)
    const text = cells[column] ?? null
    if (text) lines = Math.max(lines, linesOf(text, columnWidths[column] ?? widths.least))
    xml += textCellXml(cellAddress(column, number), wrong ? styles.wrong : styles.text, text)
  }
  const height = rowHeight(lines, undefined, MIN_ROW_POINTS)
  return `<row r="${number}" ht="${height}" customHeight="1">${xml}${textCellXml(cellAddress(noteColumn, number), styles.note, words)}${textCellXml(cellAddress(noteColumn + 1, number), styles.plain, String(n))}</row>`
}

const messagesAt = (faults: readonly NotedFault[], column: number): string =>
  faults
    .filter((fault) => fault.column === column)
    .map(({ message }) => message)
    .join('')

function note(notes: Note[], row: number, column: number, text: string): void {
  if (notes.length < MAX_NOTES) notes.push({ row, column, text })
}

// The other parts ------------------------------------------------------------------------------------------------------

const attributeText = (text: string) => escapeText(text).replaceAll('"', '&quot;')

function workbookXml(done: readonly PatchedSheet[]): string {
  const sheets = done.map(
    ({ name }, index) => `<sheet name="${attributeText(name)}" sheetId="${index + 1}" r:id="rId${index + 1}"/>`,
  )
  const filters = done.map(
    ({ name, filter }, index) =>
      `<definedName name="_xlnm._FilterDatabase" localSheetId="${index}" hidden="1">'${escapeText(name.replaceAll("'", "''"))}'!${filter}</definedName>`,
  )
  return `${head}<workbook xmlns="${main}" xmlns:r="${office}"><bookViews><workbookView/></bookViews><sheets>${sheets.join('')}<sheet name="${mark_sheet}" sheetId="${done.length + 1}" state="hidden" r:id="rId${done.length + 1}"/></sheets><definedNames>${filters.join('')}</definedNames></workbook>`
}

/** Relations are 'type target'; their ids count from rId1. */
function relationsXml(relations: readonly string[]): string {
  const list = relations.map((relation, index) => {
    const [type, target] = relation.split(' ')
    return `<Relationship Id="rId${index + 1}" Type="${type}" Target="${target}"/>`
  })
  return `${head}<Relationships xmlns="${packages}/relationships">${list.join('')}</Relationships>`
}

const workbookRelations = (sheets: number) => [
  ...Array.from({ length: sheets }, (_, index) => `${office}/worksheet worksheets/sheet${index + 1}.xml`),
  `${office}/styles styles.xml`,
]
const sheetRelations = (number: number) => [
  `${office}/vmlDrawing ../drawings/vmlDrawing${number}.vml`,
  `${office}/comments ../comments${number}.xml`,
]

function contentTypesXml(done: readonly PatchedSheet[]): string {
  const parts = [
    ['/xl/workbook.xml', `${types}.sheet.main+xml`],
    ['/xl/styles.xml', `${types}.styles+xml`],
    [`/xl/worksheets/sheet${done.length + 1}.xml`, `${types}.worksheet+xml`],
    ...done.flatMap(({ notes }, index) => [
      [`/xl/worksheets/sheet${index + 1}.xml`, `${types}.worksheet+xml`],
      ...(notes > 0 ? [[`/xl/comments${index + 1}.xml`, `${types}.comments+xml`]] : []),
    ]),
  ].map(([name, type]) => `<Override PartName="${name}" ContentType="${type}"/>`)
  return `${head}<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Default Extension="vml" ContentType="application/vnd.openxmlformats-officedocument.vmlDrawing"/>${parts.join('')}</Types>`
}

function stylesXml(): string {
  const { name, size } = standard_font
  const font = (inside: string) => `<font>${inside}<name val="${name}"/><family val="3"/><charset val="134"/></font>`
  const fill = (colour: string) =>
    `<fill><patternFill patternType="solid"><fgColor rgb="${colour}"/><bgColor indexed="64"/></patternFill></fill>`
  const edge = ['left', 'right', 'top', 'bottom'].map(
    (side) => `<${side} style="thin"><color rgb="FFBFBFBF"/></${side}>`,
  )
  const cell = (fontId: number, fillId: number, align: string) =>
    `<xf numFmtId="49" fontId="${fontId}" fillId="${fillId}" borderId="1" xfId="0" applyNumberFormat="1" applyFont="1" applyFill="1" applyBorder="1" applyAlignment="1"><alignment vertical="center"${align}/></xf>`
  const wraps = ' wrapText="1"'
  return `${head}<styleSheet xmlns="${main}"><fonts count="3">${font(`<sz val="${size}"/>`)}${font(`<b/><sz val="${size}"/>`)}${font(`<sz val="${size}"/><color rgb="FF9C0006"/>`)}</fonts><fills count="4"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill>${fill('FFF2F2F2')}${fill('FFFFC7CE')}</fills><borders count="2"><border><left/><right/><top/><bottom/><diagonal/></border><border>${edge.join('')}<diagonal/></border></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="5"><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>${cell(0, 0, wraps)}${cell(1, 2, ` horizontal="center"${wraps}`)}${cell(2, 3, wraps)}${cell(2, 0, wraps)}</cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>`
}

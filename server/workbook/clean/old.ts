// Workbooks of Excel 97 and 5.0 (.xls, .et of WPS) written anew as .xlsx: what cells say, merges, dates, what is hidden.
// From then on they are files like any other. SheetJS reads them; it runs in the reading thread only, whose memory and
// patience bound what a hostile file may cost.
import type { CellObject, WorkBook, WorkSheet } from '@e965/xlsx'
import { cellAddress, columnName, isDateFormat } from '../cells.ts'
import { type Limits, refused } from '../limits.ts'
import { escapeText } from '../rows.ts'
import { type ZipEntry, zip } from '../zip_write.ts'

const head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const office = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
const packages = 'http://schemas.openxmlformats.org/package/2006'
const spreadsheet = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
const STRETCH = 500

/** The workbook as an .xlsx. Throws `WorkbookRefused` where it is none, has a password or passes a limit. */
export async function fromOld(bytes: Buffer, limits: Limits): Promise<Buffer> {
  if (!isWhole(bytes)) throw refused('damaged')
  const book = await parsed(bytes)
  const pieces: Buffer[] = []
  for await (const piece of zip(entriesOf(book, limits))) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The sectors that a compound file's own table says are in use, in the header's words of MS-CFB. */
/** Above stand marks: the end of a chain, a table, nothing (which some programs write as an end). */
const LAST_SECTOR = 0xffff_fffa
const LISTED_IN_HEADER = 109

/** Whether the file reaches to its last sector in use: what was cut off in transfer would else be rows that nobody misses. */
function isWhole(bytes: Buffer): boolean {
  if (bytes.length < 512) return false
  const size = 2 ** bytes.readUInt16LE(30)
  if (size !== 512 && size !== 4096) return false
  let last = 0
  const tables = Math.min(bytes.readUInt32LE(44), LISTED_IN_HEADER)
  for (let table = 0; table < tables; table++) {
    const from = (bytes.readUInt32LE(76 + 4 * table) + 1) * size
    if (from + size > bytes.length) return false
    for (let at = 0; at < size / 4; at++) {
      const next = bytes.readUInt32LE(from + 4 * at)
      if (next <= LAST_SECTOR) last = Math.max(last, next)
    }
  }
  return bytes.length > (last + 1) * size
}

async function parsed(bytes: Buffer): Promise<WorkBook> {
  const [{ read, set_cptable }, codepages] = await Promise.all([
    import('@e965/xlsx'),
    import('@e965/xlsx/dist/cpexcel.full.mjs'),
  ])
  // before Excel 97 text was in the code page of its computer
  set_cptable(codepages)
  const { error: tell } = console
  // it tells of every odd record
  console.error = () => {}
  try {
    return read(bytes, {
      type: 'buffer',
      dense: true,
      cellNF: true,
      cellText: false,
      cellHTML: false,
      cellStyles: true,
      nodim: true,
    })
  } catch (error) {
    throw refused(/password|encrypt/i.test(String((error as Error).message)) ? 'encrypted' : 'damaged')
  } finally {
    console.error = tell
  }
}

type WrittenSheet = { name: string; hidden: boolean }

async function* entriesOf({ SheetNames, Sheets, Workbook }: WorkBook, limits: Limits): AsyncGenerator<ZipEntry> {
  const written: WrittenSheet[] = []
  const seen = { rows: 0, cells: 0 }
  for (const [index, name] of SheetNames.entries()) {
    const sheet = Sheets[name]
    if (!sheet || (sheet['!type'] && sheet['!type'] !== 'sheet')) continue
    if (written.length >= limits.sheets) throw refused('entries')
    written.push({ name, hidden: (Workbook?.Sheets?.[index]?.Hidden ?? 0) !== 0 })
    yield { name: `xl/worksheets/sheet${written.length}.xml`, content: sheetXml(sheet, limits, seen) }
  }
  if (written.length === 0) throw refused('no_sheet')
  const date_1904 = Workbook?.WBProps?.date1904 === true
  for (const [name, xml] of frame(written, date_1904)) yield { name, content: Buffer.from(head + xml) }
}

async function* sheetXml(
  sheet: WorkSheet,
  limits: Limits,
  seen: { rows: number; cells: number },
): AsyncGenerator<string> {
  const rows = (sheet['!data'] ?? []) as (CellObject[] | undefined)[]
  const columns = (sheet['!cols'] ?? []).flatMap((column, at) =>
    column?.hidden && at < limits.columns ? `<col min="${at + 1}" max="${at + 1}" width="9" hidden="1"/>` : '',
  )
  const cols = columns.join('')
  yield `${head}<worksheet xmlns="${main}"><dimension ref="A1:${columnName(limits.columns - 1)}${Math.max(rows.length, 1)}"/>${cols && `<cols>${cols}</cols>`}<sheetData>`
  for (let from = 0; from < rows.length; from += STRETCH) {
    let xml = ''
    for (let at = from; at < Math.min(from + STRETCH, rows.length); at++) {
      const cells = cellsXml(rows[at] ?? [], at + 1, limits, seen)
      if (cells === '') continue
      if (++seen.rows > limits.rows) throw refused('rows')
      xml += `<row r="${at + 1}"${sheet['!rows']?.[at]?.hidden ? ' hidden="1"' : ''}>${cells}</row>`
    }
    yield xml
  }
  const merges = sheet['!merges'] ?? []
  if (merges.length > limits.merges) throw refused('merges')
  const merged = merges.map(
    ({ s, e }) => `<mergeCell ref="${cellAddress(s.c, s.r + 1)}:${cellAddress(e.c, e.r + 1)}"/>`,
  )
  yield `</sheetData>${merged.length > 0 ? `<mergeCells>${merged.join('')}</mergeCells>` : ''}</worksheet>`
}

function cellsXml(
  cells: readonly (CellObject | undefined)[],
  row: number,
  limits: Limits,
  seen: { cells: number },
): string {
  let xml = ''
  for (let column = 0; column < cells.length; column++) {
    const cell = cells[column]
    if (!cell || cell.t === 'z') continue
    if (++seen.cells > limits.cells) throw refused('cells')
    if (column >= limits.columns) throw refused('columns')
    xml += cellXml(cell, cellAddress(column, row), limits)
  }
  return xml
}

const errors: Record<number, string> = {
  0: '#NULL!',
  7: '#DIV/0!',
  15: '#VALUE!',
  23: '#REF!',
  29: '#NAME?',
  36: '#NUM!',
  42: '#N/A',
}

/** Styles by number, as `frame` lists them. */
const styles = { plain: 0, date: 1 }

function cellXml({ t: type, v: value, z: format, f: formula }: CellObject, address: string, limits: Limits): string {
  if (value === undefined || value === null) return formula ? `<c r="${address}"><f>0</f></c>` : ''
  if (type === 'n') {
    const style = typeof format === 'string' && isDateFormat(format) ? styles.date : styles.plain
    return `<c r="${address}" s="${style}"><v>${value}</v></c>`
  }
  if (type === 'b') return `<c r="${address}" t="b"><v>${value ? 1 : 0}</v></c>`
  if (type === 'e') return `<c r="${address}" t="e"><v>${errors[Number(value)] ?? '#VALUE!'}</v></c>`
  const text = String(value)
  if (text === '') return ''
  if (text.length > limits.text) throw refused('text')
  return `<c r="${address}" t="inlineStr"><is><t xml:space="preserve">${escapeText(text)}</t></is></c>`
}

/** Everything around the sheets. */
function frame(sheets: readonly WrittenSheet[], date_1904: boolean): [string, string][] {
  const listed = sheets.map(({ name, hidden }, at) => {
    const said = escapeText(name).replaceAll('"', '&quot;')
    return `<sheet name="${said}" sheetId="${at + 1}"${hidden ? ' state="hidden"' : ''} r:id="s${at + 1}"/>`
  })
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${office}/${type}" Target="${target}"/>`
  const relations = (list: string[]) =>
    `<Relationships xmlns="${packages}/relationships">${list.join('')}</Relationships>`
  const types = sheets.map(
    (_sheet, at) =>
      `<Override PartName="/xl/worksheets/sheet${at + 1}.xml" ContentType="${spreadsheet}.worksheet+xml"/>`,
  )
  return [
    [
      'xl/workbook.xml',
      `<workbook xmlns="${main}" xmlns:r="${office}"><workbookPr${date_1904 ? ' date1904="1"' : ''}/><sheets>${listed.join('')}</sheets></workbook>`,
    ],
    [
      'xl/_rels/workbook.xml.rels',
      relations([
        ...sheets.map((_sheet, at) => relation(`s${at + 1}`, 'worksheet', `worksheets/sheet${at + 1}.xml`)),
        relation('styles', 'styles', 'styles.xml'),
      ]),
    ],
    [
      'xl/styles.xml',
      `<styleSheet xmlns="${main}"><fonts count="1"><font><sz val="11"/><name val="宋体"/></font></fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="22" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    ],
    ['_rels/.rels', relations([relation('book', 'officeDocument', 'xl/workbook.xml')])],
    [
      '[Content_Types].xml',
      `<Types xmlns="${packages}/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="${spreadsheet}.sheet.main+xml"/><Override PartName="/xl/styles.xml" ContentType="${spreadsheet}.styles+xml"/>${types.join('')}</Types>`,
    ],
  ]
}

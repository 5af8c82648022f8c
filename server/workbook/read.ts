// The guarded reader of what people upload: .xlsx and .xlsm of any producer, .csv and .tsv (an .xls has become an .xlsx before, see clean/old.ts). It decides by content, never
// by the file's name, streams rows so that memory stays flat, and answers every bad file with one Chinese sentence.
//
// Ours and not a spreadsheet library: exceljs mangles Chinese text when it streams, and neither it nor the others bound
// what a hostile file may cost. yauzl reads the zip directory; the rest is a forward-only scan (see xml.ts for figures).
import { readCsvRows, textEncoding } from './csv.ts'
import { LIMITS, type Limits, refused } from './limits.ts'
import { readContents, readSharedStrings, readStyles } from './parts.ts'
import { inspectSheet, type Outline, type RowContext, readRows, type SheetRow } from './sheet.ts'
import { openPackage } from './zip.ts'

export type { CellRange, WorkbookCell } from './cells.ts'
export { cellAddress, columnName } from './cells.ts'
export { LIMITS, type Limits, WorkbookRefused } from './limits.ts'
export type { SheetRow } from './sheet.ts'

export type Sheet = Outline & {
  name: string
  hidden: boolean
  /** Rows that hold something, in batches, in the file's order. Refuses on the way when a limit is passed. */
  rows: () => AsyncGenerator<SheetRow[]>
}

export type Workbook = { format: 'xlsx' | 'csv'; sheets: Sheet[] }

type ReadOptions = { limits?: Partial<Limits>; signal?: AbortSignal }

/**
 * Opens a workbook held in memory. All parts are unpacked and checked once before this returns; `rows()` reads a sheet
 * again, row by row. Throws `WorkbookRefused` with a sentence for the clerk.
 */
export async function readWorkbook(bytes: Buffer, fileName: string, options: ReadOptions = {}): Promise<Workbook> {
  const limits = { ...LIMITS, ...options.limits }
  if (bytes.length === 0) throw refused('empty')
  if (bytes.length > limits.file_bytes) throw refused('file_bytes')
  if (startsWith(bytes, [0x50, 0x4b])) return readXlsx(bytes, limits, options.signal)
  if (startsWith(bytes, COMPOUND)) throw refused(compoundFileKind(bytes))
  return readText(bytes, fileName, limits, options.signal)
}

const COMPOUND = [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]

/** A workbook of Excel 97 or older, under whatever name: it is written anew before it is kept, see clean/old.ts. */
export const isOld = (bytes: Buffer): boolean => startsWith(bytes, COMPOUND) && compoundFileKind(bytes) === 'old_xls'

function startsWith(bytes: Buffer, magic: number[]): boolean {
  return magic.every((byte, at) => bytes[at] === byte)
}

/** A compound file is an encrypted .xlsx or an old .xls; the names in its directory (UTF-16) tell. */
function compoundFileKind(bytes: Buffer): 'encrypted' | 'old_xls' | 'not_a_workbook' {
  const has = (name: string) => bytes.includes(Buffer.from(name, 'utf16le'))
  if (has('EncryptedPackage') || has('EncryptionInfo')) return 'encrypted'
  if (has('Workbook') || has('Book')) return 'old_xls'
  return has('WordDocument') || has('PowerPoint') ? 'not_a_workbook' : 'old_xls'
}

async function readXlsx(bytes: Buffer, limits: Limits, signal?: AbortSignal): Promise<Workbook> {
  const zip = await openPackage(bytes, limits, signal)
  const contents = await readContents(zip, limits)
  const outlines: Outline[] = []
  for (const sheet of contents.sheets) outlines.push(await inspectSheet(zip, sheet.part, limits))
  const context: RowContext = {
    limits,
    ...(await readStyles(zip, contents.styles, limits)),
    strings: await readSharedStrings(zip, contents.shared_strings, limits),
    date_1904: contents.date_1904,
    seen: { rows: 0, cells: 0 },
  }
  return {
    format: 'xlsx',
    sheets: contents.sheets.map((sheet, index) => ({
      name: sheet.name,
      hidden: sheet.hidden,
      merges: outlines[index]?.merges ?? [],
      hidden_columns: outlines[index]?.hidden_columns ?? [],
      last_row: outlines[index]?.last_row,
      rows: () => readRows(zip, sheet.part, context),
    })),
  }
}

async function readText(bytes: Buffer, fileName: string, limits: Limits, signal?: AbortSignal): Promise<Workbook> {
  const encoding = textEncoding(bytes)
  const ending = /\.([a-z]+)$/i.exec(fileName)?.[1]?.toLowerCase() ?? ''
  if (encoding === undefined) throw refused('not_a_workbook')
  const start = new TextDecoder(encoding).decode(bytes.subarray(0, 4096)).trimStart().toLowerCase()
  // programs write web pages and the XML of 2003 into files called .xls; Excel opens them, so the sender knows nothing
  if (/^<(\?xml|!doctype|html|table|meta|style|head)/.test(start)) throw refused('other_format')
  // a .xls is often text with tabs; a .xlsx never is
  if (!['csv', 'tsv', 'txt', 'xls'].includes(ending)) throw refused('not_a_workbook')
  const name = fileName.replace(/^.*[\\/]/s, '').replace(/\.[a-z]+$/i, '')
  const sheet: Sheet = {
    name,
    hidden: false,
    merges: [],
    hidden_columns: [],
    last_row: linesIn(bytes),
    rows: () => readCsvRows(bytes, encoding, ending === 'tsv', limits, signal),
  }
  for await (const rows of sheet.rows()) {
    if (rows.length === 0) continue
    if (rows.length > 1 && rows.every(({ cells }) => cells.length === 1)) throw refused('separators')
    return { format: 'csv', sheets: [sheet] }
  }
  throw refused('empty')
}

/** About how many lines a text has. In UTF-16 a letter may hold the byte of a line's end; that does not matter here. */
function linesIn(bytes: Buffer): number {
  let lines = 1
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) lines++
  return lines
}

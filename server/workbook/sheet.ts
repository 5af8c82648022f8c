// One worksheet, read twice from its packed bytes: `inspectSheet` takes what stands before and after the rows (hidden
// columns, merges) and checks the whole part, `readRows` then streams the rows. Merges stand behind the rows in the
// file but are needed while reading them, and a damaged or swollen sheet is refused before its first row is believed.
import { isPicture } from '../forms/index.ts'
import { type CellRange, columnOf, isoDateCell, numberCell, parseRange, textCell, type WorkbookCell } from './cells.ts'
import { type Limits, refused } from './limits.ts'
import { attribute, scanXml, walkAttributes, type XmlHandlers } from './xml.ts'
import type { Package, ZipPart } from './zip.ts'

/** A row with something in it. `number` is 1-based; `cells[c]` is column c (0-based), undefined where blank. */
export type SheetRow = { number: number; hidden: boolean; cells: (WorkbookCell | undefined)[] }

export type Outline = {
  merges: CellRange[]
  /** Columns (0-based, both included) that the sender has hidden. */
  hidden_columns: { from: number; to: number }[]
  /** The last row, as the part itself says: to tell how far one is, never to be relied on. */
  last_row?: number
}

/** What all rows of a workbook share; the counts run over all its sheets. */
export type RowContext = {
  limits: Limits
  strings: string[]
  is_date: boolean[]
  /** By style, like `is_date`. */
  is_struck: boolean[]
  date_1904: boolean
  seen: { rows: number; cells: number }
}

const LAST_ROW = 1_048_576
const LAST_COLUMN = 16_383
/** The length to which a formula is quoted. */
const FORMULA = 200

/** Reads merges and hidden columns, and checks size, checksum and frame of the part. */
export async function inspectSheet(zip: Package, part: ZipPart, limits: Limits): Promise<Outline> {
  const outline: Outline = { merges: [], hidden_columns: [] }
  const scan = scanXml(outlineHandlers(outline, limits), limits)
  const endTag = /<\/(?:[^<>\s]{1,40}:)?sheetData\s*>/
  let place: 'head' | 'rows' | 'tail' = 'head'
  let rest: Buffer = Buffer.alloc(0)
  for await (const chunk of zip.unpack(part)) {
    let bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk
    rest = Buffer.alloc(0)
    if (place === 'head') {
      const at = bytes.indexOf('sheetData')
      if (at < 0 && bytes.length < limits.tag) {
        rest = bytes
        continue
      }
      // UTF-16 has no such byte string; the ordinary scan then reads the rows too, and only costs more time
      place = at < 0 ? 'tail' : 'rows'
      if (at >= 0) {
        const tagEnd = bytes.indexOf('>', at)
        if (tagEnd < 0 || bytes[tagEnd - 1] === 47) place = 'tail'
        else {
          scan.write(bytes.subarray(0, tagEnd + 1))
          bytes = bytes.subarray(tagEnd + 1)
        }
      }
    }
    if (place === 'rows') {
      const found = findEnd(bytes, endTag)
      if (found >= 0) {
        place = 'tail'
        bytes = bytes.subarray(found)
      } else rest = bytes.subarray(Math.max(0, bytes.length - 64))
    }
    if (place === 'tail') scan.write(bytes)
  }
  if (rest.length > 0) scan.write(rest)
  scan.end()
  return outline
}

function findEnd(bytes: Buffer, endTag: RegExp): number {
  for (let at = bytes.indexOf('sheetData'); at >= 0; at = bytes.indexOf('sheetData', at + 9)) {
    const from = Math.max(0, at - 44)
    const found = endTag.exec(bytes.toString('latin1', from, at + 20))
    if (found) return from + found.index
  }
  return -1
}

function outlineHandlers(outline: Outline, limits: Limits): XmlHandlers {
  let inMerges = false
  return {
    open: (name, attributes) => {
      if (name === 'mergeCells') inMerges = true
      else if (name === 'dimension') outline.last_row = parseRange(attribute(attributes, 'ref') ?? '')?.to_row
      else if (name === 'mergeCell' && inMerges) {
        if (outline.merges.length >= limits.merges) throw refused('merges')
        const range = parseRange(attribute(attributes, 'ref') ?? '')
        if (range) outline.merges.push(range)
      } else if (name === 'col' && isOn(attribute(attributes, 'hidden')) && outline.hidden_columns.length < 100) {
        const from = Number(attribute(attributes, 'min')) - 1
        const to = Math.min(Number(attribute(attributes, 'max')) - 1, LAST_COLUMN)
        if (from >= 0 && to >= from) outline.hidden_columns.push({ from, to })
      }
    },
    close: (name) => {
      if (name === 'mergeCells') inMerges = false
    },
  }
}

function isOn(value: string | undefined): boolean {
  return value === '1' || value === 'true'
}

/** Streams the rows that hold something, in batches, in the file's order. */
export async function* readRows(zip: Package, part: ZipPart, context: RowContext): AsyncGenerator<SheetRow[]> {
  const found: SheetRow[] = []
  const scan = scanXml(rowHandlers(context, found), context.limits)
  for await (const chunk of zip.unpack(part)) {
    scan.write(chunk)
    if (found.length > 0) yield found.splice(0)
  }
  scan.end()
  if (found.length > 0) yield found
}

function rowHandlers(context: RowContext, found: SheetRow[]): XmlHandlers {
  const { limits, seen } = context
  let inRows = false
  let row: SheetRow = { number: 0, hidden: false, cells: [] }
  let column = -1
  let type = ''
  let style = 0
  let collects = false
  let phonetic = 0
  let raw = ''
  let formula: 'none' | 'open' | 'seen' = 'none'
  let formulaText = ''

  function openCell(attributes: string): void {
    column++
    type = 'n'
    style = 0
    raw = ''
    formula = 'none'
    formulaText = ''
    walkAttributes(attributes, (name, from, to) => {
      if (name === 'r') column = columnOf(attributes, from)
      else if (name === 't') type = attributes.slice(from, to)
      else if (name === 's') style = Number(attributes.slice(from, to))
      return false
    })
    if (column < 0 || column > LAST_COLUMN) throw refused('damaged')
    if (++seen.cells > limits.cells) throw refused('cells')
  }

  function closeCell(): void {
    if (raw === '' && formula === 'none') return
    // the picture of a cell is a formula; programs that can't draw it drop what WPS had stored of it
    if (raw === '' && isPicture(formulaText)) raw = formulaText
    // <v/> behind a formula is how some programs write "not calculated"; an empty text result is t="str"
    const cell: WorkbookCell | undefined =
      raw === '' && formula !== 'none' && type !== 'str'
        ? { kind: 'formula_uncached', value: null, text: '', formula: formulaText }
        : makeCell(context, type, raw, style)
    if (!cell) return
    if (context.is_struck[style]) cell.is_struck = true
    if (column >= limits.columns) throw refused('columns')
    row.cells[column] = cell
  }

  function openRow(attributes: string): void {
    const given = attribute(attributes, 'r')
    const number = given === undefined ? row.number + 1 : Number(given)
    if (!Number.isInteger(number) || number <= row.number || number > LAST_ROW) throw refused('damaged')
    row = { number, hidden: isOn(attribute(attributes, 'hidden')), cells: [] }
    column = -1
  }

  return {
    open: (name, attributes) => {
      if (!inRows) {
        if (name === 'sheetData') inRows = true
      } else if (name === 'c') openCell(attributes)
      else if (name === 'v') collects = true
      else if (name === 't') collects = phonetic === 0 && type === 'inlineStr'
      else if (name === 'row') openRow(attributes)
      else if (name === 'f') formula = 'open'
      else if (name === 'rPh') phonetic++
    },
    text: (piece) => {
      if (formula === 'open' && formulaText.length < FORMULA) formulaText = (formulaText + piece).slice(0, FORMULA)
      if (!collects) return
      raw += piece
      if (raw.length > limits.text) throw refused('text')
    },
    close: (name) => {
      if (!inRows) return
      if (name === 'v' || name === 't') collects = false
      else if (name === 'c') closeCell()
      else if (name === 'row') {
        if (row.cells.length === 0) return
        if (++seen.rows > limits.rows) throw refused('rows')
        found.push(row)
      } else if (name === 'f') formula = 'seen'
      else if (name === 'rPh') phonetic--
      else if (name === 'sheetData') inRows = false
    },
  }
}

function makeCell(context: RowContext, type: string, raw: string, style: number): WorkbookCell | undefined {
  switch (type) {
    case 's': {
      const text = context.strings[Number(raw)]
      if (text === undefined) throw refused('damaged')
      return textCell(text)
    }
    case 'str':
    case 'inlineStr':
      return textCell(raw)
    case 'b':
      return {
        kind: 'boolean',
        value: raw.trim() === '1' || raw.trim() === 'true',
        text: raw.trim() === '1' ? '是' : '否',
      }
    case 'e':
      return { kind: 'error', value: null, text: raw }
    case 'd':
      return isoDateCell(raw)
    default:
      return numberCell(raw.trim(), context.is_date[style] === true, context.date_1904)
  }
}

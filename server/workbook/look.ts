// How a sheet looks on paper and what its cells ask for: widths, heights, drop-downs, number formats, grey words. Read
// beside its rows (sheet.ts) from whoever hands out a form; imports need none of it.
import { type CellRange, parseRange } from './cells.ts'
import { type Limits, refused } from './limits.ts'
import { type Contents, readContents } from './parts.ts'
import { attribute, scanPart, type XmlHandlers } from './xml.ts'
import { openPackage, type Package, type ZipPart } from './zip.ts'

/** What a cell may hold, as the sender's program asks for it. Formulas are as they stand in the file. */
type CellAsk = {
  ranges: CellRange[]
  type: string
  formula: string
}

/** What of a cell's style says something: the code of its number format ('' for none), whether its words are grey. */
type CellLook = { format: string; is_grey: boolean }

export type SheetLook = {
  /** Widths in characters by column (0-based); undefined where the file gives none. */
  widths: (number | undefined)[]
  /** Heights in points by row number, where the file gives them. */
  heights: Map<number, number>
  asks: CellAsk[]
  /** Of rows up to `MAX_LOOKED_AT`, by row and column: cells whose style says something. */
  looks: Map<number, Map<number, CellLook>>
}

/** Rows whose styles are kept: headings, examples and the first rows to fill stand in them. */
const MAX_LOOKED_AT = 300
const MAX_HEIGHTS = 5_000
const MAX_ASKS = 500
const MAX_RANGES = 100
const MAX_FORMULA = 10_000
const MAX_COLUMN = 255

type WorkbookLook = {
  /** By the place of a sheet in the workbook. */
  sheets: SheetLook[]
  /** Formulas by defined name: what drop-downs may point to. */
  names: Map<string, string>
}

/** The look of every sheet of an .xlsx, in the order of `readWorkbook`; undefined for plain text, which has none. */
export async function readLook(bytes: Buffer, limits: Limits): Promise<WorkbookLook | undefined> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) return undefined
  const zip = await openPackage(bytes, limits)
  const contents = await readContents(zip, limits)
  const styles = await readCellLooks(zip, contents.styles, limits)
  const sheets: SheetLook[] = []
  for (const { part } of contents.sheets) sheets.push(await lookOf(zip, part, styles, limits))
  return { sheets, names: await readNames(zip, contents, limits) }
}

async function readNames(zip: Package, { main }: Contents, limits: Limits): Promise<Map<string, string>> {
  const names = new Map<string, string>()
  let name: string | undefined
  await scanPart(
    zip.unpack(main),
    {
      open: (tag, attributes) => {
        if (tag === 'definedName' && names.size < MAX_ASKS) name = attribute(attributes, 'name')
      },
      text: (piece) => {
        if (name !== undefined) names.set(name, ((names.get(name) ?? '') + piece).slice(0, MAX_FORMULA))
      },
      close: (tag) => {
        if (tag === 'definedName') name = undefined
      },
    },
    limits,
  )
  return names
}

async function lookOf(zip: Package, part: ZipPart, styles: readonly CellLook[], limits: Limits): Promise<SheetLook> {
  const look: SheetLook = { widths: [], heights: new Map(), asks: [], looks: new Map() }
  await scanPart(zip.unpack(part), lookHandlers(look, styles), limits)
  return look
}

function lookHandlers(look: SheetLook, styles: readonly CellLook[]): XmlHandlers {
  const asks = askHandlers(look.asks)
  let row = 0
  let column = -1

  function openRow(attributes: string): void {
    const given = attribute(attributes, 'r')
    row = given === undefined ? row + 1 : Number(given)
    column = -1
    const height = Number(attribute(attributes, 'ht'))
    if (height > 0 && look.heights.size < MAX_HEIGHTS) look.heights.set(row, height)
  }
  function openCell(attributes: string): void {
    column++
    if (row > MAX_LOOKED_AT) return
    const address = attribute(attributes, 'r')
    if (address) column = parseRange(address)?.from_column ?? column
    const style = styles[Number(attribute(attributes, 's') ?? 0)]
    if (!style || column > MAX_COLUMN || (style.format === '' && !style.is_grey)) return
    const cells = look.looks.get(row) ?? new Map<number, CellLook>()
    look.looks.set(row, cells.set(column, style))
  }
  function openColumns(attributes: string): void {
    const width = Number(attribute(attributes, 'width'))
    const last = Math.min(Number(attribute(attributes, 'max')) - 1, MAX_COLUMN)
    for (let at = Number(attribute(attributes, 'min')) - 1; at >= 0 && at <= last; at++)
      look.widths[at] = width > 0 ? width : undefined
  }
  return {
    open: (name, attributes) => {
      if (name === 'c') openCell(attributes)
      else if (name === 'row') openRow(attributes)
      else if (name === 'col') openColumns(attributes)
      else asks.open(name, attributes)
    },
    text: asks.text,
    close: asks.close,
  }
}

/** Data validations, as every Excel writes them, and as newer ones do where a list stands in another sheet. */
function askHandlers(found: CellAsk[]) {
  let ask: CellAsk | undefined
  let reads: 'formula' | 'ranges' | undefined
  let ranges = ''
  return {
    open: (name: string, attributes: string) => {
      if (name === 'dataValidation' && found.length < MAX_ASKS) {
        ask = { ranges: [], type: attribute(attributes, 'type') ?? '', formula: '' }
        ranges = attribute(attributes, 'sqref') ?? ''
      } else if (ask && name === 'formula1') reads = 'formula'
      else if (ask && name === 'sqref') reads = 'ranges'
    },
    text: (piece: string) => {
      if (ask && reads === 'formula' && ask.formula.length < MAX_FORMULA) ask.formula += piece
      else if (reads === 'ranges' && ranges.length < MAX_FORMULA) ranges += piece
    },
    close: (name: string) => {
      if (name === 'formula1' || name === 'sqref') reads = undefined
      if (name !== 'dataValidation' || !ask) return
      ask.ranges = ranges
        .split(/\s+/)
        .slice(0, MAX_RANGES)
        .flatMap((each) => parseRange(each) ?? [])
      found.push(ask)
      ask = undefined
    },
  }
}

/** Formats that every program knows by number, as far as they say what a column is for; 27-36 and 50-58 are Chinese dates. */
const knownFormat = (id: number): string => {
  if (id === 1 || id === 3 || id === 37 || id === 38) return '0'
  if (id === 2 || id === 4 || id === 39 || id === 40) return '0.00'
  if (id === 9 || id === 10) return '0%'
  if (id === 17 || id === 27 || id === 36 || id === 50 || id === 52 || id === 57) return 'yyyy-mm'
  if ((id >= 14 && id <= 16) || (id >= 28 && id <= 31) || id === 51 || (id >= 53 && id <= 54) || id === 58)
    return 'yyyy-mm-dd'
  if (id === 22) return 'yyyy-mm-dd h:mm'
  return id === 49 ? '@' : ''
}

const isGrey = (argb: string | undefined): boolean => {
  const [, red = '', green = '', blue = ''] =
    /^(?:[0-9a-f]{2})?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(argb ?? '') ?? []
  const parts = [red, green, blue].map((each) => Number.parseInt(each, 16))
  const [least, most] = [Math.min(...parts), Math.max(...parts)]
  return least >= 0x60 && most <= 0xd9 && most - least <= 0x10
}

/** A colour by its number, or white made darker, black made lighter. */
function isGreyColour(attributes: string): boolean {
  const rgb = attribute(attributes, 'rgb')
  if (rgb) return isGrey(rgb)
  const tint = Number(attribute(attributes, 'tint') ?? 0)
  const theme = attribute(attributes, 'theme')
  return (theme === '0' && tint < -0.1) || (theme === '1' && tint > 0.2)
}

async function readCellLooks(zip: Package, part: ZipPart | undefined, limits: Limits): Promise<CellLook[]> {
  const found: CellLook[] = []
  if (!part) return found
  const formats = new Map<number, string>()
  const greys: boolean[] = []
  let within = ''
  const open = (name: string, attributes: string) => {
    if (name === 'fonts' || name === 'cellXfs') within = name
    else if (name === 'numFmt' && formats.size < limits.styles)
      formats.set(Number(attribute(attributes, 'numFmtId')), attribute(attributes, 'formatCode') ?? '')
    else if (name === 'font' && within === 'fonts') greys.push(false)
    else if (name === 'color' && within === 'fonts' && greys.length > 0)
      greys[greys.length - 1] = isGreyColour(attributes)
    else if (name === 'xf' && within === 'cellXfs') {
      if (found.length >= limits.styles) throw refused('unpacked')
      const id = Number(attribute(attributes, 'numFmtId') ?? 0)
      const isGeneral = /^general$/i.test(formats.get(id) ?? '')
      found.push({
        format: isGeneral ? '' : (formats.get(id) ?? knownFormat(id)),
        is_grey: greys[Number(attribute(attributes, 'fontId') ?? 0)] === true,
      })
    }
  }
  const close = (name: string) => {
    if (name === within) within = ''
  }
  await scanPart(zip.unpack(part), { open, close }, limits)
  return found
}

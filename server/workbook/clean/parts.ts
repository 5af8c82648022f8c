// The parts of a workbook without identity numbers: rows of sheets cell by cell, shared strings one by one, everything else
// wherever a number stands between tags or in an attribute.
import { blanked as mark, withoutIdentity } from '../../forms/index.ts'
import { type CellRange, cellAddress, columnOf } from '../cells.ts'
import { columnWatch, isIdentityNumber } from '../identity.ts'
import { refused } from '../limits.ts'
import { numberIn, withAttribute } from '../raw_xml.ts'
import { escapeText } from '../rows.ts'
import { attribute, resolveEntities } from '../xml.ts'

/** What was blanked: places counted, shared strings still in use, numbers known by the heading over them alone. */
export type CleanedCounts = { blanked: number; strings: Set<number>; numbers: Set<string> }

const MAX_NUMBERS = 200_000
/** No row, and no string, is longer. */
const MAX_WAITING_BYTES = 32 * 1024 * 1024

/** The text in stretches that end behind an element of this name; the rest at last. */
async function* stretches(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<string> {
  const ending = new RegExp(`</(?:[^<>\\s/:]+:)?${name}\\s*>`, 'g')
  let decoder: TextDecoder | undefined
  let text = ''
  for await (const chunk of chunks) {
    decoder ??= new TextDecoder(chunk[0] === 0xff ? 'utf-16le' : chunk[0] === 0xfe ? 'utf-16be' : 'utf-8')
    text += decoder.decode(chunk, { stream: true })
    let end = 0
    ending.lastIndex = 0
    for (let match = ending.exec(text); match; match = ending.exec(text)) end = ending.lastIndex
    if (end > 0) {
      yield withPlainDigits(text.slice(0, end))
      text = text.slice(end)
    }
    if (text.length > MAX_WAITING_BYTES) throw refused('unpacked')
  }
  yield withPlainDigits(text + (decoder?.decode() ?? ''))
}

const withPlainDigits = (xml: string) =>
  xml
    .replace(/&#(4[89]|5[0-7]);/g, (_all, code) => String.fromCharCode(Number(code)))
    .replace(/&#x3([0-9]);/g, '$1')
    .replace(/^(<\?xml[^>]*encoding=["'])[Uu][Tt][Ff]-?16[^"']*/, '$1UTF-8')

// Sheets ---------------------------------------------------------------------------------------------------------------

const ROW = /<((?:[^<>\s/:]+:)?)row((?:\s[^<>]*?)?)(\/>|>([\s\S]*?)<\/\1row\s*>)/g
const CELL = /<((?:[^<>\s/:]+:)?)c((?:\s[^<>]*?)?)(?:\/>|>([\s\S]*?)<\/\1c\s*>)/g
const VALUE = /<(?:[^<>\s/:]+:)?v(?:\s[^<>]*)?>([\s\S]*?)<\//
const TEXT = /<((?:[^<>\s/:]+:)?t)((?:\s[^<>]*)?)>([\s\S]*?)<\/\1\s*>/g

type CellXml = {
  from: number
  to: number
  prefix: string
  attributes: string
  inner: string
  type: string
  column: number
}

/** A sheet, row by row. `strings` are the shared ones. */
export async function* cleanSheet(
  chunks: AsyncIterable<Buffer>,
  strings: readonly string[],
  merges: readonly CellRange[],
  tally: CleanedCounts,
): AsyncGenerator<string> {
  const watch = columnWatch(merges)
  let number = 0
  for await (const text of stretches(chunks, 'row')) {
    let out = ''
    let at = 0
    ROW.lastIndex = 0
    for (let match = ROW.exec(text); match; match = ROW.exec(text)) {
      const [whole, , attributes = '', , inner] = match
      number = numberIn(attributes, 'r', number + 1)
      out += cleanText(text.slice(at, match.index), tally)
      at = match.index + whole.length
      out += inner === undefined ? whole : cleanRow(whole, number, strings, watch, tally)
    }
    yield out + cleanText(text.slice(at), tally)
  }
}

function cleanRow(
  xml: string,
  row: number,
  strings: readonly string[],
  watch: ReturnType<typeof columnWatch>,
  tally: CleanedCounts,
): string {
  const cells = cellsIn(xml)
  const texts: (string | undefined)[] = []
  for (const cell of cells) texts[cell.column] = textOf(cell, strings)
  const columns = watch(row, Array.from(texts))
  let out = ''
  let at = 0
  for (const cell of cells) {
    const text = texts[cell.column] ?? ''
    const clean = columns?.has(cell.column) ? mark : cleanCell(cell, text)
    if (clean === undefined || clean === text) {
      if (cell.type === 's' && cell.inner !== '') tally.strings.add(Number(rawValue(cell)))
      continue
    }
    tally.blanked++
    if (columns?.has(cell.column) && tally.numbers.size < MAX_NUMBERS)
      for (const [digits] of text.matchAll(/\d{12,}[\dXx]?/g)) tally.numbers.add(digits)
    const { prefix: p } = cell
    const attributes = withAttribute(
      withAttribute(cell.attributes, 't', 'inlineStr'),
      'r',
      cellAddress(cell.column, row),
    )
    out += cleanText(xml.slice(at, cell.from), tally)
    out += `<${p}c${attributes}><${p}is><${p}t xml:space="preserve">${escapeText(clean)}</${p}t></${p}is></${p}c>`
    at = cell.to
  }
  return out + cleanText(xml.slice(at), tally)
}

function cellsIn(xml: string): CellXml[] {
  const cells: CellXml[] = []
  let column = -1
  CELL.lastIndex = 0
  for (let match = CELL.exec(xml); match; match = CELL.exec(xml)) {
    const [whole, prefix = '', attributes = '', inner = ''] = match
    const address = attribute(attributes, 'r')
    column = address === undefined ? column + 1 : columnOf(address)
    const type = attribute(attributes, 't') ?? 'n'
    cells.push({ from: match.index, to: match.index + whole.length, prefix, attributes, inner, type, column })
  }
  return cells
}

const rawValue = ({ inner }: CellXml) => VALUE.exec(inner)?.[1]?.trim() ?? ''

/** What the cell shows; of rich text all its pieces. */
function textOf(cell: CellXml, strings: readonly string[]): string | undefined {
  if (cell.inner === '') return undefined
  if (cell.type === 's') return strings[Number(rawValue(cell))]
  if (cell.type === 'inlineStr') return textIn(cell.inner)
  return resolveEntities(rawValue(cell)) || undefined
}

const textIn = (xml: string): string => {
  let text = ''
  for (const [, , , piece = ''] of xml.matchAll(TEXT)) text += resolveEntities(piece.replace(/<!\[CDATA\[|\]\]>/g, ''))
  return text
}

/** The text a cell is to have; undefined where it may stay. Shared strings are cleaned where they are kept. */
function cleanCell(cell: CellXml, text: string): string | undefined {
  if (cell.type === 's' || text === '') return undefined
  if (cell.type === 'n') return isIdentityNumber(Number(text)) ? mark : undefined
  return withoutIdentity(text)
}

// Strings and the rest -------------------------------------------------------------------------------------------------

/** The shared strings, those that no cell uses any more emptied. */
export async function* cleanStrings(
  chunks: AsyncIterable<Buffer>,
  strings: readonly string[],
  tally: CleanedCounts,
): AsyncGenerator<string> {
  let index = 0
  const wereBlanked = tally.blanked > 0
  for await (const text of stretches(chunks, 'si')) {
    yield text.replace(/<((?:[^<>\s/:]+:)?)si((?:\s[^<>]*?)?)(?:\/>|>[\s\S]*?<\/\1si\s*>)/g, (whole, p: string) => {
      const known = strings[index]
      const isUsed = !wereBlanked || tally.strings.has(index)
      index++
      const clean = isUsed ? withoutIdentity(known ?? '') : ''
      if (clean === known) return whole
      if (isUsed) tally.blanked++
      return `<${p}si><${p}t xml:space="preserve">${escapeText(clean)}</${p}t></${p}si>`
    })
  }
}

/** Paragraphs whose words may be cut into pieces of one format each. */
const PARAGRAPH = /<((?:[^<>\s/:]+:)?(?:comment|p|si|is))(?:\s[^<>]*)?>[\s\S]*?<\/\1\s*>/g

/** Any other part: notes, drawings, headers and footers, names, caches. */
export function cleanXml(xml: string, tally: CleanedCounts): string {
  const whole = withPlainDigits(xml).replace(PARAGRAPH, (paragraph) => {
    const text = textIn(paragraph)
    const clean = withoutIdentity(text)
    if (clean === text) return paragraph
    tally.blanked++
    let isFirst = true
    return paragraph.replace(TEXT, (_all, name: string, attributes: string) => {
      const own = isFirst ? escapeText(clean) : ''
      isFirst = false
      return `<${name}${attributes}>${own}</${name}>`
    })
  })
  return cleanText(whole, tally)
}

/** Whatever stands between tags or quotes. */
function cleanText(xml: string, tally: CleanedCounts): string {
  return xml.replace(/[^<>"']{14,}/g, (piece) => {
    const clean = withoutIdentity(piece).replace(/\d{12,}[\dXx]?/g, (digits) =>
      tally.numbers.has(digits) ? mark : digits,
    )
    if (clean !== piece) tally.blanked++
    return clean
  })
}

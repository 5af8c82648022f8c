/**
 * What our workbooks look like on paper: the typefaces of Chinese official documents, sizes, margins, and how much room
 * a text takes. Sizes and heights are points, margins inches, widths characters of Excel's standard font.
 */

export const fonts = { title: '方正小标宋简体', head: '黑体', body: '仿宋_GB2312' }
export const sizes = { annex: 15, title: 20, body: 11, page_number: 14 }

/** A4, and what stays free of it: around wide tables, and around a page of a document, above and below as
 * GB/T 9704 has it. */
const A4 = { short: 595.3, long: 841.9 }
export type Margins = { left: number; right: number; top: number; bottom: number; header: number; footer: number }
export const table_margins: Margins = { left: 0.6, right: 0.6, top: 0.75, bottom: 0.8, header: 0.3, footer: 0.4 }
export const document_margins: Margins = { left: 0.9, right: 0.9, top: 1.46, bottom: 1.38, header: 0.6, footer: 0.98 }
const INCH_POINTS = 72
const roomOf = (length: number, one: number, other: number) => length - (one + other) * INCH_POINTS
const narrowPage = roomOf(A4.short, table_margins.left, table_margins.right)
const widePage = roomOf(A4.long, table_margins.left, table_margins.right)

/** The standard font of Chinese offices; a character of width is one of its digits, in points. */
export const standard_font = { name: '宋体', size: 11 }
const CHARACTER_POINTS = 6
const CELL_PADDING_CHARS = 0.7

/** A form says how many characters a column holds; on paper they stand a little closer. */
export const paperWidth = (characters: number) => Math.max(5, Math.round(characters * 8.75) / 10)

export const heights = { annex: 26, title: 40, meta: 24, row: 24, line: 15, line_padding: 9, sign_off: 34 }
/** Excel makes no row higher. */
const MAX_ROW_POINTS = 409

/** Half-width places of a text: a Chinese character takes two. */
export function places(text: string): number {
  let count = 0
  for (let at = 0; at < text.length; at++) count += text.charCodeAt(at) < 0x2000 ? 1 : 2
  return count
}

/** How many lines a text needs in a column of this width; rather one too many than one cut off. */
export function linesOf(text: string, width: number, size = sizes.body): number {
  const room = Math.max(2, Math.floor((width - CELL_PADDING_CHARS) / (size * 0.088)))
  if (text.length * 2 <= room && !text.includes('\n')) return 1
  let lines = 0
  // a line ends up to one place short, where a whole character no longer fits
  for (const line of text.split('\n')) {
    const taken = places(line)
    const least = Math.ceil(taken / (room - 1))
    lines += taken <= room ? 1 : longWord.test(line) ? Math.max(least, wrapped(line, room - LATIN_WIDER_FROM)) : least
  }
  return lines
}

/** Latin letters are not all half as wide as Chinese ones. */
const LATIN_WIDER_FROM = 2
/** Addresses and the like: they go on in the next line as a whole, up to a slash or a dash, and leave lines half empty. */
const longWord = /[!-\u1fff]{9}/
const piece = /[!-\u1fff]*?[/?&=-]+|[!-\u1fff]+ ?|./gsu

function wrapped(line: string, room: number): number {
  let lines = 1
  let used = 0
  for (const [part] of line.matchAll(piece)) {
    const taken = places(part)
    if (used + taken > room && used > 0) {
      lines++
      used = 0
    }
    lines += Math.ceil(taken / room) - 1
    used = taken > room ? taken % room : used + taken
  }
  return lines
}

/** The height of a row whose fullest cell has so many lines of this size. */
export function rowHeight(lines: number, size = sizes.body, least = heights.row): number {
  const height = ((lines * heights.line + heights.line_padding) * size) / sizes.body
  return Math.min(MAX_ROW_POINTS, Math.max(least, Math.round(height)))
}

type Page = {
  landscape: boolean
  /** How much smaller the table is printed, to fit the page's width: at most 1. */
  scale: number
  /** How many rows of a height stand on the first page when so much of it is used. */
  rows: (used: number, row: number) => number
}

/** The page for a table so wide: upright where it can still be read, else across. */
export function pageFor(width: number): Page {
  const table = width * CHARACTER_POINTS
  const landscape = table > narrowPage * 1.2
  const scale = Math.min(1, (landscape ? widePage : narrowPage) / table)
  const height = roomOf(landscape ? A4.short : A4.long, table_margins.top, table_margins.bottom) / scale
  return { landscape, scale, rows: (used, row) => Math.floor((height - used) / row) }
}

/** Widths of columns that fill an upright page of a document, given as shares of it. */
export function fillPage(shares: readonly number[]): number[] {
  const all = shares.reduce((sum, share) => sum + share, 0)
  const room = roomOf(A4.short, document_margins.left, document_margins.right) / CHARACTER_POINTS
  return shares.map((share) => Math.round((share / all) * room * 10) / 10)
}

// Separated text, as systems and old programs give it: the separator is found, the encoding is found (BOM, then valid
// UTF-8, then UTF-16 by its zero bytes, then GB18030), quoted fields may hold separators and line ends.
import { isUtf8 } from 'node:buffer'
import { textCell, type WorkbookCell } from './cells.ts'
import { type Limits, refused } from './limits.ts'
import type { SheetRow } from './sheet.ts'

const CHUNK = 256 * 1024
const SNIFF = 64 * 1024

/** The name of the encoding (for TextDecoder), or undefined when the bytes are no text. */
export function textEncoding(bytes: Buffer): string | undefined {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const start = bytes.subarray(0, SNIFF)
  let even = 0
  let odd = 0
  for (let at = 0; at < start.length; at++) {
    if (start[at] !== 0) continue
    if (at % 2 === 0) even++
    else odd++
  }
  if (even + odd > 0) {
    // digits and separators leave a zero on the same side of every unit of UTF-16 (few characters, such as 一, have
    // theirs on the other); in anything else zeros mean that this is no text
    if (bytes.length % 2 === 0 && odd > 3 * even) return 'utf-16le'
    if (bytes.length % 2 === 0 && even > 3 * odd) return 'utf-16be'
    return undefined
  }
  return isUtf8(bytes) ? 'utf-8' : 'gb18030'
}

/** Streams the rows that hold something. `tab` forces tabs; otherwise the separator is found in the first lines. */
export async function* readCsvRows(
  bytes: Buffer,
  encoding: string,
  tab: boolean,
  limits: Limits,
  signal?: AbortSignal,
): AsyncGenerator<SheetRow[]> {
  const decoder = new TextDecoder(encoding, { fatal: true })
  const decode = (chunk: Buffer, last: boolean): string => {
    try {
      return decoder.decode(chunk, { stream: !last })
    } catch {
      throw refused('encoding')
    }
  }
  const found: SheetRow[] = []
  let fields: ReturnType<typeof fieldReader> | undefined
  for (let at = 0; at < bytes.length; at += CHUNK) {
    if (signal?.aborted) throw refused('cancelled')
    const text = decode(bytes.subarray(at, at + CHUNK), at + CHUNK >= bytes.length)
    const [naming = '', separator] = (!fields && named.exec(text)) || []
    fields ??= fieldReader(separator ?? (tab ? '\t' : separatorOf(text)), found, limits)
    fields.write(text.slice(naming.length))
    if (found.length > 0) yield found.splice(0)
  }
  fields?.end()
  if (found.length > 0) yield found
}

const SNIFFED_LINES = 50
/** What separates cells, likeliest first; the Chinese ones stand in texts as well, so they are taken for want of others. */
const separators = [
  [',', '\t', ';', '|'],
  ['，', '、'],
] as const
/** Systems end cells in tabs, so that Excel leaves numbers alone: these separate nothing. */
const endingTabs = /\t+(?=[",;|，\r\n]|$)/g

/** The separator that most of the first lines have equally often, outside quotes. */
function separatorOf(text: string): string {
  const lines = countsIn(text.slice(0, SNIFF).replace(endingTabs, ''))
  for (const group of separators) {
    const [best] = group
      .map((separator) => ({ separator, ...likelihood(lines, separator) }))
      .sort((a, b) => b.lines - a.lines || b.count - a.count)
    if (best && best.lines * 2 >= lines.length) return best.separator
  }
  return ','
}

/** How often each letter that may separate stands in each line that holds something. */
function countsIn(text: string): Map<string, number>[] {
  const lines: Map<string, number>[] = []
  let counts = new Map<string, number>()
  let quoted = false
  let isBlank = true
  for (const letter of text) {
    if (letter === '"') quoted = !quoted
    else if (letter === '\n' && !quoted) {
      if (!isBlank) lines.push(counts)
      if (lines.length >= SNIFFED_LINES) return lines
      counts = new Map()
      isBlank = true
    } else if (!quoted) {
      counts.set(letter, (counts.get(letter) ?? 0) + 1)
      if (letter.trim() !== '') isBlank = false
    }
  }
  if (!isBlank) lines.push(counts)
  return lines
}

/** The count that most lines have of a separator, and how many lines these are. */
function likelihood(lines: readonly Map<string, number>[], separator: string): { count: number; lines: number } {
  const found = new Map<number, number>()
  for (const counts of lines) {
    const count = counts.get(separator) ?? 0
    if (count > 0) found.set(count, (found.get(count) ?? 0) + 1)
  }
  let best = { count: 0, lines: 0 }
  for (const [count, number] of found)
    if (number > best.lines || (number === best.lines && count > best.count)) best = { count, lines: number }
  return best
}

/** The first line of a text may name its separator for Excel, which then does not count it. */
const named = /^"?sep=([^\r\n])"?(\r\n?|\n)/i

function fieldReader(separator: string, found: SheetRow[], limits: Limits) {
  let row: SheetRow = { number: 1, hidden: false, cells: [] }
  let column = 0
  let field = ''
  let seen = 0
  let state: 'start' | 'plain' | 'quoted' | 'quote_in_quoted' = 'start'
  let afterReturn = false

  function endField(): void {
    // ="0138" is how programs keep Excel from reading a number
    const whole = field.endsWith('\t') ? field.replace(/\t+$/, '') : field
    const raw = whole.startsWith('="') && whole.endsWith('"') ? whole.slice(2, -1) : whole
    const cell: WorkbookCell | undefined = textCell(raw)
    if (cell) {
      if (column >= limits.columns) throw refused('columns')
      row.cells[column] = cell
    }
    column++
    field = ''
    state = 'start'
  }

  function endRow(): void {
    endField()
    if (row.cells.length > 0) {
      if (++seen > limits.rows) throw refused('rows')
      found.push(row)
    }
    row = { number: row.number + 1, hidden: false, cells: [] }
    column = 0
  }

  function take(letter: string): void {
    if (state === 'quoted') {
      if (letter === '"') state = 'quote_in_quoted'
      else field += letter
      return
    }
    if (letter === '"' && state === 'start') state = 'quoted'
    else if (letter === '"' && state === 'quote_in_quoted') {
      field += '"'
      state = 'quoted'
    } else if (letter === separator) endField()
    else if (letter === '\n' || letter === '\r') {
      if (!(letter === '\n' && afterReturn)) endRow()
    } else {
      field += letter
      state = 'plain'
    }
  }

  return {
    write: (text: string) => {
      for (let at = 0; at < text.length; at++) {
        const letter = text.charAt(at)
        take(letter)
        afterReturn = letter === '\r' && state !== 'quoted'
        if (field.length > limits.text) throw refused(state === 'quoted' ? 'quotes' : 'text')
      }
    },
    end: () => {
      if (state === 'quoted') throw refused('quotes')
      endRow()
    },
  }
}

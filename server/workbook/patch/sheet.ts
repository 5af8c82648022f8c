// One sheet of somebody's workbook on its way through: wrong cells get a red style, rows at fault their words, rows without
// a fault are filtered out. Every byte that does not have to change is passed on as it came.
import { cellAddress, columnName, columnOf } from '../cells.ts'
import { elementAt, elementsIn, localName, nextTag, numberIn, replaced, withAttribute } from '../raw_xml.ts'
import { escapeText } from '../rows.ts'
import { place_heading } from '../tokens.ts'
import { attribute } from '../xml.ts'
import { impossible } from './impossible.ts'
import type { Styles } from './styles.ts'

/** What is to be done to a sheet. Rows are numbered from 1, columns from 0. */
export type SheetPatch = {
  /** Where the heading begins, and its last row, which the filter hangs on. */
  heading_from: number
  heading_row: number
  place_column: number
  /** Absent: no row is at fault, only the places are marked. */
  note_column?: number
  last_row: number
  /** Data rows → their n in the import. */
  places: ReadonlyMap<number, number>
  /** Cells to be red: row → columns. */
  wrong: ReadonlyMap<number, ReadonlySet<number>>
  /** What is said of a row. */
  words: ReadonlyMap<number, string>
  /** Cells that have been corrected since the file was sent: row → column → words. */
  texts?: ReadonlyMap<number, ReadonlyMap<number, string>>
  /** The relation of the drawing that holds the boxes of our notes, where the sheet has none yet. */
  drawing_id?: string
  /** False where a table of its own has the filter. */
  filters: boolean
}

const noteHeading = '错误说明'
const widths = { note: 64, place: 10 }
const PIECE_CHARS = 256 * 1024
const SLASH = 47
const COLON = 58
/** A head, a tail and a row of any honest sheet are shorter. */
const most = { head: 4 * 1024 * 1024, tail: 48 * 1024 * 1024, row: 32 * 1024 * 1024 }

/** The sheet patched, in pieces. */
export async function* patchSheet(
  chunks: AsyncIterable<Buffer>,
  patch: SheetPatch,
  styles: Styles,
): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let place: 'head' | 'rows' | 'tail' = 'head'
  let text = ''
  let rows: ReturnType<typeof rowPatcher> | undefined
  let prefix = ''
  for await (const chunk of chunks) {
    if (chunk.length > 1 && (chunk[0] === 0xff || chunk[0] === 0xfe) && place === 'head') throw impossible('encoding')
    text += decoder.decode(chunk, { stream: true })
    if (place === 'head') {
      const found = /<((?:[^<>\s/:]+:)?)sheetData(?=[\s/>])/.exec(text)
      const tag = found && nextTag(text, found.index)
      if (!found || !tag) {
        if (text.length > most.head) throw impossible('head')
        continue
      }
      prefix = found[1] ?? ''
      const { head, column_styles } = patchHead(text.slice(0, tag.from), prefix, patch)
      yield head + text.slice(tag.from, tag.to)
      rows = rowPatcher(prefix, patch, styles, column_styles)
      text = text.slice(tag.to)
      place = tag.kind === 'empty' ? 'tail' : 'rows'
    }
    if (place === 'rows' && rows) {
      for (;;) {
        const taken = rows.take(text)
        if (taken.out !== '') yield taken.out
        text = text.slice(taken.at)
        if (taken.ended) place = 'tail'
        if (taken.ended || taken.out === '') break
      }
      if (place === 'rows' && text.length > most.row) throw impossible('row')
    }
    if (place === 'tail' && text.length > most.tail) throw impossible('tail')
  }
  text += decoder.decode()
  if (place !== 'tail' || !rows) throw impossible('rows')
  if (!rows.isComplete()) throw impossible('missing rows')
  yield patchTail(text, prefix, patch)
}

// Before the rows ----------------------------------------------------------------------------------------------------

function patchHead(xml: string, p: string, { place_column, note_column }: SheetPatch) {
  const pieces: { from: number; to: number; text: string }[] = []
  const columnStyles = new Map<number, number>()
  const own = new Map([[place_column, `width="${widths.place}" hidden="1" customWidth="1"`]])
  if (note_column !== undefined) own.set(note_column, `width="${widths.note}" customWidth="1"`)
  const columns = [...own].map(([column, said]) => ({ from: column + 1, to: column + 1, said: ` ${said}` }))
  const root = nextTag(xml, 0)
  let cols: { from: number; to: number } | undefined
  for (let at = root?.to ?? 0; at < xml.length; ) {
    const element = elementAt(xml, at)
    if (!element) break
    at = element.to
    const { name, from, to, attributes, inner_from, inner_to } = element
    if (localName(name) === 'dimension') {
      const last = /:([A-Z]{1,3})(\d+)"/.exec(attributes)
      const reach = Math.max(place_column, note_column ?? 0)
      if (last && columnOf(last[1] ?? '') < reach)
        pieces.push({ from, to, text: xml.slice(from, to).replace(/:[A-Z]{1,3}/, `:${columnName(reach)}`) })
    }
    if (localName(name) !== 'cols') continue
    cols = { from, to }
    for (const each of elementsIn(xml, inner_from, inner_to)) {
      const [min, max] = [numberIn(each.attributes, 'min', 1), numberIn(each.attributes, 'max', 1)]
      const style = numberIn(each.attributes, 'style')
      const rest = withAttribute(withAttribute(each.attributes, 'min', null), 'max', null)
      let start = min
      for (const column of [...own.keys()].map((one) => one + 1).sort((a, b) => a - b)) {
        if (column < start || column > max) continue
        if (column > start) columns.push({ from: start, to: column - 1, said: rest })
        start = column + 1
      }
      if (start <= max) columns.push({ from: start, to: max, said: rest })
      if (style > 0) for (let column = min; column <= Math.min(max, 256); column++) columnStyles.set(column - 1, style)
    }
  }
  const list = columns
    .sort((a, b) => a.from - b.from)
    .map(({ from, to, said }) => `<${p}col min="${from}" max="${to}"${said}/>`)
    .join('')
  const at = cols ?? { from: xml.length, to: xml.length }
  pieces.push({ ...at, text: `<${p}cols>${list}</${p}cols>` })
  return { head: replaced(xml, pieces), column_styles: columnStyles }
}

// The rows -------------------------------------------------------------------------------------------------------------

/** What becomes of a cell; `attributes` and `inner` of the one that is there. Null: nothing is left of it. */
type Edit = (cell: { attributes: string; raw: string } | undefined) => string | null

function rowPatcher(p: string, patch: SheetPatch, styles: Styles, columnStyles: ReadonlyMap<number, number>) {
  const { heading_from, heading_row, note_column, place_column, last_row, places, words, wrong, texts } = patch
  const rowClose = `</${p}row>`
  const firstOwn = Math.min(place_column, note_column ?? place_column)
  const waiting = new Set([...wrong.keys(), ...words.keys()])
  let number = 0
  let headingStyle = styles.note

  const textCell = (column: number, row: number, style: number, text: string) =>
    `<${p}c r="${cellAddress(column, row)}" s="${style}" t="inlineStr"><${p}is><${p}t xml:space="preserve">${escapeText(text)}</${p}t></${p}is></${p}c>`

  /** The cells of a row that change. */
  function editsOf(rowStyle: number): Map<number, Edit> {
    const edits = new Map<number, Edit>()
    const styleOf = (cell: Parameters<Edit>[0], column: number) =>
      cell ? numberIn(cell.attributes, 's') : rowStyle || (columnStyles.get(column) ?? 0)
    for (const column of wrong.get(number) ?? [])
      edits.set(column, (cell) => {
        const style = styles.red(styleOf(cell, column))
        if (!cell) return `<${p}c r="${cellAddress(column, number)}" s="${style}"/>`
        const from = p.length + 2
        return `<${p}c${withAttribute(cell.attributes, 's', style)}${cell.raw.slice(from + cell.attributes.length)}`
      })
    for (const [column, text] of texts?.get(number) ?? []) {
      const isWrong = edits.has(column)
      edits.set(column, (cell) => {
        const style = styleOf(cell, column)
        return textCell(column, number, isWrong ? styles.red(style) : style, text)
      })
    }
    if (note_column !== undefined && number >= heading_row && number <= last_row) {
      const said = number === heading_row ? noteHeading : words.get(number)
      edits.set(note_column, (cell) => {
        if (said === undefined) return null
        if (number !== heading_row) return textCell(note_column, number, styles.note, said)
        return textCell(note_column, number, cell ? numberIn(cell.attributes, 's') : headingStyle, said)
      })
    }
    const n = places.get(number)
    if (number === heading_row)
      edits.set(place_column, () => textCell(place_column, number, styles.note, place_heading))
    else if (n !== undefined)
      edits.set(place_column, () => `<${p}c r="${cellAddress(place_column, number)}"><${p}v>${n}</${p}v></${p}c>`)
    return edits
  }

  function patchRow(tag: NonNullable<ReturnType<typeof nextTag>>, inner: string): string {
    waiting.delete(number)
    let attributes = withAttribute(tag.attributes, 'spans', null)
    if (patch.filters && note_column !== undefined && number > heading_row && number <= last_row)
      attributes = withAttribute(attributes, 'hidden', words.has(number) ? null : 1)
    if (number === heading_from) headingStyle = lastStyle(inner)
    const edits = editsOf(numberIn(attributes, 'customFormat') ? numberIn(attributes, 's') : 0)
    const open = `<${tag.name}${attributes}`
    if (edits.size === 0) return inner === '' && tag.kind === 'empty' ? `${open}/>` : `${open}>${inner}${rowClose}`
    return `${open}>${isShort(inner) && !wrong.has(number) && !texts?.has(number) ? inner + added(edits) : rebuilt(inner, edits)}${rowClose}`
  }

  /** The style of the last cell of the heading: our heading looks like it. */
  function lastStyle(inner: string): number {
    const cells = elementsIn(inner, 0, inner.length).filter(({ attributes }) => {
      const address = attribute(attributes, 'r')
      return address === undefined || columnOf(address) < firstOwn
    })
    return numberIn(cells.at(-1)?.attributes ?? '', 's', styles.note)
  }

  /** Whether all cells of a row stand before our columns: then ours are only put behind them. */
  function isShort(inner: string): boolean {
    if (inner === '') return true
    if (inner.includes(`<${p}c>`)) return false
    const last = nextTag(inner, inner.lastIndexOf(`<${p}c `))
    const address = last && attribute(last.attributes, 'r')
    return address !== undefined && localName(last?.name ?? '') === 'c' && columnOf(address) < firstOwn
  }

  const added = (edits: ReadonlyMap<number, Edit>) =>
    [...edits]
      .sort(([a], [b]) => a - b)
      .map(([, edit]) => edit(undefined) ?? '')
      .join('')

  function rebuilt(inner: string, edits: Map<number, Edit>): string {
    let out = ''
    let column = -1
    for (const { name, attributes, from, to } of elementsIn(inner, 0, inner.length)) {
      const raw = inner.slice(from, to)
      if (localName(name) !== 'c') {
        // what may follow the cells of a row is put behind them
        out += added(edits) + raw
        edits.clear()
        continue
      }
      const address = attribute(attributes, 'r')
      column = address === undefined ? column + 1 : columnOf(address)
      const before = new Map([...edits].filter(([at]) => at < column))
      out += added(before)
      for (const at of before.keys()) edits.delete(at)
      const edit = edits.get(column)
      edits.delete(column)
      out += edit ? (edit({ attributes, raw }) ?? '') : raw
    }
    return out + added(edits)
  }

  return {
    /** Takes what is whole of the text; answers how far that is, and whether the rows are over. */
    take: (text: string): { out: string; at: number; ended: boolean } => {
      let out = ''
      let at = 0
      for (;;) {
        const next = text.indexOf('<', at)
        if (next < 0 || next + 4 > text.length) return { out, at, ended: false }
        if (text.startsWith('</', next)) return { out: out + text.slice(at, next), at: next, ended: true }
        if (text[next + 1] === '!' || text[next + 1] === '?') throw impossible('comment')
        const tag = nextTag(text, next)
        if (!tag) return { out, at, ended: false }
        if (tag.name !== `${p}row`) throw impossible('row name')
        const close = tag.kind === 'empty' ? tag.to : text.indexOf(rowClose, tag.to)
        if (close < 0) return { out, at, ended: false }
        number = numberIn(tag.attributes, 'r', number + 1)
        const inner = tag.kind === 'empty' ? '' : text.slice(tag.to, close)
        if (inner.includes('<!')) throw impossible('comment')
        const isTouched = (number >= heading_from && number <= last_row) || wrong.has(number)
        const end = tag.kind === 'empty' ? tag.to : close + rowClose.length
        out += text.slice(at, next) + (isTouched ? patchRow(tag, inner) : text.slice(next, end))
        at = end
        if (out.length > PIECE_CHARS) return { out, at, ended: false }
      }
    },
    isComplete: () => waiting.size === 0,
  }
}

// Behind the rows ------------------------------------------------------------------------------------------------------

/** What may stand behind the rows, in its order. */
const behind =
  'sheetCalcPr sheetProtection protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts extLst'.split(
    ' ',
  )
const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

function patchTail(
  xml: string,
  p: string,
  { heading_row, note_column, last_row, drawing_id, filters }: SheetPatch,
): string {
  const closing = nextTag(xml, 0)
  const from = closing?.to ?? 0
  const elements = elementsIn(xml, from, xml.length)
  const end = elements.at(-1)?.to ?? from
  const pieces: { from: number; to: number; text: string }[] = []
  const insert = (name: string, text: string) => {
    const place = behind.indexOf(name)
    const next = elements.find((element) => behind.indexOf(localName(element.name)) > place)
    pieces.push({ from: next?.from ?? end, to: next?.from ?? end, text })
  }
  if (note_column !== undefined && filters) {
    const range = `A${heading_row}:${cellAddress(note_column, last_row)}`
    // any text, which every program keeps as it is (LibreOffice writes “not blank” in a way that others refuse)
    const filter = `<${p}filterColumn colId="${note_column}"><${p}customFilters><${p}customFilter val="*"/></${p}customFilters></${p}filterColumn>`
    for (const { from: at, to, name } of elements)
      if (localName(name) === 'autoFilter' || localName(name) === 'sortState') pieces.push({ from: at, to, text: '' })
    insert('autoFilter', `<${p}autoFilter ref="${range}">${filter}</${p}autoFilter>`)
  }
  if (drawing_id) insert('legacyDrawing', `<${p}legacyDrawing xmlns:r="${relations}" r:id="${drawing_id}"/>`)
  return replaced(xml, pieces)
}

/** Whether a table of its own, with its own filter, stands in the sheet; and the relation of its boxes for notes. */
export async function readTail(chunks: AsyncIterable<Buffer>): Promise<{ has_tables: boolean; drawing_id?: string }> {
  const held: Buffer[] = []
  let rest: Buffer = Buffer.alloc(0)
  let length = 0
  for await (const chunk of chunks) {
    if (held.length > 0) held.push(chunk)
    else {
      const bytes = Buffer.concat([rest, chunk])
      const at = bytes.lastIndexOf('sheetData')
      if (at > 0 && (bytes[at - 1] === SLASH || bytes[at - 1] === COLON))
        held.push(bytes.subarray(at + 'sheetData'.length))
      rest = bytes.subarray(Math.max(0, bytes.length - 64))
    }
    length = held.reduce((sum, each) => sum + each.length, 0)
    if (length > most.tail) throw impossible('tail')
  }
  const xml = Buffer.concat(held).toString('utf8')
  const elements = elementsIn(xml, 0, xml.length)
  const part = (name: string) => elements.find((element) => localName(element.name) === name)
  const id = /:id\s*=\s*["']([^"']{1,200})["']/.exec(part('legacyDrawing')?.attributes ?? '')?.[1]
  return { has_tables: part('tableParts') !== undefined, ...(id ? { drawing_id: id } : {}) }
}

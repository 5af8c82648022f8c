// The text of a Word document out of its XML: what is deleted is none, what stands twice for older programs is read once, and a
// text box stands behind the paragraph it hangs on.
import { prefixedAttribute } from '../../workbook/xml.ts'
import { type Block, inOneLine } from './document.ts'
import { refusedDocument } from './refused_document.ts'
import { layTable, type WordCell, type WordRow } from './word_table.ts'

const MAX_TEXT_CHARS = 400_000
const MAX_BLOCKS = 20_000
const MAX_CELLS = 40_000

/** Parts of a document that say nothing of its text as it stands: what was deleted or moved away, earlier properties, codes of fields. */
const SILENT = new Set(
  'del moveFrom delText delInstrText pPrChange rPrChange tblPrChange trPrChange tcPrChange sectPrChange'.split(' '),
)
/** Of these it is an empty element that says that a row, a cell or the end of a paragraph was deleted. */
const isMark = (parent: string) => parent === 'rPr' || parent === 'trPr'

type ParagraphBeingRead = { text: string; isContents: boolean; isNumbered: boolean; isJoined: boolean; after: Block[] }
type TableBeingRead = { rows: WordRow[]; row: WordRow; cell?: WordCell }

/** What listens to the scan of a document's main part, and gives what it has read. */
export function documentReader(tablePrefix: string) {
  const body: Block[] = []
  /** Where blocks go: the body, a cell, a text box. */
  const places: Block[][] = [body]
  const names: string[] = []
  const paragraphs: ParagraphBeingRead[] = []
  const tables: TableBeingRead[] = []
  const fields: string[] = []
  const controls: { isContents: boolean }[] = []
  const choices: number[] = []
  const carried = new Map<Block[], ParagraphBeingRead>()
  let skipped = 0
  let isHidden = false
  const seen = { chars: 0, paragraphs: 0, tables: 0, cells: 0 }

  const place = () => places[places.length - 1] as Block[]
  const paragraph = () => paragraphs[paragraphs.length - 1]
  const table = () => tables[tables.length - 1]
  const isInContents = () =>
    fields.some((code) => /^\s*TOC\b/.test(code)) || controls.some(({ isContents }) => isContents)

  function write(piece: string): void {
    const at = paragraph()
    if (!at || isHidden || skipped > 0) return
    seen.chars += piece.length
    if (seen.chars > MAX_TEXT_CHARS) throw refusedDocument('too_large')
    at.text += piece
  }

  function endParagraph(): void {
    const ended = paragraphs.pop()
    if (!ended) return
    if (isInContents()) ended.isContents = true
    const before = carried.get(place())
    carried.delete(place())
    if (before) ended.text = before.text + ended.text
    if (ended.isJoined) {
      carried.set(place(), ended)
      return
    }
    emit(ended)
  }

  function emit({ text: raw, isContents, isNumbered, after }: ParagraphBeingRead): void {
    const text = raw.replaceAll('\u00a0', ' ').replace(/^\s+|\s+$/g, '')
    if (text !== '') {
      const isHeading = inOneLine(text) === '目录'
      place().push({
        kind: 'paragraph',
        n: 0,
        text,
        ...(isContents || isHeading ? { is_contents: true } : {}),
        ...(isNumbered ? { is_numbered: true } : {}),
        ...(places.length > 1 && !tables.length ? { is_boxed: true } : {}),
      })
    }
    place().push(...after)
    if (++seen.paragraphs > MAX_BLOCKS) throw refusedDocument('too_large')
  }

  /** A place is left: what was to be joined with a paragraph that never came stands by itself. */
  function leavePlace(): Block[] {
    const last = carried.get(place())
    if (last) emit(last)
    return places.pop() ?? []
  }

  const opening: Record<string, (raw: string, parent: string) => void> = {
    p: () => paragraphs.push({ text: '', isContents: isInContents(), isNumbered: false, isJoined: false, after: [] }),
    r: () => {
      isHidden = false
    },
    vanish: (raw, parent) => {
      if (parent === 'rPr' && names[names.length - 2] === 'r') isHidden = !/"(0|false|off)"/.test(raw)
    },
    numPr: () => {
      const at = paragraph()
      if (at) at.isNumbered = true
    },
    tab: (_raw, parent) => parent !== 'tabs' && write('\t'),
    ptab: () => write('\t'),
    cr: () => write('\n'),
    br: (raw) => !/"(page|column)"/.test(raw) && write('\n'),
    noBreakHyphen: () => write('-'),
    fldChar: (raw) => {
      const type = prefixedAttribute(raw, 'fldCharType')
      if (type === 'begin') fields.push('')
      if (type === 'end') fields.pop()
    },
    fldSimple: (raw) => {
      const at = paragraph()
      if (at && /^\s*TOC\b/.test(prefixedAttribute(raw, 'instr') ?? '')) at.isContents = true
    },
    sdt: () => controls.push({ isContents: false }),
    docPartGallery: (raw) => {
      const control = controls[controls.length - 1]
      if (control && /Contents/i.test(prefixedAttribute(raw, 'val') ?? '')) control.isContents = true
    },
    txbxContent: () => places.push([]),
    AlternateContent: () => choices.push(seen.chars),
    tbl: () => {
      tables.push({ rows: [], row: { cells: [], before: 0 } })
      if (++seen.tables > MAX_BLOCKS) throw refusedDocument('too_large')
    },
    tr: () => {
      const at = table()
      if (at) at.row = { cells: [], before: 0 }
    },
    tc: () => {
      const at = table()
      if (!at) return
      at.cell = { blocks: [], columns: 1 }
      places.push(at.cell.blocks)
      if (++seen.cells > MAX_CELLS) throw refusedDocument('too_large')
    },
    gridSpan: (raw) => {
      const cell = table()?.cell
      if (cell) cell.columns = Math.max(1, Number(prefixedAttribute(raw, 'val')) || 1)
    },
    vMerge: (raw) => {
      const cell = table()?.cell
      if (cell) cell.merge = prefixedAttribute(raw, 'val') === 'restart' ? 'begins' : 'goes_on'
    },
    hMerge: (raw) => {
      const cell = table()?.cell
      if (cell && prefixedAttribute(raw, 'val') !== 'restart') cell.isMergedLeft = true
    },
    cellDel: () => {
      const cell = table()?.cell
      if (cell) cell.isDeleted = true
    },
    gridBefore: (raw) => {
      const row = table()?.row
      if (row) row.before = Math.max(0, Number(prefixedAttribute(raw, 'val')) || 0)
    },
  }

  const closing: Record<string, () => void> = {
    p: endParagraph,
    sdt: () => controls.pop(),
    txbxContent: () => {
      const boxed = leavePlace()
      const around = paragraph()
      if (around) around.after.push(...boxed)
      else place().push(...boxed)
    },
    AlternateContent: () => choices.pop(),
    tc: () => {
      const at = table()
      if (!at?.cell) return
      leavePlace()
      at.row.cells.push(at.cell)
      at.cell = undefined
    },
    tr: () => {
      const at = table()
      if (at && !at.row.isDeleted) at.rows.push(at.row)
    },
    tbl: () => {
      const ended = tables.pop()
      const laid = ended && layTable(ended.rows)
      if (laid) place().push({ kind: 'table', id: '', n: 0, from_row: 0, ...laid })
    },
  }

  function open(name: string, raw: string): void {
    const parent = names[names.length - 1] ?? ''
    names.push(name)
    if (skipped > 0) {
      skipped++
      return
    }
    if (name === 'del' && isMark(parent)) {
      const row = table()?.row
      const at = paragraph()
      if (parent === 'trPr' && row) row.isDeleted = true
      // of a run it says nothing: only of what ends a paragraph
      if (parent === 'rPr' && at && names[names.length - 3] === 'pPr') at.isJoined = true
      return
    }
    // the same drawing for older programs
    const isRepeated = name === 'Fallback' && seen.chars > (choices[choices.length - 1] ?? 0)
    if (SILENT.has(name) || isRepeated) {
      skipped = 1
      return
    }
    if (Object.hasOwn(opening, name)) opening[name]?.(raw, parent)
  }

  function close(name: string): void {
    names.pop()
    if (skipped > 0) {
      skipped--
      return
    }
    if (Object.hasOwn(closing, name)) closing[name]?.()
  }

  function text(piece: string): void {
    if (skipped > 0) return
    const name = names[names.length - 1]
    if (name === 'instrText') {
      const code = (fields.pop() ?? '') + piece
      fields.push(code.slice(0, 1_000))
      const at = paragraph()
      if (at && isInContents()) at.isContents = true
    } else if (name === 't') write(piece)
  }

  return {
    handlers: { open, close, text },
    /** What was read, numbered. */
    blocks: (): Block[] => {
      leavePlace()
      let paragraphsSeen = 0
      let tablesSeen = 0
      return body.map((block) => {
        if (block.kind === 'paragraph') return { ...block, n: ++paragraphsSeen }
        tablesSeen++
        return { ...block, n: tablesSeen, id: `${tablePrefix}${tablesSeen}` }
      })
    },
  }
}

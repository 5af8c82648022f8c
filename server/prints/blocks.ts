/** A one-page form as blocks, whatever kind of file it is: the tables of a document, the sheets of a workbook as they lie. */

import type { Block, Table, TableCell } from '../proposals/notice/document.ts'
import { readDocx } from '../proposals/notice/docx.ts'
import { LIMITS, type Limits, WorkbookRefused } from '../workbook/limits.ts'
import { type CellRange, readWorkbook, type Sheet } from '../workbook/read.ts'
import { scanPart } from '../workbook/xml.ts'
import { openPackage } from '../workbook/zip.ts'
import { MAX_PAGE_CELLS, tablesIn } from './grid.ts'

export type PaperFormat = 'docx' | 'xlsx'

const MAX_PAGE_COLUMNS = 60
const MAX_PAGE_ROWS = 300
const MAX_DEPTH = 200

const notOnePage = () =>
  new WorkbookRefused('too_large', '这张表太大，不像一人一份的登记表。请只留要打印的那一页再上传。')

/** What a file is, by its bytes: a zip with a workbook in it, or a document. Others are refused by the readers. */
export async function formatOf(bytes: Buffer): Promise<PaperFormat> {
  if (bytes[0] !== 0x50 || bytes[1] !== 0x4b) {
    if (bytes.includes(Buffer.from('WordDocument', 'utf16le')))
      throw new WorkbookRefused(
        'old_format',
        '这是旧格式（.doc）的文档。请在 WPS 或 Word 里打开，另存为 .docx 再上传。',
      )
    throw new WorkbookRefused('not_a_workbook', '请上传 .docx 或 .xlsx 文件。')
  }
  const { parts } = await openPackage(bytes, LIMITS)
  return [...parts.keys()].some((name) => name.startsWith('xl/')) ? 'xlsx' : 'docx'
}

/** Tables are called 表1, 表2 in a document, by their sheets in a workbook. Throws `WorkbookRefused`. */
export async function readBlocks(bytes: Buffer, name: string, format: PaperFormat): Promise<Block[]> {
  if (format === 'docx') return readDocx(bytes, '表')
  const workbook = await readWorkbook(bytes, name)
  const blocks: Block[] = []
  for (const sheet of workbook.sheets) {
    if (sheet.hidden) continue
    const table = await tableOfSheet(sheet, blocks.length + 1)
    if (table) blocks.push(table)
  }
  return blocks
}

/** Refuses what is no page that a person fills. */
export function refuseLong(blocks: readonly Block[]): void {
  const cells = tablesIn(blocks).reduce((sum, table) => sum + table.cells.length, 0)
  if (cells > MAX_PAGE_CELLS) throw notOnePage()
}

/** A sheet as one table, blank cells and blank merges included: they are what is to be filled. */
async function tableOfSheet(sheet: Sheet, n: number): Promise<Table | undefined> {
  const texts = new Map<string, string>()
  let rows = 0
  let columns = 0
  for await (const batch of sheet.rows())
    for (const { number, cells } of batch)
      for (const [column, cell] of cells.entries()) {
        if (!cell || cell.text.trim() === '') continue
        texts.set(`${number - 1} ${column}`, cell.text.trim())
        rows = Math.max(rows, number)
        columns = Math.max(columns, column + 1)
      }
  if (rows === 0) return undefined
  // what is merged right below the last words is the blank that belongs to them
  for (const { from_row, to_row } of [...sheet.merges].sort((a, b) => a.from_row - b.from_row))
    if (from_row <= rows + 1) rows = Math.max(rows, to_row)
  const merged = Math.max(0, ...sheet.merges.map(({ from_row, to_column }) => (from_row <= rows ? to_column + 1 : 0)))
  // where no merge says how wide the paper is, the blank right of the last label belongs to it
  columns = merged >= columns ? merged : columns + 1
  if (rows > MAX_PAGE_ROWS || columns > MAX_PAGE_COLUMNS) throw notOnePage()
  return {
    kind: 'table',
    id: sheet.name,
    n,
    from_row: 0,
    rows,
    columns,
    cells: laid(rows, columns, sheet.merges, texts),
  }
}

function laid(rows: number, columns: number, merges: readonly CellRange[], texts: ReadonlyMap<string, string>) {
  const cells: TableCell[] = []
  const taken = new Set<number>()
  for (const { from_row, from_column, to_row, to_column } of merges) {
    if (from_row > rows || from_column >= columns) continue
    const [height, width] = [to_row - from_row + 1, to_column - from_column + 1]
    const row = from_row - 1
    cells.push({
      row,
      column: from_column,
      rows: height,
      columns: width,
      text: texts.get(`${row} ${from_column}`) ?? '',
    })
    for (let at = row; at < row + height; at++)
      for (let column = from_column; column < from_column + width; column++) taken.add(at * columns + column)
  }
  for (let at = 0; at < rows * columns; at++) {
    const [row, column] = [Math.floor(at / columns), at % columns]
    if (!taken.has(at)) cells.push({ row, column, rows: 1, columns: 1, text: texts.get(`${row} ${column}`) ?? '' })
  }
  return cells.sort((a, b) => a.row - b.row || a.column - b.column)
}

/** What a template may not bring to those it is printed for: parts of other programs, links to other places, entities. */
export async function refuseUnsafe(bytes: Buffer): Promise<void> {
  const limits: Limits = { ...LIMITS, depth: MAX_DEPTH }
  const unsafe = () =>
    new WorkbookRefused(
      'unsafe',
      '这个文件里嵌着别的文件，或者连着别处的内容，不能用作打印的样子。请把文字和表格复制到一个新文件里再上传。',
    )
  const { parts, unpack } = await openPackage(bytes, limits)
  for (const [name, part] of parts) {
    if (/embeddings\/|activex|vbaproject|\.bin$|\.ole$/.test(name) && !name.includes('printersettings')) throw unsafe()
    if (!/\.(xml|rels|vml)$/.test(name)) continue
    await scanPart(
      unpack(part),
      {
        open: (tag, raw) => {
          if (tag === 'Relationship' && /TargetMode\s*=\s*["']External/.test(raw) && !/\/hyperlink["']/.test(raw))
            throw unsafe()
          if (tag === 'altChunk' || tag === 'subDoc') throw unsafe()
        },
        close: () => {},
      },
      limits,
    )
  }
}

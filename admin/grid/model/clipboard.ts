/**
 * Blocks of cells as text: the tab-separated flavour every spreadsheet writes, and the HTML flavour for those that read
 * it. Parsing is a state machine, because quoted cells hold tabs, quotes and line breaks.
 */

/** No block larger than this is taken over: Excel's own sheets are 1,048,576 rows, a clipboard of them is a mistake. */
export const MAX_CLIPBOARD_CELLS = 1_000_000

/** Rows of cells. Rows may differ in length; one trailing line break is no row. */
export function parseTsv(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  let cell = ''
  let quoted = false
  let cells = 0
  const endCell = () => {
    row.push(cell)
    cell = ''
    cells += 1
  }
  const endRow = () => {
    endCell()
    rows.push(row)
    row = []
  }
  for (let at = 0; at < text.length && cells < MAX_CLIPBOARD_CELLS; at += 1) {
    const letter = text[at]
    if (quoted) {
      if (letter !== '"') cell += letter
      else if (text[at + 1] === '"') {
        cell += '"'
        at += 1
      } else quoted = false
    } else if (letter === '"' && cell === '' && closes(text, at)) quoted = true
    else if (letter === '\t') endCell()
    else if (letter === '\n') endRow()
    else if (letter !== '\r' || text[at + 1] !== '\n') {
      if (letter === '\r') endRow()
      else cell += letter
    }
  }
  if (cell !== '' || row.length > 0) endRow()
  return rows
}

/** A quote opens a quoted cell only if a closing one stands before a tab, a line break or the end ("5寸" is a text). */
function closes(text: string, open: number): boolean {
  let at = open + 1
  while (at < text.length) {
    const quote = text.indexOf('"', at)
    if (quote < 0) return false
    const next = text[quote + 1]
    if (next === '"') at = quote + 2
    else return next === undefined || next === '\t' || next === '\n' || next === '\r'
  }
  return false
}

/** Tab-separated, as every spreadsheet reads it. */
export function printTsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => row.map(quote).join('\t')).join('\n')
}

function quote(cell: string): string {
  return /[\t\n\r]/.test(cell) || cell.startsWith('"') ? `"${cell.replaceAll('"', '""')}"` : cell
}

/**
 * An HTML table. Columns of text carry the text format of Excel and of LibreOffice, so that phones and long codes do not
 * become numbers; numbers and dates stay what they are, so that they can be added up there.
 */
export function printHtml(rows: readonly (readonly string[])[], isText: readonly boolean[] = []): string {
  const cell = (text: string, at: number) => {
    const format = isText[at] === false ? '' : ` style='mso-number-format:"\\@"' sdnum="2052;0;@"`
    return `<td${format}>${escapeHtml(text).replaceAll('\n', '<br style="mso-data-placement:same-cell">')}</td>`
  }
  const body = rows.map((row) => `<tr>${row.map(cell).join('')}</tr>`).join('')
  return `<meta charset="utf-8"><table>${body}</table>`
}

function escapeHtml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
}

/**
 * True when the HTML flavour says more than the plain one: merged cells, line breaks that were not quoted, or the number
 * behind one that a narrow column shows as 1.38E+10 or as #####.
 */
export function prefersHtml(html: string, plain = ''): boolean {
  const shownShort = /(^|[\t\n"])(\d(\.\d+)?E\+\d+|#+)(?=$|[\t\r\n"])/i.test(plain) && NUMBERS.test(html)
  return /<table/i.test(html) && (shownShort || /(row|col)span\s*=|<br|<p[\s>]/i.test(html))
}
const NUMBERS = /\s(sdval|x:num|data-sheets-value)\s*=/i

/**
 * A block laid over a target. One cell fills everything; a block tiles a target of whole multiples; otherwise it is
 * written once from the top left corner, beyond the target if need be.
 */
export function tile(block: readonly (readonly string[])[], height: number, width: number): string[][] {
  const blockWidth = Math.max(0, ...block.map((row) => row.length))
  if (block.length === 0 || blockWidth === 0) return []
  const down = height % block.length === 0 ? Math.max(1, height / block.length) : 1
  const across = width % blockWidth === 0 ? Math.max(1, width / blockWidth) : 1
  const out: string[][] = []
  for (let row = 0; row < block.length * down; row += 1) {
    const from = block[row % block.length] ?? []
    const cells: string[] = []
    for (let column = 0; column < blockWidth * across; column += 1) cells.push(from[column % blockWidth] ?? '')
    out.push(cells)
  }
  return out
}

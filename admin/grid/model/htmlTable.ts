/**
 * Reads the HTML flavour of the clipboard: the first table, line breaks kept. A cell merged across columns stands once; one
 * merged down its rows holds for each of them, as in the import.
 */
import { MAX_CLIPBOARD_CELLS } from './clipboard.ts'

const MAX_SPAN = 10_000

/** Rows of cells, or null when there is no table. */
export function parseHtmlTable(html: string): string[][] | null {
  const table = new DOMParser().parseFromString(html, 'text/html').querySelector('table')
  if (!table) return null
  const rows: string[][] = []
  /** Texts of cells merged down, by column, with the last row they reach. */
  const open = new Map<number, { text: string; until: number }>()
  let cells = 0
  for (const [down, tr] of [...table.rows].entries()) {
    const row: string[] = []
    const takeOpen = () => {
      for (let held = open.get(row.length); held && held.until >= down; held = open.get(row.length)) row.push(held.text)
    }
    for (const td of tr.cells) {
      takeOpen()
      const text = textOf(td)
      for (let aside = 0; aside < Math.min(td.colSpan, MAX_SPAN); aside += 1) {
        const held = { text: aside === 0 ? text : '', until: down + Math.min(td.rowSpan, MAX_SPAN) - 1 }
        if (td.rowSpan > 1) open.set(row.length, held)
        row.push(held.text)
        cells += 1
      }
      if (cells > MAX_CLIPBOARD_CELLS) return rows
    }
    takeOpen()
    rows.push(row)
  }
  return rows
}

function textOf(cell: HTMLElement): string {
  for (const br of cell.querySelectorAll('br')) br.replaceWith('\uE000')
  for (const paragraph of [...cell.querySelectorAll('p, div')].slice(1)) paragraph.prepend('\uE000')
  const text = (cell.textContent ?? '')
    .replace(/[ \t\r\n\u00A0]+/g, ' ')
    .replace(/ ?\uE000 ?/g, '\n')
    .trim()
  // What a narrow column could not show whole.
  return /^(\d(\.\d+)?E\+\d+|#+)$/i.test(text) ? (numberOf(cell) ?? text) : text
}

/** The number behind what is shown, as LibreOffice, Excel and Google write it; digits that are gone stay gone. */
function numberOf(cell: HTMLElement): string | null {
  const sheets = /"3":(\d+)/.exec(cell.dataset.sheetsValue ?? '')?.[1]
  const number = cell.getAttribute('sdval') ?? cell.getAttribute('x:num') ?? sheets
  return number && /^\d{1,15}(\.\d+)?$/.test(number) ? number : null
}

/** Reads the HTML flavour of the clipboard: the first table, merged cells spread out, line breaks kept. */
import { MAX_CLIPBOARD_CELLS } from './clipboard.ts'

/** Rows of cells, or null when there is no table. Only the upper left cell of merged ones holds their text. */
export function parseHtmlTable(html: string): string[][] | null {
  const table = new DOMParser().parseFromString(html, 'text/html').querySelector('table')
  if (!table) return null
  const rows: string[][] = []
  const taken = new Set<string>()
  let cells = 0
  for (const [down, tr] of [...table.rows].entries()) {
    const row: string[] = []
    let at = 0
    for (const td of tr.cells) {
      if (cells > MAX_CLIPBOARD_CELLS) return rows
      while (taken.has(`${down} ${at}`)) {
        row[at] = ''
        at += 1
      }
      for (let below = 0; below < Math.min(td.rowSpan, 1000); below += 1) {
        for (let aside = 0; aside < td.colSpan; aside += 1) taken.add(`${down + below} ${at + aside}`)
      }
      for (let aside = 0; aside < td.colSpan; aside += 1) row[at + aside] = aside === 0 ? textOf(td) : ''
      at += td.colSpan
      cells += td.colSpan
    }
    rows.push(row)
  }
  return rows
}

function textOf(cell: HTMLElement): string {
  for (const br of cell.querySelectorAll('br')) br.replaceWith('\uE000')
  for (const paragraph of [...cell.querySelectorAll('p, div')].slice(1)) paragraph.prepend('\uE000')
  const text = (cell.textContent ?? '').replace(/[ \t\r\n\u00A0]+/g, ' ')
  return text.replace(/ ?\uE000 ?/g, '\n').trim()
}

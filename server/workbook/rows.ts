// Rows of a table as the XML of a sheet, written by hand because there may be a million of them. Text is always a text
// cell: nothing a person typed can become a formula.

import type { CellValue, LayoutColumn } from '../forms/paper/layout.ts'
import { linesOf, rowHeight } from '../forms/paper/styles.ts'
import { columnName } from './cells.ts'

// Characters XML cannot hold, and words that look like Excel's own escapes (_x000D_) and would be read as such.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const special = /[&<>\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]|_x[0-9a-fA-F]{4}_/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f\ufffe\uffff]/g
/** Excel keeps no more in a cell. */
const MAX_CELL_CHARS = 32_767

/** A text as it stands between tags. */
export function escapeText(text: string): string {
  if (!special.test(text)) return text
  return text
    .replace(forbidden, '')
    .replace(/_(?=x[0-9a-fA-F]{4}_)/g, '_x005F_')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}

/** Blanks at the ends are dropped by Excel unless xml:space says otherwise. */
const edged = (text: string) => text.charCodeAt(0) <= 32 || text.charCodeAt(text.length - 1) <= 32

/** One text cell; null leaves it empty. */
export function textCellXml(address: string, style: number, text: string | null): string {
  if (text === null || text === '') return `<c r="${address}" s="${style}"/>`
  const words = text.length > MAX_CELL_CHARS ? text.slice(0, MAX_CELL_CHARS) : text
  return `<c r="${address}" s="${style}" t="inlineStr"><is><t${edged(words) ? ' xml:space="preserve"' : ''}>${escapeText(words)}</t></is></c>`
}

const DAY_MS = 86_400_000
/** From here on the sheet's calendar is right: before it, 1900 has a 29th of February. */
const firstSureDay = '1900-03-01'

/** 'YYYY-MM-DD' as the sheet counts days; counted in UTC, where no day is an hour short. Undefined for other words. */
export function serialOf(date: string): number | undefined {
  const found = /^(\d{4})-(\d{2})-(\d{2})$/.exec(date)
  if (!found || date < firstSureDay) return undefined
  return Date.UTC(Number(found[1]), Number(found[2]) - 1, Number(found[3])) / DAY_MS + 25_569
}

/** `shareOf` (forms/share.ts), as the sheet calculates it in a row. */
export function shareFormula({ done, target }: NonNullable<LayoutColumn['share']>, row: number): string {
  const [part, whole] = [`${columnName(done)}${row}`, `${columnName(target)}${row}`]
  const share = `ROUND(${part}/${whole},3)`
  return `IF(${whole}>0,IF(${part}<${whole},MIN(${share},0.999),${share}),"")`
}

type RowWriter = (row: number, serial: number, values: readonly CellValue[]) => string

/**
 * A function that writes a row: its number in the sheet (1-based), its 序号 and its values, one for each column behind
 * 序号. `styles` are the cell style numbers of the drawing. Null leaves a ruled, empty cell.
 */
export function rowWriter(
  columns: readonly LayoutColumn[],
  styles: readonly number[],
  { least_height, size }: { least_height: number; size: number },
): RowWriter {
  const letters = columns.map((_, index) => columnName(index))
  const growing = columns.map((column) => column.wraps === true)
  const widths = columns.map((column) => column.width)
  const kinds = columns.map((column) => column.kind)
  const heightFor = (lines: number) => (lines === 1 ? least_height : rowHeight(lines, size, least_height))
  return (row, serial, values) => {
    let lines = 1
    let cells = `<c r="A${row}" s="${styles[0]}"><v>${serial}</v></c>`
    for (let index = 1; index < columns.length; index++) {
      const value = values[index - 1] ?? null
      const open = `<c r="${letters[index]}${row}" s="${styles[index]}"`
      if (value === null || value === '') {
        cells += `${open}/>`
        continue
      }
      if (typeof value === 'number') {
        const share = columns[index]?.share
        cells += `${open}>${share ? `<f>${escapeText(shareFormula(share, row))}</f>` : ''}<v>${value}</v></c>`
        continue
      }
      const date = kinds[index] === 'date' ? serialOf(value) : undefined
      if (date !== undefined) {
        cells += `${open}><v>${date}</v></c>`
        continue
      }
      const text = value.length > MAX_CELL_CHARS ? value.slice(0, MAX_CELL_CHARS) : value
      if (growing[index]) lines = Math.max(lines, linesOf(text, widths[index] ?? 10, size))
      cells += `${open} t="inlineStr"><is><t${edged(text) ? ' xml:space="preserve"' : ''}>${escapeText(text)}</t></is></c>`
    }
    return `<row r="${row}" ht="${heightFor(lines)}" customHeight="1">${cells}</row>`
  }
}

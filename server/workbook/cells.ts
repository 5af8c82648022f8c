// One cell: what kind of thing it holds, as a plain value. Dates are found through number formats and given as
// 'YYYY-MM-DD' or 'YYYY-MM-DDTHH:MM' strings, counted from the serial number without a `Date` of any time zone.

type CellKind = 'text' | 'number' | 'date' | 'boolean' | 'error' | 'formula_uncached'

/**
 * A cell that holds something. `value` is null for an error and for a formula whose result was never stored;
 * `text` is what a sentence may quote. `serial` is the raw number behind a date, `formula` what was never calculated;
 * `is_struck`: a line is drawn through the cell.
 */
export type WorkbookCell = {
  kind: CellKind
  value: string | number | boolean | null
  text: string
  serial?: number
  formula?: string
  is_struck?: true
}

const LOST = 1e15

/** A number that has lost digits: a sheet keeps 15. */
export const hasLostDigits = ({ kind, value }: WorkbookCell): boolean =>
  kind === 'number' && Math.abs(Number(value)) >= LOST

export type CellRange = { from_row: number; from_column: number; to_row: number; to_column: number }

/** 0 → A, 26 → AA. */
export function columnName(column: number): string {
  let name = ''
  for (let rest = column + 1; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    name = String.fromCharCode(65 + ((rest - 1) % 26)) + name
  }
  return name
}

/** 'C17' for column 2, row 17; with a sheet name 签到!C17. */
export function cellAddress(column: number, row: number, sheet?: string): string {
  return `${sheet === undefined ? '' : `${sheet}!`}${columnName(column)}${row}`
}

/** The column of a reference such as C17 that begins at `from` (0-based), or -1. */
export function columnOf(reference: string, from = 0): number {
  let column = 0
  for (let at = from; at < reference.length && at < from + 4; at++) {
    const letter = reference.charCodeAt(at) & 0xdf
    if (letter < 65 || letter > 90) break
    column = column * 26 + letter - 64
  }
  return column - 1
}

/** 'A1:C3' or 'B2' as numbers (rows 1-based, columns 0-based), or undefined when it is neither. */
export function parseRange(reference: string): CellRange | undefined {
  const found = /^\$?([A-Za-z]{1,3})\$?(\d{1,7})(?::\$?([A-Za-z]{1,3})\$?(\d{1,7}))?$/.exec(reference)
  if (!found?.[1]) return undefined
  const fromRow = Number(found[2])
  const fromColumn = columnOf(found[1])
  return {
    from_row: fromRow,
    from_column: fromColumn,
    to_row: found[4] ? Number(found[4]) : fromRow,
    to_column: found[3] ? columnOf(found[3]) : fromColumn,
  }
}

// Formats that every program knows by number; 27-36 and 50-58 are the Chinese ones (yyyy年m月, 上午/下午h时mm分 …).
const DATE_FORMATS: readonly [number, number][] = [
  [14, 22],
  [27, 36],
  [45, 47],
  [50, 58],
]

/** Whether a built-in number format shows a date or a time. */
export function isDateFormatId(id: number): boolean {
  return DATE_FORMATS.some(([from, to]) => id >= from && id <= to)
}

/** Whether a custom number format shows a date or a time: letters of dates outside quotes, escapes and brackets. */
export function isDateFormat(format: string): boolean {
  const plain = format
    .replace(/"[^"]*"/g, '')
    .replace(/[\\_*]./gs, '')
    .replace(/\[(h+|m+|s+)\]/gi, '$1')
    .replace(/\[[^\]]*\]/g, '')
    .split(';', 1)[0]
    ?.replace(/general|通用格式|g\/通用格式/gi, '')
    .replace(/e[+-]/gi, '')
  return plain !== undefined && /[ymdhs]|a{3,4}/i.test(plain)
}

/** 9999-12-31, the last day a sheet knows. */
const LAST_SERIAL = 2_958_466

/** The date or moment behind a serial number, or undefined when it is none. */
export function dateOfSerial(serial: number, date1904: boolean): string | undefined {
  if (!(serial >= 0) || serial >= LAST_SERIAL) return undefined
  // to the second first: 43617.375 is often stored as 43617.37499999999
  const seconds = Math.round(serial * 86_400)
  let day = Math.floor(seconds / 86_400)
  const minute = Math.floor((seconds % 86_400) / 60)
  const clock = `${pad(Math.floor(minute / 60))}:${pad(minute % 60)}`
  // a time of day without a day
  if (day === 0 && minute > 0) return clock
  if (date1904) day += 1462
  if (day === 0) return undefined
  // serial 60 is 1900-02-29, a day that never was; the days before it are counted one later
  if (day === 60) return undefined
  const date = dayOf(day < 60 ? day + 1 : day)
  return minute === 0 ? date : `${date}T${clock}`
}

/** Civil date of a day counted so that 1899-12-30 is 0 (days_from_civil turned round, integers only). */
function dayOf(day: number): string {
  const z = day + 693_899
  const era = Math.floor(z / 146_097)
  const ofEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (ofEra - Math.floor(ofEra / 1460) + Math.floor(ofEra / 36_524) - Math.floor(ofEra / 146_096)) / 365,
  )
  const ofYear = ofEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const monthFromMarch = Math.floor((5 * ofYear + 2) / 153)
  const dayOfMonth = ofYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1
  const month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
  return `${String(year).padStart(4, '0')}-${pad(month)}-${pad(dayOfMonth)}`
}

function pad(number: number): string {
  return number < 10 ? `0${number}` : String(number)
}

/** Text as it was meant: _x000D_ escapes read, one kind of line end, no characters a database would refuse. */
export function cleanText(raw: string): string {
  const text = raw.includes('_x')
    ? raw.replace(/_x([0-9a-fA-F]{4})_/g, (_all, code) => String.fromCharCode(Number.parseInt(code, 16)))
    : raw
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (!/[\u0000-\u001f\u007f\ud800-\udfff\ufffe\uffff]/.test(text)) return text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  const clean = text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f\ufffe\uffff]/g, '')
  return clean.replace(/\p{Surrogate}/gu, '\ufffd')
}

/** A text cell, or undefined when nothing is left of it. */
export function textCell(raw: string): WorkbookCell | undefined {
  const text = cleanText(raw)
  return text === '' ? undefined : { kind: 'text', value: text, text }
}

/** A number cell, or the date behind it when its format shows one. */
export function numberCell(raw: string, isDate: boolean, date1904: boolean): WorkbookCell | undefined {
  const value = raw === '' ? Number.NaN : Number(raw)
  if (!Number.isFinite(value)) return textCell(raw)
  if (isDate) {
    const date = dateOfSerial(value, date1904)
    if (date !== undefined) {
      if (date.length === 5) return { kind: 'text', value: date, text: date, serial: value }
      return { kind: 'date', value: date, text: date.replace('T', ' '), serial: value }
    }
  }
  return { kind: 'number', value, text: String(value) }
}

/** A cell that carries its date as ISO text (t="d"). */
export function isoDateCell(raw: string): WorkbookCell | undefined {
  const found = /^(\d{4}-\d{2}-\d{2})(?:T(\d{2}:\d{2}))?/.exec(raw)
  if (!found?.[1]) return textCell(raw)
  const value = found[2] && found[2] !== '00:00' ? `${found[1]}T${found[2]}` : found[1]
  return { kind: 'date', value, text: value.replace('T', ' ') }
}

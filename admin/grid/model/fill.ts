/**
 * Continues a run of texts the way a spreadsheet's fill handle does: numbers, days and months by their step, texts with
 * a number in them by one, anything else by repeating. Pure, on texts as they are copied.
 */

import type { Column } from '../types.ts'
import type { CellState } from './edits.ts'
import type { CellPosition, Rect } from './selection.ts'

/** Longer digits are phones and codes: nobody counts on from them. */
const NUMBER = /^-?\d{1,9}(\.\d+)?$/
const DATE = /^(\d{4})-(\d{2})(?:-(\d{2}))?((?:[ T].*)?)$/
const COUNTED = /^(.*\D|)(\d{1,9})(\D*)$/s
const IN_WORDS = /^(.*第)([一二三四五六七八九十]{1,3})([期批次届章节号组轮场周季].?)$/s
const WEEKDAY = /^(星期|礼拜|周)([一二三四五六日天])$/
const DIGITS = '零一二三四五六七八九'
const DAYS = '一二三四五六日'
const DAY_MS = 86_400_000

type FillSeries = (at: number) => string
type KnownCell = { column: Column; state: CellState }

/**
 * What stands in a cell outside `area` when the area is pulled over it: a text to be understood, and the cell it repeats
 * when it is not a new text. `ctrl` turns copying into counting and counting into copying, as in Excel.
 */
export function seriesBeyond(area: Rect, stateAt: (cell: CellPosition) => KnownCell | null, ctrl: boolean) {
  const lines = new Map<number, { sources: KnownCell[]; series: FillSeries }>()
  function line(vertical: boolean, back: boolean, across: number) {
    const found = lines.get(across)
    if (found) return found
    const cells = vertical
      ? range(area.top, area.bottom).map((row) => ({ row, column: across }))
      : range(area.left, area.right).map((column) => ({ row: across, column }))
    if (back) cells.reverse()
    const sources = cells.map(stateAt).filter((known) => known !== null)
    const texts = sources.map(({ state }) => state.input)
    const made = { sources, series: seriesOf(texts, back ? -1 : 1, ctrl) }
    lines.set(across, made)
    return made
  }
  return ({ row, column }: CellPosition): { text: string; same: KnownCell | null } | null => {
    const vertical = row < area.top || row > area.bottom
    const back = vertical ? row < area.top : column < area.left
    if (!vertical && !back && column <= area.right) return null
    const at = vertical ? (back ? area.top - row : row - area.bottom) : back ? area.left - column : column - area.right
    const { sources, series } = line(vertical, back, vertical ? column : row)
    const same = sources[(at - 1) % sources.length]
    if (!same) return null
    const text = series(at - 1)
    return { text, same: text === same.state.input ? same : null }
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, at) => from + at)

/** `count` further texts after the given ones; a single number is repeated, as Excel does. */
export function continueSeries(texts: readonly string[], count: number): string[] {
  const next = seriesOf(texts, 1, false)
  return Array.from({ length: count }, (_, at) => next(at))
}

function seriesOf(texts: readonly string[], by: 1 | -1, ctrl: boolean): FillSeries {
  const repeat: FillSeries = (at) => texts[at % texts.length] ?? ''
  const numbers = texts.every((text) => NUMBER.test(text) && !/^0\d/.test(text)) ? texts.map(Number) : null
  if (ctrl) return numbers?.length === 1 ? byStep(texts, numbers, by) : repeat
  if (numbers) return numbers.length > 1 && stepOf(numbers) !== null ? byStep(texts, numbers, by) : repeat
  return datesOf(texts, by) ?? weekdaysOf(texts, by) ?? countedOf(texts, by) ?? repeat
}

function byStep(texts: readonly string[], numbers: readonly number[], by: number): FillSeries {
  const digits = Math.max(...texts.map((text) => text.split('.')[1]?.length ?? 0))
  const step = stepOf(numbers) ?? by
  return (at) => ((numbers.at(-1) ?? 0) + step * (at + 1)).toFixed(digits)
}

/** Days by days, or by months where all are the same day of their months; months by months. */
function datesOf(texts: readonly string[], by: number): FillSeries | null {
  const parts = texts.map((text) => DATE.exec(text))
  const last = parts.at(-1)
  if (!last || parts.some((part) => !part || Boolean(part[3]) !== Boolean(last[3]))) return null
  const months = parts.map((part) => Number(part?.[1]) * 12 + Number(part?.[2]) - 1)
  const inMonths = stepOf(months)
  if (!last[3] || (inMonths && parts.every((part) => part?.[3] === last[3]))) {
    return (at) => {
      const month = (months.at(-1) ?? 0) + (inMonths ?? by) * (at + 1)
      const days = new Date(Date.UTC(Math.floor(month / 12), (month % 12) + 1, 0)).getUTCDate()
      const name = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
      return last[3] ? `${name}-${String(Math.min(Number(last[3]), days)).padStart(2, '0')}${last[4]}` : name
    }
  }
  const days = parts.map((part) => Date.UTC(Number(part?.[1]), Number(part?.[2]) - 1, Number(part?.[3])) / DAY_MS)
  const step = stepOf(days) ?? by
  return (at) => new Date(((days.at(-1) ?? 0) + step * (at + 1)) * DAY_MS).toISOString().slice(0, 10) + last[4]
}

function weekdaysOf(texts: readonly string[], by: number): FillSeries | null {
  const parts = texts.map((text) => WEEKDAY.exec(text))
  if (!parts.every(Boolean)) return null
  const days = parts.map((part) => DAYS.indexOf((part?.[2] ?? '').replace('天', '日')))
  const step = stepOf(days) ?? by
  return (at) => `${parts[0]?.[1]}${DAYS[((((days.at(-1) ?? 0) + step * (at + 1)) % 7) + 7) % 7]}`
}

/** 第1期 → 第2期, 001 → 002, 第一批 → 第二批. */
function countedOf(texts: readonly string[], by: number): FillSeries | null {
  const inWords = texts.every((text) => IN_WORDS.test(text))
  const parts = texts.map((text) => (inWords ? IN_WORDS : COUNTED).exec(text))
  const [, before = '', digits = '', after = ''] = parts.at(-1) ?? []
  const alike = parts.every((part) => part && part[1] === before && part[3] === after)
  if (!alike || (before + after === '' && !/^0\d/.test(digits))) return null
  const numbers = parts.map((part) => (inWords ? fromWords(part?.[2] ?? '') : Number(part?.[2])))
  const step = stepOf(numbers) ?? by
  const width = digits.startsWith('0') ? digits.length : 1
  return (at) => {
    const number = (numbers.at(-1) ?? 0) + step * (at + 1)
    if (number < 0 || (inWords && (number < 1 || number > 99))) return texts[at % texts.length] ?? ''
    return before + (inWords ? inChinese(number) : String(number).padStart(width, '0')) + after
  }
}

function fromWords(words: string): number {
  const [tens = '', ones = ''] = words.includes('十') ? words.split('十') : ['零', words]
  return (tens === '' ? 1 : DIGITS.indexOf(tens)) * 10 + (ones === '' ? 0 : DIGITS.indexOf(ones))
}

function inChinese(number: number): string {
  const [tens, ones] = [Math.floor(number / 10), number % 10]
  return (tens === 0 ? '' : `${tens === 1 ? '' : DIGITS[tens]}十`) + (ones === 0 ? '' : DIGITS[ones])
}

/** The common difference, or null when there is none. */
function stepOf(numbers: readonly number[]): number | null {
  if (numbers.length < 2) return null
  const step = (numbers[1] ?? 0) - (numbers[0] ?? 0)
  const even = numbers.every((number, at) => at === 0 || Math.abs(number - (numbers[at - 1] ?? 0) - step) < 1e-9)
  return even ? step : null
}

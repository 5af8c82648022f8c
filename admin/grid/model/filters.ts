/**
 * What may be typed into a filter cell, and the conditions it stands for. Text: 王 (holds), !王 (does not), =王 (is), 空,
 * 非空, "空" (holds these very characters). Numbers and days: >100, 10~20, 2019-6, 本月. Choices: 男、女, or !作废.
 */

import type { Column, FilterEntry, Option, Term } from '../types.ts'
import { initialsAt } from './initials.ts'

/** Words for "no value" and "any value" in a filter cell. */
const BLANK = /^[（(]?(空|空白|blank)[)）]?$/i
const FILLED = /^[（(]?(非空|不为空|不空|!空|！空)[)）]?$/
const RANGE = /^(.+?)\s*(?:~|～|—|至|到|\.\.)\s*(.+)$/
const BOUND = /^(>=|<=|≥|≤|＞=|＜=|>|<|=|＝|＞|＜)\s*(.+)$/
const NOT = /^(?:!|！|≠|不含|不是)\s*(.+)$/
const IS = /^[=＝]\s*(.+)$/
const QUOTED = /^["“](.*)["”]$/
const DAY_MS = 86_400_000

/** Days meant from today on; a week begins on Monday. */
export const PERIODS = ['今天', '昨天', '本周', '上周', '本月', '上月', '本年度', '上年度'] as const

const dayOf = (time: number) => new Date(time).toISOString().slice(0, 10)
const clockDay = () => dayOf(Date.now() - new Date().getTimezoneOffset() * 60_000)

/** First and last day of a period, or null when it is none. */
export function periodOf(word: string, today: string = clockDay()): readonly [string, string] | null {
  const at = Date.parse(today)
  const [year = 0, month = 1] = today.split('-').map(Number)
  const ago = /^[上昨]/.test(word) ? 1 : 0
  switch (word) {
    case '今天':
    case '昨天':
      return [dayOf(at - ago * DAY_MS), dayOf(at - ago * DAY_MS)]
    case '本周':
    case '上周': {
      const monday = at - (((new Date(at).getUTCDay() + 6) % 7) + ago * 7) * DAY_MS
      return [dayOf(monday), dayOf(monday + 6 * DAY_MS)]
    }
    case '本月':
    case '上月':
      return [dayOf(Date.UTC(year, month - 1 - ago, 1)), dayOf(Date.UTC(year, month - ago, 0))]
    case '本年度':
    case '上年度':
      return [`${year - ago}-01-01`, `${year - ago}-12-31`]
    default:
      return null
  }
}

/**
 * The conditions of all filter cells. Entries whose name is no column are conditions of the page itself (a campaign, a
 * full-text search) and are passed on as they are.
 */
export function termsOf(
  columns: readonly Column[],
  filter: Readonly<Record<string, FilterEntry>>,
  today?: string,
): Term[] {
  const names = columns.map(({ name }) => name)
  const inOrder = Object.entries(filter).sort(([a], [b]) => names.indexOf(a) - names.indexOf(b))
  return inOrder.flatMap(([name, entry]): Term[] => {
    const column = columns[names.indexOf(name)]
    if (isBlankEntry(entry)) return []
    if (typeof entry !== 'string') return [{ column: name, test: entry.not ? 'out' : 'in', value: entry.values }]
    return column ? readEntry(column, entry.trim(), today) : [{ column: name, test: 'equals', value: entry }]
  })
}

export const isBlankEntry = (entry: FilterEntry | undefined): boolean =>
  entry === undefined || (typeof entry === 'string' ? entry.trim() === '' : entry.values.length === 0)

function readEntry(column: Column, text: string, today: string | undefined): Term[] {
  const name = column.name
  if (BLANK.test(text)) return [{ column: name, test: 'blank', value: null }]
  if (FILLED.test(text)) return [{ column: name, test: 'filled', value: null }]
  const not = NOT.exec(text)?.[1]
  if (column.choices)
    return [{ column: name, test: not ? 'out' : 'in', value: pickedFrom(column.choices, not ?? text) }]
  if (column.type === 'number' || column.type === 'date') return readBounds(column, text, not, today)
  const literal = QUOTED.exec(text)?.[1]
  const is = IS.exec(text)?.[1]
  if (literal) return [{ column: name, test: 'contains', value: literal }]
  if (not) return [{ column: name, test: 'lacks', value: not }]
  if (is && column.type !== 'reference') return [{ column: name, test: 'equals', value: is }]
  return [{ column: name, test: 'contains', value: is ?? text }]
}

function pickedFrom(options: readonly Option[], text: string): unknown[] {
  return text.split(/[,，、;；\s]+/).flatMap((word): unknown[] => {
    const named = options.filter(({ label }) => label === word)
    const found = named.length > 0 ? named : matchOptions(options, word)
    return found.length > 0 ? found.map(({ value }) => value) : [word]
  })
}

function readBounds(column: Column, text: string, not: string | undefined, today: string | undefined): Term[] {
  const value = (word: string) => {
    const reading = (column.readBound ?? column.read)(word.trim(), {})
    if ('error' in reading) return word.trim()
    // a day alone is all its moments
    return typeof reading.value === 'string' ? reading.value.replace(/T00:00:00$/, '') : reading.value
  }
  const within = (from: unknown, to: unknown): Term[] => [
    { column: column.name, test: 'from', value: from },
    { column: column.name, test: 'to', value: to },
  ]
  if (not) return [{ column: column.name, test: 'differs', value: value(not) }]
  const period = column.type === 'date' ? periodOf(text, today) : null
  if (period) return within(edgeOf(column, period[0]), edgeOf(column, period[1]))
  const bound = BOUND.exec(text)
  if (bound) {
    const sign = bound[1] ?? ''
    const test = /[>≥＞]/.test(sign) ? 'from' : /[<≤＜]/.test(sign) ? 'to' : 'equals'
    const edge = value(bound[2] ?? '')
    const without = /^[>＞]$/.test(sign) ? 1 : /^[<＜]$/.test(sign) ? -1 : 0
    return [{ column: column.name, test, value: without ? beyond(edge, without) : edge }]
  }
  const range = RANGE.exec(text)
  if (range) return within(value(range[1] ?? ''), value(range[2] ?? ''))
  // A year or a month stands for all its days.
  if (column.type === 'date' && /^\d{4}([-./年]\d{1,2})?[月年]?$/.test(text)) {
    const [year = '', month] = text.split(/[-./年月]/)
    const prefix = month ? `${year}-${month.padStart(2, '0')}` : year
    const first = month ? `${prefix}-01` : `${prefix}-01-01`
    return within(edgeOf(column, first), edgeOf(column, month ? lastDay(year, month) : `${prefix}-12-31`))
  }
  return [{ column: column.name, test: 'equals', value: value(text) }]
}

/** A day as the column keeps it: one of months keeps the month alone. */
function edgeOf(column: Column, day: string): unknown {
  const reading = (column.readBound ?? column.read)(day, {})
  return 'value' in reading && reading.value === day.slice(0, 7) ? reading.value : day
}

/** The next number or day: the conditions include their bound, `>` and `<` do not. */
function beyond(edge: unknown, step: 1 | -1): unknown {
  if (typeof edge === 'number' && Number.isInteger(edge)) return edge + step
  const day = typeof edge === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(edge) ? Date.parse(edge) : Number.NaN
  return Number.isNaN(day) ? edge : new Date(day + step * DAY_MS).toISOString().slice(0, 10)
}

function lastDay(year: string, month: string): string {
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return `${year}-${month.padStart(2, '0')}-${days}`
}

/**
 * Entries that their columns cannot understand: a saved view or an address of when the column had another type, or other
 * choices. The name and the words of each.
 */
export function misreadIn(
  columns: readonly Column[],
  filter: Readonly<Record<string, FilterEntry>>,
): { column: Column; words: string }[] {
  return columns.flatMap((column) => {
    const entry = filter[column.name]
    if (entry === undefined) return []
    const isChosen = column.type === 'choice' || column.type === 'choices'
    const passed = ['blank', 'filled', 'contains', 'lacks', ...(isChosen ? ['out'] : [])]
    const values = termsOf([column], { [column.name]: entry }).flatMap(({ test, value }) =>
      passed.includes(test) ? [] : [value].flat(),
    )
    const misread = values.filter((value) => value !== null && !isUnderstood(column, value))
    // of several choices those that there are still find their rows
    if (isChosen && misread.length < values.length) return []
    return misread.length > 0 ? [{ column, words: misread.join('、') }] : []
  })
}

function isUnderstood({ type, choices }: Column, value: unknown): boolean {
  if (type === 'choice' || type === 'choices') return !choices || choices.some((option) => option.value === value)
  if (type === 'number')
    return typeof value === 'number' || (String(value).trim() !== '' && !Number.isNaN(Number(value)))
  // a day in words is read where the year is known
  if (type === 'date') return /^\d{4}-\d{2}|^\d+\s*[-./年月]/.test(String(value))
  return true
}

/** An entry in words, without the name of its column: 含“王”, 不含 作废, 6-1 至 8-19. */
export function wordsOf(column: Column | undefined, entry: FilterEntry): string {
  if (typeof entry !== 'string') {
    const named = column?.choices?.filter(({ value }) => entry.values.includes(value)).map(({ label }) => label)
    const words = entry.label ?? (named?.length ? named.join('、') : entry.values.map(String).join('、'))
    return `${entry.not ? '不含 ' : ''}${entry.values.includes(null) ? [words, '空'].filter(Boolean).join('、') : words}`
  }
  const text = entry.trim()
  if (!column) return text
  if (BLANK.test(text)) return '为空'
  if (FILLED.test(text)) return '不为空'
  const not = NOT.exec(text)?.[1]
  if (column.choices) return not ? `不含 ${not}` : text
  if (column.type === 'number' || column.type === 'date') {
    const range = RANGE.exec(text)
    return not ? `不是 ${not}` : range && !periodOf(text) ? `${range[1]} 至 ${range[2]}` : text
  }
  if (not) return `不含“${not}”`
  const is = IS.exec(text)?.[1]
  return is ? `是“${is}”` : `含“${QUOTED.exec(text)?.[1] ?? text}”`
}

/** Options whose words hold the text, or whose pinyin initials do; those that begin with it first. */
export function matchOptions(options: readonly Option[], text: string): Option[] {
  const wanted = text.replace(/['\s]/g, '').toLowerCase()
  if (wanted === '') return [...options]
  const place = (option: Option) => {
    const inLabel = option.label.toLowerCase().indexOf(wanted)
    const inInitials = option.initials?.toLowerCase().indexOf(wanted) ?? initialsAt(option.label, wanted)
    if (inLabel === 0 || inInitials === 0) return 0
    return inLabel > 0 || inInitials > 0 ? 1 : 2
  }
  return [0, 1].flatMap((rank) => options.filter((option) => place(option) === rank))
}

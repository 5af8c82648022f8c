/** What may be typed into a filter cell, and the conditions it stands for. */
import type { Column, FilterEntry, Option, Term } from './types.ts'

/** Words for "no value" in a filter cell. */
const BLANK = /^[（(]?(空|空白|blank)[)）]?$/i
const RANGE = /^(.+?)\s*(?:~|～|—|至|到|\.\.)\s*(.+)$/
const BOUND = /^(>=|<=|≥|≤|＞=|＜=|>|<|=|＝|＞|＜)\s*(.+)$/

/**
 * The conditions of all filter cells. Entries whose name is no column are conditions of the page itself (a campaign, a
 * full-text search) and are passed on as they are.
 */
export function termsOf(columns: readonly Column[], filter: Readonly<Record<string, FilterEntry>>): Term[] {
  const names = new Set(columns.map(({ name }) => name))
  const others = Object.entries(filter).flatMap(([column, entry]): Term[] => {
    if (names.has(column) || entry === '') return []
    return [
      typeof entry === 'string'
        ? { column, test: 'equals', value: entry }
        : { column, test: 'in', value: entry.values },
    ]
  })
  return others.concat(
    columns.flatMap((column): Term[] => {
      const entry = filter[column.name]
      if (entry === undefined) return []
      if (typeof entry !== 'string')
        return entry.values.length ? [{ column: column.name, test: 'in', value: entry.values }] : []
      return entry.trim() === '' ? [] : readEntry(column, entry.trim())
    }),
  )
}

function readEntry(column: Column, text: string): Term[] {
  const name = column.name
  if (BLANK.test(text)) return [{ column: name, test: 'blank', value: null }]
  if (column.type === 'choice' || column.type === 'choices') {
    const values = text.split(/[,，、;；\s]+/).map((word) => findOption(column.choices ?? [], word)?.value ?? word)
    return [{ column: name, test: 'in', value: values }]
  }
  if (column.type === 'number' || column.type === 'date') return readBounds(column, text)
  return [{ column: name, test: 'contains', value: text }]
}

function readBounds(column: Column, text: string): Term[] {
  const value = (word: string) => {
    const reading = column.read(word.trim(), {})
    return 'error' in reading ? word.trim() : reading.value
  }
  const bound = BOUND.exec(text)
  if (bound) {
    const sign = bound[1] ?? ''
    const test = /[>≥＞]/.test(sign) ? 'from' : /[<≤＜]/.test(sign) ? 'to' : 'equals'
    const edge = value(bound[2] ?? '')
    const without = /^[>＞]$/.test(sign) ? 1 : /^[<＜]$/.test(sign) ? -1 : 0
    return [{ column: column.name, test, value: without ? beyond(edge, without) : edge }]
  }
  const range = RANGE.exec(text)
  if (range) {
    return [
      { column: column.name, test: 'from', value: value(range[1] ?? '') },
      { column: column.name, test: 'to', value: value(range[2] ?? '') },
    ]
  }
  // A year or a month stands for all its days.
  if (column.type === 'date' && /^\d{4}([-./年]\d{1,2})?月?$/.test(text)) {
    const [year = '', month] = text.split(/[-./年月]/)
    const prefix = month ? `${year}-${month.padStart(2, '0')}` : year
    return [
      { column: column.name, test: 'from', value: month ? `${prefix}-01` : `${prefix}-01-01` },
      { column: column.name, test: 'to', value: month ? lastDay(year, month) : `${prefix}-12-31` },
    ]
  }
  return [{ column: column.name, test: 'equals', value: value(text) }]
}

/** The next number or day: the conditions include their bound, `>` and `<` do not. */
function beyond(edge: unknown, step: 1 | -1): unknown {
  if (typeof edge === 'number' && Number.isInteger(edge)) return edge + step
  const day = typeof edge === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(edge) ? Date.parse(edge) : Number.NaN
  return Number.isNaN(day) ? edge : new Date(day + step * 86_400_000).toISOString().slice(0, 10)
}

function lastDay(year: string, month: string): string {
  const days = new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate()
  return `${year}-${month.padStart(2, '0')}-${days}`
}

function findOption(options: readonly Option[], word: string): Option | undefined {
  return options.find((option) => option.label === word) ?? matchOptions(options, word)[0]
}

/** Options whose words hold the text, or whose pinyin initials do; those that begin with it first. */
export function matchOptions(options: readonly Option[], text: string): Option[] {
  const wanted = text.replace(/['\s]/g, '').toLowerCase()
  if (wanted === '') return [...options]
  const place = (option: Option) => {
    const inLabel = option.label.toLowerCase().indexOf(wanted)
    const inInitials = option.initials?.toLowerCase().indexOf(wanted) ?? -1
    if (inLabel === 0 || inInitials === 0) return 0
    return inLabel > 0 || inInitials > 0 ? 1 : 2
  }
  return [0, 1].flatMap((rank) => options.filter((option) => place(option) === rank))
}

/**
 * Values and what is understood of a cell. A cell is what REST, the grid or a workbook hand over: text, number, boolean or
 * list. Values are plain JSON: dates 'YYYY-MM-DD', months 'YYYY-MM', moments 'YYYY-MM-DDTHH:MM:SS' on the wall clock, never
 * a `Date`.
 */
import { oneLine } from './text.ts'

/** A file as rows keep it; `type` and `size` (bytes) where somebody asks what it is. */
export type Attachment = { id: number; name: string; part?: string; type?: string; size?: number }
/** What narrows rows: field → the value it has, or one of those it may have. */
export type Conditions = { [field: string]: ConditionValue | ConditionValue[] }
type ConditionValue = string | number | boolean
/** What jurors mark: an item and its share of the total, in hundredths; `max` is what a mark may be at most. */
export type ScoringItem = { name: string; label: string; weight: number; max: number }
/** A prize of a collection; without `max` as many as one likes. */
export type PrizeLimit = { name: string; max?: number }
export type Value =
  | string
  | number
  | boolean
  | null
  | string[]
  | Attachment[]
  | Conditions
  | ScoringItem[]
  | PrizeLimit[]
export type Parsed = { value: Value } | { error: string }
export type Context = { year: number }

export type TypeName =
  | 'text'
  | 'long_text'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'month'
  | 'datetime'
  | 'choice'
  | 'list'
  | 'yes_no'
  | 'phone'
  | 'credit_code'
  | 'url'
  | 'reference'
  | 'attachments'
  | 'conditions'
  | 'scoring_items'
  | 'prizes'

/** The part of a field that its type reads; the whole field is in form.ts. */
export type Typed = {
  label: string
  type: TypeName
  max?: number
  min?: number
  compact?: boolean
  /** Text: the name of one person. */
  person?: boolean
  /** Days and moments: they are of the campaign's year. */
  of_year?: boolean
  /** Numbers: what they may be counted in besides, and how many of the field's own each is: { 分: 60 } of seconds. */
  counted_in?: Readonly<Record<string, number>>
  mobile?: boolean
  choices?: readonly string[]
  also?: Readonly<Record<string, string>>
  /** Files lie in slots: named by the record that a field refers to, in two lists of its, all of them and those needed. */
  slots_from?: readonly [field: string, all: string, needed: string]
  /** How a choice reads, where it is stored under another name. */
  words?: Readonly<Record<string, string>>
}

export const isBlank = (value: unknown): boolean =>
  value === null ||
  value === undefined ||
  (typeof value === 'string' && value.trim() === '') ||
  (Array.isArray(value) && value.length === 0)

export const isScalar = (cell: unknown): cell is string | number | boolean =>
  typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean'

export const ok = (value: Value): Parsed => ({ value })
export const no = (error: string): Parsed => ({ error })
export const shown = (cell: unknown) => {
  const text = oneLine(String(cell))
  return text.length > 30 ? `${text.slice(0, 30)}…` : text
}
export const pad = (n: number, width = 2) => String(n).padStart(width, '0')

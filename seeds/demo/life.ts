// What happened to a row and when. Days are counted from 2019-06-01, the campaign's first, to the day on which the
// demonstration stands; everything that happened lies in between, on working days, in this order: entered in the
// morning, submitted after lunch, reviewed later in the afternoon.
import type { Row } from '../../server/forms/index.ts'
import type { Draw } from './draw.ts'

export const today_on = '2019-08-19'
export const TODAY_DAYS = 79
const first = Date.UTC(2019, 5, 1)

export type Life = {
  status: string
  created_at: string
  submitted_at: string | null
  reviewed_at: string | null
  deleted_at: string | null
  /** Why it was returned, refused or annulled, and the fields at fault. */
  reason: string | null
  fields: string[] | null
}
export type PlannedRow = {
  fields: Row
  life: Life
  /** What the province wrote when it decided, after the publicity. */
  decided?: Row
}

/** Day 18 → '2019-06-19'. */
export const dateOf = (day: number) => new Date(first + day * 86_400_000).toISOString().slice(0, 10)

/** Day and minute → '2019-06-19T09:05:00', the wall clock in China. */
export function momentOf(day: number, minute: number): string {
  const two = (n: number) => String(n).padStart(2, '0')
  return `${dateOf(day)}T${two(Math.floor(minute / 60))}:${two(minute % 60)}:00`
}

/** Saturday counts as Friday, Sunday as Monday; order is kept. */
export function workingDay(day: number): number {
  const weekday = (day + 6) % 7
  const moved = weekday === 6 ? day - 1 : weekday === 0 ? day + 1 : day
  return Math.min(Math.max(moved, 2), TODAY_DAYS)
}

/** A day on which something was done: the more, the further the campaign got. */
export const growingDay = (draw: Draw, from = 0, to = TODAY_DAYS) =>
  Math.round(from + (to - from) * draw.next() ** (1 / 1.7))

type LifeEvents = {
  /** Days from submission to the last review. */
  wait?: readonly [least: number, most: number]
  reason?: string
  fields?: string[]
  deleted?: boolean
}

/** The life of a row that was ready on `day` and has come to `status`. */
export function live(draw: Draw, status: string, day: number, past: LifeEvents = {}): Life {
  const created = workingDay(Math.min(day + draw.int(0, 2), TODAY_DAYS))
  const submitted = workingDay(Math.min(created + draw.int(0, 2), TODAY_DAYS))
  // Archived is approved two days earlier.
  const [least, most] = past.wait ?? (status === 'archived' ? [4, 8] : [0, 3])
  const reviewed = workingDay(Math.min(submitted + draw.int(least, most), TODAY_DAYS))
  const is_draft = status === 'draft'
  const is_reviewed = !is_draft && status !== 'submitted'
  return {
    status,
    created_at: momentOf(created, draw.int(8 * 60 + 30, 11 * 60 + 40)),
    submitted_at: is_draft ? null : momentOf(submitted, draw.int(13 * 60, 15 * 60)),
    reviewed_at: is_reviewed ? momentOf(reviewed, draw.int(15 * 60 + 5, 16 * 60 + 15)) : null,
    deleted_at: past.deleted ? momentOf(reviewed, draw.int(16 * 60 + 16, 16 * 60 + 20)) : null,
    reason: past.reason ?? null,
    fields: past.fields ?? null,
  }
}

/** What the province wrote when it sent a row back, by form. */
export type ReturnReason = { reason: string; fields: string[] }

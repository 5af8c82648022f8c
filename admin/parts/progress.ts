/** What follows from the progress report: the share of time gone by, who is behind it, what the present speed leads to. */
import {
  type Count,
  type DayProgress,
  type Metric,
  metrics,
  nextDeadline,
  type Progress,
  type UnitProgress,
} from './queries.ts'
import { daysBetween } from './words.ts'

const speedDays = 14

/** The share of the time to the next deadline that has gone by since the campaign began, 0 to 1. */
export function paceOf({ stages, today }: Progress, starts_on: string): number | undefined {
  const deadline = nextDeadline(stages, today)?.ends_on
  if (!deadline || deadline <= starts_on) return undefined
  return Math.max(0, Math.min(1, daysBetween(starts_on, today) / daysBetween(starts_on, deadline)))
}

export const sumOf = (units: readonly UnitProgress[], metric: Metric): Count => ({
  target: units.some((unit) => unit[metric].target !== null)
    ? units.reduce((sum, unit) => sum + (unit[metric].target ?? 0), 0)
    : null,
  done: units.reduce((sum, unit) => sum + unit[metric].done, 0),
  pending: units.reduce((sum, unit) => sum + unit[metric].pending, 0),
})

export type Behind = { unit: UnitProgress; label: string; measure: string; count: Count; short: number }

/** Units behind the pace, with what they lack most, the furthest behind first. */
export function behindPace(units: readonly UnitProgress[], pace: number): Behind[] {
  return units
    .filter((unit) => unit.annex_order !== null)
    .flatMap((unit) => {
      const lacks = metrics.flatMap(({ name, short, measure }) => {
        const of = unit[name]
        if (!of.target) return []
        const missing = Math.ceil(of.target * pace) - of.done - of.pending
        return missing > 0
          ? [{ unit, label: short, measure, count: of, short: missing, share: missing / of.target }]
          : []
      })
      return lacks.sort((a, b) => b.share - a.share).slice(0, 1)
    })
    .sort((a, b) => b.share - a.share)
}

export type Point = { on: string; done: number; expected: number }

/** Running totals by day: what is done, and what it would be with all that is pending. */
export function runningTotals(days: readonly DayProgress[], metric: Metric): Point[] {
  let [done, expected] = [0, 0]
  return days.map((each) => {
    done += each[metric].done
    expected += each[metric].done + each[metric].pending
    return { on: each.on, done, expected }
  })
}

/** Where the speed of the last 14 days leads to by a day. */
export function forecast(points: readonly Point[], today: string, on: string): number {
  const total = points.at(-1)?.expected ?? 0
  const since = points.filter((point) => daysBetween(point.on, today) >= speedDays).at(-1)?.expected ?? 0
  return Math.round(total + ((total - since) / speedDays) * Math.max(0, daysBetween(today, on)))
}

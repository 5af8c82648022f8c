/** What follows from the progress report: when a task is due, the share of its time gone by, where its speed leads to. */
import { type Count, countOf, isShared } from '../../server/forms/index.ts'
import type { DayProgress, MetricHead, ProgressReport, Stage, UnitProgress } from '../../server/papers/progress.ts'
import type { Forms } from '../forms.ts'
import { daysBetween } from './words.ts'

const SPEED_DAYS = 14
/** Of fewer days nobody can tell a speed. */
const MIN_DAYS = 5

/**
 * The stage by whose end a task is to be done: the first that locks its form, else the last deadline of the campaign. It
 * stays what it is once it is over: time gone by does not come back.
 */
export function dueOf(forms: Forms, { stages, metrics }: ProgressReport, metric: string): Stage | undefined {
  const form = forms[metrics.find(({ name }) => name === metric)?.form ?? '']
  const inOrder = [...stages].sort((a, b) => (a.ends_on < b.ends_on ? -1 : 1))
  return (
    inOrder.find(({ locks }) => form && locks.includes(form.name)) ?? inOrder.findLast(({ is_deadline }) => is_deadline)
  )
}

/** The share of the time for a task that has gone by since the campaign began, 0 to 1. */
export function paceOf(forms: Forms, progress: ProgressReport, starts_on: string, metric: string): number | undefined {
  const due = dueOf(forms, progress, metric)?.ends_on
  if (!due || due <= starts_on) return undefined
  return Math.max(0, Math.min(1, daysBetween(starts_on, progress.today) / daysBetween(starts_on, due)))
}

export type Paces = Record<string, number | undefined>

export const pacesOf = (forms: Forms, progress: ProgressReport, starts_on: string): Paces =>
  Object.fromEntries(progress.metrics.map(({ name }) => [name, paceOf(forms, progress, starts_on, name)]))

/** The metrics of which units have a quota each, and those that are for all of them together, or for nobody. */
export function divided({ metrics, units }: Pick<ProgressReport, 'metrics' | 'units'>) {
  const tasks = metrics.filter(({ name }) => isShared(units, name))
  return { tasks, others: metrics.filter((metric) => !tasks.includes(metric)) }
}

export type DividedMetrics = ReturnType<typeof divided>

/** What one of it is called, where numbers are not shown in ten thousands. */
export const oneOf = ({ measure }: Pick<MetricHead, 'measure'>) => measure.replace(/^万/, '')

type Behind = { unit: UnitProgress; metric: MetricHead; count: Count; short: number }

/** Units behind the pace of a task, with what they lack most, the furthest behind first. */
export function behindPace({ metrics, units }: ProgressReport, paces: Paces): Behind[] {
  return units
    .filter((unit) => unit.annex_order !== null)
    .flatMap((unit) => {
      const lacks = metrics.flatMap((metric) => {
        const count = countOf(unit, metric.name)
        const pace = paces[metric.name]
        if (!count.target || pace === undefined) return []
        const missing = Math.ceil(count.target * pace) - count.done - count.pending
        return missing > 0 ? [{ unit, metric, count, short: missing, share: missing / count.target }] : []
      })
      return lacks.sort((a, b) => b.share - a.share).slice(0, 1)
    })
    .sort((a, b) => b.share - a.share)
}

export type Point = { on: string; done: number; expected: number }

/** Running totals by day: what is done, and what it would be with all that is pending. */
export function runningTotals(days: readonly DayProgress[], metric: string): Point[] {
  let [done, expected] = [0, 0]
  return days.map((each) => {
    const amount = countOf(each, metric)
    done += amount.done
    expected += amount.done + amount.pending
    return { on: each.on, done, expected }
  })
}

/** Where the speed of the last days leads to by a day; undefined where there were too few to tell. */
export function forecast(points: readonly Point[], from: string, today: string, on: string) {
  const days = Math.min(SPEED_DAYS, daysBetween(from, today))
  if (days < MIN_DAYS) return undefined
  const total = points.at(-1)?.expected ?? 0
  const since = points.findLast((point) => daysBetween(point.on, today) >= days)?.expected ?? 0
  return { days, total: Math.round(total + ((total - since) / days) * Math.max(0, daysBetween(today, on))) }
}

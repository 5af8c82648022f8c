/** Progress by day against the target, with the deadline and the stages on one calendar. Drawn, not a library. */
import type { ProgressReport, Stage } from '../../server/papers/progress.ts'
import css from './Chart.module.css'
import { classes } from './classes.ts'
import { forecast, type Point } from './progress.ts'
import { count, daysBetween, shortDay } from './words.ts'

const LEFT_PX = 40
const RIGHT_PX = 372
const TOP_PX = 22
const FLOOR_PX = 178

/** A step between grid lines: 1, 2 or 5 times a power of ten, about four of them. */
function stepFor(most: number): number {
  const rough = most / 4
  const power = 10 ** Math.floor(Math.log10(Math.max(1, rough)))
  return [1, 2, 5, 10].map((times) => times * power).find((step) => step >= rough) ?? power * 10
}

const axis = (value: number) => (value >= 100_000 ? `${count(value / 10_000)}万` : count(value))

export function Chart({
  points,
  target,
  due,
  progress,
  from,
  to,
  measure,
  label,
}: {
  points: readonly Point[]
  target: number | null
  /** The stage by whose end the target is to be reached. */
  due: Stage | undefined
  progress: ProgressReport
  from: string
  to: string
  measure: string
  label: string
}) {
  const { today } = progress
  const days = Math.max(1, daysBetween(from, to))
  const last = points.at(-1)
  const most = Math.max(1, target ?? 0, last?.expected ?? 0) * 1.06
  const x = (on: string) => LEFT_PX + ((RIGHT_PX - LEFT_PX) * Math.max(0, Math.min(days, daysBetween(from, on)))) / days
  const y = (value: number) => FLOOR_PX - ((FLOOR_PX - TOP_PX) * value) / most
  const line = (part: 'done' | 'expected') =>
    [
      `M${x(from)} ${FLOOR_PX}`,
      ...points.map((point) => `L${x(point.on).toFixed(1)} ${y(point[part]).toFixed(1)}`),
    ].join('') + (last ? `L${x(today).toFixed(1)} ${y(last[part]).toFixed(1)}` : '')
  const step = stepFor(most)
  const steps = Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step).filter(
    (value) => !target || Math.abs(value - target) > step / 3,
  )
  // Near the left edge and past the deadline the word stands behind its point.
  const isBehind = x(today) < LEFT_PX + 70 || (due !== undefined && due.ends_on < today && x(today) < RIGHT_PX - 70)
  return (
    <>
      <svg className={css.chart} viewBox="0 0 384 218" role="img" aria-label={`${label}按日进度`}>
        {steps.map((value) => (
          <g key={value} className={css.scale}>
            <path d={`M${LEFT_PX} ${y(value)}H${RIGHT_PX}`} />
            <text x={LEFT_PX - 6} y={y(value) + 4} textAnchor="end">
              {axis(value)}
            </text>
          </g>
        ))}
        {target !== null && (
          <g>
            <path className={css.target} d={`M${LEFT_PX} ${y(target)}H${RIGHT_PX}`} />
            <text className={css.targetWord} x={LEFT_PX - 6} y={y(target) + 4} textAnchor="end">
              {axis(target)}
            </text>
            {due && <path className={css.pace} d={`M${LEFT_PX} ${FLOOR_PX}L${x(due.ends_on)} ${y(target)}`} />}
          </g>
        )}
        {last && (
          <g>
            <path className={css.area} d={`${line('done')}V${FLOOR_PX}Z`} />
            <path className={css.expected} d={line('expected')} />
            <path className={css.made} d={line('done')} />
            <circle className={css.now} cx={x(today)} cy={y(last.done)} r={3} />
            <text
              className={css.nowWord}
              x={x(today) + (isBehind ? 6 : -6)}
              y={Math.max(TOP_PX, y(last.done) - 8)}
              textAnchor={isBehind ? 'start' : 'end'}
            >
              通过 {axis(last.done)}
            </text>
          </g>
        )}
        {due && (
          <g>
            <path className={css.deadline} d={`M${x(due.ends_on)} 12V${FLOOR_PX}`} />
            <text className={css.targetWord} x={x(due.ends_on) + 4} y={target === null ? 24 : y(target) + 16}>
              {shortDay(due.ends_on)} {due.name}
            </text>
          </g>
        )}
        <Calendar from={from} to={to} x={x} progress={progress} />
      </svg>
      {due && target !== null && last && <Outlook {...{ points, target, due, from, today, measure }} />}
    </>
  )
}

type OutlookProps = {
  points: readonly Point[]
  target: number
  due: Stage
  from: string
  today: string
  measure: string
}

/** What can still come of it: before the deadline where the speed leads to, after it what is missing for good. */
function Outlook({ points, target, due, from, today, measure }: OutlookProps) {
  const { done, expected } = points.at(-1) ?? { done: 0, expected: 0 }
  const on = shortDay(due.ends_on)
  const lacks = (missing: number) => (
    <>
      差 <b className={css.lacking}>{count(missing)}</b> {measure}
    </>
  )
  if (done >= target) return <p className={css.forecast}>任务已完成。</p>
  if (due.ends_on < today)
    return (
      <p className={css.forecast}>
        {on} 已截止，{lacks(target - done)}
        {expected > done &&
          `；待审的全部通过后${expected >= target ? '完成任务' : `还差 ${count(target - expected)} ${measure}`}`}
        。
      </p>
    )
  const ahead = forecast(points, from, today, due.ends_on)
  if (!ahead) return null
  return (
    <p className={css.forecast}>
      按近 {ahead.days} 天的速度（含待审），{on} 约达 <b>{count(ahead.total)}</b> {measure}，
      {ahead.total < target ? lacks(target - ahead.total) : '能完成任务'}。
    </p>
  )
}

/** Months below the axis, and the stages as a band: those gone by are dark. */
function Calendar({
  from,
  to,
  x,
  progress,
}: {
  from: string
  to: string
  x: (on: string) => number
  progress: ProgressReport
}) {
  const first = Number(from.slice(0, 4)) * 12 + Number(from.slice(5, 7)) - 1
  const months = Math.min(14, Number(to.slice(0, 4)) * 12 + Number(to.slice(5, 7)) - first)
  const bands = progress.stages.filter(
    (stage) => stage.ends_on >= from && daysBetween(stage.starts_on, stage.ends_on) > 7,
  )
  return (
    <g className={css.calendar}>
      <path d={`M${LEFT_PX} ${FLOOR_PX}H${RIGHT_PX}`} />
      {Array.from({ length: months }, (_, n) => {
        const month = first + n
        const on = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}-01`
        return (
          <g key={on}>
            <path d={`M${x(on)} ${FLOOR_PX}v4`} />
            <text x={x(on) + 4} y={FLOOR_PX + 14}>
              {(month % 12) + 1}月
            </text>
          </g>
        )
      })}
      {bands.map((stage) => (
        <g key={stage.name}>
          <rect
            className={stage.starts_on <= progress.today ? classes(css.band, css.begun) : css.band}
            x={x(stage.starts_on)}
            y={FLOOR_PX + 20}
            width={Math.max(1, x(stage.ends_on) - x(stage.starts_on) - 1)}
            height={4}
          />
          <text className={css.bandWord} x={x(stage.starts_on)} y={FLOOR_PX + 35}>
            {stage.name.replace('专家', '')}
          </text>
        </g>
      ))}
    </g>
  )
}

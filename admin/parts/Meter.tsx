/** A bar against its target: done solid, pending hatched, the target a red line at 87 % so that more can be shown. */
import type { Count } from '../../server/forms/index.ts'
import { classes } from './classes.ts'
import css from './Meter.module.css'
import { count } from './words.ts'

/** 100 % of the target lies here on the track, in percent; the rules beside this say the same. */
const FULL = 87

const widthOf = (part: number, target: number) => Math.min(100, (part / target) * FULL)

/**
 * `pace` is the share of the time that has gone by, 0 to 1; `chosen` the part of the pending rows that is selected; `tall`
 * makes the lines of meters below each other one.
 */
export function Meter({
  of,
  pace,
  chosen = 0,
  tall = false,
  className,
}: {
  of: Count
  pace?: number
  chosen?: number
  tall?: boolean
  className?: string
}) {
  const { target, done, pending } = of
  const look = classes(css.meter, tall && css.tall, !target && css.empty, className)
  if (!target) return <div className={look} />
  const from = widthOf(done, target)
  const picked = widthOf(done + chosen, target)
  const to = widthOf(done + pending, target)
  return (
    <div className={look} role="img" aria-label={`完成 ${count(done)}，待审 ${count(pending)}，任务 ${count(target)}`}>
      <i className={css.done} style={{ width: `${from}%` }} />
      {picked > from && (
        <u className={classes(css.pending, css.chosen)} style={{ left: `${from}%`, width: `${picked - from}%` }} />
      )}
      {to > picked && <u className={css.pending} style={{ left: `${picked}%`, width: `${to - picked}%` }} />}
      {pace !== undefined && <em className={css.pace} style={{ left: `${Math.min(1, pace) * FULL}%` }} />}
      <s className={css.target} />
    </div>
  )
}

/** `paces`: those of the bars beside it. One number is said where it is the same for all of them. */
export function Legend({ paces = [] }: { paces?: readonly (number | undefined)[] }) {
  const said = new Set(paces.flatMap((pace) => (pace === undefined ? [] : [Math.round(pace * 100)])))
  return (
    <>
      <span className={css.legend}>
        <i className={css.doneKey} />
        通过
      </span>
      <span className={css.legend}>
        <i className={css.hatched} />
        待审
      </span>
      <span className={css.legend}>
        <i className={css.targetKey} />
        任务
      </span>
      {said.size > 0 && (
        <span className={css.legend}>
          <i className={css.paceKey} />
          时序{said.size === 1 && ` ${[...said].join()}%`}
        </span>
      )}
    </>
  )
}

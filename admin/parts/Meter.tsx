/** A bar against its target: done solid, pending hatched, the target a red line at 87 % so that more can be shown. */
import type { Count } from './queries.ts'
import { count } from './words.ts'

/** 100 % of the target lies here on the track. */
const full = 87

const widthOf = (part: number, target: number) => Math.min(100, (part / target) * full)

/** `pace` is the share of the time that has gone by, 0 to 1; `chosen` the part of the pending rows that is selected. */
export function Meter({
  of,
  pace,
  chosen = 0,
  className = '',
}: {
  of: Count
  pace?: number
  chosen?: number
  className?: string
}) {
  const { target, done, pending } = of
  if (!target) return <div className={`meter ${className}`} style={{ background: 'none' }} />
  const from = widthOf(done, target)
  const picked = widthOf(done + chosen, target)
  const to = widthOf(done + pending, target)
  return (
    <div
      className={`meter ${className}`}
      role="img"
      aria-label={`完成 ${count(done)}，待审 ${count(pending)}，任务 ${count(target)}`}
    >
      <i style={{ width: `${from}%` }} />
      {picked > from && <u className="chosen" style={{ left: `${from}%`, width: `${picked - from}%` }} />}
      {to > picked && <u style={{ left: `${picked}%`, width: `${to - picked}%` }} />}
      {pace !== undefined && <em style={{ left: `${Math.min(1, pace) * full}%` }} />}
      <s />
    </div>
  )
}

/** `paces`: those of the bars beside it. One number is said where it is the same for all of them. */
export function Legend({ paces = [] }: { paces?: readonly (number | undefined)[] }) {
  const said = new Set(paces.flatMap((pace) => (pace === undefined ? [] : [Math.round(pace * 100)])))
  return (
    <>
      <span className="legend">
        <i className="done" />
        通过
      </span>
      <span className="legend">
        <i className="hatched" />
        待审
      </span>
      <span className="legend">
        <i className="target" />
        任务
      </span>
      {said.size > 0 && (
        <span className="legend">
          <i className="pace" />
          时序{said.size === 1 && ` ${[...said].join()}%`}
        </span>
      )}
    </>
  )
}

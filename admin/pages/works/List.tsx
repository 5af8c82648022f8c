/** The works at the left: mean score, title and number, votes; one is chosen. */

import { classes } from '../../parts/classes.ts'
import { Mark, toneOf } from '../../parts/states.tsx'
import { count } from '../../parts/words.ts'
import { useInSight } from './moving.ts'
import type { WorkRow } from './queries.ts'
import { stateWord } from './stages.ts'
import css from './works.module.css'

export type Order = 'score' | 'votes' | 'number'

export const orders: readonly (readonly [Order, string])[] = [
  ['score', '均分'],
  ['votes', '票数'],
  ['number', '编号'],
]

/** Works without the figure stand last; equals in the order of their numbers. */
export function sorted(works: readonly WorkRow[], order: Order): WorkRow[] {
  if (order === 'number') return [...works]
  return works.toSorted((a, b) => (b[order] ?? -1) - (a[order] ?? -1))
}

export function List({
  works,
  chosen,
  withStates,
  onChoose,
}: {
  works: readonly WorkRow[]
  chosen: number | undefined
  withStates: boolean
  onChoose: (id: number) => void
}) {
  const list = useInSight(chosen)
  const withMeans = works.some((work) => work.score !== null)
  return (
    <ul className={css.list} ref={list}>
      {works.map((work) => (
        <li key={work.id}>
          <button type="button" aria-current={work.id === chosen || undefined} onClick={() => onChoose(work.id)}>
            {withMeans && (
              <span className={css.mean}>
                <span className="unseen">均分</span>
                {work.score === null ? '—' : work.score.toFixed(1)}
              </span>
            )}
            <span className={css.workWords}>
              <span>
                <b className={classes(css.name, 'cut', 'fill')} title={work.title}>
                  {work.title}
                </b>
                {withStates && <Mark tone={toneOf(work.status)}>{stateWord(work.status)}</Mark>}
              </span>
              <span>
                <span className="muted fill">{work.number}</span>
                <span>{work.votes === null ? '—' : `${count(work.votes)} 票`}</span>
              </span>
            </span>
          </button>
        </li>
      ))}
    </ul>
  )
}

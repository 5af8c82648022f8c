/** What a unit has to do and has done, metric by metric, on its 首页. */

import { type Count, countOf } from '../../server/forms/index.ts'
import { useForms } from '../forms.ts'
import { useWords } from '../identity.ts'
import type { Me } from '../me.ts'
import { NoMetrics, Rows } from '../parts/Board.tsx'
import { classes } from '../parts/classes.ts'
import { Section } from '../parts/controls.tsx'
import { doneStates, rowsAt } from '../parts/links.ts'
import { Legend, Meter } from '../parts/Meter.tsx'
import { oneOf } from '../parts/progress.ts'
import type { MetricHead, ProgressReport } from '../parts/queries.ts'
import { RowsLink } from '../parts/RowsLink.tsx'
import { Mark } from '../parts/states.tsx'
import { amount, count } from '../parts/words.ts'
import css from './HomeUnit.module.css'

/** What is still to be done, in words. */
function gapOf(
  { target, done, pending }: { target: number | null; done: number; pending: number },
  measure: string,
): string {
  if (target === null) return ''
  const gap = target - done
  if (gap <= 0) return '任务已完成'
  if (pending >= gap) return `差 ${count(gap)} ${measure}，已在待审`
  return pending > 0 ? `待审全部通过后还差 ${count(gap - pending)} ${measure}` : `还差 ${count(gap)} ${measure}`
}

export function UnitGaps({ me, progress }: { me: Me; progress: ProgressReport }) {
  const words = useWords()
  const mine = progress.units.find((unit) => unit.unit_id === me.unit_id)
  const of = (metric: MetricHead) => countOf(mine ?? {}, metric.name)
  const tasks = progress.metrics.filter((metric) => of(metric).target !== null)
  const others = progress.metrics.filter((metric) => !tasks.includes(metric))
  return (
    <Section
      title={mine?.annex_order ? `本${words.unit_called}任务` : '本单位完成情况'}
      note="只有通过的才算完成"
      aside={tasks.length > 0 && <Legend />}
    >
      {progress.metrics.length === 0 && <NoMetrics />}
      <ul className={css.gaps}>
        {tasks.map((metric) => (
          <Gap key={metric.name} metric={metric} of={of(metric)} />
        ))}
      </ul>
      <ul className={css.figures}>
        {others.map((metric) => (
          <li key={metric.name}>
            {metric.label}{' '}
            <Rows metric={metric}>
              <b>{amount(of(metric).done, metric)}</b>
            </Rows>{' '}
            {metric.measure}
            {of(metric).pending > 0 && (
              <span className={classes('muted', css.also)}>
                待审的通过后 +{amount(of(metric).pending, metric)} {metric.measure}
              </span>
            )}
          </li>
        ))}
        <Others me={me} progress={progress} />
      </ul>
    </Section>
  )
}

function Gap({ metric, of }: { metric: MetricHead; of: Count }) {
  return (
    <li>
      <span>{metric.label}</span>
      <span className={css.value}>
        <Rows metric={metric}>
          <b>{amount(of.done, metric)}</b>
        </Rows>
        {` / ${amount(of.target, metric)}`} {metric.measure}
      </span>
      <Meter of={of} className={css.meter} />
      <span>
        {of.pending > 0 && (
          <Rows metric={metric} states={['submitted']}>
            <Mark tone="sent">待审 {amount(of.pending, metric)}</Mark>
          </Rows>
        )}
      </span>
      <span className="muted">{gapOf(of, oneOf(metric))}</span>
    </li>
  )
}

/** What is told beside the metrics, of the registers that are in force: who signed in, which works came. */
function Others({ me, progress: { province } }: { me: Me; progress: ProgressReport }) {
  const forms = useForms()
  // who hosts a collection sees the works of others, too
  const own = { id: me.unit_id ?? 0, name: me.unit_short_name ?? '' }
  return (
    <>
      {forms.attendance && (
        <li>
          签到 {count(province.visitors)} 人、
          <RowsLink to={rowsAt('attendance', { status: doneStates })}>
            <b>{count(province.visits)}</b>
          </RowsLink>{' '}
          人次
        </li>
      )}
      {forms.submissions && (
        <li>
          已报作品{' '}
          <RowsLink to={rowsAt('submissions', { statusNot: ['draft', 'returned', 'void'], unit: own })}>
            <b>{count(province.works)}</b>
          </RowsLink>{' '}
          件
        </li>
      )}
    </>
  )
}

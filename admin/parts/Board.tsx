/** Every unit in annex 1's order, a bar a task; the target marks make one red line. */

import type { ReactNode } from 'react'
import { LinkBase as Link } from 'react-admin'
import { type Count, countOf, inTenThousands } from '../../server/forms/index.ts'
import { rightsOf, useMe } from '../me.ts'
import css from './Board.module.css'
import { classes } from './classes.ts'
import { rowsOf } from './links.ts'
import { Meter } from './Meter.tsx'
import { type DividedMetrics, divided, type Paces } from './progress.ts'
import type { MetricHead, ProgressReport, UnitProgress } from './queries.ts'
import { RowsLink } from './RowsLink.tsx'
import { amount } from './words.ts'

/** A number that opens the rows behind it. */
export function Rows({
  metric,
  unit,
  states,
  children,
}: {
  metric: MetricHead
  unit?: UnitProgress
  /** Else those in which rows count. */
  states?: string[]
  children: ReactNode
}) {
  return (
    <RowsLink to={rowsOf(metric, unit && { id: unit.unit_id, name: unit.unit }, states)} data-counts={metric.name}>
      {children}
    </RowsLink>
  )
}

/** What a column of a metric is called where there is little room. */
const headOf = (metric: MetricHead) => `${metric.short ?? metric.label}${inTenThousands(metric) ? '/万' : ''}`

/** A cell of each metric of which units have no quota: of one unit, or of all of them. */
export function Reached({ metrics, of, unit }: { metrics: readonly MetricHead[]; of: object; unit?: UnitProgress }) {
  return metrics.map((metric) => (
    <td key={metric.name} className={classes('number', css.number)}>
      <Rows metric={metric} unit={unit}>
        {amount(countOf(of, metric.name).done, metric)}
      </Rows>
    </td>
  ))
}

/** A campaign that counts nothing says so. */
export function NoMetrics() {
  const me = useMe()
  return (
    <p className={css.nothing}>
      这个年度还没有任务指标。
      {me && rightsOf(me, 'metrics').create && <Link to="/metrics">去设任务指标</Link>}
    </p>
  )
}

type CellsProps = { of: Count; metric: MetricHead; unit?: UnitProgress; pace?: number }

function Cells({ of, metric, unit, pace }: CellsProps) {
  const isFull = of.target !== null && of.done >= of.target
  return (
    <>
      <td className={classes(css.number, css.made)}>
        <Rows metric={metric} unit={unit}>
          {amount(of.done, metric)}
        </Rows>
      </td>
      <td className={classes(css.number, css.waits)}>
        {of.pending > 0 && (
          <Rows metric={metric} unit={unit} states={['submitted']}>
            +{amount(of.pending, metric)}
          </Rows>
        )}
      </td>
      <td className={css.bar}>
        <Meter tall of={of} pace={pace} />
      </td>
      <td className={isFull ? classes(css.wanted, css.reached) : css.wanted}>
        {of.target === null ? '' : amount(of.target, metric)}
      </td>
    </>
  )
}

type LineProps = { unit: UnitProgress; paces: Paces; columns: DividedMetrics }

function Line({ unit, paces, columns: { tasks, others } }: LineProps) {
  return (
    <tr>
      <td className={css.no}>{unit.annex_order}</td>
      <th scope="row">{unit.unit}</th>
      {tasks.map((metric) => (
        <Cells
          key={metric.name}
          of={countOf(unit, metric.name)}
          metric={metric}
          unit={unit}
          pace={paces[metric.name]}
        />
      ))}
      <Reached metrics={others} of={unit} unit={unit} />
    </tr>
  )
}

/** The units that are shown: those of annex 1, and after them the others that have rows. */
export const shownUnits = ({ units, metrics }: Pick<ProgressReport, 'units' | 'metrics'>) =>
  units.filter((unit) => {
    const counts = metrics.map(({ name }) => countOf(unit, name))
    return unit.annex_order !== null || counts.some(({ done, pending }) => done + pending > 0)
  })

/** Beyond these the board scrolls sideways instead of squeezing its bars. */
const MAX_SQUEEZED_METRICS = 5
const TASK_WIDTH_PX = 180
const NUMBER_WIDTH_PX = 66

/** 合计 is that of all units, as the figures above the board are. */
export function Board({ progress, paces }: { progress: ProgressReport; paces: Paces }) {
  const columns = divided(progress)
  const { tasks, others } = columns
  const shown = shownUnits(progress)
  if (progress.metrics.length === 0) return <NoMetrics />
  const room = 100 + TASK_WIDTH_PX * tasks.length + NUMBER_WIDTH_PX * others.length
  const width = progress.metrics.length > MAX_SQUEEZED_METRICS ? room : undefined
  return (
    <div className={css.scrolls}>
      <table className={css.board} style={{ minWidth: width }}>
        <colgroup>
          <col style={{ width: 30 }} />
          <col style={{ width: 58 }} />
          {tasks.map(({ name }) => [
            <col
              key={`${name} done`}
              style={{ width: Number(countOf(progress.province, name).target) >= 1000 ? 44 : 36 }}
            />,
            <col key={`${name} pending`} style={{ width: 36 }} />,
            <col key={`${name} bar`} />,
            <col key={`${name} target`} style={{ width: 42 }} />,
          ])}
          {others.map(({ name }) => (
            <col key={name} style={{ width: tasks.length > 0 ? NUMBER_WIDTH_PX : undefined }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            <th />
            <th scope="col">单位</th>
            {tasks.map((metric) => (
              <th key={metric.name} scope="colgroup" colSpan={4} className={css.spread}>
                {headOf(metric)}
              </th>
            ))}
            {others.map((metric) => (
              <th key={metric.name} scope="col" className={css.number}>
                {headOf(metric)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((unit) => (
            <Line key={unit.unit_id} unit={unit} paces={paces} columns={columns} />
          ))}
        </tbody>
        <tfoot>
          {shown.length > 1 && (
            <tr className={css.sum}>
              <td />
              <th scope="row">合计</th>
              {tasks.map((metric) => (
                <Cells
                  key={metric.name}
                  of={countOf(progress.province, metric.name)}
                  metric={metric}
                  pace={paces[metric.name]}
                />
              ))}
              <Reached metrics={others} of={progress.province} />
            </tr>
          )}
        </tfoot>
      </table>
    </div>
  )
}

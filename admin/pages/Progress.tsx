/** 任务完成情况: annex 1's shape, widened: target, done and share of each; every number that is a link opens the rows it counts. */
import { useState } from 'react'
import { type Count, countOf, inTenThousands } from '../../server/forms/index.ts'
import { useCampaign, useMe } from '../me.ts'
import { NoMetrics, Reached, Rows, shownUnits } from '../parts/Board.tsx'
import { classes } from '../parts/classes.ts'
import { Body, Button, Lines, Page, PageHead, Select } from '../parts/controls.tsx'
import { download } from '../parts/links.ts'
import { type DividedMetrics, divided } from '../parts/progress.ts'
import {
  type MetricHead,
  type ProgressReport,
  type UnitProgress,
  useLiveReports,
  useProgress,
  useProgressOf,
} from '../parts/queries.ts'
import { amount, percent } from '../parts/words.ts'
import css from './Progress.module.css'

/** Another year beside this one: what the same unit had done of the same metric. */
type Beside = { year: number; progress: ProgressReport }

type CellsProps = { of: Count; metric: MetricHead; unit?: UnitProgress; beside: Beside | undefined }

const doneBeside = ({ progress }: Beside, metric: MetricHead, unit?: UnitProgress) => {
  const known = progress.metrics.some(({ name, measure }) => name === metric.name && measure === metric.measure)
  const of = unit ? progress.units.find(({ unit_id }) => unit_id === unit.unit_id) : progress.province
  return known && of ? amount(countOf(of, metric.name).done, metric) : '—'
}

function Cells({ of, metric, unit, beside }: CellsProps) {
  return (
    <>
      {beside && <td className="number muted">{doneBeside(beside, metric, unit)}</td>}
      <td className="number soft">{amount(of.target, metric)}</td>
      <td className="number">
        <Rows metric={metric} unit={unit}>
          <b>{amount(of.done, metric)}</b>
        </Rows>
        {of.pending > 0 && (
          <Rows metric={metric} unit={unit} states={['submitted']}>
            <span className={css.pending}> +{amount(of.pending, metric)}</span>
          </Rows>
        )}
      </td>
      <td className={of.target && of.done >= of.target ? classes('number', css.reached) : 'number'}>
        {percent(of.done, of.target)}
      </td>
    </>
  )
}

/** What a unit, or all of them, have done: `unit` is none for all. */
function Counts({
  of,
  unit,
  columns: { tasks, others },
  beside,
}: {
  of: object
  unit?: UnitProgress
  columns: DividedMetrics
  beside: Beside | undefined
}) {
  return (
    <>
      {tasks.map((metric) => (
        <Cells key={metric.name} of={countOf(of, metric.name)} metric={metric} unit={unit} beside={beside} />
      ))}
      <Reached metrics={others} of={of} unit={unit} />
    </>
  )
}

export default function ProgressPage() {
  const me = useMe()
  return me ? <Table /> : null
}

function Table() {
  const { data } = useProgress()
  const campaign = useCampaign()
  useLiveReports()
  const { beside, chooser } = useBeside()
  return (
    <Page scrolls>
      <PageHead title="任务完成情况" note={`截至 ${data?.today ?? '—'}，只计已通过的记录，+ 后是待审`}>
        {chooser}
        <Button
          icon="download"
          onClick={() => download('/annexes/progress.xlsx', campaign && { campaign_id: campaign.id })}
        >
          导出汇总表
        </Button>
      </PageHead>
      <Body>{data && (data.metrics.length === 0 ? <NoMetrics /> : <Units progress={data} beside={beside} />)}</Body>
    </Page>
  )
}

/** Another year that may be looked at, chosen beside the figures of this one. */
function useBeside() {
  const me = useMe()
  const campaign = useCampaign()
  const [id, setId] = useState<number | null>(null)
  const others = me?.campaigns.filter((each) => each.id !== campaign?.id) ?? []
  const other = others.find((each) => each.id === id)
  const { data } = useProgressOf(other?.id)
  const beside: Beside | undefined = other && data && { year: other.year, progress: data }
  const chooser = others.length > 0 && (
    <Select
      small
      className={css.beside}
      aria-label="对照年度"
      value={other?.id ?? ''}
      onChange={({ target }) => setId(Number(target.value) || null)}
    >
      <option value="">不对照</option>
      {others.map(({ id: each, year }) => (
        <option key={each} value={each}>
          对照 {year} 年度
        </option>
      ))}
    </Select>
  )
  return { beside, chooser }
}

function Units({ progress, beside }: { progress: ProgressReport; beside: Beside | undefined }) {
  const columns = divided(progress)
  const shown = shownUnits(progress)
  return (
    <Lines sticky className={css.ruled}>
      <thead>
        <tr>
          <th rowSpan={2}>序号</th>
          <th rowSpan={2}>单位</th>
          {columns.tasks.map(({ name, label }) => (
            <th key={name} colSpan={beside ? 4 : 3} className={css.over}>
              {label}
            </th>
          ))}
          {columns.others.map((metric) => (
            <th key={metric.name} rowSpan={2} className="number">
              {metric.label}
              {inTenThousands(metric) && '/万'}
            </th>
          ))}
        </tr>
        <tr>
          {columns.tasks.map(({ name }) => [
            beside && (
              <th key={`${name} beside`} className="number">
                {beside.year} 完成
              </th>
            ),
            <th key={`${name} target`} className="number">
              任务
            </th>,
            <th key={`${name} done`} className="number">
              完成
            </th>,
            <th key={`${name} share`} className="number">
              %
            </th>,
          ])}
        </tr>
      </thead>
      <tbody>
        {shown.map((unit) => (
          <tr key={unit.unit_id}>
            <td className="muted">{unit.annex_order}</td>
            <th scope="row">{unit.unit}</th>
            <Counts of={unit} unit={unit} columns={columns} beside={beside} />
          </tr>
        ))}
        {shown.length > 1 && (
          <tr className={css.sum}>
            <td />
            <th scope="row">合计</th>
            <Counts of={progress.province} columns={columns} beside={beside} />
          </tr>
        )}
      </tbody>
    </Lines>
  )
}

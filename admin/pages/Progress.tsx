/** 任务完成情况: annex 1's shape, widened: target, done and share of each; every number that is a link opens the rows it counts. */
import { useCampaign, useMe } from '../me.ts'
import { Reached, Rows, shownUnits } from '../parts/Board.tsx'
import { classes } from '../parts/classes.ts'
import { Body, Button, Lines, Page, PageHead } from '../parts/controls.tsx'
import { download } from '../parts/links.ts'
import { sumOf } from '../parts/progress.ts'
import { type Count, type Metric, metrics, type UnitProgress, useLiveReports, useProgress } from '../parts/queries.ts'
import { count, percent } from '../parts/words.ts'
import css from './Progress.module.css'

const heads: Partial<Record<Metric, string>> = {
  organizations: '组织动员工会组织',
  propagandists: '发展宣传员',
  events: '线下活动数',
}
const withTargets = metrics.slice(0, 3)

function Cells({ of, metric, unit }: { of: Count; metric: Metric; unit?: UnitProgress }) {
  return (
    <>
      <td className="number soft">{count(of.target)}</td>
      <td className="number">
        <Rows metric={metric} unit={unit}>
          <b>{count(of.done)}</b>
        </Rows>
        {of.pending > 0 && (
          <Rows metric={metric} unit={unit} states={['submitted']}>
            <span className={css.pending}> +{count(of.pending)}</span>
          </Rows>
        )}
      </td>
      <td className={of.target && of.done >= of.target ? classes('number', css.reached) : 'number'}>
        {percent(of.done, of.target)}
      </td>
    </>
  )
}

function Line({ unit }: { unit: UnitProgress }) {
  return (
    <tr>
      <td className="muted">{unit.annex_order}</td>
      <th scope="row">{unit.unit}</th>
      {withTargets.map(({ name }) => (
        <Cells key={name} of={unit[name]} metric={name} unit={unit} />
      ))}
      <Reached units={[unit]} unit={unit} />
    </tr>
  )
}

function Sum({ units }: { units: readonly UnitProgress[] }) {
  return (
    <tr className={css.sum}>
      <td />
      <th scope="row">合计</th>
      {withTargets.map(({ name }) => (
        <Cells key={name} of={sumOf(units, name)} metric={name} />
      ))}
      <Reached units={units} />
    </tr>
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
  const units = data?.units ?? []
  const shown = shownUnits(units)
  return (
    <Page scrolls>
      <PageHead title="任务完成情况" note={`截至 ${data?.today ?? '—'}，只计已通过的记录，+ 后是待审`}>
        <Button
          icon="download"
          onClick={() => download('/annexes/progress.xlsx', campaign && { campaign_id: campaign.id })}
        >
          导出汇总表
        </Button>
      </PageHead>
      <Body>
        <Lines sticky className={css.ruled}>
          <thead>
            <tr>
              <th rowSpan={2}>序号</th>
              <th rowSpan={2}>单位</th>
              {withTargets.map(({ name }) => (
                <th key={name} colSpan={3} className={css.over}>
                  {heads[name]}
                </th>
              ))}
              <th rowSpan={2} className="number">
                面对面人数
              </th>
              <th rowSpan={2} className="number">
                影响人数/万
              </th>
            </tr>
            <tr>
              {withTargets.map(({ name }) => [
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
              <Line key={unit.unit_id} unit={unit} />
            ))}
            {shown.length > 1 && <Sum units={units} />}
          </tbody>
        </Lines>
      </Body>
    </Page>
  )
}

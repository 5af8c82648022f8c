/** 首页 of the province and its internet office: one screen of five targets, the board, the calendar, what waits. */

import { useState } from 'react'
import { LinkBase as Link } from 'react-admin'
import { type Count, countOf, inTenThousands } from '../../server/forms/index.ts'
import { useForms } from '../forms.ts'
import { useWords } from '../identity.ts'
import { type Me, useCampaign } from '../me.ts'
import { Board, Rows } from '../parts/Board.tsx'
import { Chart } from '../parts/Chart.tsx'
import { classes } from '../parts/classes.ts'
import { Body, Button, ButtonLink, Page, PageHead, Section, Segments } from '../parts/controls.tsx'
import { Icon } from '../parts/icons.tsx'
import { download, rowsAt } from '../parts/links.ts'
import { Legend, Meter } from '../parts/Meter.tsx'
import { behindPace, divided, dueOf, oneOf, type Paces, pacesOf, runningTotals } from '../parts/progress.ts'
import {
  type MetricHead,
  type ProgressReport,
  type Todo,
  useLiveReports,
  useProgress,
  useTodo,
} from '../parts/queries.ts'
import { RowsLink } from '../parts/RowsLink.tsx'
import { Mark, Toned } from '../parts/states.tsx'
import { amount, count, percent } from '../parts/words.ts'
import home from './Home.module.css'
import css from './HomeProvince.module.css'
import { MissingWorks } from './MissingWorks.tsx'

const SHOWN_BEHIND = 5

export default function HomeProvince({ me }: { me: Me }) {
  const words = useWords()
  const { data: progress } = useProgress()
  const { data: todo } = useTodo()
  const campaign = useCampaign()
  const forms = useForms()
  const paces = progress && campaign ? pacesOf(forms, progress, campaign.starts_on) : {}
  useLiveReports()
  const waiting = todo?.pending.reduce((sum, each) => sum + each.count, 0) ?? 0
  const most = todo?.pending.toSorted((a, b) => b.count - a.count)[0]
  return (
    <Page scrolls>
      <PageHead title={words.home_title} note="只计已通过的记录，点数字看是哪些行">
        <span className="muted">截至 {progress?.today ?? '—'}</span>
        <Button
          icon="download"
          onClick={() => download('/annexes/progress.xlsx', campaign && { campaign_id: campaign.id })}
        >
          导出汇总表
        </Button>
        {me.role === 'province' && most && (
          <ButtonLink to={rowsAt(most.form, { status: ['submitted'] })} icon="sheet" kind="primary">
            审核{forms[most.form]?.label} {count(most.count)} 行
          </ButtonLink>
        )}
      </PageHead>
      {progress && <Targets progress={progress} todo={todo} paces={paces} />}
      <Body className={home.columns}>
        <Section
          title={`${words.units_called}完成情况`}
          note="按附件1顺序"
          aside={<Legend paces={progress && divided(progress).tasks.map(({ name }) => paces[name])} />}
        >
          {progress && <Board progress={progress} paces={paces} />}
        </Section>
        <aside>
          {progress && campaign && <Calendar progress={progress} from={campaign.starts_on} to={campaign.ends_on} />}
          {me.role === 'province' && todo && <Waiting todo={todo} waiting={waiting} />}
          {progress && <Behind progress={progress} paces={paces} />}
        </aside>
      </Body>
    </Page>
  )
}

/** 100 → 1|00, 50000 → 5| 万: the first figure is the one everybody knows. */
function Target({ value, metric }: { value: number; metric: MetricHead }) {
  const isLarge = value >= 10_000
  const text = isLarge ? `${value / 10_000}` : `${value}`
  return (
    <span>
      {' / '}
      <em>{text.slice(0, 1)}</em>
      {text.slice(1)} {isLarge ? '万 ' : ''}
      {oneOf(metric)}
    </span>
  )
}

type TargetsProps = { progress: ProgressReport; todo: Todo | undefined; paces: Paces }

/** What is known beside a number: of activities the enterprises they went into, of people at them those who signed in. */
const besides: Readonly<Record<string, (all: ProgressReport['province']) => string>> = {
  'events rows': ({ enterprises }) => `走进企业 ${count(enterprises)} 家`,
  'events sum': ({ visitors }) => `签到 ${count(visitors)} 人`,
}

/** Figures in one line; more are broken into two. */
const MAX_IN_LINE = 5

function Targets({ progress: { metrics, province }, todo, paces }: TargetsProps) {
  if (metrics.length === 0) return null
  const inLine = metrics.length > MAX_IN_LINE ? Math.ceil(metrics.length / 2) : metrics.length
  return (
    <ol className={css.targets} style={{ gridTemplateColumns: `repeat(${inLine}, 1fr)` }}>
      {metrics.map((metric) => (
        <Figure
          key={metric.name}
          metric={metric}
          of={countOf(province, metric.name)}
          pace={paces[metric.name]}
          rows={todo?.pending.find((each) => each.form === metric.form)?.count ?? 0}
          beside={metric.filter ? undefined : besides[`${metric.form} ${metric.counts}`]?.(province)}
        />
      ))}
    </ol>
  )
}

/** `rows`: those of its register that wait, where it is no rows that are counted. */
type FigureProps = { metric: MetricHead; of: Count; pace: number | undefined; rows: number; beside: string | undefined }

function Figure({ metric, of, pace, rows, beside }: FigureProps) {
  const inWan = inTenThousands(metric)
  return (
    <li>
      <h2>{metric.label}</h2>
      <p className={css.big}>
        <Rows metric={metric}>
          <b>{amount(of.done, metric)}</b>
        </Rows>
        {inWan && '万'}
        {of.target ? <Target value={of.target} metric={metric} /> : ` ${oneOf(metric)}`}
      </p>
      <Meter of={of} pace={pace} />
      <p className={css.share}>
        <b>{percent(of.done, of.target)}</b>
        {!inWan && of.pending > 0 && (
          <Rows metric={metric} states={['submitted']}>
            <Mark tone="sent">待审 {count(of.pending)}</Mark>
          </Rows>
        )}
        {inWan && rows > 0 && (
          <Rows metric={metric} states={['submitted']}>
            <Mark tone="sent">待审 {count(rows)} 条</Mark>
          </Rows>
        )}
        {inWan && of.pending > 0 && <span>通过后 +{amount(of.pending, metric)}万</span>}
        <span className="fill" />
        <span className="cut">{beside}</span>
      </p>
    </li>
  )
}

type ChoosingProps = { metrics: readonly MetricHead[]; chosen: string; onChoose: (name: string) => void }

function Choosing({ metrics, chosen, onChoose }: ChoosingProps) {
  const choices = metrics.map(({ name, short, label }) => [name, short ?? label] as const)
  if (choices.length <= MAX_IN_LINE)
    return <Segments label="看哪一项" chosen={chosen} onChoose={onChoose} choices={choices} />
  return (
    <select aria-label="看哪一项" value={chosen} onChange={(event) => onChoose(event.target.value)}>
      {choices.map(([name, label]) => (
        <option key={name} value={name}>
          {label}
        </option>
      ))}
    </select>
  )
}

function Calendar({ progress, from, to }: { progress: ProgressReport; from: string; to: string }) {
  const [chosen, setChosen] = useState<string>()
  const forms = useForms()
  const metric = progress.metrics.find(({ name }) => name === chosen) ?? progress.metrics[0]
  if (!metric) return null
  return (
    <Section
      title="进度与日程"
      aside={<Choosing metrics={progress.metrics} chosen={metric.name} onChoose={setChosen} />}
    >
      <Chart
        points={runningTotals(progress.days, metric.name)}
        due={dueOf(forms, progress, metric.name)}
        target={countOf(progress.province, metric.name).target}
        progress={progress}
        from={from}
        to={to}
        measure={oneOf(metric)}
        label={metric.label}
      />
    </Section>
  )
}

function Waiting({ todo, waiting }: { todo: Todo; waiting: number }) {
  const words = useWords()
  const forms = useForms()
  const returned = todo.returned_counts.reduce((sum, each) => sum + each.count, 0)
  const drafts = todo.drafts.reduce((sum, each) => sum + each.count, 0)
  const ids = todo.shared_phones.flatMap((each) => each.ids)
  const cities = [...new Set(todo.shared_phones.flatMap((each) => each.units))]
  return (
    <Section title="待办">
      <ul className={home.todo}>
        <li>
          <Mark tone="sent">
            <b>待审 {count(waiting)} 行</b>
          </Mark>
          <span className={classes('fill', home.words)}>
            {todo.pending.map((each) => (
              <RowsLink key={each.form} className="soft" to={rowsAt(each.form, { status: ['submitted'] })}>
                {forms[each.form]?.label} {each.count}
              </RowsLink>
            ))}
          </span>
        </li>
        {ids.length > 0 && (
          <li>
            <Mark tone="clash">
              <b>两{words.unit_called}登记同一手机号</b>
            </Mark>
            <span className="cut fill muted">
              {todo.shared_phones.length} 组，涉及{cities.join('、')}
            </span>
            <Link to={rowsAt('propagandists', { id: { values: ids, label: `两${words.unit_called}同一手机号` } })}>
              查看
            </Link>
          </li>
        )}
        <MissingWorks works={todo.missing_works} />
        {returned > 0 && (
          <li>
            <Mark tone="back">
              <b>退回未改 {count(returned)} 行</b>
            </Mark>
            <span className={classes('fill', home.words)}>
              {todo.returned_counts.map((each) => (
                <RowsLink key={each.form} className="soft" to={rowsAt(each.form, { status: ['returned'] })}>
                  {forms[each.form]?.label} {each.count}
                </RowsLink>
              ))}
            </span>
          </li>
        )}
        {drafts > 0 && (
          <li>
            <Mark tone="draft">
              <b>草稿未提交 {count(drafts)} 行</b>
            </Mark>
            <span className={classes('fill', home.words)}>
              {todo.drafts.map((each) => (
                <RowsLink key={each.form} className="soft" to={rowsAt(each.form, { status: ['draft'] })}>
                  {forms[each.form]?.label} {each.count}
                </RowsLink>
              ))}
            </span>
          </li>
        )}
      </ul>
    </Section>
  )
}

function Behind({ progress, paces }: { progress: ProgressReport; paces: Paces }) {
  const behind = behindPace(progress, paces)
  if (behind.length === 0) return null
  return (
    <Section
      title={behind.every(({ metric }) => paces[metric.name] === 1) ? '没有完成' : '落后时序'}
      note={`${behind.length} 个单位，待审的也算上${behind.length > SHOWN_BEHIND ? `，列出差得最多的 ${SHOWN_BEHIND} 个` : ''}`}
    >
      <ul className={home.todo}>
        {behind.slice(0, SHOWN_BEHIND).map(({ unit, metric, count: of, short }) => (
          <li key={unit.unit_id}>
            <b className={home.unit}>{unit.unit}</b>
            <span className={classes('fill', home.words)}>
              {metric.short ?? metric.label} {count(of.done)}/{count(of.target)}
            </span>
            <Toned tone="bad" className={home.short}>
              <Icon name="warning" small />
              {paces[metric.name] === 1 ? '' : '按时序'}差 {count(short)} {oneOf(metric)}
            </Toned>
          </li>
        ))}
      </ul>
    </Section>
  )
}

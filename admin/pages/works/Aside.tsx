/** The right: what the jurors gave, the vote, and the stage of the work. */
import { useQueryClient } from '@tanstack/react-query'
import { type FormEvent, useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import type { ScoringItem } from '../../../server/forms/index.ts'
import type { Score, VoteCount } from '../../../server/works/routes.ts'
import { post } from '../../http.ts'
import { classes } from '../../parts/classes.ts'
import { Button, Field, Input, Lines, LinkButton, Section } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { Mark } from '../../parts/states.tsx'
import { count, shortDay } from '../../parts/words.ts'
import css from './Aside.module.css'
import type { WorkRow } from './queries.ts'
import type { WorkStage } from './stages.ts'
import works from './works.module.css'

/** Why a score is not there yet. */
function waitingFor(status: string, seated: number | undefined, missing: number): string {
  if (seated === 0) return '还没有评委'
  if (status === 'under_review') return `还有 ${missing} 位评委没有评`
  if (status === 'submitted' || status === 'accepted' || status === 'shortlisted')
    return `送评审后由 ${seated ?? '—'} 位评委打分`
  return '没有评分'
}

export function Scores({
  work,
  items,
  scores,
  seated,
}: {
  work: WorkRow
  items: readonly ScoringItem[]
  scores: readonly Score[]
  seated: number | undefined
}) {
  const { status, score: mean } = work
  const missing = seated === undefined ? 0 : Math.max(0, seated - scores.filter(({ juror }) => juror !== null).length)
  return (
    <Section title="专家评分" aside={<b className={works.meanLarge}>{mean === null ? '—' : mean.toFixed(1)}</b>}>
      <Lines className={css.scores}>
        <thead>
          <tr>
            <th />
            {items.map(({ name, label, weight, max }) => (
              <th key={name} className="number" title={`占 ${weight}%，满分 ${max}`}>
                {label} {weight}
              </th>
            ))}
            <th className="number">得分</th>
          </tr>
        </thead>
        <tbody>
          {scores.map((score, at) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: nobody is named
            <tr key={at} title={score.opinion ?? undefined}>
              <td>
                {score.juror === null ? '评分' : `评分 ${score.juror}`}
                {score.opinion && (
                  <>
                    {' '}
                    <Icon name="say" small />
                    <span className="unseen">{score.opinion}</span>
                  </>
                )}
              </td>
              {items.map(({ name }) => (
                <td key={name} className="number">
                  {score.items?.[name]}
                </td>
              ))}
              <td className="number">{score.total === null ? '已评' : <b>{score.total.toFixed(1)}</b>}</td>
            </tr>
          ))}
          {(scores.length === 0 || (missing > 0 && status === 'under_review')) && (
            <tr>
              <td colSpan={items.length + 2}>
                <Mark tone="draft">{waitingFor(status, seated, missing)}</Mark>
              </td>
            </tr>
          )}
        </tbody>
      </Lines>
      <p className={classes('muted', works.smallPrint)}>
        <Icon name="blind" small />{' '}
        评委看不到作者、手机号和单位，也看不到彼此的分数。评委都打完分才显示各项分数，从高到低，不显示是谁打的。
      </p>
    </Section>
  )
}

const PLOT_WIDTH_PX = 292
const PLOT_HEIGHT_PX = 48

/** The snapshots as a line over the days, from nothing; drawn in the section's width. */
function Line({ votes }: { votes: readonly VoteCount[] }) {
  const most = Math.max(1, ...votes.map((each) => each.votes))
  const from = Date.parse(votes[0]?.counted_on ?? '')
  const to = Date.parse(votes.at(-1)?.counted_on ?? '')
  const points = votes.map(({ counted_on, votes: n }) => ({
    x: to > from ? ((Date.parse(counted_on) - from) / (to - from)) * (PLOT_WIDTH_PX - 8) : PLOT_WIDTH_PX - 8,
    y: PLOT_HEIGHT_PX - 4 - (n / most) * (PLOT_HEIGHT_PX - 12),
  }))
  const path = points.map(({ x, y }, at) => `${at ? 'L' : 'M'}${x.toFixed(1)} ${y.toFixed(1)}`).join('')
  const last = points.at(-1)
  return (
    <svg className={css.voteLine} viewBox={`0 0 ${PLOT_WIDTH_PX} ${PLOT_HEIGHT_PX}`} role="img" aria-label="票数走势">
      <path className={css.floor} d={`M0 ${PLOT_HEIGHT_PX - 0.5}H${PLOT_WIDTH_PX}`} />
      {points.length > 1 && <path className={css.area} d={`${path}V${PLOT_HEIGHT_PX}H0Z`} />}
      <path d={path} />
      {last && <circle cx={last.x} cy={last.y} r={3} />}
    </svg>
  )
}

export function Votes({
  id,
  votes,
  today,
  onSaved,
}: {
  id: number
  votes: readonly VoteCount[]
  today: string
  onSaved: () => void
}) {
  const [writing, setWriting] = useState(false)
  const last = votes.at(-1)
  return (
    <Section title="网络投票" aside={<b>{last ? count(last.votes) : '—'}</b>}>
      {last ? (
        <>
          <Line votes={votes} />
          <p className={classes('muted', works.smallPrint, works.between)}>
            <span>{shortDay(votes[0]?.counted_on ?? '')}</span>
            <span>
              {shortDay(last.counted_on)} 止，共 {votes.length} 次
            </span>
          </p>
        </>
      ) : (
        <p className="soft">还没有记过票数。</p>
      )}
      {writing ? (
        <VoteForm id={id} today={today} onSaved={onSaved} onClose={() => setWriting(false)} />
      ) : (
        <LinkButton onClick={() => setWriting(true)}>记一次票数</LinkButton>
      )}
    </Section>
  )
}

function VoteForm({
  id,
  today,
  onSaved,
  onClose,
}: {
  id: number
  today: string
  onSaved: () => void
  onClose: () => void
}) {
  const client = useQueryClient()
  const notify = useNotify()
  const [on, setOn] = useState(today)
  const [typed, setTyped] = useState('')
  const [faults, setFaults] = useState<Record<string, string>>({})
  async function save(event: FormEvent) {
    event.preventDefault()
    const text = typed.normalize('NFKC').replace(/[\s,]/g, '')
    if (!/^\d{1,10}$/.test(text)) return setFaults({ votes: '票数应是 0 到 10 亿的整数。' })
    try {
      client.setQueryData(
        ['votes', id],
        await post(`/submissions/${id}/votes`, { counted_on: on, votes: Number(text) }),
      )
      notify(`已记 ${shortDay(on)} 的票数 ${count(Number(text))}。`, { type: 'info' })
      onSaved()
      onClose()
    } catch (error) {
      const refusal = error as HttpError
      const told = (refusal.body as { errors?: Record<string, string> } | null)?.errors
      setFaults(told ?? { votes: refusal.message })
    }
  }
  return (
    <form
      className={css.voteForm}
      onSubmit={save}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <Field label="统计日" fault={faults.counted_on}>
        <Input small type="date" required max={today} value={on} onChange={(event) => setOn(event.target.value)} />
      </Field>
      <Field label="累计票数" fault={faults.votes}>
        <Input small inputMode="numeric" autoFocus value={typed} onChange={(event) => setTyped(event.target.value)} />
      </Field>
      <footer>
        <Button submit disabled={!typed.trim()}>
          记下
        </Button>
        <Button kind="quiet" onClick={onClose}>
          取消
        </Button>
      </footer>
    </form>
  )
}

const words = { past: '已过', now: '现在', ahead: '还没有到', end: '结束' }

export function Steps({ steps }: { steps: readonly WorkStage[] }) {
  return (
    <Section title="进展">
      <ol className={css.way}>
        {steps.map((step) => (
          <li key={step.label} className={css[step.state]} aria-current={step.state === 'now' ? 'step' : undefined}>
            <i>{step.state === 'past' && <Icon name="tick" small />}</i>
            <b>
              {step.label}
              <span className="unseen">，{words[step.state]}</span>
            </b>
            <span className="muted cut">{step.told}</span>
          </li>
        ))}
      </ol>
    </Section>
  )
}

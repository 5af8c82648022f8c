/** The way of a work as the review shows it: tabs, steps, and what a step still lacks. */
import { checkRow, type Form, publicUntil, type Row, workingDays } from '../../../server/forms/index.ts'
import type { HistoryEntry } from '../../../server/records/history.ts'
import type { StoredRow } from '../../dataProvider.ts'
import { wordOf, workStates } from '../../parts/states.tsx'
import { moment, shortDay } from '../../parts/words.ts'
import type { WorkRow } from './queries.ts'

/** States in which a work is looked at here; drafts and what was sent back are the unit's, what was annulled the province's. */
export const reviewed = workStates.filter((status) => !['draft', 'returned'].includes(status))

export const tabs = [
  { key: 'submitted', label: '待受理', states: ['submitted'] },
  { key: 'accepted', label: '已受理', states: ['accepted'] },
  { key: 'shortlisted', label: '入围', states: ['shortlisted'] },
  { key: 'under_review', label: '评审中', states: ['under_review'] },
  { key: 'proposed', label: '拟奖', states: ['proposed'] },
  { key: 'all', label: '全部', states: reviewed },
] as const

export const inTab = (key: string, works: readonly WorkRow[]): WorkRow[] => {
  const states: readonly string[] = tabs.find((tab) => tab.key === key)?.states ?? reviewed
  return works.filter((work) => states.includes(work.status))
}

/** A host reads 待受理 where a unit reads 待审. */
export const stateWord = (status: string): string => (status === 'submitted' ? '待受理' : wordOf(status))

/** The steps forward, each with the action that takes a work there. */
const way = [
  { status: 'submitted', action: 'submission', label: '已提交' },
  { status: 'accepted', action: 'approval', label: '已受理' },
  { status: 'shortlisted', action: 'shortlisting', label: '入围' },
  { status: 'under_review', action: 'review', label: '评审中' },
  { status: 'proposed', action: 'proposal', label: '拟奖' },
  { status: 'publicised', action: 'publicity', label: '公示' },
  { status: 'awarded', action: 'award', label: '获奖' },
  { status: 'nominated', action: 'nomination', label: '推荐全国' },
] as const

export const isForward = (action: string): boolean => way.some((step) => step.action === action)

/** What a work's way ends with, aside from the steps forward. */
const ends: Record<string, string> = { refused: 'refusal', not_awarded: 'elimination' }

export type WorkStage = { label: string; state: 'past' | 'now' | 'ahead' | 'end'; told: string }

const told = (change: HistoryEntry | undefined) =>
  change ? `${change.actor ?? '系统'}　${shortDay(moment(change.at).slice(0, 10))}` : ''

/** The steps of a work, with who took them and when. `changes` as the history tells them, latest first. */
export function stepsOf(work: WorkRow, changes: readonly HistoryEntry[]): WorkStage[] {
  const latest = (action: string) =>
    changes.reduce<HistoryEntry | undefined>(
      (found, each) => (each.action === action && (!found || each.at > found.at) ? each : found),
      undefined,
    )
  const at = way.findIndex((step) => step.status === work.status)
  const end = ends[work.status]
  const steps = way.map((step, index): WorkStage => {
    const change = latest(step.action)
    const state = end
      ? change || index === 0
        ? 'past'
        : 'ahead'
      : index < at
        ? 'past'
        : index === at
          ? 'now'
          : 'ahead'
    return { label: step.label, state, told: state === 'ahead' ? '' : told(change) }
  })
  if (!end) return steps
  return [
    ...steps.filter((step) => step.state === 'past'),
    { label: wordOf(work.status), state: 'end', told: told(latest(end)) },
  ]
}

/** What the rules of the collection find wrong with a work: column → sentence. */
export const faultsOf = (form: Form, work: WorkRow, collection: StoredRow): Record<string, string> =>
  checkRow(form, work as unknown as Row, { collection_id: collection as unknown as Row }, 'submission')

export type StageFacts = {
  work: WorkRow
  faults: Readonly<Record<string, string>>
  seated: number | undefined
  scored: number | undefined
  today: string
  /** The last day for shortlisting, where the campaign sets one. */
  shortlist_by: string | undefined
}

/** What stands at a button: a sentence, and whether the step has to wait for it. */
type Lack = { sentence: string; waits: boolean }

export function lackOf(action: string, known: StageFacts): Lack | undefined {
  const { work, faults, seated, scored, today, shortlist_by } = known
  const wrong = Object.keys(faults).length
  if (action === 'approval' || action === 'shortlisting') {
    if (action === 'shortlisting' && shortlist_by && today > shortlist_by)
      return { sentence: `入围 ${shortDay(shortlist_by)} 已截止`, waits: false }
    return wrong > 0 ? { sentence: `${wrong} 处不合要求`, waits: false } : undefined
  }
  if (action === 'review' && seated === 0) return { sentence: '还没有评委，请先设评委', waits: true }
  if (action === 'proposal') {
    if (seated === undefined || scored === undefined) return { sentence: '正在读评分', waits: true }
    if (seated === 0) return { sentence: '还没有设评委', waits: true }
    return seated > scored ? { sentence: `还差 ${seated - scored} 位评委打分`, waits: true } : undefined
  }
  if (action === 'award') {
    const since = work.publicised_on ?? today
    const until = publicUntil(since)
    const days = Math.max(1, workingDays(since, today))
    if (today > until) return undefined
    const from = new Date(Date.parse(`${until}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)
    return { sentence: `公示第 ${days} 个工作日，${shortDay(from)} 起才能获奖`, waits: true }
  }
  return undefined
}

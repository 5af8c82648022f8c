/**
 * What is confirmed with one press: a table with all that was read from it and what it leaves open, or a list of what the text
 * says. Every fact and every question stands in one group alone, so that nothing is confirmed twice. Pure.
 */
import type { FactSource } from '../../../server/proposals/notice/document.ts'
import type { NoticeProposal, ProposedTable } from '../../../server/proposals/notice/proposal.ts'
import type { Question } from '../../../server/proposals/question.ts'

export type FactListName = 'days' | 'targets' | 'hosts' | 'shares'
export type FactRef = { list: FactListName; id: string }
export type FactGroup = {
  key: string
  title: string
  table?: ProposedTable
  facts: FactRef[]
  /** Units stand with the table that lists them. */
  hasUnits?: true
  questions: Question[]
}

const LISTS: readonly [FactListName, string][] = [
  ['days', '日程'],
  ['targets', '任务'],
  ['hosts', '征集活动'],
  ['shares', '比例'],
]
const titleOf = ({ annex, title }: ProposedTable) => `${annex === null ? '' : `附件${annex} `}${title || '表格'}`

/** Which group a question belongs to, by what it is about: `days.stage_5`, `tables.f3t1.form.keys`, `units`. */
function groupOf({ about }: Question, groups: readonly FactGroup[]): FactGroup | undefined {
  const [list = '', id] = about.split('.')
  if (list === 'tables') return groups.find(({ key }) => key === id)
  if (list === 'units') return groups.find(({ hasUnits }) => hasUnits)
  const holds = (group: FactGroup) =>
    group.facts.some((fact) => fact.list === list && (id === undefined || fact.id === id))
  return groups.find(holds)
}

export function groupsOf(proposal: NoticeProposal): FactGroup[] {
  const { tables, units, questions } = proposal
  const groups: FactGroup[] = [{ key: 'campaign', title: '通知', facts: [], questions: [] }]
  for (const table of tables)
    if (table.kind !== 'unused')
      groups.push({
        key: table.id,
        title: titleOf(table),
        table,
        facts: [],
        questions: [],
        ...(units[0]?.source.table === table.id ? { hasUnits: true as const } : {}),
      })
  for (const [list, title] of LISTS) {
    const rest: FactRef[] = []
    for (const { id, source } of proposal[list]) {
      const own = list === 'shares' ? undefined : groups.find(({ table }) => table && table.id === source.table)
      ;(own?.facts ?? rest).push({ list, id })
    }
    if (rest.length > 0) groups.push({ key: list, title, facts: rest, questions: [] })
  }
  for (const question of questions) {
    const group = groupOf(question, groups) ?? groups[0]
    group?.questions.push(question)
  }
  return groups
}

/** Where a fact stands, as one key of the drawn files. */
export const placeOf = ({ file, paragraph, table }: FactSource) => table ?? `${file}#${paragraph}`

/** What a group says, to be held against what it says after the files were read anew. */
const saidBy = (proposal: NoticeProposal) =>
  new Map(
    groupsOf(proposal).map(({ key, facts, table, questions }) => [
      key,
      JSON.stringify([
        facts.map(({ list, id }) => proposal[list].find((fact) => fact.id === id)),
        table && [table.kind, table.form],
        questions,
      ]),
    ]),
  )

export type Confirming = {
  /** As the files were read. */
  given: NoticeProposal
  /** As it is mended. */
  proposal: NoticeProposal
  answers: Record<string, unknown>
  confirmed: readonly string[]
}

/**
 * The files read anew, after a table was said to be something else: what was mended or dropped stays so and what was confirmed stays
 * confirmed, wherever the files say the same as before.
 */
export function carriedOver(fresh: NoticeProposal, { given, proposal, answers, confirmed }: Confirming): Confirming {
  const bare = (fact: { id: string }) => JSON.stringify({ ...fact, id: '' })
  const carry = <F extends { id: string }>(now: readonly F[], before: readonly F[], mended: readonly F[]): F[] =>
    now.flatMap((fact) => {
      const known = before.find((each) => bare(each) === bare(fact))
      if (!known) return [fact]
      const kept = mended.find(({ id }) => id === known.id)
      return kept ? [{ ...kept, id: fact.id }] : []
    })
  const [was, is] = [saidBy(given), saidBy(fresh)]
  const isSame = (key: string) => was.get(key) === is.get(key)
  const unitsStay = JSON.stringify(given.units) === JSON.stringify(fresh.units)
  return {
    given: fresh,
    proposal: {
      ...fresh,
      campaign: proposal.campaign,
      units: unitsStay ? proposal.units : fresh.units,
      days: carry(fresh.days, given.days, proposal.days),
      targets: carry(fresh.targets, given.targets, proposal.targets),
      hosts: carry(fresh.hosts, given.hosts, proposal.hosts),
      shares: carry(fresh.shares, given.shares, proposal.shares),
    },
    answers: Object.fromEntries(
      Object.entries(answers).filter(([id]) => {
        const asked = ({ questions }: NoticeProposal) => JSON.stringify(questions.find((each) => each.id === id))
        return asked(fresh) !== undefined && asked(fresh) === asked(given)
      }),
    ),
    confirmed: confirmed.filter(isSame),
  }
}

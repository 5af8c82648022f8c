/**
 * What a notice does not say, or says in two ways: each asked once, with what it says and what may be meant. Only what an answer
 * changes in the package is asked; what nothing can hold is told instead (`unheld.ts`).
 */
import type { Question } from '../question.ts'
import { counterpart } from './collections_named.ts'
import { type FoundFacts, passageWith } from './found_facts.ts'
import { aboutUnits } from './unit_questions.ts'

const PER_EVENT = /单场[^，。；]*?不少于\d+人/

function aboutTargets({ frame, discrepancies, shares }: FoundFacts): Question[] {
  const asked: Question[] = discrepancies.map(({ target, said, found, what, source }) => ({
    id: `total.${what}.${target.id}`,
    about: `targets.${target.id}.total`,
    says:
      what === 'prose'
        ? `通知里写“${source.text}”，表里各单位加起来是 ${found}${target.measure}。全部目标按哪个？`
        : `“${target.label}”的合计印的是 ${said}，各单位加起来是 ${found}。按哪个？`,
    options: [
      { value: found, label: `按加起来的 ${found}` },
      { value: said, label: `按${what === 'prose' ? '通知' : '表里印'}的 ${said}` },
    ],
    from: source.text,
  }))
  if (shares.length > 0)
    asked.push({
      id: 'shares.over',
      about: 'shares',
      says: `“${shares[0]?.source.text}”等 ${shares.length} 个比例，是每个单位都要达到，还是全部合起来？没有达到的提醒，不拦提交。`,
      options: [
        { value: 'all', label: '全部合起来算' },
        { value: 'unit', label: '每个单位各算各的' },
      ],
      from: shares[0]?.source.text,
    })
  const perEvent = passageWith(frame, PER_EVENT)
  const words = perEvent && PER_EVENT.exec(perEvent.said)?.[0]
  if (words)
    asked.push({
      id: 'rules.per_event',
      about: 'rules',
      says: `“${words}”说的是一场活动，不是任务数。登记时人数不够怎么办？`,
      options: [
        { value: 'warn', label: '提醒，仍可提交' },
        { value: 'must', label: '不能提交' },
        { value: 'none', label: '不管' },
      ],
      from: words,
    })
  return asked
}

function aboutHosts(facts: FoundFacts): Question[] {
  const { frame, hosts } = facts
  const own = hosts.filter(({ level }) => level === 'own')
  const above = hosts.filter(({ level }) => level === 'above')
  const asked: Question[] = own.flatMap((host) => {
    const same = counterpart(host, above)
    if (!same || (frame.campaign.issued_by[0] ?? '') !== host.hosts[0]) return []
    return [
      {
        id: `hosts.same.${host.id}`,
        about: `hosts.${host.id}`,
        says: `“${host.title}”和上级的“${same.title}”都由${host.hosts[0]}承办，是一个还是两个？`,
        options: [
          { value: same.id, label: '是一个：本省征集，对应上级的这一项' },
          { value: '', label: '是两个，各收各的' },
        ],
        from: same.source.text,
      },
    ]
  })
  const counted = own.filter(
    ({ per_unit }) => per_unit && per_unit.min === undefined && !/不超过|以内/.test(per_unit.says),
  )
  if (counted.length > 0)
    asked.push({
      id: 'hosts.count',
      about: 'hosts',
      says: `报送数量写“${counted[0]?.per_unit?.says}”“${counted[counted.length - 1]?.per_unit?.says}”，是最多这么多，还是正好？`,
      options: [
        { value: 'at_most', label: '最多' },
        { value: 'exactly', label: '正好' },
      ],
    })
  return asked
}

const THIRDS = { 1: '上旬', 2: '中旬', 3: '下旬' } as const
const lastDay = (month: string) => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate()

function aboutDays({ stages, conflicts }: FoundFacts): Question[] {
  const asked: Question[] = stages.flatMap(({ id, third, says, name, content, starts_on, ends_on }) => {
    if (!third) return []
    const { month, part } = third
    const from = `${month}-${['01', '11', '21'][part - 1]}`
    const to = `${month}-${part === 3 ? lastDay(month) : part * 10}`
    return [
      {
        id: `days.${id}`,
        about: `days.${id}`,
        says: `“${name}”只写“${says}”，没有日子。按哪几天？`,
        options: [
          { value: null, label: '先不定，以后在“进度安排”里加' },
          {
            value: { starts_on: starts_on ?? from, ends_on: ends_on ?? to },
            label: `整个${THIRDS[part]}：${from.slice(5)} 至 ${to.slice(5)}`,
          },
        ],
        from: content,
      },
    ]
  })
  for (const { stage, other } of conflicts)
    asked.push({
      id: `days.twice.${stage.id}`,
      about: `days.${stage.id}.ends_on`,
      says: `“${stage.name}”通知写“${stage.says}”，附件写“${other.says}”。按哪个？`,
      options: [
        { value: stage.ends_on, label: `按通知：${stage.ends_on}` },
        { value: other.ends_on, label: `按附件：${other.ends_on}` },
      ],
      from: other.source.text,
    })
  return asked
}

/** All that has to be asked, in the order in which one reads a notice. */
export const questionsOf = (facts: FoundFacts): Question[] => [
  ...aboutUnits(facts),
  ...aboutTargets(facts),
  ...aboutHosts(facts),
  ...aboutDays(facts),
]

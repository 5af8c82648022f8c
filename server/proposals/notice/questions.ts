/** What a notice does not say, or says in two ways: each asked once, with what it says and what may be meant. */
import type { Question } from '../question.ts'
import { counterpart } from './collections_named.ts'
import { inOneLine } from './document.ts'
import type { HostFact, ShareFact, StageFact, TargetFact, UnitFact } from './facts.ts'
import type { NoticeFrame, Passage } from './frame.ts'
import type { StageConflict } from './stages.ts'
import type { ClassifiedTable } from './table_kinds.ts'
import { type Discrepancy, exactWords, shared } from './targets.ts'
import { missingKinds, suffixOf } from './unit_kinds.ts'

export type FoundFacts = {
  frame: NoticeFrame
  tables: readonly ClassifiedTable[]
  stages: readonly StageFact[]
  conflicts: readonly StageConflict[]
  hosts: readonly HostFact[]
  targets: readonly TargetFact[]
  discrepancies: readonly Discrepancy[]
  shares: readonly ShareFact[]
  units: readonly UnitFact[]
}

const find = ({ text }: NoticeFrame, pattern: RegExp): Passage | undefined =>
  text.find(({ said }) => pattern.test(said))
const notes = ({ annexes }: NoticeFrame) => annexes.filter(({ said }) => /^(?:注|说明|填表说明)[:：]/.test(said))
const list = (names: readonly string[]) =>
  names.length > 4 ? `${names.slice(0, 3).join('、')}等 ${names.length} 个` : names.join('、')

function aboutUnits({ frame, units, hosts, tables }: FoundFacts): Question[] {
  const asked: Question[] = []
  const suffix = suffixOf(units, hosts)
  if (suffix) {
    const named = hosts.filter(({ hosts: names }) =>
      names.some((name) => units.some((unit) => `${unit.name}${suffix}` === name)),
    )
    const inText = find(frame, /分别由.+承办/)
    asked.push({
      id: 'units.full_names',
      about: 'units',
      says: `任务分配表只印“${list(units.map(({ name }) => name))}”${inText ? '，通知里也只写“分别由…承办”' : ''}；承办单位写全称，如“${named[0]?.hosts[0] ?? ''}”。各单位的全称都加“${suffix}”吗？`,
      options: [
        { value: suffix, label: `加“${suffix}”，简称照表里的` },
        { value: '', label: '不加，就用表里的名字' },
      ],
      from: inText?.said.slice(0, 200),
    })
  } else if (units.length > 0 && units.every(({ kind }) => kind === null))
    asked.push({
      id: 'units.kinds',
      about: 'units',
      says: `${units.length} 个单位分哪几类，文件里没有写。`,
      options: [
        { value: 'by_name', label: '按名称的末尾分（市州、新区、工会、其他）' },
        { value: 'one', label: '不分，都算“填报单位”' },
      ],
    })
  const missing = missingKinds(frame, units, suffix)
  if (units.length === 0)
    asked.push({
      id: 'units.missing',
      about: 'units',
      says: `文件里没有参加单位的名单，只写“${frame.addressees?.said.replace(/[:：]$/, '') ?? ''}”。先列哪些单位？`,
      options: [
        { value: 'hosts', label: '先列牵头和承办单位，其余以后在“参加单位”里加' },
        { value: 'none', label: '先只列牵头单位' },
      ],
      from: frame.addressees?.said,
    })
  else if (missing.length > 0)
    asked.push({
      id: 'units.more',
      about: 'units',
      says: `通知还发给“${missing.join('、')}”，但没有写是哪些单位。`,
      options: [
        { value: missing, label: '先建这几类，单位以后在“参加单位”里加' },
        { value: [], label: '不参加' },
      ],
      from: frame.addressees?.said,
    })
  return [...asked, ...aboutRegisters({ frame, tables, units, hosts })]
}

const asRegister = { value: 'register', label: '作一个登记表，按它填报' }
const asCollection = { value: 'collection', label: '作征集项目，这张表只是它的清单或表样' }
const registersIn = (tables: readonly ClassifiedTable[]) => tables.filter(({ kind }) => kind === 'register')

function aboutRegisters({
  frame,
  tables,
  hosts,
  units,
}: Pick<FoundFacts, 'frame' | 'tables' | 'hosts' | 'units'>): Question[] {
  const registers = registersIn(tables)
  const asked: Question[] = []
  if (registers.length === 0 && units.length > 0)
    asked.push({
      id: 'registers.none',
      about: 'registers',
      says: '文件里没有印登记表。各单位填什么？',
      options: [
        { value: 'as_now', label: '照现有的登记表' },
        { value: 'needed', label: '只用任务和征集要的那几个' },
      ],
    })
  for (const register of registers) {
    const bare = register.title.replace(/(?:汇总|统计|推荐|登记|审批)?表$/, '')
    const same = hosts.find(({ title }) => shared(title, bare) >= Math.min(5, bare.length))
    if (same)
      asked.push({
        id: `registers.collection.${register.table.id}`,
        about: `tables.${register.table.id}`,
        says: `“${same.title}”是征集项目，又有附件${register.annex ?? ''}《${register.title}》要填。怎么收？`,
        options: register.isOnePage ? [asCollection, asRegister] : [asRegister, asCollection],
        from: find(frame, new RegExp(`附件${register.annex}`))?.said,
      })
    const labels = register.shape.labels.map((label) => label.replace(/\*/g, ''))
    const line = register.before.find(({ said }) => /填报单位/.test(said))
    if (line && labels.some((label) => /申报单位$/.test(label)))
      asked.push({
        id: `registers.applicant.${register.table.id}`,
        about: `tables.${register.table.id}`,
        says: `《${register.title}》上面是“填报单位”，表里另有一栏“申报单位”。`,
        options: [
          { value: 'column', label: '申报单位是做这件事的单位，另填一栏' },
          { value: 'unit', label: '就是填报单位，不另填' },
        ],
      })
  }
  const onePage = registers.find(({ isOnePage }) => isOnePage)
  const roster = registers.find((each) => !each.isOnePage && onePage && sharedLabels(each, onePage) >= 4)
  if (onePage && roster)
    asked.push({
      id: `registers.print.${onePage.table.id}`,
      about: `tables.${onePage.table.id}`,
      says: `附件${onePage.annex ?? ''}《${onePage.title}》一人一张，多数栏目附件${roster.annex ?? ''}《${roster.title}》里已有。`,
      options: [
        { value: 'print', label: `是附件${roster.annex ?? ''}一行的打印件，缺的栏目加进去` },
        { value: 'register', label: '另作一个登记表' },
      ],
    })
  return asked
}

/** How many blanks of a form are columns of a list. */
function sharedLabels(list: ClassifiedTable, form: ClassifiedTable): number {
  const labels = new Set(list.shape.labels.flatMap((label) => label.replace(/\*/g, '').split('/')))
  return form.table.cells.filter(({ text }) => labels.has(inOneLine(text))).length
}

function aboutTargets({ frame, targets, discrepancies, shares }: FoundFacts): Question[] {
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
  const exact = exactWords(frame)
  if (exact && targets.some(({ bound }) => bound === 'exactly'))
    asked.push({
      id: 'targets.exact',
      about: 'targets',
      says: `通知写“${exact.said.split(/[。：:]/)[0]}”。超过名额的怎么办？`,
      options: [
        { value: 'must', label: '不能提交' },
        { value: 'warn', label: '提醒，由牵头单位审' },
      ],
      from: exact.said,
    })
  if (shares.length > 0)
    asked.push(
      {
        id: 'shares.over',
        about: 'shares',
        says: `“${shares[0]?.source.text}”等 ${shares.length} 个比例，是每个单位都要达到，还是全部合起来？`,
        options: [
          { value: 'all', label: '全部合起来算' },
          { value: 'unit', label: '每个单位各算各的' },
        ],
        from: shares[0]?.source.text,
      },
      {
        id: 'shares.severity',
        about: 'shares',
        says: '比例没有达到时怎么办？',
        options: [
          { value: 'warn', label: '提醒' },
          { value: 'must', label: '不能提交' },
        ],
      },
    )
  const perEvent = find(frame, /单场[^，。；]*?不少于\d+人/)
  if (perEvent)
    asked.push({
      id: 'rules.per_event',
      about: 'rules',
      says: `“${/单场[^，。；]*?不少于\d+人/.exec(perEvent.said)?.[0]}”说的是一场活动，不是任务数。登记时人数不够怎么办？`,
      options: [
        { value: 'warn', label: '提醒，仍可提交' },
        { value: 'must', label: '不能提交' },
        { value: 'none', label: '不管' },
      ],
      from: perEvent.said,
    })
  return asked
}

function aboutHosts({ frame, hosts, tables }: FoundFacts): Question[] {
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
  for (const note of notes(frame)) {
    const half = /[^。．.\d]*减半[^。]*/.exec(note.said)?.[0]
    if (half)
      asked.push({
        id: 'hosts.half',
        about: 'hosts',
        says: `“${half}”：不是整数的怎么算？如 5 件减半。`,
        options: [
          { value: 'up', label: '进一，是 3 件' },
          { value: 'down', label: '舍去，是 2 件' },
        ],
        from: half,
      })
    const outside = /[^。．.\d]*不占名额[^。]*/.exec(note.said)?.[0]
    if (outside)
      asked.push({
        id: 'hosts.own_works',
        about: 'hosts',
        says: `“${outside}”：承办单位自己的作品报送数量怎么限？`,
        options: [
          { value: 'free', label: '报给自己承办的项目不限数量' },
          { value: 'same', label: '和别的单位一样' },
        ],
        from: outside,
      })
  }
  const awards = notes(frame).find(({ said }) => /等奖/.test(said))
  const isAbove =
    tables.some(({ kind, annex }) => kind === 'collections' && annex === awards?.annex) && above.length > 0
  if (awards && isAbove)
    asked.push({
      id: 'hosts.awards',
      about: 'hosts',
      says: `“${awards.said}”是上级设的奖。本级要登记评奖吗？`,
      options: [
        { value: 'above', label: '不登记，由上级评' },
        { value: 'own', label: '登记' },
      ],
      from: awards.said,
    })
  return asked
}

const THIRDS = { 1: '上旬', 2: '中旬', 3: '下旬' } as const
const lastDay = (month: string) => new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate()

function aboutDays({ stages, conflicts, frame }: FoundFacts): Question[] {
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
  if (frame.campaign.year === null)
    asked.push({
      id: 'campaign.year',
      about: 'campaign.year',
      says: '通知里看不出是哪一年的。',
      options: [],
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

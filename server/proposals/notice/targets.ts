/** Numbers that are targets: in sentences, in tables of quotas, and held against each other; shares of what is counted. */
import type { FactSource } from './document.ts'
import { type ShareFact, sourceOfParagraph, type TargetFact } from './facts.ts'
import type { NoticeFrame, Passage } from './frame.ts'
import { amount } from './numbers.ts'
import { type QuotaTable, sumOf } from './quota_tables.ts'

type SaidTarget = {
  label: string
  value: number
  measure: string
  bound: TargetFact['bound'] | null
  /** Each unit, or all together. */
  isEach: boolean
  /** A sum without a name of its own: 总数在80场以上. */
  isTotal: boolean
  says: string
  source: FactSource
}

/** What makes a sentence one of targets. */
const IS_OF_TARGETS = /计划[”"]?[:：]|任务|拟表彰|总数|名额共|至少(?:参加|开展|完成)|每家开展/
/** Numbers of other things: prizes, reports, people who organise, papers. */
const IS_NONE =
  /等奖|优秀奖|十佳|优秀(?:组织|承办)|先进个人|联络员|领导|信息|照片|图片|工作日|单场|一式|每个项目推|入围|作品|材料|%|以内|以下|子项目|阶段|项目$|征集项目|左右|号$/
const IS_PARTICIPATION = /参加\d+个项目/
const CLAUSE = /[^；;。，,：:（）()]+/g
const COUNTED = /^(.*?)(\d[\d,]*(?:\.\d+)?)(万|亿)?(个|名|人次|人|场次|场|件|家|篇|项|次|部|首|户)?([^\d]*)$/
const EACH = /每(?:家|个?单位)|各单位/
const LEAST = /不少于|不低于|至少|以上|确保/
const MOST = /不超过|不多于|以内/

/** What a clause counts, without the words around it. */
const labelOf = (before: string, after: string) =>
  `${before}${after}`
    .replace(/不少于|不低于|至少|不超过|确保|以上|约|共|或者?|拟表彰|\d{4}年(?:度)?|每(?:家|个?单位)/g, '')
    .replace(/^.*工会(?=开展|组织)/, '')
    .replace(/[\s“”"、]/g, '')

function targetIn(clause: string, passage: Passage): SaidTarget | undefined {
  const found = COUNTED.exec(clause.trim())
  if (!found || (IS_NONE.test(clause) && !IS_PARTICIPATION.test(clause))) return undefined
  const [, before = '', digits = '', times, measure, after = ''] = found
  if (!measure && !times) return undefined
  const label = labelOf(before, after)
  return {
    label,
    value: amount(digits, times),
    measure: measure ?? '人',
    bound: LEAST.test(clause) ? 'at_least' : MOST.test(clause) ? 'at_most' : null,
    isEach: EACH.test(clause),
    isTotal: /总数|名额|共计|总计/.test(clause) || label === '',
    says: clause.trim(),
    source: sourceOfParagraph(passage.file, passage, clause.trim()),
  }
}

/** 拟表彰甘肃省劳动模范135名、甘肃省先进工作者62名: a list in one clause. */
function clausesOf(sentence: string): string[] {
  return (sentence.match(CLAUSE) ?? []).flatMap((clause) =>
    /\d+[个名场件家人]、/.test(clause) ? clause.split('、') : [clause],
  )
}

function saidTargets(frame: NoticeFrame): SaidTarget[] {
  return frame.text.flatMap((passage) =>
    passage.said
      .split('。')
      .filter((sentence) => IS_OF_TARGETS.test(sentence))
      .flatMap(clausesOf)
      .flatMap((clause) => targetIn(clause, passage) ?? []),
  )
}

/** How many characters two names share in one piece. */
export function shared(a: string, b: string): number {
  let most = 0
  for (let from = 0; from < a.length; from++)
    while (from + most < a.length && b.includes(a.slice(from, from + most + 1))) most++
  return most
}
const MIN_SHARED = 3
const isSameThing = (a: string, b: string) => shared(a, b) >= Math.min(MIN_SHARED, a.length, b.length)

/** Said one way in a sentence and another in a table, or a printed sum that is none. */
export type Discrepancy = {
  target: TargetFact
  said: number
  found: number
  what: 'prose' | 'printed'
  source: FactSource
}
type FoundTargets = { targets: TargetFact[]; discrepancies: Discrepancy[] }

/** A quota that must not be passed: 等额推荐, 不得突破. */
const exactWords = (frame: NoticeFrame): Passage | undefined =>
  frame.text.find(({ said }) => /等额|不得突破/.test(said))

function fromTables(frame: NoticeFrame, tables: readonly QuotaTable[]): TargetFact[] {
  const isExact = exactWords(frame) !== undefined
  return tables.flatMap(({ table, columns }) =>
    columns.map((column) => ({
      id: '',
      label: column.label,
      measure: column.measure ?? '',
      bound: table.kind === 'places' && isExact ? ('exactly' as const) : ('at_least' as const),
      total: sumOf(column),
      each: null,
      quotas: column.quotas,
      source: column.source,
      also: [],
    })),
  )
}

function take(said: SaidTarget, target: TargetFact, discrepancies: Discrepancy[]): void {
  target.also.push(said.source)
  if (target.measure === '') target.measure = said.measure
  if (said.isEach) target.each ??= said.value
  else if (target.quotas.length > 0 && said.value !== target.total)
    discrepancies.push({ target, said: said.value, found: target.total ?? 0, what: 'prose', source: said.source })
  else target.total ??= said.value
}

/** Targets of tables first, each with the sentences that say it again; then those of sentences alone. */
export function targetsOf(frame: NoticeFrame, tables: readonly QuotaTable[]): FoundTargets {
  const targets = fromTables(frame, tables)
  const discrepancies: Discrepancy[] = []
  let last: TargetFact | undefined
  for (const said of saidTargets(frame)) {
    if (said.isTotal) {
      const all = targets.filter(({ quotas }) => quotas.length > 0)
      const sum = all.reduce((total, each) => total + (each.total ?? 0), 0)
      if (all.length > 1 && sum !== said.value && all[0])
        discrepancies.push({ target: all[0], said: said.value, found: sum, what: 'prose', source: said.source })
      else if (all.length <= 1 && (last ?? all[0])) take(said, (last ?? all[0]) as TargetFact, discrepancies)
      continue
    }
    const known = targets.find(({ label }) => isSameThing(label, said.label))
    const isAlternative = /^或/.test(said.says)
    // 走进300家企业（或开展300场线下活动） is one target
    const alternative = isAlternative ? targets.indexOf(last as TargetFact) : -1
    if (known) {
      if (alternative >= 0 && last && last !== known && last.quotas.length === 0) {
        known.also.push(last.source)
        targets.splice(alternative, 1)
      }
      take(said, known, discrepancies)
      last = known
      continue
    }
    last = {
      id: '',
      label: said.label,
      measure: said.measure,
      bound: said.bound ?? 'at_least',
      total: said.isEach ? null : said.value,
      each: said.isEach ? said.value : null,
      quotas: [],
      source: said.source,
      also: [],
    }
    targets.push(last)
  }
  const numbered = targets.map((target, n) => Object.assign(target, { id: `target_${n + 1}` }))
  for (const { columns } of tables)
    for (const column of columns) {
      const target = numbered.find(({ source }) => source === column.source)
      if (target && column.printed !== null && column.printed !== target.total)
        discrepancies.push({
          target,
          said: column.printed,
          found: target.total ?? 0,
          what: 'printed',
          source: column.source,
        })
    }
  return { targets: numbered, discrepancies }
}

const SHARE = /([^，；。、：:中]{2,14}(?:（[^）]*）)?)(不少于|不低于|不超过|至少)(\d{1,3})%/g

/** Shares: of whom, at least or at most how many per cent. */
export function sharesOf(frame: NoticeFrame): ShareFact[] {
  return frame.text
    .flatMap((passage) => {
      const of = /(?:^|[.．、])([^，。；.．、\d]{2,12})中，/.exec(passage.said)?.[1] ?? null
      return [...passage.said.matchAll(SHARE)].map((match) => ({
        subject: (match[1] ?? '').replace(/^\d+[.．]/, ''),
        of,
        bound: match[2] === '不超过' ? ('at_most' as const) : ('at_least' as const),
        percent: Number(match[3]),
        counted: null,
        source: sourceOfParagraph(passage.file, passage, match[0]),
      }))
    })
    .map((share, n) => ({ id: `share_${n + 1}`, ...share }))
}

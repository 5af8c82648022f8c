/** What can be mended of each kind of fact, and how it is written back. Pure. */
import type { NoticeProposal } from '../../../server/proposals/notice/proposal.ts'
import type { FactField, MendedValue } from './FactLine.tsx'
import type { FactListName, FactRef } from './groups.ts'

type FactOf<L extends FactListName> = NoticeProposal[L][number]
type AnyFact = FactOf<FactListName>

const BOUNDS = [
  ['at_least', '至少'],
  ['at_most', '至多'],
] as const
const MEGABYTE = 1_048_576
const text = (name: string, label: string, value: string | null, isMore?: true): FactField => ({
  name,
  label,
  value: value ?? '',
  type: 'text',
  ...(isMore && { isMore }),
})
const number = (name: string, label: string, value: number | null | undefined, isMore?: true): FactField => ({
  name,
  label,
  value: value ?? null,
  type: 'number',
  ...(isMore && { isMore }),
})
const date = (name: string, label: string, value: string | null, isMore?: true): FactField => ({
  name,
  label,
  value,
  type: 'date',
  ...(isMore && { isMore }),
})

const LIMITS = [
  ['min_seconds', '最短秒数'],
  ['max_seconds', '最长秒数'],
  ['min_chars', '最少字数'],
  ['max_chars', '最多字数'],
  ['min_files', '最少文件数'],
  ['max_files', '最多文件数'],
] as const

type ShownFact = { label: string; words: string; fields: FactField[] }

const ofDay = ({ name, says, starts_on, ends_on, is_deadline }: FactOf<'days'>): ShownFact => ({
  label: name,
  words: ends_on ? `“${says}”` : `“${says}”，没有日子`,
  fields: [
    text('name', '名称', name),
    date('starts_on', '从', starts_on),
    date('ends_on', '到', ends_on),
    { name: 'is_deadline', label: '截止', value: is_deadline, type: 'yes' },
  ],
})

const ofTarget = ({ label, measure, total, each, bound, quotas }: FactOf<'targets'>): ShownFact => ({
  label,
  words: quotas.length > 0 ? `分到 ${quotas.length} 个单位` : each === null ? '' : `每单位 ${each} ${measure}`,
  fields: [
    text('label', '任务', label),
    number('total', '共', total),
    text('measure', '计量', measure, true),
    number('each', '每单位', each, true),
    { name: 'bound', label: '多少', value: bound, type: [...BOUNDS, ['exactly', '正好']], isMore: true },
  ],
})

const ofHost = (host: FactOf<'hosts'>): ShownFact => {
  const { title, hosts, medium, level, per_unit, until, limits } = host
  return {
    label: title,
    words: [
      hosts.join('、'),
      per_unit ? (/^[各每]/.test(per_unit.says) ? per_unit.says : `每单位${per_unit.says}`) : '',
      until ? `${until} 止` : '',
    ]
      .filter(Boolean)
      .join('；'),
    fields: [
      text('title', '名称', title),
      {
        name: 'level',
        label: '谁的',
        value: level,
        type: [
          ['own', '本级征集'],
          ['above', '上级的，只参加'],
        ],
      },
      text('hosts', '承办单位', hosts.join('、'), true),
      text('medium', '形式', medium, true),
      number('per_unit.min', '每单位最少', per_unit?.min, true),
      number('per_unit.max', '每单位最多', per_unit?.max, true),
      date('until', '截止', until, true),
      ...LIMITS.map(([name, label]) => number(`limits.${name}`, label, limits[name], true)),
      number('max_file_mb', '文件最大 MB', limits.max_file_bytes && Math.round(limits.max_file_bytes / MEGABYTE), true),
    ],
  }
}

/** Choices of the proposed registers, as `column=choice,choice`. */
const ofShare = (share: FactOf<'shares'>, { tables }: NoticeProposal): ShownFact => {
  const { subject, of, bound, percent, counted } = share
  const columns = tables.flatMap(({ id, form }) => {
    const { fields = [] } = (form ?? {}) as { fields?: { name: string; label: string; choices?: string[] }[] }
    return fields.flatMap(({ name, label, choices }) => (choices ? [{ id, name, label, choices }] : []))
  })
  const [chosen] = Object.keys(counted?.of ?? {})
  const column = columns.find(({ id, name }) => id === counted?.table && name === chosen)
  return {
    label: subject,
    words: counted
      ? `${of ? `${of}中，` : ''}${column?.label ?? ''}是${(counted.of[chosen ?? ''] ?? []).join('、')}的`
      : '登记表里没有说得出的栏目：不按它提醒，或选出是哪几项',
    fields: [
      text('subject', '谁', subject),
      { name: 'bound', label: '多少', value: bound, type: BOUNDS },
      number('percent', '百分之', percent),
      {
        name: 'column',
        label: '看哪一栏',
        value: column ? `${column.id} ${column.name}` : '',
        type: [['', '（不提醒）'], ...columns.map(({ id, name, label }) => [`${id} ${name}`, label] as const)],
        isMore: true,
      },
      ...(column?.choices ?? []).map(
        (choice): FactField => ({
          name: `choice.${choice}`,
          label: choice,
          value: counted?.of[chosen ?? '']?.includes(choice) === true,
          type: 'yes',
          isMore: true,
        }),
      ),
    ],
  }
}

/** A fact as it is shown and mended; undefined where it was dropped. */
export function shownFact({ list, id }: FactRef, proposal: NoticeProposal): ShownFact | undefined {
  const find = <L extends FactListName>(name: L) =>
    (proposal[name] as readonly FactOf<L>[]).find((fact) => fact.id === id)
  if (list === 'days') return mapped(find('days'), ofDay)
  if (list === 'targets') return mapped(find('targets'), ofTarget)
  if (list === 'hosts') return mapped(find('hosts'), ofHost)
  return mapped(find('shares'), (share) => ofShare(share, proposal))
}
const mapped = <A, B>(value: A | undefined, map: (value: A) => B) => (value === undefined ? undefined : map(value))

function mendedShare(share: FactOf<'shares'>, name: string, value: MendedValue): FactOf<'shares'> {
  const { counted } = share
  if (name === 'column') {
    const [table, column] = String(value).split(' ')
    if (!table || !column) return { ...share, counted: null }
    const among = counted?.table === table ? counted.among : {}
    return { ...share, counted: { table, of: { [column]: [] }, among } }
  }
  const choice = /^choice\.(.+)$/.exec(name)?.[1]
  const [column] = Object.keys(counted?.of ?? {})
  if (choice === undefined || !counted || column === undefined) return { ...share, [name]: value }
  const others = (counted.of[column] ?? []).filter((each) => each !== choice)
  return { ...share, counted: { ...counted, of: { [column]: value ? [...others, choice] : others } } }
}

function mendedHost(host: FactOf<'hosts'>, name: string, value: MendedValue): FactOf<'hosts'> {
  const [part, key = ''] = name.split('.')
  if (name === 'hosts')
    return {
      ...host,
      // an empty name is one that is still being typed
      hosts: String(value).split(/[、，,]/),
    }
  if (name === 'max_file_mb')
    return {
      ...host,
      limits: { ...host.limits, max_file_bytes: value === null ? undefined : Number(value) * MEGABYTE },
    }
  if (part === 'limits') return { ...host, limits: { ...host.limits, [key]: value ?? undefined } }
  if (part === 'per_unit') {
    const said: { min?: number; max?: number } = { ...host.per_unit, [key]: value ?? undefined }
    const { min, max } = said
    const says = min === undefined ? `不超过${max}件` : `${min}至${max ?? min}件`
    return {
      ...host,
      per_unit:
        max === undefined && min === undefined
          ? null
          : { max: max ?? min ?? 1, says, ...(min !== undefined && { min }) },
    }
  }
  return { ...host, [name]: value }
}

/** The proposal with one property of a fact mended. */
export function mended(
  proposal: NoticeProposal,
  { list, id }: FactRef,
  name: string,
  value: MendedValue,
): NoticeProposal {
  const mend = (fact: AnyFact): AnyFact =>
    list === 'shares'
      ? mendedShare(fact as FactOf<'shares'>, name, value)
      : list === 'hosts'
        ? mendedHost(fact as FactOf<'hosts'>, name, value)
        : { ...fact, [name]: value }
  return { ...proposal, [list]: (proposal[list] as AnyFact[]).map((fact) => (fact.id === id ? mend(fact) : fact)) }
}

export const withoutFact = (proposal: NoticeProposal, { list, id }: FactRef): NoticeProposal => ({
  ...proposal,
  [list]: (proposal[list] as AnyFact[]).filter((fact) => fact.id !== id),
})

/** Targets and quotas of the next year: as they were, in proportion or none; and those of units that join, which are asked. */
import type { Value } from '../../forms/index.ts'
import type { CampaignPackage, PackageRow } from '../packages/package.ts'
import { annexQuotas } from './next_annex.ts'
import { rowsIn, type Turn, textIn, type YearChange, type YearChoices, type YearQuestion } from './turn.ts'

const scaled = (value: Value | undefined, { quotas, factor }: YearChoices): Value =>
  typeof value !== 'number' ? (value ?? null) : quotas === 'scaled' ? Math.ceil(value * factor - 1e-9) : value

const sumOf = (rows: readonly PackageRow[], name: string) =>
  rows.reduce((sum, row) => sum + (typeof row[name] === 'number' ? Number(row[name]) : 0), 0)
const figures = (numbers: readonly number[]) => numbers.map((number) => number.toLocaleString('en-US')).join(' / ')

type Quotas = { metrics: PackageRow[]; quotas: PackageRow[]; questions: YearQuestion[]; changes?: YearChange[] }
const quotaNames = (metrics: readonly PackageRow[]) =>
  metrics.filter(({ has_quota }) => has_quota === true).map((row) => textIn(row, 'name'))

/** As they were, in proportion, or none; of a unit that joins it is asked. */
function takenOver(
  was: CampaignPackage,
  choices: YearChoices,
  metrics: PackageRow[],
  units: ReadonlySet<string>,
): Quotas {
  if (choices.quotas === 'none') return { metrics, quotas: [], questions: [] }
  const names = quotaNames(metrics)
  const numbersOf = (name: string) =>
    rowsIn(was.quotas).flatMap((row) => (typeof row[name] === 'number' ? [Number(row[name])] : []))
  const quotas = rowsIn(was.quotas)
    .filter((row) => units.has(textIn(row, 'unit_id')))
    .map((row) => ({
      ...row,
      ...Object.fromEntries(names.flatMap((name) => (name in row ? [[name, scaled(row[name], choices)]] : []))),
    }))
  if (quotas.length === 0) return { metrics, quotas, questions: [] }
  const least = names.map((name) => Number(scaled(Math.min(...numbersOf(name)), choices)))
  const questions = choices.joining.map((unit): YearQuestion => {
    const answer = choices.answers[`quota:${unit}`] ?? null
    if (answer === 'least')
      quotas.push({ unit_id: unit, ...Object.fromEntries(names.map((name, at) => [name, least[at] ?? 0])) })
    return {
      id: `quota:${unit}`,
      about: `${unit}的任务多少`,
      says: `去年没有它。各单位最少的是 ${figures(least)}。`,
      options: [
        { value: 'least', label: `和最少的一样：${figures(least)}` },
        { value: 'none', label: '不分任务，报了也算' },
      ],
      answer,
    }
  })
  return { metrics, quotas, questions }
}

/** `units`: short names of those that take part; `known`: all units that the installation or the package knows. */
export function quotasOf(
  was: CampaignPackage,
  turn: Turn,
  units: ReadonlySet<string>,
  known: readonly PackageRow[],
): Required<Quotas> {
  const { choices } = turn
  const before = rowsIn(was.metrics).map((row) => {
    const { target, ...metric } = row
    return choices.quotas === 'none' || target === undefined ? metric : { ...metric, target: scaled(target, choices) }
  })
  const {
    metrics,
    quotas,
    questions,
    changes: byUnit = [],
  }: Quotas = choices.quotas === 'annex'
    ? annexQuotas(was, choices, before, units, known)
    : takenOver(was, choices, before, units)
  const names = quotaNames(metrics)
  const [had, has] = [rowsIn(was.quotas), quotas].map((rows) => figures(names.map((name) => sumOf(rows, name))))
  const sums: YearChange = {
    part: 'quotas',
    name: '各单位任务',
    was: `${rowsIn(was.quotas).length} 个单位，合计 ${had}`,
    is: quotas.length === 0 ? '还没有任务' : had === has ? '不变' : `${quotas.length} 个单位，合计 ${has}`,
  }
  const changes: YearChange[] = [
    {
      part: 'quotas',
      name: '指标',
      was: `${metrics.length} 项`,
      is: `${metrics.length} 项`,
      note: metrics.map((row) => textIn(row, 'label')).join(' · '),
    },
    ...(rowsIn(was.quotas).length + quotas.length === 0 ? [] : [sums]),
    ...byUnit,
  ]
  return { metrics, quotas, changes, questions }
}

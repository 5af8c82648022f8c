/** Targets and quotas of the next year: as they were, in proportion or none; and those of units that join, which are asked. */
import type { Value } from '../../forms/index.ts'
import type { CampaignPackage, PackageRow } from '../packages/package.ts'
import { rowsIn, type Turn, textIn, type YearChange, type YearChoices, type YearQuestion } from './turn.ts'

const scaled = (value: Value | undefined, { quotas, factor }: YearChoices): Value =>
  typeof value !== 'number' ? (value ?? null) : quotas === 'scaled' ? Math.ceil(value * factor - 1e-9) : value

const sumOf = (rows: readonly PackageRow[], name: string) =>
  rows.reduce((sum, row) => sum + (typeof row[name] === 'number' ? Number(row[name]) : 0), 0)
const figures = (numbers: readonly number[]) => numbers.map((number) => number.toLocaleString('en-US')).join(' / ')

export function quotasOf(was: CampaignPackage, turn: Turn, units: ReadonlySet<string>) {
  const { choices } = turn
  const metrics = rowsIn(was.metrics).map((row) => {
    const { target, ...metric } = row
    return choices.quotas === 'none' || target === undefined ? metric : { ...metric, target: scaled(target, choices) }
  })
  const counted = rowsIn(was.metrics).filter(({ has_quota }) => has_quota === true)
  const names = counted.map((row) => textIn(row, 'name'))
  const lowest = Object.fromEntries(
    names.map((name) => [
      name,
      Math.min(...rowsIn(was.quotas).flatMap((row) => (typeof row[name] === 'number' ? [Number(row[name])] : []))),
    ]),
  )
  const kept =
    choices.quotas === 'none'
      ? []
      : rowsIn(was.quotas)
          .filter((row) => units.has(textIn(row, 'unit_id')))
          .map((row) => ({
            ...row,
            ...Object.fromEntries(names.flatMap((name) => (name in row ? [[name, scaled(row[name], choices)]] : []))),
          }))
  const questions: YearQuestion[] = []
  if (kept.length > 0)
    for (const unit of choices.joining) {
      const least = names.map((name) => Number(scaled(lowest[name], choices)))
      const answer = choices.answers[`quota:${unit}`] ?? null
      questions.push({
        id: `quota:${unit}`,
        about: `${unit}的任务多少`,
        says: `去年没有它。各单位最少的是 ${figures(least)}。`,
        options: [
          { value: 'least', label: `和最少的一样：${figures(least)}` },
          { value: 'none', label: '不分任务，报了也算' },
        ],
        answer,
      })
      if (answer === 'least')
        kept.push({ unit_id: unit, ...Object.fromEntries(names.map((name, at) => [name, least[at] ?? 0])) })
    }
  const before = figures(names.map((name) => sumOf(rowsIn(was.quotas), name)))
  const after = figures(names.map((name) => sumOf(kept, name)))
  const changes: YearChange[] = [
    {
      part: 'quotas',
      name: '指标',
      was: `${metrics.length} 项`,
      is: `${metrics.length} 项`,
      note: rowsIn(was.metrics)
        .map((row) => textIn(row, 'label'))
        .join(' · '),
    },
    ...(rowsIn(was.quotas).length === 0
      ? []
      : [
          {
            part: 'quotas' as const,
            name: '各单位任务',
            was: `${rowsIn(was.quotas).length} 个单位，合计 ${before}`,
            is: kept.length === 0 ? '还没有任务' : before === after ? '不变' : `${kept.length} 个单位，合计 ${after}`,
          },
        ]),
  ]
  return { metrics, quotas: kept, changes, questions }
}

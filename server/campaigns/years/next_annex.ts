/**
 * Quotas of the next year from its own 附件1, as it was read from a workbook or a document: columns become metrics and names
 * become units by what they are called; what is called otherwise is asked, never guessed.
 */
import type { CampaignPackage, PackageRow } from '../packages/package.ts'
import { type AnnexMetric, rowsIn, textIn, type YearChange, type YearChoices, type YearQuestion } from './turn.ts'

type AnnexQuotas = { quotas: PackageRow[]; metrics: PackageRow[]; questions: YearQuestion[]; changes: YearChange[] }

/** A name without what goes without saying. */
const bare = (name: string) => name.replace(/\s/g, '').replace(/市?(?:总工会|工会)$/, '')
const namesOf = (unit: PackageRow) => [unit.name, unit.short_name, unit.also_known_as].flat().map(String)
const alike = (a: string, b: string) => a === b || a.includes(b) || b.includes(a)
const figures = (numbers: readonly (number | null)[]) =>
  numbers.map((number) => (number === null ? '—' : number.toLocaleString('en-US'))).join(' / ')

/** The metric that each column counts; a question where its words fit none, or several. */
function metricsOf(columns: readonly AnnexMetric[], metrics: readonly PackageRow[], { answers }: YearChoices) {
  const questions: YearQuestion[] = []
  const counted = columns.flatMap((column) => {
    const fitting = metrics.filter((metric) => alike(textIn(metric, 'label'), column.label))
    const exact = fitting.filter((metric) => textIn(metric, 'label') === column.label)
    const [only, ...others] = exact.length === 1 ? exact : fitting
    if (only && others.length === 0) return [{ column, name: textIn(only, 'name') }]
    const id = `annex:${column.label}`
    const answer = answers[id] ?? null
    questions.push({
      id,
      about: `“${column.label}”算哪个指标`,
      says: '附件1 里有这一列，指标里没有这样叫的。',
      options: [
        ...metrics.map((metric) => ({ value: textIn(metric, 'name'), label: textIn(metric, 'label') })),
        { value: 'none', label: '不用这一列' },
      ],
      answer,
    })
    return answer === null || answer === 'none' ? [] : [{ column, name: answer }]
  })
  return { counted, questions }
}

/** The unit that each printed name means; a question for each that is called otherwise, or takes no part. */
function unitsOf(
  printed: readonly string[],
  taking: ReadonlySet<string>,
  known: readonly PackageRow[],
  { answers }: YearChoices,
) {
  const questions: YearQuestion[] = []
  const meant = new Map<string, string>()
  const idle = new Set(taking)
  const unread: string[] = []
  for (const name of printed) {
    const found = known.filter((unit) => namesOf(unit).some((each) => bare(each) === bare(name)))
    const short = found.length === 1 && found[0] ? textIn(found[0], 'short_name') : undefined
    if (short !== undefined && taking.has(short)) {
      meant.set(name, short)
      idle.delete(short)
    } else unread.push(name)
  }
  for (const name of unread) {
    const id = `unit:${name}`
    const answer = answers[id] ?? null
    if (answer !== null && taking.has(answer)) meant.set(name, answer)
    questions.push({
      id,
      about: `附件1 里的“${name}”是哪个单位`,
      says: '参加的单位里没有这样叫的；新来的单位，先在下面“有单位加入吗”里加上。',
      options: [
        ...[...idle].map((unit) => ({ value: unit, label: unit })),
        { value: 'none', label: '都不是，不用这一行' },
      ],
      answer,
    })
  }
  return { meant, questions }
}

/** Where a sum and the target of before differ, somebody says which holds. */
function targetsOf(metrics: readonly PackageRow[], sums: ReadonlyMap<string, number>, { answers }: YearChoices) {
  const questions: YearQuestion[] = []
  const rows = metrics.map((metric) => {
    const sum = sums.get(textIn(metric, 'name'))
    if (sum === undefined) return metric
    const given = { ...metric, has_quota: true }
    if (typeof metric.target !== 'number' || metric.target === sum) return given
    const id = `target:${textIn(metric, 'name')}`
    const answer = answers[id] ?? null
    questions.push({
      id,
      about: `${textIn(metric, 'label')}总共多少`,
      says: `附件1 各单位合计 ${figures([sum])}，原来的总数是 ${figures([metric.target])}。`,
      options: [
        { value: 'sum', label: `按附件1：${figures([sum])}` },
        { value: 'kept', label: `还是 ${figures([metric.target])}` },
      ],
      answer,
    })
    return answer === 'sum' ? { ...given, target: sum } : given
  })
  return { rows, questions }
}

/** `metrics`: as they are taken over; `taking`: short names of the units that take part. */
export function annexQuotas(
  was: CampaignPackage,
  choices: YearChoices,
  metrics: readonly PackageRow[],
  taking: ReadonlySet<string>,
  known: readonly PackageRow[],
): AnnexQuotas {
  const { counted, questions: asked } = metricsOf(choices.annex, metrics, choices)
  const printed = [...new Set(choices.annex.flatMap(({ quotas }) => quotas.map(({ unit }) => unit)))]
  const { meant, questions: unknown } = unitsOf(printed, taking, known, choices)
  const names = counted.map(({ name }) => name)
  const before = new Map(rowsIn(was.quotas).map((row) => [textIn(row, 'unit_id'), row]))
  /** What the annex says nothing of stays as it was. */
  const withoutCounted = (unit: string): PackageRow =>
    Object.fromEntries(Object.entries(before.get(unit) ?? { unit_id: unit }).filter(([name]) => !names.includes(name)))
  const rows = new Map<string, PackageRow>()
  const sums = new Map<string, number>()
  for (const { column, name } of counted)
    for (const { unit: called, value } of column.quotas) {
      const unit = meant.get(called)
      if (unit === undefined) continue
      rows.set(unit, { ...(rows.get(unit) ?? withoutCounted(unit)), [name]: value })
      sums.set(name, (sums.get(name) ?? 0) + value)
    }
  const { rows: targeted, questions: differing } = targetsOf(metrics, sums, choices)
  const said = (row: PackageRow | undefined) =>
    row ? figures(names.map((name) => (typeof row[name] === 'number' ? Number(row[name]) : null))) : '—'
  return {
    metrics: targeted,
    quotas: [...rows.values()],
    questions: [...asked, ...unknown, ...differing],
    changes: [...taking]
      .filter((unit) => rows.has(unit) || before.has(unit))
      .map((unit) => ({
        part: 'quotas',
        name: unit,
        was: said(before.get(unit)),
        is: rows.has(unit) ? said(rows.get(unit)) : '没有任务',
        ...(rows.has(unit) ? {} : { note: '附件1 里没有它' }),
      })),
  }
}

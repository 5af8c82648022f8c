/**
 * Rules as objects: what a rule asks in words, what it looks at, when, whether it forbids or wants an explanation, a row that
 * breaks it, and its pure check. Grid, REST, import, 提交, 数据字典 and tests all read this one object.
 */
import type { RuleDefinition } from './rule_kinds/kind.ts'
import { isBlank, type Value } from './value.ts'

export type Row = Record<string, Value>
export type Errors = Record<string, string>
/**
 * What a row stands beside: the records it refers to, by the field that does; under `series` another snapshot of the same
 * content, under `elsewhere` what another unit has registered with the same value, under `twin` another row with the same
 * values, under `campaign` its days and the prizes of its works, under `uploads` its files by their field, each with type and
 * size.
 */
export type Related = Record<string, Record<string, Value> | undefined>

/**
 * When a rule is asked first; later moments ask it again. cell: what one cell alone can break, whatever stands beside it.
 * storing: with every write of a row. submission: only when the row is handed in (提交), because it can hold of a finished
 * row only: what is uploaded, chosen from slots or promised.
 */
export type Moment = 'cell' | 'storing' | 'submission'
const moments: readonly Moment[] = ['cell', 'storing', 'submission']

export type Rule = {
  name: string
  /** What it asks, as 数据字典 says it. */
  says: string
  /** Fields of the row, and columns of what it stands beside: 'collection_id.max_chars'. It sees nothing else. */
  looksAt: readonly string[]
  when: Moment
  /** must: a row that breaks it is refused. explain: it is stored, with a warning to look again. */
  severity: 'must' | 'explain'
  /** The sentence by field where the row breaks it. */
  check: (row: Row, related: Related) => Errors | undefined
  /** A row that breaks it: 数据字典 shows what is said to it, and tests try it. */
  example: { row: Row; related?: Related }
  /** What no two rows within the scope may share; `Form.unique` holds it against what is stored. */
  unique?: readonly string[]
  /** What it was written as, where it is of the vocabulary of rule_kinds.ts. */
  definition?: RuleDefinition
}

/** What is said to a row that breaks a rule: the sentence of its example. */
export const sentenceOf = ({ check, example }: Rule): string =>
  Object.values(check(example.row, example.related ?? {}) ?? {})[0] ?? ''

/** The columns that rules want to see of the record a field refers to. */
export const seenThrough = (rules: readonly Rule[], field: string): string[] => [
  ...new Set(
    rules.flatMap(({ looksAt }) =>
      looksAt.flatMap((name) => (name.startsWith(`${field}.`) ? name.slice(field.length + 1) : [])),
    ),
  ),
]

/** What these rules say to a row at a moment: the first sentence of each field. */
export function askRules(
  rules: readonly Rule[],
  severity: Rule['severity'],
  row: Row,
  related: Related,
  moment: Moment,
): Errors {
  const errors: Errors = {}
  const latest = moments.indexOf(moment)
  for (const rule of rules) {
    if (rule.severity !== severity || moments.indexOf(rule.when) > latest) continue
    const broken = rule.check(row, related)
    if (broken) for (const [name, sentence] of Object.entries(broken)) errors[name] ??= sentence
  }
  return errors
}

type LabelledField = { name: string; label: string }

/** A cell that may not be empty. */
export const mandatory = ({ name, label }: LabelledField): Rule => ({
  name: `${name}_given`,
  says: `${label}不能空。`,
  looksAt: [name],
  when: 'cell',
  severity: 'must',
  check: (row) => (isBlank(row[name]) ? { [name]: `必填：${label}。` } : undefined),
  example: { row: {} },
})

/**
 * Cumulative snapshots: `rising` must not fall as `on` goes on. Rows are of one thing that are alike in `of` and in the
 * first of `by`, or in the second where one of them lacks the first.
 */
export type RisingSeries = {
  of: readonly string[]
  by: readonly [string, string]
  on: string
  rising: readonly string[]
}

/** Cumulative counts do not fall: held against one other snapshot of the same content, before or after. */
export function neverFalls(series: RisingSeries, labelOf: (name: string) => string): Rule {
  const { of, by, on, rising } = series
  const named = (names: readonly string[]) => names.map((name) => `“${labelOf(name)}”`).join('、')
  const falls = (count: number, row: Row, other: Row, name: string): string | undefined => {
    const isLater = String(other[on]) > String(row[on])
    const isFault = isLater
      ? !isBlank(other[name]) && Number(other[name]) < count
      : String(other[on]) < String(row[on]) && Number(other[name] ?? 0) > count
    return isFault
      ? `${labelOf(name)} ${count} 比 ${other[on]} 统计的 ${other[name]} ${isLater ? '多' : '少'}，累计数不能减少，请核对。`
      : undefined
  }
  const [first = ''] = rising
  return {
    name: 'counts_never_fall',
    says: `${named([...of, by[0]])}都相同的行（没填${named([by[0]])}的看${named([by[1]])}）是同一内容的历次统计，按${named([on])}排起来，${named(rising)}只能不变或增加；任务只计最近一次。`,
    looksAt: [...of, ...by, on, ...rising, `series.${on}`, ...rising.map((name) => `series.${name}`)],
    when: 'storing',
    severity: 'must',
    check(row, { series: other }) {
      if (!other) return undefined
      const errors = rising.flatMap((name) => {
        const sentence = isBlank(row[name]) ? undefined : falls(Number(row[name]), row, other, name)
        return sentence ? [[name, sentence] as const] : []
      })
      return errors.length > 0 ? Object.fromEntries(errors) : undefined
    },
    example: {
      row: { [on]: '2019-07-07', [first]: 900 },
      related: { series: { [on]: '2019-06-30', [first]: 1000 } },
    },
  }
}

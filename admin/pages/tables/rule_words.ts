/** The rules of the forms in words for 数据字典, each with the sentence that is said to a row that breaks it. */
import { type Form, fieldOf, forms, type Moment } from '../../../server/forms/index.ts'

const moments: Readonly<Record<Moment, string>> = { storing: '存的时候核对', submission: '提交的时候核对' }

type RuleWords = { words: string; moment: string; sentence: string | undefined }

/** Every rule of a form: what it demands, when it is asked, and what is said where it is broken. */
export const rulesOf = (form: Form): RuleWords[] =>
  (form.rules ?? []).map(({ says, moment, check, example }) => ({
    words: says,
    moment: moments[moment],
    sentence: Object.values(check(example.row, example.related ?? {}) ?? {})[0],
  }))

const labelsOf = (form: Form, names: readonly string[], between: string) =>
  names.map((name) => `“${fieldOf(form, name)?.label ?? name}”`).join(between)

const within: Record<Form['scope'], string> = {
  unit: '同一单位、同一年度',
  campaign: '同一年度',
  global: '全省',
}

/** By what two rows are one, and which counts may only rise. */
export function keysOf(form: Form): string[] {
  const [first = [], ...others] = form.keys
  const fallback = others.map((key) => `；没填全时按${labelsOf(form, key, '加')}`).join('')
  const { series } = form
  return [
    ...(form.unique ?? []).map((names) => `${labelsOf(form, names, '加')}在${within[form.scope]}里不能重复。`),
    `按${labelsOf(form, first, '加')}认出同一行${fallback}。${within[form.scope]}里不能有两行相同；导入时相同的更新，不重复新增。`,
    ...(series
      ? [
          `${labelsOf(form, [...series.of, series.by[0]], '、')}都相同的行（没填${labelsOf(form, [series.by[0]], '')}的看${labelsOf(form, [series.by[1]], '')}）是同一内容的历次统计，按${labelsOf(form, [series.on], '')}排起来，${labelsOf(form, series.rising, '、')}只能不变或增加；任务只计最近一次。`,
        ]
      : []),
  ]
}

/** Forms that point here, by their field: a row they name cannot be mistaken for another. */
export const pointersTo = (form: Form): string[] =>
  Object.values(forms).flatMap((other) =>
    other.fields.filter(({ to }) => to === form.name).map((field) => `${other.label}的“${field.label}”`),
  )

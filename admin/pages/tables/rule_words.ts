/**
 * The rules of the forms in words for 数据字典. A rule is a function; each stands here, in its form's order, with a row
 * that breaks it, so that the page can show the very sentence a clerk will read. A rule without words is told as such.
 */
import { type Form, fieldOf, forms, type Related, type Row } from '../../../server/forms/index.ts'

type Told = { words: string; row: Row; related?: Related }

const endBeforeStart: Told = {
  words: '结束日期不能早于开始日期。',
  row: { starts_on: '2019-06-18', ends_on: '2019-06-17' },
}

const told: Readonly<Record<string, readonly Told[]>> = {
  organizations: [{ words: '会员人数不能大于职工人数。', row: { staff_count: 300, member_count: 320 } }],
  events: [{ words: '结束日期不能早于日期。', row: { held_on: '2019-06-18', ended_on: '2019-06-17' } }],
  reach: [{ words: '统计截止日不能早于发布日期。', row: { published_on: '2019-06-18', counted_on: '2019-06-17' } }],
  submissions: [
    {
      words: '征集活动列了主题的，主题要从里面选；规定必选的不能空。',
      row: { sub_theme: '风光' },
      related: { collection_id: { sub_themes: ['劳动者', '新时代'] } },
    },
    {
      words: '作品说明不超过征集活动规定的字数。',
      row: { description: '长'.repeat(126) },
      related: { collection_id: { max_chars: 100 } },
    },
    {
      words: '时长不超过征集活动规定的秒数。',
      row: { duration_s: 200 },
      related: { collection_id: { max_seconds: 180 } },
    },
    { words: '作者承诺原创才能报送。', row: { is_original: false } },
    {
      words: '要新旧对比的征集活动，作品文件里要有一张旧照、一张新照。',
      row: { files: [{ id: 1, name: '新照.jpg', part: '新照' }] },
      related: { collection_id: { needs_pair: true } },
    },
  ],
  awards: [
    {
      words: '公示不少于 5 个工作日（周一到周五，不计节假日调休）。',
      row: { publicity_from: '2019-11-04', publicity_to: '2019-11-06' },
    },
    { words: '作品类表彰要选附件8里的作品。', row: { category: '作品一等奖' } },
  ],
  stages: [endBeforeStart],
  campaigns: [endBeforeStart],
}

export type Rule = { words: string; sentence?: string }

/** Every rule of a form, in words and with what is said where it is broken. */
export const rulesOf = (form: Form): Rule[] =>
  (form.rules ?? []).map((rule, at) => {
    const known = told[form.name]?.[at]
    if (!known) return { words: '另有一条跨栏核对，不符合时在格子旁说明。' }
    return { words: known.words, sentence: Object.values(rule(known.row, known.related ?? {}) ?? {})[0] }
  })

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

/**
 * What a column of a form is for: its type, choices and limits, from what its cells ask for, its words, its number formats, the
 * notes and the rows that are filled. Pure; what is only likely is told as a doubt.
 */
import {
  askType,
  type ColumnKind,
  type Evidence,
  formatOf,
  HALF,
  isBelieved,
  isDayFormat,
  isMonthFormat,
  MOST,
  plain,
  samplesOf,
  shareOf,
} from './column_evidence.ts'
import type { CellsAsk } from './drop_downs.ts'
import { about, exactness, labelIn, limitIn } from './notes_said.ts'
import type { SheetRead } from './read_sheets.ts'
import { type AnnexColumn, type AnnexTable, bare } from './sheet_tables.ts'

const LONG_TEXT_CHARS = 60
const WIDE_COLUMN_CHARS = 40
const MAX_CHOICE_CHARS = 60

/** The kind of one column. */
export function kindOf(
  column: AnnexColumn,
  table: AnnexTable,
  sheet: SheetRead,
  year: number,
  asks: readonly CellsAsk[],
  notes: readonly string[],
): ColumnKind {
  const label = labelIn(column.heading)
  const evidence: Evidence = {
    label,
    group: bare(column.group ?? ''),
    says: about(label, notes),
    ask: asks.find(({ choices, type }) => choices ?? type),
    format: formatOf(column, table, sheet),
    samples: samplesOf(column.column, table.rows),
    year,
  }
  const kind =
    fromAsk(evidence) ??
    fromWords(evidence) ??
    fromFormat(evidence) ??
    fromSamples(evidence) ??
    asText(evidence, column)
  const limit = limitIn(column.heading) ?? evidence.says.map(limitIn).find((found) => found !== undefined)
  if (limit === undefined || (kind.type !== 'text' && kind.type !== 'long_text')) return kind
  return {
    ...kind,
    type: limit > LONG_TEXT_CHARS ? 'long_text' : kind.type,
    max: limit,
    why: `${kind.why}；写着 ${limit} 字以内`,
  }
}

// What the cells ask for --------------------------------------------------------------------------------------------

function fromAsk({ ask, label }: Evidence): ColumnKind | undefined {
  if (ask?.choices) {
    const where = ask.source ? `，选项在 ${ask.source}` : ''
    return { type: 'choice', choices: ask.choices, why: `${ask.cells} 有下拉框${where}`, doubts: [] }
  }
  if (ask?.type === 'whole') return { type: 'integer', why: `${ask.cells} 只收整数`, doubts: [] }
  if (ask?.type === 'decimal') return { type: 'decimal', why: `${ask.cells} 只收数`, doubts: [] }
  if (ask?.type === 'date')
    return { type: /年月|月份$/.test(label) ? 'month' : 'date', why: `${ask.cells} 只收日期`, doubts: [] }
  return undefined
}

// What the words say ------------------------------------------------------------------------------------------------

type WordRule = { words: RegExp; not?: RegExp; kind: (evidence: Evidence) => ColumnKind | undefined }

const wordRules: readonly WordRule[] = [
  {
    words: /手机|电话|联系方式$/,
    kind: (evidence) =>
      isBelieved(evidence, 'phone')
        ? plain('phone', '名称是电话', { private: true, ...(/手机/.test(evidence.label) && { mobile: true }) })
        : undefined,
  },
  { words: /邮箱|邮件|e-?mail/i, kind: () => plain('text', '名称是邮箱') },
  { words: /信用代码/, kind: () => plain('credit_code', '名称是统一社会信用代码') },
  { words: /链接|网址|^URL$|地址栏/i, kind: linkKind },
  { words: /照片|截图|扫描件|附件$|佐证材料/, kind: (evidence) => attachedKind(evidence) },
  {
    words: /^是否|^有无|是否[^，]*$/,
    kind: (evidence) => (isBelieved(evidence, 'yes_no') ? plain('yes_no', '名称问是否') : undefined),
  },
  {
    words: /^性别$/,
    kind: () => ({
      ...plain('choice', '名称是性别', { choices: ['男', '女'] }),
      doubts: askType('“性别”没有下拉框，按男、女两项选吗？', 'choice', 'text'),
    }),
  },
  {
    words: /年月$|月份$/,
    not: /日/,
    kind: (evidence) => (isBelieved(evidence, 'month') ? plain('month', '名称是年月') : undefined),
  },
  { words: /日期|时间|^时间|截止日|.+日$/, not: /节日|生日活动/, kind: dayKind },
  {
    words:
      /人数|人次|数量|次数|个数|件数|场次|场数|粉丝数|金额|经费|播放量|阅读量|点赞数|互动数|.{1,}[数量]$|[（(](万|亿|元|人|场|个|件|名|次)[^）)]{0,2}[）)]$/,
    not: /号$|账号|编号|分数线/,
    kind: numberKind,
  },
  {
    words: /简介|事迹|简历|内容|意见|备注|说明|情况$|描述|概况/,
    not: /时间|日期|人数/,
    kind: (evidence) => (isBelieved(evidence, 'long_text') ? plain('long_text', '名称是成段的文字') : undefined),
  },
  { words: /^姓名$|姓名$/, kind: () => plain('text', '名称是人名', { compact: true, person: true, max: 40 }) },
  { words: /形式$|类型$|类别$|性质$|级别$|渠道$|特长$|面貌$|学历$/, kind: (evidence) => choiceKind(evidence, 2) },
]

function fromWords(evidence: Evidence): ColumnKind | undefined {
  const rule = wordRules.find(
    ({ words, not, kind }) => words.test(evidence.label) && !not?.test(evidence.label) && kind(evidence),
  )
  return rule?.kind(evidence)
}

function linkKind(evidence: Evidence): ColumnKind {
  const { label, samples } = evidence
  const isUrl = samples.length > 0 && shareOf(evidence, 'url') >= MOST
  const says = `“${label}”只收一个网址，还是可以写几个、也可以写文字？`
  return {
    ...plain(isUrl ? 'url' : 'long_text', isUrl ? '填的都是网址' : '名称是链接，也许不止一个'),
    doubts: askType(
      says,
      ...(isUrl ? (['url', 'long_text', 'text'] as const) : (['long_text', 'url', 'text'] as const)),
    ),
  }
}

function attachedKind(evidence: Evidence): ColumnKind {
  const { label, samples } = evidence
  const isWritten = samples.length > 0
  const says = `“${label}”是在系统里传文件，还是写一句话？`
  return {
    ...plain(isWritten ? 'text' : 'attachments', isWritten ? '填的是文字' : '名称是要附上的东西'),
    doubts: askType(says, ...(isWritten ? (['text', 'attachments'] as const) : (['attachments', 'text'] as const))),
  }
}

function dayKind(evidence: Evidence): ColumnKind | undefined {
  const { label, says, samples, format } = evidence
  const exact = exactness(says)
  const isTimed = samples.some(({ kind, text }) => kind === 'date' && text.includes(' ')) || /h/i.test(format)
  if (exact === 'month') return plain('month', `说明写着：${says[0]}`)
  if (exact === 'day') return isBelieved(evidence, 'date', 0.3) ? plain('date', `说明写着：${says[0]}`) : undefined
  if (isTimed && shareOf(evidence, 'datetime') >= HALF) return plain('datetime', '填的有钟点')
  const isMonth =
    isMonthFormat(format) ||
    (samples.length > 0 && shareOf(evidence, 'month') >= MOST && shareOf(evidence, 'date') < HALF)
  if (isMonth) return plain('month', '填的只到月')
  if (!isBelieved(evidence, 'date')) return undefined
  if (samples.length > 0 || isDayFormat(format))
    return plain('date', samples.length > 0 ? '填的是日期' : '格子的格式是日期')
  return { ...plain('date', '名称是时间'), doubts: askType(`“${label}”写到日，还是写到月？`, 'date', 'month', 'text') }
}

function numberKind(evidence: Evidence): ColumnKind | undefined {
  const { label, samples, format } = evidence
  if (!isBelieved(evidence, 'decimal')) return undefined
  const isDecimal =
    (samples.length > 0 && shareOf(evidence, 'integer') < shareOf(evidence, 'decimal')) || /0\.0/.test(format)
  if (isDecimal || (/[（(](万|亿)/.test(label) && samples.length === 0))
    return {
      ...plain('decimal', '要写带小数的数'),
      doubts: samples.length > 0 ? [] : askType(`“${label}”写整数还是小数？`, 'decimal', 'integer'),
    }
  return plain('integer', samples.length > 0 ? '填的是整数' : '名称是数目')
}

// What formats and rows say -----------------------------------------------------------------------------------------

function fromFormat(evidence: Evidence): ColumnKind | undefined {
  const { format } = evidence
  if (/[ymd]/i.test(format.replace(/"[^"]*"|\[[^\]]*\]/g, '')) && isBelieved(evidence, 'date'))
    return plain(isMonthFormat(format) ? 'month' : 'date', '格子的格式是日期')
  if (/^#?[#,]*0$/.test(format) && isBelieved(evidence, 'integer')) return plain('integer', '格子的格式是整数')
  if (/0\.0/.test(format) && isBelieved(evidence, 'decimal')) return plain('decimal', '格子的格式是小数')
  return undefined
}

function fromSamples(evidence: Evidence): ColumnKind | undefined {
  const { samples } = evidence
  if (samples.length === 0) return undefined
  if (shareOf(evidence, 'phone', { mobile: true }) >= MOST)
    return plain('phone', '填的是手机号', { private: true, mobile: true })
  if (samples.every(({ kind }) => kind === 'date')) return plain('date', '填的是日期')
  if (shareOf(evidence, 'url') >= MOST) return linkKind(evidence)
  if (shareOf(evidence, 'integer') >= MOST && samples.some(({ kind }) => kind === 'number'))
    return plain('integer', '填的是整数')
  if (shareOf(evidence, 'decimal') >= MOST && samples.some(({ kind }) => kind === 'number'))
    return plain('decimal', '填的是数')
  if (shareOf(evidence, 'date') >= MOST) return plain('date', '填的是日期')
  return choiceKind(evidence, 3)
}

const MIN_CHOICE_ROWS = 8
const MAX_FEW_CHOICES = 10

/** Few values, each on average `often` times, are likely a choice: asked. */
function choiceKind(evidence: Evidence, often: number): ColumnKind | undefined {
  const { samples, label } = evidence
  const values = [...new Set(samples.map(({ text }) => text.trim()))]
  const isFew =
    samples.length >= MIN_CHOICE_ROWS && values.length <= MAX_FEW_CHOICES && values.length * often <= samples.length
  if (!isFew || values.length < 2 || values.some((value) => value.length > 12 || /^\d+$/.test(value))) return undefined
  const shown = values.join('、')
  return {
    ...plain('choice', `填的只有 ${values.length} 种`, {
      choices: values.map((value) => value.slice(0, MAX_CHOICE_CHARS)),
    }),
    doubts: askType(`“${label}”填的只有 ${shown}，是从中选一项吗？`, 'choice', 'text'),
  }
}

function asText({ samples }: Evidence, { width }: AnnexColumn): ColumnKind {
  const longest = Math.max(0, ...samples.map(({ text }) => text.length))
  const isLong =
    longest > LONG_TEXT_CHARS ||
    samples.some(({ text }) => text.split('\n').length > 2) ||
    (width ?? 0) > WIDE_COLUMN_CHARS
  return isLong ? plain('long_text', '填的字多') : plain('text', '文字')
}

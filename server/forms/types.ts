/**
 * The vocabulary of the forms: every field type with its name, how a cell is understood (`parse`), what that asks in words
 * (`asks`), how a value is shown (`print`) and which PostgreSQL type keeps it (`column`, held against the live tables by a
 * test).
 */
import { lostDigits, parseCreditCode, parsePhone } from './codes.ts'
import { parseConditions, printedConditions } from './conditions.ts'
import { inYear, parseDate, parseMoment, parseMonth } from './dates.ts'
import { identityIn } from './identity.ts'
import { decimalAsked, inThousands, parseNumber, rangeAsked } from './numbers.ts'
import { parsePrizes, printedPrizes } from './prizes.ts'
import { parseItems, printedItems } from './scoring.ts'
import { severalPeople } from './signs.ts'
import { compact, manyLines, oneLine, sameText, words } from './text.ts'
import {
  type Attachment,
  type Context,
  isScalar,
  no,
  ok,
  type Parsed,
  shown,
  type Typed,
  type TypeName,
  type Value,
} from './value.ts'

type FieldType = {
  /** What 数据字典 calls it. */
  label: string
  column: string
  /**
   * Free text: anything may stand in it, a phone too, and whoever may not read phones reads it without them. The views of
   * db/security/025_told.sql do so for every text that is not excepted there; a test holds the two together.
   */
  free?: true
  parse: (cell: unknown, field: Typed, context: Context) => Parsed
  print: (value: Value, field: Typed) => string
  /** What `parse` asks of a cell, as short phrases. */
  asks?: (field: Typed) => string[]
}

const asText = (value: Value) => (value === null ? '' : String(value))

/** How many characters a text may have where its field says nothing else. */
const SHORT_TEXT = 200
const LONG_TEXT = 2_000

const lengthAsked = ({ max }: Typed, standard: number) => [`最多 ${inThousands.format(max ?? standard)} 字`]

function limited(value: string, field: Typed, standard: number): Parsed {
  const identity = identityIn(value, field.label)
  if (identity) return no(identity)
  const max = field.max ?? standard
  const length = [...value].length
  return length > max ? no(`${field.label} ${length} 字，最多 ${max} 字，还要删 ${length - max} 字。`) : ok(value)
}

const notScalar = (field: Typed) => no(`${field.label}应是一格文字或数字。`)

const wordOf = (choice: string, { words }: Typed) => words?.[choice] ?? choice

/** Whether several things stand in one cell, so that no single one is chosen for it. */
export const isMany = ({ type }: Typed): boolean =>
  ['list', 'attachments', 'conditions', 'scoring_items', 'prizes'].includes(type)

/** What a cell of a field is chosen from, as people read it; undefined where anything may stand in it. */
export const wordsOf = (field: Typed): readonly string[] | undefined =>
  field.type === 'yes_no' ? ['是', '否'] : field.choices?.map((choice) => wordOf(choice, field))

function parseChoice(cell: unknown, field: Typed): Parsed {
  const typed = sameText(String(cell))
  const found =
    field.choices?.find((choice) => [choice, wordOf(choice, field)].some((word) => sameText(word) === typed)) ??
    field.also?.[typed]
  return found === undefined
    ? no(`${field.label}没有“${shown(cell)}”这一项，可选：${wordsOf(field)?.join('、')}。`)
    : ok(found)
}

function parseList(cell: unknown, field: Typed): Parsed {
  const given = Array.isArray(cell)
    ? cell.map((item) => oneLine(String(item))).filter((item) => item !== '')
    : words(String(cell))
  const list: string[] = []
  for (const word of given.slice(0, 100)) {
    const parsed = field.choices ? parseChoice(word, field) : limited(word, { ...field, max: 100 }, 100)
    if ('error' in parsed) return parsed
    if (!list.includes(String(parsed.value))) list.push(String(parsed.value))
  }
  return ok(list.length ? list : null)
}

function parseYesNo(cell: unknown, field: Typed): Parsed {
  if (typeof cell === 'boolean') return ok(cell)
  const text = sameText(String(cell))
  if (['是', '有', '√', '✓', '对', 'y', 'yes', 'true', '1'].includes(text)) return ok(true)
  if (['否', '无', '×', 'x', '不', 'n', 'no', 'false', '0'].includes(text)) return ok(false)
  return no(`${field.label}请填“是”或“否”，现在是“${shown(cell)}”。`)
}

function parseUrl(cell: unknown, field: Typed): Parsed {
  const text = oneLine(String(cell))
  const full = /^https?:\/\//i.test(text) ? text : `https://${text}`
  if (!URL.canParse(full) || /\s/.test(text) || !/^https?:\/\/[^/]+\.[^/]+/i.test(full))
    return no(`${field.label}“${shown(cell)}”不是网址，请从浏览器地址栏复制。`)
  return limited(full, field, LONG_TEXT)
}

function parseReference(cell: unknown, field: Typed): Parsed {
  if (typeof cell === 'number')
    return Number.isSafeInteger(cell) && cell > 0 ? ok(cell) : no(`${field.label}“${cell}”找不到。`)
  return limited(oneLine(String(cell)), field, SHORT_TEXT)
}

function parseAttachments(cell: unknown, field: Typed): Parsed {
  const list = Array.isArray(cell) ? cell.slice(0, 21) : null
  if (!list || list.length > 20) return no(`${field.label}最多 20 个文件，请在表里上传。`)
  const files: Attachment[] = []
  for (const item of list as Partial<Attachment>[]) {
    if (!item || !Number.isSafeInteger(item.id) || typeof item.name !== 'string')
      return no(`${field.label}里有读不出的文件，请重新上传。`)
    if (item.part !== undefined && (!field.slots_from || typeof item.part !== 'string'))
      return no(`${field.label}不分栏，没有“${shown(item.part)}”这一栏。`)
    files.push({
      id: Number(item.id),
      name: oneLine(item.name).slice(0, 200),
      ...(item.part ? { part: oneLine(item.part).slice(0, 100) } : {}),
    })
  }
  return ok(files.length ? files : null)
}

const scalar =
  (parse: FieldType['parse']): FieldType['parse'] =>
  (cell, field, context) =>
    isScalar(cell) ? parse(cell, field, context) : notScalar(field)

export const types: Record<TypeName, FieldType> = {
  text: {
    label: '文字',
    asks: (field) => lengthAsked(field, SHORT_TEXT),
    column: 'text',
    free: true,
    parse: scalar((cell, field) => {
      if (lostDigits(String(cell)))
        return no(`${field.label}被 Excel 变成了 ${shown(cell)}，末几位丢了，请按文本重填。`)
      const people = field.person ? severalPeople(String(cell)) : undefined
      if (people)
        return no(`${field.label}“${shown(cell)}”不止一个人，一行只写一个人；是一个人的，姓和名之间不要空格。`)
      return limited(field.compact ? compact(String(cell)) : oneLine(String(cell)), field, SHORT_TEXT)
    }),
    print: asText,
  },
  long_text: {
    label: '多行文字',
    asks: (field) => lengthAsked(field, LONG_TEXT),
    column: 'text',
    free: true,
    parse: scalar((cell, field) => limited(manyLines(String(cell)), field, LONG_TEXT)),
    print: asText,
  },
  decimal: {
    label: '数',
    asks: decimalAsked,
    column: 'numeric',
    parse: scalar(parseNumber),
    print: asText,
  },
  integer: {
    label: '整数',
    asks: rangeAsked,
    column: 'integer',
    parse: scalar(parseNumber),
    print: asText,
  },
  date: {
    label: '日期',
    asks: () => ['如 2019-06-18'],
    column: 'date',
    parse: scalar((cell, field, context) => inYear(parseDate(cell, field, context), field, context)),
    print: asText,
  },
  month: {
    label: '年月',
    asks: () => ['如 1986-04'],
    column: 'text',
    parse: scalar(parseMonth),
    print: asText,
  },
  datetime: {
    label: '日期和时间',
    asks: () => ['如 2019-06-18 09:30'],
    column: 'timestamp without time zone',
    parse: scalar((cell, field, context) => inYear(parseMoment(cell, field, context), field, context)),
    print: (value) => asText(value).slice(0, 16).replace('T', ' '),
  },
  choice: {
    label: '单选',
    column: 'text',
    parse: scalar(parseChoice),
    print: (value, field) => wordOf(asText(value), field),
  },
  list: {
    label: '多项',
    column: 'text[]',
    free: true,
    parse: parseList,
    print: (value, field) =>
      Array.isArray(value) ? value.map((word) => wordOf(String(word), field)).join('、') : wordOf(asText(value), field),
  },
  yes_no: {
    label: '是或否',
    asks: () => ['填“是”或“否”'],
    column: 'boolean',
    parse: scalar(parseYesNo),
    print: (value) => (value === null ? '' : value ? '是' : '否'),
  },
  phone: {
    label: '电话',
    asks: ({ mobile }) => [mobile ? '11 位手机号' : '手机号，或带区号的座机'],
    column: 'text',
    parse: scalar(parsePhone),
    print: asText,
  },
  credit_code: {
    label: '信用代码',
    asks: () => ['18 位，核对校验位'],
    column: 'text',
    parse: scalar(parseCreditCode),
    print: asText,
  },
  url: {
    label: '网址',
    asks: (field) => ['从地址栏复制', ...lengthAsked(field, LONG_TEXT)],
    column: 'text',
    free: true,
    parse: scalar(parseUrl),
    print: asText,
  },
  reference: {
    label: '引用',
    column: 'integer',
    parse: scalar(parseReference),
    print: asText,
  },
  attachments: {
    label: '文件',
    column: 'jsonb',
    free: true,
    parse: parseAttachments,
    print: (value) =>
      Array.isArray(value) ? value.map((file) => (typeof file === 'string' ? file : file.name)).join('、') : '',
  },
  conditions: {
    label: '条件',
    asks: () => ['如 kind=知识竞赛、主题演讲'],
    column: 'jsonb',
    free: true,
    parse: parseConditions,
    print: printedConditions,
  },
  scoring_items: {
    label: '评分项',
    asks: () => ['如 主题 40、制作 30、感染力 30', '权重加起来是 100', '满分不是 100 的写 创意 40 满分 10'],
    column: 'jsonb',
    free: true,
    parse: parseItems,
    print: printedItems,
  },
  prizes: {
    label: '奖项和名额',
    asks: () => ['如 作品一等奖 3、作品优秀奖', '不写数就不限名额'],
    column: 'jsonb',
    free: true,
    parse: parsePrizes,
    print: printedPrizes,
  },
}

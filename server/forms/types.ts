/**
 * The vocabulary of the forms: every field type with how a cell is understood (`parse`), how it is shown (`print`)
 * and which PostgreSQL type keeps it (`column`, held against the live tables by a test).
 *
 * A cell is what REST, the grid or a workbook hand over: text, number, boolean or list. Values are plain JSON:
 * dates 'YYYY-MM-DD', months 'YYYY-MM', moments 'YYYY-MM-DDTHH:MM:SS' on the wall clock, never a `Date`.
 */
import { identityIn } from './identity.ts'
import { severalPeople } from './signs.ts'
import { compact, halfWidth, manyLines, oneLine, sameText, visible, words } from './text.ts'

export type Attachment = { id: number; name: string; part?: string }
export type Value = string | number | boolean | null | string[] | Attachment[]
export type Parsed = { value: Value } | { error: string }
export type Context = { year: number }

type TypeName =
  | 'text'
  | 'long_text'
  | 'integer'
  | 'decimal'
  | 'date'
  | 'month'
  | 'datetime'
  | 'choice'
  | 'list'
  | 'yes_no'
  | 'phone'
  | 'credit_code'
  | 'url'
  | 'reference'
  | 'attachments'

/** The part of a field that its type reads; the whole field is in form.ts. */
export type Typed = {
  label: string
  type: TypeName
  max?: number
  min?: number
  compact?: boolean
  /** Text: the name of one person. */
  person?: boolean
  /** Days and moments: they are of the campaign's year. */
  of_year?: boolean
  /** Numbers: what they may be counted in besides, and how many of the field's own each is: { 分: 60 } of seconds. */
  counted_in?: Readonly<Record<string, number>>
  mobile?: boolean
  choices?: readonly string[]
  also?: Readonly<Record<string, string>>
  /** Files lie in slots: named by the record that a field refers to, in two lists of its, all of them and those needed. */
  slots_from?: readonly [field: string, all: string, needed: string]
  /** How a choice reads, where it is stored under another name. */
  words?: Readonly<Record<string, string>>
}

type FieldType = {
  column: string
  /**
   * Free text: anything may stand in it, a phone too, and whoever may not read phones reads it without them. The views of
   * db/security/025_told.sql do so for every text that is not excepted there; a test holds the two together.
   */
  free?: true
  parse: (cell: unknown, field: Typed, context: Context) => Parsed
  print: (value: Value, field: Typed) => string
}

const ok = (value: Value): Parsed => ({ value })
const no = (error: string): Parsed => ({ error })
const shown = (cell: unknown) => {
  const text = oneLine(String(cell))
  return text.length > 30 ? `${text.slice(0, 30)}…` : text
}
const asText = (value: Value) => (value === null ? '' : String(value))
const pad = (n: number, width = 2) => String(n).padStart(width, '0')

/** True where Excel has turned a long number into 1.38E+10 and thrown its last digits away. */
const lostDigits = (text: string) => /^\d(\.\d+)?E\+?\d+$/i.test(text)

function limited(value: string, field: Typed, standard: number): Parsed {
  const identity = identityIn(value, field.label)
  if (identity) return no(identity)
  const max = field.max ?? standard
  const length = [...value].length
  return length > max ? no(`${field.label} ${length} 字，最多 ${max} 字，还要删 ${length - max} 字。`) : ok(value)
}

const isScalar = (cell: unknown) => typeof cell === 'string' || typeof cell === 'number' || typeof cell === 'boolean'
const notScalar = (field: Typed) => no(`${field.label}应是一格文字或数字。`)

/** Days in a month of the proleptic Gregorian calendar. */
const daysIn = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()

/** A calendar day, or the sentence that says why there is none. */
function day(year: number, month: number, date: number, field: Typed): Parsed {
  if (year < 1900 || year > 2100) return no(`${field.label}的年份 ${year} 不对，请写成 2019-06-18 这样。`)
  if (month < 1 || month > 12) return no(`没有 ${month} 月，请核对${field.label}。`)
  if (date < 1 || date > daysIn(year, month)) return no(`${year} 年 ${month} 月没有 ${date} 日，请核对${field.label}。`)
  return ok(`${pad(year, 4)}-${pad(month)}-${pad(date)}`)
}

/** A day count of the 1900 date system, as a cell without a date format carries it. */
function fromSerial(serial: number) {
  const moment = new Date(Math.round((serial - 25569) * 86_400_000))
  const on = `${pad(moment.getUTCFullYear(), 4)}-${pad(moment.getUTCMonth() + 1)}-${pad(moment.getUTCDate())}`
  return { on, at: `${on}T${pad(moment.getUTCHours())}:${pad(moment.getUTCMinutes())}:${pad(moment.getUTCSeconds())}` }
}
const isSerial = (n: number) => n >= 20_000 && n < 80_000

const fullDate = /^(\d{4})\s*[-./年、。 ]\s*(\d{1,2})\s*[-./月、。 ]\s*(\d{1,2})\s*[日号]?$/
const packedDate = /^(\d{4})(\d{2})(\d{2})$/
/** 19年6月18日, 19.6.18; with dashes it could be the 19th. */
const shortYear = /^(\d{2})\s*([年.])\s*(\d{1,2})\s*[月.]\s*(\d{1,2})\s*[日号]?$/
const yearless = /^(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*[日号]?$/
const clockBehind =
  /[T ]?(上午|下午|早上|中午|晚上)?\s*(\d{1,2}[:：]\d{2}([:：]\d{2})?(\.\d+)?|\d{1,2}[点时](\d{1,2}分?|半)?)$/
const halfDay = /\s*(上午|下午|全天|晚上)$/
const weekday = /\s*[（(]?\s*(星期|周|礼拜)[一二三四五六日天]\s*[)）]?/
const days = /\d\s*[日号]?\s*(?:[-~～—－至到]{1,2}\s*\d|、\d{1,2}日)/

/** The value, unless its year is another than the campaign's. */
function inYear(parsed: Parsed, { label, of_year }: Typed, { year }: Context): Parsed {
  if (!of_year || year === 0 || !('value' in parsed)) return parsed
  const on = String(parsed.value).slice(0, 10)
  return Number(on.slice(0, 4)) === year
    ? parsed
    : no(`${label} ${on} 不在 ${year} 年，本活动是 ${year} 年的，请核对年份。`)
}

function parseDate(cell: unknown, field: Typed, context: Context): Parsed {
  if (typeof cell === 'number' && isSerial(cell)) return ok(fromSerial(cell).on)
  const text = oneLine(String(cell)).replace(weekday, '').replace(clockBehind, '').replace(halfDay, '').trim()
  const match = fullDate.exec(text) ?? packedDate.exec(text)
  if (match) return day(Number(match[1]), Number(match[2]), Number(match[3]), field)
  const [, year, , month, date] = shortYear.exec(text) ?? []
  if (year && Math.abs(2000 + Number(year) - context.year) <= 1)
    return day(2000 + Number(year), Number(month), Number(date), field)
  // a number cell forgets the nought of 6.10
  if (/^\d{1,2}\.[123]$/.test(text))
    return no(
      `${field.label}“${shown(cell)}”分不清是 ${text.at(-1)} 日还是 ${text.at(-1)}0 日，请写成 2019-06-18 这样。`,
    )
  const short = yearless.exec(text)
  if (short) return day(context.year, Number(short[1]), Number(short[2]), field)
  if (days.test(text)) return no(`${field.label}“${shown(cell)}”是一段日期，请只写一天，如 2019-06-18。`)
  return no(`${field.label}“${shown(cell)}”看不出是哪一天，请写成 2019-06-18 这样。`)
}

function parseMonth(cell: unknown, field: Typed): Parsed {
  if (typeof cell === 'number' && isSerial(cell)) return ok(fromSerial(cell).on.slice(0, 7))
  if (typeof cell === 'number' && /^\d{4}\.1$/.test(String(cell)))
    return no(`${field.label}“${cell}”分不清是 1 月还是 10 月，请写成 1986-01 这样。`)
  const text = oneLine(String(cell)).replace(/T.*$/, '')
  const match =
    /^(\d{4})\s*[-./年]\s*(\d{1,2})(?:\s*月|\s*[-./月]\s*\d{1,2}\s*日?)?$/.exec(text) ??
    /^(\d{4})(\d{2})(?:\d{2})?$/.exec(text)
  if (!match) return no(`${field.label}“${shown(cell)}”看不出是哪个月，请写成 1986-04 这样。`)
  const on = day(Number(match[1]), Number(match[2]), 1, field)
  return 'value' in on ? ok(String(on.value).slice(0, 7)) : on
}

/** 9.05: five past nine, or the fifth of September. */
const dotted = /^(\d{1,2})\.(\d{1,2})$/

/** Whether two numbers with a dot between them are a day of some year, too. */
const isDay = (month: number, date: number) => month >= 1 && month <= 12 && date >= 1 && date <= daysIn(2020, month)

function parseMoment(cell: unknown, field: Typed, context: Context): Parsed {
  if (typeof cell === 'number' && isSerial(cell)) return ok(fromSerial(cell).at)
  const text = oneLine(String(cell))
  if (dotted.test(text))
    return no(`${field.label}“${shown(cell)}”分不清是几点几分还是几月几日，请写成 9:05 或 2019-06-18 09:05 这样。`)
  const match = moment.exec(text)
  if (!match) {
    const on = parseDate(cell, field, context)
    return 'value' in on ? ok(`${on.value}T00:00:00`) : on
  }
  const [, date, half, hours, minutes, seconds, counted] = match
  const on = parseDate(date ?? '', field, context)
  if ('error' in on) return no(`${field.label}“${shown(cell)}”看不出是什么时间，请写成 2019-06-18 09:30 这样。`)
  const hour = hourOf(half, Number(hours))
  const minute = counted === '半' ? 30 : Number(minutes ?? counted?.replace('分', '') ?? 0)
  if (hour > 23 || minute > 59 || Number(seconds ?? 0) > 59)
    return no(`${field.label}没有 ${hours}:${pad(minute)} 这个时间。`)
  return ok(`${on.value}T${pad(hour)}:${pad(minute)}:${pad(Number(seconds ?? 0))}`)
}

const moment =
  /^(.*?)[T ]?(上午|早上|中午|下午|晚上)?\s*(\d{1,2})(?:[:：](\d{2})(?:[:：](\d{2}))?(?:\.\d+)?|[点时](\d{1,2}分?|半)?)$/
const hourOf = (half: string | undefined, hour: number) =>
  /下午|晚上/.test(half ?? '') && hour < 12 ? hour + 12 : half === '中午' && hour < 3 ? hour + 12 : hour

const clock = /^(上午|早上|中午|下午|晚上)?\s*(\d{1,2})\s*(?:[:：]\s*(\d{2})(?:[:：](\d{2}))?|[点时](?:(\d{1,2})分?)?)$/

/** 9:05, 上午9:05, 9点5分, 14.30: 'HH:MM:SS', or undefined for anything but a time of day. */
export function timeAlone(cell: unknown): string | undefined {
  const text = typeof cell === 'string' ? oneLine(cell) : ''
  const [, before = '', after = ''] = dotted.exec(text) ?? []
  // 14.30 and 9.45 are no days; of 9.05 nobody can say
  if (after.length === 2 && Number(before) < 24 && Number(after) < 60 && !isDay(Number(before), Number(after)))
    return `${pad(Number(before))}:${after}:00`
  const match = clock.exec(text.replace(/^(上午|早上|中午|下午|晚上)(\d{1,2})\.(\d{2})$/, '$1$2:$3'))
  if (!match) return undefined
  const [, half, hours, minutes, seconds, counted] = match
  const hour = hourOf(half, Number(hours))
  const minute = Number(minutes ?? counted ?? 0)
  if (hour > 23 || minute > 59 || Number(seconds ?? 0) > 59) return undefined
  return `${pad(hour)}:${pad(minute)}:${pad(Number(seconds ?? 0))}`
}

const multiples: Record<string, number> = { 千: 1e3, 万: 1e4, w: 1e4, 亿: 1e8 }

/** 3分20秒 of a field that is counted in seconds; undefined for what is not made of its units. */
function inUnits(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const pieces = [...text.matchAll(/(\d+(?:\.\d+)?)(\p{Script=Han}+)/gu)]
  if (pieces.length === 0 || pieces.map(([piece]) => piece).join('') !== text) return undefined
  const sum = pieces.reduce((all, [, number, unit]) => all + Number(number) * (units[unit ?? ''] ?? Number.NaN), 0)
  return Number.isNaN(sum) ? undefined : Number(sum.toFixed(6))
}

function parseInteger(cell: unknown, field: Typed): Parsed {
  const text = typeof cell === 'number' ? String(cell) : compact(String(cell)).replace(/[,，]/g, '').replace('．', '.')
  const match = /^([+-]?\d+(?:\.\d+)?)(千|万|[wW]|亿)?(?:人次|[人名个场次条])?$/.exec(text)
  const number = match
    ? Number((Number(match[1]) * (multiples[match[2]?.toLowerCase() ?? ''] ?? 1)).toFixed(6))
    : ((field.counted_in && inUnits(text, field.counted_in)) ?? Number.NaN)
  if (!Number.isInteger(number)) return no(`${field.label}应是整数，现在是“${shown(cell)}”。`)
  const [min, max] = [field.min ?? 0, field.max ?? 1_000_000_000]
  if (number < min) return no(`${field.label}不能小于 ${min}，现在是 ${number}。`)
  if (number > max) return no(`${field.label}不能大于 ${max}，现在是 ${number}。`)
  return ok(number)
}

function parseChoice(cell: unknown, field: Typed): Parsed {
  const typed = sameText(String(cell))
  const found = field.choices?.find((choice) => sameText(choice) === typed) ?? field.also?.[typed]
  return found === undefined
    ? no(`${field.label}没有“${shown(cell)}”这一项，可选：${field.choices?.join('、')}。`)
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

function parsePhone(cell: unknown, field: Typed): Parsed {
  const text = visible(halfWidth(String(cell))).trim()
  if (lostDigits(text)) return no(`${field.label}被 Excel 变成了 ${text}，末几位丢了，请按文本重填。`)
  const digits = text
    .replace(/[\s\u00a0\u3000\u200b‐-―－—-]/g, '')
    .replace(/^(\d{11})\.0$/, '$1')
    .replace(/^[（(]?(\+|00)?86[)）]?(?=1\d{10}$)/, '')
  // 1.39E+10 is kept as 13900000000: a number that ends so has lost its digits
  if (typeof cell === 'number' && cell >= 1e10 && cell % 1e6 === 0)
    return no(`${field.label} ${cell} 的末几位都是 0，像是被 Excel 改成了科学计数，请按文本重填。`)
  if (/^1[3-9]\d{9}$/.test(digits)) return ok(digits)
  const numbers = text.replace(/[\s-]/g, '').match(/1[3-9]\d{9}/g) ?? []
  if (numbers.length > 1) return no(`${field.label}里有不止一个号码，请只留一个。`)
  if (/^1[3-9]\d*[*＊xX×]{2,}\d*$/.test(digits)) return no(`${field.label}“${shown(cell)}”不完整，请填全 11 位。`)
  if (!field.mobile) {
    const landline = /^\(?(0\d{2,3})\)?(\d{7,8})$/.exec(digits.replace(/[()（）]/g, ''))
    if (landline) return ok(`${landline[1]}-${landline[2]}`)
  }
  if (/^\d+$/.test(digits) && digits.length !== 11) return no(`${field.label}应是 11 位，现在是 ${digits.length} 位。`)
  return no(`${field.label}“${shown(cell)}”不是手机号${field.mobile ? '' : '或带区号的座机号'}，请核对。`)
}

const codeLetters = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const codeWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

/** 统一社会信用代码, GB 32100-2015: 17 characters of a 31-letter alphabet and their weighted check character. */
function parseCreditCode(cell: unknown, field: Typed): Parsed {
  const text = compact(String(cell)).toUpperCase()
  if (lostDigits(text) || (typeof cell === 'number' && text.length > 15))
    return no(`${field.label}被 Excel 变成了数字，末几位丢了，请按文本重填。`)
  if (text.length !== 18) return no(`${field.label}应是 18 位，现在是 ${text.length} 位。`)
  const letters = [...text].map((letter) => codeLetters.indexOf(letter))
  const odd = letters.indexOf(-1)
  if (odd >= 0) return no(`${field.label}第 ${odd + 1} 位“${text[odd]}”不是代码用的字符，请对照证书再看一遍。`)
  const sum = codeWeights.reduce((total, weight, i) => total + weight * (letters[i] ?? 0), 0)
  if ((31 - (sum % 31)) % 31 !== letters[17])
    return no(`${field.label}校验不对，有一位可能写错了，请对照证书再看一遍。`)
  return ok(text)
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
  return limited(full, field, 2000)
}

function parseReference(cell: unknown, field: Typed): Parsed {
  if (typeof cell === 'number')
    return Number.isSafeInteger(cell) && cell > 0 ? ok(cell) : no(`${field.label}“${cell}”找不到。`)
  return limited(oneLine(String(cell)), field, 200)
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
    column: 'text',
    free: true,
    parse: scalar((cell, field) => {
      if (lostDigits(String(cell)))
        return no(`${field.label}被 Excel 变成了 ${shown(cell)}，末几位丢了，请按文本重填。`)
      const people = field.person ? severalPeople(String(cell)) : undefined
      if (people)
        return no(`${field.label}“${shown(cell)}”不止一个人，一行只写一个人；是一个人的，姓和名之间不要空格。`)
      return limited(field.compact ? compact(String(cell)) : oneLine(String(cell)), field, 200)
    }),
    print: asText,
  },
  long_text: {
    column: 'text',
    free: true,
    parse: scalar((cell, field) => limited(manyLines(String(cell)), field, 2000)),
    print: asText,
  },
  decimal: { column: 'numeric', parse: scalar(parseInteger), print: asText },
  integer: { column: 'integer', parse: scalar(parseInteger), print: asText },
  date: {
    column: 'date',
    parse: scalar((cell, field, context) => inYear(parseDate(cell, field, context), field, context)),
    print: asText,
  },
  month: { column: 'text', parse: scalar(parseMonth), print: asText },
  datetime: {
    column: 'timestamp without time zone',
    parse: scalar((cell, field, context) => inYear(parseMoment(cell, field, context), field, context)),
    print: (value) => asText(value).slice(0, 16).replace('T', ' '),
  },
  choice: {
    column: 'text',
    parse: scalar(parseChoice),
    print: (value, field) => field.words?.[asText(value)] ?? asText(value),
  },
  list: {
    column: 'text[]',
    free: true,
    parse: parseList,
    print: (value) => (Array.isArray(value) ? value.join('、') : asText(value)),
  },
  yes_no: {
    column: 'boolean',
    parse: scalar(parseYesNo),
    print: (value) => (value === null ? '' : value ? '是' : '否'),
  },
  phone: { column: 'text', parse: scalar(parsePhone), print: asText },
  credit_code: { column: 'text', parse: scalar(parseCreditCode), print: asText },
  url: { column: 'text', free: true, parse: scalar(parseUrl), print: asText },
  reference: { column: 'integer', parse: scalar(parseReference), print: asText },
  attachments: {
    column: 'jsonb',
    free: true,
    parse: parseAttachments,
    print: (value) =>
      Array.isArray(value) ? value.map((file) => (typeof file === 'string' ? file : file.name)).join('、') : '',
  },
}

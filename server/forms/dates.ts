/** Days, months and moments as people write them, and as Excel keeps them. */
import { oneLine } from './text.ts'
import { type Context, no, ok, type Parsed, pad, shown, type Typed } from './value.ts'

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
export function inYear(parsed: Parsed, { label, of_year }: Typed, { year }: Context): Parsed {
  if (!of_year || year === 0 || !('value' in parsed)) return parsed
  const on = String(parsed.value).slice(0, 10)
  return Number(on.slice(0, 4)) === year
    ? parsed
    : no(`${label} ${on} 不在 ${year} 年，本活动是 ${year} 年的，请核对年份。`)
}

export function parseDate(cell: unknown, field: Typed, context: Context): Parsed {
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

export function parseMonth(cell: unknown, field: Typed): Parsed {
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

export function parseMoment(cell: unknown, field: Typed, context: Context): Parsed {
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

/**
 * Days in a sentence: 8月26日前, 9月23至27日, 即日起至10月31日, 3月底前, 10月中旬. What no stage is (以后创作, 3个工作日内) is not found; a
 * third of a month has no day, because none is said.
 */
import type { Precision, StageFact } from './facts.ts'
import { plain } from './numbers.ts'

export type DayInText = Pick<
  StageFact,
  'says' | 'starts_on' | 'ends_on' | 'precision' | 'third' | 'time' | 'is_deadline'
> & {
  from: number
  to: number
}

const TO = '(?:至|到|[-－—–~～]+)'
const PART = '上旬|中旬|下旬|月?底|末|初|份'
const POINT = (n: number) =>
  `(?:(?<year${n}>\\d{4})年)?(?<month${n}>\\d{1,2})月(?:(?<day${n}>\\d{1,2})日?|(?<part${n}>${PART}))?`
const CLOCK = '(?:(?<hour>\\d{1,2})[:：时点](?<minute>\\d{2})?分?)?'
const BEFORE = '(?<before>之?前|以前|截止|为止)?'
const RANGE = new RegExp(
  `(?:(?<now>即日起|从?现在起)|${POINT(1)}|(?<bare>\\d{1,2}))${TO}(?:${POINT(2)}|(?<lone>\\d{1,2})日)${CLOCK}${BEFORE}`,
  'g',
)
const SINGLE = new RegExp(`${POINT(1)}${CLOCK}${BEFORE}`, 'g')
const HOLIDAYS: readonly [RegExp, number, number][] = [
  [/[“"]?五一[”"]?(?:国际)?(?:劳动节)?前/g, 5, 1],
  [/[“"]?七一[”"]?前|建党节前/g, 7, 1],
  [/[“"]?十一[”"]?前|国庆节?前/g, 10, 1],
  [/元旦前/g, 1, 1],
]
/** 2023年9月1日以后创作: no day on which something is due. */
const IS_NO_STAGE = /^(?:以后|之后|以来|以前创作|起(?!至|到|，)|印发|生效|施行)/

const pad = (n: number) => String(n).padStart(2, '0')
const lastDay = (year: number, month: number) => new Date(Date.UTC(year, month, 0)).getUTCDate()
const dayBefore = (day: string) => new Date(Date.parse(day) - 86_400_000).toISOString().slice(0, 10)
const MOST_DAYS_BACK = 180

/** What years that are not printed are reckoned from: the notice's own day, else its year. */
export type Reckoning = { dated: string | null; year: number | null }

/** The year of a month that stands without one: the notice's, or the next where the month has long gone by. */
function yearOf(
  printed: string | undefined,
  month: number,
  { dated, year }: Reckoning,
  before?: number,
): number | undefined {
  if (printed !== undefined) return Number(printed)
  if (before !== undefined) return before
  if (dated === null) return year ?? undefined
  const own = Number(dated.slice(0, 4))
  const isLongGone = Date.parse(`${own}-${pad(month)}-28`) < Date.parse(dated) - MOST_DAYS_BACK * 86_400_000
  return isLongGone ? own + 1 : own
}

type DatePoint = { starts_on: string | null; ends_on: string | null; precision: Precision; third?: StageFact['third'] }

function pointOf(
  year: number,
  month: number,
  day: string | undefined,
  part: string | undefined,
): DatePoint | undefined {
  if (month < 1 || month > 12) return undefined
  const at = (n: number) => `${year}-${pad(month)}-${pad(n)}`
  const last = lastDay(year, month)
  if (day !== undefined) {
    const n = Number(day)
    return n >= 1 && n <= last ? { starts_on: at(n), ends_on: at(n), precision: 'day' } : undefined
  }
  const third = { 上旬: 1, 中旬: 2, 下旬: 3 }[part ?? ''] as 1 | 2 | 3 | undefined
  if (third)
    return {
      starts_on: null,
      ends_on: null,
      precision: 'third',
      third: { month: `${year}-${pad(month)}`, part: third },
    }
  if (part === '底' || part === '月底' || part === '末')
    return { starts_on: at(last), ends_on: at(last), precision: 'day' }
  if (part === '初')
    return { starts_on: null, ends_on: null, precision: 'third', third: { month: `${year}-${pad(month)}`, part: 1 } }
  return { starts_on: at(1), ends_on: at(last), precision: 'month' }
}

const clockOf = (groups: Record<string, string | undefined>) =>
  groups.hour === undefined || Number(groups.hour) > 24
    ? {}
    : { time: `${pad(Number(groups.hour))}:${groups.minute ?? '00'}` }

function ranges(text: string, reckoning: Reckoning): DayInText[] {
  const found: DayInText[] = []
  for (const match of text.matchAll(RANGE)) {
    const groups = match.groups as Record<string, string | undefined>
    const endMonth = Number(groups.month2 ?? groups.month1)
    const startMonth = Number(groups.month1 ?? groups.bare ?? endMonth)
    const startYear = groups.now
      ? undefined
      : yearOf(groups.year1 ?? (groups.bare ? groups.year2 : undefined), startMonth, reckoning)
    const endYear = yearOf(groups.year2, endMonth, reckoning, startYear)
    // 6至8: numbers that are no months, or a lone day without its month
    if (endYear === undefined || (groups.lone !== undefined && groups.day1 === undefined)) continue
    if (groups.bare !== undefined && groups.month2 === undefined) continue
    const isSameMonth = groups.bare !== undefined && groups.day2 !== undefined
    const start = groups.now
      ? { starts_on: reckoning.dated, ends_on: null, precision: 'day' as const }
      : isSameMonth
        ? undefined
        : pointOf(startYear ?? endYear, startMonth, groups.day1, groups.part1)
    const later = endMonth < startMonth && groups.year2 === undefined && !groups.now ? endYear + 1 : endYear
    const end = pointOf(later, endMonth, groups.lone ?? groups.day2, groups.part2)
    if (!start || !end) continue
    const isThird = start.precision === 'third' || end.precision === 'third'
    const third = start.third ?? end.third
    found.push({
      says: match[0],
      from: match.index,
      to: match.index + match[0].length,
      starts_on: start.starts_on,
      ends_on: end.ends_on,
      precision: isThird ? 'third' : start.precision === 'month' ? 'month' : 'day',
      ...(third ? { third } : {}),
      ...clockOf(groups),
      is_deadline: false,
    })
  }
  return found
}

function singles(text: string, reckoning: Reckoning): DayInText[] {
  const found: DayInText[] = []
  for (const match of text.matchAll(SINGLE)) {
    const groups = match.groups as Record<string, string | undefined>
    const year = yearOf(groups.year1, Number(groups.month1), reckoning)
    const point = year === undefined ? undefined : pointOf(year, Number(groups.month1), groups.day1, groups.part1)
    if (!point) continue
    // 3月底前, 8月26日前: until that day; from when is not said
    const isBefore = groups.before !== undefined
    const { third, ...days } = point
    found.push({
      says: match[0],
      from: match.index,
      to: match.index + match[0].length,
      ...days,
      ...(isBefore ? { starts_on: null } : {}),
      ...(third ? { third } : {}),
      ...clockOf(groups),
      is_deadline: isBefore && point.precision !== 'third',
    })
  }
  for (const [pattern, month, day] of HOLIDAYS)
    for (const match of text.matchAll(pattern)) {
      const year = yearOf(undefined, month, reckoning)
      if (year === undefined) continue
      const ends = dayBefore(`${year}-${pad(month)}-${pad(day)}`)
      found.push({
        says: match[0],
        from: match.index,
        to: match.index + match[0].length,
        starts_on: null,
        ends_on: ends,
        precision: 'day',
        is_deadline: false,
      })
    }
  return found
}

/** Days in a text, in their order, ranges before the days they are made of. */
export function daysIn(text: string, reckoning: Reckoning): DayInText[] {
  const said = plain(text)
  const taken: DayInText[] = []
  for (const each of [...ranges(said, reckoning), ...singles(said, reckoning)])
    if (!taken.some(({ from, to }) => each.from < to && from < each.to)) taken.push(each)
  return taken.filter(({ to }) => !IS_NO_STAGE.test(said.slice(to))).sort((a, b) => a.from - b.from)
}

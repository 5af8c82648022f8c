/** Days a year on: the same date or the same weekday, and what the official calendar says of them. */
import chineseDays from 'chinese-days'

const DAY_MS = 86_400_000
const WEEKDAYS = ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'] as const
const WEEK_DAYS = 7

export type DayShift = 'date' | 'weekday'

const momentOf = (on: string) => Date.parse(`${on}T00:00:00Z`)
const dayOf = (at: number) => new Date(at).toISOString().slice(0, 10)
const weekdayOf = (at: number) => new Date(at).getUTCDay()
export const isDay = (value: string): boolean => /^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(momentOf(value))

/**
 * A day 'YYYY-MM-DD' so many years later: of `date` the same day of the month (29 February becomes the 28th where there is
 * none), of `weekday` the nearest day to it that falls on the same day of the week.
 */
export function shiftDay(on: string, years: number, by: DayShift): string {
  const [year = '', month = '', day = ''] = on.split('-')
  const lastOfMonth = new Date(Date.UTC(Number(year) + years, Number(month), 0)).getUTCDate()
  const same = Date.UTC(Number(year) + years, Number(month) - 1, Math.min(Number(day), lastOfMonth))
  if (by === 'date') return dayOf(same)
  const ahead = (weekdayOf(momentOf(on)) - weekdayOf(same) + WEEK_DAYS) % WEEK_DAYS
  return dayOf(same + (ahead > WEEK_DAYS / 2 ? ahead - WEEK_DAYS : ahead) * DAY_MS)
}

/** Whether the holidays of a year have been announced, as far as the calendar kept here knows. */
const isAnnounced = (year: string) => chineseDays.getHolidaysInRange(`${year}-01-01`, `${year}-12-31`, false).length > 0

/** A day in words: '8-26 星期三'. */
export const printDay = (on: string): string =>
  `${Number(on.slice(5, 7))}-${Number(on.slice(8))} ${WEEKDAYS[weekdayOf(momentOf(on))]}`

/** What one has to know of a day on which something is due; undefined on an ordinary working day. */
export function remarkOn(on: string): string | undefined {
  const said = `${Number(on.slice(5, 7))}-${Number(on.slice(8))} `
  if (!isAnnounced(on.slice(0, 4))) return `${on.slice(0, 4)} 年的放假安排还没有公布`
  const { work: isWorking, name } = chineseDays.getDayDetail(on)
  const [, holiday] = name.split(',')
  if (holiday) return `${said}${isWorking ? `为${holiday}调休，上班` : `是${holiday}放假`}`
  return isWorking ? undefined : `${said}是周末`
}

/** Numbers, days and moments as the pages say them. */
import { inTenThousands, type Metric } from '../../server/forms/index.ts'
import { shareOf } from '../../server/forms/share.ts'

const whole = new Intl.NumberFormat('zh-CN')

/** 1234567 → 1,234,567; — where there is none. */
export const count = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : whole.format(value)

/** 7476996 → 747.7, the number of 万. */
const tenThousands = (value: number | null | undefined): string =>
  value === null || value === undefined ? '—' : (value / 10_000).toFixed(1)

/** A number of a metric: 1,234, or 12.3 in ten thousands where it is measured in them. */
export const amount = (value: number | null | undefined, metric: Pick<Metric, 'measure'>): string =>
  inTenThousands(metric) ? tenThousands(value) : count(value)

/** 853 of 1000 → 85.3%; nothing where there is no whole. */
export function percent(part: number, whole: number | null): string {
  const share = shareOf(part, whole)
  return share === null ? '' : `${(share * 100).toFixed(1)}%`
}

/** '2019-08-26' → 8 月 26 日. */
export function day(on: string): string {
  const [, month, date] = on.split('-').map(Number)
  return `${month} 月 ${date} 日`
}

/** '2019-08-26' → 8-26. */
export const shortDay = (on: string): string => on.slice(5).replace(/^0/, '').replace('-0', '-')

/** Days from one 'YYYY-MM-DD' to another. */
export const daysBetween = (from: string, to: string): number =>
  Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000)

const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Shanghai', dateStyle: 'short', timeStyle: 'short' })

/** A moment as the server sends it → '2019-08-19 16:20' in China. */
export const moment = (at: unknown): string => {
  const time = typeof at === 'string' ? Date.parse(at) : Number.NaN
  return Number.isNaN(time) ? '' : clock.format(time)
}

/** The same, as one says it on `today` ('YYYY-MM-DD'): 今天 09:12, 昨天 17:40, 8-16 17:05, 2018-08-16. */
export function when(at: unknown, today: string): string {
  const [on = '', time = ''] = moment(at).split(' ')
  if (!on) return ''
  const ago = daysBetween(on, today)
  if (ago === 0) return `今天 ${time}`
  if (ago === 1) return `昨天 ${time}`
  return on.slice(0, 4) === today.slice(0, 4) ? `${shortDay(on)} ${time}` : on
}

export const weekday = (on: string): string => `星期${'日一二三四五六'[new Date(`${on}T00:00:00Z`).getUTCDay()]}`

/** 62 KB, 86 MB. */
export const size = (bytes: number): string =>
  bytes < 1_048_576 ? `${Math.max(1, Math.round(bytes / 1024))} KB` : `${(bytes / 1_048_576).toFixed(1)} MB`

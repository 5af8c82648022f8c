/** Working days, for publicity (公示): Monday to Friday. Public holidays are not known here. */

const DAY_MS = 86_400_000
const isWorkday = (at: number) => ![0, 6].includes(new Date(at).getUTCDay())
const momentOf = (on: string) => Date.parse(`${on}T00:00:00Z`)

/** For how many working days a prize and an award have to be public before they are decided. */
export const PUBLICITY_DAYS = 5

/** Working days between two days 'YYYY-MM-DD', both counted; of more than a year those of the first one. */
export function workingDays(from: string, to: string): number {
  const start = momentOf(from)
  const length = Math.min(Math.round((momentOf(to) - start) / DAY_MS) + 1, 366)
  return Array.from({ length: Math.max(length, 0) }, (_, i) => start + i * DAY_MS).filter(isWorkday).length
}

/** The last of the working days for which what is public since `from` has to be so: the twin of app.public_until. */
export function publicUntil(from: string): string {
  let at = momentOf(from)
  for (let left = PUBLICITY_DAYS; ; at += DAY_MS) {
    if (isWorkday(at)) left--
    if (left === 0) return new Date(at).toISOString().slice(0, 10)
  }
}

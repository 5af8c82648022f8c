/** How a work is scored: three parts of 0 to 100, weighted. The server keeps the same weights with the scores. */
import type { Score } from '../../../server/works/routes.ts'

export const criteria = [
  { name: 'theme', label: '主题', weight: 40 },
  { name: 'craft', label: '制作', weight: 30 },
  { name: 'appeal', label: '感染力', weight: 30 },
] as const

type Criterion = (typeof criteria)[number]['name']

/** What a juror is writing, as typed. */
export type ScoreDraft = Record<Criterion, string> & { opinion: string }

const blank: ScoreDraft = { theme: '', craft: '', appeal: '', opinion: '' }

export const draftOf = (score: Score | undefined): ScoreDraft =>
  score
    ? {
        theme: String(score.theme ?? ''),
        craft: String(score.craft ?? ''),
        appeal: String(score.appeal ?? ''),
        opinion: score.opinion ?? '',
      }
    : blank

/** A part as typed (also in full-width digits) → 0 to 100, or undefined where it is none. */
export function partOf(typed: string): number | undefined {
  const text = typed.normalize('NFKC').trim()
  const value = Number(text)
  return /^\d{1,3}$/.test(text) && value <= 100 ? value : undefined
}

/** The weighted total with one decimal, or undefined while a part is missing. */
export function totalOf(draft: ScoreDraft): string | undefined {
  let sum = 0
  for (const { name, weight } of criteria) {
    const part = partOf(draft[name])
    if (part === undefined) return undefined
    sum += part * weight
  }
  return (sum / 100).toFixed(1)
}

/** What a juror is writing: the marks of a work as typed, and what they come to. */
import { type Marks, type ScoringItem, weightedTotal } from '../../../server/forms/index.ts'
import type { Score } from '../../../server/works/routes.ts'

/** Marks as typed, by item. */
export type ScoreDraft = { marks: Readonly<Record<string, string>>; opinion: string }

export const draftOf = (score: Score | undefined): ScoreDraft => ({
  marks: Object.fromEntries(Object.entries(score?.items ?? {}).map(([name, mark]) => [name, String(mark)])),
  opinion: score?.opinion ?? '',
})

/** A mark as typed (also in full-width digits), or undefined where it is none. */
function markOf({ max }: ScoringItem, typed = ''): number | undefined {
  const text = typed.normalize('NFKC').trim()
  return /^\d{1,4}$/.test(text) && Number(text) <= max ? Number(text) : undefined
}

/** The marks that are whole numbers within their bounds. */
export const marksOf = (items: readonly ScoringItem[], { marks }: ScoreDraft): Marks =>
  Object.fromEntries(
    items.flatMap((item) => {
      const mark = markOf(item, marks[item.name])
      return mark === undefined ? [] : [[item.name, mark]]
    }),
  )

/** The weighted total with one decimal, or undefined while a mark is missing. */
export function totalOf(items: readonly ScoringItem[], draft: ScoreDraft): string | undefined {
  const marks = marksOf(items, draft)
  return Object.keys(marks).length === items.length ? weightedTotal(items, marks).toFixed(1) : undefined
}

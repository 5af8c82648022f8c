// Words of a file that match no record and no choice, and words that were replaced, counted: what is proposed for
// them is asked once for all equal ones.
import { type Form, fieldOf } from '../../forms/index.ts'

/** Words by field and how often they stand in the file: not understood, and replaced. */
export type WordTally = { unknown: WordCounts; replaced: WordCounts }
export type WordCounts = Record<string, Record<string, number>>

/** Different words that are counted; a file with more has other troubles. */
const MAX_COUNTED = 3_000

/** Fields whose equal values are decided at once. */
export const isReplaceable = (form: Form, name: string): boolean =>
  ['reference', 'choice', 'list'].includes(fieldOf(form, name)?.type ?? '')

/** Counts words of a row, by field; `by` takes them away again. */
export function count(counted: WordCounts, words: Record<string, string>, by = 1): void {
  for (const [field, text] of Object.entries(words)) {
    const map = counted[field] ?? {}
    counted[field] = map
    const known = Object.hasOwn(map, text) ? (map[text] ?? 0) : 0
    if (known === 0 && Object.keys(map).length >= MAX_COUNTED) continue
    if (known + by > 0) map[text] = known + by
    else delete map[text]
  }
}

/** Whether words may have been left uncounted. */
export const isFull = ({ unknown, replaced }: WordTally): boolean =>
  [unknown, replaced].some((counted) => Object.values(counted).some((map) => Object.keys(map).length >= MAX_COUNTED))

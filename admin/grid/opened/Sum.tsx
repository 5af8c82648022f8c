/** What a column adds up to, in its cell at the foot or in the heading of a group: in a narrow one the number stays. */
import { SUMMARY_WORDS, sumText } from '../model/sums.ts'
import type { SummaryKind } from '../types.ts'
import './Sum.css'

export function Sum({ kind, value }: { kind: SummaryKind; value: number | null }) {
  return (
    <>
      <i>{SUMMARY_WORDS[kind]}</i> <b>{sumText(value)}</b>
    </>
  )
}

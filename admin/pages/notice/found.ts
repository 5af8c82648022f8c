/** Where the words of facts stand in a paragraph: the words as pieces, each with the facts that come from it. Pure. */

import type { FactSource } from '../../../server/proposals/notice/document.ts'
import type { NoticeProposal } from '../../../server/proposals/notice/proposal.ts'
import { type FactListName, placeOf } from './groups.ts'

/** The words a fact comes from; `also`: where the same is said again. */
export type FoundWords = { fact: string; words: string }
type TextPiece = { text: string; facts: string[] }

/** A fact by one name in the whole page. */
export const factKey = (list: FactListName | 'campaign' | 'unheld', id: string) => `${list}.${id}`

/** All facts by the paragraph or table they stand in. Of a day the words themselves, not the whole sentence. */
export function foundIn(proposal: NoticeProposal): Map<string, (FoundWords & { source: FactSource })[]> {
  const found = new Map<string, (FoundWords & { source: FactSource })[]>()
  const add = (fact: string, source: FactSource, words = source.text) => {
    const place = placeOf(source)
    found.set(place, [...(found.get(place) ?? []), { fact, words, source }])
  }
  const { days, hosts, targets, shares, unheld, campaign } = proposal
  for (const { id, source, says, also } of days) {
    add(factKey('days', id), source, says)
    for (const each of also) add(factKey('days', id), each)
  }
  for (const { id, source, also } of hosts) for (const each of [source, ...also]) add(factKey('hosts', id), each)
  for (const { id, source, also, quotas } of targets)
    for (const each of [source, ...also, ...quotas.map((quota) => quota.source)]) add(factKey('targets', id), each)
  for (const { id, source } of shares) add(factKey('shares', id), source)
  for (const { id, source } of unheld) add(factKey('unheld', id), source)
  add(factKey('campaign', 'name'), campaign.source)
  return found
}

/** Where words stand in a text, blanks aside: from the first letter to behind the last. */
function placeIn(text: string, words: string): [number, number] | undefined {
  const at: number[] = []
  let bare = ''
  for (let n = 0; n < text.length; n++)
    if (!/\s/.test(text[n] ?? '')) {
      at.push(n)
      bare += text[n]
    }
  const wanted = words.replace(/\s+/g, '')
  const from = wanted === '' ? -1 : bare.indexOf(wanted)
  if (from < 0) return undefined
  return [at[from] ?? 0, (at[from + wanted.length - 1] ?? 0) + 1]
}

/** A text in pieces; of facts that share words the one with the fewest words comes first. */
export function piecesOf(text: string, found: readonly FoundWords[]): TextPiece[] {
  const places = found.flatMap(({ fact, words }) => {
    const place = placeIn(text, words)
    return place ? [{ fact, from: place[0], to: place[1] }] : []
  })
  const cuts = [...new Set([0, text.length, ...places.flatMap(({ from, to }) => [from, to])])].sort((a, b) => a - b)
  return cuts.slice(1).map((to, n) => {
    const from = cuts[n] ?? 0
    const facts = places
      .filter((place) => place.from <= from && to <= place.to)
      .sort((a, b) => a.to - a.from - (b.to - b.from))
      .map(({ fact }) => fact)
    return { text: text.slice(from, to), facts: [...new Set(facts)] }
  })
}

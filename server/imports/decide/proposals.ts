// Proposals: words in a file that match no record and no choice, with the nearest ones that exist. Proposed, most frequent
// first, and decided by a person once for all equal words; never repaired unasked.
import { sql } from 'kysely'
import type { Trx } from '../../database/connection.ts'
import { type Field, type Form, fieldOf, printField, sameText, targetOf } from '../../forms/index.ts'
import type { Scope } from '../../records/scope.ts'
import { within } from '../../records/scope.ts'
import type { WordCounts, WordTally } from '../tell/tally.ts'
import type { Decisions } from './decisions.ts'

type ProposalOption = { value: string; label: string }
export type Proposal = {
  field: string
  label: string
  from: string
  /** Cells in which the words stand. */
  count: number
  options: ProposalOption[]
  chosen: string | null
}

const MAX_PROPOSALS = 200
const MAX_OPTIONS = 5
const MAX_NAMES = 20_000
/** Names that are compared in full with one word. */
const MAX_COMPARED = 60
/** So alike two words must be to be worth a question. */
const ALIKE = 0.6
/** How alike words of up to `SHORT` characters are that a slip makes the same. */
const SLIP = 0.7
const SHORT = 4

/** What is to be proposed: what waits and what was decided already, the most frequent first. */
export async function proposalsFor(
  trx: Trx,
  form: Form,
  scope: Scope,
  tally: WordTally,
  replacements: NonNullable<Decisions['replacements']>,
): Promise<Proposal[]> {
  const open = entriesOf(tally.unknown).filter(({ field, from }) => !Object.hasOwn(replacements[field] ?? {}, from))
  const decided = entriesOf(tally.replaced)
  const place = (name: string) => form.fields.findIndex((field) => field.name === name)
  const all = [...open, ...decided]
    .sort((a, b) => b.count - a.count || place(a.field) - place(b.field) || (a.from < b.from ? -1 : 1))
    .slice(0, MAX_PROPOSALS)
  const proposals: Proposal[] = []
  const searches = new Map<string, (words: string) => ProposalOption[] | undefined>()
  for (const { field: name, from, count: cells } of all) {
    const field = fieldOf(form, name)
    if (!field) continue
    const search = searches.get(name) ?? (await searchFor(trx, form, field, scope))
    searches.set(name, search)
    const chosen = replacements[name]?.[from] ?? null
    const options = search(from)
    // several records of exactly this name: which one no name can say
    if (!options && chosen === null) continue
    proposals.push({ field: name, label: field.label, from, count: cells, options: options ?? [], chosen })
    // hundreds of comparisons in a row would keep others waiting
    await new Promise((resolve) => setImmediate(resolve))
  }
  return proposals
}

const entriesOf = (counted: WordCounts) =>
  Object.entries(counted).flatMap(([field, map]) =>
    Object.entries(map).map(([from, cells]) => ({ field, from, count: cells })),
  )

/** A search among what a field may hold. It answers undefined for words that are a name themselves. */
async function searchFor(
  trx: Trx,
  form: Form,
  field: Field,
  scope: Scope,
): Promise<(words: string) => ProposalOption[] | undefined> {
  const names = field.type === 'reference' ? await namesOf(trx, targetOf(form, field), scope) : []
  const spellings =
    field.type === 'reference'
      ? names.map((name) => ({ text: name, value: name }))
      : [
          ...(field.choices ?? []).map((choice) => ({ text: printField(field, choice), value: choice })),
          ...Object.entries(field.also ?? {}).map(([text, value]) => ({ text, value })),
        ]
  return nearest(spellings)
}

async function namesOf(trx: Trx, target: Form | undefined, scope: Scope): Promise<string[]> {
  if (!target) return []
  const found = await sql<{ name: string }>`
    select distinct ${sql.ref(`r.${target.names}`)}::text as name from ${sql.table(target.name)} r
    where ${within(target, scope, 'r')} limit ${MAX_NAMES}`.execute(trx)
  return found.rows.map(({ name }) => name)
}

// Likeness -------------------------------------------------------------------------------------------------------------

type Spelling = { text: string; value: string }

/**
 * A search for the likest of these spellings. Characters count by how seldom they are among all of them: in a city's
 * register 合, 肥 and 市 say nothing.
 */
export function nearest(spellings: readonly Spelling[]): (words: string) => ProposalOption[] | undefined {
  const known = spellings.map(({ text, value }) => ({ text: sameText(text), value }))
  const places = new Map<string, number[]>()
  for (const [index, { text }] of known.entries())
    for (const letter of new Set(text)) {
      const list = places.get(letter)
      if (list) list.push(index)
      else places.set(letter, [index])
    }
  const exact = new Set(known.map(({ text }) => text))
  const weight = (letter: string) => Math.log(1 + (known.length + 1) / (places.get(letter)?.length ?? 1))
  return (words) => {
    const text = sameText(words)
    if (exact.has(text)) return undefined
    const shared = new Map<number, number>()
    for (const letter of new Set(text))
      for (const index of places.get(letter) ?? []) shared.set(index, (shared.get(index) ?? 0) + weight(letter))
    const candidates = [...shared].sort((a, b) => b[1] - a[1]).slice(0, MAX_COMPARED)
    const scored = candidates
      .map(([index]) => ({
        spelling: known[index] as Spelling,
        score: likeness(text, known[index]?.text ?? '', weight),
      }))
      .filter(({ score }) => score >= ALIKE)
      .sort((a, b) => b.score - a.score || a.spelling.text.length - b.spelling.text.length)
    const values = [...new Set(scored.map(({ spelling }) => spelling.value))].slice(0, MAX_OPTIONS)
    return values.map((value) => ({ value, label: value }))
  }
}

/**
 * How alike two texts are, 0 to 1: what they share in the same order, as a part of the shorter one (市一建 is all of it in
 * 市第一建筑集团) and a little of the longer one, and neighbouring pairs they share.
 */
function likeness(one: string, other: string, weight: (letter: string) => number = () => 1): number {
  if (one === '' || other === '') return 0
  const total = (text: string) => [...text].reduce((sum, letter) => sum + weight(letter), 0)
  const [short, long] = [total(one), total(other)].sort((a, b) => a - b) as [number, number]
  // of two or three characters one is a third or a half of all: weighing them says nothing
  if (isSlip(one, other)) return SLIP
  const common = commonInOrder(one, other, weight)
  return 0.65 * (common / short) + 0.15 * (common / long) + 0.2 * pairs(one, other)
}

/** Short words in which one character is another, or two have changed places: 斗音, 团圆, 信微. */
function isSlip(one: string, other: string): boolean {
  const [left, right] = [[...one], [...other]]
  if (left.length !== right.length || left.length < 2 || left.length > SHORT) return false
  const differing = left.filter((letter, at) => letter !== right[at])
  if (differing.length === 1) return true
  return differing.length === 2 && [...left].sort().join('') === [...right].sort().join('')
}

/** The weight of the longest run of characters that stand in both texts in the same order, with others between them. */
function commonInOrder(one: string, other: string, weight: (letter: string) => number): number {
  const [left, right] = [[...one].slice(0, 60), [...other].slice(0, 60)]
  let above = new Array<number>(right.length + 1).fill(0)
  for (const letter of left) {
    const row = [0]
    for (const [at, against] of right.entries()) {
      const same = letter === against ? (above[at] ?? 0) + weight(letter) : 0
      row.push(Math.max(same, above[at + 1] ?? 0, row[at] ?? 0))
    }
    above = row
  }
  return above.at(-1) ?? 0
}

function pairs(one: string, other: string): number {
  const of = (text: string) =>
    new Set(Array.from({ length: Math.max(text.length - 1, 1) }, (_, at) => text.slice(at, at + 2)))
  const [left, right] = [of(one), of(other)]
  const shared = [...left].filter((pair) => right.has(pair)).length
  return shared / Math.min(left.size, right.size)
}

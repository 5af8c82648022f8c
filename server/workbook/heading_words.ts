// What the words of a heading may mean for a form: its labels, their synonyms, and what is like one of them.
import { type Field, type Form, sameText } from '../forms/index.ts'
import type { HeadingColumn } from './heading.ts'

/** What two headings are compared by. */
export function normalHeading(text: string): string {
  return sameText(text).replace(/[*＊:,，.。、;/\\_\-()[\]【】"'“”‘’]|必填|选填/g, '')
}

const withoutBrackets = (text: string) => text.replace(/[（([【][^（）()[\]【】]*[）)\]】]/g, '')

export type HeadingTarget = {
  kind: HeadingColumn['kind']
  field: Field | undefined
  beside?: string
  label: string
  group: string
  synonyms: string[]
}

const targets_of = new WeakMap<Form, HeadingTarget[]>()

/** Other headings of a column that names the reporting unit of each row; 单位 is where somebody works. */
const unitWords = ['报送单位', '上报单位', '所属市', '所属地市', '所在市', '所在地市', '地市', '市', '市别']

/** What the columns of a form may be headed by. */
export function targetsOf(form: Form): HeadingTarget[] {
  const known = targets_of.get(form)
  if (known) return known
  const targets: HeadingTarget[] = []
  targets_of.set(form, targets)
  for (const field of form.fields) {
    const kind = field.derived ? 'derived' : field.type === 'attachments' ? 'attachments' : 'field'
    targets.push({
      kind,
      field,
      label: normalHeading(field.label),
      group: normalHeading(field.group ?? ''),
      synonyms: (field.synonyms ?? []).map(normalHeading),
    })
    for (const [beside, headings] of Object.entries(field.beside ?? {})) {
      const [label = '', ...synonyms] = headings.map(normalHeading)
      targets.push({ kind: 'beside', field, beside, label, group: '', synonyms })
    }
  }
  if (form.scope === 'unit') {
    targets.push({ kind: 'unit', field: undefined, label: '填报单位', group: '', synonyms: [...unitWords] })
  }
  return targets
}

/** From here on words name a column, and are not only like a name. */
export const SURE = 70
const LEAST = 20

/** The words of a heading as targets are held against them: of its last row, of all rows, without brackets. */
type TargetWords = { own: string; whole: string; short: string; groups: string[] }
const wordsIn = (parts: string[]): TargetWords => ({
  own: normalHeading(parts.at(-1) ?? ''),
  whole: normalHeading(parts.join('')),
  short: normalHeading(withoutBrackets(parts.at(-1) ?? '')),
  groups: parts.slice(0, -1).map(normalHeading),
})

/** How well the words of a heading fit: 100 the label, 90 a synonym, below `SURE` only a likeness, 0 not at all. */
function pointsFor({ own, whole, short, groups }: TargetWords, target: HeadingTarget): number {
  const inGroup = groups.includes(target.group) ? 4 : 0
  if (own === target.label || whole === target.label || whole === target.group + target.label) return 100 + inGroup
  if (target.synonyms.includes(own) || target.synonyms.includes(whole)) return 90 + inGroup
  if (short !== '' && short === target.label) return 85 + inGroup
  if (short !== '' && target.synonyms.includes(short)) return 75 + inGroup
  let likeness = alike(own, target.label) * 50
  for (const synonym of target.synonyms) likeness = Math.max(likeness, alike(own, synonym) * 45)
  return likeness
}

/** The same words stand in many windows, and in many sheets. */
const MOST_KEPT = 4_000
type Fit = { target: HeadingTarget; points: number }
const kept = new WeakMap<readonly HeadingTarget[], Map<string, Fit[]>>()

/** The targets that the words of a heading fit at all. */
export function fitting(parts: string[], targets: readonly HeadingTarget[]): Fit[] {
  const known = kept.get(targets) ?? new Map<string, Fit[]>()
  kept.set(targets, known)
  const key = parts.join('\n')
  const before = known.get(key)
  if (before) return before
  const words = wordsIn(parts)
  const fits = targets.flatMap((target) => {
    const points = pointsFor(words, target)
    return points < LEAST ? [] : { target, points }
  })
  if (known.size >= MOST_KEPT) known.clear()
  known.set(key, fits)
  return fits
}

/** The share that the shorter of two words has in the longer one, if it is part of it and at least half. */
function alike(one: string, other: string): number {
  const [short, long] = one.length < other.length ? [one, other] : [other, one]
  if (short.length < 2 || !long.includes(short) || short.length * 2 < long.length) return 0
  return short.length / long.length
}

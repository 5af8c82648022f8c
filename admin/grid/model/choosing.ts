/**
 * What fingers meant, where a list offers options under what they typed. The text wins: an option is taken for it only
 * where the person has marked it, where it is called so, or where the text can be nothing else. How fast one types, and
 * how late a list comes, changes nothing.
 */

import type { Option, Row } from '../types.ts'
import type { Editing } from './editing.ts'
import { matchOptions } from './filters.ts'

/** What parts the words of a cell with several choices. */
const COMMA = /[、，,;；]\s*/

/** What of the typed text is looked for in the list. */
export function searchOf(editing: Editing | null): string {
  if (!editing?.dirty) return ''
  return editing.column.type === 'choices' ? (editing.text.split(COMMA).at(-1) ?? '') : editing.text
}

/**
 * The option a text stands for: the one of that name, or the only one that it is a part of. Where the list is not all
 * there is (records of another form), a part of a name may be the whole name of something else: there only letters stand
 * for the characters they are the initials of.
 */
export function meant(options: readonly Option[], text: string, isAll: boolean): Option | undefined {
  const word = text.trim()
  if (word === '') return undefined
  const named = options.filter(({ label }) => label === word)
  if (named.length > 0) return named.length === 1 ? named[0] : undefined
  const [only, ...others] = matchOptions(options, word)
  if (!only || others.length > 0) return undefined
  return isAll || (isInitials(word) && !only.label.toLowerCase().includes(word.toLowerCase())) ? only : undefined
}

const isInitials = (word: string) => /^[a-z']+$/i.test(word)

/** What the open editor will hold when it is left: an option, or undefined for the text as it was typed. */
export function meantIn({ column, option, marked, dirty, text }: Editing, row: Row, found: readonly Option[] | null) {
  if (!column.choices && !column.suggest) return undefined
  if (option || marked) return option ?? marked ?? undefined
  if (!dirty) return undefined
  if (!column.choices) return found ? meant(found, text, false) : undefined
  return 'value' in column.read(text, row) ? undefined : meant(column.choices, text, true)
}

/** Several words in one cell: the last of them completed, or the marked one put in its place. */
export function completed({ column, marked, dirty, text }: Editing): string | null {
  const option = marked ?? (dirty ? meant(column.choices ?? [], text.split(COMMA).at(-1) ?? '', true) : undefined)
  return option ? withWord({ dirty, text }, option.label, Boolean(marked)) : null
}

/** The text of a cell with several choices after one of them was picked: there, or there no more. */
export function withWord({ dirty, text }: { dirty: boolean; text: string }, word: string, turns: boolean): string {
  const words = text.split(COMMA).map((each) => each.trim())
  const before = (dirty ? words.slice(0, -1) : words).filter(Boolean)
  const next = before.includes(word) ? (turns ? before.filter((each) => each !== word) : before) : [...before, word]
  return next.length > 0 ? `${next.join('、')}、` : ''
}

/** Whether what was typed waits for the list: letters may be the initials of one of its names. */
export const waitsFor = ({ column, option, marked, dirty, text }: Editing): boolean =>
  dirty && !option && !marked && !column.choices && column.suggest !== undefined && isInitials(text.trim())

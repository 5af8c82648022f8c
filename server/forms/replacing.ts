/** Find and replace in the texts of cells: what holds a text, and what it reads as afterwards. The grid and the server ask here. */
import type { Field } from './form.ts'

/** Cells of these types show what is stored: a text found in them is a text that stands there. */
const replaceable = new Set<Field['type']>(['text', 'long_text', 'url', 'credit_code', 'choice', 'integer', 'date'])

/** Whether texts can be replaced in a column: not in names of other records, masked phones, files, computed figures. */
export const isReplaceable = (field: Pick<Field, 'type' | 'words' | 'derived' | 'computed'>): boolean =>
  replaceable.has(field.type) && !field.words && !field.derived && !field.computed

/** `text` with every `find` in it, in either case, read as `put`; null where it holds none. */
export function replacedIn(text: string, find: string, put: string): string | null {
  const parts = text.split(new RegExp(find.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'iu'))
  return parts.length > 1 ? parts.join(put) : null
}

// Rows of one file that stand for the same record. Only digests are kept, so that 200,000 rows cost a few megabytes.

import type { Form, Row } from '../forms/index.ts'
import { keyOf } from '../keys.ts'

export type Place = { sheet: string; row: number }

/**
 * 53 bits of a text (cyrb53). Two of 200,000 keys fall together once in half a million such files; the row would then be
 * told as a conflict, never lost unseen.
 */
function digest(text: string): number {
  let one = 0xdeadbeef
  let two = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    one = Math.imul(one ^ code, 2654435761)
    two = Math.imul(two ^ code, 1597334677)
  }
  one = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909)
  two = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(one ^ (one >>> 13), 3266489909)
  return 4294967296 * (2097151 & two) + (one >>> 0)
}

/**
 * A function that takes the rows of a file in order and tells of each whether an earlier one stands for the same record
 * within `scope`: the same first key, or a later key where one of the two lacks the earlier one. `content` is what the
 * row gives, in the order of the form's fields.
 */
export function duplicateFinder(form: Form) {
  const levels = form.keys.map((key) => ({ ...form, keys: [key] }))
  // key → number of the row among those taken; what is known of the row stands in columns, not in 200,000 objects
  const taken = new Map<number, number>()
  const sheets: string[] = []
  const rows: number[] = []
  const first_levels: number[] = []
  const contents: number[] = []

  return (scope: string, row: Row, content: unknown[], place: Place): { of: Place; identical: boolean } | undefined => {
    const keys = levels.map((level, index) => {
      const key = keyOf(level, row)
      return key === undefined ? undefined : digest(`${scope} ${index} ${key}`)
    })
    const first = keys.findIndex((key) => key !== undefined)
    if (first < 0) return undefined
    const told = digest(JSON.stringify(content))
    for (let level = first; level < keys.length; level++) {
      const twin = taken.get(keys[level] ?? -1)
      if (twin === undefined) continue
      // two rows that both have a stronger key, and not the same, are two records
      if (level > first && first_levels[twin] !== level) continue
      return { of: { sheet: sheets[twin] ?? '', row: rows[twin] ?? 0 }, identical: contents[twin] === told }
    }
    const number = rows.push(place.row) - 1
    sheets.push(place.sheet)
    first_levels.push(first)
    contents.push(told)
    for (const key of keys) if (key !== undefined && !taken.has(key)) taken.set(key, number)
    return undefined
  }
}

// Rows of one file that stand for the same record.
import { keyOf } from '../checks.ts'
import type { Form, Row } from '../forms/index.ts'

export type Place = { sheet: string; row: number }
type Kept = Place & { level: number; content: number }

/** 53 bits of a text (cyrb53): the contents of 200,000 rows are compared without being kept. */
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
  const kept = new Map<string, Kept>()
  const levels = form.keys.map((key) => ({ ...form, keys: [key] }))

  return (scope: string, row: Row, content: unknown[], place: Place): { of: Place; identical: boolean } | undefined => {
    const keys = levels.map((level, index) => {
      const key = keyOf(level, row)
      return key === undefined ? undefined : `${scope} ${index} ${key}`
    })
    const first = keys.findIndex((key) => key !== undefined)
    if (first < 0) return undefined
    const told = digest(JSON.stringify(content))
    for (let level = first; level < keys.length; level++) {
      const twin = kept.get(keys[level] ?? '')
      // two rows that both have a stronger key, and not the same, are two records
      if (twin && (level === first || twin.level === level)) return { of: twin, identical: twin.content === told }
    }
    for (const key of keys) {
      if (key !== undefined && !kept.has(key)) kept.set(key, { ...place, level: first, content: told })
    }
    return undefined
  }
}

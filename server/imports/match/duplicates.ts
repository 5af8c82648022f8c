// Rows of one file that stand for the same record. Only digests are kept, so that 200,000 rows cost a few megabytes.

import type { Form, Row, Value } from '../../forms/index.ts'
import { isFilled, keyValue } from '../../records/keys.ts'
import { digester } from '../digest.ts'

export type FilePlace = { n: number; sheet: string; row: number }
type Met = {
  /** An earlier row for the same record, and whether it says the same. */
  twin?: { of: FilePlace; identical: boolean }
  /** Digests of the row's keys, by their order in the form. */
  keys: readonly (number | undefined)[]
  /** The digest of what the row gives, names as the records they stand for. */
  content: number
}

/**
 * Digests to numbers of rows; what is there first stays. Two typed arrays, probed in a row: a Map of as many large numbers
 * takes five times the memory, and all of it is work for the garbage collector.
 */
function numberMap() {
  let size = 0
  let keys = new Float64Array(4_096).fill(-1)
  let values = new Int32Array(4_096)

  const placeOf = (key: number) => {
    let at = key % keys.length
    while (keys[at] !== -1 && keys[at] !== key) at = (at + 1) % keys.length
    return at
  }
  const grow = () => {
    const [oldKeys, oldValues] = [keys, values]
    keys = new Float64Array(oldKeys.length * 2).fill(-1)
    values = new Int32Array(keys.length)
    for (const [at, key] of oldKeys.entries()) {
      if (key === -1) continue
      const place = placeOf(key)
      keys[place] = key
      values[place] = oldValues[at] as number
    }
  }

  return {
    get: (key: number): number | undefined => {
      const at = placeOf(key)
      return keys[at] === key ? values[at] : undefined
    },
    add: (key: number, value: number) => {
      if (size * 2 >= keys.length) grow()
      const at = placeOf(key)
      if (keys[at] === key) return
      keys[at] = key
      values[at] = value
      size++
    },
  }
}

/**
 * A function that takes the rows of a file in order and tells of each whether an earlier one stands for the same record
 * within `scope`: the same first key, or a later key where one of the two lacks the earlier one. `content` is what the
 * row gives, in the order of the form's fields.
 */
export function duplicateFinder(form: Form) {
  // key → number of the row among those taken; what is known of the row stands in columns, not in 200,000 objects
  const taken = numberMap()
  const numbers: number[] = []
  const sheets: string[] = []
  const rows: number[] = []
  const firstLevels: number[] = []
  const contents: number[] = []
  const digest = digester()

  function keyDigest(scope: string, row: Row, level: number): number | undefined {
    const key = form.keys[level] ?? []
    if (!isFilled(row, key)) return undefined
    digest.begin(level)
    digest.take(scope)
    for (const name of key) digest.take(keyValue(form, row, name))
    return digest.end()
  }

  function contentDigest(content: readonly (Value | undefined)[]): number {
    digest.begin(-1)
    for (const value of content) digest.take(value)
    return digest.end()
  }

  return (scope: string, row: Row, content: (Value | undefined)[], place: FilePlace): Met => {
    const keys = form.keys.map((_key, level) => keyDigest(scope, row, level))
    const first = keys.findIndex((key) => key !== undefined)
    const told = contentDigest(content)
    if (first < 0) return { keys, content: told }
    for (let level = first; level < keys.length; level++) {
      const key = keys[level]
      const twin = key === undefined ? undefined : taken.get(key)
      if (twin === undefined) continue
      // two rows that both have a stronger key, and not the same, are two records
      if (level > first && firstLevels[twin] !== level) continue
      const of = { n: numbers[twin] ?? 0, sheet: sheets[twin] ?? '', row: rows[twin] ?? 0 }
      return { twin: { of, identical: contents[twin] === told }, keys, content: told }
    }
    const number = rows.push(place.row) - 1
    numbers.push(place.n)
    sheets.push(place.sheet)
    firstLevels.push(first)
    contents.push(told)
    for (const key of keys) if (key !== undefined) taken.add(key, number)
    return { keys, content: told }
  }
}

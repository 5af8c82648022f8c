// Digests: what rows are known by without being held, as numbers of 53 bits.
import { createHash } from 'node:crypto'
import { definitionOf, type Form, type Value } from '../forms/index.ts'

/** Whether a file was read by another definition of its form than the one in force. */
export const isReadByAnother = ({ definition }: { definition?: string }, form: Form): boolean =>
  definition !== undefined && definition !== definitionDigest(form)

/** What a form's definition is known by: what was read by another one is read again. */
export const definitionDigest = (form: Form): string =>
  createHash('sha256')
    .update(JSON.stringify(definitionOf(form)))
    .digest('hex')

/**
 * 53 bits of values taken one after the other (cyrb53). Two of 200,000 keys fall together once in half a million such
 * files; the row would then be reported as a conflict, never lost unseen.
 */
export function digester() {
  let one = 0
  let two = 0
  const take = (code: number) => {
    one = Math.imul(one ^ code, 2654435761)
    two = Math.imul(two ^ code, 1597334677)
  }
  return {
    begin: (level: number) => {
      one = 0xdeadbeef
      two = 0x41c6ce57
      take(level)
    },
    /** Each value with its kind and its end, so that neighbours never run together: 12 and "12", "a","b" and "ab". */
    take: (value: Value | undefined) => {
      if (typeof value === 'string') {
        for (let at = 0; at < value.length; at++) take(value.charCodeAt(at))
        take(0x10001)
      } else if (typeof value === 'number' && Number.isInteger(value)) {
        take(value | 0)
        take(Math.trunc(value / 4294967296))
        take(0x10002)
      } else if (value === null || value === undefined) take(0x10003)
      else {
        const text = JSON.stringify(value)
        for (let at = 0; at < text.length; at++) take(text.charCodeAt(at))
        take(0x10004)
      }
    },
    end: () => {
      const low = Math.imul(one ^ (one >>> 16), 2246822507) ^ Math.imul(two ^ (two >>> 13), 3266489909)
      const high = Math.imul(two ^ (two >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
      return 4294967296 * (2097151 & high) + (low >>> 0)
    },
  }
}

/** A digest of one text. */
export function digestOf(text: string): number {
  const digest = digester()
  digest.begin(0)
  digest.take(text)
  return digest.end()
}

/** Digests of a row that tie it to others: its keys and its record's id. */
export const tiesOf = (form: Form): number => form.keys.length + 1
/** All digests of a row: behind its ties stand the visitor, where rows are visits, and what the row gives. */
export const levelsOf = (form: Form): number => tiesOf(form) + 2

// Numbers of identity cards: what they look like, and what stands over a column of them. No campaign needs one, so they are
// blanked in what is uploaded before anything of it is kept (clean/), and refused where somebody types one.
import { isIdentity, isOldIdentity } from '../forms/identity.ts'
import type { CellRange } from './cells.ts'
import { normalHeading } from './heading_words.ts'

/** Whether a number cell holds an identity number: of 18 digits a sheet keeps 15, so nothing can be said of the last ones. */
export function isIdentityNumber(value: number): boolean {
  if (!Number.isInteger(value) || value < 1e14 || value >= 1e18) return false
  const digits = BigInt(value).toString()
  return digits.length === 15 ? isOldIdentity(digits) : digits.length === 18 && isIdentity(digits, false)
}

/** 身份证号 and what it is called besides; a sentence or another column that only mentions the card is none. */
const IDENTITY = /身份证|身份号码|公民身份|证件号/
const NO_NUMBER = /一致|相符|是否|有无|有否|复印|照片|扫描|正反|姓名|地址|住址|有效期|已抹去|\d{5}/
const MAX_HEADING = 24

/** Whether a column under these words holds identity numbers. */
export function isIdentityHeading(words: string): boolean {
  if (words.length > MAX_HEADING * 2 || !/[证證份]/.test(words)) return false
  const plain = normalHeading(words)
  return plain.length <= MAX_HEADING && IDENTITY.test(plain) && !NO_NUMBER.test(plain)
}

const hasDigit = /[0-9０-９]/
/** Numbers, days and codes stand in rows of data; a heading has at most a year or （18位）. */
const isData = /^[\s\d.,/-]+$|\d{5}/

/**
 * Watches the rows of a sheet, in their order, for columns of identity numbers. Answers the columns that are to be blanked
 * in a row: below such a heading what holds a digit, until another heading takes the column over; on a card what stands
 * behind the words.
 */
export function columnWatch(merges: readonly CellRange[] = []) {
  const open = new Set<number>()
  let above: readonly (string | undefined)[] = []
  return (row: number, texts: readonly (string | undefined)[]): Set<number> | undefined => {
    const headings: number[] = []
    for (let column = 0; column < texts.length; column++) {
      const own = texts[column]
      if (!own) continue
      const over = above[column]
      if (isIdentityHeading(own) || (over && !hasDigit.test(over) && isIdentityHeading(over + own)))
        headings.push(column)
    }
    above = texts
    if (open.size > 0) closeUnder(open, texts)
    for (const column of headings) {
      open.add(column)
      const merge = merges.find((each) => each.from_row === row && each.from_column === column)
      for (let at = column + 1; merge && at <= merge.to_column; at++) open.add(at)
    }
    if (open.size === 0) return undefined
    const blank = new Set<number>()
    for (const column of open) if (!headings.includes(column) && hasDigit.test(texts[column] ?? '')) blank.add(column)
    for (const column of headings) {
      const behind = texts.findIndex((text, at) => at > column && text)
      if (behind > 0 && /\d{6}/.test(texts[behind] ?? '')) blank.add(behind)
    }
    return blank.size > 0 ? blank : undefined
  }
}

/** A row of words is another heading: what stands below it is another table. */
function closeUnder(open: Set<number>, texts: readonly (string | undefined)[]): void {
  const filled = texts.filter((text) => text)
  if (filled.length < 2 || filled.some((text) => isData.test(text ?? ''))) return
  for (const column of open) if (texts[column]) open.delete(column)
}

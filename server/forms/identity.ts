/**
 * Numbers of identity cards in text. Nobody's is ever kept: the notice needs none. Known by their shape (GB 11643): a
 * province, a day of birth, a check character; written with blanks or dashes in between, in full-width digits too.
 */

/** What stands where a number was. */
export const blanked = '〔身份证号已抹去〕'

const provinces = new Set(
  '11 12 13 14 15 21 22 23 31 32 33 34 35 36 37 41 42 43 44 45 46 50 51 52 53 54 61 62 63 64 65 71 83'.split(' '),
)
/** 81 and 82 begin codes of unions (统一社会信用代码) as well; of residents of Hong Kong and Macao all six are known. */
const hasRegion = (digits: string) => provinces.has(digits.slice(0, 2)) || /^8[12]0000/.test(digits)

function isBirthday(year: number, month: number, day: number): boolean {
  if (year < 1900 || year > 2049 || month < 1 || month > 12 || day < 1) return false
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]

/** 18 characters, the last may be X. Without `checked` the check character is not asked: a sheet may have lost it. */
export function isIdentity(number: string, checked = true): boolean {
  if (!hasRegion(number)) return false
  if (!isBirthday(Number(number.slice(6, 10)), Number(number.slice(10, 12)), Number(number.slice(12, 14)))) return false
  if (!checked) return true
  const sum = weights.reduce((total, weight, at) => total + weight * Number(number[at]), 0)
  return '10X98765432'[sum % 11] === number[17]
}

/** The 15 digits of before 2004, which have no check: only to be asked of a number that stands alone. */
export const isOldIdentity = (digits: string): boolean =>
  hasRegion(digits) &&
  isBirthday(1900 + Number(digits.slice(6, 8)), Number(digits.slice(8, 10)), Number(digits.slice(10, 12)))

const gap = '[\\s\\u200b-\\u200f\\u2060\\ufeff\\u2010-\\u2015\\u2212\\uff0d-]{0,2}'
/** At least so many digits, and that is all most texts are asked. */
const maybe = new RegExp(`[0-9０-９](?:${gap}[0-9０-９]){13}`)
const whole = new RegExp(`(?<![0-9])[0-9](?:${gap}[0-9]){16}${gap}[0-9Xx×ХхⅩⅹ](?![0-9])`, 'g')
const alone = new RegExp(`^${gap}[0-9](?:${gap}[0-9]){14}${gap}$`)
/** A number that a sheet has made a float of. */
const lost = /(?<![\d.])\d\.\d{10,16}E\+17(?!\d)/gi
/** Behind these words any long number is one, mistyped or not. */
const named = /身份证|证件号|公民身份/
const long = new RegExp(`(?<![0-9])[0-9](?:${gap}[0-9]){13,16}${gap}[0-9Xx×ХхⅩⅹ]?(?![0-9])`, 'g')

const halfDigits = (text: string) =>
  text.replace(/[０-９Ｘｘ]/g, (sign) => String.fromCharCode(sign.charCodeAt(0) - 0xfee0))
const bare = (match: string) => match.replace(/[^0-9A-Za-z×ХхⅩⅹ]/g, '').replace(/[^0-9]$/, 'X')

/** What is said of words that somebody types a number in: where, and what to do. Undefined where there is none. */
export const identityIn = (text: string, label: string): string | undefined =>
  withoutIdentity(text) === text ? undefined : `${label}里有身份证号，本系统不登记，请删去。`

/** The text with every identity number in it blanked; the text itself where there is none. */
export function withoutIdentity(text: string): string {
  if (!maybe.test(text) && !/\dE\+17/i.test(text)) return text
  const plain = halfDigits(text)
  if (alone.test(plain) && isOldIdentity(bare(plain))) return blanked
  const found: { from: number; to: number }[] = []
  const look = (pattern: RegExp, isOne: (match: string) => boolean) => {
    pattern.lastIndex = 0
    for (let match = pattern.exec(plain); match; match = pattern.exec(plain)) {
      const to = match.index + match[0].length
      if (isOne(match[0])) found.push({ from: match.index, to })
      // a number may begin within what was none
      else pattern.lastIndex = match.index + 1
    }
  }
  look(whole, (match) => isIdentity(bare(match)))
  look(lost, (match) => isIdentity(BigInt(Math.round(Number(match))).toString(), false))
  if (named.test(text)) look(long, () => true)
  if (found.length === 0) return text
  let result = ''
  let at = 0
  for (const { from, to } of found.sort((a, b) => a.from - b.from)) {
    if (from < at) continue
    result += text.slice(at, from) + blanked
    at = to
  }
  return result + text.slice(at)
}

/**
 * Text as clerks type it, brought to one shape before anything is compared or stored:
 * trimmed, full-width digits and letters made half-width, odd blanks made plain.
 */

const blanks = /[\s\u00a0\u3000\u200b\ufeff]+/g
/** Anything but plain ASCII without blanks and Chinese characters; most cells of a big workbook hold none of it. */
const odd = /[^\x21-\x7e\u4e00-\u9fff]/
const wide = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g

/** Full-width digits and Latin letters become half-width; Chinese punctuation stays as typed. */
export const halfWidth = (text: string) => text.replace(wide, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))

/** One line of text: blanks of every kind become one space, ends are trimmed. */
export const oneLine = (text: string) => (odd.test(text) ? halfWidth(text).replace(blanks, ' ').trim() : text)

/** Text that may have lines: each line cleaned, empty lines at the ends dropped. */
export const manyLines = (text: string) =>
  halfWidth(text)
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.replace(/[^\S\n]+/g, ' ').trim())
    .join('\n')
    .trim()

/** All blanks removed: “张 三” and “张三” are one person. */
export const compact = (text: string) => (odd.test(text) ? halfWidth(text).replace(blanks, '') : text)

const likeness = new Map([...'（）“”‘’，：；！？—–－'].map((mark, i) => [mark, '()""\'\',:;!?---'[i] ?? mark]))

/**
 * What two names are compared by: no blanks, no case of A–Z, one form of each bracket, quote and dash.
 * SQL has the same function, `app.same_text`; a test holds the two together.
 */
export const sameText = (text: string) =>
  compact(text).replace(/[（）“”‘’，：；！？—–－A-Z]/g, (mark) => likeness.get(mark) ?? mark.toLowerCase())

/** Words of a list as written in a cell: 「摄影、视频」「摄影,视频」 or one a line. */
export const words = (text: string) =>
  oneLine(text.replace(/\n/g, '、'))
    .split(/[、,，;；|/]/)
    .map((word) => word.trim())
    .filter((word) => word !== '')

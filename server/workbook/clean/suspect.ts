// Whether something may hold identity numbers: looked at in a moment, so that a file without any costs no more than that.
// Everything in doubt is looked at closely afterwards.

const digit = '(?:[0-9]|\\xef\\xbc[\\x90-\\x99])'
const gap =
  '(?:[ \\t-]|\\xc2\\xa0|\\xe3\\x80\\x80|\\xe2\\x80[\\x8b-\\x95]|\\xe2\\x81\\xa0|\\xe2\\x88\\x92|\\xef\\xbb\\xbf|\\xef\\xbc\\x8d){0,2}'
/** Bytes of UTF-8, read one by one: 14 digits that are no fraction; 身 and 证件; digits cut by formats, or written as references. */
const pattern = new RegExp(
  [
    `(?<![.0-9])${digit}(?:${gap}${digit}){13}`,
    '[0-9]\\.[0-9]{10,16}[Ee]\\+17',
    '\\xe8\\xba\\xab|\\xe2\\xbe\\x9d|\\xe8\\xaf\\x81\\xe4\\xbb\\xb6',
    '[0-9]</(?:[A-Za-z0-9]+:)?t>\\s*</(?:[A-Za-z0-9]+:)?r>',
    '&#(?:4[89]|5[0-7]|x3[0-9]);',
  ].join('|'),
)
const OVERLAP = 160

/** Takes the bytes of a text in UTF-8 in pieces. */
export function suspicion() {
  let rest = ''
  let isFirst = true
  return (chunk: Buffer): boolean => {
    // UTF-16 has other bytes
    if (isFirst && (chunk[0] === 0xff || chunk[0] === 0xfe)) return true
    isFirst = false
    const text = rest + chunk.toString('latin1')
    rest = text.slice(-OVERLAP)
    return pattern.test(text)
  }
}

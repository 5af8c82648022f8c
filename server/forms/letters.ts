/** First letters of the pinyin of words, by where characters sort: no table is needed but the one that every browser has. */

const LETTERS = 'abcdefghjklmnopqrstwxyz'
/** The first character of each letter in pinyin order; no syllable begins with i, u or v. */
const FIRST = [...'阿八嚓哒妸发旮哈讥咔垃呣拏噢妑七呥仨它穵夕丫帀']
const order = new Intl.Collator('zh-u-co-pinyin')

/** 感染力 → grl, AI应用 → aiyy. What is neither a letter, a digit nor a Chinese character is left out. */
export const lettersOf = (text: string): string =>
  [...text.normalize('NFKC').toLowerCase()]
    .map((sign) => {
      if (/[a-z0-9]/.test(sign)) return sign
      if (!/\p{Script=Han}/u.test(sign)) return ''
      return LETTERS[FIRST.findLastIndex((first) => order.compare(first, sign) <= 0)] ?? ''
    })
    .join('')

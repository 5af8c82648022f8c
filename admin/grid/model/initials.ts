/**
 * First letters of the pinyin of Chinese words, found by where a word sorts: the browser's own pinyin order is the only
 * table needed. Characters with a second reading are known by both letters.
 */
const LETTERS = 'ABCDEFGHJKLMNOPQRSTWXYZ'
/** The first character of each letter in pinyin order; no syllable begins with i, u or v. */
const FIRST = '阿八嚓哒妸发旮哈讥咔垃呣拏噢妑七呥仨它穵夕丫帀'
const SECOND: Readonly<Record<string, string>> = {
  长: 'cz',
  重: 'cz',
  行: 'xh',
  乐: 'ly',
  曾: 'zc',
  单: 'ds',
  解: 'jx',
  查: 'cz',
  会: 'hk',
  调: 'dt',
  传: 'cz',
  藏: 'cz',
  宿: 'sx',
  系: 'xj',
  校: 'xj',
  车: 'cj',
  石: 'sd',
  合: 'hg',
  参: 'cs',
  弹: 'dt',
  降: 'jx',
  种: 'zc',
  省: 'sx',
  翟: 'zd',
  区: 'qo',
  仇: 'qc',
  朴: 'pb',
  盛: 'sc',
  尉: 'wy',
  沈: 'sc',
  贾: 'jg',
  祭: 'jz',
  厦: 'sx',
  殷: 'yx',
  广: 'ga',
  蚌: 'bp',
}
const MAX_KEPT = 20_000

const order = new Intl.Collator('zh-u-co-pinyin')
const kept = new Map<string, string>()

/** The letters one character may stand for, the commonest first. */
function lettersOf(character: string): string {
  const known = kept.get(character)
  if (known !== undefined) return known
  const letters = SECOND[character] ?? (/\p{Script=Han}/u.test(character) ? sorted(character) : character.toLowerCase())
  if (kept.size < MAX_KEPT) kept.set(character, letters)
  return letters
}

function sorted(character: string): string {
  let at = LETTERS.length - 1
  while (at > 0 && order.compare(character, FIRST[at] ?? '') < 0) at -= 1
  return (LETTERS[at] ?? '').toLowerCase()
}

/** Where in a text a run of characters begins whose initials are these letters ("hf" in 安徽合肥: 2), or -1. */
export function initialsAt(text: string, letters: string): number {
  if (!/^[a-z0-9]+$/.test(letters)) return -1
  const characters = [...text].filter((character) => /[\p{L}\p{N}]/u.test(character)).map(lettersOf)
  for (let start = 0; start + letters.length <= characters.length; start += 1) {
    let at = 0
    while (at < letters.length && characters[start + at]?.includes(letters[at] ?? '')) at += 1
    if (at === letters.length) return start
  }
  return -1
}

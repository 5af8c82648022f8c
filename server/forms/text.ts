/**
 * Text as clerks type it, brought to one shape before anything is compared or stored:
 * trimmed, full-width digits and letters made half-width, odd blanks made plain.
 */

/** Signs that show nothing: blanks and joiners of no width, marks of direction, soft hyphens, selectors of variants. */
const ignorable =
  '\\u00ad\\u034f\\u061c\\u115f\\u1160\\u17b4\\u17b5\\u180b-\\u180f\\u200b-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\u3164\\ufe00-\\ufe0f\\ufeff\\uffa0\\ufff0-\\ufff8\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{e0fff}'
const blank = '\\u0009-\\u000d\\u0020\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000'
const ignored = new RegExp(`[${ignorable}${blank}]`, 'gu')
/** Those of them that no emoji and no script needs: they are not kept. */
const unseen = /[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/g

const blanks = /[\s\u00a0\u3000]+/g
/** Anything but plain ASCII without blanks and Chinese characters; most cells of a big workbook hold none of it. */
const odd = /[^\x21-\x7e\u4e00-\u9fff]/
const wide = /[\uff10-\uff19\uff21-\uff3a\uff41-\uff5a]/g

/** Radicals that text copied from a PDF has in the place of characters, where Unicode itself does not say so. */
const radicals =
  '⺁⺂⺃⺄⺅⺆⺈⺉⺊⺋⺌⺍⺎⺏⺐⺒⺓⺔⺕⺖⺗⺘⺙⺛⺜⺝⺞⺠⺡⺢⺣⺤⺥⺦⺧⺨⺩⺪⺫⺬⺭⺮⺯⺰⺱⺲⺳⺴⺶⺷⺹⺺⺻⺼⺽⺾⺿⻀⻁⻂⻃⻄⻅⻆⻈⻉⻊⻋⻌⻍⻎⻏⻐⻑⻒⻓⻔⻕⻖⻗⻘⻙⻚⻛⻜⻝⻟⻠⻢⻣⻤⻥⻦⻧⻨⻩⻪⻫⻬⻭⻮⻯⻰⻱⻲'
const characters =
  '厂乛乚乙亻冂刀刂卜㔾小小兀尣尢巳幺彑彐忄㣺扌攵旡日月歺民氵氺灬爫爫丬牛犭王疋目示礻竹糹纟罓罒㓁冗羊羊耂肀聿肉臼艹艹艹虎衤覀西见角讠贝足车辶辶辶邑钅長镸长门阜阝雨青韦页风飞食飠饣马骨鬼鱼鸟卤麦黄黾斉齐歯齿竜龙龜亀'
const character_of = new Map([...radicals].map((sign, at) => [sign, [...characters][at] ?? sign]))
const lookalike = /[\u2e80-\u2fdf\uf900-\ufaff\u{2f800}-\u{2fa1f}]/gu

/** The characters that radicals and compatibility forms stand for: they look the same and are others to every search. */
const ordinary = (text: string) => text.replace(lookalike, (sign) => character_of.get(sign) ?? sign.normalize('NFKC'))

/** Full-width digits and Latin letters become half-width; Chinese punctuation stays as typed. */
export const halfWidth = (text: string) => text.replace(wide, (c) => String.fromCharCode(c.charCodeAt(0) - 0xfee0))

/** Without the signs that show nothing. */
export const visible = (text: string) => text.replace(unseen, '')
const readable = (text: string) => ordinary(visible(halfWidth(text)))

/** One line of text: blanks of every kind become one space, ends are trimmed. */
export const oneLine = (text: string) => (odd.test(text) ? readable(text).replace(blanks, ' ').trim() : text)

/** Text that may have lines: each line cleaned, empty lines at the ends dropped. */
export const manyLines = (text: string) =>
  readable(text)
    .replace(/\r\n?/g, '\n')
    .split('\n')
    .map((line) => line.replace(/[^\S\n]+/g, ' ').trim())
    .join('\n')
    .trim()

/** All blanks removed: “张 三” and “张三” are one person. The dot in a name is the one that the standard has. */
export const compact = (text: string) =>
  odd.test(text) ? readable(text).replace(blanks, '').replace(middle_dot, '·') : text

const middle_dot = /[\u2022\u2027\u2219\u22c5\u30fb\uff65]|(?<!\d)\uff0e(?!\d)/g

/** Marks that stand for each other, one by one: quotes, dashes, the dots of names, waves; capitals. */
const marks = '“”„‟〝〞「」『』‘’‚‛‐‒–—―−─·•‧∙⋅・〜∼ABCDEFGHIJKLMNOPQRSTUVWXYZ'
const likeness = new Map(
  [...marks].map((mark, at) => [mark, '""""""""""\'\'\'\'-------......~~abcdefghijklmnopqrstuvwxyz'[at] ?? mark]),
)
const marked = new RegExp(`[${marks}]`, 'g')
/** Most names are nothing but characters and digits. */
const plain = /^[\u4e00-\u9fff0-9a-z]*$/

/**
 * What two names are compared by: the same thing in other signs is the same. No blanks, nothing unseen, no forms of width or
 * compatibility (NFKC), no radicals for characters, no case of A–Z, one form of each quote, dash and dot.
 * SQL has the same function, `app.same_text`; a test holds the two together on any text.
 */
export const sameText = (text: string): string =>
  plain.test(text)
    ? text
    : ordinary(text)
        .normalize('NFKC')
        .replace(ignored, '')
        .replace(marked, (mark) => likeness.get(mark) ?? mark)

/** Words of a list as written in a cell: 「摄影、视频」「摄影,视频」 or one a line. */
export const words = (text: string) =>
  oneLine(text.replace(/\n/g, '、'))
    .split(/[、,，;；|/]/)
    .map((word) => word.trim())
    .filter((word) => word !== '')

/**
 * Signs that stand in a cell and are no value of their own: 同上 for the cell above, what programs print where they have
 * nothing, errors of a sheet, pictures that WPS keeps in cells, several people where one belongs. A workbook may say what
 * they mean (the cell above, the sheet's other rows); anywhere else they are refused with a sentence.
 */

const ditto = /^[（(]?(?:同\s*上|同\s*前|上\s*同|[〃″＂"”“]|''|,,|″|↑)[）)]?$/
/** 同上, 〃, ": the value of the cell above. */
export const isDitto = (text: string): boolean => text.length <= 6 && ditto.test(text.trim())

const printed_nothing = /^(?:nan|nat|null|none|nil|undefined|n\/a|\(null\)|<na>|<null>)$/i
/** What programs write where they have no value. */
export const isPrintedNothing = (text: string): boolean => text.length <= 12 && printed_nothing.test(text.trim())

const sheet_error = /^#(?:N\/A|REF!|VALUE!|DIV\/0!|NAME\?|NULL!|NUM!|SPILL!|CALC!|FIELD!|GETTING_DATA)$/i
/** #N/A and its like, also where a sheet was copied as text. */
const isSheetError = (text: string): boolean => text.length <= 14 && sheet_error.test(text.trim())

const picture = /^=?\s*(?:_xlfn\.)?(?:DISPIMG|IMAGE)\s*\(/i
/** =DISPIMG("ID_…",1): a picture that WPS keeps in a cell. */
export const isPicture = (text: string): boolean => picture.test(text)

/** The sentence that says why a text is no value, or undefined where it may be one. */
export function notValue(label: string, text: string): string | undefined {
  const first = text.trimStart()[0] ?? ''
  // almost every cell begins with a character of its own
  if (!/[=_#(<（nNuUdDiI同上〃″＂"”“',↑]/.test(first)) return undefined
  if (isDitto(text)) return `${label}写的是“${text.trim()}”，看不出是什么，请写全。`
  if (isSheetError(text)) return `这一格是错误值 ${text.trim()}，请改成正确的内容。`
  if (isPicture(text)) return `${label}里是一张嵌在表里的图片，这里只收文字，图片请在表里上传。`
  if (isPrintedNothing(text)) return `${label}写的是“${text.trim()}”，不是内容；没有就留空。`
  return undefined
}

/** Surnames of two characters: 欧阳 娜娜 is one person. */
const double_surnames =
  /^(?:欧阳|司马|上官|诸葛|东方|皇甫|尉迟|公孙|慕容|司徒|夏侯|令狐|宇文|长孙|端木|南宫|西门|独孤|东郭|百里|呼延|轩辕|澹台|钟离|闻人|申屠|太史|赫连|拓跋|第五)$/
const chinese_name = /^\p{Script=Han}{2,4}$/u

/** The people named in a cell that is for one: 张三、李四 or 王小明 李小红; undefined where it is one (张 三, 欧阳 修). */
export function severalPeople(text: string): string[] | undefined {
  const listed = text.split(/[、，,；;／/|&＆\n]/).map((name) => name.trim())
  const named = listed.filter((name) => name.replace(/\s/g, '').length > 1)
  if (named.length > 1) return named
  if (/\p{Script=Han}{2,}\s*等\s*(?:[\d一二两三四五六七八九十]+\s*)?[人名位]?$/u.test(text)) return [text.trim()]
  const spaced = text.trim().split(/[\s\u3000]+/)
  const are_names = spaced.length > 1 && spaced.every((name) => chinese_name.test(name))
  return are_names && !double_surnames.test(spaced[0] ?? '') ? spaced : undefined
}

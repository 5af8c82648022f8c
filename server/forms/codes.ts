/** Numbers that are names: phones and 统一社会信用代码, and what Excel makes of them. */
import { compact, halfWidth, visible } from './text.ts'
import { no, ok, type Parsed, shown, type Typed } from './value.ts'

/** True where Excel has turned a long number into 1.38E+10 and thrown its last digits away. */
export const lostDigits = (text: string) => /^\d(\.\d+)?E\+?\d+$/i.test(text)

export function parsePhone(cell: unknown, field: Typed): Parsed {
  const text = visible(halfWidth(String(cell))).trim()
  if (lostDigits(text)) return no(`${field.label}被 Excel 变成了 ${text}，末几位丢了，请按文本重填。`)
  const digits = text
    .replace(/[\s\u00a0\u3000\u200b‐-―－—-]/g, '')
    .replace(/^(\d{11})\.0$/, '$1')
    .replace(/^[（(]?(\+|00)?86[)）]?(?=1\d{10}$)/, '')
  // 1.39E+10 is kept as 13900000000: a number that ends so has lost its digits
  if (typeof cell === 'number' && cell >= 1e10 && cell % 1e6 === 0)
    return no(`${field.label} ${cell} 的末几位都是 0，像是被 Excel 改成了科学计数，请按文本重填。`)
  if (/^1[3-9]\d{9}$/.test(digits)) return ok(digits)
  const numbers = text.replace(/[\s-]/g, '').match(/1[3-9]\d{9}/g) ?? []
  if (numbers.length > 1) return no(`${field.label}里有不止一个号码，请只留一个。`)
  if (/^1[3-9]\d*[*＊xX×]{2,}\d*$/.test(digits)) return no(`${field.label}“${shown(cell)}”不完整，请填全 11 位。`)
  if (!field.mobile) {
    const landline = /^\(?(0\d{2,3})\)?(\d{7,8})$/.exec(digits.replace(/[()（）]/g, ''))
    if (landline) return ok(`${landline[1]}-${landline[2]}`)
  }
  if (/^\d+$/.test(digits) && digits.length !== 11) return no(`${field.label}应是 11 位，现在是 ${digits.length} 位。`)
  return no(`${field.label}“${shown(cell)}”不是手机号${field.mobile ? '' : '或带区号的座机号'}，请核对。`)
}

const codeLetters = '0123456789ABCDEFGHJKLMNPQRTUWXY'
const codeWeights = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28]

/** 统一社会信用代码, GB 32100-2015: 17 characters of a 31-letter alphabet and their weighted check character. */
export function parseCreditCode(cell: unknown, field: Typed): Parsed {
  const text = compact(String(cell)).toUpperCase()
  if (lostDigits(text) || (typeof cell === 'number' && text.length > 15))
    return no(`${field.label}被 Excel 变成了数字，末几位丢了，请按文本重填。`)
  if (text.length !== 18) return no(`${field.label}应是 18 位，现在是 ${text.length} 位。`)
  const letters = [...text].map((letter) => codeLetters.indexOf(letter))
  const odd = letters.indexOf(-1)
  if (odd >= 0) return no(`${field.label}第 ${odd + 1} 位“${text[odd]}”不是代码用的字符，请对照证书再看一遍。`)
  const sum = codeWeights.reduce((total, weight, i) => total + weight * (letters[i] ?? 0), 0)
  if ((31 - (sum % 31)) % 31 !== letters[17])
    return no(`${field.label}校验不对，有一位可能写错了，请对照证书再看一遍。`)
  return ok(text)
}

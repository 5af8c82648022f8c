/** Lengths, sizes and counts as notices write them: 30秒至5分钟, 800—1500字, 每幅3MB以上、10MB以下. */
import type { WorkLimits } from './facts.ts'

const TO = '(?:至|到|[-－—–~～]+)'
const NUMBER = '(\\d+(?:\\.\\d+)?)'
const UNITS: Record<string, number> = { 秒: 1, 秒钟: 1, 分: 60, 分钟: 60, 小时: 3600 }
const SIZES: Record<string, number> = {
  kb: 1024,
  k: 1024,
  mb: 1_048_576,
  m: 1_048_576,
  gb: 1_073_741_824,
  g: 1_073_741_824,
}
const TIMES: Record<string, number> = { 万: 10_000, 千: 1_000, 百: 100, 亿: 100_000_000 }

/** ２０２３ is 2023, a cell's line breaks are none. */
export const plain = (text: string): string =>
  text
    .replace(/[０-９Ａ-Ｚａ-ｚ]/g, (letter) => String.fromCharCode(letter.charCodeAt(0) - 0xfee0))
    .replace(/[ \t\u3000]+/g, ' ')

/** 5万 is 50000. */
export const amount = (digits: string, times = ''): number =>
  Math.round(Number(digits.replaceAll(',', '')) * (TIMES[times] ?? 1))

const MOST_BEFORE = /(?:不超过|不多于|不得超过|至多|最多|限|不大于)[^\d，。；]{0,4}$/
const LEAST_BEFORE = /(?:不少于|不低于|至少|不小于|最少)[^\d，。；]{0,4}$/
const MOST_AFTER = /^(?:（[^）]*）)?(?:以内|之内|以下|内)/
const LEAST_AFTER = /^(?:以上|起)/
const ABOUT_AFTER = /^(?:左右|上下)/

type Bound = 'min' | 'max' | 'about' | 'exact'
function boundOf(before: string, after: string): Bound {
  if (MOST_BEFORE.test(before) || MOST_AFTER.test(after)) return 'max'
  if (LEAST_BEFORE.test(before) || LEAST_AFTER.test(after)) return 'min'
  return ABOUT_AFTER.test(after) ? 'about' : 'exact'
}

type SaidQuantity = { from?: number; to: number; bound: Bound }

/** Each quantity in one of some units: a range, or a number with its bound. */
function quantities(text: string, units: Record<string, number>): SaidQuantity[] {
  const names = Object.keys(units)
    .sort((a, b) => b.length - a.length)
    .join('|')
  const pattern = new RegExp(`${NUMBER}\\s*(万|千|百)?(${names})?(?:${TO}${NUMBER}\\s*(万|千|百)?)?(${names})`, 'gi')
  const found: SaidQuantity[] = []
  for (const match of text.matchAll(pattern)) {
    const [all, first = '', firstTimes, firstUnit, second, secondTimes, unit = ''] = match
    const size = (name: string) => units[name.toLowerCase()] ?? units[name] ?? 1
    const at = match.index
    const bound = boundOf(text.slice(Math.max(0, at - 12), at), text.slice(at + all.length, at + all.length + 12))
    if (second === undefined) {
      // 30秒 alone: the unit was taken as the last of the pattern
      found.push({ to: amount(first, firstTimes) * size(unit), bound })
      continue
    }
    found.push({
      from: amount(first, firstTimes) * size(firstUnit ?? unit),
      to: amount(second, secondTimes) * size(unit),
      bound: 'exact',
    })
  }
  return found
}

type Range = { min?: number; max?: number; about?: number }

function rangeOf(found: readonly SaidQuantity[], takesExact: boolean): Range {
  const range: Range = {}
  for (const { from, to, bound } of found) {
    if (from !== undefined) Object.assign(range, { min: range.min ?? from, max: range.max ?? to })
    else if (bound === 'min') range.min ??= to
    else if (bound === 'max') range.max ??= to
    else if (bound === 'about') range.about ??= to
    else if (takesExact) range.max ??= to
  }
  return range
}

const FORMATS = /(mp3|mp4|wav|wma|flac|m4a|mov|avi|jpe?g|png|tiff?|gif|pdf|docx?|h5)(?=格式|、|，|或|；|。|$)/gi

/** What a sentence demands of a work; nothing of what it does not say. */
export function limitsIn(text: string): WorkLimits {
  const said = plain(text)
  const seconds = rangeOf(quantities(said, UNITS), false)
  const chars = rangeOf(quantities(said, { 字: 1 }), false)
  const files = rangeOf(quantities(said, { 幅: 1, 张: 1 }), false)
  const bytes = rangeOf(quantities(said, SIZES), false)
  const followers = /粉丝\D{0,6}?(\d+(?:\.\d+)?)(万|千)?(?:人|名|个)?以上/.exec(said)
  const formats = [
    ...new Set([...said.matchAll(FORMATS)].map(([format]) => format.toLowerCase().replace('jpeg', 'jpg'))),
  ]
  const along = /附(歌词|文稿|脚本|文字说明|文案)/.exec(said)
  return {
    ...(seconds.min !== undefined ? { min_seconds: seconds.min } : {}),
    ...(seconds.max !== undefined ? { max_seconds: seconds.max } : {}),
    ...(seconds.about !== undefined ? { suggested_seconds: seconds.about } : {}),
    ...(chars.min !== undefined ? { min_chars: chars.min } : {}),
    ...(chars.max !== undefined ? { max_chars: chars.max } : {}),
    ...(files.min !== undefined ? { min_files: files.min } : {}),
    ...(files.max !== undefined ? { max_files: files.max } : {}),
    ...(bytes.min !== undefined ? { min_file_bytes: bytes.min } : {}),
    ...(bytes.max !== undefined ? { max_file_bytes: bytes.max } : {}),
    ...(followers ? { min_followers: amount(followers[1] ?? '', followers[2]) } : {}),
    ...(formats.length > 0 ? { formats } : {}),
    ...(along?.[1] ? { with: [along[1]] } : {}),
  }
}

/** 2首, 1至2名, 10幅（组）: how many a unit may send. */
export function countIn(text: string): { min?: number; max: number } | undefined {
  const found = new RegExp(`^${NUMBER}(?:${TO}${NUMBER})?\\s*[个件首部幅篇名项组张](?:（[^）]*）)?$`).exec(
    plain(text).trim(),
  )
  if (!found) return undefined
  const first = Number(found[1])
  return found[2] === undefined ? { max: first } : { min: first, max: Number(found[2]) }
}

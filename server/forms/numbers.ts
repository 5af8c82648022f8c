/** Whole numbers and decimals as cells write them: 1.2万, 3分20秒, 40人. */
import { compact } from './text.ts'
import { no, ok, type Parsed, shown, type Typed } from './value.ts'

const MAX_NUMBER = 1_000_000_000
/** How exactly a decimal is kept: sums of ten-thousandths are exact in every program. */
const DECIMAL_PLACES = 4

export const inThousands = new Intl.NumberFormat('zh-CN')
const multiples: Record<string, number> = { 千: 1e3, 万: 1e4, w: 1e4, 亿: 1e8 }

/** 3分20秒 of a field that is counted in seconds; undefined for what is not made of its units. */
function inUnits(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const pieces = [...text.matchAll(/(\d+(?:\.\d+)?)(\p{Script=Han}+)/gu)]
  if (pieces.length === 0 || pieces.map(([piece]) => piece).join('') !== text) return undefined
  const sum = pieces.reduce((all, [, number, unit]) => all + Number(number) * (units[unit ?? ''] ?? Number.NaN), 0)
  return Number.isNaN(sum) ? undefined : Number(sum.toFixed(6))
}

export const rangeAsked = ({ min, max }: Typed) => [
  `不小于 ${min ?? 0}`,
  ...(max === undefined ? [] : [`不大于 ${inThousands.format(max)}`]),
]

export const decimalAsked = (field: Typed) => [`最多 ${DECIMAL_PLACES} 位小数`, ...rangeAsked(field)]

export function parseNumber(cell: unknown, field: Typed): Parsed {
  const text = typeof cell === 'number' ? String(cell) : compact(String(cell)).replace(/[,，]/g, '').replace('．', '.')
  const match = /^([+-]?\d+(?:\.\d+)?)(千|万|[wW]|亿)?(?:人次|[人名个场次条])?$/.exec(text)
  const number = match
    ? Number((Number(match[1]) * (multiples[match[2]?.toLowerCase() ?? ''] ?? 1)).toFixed(6))
    : ((field.counted_in && inUnits(text, field.counted_in)) ?? Number.NaN)
  if (field.type === 'decimal') {
    if (Number.isNaN(number)) return no(`${field.label}应是数，现在是“${shown(cell)}”。`)
    if (Number(number.toFixed(DECIMAL_PLACES)) !== number)
      return no(`${field.label}最多 ${DECIMAL_PLACES} 位小数，现在是“${shown(cell)}”。`)
  } else if (!Number.isInteger(number)) return no(`${field.label}应是整数，现在是“${shown(cell)}”。`)
  const [min, max] = [field.min ?? 0, field.max ?? MAX_NUMBER]
  if (number < min) return no(`${field.label}不能小于 ${min}，现在是 ${number}。`)
  if (number > max) return no(`${field.label}不能大于 ${max}，现在是 ${number}。`)
  return ok(number)
}

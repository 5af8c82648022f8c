/**
 * The prizes that works of a collection can have, and how many of each at most, as a cell writes them (`作品一等奖 3、作品优秀奖`).
 * PostgreSQL holds the same in db/security/031_scoring.sql.
 */
import { oneLine, sameText } from './text.ts'
import { no, ok, type Parsed, type PrizeLimit, shown, type Typed, type Value } from './value.ts'

const MAX_PRIZES = 20
const MAX_OF_A_PRIZE = 10_000

/** What there is where a collection says nothing. */
export const standardPrizes: readonly string[] = ['作品一等奖', '作品二等奖', '作品三等奖', '作品优秀奖']
/** No prize of a collection: what won is put forward to whoever called for it. */
export const NATIONAL = '推荐全国'
/** What a unit itself is commended for, and what is no prize of a work. */
export const noPrizes: readonly string[] = ['优秀组织单位', '先进个人', NATIONAL]

type GivenPrize = Record<keyof PrizeLimit, unknown>

/** 一等奖 3 名 */
function prizeIn(piece: string): GivenPrize {
  const text = oneLine(piece)
  const found = /^(?<name>.*[^\d\s:：])\s*[:：]?\s*(?<max>\d+)\s*[名个件项]?$/.exec(text.normalize('NFKC'))?.groups
  return found ? { name: found.name, max: Number(found.max) } : { name: text, max: undefined }
}

const isObject = (given: unknown): given is Record<string, unknown> =>
  typeof given === 'object' && given !== null && !Array.isArray(given)

/** A list in JSON or in words; `choices` and `also` of the field say which prizes there can be. */
export function parsePrizes(cell: unknown, { label: of, choices = [], also = {} }: Typed): Parsed {
  const pieces = typeof cell === 'string' ? cell.split(/[、，,；;\n]/).filter((piece) => piece.trim() !== '') : cell
  if (!Array.isArray(pieces))
    return no(`${of}读不懂，请写成 ${choices[0] ?? '一等奖'} 3、${choices[1] ?? '二等奖'} 6。`)
  if (pieces.length > MAX_PRIZES) return no(`${of}最多 ${MAX_PRIZES} 种。`)
  const prizes: PrizeLimit[] = []
  for (const piece of pieces) {
    const given = typeof piece === 'string' ? prizeIn(piece) : isObject(piece) ? piece : undefined
    const odd = Object.keys(given ?? {}).find((key) => key !== 'name' && key !== 'max')
    if (!given || odd !== undefined) return no(`${of}的一种应写成 {"name": "一等奖", "max": 3}。`)
    const typed = sameText(typeof given.name === 'string' ? given.name : '')
    const name = choices.find((choice) => sameText(choice) === typed) ?? also[typed]
    if (name === undefined)
      return no(`${of}没有“${shown(given.name)}”，可选：${choices.join('、')}；别的请先加到表彰推荐的类别里。`)
    if (prizes.some((prize) => prize.name === name)) return no(`${of}里“${name}”写了两次。`)
    const max = given.max ?? undefined
    if (max !== undefined && !(Number.isInteger(max) && Number(max) >= 1 && Number(max) <= MAX_OF_A_PRIZE))
      return no(`${of}“${name}”的名额应是 1 到 ${MAX_OF_A_PRIZE} 的整数，不限的不写。`)
    // in the order in which PostgreSQL keeps the keys of jsonb
    prizes.push(max === undefined ? { name } : { max: Number(max), name })
  }
  return ok(prizes.length > 0 ? prizes : null)
}

export const printedPrizes = (value: Value): string =>
  (Array.isArray(value) ? (value as unknown[]).filter(isObject) : [])
    .map(({ name, max }) => (max === undefined ? name : `${name} ${max}`))
    .join('、')

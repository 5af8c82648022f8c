/**
 * What jurors mark in the works of a collection: items with weights, as a cell writes them (`主题 40、制作 30、感染力 30`), and
 * the total of marks. PostgreSQL holds the same in db/security/031_scoring.sql.
 */
import { lettersOf } from './letters.ts'
import { oneLine } from './text.ts'
import { no, ok, type Parsed, type ScoringItem, shown, type Typed, type Value } from './value.ts'

/** Item → whole number. */
export type Marks = Record<string, number>

const WHOLE_WEIGHT = 100
const STANDARD_MAX = 100
const MAX_ITEMS = 12
const MAX_MARK = 1000
const MAX_LABEL_CHARS = 20

/** What is marked where a collection says nothing. */
export const standardItems: readonly ScoringItem[] = [
  { name: 'theme', label: '主题', weight: 40, max: STANDARD_MAX },
  { name: 'craft', label: '制作', weight: 30, max: STANDARD_MAX },
  { name: 'appeal', label: '感染力', weight: 30, max: STANDARD_MAX },
]

const namePattern = /^[a-z][a-z0-9_]{1,40}$/
/** Other names in the answer about a score, and those that objects have by themselves. */
const reservedNames = new Set(['items', 'juror', 'mine', 'opinion', 'total', 'constructor', 'prototype'])
/** Nothing that parts items, or an item's label from what follows it. */
const labelPattern = /^[^\s、，,；;：:（）()%％/"“”‘’<>]+$/u

/** The name that a label is stored under where nobody says another: the standard one, else the initials of its pinyin. */
function proposedName(label: string): string {
  const known = standardItems.find((item) => item.label === label)
  if (known) return known.name
  const letters = lettersOf(label).slice(0, 30)
  return namePattern.test(letters) && !reservedNames.has(letters) ? letters : `item_${letters}`
}

type GivenItem = Record<keyof ScoringItem, unknown>

const pieceOf =
  /^(?<label>.+?)\s*(?:\(\s*(?<name>[A-Za-z0-9_]+)\s*\))?\s*[::]?\s*(?<weight>\d+(?:\.\d+)?)\s*%?(?:\s*\(?\s*(?:满分|\/)\s*(?<max>\d+(?:\.\d+)?)\s*分?\s*\)?)?$/

/** 题材(theme) 40 满分 10 */
function itemIn(piece: string): GivenItem | undefined {
  const found = pieceOf.exec(piece.normalize('NFKC').trim())?.groups
  if (!found) return undefined
  const { label = '', name, weight, max = STANDARD_MAX } = found
  return { label: label.replace(/\s/g, ''), name, weight: Number(weight), max: Number(max) }
}

/** The sentence about an item that can't be one. */
function itemFault(item: ScoringItem, of: string): string | undefined {
  const { name, label, weight, max } = item
  if (!labelPattern.test(label) || [...label].length > MAX_LABEL_CHARS || label.includes('满分'))
    return `${of}“${shown(label)}”的名称最多 ${MAX_LABEL_CHARS} 个字，不用空格、标点和“满分”。`
  if (typeof name !== 'string' || !namePattern.test(name) || reservedNames.has(name))
    return `${of}“${label}”的代号“${shown(name)}”不能用：小写字母、数字和下划线，以字母开头，2 到 41 个。`
  if (!Number.isInteger(weight) || weight < 1 || weight > WHOLE_WEIGHT)
    return `${of}“${label}”的权重应是 1 到 ${WHOLE_WEIGHT} 的整数。`
  if (!Number.isInteger(max) || max < 1 || max > MAX_MARK) return `${of}“${label}”的满分应是 1 到 ${MAX_MARK} 的整数。`
  return undefined
}

function listFault(items: readonly ScoringItem[], of: string): string | undefined {
  if (items.length > MAX_ITEMS) return `${of}最多 ${MAX_ITEMS} 项。`
  for (const [n, { name, label }] of items.entries()) {
    const before = items.slice(0, n)
    if (before.some((item) => item.label === label)) return `${of}里“${label}”写了两次。`
    const twin = before.find((item) => item.name === name)
    if (twin)
      return `“${twin.label}”和“${label}”的代号都是 ${name}，请给一个另写代号，如 ${label}(${name.slice(0, 38)}_2)。`
  }
  const sum = items.reduce((all, { weight }) => all + weight, 0)
  return sum === WHOLE_WEIGHT ? undefined : `${of}的权重加起来是 ${sum}，应是 ${WHOLE_WEIGHT}。`
}

const isObject = (given: unknown): given is Record<string, unknown> =>
  typeof given === 'object' && given !== null && !Array.isArray(given)

/** A list in JSON or in words. Weights add up to 100; a name that is left out is proposed from its label. */
export function parseItems(cell: unknown, { label: of }: Typed): Parsed {
  const pieces = typeof cell === 'string' ? cell.split(/[、，,；;\n]/).filter((piece) => piece.trim() !== '') : cell
  if (!Array.isArray(pieces)) return no(`${of}读不懂，请写成 主题 40、制作 30、感染力 30。`)
  const items: ScoringItem[] = []
  for (const piece of pieces) {
    const given = typeof piece === 'string' ? itemIn(piece) : isObject(piece) ? piece : undefined
    if (!given)
      return no(`${of}“${shown(typeof piece === 'string' ? piece : JSON.stringify(piece))}”读不懂，请写成 主题 40。`)
    const odd = Object.keys(given).find((key) => !['name', 'label', 'weight', 'max'].includes(key))
    if (odd !== undefined) return no(`${of}的一项没有“${shown(odd)}”，只有 name、label、weight、max。`)
    const label = typeof given.label === 'string' ? oneLine(given.label).normalize('NFKC') : ''
    // in the order in which PostgreSQL keeps the keys of jsonb
    const item = {
      max: given.max ?? STANDARD_MAX,
      name: given.name ?? proposedName(label),
      label,
      weight: given.weight,
    } as ScoringItem
    const fault = itemFault(item, of)
    if (fault) return no(fault)
    items.push(item)
    if (items.length > MAX_ITEMS) break
  }
  const fault = listFault(items, of)
  return fault ? no(fault) : ok(items.length > 0 ? items : null)
}

const isItem = (item: unknown): item is ScoringItem => isObject(item) && 'weight' in item

/** As `parseItems` reads it again: a name stands there only where its label does not propose it. */
export const printedItems = (value: Value): string =>
  (Array.isArray(value) ? (value as unknown[]).filter(isItem) : [])
    .map(({ name, label, weight, max }) =>
      [
        name === proposedName(label) ? label : `${label}(${name})`,
        weight,
        ...(max === STANDARD_MAX ? [] : [`满分 ${max}`]),
      ].join(' '),
    )
    .join('、')

/** What is marked in the works of a collection, as its row says. */
export const scoringItemsOf = (collection: object | undefined): readonly ScoringItem[] => {
  const said = isObject(collection) ? collection.scoring_items : undefined
  const items = Array.isArray(said) ? said.filter(isItem) : []
  return items.length > 0 ? items : standardItems
}

export const markFault = ({ label, max }: ScoringItem): string => `${label}打 0 到 ${max} 的整数。`

/** What is wrong with marks as they were sent: sentences by item, under `items` what concerns no item. */
export function marksFaults(items: readonly ScoringItem[], marks: unknown): Record<string, string> {
  if (!isObject(marks)) return { items: `评分应写成 {${items.map(({ name }) => `"${name}": 分数`).join(', ')}}。` }
  const isMark = (mark: unknown, max: number) => Number.isInteger(mark) && Number(mark) >= 0 && Number(mark) <= max
  const faults = items.flatMap((item) => {
    const mark = Object.hasOwn(marks, item.name) ? marks[item.name] : undefined
    return isMark(mark, item.max) ? [] : [[item.name, markFault(item)]]
  })
  const odd = Object.keys(marks).find((name) => !items.some((item) => item.name === name))
  if (odd !== undefined)
    faults.push(['items', `没有“${shown(odd)}”这一项，评的是${items.map(({ label }) => label).join('、')}。`])
  return Object.fromEntries(faults)
}

/** Marks by their weights, of a hundred, with one decimal, half up: exact, as app.weighted has it. */
export function weightedTotal(items: readonly ScoringItem[], marks: Marks): number {
  let [above, below] = [0n, 1n]
  for (const { name, weight, max } of items) {
    above = above * BigInt(max) + BigInt(marks[name] ?? 0) * BigInt(weight) * below
    below *= BigInt(max)
  }
  return Number((above * 20n + below) / (below * 2n)) / 10
}

/** What a registered paper says, as data: its canonical text, its fingerprint, and how two of them differ. No database. */
import { createHash } from 'node:crypto'
import type { CellValue } from '../forms/paper/layout.ts'

/** A row of the paper: the record's id (null where there is none) and what is printed, one value for each heading. */
export type SnapshotRow = { id: number | null; values: readonly CellValue[] }
export type Snapshot = {
  title: string
  unit: string
  headings: readonly string[]
  lines: readonly SnapshotRow[]
  /** What 合计 says, one value for each heading; papers without one, and those of before it was kept, have none. */
  total?: readonly CellValue[]
}

/** So many differences are listed; counts are always whole. */
const MAX_TOLD_DIFFERENCES = 500

const printed = (value: CellValue | undefined) => (value === null || value === undefined ? '' : String(value))
const textOf = (values: readonly CellValue[]) => JSON.stringify(values.map(printed))

/**
 * SHA-256 of the paper's words, in hexadecimal: a line with the salt, title, unit and headings as one line of JSON, then
 * each row as one, cells as text, lines ended by LF. Fonts, widths and the program that saved the file do not count.
 * Everybody may read a fingerprint; without a salt the one phone on a paper could be guessed from it. Papers of before
 * there was one have `null`, and no such line.
 */
export function fingerprint({ title, unit, headings, lines }: Snapshot, salt: string | null): string {
  const hash = createHash('sha256')
  if (salt !== null) hash.update(`${salt}\n`)
  hash.update(`${JSON.stringify([title, unit, ...headings])}\n`)
  for (const { values } of lines) hash.update(`${textOf(values)}\n`)
  return hash.digest('hex')
}

type NamedRow = { row: number; name: string }
type Changed = {
  row: number
  of: number
  name: string
  cells: CellDifference[]
}
export type CellDifference = { heading: string; before: string; after: string }
/** `row` is the 序号 in the later paper, `of` and that of what was removed in the earlier one. */
export type SnapshotDifference = {
  /** What differs outside of the rows: title, unit, headings, 合计. */
  head: CellDifference[]
  same: number
  added: NamedRow[]
  removed: NamedRow[]
  changed: Changed[]
  counts: { added: number; removed: number; changed: number }
}

/**
 * What became of the rows of `before` in `after`. Rows go together by record where both know it, else by equal words,
 * else by the same name (`named`: the column a row is known by), else by all words but the name. A column is compared by
 * its heading.
 */
export function compare(before: Snapshot, after: Snapshot, named: number): SnapshotDifference {
  const earlier = before.lines.map((line, index) => ({ ...line, row: index + 1 }))
  const later = after.lines.map((line, index) => ({ ...line, row: index + 1 }))
  const nameOf = ({ values }: SnapshotRow) => printed(values[named]) || printed(values[0])
  const pairs: { one: Numbered; two: Numbered }[] = []
  let open = later
  let left = earlier
  const pairBy = (key: (line: Numbered) => string | undefined) => {
    const waiting = new Map<string, Numbered[]>()
    for (const one of left) {
      const name = key(one)
      const same = name === undefined ? undefined : waiting.get(name)
      if (same) same.push(one)
      else if (name !== undefined) waiting.set(name, [one])
    }
    const taken = new Set<Numbered>()
    open = open.filter((two) => {
      const name = key(two)
      const one = name === undefined ? undefined : waiting.get(name)?.shift()
      if (!one) return true
      taken.add(one)
      pairs.push({ one, two })
      return false
    })
    left = left.filter((one) => !taken.has(one))
  }
  pairBy(({ id }) => (id === null ? undefined : `${id}`))
  pairBy(({ values }) => textOf(values))
  pairBy((line) => nameOf(line) || undefined)
  pairBy(({ values }) => textOf(values.filter((_, at) => at !== named)))

  const places = after.headings.map((heading) => ({ heading, from: before.headings.indexOf(heading) }))
  const changed = pairs.flatMap(({ one, two }): Changed[] => {
    const cells = places.flatMap(({ heading, from }, to) => {
      const [was, is] = [printed(one.values[from]), printed(two.values[to])]
      return from < 0 || was === is ? [] : [{ heading, before: was, after: is }]
    })
    return cells.length > 0 ? [{ row: two.row, of: one.row, name: nameOf(two), cells }] : []
  })
  changed.sort((a, b) => a.row - b.row)
  const told = (lines: readonly Numbered[]) =>
    lines.slice(0, MAX_TOLD_DIFFERENCES).map((line): NamedRow => ({ row: line.row, name: nameOf(line) }))
  return {
    head: headDiffers(before, after),
    same: pairs.length - changed.length,
    added: told(open),
    removed: told(left),
    changed: changed.slice(0, MAX_TOLD_DIFFERENCES),
    counts: { added: open.length, removed: left.length, changed: changed.length },
  }
}

type Numbered = SnapshotRow & { row: number }

function headDiffers(before: Snapshot, after: Snapshot): CellDifference[] {
  const gone = before.headings.filter((heading) => !after.headings.includes(heading))
  const come = after.headings.filter((heading) => !before.headings.includes(heading))
  return [
    { heading: '标题', before: before.title, after: after.title },
    { heading: '填报单位', before: before.unit, after: after.unit },
    ...gone.map((heading) => ({ heading: '表头', before: heading, after: '' })),
    ...come.map((heading) => ({ heading: '表头', before: '', after: heading })),
  ].filter(({ before: was, after: is }) => was !== is)
}

/** Whether nothing differs. */
export const isSame = ({ head, counts }: SnapshotDifference) =>
  head.length + counts.added + counts.removed + counts.changed === 0

/** Counting metrics by hand, any metric there may be, and rows that tell the ways of counting apart. */
import fc from 'fast-check'
import { sample } from './world.ts'

type Row = Record<string, unknown>
export type CountedMetric = {
  name: string
  counts: string
  form: string
  field: string | null
  filter: Record<string, unknown> | null
}

export const COUNTED = ['approved', 'archived']

/** What a metric comes to for these rows, counted as one would by hand. */
export function byHand({ counts, field, filter }: CountedMetric, rows: readonly Row[]): number {
  const fitting = rows.filter((row) =>
    Object.entries(filter ?? {}).every(([name, wanted]) => [wanted].flat().includes(row[name])),
  )
  const values = fitting.map((row) => row[field ?? ''])
  if (counts === 'rows') return fitting.length
  if (counts === 'sum') return values.reduce((sum: number, value) => sum + Number(value ?? 0), 0)
  if (counts === 'distinct') return new Set(values.filter((value) => value !== null)).size
  const latest = new Map<string, Row>()
  for (const row of fitting.toSorted((a, b) => (String(a.counted_on) < String(b.counted_on) ? -1 : 1)))
    latest.set(`${row.unit_id} ${row.channel} ${row.account} ${row.title}`, row)
  return [...latest.values()].reduce((sum, row) => sum + Number(row[field ?? ''] ?? 0), 0)
}

const kinds = ['知识竞赛', '主题演讲', '培训'] as const
const fields = {
  events: {
    sum: ['headcount'],
    distinct: ['kind', 'place', 'held_on'],
    filter: { kind: kinds, with_cac: [true, false] },
  },
  propagandists: { sum: ['followers'], distinct: ['phone', 'gender'], filter: { gender: ['男', '女'] } },
  reach: { sum: ['views'], distinct: ['title'], filter: { title: ['第1期推送', '第2期推送'] } },
} as const

/** A metric of any way of counting, with a filter or without. */
export const anyMetric = fc
  .record({
    form: fc.constantFrom('events', 'propagandists', 'reach'),
    counts: fc.constantFrom('rows', 'sum', 'distinct', 'latest'),
    at: fc.nat(5),
    filters: fc.option(fc.array(fc.nat(2), { minLength: 1, maxLength: 2 })),
  })
  .map(({ form, counts: way, at, filters }) => {
    const of = fields[form as keyof typeof fields]
    const counts = way === 'latest' && form !== 'reach' ? 'distinct' : way
    const choices = counts === 'distinct' ? of.distinct : of.sum
    const [name = '', values = []] = Object.entries(of.filter)[at % Object.keys(of.filter).length] ?? []
    const wanted = filters?.map((n) => values[n % values.length])
    return {
      form,
      counts,
      field: counts === 'rows' ? null : choices[at % choices.length],
      filter: wanted ? { [name]: wanted.length === 1 ? wanted[0] : [...new Set(wanted)] } : null,
    }
  })

/** The nth row of each register. */
export const rowsOf: Record<string, (n: number) => Row> = {
  events: (n) => ({
    ...sample.events?.(n),
    kind: kinds[n % 3],
    place: `地点${n % 4}`,
    headcount: 10 * n,
    with_cac: n % 2 === 0,
    held_on: `2019-07-0${1 + (n % 7)}`,
  }),
  propagandists: (n) => ({ ...sample.propagandists?.(n), gender: n % 3 ? '女' : '男', followers: n }),
  reach: (n) => ({
    ...sample.reach?.(1 + (n % 3)),
    counted_on: `2019-07-${10 + n}`,
    views: 1000 * (n + 1),
    people: 100 * (n + 1),
  }),
}

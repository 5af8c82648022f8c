/**
 * Where in a list the next row is that meets a condition: what stepping through finds and jumping to the edge of the data
 * ask of rows a page has not read. The places are those of the same list request: same filter, same order, from 0.
 */
import { sql } from 'kysely'
import type { Person, Trx } from '../database/connection.ts'
import { badRequest } from '../errors.ts'
import { whereOf } from './conditions.ts'
import { orderOf } from './order.ts'
import { readListQuery, type Sorting } from './query.ts'
import { ownUnitFirst } from './read.ts'
import type { Relation } from './relation.ts'

type PlaceQuery = {
  filter: Record<string, unknown>
  sort: Sorting
  /** What is looked for, as a filter. */
  of: Record<string, unknown>
  /** The place looked from; it is not itself an answer. -1 looks from the beginning. */
  from: number
  step: 1 | -1
}

/** `at` is null when nothing more is found that way; `nth` of `count` says how many the list holds in all. */
type FoundPlace = { at: number | null; id: number | null; nth: number; count: number }

/** The query string `filter`, `sort`, `of`, `from`, `step`. */
export function readPlaceQuery(query: Record<string, unknown>): PlaceQuery {
  const { of, from, step, ...rest } = query
  const { filter, sort } = readListQuery(rest)
  const { filter: wanted } = readListQuery({ filter: of })
  if (Object.keys(wanted).length === 0) throw badRequest('of 应写明要找的条件，如 {"q":"合肥"}。')
  if ('deleted' in wanted) throw badRequest('of 里不能写 deleted。')
  if (!/^(-1|\d{1,9})$/.test(String(from ?? ''))) throw badRequest('from 应是行的序号，从 0 起。')
  if (step !== '1' && step !== '-1') throw badRequest('step 应是 1 或 -1。')
  return { filter, sort, of: wanted, from: Number(from), step: step === '1' ? 1 : -1 }
}

/** The nearest row that meets `of`, strictly after (or before) `from`. */
export async function findPlace(trx: Trx, relation: Relation, person: Person, query: PlaceQuery): Promise<FoundPlace> {
  const { filter, sort, of, from, step } = query
  const nearest = step === 1 ? sql`min(at) filter (where at > ${from})` : sql`max(at) filter (where at < ${from})`
  const found = await sql<FoundPlace>`
    with listed as (
      select row_number() over (order by ${orderOf(relation, sort)}) - 1 as at, t.id, ${whereOf(relation, of)} as hit
      from ${sql.table(relation.form.name)} t
      where ${whereOf(relation, filter)} ${ownUnitFirst(relation, person, { filter })}
    ), hits as materialized (select at, id, row_number() over (order by at) as nth from listed where hit),
    next as (select ${nearest} as at, count(*)::integer as count from hits)
    select next.at::integer as at, hits.id, coalesce(hits.nth, 0)::integer as nth, next.count
    from next left join hits on hits.at = next.at`.execute(trx)
  return found.rows[0] as FoundPlace
}

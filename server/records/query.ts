/** A list request in the dialect of ra-data-simple-rest: `filter`, `range`, `sort`, checked for its shape; names are checked later. */
import { badRequest } from '../errors.ts'

const MAX_PAGE_ROWS = 10_000
const MAX_FILTERS = 40
const MAX_SORTS = 10

export type Sorting = readonly (readonly [string, 'ASC' | 'DESC'])[]
export type ListQuery = { filter: Record<string, unknown>; offset: number; limit: number; sort: Sorting }

/** The campaign whose rows a filter asks for, where that is one. */
export const campaignAsked = ({ campaign_id }: ListQuery['filter']): number | undefined =>
  /^\d{1,9}$/.test(String(campaign_id)) ? Number(campaign_id) : undefined

const asText = (value: unknown) => (typeof value === 'string' ? value : undefined)

function json(text: string | undefined, name: string): unknown {
  if (text === undefined || text === '') return undefined
  try {
    return JSON.parse(text)
  } catch {
    throw badRequest(`${name} 不是 JSON。`)
  }
}

function readSort(value: unknown): Sorting {
  if (value === undefined) return []
  const pairs = Array.isArray(value) && value.length > 0 && !Array.isArray(value[0]) ? [value] : value
  if (!Array.isArray(pairs) || pairs.length > MAX_SORTS)
    throw badRequest(`sort 应是 ["栏目","ASC"]，或最多 ${MAX_SORTS} 个这样的对。`)
  return pairs.map((pair) => {
    const [name, order] = Array.isArray(pair) ? pair : []
    const direction = String(order ?? 'ASC').toUpperCase()
    if (typeof name !== 'string' || (direction !== 'ASC' && direction !== 'DESC'))
      throw badRequest('sort 应是 ["栏目","ASC"]。')
    return [name, direction] as const
  })
}

/** The query string of a list or an export; everything in it is checked for its shape, names are checked later. */
export function readListQuery(query: Record<string, unknown>, limit = 25): ListQuery {
  for (const key of Object.keys(query)) {
    if (!['filter', 'range', 'sort'].includes(key)) throw badRequest(`不认识的参数“${key.slice(0, 40)}”。`)
    if (Array.isArray(query[key])) throw badRequest(`${key} 只能写一次。`)
  }
  const filter = json(asText(query.filter), 'filter') ?? {}
  if (typeof filter !== 'object' || filter === null || Array.isArray(filter))
    throw badRequest('filter 应是 {"栏目":值}。')
  if (Object.keys(filter).length > MAX_FILTERS) throw badRequest(`filter 最多 ${MAX_FILTERS} 个条件。`)
  const { id } = filter as { id?: unknown }
  const standard = Array.isArray(id) ? Math.min(id.length, MAX_PAGE_ROWS) : limit // getMany asks for ids without a range
  const range = json(asText(query.range), 'range') ?? [0, standard - 1]
  const [from, to] = Array.isArray(range) ? range : []
  if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || from < 0 || to < from - 1)
    throw badRequest('range 应是 [0,24]。')
  if (to - from + 1 > MAX_PAGE_ROWS) throw badRequest(`range 一次最多 ${MAX_PAGE_ROWS} 行。`)
  return {
    filter: filter as Record<string, unknown>,
    offset: from,
    limit: to - from + 1,
    sort: readSort(json(asText(query.sort), 'sort')),
  }
}

/** Content-Range as ra-data-simple-rest reads it: an empty window still names a range. */
export const rangeOf = (name: string, offset: number, count: number, total: number) =>
  `${name} ${offset}-${offset + Math.max(count - 1, 0)}/${total}`

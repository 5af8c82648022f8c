/**
 * A grid source over a react-admin data provider: windows by `getList`, saving by the provider's own method
 * `bulk(resource, { create, update, remove })` (see bulk.ts), everything else by methods it may have or lack.
 */
import { type BulkProvider, type BulkRefusal, isAnswer, saveAll } from './bulk.ts'
import { groupName } from './model/lines.ts'
import type {
  FoundRows,
  Group,
  ReplacedCount,
  Row,
  Sought,
  Source,
  Sums,
  Term,
  View,
  Whole,
  WholeRequest,
} from './types.ts'

type ListParams = {
  pagination: { page: number; perPage: number }
  sort: { field: string; order: 'ASC' | 'DESC' }
  filter: Readonly<Record<string, unknown>>
  meta: { range: [number, number]; sort: [string, 'ASC' | 'DESC'][] }
}

/** What the grid uses of a data provider. `getList` may read `meta.sort` for several sort keys; others ignore it. */
export type GridDataProvider = BulkProvider & {
  getList(resource: string, params: ListParams): Promise<{ data: readonly Row[]; total?: number }>
  restore?(resource: string, ids: unknown[]): Promise<unknown>
  /** Begins one thing over many rows: the request as the server reads it. */
  operate?(resource: string, body: object): Promise<Whole>
  countReplaced?(resource: string, body: object): Promise<ReplacedCount>
  place?(resource: string, query: PlaceRequest): Promise<FoundRows>
  groups?(
    resource: string,
    query: { by: string; order: string; filter: object; columns: object },
  ): Promise<readonly Group[]>
  summary?(resource: string, query: { filter: object; columns: object }): Promise<Sums>
}
type PlaceRequest = {
  filter: Readonly<Record<string, unknown>>
  sort: [string, 'ASC' | 'DESC'][]
  of: Readonly<Record<string, unknown>>
  from: number
  step: 1 | -1
}

/** `filter` and `sort` stand behind what the person chose; `id` is always the last sort key, so that windows fit. */
export function dataProviderSource(
  dataProvider: GridDataProvider,
  resource: string,
  fixed: { filter?: Readonly<Record<string, unknown>>; sort?: View['sort'] } = {},
): Source {
  const keysOf = (sort: View['sort']) => {
    const chosen = sort.length > 0 ? sort : (fixed.sort ?? [])
    const keys = chosen.map(({ column, order }): [string, 'ASC' | 'DESC'] => [column, order])
    if (!keys.some(([name]) => name === 'id')) keys.push(['id', 'ASC'])
    return keys
  }
  const bodyOf = ({ kind, sort, filter, range, ends, total, values, replace }: WholeRequest) => ({
    kind,
    filter: { ...filterOf(filter), ...fixed.filter },
    sort: keysOf(sort),
    ...(range && { range, ends }),
    expected: total,
    // As everywhere in the grid: what may not be written is passed over and said.
    skip_locked: true,
    ...(kind === 'set' && { values }),
    ...(replace && { replace: { find: replace.find, put: replace.put, fields: replace.columns } }),
  })
  return {
    async getWindow({ start, end, sort, filter }) {
      const keys = keysOf(sort)
      const [field, order] = keys[0] ?? ['id', 'ASC']
      const perPage = end - start
      const { data, total } = await dataProvider.getList(resource, {
        pagination: { page: Math.floor(start / perPage) + 1, perPage },
        sort: { field, order },
        filter: { ...filterOf(filter), ...fixed.filter },
        meta: { range: [start, end - 1], sort: keys },
      })
      return { rows: data, total: total ?? data.length }
    },
    save: (request) => saveAll(dataProvider, resource, request),
    ...(dataProvider.groups && {
      getGroups: async ({ by, order, filter, summary }) =>
        (await dataProvider.groups?.(resource, {
          by: groupName(by),
          order,
          filter: { ...filterOf(filter), ...fixed.filter },
          columns: summary,
        })) ?? [],
    }),
    ...(dataProvider.summary && {
      getSummary: async ({ filter, summary }) =>
        (await dataProvider.summary?.(resource, {
          filter: { ...filterOf(filter), ...fixed.filter },
          columns: summary,
        })) ?? {},
    }),
    ...(dataProvider.place && {
      seek: async ({ sort, filter, from, step, of }) =>
        (await dataProvider.place?.(resource, {
          filter: { ...filterOf(filter), ...fixed.filter },
          sort: keysOf(sort),
          of: soughtOf(of),
          from,
          step,
        })) ?? { at: null, nth: 0, count: 0 },
    }),
    ...(dataProvider.operate && {
      operate: async (request) =>
        (dataProvider.operate as NonNullable<GridDataProvider['operate']>)(resource, bodyOf(request)),
    }),
    ...(dataProvider.countReplaced && {
      countReplaced: async (request) =>
        (await dataProvider.countReplaced?.(resource, bodyOf(request))) ?? { cells: 0, rows: 0 },
    }),
    ...(dataProvider.restore && {
      async restore(ids: unknown[]) {
        try {
          await dataProvider.restore?.(resource, ids)
        } catch (error) {
          throw lasting(error)
        }
      },
    }),
  }
}

/**
 * Conditions in the list's own dialect: `name`, and `name_like`, `name_gte`, `name_lte`, `name_not`, `name_not_like`; null
 * stands for blank, a list for any of its values.
 */
export function filterOf(terms: readonly Term[]): Record<string, unknown> {
  const endings = {
    contains: '_like',
    lacks: '_not_like',
    equals: '',
    differs: '_not',
    in: '',
    out: '_not',
    from: '_gte',
    to: '_lte',
    blank: '',
    filled: '_not',
  } as const
  return Object.fromEntries(terms.map(({ column, test, value }) => [column + endings[test], value]))
}

function soughtOf(of: Sought): Record<string, unknown> {
  if ('id' in of) return { id: of.id }
  return 'text' in of ? { q: of.text } : { [of.blank ? of.column : `${of.column}_not`]: null }
}

function lasting(error: unknown): unknown {
  const refusal = error as BulkRefusal
  if (!isAnswer(refusal)) return error
  return Object.assign(new Error(refusal.body?.message ?? refusal.message ?? '没有恢复。'), { lasting: true })
}

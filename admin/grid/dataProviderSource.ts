/**
 * A grid source over a react-admin data provider: windows by `getList`, saving by the provider's own method
 * `bulk(resource, { create, update, remove })`, which stores all rows or none. When some are refused, the others are
 * sent again without them, so that what is valid is stored and what is not stays marked in its row.
 */
import { groupName } from './lines.ts'
import type {
  Found,
  Group,
  Row,
  RowAnswer,
  SaveAnswer,
  SaveRequest,
  Sought,
  Source,
  Sums,
  Term,
  View,
  Whole,
} from './types.ts'

type ListParams = {
  pagination: { page: number; perPage: number }
  sort: { field: string; order: 'ASC' | 'DESC' }
  filter: Readonly<Record<string, unknown>>
  meta: { range: [number, number]; sort: [string, 'ASC' | 'DESC'][] }
}

/** What the grid uses of a data provider. `getList` may read `meta.sort` for several sort keys; others ignore it. */
export type GridDataProvider = {
  getList(resource: string, params: ListParams): Promise<{ data: readonly Row[]; total?: number }>
  bulk(
    resource: string,
    body: { create: Row[]; update: Row[]; remove: Row[] },
  ): Promise<BulkAnswer | { data: BulkAnswer }>
  restore?(resource: string, ids: unknown[]): Promise<unknown>
  /** Begins one thing over many rows: the request as the server reads it. */
  operate?(resource: string, body: object): Promise<Whole>
  place?(resource: string, query: PlaceQuery): Promise<Found>
  groups?(
    resource: string,
    query: { by: string; order: string; filter: object; columns: object },
  ): Promise<readonly Group[]>
  summary?(resource: string, query: { filter: object; columns: object }): Promise<Sums>
}
type PlaceQuery = {
  filter: Readonly<Record<string, unknown>>
  sort: [string, 'ASC' | 'DESC'][]
  of: Readonly<Record<string, unknown>>
  from: number
  step: 1 | -1
}
type BulkAnswer = { create: Row[]; update: Row[]; remove: unknown[] }

/** As thrown by react-admin's `fetchJson`: the answer stands in `body`. */
type Refusal = {
  status?: number
  message?: string
  body?: {
    message?: string
    errors?: Partial<Record<Kind, Readonly<Record<string, Readonly<Record<string, string>>>>>>
    conflicts?: Partial<Record<Kind, Readonly<Record<string, Row>>>>
  }
}
type Kind = 'create' | 'update' | 'remove'
const KINDS: readonly Kind[] = ['create', 'update', 'remove']

/** After so many refusals of one request the rest is answered with the last sentence. */
const MAX_ROUNDS = 6
/** Below this many rows, rows are sent one by one when the refusal names none. */
const MAX_SINGLY = 50

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
      operate: ({ kind, sort, filter, range, ends, total, values }) =>
        (dataProvider.operate as NonNullable<GridDataProvider['operate']>)(resource, {
          kind,
          filter: { ...filterOf(filter), ...fixed.filter },
          sort: keysOf(sort),
          ...(range && { range, ends }),
          expected: total,
          // As everywhere in the grid: what may not be written is passed over and said.
          skip_locked: true,
          ...(kind === 'set' && { values }),
        }),
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
  return 'text' in of ? { q: of.text } : { [of.blank ? of.column : `${of.column}_not`]: null }
}

async function saveAll(dataProvider: GridDataProvider, resource: string, request: SaveRequest): Promise<SaveAnswer> {
  const rows: Record<Kind, Row[]> = {
    create: request.create,
    update: request.update.map(({ id, version, values }) => ({ ...values, id, version })),
    remove: request.remove,
  }
  const answers: Record<Kind, (RowAnswer | undefined)[]> = { create: [], update: [], remove: [] }
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const open = openPlaces(rows, answers)
    if (KINDS.every((kind) => open[kind].length === 0)) break
    const body = {
      create: pickRows(rows, open, 'create'),
      update: pickRows(rows, open, 'update'),
      remove: pickRows(rows, open, 'remove'),
    }
    try {
      const answer = await dataProvider.bulk(resource, body)
      takeStored('data' in answer ? answer.data : answer, open, answers, rows)
    } catch (error) {
      const refusal = error as Refusal
      if (!isAnswer(refusal)) throw error
      if (!takeRefused(refusal, open, answers)) await withoutNames(dataProvider, resource, body, open, answers, refusal)
    }
  }
  const rest: RowAnswer = { errors: {}, message: '这一行没有存上，请再试一次。' }
  const whole = (kind: Kind) => rows[kind].map((_, at) => answers[kind][at] ?? rest)
  return { create: whole('create'), update: whole('update'), remove: whole('remove') }
}

/** 4xx: the server understood and refused. Everything else, 401 and 429 included, is tried again later. */
function isAnswer({ status }: Refusal): boolean {
  return status !== undefined && status >= 400 && status < 500 && ![401, 408, 429].includes(status)
}

function openPlaces(
  rows: Record<Kind, Row[]>,
  answers: Record<Kind, (RowAnswer | undefined)[]>,
): Record<Kind, number[]> {
  const open = (kind: Kind) => rows[kind].map((_, at) => at).filter((at) => !answers[kind][at])
  return { create: open('create'), update: open('update'), remove: open('remove') }
}

function pickRows(rows: Record<Kind, Row[]>, open: Record<Kind, number[]>, kind: Kind): Row[] {
  return open[kind].map((at) => rows[kind][at] ?? {})
}

type Answers = Record<Kind, (RowAnswer | undefined)[]>

function takeStored(answer: BulkAnswer, open: Record<Kind, number[]>, answers: Answers, rows: Record<Kind, Row[]>) {
  for (const kind of ['create', 'update'] as const) {
    for (const [at, place] of open[kind].entries()) {
      const row = answer[kind]?.[at]
      if (row) answers[kind][place] = { row }
    }
  }
  for (const place of open.remove) answers.remove[place] = { row: rows.remove[place] ?? {} }
}

/** Notes the rows the refusal names; false when it names none. */
function takeRefused({ body }: Refusal, open: Record<Kind, number[]>, answers: Answers): boolean {
  let named = false
  for (const kind of KINDS) {
    for (const [at, errors] of Object.entries(body?.errors?.[kind] ?? {})) {
      const place = open[kind][Number(at)]
      if (place === undefined) continue
      answers[kind][place] = { errors, ...(errors.message && { message: errors.message }) }
      named = true
    }
    for (const [at, row] of Object.entries(body?.conflicts?.[kind] ?? {})) {
      const place = open[kind][Number(at)]
      if (place === undefined) continue
      answers[kind][place] = { conflict: row }
      named = true
    }
  }
  return named
}

/** A refusal of the whole request: a few rows are tried one by one, so that one of them does not hold up the others. */
async function withoutNames(
  dataProvider: GridDataProvider,
  resource: string,
  body: Record<Kind, Row[]>,
  open: Record<Kind, number[]>,
  answers: Answers,
  refusal: Refusal,
) {
  const count = KINDS.reduce((sum, kind) => sum + body[kind].length, 0)
  const message = refusal.body?.message ?? refusal.message ?? '这一行没有存上。'
  if (refusal.status === 404 && count > 1) return inHalves(dataProvider, resource, body, open, answers)
  for (const kind of KINDS) {
    for (const [at, place] of open[kind].entries()) {
      if (count === 1 || count > MAX_SINGLY) {
        answers[kind][place] =
          refusal.status === 404 ? { gone: '这一行已经不在了，可能刚被别人删去。' } : { errors: {}, message }
        continue
      }
      const one = { create: [] as Row[], update: [] as Row[], remove: [] as Row[], [kind]: [body[kind][at] ?? {}] }
      const request = { ...one, update: one.update.map(({ id, version, ...values }) => ({ id, version, values })) }
      const answer = await saveAll(dataProvider, resource, request as SaveRequest)
      answers[kind][place] = answer[kind][0]
    }
  }
}

/** One of these rows is there no more, and nobody says which: the others are not to be lost with it. */
async function inHalves(
  dataProvider: GridDataProvider,
  resource: string,
  body: Record<Kind, Row[]>,
  open: Record<Kind, number[]>,
  answers: Answers,
) {
  const all = KINDS.flatMap((kind) => open[kind].map((place, at) => ({ kind, place, row: body[kind][at] ?? {} })))
  const middle = Math.ceil(all.length / 2)
  for (const half of [all.slice(0, middle), all.slice(middle)]) {
    const of = (kind: Kind) => half.filter((each) => each.kind === kind)
    const update = of('update').map(({ row: { id, version, ...values } }) => ({ id, version, values }))
    const request = { create: of('create').map(({ row }) => row), update, remove: of('remove').map(({ row }) => row) }
    const answer = await saveAll(dataProvider, resource, request as SaveRequest)
    for (const kind of KINDS) for (const [at, { place }] of of(kind).entries()) answers[kind][place] = answer[kind][at]
  }
}

function lasting(error: unknown): unknown {
  const refusal = error as Refusal
  if (!isAnswer(refusal)) return error
  return Object.assign(new Error(refusal.body?.message ?? refusal.message ?? '没有恢复。'), { lasting: true })
}

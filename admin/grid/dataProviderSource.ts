/**
 * A grid source over a react-admin data provider: windows by `getList`, saving by the provider's own method
 * `bulk(resource, { create, update, remove })`, which stores all rows or none. When some are refused, the others are
 * sent again without them, so that what is valid is stored and what is not stays marked in its row.
 */
import type { Row, RowAnswer, SaveAnswer, SaveRequest, Source, Term, View } from './types.ts'

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
  return {
    async getWindow({ start, end, sort, filter }) {
      const chosen = sort.length > 0 ? sort : (fixed.sort ?? [])
      const keys = chosen.map(({ column, order }): [string, 'ASC' | 'DESC'] => [column, order])
      if (!keys.some(([name]) => name === 'id')) keys.push(['id', 'ASC'])
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

/** Conditions in the list's own dialect: `name`, `name_like`, `name_gte`, `name_lte`; null asks for blanks. */
export function filterOf(terms: readonly Term[]): Record<string, unknown> {
  const endings = { contains: '_like', equals: '', in: '', from: '_gte', to: '_lte', blank: '' } as const
  return Object.fromEntries(
    terms.map(({ column, test, value }) => [column + endings[test], test === 'blank' ? null : value]),
  )
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

function lasting(error: unknown): unknown {
  const refusal = error as Refusal
  if (!isAnswer(refusal)) return error
  return Object.assign(new Error(refusal.body?.message ?? refusal.message ?? '没有恢复。'), { lasting: true })
}

/**
 * Saving through a provider that stores all rows of a request or none: what is refused is marked in its row, and the
 * others are sent again without it, so that what is valid is stored.
 */
import type { Row, RowAnswer, SaveAnswer, SaveRequest } from './types.ts'

type StoredRows = { create: Row[]; update: Row[]; remove: unknown[] }

export type BulkProvider = {
  bulk(
    resource: string,
    body: { create: Row[]; update: Row[]; remove: Row[] },
  ): Promise<StoredRows | { data: StoredRows }>
}

/** As thrown by react-admin's `fetchJson`: the answer stands in `body`. */
export type BulkRefusal = {
  status?: number
  message?: string
  body?: {
    message?: string
    errors?: Partial<Record<WriteKind, Readonly<Record<string, Readonly<Record<string, string>>>>>>
    conflicts?: Partial<Record<WriteKind, Readonly<Record<string, Row>>>>
  }
}
type WriteKind = 'create' | 'update' | 'remove'
const KINDS: readonly WriteKind[] = ['create', 'update', 'remove']

/** After so many refusals of one request the rest is answered with the last sentence. */
const MAX_ROUNDS = 6
/** Below this many rows, rows are sent one by one when the refusal names none. */
const MAX_SINGLY = 50

/** Saves what can be saved; answers stand in the order of the request. Throws what nobody answered. */
export async function saveAll(dataProvider: BulkProvider, resource: string, request: SaveRequest): Promise<SaveAnswer> {
  const rows: Record<WriteKind, Row[]> = {
    create: request.create,
    update: request.update.map(({ id, version, values }) => ({ ...values, id, version })),
    remove: request.remove,
  }
  const answers: Record<WriteKind, (RowAnswer | undefined)[]> = { create: [], update: [], remove: [] }
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
      const refusal = error as BulkRefusal
      if (!isAnswer(refusal)) throw error
      if (!takeRefused(refusal, open, answers)) await withoutNames(dataProvider, resource, body, open, answers, refusal)
    }
  }
  const rest: RowAnswer = { errors: {}, message: '这一行没有存上，请再试一次。' }
  const whole = (kind: WriteKind) => rows[kind].map((_, at) => answers[kind][at] ?? rest)
  return { create: whole('create'), update: whole('update'), remove: whole('remove') }
}

/** 4xx: the server understood and refused. Everything else, 401 and 429 included, is tried again later. */
export function isAnswer({ status }: BulkRefusal): boolean {
  return status !== undefined && status >= 400 && status < 500 && ![401, 408, 429].includes(status)
}

function openPlaces(
  rows: Record<WriteKind, Row[]>,
  answers: Record<WriteKind, (RowAnswer | undefined)[]>,
): Record<WriteKind, number[]> {
  const open = (kind: WriteKind) => rows[kind].map((_, at) => at).filter((at) => !answers[kind][at])
  return { create: open('create'), update: open('update'), remove: open('remove') }
}

function pickRows(rows: Record<WriteKind, Row[]>, open: Record<WriteKind, number[]>, kind: WriteKind): Row[] {
  return open[kind].map((at) => rows[kind][at] ?? {})
}

type Answers = Record<WriteKind, (RowAnswer | undefined)[]>

function takeStored(
  answer: StoredRows,
  open: Record<WriteKind, number[]>,
  answers: Answers,
  rows: Record<WriteKind, Row[]>,
) {
  for (const kind of ['create', 'update'] as const) {
    for (const [at, place] of open[kind].entries()) {
      const row = answer[kind]?.[at]
      if (row) answers[kind][place] = { row }
    }
  }
  for (const place of open.remove) answers.remove[place] = { row: rows.remove[place] ?? {} }
}

/** Notes the rows the refusal names; false when it names none. */
function takeRefused({ body }: BulkRefusal, open: Record<WriteKind, number[]>, answers: Answers): boolean {
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
  dataProvider: BulkProvider,
  resource: string,
  body: Record<WriteKind, Row[]>,
  open: Record<WriteKind, number[]>,
  answers: Answers,
  refusal: BulkRefusal,
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
  dataProvider: BulkProvider,
  resource: string,
  body: Record<WriteKind, Row[]>,
  open: Record<WriteKind, number[]>,
  answers: Answers,
) {
  const all = KINDS.flatMap((kind) => open[kind].map((place, at) => ({ kind, place, row: body[kind][at] ?? {} })))
  const middle = Math.ceil(all.length / 2)
  for (const half of [all.slice(0, middle), all.slice(middle)]) {
    const of = (kind: WriteKind) => half.filter((each) => each.kind === kind)
    const update = of('update').map(({ row: { id, version, ...values } }) => ({ id, version, values }))
    const request = { create: of('create').map(({ row }) => row), update, remove: of('remove').map(({ row }) => row) }
    const answer = await saveAll(dataProvider, resource, request as SaveRequest)
    for (const kind of KINDS) for (const [at, { place }] of of(kind).entries()) answers[kind][place] = answer[kind][at]
  }
}

/**
 * ra-data-simple-rest over our own requests (http.ts), so that stock pages work as they come: writes carry the `version` of the
 * row they began with, many rows are written together or not at all. Beside it what that dialect lacks:
 * windows with several sort keys, bulk saves, changes of state, restoring, imports, reports.
 */
import simpleRestProvider from 'ra-data-simple-rest'
import type {
  DataProvider,
  DeleteManyParams,
  DeleteParams,
  GetListParams,
  UpdateManyParams,
  UpdateParams,
} from 'react-admin'
import type { BulkAnswer } from '../server/records/bulk.ts'
import type { GroupSummary } from '../server/records/summaries.ts'
import type { MoveOutcome } from '../server/records/transitions.ts'
import { api, del, fetchJson, get, post, put, upload } from './http.ts'
import { countReplaced, operate } from './operations.ts'

export type StoredRow = Readonly<Record<string, unknown>> & {
  id: number
  version: number
  status?: string
  campaign_id?: number
  unit_id?: number
}

type BulkBody = { create: object[]; update: object[]; remove: object[] }

/** A query string as the server reads it: texts as they are, everything else as JSON. */
const searchOf = (query: Record<string, unknown>) =>
  new URLSearchParams(
    Object.entries(query).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )

type BulkSelection = { ids: readonly number[] } | { filter: Record<string, unknown> }

const rest = simpleRestProvider(api, fetchJson)

/** `meta.range` and `meta.sort`, when given, stand for page and sort: windows that begin anywhere, several sort keys. */
async function getList(resource: string, params: GetListParams) {
  const { range, sort } = (params.meta ?? {}) as { range?: [number, number]; sort?: [string, string][] }
  if (!range) return rest.getList(resource, params)
  const query = new URLSearchParams({
    range: JSON.stringify(range),
    sort: JSON.stringify(sort ?? [['id', 'ASC']]),
    filter: JSON.stringify(params.filter ?? {}),
  })
  const { headers, json } = await fetchJson(`${api}/${resource}?${query}`, { signal: params.signal })
  return { data: json, total: Number(headers.get('content-range')?.split('/').pop()) }
}

/** A form's data bring the version they were read with; what is changed without a form has that of `previousData`. */
const update = (resource: string, { data, previousData, ...params }: UpdateParams) =>
  rest.update(resource, { ...params, previousData, data: { version: previousData?.version, ...data } })

async function remove(resource: string, { id, previousData }: DeleteParams) {
  const version = previousData?.version
  return { data: await del(`/${resource}/${id}${version === undefined ? '' : `?version=${version}`}`) }
}

const bulk = (resource: string, body: Partial<BulkBody>): Promise<BulkAnswer> => post(`/${resource}/bulk`, body)

async function updateMany(resource: string, { ids, data }: UpdateManyParams) {
  const { data: rows } = await rest.getMany(resource, { ids })
  await bulk(resource, { update: rows.map(({ id, version }) => ({ ...data, id, version })) })
  return { data: ids }
}

async function deleteMany(resource: string, { ids }: DeleteManyParams) {
  await bulk(resource, { remove: ids.map((id) => ({ id })) })
  return { data: ids }
}

/** Asks only how many rows there are. */
async function count(resource: string, filter: Record<string, unknown>): Promise<number> {
  const { total } = await getList(resource, { filter, meta: { range: [0, 0] } } as unknown as GetListParams)
  return total ?? 0
}

const own = {
  getList,
  update,
  updateMany,
  delete: remove,
  deleteMany,
  count,
  bulk,
  operate,
  countReplaced,
  restore: (resource: string, ids: unknown[]): Promise<StoredRow[]> => post(`/${resource}/restoration`, { ids }),
  /** A change of state (submission, approval, return…) of many rows: named by id, or all that a filter finds. */
  act: (
    resource: string,
    action: string,
    which: BulkSelection,
    why: { reason?: string; fields?: string[] } = {},
  ): Promise<MoveOutcome> => post(`/${resource}/${action}`, { ...which, ...why }),
  place: (
    resource: string,
    query: { filter: object; sort: unknown[]; of: object; from: number; step: number },
  ): Promise<{ at: number | null; nth: number; count: number }> =>
    get(
      `/${resource}/places?${new URLSearchParams(
        Object.entries(query).map(([name, value]) => [name, JSON.stringify(value)]),
      )}`,
    ),
  /** Groups of a list in its order, and what a list adds up to; `summary` is column → count, sum or distinct. */
  groups: (
    resource: string,
    query: { by: string; order: string; filter: object; columns: object },
  ): Promise<GroupSummary[]> => get(`/${resource}/groups?${searchOf(query)}`).then(({ groups }) => groups),
  summary: (resource: string, query: { filter: object; columns: object }): Promise<Record<string, number | null>> =>
    get(`/${resource}/summary?${searchOf(query)}`).then(({ sums }) => sums),
  views: (form: string) => get(`/views?form=${form}`),
  createView: (body: object) => post('/views', body),
  changeView: (id: number, body: object) => put(`/views/${id}`, body),
  removeView: (id: number, version: number) => del(`/views/${id}?version=${version}`),
  /** The view that a form opens with from now on; null for none. */
  openWith: (form: string, view_id: number | null) => put('/views/default', { form, view_id }),
  history: (resource: string, id: number) => get(`/${resource}/${id}/history`),
  comments: (resource: string, id: number) => get(`/${resource}/${id}/comments`),
  comment: (resource: string, id: number, text: string) => post(`/${resource}/${id}/comments`, { text }),
  startImport: (resource: string, file: File, fields: Record<string, string>, onSent?: (share: number) => void) =>
    upload(`/${resource}/imports`, file, fields, onSent),
  applyImport: (id: number, body: { only_valid?: boolean } = {}) => post(`/imports/${id}/apply`, body),
  report: (name: 'progress' | 'todo', campaign_id: number | undefined) =>
    get(`/reports/${name}${campaign_id ? `?campaign_id=${campaign_id}` : ''}`),
}

export const dataProvider = { ...rest, ...own, supportAbortSignal: true } as unknown as DataProvider & typeof own

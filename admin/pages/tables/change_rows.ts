/** Windows of 变更记录 with the names of the rows they speak of, and its filter in the server's words. */
import { useInfiniteQuery } from '@tanstack/react-query'
import { type Form, trailKinds } from '../../../server/forms/index.ts'
import type { HistoryEntry } from '../../../server/records/history.ts'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { type Forms, useForms } from '../../forms.ts'
import { type Campaign, type Me, rightsOf } from '../../me.ts'
import type { Address } from './address.ts'

const WINDOW_ROWS = 100
export const MAX_SHOWN_ROWS = 2000

/** What a row is called now, and whether it lies in the 回收站. Keys: '<form> <row id>'. */
export type RecordName = { name: string; deleted: boolean }
type Names = ReadonlyMap<string, RecordName>
type ChangesWindow = { changes: HistoryEntry[]; total: number; names: [string, RecordName][] }

/** The form whose row a change speaks of. */
export const formOf = (change: Pick<HistoryEntry, 'form'>) => trailKinds[change.form]?.of ?? change.form
export const keyOf = (change: Pick<HistoryEntry, 'form' | 'row_id'>) => `${formOf(change)} ${change.row_id}`

/** Forms whose changes belong to no campaign. */
const isTimeless = (forms: Forms, name: string | undefined) =>
  name !== undefined &&
  name !== '' &&
  (trailKinds[name] ? !trailKinds[name].in_campaign : forms[name]?.scope === 'global')

/** The address as GET /api/changes takes it. Days are days in China. */
export function filterOf(forms: Forms, address: Address, campaign: Campaign): Record<string, unknown> {
  const { form, action, actor, unit, from, to, row, file, years } = address
  const number = (text: string | undefined) => (text && /^\d{1,10}$/.test(text) ? Number(text) : undefined)
  const on = (text: string | undefined) => (text && /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : undefined)
  const filter = {
    campaign_id: years === 'all' || isTimeless(forms, form) ? undefined : campaign.id,
    form: form || undefined,
    action: action || undefined,
    actor_id: number(actor),
    unit_id: number(unit),
    row_id: number(row),
    import_id: number(file),
    at_gte: on(from) && `${from}T00:00:00+08:00`,
    at_lte: on(to) && `${to}T23:59:59.999+08:00`,
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

const nameOf = (form: Form, row: Readonly<Record<string, unknown>>) => {
  const name = row[`${form.names}_label`] ?? row[form.names]
  return typeof name === 'string' ? name : ''
}

async function namesOf(form: Form, ids: number[]): Promise<[string, RecordName][]> {
  const ask = async (wanted: number[], deleted: boolean): Promise<[string, RecordName][]> => {
    if (wanted.length === 0) return []
    const { data } = await dataProvider.getList<StoredRow>(form.name, {
      filter: { id: wanted, ...(deleted && { deleted }) },
      meta: { range: [0, wanted.length - 1] },
    })
    return data.map((row) => [`${form.name} ${row.id}`, { name: nameOf(form, row), deleted }])
  }
  const there = await ask(ids, false)
  const known = new Set(there.map(([key]) => key))
  const gone = await ask(
    ids.filter((id) => !known.has(`${form.name} ${id}`)),
    true,
  )
  return [...there, ...gone]
}

/** Names are a courtesy: a form that does not answer leaves its rows with their numbers. */
async function namesIn(me: Me, forms: Forms, changes: readonly HistoryEntry[]): Promise<[string, RecordName][]> {
  const wanted = new Map<string, Set<number>>()
  for (const { row_id, ...change } of changes) {
    const form = formOf(change)
    if (row_id && rightsOf(me, form).read) wanted.set(form, (wanted.get(form) ?? new Set()).add(row_id))
  }
  const answers = await Promise.allSettled(
    [...wanted].flatMap(([name, ids]) => {
      const form = forms[name]
      return form ? [namesOf(form, [...ids])] : []
    }),
  )
  return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
}

/** Newest first, a hundred at a time. A change that slid into the next window meanwhile is listed once. */
export function useChanges(me: Me, filter: Record<string, unknown>) {
  const forms = useForms()
  const query = useInfiniteQuery({
    queryKey: ['changes', filter],
    initialPageParam: 0,
    queryFn: async ({ pageParam: from, signal }): Promise<ChangesWindow> => {
      const { data, total } = await dataProvider.getList<HistoryEntry>('changes', {
        filter,
        meta: { range: [from, from + WINDOW_ROWS - 1], sort: [['id', 'DESC']] },
        signal,
      })
      return { changes: data, total: total ?? 0, names: await namesIn(me, forms, data) }
    },
    getNextPageParam: (last, all) => {
      const loaded = all.reduce((sum, { changes }) => sum + changes.length, 0)
      return last.changes.length > 0 && loaded < last.total && loaded < MAX_SHOWN_ROWS ? loaded : undefined
    },
  })
  const pages = query.data?.pages ?? []
  const changes = [...new Map(pages.flatMap((page) => page.changes).map((each) => [each.id, each])).values()]
  const names: Names = new Map(pages.flatMap((page) => page.names))
  return { ...query, changes, names, total: pages.at(-1)?.total }
}

/**
 * What is looked at on a grid page. The list itself (filter, sort, groups) is what the address says; else the view one
 * has chosen to open with, or was in last. How it looks (columns, widths, zoom) is what the person left it at, by view;
 * else what the saved view says. Saved views change when somebody saves them, and not before.
 */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef } from 'react'
import { useLocation, useNavigate, useNotify, useStore } from 'react-admin'
import type { Setting } from '../../columns.tsx'
import { filterOf } from '../../grid/dataProviderSource.ts'
import type { Column, FilterEntry, View } from '../../grid/index.ts'
import { isBlankEntry, termsOf, wordsOf } from '../../grid/model/filters.ts'
import { wordOf } from '../../parts/states.tsx'
import { type FilterEntries, type ListConditions, readAddress, type ShownList, writeAddress } from './address.ts'
import type { ShownView } from './saved.ts'

type ViewLooks = Omit<View, 'filter' | 'sort' | 'group'>
/** Kept by the browser, by person and form: the view one was in, and how one left each. 0 is no saved view. */
type KeptLooks = { view: number; looks: Record<number, ViewLooks> }

const nothing: ListConditions = { filter: {}, sort: [], group: null }
const MAX_KEPT_VIEWS = 20

const looksOf = ({ order, hidden, frozen, widths, summary, zoom }: Partial<View>): ViewLooks => ({
  ...(order && { order }),
  ...(hidden && { hidden }),
  ...(frozen !== undefined && { frozen }),
  ...(widths && { widths }),
  ...(summary && { summary }),
  ...(zoom && { zoom }),
})
const listedOf = ({ filter, sort, group }: Partial<View>): ListConditions => ({
  filter: { ...filter },
  sort: sort ?? [],
  group: group ?? null,
})

/** As text that two equal views share, whatever order their parts were written in. Labels only name values. */
function fingerprint(view: Partial<View>): string {
  const tidy = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(tidy)
    if (typeof value !== 'object' || value === null) return value
    const entries = Object.entries(value).filter(([name, each]) => name !== 'label' && each !== undefined)
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, each]) => [name, tidy(each)]))
  }
  const { hidden, widths, summary, zoom, order, frozen } = view
  const looks = { hidden: hidden ?? [], widths: widths ?? {}, summary: summary ?? {}, zoom: zoom ?? 100, order, frozen }
  return JSON.stringify(tidy({ ...looks, ...listedOf(view) }))
}

export type Viewing = ReturnType<typeof useView>

export function useView(
  setting: Setting,
  columns: readonly Column[],
  saved: readonly ShownView[],
  first: ListConditions,
) {
  const { me, form } = setting
  const { search } = useLocation()
  const navigate = useNavigate()
  const [kept, setKept] = useStore<KeptLooks>(`view.${me.id}.${form.name}`, { view: 0, looks: {} })

  // biome-ignore lint/correctness/useExhaustiveDependencies: which view one was in last matters only when the address is silent
  const asked = useMemo(() => {
    const found = resolve(readAddress(search, columns), saved, kept.view, first)
    return { ...found, listed: allowed(found.listed, columns) }
  }, [search, columns, saved, first])
  useMissing(form.name, asked.missing)
  const chosen = saved.find(({ id }) => id === asked.view) ?? null
  const key = chosen?.id ?? 0
  const looks = kept.looks[key] ?? (chosen ? looksOf(chosen.layout) : {})
  const listed = asked.listed
  const text = JSON.stringify([looks, listed])
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same view is the same object
  const view: View = useMemo(() => ({ ...looks, ...listed }), [text])
  // What of the saved view this person can't have is no change of it.
  const isChanged =
    chosen !== null &&
    fingerprint(view) !== fingerprint({ ...chosen.layout, ...allowed(listedOf(chosen.layout), columns) })

  const addressOf = (next: ShownList & { listed: ListConditions }) => {
    const view = saved.find(({ id }) => id === next.view)
    // A shared view that is as it was saved is named alone; of others the link says everything itself.
    const isWhole = view?.shared && fingerprint(next.listed) === fingerprint(allowed(listedOf(view.layout), columns))
    return writeAddress(search, isWhole ? { view: next.view, listed: null } : next, columns)
  }
  // A link that counts a column shows what it adds up to: from then on that is how one looks at the list.
  const kind = new URLSearchParams(search).has('distinct') ? 'distinct' : 'sum'
  const summed = new URLSearchParams(search).get(kind)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once a link; again with each answer it would never end
  useEffect(() => {
    if (!summed) return
    const query = new URLSearchParams(search)
    query.delete(kind)
    if (columns.some(({ name }) => name === summed))
      keep(key, { ...looks, summary: { ...looks.summary, [summed]: kind } })
    navigate({ search: `?${query}` }, { replace: true })
  }, [summed])
  const current = addressOf({ view: key, listed })
  const isSilent = readAddress(search, columns) === null
  useEffect(() => {
    if (isSilent) navigate({ search: current }, { replace: true })
  }, [isSilent, current, navigate])

  function keep(view: number, looks: ViewLooks | null) {
    const others = Object.entries(kept.looks).filter(([id]) => Number(id) !== view)
    const entries = looks ? [...others.slice(1 - MAX_KEPT_VIEWS), [String(view), looks] as const] : others
    setKept({ view, looks: Object.fromEntries(entries) })
  }
  function setListed(next: ListConditions, view = key) {
    const to = addressOf({ view, listed: next })
    if (to !== search) navigate({ search: to })
  }
  function onViewChange(next: View) {
    const list = listedOf(next)
    if (JSON.stringify(list) !== JSON.stringify(listed)) setListed(list)
    if (JSON.stringify(looksOf(next)) !== JSON.stringify(looksOf(view))) keep(key, looksOf(next))
  }
  return {
    view,
    filter: listed.filter as FilterEntries,
    /** The saved view one is in, and whether it is no longer as it was saved. */
    chosen,
    isChanged,
    onViewChange,
    setFilter(next: FilterEntries) {
      const filter = Object.fromEntries(Object.entries(next).filter(([, entry]) => !isBlankEntry(entry)))
      setListed({ ...listed, filter })
    },
    /** Opens a saved view as it was saved; null: none, as the form comes. */
    open(view: ShownView | null) {
      keep(view?.id ?? 0, null)
      setListed(view ? listedOf(view.layout) : first, view?.id ?? 0)
    },
    /** One is in this view now, and it is as it looks here. */
    settle(view: ShownView) {
      keep(view.id, null)
      navigate({ search: writeAddress(search, { view: view.id, listed: view.shared ? null : listed }, columns) })
    },
  }
}

/** The list that is meant: the address, else the view one opens with, else the one one was in, else how the form comes. */
function resolve(asked: ShownList | null, saved: readonly ShownView[], last: number, first: ListConditions) {
  const find = (id: number) => saved.find((view) => view.id === id)
  if (asked?.listed) return { view: asked.view, listed: asked.listed, missing: 0 }
  const named = asked ? find(asked.view) : (saved.find((view) => view.is_default) ?? find(last))
  if (named) return { view: named.id, listed: listedOf(named.layout), missing: 0 }
  return { view: 0, listed: asked ? nothing : first, missing: asked?.view ?? 0 }
}

/** Conditions that stand for no column of the grid and are meant all the same. */
const besides = ['q', 'id', 'unit_id', 'status', 'latest']

/** What of a link this person may ask for: columns that are hidden or masked here are left out. */
function allowed({ filter, sort, group }: ListConditions, columns: readonly Column[]): ListConditions {
  const byName = new Map(columns.map((column) => [column.name, column]))
  const mayFilter = (name: string) => byName.get(name)?.filterable ?? (!byName.has(name) && besides.includes(name))
  return {
    filter: Object.fromEntries(Object.entries(filter).filter(([name]) => mayFilter(name))),
    sort: sort.filter(({ column }) => byName.has(column) && byName.get(column)?.sortable !== false),
    group: group && byName.get(group.column)?.groups?.includes(group.step) ? group : null,
  }
}

/** An unknown view in the address may have been shared a moment ago: asked for once more, then said. */
function useMissing(form: string, id: number) {
  const client = useQueryClient()
  const notify = useNotify()
  const tried = useRef(0)
  useEffect(() => {
    if (id === 0 || tried.current === id) return
    tried.current = id
    const key = ['views', form]
    void client.refetchQueries({ queryKey: key }).then(() => {
      const known = client.getQueryData<ShownView[]>(key) ?? []
      if (!known.some((view) => view.id === id))
        notify('这个视图没有找到：可能已经删去，或者没有共享给您。', { type: 'warning' })
    })
  }, [client, notify, form, id])
}

/** The filter as the server's lists and exports take it. */
export const restFilter = (
  columns: readonly Column[],
  filter: FilterEntries,
  today?: string,
): Record<string, unknown> => filterOf(termsOf(columns, filter, today))

/** The states a filter picks, or none. */
export function statesIn(filter: FilterEntries): string[] {
  const entry = filter.status
  return entry && typeof entry !== 'string' && !entry.not ? entry.values.map(String) : []
}

/** The one unit a filter picks, or none. */
export function unitIn(filter: FilterEntries): number | null {
  const entry = filter.unit_id
  return entry && typeof entry !== 'string' && !entry.not && entry.values.length === 1 ? Number(entry.values[0]) : null
}

export const pickStates = (states: readonly string[]): FilterEntry => ({
  values: [...states],
  label: states.map(wordOf).join('、'),
})

type Chip = { name: string; words: string }

/** What narrows the list beside the tabs, in words. */
export function chipsOf(columns: readonly Column[], filter: FilterEntries, silent: readonly string[]): Chip[] {
  return Object.entries(filter)
    .filter(([name, entry]) => !silent.includes(name) && !isBlankEntry(entry))
    .map(([name, entry]) => {
      const column = columns.find((each) => each.name === name)
      return { name, words: `${column?.label ?? ''} ${wordsOf(column, entry)}`.trim() }
    })
}

export type StateTab = { key: string; label: string; states: string[] }

/** The tabs of a register: whoever reviews begins with what waits, whoever enters with everything. */
export function tabsFor(reviews: boolean, isWork: boolean, isOwn = !reviews): StateTab[] {
  const done = isWork
    ? ['accepted', 'shortlisted', 'under_review', 'proposed', 'publicised', 'awarded', 'nominated']
    : ['approved', 'archived']
  const all = { key: 'all', label: '全部', states: [] }
  const draft = { key: 'draft', label: '草稿', states: ['draft'] }
  const sent = { key: 'submitted', label: '待审', states: ['submitted'] }
  const back = { key: 'returned', label: isOwn ? '退回给我' : '退回未改', states: ['returned'] }
  const approved = { key: 'approved', label: isWork ? '已受理' : '通过', states: done }
  return reviews ? [sent, back, draft, approved, all] : [all, draft, back, sent, approved]
}

export const tabOf = (tabs: readonly StateTab[], states: readonly string[]): StateTab | undefined =>
  tabs.find((tab) => tab.states.length === states.length && tab.states.every((state) => states.includes(state)))

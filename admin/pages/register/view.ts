/** What is looked at on a grid page: filter and sort of the list context, as the grid keeps them, and in words. */
import { useMemo, useState } from 'react'
import { useListContext } from 'react-admin'
import { filterOf } from '../../grid/dataProviderSource.ts'
import { termsOf } from '../../grid/filters.ts'
import type { Column, FilterEntry, Sort, View } from '../../grid/index.ts'
import { wordOf } from '../../parts/states.tsx'

type Entries = Record<string, FilterEntry>

/** Filter and first sort key live in the address (react-admin's list params), further sort keys with the page. */
export function useView() {
  const { filterValues, setFilters, sort, setSort } = useListContext()
  const [more, setMore] = useState<readonly Sort[]>([])
  const filter = filterValues as Entries
  const view: View = useMemo(() => {
    const first: Sort[] = sort.field === 'id' ? [] : [{ column: sort.field, order: sort.order }]
    return { filter, sort: [...first, ...more] }
  }, [filter, sort.field, sort.order, more])

  function setFilter(next: Entries) {
    const kept = Object.fromEntries(Object.entries(next).filter(([, entry]) => !isEmpty(entry)))
    setFilters(kept, undefined, false)
  }
  function onViewChange(next: View) {
    const [first, ...rest] = next.sort
    const { field, order } = first
      ? { field: first.column, order: first.order }
      : { field: 'id', order: 'ASC' as const }
    if (field !== sort.field || order !== sort.order) setSort({ field, order })
    setMore(rest)
    if (JSON.stringify(next.filter) !== JSON.stringify(filter)) setFilter({ ...next.filter })
  }
  return { view, filter, setFilter, onViewChange }
}

const isEmpty = (entry: FilterEntry | undefined) =>
  entry === undefined || (typeof entry === 'string' ? entry.trim() === '' : entry.values.length === 0)

/** The filter as the server's lists and exports take it. */
export const restFilter = (columns: readonly Column[], filter: Entries): Record<string, unknown> =>
  filterOf(termsOf(columns, filter))

/** The states a filter picks, or none. */
export function statesIn(filter: Entries): string[] {
  const entry = filter.status
  return entry && typeof entry !== 'string' ? entry.values.map(String) : []
}

/** The one unit a filter picks, or none. */
export function unitIn(filter: Entries): number | null {
  const entry = filter.unit_id
  return entry && typeof entry !== 'string' && entry.values.length === 1 ? Number(entry.values[0]) : null
}

export const pickStates = (states: readonly string[]): FilterEntry => ({
  values: [...states],
  label: states.map(wordOf).join('、'),
})

export type Chip = { name: string; words: string }

/** What narrows the list beside the tabs, in words. */
export function chipsOf(columns: readonly Column[], filter: Entries, silent: readonly string[]): Chip[] {
  return Object.entries(filter)
    .filter(([name, entry]) => !silent.includes(name) && !isEmpty(entry))
    .map(([name, entry]) => {
      const label = columns.find((column) => column.name === name)?.label ?? ''
      return { name, words: `${label} ${typeof entry === 'string' ? entry : entry.label}`.trim() }
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

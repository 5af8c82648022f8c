/**
 * The part of a view that the address bar carries, short enough to be sent: `view=12` a saved view, `p.status=draft,void`
 * picked values, `n.status=void` all but these, `f.name=王` what is typed into a filter cell, `q=…` the search,
 * `sort=-followers,name`, `group=held_on:month`. Links of the pages write `filter={…}` as react-admin does; both are read.
 */
import type { Column, FilterEntry, GroupBy, GroupStep, Sort } from '../../grid/index.ts'

export type FilterEntries = Record<string, FilterEntry>
/** What the list is: everything else of a view is how it looks. */
export type ListConditions = { filter: FilterEntries; sort: readonly Sort[]; group: GroupBy | null }
/** `listed` is null where the address only names a saved view. */
export type ShownList = { view: number; listed: ListConditions | null }

const own = /^(view|filter|sort|order|group|q|[fpn]\..+)$/
const steps: readonly string[] = ['group', 'day', 'month', 'year']
const MAX_ADDRESS_CHARS = 6000

/** What the address asks for; null when it says nothing about the view. */
export function readAddress(search: string, columns: readonly Column[]): ShownList | null {
  const query = new URLSearchParams(search)
  const names = [...query.keys()].filter((name) => own.test(name))
  if (names.length === 0) return null
  const isAlone = names.every((name) => name === 'view')
  const view = Number(query.get('view')) || 0
  if (isAlone) return { view, listed: view ? null : { filter: {}, sort: [], group: null } }
  return { view, listed: { filter: readFilter(query, columns), sort: readSort(query), group: readGroup(query) } }
}

function readFilter(query: URLSearchParams, columns: readonly Column[]): FilterEntries {
  const filter: FilterEntries = {}
  for (const [name, entry] of Object.entries(parsed(query.get('filter')))) {
    if (typeof entry === 'string' && entry !== '') filter[name] = entry
    else if (Array.isArray(entry)) filter[name] = { values: entry }
    else if (isPicked(entry)) filter[name] = entry
  }
  for (const [key, text] of query) {
    const [, kind, name] = /^([fpn])\.(.+)$/.exec(key) ?? []
    if (!name || text === '') continue
    if (kind === 'f') filter[name] = text
    else filter[name] = { ...picked(columns, name, text), ...(kind === 'n' && { not: true }) }
  }
  const q = query.get('q')
  if (q) filter.q = q
  return filter
}

const isPicked = (entry: unknown): entry is { values: unknown[]; label?: string } =>
  typeof entry === 'object' && entry !== null && Array.isArray((entry as { values?: unknown }).values)

function parsed(text: string | null): Record<string, unknown> {
  try {
    const value = JSON.parse(text ?? '{}')
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {}
  } catch {
    return {}
  }
}

/** `12;合肥一建`: values before the semicolon, their name after it. */
function picked(columns: readonly Column[], name: string, text: string) {
  const [listed = '', label] = text.split(';')
  const choices = columns.find((column) => column.name === name)?.choices
  const values = listed.split(',').map((word) => {
    if (word === '') return null
    const choice = choices?.find(({ value }) => String(value) === word)
    return choice ? choice.value : /^-?\d{1,10}$/.test(word) ? Number(word) : word
  })
  return { values, ...(label && { label }) }
}

function readSort(query: URLSearchParams): Sort[] {
  const text = query.get('sort') ?? ''
  // react-admin's own: sort=name&order=ASC.
  const order = query.get('order')
  if (order) return text && text !== 'id' ? [{ column: text, order: order === 'DESC' ? 'DESC' : 'ASC' }] : []
  return text
    .split(',')
    .filter(Boolean)
    .slice(0, 8)
    .map((key) => (key.startsWith('-') ? { column: key.slice(1), order: 'DESC' } : { column: key, order: 'ASC' }))
}

function readGroup(query: URLSearchParams): GroupBy | null {
  const [column, step = 'group'] = (query.get('group') ?? '').split(':')
  return column && steps.includes(step) ? { column, step: step as GroupStep } : null
}

/** The search string for a list, keeping what else stands in the address. Too long for a link, the filter is left out. */
export function writeAddress(search: string, { view, listed }: ShownList, columns: readonly Column[]): string {
  const query = new URLSearchParams()
  if (view) query.set('view', String(view))
  if (listed) {
    for (const [name, entry] of Object.entries(listed.filter)) writeEntry(query, columns, name, entry)
    if (listed.sort.length > 0)
      query.set('sort', listed.sort.map(({ column, order }) => (order === 'DESC' ? `-${column}` : column)).join(','))
    if (listed.group) {
      const { column, step } = listed.group
      query.set('group', step === 'group' ? column : `${column}:${step}`)
    }
  }
  // Nothing narrowed and nothing sorted is said as well: whoever opens the link would have a view of the own else.
  const isPlain = [...query.keys()].every((name) => name === 'view')
  if (listed && isPlain && view) query.set('filter', '{}')
  if (!view && isPlain) query.set('view', '0')
  for (const [name, value] of new URLSearchParams(search)) {
    if (!own.test(name) && !['page', 'perPage', 'displayedFilters'].includes(name)) query.set(name, value)
  }
  const text = query.toString().replaceAll('%2C', ',').replaceAll('%3A', ':')
  return text.length > MAX_ADDRESS_CHARS ? `?view=${view}` : `?${text}`
}

function writeEntry(query: URLSearchParams, columns: readonly Column[], name: string, entry: FilterEntry) {
  if (typeof entry === 'string') return query.set(name === 'q' ? 'q' : `f.${name}`, entry)
  const isNamed = columns.find((column) => column.name === name)?.choices !== undefined
  const values = entry.values.map((value) => (value === null ? '' : String(value)))
  const isOdd = values.some((value) => /[,;]/.test(value))
  if (isOdd) {
    const others = parsed(query.get('filter'))
    return query.set('filter', JSON.stringify({ ...others, [name]: entry }))
  }
  const label = isNamed || !entry.label ? '' : `;${entry.label.replaceAll(';', '，')}`
  query.set(`${entry.not ? 'n' : 'p'}.${name}`, values.join(',') + label)
}

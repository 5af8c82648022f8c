/** The columns as the person wants them: which, in what order, how wide, and how many of them stay in sight. */
import type { Column, Sort, View } from '../types.ts'

/** A column that new rows can't do without is shown as long as rows can be made. */
export const mayHide = (column: Column, makesRows: boolean): boolean => !(column.required && makesRows)

/** All columns in the person's order, hidden ones included. Those the person has never placed stand after their neighbour. */
export function inOrder(columns: readonly Column[], view: View): Column[] {
  const frozenFirst = [...columns.filter(({ frozen }) => frozen), ...columns.filter(({ frozen }) => !frozen)]
  const order = view.order?.filter((name) => columns.some((column) => column.name === name))
  if (!order?.length) return frozenFirst
  const placed = [...new Set(order)]
  for (const [at, { name }] of frozenFirst.entries()) {
    if (placed.includes(name)) continue
    const before = placed.indexOf(frozenFirst[at - 1]?.name ?? '')
    placed.splice(before + 1, 0, name)
  }
  return placed.flatMap((name) => columns.find((column) => column.name === name) ?? [])
}

/** How many of the columns in order are frozen, hidden ones counted. */
function frozenOf(ordered: readonly Column[], view: View): number {
  if (view.frozen === null) return 0
  const last = view.frozen === undefined ? -1 : ordered.findIndex(({ name }) => name === view.frozen)
  if (last >= 0) return last + 1
  return ordered.findLastIndex(({ frozen }) => frozen) + 1
}

/** The columns to draw, each saying of itself whether it is frozen and how wide it is at this zoom. */
export function arranged(
  columns: readonly Column[],
  view: View,
  options: { makesRows: boolean; zoom: number },
): Column[] {
  const ordered = inOrder(columns, view)
  const frozen = frozenOf(ordered, view)
  return ordered.flatMap((column, at) => {
    const isHidden = view.hidden?.includes(column.name) && mayHide(column, options.makesRows)
    if (isHidden) return []
    const width = Math.round(((view.widths?.[column.name] ?? column.width ?? 120) * options.zoom) / 100)
    return [{ ...column, frozen: at < frozen, width }]
  })
}

/** The view with a column moved to stand before another one (null: last). What was frozen stays as many columns. */
export function moved(columns: readonly Column[], view: View, name: string, before: string | null): View {
  const ordered = inOrder(columns, view)
  const names = ordered.map((column) => column.name)
  const frozen = frozenOf(ordered, view)
  const from = names.indexOf(name)
  const others = names.filter((each) => each !== name)
  const to = before === null ? others.length : others.indexOf(before)
  if (from < 0 || to < 0) return view
  const order = [...others.slice(0, to), name, ...others.slice(to)]
  // Pulled over the frozen edge, a column changes sides.
  const still = from < frozen ? (to < frozen ? frozen : frozen - 1) : to < frozen ? frozen + 1 : frozen
  return { ...view, order, frozen: order[still - 1] ?? null }
}

/** Freezes everything up to a column, or nothing. */
export function frozenTo(columns: readonly Column[], view: View, name: string | null): View {
  return { ...view, order: inOrder(columns, view).map((column) => column.name), frozen: name }
}

export const isLastFrozen = (columns: readonly Column[], view: View, name: string): boolean => {
  const ordered = inOrder(columns, view)
  return ordered[frozenOf(ordered, view) - 1]?.name === name
}

/** By this column alone, or after the columns that sort already; null takes it out. */
export function sorted(sort: readonly Sort[], column: string, order: Sort['order'] | null, add: boolean): Sort[] {
  const others = add ? sort.filter((each) => each.column !== column) : []
  if (order === null) return sort.filter((each) => each.column !== column)
  const at = sort.findIndex((each) => each.column === column)
  if (add && at >= 0) return sort.map((each, place) => (place === at ? { column, order } : each))
  return [...others, { column, order }]
}

/** Click: by this column alone, up, down, not at all. With Shift: after the columns that sort already. */
export function nextSort(sort: readonly Sort[], column: string, add: boolean): Sort[] {
  const old = sort.find((one) => one.column === column)
  const next = !old ? 'ASC' : old.order === 'ASC' ? 'DESC' : null
  return next === null && !add ? [] : sorted(sort, column, next, add)
}

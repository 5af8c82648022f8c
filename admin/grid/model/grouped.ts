/**
 * What the model asks its source for, given the person's view: a plain list, or one in groups. The part that reads groups
 * is loaded when a list is first grouped (groups.ts). Also the cursor on a group's heading, which is no row.
 */

import type { GroupBy, Sort, View } from '../types.ts'
import type { Core, Query } from './core.ts'
import { termsOf } from './filters.ts'
import type { GroupHeading, Grouping } from './grouping.ts'
import { groupName, type Lines, PLAIN } from './lines.ts'

const RECOUNT_AFTER_MS = 700

export type Grouped = ReturnType<typeof createGrouped>

/** `view` is how the person wants the list; `ungroup` is called when its source will not group it. */
export function createGrouped(core: Core, view: () => View, ungroup: () => void) {
  const { source, rows } = core
  let grouping: Grouping | null = null
  let parts: typeof import('../opened/groups.ts') | null = null
  let at: number | null = null
  let timer: ReturnType<typeof setTimeout> | null = null
  let countedAt: number | null = null

  /** What rows are grouped by, if they are and can be. */
  const by = (): GroupBy | null => (source.getGroups ? (view().group ?? null) : null)
  const orderOf = (group: GroupBy): Sort['order'] =>
    view().sort.find(({ column }) => column === group.column)?.order ?? 'ASC'
  const plain = (): Query => {
    const { sort, filter } = view()
    return { sort, filter: termsOf(core.allColumns(), filter, rows.rules().today) }
  }

  async function make(): Promise<Grouping> {
    parts ??= await import('../opened/groups.ts')
    grouping ??= parts.createGrouping({
      source,
      query: () => {
        const group = by() ?? { column: '', step: 'group' }
        return { ...plain(), by: group, order: orderOf(group), summary: view().summary ?? {} }
      },
      relist: rows.windows.reset,
      refresh: rows.windows.refresh,
      changed: core.changed,
      refused(text) {
        core.say({ kind: 'fault', text })
        queueMicrotask(ungroup)
      },
    })
    return grouping
  }

  /** Counts and sums are asked for once saving has paused. */
  function recount() {
    if (!by() || !grouping) return
    if (timer) clearTimeout(timer)
    timer = setTimeout(() => void grouping?.recount(), RECOUNT_AFTER_MS)
  }

  return {
    by,
    /** What draws headings and knows their keys; null until a list has been grouped. */
    parts: () => parts,
    /** The list as it is shown: its order, and the conditions under which it has these rows and no others. */
    query(): Query {
      const { sort, filter } = plain()
      const group = by()
      if (!group) return { sort, filter }
      return {
        sort: [{ column: groupName(group), order: orderOf(group) }, ...sort],
        filter: [...filter, ...(grouping?.term() ?? [])],
      }
    },
    async getWindow(query: Query & { start: number; end: number }) {
      if (!by()) return source.getWindow(query)
      const run = rows.windows.generation()
      return (grouping ?? (await make())).getWindow(run, query.start, query.end)
    },
    lines: (): Lines => (by() && grouping ? grouping.lines() : PLAIN),
    heading: (group: number): GroupHeading | null => (by() ? (grouping?.heading(group) ?? null) : null),
    /** The heading the cursor is on, or null. */
    cursor: () => (by() && grouping && at !== null && at < grouping.count() ? at : null),
    moveTo(group: number | null) {
      at = group
    },
    count: () => (by() ? (grouping?.count() ?? 0) : 0),
    /** Another list: rows are grouped by something else, or filtered in another way. */
    reset(isOther: boolean) {
      at = null
      if (isOther) grouping = null
      else grouping?.forget()
    },
    /** Opens or closes groups (absent: all of them); answers where the row that stood on `row` has come to stand. */
    toggle(open: boolean, row: number, group?: number): number {
      if (!grouping) return row
      const place = grouping.placeOf(row)
      const keys = grouping.keys()
      grouping.toggle(group === undefined ? keys : keys.slice(group, group + 1), open)
      return grouping.rowAt(place)
    },
    forget: () => grouping?.forget(),
    recount,
    /** Something changed here: where it was stored, counts and sums are others. */
    settled() {
      const { savedAt } = core.saver.state
      if (savedAt !== countedAt) recount()
      countedAt = savedAt
    },
  }
}

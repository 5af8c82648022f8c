/**
 * What the model asks its source for, given the person's view: a plain list, or one in groups. The part that reads groups
 * is loaded when a list is first grouped (groups.ts). Also the cursor on a group's heading, which is no row.
 */

import type { Column, GroupBy, Message, Sort, Source, Term, View } from '../types.ts'
import { termsOf } from './filters.ts'
import type { Grouping, Heading } from './grouping.ts'
import { groupName, type Lines, PLAIN } from './lines.ts'

type Query = { sort: readonly Sort[]; filter: readonly Term[] }
const RECOUNT_AFTER = 700

export type Grouped = ReturnType<typeof createGrouped>

export function createGrouped(options: {
  source: Source
  view(): View
  columns(): readonly Column[]
  today(): string | undefined
  generation(): number
  relist(total: number): void
  refresh(): void
  changed(): void
  say(message: Message): void
  ungroup(): void
}) {
  const { source } = options
  let grouping: Grouping | null = null
  let parts: typeof import('../opened/groups.ts') | null = null
  let at: number | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  /** What rows are grouped by, if they are and can be. */
  const by = (): GroupBy | null => (source.getGroups ? (options.view().group ?? null) : null)
  const orderOf = (group: GroupBy): Sort['order'] =>
    options.view().sort.find(({ column }) => column === group.column)?.order ?? 'ASC'
  const plain = (): Query => {
    const { sort, filter } = options.view()
    return { sort, filter: termsOf(options.columns(), filter, options.today()) }
  }

  async function make(): Promise<Grouping> {
    parts ??= await import('../opened/groups.ts')
    grouping ??= parts.createGrouping({
      source,
      query: () => {
        const group = by() ?? { column: '', step: 'group' }
        return { ...plain(), by: group, order: orderOf(group), summary: options.view().summary ?? {} }
      },
      relist: options.relist,
      refresh: options.refresh,
      changed: options.changed,
      refused(text) {
        options.say({ kind: 'fault', text })
        queueMicrotask(options.ungroup)
      },
    })
    return grouping
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
      const run = options.generation()
      return (grouping ?? (await make())).getWindow(run, query.start, query.end)
    },
    lines: (): Lines => (by() && grouping ? grouping.lines() : PLAIN),
    heading: (group: number): Heading | null => (by() ? (grouping?.heading(group) ?? null) : null),
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
    /** Counts and sums have changed by what was saved; asked for once saving has paused. */
    recount() {
      if (!by() || !grouping) return
      if (timer) clearTimeout(timer)
      timer = setTimeout(() => void grouping?.recount(), RECOUNT_AFTER)
    },
  }
}

/**
 * A list in groups: their headings come from the source at once, their rows window by window, each window asked of the
 * groups it lies in alone. Loaded when a list is first grouped. Closed groups have no rows in the list.
 */

import type { Group, GroupBy, Row, Sort, Source, SummaryKind, Sums, Term } from '../types.ts'
import type { Query } from './core.ts'
import { groupedLines, groupName } from './lines.ts'

/** Rows remembered so that closing and opening a group asks for nothing. */
const MAX_KEPT_ROWS = 10_000

type GroupQuery = Query & { by: GroupBy; order: Sort['order']; summary: Readonly<Record<string, SummaryKind>> }
type GroupList = { groups: readonly Group[]; lines: ReturnType<typeof groupedLines> }

export type Grouping = ReturnType<typeof createGrouping>
export type GroupHeading = {
  key: string
  value: unknown
  label: string | null
  count: number
  sums: Sums
  open: boolean
}

const keyOf = ({ value }: Pick<Group, 'value'>) => JSON.stringify(value ?? null)

/**
 * `query` is what is asked for as it is now; `relist(total)` forgets the places of all rows and says how many there are;
 * `changed` asks for a redraw. A `run` is one reading of the list: groups and rows shown together are of the same run.
 */
export function createGrouping(options: {
  source: Source
  query(): GroupQuery
  relist(total: number): void
  refresh(): void
  changed(): void
  /** The source will not group this list; the sentence says why. It is shown ungrouped. */
  refused(message: string): void
}) {
  const { source } = options
  const closed = new Set<string>()
  let shown: GroupList = { groups: [], lines: groupedLines([]) }
  /** Counts and sums as they have become by edits since; the lines stay as they were read. */
  let counted = new Map<string, Pick<Group, 'count' | 'sums'>>()
  let reading: { run: number; groups: Promise<readonly Group[]> } | null = null
  let kept = new Map<string, Row[]>()
  let held = 0
  let staleRun = -1
  /** The next reading shows the groups there are: only their rows are laid anew. */
  let carried = false

  const isOpen = (group: Group) => !closed.has(keyOf(group))
  const laid = (groups: readonly Group[]): GroupList => ({
    groups,
    lines: groupedLines(groups.map((group) => (isOpen(group) ? group.count : 0))),
  })
  const show = (groups: readonly Group[]) => {
    shown = laid(groups)
  }
  const ask = () => {
    const { by, order, filter, summary } = options.query()
    return source.getGroups?.({ by, order, filter, summary }) ?? Promise.resolve([])
  }

  function groupsOf(run: number): Promise<readonly Group[]> {
    if (reading?.run === run) return reading.groups
    const groups = carried ? Promise.resolve(shown.groups) : ask()
    if (!carried) forget()
    carried = false
    reading = { run, groups }
    groups.catch(() => {
      if (reading?.groups === groups) reading = null
    })
    return groups
  }

  function forget() {
    kept = new Map()
    held = 0
  }
  function keep(group: Group, at: number, row: Row) {
    if (held > MAX_KEPT_ROWS) forget()
    const rows = kept.get(keyOf(group)) ?? []
    if (!rows[at]) held += 1
    rows[at] = row
    kept.set(keyOf(group), rows)
  }

  /** The groups that have rows in this part of the list. */
  function within({ groups, lines }: GroupList, start: number, end: number) {
    return groups
      .map((group, at) => ({ group, start: lines.starts[at] ?? 0 }))
      .filter((each) => isOpen(each.group) && each.start < end && each.start + each.group.count > start)
  }

  async function read(part: ReturnType<typeof within>, start: number, end: number): Promise<readonly Row[]> {
    const first = part[0]
    if (!first) return []
    const { by, order, sort, filter } = options.query()
    const name = groupName(by)
    const answer = await source.getWindow({
      start: start - first.start,
      end: end - first.start,
      // Within one group there is nothing to put in order but what the person asked for.
      sort: part.length > 1 ? [{ column: name, order }, ...sort] : sort,
      filter: [...filter, { column: name, test: 'in', value: part.map(({ group }) => group.value ?? null) }],
    })
    if (answer.total !== part.reduce((sum, { group }) => sum + group.count, 0)) staleRun = reading?.run ?? -1
    return answer.rows
  }

  return {
    lines: () => shown.lines,
    count: () => shown.groups.length,
    heading(at: number): GroupHeading | null {
      const group = shown.groups[at]
      if (!group) return null
      const { count, sums } = counted.get(keyOf(group)) ?? group
      return { key: keyOf(group), value: group.value, label: group.label ?? null, count, sums, open: isOpen(group) }
    },
    /** Rows of the list as it is shown. What has been read before is answered without asking. */
    async getWindow(run: number, start: number, end: number): Promise<{ rows: readonly Row[]; total: number }> {
      const isNew = reading?.run !== run && !carried
      const groups = await groupsOf(run).catch((error: { status?: number; message?: string }) => {
        const isRefusal =
          error.status !== undefined && error.status >= 400 && error.status < 500 && error.status !== 401
        if (!isRefusal) throw error
        options.refused(error.message ?? '这一栏不能用来分组。')
        return null
      })
      if (!groups) return source.getWindow({ start, end, ...options.query() })
      const next = laid(groups)
      const part = within(next, start, Math.min(end, next.lines.total))
      const known = part.flatMap(({ group, start: from }) =>
        Array.from({ length: Math.min(group.count, end - from) - Math.max(0, start - from) }, (_, at) => {
          return kept.get(keyOf(group))?.[Math.max(0, start - from) + at]
        }),
      )
      const missing = known.some((row) => row === undefined)
      const rows = missing ? await read(part, start, Math.min(end, next.lines.total)) : (known as Row[])
      if (missing) {
        let at = 0
        for (const { group, start: from } of part) {
          for (let row = Math.max(0, start - from); row < Math.min(group.count, end - from); row += 1) {
            const each = rows[at]
            if (each) keep(group, row, each)
            at += 1
          }
        }
      }
      if (reading?.run === run) {
        if (isNew) counted = new Map()
        show(groups)
      }
      // Rows came or went between the two questions: once more, together.
      if (staleRun === run) {
        staleRun = -1
        queueMicrotask(options.refresh)
      }
      return { rows, total: next.lines.total }
    },
    /** Opens or closes groups: the rows of the others stay as they are. */
    toggle(keys: readonly string[], open: boolean) {
      for (const key of keys) {
        if (open) closed.delete(key)
        else closed.add(key)
      }
      show(shown.groups)
      carried = true
      options.relist(shown.lines.total)
      options.changed()
    },
    keys: () => shown.groups.map(keyOf),
    /** The condition under which a list has the rows that are shown, and no others. */
    term(): Term[] {
      const values = shown.groups.filter((group) => !isOpen(group)).map((group) => group.value ?? null)
      return values.length > 0 ? [{ column: groupName(options.query().by), test: 'out', value: values }] : []
    },
    /** The place of a row within its group; null beyond all groups. */
    placeOf(row: number): { group: number; within: number } | { beyond: number } {
      const { lines } = shown
      if (row >= lines.total) return { beyond: row - lines.total }
      const group = lines.lineOf(row) - row - 1
      return { group, within: row - (lines.starts[group] ?? 0) }
    },
    /** The row at such a place, or the next one that is shown where its group is closed. */
    rowAt(place: { group: number; within: number } | { beyond: number }): number {
      const { lines, groups } = shown
      if ('beyond' in place) return lines.total + place.beyond
      const group = groups[place.group]
      const start = lines.starts[place.group] ?? lines.total
      return group && isOpen(group) ? start + place.within : start
    },
    /** Rows changed elsewhere: what is remembered of them is no longer true. */
    forget,
    /** Counts and sums anew, without moving a row. */
    async recount() {
      const groups = await ask().catch(() => null)
      if (!groups) return
      counted = new Map(groups.map((group) => [keyOf(group), group]))
      for (const group of shown.groups) {
        if (!counted.has(keyOf(group))) counted.set(keyOf(group), { count: 0, sums: {} })
      }
      options.changed()
    },
  }
}

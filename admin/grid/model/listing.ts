/** The list as the person wants it: the view it is shown by, its groups, the list read again. */
import type { Row, View } from '../types.ts'
import type { Core } from './core.ts'
import type { Cursor } from './cursor.ts'
import type { Editor } from './editing.ts'
import type { Grouped } from './grouped.ts'
import type { LiveLater } from './onDemand.ts'
import type { Ticks } from './ticks.ts'

type ListingParts = { grouped: Grouped; cursor: Cursor; editor: Editor; live: LiveLater; ticks: Ticks }

const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other)
/** Two views of one list: other columns, widths or sums at most. */
const isSameList = (one: View, other: View) =>
  same([one.sort, one.filter, one.group ?? null], [other.sort, other.filter, other.group ?? null])

/** `shown` holds the view that the list is read by. */
export function createListing({ rows, changed }: Core, shown: { view: View }, parts: ListingParts) {
  const { grouped, cursor, editor, live, ticks } = parts

  return {
    view: () => shown.view,
    setView(next: View) {
      const old = shown.view
      if (same(next, old)) return
      editor.commit()
      shown.view = next
      if (isSameList(old, next)) {
        if (!same(old.summary, next.summary)) grouped.recount()
        return changed()
      }
      grouped.reset(!same(old.group, next.group))
      ticks.set([])
      live.reread()
      rows.reread(true)
      cursor.toTop()
      changed()
    },
    /** The list as it is now; unsaved cells stay. */
    reload() {
      live.reread()
      rows.reread(false)
      changed()
    },
    /** Says which rows are in view. */
    look(first: number, last: number) {
      rows.windows.want(first, last)
      live.looked()
    },
    refreshRows(fresh: readonly Row[]) {
      for (const row of fresh) {
        rows.accept(row)
        rows.windows.replace(row)
      }
      grouped.forget()
      grouped.recount()
      changed()
    },
    /** Opens or closes a group, or all of them; the cursor stays with its row. */
    toggleGroup(open: boolean, group?: number) {
      editor.commit()
      const { active } = cursor.selection()
      const row = grouped.toggle(open, active.row, group)
      if (row !== active.row) cursor.put({ row })
      changed()
    },
    /** Puts the cursor on the heading of a group; the next selection takes it away. */
    goToHeading(group: number) {
      editor.commit()
      grouped.moveTo(group)
      changed()
    },
  }
}

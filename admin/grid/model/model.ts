/**
 * The grid without a screen: rows, edits, selection, open editor, history and saving behind one object that tells when
 * it changed. Everything the person can do is a method here, so that tests can do it too.
 */

import type { Keep, Message, Row, RowKey, Source, View } from '../types.ts'
import { keepingLater, liveLater, wholesLater } from './beside.ts'
import { createCursor } from './cursor.ts'
import { createEditing } from './editing.ts'
import { resolveConflict, storedState } from './edits.ts'
import { createGestures } from './gestures.ts'
import { createGrouped } from './grouped.ts'
import { createHistory } from './history.ts'
import { createRows, keyAt, type Rules } from './rows.ts'
import { createSaver } from './saving.ts'
import { goBeyond } from './seeking.ts'
import { nextProblem, stuckCells } from './status.ts'
import { createStay } from './stay.ts'
import { createTelling } from './telling.ts'
import { createTicks } from './ticks.ts'

export const NO_VIEW: View = { sort: [], filter: {} }

export type Model = ReturnType<typeof createModel>

/** Two views of one list: other columns, widths or sums at most. */
const isSameList = (one: View, other: View) =>
  JSON.stringify([one.sort, one.filter, one.group ?? null]) ===
  JSON.stringify([other.sort, other.filter, other.group ?? null])

export function createModel(options: {
  source: Source
  view?: View
  say(message: Message): void
  keep?: Keep | undefined
  /** The list could not be shown as asked; the view it is shown by. */
  onView?(view: View): void
}) {
  let view = options.view ?? NO_VIEW
  let version = 0
  let failed: string | null = null
  let shifted = 0
  const listeners = new Set<() => void>()
  const history = createHistory()
  const ticks = createTicks(() => changed())

  const columns = () => rows.rules().columns
  const all = () => rows.rules().all ?? columns()

  function changed() {
    version += 1
    live.settled()
    keeping.note()
    for (const listener of listeners) listener()
  }

  const grouped = createGrouped({
    source: options.source,
    view: () => view,
    columns: all,
    today: () => rows.rules().today,
    generation: () => rows.windows.generation(),
    relist: (total) => rows.windows.reset(total),
    refresh: () => rows.windows.refresh(),
    changed,
    say: options.say,
    ungroup: () => options.onView?.({ ...view, group: null }),
  })
  const { query } = grouped
  const rows = createRows({
    source: { ...options.source, getWindow: grouped.getWindow },
    query,
    onChange() {
      failed = null
      changed()
    },
    onError(error) {
      failed = error instanceof Error && error.message ? error.message : '这些行没有读到。'
    },
  })
  const cursor = createCursor({ rows, grouped, changed })
  const { selection } = cursor
  const saver = createSaver({
    rows,
    source: options.source,
    onChange() {
      grouped.recount()
      changed()
    },
    say: options.say,
  })
  const wholes = wholesLater({
    source: options.source,
    rows,
    saver,
    history,
    query,
    reread,
    undo: () => void gestures.undo(),
    changed,
    say: options.say,
  })
  const gestures = createGestures({
    rows,
    saver,
    history,
    wholes,
    columns,
    selection,
    select: cursor.selectRect,
    canRestore: Boolean(options.source.restore),
    changed,
    say: options.say,
  })

  const editor = createEditing({
    rows,
    gestures,
    selection,
    activeColumn: cursor.column,
    changed,
    say: options.say,
  })

  const live = liveLater({
    rows,
    saver,
    source: options.source,
    query,
    editing: editor.current,
    active: () => selection().active.row,
    // Grouped rows are counted anew by their groups.
    regroup() {
      if (grouped.by() === null) return false
      grouped.recount()
      return true
    },
    moved(shift, at) {
      shifted += shift
      cursor.shift(shift, at)
    },
    changed,
    say: options.say,
  })
  const keeping = keepingLater({ keep: options.keep, rows, saver, changed, say: options.say })

  const status = createTelling({
    source: options.source,
    rows,
    cursor,
    saver,
    history,
    keeping,
    query,
    failed: () => failed,
    changed,
  })
  const stay = createStay({ rows, saver, gestures, editor, live, keeping })

  function setView(next: View) {
    if (JSON.stringify(next) === JSON.stringify(view)) return
    editor.commit()
    const old = view
    view = next
    if (isSameList(old, next)) {
      if (JSON.stringify(old.summary) !== JSON.stringify(next.summary)) grouped.recount()
      return changed()
    }
    grouped.reset(JSON.stringify(old.group) !== JSON.stringify(next.group))
    ticks.set([])
    live.reread()
    rows.reread(true)
    cursor.toTop()
    changed()
  }

  function goTo(key: RowKey, column: string | undefined): boolean {
    const row = rows.indexOf(key)
    if (row !== undefined) cursor.goTo(row, column)
    return row !== undefined
  }

  /** The list as it is now; unsaved cells stay. */
  function reread() {
    live.reread()
    rows.reread(false)
    changed()
  }

  const model = {
    rows,
    gestures,
    wholes,
    saver,
    say: options.say,
    bounds: cursor.bounds,
    keyAt,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    version: () => version,
    /** Takes the page's columns (in the order shown) and rules. */
    configure(rules: Rules) {
      const name = cursor.column()?.name
      rows.configure(rules)
      cursor.follow(name)
    },
    columns,
    /** Hidden ones as well. */
    allColumns: all,
    grouped,
    /** Opens or closes a group, or all of them; the cursor stays with its row. */
    toggleGroup(open: boolean, group?: number) {
      editor.commit()
      const row = grouped.toggle(open, selection().active.row, group)
      if (row !== selection().active.row) cursor.put({ row })
      changed()
    },
    /** Puts the cursor on the heading of a group; the next selection takes it away. */
    goToHeading(group: number) {
      editor.commit()
      grouped.moveTo(group)
      changed()
    },
    view: () => view,
    setView,
    selection,
    select: cursor.select,
    selectRect: cursor.selectRect,
    activeColumn: cursor.column,
    activePlace: cursor.place,
    canWriteAt: cursor.canWriteAt,
    canWriteActive: () => cursor.canWriteAt(selection().active),
    editing: editor.current,
    beginEdit: editor.begin,
    setEditText: editor.setText,
    markOption: editor.mark,
    showCalendar: editor.showCalendar,
    cancelEdit: editor.cancel,
    commitEdit: editor.commit,
    commitWhen: editor.commitWhen,
    commitOver: editor.commitOver,
    switchMode: editor.switchMode,
    source: options.source,
    query,
    goTo,
    /** Goes to the next (1) or previous (-1) cell that could not be saved; false when there is none. */
    nextProblem(step: 1 | -1): boolean {
      const problem = nextProblem(rows, columns(), selection().active, step)
      if (problem && !goTo(problem.key, problem.column)) void goBeyond(model, problem.key, problem.column)
      return problem !== undefined
    },
    selectedPlaces: cursor.selectedPlaces,
    status,
    ticks,
    /** Ticks the rows of the selection, or unticks them when all of them are ticked. */
    toggleSelected() {
      const places = cursor.selectedPlaces().filter(({ key }) => !rows.isNew(key))
      for (const { key, base } of places) rows.touch(key, base)
      ticks.toggle(places.map(({ key }) => key))
    },
    firstWritable: cursor.firstWritable,
    goToNewRow: cursor.goToNewRow,
    /** Puts the active cell back to what is stored. No key does it: outside the editor Escape changes nothing, as in Excel. */
    revertActive(): boolean {
      const place = cursor.place()
      const column = cursor.column()
      if (!column || (place.kind !== 'stored' && place.kind !== 'new')) return false
      const edit = rows.edits.get(place.key)
      if (!edit?.cells[column.name] || edit.sending) return false
      gestures.set(place, column, storedState(column, place.base))
      return true
    },
    resolve(key: RowKey, column: string, choice: 'mine' | 'theirs') {
      const edit = rows.edits.get(key)
      if (!edit) return
      rows.setEdit(key, resolveConflict(edit, column, choice))
      changed()
      saver.poke()
    },
    live,
    keeping,
    /** Says which rows are in view. */
    look(first: number, last: number) {
      rows.windows.want(first, last)
      live.looked()
    },
    /** By how many rows the view has to follow what came or went above it. */
    takeShift(): number {
      const shift = shifted
      shifted = 0
      return shift
    },
    reload: reread,
    refreshRows(fresh: readonly Row[]) {
      for (const row of fresh) {
        rows.accept(row)
        rows.windows.replace(row)
      }
      grouped.forget()
      grouped.recount()
      changed()
    },
    /** Cells that will not be stored by themselves. */
    stuck: () => stuckCells(rows, saver.state.offline !== null),
    ...stay,
  }
  return model
}

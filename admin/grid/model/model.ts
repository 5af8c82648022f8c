/**
 * The grid without a screen: rows, edits, selection, open editor, history and saving behind one object that tells when
 * it changed. Everything the person can do is a method here, so that tests can do it too.
 */

import type { Column, GridMessage, Keep, Source, View } from '../types.ts'
import { createCore } from './core.ts'
import { createStatus } from './currentStatus.ts'
import { type Cursor, createCursor } from './cursor.ts'
import { createEditing, type Editor } from './editing.ts'
import { createGestures } from './gestures.ts'
import { createGrouped } from './grouped.ts'
import { createLifetime } from './lifetime.ts'
import { createListing } from './listing.ts'
import { keepingLater, liveLater, wholesLater } from './onDemand.ts'
import { createProblems } from './problems.ts'
import type { Rules } from './rows.ts'
import { createTicks } from './ticks.ts'

export type Model = ReturnType<typeof createModel>

/** `onView` gets the view the list is shown by where that is not the one asked for. */
export function createModel(options: {
  source: Source
  view?: View
  say(message: GridMessage): void
  keep?: Keep | undefined
  onView?(view: View): void
}) {
  const shown: { view: View } = { view: options.view ?? { sort: [], filter: {} } }
  const listeners = new Set<() => void>()
  let version = 0
  function changed() {
    version += 1
    grouped.settled()
    live.settled()
    keeping.note()
    for (const listener of listeners) listener()
  }

  const core = createCore({ source: options.source, listing: () => grouped, changed, say: options.say })
  const { rows, saver } = core
  const grouped = createGrouped(
    core,
    () => shown.view,
    () => options.onView?.({ ...shown.view, group: null }),
  )
  const cursor = createCursor(core, grouped)
  const wholes = wholesLater(
    core,
    () => listing.reload(),
    () => void gestures.undo(),
  )
  const gestures = createGestures(core, cursor, wholes)
  const editor = createEditing(core, cursor, gestures)
  const live = liveLater(core, { cursor, grouped, editing: editor.current })
  const keeping = keepingLater(core, options.keep)
  const ticks = createTicks(changed)
  const listing = createListing(core, shown, { grouped, cursor, editor, live, ticks })

  /** Columns have come or gone: an editor open on one of them stays, what was typed into them waits, the rest is sent. */
  function sortOut(gone: readonly Column[]) {
    const typed = gone.find(({ name }) => name === editor.current()?.column.name)
    if (typed) core.say({ kind: 'fault', text: `“${typed.label}”这一栏刚刚取消了。您正在填的会留着，但存不进系统。` })
    saver.poke()
    changed()
  }

  return {
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    version: () => version,
    /** Takes the page's columns (in the order shown) and rules. */
    configure(rules: Rules) {
      const name = cursor.column()?.name
      const former = rows.former.size
      const gone = rows.configure(rules)
      cursor.follow(name)
      // The page is being drawn just now.
      if (rows.former.size !== former) queueMicrotask(() => sortOut(gone))
    },
    rows,
    saver,
    source: core.source,
    columns: core.columns,
    allColumns: core.allColumns,
    query: core.query,
    say: core.say,
    grouped,
    gestures,
    wholes,
    live,
    keeping,
    ticks,
    ...listing,
    ...placesOf(cursor),
    ...editorOf(editor),
    ...createProblems(core, cursor, editor, gestures),
    /** Turns the ticks of the selection, as the active cell is turned; false where there is none to turn. */
    flipSelected(): boolean {
      const [place, column] = [cursor.place(), cursor.column()]
      if (!column?.flip || !cursor.canWriteAt(cursor.selection().active)) return false
      const row = 'key' in place ? rows.rowOf(place.key, place.base) : {}
      gestures.spread(column, column.flip(row[column.name]), null)
      return true
    },
    /** Ticks the rows of the selection, or unticks them when all of them are ticked. */
    toggleSelected() {
      const places = cursor.selectedPlaces().filter(({ key }) => !rows.isNew(key))
      for (const { key, base } of places) rows.touch(key, base)
      ticks.toggle(places.map(({ key }) => key))
    },
    status: createStatus(core, cursor, keeping),
    ...createLifetime(core, { gestures, editor, live, keeping }),
  }
}

/** Where the person is, as the model says it. */
function placesOf(cursor: Cursor) {
  return {
    selection: cursor.selection,
    moves: cursor.moves,
    bounds: cursor.bounds,
    select: cursor.select,
    selectRect: cursor.selectRect,
    selectedPlaces: cursor.selectedPlaces,
    activeColumn: cursor.column,
    activePlace: cursor.place,
    canWriteAt: cursor.canWriteAt,
    canWriteActive: () => cursor.canWriteAt(cursor.selection().active),
    firstWritable: cursor.firstWritable,
    goToNewRow: cursor.goToNewRow,
    goTo: cursor.goToKey,
    takeShift: cursor.takeShift,
  }
}

/** The open editor, as the model says it. */
function editorOf(editor: Editor) {
  return {
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
  }
}

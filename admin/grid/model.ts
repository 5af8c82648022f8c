/**
 * The grid without a screen: rows, edits, selection, open editor, history and saving behind one object that tells when
 * it changed. Everything the person can do is a method here, so that tests can do it too.
 */
import { keepingLater, liveLater, wholesLater } from './beside.ts'
import { createEditing } from './editing.ts'
import { resolveConflict, sendable, storedState } from './edits.ts'
import { createGestures } from './gestures.ts'
import { createGrouped } from './grouped.ts'
import { createHistory } from './history.ts'
import { createRows, keyAt, type Rules } from './rows.ts'
import { createSaver } from './saving.ts'
import { type Cell, clampSelection, type Rect, rectOf, type Selection, selectCell } from './selection.ts'
import { countEdits, problemsOf, summarise } from './status.ts'
import { createTicks } from './ticks.ts'
import type { Column, Keep, Message, Row, RowKey, Source, Status, View } from './types.ts'

/** Rows of a selection fetched ahead, so that copying finds them. */
const MAX_AHEAD = 10_000
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
  let columns: readonly Column[] = []
  let all: readonly Column[] = []
  let selection: Selection = selectCell({ row: 0, column: 0 })
  let version = 0
  let starts = 0
  let failed: string | null = null
  let shifted = 0
  const listeners = new Set<() => void>()
  const history = createHistory()
  const ticks = createTicks(() => changed())

  /** The selection, within the list also where rows went. */
  function standing(): Selection {
    const last = Math.max(selection.active.row, selection.anchor.row, selection.focus.row)
    if (rows.windows.known() && last >= bounds().rows) selection = clampSelection(selection, bounds())
    return selection
  }

  function changed() {
    version += 1
    live.settled()
    keeping.note()
    for (const listener of listeners) listener()
  }

  const grouped = createGrouped({
    source: options.source,
    view: () => view,
    columns: () => all,
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
    columns: () => columns,
    selection: standing,
    select: (rect) => selectRect(rect),
    canRestore: Boolean(options.source.restore),
    changed,
    say: options.say,
  })

  const bounds = () => ({ rows: Math.max(1, rows.rowCount()), columns: columns.length })
  const activeColumn = () => columns[selection.active.column]
  const activePlace = () => rows.placeAt(selection.active.row)

  function firstWritable(): number {
    const blank = rows.rules().blankRow?.() ?? {}
    return Math.max(
      0,
      columns.findIndex((each) => each.editable(blank)),
    )
  }

  /** Whether typing would open this cell. */
  function canWriteAt(cell: Cell): boolean {
    const column = columns[cell.column]
    const place = rows.placeAt(cell.row)
    if (!column || place.kind === 'none' || grouped.cursor() !== null) return false
    if (place.kind === 'blank') return column.editable(rows.rules().blankRow?.() ?? {})
    return place.kind === 'loading' || rows.canWrite(column, place.key, place.base)
  }

  function select(asked: Selection) {
    const next = asked.active.row === selection.active.row ? asked : pruned(asked)
    const rect = rectOf(next)
    selection = clampSelection(next, bounds())
    grouped.moveTo(null)
    const ahead = rect.bottom > rect.top && rect.bottom - rect.top <= MAX_AHEAD
    if (ahead) void rows.windows.ensure(rect.top, rect.bottom)
    changed()
  }

  /** Rows made and emptied again go when one leaves them; what was meant below them moves up with its row. */
  function pruned(next: Selection): Selection {
    const count = rows.realCount()
    const corners = [next.anchor, next.focus, next.active].map((cell) => ({ cell, key: keyAt(rows.placeAt(cell.row)) }))
    rows.prune(keyAt(rows.placeAt(next.active.row)))
    const gone = count - rows.realCount()
    if (gone === 0) return next
    const [anchor, focus, active] = corners.map(({ cell, key }) => ({
      ...cell,
      row: key ? (rows.indexOf(key) ?? cell.row) : cell.row - gone,
    }))
    return anchor && focus && active ? { ...next, anchor, focus, active } : next
  }

  function selectRect(rect: Rect) {
    const anchor = { row: rect.top, column: rect.left }
    select({ ...selectCell(anchor), focus: { row: rect.bottom, column: rect.right }, still: true })
  }

  const editor = createEditing({
    rows,
    gestures,
    selection: standing,
    activeColumn,
    changed,
    say: options.say,
  })

  const live = liveLater({
    rows,
    saver,
    source: options.source,
    query,
    editing: editor.current,
    active: () => selection.active.row,
    // Grouped rows are counted anew by their groups.
    regroup() {
      if (grouped.by() === null) return false
      grouped.recount()
      return true
    },
    moved(shift, at) {
      shifted += shift
      const { first, last } = rows.windows.wanted()
      const inView = selection.active.row >= first && selection.active.row <= last
      const by = at !== null ? at - selection.active.row : inView ? shift : 0
      if (by === 0) return
      const down = (cell: Cell) => ({ ...cell, row: cell.row + by })
      const { active, anchor, focus } = selection
      selection = { ...selection, active: down(active), anchor: down(anchor), focus: down(focus), still: true }
    },
    shown() {
      selection = clampSelection(selection, bounds())
    },
    changed,
    say: options.say,
  })
  const keeping = keepingLater({ keep: options.keep, rows, saver, changed, say: options.say })

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
    selection = selectCell({ row: 0, column: selection.active.column })
    changed()
  }

  function goTo(key: RowKey, column: string | undefined): boolean {
    const row = rows.indexOf(key)
    const at = columns.findIndex(({ name }) => name === column)
    if (row === undefined) return false
    select(selectCell({ row, column: at < 0 ? selection.active.column : at }))
    return true
  }

  function nextProblem(step: 1 | -1): boolean {
    const problems = problemsOf(rows, columns)
    const { row, column } = selection.active
    const order = (problem: { row: number; column: string }) =>
      problem.row - row || columns.findIndex(({ name }) => name === problem.column) - column
    const next =
      step > 0
        ? (problems.find((problem) => order(problem) > 0) ?? problems[0])
        : (problems.findLast((problem) => order(problem) < 0) ?? problems.at(-1))
    return next ? goTo(next.key, next.column) : false
  }

  /** The list as it is now; unsaved cells stay. */
  function reread() {
    live.reread()
    rows.reread(false)
    changed()
  }

  /** Rows of the selected range that exist, as far as they are loaded. */
  function selectedPlaces() {
    const rect = rectOf(selection)
    const places: { key: RowKey; base: Row }[] = []
    for (let row = rect.top; row <= Math.min(rect.bottom, rows.realCount() - 1, rect.top + MAX_AHEAD); row += 1) {
      const place = rows.placeAt(row)
      if (place.kind === 'stored' || place.kind === 'new') places.push(place)
    }
    return places
  }

  function status(): Status {
    return {
      total: rows.realCount(),
      loading: rows.windows.isLoading(),
      ...countEdits(rows, columns, keyAt(activePlace())),
      saving: saver.state.busy,
      savedAt: saver.state.savedAt,
      offline: saver.state.offline ?? failed,
      kept: keeping.isKept(),
      canUndo: history.canUndo(),
      canRedo: history.canRedo(),
      selection: summarise(rows, columns, selection),
    }
  }

  return {
    rows,
    gestures,
    wholes,
    saver,
    say: options.say,
    bounds,
    keyAt,
    subscribe(listener: () => void) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    version: () => version,
    /** Takes the page's columns (in the order shown) and rules. */
    configure(rules: Rules) {
      const first = columns.length === 0
      const active = columns[selection.active.column]?.name
      columns = rules.columns
      all = rules.all ?? columns
      rows.configure(rules)
      // The cursor stays on its column when columns come, go or change places.
      const at = columns.findIndex(({ name }) => name === active)
      if (!first && at !== selection.active.column)
        selection = { ...selectCell({ row: selection.active.row, column: Math.max(at, 0) }), still: true }
      // One begins where one can write, not on a number or a state.
      if (first && rules.blankRow) selection = selectCell({ row: 0, column: firstWritable() })
    },
    columns: () => columns,
    /** Hidden ones as well. */
    allColumns: () => all,
    grouped,
    /** Opens or closes a group, or all of them; the cursor stays with its row. */
    toggleGroup(open: boolean, group?: number) {
      editor.commit()
      const row = grouped.toggle(open, selection.active.row, group)
      const cursor = grouped.cursor()
      if (row !== selection.active.row)
        selection = { ...selectCell({ row, column: selection.active.column }), still: true }
      grouped.moveTo(cursor)
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
    selection: standing,
    select,
    selectRect,
    activeColumn,
    activePlace,
    canWriteAt,
    canWriteActive: () => canWriteAt(selection.active),
    editing: editor.current,
    beginEdit: editor.begin,
    setEditText: editor.setText,
    cancelEdit: editor.cancel,
    commitEdit: editor.commit,
    commitWhen: editor.commitWhen,
    commitOver: editor.commitOver,
    switchMode: editor.switchMode,
    source: options.source,
    query,
    goTo,
    nextProblem,
    selectedPlaces,
    status,
    ticks,
    /** Ticks the rows of the selection, or unticks them when all of them are ticked. */
    toggleSelected() {
      const places = selectedPlaces().filter(({ key }) => !rows.isNew(key))
      for (const { key, base } of places) rows.touch(key, base)
      ticks.toggle(places.map(({ key }) => key))
    },
    /** Goes to the blank last row, to the first column that can be written. */
    goToNewRow() {
      select(selectCell({ row: rows.realCount(), column: firstWritable() }))
    },
    /** Drops the unsaved text of the active cell. */
    revertActive(): boolean {
      const place = activePlace()
      const column = activeColumn()
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
    hasUnsaved: () =>
      rows.edits.size > 0 || (editor.current()?.dirty ?? false) || editor.late().length > 0 || saver.waiting() > 0,
    /** Cells that will not be stored by themselves. */
    stuck(): number {
      let cells = 0
      for (const [key, edit] of rows.edits) {
        const goes = edit.sending ?? sendable(columns, rows.bases.get(key) ?? {}, edit, rows.isNew(key))
        if (saver.state.offline || !goes) cells += Object.keys(edit.cells).length
      }
      return cells
    },
    async flush() {
      editor.commit()
      await Promise.all(editor.late())
      await gestures.settled()
      await saver.idle()
    },
    start() {
      starts += 1
      saver.start()
      live.start()
      rows.windows.want(0, 0)
      void keeping.start()
    },
    /** Sends what can be sent and then stops, unless it was started again meanwhile. What is kept needs nobody to wait. */
    leave() {
      const mine = starts
      editor.commit()
      live.stop()
      void Promise.all(editor.late())
        .then(() => (keeping.works() ? saver.tried() : saver.idle()))
        .then(async () => {
          if (mine !== starts) return
          rows.windows.stop()
          saver.stop()
          await keeping.finish()
        })
    },
  }
}

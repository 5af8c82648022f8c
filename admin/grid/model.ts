/**
 * The grid without a screen: rows, edits, selection, open editor, history and saving behind one object that tells when
 * it changed. Everything the person can do is a method here, so that tests can do it too.
 */
import { createEditing } from './editing.ts'
import { cellState, resolveConflict, storedState } from './edits.ts'
import { termsOf } from './filters.ts'
import { createGestures } from './gestures.ts'
import { createHistory } from './history.ts'
import { createRows, keyAt, type Rules } from './rows.ts'
import { createSaver } from './saving.ts'
import { clampSelection, type Rect, rectOf, type Selection, selectCell } from './selection.ts'
import { countEdits, problemsOf, summarise } from './status.ts'
import type { Column, Message, Row, RowKey, Source, Status, View } from './types.ts'

/** Rows of a selection fetched ahead, so that copying finds them. */
const MAX_AHEAD = 10_000
export const NO_VIEW: View = { sort: [], filter: {} }

export type Model = ReturnType<typeof createModel>

export function createModel(options: { source: Source; view?: View; say(message: Message): void }) {
  let view = options.view ?? NO_VIEW
  let columns: readonly Column[] = []
  let selection: Selection = selectCell({ row: 0, column: 0 })
  let checked: ReadonlySet<RowKey> = new Set()
  let version = 0
  let starts = 0
  let failed: string | null = null
  const listeners = new Set<() => void>()
  const history = createHistory()

  function changed() {
    version += 1
    for (const listener of listeners) listener()
  }

  const rows = createRows({
    source: options.source,
    query: () => ({ sort: view.sort, filter: termsOf(columns, view.filter) }),
    onChange() {
      failed = null
      changed()
    },
    onError(error) {
      failed = error instanceof Error && error.message ? error.message : '这些行没有读到。'
    },
  })
  const saver = createSaver({ rows, source: options.source, onChange: changed, say: options.say })
  const gestures = createGestures({
    rows,
    saver,
    history,
    columns: () => columns,
    selection: () => selection,
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

  /** Whether typing would open the active cell. */
  function canWriteActive(): boolean {
    const column = activeColumn()
    const place = activePlace()
    if (!column || place.kind === 'none') return false
    if (place.kind === 'blank') return column.editable(rows.rules().blankRow?.() ?? {})
    return place.kind === 'loading' || rows.canWrite(column, place.key, place.base)
  }

  function select(next: Selection) {
    const rect = rectOf(next)
    if (next.active.row !== selection.active.row) rows.prune(keyAt(rows.placeAt(next.active.row)))
    selection = clampSelection(next, bounds())
    const ahead = rect.bottom > rect.top && rect.bottom - rect.top <= MAX_AHEAD
    if (ahead) void rows.windows.ensure(rect.top, rect.bottom)
    changed()
  }

  function selectRect(rect: Rect) {
    const anchor = { row: rect.top, column: rect.left }
    select({ ...selectCell(anchor), focus: { row: rect.bottom, column: rect.right }, still: true })
  }

  const editor = createEditing({
    rows,
    gestures,
    selection: () => selection,
    activeColumn,
    changed,
    say: options.say,
  })

  function setView(next: View) {
    if (JSON.stringify(next) === JSON.stringify(view)) return
    editor.commit()
    view = next
    checked = new Set()
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

  /** Texts of the selected range for the clipboard; null while some of its rows are still being loaded. */
  function copyBlock(): string[][] | null {
    const rect = rectOf(selection)
    const block: string[][] = []
    for (let row = rect.top; row <= Math.min(rect.bottom, Math.max(rows.realCount() - 1, rect.top)); row += 1) {
      const place = rows.placeAt(row)
      if (place.kind === 'loading' || block.length > MAX_AHEAD) return null
      const texts = columns.slice(rect.left, rect.right + 1).map((column) => {
        if (place.kind !== 'stored' && place.kind !== 'new') return ''
        return cellState(column, place.base, rows.edits.get(place.key)).input
      })
      block.push(texts)
    }
    return block
  }

  function status(): Status {
    return {
      total: rows.realCount(),
      loading: rows.windows.isLoading(),
      ...countEdits(rows, columns, keyAt(activePlace())),
      saving: saver.state.busy,
      savedAt: saver.state.savedAt,
      offline: saver.state.offline ?? failed,
      canUndo: history.canUndo(),
      canRedo: history.canRedo(),
      selection: summarise(rows, columns, selection),
    }
  }

  return {
    rows,
    gestures,
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
      columns = rules.columns
      rows.configure(rules)
      // One begins where one can write, not on a number or a state.
      if (first && rules.blankRow) selection = selectCell({ row: 0, column: firstWritable() })
    },
    columns: () => columns,
    view: () => view,
    setView,
    selection: () => selection,
    select,
    selectRect,
    activeColumn,
    activePlace,
    canWriteActive,
    editing: editor.current,
    beginEdit: editor.begin,
    setEditText: editor.setText,
    cancelEdit: editor.cancel,
    commitEdit: editor.commit,
    commitWhen: editor.commitWhen,
    goTo,
    nextProblem,
    selectedPlaces,
    copyBlock,
    status,
    checked: () => checked,
    setChecked(keys: Iterable<RowKey>) {
      checked = new Set(keys)
      changed()
    },
    /** Ticks the rows of the selection, or unticks them when all of them are ticked. */
    toggleSelected() {
      const keys = selectedPlaces()
        .filter(({ key }) => !rows.isNew(key))
        .map(({ key, base }) => {
          rows.touch(key, base)
          return key
        })
      const next = new Set(checked)
      const all = keys.every((key) => next.has(key))
      for (const key of keys) {
        if (all) next.delete(key)
        else next.add(key)
      }
      checked = next
      changed()
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
    reload() {
      rows.reread(false)
      changed()
    },
    refreshRows(fresh: readonly Row[]) {
      for (const row of fresh) {
        rows.accept(row)
        rows.windows.replace(row)
      }
      changed()
    },
    hasUnsaved: () =>
      rows.edits.size > 0 || (editor.current()?.dirty ?? false) || editor.late().length > 0 || saver.waiting() > 0,
    async flush() {
      editor.commit()
      await Promise.all(editor.late())
      await saver.idle()
    },
    start() {
      starts += 1
      saver.start()
      rows.windows.want(0, 0)
    },
    /** Sends what can be sent and then stops, unless it was started again meanwhile. */
    leave() {
      const mine = starts
      editor.commit()
      void saver.idle().then(() => {
        if (mine !== starts) return
        rows.windows.stop()
        saver.stop()
      })
    },
  }
}

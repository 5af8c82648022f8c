/**
 * The grid's contract. The grid knows columns, rows with an `id` and a `version`, and a source that reads windows and
 * saves batches; it knows nothing about what the rows mean. Everything a page passes in or gets back is typed here.
 */
import type { ReactNode } from 'react'

/** A record as the source gives it. Stored rows carry `id` and `version`; new ones do not. */
export type Row = Readonly<Record<string, unknown>>

/** Names a row for as long as the page lives: the id as text for stored rows, `new:1` for rows made here. */
export type RowKey = string

/** What a typed text means: a value (with the words to show, if they differ from what was typed), or a sentence. */
export type Reading = { value: unknown; label?: string } | { error: string }

/** `initials` are the first letters of the pinyin ("hfszgh"), `hint` is shown in grey at the right. */
export type Option = { value: unknown; label: string; hint?: string; initials?: string }

export type ColumnType = 'text' | 'long_text' | 'number' | 'date' | 'choice' | 'choices' | 'reference' | 'other'

export type Column = {
  name: string
  label: string
  type: ColumnType
  /** Pixels; 120 when absent. The person may change it, see `onColumnResize`. */
  width?: number
  /** Frozen columns stand first, whatever their place in the list. */
  frozen?: boolean
  required?: boolean
  align?: 'left' | 'right' | 'center'
  /** Replaces the icon of the type in the head. */
  icon?: ReactNode
  /** Shown when the pointer rests on the head. */
  note?: string
  choices?: readonly Option[]
  /** Understands what was typed or pasted; blank text means "empty the cell". */
  read(input: string, row: Row): Reading
  /** What the cell shows. */
  print(value: unknown, row: Row): string
  /** Draws the cell when it has no unsaved text of its own, e.g. an icon with a word. */
  render?(value: unknown, row: Row): ReactNode
  /** What is copied and put into the editor; `print` when absent (a phone is shown 3-4-4, copied without spaces). */
  copy?(value: unknown, row: Row): string
  editable(row: Row): boolean
  /** Options for a text, asked while one types; `choices` are searched by the grid itself. */
  suggest?(text: string, row: Row): Promise<readonly Option[]>
  /** Offers 新建 “text” at the end of the suggestions; gives the option made, or a sentence. */
  create?: { label(text: string): string; make(text: string): Promise<Option | { error: string }> }
  filterable?: boolean
  sortable?: boolean
}

export type Sort = { column: string; order: 'ASC' | 'DESC' }

/** One condition on one column; all of them hold together. */
export type Term = {
  column: string
  test: 'contains' | 'equals' | 'in' | 'from' | 'to' | 'blank'
  value: unknown
}

/** What stands in a filter cell: typed text, or options picked from a list. Serialisable, so that it fits into a link. */
export type FilterEntry = string | { values: unknown[]; label: string }
export type View = { sort: readonly Sort[]; filter: Readonly<Record<string, FilterEntry>> }

export type Update = { id: unknown; version: unknown; values: Row }
export type SaveRequest = { create: Row[]; update: Update[]; remove: { id: unknown; version: unknown }[] }

/** The answer for one row: stored, refused with sentences by column, changed by somebody else meanwhile, or gone. */
export type RowAnswer =
  | { row: Row }
  | { errors: Readonly<Record<string, string>>; message?: string }
  | { conflict: Row }
  | { gone: string }
export type SaveAnswer = { create: RowAnswer[]; update: RowAnswer[]; remove: RowAnswer[] }

export type Source = {
  /** Rows `start` (included) to `end` (excluded) of the whole list, and how many the list has. */
  getWindow(query: { start: number; end: number; sort: readonly Sort[]; filter: readonly Term[] }): Promise<{
    rows: readonly Row[]
    total: number
  }>
  /** Saves each row that can be saved; answers stand in the order of the request. Rejects only when nobody answered. */
  save(request: SaveRequest): Promise<SaveAnswer>
  /**
   * Brings removed rows back, so that a removal can be undone. Without it, removals cannot be undone. An error with
   * `lasting: true` means that trying again would not help; its message is shown.
   */
  restore?(ids: unknown[]): Promise<void>
}

export type RowState = {
  /** No cell of this row may be changed; its ground says so. */
  locked?: boolean
  className?: string
  /** A 3 px edge at the row number. */
  attention?: boolean
  /** Cells somebody has remarked on, with the remark. */
  marks?: Readonly<Record<string, string>>
}

export type SelectionSummary = {
  rows: number
  columns: number
  count: number
  /** Numbers only; null when the selection holds none. */
  sum: number | null
  average: number | null
  min: number | null
  max: number | null
}

export type Status = {
  /** Rows of the list, new ones included, the blank last row not. */
  total: number
  loading: boolean
  unsaved: number
  faulty: number
  conflicts: number
  saving: boolean
  /** The moment of the last answer that stored something, or null. */
  savedAt: number | null
  /** The sentence of the last failed request while it is being retried, or null. */
  offline: string | null
  canUndo: boolean
  canRedo: boolean
  selection: SelectionSummary
}

export type Message = { text: string; kind: 'done' | 'note' | 'fault' }

export type GridHandle = {
  focus(): void
  /** Goes to the next (1) or previous (-1) cell that could not be saved; false when there is none. */
  nextProblem(step?: 1 | -1): boolean
  /** Reads the list again; unsaved cells stay. */
  reload(): void
  undo(): void
  redo(): void
  /** Ids of the ticked rows; when none is ticked, of the stored rows in the selected range. */
  selectedIds(): unknown[]
  clearSelected(): void
  focusCell(id: unknown, column?: string): boolean
  /** Goes to the row after (1) or before (-1) this one, as the list is now; answers its id, or null at the end. */
  stepFrom(id: unknown, step: 1 | -1): unknown
  /** Goes to the blank last row. */
  newRow(): void
  /** Removes these rows, or the selected ones. */
  deleteRows(ids?: unknown[]): void
  /** Commits the open editor and waits until everything that can be saved is saved. */
  flush(): Promise<void>
  hasUnsaved(): boolean
  /** Takes over rows changed elsewhere without losing one's place. */
  refreshRows(rows: readonly Row[]): void
}

export type GridProps = {
  columns: readonly Column[]
  source: Source
  /** Read aloud as the name of the table. */
  label: string
  /** Given together: the page keeps sort and filter (in the address, say). Absent: the grid keeps them. */
  view?: View
  onViewChange?(view: View): void
  /** Rules over several cells: a sentence for each column at fault. */
  checkRow?(row: Row): Readonly<Record<string, string>>
  rowState?(row: Row): RowState
  /** Values a new row starts with. Absent: no rows can be made here. */
  blankRow?(): Row
  /** False hides the tick boxes; the row numbers stay. */
  checkable?: boolean
  removable?: boolean
  /** Height of a row in pixels: 28, 32 (default) or 40. */
  rowHeight?: number
  /** Marks the row that is open beside the grid. */
  openId?: unknown
  /** Said in the bubble of a conflict: who and when, from the stored row. */
  conflictNote?(row: Row): string
  /** The words in the blank last row. */
  invitation?: string
  /** Shown below the heads when the list is empty. */
  empty?: ReactNode
  onSelectionChange?(selection: { ids: unknown[]; activeId: unknown; column: string | null }): void
  onOpenRow?(row: Row): void
  onOpenReference?(column: Column, row: Row): void
  onColumnResize?(name: string, width: number): void
  onStatus?(status: Status): void
  /** Absent: the grid shows its messages in a bar of its own. They are read aloud either way. */
  onMessage?(message: Message): void
}

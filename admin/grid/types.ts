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
export type CellReading = { value: unknown; label?: string } | { error: string }

/** `initials` are the first letters of the pinyin ("hfszgh"), found by the grid if absent; `hint` is shown in grey. */
export type Option = { value: unknown; label: string; hint?: string; initials?: string }

export type ColumnType =
  | 'text'
  | 'long_text'
  | 'number'
  | 'date'
  | 'choice'
  | 'choices'
  | 'reference'
  | 'files'
  | 'other'

export type Column = {
  name: string
  label: string
  type: ColumnType
  /** Pixels; 120 when absent. The person may change it. */
  width?: number
  /** Frozen columns stand first, as long as the person has frozen others. */
  frozen?: boolean
  required?: boolean
  /** When it must be filled, if that is later than at storing: marked in the head, and told when the pointer rests there. */
  requiredLater?: string
  align?: 'left' | 'right' | 'center'
  /** Replaces the icon of the type in the head. */
  icon?: ReactNode
  /** Shown when the pointer rests on the head. */
  note?: string
  choices?: readonly Option[]
  /** Understands what was typed or pasted; blank text means "empty the cell". */
  read(input: string, row: Row): CellReading
  /** The same of a filter's bound, where more is allowed there than in a cell. */
  readBound?(input: string, row: Row): CellReading
  /** What the cell shows. */
  print(value: unknown, row: Row): string
  /** Draws the cell when it has no unsaved text of its own, e.g. an icon with a word. */
  render?(value: unknown, row: Row): ReactNode
  /** What is copied and put into the editor; `print` when absent (a phone is shown 3-4-4, copied without spaces). */
  copy?(value: unknown, row: Row): string
  editable(row: Row): boolean
  /** Why it is not, where that is a matter of this row and column: told at the cell. */
  closedBecause?(row: Row): string | undefined
  /** Options for a text, asked while one types; `choices` are searched by the grid itself. */
  suggest?(text: string, row: Row): Promise<readonly Option[]>
  /** The text with every `find` in it read as `put`, null where it holds none. Without it, nothing is replaced here. */
  replace?(text: string, find: string, put: string): string | null
  /** What the space bar writes instead of what stands there: a tick is turned by it. */
  flip?(value: unknown): string
  /** Offers 新建 “text” at the end of the suggestions; gives the option made, a sentence, or null when it was given up. */
  create?: { label(text: string): string; make(text: string): Promise<Option | { error: string } | null> }
  filterable?: boolean
  sortable?: boolean
  /** By what of it rows can be grouped: its value, or the day, month or year of a date. */
  groups?: readonly GroupStep[]
  /** What its values can be told as at the foot of the list. */
  summaries?: readonly SummaryKind[]
}

export type SummaryKind = 'count' | 'sum' | 'distinct'
export type GroupStep = 'group' | 'day' | 'month' | 'year'
export type GroupBy = { column: string; step: GroupStep }
export type Sums = Readonly<Record<string, number | null>>

/** Rows of one value (or day, month, year), in the order of the list; `label` names a value that does not name itself. */
export type Group = { value: unknown; label?: string | null; count: number; sums: Sums }

export type Sort = { column: string; order: 'ASC' | 'DESC' }

/** One condition on one column; all of them hold together. A column `city:group` or `held_on:month` means its groups. */
export type Term = {
  column: string
  test: 'contains' | 'lacks' | 'equals' | 'differs' | 'in' | 'out' | 'from' | 'to' | 'blank' | 'filled'
  value: unknown
}

/**
 * What stands in a filter cell: typed text (see filters.ts), or values picked from a list, or all but those. `label`
 * names values that the column cannot name. Serialisable, so that it fits into a link.
 */
export type FilterEntry = string | { values: readonly unknown[]; label?: string; not?: boolean }

/** Everything the person has chosen about the list. Names of columns that are not there are passed over. */
export type View = {
  sort: readonly Sort[]
  filter: Readonly<Record<string, FilterEntry>>
  /** Names in the order shown; columns not named stand where the page has them. */
  order?: readonly string[]
  hidden?: readonly string[]
  /** The last frozen column; null freezes none; absent, the columns say so themselves. */
  frozen?: string | null
  widths?: Readonly<Record<string, number>>
  group?: GroupBy | null
  summary?: Readonly<Record<string, SummaryKind>>
  /** Percent. */
  zoom?: number
}

type SourceUpdate = { id: unknown; version: unknown; values: Row }
/** A new row carries `client_key`: its idempotency key, the same when it is sent again because no answer came. */
export type SaveRequest = { create: Row[]; update: SourceUpdate[]; remove: { id: unknown; version: unknown }[] }

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
  /** The groups of the list in its order. Without it, rows cannot be grouped. */
  getGroups?(query: {
    by: GroupBy
    order: 'ASC' | 'DESC'
    filter: readonly Term[]
    summary: Readonly<Record<string, SummaryKind>>
  }): Promise<readonly Group[]>
  /** What the whole list adds up to. Without it, there is no foot. */
  getSummary?(query: { filter: readonly Term[]; summary: Readonly<Record<string, SummaryKind>> }): Promise<Sums>
  /** Saves each row that can be saved; answers stand in the order of the request. Rejects only when nobody answered. */
  save(request: SaveRequest): Promise<SaveAnswer>
  /**
   * Brings removed rows back, so that a removal can be undone. Without it, removals cannot be undone. An error with
   * `lasting: true` means that trying again would not help; its message is shown.
   */
  restore?(ids: unknown[]): Promise<void>
  /**
   * Does one thing to many rows of the list, held here or not. Without it, gestures end at what one request carries.
   * Rejects with a sentence when it will not begin.
   */
  operate?(request: WholeRequest): Promise<Whole>
  /** How many cells such a replacement would find, in how many rows. */
  countReplaced?(request: WholeRequest): Promise<ReplacedCount>
  /** Tells what others do meanwhile, until it is stopped. */
  watch?(listener: (news: News) => void): Watch
  /**
   * The nearest row strictly after (step 1) or before (-1) the place `from` that holds a text anywhere, whose column is
   * blank or filled, or that has this id. Without it, jumps and finds go only through rows that are loaded.
   */
  seek?(query: {
    sort: readonly Sort[]
    filter: readonly Term[]
    from: number
    step: 1 | -1
    of: Sought
  }): Promise<FoundRows>
}

/** One thing to be done to all rows of a list, or to those at places of it. */
export type WholeRequest = {
  kind: 'set' | 'remove' | 'replace'
  sort: readonly Sort[]
  filter: readonly Term[]
  /** First and last place; null means all. */
  range: readonly [number, number] | null
  /** The rows that stand there, as far as they are known. */
  ends: readonly [unknown, unknown] | null
  /** How many rows the list had when the person looked. */
  total: number
  /** `set`: what each row shall have. */
  values: Row
  /** `replace`: in which columns, and what is looked for. */
  replace?: Replacement
}
export type Replacement = { find: string; put: string; columns: readonly string[] }
export type ReplacedCount = { cells: number; rows: number }
export type WholeProgress = { done: number; total: number; rate: number | null }
/** `words` say what came of it, with what was left out and why. */
export type WholeOutcome = { changed: number; words: string }
/** Something under way over many rows. `finished` rejects with a sentence when nothing came of it. */
export type Whole = {
  finished: Promise<WholeOutcome>
  watch(listener: (progress: WholeProgress) => void): void
  cancel(): void
  undo(): Promise<Whole>
  redo(): Promise<Whole>
}

/** What others did. Rows come as the person may see them; of other rows nothing is told. */
export type News =
  /** Rows as they are now, and ids that are there no more. `moved`: rows may have come, gone or changed places. */
  | { kind: 'rows'; rows: readonly Row[]; gone: readonly unknown[]; moved: boolean; by: string | null }
  /** Much has changed, or something was missed: the list is to be read again. */
  | { kind: 'many' }
  /** Everybody else who is on a row, and on which. */
  | { kind: 'people'; people: readonly { id: unknown; name: string }[] }
export type Watch = {
  /** The row one is on, or null: told to others. */
  at(id: unknown): void
  stop(): void
}

/**
 * Where unsaved cells outlive the page. Each may reject: that is said, and nothing else happens. `done` says that this
 * page writes no more.
 */
export type Keep = {
  load(): Promise<unknown>
  save(kept: unknown): Promise<void>
  clear(): Promise<void>
  done?(): void
}

export type Sought = { text: string } | { column: string; blank: boolean } | { id: unknown }
/** `at` is null when nothing more is found that way; it is the `nth` of `count` rows of the list that fit. */
export type FoundRows = { at: number | null; nth: number; count: number }

export type RowState = {
  /** No cell of this row may be changed; its ground says so. */
  locked?: boolean
  /** It no longer counts: its cells are struck through. */
  struck?: boolean
  /** A 3 px edge at the row number. */
  attention?: boolean
  /** Cells somebody has remarked on, with the remark. */
  marks?: Readonly<Record<string, string>>
  /** Cells at fault as the source has them, with the sentence; a change of the cell silences it. */
  faults?: Readonly<Record<string, string>>
  /** Cells in dispute as the source has them, with the sentence. */
  disputes?: Readonly<Record<string, string>>
}

/** What a page says beside the active cell when nothing typed there has a fault of its own. */
export type CellAside = { tone: 'bad' | 'clash' | 'back'; content: ReactNode }

export type SelectionSummary = {
  rows: number
  columns: number
  /** Rows of it that were added up: all of them, or only those that are loaded. */
  known: number
  count: number
  /** Numbers only; null when the selection holds none. */
  sum: number | null
  average: number | null
  min: number | null
  max: number | null
}

/** A text with the label of the column it was for. */
export type LostCell = { column: string; text: string }

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
  /** Every unsaved cell is stored in the person's own browser as well. */
  kept: boolean
  /** What was typed into columns that are there no more: it is never sent, and stays until it is let go. */
  lost: readonly LostCell[]
  canUndo: boolean
  canRedo: boolean
  selection: SelectionSummary
}

/** One change of one cell, in words. */
export type CellChange = { when: string; who: string; before: string; after: string }

/** `undo`, where there is one, undoes what the message reports. */
export type GridMessage = { text: string; kind: 'done' | 'note' | 'fault'; undo?: () => void }

/** A cell that is not stored yet, as another part of the page shows it; `theirs` stands there where others changed it too. */
export type HeldCell = { text: string; value: unknown; fault?: string; theirs?: string }
/** A row as the source has it, the newest that is known, and what of it is not stored. */
export type HeldRow = { row: Row; cells: Readonly<Record<string, HeldCell>> }
/** A text as if typed, a value made of the one that stands there, or null: as it is stored. */
export type CellWrite = { text: string } | { value(now: unknown): unknown } | null

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
  /**
   * Does something of the page's own to many rows: sends what is unsaved first, shows its progress, and makes it a step
   * that can be undone. Null when nothing came of it, which has been said.
   */
  operate(label: string, total: number, begin: () => Promise<Whole>): Promise<WholeOutcome | null>
  /** A new row with what this one holds, but for some columns. */
  duplicate(id: unknown, without: readonly string[]): void
  /** Whether a row has unsaved cells, and discarding them. */
  isUnsaved(id: unknown): boolean
  revert(id: unknown): void
  /** Commits the open editor and waits until everything that can be saved is saved. */
  flush(): Promise<void>
  hasUnsaved(): boolean
  /** Lets go of what was typed into columns that are there no more. */
  dropLost(): void
  /** Cells that will not be stored by themselves: at fault, in conflict, lacking something, or nobody answers. */
  stuck(): number
  /** Calls after every change of what the grid holds, until it is stopped. */
  subscribe(listener: () => void): () => void
  /** A row as it stands here, undefined where the grid does not know it; the same object until something of it changes. */
  held(id: unknown): HeldRow | undefined
  /** Writes a cell of a row, in the list or not, as a gesture of the grid's own. */
  write(row: Row, column: string, cell: CellWrite): void
  resolve(id: unknown, column: string, choice: 'mine' | 'theirs'): void
  /** Takes over rows changed elsewhere without losing one's place. */
  refreshRows(rows: readonly Row[]): void
  /** Opens the panel of a column's filter, at its head. */
  openFilter(column: string): void
  /** Opens or closes all groups. */
  foldGroups(open: boolean): void
}

/** `off` says why it can't be done now; '-' is a hairline. */
export type RowItem = { words: string; hint?: string; off?: string; run(): void } | '-'

/** Where rows are moved to. */
export type RowTarget = { step: 1 | -1 } | { before: unknown }

export type GridProps = {
  columns: readonly Column[]
  source: Source
  /** Read aloud as the name of the table. */
  label: string
  /** Given together: the page keeps the view (in the address, say). Absent: the grid keeps it. */
  view?: View
  onViewChange?(view: View): void
  /** Unsaved cells are put there, and taken up from there when the grid begins. */
  keep?: Keep
  /** Rules over several cells: a sentence for each column at fault. */
  checkRow?(row: Row): Readonly<Record<string, string>>
  rowState?(row: Row): RowState
  /** Values a new row starts with. Absent: no rows can be made here. */
  blankRow?(): Row
  /** False hides the tick boxes; the row numbers stay. */
  checkable?: boolean
  removable?: boolean
  /** Asked before stored rows are removed: they go when `go` is called. Absent: they go at once and can be undone. */
  removing?(rows: readonly Row[], go: () => void): void
  /** Height of a row in pixels: 28, 32 (default) or 40. */
  rowHeight?: number
  /** What stands in the row heads instead of 1, 2, 3; `most` is the largest of them. */
  numbers?: { label: string; most: number; of(row: Row): string }
  /** A line below every row; all are equally high. */
  note?: { height: number; draw(row: Row): ReactNode }
  /** Replaces the bubble of remarks and of the source's faults; undefined shows none. */
  aside?(row: Row, column: Column): CellAside | undefined
  /** The day that 今天, 本周, 本月 and 本年度 are meant from, 'YYYY-MM-DD'; absent: the clock's. */
  today?: string
  /** Marks the row that is open beside the grid. */
  openId?: unknown
  /** Said in the bubble of a conflict: who and when, from the stored row. */
  conflictNote?(row: Row): string
  /** The words in the blank last row. */
  invitation?: string
  /** Shown below the heads when the list is empty. */
  empty?: ReactNode
  /** `all`: every row of the list is ticked, those in `except` not; `ids` is empty then. */
  onSelectionChange?(selection: {
    ids: unknown[]
    activeId: unknown
    column: string | null
    all: { except: unknown[] } | null
  }): void
  onOpenRow?(row: Row): void
  /**
   * Moves stored rows past their neighbour (Alt+↑, Alt+↓), or before another one or to the end (null) by the handle in the
   * row heads. Absent: rows have no order of their own.
   */
  onMoveRows?(ids: unknown[], to: RowTarget): void
  /** The menu of a row. `selected` are the rows of the selection it stands in, itself at least. */
  rowMenu?(row: Row, selected: readonly Row[]): readonly RowItem[]
  onOpenReference?(column: Column, row: Row): void
  /** Enter, F2 or a double-click on a cell of files. */
  onOpenFiles?(row: Row, column: Column): void
  /** Who changed this cell, the last change first; Shift+F2 shows it, and once more opens the history of the row. */
  cellHistory?(row: Row, column: Column): Promise<readonly CellChange[]>
  onOpenHistory?(row: Row): void
  /** The person wants the rows that hold this text alone. */
  onSearch?(text: string): void
  onStatus?(status: Status): void
  /** Absent: the grid shows its messages in a bar of its own. They are read aloud either way. */
  onMessage?(message: GridMessage): void
}

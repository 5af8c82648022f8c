/**
 * What every part of the model stands on: the list and its source, what waits to be stored, what can be undone, and how the
 * person hears of it. What is private to one part stays in it.
 */
import type { Column, GridMessage, GroupBy, Sort, Source, Term } from '../types.ts'
import { createHistory, type History } from './history.ts'
import { createRows, type RowStore } from './rows.ts'
import { createSaver, type Saver } from './saving.ts'

/** What a list is read by: its order, and the conditions under which it has these rows and no others. */
export type Query = { sort: readonly Sort[]; filter: readonly Term[] }

/** How the person wants the list: as it is, or in groups. */
type Listing = {
  query(): Query
  getWindow: Source['getWindow']
  by(): GroupBy | null
}

export type Core = {
  source: Source
  rows: RowStore
  saver: Saver
  history: History
  query(): Query
  /** The columns shown, in their order. */
  columns(): readonly Column[]
  /** With those that are hidden. */
  allColumns(): readonly Column[]
  /** Something that can be seen has changed. */
  changed(): void
  say(message: GridMessage): void
  note(text: string): void
}

/** `listing` is asked for when the list is first read: it stands on the core itself. */
export function createCore(options: {
  source: Source
  listing(): Listing
  changed(): void
  say(message: GridMessage): void
}): Core {
  const { source, listing, changed, say } = options
  const query = () => listing().query()
  const rows = createRows({ query, getWindow: (window) => listing().getWindow(window), changed })
  const columns = () => rows.rules().columns
  return {
    source,
    rows,
    saver: createSaver({ source, rows, changed, say }),
    history: createHistory(),
    query,
    columns,
    allColumns: () => rows.rules().all ?? columns(),
    changed,
    say,
    note: (text) => say({ kind: 'note', text }),
  }
}

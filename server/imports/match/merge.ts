// Three-way merging of one row: what the person made of it, what it was when it was exported, what it is now. Pure.
import { type Row, sameValue, type Value } from '../../forms/index.ts'

export type Choice = 'mine' | 'theirs'
/** A cell that the person and somebody else changed to different values, neither knowing of the other. */
export type Conflict = { base: Value; theirs: Value; mine: Value }
type Merged = {
  /** What is to be written: fields of `mine` that win. */
  changes: Row
  /** What nobody has decided yet. */
  conflicts: Record<string, Conflict>
}

/**
 * Cell by cell: what the person left as exported keeps what is there now; what only the person changed is written; what
 * both changed alike is there already; what both changed differently is asked, unless `choose` knows the answer. `mine`
 * holds the cells that say something, null where one is cleared; without a `base` every difference is asked.
 */
export function mergeCells(
  { mine, base, theirs }: { mine: Row; base: Row | undefined; theirs: Row },
  choose: (field: string) => Choice | undefined = () => undefined,
): Merged {
  const merged: Merged = { changes: {}, conflicts: {} }
  for (const [name, value] of Object.entries(mine)) {
    const now = theirs[name] ?? null
    if (sameValue(value, now) || (base && sameValue(value, base[name]))) continue
    const isMineAlone = base !== undefined && sameValue(base[name], now)
    const choice = isMineAlone ? 'mine' : choose(name)
    if (choice === 'mine') merged.changes[name] = value
    else if (!choice) merged.conflicts[name] = { base: base?.[name] ?? null, theirs: now, mine: value }
  }
  return merged
}

/** One change of a row's history: the old values of what it changed. */
type PreviousValues = Row | null

/** The row before its last changes, given newest first. */
export const unapply = (now: Row, newestFirst: readonly PreviousValues[]): Row => Object.assign({}, now, ...newestFirst)

/** Which of the fields a person gave differ from a state of the row. */
export const differing = (given: Row, state: Row): string[] =>
  Object.keys(given).filter((name) => !sameValue(given[name], state[name]))

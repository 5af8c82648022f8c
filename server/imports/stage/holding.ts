// What applying an import comes to, held against what its check showed: only that is written. Where others have changed
// something in between, nothing is, and the rows concerned are checked anew as what they are: two people at one record.
import type { FoundRow, Seen } from '../read/file.ts'
import type { Chunk, Fate, Line } from './chunks.ts'

/** So many rows are named; of more it is only known that there are. */
const MOST_NAMED = 10_000

type Shown = { fate: Fate; digest: number | undefined }

/** `levels`: the number of digests a row has; the last one is of what it gives. */
export function holder(levels: number) {
  const shown = new Map<number, Shown>()
  const fates = new Map<number, Fate>()
  const keys = new Map<number, (number | undefined)[]>()
  const changed: number[] = []

  function drain(): void {
    for (const [n, fate] of fates) {
      const before = shown.get(n)
      if (!before || !isAsShown(before, { fate, digest: keys.get(n)?.[levels - 1] })) changed.push(n)
      shown.delete(n)
    }
    fates.clear()
    keys.clear()
  }

  const nothing = () => {}
  return {
    fates,
    keys,
    drain,
    openSheet: nothing,
    endSheet: nothing,
    skip: nothing,
    expect: async (_rows: readonly FoundRow[]) => drain(),
    /** What the check has shown of these rows. */
    show(lines: readonly Line[], chunk: Chunk): void {
      const digests = chunk.keys && new Float64Array(Uint8Array.from(chunk.keys).buffer)
      for (const [index, { found, fate }] of lines.entries())
        shown.set(found.n, { fate, digest: digests?.[index * levels + levels - 1] })
    },
    /** Rows that come to something else than was shown, by n. */
    changed(): number[] {
      drain()
      return changed.slice(0, MOST_NAMED)
    },
  }
}

function isAsShown(before: Shown, now: Shown): boolean {
  const [one, other] = [before.fate, now.fate]
  if (one.kind !== other.kind) return false
  if (one.kind !== 'create' && one.kind !== 'update') return true
  return (
    one.record_id === other.record_id &&
    (before.digest ?? Number.NaN) === (now.digest ?? Number.NaN) &&
    JSON.stringify(one.before ?? {}) === JSON.stringify(other.before ?? {})
  )
}

/** The rows are from now on held against what was shown of them first. */
export function remember(lines: readonly Line[]): void {
  for (const { found, fate } of lines) {
    const seen = found.seen ?? seenIn(fate)
    if (seen) found.seen = seen
  }
}

function seenIn({ kind, record_id, version }: Fate): Seen | undefined {
  if (kind === 'create') return 'none'
  if (kind !== 'update' && kind !== 'unchanged') return undefined
  return record_id !== undefined && version !== undefined ? { id: record_id, version } : undefined
}

// What applying an import comes to, held against what its check showed: only that is written. Where others have changed
// something in between, nothing is, and the rows concerned are checked anew as what they are: two people at one record.
import type { FileRow, SeenRecord } from '../read/file_row.ts'
import type { RowResult } from '../tell/result.ts'
import type { Chunk, StagedRow } from './chunks.ts'

/** So many rows are named; of more it is only known that there are. */
const MOST_NAMED = 10_000

type ResultWithDigest = { result: RowResult; digest: number | undefined }

/** `levels`: the number of digests a row has; the last one is of what it gives. */
export function holder(levels: number) {
  const shown = new Map<number, ResultWithDigest>()
  const results = new Map<number, RowResult>()
  const digests = new Map<number, (number | undefined)[]>()
  const changed: number[] = []

  function drain(): void {
    for (const [n, result] of results) {
      const before = shown.get(n)
      if (!before || !isAsShown(before, { result, digest: digests.get(n)?.[levels - 1] })) changed.push(n)
      shown.delete(n)
    }
    results.clear()
    digests.clear()
  }

  const nothing = () => {}
  return {
    results,
    digests,
    drain,
    openSheet: nothing,
    endSheet: nothing,
    skip: nothing,
    expect: async (_rows: readonly FileRow[]) => drain(),
    /** What the check has shown of these rows. */
    show(rows: readonly StagedRow[], chunk: Chunk): void {
      const known = chunk.keys && new Float64Array(Uint8Array.from(chunk.keys).buffer)
      for (const [index, { fileRow, result }] of rows.entries())
        shown.set(fileRow.n, { result, digest: known?.[index * levels + levels - 1] })
    },
    /** Rows that come to something else than was shown, by n. */
    changed(): number[] {
      drain()
      return changed.slice(0, MOST_NAMED)
    },
  }
}

function isAsShown(before: ResultWithDigest, now: ResultWithDigest): boolean {
  const [one, other] = [before.result, now.result]
  if (one.kind !== other.kind) return false
  if (one.kind !== 'create' && one.kind !== 'update') return true
  return (
    one.record_id === other.record_id &&
    (before.digest ?? Number.NaN) === (now.digest ?? Number.NaN) &&
    JSON.stringify(one.before ?? {}) === JSON.stringify(other.before ?? {})
  )
}

/** The rows are from now on held against what was shown of them first. */
export function remember(rows: readonly StagedRow[]): void {
  for (const { fileRow, result } of rows) {
    const seen = fileRow.seen ?? seenIn(result)
    if (seen) fileRow.seen = seen
  }
}

function seenIn({ kind, record_id, version }: RowResult): SeenRecord | undefined {
  if (kind === 'create') return 'none'
  if (kind !== 'update' && kind !== 'unchanged') return undefined
  return record_id !== undefined && version !== undefined ? { id: record_id, version } : undefined
}

/** Cells that others have changed a moment ago: told apart for a while. */
import type { Row, RowKey } from '../types.ts'
import type { Core } from './core.ts'
import { sameValue } from './edits.ts'

const TINT_MS = 5_000
const MAX_TINTED_ROWS = 2_000

type Tint = { columns: ReadonlySet<string>; until: number }
export type Tints = ReturnType<typeof createTints>

export function createTints({ rows, changed }: Core) {
  const tints = new Map<RowKey, Tint>()
  let fading: ReturnType<typeof setTimeout> | null = null

  /** The row as it is shown. */
  const shown = (key: RowKey, id: unknown) => rows.bases.get(key) ?? rows.windows.rowAt(rows.windows.indexOf(id) ?? -1)

  function fade() {
    fading = null
    const now = Date.now()
    let next = Number.POSITIVE_INFINITY
    for (const [key, { until }] of tints) {
      if (until <= now) tints.delete(key)
      else next = Math.min(next, until)
    }
    if (tints.size > 0) fading = setTimeout(fade, next - now)
    changed()
  }

  /** Tints what differs between two versions of a row; cells that are not stored yet are one's own. */
  function tint(key: RowKey, old: Row, row: Row) {
    const edit = rows.edits.get(key)
    const columns = new Set(tints.get(key)?.columns)
    for (const { name } of rows.rules().columns)
      if (!edit?.cells[name] && !sameValue(old[name], row[name])) columns.add(name)
    if (columns.size === 0 || tints.size >= MAX_TINTED_ROWS) return
    tints.set(key, { columns, until: Date.now() + TINT_MS })
    fading ??= setTimeout(fade, TINT_MS)
  }

  return {
    of: (key: RowKey) => tints.get(key)?.columns,
    shown,
    tint,
    /** Tints rows that are about to be shown in a newer version. */
    tintNewer(fresh: readonly Row[]) {
      for (const row of fresh) {
        const key = rows.keyOf(row)
        const old = shown(key, row.id)
        if (old && Number(row.version) > Number(old.version)) tint(key, old, row)
      }
    },
    stop() {
      if (fading) clearTimeout(fading)
      fading = null
    },
  }
}

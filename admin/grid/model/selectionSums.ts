/**
 * What whole columns add up to where their rows are not all here: asked of the source, once a list and selection. Without
 * an answer the sums are those of the rows that are here, and say so.
 */
import type { Column, SelectionSummary, SummaryKind, Sums, Term } from '../types.ts'
import type { Core } from './core.ts'

/** The list may change with every answer; it is not added up more often than this. */
const ASK_AFTER_MS = 250

export type SelectionSums = ReturnType<typeof createSelectionSums>

export function createSelectionSums({ source, query, changed }: Core) {
  let asked = ''
  let found: { of: string; sums: Pick<SelectionSummary, 'count' | 'sum' | 'average' | 'min' | 'max'> } | null = null
  let timer: ReturnType<typeof setTimeout> | null = null

  async function ask(of: string, columns: readonly Column[], filter: readonly Term[]) {
    const summing = (kind: SummaryKind, some: readonly Column[]): Promise<Sums> | Sums =>
      some.length === 0
        ? {}
        : (source.getSummary?.({ filter, summary: Object.fromEntries(some.map(({ name }) => [name, kind])) }) ?? {})
    const numbers = columns.filter((column) => column.type === 'number' && column.summaries?.includes('sum'))
    const [counts, sums] = await Promise.all([summing('count', columns), summing('sum', numbers)])
    if (asked !== of) return
    const total = (of: Sums, some: readonly Column[]) => some.reduce((sum, { name }) => sum + Number(of[name] ?? 0), 0)
    const filled = total(counts, numbers)
    const sum = filled > 0 ? total(sums, numbers) : null
    found = {
      of,
      sums: { count: total(counts, columns), sum, average: sum === null ? null : sum / filled, min: null, max: null },
    }
    changed()
  }

  return {
    /** The sums of these columns over the list in its state `version`, or what is known of them so far. */
    of(known: SelectionSummary, columns: readonly Column[], version: string): SelectionSummary {
      if (!columns.every((column) => column.summaries?.includes('count'))) return known
      const filter = query().filter
      const of = JSON.stringify([columns.map(({ name }) => name), filter, version])
      if (of !== asked) {
        asked = of
        if (timer) clearTimeout(timer)
        timer = setTimeout(() => void ask(of, columns, filter).catch(() => undefined), ASK_AFTER_MS)
      }
      return found?.of === of ? { ...known, ...found.sums, known: known.rows } : known
    },
  }
}

/** Addresses within the admin and of files: a number that is a link leads to the rows that it counts, and to no others. */
import type { MetricHead } from '../../server/papers/progress.ts'
import { wordOf } from './states.tsx'

/** What a link narrows a register to. Values as the filter row keeps them (see grid/filters.ts). */
type Narrowing = {
  status?: string[]
  /** All states but these. */
  statusNot?: string[]
  unit?: { id: number; name: string }
  /** Of cumulative snapshots only those that count. */
  latest?: boolean
  [column: string]: unknown
}

export const doneStates = ['approved', 'archived']
/** The filter of the grid page for a narrowing: its states and unit as picked values, the rest as typed. */
function filterFor({ status, statusNot, unit, latest, ...others }: Narrowing): Record<string, unknown> {
  return {
    ...others,
    ...(status && { status: { values: status, label: status.map(wordOf).join('、') } }),
    ...(statusNot && { status: { values: statusNot, label: statusNot.map(wordOf).join('、'), not: true } }),
    ...(unit && { unit_id: { values: [unit.id], label: unit.name } }),
    ...(latest && { latest: { values: [true], label: '每条内容取最近一期' } }),
  }
}

type Shown = { open?: number; sum?: string; distinct?: string }

/**
 * The address of a register, narrowed; `open` opens one row beside it, `sum` adds a column up below it, `distinct` counts
 * its different values there.
 */
export function rowsAt(form: string, narrowing: Narrowing = {}, { open, sum, distinct }: Shown = {}) {
  const query = new URLSearchParams({ filter: JSON.stringify(filterFor(narrowing)) })
  if (open) query.set('open', String(open))
  if (sum) query.set('sum', sum)
  if (distinct) query.set('distinct', distinct)
  return `/${form}?${query}`
}

/** The rows that a metric counts, in these states: else those that count. */
export function rowsOf(metric: MetricHead, unit?: Narrowing['unit'], states?: string[]): string {
  const { form, counts, field, filter } = metric
  const conditions = Object.entries(filter ?? {}).map(([name, wanted]) => {
    const values = [wanted].flat()
    return [name, { values, label: values.join('、') }] as const
  })
  const narrowing = {
    ...Object.fromEntries(conditions),
    status: states ?? [...metric.states],
    ...(unit && { unit }),
    // what has been counted once is not counted again at its next snapshot; what waits is rows
    ...(counts === 'latest' && !states && { latest: true }),
  }
  const column = field ?? undefined
  return rowsAt(form, narrowing, counts === 'distinct' ? { distinct: column } : { sum: column })
}

export { download } from './downloads.ts'

/** Puts a text on the clipboard, also where the page came without TLS and browsers know no clipboard. */
export async function copyText(text: string): Promise<void> {
  if (
    await navigator.clipboard?.writeText(text).then(
      () => true,
      () => false,
    )
  )
    return
  const onCopy = (event: ClipboardEvent) => {
    event.clipboardData?.setData('text/plain', text)
    event.preventDefault()
    event.stopImmediatePropagation()
  }
  document.addEventListener('copy', onCopy, true)
  document.execCommand('copy')
  document.removeEventListener('copy', onCopy, true)
}

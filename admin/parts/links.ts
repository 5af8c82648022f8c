/** Addresses within the admin and of files: every number leads to the rows behind it. */
import { wordOf } from './states.tsx'

/** What a link narrows a register to. Values as the filter row keeps them (see grid/filters.ts). */
export type Narrowing = {
  status?: string[]
  unit?: { id: number; name: string }
  [column: string]: unknown
}

export const doneStates = ['approved', 'archived']

/** The filter of the grid page for a narrowing: its states and unit as picked values, the rest as typed. */
export function filterFor({ status, unit, ...others }: Narrowing): Record<string, unknown> {
  return {
    ...others,
    ...(status && { status: { values: status, label: status.map(wordOf).join('、') } }),
    ...(unit && { unit_id: { values: [unit.id], label: unit.name } }),
  }
}

/** The address of a register, narrowed; `open` opens one row beside it. */
export function rowsAt(form: string, narrowing: Narrowing = {}, open?: number): string {
  const query = new URLSearchParams({ filter: JSON.stringify(filterFor(narrowing)) })
  if (open) query.set('open', String(open))
  return `/${form}?${query}`
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

/** The filter of a column, spelled out: tests for text, a list to tick, a range of numbers or days. Writes what filters.ts reads. */
import { type KeyboardEvent, useEffect, useRef } from 'react'
import { FilterList } from './FilterList.tsx'
import { FilterRange } from './FilterRange.tsx'
import { FilterText } from './FilterText.tsx'
import type { PanelProps } from './filterForm.tsx'
import './FilterPanel.css'

export function FilterPanel(props: PanelProps) {
  const { column, onClose } = props
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('input:not([type=radio])')?.focus(), [])
  const kind = column.choices ? 'list' : column.type === 'number' || column.type === 'date' ? 'range' : 'text'
  const Part = { list: FilterList, range: FilterRange, text: FilterText }[kind]
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') onClose()
    else if (event.key !== 'Tab') return event.stopPropagation()
    else {
      // Tab stays within.
      const all = [...(form.current?.querySelectorAll<HTMLElement>('input, button, select') ?? [])].filter(
        (each) => each.tabIndex >= 0,
      )
      const at = all.indexOf(document.activeElement as HTMLElement)
      all[(at + (event.shiftKey ? -1 : 1) + all.length) % all.length]?.focus()
    }
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <form ref={form} className="grid-panel" aria-label={`筛选${column.label}`} onKeyDown={onKeyDown}>
      <h3>筛选{column.label}</h3>
      <Part {...props} />
    </form>
  )
}

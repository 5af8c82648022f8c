/** What the parts of a filter panel share: what they are given, how they are submitted, what stands at their foot. */
import { useEffect, useRef } from 'react'
import type { Column, FilterEntry } from '../types.ts'

export type PanelProps = {
  column: Column
  entry: FilterEntry | undefined
  today: string
  onApply(entry: FilterEntry | null): void
  onClose(): void
}

export function Foot({ onClear, disabled }: { onClear(): void; disabled?: boolean }) {
  return (
    <footer>
      <button type="button" className="grid-button" onClick={onClear}>
        清除
      </button>
      <button type="submit" className="grid-button main" disabled={disabled}>
        筛选
      </button>
    </footer>
  )
}

/** The form submits itself: Enter in any of its fields. */
export function useSubmit(apply: () => void) {
  const marker = useRef<HTMLSpanElement>(null)
  const latest = useRef(apply)
  latest.current = apply
  useEffect(() => {
    const form = marker.current?.closest('form')
    const onSubmit = (event: Event) => {
      event.preventDefault()
      latest.current()
    }
    form?.addEventListener('submit', onSubmit)
    return () => form?.removeEventListener('submit', onSubmit)
  }, [])
  return marker
}

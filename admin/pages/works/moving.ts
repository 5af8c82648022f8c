/** ↑ and ↓ go through the list, wherever the focus is, but for where they already mean something. */
import { useEffect, useRef } from 'react'

const busy = 'input, textarea, select, video, audio, [role=dialog], [role=menu], [contenteditable]'

export function useArrows(onStep: (step: 1 | -1) => void) {
  const latest = useRef(onStep)
  latest.current = onStep
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.defaultPrevented) return
      if ((event.target as HTMLElement).closest(busy)) return
      event.preventDefault()
      latest.current(event.key === 'ArrowDown' ? 1 : -1)
    }
    window.addEventListener('keydown', onKey)
    return () => window.removeEventListener('keydown', onKey)
  }, [])
}

/** Keeps the chosen line of a list in sight. */
export function useInSight(id: number | undefined) {
  const list = useRef<HTMLUListElement>(null)
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs when another line is chosen
  useEffect(() => {
    list.current?.querySelector('[aria-current]')?.scrollIntoView({ block: 'nearest' })
  }, [id])
  return list
}

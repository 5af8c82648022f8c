/** What opens below a button of the tools and stays until one is done with it. */
import { type ReactNode, useEffect, useLayoutEffect, useRef, useState } from 'react'
import css from './Panel.module.css'

type PanelProps = { label: string; anchor: HTMLElement; onClose: () => void; children: ReactNode }

export function Panel({ label, anchor, onClose, children }: PanelProps) {
  const ref = useRef<HTMLDivElement>(null)
  const [place, setPlace] = useState<{ left: number; top: number; maxHeight: number }>()
  const close = useRef(onClose)
  close.current = onClose
  useLayoutEffect(() => {
    const button = anchor.getBoundingClientRect()
    const width = ref.current?.offsetWidth ?? 0
    setPlace({
      left: Math.max(8, Math.min(button.left, window.innerWidth - width - 8)),
      top: button.bottom + 4,
      maxHeight: window.innerHeight - button.bottom - 16,
    })
  }, [anchor])
  useEffect(() => {
    const onDown = (event: PointerEvent) => {
      const target = event.target as Node
      if (!ref.current?.contains(target) && !anchor.contains(target)) close.current()
    }
    addEventListener('pointerdown', onDown, true)
    return () => removeEventListener('pointerdown', onDown, true)
  }, [anchor])
  useEffect(() => {
    if (place) ref.current?.querySelector<HTMLElement>('input:not(:disabled), button')?.focus()
  }, [place])
  return (
    <div
      ref={ref}
      role="dialog"
      aria-label={label}
      className={css.panel}
      style={place ?? { visibility: 'hidden' }}
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return
        event.stopPropagation()
        onClose()
        anchor.focus()
      }}
    >
      {children}
    </div>
  )
}

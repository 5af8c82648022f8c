/** The items of a menu, walked by keys and chosen, and the two ways to leave it: Escape, or a press elsewhere. */
// biome-ignore-all lint/a11y/useAriaPropsSupportedByRole: ticked items have a role that can be ticked
import { type KeyboardEvent, type RefObject, useEffect, useRef } from 'react'
import { Icon } from '../view/icons.tsx'
import './Menu.css'

/** `off` says why it can't be done now; `on` makes it one that can be ticked; '-' is a hairline. */
export type MenuItem = { words: string; hint?: string; on?: boolean; radio?: boolean; off?: string; run(): void } | '-'

export function MenuItems({ label, items, onClose }: { label: string; items: readonly MenuItem[]; onClose(): void }) {
  const list = useRef<HTMLDivElement>(null)
  const all = () => [...(list.current?.querySelectorAll<HTMLElement>('[role^=menuitem]') ?? [])]
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when it opens
  useEffect(() => all()[0]?.focus(), [])
  const hasMarks = items.some((item) => item !== '-' && item.on !== undefined)

  function onKeyDown(event: KeyboardEvent) {
    const at = all().indexOf(document.activeElement as HTMLElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (to !== undefined)
      all()
        .at(to % all().length)
        ?.focus()
    else if (event.key === 'Escape' || event.key === 'Tab') onClose()
    else return
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <div ref={list} role="menu" aria-label={label} onKeyDown={onKeyDown} tabIndex={-1}>
      {items.map((item, at) =>
        item === '-' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a hairline is nothing but its place
          <hr key={at} />
        ) : (
          <button
            key={item.words}
            type="button"
            tabIndex={-1}
            role={item.on === undefined ? 'menuitem' : item.radio ? 'menuitemradio' : 'menuitemcheckbox'}
            aria-checked={item.on}
            aria-disabled={item.off !== undefined || undefined}
            title={item.off}
            className="grid-option"
            onClick={() => item.off === undefined && item.run()}
          >
            {hasMarks && <span className="grid-menu-mark">{item.on && <Icon name="tick" />}</span>}
            <span className="grid-option-label">{item.words}</span>
            {item.hint && <kbd>{item.hint}</kbd>}
          </button>
        ),
      )}
    </div>
  )
}

/** Closes what floats when something else is pressed. */
export function useOutsideClose(ref: RefObject<HTMLElement | null>, onClose: () => void) {
  const close = useRef(onClose)
  close.current = onClose
  useEffect(() => {
    const onDown = (event: PointerEvent) => {
      if (!ref.current?.contains(event.target as Node)) close.current()
    }
    addEventListener('pointerdown', onDown, true)
    return () => removeEventListener('pointerdown', onDown, true)
  }, [ref])
}

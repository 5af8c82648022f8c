/** Dragging a column by the words of its head: a line shows where it will stand, letting go puts it there. */
/** Pixels before a press becomes a pull. */
const BEGINS_AT_PX = 6
/** Pixels a move, at the left and right edge. */
const SCROLL_PX = 24

type DropTarget = { head: HTMLElement; after: boolean }

/** Follows the pointer from a press on; `onMove(name, before)` is called once, when it is let go over another place. */
export function dragHead(
  { words, x, y }: { words: HTMLElement; x: number; y: number },
  name: string,
  onMove: (name: string, before: string | null) => void,
) {
  const root = words.closest<HTMLElement>('.grid')
  const own = words.closest<HTMLElement>('[data-head]')
  if (!root || !own) return
  let target: DropTarget | null = null
  let pulled = false

  const heads = () => [...root.querySelectorAll<HTMLElement>('[data-head]')]
  const unmark = () => {
    for (const head of heads()) head.classList.remove('drop-before', 'drop-after')
  }

  function onPull(moved: PointerEvent) {
    // Let go before this was loaded.
    if (moved.buttons === 0) return onEnd(moved)
    if (!pulled && Math.hypot(moved.clientX - x, moved.clientY - y) < BEGINS_AT_PX) return
    if (!pulled) {
      pulled = true
      own?.classList.add('pulled')
    }
    const box = root?.getBoundingClientRect() ?? new DOMRect()
    const scroller = root?.querySelector('.grid-scroll')
    if (scroller && moved.clientX > box.right - SCROLL_PX) scroller.scrollLeft += SCROLL_PX
    const frozen = Number.parseFloat(root?.style.getPropertyValue('--fixed') ?? '0')
    if (scroller && moved.clientX < box.left + frozen) scroller.scrollLeft -= SCROLL_PX
    unmark()
    target = under(heads(), moved.clientX)
    if (target?.head === own) target = null
    target?.head.classList.add(target.after ? 'drop-after' : 'drop-before')
  }

  function onEnd(ended: PointerEvent) {
    removeEventListener('pointermove', onPull)
    removeEventListener('pointerup', onEnd)
    removeEventListener('pointercancel', onEnd)
    removeEventListener('keydown', onKey, true)
    unmark()
    own?.classList.remove('pulled')
    if (!pulled) return
    // The press ends as a click on the words, which would sort.
    addEventListener('click', swallow, { capture: true, once: true })
    setTimeout(() => removeEventListener('click', swallow, true))
    if (ended.type === 'pointerup' && target) {
      const all = heads()
      const at = all.indexOf(target.head) + (target.after ? 1 : 0)
      const before = all[at]?.dataset.head ?? null
      if (before !== name) onMove(name, before)
    }
  }
  function onKey(pressed: KeyboardEvent) {
    if (pressed.key !== 'Escape') return
    pressed.preventDefault()
    target = null
    onEnd(new PointerEvent('pointercancel'))
  }
  const swallow = (click: MouseEvent) => {
    click.stopPropagation()
    click.preventDefault()
  }

  addEventListener('pointermove', onPull)
  addEventListener('pointerup', onEnd)
  addEventListener('pointercancel', onEnd)
  addEventListener('keydown', onKey, true)
}

/** The head under the pointer, frozen ones first: they lie above the others. */
function under(heads: readonly HTMLElement[], x: number): DropTarget | null {
  for (const head of heads) {
    const { left, right } = head.getBoundingClientRect()
    if (x >= left && x < right) return { head, after: x > (left + right) / 2 }
  }
  const last = heads.at(-1)
  return last && x >= last.getBoundingClientRect().right ? { head: last, after: true } : null
}

/** Dragging a row by the handle in its head: a line shows where it will stand, letting go puts it there. */

/** Follows the pointer until it is let go; `onMove` gets the place of the row that the pulled one shall stand before. */
export function dragRow(handle: HTMLElement, from: number, onMove: (before: number) => void) {
  const root = handle.closest<HTMLElement>('.grid')
  const own = handle.closest<HTMLElement>('.grid-row')
  if (!root || !own) return
  let before: number | null = null
  own.classList.add('pulled')

  const unmark = () => {
    for (const row of root.querySelectorAll('.drop-above, .drop-below'))
      row.classList.remove('drop-above', 'drop-below')
  }
  function onPull({ clientY: y }: PointerEvent) {
    unmark()
    before = null
    for (const row of root?.querySelectorAll<HTMLElement>('.grid-row.stored') ?? []) {
      const { top, bottom } = row.getBoundingClientRect()
      if (y < top || y >= bottom || row === own) continue
      const isBelow = y > (top + bottom) / 2
      const at = Number(row.querySelector<HTMLElement>('[data-row]')?.dataset.row)
      before = isBelow ? at + 1 : at
      row.classList.add(isBelow ? 'drop-below' : 'drop-above')
    }
  }
  function onEnd(ended: PointerEvent | KeyboardEvent) {
    if (ended instanceof KeyboardEvent && ended.key !== 'Escape') return
    removeEventListener('pointermove', onPull)
    removeEventListener('pointerup', onEnd)
    removeEventListener('pointercancel', onEnd)
    removeEventListener('keydown', onEnd, true)
    unmark()
    own?.classList.remove('pulled')
    if (ended.type === 'pointerup' && before !== null && before !== from && before !== from + 1) onMove(before)
  }
  addEventListener('pointermove', onPull)
  addEventListener('pointerup', onEnd)
  addEventListener('pointercancel', onEnd)
  addEventListener('keydown', onEnd, true)
}

/**
 * The bar, the wheel and the finger. Where the list is taller than a browser can scroll, the bar stands for more than its
 * own pixels, but the wheel and the finger move the rows by just as much as anywhere: the bar follows them.
 */
import { type RefObject, useEffect } from 'react'
import { clampOffset, isScaled, offsetOf, type Track, trackHeight } from './geometry.ts'

/** No place of the bar, and not near one: the top is a place like any. */
export const NOWHERE = -100
/** A pan is over when nothing has moved for so long after the finger left. */
const REST_MS = 160

/** `offset` is exact; `top` is where the bar was seen last, `set` where it was put last, until it has told of it. */
export type Position = { offset: number; left: number; top: number; set: number }

export function useScrolling(
  scroller: RefObject<HTMLDivElement | null>,
  at: RefObject<Position>,
  latest: RefObject<{ track: Track }>,
  apply: (sync: boolean) => void,
  scrollTo: (offset: number, left: number) => void,
) {
  useEffect(() => {
    const element = scroller.current
    if (!element) return
    let finger: 'none' | 'down' | 'gone' = 'none'
    let resting: ReturnType<typeof setTimeout> | undefined

    function offsetNow(track: Track, top: number): number {
      const isEnd = top <= 0 || top >= trackHeight(track) - track.height - 1
      if (finger === 'none' || isEnd || !isScaled(track)) return offsetOf(track, top)
      return clampOffset(track, at.current.offset + top - at.current.top)
    }
    const onScroll = () => {
      const { track } = latest.current
      const top = element.scrollTop
      // Our own move: the exact offset is known better than the rounded bar tells.
      if (Math.abs(top - at.current.set) > 1.5) at.current.offset = offsetNow(track, top)
      at.current.set = NOWHERE
      at.current.left = element.scrollLeft
      at.current.top = top
      if (finger === 'gone') rest()
      apply(true)
    }
    const onWheel = (event: WheelEvent) => {
      const { track } = latest.current
      if (!isScaled(track) || event.ctrlKey || event.deltaY === 0 || event.shiftKey) return
      event.preventDefault()
      const unit = event.deltaMode === 1 ? track.rowHeight : event.deltaMode === 2 ? track.height : 1
      scrollTo(at.current.offset + event.deltaY * unit, at.current.left + event.deltaX * unit)
    }
    const onTouch = ({ touches: [touch] }: TouchEvent) => {
      const isOnBar = touch && touch.clientX - element.getBoundingClientRect().left >= element.clientWidth
      clearTimeout(resting)
      finger = isOnBar ? 'none' : 'down'
    }
    const onLift = ({ touches }: TouchEvent) => {
      if (finger !== 'down' || touches.length > 0) return
      finger = 'gone'
      rest()
    }
    /** Once the rows stand still the bar is put where they are. */
    function rest() {
      clearTimeout(resting)
      resting = setTimeout(() => {
        finger = 'none'
        if (isScaled(latest.current.track)) scrollTo(at.current.offset, at.current.left)
      }, REST_MS)
    }
    element.addEventListener('scroll', onScroll, { passive: true })
    element.addEventListener('wheel', onWheel, { passive: false })
    element.addEventListener('touchstart', onTouch, { passive: true })
    element.addEventListener('touchend', onLift, { passive: true })
    element.addEventListener('touchcancel', onLift, { passive: true })
    return () => {
      clearTimeout(resting)
      element.removeEventListener('scroll', onScroll)
      element.removeEventListener('wheel', onWheel)
      element.removeEventListener('touchstart', onTouch)
      element.removeEventListener('touchend', onLift)
      element.removeEventListener('touchcancel', onLift)
    }
  }, [scroller, at, latest, apply, scrollTo])
}

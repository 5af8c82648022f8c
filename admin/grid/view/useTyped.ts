/**
 * A text that is typed here and kept elsewhere (in the address, say), which is told of it once the fingers rest. What was
 * told comes back late, and perhaps after more has been typed: an echo never overwrites what the fingers have typed since.
 */
import { type Dispatch, type SetStateAction, useEffect, useRef, useState } from 'react'

/** `after` null: it is told by hand alone. The last of the three tells at once. */
export function useTyped(
  kept: string,
  tell: (text: string) => void,
  after: number | null,
): [string, Dispatch<SetStateAction<string>>, (text: string) => void] {
  const [text, setText] = useState(kept)
  /** What was told and has not come back yet, the oldest first. */
  const underway = useRef<string[]>([])
  const last = useRef(kept)
  const latest = useRef({ kept, tell })
  latest.current = { kept, tell }

  useEffect(() => {
    if (kept === last.current) return
    last.current = kept
    const echo = underway.current.indexOf(kept)
    underway.current = echo < 0 ? [] : underway.current.slice(echo + 1)
    if (echo < 0) setText(kept)
  }, [kept])

  const now = useRef((typed: string) => {
    const next = typed.trim()
    if (next === (underway.current.at(-1) ?? latest.current.kept)) return
    underway.current.push(next)
    latest.current.tell(next)
  }).current

  useEffect(() => {
    if (after === null || text.trim() === kept) return
    const timer = setTimeout(() => now(text), after)
    return () => clearTimeout(timer)
  }, [text, kept, after, now])

  return [text, setText, now]
}

/** What was done, with the way back. The next thing said takes its place at once instead of waiting behind it. */
import { useEffect } from 'react'
import { useCloseNotification } from 'react-admin'

let closeLast: (() => void) | undefined

/** Takes away what is still said with a way back: something newer is about to be said. */
export const hush = (): void => closeLast?.()

export function Said({ text, undo }: { text: string; undo: () => void }) {
  const close = useCloseNotification()
  useEffect(() => {
    closeLast = close
    return () => {
      if (closeLast === close) closeLast = undefined
    }
  }, [close])
  return (
    <span className="said">
      {text}
      <button
        type="button"
        onClick={() => {
          close()
          undo()
        }}
      >
        撤销
      </button>
    </span>
  )
}

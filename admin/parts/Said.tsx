/** The notification of what was done, with 撤销 where it can be undone. The next one replaces it at once. */
import { useEffect } from 'react'
import { useCloseNotification } from 'react-admin'
import css from './Said.module.css'

let closeLast: (() => void) | undefined

/** Takes away what is still said: something newer is about to be. */
export const hush = (): void => closeLast?.()

export function Said({ text, undo }: { text: string; undo?: () => void }) {
  const close = useCloseNotification()
  useEffect(() => {
    closeLast = close
    return () => {
      if (closeLast === close) closeLast = undefined
    }
  }, [close])
  return (
    <span className={css.said}>
      {text}
      {undo && (
        <button
          type="button"
          onClick={() => {
            close()
            undo()
          }}
        >
          撤销
        </button>
      )}
    </span>
  )
}

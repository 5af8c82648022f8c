/** A question before what cannot simply be taken back; its button says what will happen. */
import { type ReactNode, useEffect, useRef } from 'react'
import { Button } from './controls.tsx'

export function Ask({
  title,
  verb,
  onGo,
  onClose,
  children,
  disabled,
}: {
  title: ReactNode
  verb: string
  onGo: () => void
  onClose: () => void
  children?: ReactNode
  disabled?: boolean
}) {
  const dialog = useRef<HTMLDialogElement>(null)
  useEffect(() => {
    const shown = dialog.current
    shown?.showModal()
    return () => shown?.close()
  }, [])
  return (
    <dialog ref={dialog} className="sheet" onClose={onClose} onCancel={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          onGo()
        }}
      >
        <h2>{title}</h2>
        {children}
        <footer>
          <Button onClick={onClose}>取消</Button>
          <Button kind="primary" submit disabled={disabled}>
            {verb}
          </Button>
        </footer>
      </form>
    </dialog>
  )
}

/** A confirmation before what cannot simply be undone; its button says what will happen. */
import type { ReactNode } from 'react'
import { Button } from './buttons.tsx'
import { Dialog } from './Dialog.tsx'

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
  return (
    <Dialog
      title={title}
      onClose={onClose}
      onSubmit={onGo}
      buttons={
        <>
          <Button onClick={onClose}>取消</Button>
          <Button kind="primary" submit disabled={disabled}>
            {verb}
          </Button>
        </>
      }
    >
      {children}
    </Dialog>
  )
}

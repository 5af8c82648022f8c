/** A dialog in the middle of the page. It is left by Escape, never by a click beside it, which may have been meant for it. */
import MuiDialog from '@mui/material/Dialog'
import { type FormEvent, type ReactNode, useEffect, useId, useRef } from 'react'
import { classes } from './classes.ts'
import css from './Dialog.module.css'

type DialogProps = {
  title: ReactNode
  /** Without it the dialog can't be left. */
  onClose?: () => void
  /** Called with the dialog's form, for its fields. */
  onSubmit: (form: HTMLFormElement) => void
  children: ReactNode
  /** The buttons, the one that goes on last. */
  buttons: ReactNode
  /** For a table inside it. */
  wide?: boolean
}

export function Dialog({ title, onClose, wide, ...rest }: DialogProps) {
  const id = useId()
  return (
    <MuiDialog
      open
      aria-labelledby={id}
      slotProps={{ paper: { className: classes(wide && css.wide) } }}
      onClose={(_event, reason) => reason === 'escapeKeyDown' && onClose?.()}
    >
      <Body id={id} title={title} {...rest} />
    </MuiDialog>
  )
}

/** A sheet above the page with a look of its own; Escape and a click beside it leave it. */
export function Overlay({
  label,
  className,
  onClose,
  children,
}: {
  label: string
  className?: string
  onClose: () => void
  children: ReactNode
}) {
  return (
    <MuiDialog open aria-label={label} onClose={onClose} slotProps={{ paper: { className } }}>
      {children}
    </MuiDialog>
  )
}

const focusable = 'input:not([type=hidden]), select, textarea, button, a[href]'

function Body({ id, title, onSubmit, children, buttons }: Omit<DialogProps, 'onClose' | 'wide'> & { id: string }) {
  const form = useRef<HTMLFormElement>(null)
  // What is first in it has the focus, where nothing in it has asked for it.
  useEffect(() => {
    const shown = form.current
    if (!shown?.contains(document.activeElement)) shown?.querySelector<HTMLElement>(focusable)?.focus()
  }, [])
  return (
    <form
      ref={form}
      className={css.form}
      onSubmit={(event: FormEvent<HTMLFormElement>) => {
        event.preventDefault()
        onSubmit(event.currentTarget)
      }}
    >
      <h2 id={id}>{title}</h2>
      {children}
      <footer>{buttons}</footer>
    </form>
  )
}

/** A button with a list of ways below it: arrows and letters choose, Escape leaves, the focus comes back. */
import Menu from '@mui/material/Menu'
import MuiMenuItem from '@mui/material/MenuItem'
import { createContext, type MouseEvent, type ReactNode, useContext, useState } from 'react'

type OpenerProps = {
  'aria-haspopup': 'menu'
  'aria-expanded': boolean
  onClick: (event: MouseEvent<HTMLElement>) => void
}

const Leaving = createContext(() => {})

/**
 * `button` draws the button with what makes it open the list; the children are MenuItems. `beside`: the list opens at the
 * right of its button instead of below.
 */
export function MenuButton({
  button,
  beside,
  children,
}: {
  button: (opener: OpenerProps) => ReactNode
  beside?: boolean
  children: ReactNode
}) {
  const [anchor, setAnchor] = useState<HTMLElement | null>(null)
  const close = () => setAnchor(null)
  return (
    <>
      {button({
        'aria-haspopup': 'menu',
        'aria-expanded': anchor !== null,
        onClick: (event) => setAnchor(event.currentTarget),
      })}
      <Leaving value={close}>
        <Menu
          open={anchor !== null}
          anchorEl={anchor}
          onClose={close}
          {...(beside && { anchorOrigin: { vertical: 'top', horizontal: 'right' } })}
        >
          {children}
        </Menu>
      </Leaving>
    </>
  )
}

/** A way. The list is gone when `onChoose` is called. */
export function MenuItem({
  onChoose,
  selected,
  checked,
  disabled,
  title,
  children,
  ...focusing
}: {
  onChoose: () => void
  selected?: boolean
  /** Of several ways of which one holds: whether this is it. */
  checked?: boolean
  disabled?: boolean
  title?: string
  children: ReactNode
}) {
  const leave = useContext(Leaving)
  return (
    <MuiMenuItem
      {...focusing}
      {...{ selected, disabled, title }}
      {...(checked !== undefined && { role: 'menuitemradio', 'aria-checked': checked })}
      onClick={() => {
        leave()
        onChoose()
      }}
    >
      {children}
    </MuiMenuItem>
  )
}

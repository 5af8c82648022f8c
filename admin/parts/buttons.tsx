/** What is pressed: buttons with words, with an icon alone, and such as read like a link. */
import MuiButton from '@mui/material/Button'
import MuiIconButton from '@mui/material/IconButton'
import MuiLink from '@mui/material/Link'
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { LinkBase } from 'react-admin'
import { Icon, type IconName } from './icons.tsx'

type ButtonLooks = {
  icon?: IconName
  /** primary: the one red button of a page. quiet: without a border. */
  kind?: 'primary' | 'quiet' | 'plain'
  /** 36 px high instead of 28. */
  large?: boolean
  /** 24 px high, inside a line of text. */
  small?: boolean
}
type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type' | 'color'>

const variants = { primary: 'contained', quiet: 'text', plain: 'outlined' } as const
const looksOf = ({ kind = 'plain', large, small }: ButtonLooks) => ({
  variant: variants[kind],
  size: large ? ('large' as const) : small ? ('small' as const) : ('medium' as const),
})

type ButtonProps = ButtonLooks & Native & { submit?: boolean; ref?: Ref<HTMLButtonElement> }

export function Button({ icon, kind, large, small, submit, className, children, ...rest }: ButtonProps) {
  return (
    <MuiButton type={submit ? 'submit' : 'button'} className={className} {...looksOf({ kind, large, small })} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </MuiButton>
  )
}

type LeadingProps = ButtonLooks & { className?: string; title?: string; children: ReactNode }

/** A button that only leads somewhere: to a page of ours. */
export function ButtonLink({
  to,
  icon,
  kind,
  large,
  small,
  className,
  children,
  ...rest
}: LeadingProps & { to: string }) {
  return (
    <MuiButton component={LinkBase} to={to} className={className} {...looksOf({ kind, large, small })} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </MuiButton>
  )
}

/** A button that leads to a file, or to another site. */
export function ButtonHref({
  icon,
  kind,
  large,
  small,
  children,
  ...rest
}: ButtonLooks & Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'color'> & { href: string }) {
  return (
    <MuiButton {...looksOf({ kind, large, small })} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </MuiButton>
  )
}

/** An icon alone; `label` is what it is called, for pointers and readers. */
export function IconButton({
  icon,
  label,
  children,
  ...rest
}: Native & { icon: IconName; label: string; ref?: Ref<HTMLButtonElement> }) {
  return (
    <MuiIconButton aria-label={label} title={label} {...rest}>
      <Icon name={icon} />
      {children}
    </MuiIconButton>
  )
}

/** An icon that only leads somewhere; `title` where the tooltip says less than the accessible name. */
export function IconLink({
  to,
  icon,
  label,
  title = label,
  children,
}: {
  to: string
  icon: IconName
  label: string
  title?: string
  children?: ReactNode
}) {
  return (
    <MuiIconButton component={LinkBase} to={to} aria-label={label} title={title}>
      <Icon name={icon} />
      {children}
    </MuiIconButton>
  )
}

/** A button that stands in a sentence and reads like a link. */
export function LinkButton(props: Native & { ref?: Ref<HTMLButtonElement> }) {
  return <MuiLink component="button" type="button" {...props} />
}

/** What every page is made of: its head, sections, a table, a strip of words over it, a notice in its place. */
import { type HTMLAttributes, type ReactNode, type TableHTMLAttributes, useEffect } from 'react'
import { classes } from './classes.ts'
import { Icon } from './icons.tsx'
import { PageHelp, usePageHelp } from './PageHelp.tsx'
import css from './page.module.css'

/** What fills the main place. `scrolls`: the page itself does, not a part of it; `prints`: on paper it is whole and alone. */
export function Page({
  scrolls,
  prints,
  className,
  ...rest
}: HTMLAttributes<HTMLDivElement> & { scrolls?: boolean; prints?: boolean }) {
  return (
    <div
      className={classes(css.page, scrolls && css.scrolls, className)}
      data-prints={prints ? '' : undefined}
      {...rest}
    />
  )
}

/** What stands below the head of a page that scrolls. */
export function Body({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={classes(css.body, className)}>{children}</div>
}

/** The head of a page with a title of its own making. */
export function PageTop({ className, children }: { className?: string; children: ReactNode }) {
  return <header className={classes(css.head, className)}>{children}</header>
}

/** Title, annex number or a remark (else what the page is for), the page's actions and its help (`help`: of a part with its own) at the right. The browser's tab is called the same. */
export function PageHead({
  title,
  note,
  help,
  className,
  children,
}: {
  title: ReactNode
  note?: ReactNode
  help?: string
  className?: string
  children?: ReactNode
}) {
  useEffect(() => {
    if (typeof title === 'string') document.title = `${title} · 好网民台账`
  }, [title])
  const line = usePageHelp(help)?.line
  const said = note ?? line
  return (
    <PageTop className={className}>
      <h1>{title}</h1>
      {said && <span className="muted cut">{said}</span>}
      <span className="fill" />
      {children}
      <PageHelp page={help} />
    </PageTop>
  )
}

/** A band over or below what it speaks of. `warn` and `bad` have their colours. */
export function Strip({
  tone,
  role,
  className,
  children,
}: {
  tone?: 'warn' | 'bad'
  role?: 'status' | 'alert'
  className?: string
  children: ReactNode
}) {
  return (
    <div className={classes(css.strip, tone && css[tone], className)} role={role}>
      {children}
    </div>
  )
}

/** A page's own list could not be read or changed: the sentence, where one looks and where it is read out. */
export function Fault({ children }: { children: ReactNode }) {
  return (
    <Strip tone="bad" role="alert">
      <Icon name="warning" small />
      {children}
    </Strip>
  )
}

/** What stands where nothing else can: a page without rows, without rights, that does not exist. */
export function Notice({ className, children }: { className?: string; children: ReactNode }) {
  return <div className={classes(css.notice, className)}>{children}</div>
}

/** A hairline, a heading, and what belongs to it. */
export function Section({
  id,
  title,
  note,
  aside,
  className,
  children,
}: {
  id?: string
  title: ReactNode
  note?: ReactNode
  aside?: ReactNode
  className?: string
  children: ReactNode
}) {
  return (
    <section id={id} className={classes(css.section, className)}>
      <header>
        <h2>{title}</h2>
        {note && <span className="muted">{note}</span>}
        <span className="fill" />
        {aside}
      </header>
      {children}
    </section>
  )
}

/** A table that is read: hairlines, no frame. `sticky` keeps its heads in sight. */
export function Lines({ sticky, className, ...rest }: TableHTMLAttributes<HTMLTableElement> & { sticky?: boolean }) {
  return <table className={classes(css.lines, sticky && css.sticky, className)} {...rest} />
}

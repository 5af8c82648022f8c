/** Small parts that every page is made of: buttons, page head, sections, tabs, search field. */
import {
  type ButtonHTMLAttributes,
  type InputHTMLAttributes,
  type ReactNode,
  type Ref,
  useEffect,
  useState,
} from 'react'
import { LinkBase as Link } from 'react-admin'
import { useTyped } from '../grid/view/useTyped.ts'
import { Icon, type IconName } from './icons.tsx'

type ButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type'> & {
  icon?: IconName
  /** primary: the one red button of a page. quiet: without a border. */
  kind?: 'primary' | 'quiet' | 'plain'
  large?: boolean
  submit?: boolean
  ref?: Ref<HTMLButtonElement>
}

export function Button({ icon, kind = 'plain', large, submit, children, className = '', ...rest }: ButtonProps) {
  return (
    <button
      type={submit ? 'submit' : 'button'}
      className={`button ${kind}${large ? ' large' : ''} ${className}`.trim()}
      {...rest}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

/** A button that only leads somewhere. */
export function ButtonLink({
  to,
  icon,
  kind = 'plain',
  children,
}: {
  to: string
  icon?: IconName
  kind?: string
  children: ReactNode
}) {
  return (
    <Link to={to} className={`button ${kind}`}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  )
}

/** Title, annex number or a remark, and the page's actions at the right. The browser's tab is called the same. */
export function PageHead({ title, note, children }: { title: ReactNode; note?: ReactNode; children?: ReactNode }) {
  useEffect(() => {
    if (typeof title === 'string') document.title = `${title} · 好网民台账`
  }, [title])
  return (
    <header className="page-head">
      <h1>{title}</h1>
      {note && <span className="muted cut">{note}</span>}
      <span className="fill" />
      {children}
    </header>
  )
}

/** A page's own list could not be read or changed: the sentence, where one looks and where it is read out. */
export function Fault({ children }: { children: ReactNode }) {
  return (
    <p className="strip bad" role="alert">
      <Icon name="warning" small />
      {children}
    </p>
  )
}

/** A hairline, a heading, and what belongs to it. */
export function Section({
  title,
  note,
  aside,
  className = '',
  children,
}: {
  title: ReactNode
  note?: ReactNode
  aside?: ReactNode
  className?: string
  children: ReactNode
}) {
  return (
    <section className={`section ${className}`.trim()}>
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

/** Nobody types for so long who has not finished. */
const RESTED = 250

type KeptProps = Omit<InputHTMLAttributes<HTMLInputElement>, 'value' | 'onChange'> & {
  kept: string
  tell: (text: string) => void
  ref?: Ref<HTMLInputElement>
}

/** A field whose text is kept in the address: told once the fingers rest, and never overwritten by its own echo. */
export function KeptInput({ kept, tell, ...rest }: KeptProps) {
  const [composing, setComposing] = useState(false)
  // Letters an input method is still making words of are not looked for.
  const [text, setText, now] = useTyped(kept, tell, composing ? null : RESTED)
  return (
    <input
      {...rest}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onCompositionStart={() => setComposing(true)}
      onCompositionEnd={() => setComposing(false)}
      onBlur={() => now(text)}
    />
  )
}

type Tab = { key: string; label: string; count?: number | null }

/** Views of one thing: the chosen one has a red line below. */
export function Tabs({
  tabs,
  chosen,
  onChoose,
  label,
}: {
  tabs: readonly Tab[]
  chosen: string | null
  onChoose: (key: string) => void
  label: string
}) {
  return (
    <nav className="tabs" aria-label={label}>
      {tabs.map((tab) => (
        <button key={tab.key} type="button" aria-pressed={tab.key === chosen} onClick={() => onChoose(tab.key)}>
          {tab.label}
          {tab.count !== undefined && <span>{tab.count === null ? '—' : tab.count.toLocaleString('zh-CN')}</span>}
        </button>
      ))}
    </nav>
  )
}

/** Two to five choices side by side. */
export function Segments<T extends string>({
  choices,
  chosen,
  onChoose,
  label,
}: {
  choices: readonly (readonly [T, string])[]
  chosen: T
  onChoose: (key: T) => void
  label: string
}) {
  return (
    <fieldset className="segments">
      <legend className="unseen">{label}</legend>
      {choices.map(([key, word]) => (
        <button key={key} type="button" aria-pressed={key === chosen} onClick={() => onChoose(key)}>
          {word}
        </button>
      ))}
    </fieldset>
  )
}

/** A field with its label above and its fault below. */
export function Field({
  label,
  fault,
  hint,
  children,
}: {
  label: string
  fault?: string
  hint?: string
  children: ReactNode
}) {
  return (
    // biome-ignore lint/a11y/noLabelWithoutControl: the control is the child
    <label className={fault ? 'field faulty' : 'field'}>
      <span>{label}</span>
      {children}
      {fault ? (
        <em role="alert">
          <Icon name="warning" small />
          {fault}
        </em>
      ) : (
        hint && <small>{hint}</small>
      )}
    </label>
  )
}

/** The states of a row: colour, shape and word, always all three. */
import type { ReactNode } from 'react'
import { stateWords } from '../../server/forms/index.ts'
import { classes } from './classes.ts'
import { Outline } from './icons.tsx'
import css from './states.module.css'

/** What colour and shape say: of a state, of an answer, of a fault. */
export type Tone = 'draft' | 'sent' | 'ok' | 'back' | 'bad' | 'clash' | 'void' | 'locked'

const tones: Record<string, Tone> = {
  draft: 'draft',
  submitted: 'sent',
  approved: 'ok',
  returned: 'back',
  archived: 'locked',
  void: 'void',
  accepted: 'sent',
  refused: 'void',
  shortlisted: 'ok',
  under_review: 'sent',
  proposed: 'ok',
  publicised: 'ok',
  awarded: 'ok',
  not_awarded: 'locked',
  nominated: 'ok',
}

export const wordOf = (status: unknown): string => stateWords[String(status)] ?? String(status ?? '')
export const toneOf = (status: unknown): Tone => tones[String(status)] ?? 'draft'

/** States a row of an ordinary register passes through, and those of a work, in order. */
export const registerStates = ['draft', 'submitted', 'returned', 'approved', 'archived', 'void']
export const workStates = [
  'draft',
  'submitted',
  'returned',
  'accepted',
  'refused',
  'shortlisted',
  'under_review',
  'proposed',
  'publicised',
  'awarded',
  'nominated',
  'not_awarded',
  'void',
]

const shapes: Record<Tone, ReactNode> = {
  draft: <circle cx="8" cy="8" r="5.3" strokeDasharray="2.6 2.2" />,
  sent: (
    <>
      <circle cx="8" cy="8" r="5.3" />
      <path d="M8 2.7a5.3 5.3 0 0 1 0 10.6z" fill="currentColor" />
    </>
  ),
  ok: (
    <>
      <circle cx="8" cy="8" r="5.7" fill="currentColor" />
      <path d="m5.4 8.2 1.9 1.9 3.4-3.7" className={css.onFill} />
    </>
  ),
  back: <path d="M5.5 3 2.5 6l3 3M2.5 6h7a4 4 0 0 1 0 8H6" />,
  bad: <path d="M8 2.3 14.3 13.3H1.7zM8 6.5v3.2M8 11.5v.01" />,
  clash: <path d="M8 13.5V9L3.5 4.5M8 9l4.5-4.5M3 7.5V4h3.5M13 7.5V4H9.5" />,
  void: (
    <>
      <circle cx="8" cy="8" r="5.3" />
      <path d="M4.3 11.7 11.7 4.3" />
    </>
  ),
  locked: <path d="M3.5 7h9v6.5h-9zM5.3 7V5a2.7 2.7 0 0 1 5.4 0v2" />,
}

/** Words in a tone, with an icon of their own. `tag` puts them on their tint. */
export function Toned({
  tone,
  tag = false,
  title,
  className,
  children,
}: {
  /** plain: that of the words around it. */
  tone: Tone | 'plain'
  tag?: boolean
  title?: string
  className?: string | undefined
  children: ReactNode
}) {
  return (
    <span className={classes(css.state, tone !== 'plain' && css[tone], tag && css.tag, className)} title={title}>
      {children}
    </span>
  )
}

/** A mark of a tone with any words: 待审 14, 3 处待修正. */
export function Mark({
  children,
  ...rest
}: {
  tone: Tone
  children: ReactNode
  tag?: boolean
  className?: string | undefined
}) {
  return (
    <Toned {...rest}>
      <Outline small>{shapes[rest.tone]}</Outline>
      {children}
    </Toned>
  )
}

/** The state of a row. */
export function State({ status, ...rest }: { status: unknown; tag?: boolean; className?: string | undefined }) {
  return (
    <Mark tone={toneOf(status)} {...rest}>
      {wordOf(status)}
    </Mark>
  )
}

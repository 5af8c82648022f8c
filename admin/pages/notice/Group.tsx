/** One thing to confirm with one press: a list of what was found, each mended or dropped beside where it comes from. */
import type { ReactNode } from 'react'
import type { FactSource } from '../../../server/proposals/notice/document.ts'
import { Button, Input, LinkButton } from '../../parts/controls.tsx'
import css from './FromNotice.module.css'

export type ShownFact = { id: string; label: string; words: string; source: FactSource }

type GroupProps = {
  title: string
  facts: readonly ShownFact[]
  isConfirmed: boolean
  onConfirm: () => void
  onShow: (source: FactSource) => void
  onDrop?: (id: string) => void
  onMend?: (id: string, label: string) => void
  children?: ReactNode
}

export function Group({ title, facts, isConfirmed, onConfirm, onShow, onDrop, onMend, children }: GroupProps) {
  return (
    <section className={css.group} aria-label={title}>
      <h2>
        {title}
        <span className="fill" />
        <Button small kind={isConfirmed ? undefined : 'primary'} aria-pressed={isConfirmed} onClick={onConfirm}>
          {isConfirmed ? '已确认' : '确认'}
        </Button>
      </h2>
      {children}
      <ul>
        {facts.map(({ id, label, words, source }) => (
          <li key={id}>
            {onMend ? (
              <Input
                small
                className={css.label}
                aria-label={`改：${label}`}
                value={label}
                onChange={({ target }) => onMend(id, target.value)}
              />
            ) : (
              <b>{label}</b>
            )}
            <span className={`${css.words} soft`}>{words}</span>
            <LinkButton aria-label={`看原文：${label}`} onClick={() => onShow(source)}>
              原文
            </LinkButton>
            {onDrop && (
              <LinkButton aria-label={`去掉：${label}`} onClick={() => onDrop(id)}>
                去掉
              </LinkButton>
            )}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** The score of one juror for one work: a mark for each item of the collection, the weighted total as one types, an opinion if one likes. */
import { useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import { markFault, type ScoringItem } from '../../../server/forms/index.ts'
import type { Score } from '../../../server/works/routes.ts'
import { put } from '../../http.ts'
import { useMe } from '../../me.ts'
import { classes } from '../../parts/classes.ts'
import { Button, Field, Input, TextArea } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import css from './ScoreForm.module.css'
import { draftOf, marksOf, type ScoreDraft, totalOf } from './scoring.ts'
import works from './works.module.css'

const MAX_COMMENT_CHARS = 500

type FormProps = {
  id: number
  name: string
  items: readonly ScoringItem[]
  /** Puts the focus into the first item: whoever has just scored goes on typing. */
  focused: boolean
  score: Score | undefined
  draft: ScoreDraft
  onDraft: (draft: ScoreDraft) => void
  onSaved: (score: Score) => void
  /** The work is no longer under review, or no longer this juror's. */
  onGone: () => void
}

export function ScoreForm({ id, name, items, focused, score, draft, onDraft, onSaved, onGone }: FormProps) {
  const notify = useNotify()
  const [faults, setFaults] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const isLooking = Boolean(useMe()?.impersonation)
  const before = draftOf(score)
  const same =
    score !== undefined &&
    before.opinion === draft.opinion &&
    items.every((item) => before.marks[item.name] === draft.marks[item.name])

  async function save() {
    const marks = marksOf(items, draft)
    const wrong = items.filter((item) => marks[item.name] === undefined)
    setFaults(Object.fromEntries(wrong.map((item) => [item.name, markFault(item)])))
    if (wrong.length > 0) return
    setBusy(true)
    try {
      const told = (await put(`/submissions/${id}/scores`, {
        items: marks,
        opinion: draft.opinion.trim() || null,
      })) as Score[]
      const mine = told.find((each) => each.mine)
      if (mine) onSaved(mine)
    } catch (error) {
      const refusal = error as HttpError
      setFaults((refusal.body as { errors?: Record<string, string> } | null)?.errors ?? {})
      if (refusal.status === 404) {
        notify(`${name} 不在评审中了，没有保存。`, { type: 'warning' })
        onGone()
      } else if (refusal.status !== 422) notify(refusal.message, { type: 'error' })
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      className={css.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <div>
        <Marks items={items} draft={draft} faults={faults} focused={focused} onDraft={onDraft} />
        <p className={classes('muted', works.smallPrint)}>
          <Icon name="blind" small />{' '}
          您看不到作者、单位和别的评委的分数；承办单位等评委都打完分才看到各项分数，看不出是谁打的。
        </p>
      </div>
      <footer className={works.foot}>
        <div>
          <Button kind="primary" submit disabled={busy || same || isLooking}>
            {score ? '改分' : '打分，看下一件'}
          </Button>
          {isLooking && <span className="muted">以评委的身份查看，只读</span>}
          {same && <span className="muted">已打分，可以改</span>}
        </div>
      </footer>
    </form>
  )
}

type MarksProps = Pick<FormProps, 'items' | 'draft' | 'focused' | 'onDraft'> & {
  faults: Readonly<Record<string, string>>
}

function Marks({ items, draft, faults, focused, onDraft }: MarksProps) {
  const [first] = items
  const isAlike = items.every(({ max }) => max === first?.max)
  return (
    <>
      {items.map(({ name, label, weight, max }, at) => (
        <Field
          key={name}
          className={css.field}
          label={`${label}　占 ${weight}%`}
          fault={faults[name]}
          hint={isAlike ? (at === 0 ? `每项 0 到 ${max} 分` : undefined) : `0 到 ${max} 分`}
        >
          <Input
            autoFocus={focused && at === 0}
            inputMode="numeric"
            autoComplete="off"
            value={draft.marks[name] ?? ''}
            onChange={(event) => onDraft({ ...draft, marks: { ...draft.marks, [name]: event.target.value } })}
          />
        </Field>
      ))}
      {faults.items && <p role="alert">{faults.items}</p>}
      <p className={css.total}>
        <span>得分</span>
        <b className={works.meanLarge} aria-live="polite">
          {totalOf(items, draft) ?? '—'}
        </b>
      </p>
      <Field className={css.field} label="评语（可以不写）">
        <TextArea
          rows={4}
          maxLength={MAX_COMMENT_CHARS}
          value={draft.opinion}
          onChange={(event) => onDraft({ ...draft, opinion: event.target.value })}
        />
      </Field>
    </>
  )
}

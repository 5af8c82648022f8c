/** The score of one juror for one work: three parts, the weighted total as one types, an opinion if one likes. */
import { useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import type { Score } from '../../../server/works/routes.ts'
import { put } from '../../http.ts'
import { classes } from '../../parts/classes.ts'
import { Button, Field, Input, TextArea } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import css from './ScoreForm.module.css'
import { criteria, draftOf, partOf, type ScoreDraft, totalOf } from './scoring.ts'
import works from './works.module.css'

const MAX_COMMENT_CHARS = 500

type FormProps = {
  id: number
  name: string
  /** Puts the focus into the first part: whoever has just scored goes on typing. */
  focused: boolean
  score: Score | undefined
  draft: ScoreDraft
  onDraft: (draft: ScoreDraft) => void
  onSaved: (score: Score) => void
  /** The work is no longer under review, or no longer this juror's. */
  onGone: () => void
}

export function ScoreForm({ id, name, focused, score, draft, onDraft, onSaved, onGone }: FormProps) {
  const notify = useNotify()
  const [faults, setFaults] = useState<Record<string, string>>({})
  const [busy, setBusy] = useState(false)
  const before = draftOf(score)
  const same =
    score !== undefined && (Object.keys(before) as (keyof ScoreDraft)[]).every((key) => before[key] === draft[key])

  async function save() {
    const parts = Object.fromEntries(criteria.map(({ name: part }) => [part, partOf(draft[part])]))
    const wrong = criteria.filter(({ name: part }) => parts[part] === undefined)
    setFaults(Object.fromEntries(wrong.map(({ name: part, label }) => [part, `${label}打 0 到 100 的整数。`])))
    if (wrong.length > 0) return
    setBusy(true)
    try {
      const told = (await put(`/submissions/${id}/scores`, {
        ...parts,
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
        <Parts draft={draft} faults={faults} focused={focused} onDraft={onDraft} />
        <p className={classes('muted', works.smallPrint)}>
          <Icon name="blind" small />{' '}
          您看不到作者、单位和别的评委的分数；承办单位等评委都打完分才看到各项分数，看不出是谁打的。
        </p>
      </div>
      <footer className={works.foot}>
        <div>
          <Button kind="primary" submit disabled={busy || same}>
            {score ? '改分' : '打分，看下一件'}
          </Button>
          {same && <span className="muted">已打分，可以改</span>}
        </div>
      </footer>
    </form>
  )
}

type PartsProps = Pick<FormProps, 'draft' | 'focused' | 'onDraft'> & { faults: Readonly<Record<string, string>> }

function Parts({ draft, faults, focused, onDraft }: PartsProps) {
  return (
    <>
      {criteria.map(({ name: part, label, weight }, at) => (
        <Field
          key={part}
          className={css.field}
          label={`${label}　占 ${weight}%`}
          fault={faults[part]}
          hint={at === 0 ? '每项 0 到 100 分' : undefined}
        >
          <Input
            autoFocus={focused && at === 0}
            inputMode="numeric"
            autoComplete="off"
            value={draft[part]}
            onChange={(event) => onDraft({ ...draft, [part]: event.target.value })}
          />
        </Field>
      ))}
      <p className={css.total}>
        <span>得分</span>
        <b className={works.meanLarge} aria-live="polite">
          {totalOf(draft) ?? '—'}
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

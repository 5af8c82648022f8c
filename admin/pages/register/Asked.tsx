/** What a step asks before it is taken: a reason, or one more yes where it is grave. */

import { useState } from 'react'
import { useStore } from 'react-admin'
import type { Form } from '../../../server/forms/index.ts'
import { useWords, type Words } from '../../identity.ts'
import type { Rights } from '../../me.ts'
import { Ask } from '../../parts/Ask.tsx'
import { Button, Checkbox, Chip, TextArea } from '../../parts/controls.tsx'
import { count } from '../../parts/words.ts'
import css from './Asked.module.css'
import { countOf, type Offer } from './acting.ts'

/** Seen by the public, or the end of a row's way. */
const graveIn = ({ units_called }: Pick<Words, 'units_called'>): Readonly<Record<string, string>> => ({
  archival: '归档以后不再退回。',
  publicity: `公示后作者和${units_called}都会知道。`,
  award: `获奖会写进作品的结果，${units_called}都看得到。`,
  nomination: '推荐后报全国。',
  elimination: '未获奖的作品不再评。',
})
const grave = Object.keys(graveIn({ units_called: '' }))

/** Whether a step is asked about before it is taken. */
export const mustAsk = ({ needs_reason, action }: Offer): boolean => needs_reason || grave.includes(action)

type AskedProps = {
  form: Form
  rights: Rights
  offer: Offer
  /** The row's name, where it is one. */
  name: string
  onGo: (why: { reason?: string; fields?: string[] }) => void
  onClose: () => void
}

export function Asked({ form, rights, offer, name, onGo, onClose }: AskedProps) {
  const words = useWords()
  if (!offer.needs_reason)
    return (
      <Ask
        title={`${offer.label}${name ? `：${name}` : ` ${count(countOf(offer.which))} 行`}？`}
        verb={offer.label}
        onGo={() => onGo({})}
        onClose={onClose}
      >
        <p className="soft">{graveIn(words)[offer.action]}还没有人接着处理以前，您可以撤销。</p>
      </Ask>
    )
  return (
    <Reason
      form={form.name}
      fields={form.fields.filter((field) => !field.derived && !rights.fields_hidden.includes(field.name))}
      offer={offer}
      name={name}
      onClose={onClose}
      onGo={(reason, fields) => onGo({ reason, fields })}
    />
  )
}

const REMEMBERED_REASONS = 6
const firstReasons = (unit: string) => ['名称与附件3不一致', '请补充职务', '请附截图', `与其他${unit}重复`]

/** Why rows go back, in words the other side reads as they are, and which fields are at fault. */
function Reason({
  form,
  fields,
  offer,
  name,
  onGo,
  onClose,
}: {
  form: string
  fields: readonly { name: string; label: string }[]
  offer: Offer
  name: string
  onGo: (reason: string, fields: string[]) => void
  onClose: () => void
}) {
  const words = useWords()
  const [common, setCommon] = useStore<string[]>(
    `reasons.${form}.${offer.action}`,
    offer.action === 'return' ? firstReasons(words.unit_called) : [],
  )
  const [reason, setReason] = useState('')
  const [marked, setMarked] = useState<string[]>([])
  return (
    <form
      className={css.reason}
      aria-label={`${offer.label} ${countOf(offer.which)} 行`}
      onSubmit={(event) => {
        event.preventDefault()
        const said = reason.trim()
        if (!said) return
        setCommon([said, ...common.filter((each) => each !== said)].slice(0, REMEMBERED_REASONS))
        onGo(said, marked)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <h3>
        {offer.label} {count(countOf(offer.which))} 行{name && `：${name}`}
      </h3>
      <p className="muted">理由会原样显示给对方</p>
      <div className={css.reasonCommon}>
        {common.map((each) => (
          <Chip key={each} off={reason !== each} title={each} onClick={() => setReason(each)}>
            {each.length > 16 ? `${each.slice(0, 15)}…` : each}
          </Chip>
        ))}
      </div>
      <TextArea
        className={css.text}
        autoFocus
        required
        maxLength={500}
        value={reason}
        aria-label="理由"
        placeholder="写清楚哪里要改、改成什么样"
        onChange={(event) => setReason(event.target.value)}
      />
      {offer.action === 'return' && (
        <fieldset>
          <legend>要改的栏目</legend>
          {fields.map((field) => (
            <Checkbox
              key={field.name}
              className={css.marked}
              checked={marked.includes(field.name)}
              onChange={(event) =>
                setMarked(event.target.checked ? [...marked, field.name] : marked.filter((each) => each !== field.name))
              }
            >
              <span className="cut">{field.label}</span>
            </Checkbox>
          ))}
        </fieldset>
      )}
      <footer>
        <span className="muted fill">用过的理由会记住</span>
        <Button onClick={onClose}>取消</Button>
        <Button kind="primary" submit disabled={!reason.trim()}>
          {offer.label}
          {countOf(offer.which) > 1 && ` ${count(countOf(offer.which))} 行`}
        </Button>
      </footer>
    </form>
  )
}

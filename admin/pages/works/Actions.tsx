/** What may be done with the work now. What a step lacks stands beside its button; reasons are asked for in a panel. */
import { useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import { forms } from '../../../server/forms/index.ts'
import { post } from '../../http.ts'
import { type Me, rightsOf } from '../../me.ts'
import { Ask } from '../../parts/Ask.tsx'
import { Button } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { useRecount } from '../../parts/queries.ts'
import { type Offer, offersFor } from '../register/acting.ts'
import { Reason } from '../register/Bulk.tsx'
import { isForward, type Known, lackOf } from './stages.ts'

/** Steps of the unit with its own work: taken in the register, not where works are judged. */
const unitSteps = new Set(['submission', 'withdrawal'])
/** Seen by the public or the end of a work: asked once more. */
const weighty: Record<string, string> = {
  publicity: '公示后作者和各市都会知道。',
  award: '获奖之后不能改回公示。',
  nomination: '推荐后报全国，不能收回。',
  elimination: '之后不能再评，也不能改回。',
}

type Why = { reason?: string; fields?: string[] }

export function Actions({ me, known, onMoved }: { me: Me; known: Known; onMoved: () => void }) {
  const { work } = known
  const notify = useNotify()
  const recount = useRecount()
  const [asking, setAsking] = useState<Offer | null>(null)
  const [busy, setBusy] = useState(false)
  const rights = rightsOf(me, 'submissions')
  const offers = offersFor(me, rights.actions, [work]).filter((offer) => !unitSteps.has(offer.action))
  const forward = offers.find((offer) => isForward(offer.action))
  const lack = forward && lackOf(forward.action, known)

  async function go({ action, label }: Offer, why: Why = {}) {
    setAsking(null)
    setBusy(true)
    try {
      await post(`/submissions/${work.id}/${action}`, { version: work.version, ...why })
      recount()
      notify(`已${label}：${work.title}`, { type: 'info' })
    } catch (error) {
      notify((error as HttpError).message, { type: 'error' })
    } finally {
      setBusy(false)
      onMoved()
    }
  }
  const start = (offer: Offer) => (offer.needs_reason || weighty[offer.action] ? setAsking(offer) : void go(offer))
  return (
    <footer className="work-foot">
      {lack && (
        <p className={lack.waits ? 'lack' : 'lack state back'} id="work-lack">
          <Icon name={lack.waits ? 'clock' : 'warning'} small /> {lack.sentence}
        </p>
      )}
      {offers.length === 0 && (
        <p className="muted">{work.status === 'proposed' ? '等省总公示。' : '这个作品现在没有要做的。'}</p>
      )}
      <div>
        {forward && (
          <Button
            kind="primary"
            disabled={busy || lack?.waits}
            aria-describedby={lack ? 'work-lack' : undefined}
            onClick={() => start(forward)}
          >
            {forward.label}
          </Button>
        )}
        {offers
          .filter((offer) => offer !== forward)
          .map((offer) => (
            <Button key={offer.action} disabled={busy} onClick={() => start(offer)}>
              {offer.label}
            </Button>
          ))}
      </div>
      {asking && (
        <Asked
          me={me}
          offer={asking}
          title={work.title}
          onGo={(why) => void go(asking, why)}
          onClose={() => setAsking(null)}
        />
      )}
    </footer>
  )
}

type AskedProps = { me: Me; offer: Offer; title: string; onGo: (why?: Why) => void; onClose: () => void }

/** The panel for a reason, or the question before a weighty step. */
function Asked({ me, offer, title, onGo, onClose }: AskedProps) {
  const hidden = rightsOf(me, 'submissions').fields_hidden
  if (!offer.needs_reason)
    return (
      <Ask title={`${offer.label}：${title}？`} verb={offer.label} onGo={() => onGo()} onClose={onClose}>
        <p className="soft">{weighty[offer.action]}</p>
      </Ask>
    )
  return (
    <Reason
      form="submissions"
      fields={forms.submissions?.fields.filter((field) => !field.derived && !hidden.includes(field.name)) ?? []}
      offer={offer}
      name={title}
      onClose={onClose}
      onGo={(reason, fields) => onGo({ reason, fields })}
    />
  )
}

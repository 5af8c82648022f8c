/** What may be done with the work now. What a step lacks stands beside its button; what it asks for is asked for in a panel; and the last step can be taken back. */

import { useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import { dataProvider } from '../../dataProvider.ts'
import { useForms } from '../../forms.ts'
import type { Whole } from '../../grid/index.ts'
import { useWords } from '../../identity.ts'
import { type Me, rightsOf } from '../../me.ts'
import { Button } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { useRecount } from '../../parts/queries.ts'
import { hush, Said } from '../../parts/Said.tsx'
import { Toned } from '../../parts/states.tsx'
import { TakeBack, useLastMove } from '../../parts/TakeBack.tsx'
import { Asked, mustAsk } from '../register/Asked.tsx'
import { type Offer, offersFor } from '../register/acting.ts'
import { isForward, lackOf, type StageFacts } from './stages.ts'
import css from './works.module.css'

/** Steps of the unit with its own work: taken in the register, not where works are judged. */
const unitSteps = new Set(['submission', 'withdrawal'])
type WorkReason = { reason?: string; fields?: string[] }

export function Actions({ me, known, onMoved }: { me: Me; known: StageFacts; onMoved: () => void }) {
  const words = useWords()
  const { work } = known
  const { submissions } = useForms()
  const notify = useNotify()
  const recount = useRecount()
  const [asking, setAsking] = useState<Offer | null>(null)
  const [busy, setBusy] = useState(false)
  const rights = rightsOf(me, 'submissions')
  const offers = offersFor(me, rights.actions, [work]).filter((offer) => !unitSteps.has(offer.action))
  const forward = offers.find((offer) => isForward(offer.action))
  const last = useLastMove('submissions', work)
  const lack = forward && lackOf(forward.action, known)

  const say = (message: string, type: 'info' | 'error') => notify(message, { type })
  async function go({ action, label }: Offer, why: WorkReason = {}) {
    setAsking(null)
    setBusy(true)
    try {
      const body = { kind: 'move', action, filter: { id: [work.id] }, ...why } as const
      const whole = await dataProvider.operate('submissions', body)
      const { changed, words } = await whole.finished
      if (changed === 0) return say(words, 'error')
      hush()
      notify(<Said text={`已${label}：${work.title}`} undo={() => void back(whole)} />, { type: 'info' })
    } catch (error) {
      say((error as HttpError).message, 'error')
    } finally {
      setBusy(false)
      recount()
      onMoved()
    }
  }
  async function back(whole: Whole) {
    try {
      const { changed, words } = await (await whole.undo()).finished
      say(words, changed > 0 ? 'info' : 'error')
    } catch (error) {
      say((error as HttpError).message, 'error')
    } finally {
      recount()
      onMoved()
    }
  }
  const start = (offer: Offer) => (mustAsk(offer) ? setAsking(offer) : void go(offer))
  return (
    <footer className={css.foot}>
      {lack && (
        <p className={css.lack} id="work-lack">
          {lack.waits ? (
            <>
              <Icon name="clock" small /> {lack.sentence}
            </>
          ) : (
            <Toned tone="back">
              <Icon name="warning" small /> {lack.sentence}
            </Toned>
          )}
        </p>
      )}
      {offers.length === 0 && (
        <p className="muted">
          {work.status === 'proposed' ? `等${words.lead_short}公示。` : '这个作品现在没有要做的。'}
        </p>
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
        {last && <TakeBack form="submissions" row={work} last={last} onUndone={onMoved} />}
      </div>
      {asking && submissions && (
        <Asked
          form={submissions}
          rights={rights}
          offer={asking}
          name={work.title}
          onGo={(why) => void go(asking, why)}
          onClose={() => setAsking(null)}
        />
      )}
    </footer>
  )
}

/** The life of a campaign, for the province: opening it, archiving it, opening it again; and what is announced of it to everybody. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type HttpError, LinkBase as Link, useNotify } from 'react-admin'
import type { Gap } from '../../server/campaigns/readiness.ts'
import { get, post } from '../http.ts'
import { type Action, type Me, rightsOf, useCampaign, useRenewMe } from '../me.ts'
import { Ask } from './Ask.tsx'
import { Button, Fault, Strip } from './controls.tsx'

type CampaignHead = { id: number; year: number; state: string }
const consequences: Record<string, string> = {
  opening: '开启后，参加单位都看得见、可以填报；大家打开系统先看到这个年度。',
  archival: '归档后，所有人都只能查看，不能再填报、审核、上传和报送。以后可以重新开启。',
  reopening: '重新开启后，参加单位又可以填报，截止日和锁定照旧。',
}

/** The steps that this person may take with a campaign as it is now. */
export const stepsOf = (me: Me, { state }: Pick<CampaignHead, 'state'>): Action[] =>
  rightsOf(me, 'campaigns').actions.filter(({ from }) => from.includes(state))

/** `start` asks first; the dialog is to be shown by whoever calls. */
export function useCampaignStep(): { start: (campaign: CampaignHead, step: Action) => void; dialog: ReactNode } {
  const [asking, setAsking] = useState<{ campaign: CampaignHead; step: Action } | null>(null)
  const [fault, setFault] = useState<string>()
  const renew = useRenewMe()
  const client = useQueryClient()
  const notify = useNotify()
  const close = () => {
    setAsking(null)
    setFault(undefined)
  }
  async function go({ campaign, step }: { campaign: CampaignHead; step: Action }) {
    try {
      await post(`/campaigns/${campaign.id}/${step.action}`, {})
      renew()
      void client.invalidateQueries({ queryKey: ['reports'] })
      notify(`${campaign.year} 年度已${step.label}。`, { type: 'info' })
      close()
    } catch (error) {
      setFault((error as HttpError).message)
    }
  }
  const dialog = asking && (
    <Ask
      title={`${asking.step.label} ${asking.campaign.year} 年度？`}
      verb={asking.step.label}
      onGo={() => void go(asking)}
      onClose={close}
    >
      <p className="soft">{consequences[asking.step.action]}</p>
      {asking.step.action === 'opening' && <Gaps id={asking.campaign.id} onLeave={close} />}
      {fault && <Fault>{fault}</Fault>}
    </Ask>
  )
  return { start: (campaign, step) => setAsking({ campaign, step }), dialog }
}

/** What is missing before it is opened: told, with the page where it is put right. */
function Gaps({ id, onLeave }: { id: number; onLeave: () => void }) {
  const { data: gaps } = useQuery({
    queryKey: ['readiness', id],
    queryFn: () => get(`/campaigns/${id}/readiness`) as Promise<Gap[]>,
  })
  if (!gaps?.length) return null
  return (
    <>
      <p>还缺这些，开启以后也能补：</p>
      <ul>
        {gaps.map(({ id: gap, says, names, page }) => (
          <li key={gap}>
            <Link to={`/${page}`} onClick={onLeave}>
              {says}
            </Link>
            {names.length > 0 && <span className="soft">：{listed(names)}</span>}
          </li>
        ))}
      </ul>
    </>
  )
}

const SHOWN_NAMES = 8
const listed = (names: readonly string[]) =>
  `${names.slice(0, SHOWN_NAMES).join('、')}${names.length > SHOWN_NAMES ? '……' : ''}`

/** Over every page of a campaign that does not simply run. */
export function CampaignStrip({ me, onImpersonate }: { me: Me; onImpersonate: () => void }) {
  const campaign = useCampaign()
  const { start, dialog } = useCampaignStep()
  if (!campaign || campaign.state === 'running') return null
  const words =
    campaign.state === 'archived' ? '已归档，只能查看。' : `正在筹备，只有${campaign.words.lead_short}看得见。`
  return (
    <Strip>
      <span role="status">
        {campaign.year} 年度{words}
      </span>
      {me.role === 'province' && campaign.state === 'preparing' && (
        <Button onClick={onImpersonate}>以他人身份查看…</Button>
      )}
      {stepsOf(me, campaign).map((step) => (
        <Button key={step.action} onClick={() => start(campaign, step)}>
          {step.label}
        </Button>
      ))}
      {dialog}
    </Strip>
  )
}

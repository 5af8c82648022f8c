/** 以他人身份查看: whom the province looks as, chosen in a dialog; and the frame that says so until it is left. */
import { useState } from 'react'
import { useStore } from 'react-admin'
import type { StoredRow } from '../dataProvider.ts'
import { fetchJson, post } from '../http.ts'
import { useWords } from '../identity.ts'
import { type Me, placeOf, useCampaign } from '../me.ts'
import { Button, Fault, Field, Segments, Select, Strip } from '../parts/controls.tsx'
import { Dialog } from '../parts/Dialog.tsx'
import { useAll, useUnits } from '../parts/queries.ts'
import css from './Impersonation.module.css'

type LookedAs = 'clerk' | 'host' | 'juror' | 'cac'

/** The pages begin anew: nothing that was read as one person is shown to another. */
const beginAnew = () => window.location.assign('/')

/** Over every page of who looks as somebody else, and a frame around all of them. */
export function ImpersonationStrip({ me }: { me: Me }) {
  const words = useWords()
  const campaign = me.campaigns.find(({ id }) => id === me.impersonation?.campaign_id)
  if (!me.impersonation) return null
  const called = `${placeOf(me, words)}${me.role === 'clerk' && me.hosted.length > 0 ? '（承办单位）' : ''}`
  async function leave() {
    await fetchJson('/api/impersonation', { method: 'DELETE' })
    beginAnew()
  }
  return (
    <>
      <div className={css.frame} aria-hidden />
      <Strip className={css.strip}>
        <span role="status">
          正在以<b>{called}</b>的身份查看{campaign ? ` ${campaign.year} 年度` : ''}，只读。
        </span>
        <Button onClick={() => void leave()}>退出</Button>
      </Strip>
    </>
  )
}

/** Whom one may look as in the role: units, or collections, of which each has a host and jurors. */
function useOffered(role: LookedAs): { collections: boolean; offered: { id: number; name: string }[] } {
  const campaign = useCampaign()
  const { data: units } = useUnits()
  const { data: collections } = useAll('collections', 'code', { campaign_id: campaign?.id }, campaign !== undefined)
  const nameOf = ({ code, title, host_unit_id_label: host }: StoredRow) =>
    role === 'host' ? `${host}（${code} ${title}）` : `${code} ${title}`
  return {
    collections: (collections?.length ?? 0) > 0,
    offered: byCollection(role)
      ? (collections ?? []).map((row) => ({ id: Number(row.id), name: nameOf(row) }))
      : (units ?? []).map(({ id, short_name }) => ({ id: Number(id), name: String(short_name) })),
  }
}
const byCollection = (role: LookedAs) => role === 'host' || role === 'juror'

/** Begins to look; the sentence of a refusal where it may not be. */
function useLooking() {
  const campaign = useCampaign()
  const [fault, setFault] = useState<string>()
  const [, choose] = useStore<number | null>('campaign', null)
  async function look(role: LookedAs, id: number | undefined) {
    const about = byCollection(role) ? { collection_id: id } : { unit_id: id }
    try {
      await post('/impersonation', { campaign_id: campaign?.id, role, ...(id ? about : {}) })
      choose(campaign?.id ?? null)
      beginAnew()
    } catch (error) {
      setFault((error as Error).message)
    }
  }
  return { look, fault }
}

export function ImpersonationDialog({ onClose }: { onClose: () => void }) {
  const campaign = useCampaign()
  const words = useWords()
  const [role, setRole] = useState<LookedAs>('clerk')
  const [chosen, setChosen] = useState<number>()
  const { collections, offered } = useOffered(role)
  const { look, fault } = useLooking()
  const called = byCollection(role) ? '征集活动' : role === 'cac' ? '单位，不选就是上级的' : '单位'
  const roles: [LookedAs, string][] = [['clerk', '填报单位']]
  if (collections) roles.push(['host', '承办单位'], ['juror', '评委'])
  if (words.office) roles.push(['cac', words.office])
  function as(next: LookedAs) {
    setRole(next)
    setChosen(undefined)
  }
  return (
    <Dialog
      title={`以他人身份查看 ${campaign?.year ?? ''} 年度`}
      onClose={onClose}
      onSubmit={() => void look(role, chosen)}
      buttons={
        <>
          <Button onClick={onClose}>取消</Button>
          <Button kind="primary" submit disabled={!campaign || (role !== 'cac' && !chosen)}>
            查看
          </Button>
        </>
      }
    >
      <p className="soft">看到的和对方打开时一样，什么也不能改；谁在什么时候以谁的身份看过，记在变更记录里。</p>
      <div>
        <Segments label="以谁的身份" choices={roles} chosen={role} onChoose={as} />
      </div>
      <Field label={called}>
        <Select
          aria-label={called}
          value={chosen ?? ''}
          onChange={({ target }) => setChosen(target.value === '' ? undefined : Number(target.value))}
        >
          <option value="">选一个…</option>
          {offered.map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
        </Select>
      </Field>
      {role === 'juror' && <p className="soft">看到的是评委的页面，没有任何人打的分。</p>}
      {fault && <Fault>{fault}</Fault>}
    </Dialog>
  )
}

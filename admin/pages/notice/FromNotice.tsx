/**
 * 从通知来, the province's: a notice and its annexes become a campaign. What was read stands beside the words it was read from; each
 * list is confirmed with one press, each question answered, and nothing is made before what it comes to has been shown.
 */
import { useEffect, useState } from 'react'
import { type HttpError, useNavigate, useNotify, useStore } from 'react-admin'
import type { NoticeProposal } from '../../../server/proposals/notice/proposal.ts'
import { post, upload } from '../../http.ts'
import { useMe, useRenewMe } from '../../me.ts'
import { bringPapers } from '../../parts/broughtPapers.ts'
import { Button, Fault, Notice, Page, PageHead } from '../../parts/controls.tsx'
import { moment } from '../../parts/words.ts'
import { Facts } from './Facts.tsx'
import css from './FromNotice.module.css'
import { type Confirming, carriedOver, groupsOf } from './groups.ts'
import { forgetNotice, type KeptNotice, keepNotice, keptNotice } from './keptNotice.ts'
import { Paper } from './Paper.tsx'

type Looked = { package: object; rules: string[]; left_out: string[]; changes: string[] }

const sentencesIn = ({ message, body }: HttpError) =>
  Object.values((body as { errors?: Record<string, string> } | null)?.errors ?? {}).join('') || message

export default function FromNotice() {
  const me = useMe()
  if (!me) return <Page />
  if (me.role !== 'province') return <Notice>年度由活动的主办方建立。</Notice>
  return <Notices key={me.id} person={me.id} />
}

/** Reads files, and goes on where one stopped. */
function Notices({ person }: { person: number }) {
  const [kept, setKept] = useState<KeptNotice | null>()
  const [fault, setFault] = useState<string>()
  useEffect(() => {
    void keptNotice(person).then((found) => setKept(found ?? null))
  }, [person])
  const keep = (notice: Omit<KeptNotice, 'savedAt'>) => {
    const next = { ...notice, savedAt: new Date().toISOString() }
    setKept(next)
    void keepNotice(person, next, next.files !== kept?.files).then((isKept) => {
      if (!isKept) setFault('这个浏览器存不下没做完的通知：请不要关掉页面。')
    })
  }
  async function read(files: readonly File[], kinds: Record<string, string>, before?: KeptNotice) {
    if (files.length === 0) return
    setFault(undefined)
    try {
      const fresh = await upload<NoticeProposal>('/campaigns/proposals', files, { kinds: JSON.stringify(kinds) })
      const next = before ? carriedOver(fresh, before) : { given: fresh, proposal: fresh, answers: {}, confirmed: [] }
      keep({ files, ...next })
    } catch (error) {
      setFault(sentencesIn(error as HttpError))
    }
  }
  if (kept === undefined) return <Page />
  if (kept === null) return <Choosing fault={fault} onFiles={(chosen) => void read(chosen, {})} />
  const giveUp = () => {
    setKept(null)
    return forgetNotice(person)
  }
  const kindsWith = (id: string, kind: string) =>
    Object.fromEntries(kept.given.tables.map((table) => [table.id, table.id === id ? kind : table.kind]))
  return (
    <ConfirmingPage
      notice={kept}
      papers={onePagesOf(kept.proposal, kept.files)}
      fault={fault}
      onChange={(change) => keep({ ...kept, ...change })}
      onKind={(id, kind) => void read(kept.files, kindsWith(id, kind), kept)}
      onGiveUp={giveUp}
    />
  )
}

/** The files in which a one-page form stands. */
const onePagesOf = ({ tables }: NoticeProposal, files: readonly File[]) =>
  files.filter(({ name }) => tables.some(({ file, one_page, kind }) => one_page && kind !== 'unused' && file === name))

function Choosing({ fault, onFiles }: { fault: string | undefined; onFiles: (files: File[]) => void }) {
  return (
    <Page>
      <PageHead title="从通知来" />
      {fault && <Fault>{fault}</Fault>}
      <label
        className={css.drop}
        onDragOver={(event) => event.preventDefault()}
        onDrop={(event) => {
          event.preventDefault()
          onFiles([...event.dataTransfer.files])
        }}
      >
        通知和附件（.docx、.xlsx，可以几个一起）：{' '}
        <input
          type="file"
          multiple
          accept=".docx,.xlsx,.xls"
          onChange={({ target }) => onFiles([...(target.files ?? [])])}
        />
      </label>
    </Page>
  )
}

type ConfirmingProps = {
  notice: KeptNotice
  papers: readonly File[]
  fault: string | undefined
  onChange: (change: Partial<Confirming>) => void
  onKind: (id: string, kind: string) => void
  onGiveUp: () => Promise<unknown>
}

function ConfirmingPage({ notice, papers, fault, onChange, onKind, onGiveUp }: ConfirmingProps) {
  const { proposal, answers, confirmed, savedAt } = notice
  const [shown, setShown] = useState<string>()
  const { looked, look, make, fault: refused, forget } = useMaking()
  const open = groupsOf(proposal).filter(({ key }) => !confirmed.includes(key)).length
  return (
    <Page>
      <PageHead title="从通知来" note={proposal.campaign.name}>
        <span className="soft">已存在这台电脑上（{moment(savedAt)}），关掉页面也能接着做</span>
        <Button onClick={() => void onGiveUp()}>放弃</Button>
        {looked ? (
          <Button
            kind="primary"
            onClick={() => void make(looked.package, papers).then((isMade) => isMade && onGiveUp())}
          >
            建立年度
          </Button>
        ) : (
          <Button kind="primary" disabled={open > 0} onClick={() => void look(proposal, answers)}>
            {open > 0 ? `还有 ${open} 处没有确认` : '看会建成什么'}
          </Button>
        )}
      </PageHead>
      {(fault ?? refused) && <Fault>{fault ?? refused}</Fault>}
      <div className={css.sides}>
        <Paper proposal={proposal} shown={shown} onPick={setShown} />
        <section className={css.facts} aria-label="读出来的">
          {looked ? (
            <MadeOfIt looked={looked} onBack={forget} />
          ) : (
            <Facts
              proposal={proposal}
              answers={answers}
              confirmed={confirmed}
              shown={shown}
              onProposal={(next) => onChange({ proposal: next })}
              onAnswer={(id, value) => onChange({ answers: { ...answers, [id]: value } })}
              onConfirmed={(next) => onChange({ confirmed: next })}
              onShow={setShown}
              onKind={onKind}
            />
          )}
        </section>
      </div>
    </Page>
  )
}

/** The last part: what is made, what sentences became, and all that is left out. */
function MadeOfIt({ looked, onBack }: { looked: Looked; onBack: () => void }) {
  const parts = [
    ['会建成这样', looked.changes],
    ['写成规则', looked.rules],
    ['没有写进去', looked.left_out],
  ] as const
  return (
    <>
      {parts
        .filter(([, sentences]) => sentences.length > 0)
        .map(([title, sentences]) => (
          <section key={title} className={css.group} aria-label={title}>
            <h2>{title}</h2>
            <ul>
              {sentences.map((sentence) => (
                <li key={sentence}>{sentence}</li>
              ))}
            </ul>
          </section>
        ))}
      <Button onClick={onBack}>接着改</Button>
    </>
  )
}

/** Shows what a package would make, and makes it. */
function useMaking() {
  const [looked, setLooked] = useState<Looked>()
  const [fault, setFault] = useState<string>()
  const [, choose] = useStore<number | null>('campaign', null)
  const renew = useRenewMe()
  const navigate = useNavigate()
  const notify = useNotify()
  const attempt = async (run: () => Promise<void>) => {
    setFault(undefined)
    try {
      await run()
      return true
    } catch (error) {
      setFault(sentencesIn(error as HttpError))
      return false
    }
  }
  return {
    looked,
    fault,
    forget: () => setLooked(undefined),
    look: (proposal: NoticeProposal, answers: Record<string, unknown>) =>
      attempt(async () => {
        const { documents: _paper, ...facts } = proposal
        const made = (await post('/campaigns/proposals/package', { proposal: facts, answers })) as Looked
        const { changes } = (await post('/campaigns/packages?check=1', made.package)) as Looked
        setLooked({ ...made, changes })
      }),
    make: (content: object, papers: readonly File[]) =>
      attempt(async () => {
        const { campaign_id } = (await post('/campaigns/packages', content)) as { campaign_id: number }
        await renew()
        choose(campaign_id)
        bringPapers(campaign_id, papers)
        const names = papers.map(({ name }) => `“${name}”`).join('')
        const next = papers.length > 0 ? `${names}是一人一份的表，到“表单设计”选一张登记表，做成“一人一表”。` : ''
        notify(`已建立年度，正在筹备。看过以后在上面开启。${next}`, { type: 'info' })
        navigate('/campaigns')
      }),
  }
}

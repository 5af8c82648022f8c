/**
 * 从通知来, the province's: a notice and its annexes become a campaign. What was read stands beside the words it was read from; each
 * list is confirmed with one press, each question answered, and nothing is made before what it comes to has been shown.
 */
import { useState } from 'react'
import { type HttpError, useNavigate, useNotify, useStore } from 'react-admin'
import type { FactSource } from '../../../server/proposals/notice/document.ts'
import type { NoticeProposal } from '../../../server/proposals/notice/proposal.ts'
import { post, upload } from '../../http.ts'
import { useMe, useRenewMe } from '../../me.ts'
import { bringPapers } from '../../parts/broughtPapers.ts'
import { Button, Fault, Notice, Page, PageHead } from '../../parts/controls.tsx'
import { Facts } from './Facts.tsx'
import css from './FromNotice.module.css'
import { Paper } from './Paper.tsx'

type Looked = { package: object; left_out: string[]; changes: string[] }

const sentencesIn = ({ message, body }: HttpError) =>
  Object.values((body as { errors?: Record<string, string> } | null)?.errors ?? {}).join('') || message

export default function FromNotice() {
  const me = useMe()
  const [files, setFiles] = useState<readonly File[]>([])
  const [proposal, setProposal] = useState<NoticeProposal>()
  const [fault, setFault] = useState<string>()
  if (!me) return <Page />
  if (me.role !== 'province') return <Notice>年度由活动的主办方建立。</Notice>
  async function read(chosen: readonly File[], kinds: Record<string, string> = {}) {
    if (chosen.length === 0) return
    setFault(undefined)
    try {
      setFiles(chosen)
      setProposal(await upload<NoticeProposal>('/campaigns/proposals', chosen, { kinds: JSON.stringify(kinds) }))
    } catch (error) {
      setFault(sentencesIn(error as HttpError))
    }
  }
  if (!proposal) return <Choosing fault={fault} onFiles={(chosen) => void read(chosen)} />
  const kindsWith = (id: string, kind: string) =>
    Object.fromEntries(proposal.tables.map((table) => [table.id, table.id === id ? kind : table.kind]))
  return (
    <Confirming
      key={proposal.tables.map(({ kind }) => kind).join()}
      given={proposal}
      papers={onePagesOf(proposal, files)}
      fault={fault}
      onKind={(id, kind) => void read(files, kindsWith(id, kind))}
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
  given: NoticeProposal
  papers: readonly File[]
  fault: string | undefined
  onKind: (id: string, kind: string) => void
}

function Confirming({ given, papers, fault, onKind }: ConfirmingProps) {
  const [proposal, setProposal] = useState(given)
  const [answers, setAnswers] = useState<Record<string, unknown>>({})
  const [confirmed, setConfirmed] = useState<readonly string[]>([])
  const [shown, setShown] = useState<FactSource>()
  const [open, setOpen] = useState<number>(1)
  const { looked, look, make, fault: refused, forget } = useMaking()
  const change = (next: NoticeProposal) => {
    setProposal(next)
    forget()
  }
  return (
    <Page>
      <PageHead title="从通知来" note={proposal.campaign.name}>
        {looked ? (
          <Button kind="primary" onClick={() => void make(looked.package, papers)}>
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
        <Paper proposal={proposal} shown={shown} />
        <section className={css.facts} aria-label="读出来的">
          {looked ? (
            <>
              <h2>会建成这样</h2>
              <ul>
                {[...looked.changes, ...looked.left_out].map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
              <Button onClick={forget}>接着改</Button>
            </>
          ) : (
            <Facts
              proposal={proposal}
              answers={answers}
              confirmed={confirmed}
              onProposal={change}
              onAnswer={(id, value) => setAnswers({ ...answers, [id]: value })}
              onConfirmed={setConfirmed}
              onOpen={setOpen}
              onShow={setShown}
              onKind={onKind}
            />
          )}
        </section>
      </div>
    </Page>
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
    } catch (error) {
      setFault(sentencesIn(error as HttpError))
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

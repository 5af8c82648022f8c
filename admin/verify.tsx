/**
 * /verify/<number>, the address in the QR code of a 报送版: open to everybody, made for a phone, and small, so it stands
 * outside the admin. Whoever is logged in and may read the paper can have a workbook held against it here.
 */
import './tokens.css'
import './base.css'
import { type ChangeEvent, useEffect, useState } from 'react'
import { createRoot } from 'react-dom/client'
import type { FilingFacts, Verdict } from '../server/filings/routes.ts'
import { classes } from './parts/classes.ts'
import { DifferenceList } from './parts/Difference.tsx'
import { Icon, Seal } from './parts/icons.tsx'
import { count, moment } from './parts/words.ts'
import css from './verify.module.css'

const lost = '没有连上，请稍后再试一次。'

/** The answer's JSON, or its sentence thrown. */
async function ask<T>(path: string, options: RequestInit = {}): Promise<T> {
  const answer = await fetch(`/api${path}`, { credentials: 'same-origin', ...options }).catch(() => {
    throw new Error(lost)
  })
  const body = await answer.json().catch(() => null)
  if (!answer.ok) throw new Error(body?.message ?? lost)
  return body
}

const numberIn = (path: string) => decodeURIComponent(path.split('/')[2] ?? '').trim()

function Verify() {
  const [number, setNumber] = useState(numberIn(location.pathname))
  const [facts, setFacts] = useState<FilingFacts | null>(null)
  const [fault, setFault] = useState('')
  useEffect(() => {
    setFacts(null)
    setFault('')
    if (!number) return
    let isOld = false
    ask<FilingFacts>(`/verify/${encodeURIComponent(number)}`).then(
      (told) => !isOld && setFacts(told),
      (error: Error) => !isOld && setFault(error.message),
    )
    return () => {
      isOld = true
    }
  }, [number])
  return (
    <main className={css.verify}>
      <p className={css.brand}>
        <Seal />
        <b>好网民台账</b>
        <span className="muted">核对报送版</span>
      </p>
      <NumberField number={number} onNumber={setNumber} />
      <div aria-live="polite">
        {fault && (
          <p className={classes(css.result, css.bad)}>
            <Icon name="warning" />
            {fault}
          </p>
        )}
        {facts && <Registered facts={facts} />}
      </div>
    </main>
  )
}

function NumberField({ number, onNumber }: { number: string; onNumber: (number: string) => void }) {
  const [text, setText] = useState(number)
  return (
    <form
      className={css.number}
      onSubmit={(event) => {
        event.preventDefault()
        const asked = text.trim().toUpperCase()
        history.replaceState(null, '', `/verify/${encodeURIComponent(asked)}`)
        onNumber(asked)
      }}
    >
      <label>
        <span>报送编号</span>
        <input
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder="2019-5-0012-K7Q2MX"
          autoCapitalize="characters"
          autoComplete="off"
          spellCheck={false}
          required
        />
      </label>
      <button type="submit" className={classes(css.button, css.primary)}>
        核对
      </button>
    </form>
  )
}

function Registered({ facts }: { facts: FilingFacts }) {
  const lines: [string, string][] = [
    ['编号', facts.number],
    ['报送单位', facts.unit],
    ['内容', facts.collection ?? facts.covers ?? facts.unit],
    ['行数', count(facts.rows)],
    ['登记时间', moment(facts.filed_at)],
    ['内容校验（SHA-256）', facts.data_sha256],
  ]
  return (
    <>
      <p className={classes(css.result, css.ok)}>
        <Icon name="tick" />
        已登记：附件{facts.annex} {facts.title}
      </p>
      {!facts.leads_here && (
        <p className={classes(css.result, css.warn)}>
          <Icon name="warning" />
          <span>这份纸上印的核对网址是 {facts.address}，不是本系统的。请以这一页为准，并请报送单位重新生成。</span>
        </p>
      )}
      {facts.later && (
        <p className={classes(css.result, css.warn)}>
          <Icon name="warning" />
          <span>
            之后又报送过新的一份：<a href={`/verify/${facts.later}`}>{facts.later}</a>
          </span>
        </p>
      )}
      <dl className={css.facts}>
        {lines.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">纸上的行数、校验码与这里一致，就是登记过的那一份。</p>
      <Held facts={facts} />
    </>
  )
}

/** Only where the paper itself may be read; others are not told that there is more. */
function Held({ facts }: { facts: FilingFacts }) {
  const [mayRead, setMayRead] = useState(false)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState('')
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  useEffect(() => {
    ask(`/filings/${facts.id}`).then(
      () => setMayRead(true),
      () => setMayRead(false),
    )
  }, [facts.id])
  if (!mayRead) return <p className="muted">要逐格核对一个工作簿，请用报送单位或牵头单位的账号登录后再打开这一页。</p>
  async function onFile(event: ChangeEvent<HTMLInputElement>) {
    const file = event.target.files?.[0]
    event.target.value = ''
    if (!file) return
    setBusy(true)
    setFault('')
    setVerdict(null)
    const data = new FormData()
    data.append('file', file)
    try {
      setVerdict(await ask<Verdict>(`/filings/${facts.id}/verification`, { method: 'POST', body: data }))
    } catch (error) {
      setFault((error as Error).message)
    } finally {
      setBusy(false)
    }
  }
  return (
    <section className={css.held}>
      <h2>核对一个工作簿</h2>
      <label className={css.button}>
        <Icon name="sheet" />
        {busy ? '正在核对…' : '选择工作簿'}
        <input type="file" accept=".xlsx" className="unseen" onChange={onFile} disabled={busy} />
      </label>
      <div aria-live="polite">
        {fault && <p className={classes(css.result, css.bad)}>{fault}</p>}
        {verdict?.matches && (
          <p className={classes(css.result, css.ok)}>
            <Icon name="tick" />
            {verdict.is_same_file
              ? '就是登记的那个文件。'
              : verdict.is_reordered
                ? '每一行都与登记的一致，只是行的顺序不同。'
                : '内容与登记的一致（文件另存过，格式不计）。'}
          </p>
        )}
        {verdict?.difference && (
          <>
            <p className={classes(css.result, css.bad)}>
              <Icon name="warning" />
              与登记的不一致
            </p>
            <DifferenceList of={verdict.difference} before="登记的" after="这个文件" />
          </>
        )}
      </div>
    </section>
  )
}

const root = document.getElementById('root')
if (window.matchMedia('(prefers-color-scheme: dark)').matches) document.documentElement.dataset.theme = 'dark'
if (root) createRoot(root).render(<Verify />)

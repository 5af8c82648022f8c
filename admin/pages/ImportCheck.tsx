/** One import: what was understood, every cell at fault with its address, what writing it will do; then doing it. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type HttpError, LinkBase as Link, useGetRecordId, useNotify } from 'react-admin'
import { type Form, forms } from '../../server/forms/index.ts'
import { dataProvider } from '../dataProvider.ts'
import { del, get } from '../http.ts'
import { type Me, useMe } from '../me.ts'
import { Button, ButtonLink } from '../parts/controls.tsx'
import { DropZone } from '../parts/Drop.tsx'
import { Icon } from '../parts/icons.tsx'
import { undoneWords } from '../parts/imports.tsx'
import { download } from '../parts/links.ts'
import { useRecount } from '../parts/queries.ts'
import { Mark } from '../parts/states.tsx'
import { count } from '../parts/words.ts'
import { Findings } from './import/Findings.tsx'
import { Found } from './import/Found.tsx'
import type { Import } from './import/types.ts'
import { KeptRows, UndoImport } from './import/Undo.tsx'
import './home.css'
import './import.css'

const poll_ms = 600
const running = ['queued', 'checking', 'applying']

export default function ImportCheck() {
  const id = Number(useGetRecordId())
  const me = useMe()
  const key = ['import', id]
  const { data, error } = useQuery({
    queryKey: key,
    queryFn: () => get(`/imports/${id}`) as Promise<Import>,
    refetchInterval: (query) => (query.state.data && running.includes(query.state.data.state) ? poll_ms : false),
  })
  if (error)
    return (
      <p className="notice">
        没有这次导入，或者不在您的范围内。<Link to="/imports">看导入记录</Link>
      </p>
    )
  const form = data && forms[data.form]
  if (!data || !form || !me) return <div className="page" />
  return <Checked of={data} form={form} me={me} />
}

/** Applying and giving up; while it runs, the import is asked how far it is. */
function useApply(of: Import) {
  const client = useQueryClient()
  const notify = useNotify()
  const recount = useRecount()
  const [busy, setBusy] = useState(false)
  const reload = () => client.invalidateQueries({ queryKey: ['import', of.id] })
  async function apply(only_valid: boolean) {
    setBusy(true)
    client.setQueryData(['import', of.id], { ...of, state: 'applying', rows_done: 0 })
    try {
      const done = (await dataProvider.applyImport(of.id, only_valid ? { only_valid } : {})) as Import
      client.setQueryData(['import', of.id], done)
      recount()
      notify(`已写入：新增 ${count(done.create ?? 0)} 行，更新 ${count(done.update ?? 0)} 行。`, { type: 'info' })
    } catch (error) {
      notify((error as HttpError).message, { type: 'error', autoHideDuration: 12_000 })
      await reload()
    } finally {
      setBusy(false)
    }
  }
  async function giveUp() {
    try {
      await del(`/imports/${of.id}`)
    } catch (error) {
      notify((error as HttpError).message, { type: 'error' })
    }
    await reload()
  }
  return { busy, apply, giveUp }
}

function Checked({ of, form, me }: { of: Import; form: Form; me: Me }) {
  const { busy, apply, giveUp } = useApply(of)
  const open = of.state === 'checked' || of.state === 'failed'
  return (
    <div className="page">
      <header className="page-head">
        <h1>导入{form.label}</h1>
        {form.annex && <span className="muted">附件{form.annex}</span>}
        <Steps state={of.state} />
        <span className="fill" />
        {of.state === 'checked' && <Mark tone="ok">核对结果已存，关掉页面也能接着做</Mark>}
        {(open || running.includes(of.state)) && of.state !== 'failed' && (
          <Button icon="cross" onClick={() => void giveUp()}>
            放弃这次导入
          </Button>
        )}
      </header>
      <div className="import">
        <Found of={of} />
        <div className="import-result">
          {of.state === 'undone' && <TakenBack of={of} />}
          {of.state === 'failed' ? <Failed of={of} form={form} me={me} /> : <Findings of={of} form={form} />}
        </div>
      </div>
      {of.state !== 'failed' && of.state !== 'cancelled' && of.state !== 'undone' && (
        <Foot of={of} form={form} busy={busy} apply={apply} />
      )}
    </div>
  )
}

/** What undoing came to, and the rows that stayed. */
function TakenBack({ of }: { of: Import }) {
  return (
    <div className="notice" style={{ maxHeight: '40vh', overflow: 'auto' }}>
      <p className="state">
        <Icon name="back" />
        <b>这次导入已经撤销：{undoneWords(of)}。</b>
      </p>
      <KeptRows form={of.form} kept={of.kept ?? []} />
      {(of.kept_count ?? 0) > (of.kept?.length ?? 0) && <p>只列出前 {count(of.kept?.length ?? 0)} 行。</p>}
    </div>
  )
}

function Steps({ state }: { state: Import['state'] }) {
  const at = state === 'applied' || state === 'undone' ? 4 : state === 'applying' ? 3 : 2
  return (
    <ol className="import-steps">
      {['上传', '对应栏目', '核对', '写入'].map((word, index) => (
        <li key={word} className={index < at ? 'past' : index === at ? 'now' : undefined}>
          {index < at ? <Icon name="tick" small /> : index + 1} {word}
        </li>
      ))}
    </ol>
  )
}

function Failed({ of, form, me }: { of: Import; form: Form; me: Me }) {
  return (
    <div className="notice">
      <p className="state bad">
        <Icon name="warning" />
        <b>{of.message ?? '这个文件没有读出来。'}</b>
      </p>
      {of.notes?.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <p style={{ padding: '12px 0' }}>什么都没有写入。改好再传一次，或者下载空表，把内容贴进去。</p>
      <DropZone me={me} form={form} />
    </div>
  )
}

function Foot({
  of,
  form,
  busy,
  apply,
}: {
  of: Import
  form: Form
  busy: boolean
  apply: (only_valid: boolean) => Promise<void>
}) {
  const changed = (of.create ?? 0) + (of.update ?? 0)
  const errors = of.error_count ?? 0
  const isRunning = running.includes(of.state)
  return (
    <footer className="import-foot">
      <div className="import-progress" role="status">
        <div className="bar">
          <i style={{ width: isRunning ? `${shareOf(of)}%` : '100%' }} />
        </div>
        {isRunning
          ? `${of.state === 'applying' ? '正在写入' : '正在核对'} ${count(of.rows_done)}${of.rows_total ? ` / ${count(of.rows_total)}` : ''} 行`
          : of.state === 'applied'
            ? `已写入：新增 ${count(of.create)} 行，更新 ${count(of.update)} 行`
            : `核对完成：${count(of.rows)} 行`}
      </div>
      <span className="fill" />
      {errors > 0 && !isRunning && (
        <Button large icon="download" onClick={() => download(`/imports/${of.id}/errors.xlsx`)}>
          下载错误表
        </Button>
      )}
      {of.state === 'applied' && <UndoImport of={of} />}
      {of.state === 'applied' && (
        <ButtonLink to={`/${form.name}`} kind="primary">
          看{form.label}
        </ButtonLink>
      )}
      {of.state === 'checked' && (
        <>
          {errors > 0 && (
            <span className="soft">
              还有 <b className="red">{count(errors)}</b> 格要改。改好文件再传，或者先写入没有问题的行
            </span>
          )}
          {errors === 0 && changed === 0 && <span className="soft">和现在登记的完全一样，没有要写入的</span>}
          {errors > 0 && changed > 0 && (
            <Button large disabled={busy} onClick={() => void apply(true)}>
              只导入正确行 {count(changed)}
            </Button>
          )}
          <Button kind="primary" large disabled={busy || errors > 0 || changed === 0} onClick={() => void apply(false)}>
            全部写入{changed > 0 && errors === 0 && ` ${count(changed)} 行`}
          </Button>
        </>
      )}
    </footer>
  )
}

const shareOf = ({ rows_done, rows_total, rows }: Import) => {
  const all = rows_total ?? rows
  return all ? Math.min(100, Math.round(((rows_done ?? 0) / all) * 100)) : 30
}

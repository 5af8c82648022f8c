/** One import: what was understood, every cell at fault with its address, what writing it will do; then doing it. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { type HttpError, LinkBase as Link, useGetRecordId, useNotify } from 'react-admin'
import { type Field, fieldOf, type Form, forms } from '../../server/forms/index.ts'
import { dataProvider } from '../dataProvider.ts'
import { del, get } from '../http.ts'
import { type Me, useCampaign, useMe } from '../me.ts'
import { Button, ButtonLink, PageHead, Section, Tabs } from '../parts/controls.tsx'
import { DropZone } from '../parts/Drop.tsx'
import { Icon } from '../parts/icons.tsx'
import { type ImportHead, ImportState } from '../parts/imports.tsx'
import { useRecount } from '../parts/queries.ts'
import { Mark } from '../parts/states.tsx'
import { count, size, when } from '../parts/words.ts'
import './home.css'
import './import.css'

type Sheet = {
  name: string
  heading_row: number | null
  rows: number
  columns: { heading: string; field: string; label: string; sample: string }[]
  ignored: string[]
  notes: string[]
}
type CellError = { sheet: string; cell: string; field: string | null; message: string }
type Import = ImportHead & {
  wrong?: number
  sheets?: Sheet[]
  errors?: CellError[]
  warnings?: { sheet: string; cell: string | null; message: string }[]
  duplicates?: { sheet: string; row: number; of: number; kind: string; cell: string; of_cell: string; message: string }[]
  notes?: string[]
}

const poll_ms = 600
const shownPlaces = 8
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
      <PageHead title={`导入${form.label}`} note={form.annex && `附件${form.annex}`}>
        <Steps state={of.state} />
        <span className="fill" />
        {of.state === 'checked' && <Mark tone="ok">核对结果已存，关掉页面也能接着做</Mark>}
        {(open || running.includes(of.state)) && of.state !== 'failed' && (
          <Button icon="cross" onClick={() => void giveUp()}>
            放弃这次导入
          </Button>
        )}
      </PageHead>
      <div className="import">
        <Found of={of} />
        <div className="import-result">
          {of.state === 'failed' ? <Failed of={of} form={form} me={me} /> : <Findings of={of} form={form} />}
        </div>
      </div>
      {of.state !== 'failed' && of.state !== 'cancelled' && <Foot of={of} form={form} busy={busy} apply={apply} />}
    </div>
  )
}

function Steps({ state }: { state: Import['state'] }) {
  const at = state === 'applied' ? 4 : state === 'applying' ? 3 : 2
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

/** The file, and which of its columns was taken for which. */
function Found({ of }: { of: Import }) {
  const today = useCampaign()?.today ?? ''
  return (
    <aside className="import-file">
      <h2>文件</h2>
      <p>
        <b>{of.file_name}</b>
      </p>
      <p className="soft">
        {size(of.size)}　{of.created_by_label} {when(of.created_at, today)}
      </p>
      <p>
        <ImportState of={of} />
      </p>
      {of.sheets?.map((sheet) => (
        <Section key={sheet.name} title={`工作表“${sheet.name}”`}>
          <p className="soft">
            {sheet.heading_row === null ? '没有找到表头，没有读' : `表头在第 ${sheet.heading_row} 行，数据 ${count(sheet.rows)} 行`}
          </p>
          {sheet.notes.map((note) => (
            <p key={note} className="soft">
              {note}
            </p>
          ))}
          {sheet.columns.length > 0 && (
            <table className="lines mapping">
              <thead>
                <tr>
                  <th>文件里</th>
                  <th />
                  <th>登记</th>
                  <th>例</th>
                </tr>
              </thead>
              <tbody>
                {sheet.columns.map((column) => (
                  <tr key={`${column.heading} ${column.field}`}>
                    <td>{column.heading}</td>
                    <td>
                      <Icon name="right" small />
                    </td>
                    <td>
                      {column.label}
                      {column.heading.replace(/[\s*＊]/g, '') !== column.label && (
                        <span className="state ok">
                          <Icon name="tick" small />
                        </span>
                      )}
                    </td>
                    <td className="muted cut">{column.sample}</td>
                  </tr>
                ))}
                {sheet.ignored.map((heading) => (
                  <tr key={heading} className="ignored">
                    <td>{heading}</td>
                    <td>
                      <Icon name="cross" small />
                    </td>
                    <td colSpan={2}>不收</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
          {sheet.ignored.some((heading) => heading.includes('身份证')) && (
            <p className="muted">本活动不需要身份证号，这一列没有读取，也没有保存。</p>
          )}
        </Section>
      ))}
    </aside>
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

type Group = { key: string; field: string | null; message: string; cells: string[] }

/** Equal faults stand together: one sentence, all its cells. */
function grouped(errors: readonly CellError[]): Group[] {
  const groups = new Map<string, Group>()
  for (const { cell, field, message } of errors) {
    const key = `${field} ${message}`
    const known = groups.get(key)
    if (known) known.cells.push(cell)
    else groups.set(key, { key, field, message, cells: [cell] })
  }
  return [...groups.values()]
}

type Kind = 'errors' | 'repeated' | 'warnings'

function Findings({ of, form }: { of: Import; form: Form }) {
  const errors = of.errors ?? []
  const duplicates = of.duplicates ?? []
  const warnings = of.warnings ?? []
  const [chosen, choose] = useState<Kind | null>(null)
  const kind: Kind = chosen ?? (errors.length > 0 ? 'errors' : duplicates.length > 0 ? 'repeated' : 'warnings')
  return (
    <>
      <Counts of={of} />
      <Ratio of={of} />
      <div className="import-tabs">
        <Tabs
          label="核对发现"
          chosen={kind}
          onChoose={(key) => choose(key as Kind)}
          tabs={[
            { key: 'errors', label: '要改的格', count: of.error_count ?? 0 },
            { key: 'repeated', label: '重复的行', count: of.repeated ?? 0 },
            { key: 'warnings', label: '提醒', count: warnings.length },
          ]}
        />
      </div>
      <div className="import-list">
        {kind === 'errors' && <Errors groups={grouped(errors)} form={form} total={of.error_count ?? 0} listed={errors.length} />}
        {kind === 'repeated' && (
          <List empty="文件里没有重复的行。">
            {duplicates.map((each) => (
              <tr key={each.cell}>
                <td>
                  <Mark tone="back">{each.kind === 'identical' ? '重复' : '重复，内容不同'}</Mark>
                </td>
                <td className="cell">{each.cell}</td>
                <td>{each.message}</td>
              </tr>
            ))}
          </List>
        )}
        {kind === 'warnings' && (
          <List empty="没有要提醒的。">
            {warnings.map((each) => (
              <tr key={`${each.cell} ${each.message}`}>
                <td>
                  <Mark tone="back">提醒</Mark>
                </td>
                <td className="cell">{each.cell ?? each.sheet}</td>
                <td>{each.message}</td>
              </tr>
            ))}
          </List>
        )}
      </div>
    </>
  )
}

function Counts({ of }: { of: Import }) {
  return (
    <ul className="import-counts">
      <li>
        全部 <b>{count(of.rows ?? of.rows_total)}</b>
      </li>
      <li className="state ok">
        <Icon name="plus" small />
        新增 <b>{count(of.create)}</b>
      </li>
      <li className="state sent">
        <Icon name="twice" small />
        更新 <b>{count(of.update)}</b>
      </li>
      <li className="state draft">
        <Icon name="tick" small />
        不变 <b>{count(of.unchanged)}</b>
      </li>
      <li className="state back">
        <Icon name="steps" small />
        重复 <b>{count(of.repeated)}</b>
      </li>
      <li className="state bad">
        <Icon name="warning" small />
        错误 <b>{count(of.wrong)}</b>
      </li>
    </ul>
  )
}

/** The same as a band: how much of the file is what. */
function Ratio({ of }: { of: Import }) {
  const parts = [
    ['ok', of.create],
    ['sent', of.update],
    ['draft', of.unchanged],
    ['back', of.repeated],
    ['bad', of.wrong],
  ] as const
  return (
    <div className="import-ratio" aria-hidden="true">
      {parts.map(([tone, rows]) => (rows ? <i key={tone} style={{ flexGrow: rows, background: `var(--${tone})` }} /> : null))}
    </div>
  )
}

function List({ empty, children }: { empty: string; children: ReactNode[] }) {
  if (children.length === 0) return <p className="notice">{empty}</p>
  return (
    <table className="lines">
      <tbody>{children}</tbody>
    </table>
  )
}

function Errors({ groups, form, total, listed }: { groups: Group[]; form: Form; total: number; listed: number }) {
  const labelOf = (name: string | null) => {
    const field: Field | undefined = name ? fieldOf(form, name) : undefined
    return field?.label ?? ''
  }
  return (
    <>
      <List empty="没有要改的格，可以写入。">
        {groups.map((group) => (
          <tr key={group.key} className="wrong">
            <td>
              <Mark tone="bad">{group.cells.length > 1 ? `${count(group.cells.length)} 格` : '错误'}</Mark>
            </td>
            <td className="cell" title={group.cells.join('、')}>
              {group.cells.slice(0, shownPlaces).join('、')}
              {group.cells.length > shownPlaces && ` 等 ${count(group.cells.length)} 格`}
            </td>
            <td>
              <span className="soft">{labelOf(group.field)}</span>　{group.message}
            </td>
          </tr>
        ))}
      </List>
      {total > listed && <p className="notice">只列出前 {count(listed)} 格，其余 {count(total - listed)} 格改过这些再看。</p>}
    </>
  )
}

function Foot({ of, form, busy, apply }: { of: Import; form: Form; busy: boolean; apply: (only_valid: boolean) => Promise<void> }) {
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

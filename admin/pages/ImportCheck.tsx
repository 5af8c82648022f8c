/** One import: its rows as they would be written, what is to correct and to decide, and then the deed. */
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useMemo, useRef, useState } from 'react'
import { LinkBase as Link, useGetRecordId } from 'react-admin'
import type { Form } from '../../server/forms/index.ts'
import { useForms } from '../forms.ts'
import type { GridHandle, Status } from '../grid/index.ts'
import { useMe } from '../me.ts'
import { Button, Notice, Page, PageTop, Strip } from '../parts/controls.tsx'
import { DropAnywhere, DropZone, useUpload } from '../parts/Drop.tsx'
import { Icon } from '../parts/icons.tsx'
import { undoneWords } from '../parts/imports.tsx'
import { Mark, Toned } from '../parts/states.tsx'
import { count } from '../parts/words.ts'
import css from './ImportCheck.module.css'
import { Alike } from './import/Alike.tsx'
import { stagedColumns } from './import/columns.tsx'
import { Foot } from './import/Foot.tsx'
import { Found } from './import/Found.tsx'
import type { KindTab } from './import/Kinds.tsx'
import { firstKind } from './import/kinds.ts'
import { MappingStep } from './import/Mapping.tsx'
import { Rows } from './import/Rows.tsx'
import { createStaged } from './import/staged.ts'
import type { ImportAnswer } from './import/types.ts'
import { KeptRows } from './import/Undo.tsx'
import { useDecisions } from './import/useDecisions.ts'
import { isRunning, useDeeds, useImport, useTold } from './import/useImport.ts'
import { Written } from './import/Written.tsx'
import { useSetting } from './register/setting.ts'

export default function ImportCheck() {
  const id = Number(useGetRecordId())
  const { data, error } = useImport(id)
  const forms = useForms()
  if (error && !data)
    return (
      <Notice>
        没有这次导入，或者不在您的范围内。<Link to="/imports">看导入记录</Link>
      </Notice>
    )
  const form = data && forms[data.form]
  if (!data || !form) return <Page />
  return <Checked key={id} of={data} form={form} />
}

/** Columns came or went since the file was checked: the head says so once it is read again, as the forms are. */
function useRedefined(of: ImportAnswer, form: Form): boolean {
  const client = useQueryClient()
  const checked = useRef(form)
  useEffect(() => {
    if (checked.current === form) return
    checked.current = form
    void client.invalidateQueries({ queryKey: ['import', of.id] })
  }, [client, of.id, form])
  return of.is_redefined === true
}

/** Counts the runs that ended while the page was open: after each the rows are read anew. */
function useRuns(of: ImportAnswer) {
  const running = isRunning(of)
  const was = useRef(running)
  const [runs, setRuns] = useState(0)
  useEffect(() => {
    if (was.current && !running) setRuns((old) => old + 1)
    was.current = running
  }, [running])
  const client = useQueryClient()
  /** A corrected file has joined: head and rows are others. */
  async function renew() {
    await client.invalidateQueries({ queryKey: ['import', of.id] })
    setRuns((old) => old + 1)
  }
  return { runs, renew }
}

function Checked({ of, form }: { of: ImportAnswer; form: Form }) {
  const me = useMe()
  const ready = useSetting(form)
  const deeds = useDeeds(of)
  const { runs, renew } = useRuns(of)
  const again = useUpload(() => void renew())
  const told = useTold(of.id)
  const [mapping, setMapping] = useState(false)
  const own = me !== undefined && (of.unit_id === null || of.unit_id === me.unit_id)
  const running = isRunning(of)
  const isRedefined = useRedefined(of, form)
  const mayDecide = own && of.state === 'checked'
  const asksMapping = mayDecide && (mapping || of.mapping?.needed === true)
  useEffect(() => {
    document.title = `导入${form.label} · 好网民台账`
  }, [form])
  if (!me || !ready) return <Page />

  return (
    <Page className={css.whole}>
      <PageTop className={css.head}>
        <h1>导入{form.label}</h1>
        {form.annex && <span className="muted">附件{form.annex}</span>}
        <Steps at={stepOf(of, asksMapping)} />
        <span className="fill" />
        {of.state === 'checked' && (
          <Mark tone="ok" className={css.stored}>
            核对结果已存，关掉页面也能接着做
          </Mark>
        )}
        {own && of.state === 'checked' && (
          <Button icon="cross" onClick={() => void deeds.giveUp()}>
            放弃这次导入
          </Button>
        )}
      </PageTop>
      {isRedefined && mayDecide && (
        <Strip tone="warn" role="status">
          {form.label}的栏目或规则刚改过，下面还是按原来的核对的，要重新核对才能写入。
          <Button icon="back" disabled={deeds.busy} onClick={() => void deeds.checkAgain()}>
            重新核对
          </Button>
        </Strip>
      )}
      <Body
        key={runs}
        of={of}
        form={form}
        setting={ready.setting}
        deeds={deeds}
        own={own}
        mayDecide={mayDecide}
        asksMapping={asksMapping}
        setMapping={setMapping}
        told={told}
        onFile={(file) => again.send(form.name, file, of.id)}
      />
      {own && !running && of.state !== 'applied' && of.state !== 'undone' && (
        <DropAnywhere
          form={form}
          upload={again}
          {...(of.state === 'checked' && { continues: of.id })}
          words={of.state === 'checked' ? '松开鼠标，接着这次导入' : `松开鼠标，核对这份${form.label}`}
        />
      )}
    </Page>
  )
}

const stepOf = ({ state }: ImportAnswer, asksMapping: boolean) =>
  state === 'applied' || state === 'undone' ? 4 : state === 'applying' ? 3 : asksMapping ? 1 : 2

function Steps({ at }: { at: number }) {
  return (
    <ol className={css.steps}>
      {['上传', '对应栏目', '核对', '写入'].map((word, index) => (
        <li
          key={word}
          className={index < at ? css.past : index === at ? css.now : undefined}
          aria-current={index === at ? 'step' : undefined}
        >
          {index < at ? <Icon name="tick" small /> : index + 1} {word}
        </li>
      ))}
    </ol>
  )
}

type BodyProps = {
  of: ImportAnswer
  form: Form
  setting: NonNullable<ReturnType<typeof useSetting>>['setting']
  deeds: ReturnType<typeof useDeeds>
  own: boolean
  mayDecide: boolean
  asksMapping: boolean
  setMapping: (open: boolean) => void
  told: (head: ImportAnswer) => void
  /** Takes the corrected file. */
  onFile: (file: File) => void
}

function Body(props: BodyProps) {
  const { of, form, setting, deeds, own, mayDecide, asksMapping, setMapping, told, onFile } = props
  const grid = useRef<GridHandle>(null)
  const [status, setStatus] = useState<Status | null>(null)
  const [chosen, setTab] = useState<KindTab | null>(null)
  // What is to be looked at first is decided once: the list does not change under the hands when the last fault is gone.
  const first = useRef<KindTab | null>(null)
  if (!isRunning(of)) first.current ??= firstKind(of)
  const staged = useMemo(() => createStaged(of.id, told), [of.id, told])
  const { decide, deciding, chooseAll, keepFirst } = useDecisions(staged, grid)
  const columnsKey = JSON.stringify([of.mapping, of.sheets?.map(({ columns }) => columns)])
  // biome-ignore lint/correctness/useExhaustiveDependencies: of the head only its columns matter, and those by value
  const columns = useMemo(() => stagedColumns(setting, of, mayDecide), [setting, columnsKey, mayDecide])
  const open = mayDecide ? decide : undefined
  const isOver = of.state === 'failed' || of.state === 'cancelled' || of.state === 'undone'

  return (
    <>
      <div className={css.page}>
        <Found
          of={of}
          form={form}
          onMap={mayDecide && !asksMapping ? () => setMapping(true) : undefined}
          onFile={mayDecide ? onFile : undefined}
        >
          {!asksMapping && of.state === 'checked' && (
            <Alike of={of} columns={columns} decide={open} deciding={deciding} />
          )}
        </Found>
        <div className={css.result}>
          {isOver ? (
            <Over of={of} form={form} />
          ) : asksMapping ? (
            <MappingStep
              of={of}
              form={form}
              busy={deeds.busy}
              onDone={(sheets) => {
                setMapping(false)
                void deeds.map(sheets)
              }}
              onClose={of.mapping?.needed ? undefined : () => setMapping(false)}
            />
          ) : isRunning(of) ? (
            <Notice>
              {of.state === 'applying'
                ? '正在写入。中途取消，就什么都不写入；关掉页面也会写完。'
                : '正在核对，什么都还没有写入。关掉页面也会核对完，回来接着做。'}
            </Notice>
          ) : of.state === 'applied' ? (
            <Written of={of} form={form} />
          ) : (
            <Rows
              of={of}
              setting={setting}
              columns={columns}
              staged={staged}
              grid={grid}
              tab={chosen ?? first.current ?? 'all'}
              onTab={setTab}
              status={status}
              onStatus={setStatus}
              decide={open}
              deciding={deciding}
              chooseAll={chooseAll}
              keepFirst={keepFirst}
            />
          )}
        </div>
      </div>
      {!isOver && !asksMapping && (
        <Foot of={of} form={form} status={status} own={own} deciding={deciding} deeds={deeds} />
      )}
    </>
  )
}

const Over = ({ of, form }: { of: ImportAnswer; form: Form }) =>
  of.state === 'undone' ? <TakenBack of={of} /> : <Failed of={of} form={form} />

/** What undoing came to, and the rows that stayed. */
function TakenBack({ of }: { of: ImportAnswer }) {
  return (
    <Notice className={css.over}>
      <p>
        <Toned tone="plain">
          <Icon name="back" />
          <b>这次导入已经撤销：{undoneWords(of)}。</b>
        </Toned>
      </p>
      <KeptRows form={of.form} kept={of.kept ?? []} />
      {(of.kept_count ?? 0) > (of.kept?.length ?? 0) && <p>只列出前 {count(of.kept?.length ?? 0)} 行。</p>}
    </Notice>
  )
}

function Failed({ of, form }: { of: ImportAnswer; form: Form }) {
  const me = useMe()
  const given = of.state === 'cancelled'
  return (
    <Notice>
      <p>
        <Toned tone={given ? 'plain' : 'bad'}>
          <Icon name={given ? 'cross' : 'warning'} />
          <b>{of.message ?? (given ? '这次导入已经放弃。' : '这个文件没有读出来。')}</b>
        </Toned>
      </p>
      {of.notes?.map((note) => (
        <p key={note}>{note}</p>
      ))}
      <p style={{ padding: '12px 0' }}>什么都没有写入。改好再传一次，或者下载空表，把内容贴进去。</p>
      {me && <DropZone me={me} form={form} />}
    </Notice>
  )
}

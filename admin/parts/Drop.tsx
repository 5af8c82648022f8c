/** Where workbooks are dropped or chosen. They are only checked; what they say is shown on the import's own page. */
import { type ChangeEvent, type DragEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { LinkBase as Link, useNavigate } from 'react-admin'
import { annexIn, annexOf, type Form } from '../../server/forms/index.ts'
import { type Forms, useForms } from '../forms.ts'
import { type Me, rightsOf, useCampaign } from '../me.ts'
import { Ask } from './Ask.tsx'
import { classes } from './classes.ts'
import { Button, Field, FieldFault, LinkButton, Select } from './controls.tsx'
import css from './Drop.module.css'
import { Icon } from './icons.tsx'
import { Toned } from './states.tsx'
import { forgetEnded, sendWorkbook, type UploadState, useUploads } from './uploads.ts'

export const accepted = '.xlsx,.xlsm,.xls,.csv,.tsv'
/** Files one gesture may bring. */
const MOST_FILES = 40

type DropProps = {
  /** The file on its way that was sent from here last, or null. */
  file: { name: string } | null
  share: number
  fault: string | null
  send: (form: string, file: File, continues?: number) => void
  sendAll: (files: readonly { form: string; file: File }[]) => void
  forget: () => void
}

/**
 * Sends files to be checked, and then leads to what came out: of one file to its page, of several to 导入记录. `fault` is
 * the sentence why one could not be read. Who has gone elsewhere meanwhile is not taken away from there.
 */
export function useUpload(onDone?: (id: number) => void): DropProps {
  const [key, setKey] = useState<number | null>(null)
  const campaign = useCampaign()
  const navigate = useNavigate()
  const mine = useUploads().find((each) => each.key === key)
  const fields: Record<string, string> = campaign ? { campaign_id: String(campaign.id) } : {}

  const leadTo = (from: string) => (id: number) => {
    onDone?.(id)
    if (location.hash === from) navigate(`/imports/${id}/show`)
  }
  return {
    file: mine && mine.state !== 'done' && mine.state !== 'failed' ? mine : null,
    share: mine?.share ?? 0,
    fault: mine?.fault ? `${mine.name}：${mine.fault}` : null,
    send: (form, file, continues) =>
      setKey(
        sendWorkbook(
          form,
          file,
          { ...fields, ...(continues !== undefined && { continues: String(continues) }) },
          leadTo(location.hash),
        ),
      ),
    sendAll(files) {
      const [only, ...others] = files
      if (only && others.length === 0) return setKey(sendWorkbook(only.form, only.file, fields, leadTo(location.hash)))
      for (const { form, file } of files.slice(0, MOST_FILES)) sendWorkbook(form, file, fields)
      if (only) navigate('/imports')
    },
    forget: () => setKey(null),
  }
}

/** The form a file's name speaks of: 附件4, 宣传员, 签到表. */
function formOfName(name: string, among: readonly Form[]): Form | undefined {
  const annex = annexIn(name)
  return (
    among.find((form) => annex !== undefined && form.annex === annex) ??
    among.find((form) => name.includes(form.label) || name.includes(form.title))
  )
}

/** What this person may import; a clerk's own are registers. */
const importable = (me: Me, forms: Forms): Form[] =>
  Object.values(forms).filter(
    ({ name, annex, scope }) =>
      rightsOf(me, name).import && (scope === 'unit' || (annex !== null && me.role !== 'clerk')),
  )

/** How far a file is: 正在上传 40%, 正在核对…. */
const wordsFor = ({ state, share }: Pick<UploadState, 'state' | 'share'>): string =>
  state === 'waiting'
    ? '排队等候'
    : state === 'sending'
      ? `正在上传 ${Math.floor(share * 100)}%`
      : state === 'checking'
        ? '正在核对…'
        : state === 'done'
          ? '核对完了'
          : '没有读出来'

/** Without `form` a file's name decides, or the person is asked. */
export function DropZone({ me, form }: { me: Me; form?: Form }) {
  const upload = useUpload()
  const [over, setOver] = useState(false)
  const [taken, setTaken] = useState<File[]>([])
  const [told, setTold] = useState<{ form: string; file: File }[]>([])
  const input = useRef<HTMLInputElement>(null)
  const choices = importable(me, useForms())
  const asking = taken[0]

  /** Files whose form is known go on; the first of the others is asked about. */
  function take(files: readonly File[], known: { form: string; file: File }[]) {
    const pairs = files.map((file) => ({ file, form: (form ?? formOfName(file.name, choices))?.name }))
    const all = [...known, ...pairs.flatMap(({ file, form: name }) => (name ? [{ file, form: name }] : []))]
    const rest = pairs.filter(({ form: name }) => !name).map(({ file }) => file)
    setTaken(rest)
    setTold(rest.length > 0 ? all : [])
    if (rest.length === 0) upload.sendAll(all)
  }
  if (asking)
    return (
      <Asking
        key={asking.name}
        name={asking.name}
        choices={choices}
        onChoose={(chosen) => take(taken.slice(1), [...told, { form: chosen, file: asking }])}
      />
    )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button inside is the first
    <div
      className={classes(css.drop, over && css.over, 'drop')}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event: DragEvent) => {
        event.preventDefault()
        setOver(false)
        take([...event.dataTransfer.files], [])
      }}
    >
      <Icon name="imports" />
      {upload.file ? (
        <p aria-live="polite">
          <b>{upload.file.name}</b>
          <br />
          {upload.share < 1 ? `正在上传 ${Math.floor(upload.share * 100)}%` : '正在核对…'}
        </p>
      ) : (
        <p>
          <b>把 Excel 或 WPS 文件拖到这里</b>，或
          <LinkButton onClick={() => input.current?.click()}>选择文件</LinkButton>
        </p>
      )}
      {upload.fault ? (
        <FieldFault>{upload.fault}</FieldFault>
      ) : (
        <p className="muted">.xlsx .xls .csv，可以一次几个，表头在哪一行都行。先核对，您点了才写入。</p>
      )}
      <input
        ref={input}
        type="file"
        accept={accepted}
        multiple
        hidden
        onChange={(event: ChangeEvent<HTMLInputElement>) => {
          take([...(event.target.files ?? [])], [])
          event.target.value = ''
        }}
      />
    </div>
  )
}

/** A name that speaks of no form: the person says which one it is. */
function Asking({
  name,
  choices,
  onChoose,
}: {
  name: string
  choices: readonly Form[]
  onChoose: (form: string) => void
}) {
  return (
    <form
      className={css.drop}
      onSubmit={(event) => {
        event.preventDefault()
        onChoose(String(new FormData(event.currentTarget).get('form')))
      }}
    >
      <Field label={`“${name}”是哪张表？`}>
        <Select small name="form">
          {choices.map((each) => (
            <option key={each.name} value={each.name}>
              {annexOf(each)} {each.label}
            </option>
          ))}
        </Select>
      </Field>
      <p>
        <Button submit>核对这张表</Button>
      </p>
    </form>
  )
}

const bringsFiles = (event: globalThis.DragEvent) => event.dataTransfer?.types.includes('Files') === true

/** A register takes workbooks wherever they are dropped on its page. */
export function DropHere({ form }: { form: Form }) {
  return <DropAnywhere form={form} upload={useUpload()} words={`松开鼠标，核对这份${form.label}`} />
}

/** The whole page takes files; while one is held over it, a veil says what letting go will do. */
export function DropAnywhere({
  form,
  words,
  upload,
  continues,
}: {
  form: Form
  words: ReactNode
  upload: DropProps
  /** The import that a corrected file goes on with. */
  continues?: number
}) {
  const [over, setOver] = useState(false)
  const latest = useRef({ form, continues, upload })
  latest.current = { form, continues, upload }
  useEffect(() => {
    // Inner elements are entered before the outer ones are left.
    let depth = 0
    const onEnter = (event: globalThis.DragEvent) => {
      if (!bringsFiles(event)) return
      depth += 1
      setOver(true)
    }
    const onLeave = (event: globalThis.DragEvent) => {
      if (!bringsFiles(event)) return
      depth = Math.max(0, depth - 1)
      if (depth === 0) setOver(false)
    }
    const onOver = (event: globalThis.DragEvent) => bringsFiles(event) && event.preventDefault()
    const onDrop = (event: globalThis.DragEvent) => {
      depth = 0
      setOver(false)
      const files = [...(event.dataTransfer?.files ?? [])]
      if (event.defaultPrevented || files.length === 0) return
      event.preventDefault()
      const { form, continues, upload } = latest.current
      if (continues === undefined) upload.sendAll(files.map((file) => ({ form: form.name, file })))
      else if (files[0]) upload.send(form.name, files[0], continues)
    }
    addEventListener('dragenter', onEnter)
    addEventListener('dragleave', onLeave)
    addEventListener('dragover', onOver)
    addEventListener('drop', onDrop)
    return () => {
      removeEventListener('dragenter', onEnter)
      removeEventListener('dragleave', onLeave)
      removeEventListener('dragover', onOver)
      removeEventListener('drop', onDrop)
    }
  }, [])
  return (
    <>
      {over && (
        <div className={css.veil}>
          <p>
            <Icon name="imports" />
            {words}
          </p>
        </div>
      )}
      {upload.file && (
        <p className={css.under} role="status">
          <b>{upload.file.name}</b>　{upload.share < 1 ? `正在上传 ${Math.floor(upload.share * 100)}%` : '正在核对…'}
        </p>
      )}
      {upload.fault && (
        <Ask title="这个文件没有读出来" verb="知道了" onGo={upload.forget} onClose={upload.forget}>
          <p className="soft">{upload.fault}</p>
          <p className="muted">改好再拖一次；还不行，下载空表，把内容贴进去再传。</p>
        </Ask>
      )}
    </>
  )
}

/** Files sent together from this window, and what became of each. */
export function Uploads() {
  const forms = useForms()
  const uploads = useUploads().filter(({ together }) => together)
  if (uploads.length === 0) return null
  const ended = uploads.every(({ state }) => state === 'done' || state === 'failed')
  return (
    <section className={css.uploads} aria-label="刚传的文件">
      <ul>
        {uploads.map((each) => (
          <li key={each.key}>
            <b className="cut">{each.name}</b>
            <span className="muted">{forms[each.form]?.label}</span>
            {each.state === 'failed' ? (
              <Toned tone="bad">{wordsFor(each)}</Toned>
            ) : (
              <span className="soft">{wordsFor(each)}</span>
            )}
            {each.state === 'sending' && <progress value={each.share} aria-label={`${each.name}上传了多少`} />}
            {each.fault && <span className="soft">{each.fault}</span>}
            {each.import_id !== null && <Link to={`/imports/${each.import_id}/show`}>看核对结果</Link>}
          </li>
        ))}
      </ul>
      {ended && <LinkButton onClick={forgetEnded}>收起</LinkButton>}
    </section>
  )
}

/** Where a workbook is dropped or chosen. It is only checked; what it says is shown on the import's own page. */
import { type ChangeEvent, type DragEvent, useRef, useState } from 'react'
import { useNavigate } from 'react-admin'
import { type Form, forms, registers } from '../../server/forms/index.ts'
import { dataProvider } from '../dataProvider.ts'
import { type Me, rightsOf, useCampaign } from '../me.ts'
import { Button, Field } from './controls.tsx'
import { Icon } from './icons.tsx'

export const accepted = '.xlsx,.xlsm,.xls,.csv'

export type Upload = {
  file: File | null
  share: number
  fault: string | null
  send: (form: string, file: File) => void
  forget: () => void
}

/** Sends a file to be checked, and then leads to what came out. `fault` is the sentence why it could not be read. */
export function useUpload(): Upload {
  const [state, setState] = useState<{ file: File | null; share: number; fault: string | null }>({
    file: null,
    share: 0,
    fault: null,
  })
  const campaign = useCampaign()
  const navigate = useNavigate()
  async function run(form: string, file: File) {
    setState({ file, share: 0, fault: null })
    try {
      const fields: Record<string, string> = campaign ? { campaign_id: String(campaign.id) } : {}
      const answer = (await dataProvider.startImport(form, file, fields, (share) =>
        setState((now) => ({ ...now, share })),
      )) as { id: number }
      navigate(`/imports/${answer.id}/show`)
    } catch (error) {
      setState({ file: null, share: 0, fault: `${file.name}：${(error as Error).message}` })
    }
  }
  return {
    ...state,
    send: (form, file) => void run(form, file),
    forget: () => setState({ file: null, share: 0, fault: null }),
  }
}

/** The form a file's name speaks of: 附件4, 宣传员, 签到表. */
export function formOfName(name: string, among: readonly Form[]): Form | undefined {
  const annex = /附件\s*(\d)/.exec(name)?.[1]
  return (
    among.find((form) => annex !== undefined && form.annex === Number(annex)) ??
    among.find((form) => name.includes(form.label) || name.includes(form.title))
  )
}

export const importable = (me: Me): Form[] =>
  Object.values(forms).filter((form) => form.annex !== null && rightsOf(me, form.name).import)

/** Without `form` the file's name decides, or the person is asked. */
export function DropZone({ me, form }: { me: Me; form?: Form }) {
  const upload = useUpload()
  const [over, setOver] = useState(false)
  const [asking, setAsking] = useState<File | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const choices = importable(me).filter((each) => me.role !== 'clerk' || registers.includes(each))

  function take(file: File | undefined) {
    if (!file) return
    const found = form ?? formOfName(file.name, choices)
    if (found) upload.send(found.name, file)
    else setAsking(file)
  }
  function onDrop(event: DragEvent) {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files[0])
  }
  if (asking)
    return (
      <form
        className="drop"
        onSubmit={(event) => {
          event.preventDefault()
          upload.send(String(new FormData(event.currentTarget).get('form')), asking)
          setAsking(null)
        }}
      >
        <Field label={`“${asking.name}”是哪张表？`}>
          <select className="input small" name="form">
            {choices.map((each) => (
              <option key={each.name} value={each.name}>
                附件{each.annex} {each.label}
              </option>
            ))}
          </select>
        </Field>
        <p>
          <Button submit>核对这张表</Button>
        </p>
      </form>
    )
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a second way; the button inside is the first
    <div
      className={over ? 'drop over' : 'drop'}
      onDragOver={(event) => {
        event.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={onDrop}
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
          <button type="button" className="link" onClick={() => input.current?.click()}>
            选择文件
          </button>
        </p>
      )}
      {upload.fault ? (
        <p className="fault" role="alert">
          {upload.fault}
        </p>
      ) : (
        <p className="muted">.xlsx .csv，表头在哪一行都行。先核对，您点了写入才写入。</p>
      )}
      <input
        ref={input}
        type="file"
        accept={accepted}
        hidden
        onChange={(event: ChangeEvent<HTMLInputElement>) => {
          take(event.target.files?.[0])
          event.target.value = ''
        }}
      />
    </div>
  )
}

/** One field in the drawer: read, or written and saved when one leaves it. What is refused stays, with its sentence. */
import { useId, useRef, useState } from 'react'
import type { HttpError } from 'react-admin'
import { type Attachment, type Field, readField } from '../../../server/forms/index.ts'
import { isOpen, type Setting, shown } from '../../columns.tsx'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import { upload } from '../../http.ts'
import { Icon } from '../../parts/icons.tsx'

type FieldProps = {
  setting: Setting
  field: Field
  row: StoredRow
  marked: boolean
  writable: boolean
  onSaved: (row: StoredRow) => void
}

export function DrawerField(props: FieldProps) {
  const { field, row, marked, writable } = props
  const id = useId()
  const text = shown(field, row[field.name], row)
  return (
    <>
      <dt id={id}>
        {field.label}
        {writable && field.required && <span className="red">*</span>}
      </dt>
      <dd className={marked ? 'marked' : undefined} data-field={field.name}>
        {field.type === 'attachments' ? (
          <Files {...props} />
        ) : writable ? (
          <Write {...props} labelledBy={id} text={text} />
        ) : (
          <div className="read">
            <Reading field={field} text={text} />
          </div>
        )}
      </dd>
    </>
  )
}

function Reading({ field, text }: { field: Field; text: string }) {
  if (!text) return <span className="muted">未填</span>
  if (field.type === 'url')
    return (
      <a href={text} target="_blank" rel="noreferrer">
        {text}
      </a>
    )
  return text
}

/** Saves one field; answers the sentence when it is refused. */
async function save({ setting, field, row, onSaved }: FieldProps, value: unknown): Promise<string | undefined> {
  try {
    const { update } = await dataProvider.bulk(setting.form.name, {
      create: [],
      update: [{ id: row.id, version: row.version, [field.name]: value }],
      remove: [],
    })
    if (update[0]) onSaved(update[0])
    return undefined
  } catch (error) {
    const refusal = error as HttpError
    const { errors, conflicts } = (refusal.body ?? {}) as {
      errors?: { update?: Record<string, Record<string, string>> }
      conflicts?: { update?: Record<string, StoredRow> }
    }
    const theirs = conflicts?.update?.[0]
    if (theirs) {
      onSaved(theirs)
      return '这一行刚被别人改过，现在看到的是最新的。您写的还在这里，再改一次就存。'
    }
    const faults = errors?.update?.[0]
    return faults?.[field.name] ?? Object.values(faults ?? {})[0] ?? refusal.message
  }
}

function Write(props: FieldProps & { labelledBy: string; text: string }) {
  const { setting, field, row, text, labelledBy } = props
  const [typed, setTyped] = useState<string | null>(null)
  const [fault, setFault] = useState<string>()
  const value = typed ?? text

  async function leave(next: string) {
    if (next === text) {
      setTyped(null)
      setFault(undefined)
      return
    }
    const reading = readField(field, next, { year: setting.campaign.year })
    const sentence =
      'error' in reading
        ? reading.error
        : field.required && reading.value === null
          ? `必填：${field.label}。`
          : await save(props, reading.value)
    setFault(sentence)
    if (!sentence) setTyped(null)
  }
  const choices = field.type === 'yes_no' ? ['是', '否'] : field.choices
  return (
    <>
      {choices && field.type !== 'list' ? (
        <select
          className="write"
          aria-labelledby={labelledBy}
          value={value}
          onChange={(event) => {
            setTyped(event.target.value)
            void leave(event.target.value)
          }}
        >
          {(!field.required || !value) && <option value="" />}
          {choices.map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <textarea
          key={row.id}
          className="write"
          rows={field.type === 'long_text' ? 3 : 1}
          aria-labelledby={labelledBy}
          aria-invalid={fault !== undefined}
          value={value}
          onChange={(event) =>
            setTyped(field.type === 'long_text' ? event.target.value : event.target.value.replace(/\n/g, ''))
          }
          onBlur={(event) => void leave(event.target.value)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return
            if (event.key === 'Escape' && typed !== null) {
              event.stopPropagation()
              setTyped(null)
              setFault(undefined)
            }
            if (event.key === 'Enter' && field.type !== 'long_text') {
              event.preventDefault()
              event.currentTarget.blur()
            }
          }}
        />
      )}
      {fault && (
        <p className="fault" role="alert">
          <Icon name="warning" small />
          {fault}
        </p>
      )}
    </>
  )
}

/** A place for files: its name and whether one must lie there at 提交; files without a place have none. */
type Slot = { name?: string; needed?: boolean }

/** The slots that the record says which the row refers to, and one for files that lie in none of them. */
function slotsOf({ brought }: Setting, field: Field, row: StoredRow, files: readonly Attachment[]): Slot[] {
  const [from = '', all = '', needed = ''] = field.slots_from ?? []
  const record = brought[from]?.get(Number(row[from]))
  const names = (record?.[all] ?? []) as string[]
  const must = (record?.[needed] ?? []) as string[]
  const strays = files.map(({ part }) => part).filter((part) => part === undefined || !names.includes(part))
  const others = names.length === 0 && strays.length === 0 ? [undefined] : [...new Set(strays)]
  return [
    ...names.map((name) => ({ name, needed: must.includes(name) })),
    ...others.map((name) => (name === undefined ? {} : { name })),
  ]
}

/** Files of a row: opened in a new tab; the unit adds and takes away while the row is open. */
function Files(props: FieldProps) {
  const { setting, field, row } = props
  const files = (row[field.name] ?? []) as Attachment[]
  const [fault, setFault] = useState<string>()
  const mayWrite = setting.rights.fields_writable.includes(field.name) && isOpen(setting, row)
  const keep = async (next: Attachment[]) => setFault(await save(props, next.length > 0 ? next : null))

  async function add(chosen: FileList | null, part: string | undefined) {
    setFault(undefined)
    try {
      const added: Attachment[] = []
      for (const file of [...(chosen ?? [])].slice(0, 20)) {
        const { id, name } = await upload<{ id: number; name: string }>('/files', file)
        added.push({ id, name, ...(part && { part }) })
      }
      await keep([...files, ...added])
    } catch (error) {
      setFault((error as Error).message)
    }
  }
  return (
    <div className="read">
      {files.length === 0 && !mayWrite ? (
        <span className="muted">没有文件</span>
      ) : (
        slotsOf(setting, field, row, files).map(({ name, needed }) => (
          <div key={name ?? ''} className="slot">
            {name && (
              <b>
                {name}
                {needed && <span className="red">*</span>}
              </b>
            )}
            <ul className="files">
              {files
                .filter((file) => file.part === name)
                .map((file) => (
                  <li key={file.id}>
                    <Icon name="file" small />
                    <a className="cut fill" href={`/api/files/${file.id}`} target="_blank" rel="noreferrer">
                      {file.name}
                    </a>
                    {mayWrite && (
                      <button
                        type="button"
                        className="link"
                        onClick={() => void keep(files.filter((each) => each !== file))}
                      >
                        去掉
                      </button>
                    )}
                  </li>
                ))}
            </ul>
            {mayWrite && <Upload label={name ?? field.label} onChosen={(chosen) => add(chosen, name)} />}
          </div>
        ))
      )}
      {fault && (
        <p className="fault" role="alert">
          {fault}
        </p>
      )}
    </div>
  )
}

function Upload({ label, onChosen }: { label: string; onChosen: (chosen: FileList | null) => Promise<void> }) {
  const input = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  return (
    <>
      <button type="button" className="link" disabled={busy} onClick={() => input.current?.click()}>
        {busy ? '正在上传…' : '上传文件'}
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        aria-label={`上传${label}`}
        onChange={async (event) => {
          const { target } = event
          setBusy(true)
          await onChosen(target.files)
          target.value = ''
          setBusy(false)
        }}
      />
    </>
  )
}

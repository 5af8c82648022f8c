/**
 * One field in the drawer: read, or written when one leaves it, into the grid's own row: what is not stored stands there
 * and here, with its sentence.
 */

import { useEffect, useId, useRef, useState } from 'react'
import { type Attachment, type Field, wordsOf } from '../../../server/forms/index.ts'
import { isOpen, type Setting } from '../../columns.tsx'
import type { StoredRow } from '../../dataProvider.ts'
import type { CellWrite, HeldCell } from '../../grid/index.ts'
import { rowsOf } from '../../grid/view/growing.ts'
import { upload } from '../../http.ts'
import { FieldFault, LinkButton } from '../../parts/controls.tsx'
import { Icon } from '../../parts/icons.tsx'
import { shown } from '../../parts/shown.ts'
import drawer from './Drawer.module.css'
import css from './DrawerField.module.css'

export type FieldProps = {
  setting: Setting
  field: Field
  row: StoredRow
  marked: boolean
  writable: boolean
  /** What of it is not stored. */
  cell: HeldCell | undefined
  write: (field: string, cell: CellWrite) => void
  choose: (field: string, choice: 'mine' | 'theirs') => void
}

export function DrawerField(props: FieldProps) {
  const { field, row, marked, writable } = props
  const id = useId()
  const text = shown(field, row[field.name], row)
  return (
    <>
      <dt id={id}>
        {field.group && <span className="muted">{field.group} </span>}
        {field.label}
        {writable && (field.required || field.entry?.required) && <span className="red">*</span>}
      </dt>
      <dd className={marked ? drawer.marked : undefined} data-field={field.name}>
        {field.type === 'attachments' ? (
          <Files {...props} />
        ) : writable ? (
          <Write {...props} labelledBy={id} text={text} />
        ) : (
          <div className={drawer.read}>
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

function Write(props: FieldProps & { labelledBy: string; text: string }) {
  const { field, row, cell, text, labelledBy, write } = props
  const [typed, setTyped] = useState<string | null>(null)
  const stands = cell?.text ?? text
  const value = typed ?? stands

  function leave(next: string) {
    setTyped(null)
    if (next !== stands) write(field.name, { text: next })
  }
  // Going on to another row by the keyboard takes the field away before it is left.
  const left = useRef(() => {})
  left.current = () => typed !== null && leave(typed)
  useEffect(() => () => left.current(), [])

  const choices = wordsOf(field)
  return (
    <>
      {choices && field.type !== 'list' ? (
        <select
          className={drawer.write}
          aria-labelledby={labelledBy}
          value={value}
          onChange={(event) => leave(event.target.value)}
        >
          {(!field.required || !value) && <option value="" />}
          {[...choices, ...(value && !choices.includes(value) ? [value] : [])].map((choice) => (
            <option key={choice}>{choice}</option>
          ))}
        </select>
      ) : (
        <textarea
          key={row.id}
          className={drawer.write}
          rows={rowsOf(value, 28, field.type === 'long_text' ? 3 : 1)}
          aria-labelledby={labelledBy}
          aria-invalid={cell?.fault !== undefined}
          value={value}
          onChange={(event) =>
            setTyped(field.type === 'long_text' ? event.target.value : event.target.value.replace(/\n/g, ''))
          }
          onBlur={(event) => leave(event.target.value)}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return
            if (event.key === 'Escape' && typed !== null) {
              event.stopPropagation()
              setTyped(null)
            }
            if (event.key === 'Enter' && field.type !== 'long_text') {
              event.preventDefault()
              event.currentTarget.blur()
            }
          }}
        />
      )}
      <Fault {...props} />
    </>
  )
}

/** Why the cell is not stored; where it was changed elsewhere too, both values and a choice. */
function Fault({ field, cell, choose, write }: FieldProps) {
  if (cell?.theirs === undefined && !cell?.fault) return null
  return (
    <FieldFault>
      {cell.theirs === undefined ? (
        <span>
          {cell.fault} <LinkButton onClick={() => write(field.name, null)}>恢复原值</LinkButton>
        </span>
      ) : (
        <span>
          这一格刚被别人改过，现在是“{cell.theirs || '空'}”。{' '}
          <LinkButton onClick={() => choose(field.name, 'mine')}>用我的</LinkButton>{' '}
          <LinkButton onClick={() => choose(field.name, 'theirs')}>用现在的</LinkButton>
        </span>
      )}
    </FieldFault>
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
  const { setting, field, row, cell, write } = props
  const files = ((cell ? cell.value : row[field.name]) ?? []) as Attachment[]
  const [fault, setFault] = useState<string>()
  const mayWrite = setting.rights.fields_writable.includes(field.name) && isOpen(setting, row)
  // Files may come one after the other: each is put to those that lie there by then.
  const keep = (next: (files: readonly Attachment[]) => Attachment[]) =>
    write(field.name, { value: (now) => next((now ?? []) as Attachment[]) })

  async function add(chosen: FileList | null, part: string | undefined) {
    setFault(undefined)
    try {
      const added: Attachment[] = []
      for (const file of [...(chosen ?? [])].slice(0, 20)) {
        const { id, name } = await upload<{ id: number; name: string }>('/files', file, {
          campaign_id: String(row.campaign_id ?? setting.campaign.id),
          ...(typeof row.collection_id === 'number' && { collection_id: String(row.collection_id) }),
        })
        added.push({ id, name, ...(part && { part }) })
      }
      keep((now) => [...now, ...added])
    } catch (error) {
      setFault((error as Error).message)
    }
  }
  return (
    <div className={drawer.read}>
      {files.length === 0 && !mayWrite ? (
        <span className="muted">没有文件</span>
      ) : (
        slotsOf(setting, field, row, files).map(({ name, needed }) => (
          <div key={name ?? ''} className={css.slot}>
            {name && (
              <b>
                {name}
                {needed && <span className="red">*</span>}
              </b>
            )}
            <ul className={css.files}>
              {files
                .filter((file) => file.part === name)
                .map((file) => (
                  <li key={file.id}>
                    <Icon name="file" small />
                    <a className="cut fill" href={`/api/files/${file.id}`} target="_blank" rel="noreferrer">
                      {file.name}
                    </a>
                    {mayWrite && (
                      <LinkButton
                        onClick={() =>
                          keep((now) => now.filter(({ id, part }) => id !== file.id || part !== file.part))
                        }
                      >
                        去掉
                      </LinkButton>
                    )}
                  </li>
                ))}
            </ul>
            {mayWrite && <Upload label={name ?? field.label} onChosen={(chosen) => add(chosen, name)} />}
          </div>
        ))
      )}
      {fault && <FieldFault>{fault}</FieldFault>}
      <Fault {...props} />
    </div>
  )
}

function Upload({ label, onChosen }: { label: string; onChosen: (chosen: FileList | null) => Promise<void> }) {
  const input = useRef<HTMLInputElement>(null)
  const [busy, setBusy] = useState(false)
  return (
    <>
      <LinkButton disabled={busy} onClick={() => input.current?.click()}>
        {busy ? '正在上传…' : '上传文件'}
      </LinkButton>
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

/**
 * An empty one-page form, read into a print template of a register: shown with its blanks, corrected and stored. Whoever has such a
 * file at hand (表单设计, a notice's annex) gives it here.
 */
import { useEffect, useRef, useState } from 'react'
import { useNotify } from 'react-admin'
import type { PrintBlank, PrintColumn } from '../../../server/forms/index.ts'
import type { Block } from '../../../server/proposals/notice/document.ts'
import { put, upload } from '../../http.ts'
import { Button, Fault, Field, Input } from '../../parts/controls.tsx'
import { type PrintTemplate, useTemplatesChanged } from '../../parts/prints.ts'
import { Matching } from './Matching.tsx'

type ReadPaper = { blanks: PrintBlank[]; paper: Block[]; columns: PrintColumn[] }

type PaperFromFileProps = {
  campaignId: number
  /** The register's name. */
  form: string
  file: File
  onMade: (template: PrintTemplate) => void
  onLeave: () => void
}

export function PaperFromFile({ campaignId, form, file, onMade, onLeave }: PaperFromFileProps) {
  const [read, setRead] = useState<ReadPaper | null>(null)
  const [name, setName] = useState(file.name.replace(/\.\w+$/, '').replace(/^附件\d*[-—：:]?/, ''))
  const [fault, setFault] = useState<string | null>(null)
  const [isBusy, setBusy] = useState(false)
  const made = useRef<PrintTemplate | null>(null)
  const changed = useTemplatesChanged(campaignId, form)
  const notify = useNotify()
  useEffect(() => {
    let isGone = false
    upload<ReadPaper>('/print_templates?check=1', file, { campaign_id: String(campaignId), form }).then(
      (found) => !isGone && setRead(found),
      (error: Error) => !isGone && setFault(error.message),
    )
    return () => {
      isGone = true
    }
  }, [file, campaignId, form])

  async function store(blanks: readonly PrintBlank[]) {
    setBusy(true)
    setFault(null)
    try {
      // what has been made is only changed when it is stored again
      made.current ??= await upload<PrintTemplate>('/print_templates', file, {
        campaign_id: String(campaignId),
        form,
        name,
      })
      const { id, version } = made.current
      const wanted = blanks.map(({ at, field }) => ({ at, field }))
      const stored: PrintTemplate = await put(`/print_templates/${id}`, { version, name, blanks: wanted })
      await changed()
      notify('已存。登记表上有了“打印登记表”。', { type: 'info' })
      onMade(stored)
    } catch (error) {
      setFault((error as Error).message)
    } finally {
      setBusy(false)
    }
  }
  if (!read)
    return fault ? (
      <>
        <Fault>{fault}</Fault>
        <Button onClick={onLeave}>换一个文件</Button>
      </>
    ) : (
      <p className="soft">正在读“{file.name}”…</p>
    )
  const setField = (at: string, field: string | null) =>
    setRead({ ...read, blanks: read.blanks.map((blank) => (blank.at === at ? chosen(blank, field) : blank)) })
  return (
    <>
      {fault && <Fault>{fault}</Fault>}
      <Matching {...read} onField={setField}>
        <Field label="叫什么">
          <Input value={name} maxLength={60} onChange={({ target }) => setName(target.value)} />
        </Field>
        <p>
          <Button kind="primary" disabled={isBusy || name.trim() === ''} onClick={() => void store(read.blanks)}>
            保存
          </Button>{' '}
          <Button onClick={onLeave}>不要了</Button>
        </p>
      </Matching>
    </>
  )
}

/** A blank with the column somebody chose for it: nobody has to look at it any more. */
export function chosen({ guessed: _, ...blank }: PrintBlank, field: string | null): PrintBlank {
  return { ...blank, field }
}

/** 一人一表: the one-page forms of a register, handed over as files, their blanks matched to its columns, tried with one row. */
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useNotify } from 'react-admin'
import type { Form, PrintBlank, PrintColumn } from '../../../server/forms/index.ts'
import type { Block } from '../../../server/proposals/notice/document.ts'
import { dataProvider } from '../../dataProvider.ts'
import { del, get, put } from '../../http.ts'
import type { Campaign } from '../../me.ts'
import { Ask } from '../../parts/Ask.tsx'
import { papersBrought } from '../../parts/broughtPapers.ts'
import { Body, Button, Fault, LinkButton, Page, PageHead } from '../../parts/controls.tsx'
import { emptyPaper, type PrintTemplate, print, usePrintTemplates, useTemplatesChanged } from '../../parts/prints.ts'
import { useAddress } from '../tables/address.ts'
import { Matching } from './Matching.tsx'
import { chosen, PaperFromFile } from './PaperFromFile.tsx'
import css from './Prints.module.css'
import { Unmatched } from './Unmatched.tsx'

type PrintTemplatesProps = { campaign: Campaign; form: Form; onLeave: () => void }

export function PrintTemplates({ campaign, form, onLeave }: PrintTemplatesProps) {
  const { data: templates, error } = usePrintTemplates(campaign.id, form.name)
  const [file, setFile] = useState<File | null>(null)
  const [address, change] = useAddress()
  const setOpenId = (id: number | null) => change({ template: id === null ? '' : String(id) })
  const open = templates?.find(({ id }) => String(id) === address.template)
  const isListed = !file && !open
  return (
    <Page scrolls={isListed}>
      <PageHead title={`${form.label}：一人一表`} help="prints">
        <Button
          onClick={() => {
            if (isListed) return onLeave()
            setFile(null)
            setOpenId(null)
          }}
        >
          返回
        </Button>
      </PageHead>
      {error && <Fault>{error.message}</Fault>}
      {file && (
        <PaperFromFile
          campaignId={campaign.id}
          form={form.name}
          file={file}
          onLeave={() => setFile(null)}
          onMade={({ id }) => {
            setFile(null)
            setOpenId(id)
          }}
        />
      )}
      {open && !file && (
        <Stored key={open.version} template={open} campaign={campaign} form={form} onGone={() => setOpenId(null)} />
      )}
      {isListed && templates && (
        <Body>
          <ul className={css.list}>
            {templates.map((template) => (
              <li key={template.id}>
                <LinkButton onClick={() => setOpenId(template.id)}>{template.name}</LinkButton>
                <span className="muted">
                  {template.file_name}　{template.blanks.length} 个空格
                </span>
                <LinkButton aria-label={`下载空表：${template.name}`} onClick={() => void emptyPaper(template)}>
                  下载空表
                </LinkButton>
              </li>
            ))}
          </ul>
          {templates.length === 0 && <p className="soft">还没有。选一份没有填过的空表（.docx 或 .xlsx）。</p>}
          {papersBrought(campaign.id).map((paper) => (
            <p key={paper.name}>
              从通知带来的：<Button onClick={() => setFile(paper)}>{paper.name}</Button>
            </p>
          ))}
          <input
            type="file"
            aria-label="一人一份的空表"
            accept=".docx,.xlsx"
            onChange={({ target }) => setFile(target.files?.[0] ?? null)}
          />
        </Body>
      )}
    </Page>
  )
}

type StoredPaper = { paper: Block[]; columns: PrintColumn[]; proposed: PrintBlank[] }

/** What is done to one template: a sentence when it is done, and one where it was refused. */
function useTemplateSteps({ id, version, form }: PrintTemplate, campaignId: number) {
  const [fault, setFault] = useState<string | null>(null)
  const changed = useTemplatesChanged(campaignId, form)
  const notify = useNotify()
  const step = async (work: () => Promise<unknown>, words: string) => {
    setFault(null)
    try {
      await work()
      notify(words, { type: 'info' })
      await changed()
    } catch (refused) {
      setFault((refused as Error).message)
    }
  }
  return {
    fault,
    store: (blanks: readonly PrintBlank[]) =>
      step(
        () => put(`/print_templates/${id}`, { version, blanks: blanks.map(({ at, field }) => ({ at, field })) }),
        '已存。',
      ),
    remove: () => step(() => del(`/print_templates/${id}?version=${version}`), '已删去。登记表里的行都还在。'),
    /** With the row that was made last, whoever's it is. */
    async tryOne(template: PrintTemplate) {
      const { data: rows } = await dataProvider.getList(form, {
        pagination: { page: 1, perPage: 1 },
        sort: { field: 'id', order: 'DESC' },
        filter: { campaign_id: campaignId },
      })
      if (rows[0]) await print(template, 'one', { id: rows[0].id })
      else notify('登记表里还没有行，录一行再试。', { type: 'warning' })
    },
  }
}

type StoredProps = { template: PrintTemplate; campaign: Campaign; form: Form; onGone: () => void }

function Stored({ template, campaign, form, onGone }: StoredProps) {
  const [blanks, setBlanks] = useState<readonly PrintBlank[]>(template.blanks)
  const [isAsking, setAsking] = useState(false)
  const steps = useTemplateSteps(template, campaign.id)
  const { data, error } = useQuery({
    // matched anew when the register has other columns
    queryKey: ['print_template_paper', template.id, form.fields.map(({ name, label }) => name + label).join()],
    queryFn: () => get(`/print_templates/${template.id}/paper`) as Promise<StoredPaper>,
  })
  const isChanged = blanks.some(({ field }, n) => field !== template.blanks[n]?.field)
  return (
    <>
      {(steps.fault ?? error) && <Fault>{steps.fault ?? error?.message}</Fault>}
      {data && (
        <Matching
          paper={data.paper}
          columns={data.columns}
          blanks={blanks}
          onField={(at, field) => setBlanks(blanks.map((blank) => (blank.at === at ? chosen(blank, field) : blank)))}
        >
          <Unmatched
            campaignId={campaign.id}
            form={form}
            blanks={blanks}
            proposed={data.proposed}
            onBlanks={setBlanks}
          />
          <p>
            <Button kind="primary" disabled={!isChanged} onClick={() => void steps.store(blanks)}>
              保存
            </Button>{' '}
            <Button
              disabled={isChanged}
              title={isChanged ? '先保存，再试打' : undefined}
              onClick={() => void steps.tryOne(template)}
            >
              试打一份
            </Button>{' '}
            <Button onClick={() => setAsking(true)}>删去</Button>
          </p>
        </Matching>
      )}
      {isAsking && (
        <Ask
          title={`删去“${template.name}”？`}
          verb="删去"
          onClose={() => setAsking(false)}
          onGo={() => {
            setAsking(false)
            onGone()
            void steps.remove()
          }}
        >
          <p className="soft">删去以后不能再打印成这张表，也不能读入填好的这张表。</p>
        </Ask>
      )}
    </>
  )
}

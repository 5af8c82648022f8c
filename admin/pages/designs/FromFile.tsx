/** 从附件来: a workbook of a notice as it looks, what was read of it, and what it does not say; confirmed it is a draft. */
import { useState } from 'react'
import type { RegisterProposal } from '../../../server/proposals/register_proposal.ts'
import { upload } from '../../http.ts'
import type { Campaign } from '../../me.ts'
import { Body, Button, Fault, Lines, Page, PageHead, Section, Select } from '../../parts/controls.tsx'
import { withAnswers } from './answers.ts'
import css from './Designs.module.css'
import { type DesignFault, type FormDesign, textOf, useDesignSteps, wholeOf } from './designs.ts'
import { Faults, Fields } from './parts.tsx'

type FromFileProps = { campaign: Campaign; onOpen: (design: FormDesign | null) => void }

export function FromFile({ campaign, onOpen }: FromFileProps) {
  const [proposals, setProposals] = useState<RegisterProposal[] | null>(null)
  const [refused, setRefused] = useState('')
  const steps = useDesignSteps(onOpen)

  async function read(file: File | undefined) {
    if (!file) return
    setRefused('')
    try {
      setProposals(await upload<RegisterProposal[]>(`/form_designs/proposals?campaign_id=${campaign.id}`, file))
    } catch (error) {
      setRefused((error as Error).message)
    }
  }
  return (
    <Page scrolls>
      <PageHead title="从附件来" help="from_file">
        <Button onClick={() => onOpen(null)}>返回</Button>
      </PageHead>
      {refused && <Fault>{refused}</Fault>}
      {steps.fault && <Fault>{steps.fault.sentence}</Fault>}
      <Body className={css.page}>
        <input
          type="file"
          aria-label="附件"
          accept=".xlsx,.xls,.xlsm"
          onChange={(event) => void read(event.target.files?.[0])}
        />
        {proposals?.length === 0 && <p className="soft">这个文件里没有读出表来。</p>}
        {proposals?.map((proposal) => (
          <Proposed
            key={`${proposal.table.sheet} ${proposal.table.range}`}
            proposal={proposal}
            fault={steps.fault}
            busy={steps.busy}
            onConfirm={(form) => void steps.create(campaign.id, textOf(form))}
          />
        ))}
      </Body>
    </Page>
  )
}

const kinds = { register: '登记表', quotas: '任务分配', options: '可选项', other: '不是登记表' } as const

type ProposedProps = {
  proposal: RegisterProposal
  fault: DesignFault | null
  busy: boolean
  onConfirm: (form: object) => void
}

function Proposed({ proposal: { table, form, questions }, fault, busy, onConfirm }: ProposedProps) {
  const [chosen, setChosen] = useState<Record<string, number>>({})
  const answered = form && withAnswers(form, questions, chosen)
  const left = table.columns.filter(({ is }) => is !== 'field')
  return (
    <>
      <Section title={table.title ?? table.sheet} note={`${kinds[table.kind]}　${table.sheet} ${table.range}`}>
        <Picture table={table} />
      </Section>
      {left.map(({ cell, heading, why }) => (
        <p key={cell} className="soft">
          {cell} “{heading}”：{why}
        </p>
      ))}
      {table.rows.examples > 0 && <p className="soft">有 {table.rows.examples} 行示例，不算数据。</p>}
      {answered && <Fields fields={wholeOf(answered)?.fields ?? []} />}
      {questions.map(({ id, says, options, from }) => (
        <p key={id}>
          {from && <code>{from}</code>} {says}{' '}
          <Select
            aria-label={says}
            value={chosen[id] ?? 0}
            onChange={(event) => setChosen({ ...chosen, [id]: Number(event.target.value) })}
          >
            {options.map(({ label }, at) => (
              <option key={label} value={at}>
                {label}
              </option>
            ))}
          </Select>
        </p>
      ))}
      {fault && <Faults of={fault} />}
      {answered && (
        <Button kind="primary" disabled={busy} onClick={() => onConfirm(answered)}>
          确认，建成草稿
        </Button>
      )}
    </>
  )
}

/** The sheet, each row marked by what it was taken for. */
function Picture({ table: { picture } }: Pick<RegisterProposal, 'table'>) {
  const words = {
    annex: '附件号',
    title: '标题',
    meta: '填报栏',
    note: '说明',
    heading: '表头',
    example: '示例',
    row: '',
    total: '合计',
  }
  return (
    <Lines>
      <tbody>
        {picture.rows.map(({ row, role, cells }) => (
          <tr key={row}>
            <th scope="row" className="muted">
              {words[role]}
            </th>
            {cells.map(({ from, to, down, text }) => (
              <td key={from} colSpan={to - from + 1} rowSpan={down}>
                {text}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </Lines>
  )
}

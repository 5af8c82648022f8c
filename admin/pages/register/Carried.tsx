/** Rows of an earlier year that the unit is offered: how many wait, and the list in which they are confirmed or turned down. */
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import type { CarriedRows } from '../../../server/campaigns/years/carried.ts'
import {
  type Form,
  type Field as FormField,
  fieldOf,
  labelOf,
  outlivesCampaign,
  printField,
  type Value,
} from '../../../server/forms/index.ts'
import type { Setting } from '../../columns.tsx'
import type { StoredRow } from '../../dataProvider.ts'
import { get, post } from '../../http.ts'
import { Button, Checkbox, Fault, Field, Input, Lines, LinkButton, Strip } from '../../parts/controls.tsx'
import { Dialog } from '../../parts/Dialog.tsx'
import { count } from '../../parts/words.ts'
import css from './Carried.module.css'

/** Columns by which a person or a union is known again. */
const SHOWN_FIELDS = 4

const keyOf = (form: string, campaignId: number) => ['carried', form, campaignId]

/** Over the register of a unit as long as rows of it wait; `after` some were confirmed, the list is read again. */
export function CarriedStrip({ setting, after }: { setting: Setting; after: () => void }) {
  const { form, me, campaign, rights } = setting
  const [isOpen, setOpen] = useState(false)
  const isOffered = me.unit_id !== null && rights.create && !setting.closed && outlivesCampaign(form)
  const { data } = useQuery<CarriedRows>({
    queryKey: keyOf(form.name, campaign.id),
    queryFn: () => get(`/${form.name}/carried?campaign_id=${campaign.id}`) as Promise<CarriedRows>,
    enabled: isOffered,
  })
  if (!isOffered || !data || data.total === 0) return null
  return (
    <Strip role="status">
      <span>
        {data.from_year} 年度通过的{form.label}还有 {count(data.total)} {form.measure}待确认，没有确认的不算今年的。
      </span>
      <LinkButton onClick={() => setOpen(true)}>核对</LinkButton>
      {isOpen && <Confirming setting={setting} carried={data} after={after} onClose={() => setOpen(false)} />}
    </Strip>
  )
}

type ConfirmingProps = { setting: Setting; carried: CarriedRows; after: () => void; onClose: () => void }

/** Confirms or turns down what is ticked, as often as it takes. */
function useConfirming({ form, campaign }: Setting, after: () => void) {
  const client = useQueryClient()
  const notify = useNotify()
  const [faults, setFaults] = useState<{ sentence: string; rows: Record<string, string> }>()
  const settle = async (path: string, body: object, done: string) => {
    setFaults(undefined)
    try {
      await post(`/${form.name}/${path}`, { campaign_id: campaign.id, ...body })
      await client.invalidateQueries({ queryKey: keyOf(form.name, campaign.id) })
      notify(done, { type: 'info' })
      after()
      return true
    } catch (error) {
      const { message, body } = error as HttpError
      setFaults({ sentence: message, rows: (body as { errors?: Record<string, string> } | null)?.errors ?? {} })
      return false
    }
  }
  return { settle, faults }
}

function Confirming({ setting, carried, after, onClose }: ConfirmingProps) {
  const { form } = setting
  const [ticked, setTicked] = useState<readonly number[]>([])
  const [values, setValues] = useState<Record<string, string>>({})
  const { settle, faults } = useConfirming(setting, after)
  const amount = `${count(ticked.length)} ${form.measure}`
  const confirm = async () => {
    const kept = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''))
    if (await settle('carried', { ids: ticked, values: kept }, `已带过来 ${amount}，是草稿，可以接着改。`))
      setTicked([])
  }
  const refuse = async () => {
    if (await settle('carried/refusals', { ids: ticked }, `${amount}今年不带。`)) setTicked([])
  }
  return (
    <Dialog
      wide
      title={`${carried.from_year} 年度的${form.label}，${count(carried.total)} ${form.measure}待确认`}
      onClose={onClose}
      onSubmit={() => void confirm()}
      buttons={
        <>
          <Button onClick={onClose}>以后再说</Button>
          <Button disabled={ticked.length === 0} onClick={() => void refuse()}>
            不带
          </Button>
          <Button kind="primary" submit disabled={ticked.length === 0}>
            确认{ticked.length > 0 && ` ${amount}`}
          </Button>
        </>
      }
    >
      <p className="soft">还在的打钩确认，带过来以后是草稿，哪里变了在表里改；不在了的打钩点“不带”。</p>
      <div className={css.asked}>
        {carried.asked.map((name) => (
          <Field key={name} label={`今年的${fieldOf(form, name)?.label ?? name}`}>
            <Input
              small
              type="date"
              value={values[name] ?? ''}
              onChange={({ target }) => setValues({ ...values, [name]: target.value })}
            />
          </Field>
        ))}
      </div>
      {faults && <Fault>{faults.sentence}</Fault>}
      <Rows form={form} carried={carried} faults={faults?.rows} ticked={ticked} onTick={setTicked} />
    </Dialog>
  )
}

type RowsProps = {
  form: Form
  carried: CarriedRows
  faults: Record<string, string> | undefined
  ticked: readonly number[]
  onTick: (ids: readonly number[]) => void
}

function Rows({ form, carried, faults, ticked, onTick }: RowsProps) {
  const fields = form.fields.filter((field) => !field.derived && !field.of_year).slice(0, SHOWN_FIELDS)
  const isWhole = ticked.length === carried.rows.length
  return (
    <div className={css.rows}>
      <Lines sticky>
        <thead>
          <tr>
            <th>
              <Checkbox
                aria-label="全选"
                checked={isWhole && ticked.length > 0}
                onChange={() => onTick(isWhole ? [] : carried.rows.map(({ id }) => id))}
              />
            </th>
            {fields.map(({ name, label }) => (
              <th key={name}>{label}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {carried.rows.map((row) => (
            <Offered
              key={row.id}
              row={row}
              fields={fields}
              fault={faults?.[row.id]}
              isTicked={ticked.includes(row.id)}
              onTick={() =>
                onTick(ticked.includes(row.id) ? ticked.filter((id) => id !== row.id) : [...ticked, row.id])
              }
            />
          ))}
        </tbody>
      </Lines>
    </div>
  )
}

type OfferedProps = {
  row: StoredRow
  fields: readonly FormField[]
  fault: string | undefined
  isTicked: boolean
  onTick: () => void
}

function Offered({ row, fields, fault, isTicked, onTick }: OfferedProps) {
  return (
    <tr>
      <td>
        <Checkbox aria-label={String(row[fields[0]?.name ?? ''] ?? row.id)} checked={isTicked} onChange={onTick} />
      </td>
      {fields.map((field) => (
        <td key={field.name}>
          {field.type === 'reference'
            ? String(row[labelOf(field.name)] ?? '')
            : printField(field, row[field.name] as Value | undefined)}
          {field === fields[0] && fault && <em className={css.fault}>{fault}</em>}
        </td>
      ))}
    </tr>
  )
}

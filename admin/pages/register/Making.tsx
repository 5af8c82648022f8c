/** A record made where a cell refers to it: its name is what was typed there, and what else it must have is asked for. */
import { useCallback, useState } from 'react'
import { type HttpError, useNotify } from 'react-admin'
import {
  type Errors,
  type Field,
  type Form,
  isBlank,
  placeOf,
  readField,
  wordsOf,
} from '../../../server/forms/index.ts'
import type { Make } from '../../columns.tsx'
import { dataProvider, type StoredRow } from '../../dataProvider.ts'
import type { Option } from '../../grid/index.ts'
import type { Campaign } from '../../me.ts'
import { Ask } from '../../parts/Ask.tsx'
import { Input, Field as Labelled, Select } from '../../parts/controls.tsx'
import { forgetKnown } from '../../suggesting.ts'

type NewRecord = { target: Form; name: string; done: (made: Option | null) => void }

/** What columns make records by, and the dialog that stands open meanwhile; `after` it, the keyboard is the table's again. */
export function useMaking(campaign: Campaign, after: () => void) {
  const [asking, setAsking] = useState<NewRecord | null>(null)
  const make: Make = useCallback(
    (target, name) => new Promise((resolve) => setAsking({ target, name, done: resolve })),
    [],
  )
  const dialog = asking && (
    <Making
      {...asking}
      campaign={campaign}
      done={(made) => {
        setAsking(null)
        asking.done(made)
        setTimeout(after) // a modal dialog lets go of the focus once it is gone
      }}
    />
  )
  return { make, dialog }
}

const mustHave = ({ fields }: Form) => fields.filter((field) => field.required && !field.derived)

function Making({ target, name, done, campaign }: NewRecord & { campaign: Campaign }) {
  const fields = mustHave(target)
  const [typed, setTyped] = useState<Record<string, string>>({ [target.names]: name })
  const [faults, setFaults] = useState<Errors>({})
  const [busy, setBusy] = useState(false)
  const notify = useNotify()

  async function go() {
    const { values, errors } = read(fields, typed, campaign.year)
    setFaults(errors)
    if (Object.keys(errors).length > 0 || busy) return
    setBusy(true)
    try {
      const scope = target.scope === 'global' ? {} : { campaign_id: campaign.id }
      const { data } = await dataProvider.create<StoredRow>(target.name, { data: { ...values, ...scope } as never })
      forgetKnown()
      notify(`已新建${target.label}：${data[target.names]}，其余栏目可以在${placeOf(target)}里补。`, { type: 'info' })
      done({ value: data.id, label: String(data[target.names]) })
    } catch (error) {
      const { body, message } = error as HttpError
      const told = (body as { errors?: Errors } | undefined)?.errors ?? {}
      const known = Object.fromEntries(
        Object.entries(told).filter(([each]) => fields.some(({ name }) => name === each)),
      )
      setFaults(Object.keys(known).length > 0 ? known : { [target.names]: Object.values(told)[0] ?? message })
      setBusy(false)
    }
  }

  return (
    <Ask title={`新建${target.label}`} verb="新建" disabled={busy} onGo={() => void go()} onClose={() => done(null)}>
      {fields.map((field, at) => (
        <Labelled key={field.name} label={field.label} fault={faults[field.name]} hint={field.note}>
          <FieldInput
            field={field}
            value={typed[field.name] ?? ''}
            // the name is known already: one goes on with what comes after it
            isFirst={at === (fields[0]?.name === target.names ? 1 : 0)}
            onChange={(text) => {
              const { [field.name]: _, ...others } = faults
              setFaults(others)
              setTyped({ ...typed, [field.name]: text })
            }}
          />
        </Labelled>
      ))}
    </Ask>
  )
}

function read(fields: readonly Field[], typed: Readonly<Record<string, string>>, year: number) {
  const errors: Errors = {}
  const values: Record<string, unknown> = {}
  for (const field of fields) {
    const reading = readField(field, typed[field.name] ?? '', { year })
    if ('error' in reading) errors[field.name] = reading.error
    else if (isBlank(reading.value)) errors[field.name] = `必填：${field.label}。`
    else values[field.name] = reading.value
  }
  return { values, errors }
}

type FieldInputProps = { field: Field; value: string; isFirst: boolean; onChange: (text: string) => void }

function FieldInput({ field, value, isFirst, onChange }: FieldInputProps) {
  const choices = wordsOf(field)
  if (choices && field.type !== 'list')
    return (
      <Select autoFocus={isFirst} value={value} onChange={(event) => onChange(event.target.value)}>
        <option value="">请选</option>
        {choices.map((each) => (
          <option key={each}>{each}</option>
        ))}
      </Select>
    )
  return (
    <Input
      autoFocus={isFirst}
      value={value}
      placeholder={field.type === 'date' ? '如 2019-06-18' : ''}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

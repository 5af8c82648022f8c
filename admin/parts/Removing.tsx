/** The confirmation before something is deleted that everybody's work rests on: its name has to be typed. */
import { useState } from 'react'
import { type Form, labelOf, sameText } from '../../server/forms/index.ts'
import type { Row } from '../grid/index.ts'
import { Ask } from './Ask.tsx'
import { Field, Input } from './controls.tsx'

export type Removal = { rows: readonly Row[]; go: () => void }

const nameOf = (form: Form, row: Row | undefined) =>
  String(row?.[labelOf(form.names)] ?? row?.[form.names] ?? '').trim()

export function Removing({ form, asked, onClose }: { form: Form; asked: Removal; onClose: () => void }) {
  const { rows, go } = asked
  const [typed, setTyped] = useState('')
  const name = nameOf(form, rows[0])
  if (rows.length > 1)
    return (
      <Ask title={`${form.label}一次只能删去一${form.measure}`} verb="知道了" onGo={onClose} onClose={onClose}>
        <p className="soft">选中了 {rows.length} 行。删去要写出名称，所以一个一个来。</p>
      </Ask>
    )
  return (
    <Ask
      title={`删去${form.label}“${name}”？`}
      verb="删去"
      disabled={sameText(typed.trim()) !== sameText(name)}
      onGo={() => {
        onClose()
        go()
      }}
      onClose={onClose}
    >
      <p className="soft">所有人都会受影响。还有记录用着它时删不掉；删去以后在回收站里，可以找回。</p>
      <Field label={`请写出名称：${name}`}>
        <Input autoFocus autoComplete="off" value={typed} onChange={(event) => setTyped(event.target.value)} />
      </Field>
    </Ask>
  )
}

/** One value for many rows: which field, what it shall be, and how many rows it will be in. */
import { useState } from 'react'
import { wordsOf } from '../../../server/forms/index.ts'
import { isWritable, type Setting } from '../../columns.tsx'
import { Button, Field, Input, Select } from '../../parts/controls.tsx'
import { count } from '../../parts/words.ts'
import css from './Asked.module.css'

type SetValueProps = {
  setting: Setting
  rows: number
  onGo: (field: string, label: string, value: string | null) => void
  onClose: () => void
}

export function SetValue({ setting, rows, onGo, onClose }: SetValueProps) {
  const { form, me } = setting
  const own = { unit_id: me.unit_id, status: 'draft' }
  const fields = form.fields.filter((field) => isWritable(setting, field, own))
  const [name, setName] = useState(fields[0]?.name ?? '')
  const [value, setValue] = useState('')
  const field = fields.find((each) => each.name === name)
  if (!field) return null
  const choices = wordsOf(field)
  const blank = value.trim() === ''
  return (
    <form
      className={css.reason}
      aria-label={`设值 ${rows} 行`}
      onSubmit={(event) => {
        event.preventDefault()
        if (!blank || !field.required) onGo(field.name, field.label, blank ? null : value)
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onClose()
      }}
    >
      <h3>设值 {count(rows)} 行</h3>
      <Field label="栏目">
        <Select
          className={css.text}
          autoFocus
          value={name}
          onChange={(event) => {
            setName(event.target.value)
            setValue('')
          }}
        >
          {fields.map((each) => (
            <option key={each.name} value={each.name}>
              {each.label}
            </option>
          ))}
        </Select>
      </Field>
      <Field label="改成">
        {choices ? (
          <Select className={css.text} value={value} onChange={(event) => setValue(event.target.value)}>
            <option value="">{field.required ? '请选' : '（清空）'}</option>
            {choices.map((each) => (
              <option key={each}>{each}</option>
            ))}
          </Select>
        ) : (
          <Input
            className={css.text}
            value={value}
            placeholder={field.required ? '' : '空着就是清空'}
            onChange={(event) => setValue(event.target.value)}
          />
        )}
      </Field>
      <footer>
        <span className="muted fill">做完可以撤销</span>
        <Button onClick={onClose}>取消</Button>
        <Button kind="primary" submit disabled={blank && field.required}>
          {blank ? '清空' : '改'} {count(rows)} 行
        </Button>
      </footer>
    </form>
  )
}

/** The filter of a column of choices: what is ticked, or everything but that. */
import { useState } from 'react'
import { meant } from '../model/choosing.ts'
import { matchOptions } from '../model/filters.ts'
import type { Option } from '../types.ts'
import { Icon } from '../view/icons.tsx'
import { Foot, type PanelProps, useSubmit } from './filterForm.tsx'

const NONE: Option = { value: null, label: '（空）' }

export function FilterList({ column, entry, onApply }: PanelProps) {
  const options = [...(column.choices ?? []), NONE]
  const given = typeof entry === 'object' ? entry : undefined
  const [text, setText] = useState('')
  const [not, setNot] = useState(given?.not ?? false)
  const [values, setValues] = useState<readonly unknown[]>(given?.values ?? (entry === '空' ? [null] : []))
  const [fault, setFault] = useState('')
  const marker = useSubmit(() => {
    const all = withTyped()
    if (all) onApply(all.length > 0 ? { values: all, ...(not && { not }) } : null)
  })
  const found = matchOptions(options, text)
  /** What is ticked, with what was looked for, where that is one; else it is said, and null. */
  function withTyped(): readonly unknown[] | null {
    const option = meant(options, text, true)
    if (text.trim() === '') return values
    if (option) return values.includes(option.value) ? values : [...values, option.value]
    if (found.length > 0) setFault(`“${text.trim()}”有 ${found.length} 个，请勾选，或者再写几个字。`)
    return null
  }
  const toggle = (value: unknown) =>
    setValues(values.includes(value) ? values.filter((each) => each !== value) : [...values, value])
  return (
    <>
      <span ref={marker} className="grid-panel-line">
        <label>
          <input type="radio" name="not" checked={!not} onChange={() => setNot(false)} />是
        </label>
        <label>
          <input type="radio" name="not" checked={not} onChange={() => setNot(true)} />
          不是
        </label>
      </span>
      <input
        className="grid-input"
        value={text}
        placeholder="名称或拼音首字母"
        aria-label="找选项"
        onChange={(event) => {
          setText(event.target.value)
          setFault('')
        }}
        onKeyDown={(event) => {
          // Enter ticks what was looked for; with nothing looked for it narrows.
          if (event.key !== 'Enter' || text.trim() === '' || event.nativeEvent.isComposing) return
          event.preventDefault()
          const option = meant(options, text, true)
          if (option) {
            toggle(option.value)
            setText('')
          } else withTyped()
        }}
      />
      {fault && (
        <p role="alert" className="grid-panel-fault">
          <Icon name="warning" />
          {fault}
        </p>
      )}
      <div className="grid-panel-list">
        {found.map((option) => (
          <label key={String(option.value)} className="grid-option">
            <input type="checkbox" checked={values.includes(option.value)} onChange={() => toggle(option.value)} />
            <span className="grid-option-label">{option.label}</span>
          </label>
        ))}
        {found.length === 0 && <p>没有这样的选项。</p>}
      </div>
      <Foot onClear={() => onApply(null)} />
    </>
  )
}

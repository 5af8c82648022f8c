/** The filter of a column of choices: what is ticked, or everything but that. */
import { useState } from 'react'
import { Foot, type PanelProps, useSubmit } from './filterForm.tsx'
import { matchOptions } from './filters.ts'
import type { Option } from './types.ts'

const NONE: Option = { value: null, label: '（空）' }

export function FilterList({ column, entry, onApply }: PanelProps) {
  const options = [...(column.choices ?? []), NONE]
  const given = typeof entry === 'object' ? entry : undefined
  const [text, setText] = useState('')
  const [not, setNot] = useState(given?.not ?? false)
  const [values, setValues] = useState<readonly unknown[]>(given?.values ?? (entry === '空' ? [null] : []))
  const marker = useSubmit(() => onApply(values.length > 0 ? { values, ...(not && { not }) } : null))
  const found = matchOptions(options, text)
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
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          // Enter ticks what was looked for; with nothing looked for it narrows.
          if (event.key !== 'Enter' || text === '' || event.nativeEvent.isComposing) return
          event.preventDefault()
          if (found[0]) toggle(found[0].value)
          setText('')
        }}
      />
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

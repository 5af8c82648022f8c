/** The filter of a column of numbers or days: from and to, both included. */
import { type FormEvent, useState } from 'react'
import { PERIODS, periodOf } from '../model/filters.ts'
import type { Column, FilterEntry } from '../types.ts'
import { Icon } from '../view/icons.tsx'
import { Foot, type PanelProps, useSubmit } from './filterForm.tsx'

/** What a range entry says: [from, to], or a word. */
function rangeOf(column: Column, entry: FilterEntry | undefined, today: string): [string, string] {
  if (typeof entry !== 'string') return ['', '']
  const text = entry.trim()
  const period = column.type === 'date' ? periodOf(text, today) : null
  if (period) return [period[0], period[1]]
  const range = /^(.+?)\s*(?:~|～|—|至|到|\.\.)\s*(.+)$/.exec(text)
  if (range) return [range[1] ?? '', range[2] ?? '']
  const bound = /^(≥|>=|≤|<=|=)\s*(.+)$/.exec(text)
  if (!bound) return text === '空' || text === '非空' ? ['', ''] : [text, text]
  return bound[1] === '='
    ? [bound[2] ?? '', bound[2] ?? '']
    : /[≥>]/.test(bound[1] ?? '')
      ? [bound[2] ?? '', '']
      : ['', bound[2] ?? '']
}

export function FilterRange({ column, entry, today, onApply }: PanelProps) {
  const isDate = column.type === 'date'
  const [given, until] = rangeOf(column, entry, today)
  const [from, setFrom] = useState(given)
  const [to, setTo] = useState(until)
  const [fault, setFault] = useState('')
  const marker = useSubmit(apply)
  function apply() {
    const ends = [from.trim(), to.trim()].map((text) => {
      const reading = text === '' ? { value: '' } : (column.readBound ?? column.read)(text, {})
      // A column that is never typed into understands nothing; what was typed stands for itself.
      if ('error' in reading) return /^[\d\-.,年月日]+$/.test(text) ? text : reading
      return String(reading.value ?? '')
    })
    const wrong = ends.find((end) => typeof end === 'object')
    if (typeof wrong === 'object') return setFault(wrong.error)
    const [low = '', high = ''] = ends as string[]
    if (low === '' && high === '') return onApply(null)
    onApply(high === '' ? `≥${low}` : low === '' ? `≤${high}` : low === high ? low : `${low}~${high}`)
  }
  const field = (label: string, value: string, set: (text: string) => void) => (
    <input
      className="grid-input"
      value={value}
      aria-label={label}
      placeholder={isDate ? '2019-06-18' : label}
      inputMode={isDate ? 'text' : 'decimal'}
      onChange={(event: FormEvent<HTMLInputElement>) => {
        set(event.currentTarget.value)
        setFault('')
      }}
    />
  )
  const words = isDate ? [...PERIODS, '空', '非空'] : ['空', '非空']
  return (
    <>
      <span ref={marker} className="grid-panel-line">
        {field('从', from, setFrom)}
        <i>至</i>
        {field('到', to, setTo)}
      </span>
      {fault && (
        <p role="alert" className="grid-panel-fault">
          <Icon name="warning" />
          {fault}
        </p>
      )}
      <span className="grid-panel-words">
        {words.map((word) => (
          <button
            key={word}
            type="button"
            className="grid-button"
            aria-pressed={entry === word}
            onClick={() => onApply(word)}
          >
            {word === '空' ? '为空' : word === '非空' ? '不为空' : word}
          </button>
        ))}
      </span>
      <Foot onClear={() => onApply(null)} />
    </>
  )
}

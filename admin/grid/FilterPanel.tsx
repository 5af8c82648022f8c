/** The filter of a column, spelled out: tests for text, a list to tick, a range of numbers or days. Writes what filters.ts reads. */
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react'
import { matchOptions, PERIODS, periodOf } from './filters.ts'
import { Icon } from './icons.tsx'
import type { Column, FilterEntry, Option } from './types.ts'

type PanelProps = {
  column: Column
  entry: FilterEntry | undefined
  today: string
  onApply(entry: FilterEntry | null): void
  onClose(): void
}

export function FilterPanel(props: PanelProps) {
  const { column, onClose } = props
  const form = useRef<HTMLFormElement>(null)
  useEffect(() => form.current?.querySelector<HTMLElement>('input:not([type=radio])')?.focus(), [])
  const kind = column.choices ? 'list' : column.type === 'number' || column.type === 'date' ? 'range' : 'text'
  const Part = { list: ListPart, range: RangePart, text: TextPart }[kind]
  function onKeyDown(event: KeyboardEvent) {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape') onClose()
    else if (event.key !== 'Tab') return event.stopPropagation()
    else {
      // Tab stays within.
      const all = [...(form.current?.querySelectorAll<HTMLElement>('input, button, select') ?? [])].filter(
        (each) => each.tabIndex >= 0,
      )
      const at = all.indexOf(document.activeElement as HTMLElement)
      all[(at + (event.shiftKey ? -1 : 1) + all.length) % all.length]?.focus()
    }
    event.preventDefault()
    event.stopPropagation()
  }
  return (
    <form ref={form} className="grid-panel" aria-label={`筛选${column.label}`} onKeyDown={onKeyDown}>
      <h3>筛选{column.label}</h3>
      <Part {...props} />
    </form>
  )
}

function Foot({ onClear, disabled }: { onClear(): void; disabled?: boolean }) {
  return (
    <footer>
      <button type="button" className="grid-button" onClick={onClear}>
        清除
      </button>
      <button type="submit" className="grid-button main" disabled={disabled}>
        筛选
      </button>
    </footer>
  )
}

/** The form submits itself: Enter in any of its fields. */
function useSubmit(apply: () => void) {
  const marker = useRef<HTMLSpanElement>(null)
  const latest = useRef(apply)
  latest.current = apply
  useEffect(() => {
    const form = marker.current?.closest('form')
    const onSubmit = (event: Event) => {
      event.preventDefault()
      latest.current()
    }
    form?.addEventListener('submit', onSubmit)
    return () => form?.removeEventListener('submit', onSubmit)
  }, [])
  return marker
}

const NONE: Option = { value: null, label: '（空）' }

/** Choices, states, units, yes and no: what is ticked, or everything but that. */
function ListPart({ column, entry, onApply }: PanelProps) {
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

const TESTS = [
  ['contains', '包含'],
  ['lacks', '不包含'],
  ['equals', '等于'],
  ['blank', '为空'],
  ['filled', '不为空'],
] as const
type Test = (typeof TESTS)[number][0]

/** An entry as a test and its text, and back. */
function testOf(entry: FilterEntry | undefined): [Test, string] {
  if (typeof entry !== 'string') return ['contains', '']
  const text = entry.trim()
  if (text === '空') return ['blank', '']
  if (text === '非空') return ['filled', '']
  if (/^[!！]/.test(text)) return ['lacks', text.slice(1)]
  if (/^[=＝]/.test(text)) return ['equals', text.slice(1)]
  return ['contains', text.replace(/^["“](.*)["”]$/, '$1')]
}

function entryOf(test: Test, text: string): FilterEntry | null {
  if (test === 'blank') return '空'
  if (test === 'filled') return '非空'
  if (text === '') return null
  if (test === 'lacks') return `!${text}`
  if (test === 'equals') return `=${text}`
  // What would be read as something else is put in quotes.
  return /^([!！=＝≠"“]|不含|不是|空$|空白$|非空$|不为空$)/.test(text) ? `"${text}"` : text
}

/** Text, and the names of records: with what is suggested to be picked as it is. */
function TextPart({ column, entry, onApply }: PanelProps) {
  const [given, words] = testOf(entry)
  const [test, setTest] = useState<Test>(given)
  const [text, setText] = useState(words)
  const [found, setFound] = useState<readonly Option[]>([])
  const marker = useSubmit(() => onApply(entryOf(test, text.trim())))
  const tests = TESTS.filter(([name]) => name !== 'equals' || column.type !== 'reference')
  const asks = test !== 'blank' && test !== 'filled'
  useEffect(() => {
    if (!column.suggest || !asks) return setFound([])
    let isLate = false
    const timer = setTimeout(() => {
      void column.suggest?.(text, {}).then(
        (options) => !isLate && setFound(options),
        () => {},
      )
    }, 200)
    return () => {
      isLate = true
      clearTimeout(timer)
    }
  }, [column, text, asks])
  return (
    <>
      <span ref={marker} className="grid-panel-line">
        <select value={test} aria-label="条件" onChange={(event) => setTest(event.target.value as Test)}>
          {tests.map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
        {asks && (
          <input
            className="grid-input"
            value={text}
            aria-label="文字"
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </span>
      {found.length > 0 && (
        <div className="grid-panel-list">
          {found.slice(0, 50).map((option) => (
            <button
              key={String(option.value)}
              type="button"
              className="grid-option"
              onClick={() =>
                onApply({ values: [option.value], label: option.label, ...(test === 'lacks' && { not: true }) })
              }
            >
              <span className="grid-option-label">{option.label}</span>
              {option.hint && <span>{option.hint}</span>}
            </button>
          ))}
        </div>
      )}
      <Foot onClear={() => onApply(null)} />
    </>
  )
}

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

/** Numbers and days, from and to, both included. */
function RangePart({ column, entry, today, onApply }: PanelProps) {
  const isDate = column.type === 'date'
  const [given, until] = rangeOf(column, entry, today)
  const [from, setFrom] = useState(given)
  const [to, setTo] = useState(until)
  const [fault, setFault] = useState('')
  const marker = useSubmit(apply)
  function apply() {
    const ends = [from.trim(), to.trim()].map((text) => {
      const reading = text === '' ? { value: '' } : column.read(text, {})
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

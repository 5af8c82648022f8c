/** The filter of a column of text, or of names of records: with what is suggested to be picked as it is. */
import { useEffect, useState } from 'react'
import type { FilterEntry, Option } from '../types.ts'
import { Foot, type PanelProps, useSubmit } from './filterForm.tsx'

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

export function FilterText({ column, entry, onApply }: PanelProps) {
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

/** A cell of the filter row: typed text narrows once one pauses, options are ticked. What may be typed is in filters.ts. */
// biome-ignore-all lint/a11y/useSemanticElements: a tick box drawn by the grid, in a list that is no form
import { useEffect, useState } from 'react'
import { meant } from '../model/choosing.ts'
import { matchOptions, wordsOf } from '../model/filters.ts'
import type { Column, FilterEntry, Option } from '../types.ts'
import { Icon } from './icons.tsx'
import { useTyped } from './useTyped.ts'
import './FilterCell.css'

const FILTER_AFTER_MS = 300
/** Texts that mean more than an option, also where options are picked. */
const SPECIAL = /^(空|非空|[!！].+)$/

type FilterCellProps = { column: Column; entry: FilterEntry | undefined; onChange(entry: FilterEntry): void }

export function FilterCell({ column, entry, onChange }: FilterCellProps) {
  const shown = typeof entry === 'string' ? entry : entry ? wordsOf(column, entry) : ''
  const [composing, setComposing] = useState(false)
  const [open, setOpen] = useState(false)
  const [found, setFound] = useState<readonly Option[]>([])
  const picks = Boolean(column.choices)
  // Letters an input method is still making words of are not looked for.
  const [text, setText, tell] = useTyped(shown, onChange, picks || composing ? null : FILTER_AFTER_MS)
  useEffect(() => {
    if (!open || !(column.choices || column.suggest)) return
    let isLate = false
    const show = (options: readonly Option[]) => !isLate && setFound(options)
    if (column.choices) show(matchOptions(column.choices, text === shown ? '' : text))
    else if (text === '') show([])
    else void column.suggest?.(text, {}).then(show, () => show([]))
    return () => {
      isLate = true
    }
  }, [open, column, text, shown])

  const chosen = typeof entry === 'object' ? entry.values : []
  const not = typeof entry === 'object' && entry.not ? { not: true } : {}
  function toggle(option: Option) {
    if (!column.choices) {
      onChange({ values: [option.value], label: option.label })
      return setOpen(false)
    }
    const values = chosen.includes(option.value)
      ? chosen.filter((value) => value !== option.value)
      : [...chosen, option.value]
    onChange({ values, ...not })
    setText(values.length > 0 ? wordsOf(column, { values, ...not }) : '')
  }
  /** What was typed: the option it means, else all that it is a part of. */
  function commit() {
    const option = text === shown || SPECIAL.test(text) ? undefined : meant(column.choices ?? [], text, true)
    if (option && !chosen.includes(option.value)) toggle(option)
    else tell(text)
  }

  return (
    <>
      <input
        className={shown ? 'on' : ''}
        value={text}
        aria-label={`筛选${column.label}`}
        placeholder={column.type === 'number' || column.type === 'date' ? '≥ ≤ 至' : ''}
        onChange={(event) => setText(event.target.value)}
        onCompositionStart={() => setComposing(true)}
        onCompositionEnd={() => setComposing(false)}
        onFocus={() => setOpen(true)}
        onBlur={() => {
          setOpen(false)
          commit()
        }}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || event.keyCode === 229) return
          if (event.key === 'Enter') commit()
          if (event.key === 'Escape') {
            setText('')
            tell('')
          }
        }}
      />
      {shown && (
        <button
          type="button"
          className="grid-filter-clear"
          aria-label={`清除${column.label}的筛选`}
          onClick={() => onChange('')}
        >
          <Icon name="cross" />
        </button>
      )}
      {open && found.length > 0 && (
        <div className="grid-filter-list" onPointerDown={(event) => event.preventDefault()}>
          {found.slice(0, 100).map((option) => (
            <button
              type="button"
              key={`${option.label}-${String(option.value)}`}
              role="checkbox"
              aria-checked={chosen.includes(option.value)}
              className="grid-option"
              onClick={() => toggle(option)}
            >
              {picks && <span className="grid-check">{chosen.includes(option.value) && <Icon name="tick" />}</span>}
              <span className="grid-option-label">{option.label}</span>
              {option.hint && <span>{option.hint}</span>}
            </button>
          ))}
        </div>
      )}
    </>
  )
}

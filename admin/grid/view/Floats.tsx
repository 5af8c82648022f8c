/** What floats beside the active cell: the list of suggestions, the sentence of a fault, both values of a conflict. */
// biome-ignore-all lint/a11y/useSemanticElements: an ARIA grid whose rows come and go is no <table>
// biome-ignore-all lint/a11y/useFocusableInteractive: the focus stays in the field over the active cell
import type { RowEdit } from '../model/edits.ts'
import type { Model } from '../model/model.ts'
import type { CellAside, Column, Option, Row, RowKey } from '../types.ts'
import { Icon } from './icons.tsx'
import type { Suggestions } from './useSuggestions.ts'
import './Floats.css'

export function SuggestionList(props: {
  id: string
  suggestions: Suggestions
  above: boolean
  onPick(option: Option): void
}) {
  const { suggestions, id } = props
  return (
    // The list must not take the focus from the field it belongs to.
    <div className={props.above ? 'grid-list above' : 'grid-list'} onPointerDown={(event) => event.preventDefault()}>
      <div role="listbox" id={id} aria-label="可选的值" className="grid-options">
        {suggestions.options.map((option, at) => (
          <div
            role="option"
            tabIndex={-1}
            id={`${id}-${at}`}
            key={`${option.label}-${String(option.value)}`}
            aria-selected={at === suggestions.at}
            className={at === suggestions.at ? 'grid-option on' : 'grid-option'}
            ref={at === suggestions.at ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
            onClick={() => props.onPick(option)}
            onKeyDown={(event) => event.key === 'Enter' && props.onPick(option)}
          >
            <Found text={option.label} search={suggestions.search} />
            {option.hint && <span>{option.hint}</span>}
          </div>
        ))}
        {suggestions.options.length === 0 && (
          <div role="option" aria-selected={false} aria-disabled="true" tabIndex={-1} className="grid-option none">
            {suggestions.pending ? '正在找…' : '没有找到'}
          </div>
        )}
      </div>
      {suggestions.create && (
        <button type="button" tabIndex={-1} className="grid-create" onClick={suggestions.create.run}>
          <Icon name="plus" />
          {suggestions.create.label}
          <kbd>Ctrl ↵</kbd>
        </button>
      )}
    </div>
  )
}

function Found({ text, search }: { text: string; search: string }) {
  const at = search === '' ? -1 : text.toLowerCase().indexOf(search.toLowerCase())
  if (at < 0) return <span className="grid-option-label">{text}</span>
  return (
    <span className="grid-option-label">
      {text.slice(0, at)}
      <b>{text.slice(at, at + search.length)}</b>
      {text.slice(at + search.length)}
    </span>
  )
}

type BubbleProps = {
  id: string
  model: Model
  rowKey: RowKey
  base: Row
  edit: RowEdit | undefined
  column: Column
  problem: string | undefined
  mark: string | undefined
  /** The page's own words; null: the page says nothing here. */
  aside: CellAside | null | undefined
  side: string
  conflictNote: ((row: Row) => string) | undefined
}

/** One bubble at a time, beside the active cell, hiding neither it nor its column when there is room. */
export function Bubble(props: BubbleProps) {
  const { model, rowKey, base, edit, column, problem, mark, side, id } = props
  const cell = edit?.cells[column.name]
  if (cell?.theirs) {
    const note = props.conflictNote?.(base)
    return (
      <div id={id} className={`grid-bubble clash ${side}`}>
        <b>
          <Icon name="clash" /> 这一格刚被别人改过
        </b>
        <dl>
          <dt>您写的</dt>
          <dd>{cell.text || '（空）'}</dd>
          <dt>现在是</dt>
          <dd>
            {cell.theirs.text || '（空）'} {note && <span>{note}</span>}
          </dd>
        </dl>
        <p>
          {(['mine', 'theirs'] as const).map((choice) => (
            <button
              key={choice}
              type="button"
              className="grid-button"
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => model.resolve(rowKey, column.name, choice)}
            >
              {choice === 'mine' ? '用我的' : '用现在的'}
            </button>
          ))}
        </p>
      </div>
    )
  }
  if (props.aside === null) return null
  if (props.aside) {
    return (
      // Its buttons must not take the focus from the field over the active cell.
      <div
        id={id}
        className={`grid-bubble ${props.aside.tone} ${side}`}
        onPointerDown={(event) => event.preventDefault()}
      >
        {props.aside.content}
      </div>
    )
  }
  if (problem) {
    return (
      <div id={id} className={`grid-bubble bad ${side}`}>
        <b>
          <Icon name="warning" /> {problem}
        </b>
        <span>{cell ? '值还在这里，没有写入。改好即自动保存。' : '改好以后这一行自动保存。'}</span>
        {cell && !model.rows.isNew(rowKey) && (
          <p>
            <button
              type="button"
              tabIndex={-1}
              className="grid-button"
              onPointerDown={(event) => event.preventDefault()}
              onClick={() => model.revertActive()}
            >
              恢复原值
            </button>
          </p>
        )}
      </div>
    )
  }
  if (!mark) return null
  return (
    <div id={id} className={`grid-bubble back ${side}`}>
      <b>
        <Icon name="back" /> {mark}
      </b>
    </div>
  )
}

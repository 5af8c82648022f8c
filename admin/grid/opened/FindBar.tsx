/**
 * Find in the list: steps from cell to cell that holds a text, through rows that are not loaded too; and replaces it, in the
 * selection or in the whole list, counted before.
 */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from 'react'
import { type FoundCell, findText } from '../model/finding.ts'
import type { Model } from '../model/model.ts'
import { areaIn, countReplaced, replaceAll, replaceOne, selectedArea } from '../model/replacing.ts'
import { type Rect, selectCell } from '../model/selection.ts'
import type { ReplacedCount } from '../types.ts'
import { Icon } from '../view/icons.tsx'
import './FindBar.css'

const FIND_AFTER_MS = 250

type FindBarProps = {
  model: Model
  /** Where letters came in while the bar was fetched: they begin its text. */
  field: RefObject<HTMLTextAreaElement | null>
  /** How often it was asked for. */
  nth: number
  replaces: boolean
  onClose(): void
  /** The page can show the rows that hold the text alone. */
  onSearch: ((text: string) => void) | null
}

export function FindBar({ model, field, nth, replaces, onClose, onSearch }: FindBarProps) {
  const [text, setText] = useState(() => (model.editing() ? '' : (field.current?.value ?? '')))
  const [hit, setHit] = useState<FoundCell | null | 'searching'>(null)
  const input = useRef<HTMLInputElement>(null)
  const start = useRef(model.selection().active)
  const [selected, setSelected] = useState(() => selectedArea(model))
  const turn = useRef(0)
  const found = useRef('')
  /** What is looked for, or was, since it was typed. */
  const asked = useRef('')

  function type(next: string) {
    asked.current = ''
    turn.current += 1
    setText(next)
  }

  async function find(step: 1 | -1, including: boolean) {
    const wanted = text.trim()
    if (wanted === '') return
    asked.current = wanted
    turn.current += 1
    const mine = turn.current
    setHit('searching')
    const next = await findText(model, wanted, including ? start.current : model.selection().active, step, including)
    if (mine !== turn.current) return
    found.current = wanted
    if (next) model.select(selectCell(next.cell))
    setHit(next)
  }

  // Before the next key comes; asked for again, what stands there is typed over.
  useLayoutEffect(() => {
    if (nth > 1) input.current?.select()
    input.current?.focus()
    if (nth > 1) setSelected(selectedArea(model))
  }, [nth, model])
  // While one types, from where one was: nothing composed is looked for before it is words.
  const typed = useRef(find)
  typed.current = find
  useEffect(() => {
    setHit(null)
    if (text.trim() === '') return
    // Enter may have come before it.
    const timer = setTimeout(() => asked.current !== text.trim() && void typed.current(1, true), FIND_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text])

  function onKeyDown(event: React.KeyboardEvent) {
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    const { key, shiftKey } = event
    const ctrl = event.ctrlKey || event.metaKey
    if (key === 'Enter' && ctrl && onSearch && text.trim()) {
      onSearch(text.trim())
      onClose()
    } else if (key === 'Enter' || key === 'F3') void find(shiftKey ? -1 : 1, found.current !== text.trim())
    else if (key === 'Escape') onClose()
    else if (ctrl && key.toLowerCase() === 'f') input.current?.select()
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  return (
    <search className="grid-find" onKeyDown={onKeyDown}>
      <div>
        <input
          ref={input}
          aria-label="在表里查找"
          placeholder="在表里查找"
          defaultValue={text}
          onChange={(event) => !(event.nativeEvent as InputEvent).isComposing && type(event.target.value)}
          onCompositionEnd={(event) => type(event.currentTarget.value)}
        />
        <output>{wordsOf(hit, text)}</output>
        <button type="button" aria-label="上一处" title="上一处 Shift ↵" onClick={() => void find(-1, false)}>
          <Icon name="up" />
        </button>
        <button type="button" aria-label="下一处" title="下一处 ↵" onClick={() => void find(1, false)}>
          <Icon name="down" />
        </button>
        {onSearch && (
          <button
            type="button"
            className="grid-button"
            title="只看这些行 Ctrl ↵"
            disabled={text.trim() === ''}
            onClick={() => {
              onSearch(text.trim())
              onClose()
            }}
          >
            只看这些行
          </button>
        )}
        <button type="button" aria-label="关上" title="关上 Esc" onClick={onClose}>
          <Icon name="cross" />
        </button>
      </div>
      {replaces && (
        <ReplaceLine
          {...{ model, find: text, selected, onStep: () => find(1, false), onAll: () => input.current?.focus() }}
        />
      )}
    </search>
  )
}

type ReplaceLineProps = {
  model: Model
  find: string
  /** Null: the whole list. */
  selected: Rect | null
  onStep(): Promise<void>
  /** Its button is of no use any more, and the keys are still for the bar. */
  onAll(): void
}

/** What stands there instead, in one cell or in all that were counted. */
function ReplaceLine({ model, find, selected, onStep, onAll }: ReplaceLineProps) {
  const [put, setPut] = useState('')
  const [count, setCount] = useState<ReplacedCount | null>(null)
  const version = model.version()
  // biome-ignore lint/correctness/useExhaustiveDependencies: counted anew when the list has changed
  useEffect(() => {
    setCount(null)
    if (find === '') return
    let isOver = false
    const timer = setTimeout(async () => {
      const counted = await countReplaced(model, areaIn(model, selected), { find, put })
      if (!isOver) setCount(counted)
    }, FIND_AFTER_MS)
    return () => {
      isOver = true
      clearTimeout(timer)
    }
  }, [model, find, put, selected, version])
  const figure = (number: number) => number.toLocaleString('en')
  const { top, bottom } = areaIn(model, selected)
  const where = selected ? `选中的 ${figure(bottom - top + 1)} 行` : '整个列表'

  return (
    <div>
      <input aria-label="替换为" placeholder="替换为" value={put} onChange={(event) => setPut(event.target.value)} />
      <output>{count ? `${where}里 ${figure(count.cells)} 格、${figure(count.rows)} 行` : where}</output>
      <button
        type="button"
        className="grid-button"
        disabled={find === ''}
        onClick={() => {
          replaceOne(model, { find, put })
          void onStep()
        }}
      >
        替换这一格
      </button>
      <button
        type="button"
        className="grid-button"
        disabled={!count?.cells}
        onClick={() => {
          replaceAll(model, areaIn(model, selected), { find, put })
          onAll()
        }}
      >
        {count ? `全部替换 ${figure(count.cells)} 格` : '全部替换'}
      </button>
    </div>
  )
}

function wordsOf(hit: FoundCell | null | 'searching', text: string): string {
  if (text.trim() === '' || hit === 'searching') return ''
  if (!hit) return '没有找到'
  const count = hit.nth > 0 ? `第 ${hit.nth.toLocaleString('en')} / ${hit.count.toLocaleString('en')} 行` : ''
  return [count, hit.wrapped && '已从头找起', !hit.inView && '在没有显示的栏目里'].filter(Boolean).join('，')
}

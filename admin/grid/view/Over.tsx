/** What floats at the active cell while something is open: a calendar, a history, or what typed text will become. */
import { useEffect, useState } from 'react'
import type { Editing } from '../model/editing.ts'
import { readCell } from '../model/edits.ts'
import type { Model } from '../model/model.ts'
import type { Column, GridProps, Row } from '../types.ts'
import type { Opened } from './useOpened.ts'
import './Over.css'

/** A sentence about a text that is not finished yet waits until the person does. */
const JUDGE_AFTER_MS = 900

type OverProps = {
  id: string
  model: Model
  opened: Opened
  page: GridProps
  column: Column | undefined
  row: Row | null
  above: boolean
  side: string
  today: string
  setText(text: string): void
}

export function Over({ id, model, opened, page, column, row, above, side, today, setText }: OverProps) {
  const editing = model.editing()
  const { parts, kind } = opened
  if (!column) return null
  if (kind === 'calendar' && parts && editing) {
    return (
      <parts.Calendar
        id={`${id}-list`}
        model={model}
        editing={editing}
        row={row ?? {}}
        today={today}
        above={above}
        keys={opened.keys}
        onPick={setText}
        onDone={opened.close}
      />
    )
  }
  if (kind === 'history' && parts && row && page.cellHistory) {
    const { cellHistory, onOpenHistory } = page
    return (
      <parts.CellHistory
        key={`${String(row.id)} ${column.name}`}
        id={`${id}-bubble`}
        label={column.label}
        side={side}
        ask={() => cellHistory(row, column)}
        onMore={onOpenHistory ? () => onOpenHistory(row) : null}
      />
    )
  }
  return editing?.dirty ? <Becoming key={editing.row} editing={editing} row={row ?? {}} above={above} /> : null
}

/** 1.2万 → 12,000 while it is typed; what cannot be understood is said once the person pauses. */
function Becoming({ editing, row, above }: { editing: Editing; row: Row; above: boolean }) {
  const { column, text } = editing
  const [judged, setJudged] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setJudged(text), JUDGE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [text])
  if (text.trim() === '' || editing.option || column.choices || column.suggest) return null
  const state = readCell(column, text.trim(), row)
  const told = state.error ? judged === text && state.error : state.text !== text.trim() && state.input !== text.trim()
  if (!told || (!state.error && !/^(number|date)$/.test(column.type))) return null
  return (
    <div role="status" className={`grid-becoming${above ? ' above' : ''}${state.error ? ' bad' : ''}`}>
      {state.error ?? `= ${state.text}`}
    </div>
  )
}

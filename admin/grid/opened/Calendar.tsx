/** A month to choose a day from (or a year to choose a month from), under an open cell of dates. The focus stays in the cell. */
import { type RefObject, useEffect, useState } from 'react'
import type { Editing } from '../model/editing.ts'
import type { Model } from '../model/model.ts'
import type { Row } from '../types.ts'
import type { KeyTaker } from '../view/useOpened.ts'
import './Calendar.css'

const DAY_MS = 86_400_000
const WEEK = [...'一二三四五六日']

type CalendarProps = {
  id: string
  model: Model
  editing: Editing
  row: Row
  today: string
  above: boolean
  keys: RefObject<KeyTaker | null>
  onPick(text: string): void
  onDone(): void
}

const parse = (day: string) => Date.parse(`${day.slice(0, 7)}-${day.slice(8, 10) || '01'}`)
const print = (time: number) => new Date(time).toISOString().slice(0, 10)

/** The same day of another month, or its last one. */
function inMonth(day: string, by: number): string {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number)
  const first = new Date(Date.UTC(year, month - 1 + by, 1))
  const days = new Date(Date.UTC(first.getUTCFullYear(), first.getUTCMonth() + 1, 0)).getUTCDate()
  return print(first.getTime() + (Math.min(date, days) - 1) * DAY_MS)
}

/** From Monday on, six weeks that hold the month of this day. */
function weeksOf(day: string): string[] {
  const first = parse(`${day.slice(0, 7)}-01`)
  const monday = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY_MS
  return Array.from({ length: 42 }, (_, at) => print(monday + at * DAY_MS))
}

export function Calendar({ id, model, editing, row, today, above, keys, onPick, onDone }: CalendarProps) {
  const { column } = editing
  const understood = (typed: string) => {
    const reading = column.read(typed, row)
    const isDay = 'value' in reading && typeof reading.value === 'string' && !Number.isNaN(parse(reading.value))
    return isDay ? String(reading.value) : ''
  }
  // What the column makes of a day says whether it keeps days, months or moments.
  const months = understood(today).length === 7
  /** Where the calendar stands: the day one has moved to, the day that is typed, today. */
  const standing = ({ marked, text }: Editing) => {
    const known = understood(text)
    return marked ? String(marked.value) : known ? print(parse(known)) : today
  }
  const day = standing(editing)
  const [turned, setTurned] = useState({ from: day, to: day })
  const page = turned.from === day ? turned.to : day

  const textOf = (chosen: string, { text }: Editing) => {
    const known = understood(text)
    return months ? chosen.slice(0, 7) : known.length > 10 ? `${chosen} ${known.slice(11, 16)}` : chosen
  }
  const across = months ? 4 : 7
  const move = (from: string, by: number) => (months ? inMonth(from, by) : print(parse(from) + by * DAY_MS))
  const turn = (from: string, by: number) => inMonth(from, months ? by * 12 : by)
  const moves: Readonly<Record<string, (from: string) => string>> = {
    ArrowUp: (from) => move(from, -across),
    ArrowDown: (from) => move(from, across),
    PageUp: (from) => turn(from, -1),
    PageDown: (from) => turn(from, 1),
  }
  const sideways: typeof moves = {
    ArrowLeft: (from) => move(from, -1),
    ArrowRight: (from) => move(from, 1),
  }
  // Keys ask the editor as it is when they arrive: what is drawn may be a letter behind on a busy page.
  keys.current = ({ key, altKey }) => {
    const now = model.editing()
    if (typeof now?.calendar !== 'string') return false
    // Once one types, left and right are the text's own again.
    const isLed = now.marked !== null || now.text === now.calendar
    const next = moves[key] ?? (isLed ? sideways[key] : undefined)
    if (key === 'Escape' || (altKey && key === 'ArrowUp')) onDone()
    else if (next) {
      const to = next(standing(now))
      model.markOption({ value: to, label: textOf(to, now) })
    } else {
      // Enter and Tab take the day one has moved to, or that an untouched blank cell shows; never one over what was typed.
      if (key === 'Enter' || key === 'Tab') {
        if (now.marked) onPick(now.marked.label)
        else if (!now.dirty && now.text === '') onPick(textOf(today, now))
      }
      return false
    }
    return true
  }
  useEffect(
    () => () => {
      keys.current = null
    },
    [keys],
  )

  const year = page.slice(0, 4)
  const cells = months
    ? Array.from({ length: 12 }, (_, at) => `${year}-${String(at + 1).padStart(2, '0')}-01`)
    : weeksOf(page)
  const same = (one: string, other: string) => one.slice(0, months ? 7 : 10) === other.slice(0, months ? 7 : 10)
  const button = (label: string, by: number, sign: string) => (
    <button type="button" tabIndex={-1} aria-label={label} onClick={() => setTurned({ from: day, to: turn(page, by) })}>
      {sign}
    </button>
  )
  return (
    <div className={`grid-calendar${above ? ' above' : ''}`} onPointerDown={(event) => event.preventDefault()}>
      <p>
        {button(months ? '上一年' : '上一月', -1, '‹')}
        <b aria-live="polite">{months ? `${year} 年` : `${year} 年 ${Number(page.slice(5, 7))} 月`}</b>
        {button(months ? '下一年' : '下一月', 1, '›')}
      </p>
      {!months && (
        <div className="grid-week">
          {WEEK.map((name) => (
            <span key={name}>{name}</span>
          ))}
        </div>
      )}
      <div
        role="listbox"
        id={id}
        aria-label={months ? '月份' : '日期'}
        className={months ? 'grid-months' : 'grid-days'}
      >
        {cells.map((cell) => (
          <div
            role="option"
            key={cell}
            id={same(cell, day) ? `${id}-on` : undefined}
            aria-selected={same(cell, day)}
            aria-label={
              months ? `${Number(cell.slice(5, 7))} 月` : `${Number(cell.slice(5, 7))} 月 ${Number(cell.slice(8))} 日`
            }
            aria-current={same(cell, today) ? 'date' : undefined}
            tabIndex={-1}
            className={!months && cell.slice(0, 7) !== page.slice(0, 7) ? 'aside' : undefined}
            onClick={() => {
              onPick(textOf(cell, editing))
              onDone()
            }}
            onKeyDown={() => undefined}
          >
            {months ? `${Number(cell.slice(5, 7))} 月` : Number(cell.slice(8))}
          </div>
        ))}
      </div>
    </div>
  )
}

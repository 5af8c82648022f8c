/** A month to choose a day from (or a year to choose a month from), under an open cell of dates. The focus stays in the cell. */
import { type RefObject, useEffect, useState } from 'react'
import type { Column, Row } from './types.ts'
import type { KeyTaker } from './useOpened.ts'

const DAY = 86_400_000
const WEEK = [...'一二三四五六日']

type CalendarProps = {
  id: string
  column: Column
  row: Row
  text: string
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
  return print(first.getTime() + (Math.min(date, days) - 1) * DAY)
}

/** From Monday on, six weeks that hold the month of this day. */
function weeksOf(day: string): string[] {
  const first = parse(`${day.slice(0, 7)}-01`)
  const monday = first - ((new Date(first).getUTCDay() + 6) % 7) * DAY
  return Array.from({ length: 42 }, (_, at) => print(monday + at * DAY))
}

export function Calendar({ id, column, row, text, today, above, keys, onPick, onDone }: CalendarProps) {
  const understood = (typed: string) => {
    const reading = column.read(typed, row)
    return 'value' in reading && typeof reading.value === 'string' ? reading.value : ''
  }
  // What the column makes of a day says whether it keeps days, months or moments.
  const months = understood(today).length === 7
  const known = understood(text)
  const [day, setDay] = useState(known ? print(parse(known)) : today)
  useEffect(() => {
    if (known) setDay(print(parse(known)))
  }, [known])

  const textOf = (chosen: string) =>
    months ? chosen.slice(0, 7) : known.length > 10 ? `${chosen} ${known.slice(11, 16)}` : chosen
  const across = months ? 4 : 7
  const move = (by: number) => setDay(months ? inMonth(day, by) : print(parse(day) + by * DAY))
  const turn = (by: number) => setDay(inMonth(day, months ? by * 12 : by))
  const turns: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => move(-1),
    ArrowRight: () => move(1),
    ArrowUp: () => move(-across),
    ArrowDown: () => move(across),
    PageUp: () => turn(-1),
    PageDown: () => turn(1),
    Escape: onDone,
  }
  keys.current = ({ key, altKey }) => {
    if (altKey && key === 'ArrowUp') onDone()
    else if (turns[key]) turns[key]()
    else {
      // Enter and Tab take the marked day and then do what they always do.
      if (key === 'Enter' || key === 'Tab') onPick(textOf(day))
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

  const year = day.slice(0, 4)
  const cells = months
    ? Array.from({ length: 12 }, (_, at) => `${year}-${String(at + 1).padStart(2, '0')}-01`)
    : weeksOf(day)
  const same = (one: string, other: string) => one.slice(0, months ? 7 : 10) === other.slice(0, months ? 7 : 10)
  const button = (label: string, by: number, sign: string) => (
    <button type="button" tabIndex={-1} aria-label={label} onClick={() => turn(by)}>
      {sign}
    </button>
  )
  return (
    <div className={`grid-calendar${above ? ' above' : ''}`} onPointerDown={(event) => event.preventDefault()}>
      <p>
        {button(months ? '上一年' : '上一月', -1, '‹')}
        <b aria-live="polite">{months ? `${year} 年` : `${year} 年 ${Number(day.slice(5, 7))} 月`}</b>
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
            className={!months && cell.slice(0, 7) !== day.slice(0, 7) ? 'aside' : undefined}
            onClick={() => {
              onPick(textOf(cell))
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

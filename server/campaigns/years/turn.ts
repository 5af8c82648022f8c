/** The turn of a year: what a person chose, what is told of each part, and how texts and days become those of the year. */
import type { Row } from '../../forms/index.ts'
import type { PackageRow } from '../packages/package.ts'
import { type DayShift, isDay, shiftDay } from './days.ts'

/** A column of 附件1 as it was read: what it counts, and how much of it each unit has, by the names printed there. */
export type AnnexMetric = { label: string; quotas: { unit: string; value: number }[] }

export type YearChoices = {
  year: number
  /** Days move to the same date, or to the nearest same weekday. */
  days: DayShift
  /** Targets and quotas as they were, times `factor` (rounded up), of the year's own `annex`, or none. */
  quotas: 'copied' | 'scaled' | 'annex' | 'none'
  annex: AnnexMetric[]
  factor: number
  /** Short names of units that take part no more, and of units of the installation that join. */
  leaving: string[]
  joining: string[]
  /** Codes of collections and names of registers that are not held again. */
  dropped: string[]
  left_out: string[]
  /** Answers to questions by their id. */
  answers: Record<string, string>
}

/** One part of the campaign on the page: what it was, what it becomes. `choice` names what leaves it out. */
export type YearChange = {
  part: 'quotas' | 'stages' | 'units' | 'collections' | 'forms' | 'texts'
  name: string
  was: string
  is: string
  note?: string
  choice?: { of: 'leaving' | 'joining' | 'dropped' | 'left_out'; value: string }
}
export type YearQuestion = {
  id: string
  about: string
  says: string
  options: { value: string; label: string }[]
  answer: string | null
}
export const rowsIn = (rows: PackageRow[] | undefined): PackageRow[] => rows ?? []
export const textIn = (row: Row, name: string) => String(row[name] ?? '')
/** A JSON value with each of its texts changed. */
export const mapText = <T>(value: T, change: (text: string) => string): T =>
  JSON.parse(JSON.stringify(value), (_, each) => (typeof each === 'string' ? change(each) : each))

/** Texts that stand for themselves: a notice keeps its number and its title, the next one has its own. */
export const OF_THE_NOTICE = ['notice_number', 'notice_title']

export type Turn = { from: number; years: number; choices: YearChoices }

/** A year in words becomes the next, a day moves; '2019-06-01' is a day, '〔2019〕' is a number of a paper. */
export const moved = ({ from, years, choices }: Turn) => {
  const spoken = new RegExp(`${from}(?=\\s*年)`, 'g')
  return (text: string) =>
    isDay(text) ? shiftDay(text, years, choices.days) : text.replace(spoken, String(from + years))
}

/** What the home page says of a task, on every day of the year: how much time has gone by, and what can still come of it. */
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, test } from 'vitest'
import { Chart } from '../../admin/parts/Chart.tsx'
import { dueOf, paceOf, runningTotals } from '../../admin/parts/progress.ts'
import { percent } from '../../admin/parts/words.ts'
import { campaign, locks as locksOf, rowsOf } from '../../seeds/campaign_2019.ts'
import { forms } from '../../server/forms/index.ts'
import type { ProgressReport } from '../../server/papers/progress.ts'

const dayOf = (n: number) => new Date(Date.UTC(2019, 3, 1) + n * 86_400_000).toISOString().slice(0, 10)
const year = Array.from({ length: 270 }, (_, n) => dayOf(n))

function progressOn(today: string, { locks = true, done = 1500, pending = 100 } = {}): ProgressReport {
  const count = { done, pending, target: 2000 }
  const all = Object.fromEntries(rowsOf<{ name: string; field?: string }>('metrics').map(({ name }) => [name, count]))
  const day = (on: string, share: number) => ({
    on,
    ...Object.fromEntries(
      rowsOf<{ name: string; field?: string }>('metrics').map(({ name }) => [
        name,
        { done: done * share, pending: pending * share },
      ]),
    ),
  })
  return {
    metrics: rowsOf<{ name: string; field?: string }>('metrics') as unknown as ProgressReport['metrics'],
    province: { ...all, enterprises: 0, visits: 0, visitors: 0, works: 0 },
    units: [],
    days: [day('2019-06-10', 0.5), day(today, 0.5)],
    stages: rowsOf<{ name: string; starts_on: string; ends_on: string; is_deadline?: boolean }>('stages').map(
      (stage) => ({
        is_deadline: false,
        ...stage,
        locks: locks ? [...(locksOf[stage.name] ?? [])] : [],
      }),
    ) as ProgressReport['stages'],
    today,
  }
}
const said = (progress: ProgressReport, metric = 'propagandists') =>
  renderToStaticMarkup(
    createElement(Chart, {
      points: runningTotals(progress.days, metric),
      target: 2000,
      due: dueOf(forms, progress, metric),
      progress,
      from: campaign.starts_on,
      to: campaign.ends_on,
      measure: '名',
      label: '',
    }),
  )
    .replace(/<svg.*<\/svg>/s, '')
    .replace(/<[^>]+>/g, '')

describe('the share of the time gone by', () => {
  test.each([true, false])('never falls, whatever deadline passes (locks: %s)', (locks) => {
    for (const { name } of rowsOf<{ name: string; field?: string }>('metrics')) {
      const paces = year.map((today) => paceOf(forms, progressOn(today, { locks }), campaign.starts_on, name) ?? -1)
      expect(paces).toEqual([...paces].sort((a, b) => a - b))
      expect([paces[0], paces.at(-1)]).toEqual([0, 1])
    }
  })

  test('is that of the deadline which locks the annex, else of the last one', () => {
    expect(dueOf(forms, progressOn('2019-07-01'), 'propagandists')?.ends_on).toBe('2019-08-26')
    expect(dueOf(forms, progressOn('2019-10-01'), 'propagandists')?.ends_on).toBe('2019-08-26')
    expect(dueOf(forms, progressOn('2019-07-01', { locks: false }), 'netizens')?.ends_on).toBe('2019-09-27')
  })
})

describe('what is said of the outcome', () => {
  test('is a forecast only while one can still enter, and never beyond the deadline of the annex', () => {
    for (const today of year) {
      const words = said(progressOn(today))
      expect([today, words.includes('约达')]).toEqual([today, today >= '2019-06-06' && today <= '2019-08-26'])
      expect(words).not.toContain('9-27')
      if (today > '2019-08-26') expect(words).toBe('8-26 已截止，差 500 名；待审的全部通过后还差 400 名。')
    }
    expect(said(progressOn('2019-09-10', { pending: 500 }))).toBe('8-26 已截止，差 500 名；待审的全部通过后完成任务。')
    expect(said(progressOn('2019-09-10', { pending: 0 }))).toBe('8-26 已截止，差 500 名。')
  })

  test('is that a task is done once it is', () => {
    for (const today of ['2019-06-02', '2019-08-19', '2019-11-01'])
      expect(said(progressOn(today, { done: 2000 }))).toBe('任务已完成。')
  })
})

test('a share is rounded, and whole only when it is', () => {
  const shares = [percent(8, 9), percent(1999, 2000), percent(19_999, 20_000), percent(20_000, 20_000), percent(1, 0)]
  expect(shares).toEqual(['88.9%', '99.9%', '99.9%', '100.0%', ''])
})

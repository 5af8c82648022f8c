/**
 * Nothing that a package says is lost at the turn of a year: every section, and every field that a person fills in it, built-in or
 * new. Pure: no world is made.
 */
import { describe, expect, test } from 'vitest'
import { firstChoices } from '../../admin/pages/year/choices.ts'
import { type CampaignPackage, type PackageRow, saidFields, sections } from '../../server/campaigns/packages/package.ts'
import { nextYear } from '../../server/campaigns/years/next_year.ts'
import { OF_THE_NOTICE, type YearChoices } from '../../server/campaigns/years/turn.ts'
import { type Field, type Form, formOf, forms, type Value } from '../../server/forms/index.ts'

const choices: YearChoices = firstChoices(2020)
const formNamed = (name: string) => formOf(forms, name) as Form

/** A value of every type, and what it is a year later. */
function sampleOf({ name, type }: Field): [Value, Value] {
  if (type === 'date') return ['2019-06-01', '2020-06-01']
  if (type === 'integer' || type === 'decimal') return [7, 7]
  if (type === 'yes_no') return [true, true]
  if (type === 'reference') return ['甲', '甲']
  return [`${name} 2019年`, `${name} 2020年`]
}

describe.each([...sections, 'campaigns'])('%s', (section) => {
  const fields = saidFields(formNamed(section)).filter(({ name }) => name !== 'year')
  const row = Object.fromEntries(fields.map((field) => [field.name, sampleOf(field)[0]])) as PackageRow
  // units and their kinds are the installation's, and go on as they are
  const isOfYear = section !== 'units' && section !== 'unit_kinds'
  const later = Object.fromEntries(fields.map((field) => [field.name, sampleOf(field)[isOfYear ? 1 : 0]])) as PackageRow

  test('says a year later all that it said', () => {
    const was = {
      format: 'haowangmin-campaign',
      format_version: 1,
      campaign: { year: 2019, ...(section === 'campaigns' ? row : {}) },
      forms: [],
      ...(section === 'campaigns' ? {} : { [section]: [row] }),
      // a unit that takes no part has no quota
      ...(section === 'quotas' ? { participations: [{ unit_id: row.unit_id ?? null }] } : {}),
    } as unknown as CampaignPackage
    const { package: next } = nextYear(was, choices, [], { registers: {}, campaign: {} })
    const own = [...OF_THE_NOTICE, 'today_on']
    if (section === 'campaigns') {
      const kept = Object.fromEntries(Object.entries(later).filter(([name]) => !own.includes(name)))
      expect(next.campaign).toEqual({ year: 2020, ...kept })
    } else expect(next[section as (typeof sections)[number]]).toEqual([later])
  })
})

test('a sum of 附件1 that is not the target of before is asked, and holds once it is said to', () => {
  const annex = [{ label: '线下活动', quotas: [{ unit: '甲街道总工会', value: 86 }] }]
  const was = {
    format: 'haowangmin-campaign',
    format_version: 1,
    campaign: { year: 2023 },
    forms: [],
    units: [{ name: '甲街道总工会', short_name: '甲街道', kind: '街道' }],
    participations: [{ unit_id: '甲街道' }],
    metrics: [{ name: 'events', label: '线下活动', target: 80 }],
  } as unknown as CampaignPackage
  const labels = { registers: {}, campaign: {} }
  const given = { ...choices, year: 2024, quotas: 'annex' as const, annex }
  expect(nextYear(was, given, [], labels).questions).toMatchObject([{ id: 'target:events', answer: null }])
  const { package: next } = nextYear(was, { ...given, answers: { 'target:events': 'sum' } }, [], labels)
  expect(next.metrics).toEqual([{ name: 'events', label: '线下活动', target: 86, has_quota: true }])
  expect(next.quotas).toEqual([{ unit_id: '甲街道', events: 86 }])
})

/** The designer's rows, without a browser: definitions become rows and come back the same, and what a cell does to them. */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { type CellName, cellsOf, withCell } from '../../admin/pages/designs/sheet/cells.ts'
import { type DesignRow, type DesignSheet, definitionOfSheet, sheetOf } from '../../admin/pages/designs/sheet/sheet.ts'
import {
  type Adjustment,
  type Definition,
  definitionOf,
  forms,
  isAdjustment,
  registers,
} from '../../server/forms/index.ts'
import { workshops } from '../support/designs.ts'

const asJson = (value: unknown) => JSON.parse(JSON.stringify(value))
const baseOf = (definition: Definition) => {
  const base = isAdjustment(definition) ? forms[definition.extends] : undefined
  return base && definitionOf(base)
}
const there = (definition: Definition) => sheetOf(definition, baseOf(definition))
const back = (definition: Definition) => asJson(definitionOfSheet(there(definition)))

const folder = new URL('../../seeds/packages/', import.meta.url)
const packaged = readdirSync(folder)
  .filter((name) => name.endsWith('.json'))
  .flatMap((file) =>
    (JSON.parse(readFileSync(new URL(file, folder), 'utf8')).forms as Definition[]).map(
      (definition) =>
        [`${file} ${isAdjustment(definition) ? definition.extends : definition.name}`, definition] as const,
    ),
  )

const adjustments: readonly Adjustment[] = [
  { extends: 'events' },
  { extends: 'events', hide: ['with_cac', 'media_links'], rename: { headcount: '参加职工' }, annex: null },
  {
    extends: 'events',
    order: ['held_on', 'title'],
    require: ['remark'],
    label: '基层行',
    title: '统计表',
    measure: '次',
  },
  { extends: 'events', choices: { kind: ['知识竞赛', '其他'] }, groups: { headcount: '规模' } },
  {
    extends: 'propagandists',
    add: [
      { name: 'theme', label: '口号', type: 'text', max: 50 },
      { name: 'patron', label: '联系领导', type: 'choice', choices: ['甲', '乙'] },
    ],
    order: ['patron', 'theme'],
    rules: [{ name: 'theme_short', kind: 'length', field: 'theme', max: 20, severity: 'explain' }],
  },
]

describe('a definition becomes rows and comes back the same', () => {
  test.each(registers.map((form) => [form.name, asJson(definitionOf(form)) as Definition] as const))(
    'the built-in %s',
    (_name, definition) => expect(back(definition)).toEqual(definition),
  )
  test.each(packaged)('%s', (_name, definition) => expect(back(definition)).toEqual(definition))
  test.each(adjustments.map((each, at) => [at, each] as const))('adjustment %i', (_at, definition) =>
    expect(back(definition)).toEqual(definition),
  )
  test('what the designer knows nothing of comes back too', () => {
    const own = { ...workshops, later: { of: ['a'] } } as unknown as Definition
    const adjusted = { extends: 'events', later: ['a'] } as unknown as Definition
    expect([back(own), back(adjusted)]).toEqual([asJson(own), adjusted])
  })
  test('of an adjustment only what differs from the built-in register', () => {
    const events = definitionOf(forms.events as (typeof registers)[number])
    const said = {
      extends: 'events',
      title: events.title,
      rename: { place: '地点栏' },
      order: events.fields.map(({ name }) => name),
    }
    const sheet = there(said)
    const rows = sheet.rows.map((row) =>
      row.field.name === 'place' ? write(sheet, row, 'label', row.builtIn?.label) : row,
    )
    expect(asJson(definitionOfSheet({ ...sheet, rows }))).toEqual({ extends: 'events', order: said.order })
  })
})

const labelsOf = ({ rows }: DesignSheet) => ({
  columns: new Map(rows.map(({ field }) => [field.name, field.label])),
  forms,
})
const write = (sheet: DesignSheet, row: DesignRow, cell: CellName, value: unknown) =>
  withCell(row, cell, value, labelsOf(sheet))

describe('a cell', () => {
  const sheet = there(workshops as unknown as Definition)
  const row = (name: string) => sheet.rows.find(({ field }) => field.name === name) as DesignRow

  test('written as it stands changes nothing', () => {
    for (const each of sheet.rows) {
      const cells = Object.entries(cellsOf(each, labelsOf(sheet))) as [CellName, unknown][]
      const same = cells.reduce((all, [cell, value]) => write(sheet, all, cell, value), each)
      expect(definitionOfSheet({ ...sheet, rows: [same] })).toEqual(definitionOfSheet({ ...sheet, rows: [each] }))
    }
  })
  test.each([
    ['kind', '线上、线下、混合', { choices: ['线上', '线下', '混合'] }],
    ['people', '1 到 500', { min: 1, max: 500 }],
    ['people', '1 以上', { min: 1 }],
    ['people', '最多500', { max: 500 }],
    ['people', '500以内', { max: 500 }],
    ['title', '最多 50 字', { max: 50 }],
    ['title', '50', { max: 50 }],
    ['phone', '手机号', { mobile: true }],
    ['event_id', forms.organizations?.label, { to: 'organizations' }],
    ['fee', '= 经费 ÷ 人数', { computed: { ratio: ['fee', 'people'] } }],
    ['fee', `= ${forms.attendance?.label}的行数`, { computed: { count: { form: 'attendance' } } }],
  ])('of what %s may hold understands %s', (name, text, options) => {
    const written = write(sheet, row(name), 'detail', text)
    expect(written.unread).toEqual({})
    expect(written.field).toMatchObject(options)
    const printed = cellsOf(written, labelsOf(sheet)).detail
    expect(write(sheet, row(name), 'detail', printed).field).toEqual(written.field)
  })
  test('that is not understood keeps its text, and is read again as another type', () => {
    const written = write(sheet, row('title'), 'detail', '甲、乙')
    expect(cellsOf(written, labelsOf(sheet)).detail).toBe('甲、乙')
    expect(written.unread.detail?.error).toContain('最多 50 字')
    const chosen = write(sheet, written, 'type', 'choice')
    expect(chosen.unread).toEqual({})
    expect(chosen.field).toMatchObject({ type: 'choice', choices: ['甲', '乙'] })
  })
  test('of another type has what that type knows, and gives the rest back with the old one', () => {
    const text = write(sheet, row('kind'), 'type', 'text')
    expect(definitionOfSheet({ ...sheet, rows: [text] })).toMatchObject({ fields: [{ name: 'kind', type: 'text' }] })
    expect(definitionOfSheet({ ...sheet, rows: [text] })).not.toHaveProperty('fields.0.choices')
    expect(definitionOfSheet({ ...sheet, rows: [write(sheet, text, 'type', 'choice')] })).toHaveProperty(
      'fields.0.choices',
    )
  })
})

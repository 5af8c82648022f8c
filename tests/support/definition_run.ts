/**
 * A run of random definitions: its campaign, its rows, and what the forms' own functions say of them. What is expected of the
 * server and of PostgreSQL is said here, and tried in tests/forms/random_definitions.test.ts.
 */
import type ExcelJS from 'exceljs'
import type pg from 'pg'
import { expect } from 'vitest'
import {
  adjusted,
  forms as builtIn,
  checkRow,
  compileForms,
  type Definition,
  definitionOf,
  type Field,
  type FieldDefinition,
  type Form,
  type FormDefinition,
  isAdjustment,
  isBlank,
  nameOfDefinition,
  type Row,
  readRow,
  type Value,
} from '../../server/forms/index.ts'
import { Chance } from './chance.ts'
import { randomRow } from './random_rows.ts'
import { type Agent, sample } from './world.ts'

export type StoredRow = Row & { id: number; version: number }

/** One campaign of random definitions, and what is expected of it. */
export class Run {
  readonly chance: Chance
  readonly stored: Record<string, StoredRow[]> = {}
  campaign = 0
  definitions: Definition[] = []
  forms: Record<string, Form> = {}
  count = 0
  constructor(readonly seed: number) {
    this.chance = new Chance(seed)
  }
  get scope() {
    return { campaign_id: this.campaign }
  }
  get published() {
    return this.definitions.map((definition) => this.forms[nameOfDefinition(definition)] as Form)
  }
  rows(name: string): StoredRow[] {
    this.stored[name] ??= []
    return this.stored[name]
  }
}

async function readForms(reader: Agent, run: Run): Promise<FormDefinition[]> {
  const { body } = await reader.get('/forms', run.scope).expect(200)
  run.forms = compileForms(body, builtIn) as Record<string, Form>
  return body
}

const said = ({ name, label, group, type, choices, required }: FieldDefinition) => ({
  ...{ name, label, type, required },
  ...(group && { group }),
  ...(choices && { choices }),
})

/** Drafts, checks and publishes the definitions; what is in force then is what they say. */
export async function publishAll(province: Agent, run: Run) {
  for (const definition of run.definitions) {
    const made = await province.post('/form_designs', { campaign_id: run.campaign, definition })
    expect([made.status, made.body.errors], JSON.stringify(definition)).toEqual([201, undefined])
    const { id, version } = made.body
    const checked = await province.post(`/form_designs/${id}/check`)
    expect([checked.status, checked.body.errors], JSON.stringify(definition)).toEqual([200, undefined])
    const done = await province.post(`/form_designs/${id}/publication`, { version })
    expect([done.status, done.body.errors ?? done.body.message], JSON.stringify(definition)).toEqual([200, undefined])
  }
  const inForce = await readForms(province, run)
  for (const definition of run.definitions) {
    const name = nameOfDefinition(definition)
    const whole = isAdjustment(definition) ? adjusted(definitionOf(builtIn[name] as Form), definition) : definition
    const found = inForce.find((form) => form.name === name) as FormDefinition
    const { label, title, annex, keys } = whole as FormDefinition
    expect({ ...found, fields: found.fields.map(said) }).toMatchObject({
      ...{ label, title, annex, keys },
      fields: (whole as FormDefinition).fields.map((field) => JSON.parse(JSON.stringify(said(field)))),
    })
  }
}

/** Fields of which no two rows have the same. */
const ownOf = ({ keys, names, rules, fields }: Form): Set<string> =>
  new Set(
    [names, ...keys.flat(), ...(rules ?? []).flatMap((rule) => rule.unique ?? [])].filter((name) =>
      fields.some(
        (field) => field.name === name && ['text', 'long_text', 'phone', 'url', 'integer'].includes(field.type),
      ),
    ),
  )

const related = { campaign: { starts_on: '2019-06-01', ends_on: '2019-11-30' } }

/** What the form's own functions make of cells. */
export function verdictOf(form: Form, cells: Row) {
  const { row, errors } = readRow(form, cells, { year: 2019 })
  return { row, errors: { ...checkRow(form, row, related), ...errors } }
}
export const isAllowed = (form: Form, cells: Row) => Object.keys(verdictOf(form, cells).errors).length === 0

export const isBuiltIn = (form: Form, name: string) =>
  builtIn[form.name]?.fields.some((field) => field.name === name) ?? false

/** Cells at random; of a built-in register its sample, and at random what is added. */
function cellsOf(run: Run, form: Form): Row {
  run.count++
  const base = sample[form.name]?.(run.seed * 1_000 + run.count) ?? {}
  const own = form.fields.filter(({ name }) => !isBuiltIn(form, name))
  const shown = Object.entries(base).filter(([name]) => form.fields.some((field) => field.name === name))
  const references = own
    .filter(({ to }) => to && run.rows(to).length > 0)
    .map(({ name, to }) => [name, run.chance.one(run.rows(to as string)).id])
  const random = randomRow(run.chance, own, run.count, ownOf(form))
  return { ...(Object.fromEntries(shown) as Row), ...random, ...Object.fromEntries(references) }
}

/** Cells that the register's rules allow, or undefined where chance finds none. */
export function allowedCells(run: Run, form: Form): Row | undefined {
  for (let turn = 0; turn < 400; turn++) {
    const cells = cellsOf(run, form)
    if (isAllowed(form, cells)) return cells
  }
  return undefined
}

/** A row is what was said of it, with values as they were understood, and what is computed of them. */
export function expectSaid(run: Run, form: Form, cells: Row, row: StoredRow) {
  const { row: read } = verdictOf(form, cells)
  for (const field of form.fields) {
    if (field.computed) expectComputed(run, form, field, row)
    if (field.computed || field.derived || !(field.name in cells)) continue
    if (field.type === 'reference' && typeof cells[field.name] !== 'number') continue
    expect([form.name, field.name, row[field.name] ?? null]).toEqual([form.name, field.name, read[field.name] ?? null])
  }
}

export function expectComputed(run: Run, form: Form, field: Field, row: StoredRow) {
  const expected = computedOf(run, form, field, row)
  const found = row[field.name] ?? null
  if (expected === null) expect([form.name, field.name, found]).toEqual([form.name, field.name, null])
  else expect(Number(found), `${form.name}.${field.name}`).toBeCloseTo(expected, field.type === 'integer' ? 0 : 3)
}

/** What a column computed comes to: of its row, or of the rows of the run that refer to it. */
function computedOf(run: Run, form: Form, { computed, type }: Field, row: StoredRow): number | null {
  const [operation, of] = Object.entries(computed ?? {})[0] as [
    string,
    readonly string[] | { form: string; by?: string },
  ]
  if ('form' in of) {
    const { fields } = run.forms[of.form] as Form
    const by = of.by ?? fields.find(({ to }) => to === form.name)?.name ?? ''
    return run.rows(of.form).filter((each) => each[by] === row.id).length
  }
  const values = of.map((name) => (isBlank(row[name]) ? null : Number(row[name])))
  const given = values.filter((value) => value !== null)
  if (given.length < (operation === 'sum' ? 1 : values.length)) return null
  const [a = 0, b = 0] = given
  const results: Record<string, number | null> = {
    sum: given.reduce((all, each) => all + each, 0),
    product: given.reduce((all, each) => all * each, 1),
    difference: a - b,
    ratio: b === 0 ? null : a / b,
  }
  const result = results[operation] ?? null
  return result === null || Math.abs(result) > (type === 'integer' ? 2_147_483_647 : 100_000_000_000) ? null : result
}

/** What whoever fills the register types: not what is decided above the unit. */
export function typedIn({ fields, desks }: Form): Field[] {
  const decided = Object.values(desks ?? {}).flatMap((desk) => desk.fields)
  return fields.filter(({ name, derived, type }) => !derived && type !== 'reference' && !decided.includes(name))
}
export const cellsIn = (form: Form, row: Row): Row =>
  Object.fromEntries(form.fields.filter(({ derived }) => !derived).map(({ name }) => [name, row[name] ?? null]))

const bare = (heading: string) => heading.replace(/[*＊\s]/g, '')

const wordsIn = (cell: ExcelJS.Cell) => (cell.isMerged ? cell.master.text : cell.text)

/** The columns of a template's heading, by field. */
export function columnsOf(
  sheet: ExcelJS.Worksheet,
  fields: readonly Field[],
): { heading: number; of: Map<string, number> } {
  for (let n = 1; n < 12; n++) {
    const texts = Array.from({ length: sheet.columnCount }, (_, at) => bare(wordsIn(sheet.getRow(n).getCell(at + 1))))
    const of = new Map<string, number>()
    let at = 0
    for (const { name, label } of fields) {
      const found = texts.indexOf(bare(label), at)
      if (found < 0) break
      of.set(name, found + 1)
      at = found + 1
    }
    if (of.size === fields.length) return { heading: n, of }
  }
  throw new Error(`no heading of ${fields.map(({ label }) => label).join('、')}`)
}

/** Rows that the rules allow are taken as they are; others are refused with the sentences of the rules. */
export async function fill(clerk: Agent, run: Run) {
  for (const form of run.published) {
    const { name } = form
    for (let n = 0; n < 4; n++) {
      const cells = allowedCells(run, form)
      if (!cells) break
      const made = await clerk.post(`/${name}`, { ...cells, ...run.scope })
      expect([made.status, made.body.errors, cells]).toEqual([201, undefined, cells])
      expectSaid(run, form, cells, made.body)
      run.rows(name).push(made.body)
    }
    for (let n = 0; n < 5; n++) {
      const cells = cellsOf(run, form)
      const { errors } = verdictOf(form, cells)
      if (Object.keys(errors).length === 0) continue
      const refused = await clerk.post(`/${name}`, { ...cells, ...run.scope })
      expect([refused.status, refused.body.errors, cells]).toEqual([422, expect.objectContaining(errors), cells])
    }
  }
}

/** Past the server, as the owner of the tables: nothing but CHECKs stands in the way. */
export async function isRefusedByDatabase(
  owner: pg.Client,
  form: string,
  id: number,
  field: Field,
  value: Value,
): Promise<boolean> {
  await owner.query('begin')
  try {
    const set = `update ${form} set version = version + 1, "${field.name}" = $2 where id = $1`
    await owner.query(set, [id, field.type === 'attachments' ? JSON.stringify(value) : value])
    return false
  } catch (error) {
    expect(['23514', '23502', '22003'], String(error)).toContain((error as { code: string }).code)
    return true
  } finally {
    await owner.query('rollback')
  }
}

/**
 * Definitions made at random go the whole way: published, filled, read by every role, changed, published again, exported and
 * imported, and out as a package and in again. Nothing is lost, and nobody reads what is not theirs. A run is a number;
 * `RANDOM_RUNS=100 RANDOM_FROM=1 npx vitest run tests/forms/random_definitions.test.ts` tries more of them.
 */
import type ExcelJS from 'exceljs'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { CampaignPackage } from '../../server/campaigns/packages/package.ts'
import {
  type Definition,
  type Field,
  type FormDefinition,
  isAdjustment,
  isBlank,
  nameOfDefinition,
  printField,
  type Row,
  registers,
  type Value,
} from '../../server/forms/index.ts'
import { changedAdjustment, changedRegister } from '../support/changed_definitions.ts'
import {
  allowedCells,
  cellsIn,
  columnsOf,
  expectComputed,
  expectSaid,
  fill,
  isAllowed,
  isBuiltIn,
  isRefusedByDatabase,
  publishAll,
  Run,
  type StoredRow,
  typedIn,
  verdictOf,
} from '../support/definition_run.ts'
import { textsOf } from '../support/matrix.ts'
import { adjustmentOf, registerOf } from '../support/random_definitions.ts'
import { wrongValue } from '../support/random_rows.ts'
import { fetched, opened } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

const FIRST_SEED = Number(process.env.RANDOM_FROM ?? 28)
const SEEDS = Array.from({ length: Number(process.env.RANDOM_RUNS ?? 2) }, (_, n) => FIRST_SEED + n)

let world: World
let elsewhere: World
let owner: pg.Client
let province: Agent
let hefei: Agent
let wuhu: Agent
let cac: Agent
let template: CampaignPackage
beforeAll(async () => {
  ;[world, elsewhere] = await Promise.all([makeWorld(), makeWorld()])
  ;[province, hefei, wuhu, cac] = (await Promise.all(
    (['province', 'hefei', 'wuhu', 'cac'] as const).map(world.as),
  )) as [Agent, Agent, Agent, Agent]
  owner = new pg.Client({ connectionString: world.ownerUrl })
  await owner.connect()
  template = (await province.get(`/campaigns/${world.campaign_id}/package.json`).expect(200)).body
})
afterAll(async () => {
  await owner?.end()
  await Promise.all([world?.close(), elsewhere?.close()])
})

/** One cell of each row changed, as its column may take it or not: the form, REST and PostgreSQL say the same. */
async function changeCells(run: Run) {
  const designs = await world.owner<{ name: string; since: number }>(
    `select name, since from form_designs where campaign_id = $1 and state = 'published'`,
    [run.campaign],
  )
  const since = new Map(designs.map((design) => [design.name, Number(design.since)]))
  for (const form of run.published)
    for (const row of run.rows(form.name)) {
      const field = run.chance.one(typedIn(form))
      const isWrong = run.chance.isOf(50)
      const value = isWrong ? wrongValue(run.chance, field) : allowedCells(run, form)?.[field.name]
      if (value === undefined || (isBuiltIn(form, field.name) && !isWrong)) continue
      const cells = { ...cellsIn(form, row), [field.name]: value }
      const isRefused = !isAllowed(form, cells)
      const changed = await hefei.put(`/${form.name}/${row.id}`, { version: row.version, [field.name]: value })
      const at = [form.name, field.name, value]
      expect([...at, changed.status, isRefused ? changed.body.errors : undefined]).toEqual([
        ...at,
        isRefused ? 422 : 200,
        isRefused ? expect.objectContaining(verdictOf(form, cells).errors) : undefined,
      ])
      // PostgreSQL asks nothing of rows that an earlier definition let in
      if (isWrong && !isBuiltIn(form, field.name) && row.id > (since.get(form.name) ?? 0))
        expect([...at, await isRefusedByDatabase(owner, form.name, row.id, field, value)]).toEqual([...at, isRefused])
      if (isRefused) continue
      expectSaid(run, form, cells, changed.body)
      Object.assign(row, changed.body)
    }
}

/** What is private is read by whom it belongs to and nobody else; other units and jurors read nothing at all. */
async function readByEverybody(run: Run) {
  const juror = await world.as('juror1')
  for (const form of run.published) {
    const rows = run.rows(form.name)
    const listed = await hefei.get(`/${form.name}`, { filter: run.scope }).expect(200)
    const byId = new Map<number, StoredRow>(listed.body.map((row: StoredRow) => [row.id, row]))
    for (const row of rows) {
      expectSaid(run, form, cellsIn(form, row), byId.get(row.id) as StoredRow)
      Object.assign(row, byId.get(row.id))
    }
    expect((await wuhu.get(`/${form.name}`, { filter: run.scope }).expect(200)).body).toEqual([])
    const [row] = rows
    if (row) await wuhu.get(`/${form.name}/${row.id}`).expect(404)
    const told = await juror.get(`/${form.name}`, { filter: run.scope })
    expect([200, 403, 404]).toContain(told.status)
    if (told.status === 200) expect(told.body).toEqual([])
    expect((await world.anonymous.get(`/${form.name}`, { filter: run.scope })).status).toBe(401)
    const secrets = form.fields
      .filter((field) => field.private && ['text', 'long_text', 'phone', 'url'].includes(field.type))
      .flatMap(({ name }) => rows.map((each) => each[name]))
      .filter((value): value is string => typeof value === 'string')
    const answers = [
      (await cac.get(`/${form.name}`, { filter: run.scope }).expect(200)).text,
      ...(row ? [(await cac.get(`/${form.name}/${row.id}/history`).expect(200)).text] : []),
      (await cac.get('/changes', { filter: { form: form.name } }).expect(200)).text,
      (await textsOf(await fetched(cac, `/${form.name}/export.xlsx`, { filter: run.scope }))).join('\n'),
    ]
    for (const secret of secrets)
      expect(
        answers.findIndex((text) => text.includes(secret)),
        `${form.name}: ${secret}`,
      ).toBe(-1)
    for (const { name } of form.fields.filter((field) => field.private)) {
      expect((await cac.get(`/${form.name}`, { filter: { ...run.scope, [name]: '1' } })).status).toBe(400)
      expect((await cac.get(`/${form.name}`, { filter: run.scope, sort: [name, 'ASC'] })).status).toBe(400)
    }
  }
}

/** What was exported comes back as nothing new. */
async function exportAndImport(run: Run) {
  for (const form of run.published) {
    const rows = run.rows(form.name).length
    if (rows === 0) continue
    const bytes = await fetched(hefei, `/${form.name}/export.xlsx`, { filter: run.scope })
    const told = await hefei.upload(`/${form.name}/imports`, bytes, '导出.xlsx', { campaign_id: String(run.campaign) })
    const { create, update, wrong, conflicts, unchanged } = told.body
    expect({ create, update, wrong, conflicts, unchanged, faults: faultsIn(told.body) }).toEqual({
      ...{ create: 0, update: 0, wrong: 0, conflicts: 0, unchanged: rows, faults: [] },
    })
  }
}

type Told = { errors?: object[]; table_errors?: object[] }
const faultsIn = ({ errors = [], table_errors = [] }: Told) =>
  [...table_errors, ...errors].map((each) => JSON.stringify(each))

const printedMoment = (value: Value) => String(value).replace('T', ' ')

/** Another unit fills the template with the same rows: they arrive as they are. */
async function fillTemplate(run: Run) {
  const given = new Map<string, Set<number>>()
  for (const form of run.published) {
    const printed = form.fields.filter(({ unprinted }) => !unprinted)
    const written = printed.filter(({ derived, type }) => !derived && type !== 'attachments')
    const isThere = (field: Field, row: Row) =>
      isBlank(row[field.name]) || !field.to || given.get(field.to)?.has(Number(row[field.name])) === true
    const rows = run.rows(form.name).filter((row) => {
      const cells = Object.fromEntries(written.map(({ name }) => [name, row[name] ?? null]))
      return written.every((field) => isThere(field, row)) && isAllowed(form, cells)
    })
    given.set(form.name, new Set(rows.map(({ id }) => id)))
    if (rows.length === 0) continue
    const book = await opened(await fetched(wuhu, `/${form.name}/template.xlsx`, run.scope))
    const sheet = book.worksheets[0] as ExcelJS.Worksheet
    const { heading, of } = columnsOf(sheet, printed)
    for (const [n, row] of rows.entries())
      for (const field of written) {
        const value = field.type === 'reference' ? (row[`${field.name}_label`] ?? null) : (row[field.name] ?? null)
        const cell =
          value === null
            ? null
            : typeof value === 'number'
              ? value
              : field.type === 'datetime'
                ? printedMoment(value)
                : printField(field, value)
        sheet.getRow(heading + 1 + n).getCell(of.get(field.name) as number).value = cell
      }
    const bytes = Buffer.from(await book.xlsx.writeBuffer())
    const told = await wuhu.upload(`/${form.name}/imports`, bytes, '填好.xlsx', { campaign_id: String(run.campaign) })
    const { create, wrong, id } = told.body
    expect({ create, wrong, faults: faultsIn(told.body) }).toEqual({ create: rows.length, wrong: 0, faults: [] })
    const applied = await wuhu.post(`/imports/${id}/apply`, {})
    expect([applied.status, applied.body.message, applied.body.errors]).toEqual([200, undefined, expect.anything()])
    const arrived: StoredRow[] = (await wuhu.get(`/${form.name}`, { filter: run.scope }).expect(200)).body
    for (const row of rows) {
      const there = arrived.find((each) => each[form.names] === row[form.names]) as StoredRow
      const values = (each: Row) =>
        Object.fromEntries(written.filter(({ to }) => !to).map(({ name }) => [name, each?.[name] ?? null]))
      expect([form.name, values(there)]).toEqual([form.name, values(row)])
    }
  }
}

/** Published again, changed: rows keep what they had, also what no column shows any more. */
async function publishAgain(run: Run) {
  const before = new Map<string, Row[]>()
  for (const { name } of run.published)
    before.set(name, await world.owner(`select * from ${name} where campaign_id = $1 order by id`, [run.campaign]))
  run.definitions = run.definitions.map((definition, n) => {
    if (isAdjustment(definition)) return changedAdjustment(run.chance, definition, `y${run.seed}_`)
    const [, other] = run.definitions
    const isReferred = n === 0 && (other as FormDefinition).fields.some(({ to }) => to === definition.name)
    return changedRegister(
      run.chance,
      definition as FormDefinition,
      isReferred ? nameOfDefinition(other as Definition) : undefined,
    )
  })
  await publishAll(province, run)
  for (const form of run.published) {
    const now = await world.owner<StoredRow>(`select * from ${form.name} where campaign_id = $1 order by id`, [
      run.campaign,
    ])
    expect(now).toEqual((before.get(form.name) ?? []).map((row) => expect.objectContaining(row)))
    const listed: StoredRow[] = (await hefei.get(`/${form.name}`, { filter: run.scope }).expect(200)).body
    for (const row of run.rows(form.name)) {
      const there = listed.find(({ id }) => id === row.id) as StoredRow
      for (const field of form.fields)
        if (!field.derived && field.name in row)
          expect([form.name, field.name, there[field.name]]).toEqual([form.name, field.name, row[field.name]])
      for (const field of form.fields) if (field.computed) expectComputed(run, form, field, there)
      for (const name of Object.keys(row)) delete row[name]
      Object.assign(row, there)
    }
  }
}

/** Out as a package: into the same campaign nothing changes, into another one and another installation it is the same. */
async function carry(run: Run) {
  const packageOf = async (agent: Agent, id: number) =>
    (await agent.get(`/campaigns/${id}/package.json`).expect(200)).text
  const text = await packageOf(province, run.campaign)
  const same = await province.post(`/campaigns/packages?check=1&campaign_id=${run.campaign}`, JSON.parse(text))
  expect([same.status, same.body]).toEqual([200, { changes: [] }])
  const other = await province.post('/campaigns/packages', JSON.parse(text))
  expect([other.status, other.body.errors]).toEqual([201, undefined])
  expect(await packageOf(province, other.body.campaign_id)).toBe(
    text.replace(`"随机 ${run.seed}"`, `"随机 ${run.seed}（2）"`),
  )
  const far = await elsewhere.as('province')
  const there = await far.post('/campaigns/packages', JSON.parse(text))
  expect([there.status, there.body.errors]).toEqual([201, undefined])
  expect(await packageOf(far, there.body.campaign_id)).toBe(text)
}

test.each(SEEDS)('run %i loses nothing and shows nobody what is not theirs', async (seed) => {
  const run = new Run(seed)
  const campaign = { ...template.campaign, name: `随机 ${seed}` }
  run.campaign = (await province.post('/campaigns/packages', { ...template, campaign }).expect(201)).body.campaign_id
  await province.post(`/campaigns/${run.campaign}/opening`).expect(200)
  const base = registers[seed % registers.length]?.name as string
  const [first, second] = [`r${seed}_first`, `r${seed}_second`]
  run.definitions = [
    registerOf(run.chance, first),
    registerOf(run.chance, second, first),
    adjustmentOf(run.chance, base, `x${seed}_`),
  ]
  if (base === 'attendance') await hefei.post('/events', { ...sample.events?.(1), ...run.scope }).expect(201)
  if (process.env.RANDOM_SHOW) console.log(run.definitions.map((each) => JSON.stringify(each)).join('\n'))
  await publishAll(province, run)
  await fill(hefei, run)
  await changeCells(run)
  await readByEverybody(run)
  await exportAndImport(run)
  await fillTemplate(run)
  await publishAgain(run)
  await changeCells(run)
  await fill(hefei, run)
  await exportAndImport(run)
  await carry(run)
})

/**
 * The permission table (permissions.ts) held against the server for the registers: every verb on a row of 合肥, by every
 * role. A row that somebody may change is made anew for the next.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Forms, registers } from '../../server/forms/index.ts'
import {
  type Answer,
  agentsOf,
  binary,
  compare,
  has,
  type MatrixAttempt,
  type StoredId,
  textsOf,
  told,
  workbookOf,
} from '../support/matrix.ts'
import { ownRegisters, publishOwn } from '../support/own_registers.ts'
import { type Actor, actors, anyRegister, around, campaignLines, registerLines } from '../support/permissions.ts'
import { type Agent, sample as builtIn, makeWorld, type World } from '../support/world.ts'

let world: World
let agents: Record<Actor, Agent>
let hefei: Agent
let forms: Forms
let next = 1
/** Rows of the built-in registers, and of those that a campaign has made itself. */
const sample: typeof builtIn = { ...builtIn }
for (const { name, row } of ownRegisters) sample[name] = (n = 1) => ({ ...row(n), event_id: undefined })

beforeAll(async () => {
  world = await makeWorld()
  agents = await agentsOf(world)
  hefei = agents.hefei
  // what a row of attendance refers to is there in every unit
  for (const actor of ['province', 'hefei', 'wuhu', 'huaibei', 'suzhou'] as const)
    await agents[actor].post('/events', sample.events?.(1)).expect(201)
  await publishOwn(world)
  forms = world.database.definitions.of(world.campaign_id)
})
afterAll(() => world?.close())

type Ask = (agent: Agent, form: string, row: StoredId) => MatrixAttempt
type State = 'draft' | 'submitted' | 'removed' | 'import' | 'none'

const moved = async (answer: PromiseLike<Answer>, row: StoredId) =>
  has(answer, row, (got) => (got.body as { done: number[] }).done.map((id) => ({ id })))

/** Whether the export that a list filter gives has a row below its headings. */
async function exported(agent: Agent, form: string, row: StoredId) {
  const got = await binary(agent.get(`/${form}/export.xlsx`, { filter: { id: [row.id] } }))
  if (got.status !== 200) return got
  const named = forms[form]?.names ?? ''
  const [stored] = await world.owner<{ name: string }>(`select ${named}::text as name from ${form} where id = $1`, [
    row.id,
  ])
  return (await textsOf(got.body)).includes(stored?.name ?? '') ? ('yes' as const) : ('no' as const)
}

const upload = async (agent: Agent, form: string, fields: Record<string, string> = {}) =>
  agent.upload(
    `/${form}/imports`,
    await workbookOf(form, sample[form]?.(5000 + next++) ?? {}, forms),
    '表.xlsx',
    fields,
  )

const change = { remark: '改过' }
const body = (form: string, more: object = {}) => ({ ...sample[form]?.(next++), ...more })
const inHefei = () => ({ unit_id: world.units.合肥 })

const verbs: Record<string, [State, Ask]> = {
  'read by id': ['draft', (as, form, { id }) => as.get(`/${form}/${id}`)],
  'read a submitted row': ['submitted', (as, form, { id }) => as.get(`/${form}/${id}`)],
  'find in the list': ['draft', (as, form, row) => has(as.get(`/${form}`, { filter: { id: [row.id] } }), row)],
  'count in the summary': [
    'draft',
    async (as, form, { id }) => {
      const got = await as.get(`/${form}/summary`, { filter: { id } })
      return got.status === 200 ? (got.body.rows > 0 ? 'yes' : 'no') : got
    },
  ],
  'count in the groups': [
    'draft',
    async (as, form, { id }) => {
      const got = await as.get(`/${form}/groups`, { by: 'status', filter: { id } })
      return got.status === 200 ? (got.body.groups.length > 0 ? 'yes' : 'no') : got
    },
  ],
  'find a submitted row': ['submitted', (as, form, row) => has(as.get(`/${form}`, { range: [0, 999] }), row)],
  history: ['draft', (as, form, { id }) => as.get(`/${form}/${id}/history`)],
  'history of a submitted row': ['submitted', (as, form, { id }) => as.get(`/${form}/${id}/history`)],
  'read comments': ['draft', (as, form, { id }) => as.get(`/${form}/${id}/comments`)],
  'read comments of a submitted row': ['submitted', (as, form, { id }) => as.get(`/${form}/${id}/comments`)],
  comment: ['draft', (as, form, { id }) => as.post(`/${form}/${id}/comments`, { text: '请核对。' })],
  'find in the export': ['draft', exported],
  'export a submitted row': ['submitted', exported],
  'change a draft': ['draft', (as, form, { id, version }) => as.put(`/${form}/${id}`, { version, ...change })],
  'change a submitted row': [
    'submitted',
    (as, form, { id, version }) => as.put(`/${form}/${id}`, { version, ...change }),
  ],
  'change a draft in bulk': ['draft', (as, form, row) => as.post(`/${form}/bulk`, { update: [{ ...row, ...change }] })],
  'remove a draft': ['draft', (as, form, { id }) => as.delete(`/${form}/${id}`)],
  'remove a submitted row': ['submitted', (as, form, { id }) => as.delete(`/${form}/${id}`)],
  'remove a draft in bulk': ['draft', (as, form, row) => as.post(`/${form}/bulk`, { remove: [row] })],
  'find in the bin': [
    'removed',
    (as, form, row) => has(as.get(`/${form}`, { filter: { deleted: true }, range: [0, 999] }), row),
  ],
  restore: ['removed', (as, form, { id }) => as.post(`/${form}/restoration`, { ids: [id] })],
  submit: ['draft', (as, form, { id }) => as.post(`/${form}/${id}/submission`)],
  'submit in bulk': ['draft', (as, form, row) => moved(as.post(`/${form}/submission`, { ids: [row.id] }), row)],
  withdraw: ['submitted', (as, form, { id }) => as.post(`/${form}/${id}/withdrawal`)],
  approve: ['submitted', (as, form, { id }) => as.post(`/${form}/${id}/approval`)],
  'approve in bulk': ['submitted', (as, form, row) => moved(as.post(`/${form}/approval`, { ids: [row.id] }), row)],
  return: ['submitted', (as, form, { id }) => as.post(`/${form}/${id}/return`, { reason: '请补' })],
  annul: ['submitted', (as, form, { id }) => as.post(`/${form}/${id}/annulment`, { reason: '重复' })],
  'create for the own unit': ['none', (as, form) => as.post(`/${form}`, body(form))],
  'create for 合肥': ['none', (as, form) => as.post(`/${form}`, body(form, inHefei()))],
  'create for 合肥 in bulk': ['none', (as, form) => as.post(`/${form}/bulk`, { create: [body(form, inHefei())] })],
  'import for the own unit': ['none', (as, form) => upload(as, form)],
  'import for 合肥': ['none', (as, form) => upload(as, form, { unit_id: String(world.units.合肥) })],
  'see an import of 合肥': ['import', (as, _form, { id }) => as.get(`/imports/${id}`)],
  'apply an import of 合肥': ['import', (as, _form, { id }) => as.post(`/imports/${id}/apply`, {})],
  'cancel an import of 合肥': ['import', (as, _form, { id }) => as.delete(`/imports/${id}`)],
  template: ['none', (as, form) => binary(as.get(`/${form}/template.xlsx`))],
}

/** Rows of 合肥 in wait, by form and state; a row that was changed is never used again. */
const waiting = new Map<string, StoredId>()

async function rowOf(form: string, state: State): Promise<StoredId> {
  if (state === 'none') return { id: 0, version: 0 }
  const known = waiting.get(`${form} ${state}`)
  if (known) return known
  const made = await makeRow(form, state)
  waiting.set(`${form} ${state}`, made)
  return made
}

async function makeRow(form: string, state: State): Promise<StoredId> {
  if (state === 'import') {
    const { status, body: made, text } = await upload(hefei, form)
    expect([status, made.wrong], text).toEqual([200, 0])
    return { id: made.id, version: 1 }
  }
  const { id } = (await hefei.post(`/${form}`, body(form)).expect(201)).body
  if (state === 'removed') await hefei.delete(`/${form}/${id}`).expect(200)
  if (state === 'submitted') await hefei.post(`/${form}/${id}/submission`).expect(200)
  const [row] = await world.owner<StoredId>(`select id, version from ${form} where id = $1`, [id])
  return row as StoredId
}

test('the tables are whole: nine cells a line, and on each somebody who may', () => {
  expect(anyRegister['']).toEqual(actors)
  const tables = ['events', 'awards', 'submissions'].map(registerLines)
  for (const table of [...tables, campaignLines('stages'), campaignLines('quotas'), around]) {
    for (const [verb, cells] of Object.entries(table)) {
      expect([verb, cells.length]).toEqual([verb, actors.length])
      const is_never = ['change its state', 'change a submitted row', 'remove a submitted row'].includes(verb)
      expect([verb, cells.includes('yes')]).toEqual([verb, !is_never])
    }
  }
})

const names = new Set([...registers, ...ownRegisters].map(({ name }) => name))

describe.each([...names])('a row of 合肥 in %s', (form) => {
  test.each(Object.entries(registerLines(form)))('%s', async (verb, cells) => {
    const [state, ask] = verbs[verb] ?? []
    if (!state || !ask) throw new Error(`no such verb: ${verb}`)
    await compare(cells, async (actor) => {
      const row = await rowOf(form, state)
      const answer = await told(ask(agents[actor], form, row))
      if (answer === 'yes' && !verb.startsWith('read') && !/^(find|count)/.test(verb))
        waiting.delete(`${form} ${state}`)
      return answer
    })
  })
})

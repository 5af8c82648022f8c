/**
 * The permission table (permissions.ts) held against the server for the campaign's own data, and for everything around
 * the forms: users, changes, imports, reports, annexes, files, juries, and what /me says of all this.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forms } from '../../server/forms/index.ts'
import {
  type Answer,
  agentsOf,
  binary,
  compare,
  type MatrixAttempt,
  type StoredId,
  told,
  workbookOf,
} from '../support/matrix.ts'
import { type Actor, actors, around, campaignLines, registerLines } from '../support/permissions.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

let world: World
let agents: Record<Actor, Agent>
let next = 1
/** Units without a quota. */
const spare: number[] = []
/** Units that do not take part. */
const newcomers: number[] = []

beforeAll(async () => {
  world = await makeWorld()
  agents = await agentsOf(world)
  const made = await world.owner<{ id: number }>(
    `insert into units (name, short_name, kind) select '备用工会' || n, '备用' || n, '省直/省产业工会' from generate_series(1, 40) n returning id`,
  )
  spare.push(...made.map(({ id }) => id))
  await world.owner('insert into participations (campaign_id, unit_id) select $1, unnest($2::integer[])', [
    world.campaign_id,
    spare,
  ])
  const others = await world.owner<{ id: number }>(
    `insert into units (name, short_name, kind) select '新来工会' || n, '新来' || n, '省直/省产业工会' from generate_series(1, 20) n returning id`,
  )
  newcomers.push(...others.map(({ id }) => id))
})
afterAll(() => world?.close())

type Ask = (agent: Agent, form: string, row: StoredId) => MatrixAttempt
/** Rows in wait, by form and state; a row that was changed is never used again. */
const waiting = new Map<string, StoredId>()

// The campaign's own data ---------------------------------------------------------------------------------------------

/** A new row of each; `n` makes them differ. */
const frameRow: Record<string, (n: number) => Record<string, unknown>> = {
  quotas: () => ({ unit_id: spare.pop(), organizations: 1 }),
  reopenings: () => ({ unit_id: spare.pop(), form: '附件4', until: '2019-09-30' }),
  collections: (n) => ({ code: `X${n}`, title: `项目${n}`, medium: '图片', host_unit_id: world.units.省总 }),
  metrics: (n) => ({ position: 9, name: `m${n}`, label: `指标${n}`, measure: '名', form: 'events', counts: 'rows' }),
  stages: (n) => ({ position: 90, name: `阶段${n}`, starts_on: '2019-01-01', ends_on: '2019-01-02' }),
  national_activities: (n) => ({ position: 90, title: `全国活动${n}`, organizer: '全国总工会' }),
  participations: (n) => ({ unit_id: newcomers.pop(), annex_order: 500 + n }),
  units: (n) => ({ name: `省测试产业工会${n}`, short_name: `测试${n}`, kind: '省直/省产业工会' }),
  unit_kinds: (n) => ({ position: 90, name: `类别${n}` }),
  campaigns: (n) => ({ year: 2000 + (n % 19), name: `往年${n}`, starts_on: '2000-01-01', ends_on: '2000-02-01' }),
}

const frameVerbs: Record<string, ['kept' | 'removed' | 'none', Ask]> = {
  list: ['kept', (as, form) => as.get(`/${form}`)],
  'read by id': ['kept', (as, form, { id }) => as.get(`/${form}/${id}`)],
  history: ['kept', (as, form, { id }) => as.get(`/${form}/${id}/history`)],
  export: ['kept', (as, form) => binary(as.get(`/${form}/export.xlsx`))],
  create: ['none', (as, form) => as.post(`/${form}`, frameRow[form]?.(next++))],
  change: ['kept', (as, form, { id, version }) => as.put(`/${form}/${id}`, { version, ...renamed(form) })],
  remove: ['kept', (as, form, { id }) => as.delete(`/${form}/${id}`)],
  restore: ['removed', (as, form, { id }) => as.post(`/${form}/restoration`, { ids: [id] })],
  'change in bulk': ['kept', (as, form, row) => as.post(`/${form}/bulk`, { update: [{ ...row, ...renamed(form) }] })],
  import: ['none', (as, form) => uploadFrame(as, form)],
  'change its state': ['kept', (as, form, { id }) => as.post(`/${form}/${id}/submission`)],
}
const renamed = (form: string) => {
  if (form === 'metrics') return { label: `改名${next++}` }
  const field = forms[form]?.fields.find(({ type, required }) => type === 'text' && required)
  if (field) return { [field.name]: `改名${next++}` }
  if (form === 'participations') return { annex_order: 100 + next++ }
  return form === 'quotas' ? { organizations: next++ } : { reason: `缘由${next++}` }
}

async function uploadFrame(agent: Agent, form: string) {
  const named = {
    quotas: { unit_id: '合肥' },
    reopenings: { unit_id: '合肥' },
    collections: { host_unit_id: '合肥' },
    participations: { unit_id: '合肥' },
  }[form]
  return agent.upload(`/${form}/imports`, await workbookOf(form, { ...frameRow[form]?.(next++), ...named }), '表.xlsx')
}

async function frameRowOf(form: string, state: 'kept' | 'removed' | 'none'): Promise<StoredId> {
  if (state === 'none') return { id: 0, version: 0 }
  const known = waiting.get(`${form} ${state}`)
  if (known) return known
  const { id } = (await agents.province.post(`/${form}`, frameRow[form]?.(next++)).expect(201)).body
  if (state === 'removed') await agents.province.delete(`/${form}/${id}`).expect(200)
  const [row] = await world.owner<StoredId>(`select id, version from ${form} where id = $1`, [id])
  waiting.set(`${form} ${state}`, row as StoredId)
  return row as StoredId
}

const frameForms = Object.values(forms).filter(({ scope }) => scope !== 'unit')
describe.each(frameForms.map(({ name }) => name))('the campaign’s %s', (form) => {
  test.each(Object.entries(campaignLines(form)))('%s', async (verb, cells) => {
    const [state, ask] = frameVerbs[verb] ?? []
    if (!state || !ask) throw new Error(`no such verb: ${verb}`)
    await compare(cells, async (actor) => {
      const row = await frameRowOf(form, state)
      const answer = await told(ask(agents[actor], form, row))
      if (answer === 'yes' && ['change', 'remove', 'restore', 'change in bulk'].includes(verb))
        waiting.delete(`${form} ${state}`)
      return answer
    })
  })
})

// What is no form -------------------------------------------------------------------------------------------------------

const picture = Buffer.from('89504e470d0a1a0a', 'hex')
const newcomer = () => ({ username: `x${next++}`, name: '新人', role: 'juror', password: 'tingtong-2019' })
let juror2: StoredId
const aroundVerbs: Record<string, (as: Agent) => MatrixAttempt> = {
  'list users': (as) => as.get('/users'),
  'read a user': (as) => as.get(`/users/${juror2.id}`),
  'create a user': (as) => as.post('/users', newcomer()),
  'change a user': (as) => as.put(`/users/${juror2.id}`, { version: juror2.version, name: '改名' }),
  'reset a password': (as) => as.post(`/users/${juror2.id}/reset`),
  'list changes': (as) => as.get('/changes'),
  'list imports': (as) => as.get('/imports'),
  'see the progress': (as) => as.get('/reports/progress'),
  'see what waits': (as) => as.get('/reports/todo'),
  'export the progress': (as) => binary(as.get('/annexes/progress.xlsx')),
  'annex 1': (as) => binary(as.get('/annexes/1.xlsx')),
  'annex 2': (as) => binary(as.get('/annexes/2.xlsx')),
  'upload a file': (as) => as.upload('/files', picture, '照片.png'),
  'open a file of 合肥': async (as) => {
    const { body: file } = await agents.hefei.upload('/files', picture, '照片.png').expect(201)
    return binary(as.get(`/files/${file.id}`)) as unknown as Answer
  },
  'list views': (as) => as.get('/views', { form: 'stages' }),
  'save a view': (as) => as.post('/views', { form: 'stages', name: `视图${next++}`, layout: {} }),
  'share a view': (as) => as.post('/views', { form: 'stages', name: `视图${next++}`, layout: {}, shared: true }),
  'open with a view': async (as) => {
    const [shared] = (await agents.province.get('/views', { form: 'stages' }).expect(200)).body
    return as.put('/views/default', { form: 'stages', view_id: shared.id })
  },
  'see the jury of C5': (as) => as.get(`/collections/${world.collections.C5}/jury`),
  'set the jury of C5': (as) => as.put(`/collections/${world.collections.C5}/jury`, { juror_ids: [juror2.id] }),
  'who am I': (as) => as.get('/me'),
}

test.each(Object.entries(around))('%s', async (verb, cells) => {
  await compare(cells, async (actor) => {
    const [user] = await world.owner<StoredId>(`select id, version from users where username = 'juror2'`)
    juror2 = user as StoredId
    return told((aroundVerbs[verb] as (as: Agent) => MatrixAttempt)(agents[actor]))
  })
})

test('searching, sorting and filtering any list by anything ends in an answer or a refusal, for every role', async () => {
  const wrong: string[] = []
  for (const actor of actors)
    for (const form of Object.values(forms)) {
      const questions: Record<string, unknown>[] = [{ filter: { q: '合肥' } }]
      for (const { name } of form.fields) {
        questions.push({ sort: [name, 'ASC'] })
        for (const suffix of ['', '_like'])
          questions.push({ filter: { [`${name}${suffix}`]: suffix === '_like' ? '1' : null } })
      }
      for (const question of questions) {
        const { status } = await agents[actor].get(`/${form.name}`, question)
        if (status >= 500) wrong.push(`${actor} ${form.name} ${JSON.stringify(question)}: ${status}`)
      }
    }
  expect(wrong).toEqual([])
})

test('/me tells each role the same rights as this table, form by form', async () => {
  for (const actor of actors.filter((each) => each !== 'anonymous')) {
    const { forms: rights } = (await agents[actor].get('/me').expect(200)).body
    const at = actors.indexOf(actor)
    const may = (cells: readonly string[] | undefined) => cells?.[at] === 'yes'
    for (const { name, scope } of Object.values(forms)) {
      const table = scope === 'unit' ? registerLines(name) : campaignLines(name)
      const wanted = {
        read: scope === 'unit' ? actor !== 'juror1' || name === 'submissions' : may(table.list),
        create: may(table['create for the own unit'] ?? table.create),
        remove:
          scope === 'unit' ? ['province', 'hefei', 'wuhu', 'huaibei', 'suzhou'].includes(actor) : may(table.remove),
        import: may(table['import for the own unit'] ?? table.import),
        export: may(table.template ?? (name === 'quotas' ? table.list : table.export)),
      }
      expect([actor, name, rights[name]]).toEqual([actor, name, expect.objectContaining(wanted)])
    }
  }
})

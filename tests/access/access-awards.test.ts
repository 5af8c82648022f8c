/**
 * Who may do what to an award: 宿州 puts a work of 合肥 in C5 forward, which it hosts, and ranks it; the award is 合肥's,
 * which reads it. The lines are typed by hand, as in permissions.ts.
 */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { agentsOf, binary, compare, has, type StoredId, textsOf, told } from '../support/matrix.ts'
import { operate } from '../support/operating.ts'
import { type Actor, actors } from '../support/permissions.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let agents: Record<Actor, Agent>
let next = 1

beforeAll(async () => {
  world = await makeWorld()
  agents = await agentsOf(world)
})
afterAll(() => world?.close())

type State = 'draft' | 'returned' | 'submitted' | 'approved' | 'void'

/** An award of a unit: put forward by the host for a work of its own in a collection; drafts are of people. */
async function award(state: State, { unit = 'hefei', collection = 'C5' }: { unit?: Actor; collection?: string } = {}) {
  const agent = agents[unit]
  const made = state === 'draft' || state === 'returned' ? await recommended(agent) : await proposed(agent, collection)
  if (state === 'approved') await agents.province.post(`/awards/${made}/approval`).expect(200)
  if (state === 'returned') {
    await agent.post(`/awards/${made}/submission`).expect(200)
    await agents.province.post(`/awards/${made}/return`, { reason: '请补' }).expect(200)
  }
  if (state === 'void') await agents.province.post(`/awards/${made}/annulment`, { reason: '重复' }).expect(200)
  const [row] = await world.owner<StoredId & { target: string }>(
    'select id, version, target from awards where id = $1',
    [made],
  )
  return row as StoredId & { target: string }
}

const recommended = async (agent: Agent): Promise<number> =>
  (await agent.post('/awards', sample.awards?.(next++)).expect(201)).body.id

async function proposed(agent: Agent, collection: string): Promise<number> {
  const work = { ...sample.submissions?.(next++), collection_id: collection }
  const { id } = (await agent.post('/submissions', work).expect(201)).body
  await world.owner(`update submissions set status = 'proposed', version = version + 1 where id = $1`, [id])
  const host = collection === 'C4' ? agents.huaibei : agents.suzhou
  return (await host.post(`/submissions/${id}/prizes`, { category: '作品一等奖' }).expect(201)).body.id
}

const put = (agent: Agent, { id, version }: StoredId, values: object) =>
  agent.put(`/awards/${id}`, { version, ...values })
const rank = (agent: Agent, row: StoredId) => put(agent, row, { rank: 3 })
type Ask = (agent: Agent, row: StoredId & { target: string }) => Parameters<typeof told>[0]

// province cac cac-hefei hefei wuhu huaibei suzhou juror1 anonymous
const lines: Record<string, [State, string, Ask]> = {
  'read once submitted': ['submitted', 'yes yes yes yes 404 404 yes 404 401', (as, { id }) => as.get(`/awards/${id}`)],
  'read a draft': ['draft', 'yes yes yes yes 404 404 404 404 401', (as, { id }) => as.get(`/awards/${id}`)],
  'read what was sent back': [
    'returned',
    'yes yes yes yes 404 404 404 404 401',
    (as, { id }) => as.get(`/awards/${id}`),
  ],
  'read what was annulled': ['void', 'yes yes yes yes 404 404 404 404 401', (as, { id }) => as.get(`/awards/${id}`)],
  'find in the list': [
    'submitted',
    'yes yes yes yes no no yes 404 401',
    (as, row) => has(as.get('/awards', { filter: { collection_id: world.collections.C5 }, range: [0, 999] }), row),
  ],
  'find a draft in the list': [
    'draft',
    'yes yes yes yes no no no 404 401',
    (as, row) => has(as.get('/awards', { range: [0, 999] }), row),
  ],
  'count in the groups': [
    'submitted',
    'yes yes yes yes no no yes 404 401',
    async (as, { id }) => {
      const got = await as.get('/awards/groups', { by: 'collection_id:group', filter: { id } })
      return got.status === 200 ? (got.body.groups.length > 0 ? 'yes' : 'no') : got
    },
  ],
  history: ['submitted', 'yes yes yes yes 404 404 yes 404 401', (as, { id }) => as.get(`/awards/${id}/history`)],
  'find in the changes': [
    'submitted',
    'yes yes yes yes no no yes 403 401',
    async (as, { id }) => {
      const got = await as.get('/changes', { filter: { form: 'awards', row_id: id } })
      return got.status === 200 ? (got.body.length > 0 ? 'yes' : 'no') : got
    },
  ],
  'find in the export': [
    'submitted',
    'yes yes yes yes no no yes 403 401',
    async (as, { id, target }) => {
      const got = await binary(as.get('/awards/export.xlsx', { filter: { id: [id] } }))
      return got.status === 200 ? ((await textsOf(got.body)).includes(target) ? 'yes' : 'no') : got
    },
  ],
  rank: ['submitted', 'yes 422 422 403 404 404 yes 404 401', rank],
  'rank in bulk': [
    'submitted',
    'yes 422 422 403 404 404 yes 404 401',
    (as, { id, version }) => as.post('/awards/bulk', { update: [{ id, version, rank: 3 }] }),
  ],
  'rank a draft': ['draft', '403 422 422 yes 404 404 404 404 401', rank],
  'rank what is approved': ['approved', 'yes 422 422 403 404 404 403 404 401', rank],
  'write content': ['submitted', '403 422 422 403 404 404 403 404 401', (as, row) => put(as, row, { deeds: '改过' })],
  'write publicity': [
    'submitted',
    'yes 422 422 403 404 404 403 404 401',
    (as, row) => put(as, row, { publicity_from: '2019-11-04', publicity_to: '2019-11-08' }),
  ],
  'write a remark': ['submitted', '403 422 422 403 404 404 403 404 401', (as, row) => put(as, row, { remark: '改过' })],
  decide: ['submitted', 'yes 422 422 422 404 404 422 404 401', (as, row) => put(as, row, { decision: '不同意' })],
  'give an opinion': [
    'submitted',
    '422 yes yes 422 404 404 422 404 401',
    (as, row) => put(as, row, { cac_opinion: '同意' }),
  ],
  remove: ['submitted', '403 403 403 403 404 404 403 404 401', (as, { id }) => as.delete(`/awards/${id}`)],
  approve: ['submitted', 'yes 403 403 403 404 404 404 404 401', (as, { id }) => as.post(`/awards/${id}/approval`)],
}

test.each(Object.entries(lines))('%s', async (_verb, [state, cells, ask]) => {
  await compare(cells.split(' '), async (actor) => told(ask(agents[actor], await award(state))))
})

test('the host ranks what its own unit puts forward, and nothing in collections of others', async () => {
  const own = await award('submitted', { unit: 'suzhou' })
  await rank(agents.suzhou, own).expect(200)
  await put(agents.suzhou, { ...own, version: own.version + 1 }, { deeds: '改过' }).expect(403)
  const elsewhere = await award('submitted', { unit: 'suzhou', collection: 'C4' })
  await rank(agents.suzhou, elsewhere).expect(403)
  await rank(agents.huaibei, elsewhere).expect(200)
  const theirs = await award('submitted', { collection: 'C4' })
  await rank(agents.suzhou, theirs).expect(404)
})

test('an award for a person is nobody’s but its unit’s, however it is asked for', async () => {
  const { id } = (await agents.hefei.post('/awards', sample.awards?.(next++)).expect(201)).body
  await agents.hefei.post(`/awards/${id}/submission`).expect(200)
  await agents.suzhou.get(`/awards/${id}`).expect(404)
  await agents.suzhou.put(`/awards/${id}`, { version: 2, rank: 1 }).expect(404)
})

test('ranks are set over a whole list: what may not be ranked is passed over and counted', async () => {
  const rows = [await award('submitted'), await award('approved'), await award('submitted')]
  const filter = { id: rows.map(({ id }) => id) }
  const done = await operate(agents.suzhou, 'awards', { kind: 'set', filter, values: { rank: 7 }, skip_locked: true })
  expect(done).toMatchObject({
    done: 2,
    skipped: [{ count: 1, message: '承办单位只在待审时排序，这一行现在只能查看。' }],
  })
  const body = { kind: 'set', filter: { id: [rows[0]?.id] }, values: { deeds: '改过' } }
  const tried = await operate(agents.suzhou, 'awards', body)
  expect([tried.state, tried.done ?? 0]).toEqual(['refused', 0])
  expect((await agents.hefei.get(`/awards/${rows[0]?.id}`)).body.deeds).not.toBe('改过')
})

test('ranking ends with the deadline of the host’s own unit, and begins again when it is given longer', async () => {
  const row = await award('submitted')
  await world.owner(
    `update stages set locks = '{awards}', ends_on = '2019-09-27', version = version + 1 where position = 1`,
  )
  await world.owner(`update campaigns set today_on = '2019-09-28', version = version + 1`)
  const told = await rank(agents.suzhou, row).expect(403)
  expect(told.body.message).toBe('9 月 27 日已截止，这里只能查看。需要补录，请向省总申请。')
  const until = { unit_id: world.units.宿州, form: '附件9', until: '2019-10-01' }
  await agents.province.post('/reopenings', until).expect(201)
  await rank(agents.suzhou, row).expect(200)
  await world.owner(`update stages set locks = null, version = version + 1 where position = 1`)
  await world.owner('update campaigns set today_on = null, version = version + 1')
})

test('every total is the number of rows that can be paged through', async () => {
  await award('draft')
  await award('submitted')
  for (const actor of actors.filter((each) => each !== 'anonymous' && each !== 'juror1')) {
    for (const filter of [
      {},
      { status: 'submitted' },
      { unit_id: world.units.合肥 },
      { collection_id: world.collections.C5 },
    ]) {
      const { body, headers } = await agents[actor].get('/awards', { filter, range: [0, 999] }).expect(200)
      expect([actor, filter, headers['content-range']?.split('/')[1]]).toEqual([actor, filter, String(body.length)])
    }
  }
})

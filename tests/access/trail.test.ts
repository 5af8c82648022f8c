/** What decides or can be disputed leaves its line: who, when, before, after; and everything can be rebuilt from the lines. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registers, trailKinds } from '../../server/forms/index.ts'
import { binary } from '../support/matrix.ts'
import { operate } from '../support/operating.ts'
import { eventPaper } from '../support/prints.ts'
import { workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, password, sample, type Username, type World } from '../support/world.ts'

type Line = {
  form: string
  row_id: number | null
  action: string
  actor: string | null
  before: Record<string, unknown> | null
  after: Record<string, unknown> | null
}

let world: World
const agents = {} as Record<Username, Agent>
let work: { id: number; version: number }

const lines = async (who: Username, form: string): Promise<Line[]> =>
  (await agents[who].get('/changes', { filter: { form }, range: [0, 499] }).expect(200)).body.reverse()
const told = (all: Line[]) => all.map(({ action, before, after }) => [action, before, after])

beforeAll(async () => {
  world = await makeWorld()
  for (const name of ['province', 'cac', 'hefei', 'wuhu', 'suzhou', 'juror1', 'juror2'] as const)
    agents[name] = await world.as(name)
  const { hefei, suzhou, juror1 } = agents
  const jurors = await world.owner<{ id: number }>(`select id from users where role = 'juror' order by id`)
  const jury = (...ids: (number | undefined)[]) =>
    suzhou.put(`/collections/${world.collections.C5}/jury`, { juror_ids: ids }).expect(200)
  await jury(jurors[0]?.id)
  await jury(jurors[0]?.id, jurors[1]?.id)
  await jury(jurors[0]?.id)
  work = (await hefei.post('/submissions', { ...sample.submissions?.(), url: 'https://example.org/1' }).expect(201))
    .body
  const act = (agent: Agent, action: string) => agent.post(`/submissions/${work.id}/${action}`).expect(200)
  await act(hefei, 'submission')
  for (const action of ['approval', 'shortlisting', 'review']) await act(suzhou, action)
  const blind = await world.blind(work.id)
  const score = (theme: number) =>
    juror1.put(`/submissions/${blind}/scores`, { theme, craft: 60, appeal: 60, opinion: '切题' }).expect(200)
  for (const theme of [60, 95, 95]) await score(theme)
  const vote = (votes: number) =>
    suzhou.post(`/submissions/${work.id}/votes`, { counted_on: '2019-08-25', votes }).expect(200)
  for (const votes of [120, 130]) await vote(votes)
  await hefei.post(`/submissions/${work.id}/comments`, { text: '请看第二段' }).expect(201)
  await hefei.upload('/files', Buffer.from('%PDF-1.4'), '现场.pdf').expect(201)
  const view = (await hefei.post('/views', { form: 'events', name: '我的', layout: { columns: [] } }).expect(201)).body
  await hefei.put(`/views/${view.id}`, { name: '常用', version: view.version }).expect(200)
  await hefei.delete(`/views/${view.id}?version=${view.version + 1}`).expect(200)
  const rows = [1, 2, 3].map((n) => [`第${n}印染厂工会`, '国企', '2019-06-18', `1380000000${n}`, `一\n"${n}",`])
  const checked = await hefei.upload(
    '/organizations/imports',
    await workbookOf({ 表: [['组织全称', '类型', '动员日期', '联系电话', '备注'], ...rows] }),
    '组织.xlsx',
  )
  await hefei.post(`/imports/${checked.body.id}/apply`).expect(200)
  const [first] = (await hefei.get('/organizations')).body as { id: number; version: number }[]
  await hefei
    .put(`/organizations/${first?.id}`, { version: first?.version, phone: '13800000009', kind: '事业' })
    .expect(200)
  await operate(hefei, 'organizations', {
    kind: 'set',
    filter: { campaign_id: world.campaign_id },
    values: { contact: '丁一' },
  })
  await hefei.post(`/organizations/${first?.id}/submission`).expect(200)
  await hefei.post('/filings', { form: 'organizations' }).expect(201)
  const province = await world.as('province')
  await province.upload('/print_templates', await eventPaper(), '活动登记表.xlsx', { form: 'events' }).expect(201)
  await binary(hefei.get('/organizations/export.xlsx', { filter: { campaign_id: world.campaign_id } })).expect(200)
})
afterAll(() => world?.close())

describe('leaves its line, before and after', () => {
  test('a mark that is given, and one that is overwritten; the same mark again leaves none', async () => {
    const mark = (theme: number, total: number) => ({
      items: `主题 ${theme}、制作 60、感染力 60`,
      total,
      opinion: '切题',
    })
    const scores = await lines('province', 'scores')
    expect(told(scores)).toEqual([
      ['create', null, mark(60, 60)],
      ['update', mark(60, 60), mark(95, 74)],
    ])
    expect(scores[0]).toMatchObject({ row_id: work.id, actor: '测试juror1' })
  })

  test('who joins a jury and who leaves it', async () => {
    const named = [['测试juror1'], ['测试juror2'], ['测试juror2']].map(([juror]) => ({ juror }))
    expect(told(await lines('suzhou', 'jury'))).toEqual([
      ['create', null, named[0]],
      ['create', null, named[1]],
      ['remove', named[2], null],
    ])
  })

  test('votes and comments, under the row they are about', async () => {
    const history = (await agents.hefei.get(`/submissions/${work.id}/history`).expect(200)).body.reverse() as Line[]
    const votes = (n: number) => ({ counted_on: '2019-08-25', votes: n })
    expect(told(history).filter(([action]) => action === 'vote' || action === 'comment')).toEqual([
      ['vote', null, votes(120)],
      ['vote', votes(120), votes(130)],
      ['comment', null, { comment: '请看第二段' }],
    ])
  })

  test('files, views, operations, imports, papers and exports', async () => {
    const kinds = ['files', 'views', 'operations', 'imports', 'filings', 'exports']
    const actions = Object.fromEntries(
      await Promise.all(kinds.map(async (form) => [form, (await lines('hefei', form)).map(({ action }) => action)])),
    )
    expect(actions).toEqual({
      files: ['create'],
      views: ['create', 'update', 'remove'],
      operations: ['create', 'done'],
      imports: ['create', 'applied'],
      filings: ['create'],
      exports: ['create'],
    })
    const [exported] = await lines('hefei', 'exports')
    expect(exported?.after).toMatchObject({
      path: '/organizations/export.xlsx',
      rows: 3,
      filter: expect.stringContaining('campaign_id'),
    })
    const [, applied] = await lines('hefei', 'imports')
    expect(applied?.after).toMatchObject({ file_name: '组织.xlsx', result: { create: 3 } })
    const renamed = (await lines('hefei', 'views'))[1]
    expect([renamed?.before?.name, renamed?.after?.name]).toEqual(['我的', '常用'])
  })

  test('a wrong password, the lock that follows, and a password that is changed; never what was typed', async () => {
    const guess = (username: string) => world.anonymous.post('/login', { username, password: 'geheim-9999' })
    for (let n = 0; n < 12; n++) await guess('wuhu')
    await guess('nobody-of-this-name').expect(401)
    await agents.wuhu.put('/me/password', { current: 'geheim-9999', next: 'x' }).expect(422)
    await agents.wuhu.put('/me/password', { current: password, next: 'tingtong-zai-2019' }).expect(204)
    const ids = await world.owner<{ id: number }>(`select id from users where username = 'wuhu'`)
    const users = await lines('province', 'users')
    const actions = (row_id: number | null) =>
      users.filter((line) => line.row_id === row_id && line.action !== 'create').map(({ action }) => action)
    expect(actions(ids[0]?.id ?? 0)).toEqual([
      ...Array(10).fill('sign_in_failed'),
      'sign_in_locked',
      'password_failed',
      'password',
    ])
    expect(actions(null)).toEqual(['sign_in_failed'])
    expect(users.find(({ action }) => action === 'sign_in_locked')?.after).toEqual({ address: '127.0.0.1' })
    const kept = await world.owner(`select from changes c where c::text ~ 'geheim|nobody-of'`)
    expect(kept).toEqual([])
  })

  test('of what has words: every kind is told in the words of the page', async () => {
    const told = await world.owner<{ form: string; action: string; keys: string[] }>(
      `select form, action, array(select json_object_keys(coalesce(after, before))) as keys from changes where form = any ($1)`,
      [Object.keys(trailKinds)],
    )
    const wordless = told.filter(({ form, action, keys }) => {
      const kind = trailKinds[form]
      return !kind?.actions[action] || keys.some((key) => !(key in kind.fields))
    })
    expect(wordless).toEqual([])
  })
})

test('a line is seen by those whose business it is: no marks but by the province, no files of others', async () => {
  const seen = async (who: Username) =>
    (
      await Promise.all(
        Object.keys(trailKinds).map(async (form) => ((await lines(who, form)).length > 0 ? [form] : [])),
      )
    ).flat()
  expect(await seen('province')).toEqual(Object.keys(trailKinds))
  expect(await seen('hefei')).toEqual(['files', 'filings', 'views', 'operations', 'imports', 'exports'])
  expect(await seen('suzhou')).toEqual(['jury'])
  expect(await seen('wuhu')).toEqual([])
  expect(await seen('cac')).toEqual([])
  await agents.juror1.get('/changes').expect(403)
})

test('every register can be rebuilt from the history alone, imported rows and phones included', async () => {
  const { hefei } = agents
  for (const { name } of registers)
    if (name !== 'organizations' && name !== 'submissions') await hefei.post(`/${name}`, sample[name]?.(1)).expect(201)
  const kept = [
    'id',
    'campaign_id',
    'unit_id',
    'version',
    'phone_masked',
    'created_at',
    'created_by',
    'updated_at',
    'updated_by',
  ]
  for (const { name } of registers) {
    const stored = await world.owner<{ id: number; row: Record<string, unknown> }>(
      `select t.id, json_strip_nulls(to_json(t)) as row from ${name} t order by t.id`,
    )
    const rebuilt = await rebuild(name)
    const bare = (row: Record<string, unknown> = {}) =>
      Object.fromEntries(
        Object.entries(row)
          .filter(([key, value]) => !kept.includes(key) && value !== null)
          .map(([key, value]) => [key, moment.test(String(value)) ? new Date(String(value)).getTime() : value]),
      )
    expect(stored.length, name).toBeGreaterThan(0)
    for (const { id, row } of stored) expect(bare(rebuilt.get(id)), `${name} ${id}`).toEqual(bare(row))
    expect([...rebuilt.keys()].length, name).toBe(stored.length)
  }
})

/** A moment as JSON has it, in whatever zone. */
const moment = /^\d{4}-\d\d-\d\dT[\d:.]+[+-]\d\d:\d\d$/

/** The rows of a form as its changes tell them, oldest first. */
async function rebuild(form: string): Promise<Map<number, Record<string, unknown>>> {
  const rows = new Map<number, Record<string, unknown>>()
  const changes = await world.owner<{
    row_id: number | null
    action: string
    after: Record<string, unknown> | null
    secret: { after?: Record<string, unknown> } | null
    columns: string[] | null
    rows: string[] | null
  }>('select row_id, action, after, secret, columns, rows from changes where form = $1 order by id', [form])
  for (const { row_id, action, after, secret, columns, rows: created } of changes) {
    if (columns) {
      for (const row of await asRows(form, columns, created ?? [])) rows.set(Number(row.id), row)
    } else if (row_id !== null && action !== 'comment' && action !== 'vote') {
      rows.set(row_id, { ...rows.get(row_id), ...after, ...secret?.after })
    }
  }
  return rows
}

async function asRows(form: string, columns: string[], rows: string[]): Promise<Record<string, unknown>[]> {
  await world.owner('drop type if exists created')
  const [{ of } = { of: '' }] = await world.owner<{ of: string }>(
    `select string_agg(format('%I %s', attname, format_type(atttypid, atttypmod)), ', ' order by array_position($2, attname::text)) as of
     from pg_attribute where attrelid = $1::regclass and attname = any ($2)`,
    [form, columns],
  )
  await world.owner(`create type created as (${of})`)
  const found = await world.owner<{ row: Record<string, unknown> }>(
    'select to_json(r::created) as row from unnest($1::text[]) r',
    [rows],
  )
  return found.map(({ row }) => row)
}

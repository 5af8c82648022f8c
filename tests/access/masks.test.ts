/**
 * Whatever hides in the grid hides everywhere: in filters and sorting, in search, counts, exports, history, comments and
 * the texts of refusals. Phones for the internet office and for hosts, everything about the author for jurors.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { fieldOf, forms, registers } from '../../server/forms/index.ts'
import { agentsOf, binary, textsOf } from '../support/matrix.ts'
import { media, trace } from '../support/media.ts'
import { type Actor, actors } from '../support/permissions.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

// Typed by hand, as permissions.ts is: what a role may not read of a form. `phone` of a work depends on the row.
const masked: Record<string, Record<string, string[]>> = {
  cac: { organizations: ['phone'], propagandists: ['phone'], attendance: ['phone'], submissions: ['phone'] },
}
const hidden: Record<string, Record<string, string[]>> = {
  cac: { submissions: ['score'] },
  juror: {
    submissions: ['number', 'author', 'coauthors', 'author_workplace', 'phone', 'votes', 'score', 'result', 'remark'],
  },
}
const system = 'unit_id created_by updated_by submitted_by reviewed_by created_at submitted_at returned_reason'.split(
  ' ',
)
const roleOf = (actor: Actor) => (actor.startsWith('cac') ? 'cac' : actor === 'juror1' ? 'juror' : 'other')

// Digits that appear nowhere else in this world.
const phones: Record<string, string> = {
  organizations: '13855510001',
  propagandists: '13855510002',
  attendance: '13855510003',
  submissions: '13855510004',
}
const earlier = '13855519999'
const shown = (phone: string) => `${phone.slice(0, 3)}****${phone.slice(7)}`

/** Whether a text has one of the phones, masked or not. */
const betrayed = (text: string) =>
  Object.values(phones).some((phone) => text.includes(phone) || text.includes(shown(phone)))

let world: World
let agents: Record<Actor, Agent>
let hefei: Agent
const ids: Record<string, number> = {}
const uploaded: Record<string, number> = {}

beforeAll(async () => {
  world = await makeWorld()
  agents = await agentsOf(world)
  hefei = agents.hefei
  const file = (await hefei.upload('/files', Buffer.from('%PDF-1.4'), '合肥-己一.pdf').expect(201)).body
  for (const [ending, { bytes, type }] of Object.entries(media)) {
    const made = (await hefei.upload('/files', bytes, `己一.${ending}`).expect(201)).body
    await world.owner(`update files set name = '己一.hefei' where id = $1 and type = $2`, [made.id, type])
    uploaded[ending] = made.id
  }
  await hefei.post('/events', sample.events?.(1)).expect(201)
  for (const { name } of registers) {
    const files =
      name === 'submissions'
        ? { files: [file.id, ...Object.values(uploaded)].map((id) => ({ id, name: '己一.hefei', part: '主件' })) }
        : {}
    const phone = phones[name] ? { phone: earlier } : {}
    const made = (await hefei.post(`/${name}`, { ...sample[name]?.(7), ...files, ...phone }).expect(201)).body
    ids[name] = made.id
    if (phones[name]) await hefei.put(`/${name}/${made.id}`, { version: 1, phone: phones[name] }).expect(200)
  }
  ids.file = file.id
  const reopening = { unit_id: world.units.合肥, form: '附件3', until: '2019-12-31' }
  await agents.province.post('/reopenings', reopening).expect(201)
  const jurors = await world.owner<{ id: number }>(`select id from users where username = 'juror1'`)
  await agents.suzhou.put(`/collections/${world.collections.C5}/jury`, { juror_ids: [jurors[0]?.id] }).expect(200)
})
afterAll(() => world?.close())

const act = (agent: Agent, action: string) => agent.post(`/submissions/${ids.submissions}/${action}`).expect(200)

describe.each(['cac', 'cac-hefei'] as const)('%s', (actor) => {
  test('never reads a phone: by id, in lists, history, changes, comments, exports', async () => {
    for (const [name, phone] of Object.entries(phones)) {
      const id = ids[name]
      const paths = [`/${name}/${id}`, `/${name}`, `/${name}/${id}/history`, `/${name}/${id}/comments`]
      for (const path of [...paths, '/changes?range=[0,499]', '/reports/todo', '/reports/progress']) {
        const office = (await agents[actor].get(path).expect(200)).text
        expect([path, office.includes(phone) || office.includes(earlier)]).toEqual([path, false])
      }
      for (const path of [`/${name}/${id}`, `/${name}/${id}/history`, '/changes?range=[0,499]']) {
        expect([path, (await hefei.get(path)).text]).toEqual([path, expect.stringContaining(phone)])
        expect([path, (await agents[actor].get(path)).text]).toEqual([path, expect.stringContaining(shown(phone))])
      }
      const filter = { filter: { id } }
      const office = await textsOf((await binary(agents[actor].get(`/${name}/export.xlsx`, filter)).expect(200)).body)
      expect([office.includes(phone), office.includes(shown(phone))]).toEqual([false, true])
      const own = await textsOf((await binary(hefei.get(`/${name}/export.xlsx`, filter)).expect(200)).body)
      expect([own.includes(phone), own.includes(shown(phone))]).toEqual([true, false])
    }
  })

  test('can’t feel for a phone by search: neither rows nor a count', async () => {
    for (const [name, phone] of Object.entries(phones)) {
      for (const q of [phone, phone.slice(0, 7), phone.slice(3, 7), phone.slice(-4)]) {
        const office = await agents[actor].get(`/${name}`, { filter: { q } }).expect(200)
        expect([q, office.body, office.headers['content-range']]).toEqual([q, [], `${name} 0-0/0`])
      }
      const own = await hefei.get(`/${name}`, { filter: { phone } }).expect(200)
      expect(own.headers['content-range']).toBe(`${name} 0-0/1`)
    }
    const found = await hefei.get('/organizations', { filter: { q: phones.organizations } }).expect(200)
    expect(found.body).toHaveLength(1)
  })
})

test('hidden and masked fields can be neither filtered nor sorted by, in no dialect; others can', async () => {
  for (const actor of actors.filter((each) => each !== 'anonymous')) {
    const role = roleOf(actor)
    for (const { name, fields } of registers) {
      if (actor === 'juror1' && name !== 'submissions') continue
      const closed = new Set([...(masked[role]?.[name] ?? []), ...(hidden[role]?.[name] ?? [])])
      const odd = role === 'juror' ? system : []
      for (const field of [...fields.map((each) => each.name), ...odd, 'phone_masked', 'password_hash']) {
        const is_closed = closed.has(field) || odd.includes(field) || !fieldOf(forms[name] as never, field)
        const queries = [
          { sort: [field, 'ASC'] },
          {
            sort: [
              ['id', 'ASC'],
              [field, 'DESC'],
            ],
          },
          ...['', '_not', '_like', '_not_like', '_gte', '_lte'].map((suffix) => ({
            filter: { [`${field}${suffix}`]: '1' },
          })),
          { filter: { [field]: null } },
          { filter: { [field]: ['1'] } },
          { filter: { [`${field}:group`]: ['1'] } },
          { filter: { [`${field}:month_not`]: ['1'] } },
          { sort: [`${field}:group`, 'ASC'] },
        ]
        for (const query of is_closed ? queries : queries.slice(0, 1)) {
          const { status, text } = await agents[actor].get(`/${name}`, query)
          expect([actor, name, query, status, is_closed && betrayed(text)]).toEqual([
            actor,
            name,
            query,
            is_closed ? 400 : 200,
            false,
          ])
        }
      }
    }
  }
})

test('the export refuses the same filters and sorts as the list', async () => {
  for (const query of [
    { sort: ['phone', 'ASC'] },
    { filter: { phone_like: '1385551' } },
    { filter: { phone_not: '1' } },
  ]) {
    await agents.cac.get('/propagandists/export.xlsx', query).expect(400)
    await binary(hefei.get('/propagandists/export.xlsx', query)).expect(200)
  }
})

test('/me tells which fields are hidden and masked, the same as here', async () => {
  for (const actor of ['cac', 'cac-hefei', 'juror1', 'hefei', 'suzhou', 'province'] as const) {
    const rights = (await agents[actor].get('/me').expect(200)).body.forms
    for (const { name } of registers) {
      if (actor === 'juror1' && name !== 'submissions') continue
      const { fields_masked, fields_hidden } = rights[name]
      expect([actor, name, fields_masked]).toEqual([actor, name, masked[roleOf(actor)]?.[name] ?? []])
      expect([actor, name, fields_hidden]).toEqual([actor, name, hidden[roleOf(actor)]?.[name] ?? []])
    }
  }
})

test('every total is the number of rows the person can page through, whatever is asked', async () => {
  await hefei.post(`/awards/${ids.awards}/submission`).expect(200)
  for (const actor of actors.filter((each) => each !== 'anonymous' && each !== 'juror1')) {
    for (const { name } of registers) {
      const filters = [
        {},
        { campaign_id: world.campaign_id },
        { unit_id: world.units.合肥 },
        { unit_id: world.units.合肥, status: 'draft' },
        { status: ['draft', 'submitted'] },
        { status: 'nonsense' },
        { deleted: true },
        { created_at_gte: '2019-01-01' },
      ]
      for (const filter of filters) {
        const { body, headers } = await agents[actor].get(`/${name}`, { filter, range: [0, 999] }).expect(200)
        const total = Number(headers['content-range']?.split('/')[1])
        expect([actor, name, filter, total]).toEqual([actor, name, filter, body.length])
      }
    }
  }
  const foreign = await agents.wuhu.get('/events', { filter: { unit_id: world.units.合肥 } })
  expect([foreign.body, foreign.headers['content-range']]).toEqual([[], 'events 0-0/0'])
})

test('history tells a role what the grants let it read of the row, and no other column: every form, every column', async () => {
  const [shared] = await world.owner<{ id: number }>('select id from reopenings')
  const others = { units: world.units.合肥, campaigns: world.campaign_id, reopenings: shared?.id }
  for (const form of Object.values(forms)) {
    const { name, scope } = form
    const id = ids[name] ?? others[name as keyof typeof others] ?? 1
    const columns = [...world.database.catalogue.types(name).keys()].filter((each) => each !== 'phone')
    const values = JSON.stringify(Object.fromEntries(columns.map((each) => [each, `was ${each}`])))
    await world.owner(
      `insert into changes (form, row_id, campaign_id, unit_id, collection_id, action, before, after) values ($1, $2, $3, $4, $5, 'update', $6, $6)`,
      [name, id, world.campaign_id, scope === 'unit' ? world.units.合肥 : null, world.collections.C5, values],
    )
    for (const actor of ['province', 'cac', 'cac-hefei', 'hefei', 'suzhou'] as const) {
      const role = actor.startsWith('cac') ? 'cac' : actor === 'province' ? 'province' : 'clerk'
      const { seen } = world.database.catalogue.sight(role, form)
      const granted = columns.filter((each) => seen.has(each.replace('phone_masked', 'phone')))
      expect([role, name, granted.includes('blind_number')]).toEqual([
        role,
        name,
        role === 'province' && name === 'submissions',
      ])
      for (const path of [`/${name}/${id}/history`, `/changes?filter={"form":"${name}","row_id":${id}}`]) {
        const { status, body, text } = await agents[actor].get(path)
        if (actor === 'suzhou' && status === 404) continue // no row of its own
        expect([actor, path, status]).toEqual([actor, path, 200])
        const told = (body as { after: object; before: object }[]).find(({ after }) => 'version' in (after ?? {}))
        expect([actor, path, told !== undefined]).toEqual([
          actor,
          path,
          actor === 'province' || (scope === 'unit' && actor !== 'suzhou'),
        ])
        expect([actor, path, text.includes('blind_number')]).toEqual([actor, path, granted.includes('blind_number')])
        for (const values of told ? [told.after, told.before] : [])
          expect([actor, name, Object.keys(values).sort()]).toEqual([
            actor,
            name,
            granted.map((each) => each.replace('phone_masked', 'phone')).sort(),
          ])
      }
    }
    await world.owner(`delete from changes where after::jsonb ->> 'version' = 'was version'`)
  }
})

test('accounts of the own unit don’t show in anybody’s changes but the province’s', async () => {
  const made = {
    username: 'hefei2',
    name: '合肥二号',
    role: 'clerk',
    unit_id: world.units.合肥,
    password: 'tingtong-2019',
  }
  await agents.province.post('/users', made).expect(201)
  for (const actor of ['hefei', 'cac', 'cac-hefei', 'wuhu'] as const) {
    const { text } = await agents[actor].get('/changes', { filter: { form: 'users' } }).expect(200)
    expect([actor, text]).toEqual([actor, '[]'])
  }
  const told = await agents.province.get('/changes', { filter: { form: 'users' } }).expect(200)
  expect(told.text).toContain('hefei2')
  expect(told.text).not.toMatch(/password_hash|argon2/)
})

describe('a host, as a work goes on', () => {
  const path = () => `/submissions/${ids.submissions}`
  const phone = phones.submissions as string
  const seen = async (host: Agent = agents.suzhou) => (await host.get(path())).body.phone
  const changes = async (agent: Agent) =>
    (await agent.get('/changes', { filter: { form: 'submissions' } }).expect(200)).body

  test('neither sees nor feels a draft: not in lists, counts, changes, bulk answers', async () => {
    await agents.suzhou.get(path()).expect(404)
    const list = await agents.suzhou
      .get('/submissions', { filter: { collection_id: world.collections.C5 } })
      .expect(200)
    expect(list.headers['content-range']).toBe('submissions 0-0/0')
    expect(await changes(agents.suzhou)).toEqual([])
    expect((await changes(hefei)).length).toBeGreaterThan(0)
    const moved = await agents.suzhou.post('/submissions/approval', { ids: [ids.submissions] }).expect(200)
    const absent = await agents.suzhou.post('/submissions/approval', { ids: [999_999] }).expect(200)
    expect(moved.body.refused[0]).toEqual({ ...absent.body.refused[0], id: ids.submissions })
    await agents.suzhou.get(`/files/${ids.file}`).expect(404)
  })

  test('reads the submitted work with a masked phone that no filter unlocks', async () => {
    await act(hefei, 'submission')
    expect(await seen()).toBe(shown(phone))
    await agents.huaibei.get(path()).expect(404)
    for (const filter of [{ phone }, { phone_like: phone.slice(2, 9) }, { q: phone }, { q: phone.slice(3, 7) }]) {
      const { headers } = await agents.suzhou.get('/submissions', { filter }).expect(200)
      expect([filter, headers['content-range']]).toEqual([filter, 'submissions 0-0/0'])
    }
    const told = JSON.stringify([(await agents.suzhou.get(`${path()}/history`)).body, await changes(agents.suzhou)])
    expect([told.includes(phone), told.includes(earlier), told.includes(shown(phone))]).toEqual([false, false, true])
    const sorted = await agents.suzhou.get('/submissions', { sort: ['phone', 'ASC'] }).expect(200)
    expect(sorted.text).not.toContain(phone)
    const book = await textsOf((await binary(agents.suzhou.get('/submissions/export.xlsx')).expect(200)).body)
    expect([book.includes(phone), book.includes(shown(phone))]).toEqual([false, true])
    await binary(agents.suzhou.get(`/files/${ids.file}`)).expect(200)
    await agents.huaibei.get(`/files/${ids.file}`).expect(404)
  })

  test('reads the phone once the work is shortlisted, and the internet office still does not', async () => {
    await act(agents.suzhou, 'approval')
    expect(await seen()).toBe(shown(phone))
    await act(agents.suzhou, 'shortlisting')
    expect(await seen()).toBe(phone)
    expect(await seen(agents.cac)).toBe(shown(phone))
    expect(await seen(hefei)).toBe(phone)
  })
})

describe('a juror', () => {
  const path = () => `/submissions/${ids.submissions}`
  let blind = 0
  const work = () => `/submissions/${blind}`
  const betrays = /合肥|己一|测试厂|1385551|-C5-|wuhu|hefei|测试hefei/

  test('sees the work under review by its number and nothing of whose it is', async () => {
    blind = await world.blind(ids.submissions)
    await agents.juror1.get(work()).expect(404)
    await act(agents.suzhou, 'review')
    await agents.juror1.get(path()).expect(404)
    await (await world.as('juror2')).get(work()).expect(404)
    const { body, text } = await agents.juror1.get(work()).expect(200)
    expect(text).not.toMatch(betrays)
    expect(Object.keys(body).sort()).toEqual(
      'blind_number campaign_id collection_id collection_id_label deleted_at description duration_s files id is_original status sub_theme title url version'.split(
        ' ',
      ),
    )
    expect(body).toMatchObject({ id: blind, blind_number: 1 })
    const endings = ['pdf', ...Object.keys(media)]
    const [one] = body.files
    expect(one).toEqual({ id: await world.blind(ids.file), name: '主件1.pdf', part: '主件' })
    const names = body.files.map(({ name }: { name: string }) => name)
    expect(names).toEqual(endings.map((ending, n) => `主件${n + 1}.${ending}`))
    expect((await agents.juror1.get('/submissions')).text).not.toMatch(betrays)
  })

  test('opens the file under a name that tells nothing', async () => {
    await agents.juror1.get(`/files/${ids.file}`).expect(404)
    const file = await binary(agents.juror1.get(`/files/${await world.blind(ids.file)}`)).expect(200)
    expect(decodeURIComponent(file.headers['content-disposition'] ?? '')).toBe(`attachment; filename*=UTF-8''文件.pdf`)
    const own = await binary(hefei.get(`/files/${ids.file}`)).expect(200)
    expect(decodeURIComponent(own.headers['content-disposition'] ?? '')).toContain('合肥-己一')
  })

  test.each(Object.entries(media))(
    'gets a %s without what it says of its maker',
    async (ending, { bytes, type, content }) => {
      const blind = `/files/${await world.blind(uploaded[ending])}`
      const file = await binary(agents.juror1.get(blind)).expect(200)
      expect([file.headers['content-type'], file.body.includes(content), file.body.includes(trace)]).toEqual([
        type,
        true,
        false,
      ])
      expect(file.headers['content-disposition']).not.toMatch(/hefei/)
      const part = await binary(agents.juror1.get(blind).set('Range', 'bytes=8-20')).expect(206)
      expect(part.headers['content-range']).toBe(`bytes 8-20/${file.body.length}`)
      expect(Buffer.compare(part.body, file.body.subarray(8, 21))).toBe(0)
      const own = await binary(hefei.get(`/files/${uploaded[ending]}`)).expect(200)
      expect(Buffer.compare(own.body, bytes)).toBe(0)
    },
  )

  test('learns nothing from refusals either', async () => {
    const version = 1
    const asks = [
      agents.juror1.put(work(), { version, author: '我' }),
      agents.juror1.put(work(), { version: 99, title: '我' }),
      agents.juror1.put(work(), { title: '我' }),
      agents.juror1.delete(work()),
      agents.juror1.post('/submissions', { ...sample.submissions?.(7) }),
      agents.juror1.post('/submissions/bulk', { update: [{ id: blind, version, title: '我' }] }),
      agents.juror1.post(`${work()}/proposal`),
      agents.juror1.post('/submissions/proposal', { ids: [blind] }),
      agents.juror1.get(`${work()}/history`),
      agents.juror1.get(`${work()}/comments`),
      agents.juror1.post(`${work()}/comments`, { text: '好' }),
      agents.juror1.get(`${work()}/votes`),
      agents.juror1.get('/changes'),
      agents.juror1.get('/submissions/export.xlsx'),
      agents.juror1.get('/submissions', { filter: { author: '己一' } }),
      agents.juror1.get('/submissions', { filter: { unit_id: world.units.合肥 } }),
    ]
    for (const ask of asks) {
      const { status, text } = await ask
      expect(status).toBeGreaterThanOrEqual(400)
      expect(text.replaceAll('“己一”', '')).not.toMatch(betrays)
    }
  })

  test('can’t find out the author or unit by searching', async () => {
    for (const q of ['己一', '测试厂', '合肥', phones.submissions ?? '', '-C5-']) {
      const { body, headers } = await agents.juror1.get('/submissions', { filter: { q } }).expect(200)
      expect([q, body, headers['content-range']]).toEqual([q, [], 'submissions 0-0/0'])
    }
    expect((await agents.juror1.get('/submissions', { filter: { q: '测试作品' } })).body).toHaveLength(1)
  })
})

test('a file of another unit is not opened by naming it in an own row', async () => {
  const stolen = [{ id: ids.file, name: '别人的.pdf', part: '主件' }]
  const work = await agents.wuhu.post('/submissions', { ...sample.submissions?.(9), files: stolen }).expect(422)
  expect(work.body.errors.files).toBe('作品文件里有不是本单位上传的文件，请重新上传。')
  const event = { ...sample.events?.(9), photos: [{ id: ids.file, name: '别人的.pdf' }] }
  await agents.wuhu.post('/events', event).expect(422)
  await agents.wuhu.post('/events/bulk', { create: [event] }).expect(422)
  // even where a row got past that check, the file stays shut
  const { body } = await agents.wuhu.post('/submissions', sample.submissions?.(10)).expect(201)
  await world.owner(`update submissions set files = $2, version = version + 1 where id = $1`, [
    body.id,
    JSON.stringify(stolen),
  ])
  await agents.wuhu.get(`/files/${ids.file}`).expect(404)
  await agents.wuhu.post(`/submissions/${body.id}/submission`).expect(200)
  await agents.wuhu.get(`/files/${ids.file}`).expect(404)
  await binary(hefei.get(`/files/${ids.file}`)).expect(200)
})

/**
 * The frame of a year: a campaign is prepared by the province alone, runs, is archived and can be opened again; units take
 * part in it or do not; what others hang on stays; 补录 opens one annex of one unit again.
 */
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { reopeningsOf, stagesOf } from '../../server/forms/campaign.ts'
import {
  type Field,
  type Form,
  fieldOf,
  forms,
  placeOf,
  printField,
  readField,
  registers,
} from '../../server/forms/index.ts'
import { unitNamed } from '../../server/imports/match/above.ts'
import { binary, textsOf, workbookOf } from '../support/matrix.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let province: Agent
let hefei: Agent
let wuhu: Agent
beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
  wuhu = await world.as('wuhu')
  await world.owner(`update campaigns set today_on = '2019-08-27', version = version + 1`)
  await world.owner(`update stages set locks = '{propagandists,events}', version = version + 1 where name = '入围截止'`)
})
afterAll(() => world?.close())

type Made = { id: number; version: number }
const year = { year: 2020, name: '2020 年度主题活动', starts_on: '2020-06-01', ends_on: '2020-11-30' }
const make = async (agent: Agent, form: string, row: object): Promise<Made> =>
  (await agent.post(`/${form}`, row).expect(201)).body
/** A campaign that is being prepared, with these units alone. */
async function prepare(of: object, ...units: string[]): Promise<Made & { state: string }> {
  const { body: campaign } = await province.post('/campaigns', { ...year, ...of }).expect(201)
  const query = { filter: { campaign_id: campaign.id }, range: '[0,99]' }
  const { body: rows } = await province.get('/participations', query).expect(200)
  const others = rows.filter((row: { unit_id_label: string }) => !units.includes(row.unit_id_label))
  await province.post('/participations/bulk', { remove: others.map(({ id }: Made) => ({ id })) }).expect(200)
  return campaign
}
const takesPart = (campaign_id: number, unit: string, annex_order?: number) =>
  make(province, 'participations', { campaign_id, unit_id: unit, annex_order })

describe('补录', () => {
  test('past the deadline a unit reads only, until the province opens one annex of it again', async () => {
    const opening = { unit_id: '合肥', form: '附件4', until: '2019-08-30', reason: '材料晚到' }
    await hefei.post('/propagandists', sample.propagandists?.(1)).expect(403)
    await hefei.post('/reopenings', opening).expect(403)
    const opened = (await province.post('/reopenings', opening).expect(201)).body
    await hefei.post('/propagandists', sample.propagandists?.(1)).expect(201)
    await hefei.post('/events', sample.events?.(1)).expect(403)
    await wuhu.post('/propagandists', sample.propagandists?.(2)).expect(403)
    expect((await hefei.get('/reopenings').expect(200)).body).toMatchObject([
      { unit_id_label: '合肥', until: '2019-08-30' },
    ])
    const past = (await province.put(`/reopenings/${opened.id}`, { version: 1, until: '2019-08-26' }).expect(200)).body
    await hefei.post('/propagandists', sample.propagandists?.(3)).expect(403)
    await province.put(`/reopenings/${opened.id}`, { version: past.version, until: '2019-08-30' }).expect(200)
    await hefei.delete(`/reopenings/${opened.id}`).expect(403)
    await province.delete(`/reopenings/${opened.id}`).expect(200)
    await hefei.post('/propagandists', sample.propagandists?.(3)).expect(403)
  })

  test('a unit’s annex is opened once, and what is wrong is told at its field', async () => {
    const opening = { unit_id: '芜湖', form: '附件5', until: '2019-09-02' }
    await province.post('/reopenings', opening).expect(201)
    const twice = await province.post('/reopenings', opening).expect(422)
    expect(Object.values(twice.body.errors)[0]).toMatch(/已经有了：芜湖/)
    const refused = await province
      .post('/reopenings', { unit_id: '某市', form: '附件1', until: '2019-02-30' })
      .expect(422)
    expect(Object.keys(refused.body.errors).sort()).toEqual(['form', 'unit_id', 'until'])
    await world.owner(`update stages set locks = null, version = version + 1 where name = '入围截止'`)
  })

  test('a form is locked and opened by its annex, its label or its name, answered by name and read as the annex', async () => {
    const [stage] = (await province.get('/stages', { range: '[0,0]' }).expect(200)).body
    let version = stage.version
    for (const form of registers) {
      for (const said of [form.name, form.label, placeOf(form), `附件 ${form.annex}`]) {
        const locks = [said, said === form.name ? placeOf(form) : form.name]
        const { body } = await province.put(`/stages/${stage.id}`, { version, locks }).expect(200)
        expect([said, body.locks]).toEqual([said, [form.name]])
        version = body.version
        const opening = { unit_id: '淮南', form: said, until: '2019-09-02' }
        const { body: opened } = await province.post('/reopenings', opening).expect(201)
        expect([said, opened.form]).toEqual([said, form.name])
        const found = await province.get('/reopenings', { filter: { form: [said], unit_id: opened.unit_id } })
        expect(found.body).toMatchObject([{ id: opened.id }])
        const locking = (await province.get('/stages', { filter: { locks: said } }).expect(200)).body
        expect(locking.map(({ id }: Made) => id)).toContain(stage.id)
        await province.delete(`/reopenings/${opened.id}`).expect(200)
      }
    }
    const paper = await binary(province.get('/stages/export.xlsx')).expect(200)
    expect(await textsOf(paper.body)).toContain(placeOf(registers.at(-1) as Form))
    await province.put(`/stages/${stage.id}`, { version, locks: stage.locks }).expect(200)
  })

  test('a form without an annex reads as its label', () => {
    const plain = registers.map((form) => ({ ...form, annex: null }))
    const lock = fieldOf(stagesOf(plain), 'locks') as Field
    const opened = fieldOf(reopeningsOf(plain), 'form') as Field
    for (const { name, label } of registers) {
      expect([printField(lock, [name]), printField(opened, name)]).toEqual([label, label])
      expect(readField(lock, label, { year: 2019 })).toEqual({ value: [name] })
    }
  })
})

describe('a campaign', () => {
  let campaign: Made & { state: string }
  const step = (agent: Agent, action: string, body: object = {}) =>
    agent.post(`/campaigns/${campaign.id}/${action}`, body)
  const begins = async (agent: Agent) => {
    const { campaign: first, campaigns } = (await agent.get('/me').expect(200)).body
    return {
      first: first?.year,
      all: campaigns.map((each: { year: number; state: string }) => `${each.year} ${each.state}`),
    }
  }

  test('that is prepared is the province’s alone, on every path, and nobody’s default', async () => {
    campaign = await prepare({}, '合肥', '省总', '宿州')
    expect(campaign.state).toBe('preparing')
    await province.post('/campaigns', { ...year, name: '另一个', state: 'running' }).expect(422)
    await province.put(`/campaigns/${campaign.id}`, { version: 1, state: 'running' }).expect(422)
    await make(province, 'stages', {
      campaign_id: campaign.id,
      position: 1,
      name: '准备',
      starts_on: '2020-06-01',
      ends_on: '2020-07-01',
    })
    const collection = await make(province, 'collections', {
      campaign_id: campaign.id,
      code: 'C1',
      title: '新项目',
      medium: '图片',
      host_unit_id: '宿州',
    })
    const event = await make(province, 'events', {
      ...sample.events?.(1),
      campaign_id: campaign.id,
      held_on: '2020-07-10',
    })
    const file = (
      await province
        .upload('/files', Buffer.from('%PDF-1.4'), '甲.pdf', { campaign_id: String(campaign.id) })
        .expect(201)
    ).body
    await province.post(`/events/${event.id}/comments`, { text: '准备中' }).expect(201)
    expect(await begins(province)).toEqual({ first: 2019, all: ['2020 preparing', '2019 running'] })

    const filter = { campaign_id: campaign.id }
    for (const who of ['suzhou', 'cac', 'juror1'] as const) {
      const agent = await world.as(who)
      expect([who, await begins(agent)]).toEqual([who, { first: 2019, all: ['2019 running'] }])
      for (const form of Object.values(forms).filter(({ scope }) => scope !== 'global')) {
        const list = await agent.get(`/${form.name}`, { filter })
        if (list.status === 200) expect([who, form.name, list.body]).toEqual([who, form.name, []])
        const sums = await agent.get(`/${form.name}/summary`, { filter })
        if (sums.status === 200) expect([who, form.name, sums.body.rows]).toEqual([who, form.name, 0])
      }
      for (const path of [
        `/campaigns/${campaign.id}`,
        `/collections/${collection.id}`,
        `/events/${event.id}`,
        `/events/${event.id}/comments`,
        `/files/${file.id}`,
      ])
        expect([who, path, (await agent.get(path)).status]).toEqual([who, path, 404])
      const { body: changes } = await agent.get('/changes', { filter })
      expect([who, Array.isArray(changes) ? changes : []]).toEqual([who, []])
      for (const path of ['/reports/progress', '/reports/todo', '/annexes/1.xlsx'])
        expect([who, path, (await agent.get(path, filter)).status >= 400]).toEqual([who, path, true])
      await step(agent, 'opening').expect(404)
    }
    await hefei.post('/events', { ...sample.events?.(2), campaign_id: campaign.id }).expect(422)
    await hefei
      .upload('/events/imports', await workbookOf('events', sample.events?.(2) ?? {}), '表.xlsx', {
        campaign_id: String(campaign.id),
      })
      .expect(422)
    await hefei.upload('/files', Buffer.from('%PDF-1.4'), '乙.pdf', { campaign_id: String(campaign.id) }).expect(422)
  })

  test('begins with the units of the one before; a mistaken one goes as it came, and says who threw it away', async () => {
    const { body: mistaken } = await province.post('/campaigns', { ...year, year: 2024 }).expect(201)
    const query = { filter: { campaign_id: mistaken.id }, sort: ['unit_id', 'ASC'], range: '[0,99]' }
    const { body: units } = await province.get('/participations', query).expect(200)
    expect(units).toHaveLength(26)
    expect(units[0]).toMatchObject({ unit_id_label: '合肥', annex_order: 1 })
    await province.delete(`/campaigns/${mistaken.id}`).expect(200)
    const bin = (await province.get('/campaigns', { filter: { deleted: true } }).expect(200)).body
    expect(bin).toMatchObject([{ id: mistaken.id, name: year.name }])
    const filter = { form: 'campaigns', row_id: mistaken.id, action: 'remove' }
    expect((await province.get('/changes', { filter }).expect(200)).body).toMatchObject([{ actor: '测试province' }])
    await province.post('/campaigns', { ...year, year: 2024 }).expect(201)
  })

  test('says what is missing before it is opened, to the province alone, and where it is put right', async () => {
    type Gap = { id: string; names: string[]; page: string }
    const gaps = async () => (await province.get(`/campaigns/${campaign.id}/readiness`).expect(200)).body as Gap[]
    const before = Object.fromEntries((await gaps()).map(({ id, names }) => [id, names]))
    expect(before).toEqual({ metrics: [], stages: [] })
    const joined = await make(province, 'participations', { campaign_id: campaign.id, unit_id: '蚌埠' })
    expect(await gaps()).toContainEqual(expect.objectContaining({ id: 'accounts', names: ['蚌埠'], page: 'users' }))
    await province.delete(`/participations/${joined.id}`).expect(200)
    const design = { campaign_id: campaign.id, definition: { extends: 'events', rename: { title: '名称' } } }
    const { body: draft } = await province.post('/form_designs', design).expect(201)
    expect((await gaps()).map(({ id }) => id)).toContain('forms')
    await province.delete(`/form_designs/${draft.id}`)
    expect((await gaps()).map(({ id }) => id)).not.toContain('forms')
    await hefei.get(`/campaigns/${campaign.id}/readiness`).expect(404)
  })

  test('is opened by the province: units enter rows, and it is what everybody begins with', async () => {
    await step(province, 'archival').expect(409)
    await step(province, 'opening', { version: campaign.version + 5 }).expect(409)
    campaign = (await step(province, 'opening', { version: campaign.version }).expect(200)).body
    expect(campaign.state).toBe('running')
    expect((await step(province, 'opening').expect(409)).body.message).toBe('这个年度现在是“进行中”，不能开启。')
    await step(hefei, 'archival').expect(403)
    expect(await begins(hefei)).toEqual({ first: 2020, all: ['2020 running', '2019 running'] })
    expect(
      (await hefei.post('/events', { ...sample.events?.(3), held_on: '2020-07-11' }).expect(201)).body.campaign_id,
    ).toBe(campaign.id)
    const history = (await province.get(`/campaigns/${campaign.id}/history`).expect(200)).body
    expect(history.map(({ action }: { action: string }) => action)).toContain('opening')
  })

  test('that is archived is read and never written, on any path, until it is opened again', async () => {
    const rows: Record<string, Made> = {}
    rows.events = await make(hefei, 'events', { ...sample.events?.(4), held_on: '2020-07-12' })
    rows.organizations = await make(hefei, 'organizations', {
      ...sample.organizations?.(4),
      mobilized_on: '2020-07-12',
    })
    const sent = await make(hefei, 'propagandists', { ...sample.propagandists?.(4), appointed_on: '2020-07-12' })
    await hefei.post(`/propagandists/${sent.id}/submission`).expect(200)
    const work = await make(hefei, 'submissions', {
      ...sample.submissions?.(4),
      collection_id: 'C1',
      duration_s: undefined,
    })
    const [juror] = await world.owner<{ id: number }>(`select id from users where username = 'juror1'`)
    const [stage] = (await province.get('/stages', { filter: { campaign_id: campaign.id } }).expect(200)).body
    const [collection] = (await province.get('/collections', { filter: { campaign_id: campaign.id } }).expect(200)).body
    const waiting = (
      await hefei
        .upload(
          '/events/imports',
          await workbookOf('events', { ...sample.events?.(5), held_on: '2020-07-13' }),
          '表.xlsx',
        )
        .expect(200)
    ).body
    campaign = (await step(province, 'archival').expect(200)).body
    expect(await begins(hefei)).toEqual({ first: 2019, all: ['2020 archived', '2019 running'] })

    const of = { campaign_id: campaign.id }
    const writes: [string, () => PromiseLike<{ status: number; body: { message?: string } }>][] = [
      ...registers.map(
        ({ name }) =>
          [
            `new ${name}`,
            () =>
              hefei.post(`/${name}`, {
                ...sample[name]?.(9),
                ...of,
                ...(name === 'submissions' && { collection_id: 'C1' }),
                ...(name === 'attendance' && { event_id: rows.events?.id }),
              }),
          ] as never,
      ),
      ['a cell', () => hefei.put(`/events/${rows.events?.id}`, { version: 1, headcount: 1 })],
      ['a removal', () => hefei.delete(`/events/${rows.events?.id}`)],
      ['bulk', () => hefei.post('/events/bulk', { update: [{ id: rows.events?.id, version: 1, headcount: 2 }] })],
      ['a submission', () => hefei.post(`/events/${rows.events?.id}/submission`)],
      ['a withdrawal', () => hefei.post(`/propagandists/${sent.id}/withdrawal`)],
      ['an approval', () => province.post(`/propagandists/${sent.id}/approval`)],
      ['a return', () => province.post(`/propagandists/${sent.id}/return`, { reason: '补充' })],
      ['a comment', () => hefei.post(`/events/${rows.events?.id}/comments`, { text: '说明' })],
      ['a file', () => hefei.upload('/files', Buffer.from('%PDF-1.4'), '丙.pdf', { campaign_id: String(campaign.id) })],
      ['a filing', () => hefei.post('/filings', { form: 'propagandists', ...of })],
      ['a jury', () => province.put(`/collections/${collection.id}/jury`, { juror_ids: [juror?.id] })],
      ['votes', () => province.post(`/submissions/${work.id}/votes`, { votes: 3, counted_on: '2020-07-13' })],
      [
        'an import',
        async () =>
          hefei.upload('/events/imports', await workbookOf('events', sample.events?.(6) ?? {}), '表.xlsx', {
            campaign_id: String(campaign.id),
          }),
      ],
      ['an import that was waiting', () => hefei.post(`/imports/${waiting.id}/apply`)],
      ['a stage', () => province.put(`/stages/${stage.id}`, { version: stage.version, name: '改名' })],
      [
        'a collection',
        () => province.put(`/collections/${collection.id}`, { version: collection.version, title: '改名' }),
      ],
      ['a participant', () => province.post('/participations', { ...of, unit_id: '芜湖' })],
      ['a quota', () => province.post('/quotas', { ...of, unit_id: '合肥' })],
      ['the campaign', () => province.put(`/campaigns/${campaign.id}`, { version: campaign.version, theme: '改' })],
    ]
    const before = await world.owner(
      `select (select count(*) from events) as events, (select count(*) from comments) as comments, (select max(id) from changes where campaign_id = $1) as changes`,
      [campaign.id],
    )
    for (const [what, write] of writes) {
      const { status, body } = await write()
      expect([what, status, body.message]).toEqual([what, 403, expect.stringContaining('归档')])
    }
    const operation = (await hefei.post('/events/operations', { kind: 'set', values: { headcount: 5 }, filter: of }))
      .body
    expect(JSON.stringify(operation)).toContain('归档')
    expect(
      await world.owner(
        `select (select count(*) from events) as events, (select count(*) from comments) as comments, (select max(id) from changes where campaign_id = $1) as changes`,
        [campaign.id],
      ),
    ).toEqual(before)
    for (const { name } of registers) await hefei.get(`/${name}`, { filter: of }).expect(200)
    await hefei.get('/reports/progress', of).expect(200)
    await binary(hefei.get('/events/export.xlsx', { filter: of })).expect(200)

    await step(province, 'reopening').expect(200)
    await hefei.put(`/events/${rows.events?.id}`, { version: 1, headcount: 1 }).expect(200)
    // opened again is not opened anew: nobody is moved to it
    await world.owner(`update campaigns set opened_at = now(), version = version + 1 where year = 2019`)
    expect((await begins(hefei)).first).toBe(2019)
  })

  test('is not archived beneath somebody who is just writing in it', async () => {
    const pg = await import('pg')
    const writer = new pg.default.Client(world.ownerUrl)
    await writer.connect()
    await writer.query(
      `begin; select set_config('app.user_id', (select id::text from users where username = 'hefei'), true)`,
    )
    await writer.query(`update events set headcount = 7, version = version + 1 where campaign_id = $1`, [campaign.id])
    const archived = step(province, 'archival').then((answer) => answer)
    const first = await Promise.race([archived, new Promise((done) => setTimeout(() => done('waits'), 300))])
    expect(first).toBe('waits')
    await writer.query('commit')
    await writer.end()
    expect((await archived).status).toBe(200)
    await step(province, 'reopening').expect(200)
  })
})

describe('the kinds of units', () => {
  const ofUnit = (kind: string, n = '') => ({ name: `海滨街道总工会${n}`, short_name: `海滨街道${n}`, kind })

  test('are rows: a new one is a unit’s at once, renaming it renames that of its units, and one that has units stays', async () => {
    const kind = await make(province, 'unit_kinds', { name: '街镇', position: 7 })
    const unit = await make(province, 'units', ofUnit('街镇'))
    const { body: renamed } = await province
      .put(`/unit_kinds/${kind.id}`, { version: kind.version, name: '街道乡镇' })
      .expect(200)
    const { body: now } = await province.get(`/units/${unit.id}`).expect(200)
    expect(now).toMatchObject({ kind: '街道乡镇', version: unit.version + 1 })
    const told = (await province.get(`/units/${unit.id}/history`).expect(200)).body
    expect(JSON.stringify(told)).toContain('街道乡镇')
    expect((await province.delete(`/unit_kinds/${kind.id}`).expect(409)).body.message).toBe(
      '单位类别“街道乡镇”还有填报单位 1 个，不能删去。',
    )
    await province.delete(`/units/${unit.id}`).expect(200)
    await province.delete(`/unit_kinds/${kind.id}`).expect(200)
    expect(renamed.name).toBe('街道乡镇')
    await make(province, 'unit_kinds', { name: '街道乡镇' })
  })

  test('a unit has one that is there, also when both are written at once', async () => {
    const refused = await province.post('/units', ofUnit('没有这一类'))
    expect([409, 422]).toContain(refused.status)
    for (let turn = 0; turn < 5; turn++) {
      const kind = await make(province, 'unit_kinds', { name: `系统${turn}` })
      const [made, renamed] = await Promise.all([
        province.post('/units', ofUnit(`系统${turn}`, `二${turn}`)),
        province.put(`/unit_kinds/${kind.id}`, { version: kind.version, name: `行业系统${turn}` }),
      ])
      expect([201, 409]).toContain(made.status)
      expect(renamed.status).toBe(200)
    }
    const orphans = await world.owner(
      `select u.kind, u.name from units u where u.deleted_at is null and not exists (select from unit_kinds k where k.name = u.kind and k.deleted_at is null)`,
    )
    expect(orphans).toEqual([])
  })

  test('a unit is known by its other names, in cells, above tables and in names of files', async () => {
    const unit = await make(province, 'units', {
      ...ofUnit('行业系统0', '三'),
      also_known_as: '经开区工会、开发区总工会',
    })
    await takesPart(world.campaign_id, '海滨街道三')
    const { body } = await province.post('/quotas', { unit_id: '开发区总工会', events: 1 }).expect(201)
    expect(body).toMatchObject({ unit_id: unit.id, unit_id_label: '海滨街道三' })
    const [row] = (await province.get('/units', { filter: { id: unit.id } })).body
    expect(row.also_known_as).toEqual(['经开区工会', '开发区总工会'])
    const known = [row, { id: 1, name: '合肥市总工会', short_name: '合肥', also_known_as: null }]
    for (const words of ['经开区工会', '经开区总工会', '开发区总工会（盖章）', '海滨街道三'])
      expect([words, unitNamed(forms.units as Form, known, words)?.id]).toEqual([words, unit.id])
    const [taking] = (await province.get('/participations', { filter: { unit_id: unit.id } })).body
    await province.delete(`/quotas/${body.id}`).expect(200)
    await province.delete(`/participations/${taking.id}`).expect(200)
  })
})

describe('units take part in a campaign', () => {
  test('or are not there: in its lists, its board, its choosers, its menu', async () => {
    const { id: campaign_id } = await prepare({ year: 2021 }, '合肥')
    const alone = { ...sample.units?.(), name: '黟县总工会', short_name: '黟县', kind: '省直管县总工会' }
    await make(province, 'units', alone)
    await takesPart(campaign_id, '黟县')
    await province.post(`/campaigns/${campaign_id}/opening`).expect(200)
    const counted = { campaign_id, position: 1, name: 'events', label: '线下活动', measure: '场', form: 'events' }
    await make(province, 'metrics', { ...counted, counts: 'rows', has_quota: true })
    const named = {
      quotas: { unit_id: '芜湖', events: 3 },
      reopenings: { unit_id: '芜湖', form: '附件4', until: '2021-09-01' },
      collections: { code: 'C1', title: '项目', medium: '图片', host_unit_id: '芜湖' },
    }
    for (const [form, row] of Object.entries(named)) {
      const { body } = await province.post(`/${form}`, { ...row, campaign_id }).expect(422)
      expect(Object.values(body.errors).join()).toContain('参加单位里没有“芜湖”')
      await province
        .post(`/${form}`, {
          ...row,
          ...(form === 'collections' ? { host_unit_id: '合肥' } : { unit_id: '合肥' }),
          campaign_id,
        })
        .expect(201)
    }
    await make(province, 'quotas', { campaign_id, unit_id: '黟县', events: 2 })
    const board = (await province.get('/reports/progress', { campaign_id }).expect(200)).body.units
    expect(board.map(({ unit, annex_order }: { unit: string; annex_order: number }) => [unit, annex_order])).toEqual([
      ['合肥', 1],
      ['黟县', null],
    ])
    expect(
      (await province.get('/reports/progress', { campaign_id: world.campaign_id }).expect(200)).body.units,
    ).toHaveLength(17)
    await wuhu.post('/events', { ...sample.events?.(1), campaign_id }).expect(422)
    expect((await wuhu.get('/me').expect(200)).body.campaigns.map((each: { id: number }) => each.id)).not.toContain(
      campaign_id,
    )
    expect((await wuhu.get('/participations', { filter: { campaign_id } }).expect(200)).body).toEqual([])
    expect(
      (await hefei.post('/events', { ...sample.events?.(1), campaign_id, held_on: '2021-07-01' }).expect(201)).body
        .unit_id,
    ).toBe(world.units.合肥)
  })

  test('with a place in annex 1 of each year; a place that is taken says who has it, and two may change places', async () => {
    const { id: campaign_id } = await prepare({ year: 2022 })
    const one = await takesPart(campaign_id, '芜湖', 1)
    const two = await takesPart(campaign_id, '合肥', 2)
    const taken = await province.post('/participations', { campaign_id, unit_id: '宿州', annex_order: 2 }).expect(422)
    expect(taken.body.errors).toEqual({ annex_order: '附件1序号 2 已经给了“合肥”。' })
    const twice = await province
      .post('/participations/bulk', {
        create: ['宿州', '池州'].map((unit_id) => ({ campaign_id, unit_id, annex_order: 3 })),
      })
      .expect(422)
    expect(JSON.stringify(twice.body.errors)).toContain('附件1序号 3 已经给了同时存的另一行。')
    const { body } = await province.post('/participations', { campaign_id, unit_id: '合肥' }).expect(422)
    expect(body.errors).toEqual({ unit_id: '这个单位已经登记过：合肥。' })
    await province
      .post('/participations/bulk', {
        update: [
          { id: one.id, version: 1, annex_order: 2 },
          { id: two.id, version: 1, annex_order: 1 },
        ],
      })
      .expect(200)
    const list = async (id: number) =>
      (
        await province.get('/participations', { filter: { campaign_id: id }, sort: ['unit_id', 'ASC'] }).expect(200)
      ).body.map((row: { unit_id_label: string }) => row.unit_id_label)
    expect(await list(campaign_id)).toEqual(['合肥', '芜湖'])
    expect((await list(world.campaign_id)).slice(0, 3)).toEqual(['合肥', '淮北', '亳州'])
    for (const [form, field, row] of [
      ['units', 'short_name', { name: '又一个', short_name: '合肥', kind: '市总工会' }],
      ['units', 'code', { name: '又一个', short_name: '又一个', kind: '市总工会', code: 'hefei' }],
    ] as const)
      expect((await province.post(`/${form}`, row).expect(422)).body.errors).toEqual({
        [field]: expect.stringContaining('已经给了“合肥”'),
      })
    // a file of places is told the same way
    const checked = (
      await province
        .upload(
          '/participations/imports',
          await workbookOf('participations', { unit_id: '宿州', annex_order: 2 }),
          '表.xlsx',
          { campaign_id: String(campaign_id) },
        )
        .expect(200)
    ).body
    expect(JSON.stringify(checked)).toContain('附件1序号 2 已经给了“芜湖”。')
  })
})

describe('what others hang on', () => {
  test('cannot be removed while it does, by any form that refers to another, and says what hangs on it', async () => {
    const rows: Record<string, Made> = {}
    const campaign = await prepare({ year: 2023 })
    const of = { campaign_id: campaign.id }
    const unit = await make(province, 'units', { name: '巢湖市总工会', short_name: '巢湖', kind: '市总工会' })
    rows.participations = await takesPart(campaign.id, '省总')
    rows.participation = await takesPart(campaign.id, '巢湖')
    rows.national_activities = await make(province, 'national_activities', {
      ...of,
      position: 1,
      title: '全国活动',
      organizer: '全总',
    })
    rows.collections = await make(province, 'collections', {
      ...of,
      code: 'K1',
      title: '项目',
      medium: '视频',
      host_unit_id: '巢湖',
      national_activity_id: '全国活动',
    })
    rows.organizations = await make(province, 'organizations', {
      ...sample.organizations?.(1),
      ...of,
      mobilized_on: '2023-07-01',
    })
    await make(province, 'propagandists', {
      ...sample.propagandists?.(1),
      ...of,
      organization_id: rows.organizations.id,
      appointed_on: '2023-07-01',
    })
    rows.events = await make(province, 'events', { ...sample.events?.(1), ...of, held_on: '2023-07-01' })
    await make(province, 'attendance', {
      ...sample.attendance?.(1),
      ...of,
      event_id: rows.events.id,
      signed_at: '2023-07-01 09:00',
    })
    rows.submissions = await make(province, 'submissions', { ...sample.submissions?.(1), ...of, collection_id: 'K1' })
    const award = await make(province, 'awards', {
      ...of,
      category: '作品一等奖',
      target: '测试作品1',
      submission_id: rows.submissions.id,
    }).catch(() => null)
    const sentences: Record<string, string> = {}
    const refused = async (form: string, id: number) => {
      const single = await province.delete(`/${form}/${id}`)
      const many = await province.post(`/${form}/bulk`, { remove: [{ id }] })
      const { body: operation } = await province.post(`/${form}/operations`, {
        kind: 'remove',
        filter: { id: [id], ...(forms[form]?.scope !== 'global' && of) },
      })
      expect([form, single.status, many.status, JSON.stringify(operation)]).toEqual([
        form,
        409,
        409,
        expect.stringContaining('不能删去'),
      ])
      sentences[form] = single.body.message
    }
    for (const form of [
      'participations',
      'national_activities',
      'collections',
      'organizations',
      'events',
      ...(award ? ['submissions'] : []),
    ])
      await refused(form, rows[form]?.id ?? 0)
    await refused('campaigns', campaign.id)
    await refused('units', unit.id)
    const [kind] = await world.owner<Made>(`select id from unit_kinds where name = '市总工会'`)
    await refused('unit_kinds', kind?.id ?? 0)
    expect(sentences).toMatchObject({
      national_activities: '全国活动“全国活动”还有征集活动 1 项，不能删去。',
      events: '线下活动“第1场网络安全知识竞赛”还有签到 1 人次，不能删去。',
      units: '填报单位“巢湖”还有征集活动 1 项、参加单位 1 个，不能删去。',
    })
    expect(sentences.campaigns).toContain('征集活动 1 项')
    expect(
      (await province.put(`/participations/${rows.participation.id}`, { version: 1, unit_id: '池州' }).expect(409)).body
        .message,
    ).toContain('征集活动 1 项')
    const hanging = await world.owner<{ referred: string }>('select distinct referred from app.hanging() order by 1')
    const referred = hanging.filter((each) => each.referred in forms) // a design's versions go with it
    expect(referred.map((each) => each.referred)).toEqual(
      [...Object.keys(sentences), ...(award ? [] : ['submissions'])].sort(),
    )

    // from the leaves to the root it goes, and comes back from the root to the leaves only
    const { id } = rows.collections
    await province
      .delete(`/submissions/${rows.submissions.id}`)
      .then(
        async ({ status }) =>
          status === 409 &&
          award &&
          (await province.delete(`/awards/${award.id}`).expect(200)) &&
          (await province.delete(`/submissions/${rows.submissions?.id}`).expect(200)),
      )
    await province.delete(`/collections/${id}`).expect(200)
    await province.delete(`/participations/${rows.participation.id}`).expect(200)
    expect((await province.post('/collections/restoration', { ids: [id] }).expect(409)).body.message).toBe(
      '它所属的参加单位“巢湖”不在，或者在回收站里，要先有它。',
    )
    await province.delete(`/units/${unit.id}`).expect(200)
    expect(
      (await province.post('/participations/restoration', { ids: [rows.participation.id] }).expect(409)).body.message,
    ).toContain('填报单位“巢湖”')
    // a name in the 回收站 is free
    await make(province, 'units', { name: '巢湖市总工会', short_name: '巢湖', kind: '市总工会' })
  })

  test('and a unit with an account stays', async () => {
    const unit = await make(province, 'units', { name: '界首市总工会', short_name: '界首', kind: '市总工会' })
    const user = (
      await province
        .post('/users', { username: 'jieshou', name: '测试界首', role: 'clerk', unit_id: unit.id })
        .expect(201)
    ).body
    expect((await province.delete(`/units/${unit.id}`).expect(409)).body.message).toBe(
      '填报单位“界首”还有用户 1 个，不能删去。',
    )
    await province.put(`/users/${user.id}`, { version: user.version, disabled: true })
  })

  test('is held while it is removed: who adds to it meanwhile finds it gone, or keeps it', async () => {
    await world.owner(`update campaigns set opened_at = now(), version = version + 1 where year = 2019`)
    for (let turn = 0; turn < 5; turn++) {
      const event = await make(hefei, 'events', { ...sample.events?.(50 + turn), campaign_id: world.campaign_id })
      const guest = { ...sample.attendance?.(50 + turn), event_id: event.id, campaign_id: world.campaign_id }
      const answers = await Promise.all([hefei.post('/attendance', guest), hefei.delete(`/events/${event.id}`)])
      const both = answers.map(({ status }) => status < 300)
      expect(both[0] && both[1], JSON.stringify(answers.map(({ body }) => body.message))).toBe(false)
    }
    const orphans = await world.owner(
      `select a.id from attendance a join events e on e.id = a.event_id where a.deleted_at is null and e.deleted_at is not null`,
    )
    expect(orphans).toEqual([])
  })

  test('is asked for anew once the transaction that found it has removed it', async () => {
    const event = await make(hefei, 'events', { ...sample.events?.(60), campaign_id: world.campaign_id })
    const guests = await Promise.all(
      [60, 61].map((n) =>
        make(hefei, 'attendance', {
          ...sample.attendance?.(n),
          event_id: event.id,
          campaign_id: world.campaign_id,
        }),
      ),
    )
    const [back, late] = guests.map(({ id }) => id)
    for (const { id } of guests) await hefei.delete(`/attendance/${id}`).expect(200)
    const [person] = await world.owner<{ id: number }>(`select id from users where username = 'hefei'`)
    const steps = await world.database
      .inTx({ user_id: person?.id ?? 0 }, async (trx) => {
        const bin = (form: string, id: number | undefined, removed: boolean) =>
          sql`update ${sql.table(`public.${form}`)} set deleted_at = ${removed ? sql`now()` : sql`null`}, version = version + 1
            where id = ${id}`.execute(trx)
        await bin('attendance', back, false)
        await bin('attendance', back, true)
        await bin('events', event.id, true)
        await bin('attendance', late, false)
      })
      .then(
        () => 'done',
        ({ code }) => code,
      )
    expect(steps).toBe('HW424')
  })
})

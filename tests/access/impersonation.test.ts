/**
 * 以他人身份查看: the province reads what a clerk, a host, the internet office or a juror reads, in a campaign of any state, and
 * whatever it asks for that would write is refused. Loops over the requests there are, as the server describes them.
 */
import { createHash } from 'node:crypto'
import { CompiledQuery } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registers } from '../../server/forms/index.ts'
import { ownRegisters, publishOwn } from '../support/own_registers.ts'
import { type Agent, makeWorld, password, sample, type Username, type World } from '../support/world.ts'

let world: World
let province: Agent
const rows: Record<string, number> = {}

beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  await publishOwn(world)
  const hefei = await world.as('hefei')
  const samples = new Map([
    ...registers.map(({ name }) => [name, sample[name]] as const),
    ...ownRegisters.map(({ name, row }) => [name, row] as const),
  ])
  let next = 1
  for (const [name, row] of samples) {
    const made = await hefei.post(`/${name}`, {
      ...row?.(next++),
      ...('event_id' in (row?.(1) ?? {}) ? { event_id: rows.events } : {}),
    })
    expect([name, made.status], made.text).toEqual([name, 201])
    rows[name] = made.body.id
  }
})
afterAll(() => world?.close())

const C5 = () => ({ collection_id: world.collections.C5 })
const looks: [Username, () => object][] = [
  ['hefei', () => ({ role: 'clerk', unit_id: world.units.合肥 })],
  ['suzhou', () => ({ role: 'host', ...C5() })],
  ['cac', () => ({ role: 'cac' })],
  ['cac-hefei', () => ({ role: 'cac', unit_id: world.units.合肥 })],
  ['juror1', () => ({ role: 'juror', ...C5() })],
]

async function looking<T>(asked: object, fn: () => Promise<T>): Promise<T> {
  const begun = await province.post('/impersonation', { campaign_id: world.campaign_id, ...asked })
  expect([begun.status, begun.text]).toEqual([204, ''])
  try {
    return await fn()
  } finally {
    await province.delete('/impersonation').expect(204)
  }
}

type Described = { paths: Record<string, Record<string, unknown>> }
const filled = (path: string) => path.replace(/\{\w+\}/g, () => String(rows[path.split('/')[1] ?? ''] ?? 1))
const pathsOf = async (agent: Agent, isWanted: (verb: string) => boolean): Promise<[string, string][]> => {
  const { paths } = (await agent.get('/openapi.json').expect(200)).body as Described
  return Object.entries(paths).flatMap(([path, verbs]) =>
    Object.keys(verbs).flatMap((verb): [string, string][] => (isWanted(verb) ? [[verb, path]] : [])),
  )
}

describe.each(looks)('who looks as %s', (username, asked) => {
  test('reads what that role reads', async () => {
    const own = await world.as(username)
    const gets = (await pathsOf(own, (verb) => verb === 'get')).map(([, path]) => filled(path))
    const read = async (agent: Agent) => {
      const told: Record<string, unknown> = {}
      for (const path of gets.filter(
        (each) => !/^\/(me|live|openapi|operations|views|backup)|\.(xlsx|zip)/.test(each),
      )) {
        const { status, body } = await agent.get(path)
        told[path] = [status, status < 300 ? body : '']
      }
      return told
    }
    const seen = await read(own)
    expect(await looking(asked(), () => read(province))).toEqual(seen)
  })

  test('writes nothing: every request that would is refused, and leaves no line in the history', async () => {
    const writes = (await pathsOf(province, (verb) => verb !== 'get' && verb !== 'parameters')).filter(
      ([, path]) => !/^\/(login|logout|impersonation)$/.test(path) || path === '/impersonation',
    )
    const lines = () => world.owner('select count(*)::integer as lines from changes')
    await looking(asked(), async () => {
      const before = await lines()
      for (const [verb, path] of writes) {
        if (verb === 'delete' && path === '/impersonation') continue
        const answer = await province[verb as 'post'](filled(path), {})
        expect([verb, path, answer.status], answer.text).toEqual([
          verb,
          path,
          expect.toSatisfy((each) => each >= 400 && each < 500),
        ])
      }
      for (const [name, id] of Object.entries(rows)) {
        const { body } = await province.get(`/${name}/${id}`)
        const answer = await province.put(`/${name}/${id}`, { version: body.version ?? 1, remark: '改过' })
        expect([name, answer.status], answer.text).toEqual([name, 403])
        expect([name, (await province.post(`/${name}`, sample[name]?.(90))).status]).toEqual([name, 403])
      }
      expect(await lines()).toEqual(before)
      const { forms, impersonation } = (await province.get('/me')).body
      expect(impersonation).toEqual({ campaign_id: world.campaign_id })
      for (const rights of Object.values(forms as Record<string, Record<string, unknown>>))
        expect(rights).toMatchObject({
          create: false,
          update: false,
          remove: false,
          import: false,
          actions: [],
          fields_writable: [],
        })
    })
  })

  test('finds the database shut, whatever the server asks of it', async () => {
    const { id } = await looking(asked(), async () => (await province.get('/me')).body)
    expect(id).toBeLessThan(0)
    const session = createHash('sha256')
      .update(province.cookie.replace(/^session=/, ''))
      .digest('hex')
    await looking(asked(), async () => {
      const write = (text: string) =>
        world.database.inTx({ session }, (trx) => trx.executeQuery(CompiledQuery.raw(text)))
      for (const { name } of registers)
        await expect(write(`update public.${name} set remark = 'x'`), name).rejects.toMatchObject({
          code: expect.stringMatching('25006|42501'),
        })
      // what is read only stays it
      await expect(write('set transaction read write')).rejects.toMatchObject({ code: '25001' })
    })
  })
})

describe('a look', () => {
  const clerk = () => ({ role: 'clerk', unit_id: world.units.合肥 })

  test('is in the log with who, as what, from when until when', async () => {
    await looking(clerk(), async () => undefined)
    const [last] = await world.owner('select * from app.impersonations order by id desc limit 1')
    const [me] = await world.owner<{ id: number }>("select id from users where username = 'province'")
    expect(last).toMatchObject({
      actor_id: me?.id,
      role: 'clerk',
      unit_id: world.units.合肥,
      ended_at: expect.any(Date),
    })
    const [line] = await world.owner("select * from changes where action = 'impersonation' order by id desc limit 1")
    expect(line).toMatchObject({ actor_id: me?.id, campaign_id: world.campaign_id })
    const { body } = await province.get('/changes', { filter: { action: 'impersonation' }, sort: ['id', 'DESC'] })
    expect(body[0].id).toBe(line?.id)
  })

  test('is the province’s alone, as somebody there is, and never of itself', async () => {
    const ask = (agent: Agent, body: object) =>
      agent.post('/impersonation', { campaign_id: world.campaign_id, ...body })
    for (const username of ['hefei', 'cac', 'juror1'] as const)
      expect((await ask(await world.as(username), clerk())).status).toBe(403)
    const nobody = [
      {},
      { role: 'province' },
      { role: 'clerk' },
      { role: 'juror' },
      { role: 'host' },
      { role: 'clerk', unit_id: 999_999 },
    ]
    for (const body of nobody) expect([body, (await ask(province, body)).status]).toEqual([body, 422])
    const [own] = await world.owner<{ id: number }>("select id from users where username = 'province'")
    expect((await ask(province, { user_id: own?.id })).status).toBe(422)
    expect((await ask(province, clerk()).set('Origin', 'http://elsewhere.example')).status).toBe(403)
    expect((await province.get('/me')).body.role).toBe('province')
  })

  test('of a person has the person’s role and unit, but nothing that is the person’s own', async () => {
    const hefei = await world.as('hefei')
    await hefei.post('/views', { form: 'events', name: '我的', layout: {} })
    const [person] = await world.owner<{ id: number }>("select id from users where username = 'hefei'")
    await looking({ user_id: person?.id }, async () => {
      expect((await province.get('/me')).body).toMatchObject({ role: 'clerk', unit_id: world.units.合肥 })
      expect((await province.get('/views', { form: 'events' })).text).not.toContain('我的')
    })
  })

  test('is seen by nobody, and its pages are not told that they may not be', async () => {
    const seat = { form: 'events', seat: 'look-1', campaign_id: world.campaign_id, row_id: rows.events }
    await looking(clerk(), () => province.post('/live/presence', seat).expect(204))
  })

  test('of a juror shows no marks, and a juror who has given some is not looked as', async () => {
    const [juror] = await world.owner<{ id: number }>("select id from users where username = 'juror1'")
    const marks = { theme: 80, craft: 80, appeal: 80 }
    await world.owner('insert into scores (submission_id, juror_id, items) values ($1, $2, $3)', [
      rows.submissions,
      juror?.id,
      marks,
    ])
    const answer = await province.post('/impersonation', { campaign_id: world.campaign_id, user_id: juror?.id })
    expect([answer.status, answer.body.message]).toEqual([422, expect.stringContaining('打了分')])
    await looking({ role: 'juror', ...C5() }, async () => {
      expect((await province.get('/works')).text).not.toContain('"items"')
    })
  })

  test('of a campaign in preparation shows it to the look alone, without accounts of its units', async () => {
    const made = await province.post(`/campaigns/${world.campaign_id}/next_year`, {
      year: 2020,
      answers: Object.fromEntries(
        (
          (await province.post(`/campaigns/${world.campaign_id}/next_year?check=1`, { year: 2020 })).body.questions as {
            id: string
            options: { value: string }[]
          }[]
        ).map(({ id, options }) => [id, options[0]?.value]),
      ),
    })
    expect(made.status, made.text).toBe(201)
    const { campaign_id } = made.body
    const bengbu = { campaign_id, role: 'clerk', unit_id: world.units.蚌埠 }
    await looking(bengbu, async () => {
      const { body } = await province.get('/me')
      expect([body.campaign.id, body.campaign.state]).toEqual([campaign_id, 'preparing'])
      const { body: quotas } = await province.get('/quotas', { filter: { campaign_id } })
      expect(quotas).toHaveLength(17)
    })
    const hefei = await world.as('hefei')
    expect((await hefei.get('/me')).body.campaigns.map(({ id }: { id: number }) => id)).not.toContain(campaign_id)
    await province.post(`/campaigns/${campaign_id}/opening`).expect(200)
    await province.post(`/campaigns/${campaign_id}/archival`).expect(200)
    await looking(bengbu, async () => {
      expect((await province.get('/me')).body.campaign).toMatchObject({ id: campaign_id, state: 'archived' })
    })
  })

  test('ends with its session', async () => {
    const signedIn = await world.anonymous.post('/login', { username: 'province', password })
    const cookie = signedIn.headers['set-cookie']?.[0]?.split(';')[0] ?? ''
    const as = { cookie }
    await world.anonymous
      .post('/impersonation', { campaign_id: world.campaign_id, ...clerk() })
      .set('Cookie', as.cookie)
      .expect(204)
    await world.anonymous.post('/logout').set('Cookie', as.cookie).expect(204)
    const [last] = await world.owner('select ended_at from app.impersonations order by id desc limit 1')
    expect(last?.ended_at).toBeInstanceOf(Date)
    await world.anonymous.get('/me').set('Cookie', as.cookie).expect(401)
  })
})

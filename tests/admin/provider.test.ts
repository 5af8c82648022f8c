/** The unchanged client of react-admin, ra-data-simple-rest, run against the server: what a page of it asks for, it gets. */
import simpleRestProvider from 'ra-data-simple-rest'
import { fetchUtils, type HttpError } from 'react-admin'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registers } from '../../server/forms/index.ts'
import { makeWorld, sample, type Username, type World } from '../support/world.ts'

let world: World
let provider: ReturnType<typeof simpleRestProvider>

/** The provider as it comes; all the client adds is what a browser adds by itself: its cookie and its origin. */
async function providerOf(username: Username) {
  const { cookie } = await world.as(username)
  return simpleRestProvider(`${world.address}/api`, (url, options = {}) => {
    const headers = new Headers(options.headers)
    headers.set('Cookie', cookie)
    headers.set('Origin', world.address)
    return fetchUtils.fetchJson(url, { ...options, headers })
  })
}

beforeAll(async () => {
  world = await makeWorld()
  provider = await providerOf('hefei')
  await provider.create('events', { data: { ...sample.events?.(1) } })
})
afterAll(() => world?.close())

let next = 1
const rows = (form: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => provider.create(form, { data: { ...sample[form]?.(next++) } }))).then(
    (made) => made.map(({ data }) => data),
  )
const errorOf = (asked: Promise<unknown>) =>
  asked.then(
    () => expect.fail('was not refused'),
    (error: HttpError) => error,
  )

describe.each(registers.map(({ name, names }) => [name, names] as const))('%s', (form, named) => {
  test('getList pages, sorts, filters and counts', async () => {
    const made = await rows(form, 7)
    const ids = made.map(({ id }) => id as number).sort((a, b) => a - b)
    const ask = (page: number, order: 'ASC' | 'DESC') =>
      provider.getList(form, {
        pagination: { page, perPage: 3 },
        sort: { field: 'id', order },
        filter: { id: ids },
      })
    const pages = [await ask(1, 'ASC'), await ask(2, 'ASC'), await ask(3, 'ASC')]
    expect(pages.map(({ data }) => data.length)).toEqual([3, 3, 1])
    expect(pages.map(({ total }) => total)).toEqual([7, 7, 7])
    expect(pages.flatMap(({ data }) => data.map(({ id }) => id))).toEqual(ids)
    expect((await ask(1, 'DESC')).data.map(({ id }) => id)).toEqual(ids.slice(-3).reverse())
    const [first] = made
    const one = await provider.getList(form, {
      pagination: { page: 1, perPage: 10 },
      sort: { field: named, order: 'ASC' },
      filter: { [named]: first?.[named], q: String(first?.[named]) },
    })
    expect(one).toMatchObject({ data: [first], total: 1 })
    const none = await provider.getList(form, {
      pagination: { page: 9, perPage: 10 },
      sort: { field: 'id', order: 'ASC' },
      filter: { id: ids },
    })
    expect(none).toMatchObject({ data: [], total: 7 })
  })

  test('getOne, getMany (of as many as are asked for), getManyReference', async () => {
    const made = await rows(form, 30)
    const [first] = made
    expect((await provider.getOne(form, { id: first?.id })).data).toEqual(first)
    const many = await provider.getMany(form, { ids: made.map(({ id }) => id) })
    expect(many.data).toHaveLength(30)
    const reference = await provider.getManyReference(form, {
      target: 'unit_id',
      id: world.units.合肥 as number,
      pagination: { page: 1, perPage: 5 },
      sort: { field: 'id', order: 'ASC' },
      filter: { status: 'draft' },
    })
    expect(reference.data).toHaveLength(5)
    expect(reference.total).toBeGreaterThanOrEqual(30)
  })

  test('create, update, updateMany, delete, deleteMany', async () => {
    const [first, second, third] = await rows(form, 3)
    if (!first || !second || !third) throw new Error('no rows')
    const updated = await provider.update(form, { id: first.id, data: { ...first, remark: '一' }, previousData: first })
    expect(updated.data).toMatchObject({ id: first.id, remark: '一', version: 2 })
    const ids = [second.id, third.id]
    expect((await provider.updateMany(form, { ids, data: { remark: '二', version: 1 } })).data).toEqual(ids)
    expect((await provider.getMany(form, { ids })).data.map(({ remark }) => remark)).toEqual(['二', '二'])
    expect((await provider.delete(form, { id: first.id, previousData: first })).data.id).toBe(first.id)
    expect((await provider.deleteMany(form, { ids })).data).toEqual(ids)
    expect((await provider.getMany(form, { ids: [first.id, ...ids] })).data).toEqual([])
  })

  test('a 422 is the shape react-admin shows at the fields; a 409 brings the stored row; a 404 its sentence', async () => {
    const invalid = await errorOf(provider.create(form, { data: { [named]: '' } }))
    expect(invalid.status).toBe(422)
    expect(invalid.message).toBe('有几格要改，改好再存。')
    expect(invalid.body.errors[named]).toMatch(/^必填：/)
    const [first] = await rows(form, 1)
    await provider.update(form, { id: first?.id, data: { ...first, remark: '一' }, previousData: first })
    const stale = await errorOf(
      provider.update(form, { id: first?.id, data: { ...first, remark: '二' }, previousData: first }),
    )
    expect([stale.status, stale.body.row.remark, stale.body.row.version]).toEqual([409, '一', 2])
    const other = await providerOf('wuhu')
    const absent = await errorOf(other.getOne(form, { id: first?.id }))
    expect([absent.status, absent.message]).toEqual([404, '没有这一行，或者不在您的范围内。'])
    expect((await other.getMany(form, { ids: [first?.id] })).data).toEqual([])
  })
})

test('a session that is over is a 401, which authProvider.checkError understands', async () => {
  const nobody = simpleRestProvider(`${world.address}/api`)
  const error = await errorOf(nobody.getOne('events', { id: 1 }))
  expect([error.status, error.message]).toEqual([401, '登录已过期，请重新登录。'])
})

test('the campaign’s data and the users answer the same client', async () => {
  const province = await providerOf('province')
  const page = { pagination: { page: 1, perPage: 100 }, sort: { field: 'id', order: 'ASC' as const }, filter: {} }
  for (const [resource, least] of [
    ['quotas', 16],
    ['collections', 8],
    ['stages', 5],
    ['national_activities', 7],
    ['units', 16],
    ['campaigns', 1],
    ['users', 9],
  ] as const) {
    const { data, total } = await province.getList(resource, page)
    expect([resource, data.length >= least, total]).toEqual([resource, true, data.length])
    const [first] = data
    expect((await province.getOne(resource, { id: first?.id })).data).toEqual(first)
    expect((await province.getMany(resource, { ids: [first?.id] })).data).toEqual([first])
    const saved = await province.update(resource, { id: first?.id, data: first, previousData: first })
    expect(saved.data.id).toBe(first?.id)
  }
  expect((await province.getList('changes', page)).total).toBeGreaterThanOrEqual(0)
})

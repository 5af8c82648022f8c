// The interface's own description: valid, whole, of what the caller may do and nothing else, and true of what is answered.
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../server/app.ts'
import { registersOf } from '../../server/forms/index.ts'
import type { ApiDocument } from '../../server/openapi/document.ts'
import { makeWorld, sample, type Username, type World } from '../support/world.ts'

const people: Username[] = ['province', 'hefei', 'cac', 'juror1']
let world: World
const documents = new Map<Username, ApiDocument>()
const documentOf = (username: Username) => documents.get(username) as ApiDocument

beforeAll(async () => {
  world = await makeWorld()
  for (const username of people) {
    const answer = await (await world.as(username)).get('/openapi.json')
    expect(answer.status).toBe(200)
    documents.set(username, answer.body)
  }
})
afterAll(() => world.close())

/** 'GET /events/{id}' of everything that is described. */
const operationsOf = (document: ApiDocument) =>
  Object.entries(document.paths).flatMap(([path, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${path}`),
  )

type Layer = { route?: { path: string; methods: Record<string, boolean> }; handle?: { stack?: Layer[] } }

/** Routes in the order in which Express tries them: 'GET /:form/:id'. */
function routes(): string[] {
  const walk = (stack: Layer[]): string[] =>
    stack.flatMap(({ route, handle }) =>
      route
        ? Object.keys(route.methods).map((method) => `${method.toUpperCase()} ${route.path}`)
        : walk(handle?.stack ?? []),
    )
  const app = createApp({ database: world.database, public_urls: [world.address] })
  return walk((app as unknown as { router: { stack: Layer[] } }).router.stack).filter(
    (route) => !['GET /healthz', 'GET /readyz'].includes(route),
  )
}

/** The route that answers a request for what is described. */
const routeOf = (operation: string, all: readonly string[]) =>
  all.find((route) => {
    const [wanted, given] = [route.split('/'), operation.split('/')]
    return wanted.length === given.length && wanted.every((part, at) => part.startsWith(':') || part === given[at])
  })

describe('the description of the interface', () => {
  test.each(people)('is a valid OpenAPI 3.1 document for %s', async (username) => {
    const found = await new Validator().validate(structuredClone(documentOf(username)) as never)
    expect(found.errors ?? []).toEqual([])
    expect(found.valid).toBe(true)
    expect(documentOf(username).openapi).toMatch(/^3\.1\./)
    const ids = Object.values(documentOf(username).paths).flatMap((item) =>
      Object.values(item).map((each) => each.operationId),
    )
    expect(new Set(ids).size).toBe(ids.length)
  })

  test.each(people)('refers to nothing that it lacks for %s', (username) => {
    const document = documentOf(username)
    const missing = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/(\w+)\/(\w+)"/g)]
      .map(([, kind = '', name = '']) => [kind, name] as const)
      .filter(([kind, name]) => !document.components[kind]?.[name])
    expect(missing).toEqual([])
  })

  test('has every route there is, and no other', () => {
    const all = routes()
    const described = [...new Set(people.flatMap((username) => operationsOf(documentOf(username))))]
    const reached = described.map((operation) => routeOf(operation, all))
    expect(described.filter((_, at) => reached[at] === undefined)).toEqual([])
    expect(all.filter((route) => !reached.includes(route))).toEqual([])
  })

  test.each(people.slice(1))('has nothing that %s may not read', async (username) => {
    const agent = await world.as(username)
    const refused: string[] = []
    for (const operation of operationsOf(documentOf(username))) {
      const [method, path = ''] = operation.split(' ')
      const needs = documentOf(username).paths[path]?.get?.parameters?.some((each) => each.required)
      if (method !== 'GET' || needs || path === '/demo' || path.endsWith('.zip')) continue
      const { status } = await agent.get(path)
      if (status !== 200) refused.push(`${operation}: ${status}`)
    }
    expect(refused).toEqual([])
  })

  test.each(people)('gives %s the forms and the writes that GET /me gives', async (username) => {
    const { forms } = (await (await world.as(username)).get('/me')).body as {
      forms: Record<
        string,
        { read: boolean; create: boolean; update: boolean; remove: boolean; actions: { action: string }[] }
      >
    }
    const described = operationsOf(documentOf(username))
    for (const [name, rights] of Object.entries(forms)) {
      const has = (operation: string) => described.includes(operation)
      expect(has(`GET /${name}`), name).toBe(rights.read)
      expect(has(`POST /${name}`), name).toBe(rights.read && rights.create)
      expect(has(`PUT /${name}/{id}`), name).toBe(rights.read && rights.update)
      expect(has(`DELETE /${name}/{id}`), name).toBe(rights.read && rights.remove)
    }
  })

  test('has the columns of a row as they are answered, and the fields that make one', async () => {
    const agent = await world.as('hefei')
    const { components } = documentOf('hefei')
    const shape = (name: string) => components.schemas?.[name] as { properties: object; required?: string[] }
    for (const { name } of registersOf(world.database.definitions.of(world.campaign_id))) {
      const row = sample[name]?.()
      if (!row) continue
      const made = await agent.post(`/${name}`, row)
      expect(made.status, `${name} ${made.text}`).toBe(201)
      expect(Object.keys(made.body).sort(), name).toEqual(Object.keys(shape(name).properties).sort())
      for (const field of Object.keys(row)) expect(Object.keys(shape(`${name}_new`).properties)).toContain(field)
      expect(Object.keys(row)).toEqual(expect.arrayContaining(shape(`${name}_new`).required ?? []))
    }
  })

  test('has a register that is published, with its fields as they are defined, and a private one masked', async () => {
    const definition = {
      name: 'workshops',
      label: '培训班',
      title: '培训班登记表',
      annex: 12,
      measure: '期',
      scope: 'unit',
      names: 'title',
      fields: [
        { name: 'title', label: '班名', type: 'text', required: true, max: 60 },
        { name: 'kind', label: '形式', type: 'choice', choices: ['线上', '线下'] },
        { name: 'phone', label: '班主任电话', type: 'phone', private: true },
      ],
      keys: [['title']],
      rules: [],
    }
    const province = await world.as('province')
    const { campaign_id } = world
    const { id, version } = (await province.post('/form_designs', { campaign_id, definition })).body
    await province.post(`/form_designs/${id}/publication`, { version }).expect(200)
    for (const username of people) {
      const document: ApiDocument = (await (await world.as(username)).get('/openapi.json', { campaign_id })).body
      const { valid, errors } = await new Validator().validate(structuredClone(document) as never)
      expect({ valid, errors }).toMatchObject({ valid: true })
      expect(document.paths['/workshops'] !== undefined).toBe(username !== 'juror1')
      expect(document.paths['/workshops']?.post !== undefined).toBe(['province', 'hefei'].includes(username))
    }
    const { components } = (await (await world.as('hefei')).get('/openapi.json', { campaign_id })).body as ApiDocument
    expect(components.schemas?.workshops_new).toMatchObject({
      required: ['title'],
      properties: {
        title: { type: 'string', maxLength: 60 },
        kind: { anyOf: [{ type: 'string', enum: ['线上', '线下'] }, { type: 'null' }] },
      },
    })
    const masked = (await (await world.as('cac')).get('/openapi.json', { campaign_id })).body as ApiDocument
    expect(JSON.stringify(masked.components.schemas?.workshops)).toContain('对您隐去')
  })

  test('is of the campaign that is asked for, and 404 for none and for somebody else', async () => {
    const agent = await world.as('hefei')
    const of = async (query: object) => (await agent.get('/openapi.json', { ...query })).body.paths
    expect(await of({ campaign_id: world.campaign_id })).toEqual(await of({}))
    expect((await agent.get('/openapi.json', { campaign_id: 987_654 })).status).toBe(404)
    expect((await agent.get('/openapi.json', { campaign_id: 'x' })).status).toBe(404)
    expect((await world.anonymous.get('/openapi.json')).status).toBe(401)
  })
})

/**
 * What PostgreSQL would refuse is refused before it: its log would hold the value. Every filter of every form with odd
 * values, the lists that are no forms, and bodies; then the cluster's log is read.
 */
import { readFileSync } from 'node:fs'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest'
import { Refusal } from '../../server/errors.ts'
import { forms } from '../../server/forms/index.ts'
import { whereOf } from '../../server/records/conditions.ts'
import { relationFor } from '../../server/records/read.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let province: Agent
let id: number

beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  id = (await province.post('/events', sample.events?.(1)).expect(201)).body.id
})
afterAll(() => world?.close())

describe('what PostgreSQL would refuse is refused before it', () => {
  const odd = [
    '',
    ' ',
    '5',
    5,
    '1e3',
    '0x10',
    '5.0',
    1.5,
    1e300,
    '99999999999',
    '-1',
    'NaN',
    'infinity',
    'abc',
    '[',
    '{',
    '{a',
  ].concat(
    [
      '2019-06-18',
      '2019-02-30',
      '0000-01-01',
      '2019-06-18 (x)',
      '2019-06-18T10:00',
      '2019-06-18T24:01',
      '99999-01-01',
      '%',
      '\\',
      '"',
    ] as never[],
    [null, true, 'true', {}, { a: 1 }, [], [[1]], ['abc'], [''], [null], ['2019-02-30'], [5, 'x']] as never[],
  )
  const few = ['%', 'abc', '', { a: 1 }, ['abc'], ['2019-02-30']]
  const ways = Object.entries({ '': odd, _gte: odd, _not: odd, _lte: few, _like: few, ':group': few, ':month': few })

  test.each(['province', 'juror1'] as const)('in every filter of every form, as %s', async (who) => {
    const { id: user_id } = (await (await world.as(who)).get('/me').expect(200)).body
    let asked = 0
    for (const form of Object.values(forms))
      await world.database.inTx({ user_id }, async (trx, person) => {
        if (!world.database.catalogue.sight(person.role, form).seen.has('id')) return
        const relation = relationFor(world.database, person, form.name)
        const conditions = [...relation.sight.seen.keys()].flatMap((name) =>
          ways.flatMap(([suffix, values]) =>
            values.flatMap((value) => {
              try {
                return [whereOf(relation, { [name + suffix]: value })]
              } catch (error) {
                expect(error).toBeInstanceOf(Refusal)
                return []
              }
            }),
          ),
        )
        asked += conditions.length
        for (let at = 0; at < conditions.length; at += 100)
          await sql`select from ${sql.table(form.name)} t where (${sql.join(conditions.slice(at, at + 100), sql`) or (`)}) limit 0`.execute(
            trx,
          )
      })
    expect(asked).toBeGreaterThan(500)
  })

  test('in every other list and body', async () => {
    for (const [path, names] of Object.entries({
      '/changes': [
        'form',
        'action',
        'row_id',
        'unit_id',
        'actor_id',
        'campaign_id',
        'import_id',
        'at_gte',
        'at_lte',
        'id',
      ],
      '/imports': ['id', 'form', 'state', 'campaign_id', 'unit_id'],
      '/filings': ['id', 'form', 'number', 'campaign_id', 'unit_id', 'covers_unit_id', 'collection_id'],
      '/operations': ['form', 'id'],
      '/users': ['id', 'unit_id', 'name'],
    }))
      for (const name of names)
        for (const got of await Promise.all(
          [...odd, 'a\u0000b', 3_000_000_000].map((value) => province.get(path, { filter: { [name]: value } })),
        ))
          expect([path, name, got.status]).toEqual([path, name, expect.toSatisfy((status) => status < 500)])
    for (const path of [
      `/events/${id}/%00`,
      '/%00',
      '/events?filter={"q":"\\u0000"}',
      '/files/01868',
      '/events/groups?by=title%00',
    ])
      expect((await province.get(path)).status).toBeLessThan(500)
    for (const [path, body] of [
      ['/login', { username: 'a\u0000b', password: 'x' }],
      ['/views', { form: 'events', name: 'a\u0000', layout: {} }],
      [`/events/${id}/comments`, { text: 'a\u0000b' }],
      [`/events/${id}/return`, { reason: 'a\u0000b' }],
      ['/operations', { form: 'events', kind: 'move', action: '\u0000', filter: {} }],
      ['/users', { username: 'xx', name: 'a\u0000', role: 'juror' }],
    ] as const)
      expect([path, (await province.post(path, body)).status]).toEqual([path, 400])
  })

  test('and the log says nothing of this world', async () => {
    const [{ name } = { name: '' }] = await world.owner<{ name: string }>('select current_database() as name')
    const lines = readFileSync(inject('clusterLog'), 'utf8').split('\n')
    expect(lines.filter((line) => line.startsWith(`${name} ERROR`) || line.startsWith(`${name} STATEMENT`))).toEqual([])
  })
})

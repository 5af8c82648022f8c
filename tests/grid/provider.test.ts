/** The grid over a react-admin data provider: what is refused of a batch. */
import { describe, expect, test } from 'vitest'
import { dataProviderSource } from '../../admin/grid/dataProviderSource.ts'

describe('over a data provider', () => {
  test('rows that are refused do not hold up the others', async () => {
    const sent: unknown[] = []
    const source = dataProviderSource(
      {
        getList: async () => ({ data: [], total: 0 }),
        async bulk(_, body) {
          sent.push(structuredClone(body))
          const bad = body.update.findIndex(({ a }) => a === '拒')
          if (bad >= 0) throw { status: 422, body: { errors: { update: { [bad]: { a: '不收。' } } } } }
          const stale = body.update.findIndex(({ version }) => version === 0)
          if (stale >= 0) throw { status: 409, body: { conflicts: { update: { [stale]: { id: 9, version: 3 } } } } }
          return { create: [], update: body.update.map((row) => ({ ...row, version: 2 })), remove: [] }
        },
      },
      'things',
    )
    const answer = await source.save({
      create: [],
      update: [
        { id: 1, version: 1, values: { a: '好' } },
        { id: 2, version: 1, values: { a: '拒' } },
        { id: 9, version: 0, values: { a: '晚' } },
      ],
      remove: [],
    })
    expect(answer.update).toEqual([
      { row: { id: 1, version: 2, a: '好' } },
      { errors: { a: '不收。' } },
      { conflict: { id: 9, version: 3 } },
    ])
    expect(sent).toHaveLength(3)
  })

  test('a refusal that names no row is tried row by row', async () => {
    const source = dataProviderSource(
      {
        getList: async () => ({ data: [], total: 0 }),
        async bulk(_, { update }) {
          if (update.some(({ id }) => id === 2)) throw { status: 404, body: { message: '没有这一行。' } }
          return { create: [], update: update.map((row) => ({ ...row })), remove: [] }
        },
      },
      'things',
    )
    const update = [1, 2].map((id) => ({ id, version: 1, values: { a: 'x' } }))
    const answer = await source.save({ create: [], update, remove: [] })
    expect(answer.update[0]).toEqual({ row: { id: 1, version: 1, a: 'x' } })
    expect(answer.update[1]).toHaveProperty('gone')
  })
})

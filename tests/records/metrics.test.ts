/**
 * What a campaign counts is data: one metric or eight, in all ways of counting. Quotas, imports of 附件1, papers and the board
 * follow; numbers are held against counting the rows by hand.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { anyMetric, COUNTED, type CountedMetric, byHand as naive, rowsOf } from '../support/counted.ts'
import { binary } from '../support/matrix.ts'
import { workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, type World } from '../support/world.ts'

type Row = Record<string, unknown>
type Amount = { done: number; pending: number; target: number | null }

let world: World
let province: Agent
let hefei: Agent
let campaign_id: number

const metric = (name: string, more: Row = {}) => ({
  campaign_id,
  name,
  label: `指标${name}`,
  measure: '场',
  form: 'events',
  counts: 'rows',
  position: 1,
  ...more,
})
const make = async (body: Row) => (await province.post('/metrics', body).expect(201)).body as Row & { id: number }
const progressOf = async (agent: Agent, campaign = campaign_id) =>
  (await agent.get('/reports/progress', { campaign_id: campaign }).expect(200)).body as {
    metrics: CountedMetric[]
    province: Record<string, Amount>
    units: (Record<string, Amount> & { unit: string })[]
    days: Record<string, Amount>[]
  }

beforeAll(async () => {
  world = await makeWorld()
  province = await world.as('province')
  hefei = await world.as('hefei')
  const made = await province
    .post('/campaigns', { year: 2019, name: '区级活动', starts_on: '2019-03-01', ends_on: '2019-12-31' })
    .expect(201)
  campaign_id = made.body.id
  await province.post(`/campaigns/${campaign_id}/opening`).expect(200)
})
afterAll(() => world?.close())

describe('a campaign without metrics', () => {
  test('has a board, a paper and quotas that say nothing, no 附件1, and nothing breaks', async () => {
    const { metrics, units, days } = await progressOf(province)
    expect([metrics, days]).toEqual([[], []])
    expect(units.length).toBeGreaterThan(10)
    await binary(province.get('/annexes/progress.xlsx', { campaign_id })).expect(200)
    await province.get('/annexes/1.xlsx', { campaign_id }).expect(404)
    const made = await province.post('/quotas', { campaign_id, unit_id: '合肥' }).expect(201)
    expect(Object.keys(made.body)).not.toContain('organizations')
    await province.delete(`/quotas/${made.body.id}`).expect(200)
  })
})

describe('a metric', () => {
  test('counts what there is: a form in force, a field of it that fits, a filter it can answer', async () => {
    for (const [more, field] of [
      [{ name: 'Bad name' }, 'name'],
      [{ name: 'unit_id' }, 'name'],
      [{ name: 'ctid' }, 'name'],
      [{ form: 'nothing' }, 'form'],
      [{ counts: 'sum' }, 'field'],
      [{ counts: 'sum', field: 'title' }, 'field'],
      [{ counts: 'sum', field: 'signed_count' }, 'field'],
      [{ counts: 'sum', field: 'views' }, 'field'],
      [{ counts: 'rows', field: 'headcount' }, 'field'],
      [{ counts: 'latest', field: 'headcount' }, 'field'],
      [{ counts: 'distinct', field: 'photos' }, 'field'],
      [{ filter: { nothing: 1 } }, 'filter'],
      [{ filter: { kind: '没有的' } }, 'filter'],
      [{ form: 'propagandists', filter: { phone: '13900000001' } }, 'filter'],
    ] as const) {
      const { status, body } = await province.post('/metrics', metric('visits_made', more))
      expect([more, status, Object.keys(body.errors ?? {})]).toEqual([more, 422, [field]])
    }
    for (const who of ['cac', 'hefei'] as const) {
      const agent = await world.as(who)
      await agent.get('/metrics', { filter: { campaign_id } }).expect(200)
      await agent.post('/metrics', metric('theirs')).expect(403)
    }
  })

  test('with quotas is a column of 附件1: in the grid, its import, its paper and on the board, and of no other campaign', async () => {
    const { id } = await make(metric('changci', { label: '活动场次', has_quota: true, synonyms: ['场次'] }))
    const [columns] = [
      Object.keys((await province.get('/quotas', { filter: { campaign_id: world.campaign_id } })).body[0]),
    ]
    expect(columns).toEqual(expect.arrayContaining(['organizations', 'netizens']))
    expect(columns).not.toContain('changci')

    const file = await workbookOf({
      分配: [
        ['单位', '场次'],
        ['合肥市', 3],
        ['淮北市', 5],
        ['合计', 8],
      ],
    })
    const { body: told } = await province.upload('/quotas/imports', file, '附件1.xlsx', {
      campaign_id: String(campaign_id),
    })
    expect(told).toMatchObject({ rows: 2, create: 2, error_count: 0 })
    await province.post(`/imports/${told.id}/apply`, {}).expect(200)
    const rows = (await province.get('/quotas', { filter: { campaign_id } }).expect(200)).body as Row[]
    expect(rows.map((row) => row.changci).sort()).toEqual([3, 5])
    expect(rows[0]).not.toHaveProperty('organizations')

    const wrong = await workbookOf({
      分配: [
        ['单位', '活动场次'],
        ['芜湖市', 3],
        ['合计', 9],
      ],
    })
    const { body: unequal } = await province.upload('/quotas/imports', wrong, '附件1.xlsx', {
      campaign_id: String(campaign_id),
    })
    expect(unequal.table_errors[0].message).toContain('活动场次的合计写 9，各行加起来是 3')
    await province.post('/quotas', { campaign_id, unit_id: '芜湖', changci: -1 }).expect(422)

    const paper = (await binary(province.get('/annexes/1.xlsx', { campaign_id })).expect(200)).body
    expect(JSON.stringify(await textsIn(paper))).toContain('活动')
    const { province: all, units } = await progressOf(province)
    expect(all.changci).toEqual({ done: 0, pending: 0, target: 8 })
    expect(units.find(({ unit }) => unit === '合肥')?.changci).toEqual({ done: 0, pending: 0, target: 3 })

    // another name takes the numbers along; what the history says of them stays
    const renamed = await province.put(`/metrics/${id}`, { version: 1, name: 'huodong' }).expect(200)
    const again = (await province.get('/quotas', { filter: { campaign_id } }).expect(200)).body as Row[]
    expect(again.map((row) => [row.huodong, 'changci' in row])).toEqual(
      expect.arrayContaining([
        [3, false],
        [5, false],
      ]),
    )
    await province.put(`/metrics/${id}`, { version: renamed.body.version, target: 20 }).expect(200)
    expect((await progressOf(hefei)).province.huodong).toMatchObject({ target: 20 })
  })

  test('leaves the database as it would be laid at the next start', async () => {
    const [row] = await world.owner<{ is_kept: boolean }>(
      `select split_part(hash, ' ', 2) = app.seal() as is_kept from migrations where name = 'security'`,
    )
    expect(row?.is_kept).toBe(true)
  })
})

const textsIn = async (bytes: Buffer): Promise<string[]> => {
  const { default: excel } = await import('exceljs')
  const book = new excel.Workbook()
  await book.xlsx.load(bytes as never)
  return (book.worksheets[0]?.getSheetValues() ?? []).flatMap((line) => (Array.isArray(line) ? line.map(String) : []))
}

// Against counting by hand --------------------------------------------------------------------------------------------

describe('the board', () => {
  test('has the numbers that counting by hand gives, for any eight metrics, unit by unit, in all and by day', async () => {
    for (const [who, first] of [
      ['hefei', 0],
      ['wuhu', 3],
    ] as const) {
      const agent = await world.as(who)
      for (const [form, bodyOf] of Object.entries(rowsOf)) {
        const create = Array.from({ length: 8 }, (_, n) => ({
          ...bodyOf(n + (form === 'reach' ? 0 : first)),
          campaign_id,
        }))
        const { body } = await agent.post(`/${form}/bulk`, { create })
        expect([form, body.message]).toEqual([form, undefined])
        const ids = body.create.map(({ id }: { id: number }) => id)
        const put = (some: number[], status: string) =>
          world.owner(`update ${form} set status = $1, version = version + 1 where id = any ($2)`, [status, some])
        await put(ids.slice(0, 4), 'approved')
        await put(ids.slice(4, 5), 'archived')
        await put(ids.slice(5, 7), 'submitted')
      }
    }
    const stored = Object.fromEntries(
      await Promise.all(
        Object.keys(rowsOf).map(async (form) => {
          const rows = await world.owner<Row>(
            `select to_jsonb(t) as row from ${form} t where campaign_id = $1 and deleted_at is null`,
            [campaign_id],
          )
          return [form, rows.map((each) => each.row as Row)] as const
        }),
      ),
    )
    const byHand = (head: CountedMetric, unit_id?: number): Omit<Amount, 'target'> => {
      const rows = (stored[head.form] ?? []).filter((each) => unit_id === undefined || each.unit_id === unit_id)
      const of = (states: readonly string[]) => rows.filter(({ status }) => states.includes(String(status)))
      const parts = (some: readonly Row[]) => naive(head, some)
      const done = parts(of(COUNTED))
      const expected = parts(of([...COUNTED, 'submitted']))
      return { done, pending: Math.max(0, expected - done) }
    }
    await fc.assert(
      fc.asyncProperty(fc.array(anyMetric, { minLength: 8, maxLength: 8 }), async (wanted) => {
        await world.owner(
          `update metrics set deleted_at = now(), version = version + 1 where campaign_id = $1 and deleted_at is null`,
          [campaign_id],
        )
        for (const [n, each] of wanted.entries()) await make(metric(`m_${n}`, { position: n + 1, ...each }))
        for (const [agent, ids] of [
          [province, undefined],
          [await world.as('cac'), undefined],
          [hefei, world.units.合肥],
        ] as const) {
          const told = await progressOf(agent)
          expect(told.metrics).toHaveLength(8)
          for (const head of told.metrics) {
            const { target: _, ...all } = told.province[head.name] as Amount
            const own = told.units.find(({ unit }) => unit === '合肥')?.[head.name]
            expect([head, all]).toEqual([head, byHand(head, ids)])
            expect([head, own]).toEqual([head, { ...byHand(head, world.units.合肥), target: null }])
            const days = told.days.reduce((sum, day) => sum + Number(day[head.name]?.done ?? 0), 0)
            expect([head, days]).toEqual([head, all.done])
          }
        }
      }),
      { numRuns: 8 },
    )
    await binary(province.get('/annexes/progress.xlsx', { campaign_id })).expect(200)
  })
})

// Between the check of a file and its writing others go on working: what is written is what the check has shown, and what
// they changed since is a conflict to be seen.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ShownRow } from '../../server/imports/stage/chunks.ts'
import { type Cells, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let next = 1

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
})
afterAll(() => world?.close())

const heading = ['姓名', '性别', '单位及职务', '手机', '发展日期', '所在工会']
const phoneOf = (n: number) => `1390009${String(n).padStart(4, '0')}`
const line = (n: number, more: { name?: string; gender?: string; job?: string; union?: string } = {}): Cells => [
  more.name ?? `丁${n}`,
  more.gender ?? '女',
  more.job ?? '测试厂 干事',
  phoneOf(n),
  '2019-07-01',
  more.union,
]
const check = async (rows: Cells[]) => {
  const answer = await hefei.upload(
    '/propagandists/imports',
    await workbookOf({ 宣传员: [heading, ...rows] }),
    '宣传员.xlsx',
  )
  expect(answer.status, answer.text.slice(0, 500)).toBe(200)
  return answer.body as { id: number } & Record<string, unknown>
}
const apply = (id: number, body = {}) => hefei.post(`/imports/${id}/apply`, body)
const rowsOf = async (id: number) => (await hefei.get(`/imports/${id}/rows`)).body as ShownRow[]
const make = async (n: number) => {
  const made = await hefei.post('/propagandists', { ...sample.propagandists?.(n), name: `丁${n}`, phone: phoneOf(n) })
  expect(made.status, made.text).toBe(201)
  return made.body as { id: number; version: number }
}
const change = (id: number, version: number, values: object) =>
  hefei.put(`/propagandists/${id}`, { version, ...values }).expect(200)
const stored = async (id: number) => (await hefei.get(`/propagandists/${id}`)).body as Record<string, unknown>

/** Applying is refused, nothing is written, and the import waits again, with what is the case now. */
async function expectRefused(id: number, changed: number) {
  const refused = await apply(id)
  expect([refused.status, refused.body.changed], refused.text).toEqual([409, changed])
  expect(refused.body.message).toMatch(/^核对以后，有 \d+ 行和系统里的不一样了.*整份都没有写入，已经重新核对/)
  const head = await hefei.get(`/imports/${id}`)
  expect(head.body).toMatchObject({ state: 'checked' })
  return head.body as Record<string, unknown>
}

describe('a row that changes a record', () => {
  test('is a conflict when somebody has changed the same cell since; what is chosen then is written', async () => {
    const [n, other] = [next++, next++]
    const { id: record } = await make(n)
    const { id } = await check([line(n, { job: '文件里的职务' }), line(other)])
    await change(record, 1, { job: '同事写的职务' })
    expect(await expectRefused(id, 1)).toMatchObject({ conflicts: 1, create: 1, update: 0 })
    expect(await stored(record)).toMatchObject({ job: '同事写的职务', version: 2 })
    expect(await world.owner('select from propagandists where phone = $1', [phoneOf(other)])).toEqual([])
    const [row] = await rowsOf(id)
    expect(row).toMatchObject({
      kind: 'conflict',
      conflicts: { job: { base: '测试厂 干事', theirs: '同事写的职务', mine: '文件里的职务' } },
    })
    expect((await apply(id)).status).toBe(422)
    await hefei.patch(`/imports/${id}/rows`, { choices: [{ n: 0, field: 'job', choice: 'mine' }] }).expect(200)
    // and once more, after it was decided against another value
    await change(record, 2, { job: '同事又写的职务' })
    expect(await expectRefused(id, 1)).toMatchObject({ conflicts: 1 })
    expect((await rowsOf(id))[0]?.conflicts?.job).toMatchObject({ base: '测试厂 干事', theirs: '同事又写的职务' })
    await hefei.patch(`/imports/${id}/rows`, { choices: [{ n: 0, field: 'job', choice: 'mine' }] }).expect(200)
    await apply(id).expect(200)
    expect(await stored(record)).toMatchObject({ job: '文件里的职务', version: 4 })
  })

  test('leaves alone what others wrote into cells that the file did not change', async () => {
    const n = next++
    const { id: record } = await make(n)
    const { id, update } = await check([line(n, { gender: '男' })])
    expect(update).toBe(1)
    await change(record, 1, { job: '同事写的职务' })
    expect(await expectRefused(id, 1)).toMatchObject({ conflicts: 0, update: 1 })
    expect((await rowsOf(id))[0]).toMatchObject({ before: { gender: '女' }, note: expect.stringMatching('别人改过') })
    await apply(id).expect(200)
    expect(await stored(record)).toMatchObject({ gender: '男', job: '同事写的职务' })
  })

  test('is written when others only changed what the file does not speak of', async () => {
    const n = next++
    const { id: record } = await make(n)
    const { id } = await check([line(n, { gender: '男' })])
    await change(record, 1, { followers: 4321 })
    await apply(id).expect(200)
    expect(await stored(record)).toMatchObject({ gender: '男', followers: 4321 })
  })

  test('is told when its record has been removed, and never made anew', async () => {
    const [n, same] = [next++, next++]
    const [{ id: record }, { id: unchanged }] = [await make(n), await make(same)]
    const { id } = await check([line(n, { gender: '男' }), line(same)])
    await hefei.delete(`/propagandists/${record}`).expect(200)
    await hefei.delete(`/propagandists/${unchanged}`).expect(200)
    expect(await expectRefused(id, 2)).toMatchObject({ wrong: 1, create: 0, unchanged: 1 })
    expect((await rowsOf(id))[0]?.errors?.gender).toMatch(/^这一行核对以后被删去了，在回收站里/)
    await apply(id, { only_valid: true }).expect(200)
    expect(
      await world.owner('select from propagandists where deleted_at is null and phone = any ($1)', [
        [phoneOf(n), phoneOf(same)],
      ]),
    ).toEqual([])
  })

  test('counts as corrected by hand too', async () => {
    const n = next++
    const { id: record } = await make(n)
    const { id } = await check([line(n)])
    await hefei.patch(`/imports/${id}/rows`, { corrections: [{ n: 0, field: 'job', value: '改过的职务' }] }).expect(200)
    await change(record, 1, { job: '同事写的职务' })
    expect(await expectRefused(id, 1)).toMatchObject({ conflicts: 1 })
    expect((await rowsOf(id))[0]?.conflicts?.job).toMatchObject({ theirs: '同事写的职务', mine: '改过的职务' })
  })
})

describe('a new row', () => {
  test('is a conflict when its key has meanwhile been taken, cell by cell', async () => {
    const n = next++
    const { id, create } = await check([line(n, { name: '文件里的人' })])
    expect(create).toBe(1)
    const { id: record } = await make(n)
    expect(await expectRefused(id, 1)).toMatchObject({ create: 0, update: 0, conflicts: 1 })
    expect((await rowsOf(id))[0]?.conflicts).toMatchObject({ name: { theirs: `丁${n}`, mine: '文件里的人' } })
    await hefei.patch(`/imports/${id}/rows`, { choices: [{ n: 0, field: 'name', choice: 'theirs' }] }).expect(200)
    await apply(id).expect(200)
    expect(await stored(record)).toMatchObject({ name: `丁${n}`, version: 1 })
  })

  test('is nothing any more when somebody has registered the very same', async () => {
    const n = next++
    const { id } = await check([line(n)])
    const { id: record } = await make(n)
    expect(await expectRefused(id, 1)).toMatchObject({ create: 0, unchanged: 1 })
    await apply(id).expect(200)
    expect(await stored(record)).toMatchObject({ version: 1 })
  })

  test('does not go to another record because that has taken over the name it refers to', async () => {
    const n = next++
    const union = { ...sample.organizations?.(1), name: '改名前的工会委员会' }
    const first = (await hefei.post('/organizations', union).expect(201)).body as { id: number }
    const { id } = await check([line(n, { union: '改名前的工会委员会' })])
    await hefei.put(`/organizations/${first.id}`, { version: 1, name: '改名后的工会委员会' }).expect(200)
    const second = (await hefei.post('/organizations', union).expect(201)).body as { id: number }
    expect(await expectRefused(id, 1)).toMatchObject({ create: 1 })
    await apply(id).expect(200)
    const [row] = await world.owner('select organization_id as id from propagandists where phone = $1', [phoneOf(n)])
    expect(row).toEqual({ id: second.id })
  })

  test('that was wrong when it was shown is not written because others made it right', async () => {
    const n = next++
    const { id, wrong } = await check([line(n, { union: '还没有的工会委员会' })])
    expect(wrong).toBe(1)
    await hefei.post('/organizations', { ...sample.organizations?.(2), name: '还没有的工会委员会' }).expect(201)
    const refused = await apply(id, { only_valid: true })
    expect([refused.status, refused.body.changed]).toEqual([409, 1])
    expect(await rowsOf(id)).toMatchObject([{ kind: 'create' }])
    await apply(id).expect(200)
  })
})

describe('at the same moment', () => {
  test('a change and an import of the same cell: one is written, the other told', async () => {
    for (let round = 0; round < 6; round++) {
      const n = next++
      const { id: record } = await make(n)
      const { id } = await check([line(n, { job: '文件里的职务' })])
      const [applied, changed] = await Promise.all([
        apply(id),
        hefei.put(`/propagandists/${record}`, { version: 1, job: '同事写的职务' }),
      ])
      const { job, version } = await stored(record)
      expect([
        [200, 409, '文件里的职务', 2],
        [409, 200, '同事写的职务', 2],
      ]).toContainEqual([applied.status, changed.status, job, version])
    }
  })

  test('two imports of the same new rows: one is written, the other is checked again', async () => {
    const rows = Array.from({ length: 20 }, () => next++)
    const [one, other] = [
      await check(rows.map((n) => line(n, { name: '甲' }))),
      await check(rows.map((n) => line(n, { name: '乙' }))),
    ]
    const answers = await Promise.all([apply(one.id), apply(other.id)])
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409])
    const phones = rows.map(phoneOf)
    const names = await world.owner('select distinct name from propagandists where phone = any ($1)', [phones])
    expect(names).toHaveLength(1)
    const second = answers[0].status === 409 ? one : other
    expect((await hefei.get(`/imports/${second.id}`)).body).toMatchObject({
      state: 'checked',
      conflicts: 20,
      create: 0,
    })
  })
})

// What a check comes to row by row: windows of it, decisions on it, and that those decisions, one after the other in any
// order, come to what checking the whole file with all of them would.
import ExcelJS from 'exceljs'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ShownRow } from '../../server/imports/stage/chunks.ts'
import { binary } from '../support/matrix.ts'
import { type Cells, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'

let world: World
let hefei: Agent
let wuhu: Agent
let province: Agent

beforeAll(async () => {
  world = await makeWorld()
  hefei = await world.as('hefei')
  wuhu = await world.as('wuhu')
  province = await world.as('province')
})
afterAll(() => world?.close())

const heading = ['序号', '姓名', '性别', '所在工会', '单位及职务', '手机', '账号类型', '粉丝数', '发展日期']
const person = (n: number, more: Partial<Record<string, string | number>> = {}): Cells => [
  n,
  more.name ?? `丁${n}`,
  more.gender ?? '女',
  more.union,
  more.job ?? '测试厂 干事',
  more.phone ?? `1390001${String(n).padStart(4, '0')}`,
  more.platform ?? '抖音',
  more.followers ?? 100 + n,
  more.on ?? '2019-07-01',
]
const upload = async (rows: Cells[], agent = hefei, form = 'propagandists') => {
  const answer = await agent.upload(`/${form}/imports`, await workbookOf({ 宣传员: rows }), '宣传员.xlsx')
  expect(answer.status, answer.text.slice(0, 500)).toBe(200)
  return answer.body as { id: number } & Record<string, unknown>
}
const rowsOf = async (id: number, filter = {}, range = [0, 99], agent = hefei) => {
  const answer = await agent.get(`/imports/${id}/rows`, { filter, range })
  expect(answer.status, answer.text).toBe(200)
  return { rows: answer.body as ShownRow[], range: answer.headers['content-range'] as string }
}

describe('a check, row by row', () => {
  test('tells of every row what it would become, with its words, its cells and what it says now', async () => {
    await hefei.post('/propagandists', { ...sample.propagandists?.(1), phone: '13900019001', name: '周一' }).expect(201)
    await hefei.post('/propagandists', { ...sample.propagandists?.(2), phone: '13900019002', name: '周二' }).expect(201)
    const { id, ...counts } = await upload([
      heading,
      person(1),
      person(2, { phone: '139 0001 9001', name: '周一', gender: '男' }),
      [3, '周二', '女', undefined, '测试厂 干事', '13900019002', '抖音', 120, '2019-07-01'],
      person(4, { phone: '1.36E+10' }),
      person(1),
      person(6, { phone: '13900010001', name: '戊' }),
    ])
    expect(counts).toMatchObject({
      rows: 6,
      create: 1,
      update: 1,
      unchanged: 1,
      wrong: 1,
      repeated: 2,
      conflicts: 0,
      left_out: 0,
    })
    const { rows, range } = await rowsOf(id)
    expect(range).toBe('rows 0-5/6')
    expect(rows.map(({ n, kind, row }) => [n, kind, row])).toEqual([
      [0, 'create', 2],
      [1, 'update', 3],
      [2, 'unchanged', 4],
      [3, 'wrong', 5],
      [4, 'repeated', 6],
      [5, 'repeated', 7],
    ])
    expect(rows[0]).toMatchObject({
      sheet: '宣传员',
      values: { name: '丁1', gender: '女', phone: '13900010001', followers: '101', appointed_on: '2019-07-01' },
      cells: { phone: 'F2', name: 'B2' },
    })
    expect(rows[1]).toMatchObject({
      values: { phone: '13900019001', gender: '男', followers: '102' },
      before: { gender: '女', followers: '120' },
    })
    expect(rows[3]).toMatchObject({
      values: { phone: '1.36E+10' },
      errors: { phone: expect.stringContaining('末几位丢了') },
    })
    expect(rows[4]).toMatchObject({
      note: expect.stringContaining('完全相同'),
      twin: { n: 0, row: 2, identical: true },
    })
    expect(rows[5]).toMatchObject({ note: expect.stringContaining('F2'), twin: { n: 0, identical: false } })
  })
})

type Head = { id: number; rows: number } & Record<string, unknown>
const patch = async (id: number, body: object, agent = hefei) => {
  const answer = await agent.patch(`/imports/${id}/rows`, body)
  expect(answer.status, answer.text.slice(0, 500)).toBe(200)
  return answer.body as { head: Head; rows: ShownRow[] }
}
/** Checks the file again from its bytes, with all decisions. */
const again = async ({ id, mapping }: Head): Promise<Head> => {
  const { sheets } = mapping as { sheets: { name: string }[] }
  const answer = await hefei.post(`/imports/${id}/mapping`, { sheets: [{ name: sheets[0]?.name, columns: {} }] })
  expect(answer.status, answer.text.slice(0, 500)).toBe(200)
  return answer.body
}
const allRows = async (id: number, total: number) => {
  const rows: ShownRow[] = []
  for (let from = 0; from < total; from += 500) rows.push(...(await rowsOf(id, {}, [from, from + 499])).rows)
  return rows
}
const told = ({ finished_at: _at, ...head }: Head) => head

describe('decisions', () => {
  test('a cell corrected is read as one types it, and what it takes to be right is said again', async () => {
    const { id } = await upload([heading, person(11, { phone: '1.36E+10', on: '2019-13-05' }), person(12)])
    const wrong = await patch(id, { corrections: [{ n: 0, field: 'phone', value: '138 0000 10' }] })
    expect(wrong.head).toMatchObject({ wrong: 1, error_count: 2, undecided: 1 })
    expect(wrong.rows[0]).toMatchObject({ n: 0, kind: 'wrong', values: { phone: '138 0000 10' } })
    expect(wrong.rows[0]?.errors?.phone).toContain('11 位')
    const half = await patch(id, { corrections: [{ n: 0, field: 'phone', value: '138 0000 1027' }] })
    expect(half.head).toMatchObject({
      wrong: 1,
      error_count: 1,
      errors: [{ cell: '宣传员!I2', field: 'appointed_on' }],
    })
    const right = await patch(id, { corrections: [{ n: 0, field: 'appointed_on', value: '2019年7月5日' }] })
    expect(right.head).toMatchObject({ wrong: 0, create: 2, error_count: 0, undecided: 0, errors: [] })
    const applied = await hefei.post(`/imports/${id}/apply`).expect(200)
    expect(applied.body).toMatchObject({ state: 'applied', create: 2 })
    const [row] = await world.owner(`select name, appointed_on::text from propagandists where phone = '13800001027'`)
    expect(row).toEqual({ name: '丁11', appointed_on: '2019-07-05' })
    expect((await rowsOf(id)).rows).toEqual([])
    await hefei.patch(`/imports/${id}/rows`, { left_out: [{ n: 0, out: true }] }).expect(409)
  })

  test('one phone under two names is decided by a person: nothing of it goes in before', async () => {
    const two = [heading, person(21), person(22, { phone: '13900010021', name: '己' })]
    const { id } = await upload(two)
    const refused = await hefei.post(`/imports/${id}/apply`).expect(422)
    expect(refused.body.message).toContain('1 行和文件里别的行是同一条')
    const kept = await patch(id, { left_out: [{ n: 0, out: true }] })
    expect(kept.head).toMatchObject({ create: 1, repeated: 0, left_out: 1, undecided: 0 })
    expect(kept.rows.map(({ n, kind }) => [n, kind])).toEqual([
      [0, 'left_out'],
      [1, 'create'],
    ])
    const other = await patch(id, {
      left_out: [
        { n: 0, out: false },
        { n: 1, out: true },
      ],
    })
    expect(other.head).toMatchObject({ create: 1, repeated: 0, left_out: 1, undecided: 0 })
    await hefei.post(`/imports/${id}/apply`).expect(200)
    expect(await world.owner(`select name from propagandists where phone = '13900010021'`)).toEqual([{ name: '丁21' }])
  })

  test('equal words that nothing goes by are decided once for all of them', async () => {
    for (const name of ['合肥第一建筑集团工会', '合肥第二中学工会', '合肥市庐州公交集团工会'])
      await hefei.post('/organizations', { ...sample.organizations?.(1), phone: null, name }).expect(201)
    const rows = [31, 32, 33].map((n) => person(n, { union: '合肥市一建' }))
    const { id, proposals } = await upload([heading, ...rows, person(34, { platform: '抖音号', union: '不知道' })])
    expect(proposals).toMatchObject([
      { field: 'organization_id', label: '所在工会', from: '合肥市一建', count: 3, chosen: null },
      { field: 'organization_id', from: '不知道', count: 1, options: [] },
      { field: 'platform', from: '抖音号', count: 1, options: [{ value: '抖音', label: '抖音' }] },
    ])
    expect((proposals as { options: unknown[] }[])[0]?.options[0]).toEqual({
      value: '合肥第一建筑集团工会',
      label: '合肥第一建筑集团工会',
    })
    const replacement = { field: 'organization_id', from: '合肥市一建', to: '合肥第一建筑集团工会' }
    const { head, rows: now } = await patch(id, { replacements: [replacement] })
    expect(head).toMatchObject({ create: 3, wrong: 1 })
    expect(head.proposals).toContainEqual(
      expect.objectContaining({ from: '合肥市一建', count: 3, chosen: '合肥第一建筑集团工会' }),
    )
    expect(now.map(({ n, kind, values }) => [n, kind, values.organization_id])).toEqual([
      [0, 'create', '合肥第一建筑集团工会'],
      [1, 'create', '合肥第一建筑集团工会'],
      [2, 'create', '合肥第一建筑集团工会'],
    ])
    const back = await patch(id, { replacements: [{ ...replacement, to: null }] })
    expect(back.head).toMatchObject({ create: 0, wrong: 4 })
    await patch(id, { replacements: [replacement, { field: 'platform', from: '抖音号', to: '抖音' }] })
    await patch(id, { corrections: [{ n: 3, field: 'organization_id', value: '' }] })
    await hefei.post(`/imports/${id}/apply`).expect(200)
    const [{ n } = { n: 0 }] = await world.owner<{ n: number }>(
      `select count(*)::integer as n from propagandists p join organizations o on o.id = p.organization_id where o.name = '合肥第一建筑集团工会'`,
    )
    expect(n).toBe(3)
  })

  test('a cell that two people changed is decided cell by cell', async () => {
    await wuhu.post('/propagandists', { ...sample.propagandists?.(1), job: '甲厂 干事', strength: '写作' }).expect(201)
    const exported = await binary(wuhu.get('/propagandists/export.xlsx')).expect(200)
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(exported.body as never)
    const [record] = (await wuhu.get('/propagandists')).body as { id: number; version: number }[]
    await wuhu
      .put(`/propagandists/${record?.id}`, { version: record?.version, job: '甲厂 主任', gender: '男' })
      .expect(200)
    book.worksheets[0]?.eachRow((row) =>
      row.eachCell((cell) => {
        if (cell.value === '甲厂 干事') cell.value = '甲厂 科长'
        if (cell.value === '写作') cell.value = '摄影'
      }),
    )
    const bytes = Buffer.from(await book.xlsx.writeBuffer())
    const { body } = await wuhu.upload('/propagandists/imports', bytes, '宣传员.xlsx')
    expect(body).toMatchObject({ rows: 1, conflicts: 1, update: 0, undecided: 1 })
    const { rows } = await rowsOf(body.id, { kind: 'conflict' }, [0, 9], wuhu)
    expect(rows[0]?.conflicts).toEqual({ job: { base: '甲厂 干事', theirs: '甲厂 主任', mine: '甲厂 科长' } })
    await wuhu.post(`/imports/${body.id}/apply`).expect(422)
    const mine = await patch(body.id, { choices: [{ n: 0, field: 'job', choice: 'mine' }] }, wuhu)
    expect(mine.head).toMatchObject({ conflicts: 0, update: 1, undecided: 0 })
    expect(mine.rows[0]).toMatchObject({ kind: 'update', before: { job: '甲厂 主任', strength: '写作' } })
    const theirs = await patch(body.id, { choices: [{ n: 0, field: 'job', choice: 'theirs' }] }, wuhu)
    expect(theirs.rows[0]).toMatchObject({ kind: 'update', before: { strength: '写作' } })
    await wuhu.post(`/imports/${body.id}/apply`).expect(200)
    const now = await world.owner('select job, gender, strength from propagandists where id = $1', [record?.id])
    expect(now).toEqual([{ job: '甲厂 主任', gender: '男', strength: '摄影' }])
  })

  test('refuses what is no decision, says what is wrong with it, and keeps nothing', async () => {
    const { id } = await upload([heading, person(41)])
    const bodies = [
      { correction: [] },
      { corrections: [{ n: 1, field: 'phone', value: '1' }] },
      { corrections: [{ n: -1, field: 'phone', value: '1' }] },
      { corrections: [{ n: 0, field: 'status', value: 'approved' }] },
      { corrections: [{ n: 0, field: 'phone', value: 13800001027 }] },
      { corrections: [{ n: 0, field: '__proto__', value: 'x' }] },
      { replacements: [{ field: 'platform', from: '', to: '抖音' }] },
      { replacements: [{ field: 'phone', from: '1', to: '2' }] },
      { choices: [{ n: 0, field: 'phone', choice: 'both' }] },
      { left_out: [{ n: 0, out: 'yes' }] },
      { left_out: 'all' },
      { left_out: [null] },
      { corrections: Array.from({ length: 10_001 }, () => ({ n: 0, field: 'phone', value: '1' })) },
    ]
    for (const body of bodies) {
      const answer = await hefei.patch(`/imports/${id}/rows`, body)
      expect([answer.status, answer.body.message?.length > 5], JSON.stringify(body).slice(0, 80)).toEqual([400, true])
    }
    const [{ decisions } = { decisions: null }] = await world.owner('select decisions from imports where id = $1', [id])
    expect(decisions).toEqual({})
  })

  test('belongs to the unit: others see nothing of it, the province reads and does not decide', async () => {
    const { id } = await upload([heading, person(51, { phone: '1' })])
    const decision = { left_out: [{ n: 0, out: true }] }
    await wuhu.get(`/imports/${id}/rows`).expect(404)
    await wuhu.patch(`/imports/${id}/rows`, decision).expect(404)
    await wuhu.post(`/imports/${id}/mapping`, { sheets: [{ name: '宣传员', columns: {} }] }).expect(404)
    await (await world.as('cac')).get(`/imports/${id}/rows`).expect(403)
    await (await world.as('juror1')).patch(`/imports/${id}/rows`, decision).expect(403)
    await world.anonymous.get(`/imports/${id}/rows`).expect(401)
    expect((await rowsOf(id, {}, [0, 9], province)).rows).toHaveLength(1)
    await province.patch(`/imports/${id}/rows`, decision).expect(403)
    await province.post(`/imports/${id}/mapping`, { sheets: [{ name: '宣传员', columns: {} }] }).expect(403)
    await hefei.get(`/imports/${id}/rows`, { filter: { kind: 'good' } }).expect(400)
    await hefei.get(`/imports/${id}/rows`, { filter: { phone: '1' } }).expect(400)
    expect((await rowsOf(id, { kind: 'wrong' })).range).toBe('rows 0-0/1')
    expect((await rowsOf(id, { kind: 'create' })).range).toBe('rows 0-0/0')
  })

  test('two cities with one phone: each is told that it is so, not where', async () => {
    await wuhu.post('/propagandists', { ...sample.propagandists?.(9), phone: '13900010061' }).expect(201)
    const { id, warnings } = await upload([heading, person(61), person(62)])
    expect(warnings).toEqual([{ sheet: '宣传员', cell: '宣传员!F2', message: expect.stringContaining('别的单位') }])
    const { rows } = await rowsOf(id)
    expect(rows.map(({ kind, note }) => [kind, note?.includes('别的单位') ?? false])).toEqual([
      ['create', true],
      ['create', false],
    ])
    expect(JSON.stringify(rows)).not.toContain('芜湖')
    await hefei.post(`/imports/${id}/apply`).expect(200)
    for (const agent of [hefei, wuhu]) {
      const todo = (await agent.get('/reports/todo').expect(200)).body
      expect(todo.shared_phones).toEqual([{ phone: '13900010061', units: [], ids: [expect.any(Number)] }])
    }
    const seen = (await province.get('/reports/todo').expect(200)).body.shared_phones
    expect(seen).toEqual([
      { phone: '13900010061', units: expect.arrayContaining(['合肥', '芜湖']), ids: expect.any(Array) },
    ])
  })
})

describe('decisions one after the other', () => {
  /** Repeatable chance. */
  const chance = (seed: number) => () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed / 2_147_483_648
  }
  const words = ['合肥市一建', '合肥第一建筑集团工会', '不知道', '']

  function decisionOf(random: () => number, rows: number): object {
    const n = () => Math.floor(random() * rows)
    const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T
    const phones = [
      '13900015000',
      '13900015001',
      '13900015002',
      '1.39E+10',
      '',
      `1390001${String(n() % 3000).padStart(4, '0')}`,
    ]
    const one = pick(['corrections', 'corrections', 'left_out', 'replacements'] as const)
    if (one === 'left_out')
      return {
        left_out: [
          { n: n(), out: random() < 0.7 },
          { n: n(), out: random() < 0.5 },
        ],
      }
    if (one === 'replacements')
      return {
        replacements: [
          {
            field: pick(['organization_id', 'platform']),
            from: pick([...words.slice(0, 3), '抖音号']),
            to: pick([null, '抖音', ...words.slice(1, 3)]),
          },
        ],
      }
    return {
      corrections: Array.from({ length: 1 + (n() % 3) }, () => {
        const field = pick(['phone', 'phone', 'name', 'organization_id', 'appointed_on', 'platform', 'gender'])
        const values: Record<string, string[]> = {
          phone: phones,
          organization_id: words,
          appointed_on: ['2019-07-01', '7月3日', '2019-02-30', ''],
          platform: ['抖音', '抖音号', '（清空）'],
          gender: ['男', '女', '他'],
          name: ['庚', ''],
        }
        const value = pick(values[field] ?? [''])
        return { n: n(), field, value: value === '' ? null : value }
      }),
    }
  }

  const file = (rows: number, random: () => number) =>
    Array.from({ length: rows }, (_, n) =>
      person(n + 1, {
        phone:
          n < 5
            ? `139${rows}${n + 1}`.padEnd(11, '7')
            : random() < 0.03
              ? '13900015001'
              : random() < 0.02
                ? '1.39E+10'
                : `1390001${String(n + 1).padStart(4, '0')}`,
        union: random() < 0.05 ? (words[Math.floor(random() * 3)] as string) : undefined,
        platform: random() < 0.03 ? '抖音号' : '抖音',
      }),
    )

  test.each([
    ['a short file, walked as a whole', 60, 25],
    ['a long one, of which a part is walked', 1_800, 40],
  ])('%s: rows and counts are what checking the file anew would say', async (_name, rows, rounds) => {
    const random = chance(rows)
    // some are registered already
    for (let n = 1; n <= 5; n++)
      await hefei
        .post('/propagandists', {
          ...sample.propagandists?.(n),
          phone: `139${rows}${n}`.padEnd(11, '7'),
          name: `丁${n}`,
        })
        .expect(201)
    const started = await upload([heading, ...file(rows, random)])
    let head = await again(started as Head)
    for (let round = 1; round <= rounds; round++) {
      const body = decisionOf(random, rows)
      const answer = await patch(head.id, body)
      head = answer.head
      const sum = ['create', 'update', 'unchanged', 'repeated', 'conflicts', 'wrong', 'left_out']
      expect(sum.reduce((all, name) => all + Number(head[name]), 0)).toBe(rows)
      if (round % 8 !== 0 && round !== rounds) continue
      const staged = await allRows(head.id, rows)
      for (const row of answer.rows) expect(staged[row.n]).toEqual(row)
      const fresh = await again(head)
      const fresh_rows = await allRows(head.id, rows)
      const different = fresh_rows.filter((row, n) => JSON.stringify(row) !== JSON.stringify(staged[n]))
      const first = different[0] && { fresh: different[0], staged: staged[different[0].n] }
      expect(first, `round ${round}: ${JSON.stringify(body)}`).toBeUndefined()
      expect(fresh_rows).toHaveLength(staged.length)
      expect(told(fresh)).toEqual(told(head))
    }
  })

  test('a long list of visits, known by more than one key: visits and people too', async () => {
    await hefei.post('/events', sample.events?.(1)).expect(201)
    const random = chance(7)
    const rows = 1_500
    const lines = Array.from({ length: rows }, (_, n): Cells => {
      const phone = random() < 0.3 ? undefined : random() < 0.1 ? '13800000099' : `1380001${String(n).padStart(4, '0')}`
      return ['第1场网络安全知识竞赛', `丁${n % 700}`, '测试厂', phone, random() < 0.02 ? '他' : '男']
    })
    const bytes = await workbookOf({ 签到: [['活动名称', '姓名', '单位', '手机号', '性别'], ...lines] })
    let { body: head } = (await hefei.upload('/attendance/imports', bytes, '签到.xlsx')) as { body: Head }
    head = await again(head)
    for (let round = 1; round <= 24; round++) {
      const n = () => Math.floor(random() * rows)
      const phones = [null, '13800000099', '1.38E+10', `1380001${String(n()).padStart(4, '0')}`]
      const bodies = [
        { corrections: [{ n: n(), field: 'phone', value: phones[round % 4] ?? null }] },
        {
          corrections: [
            { n: n(), field: 'name', value: `丁${n() % 700}` },
            { n: n(), field: 'workplace', value: '乙厂' },
          ],
        },
        {
          left_out: [
            { n: n(), out: true },
            { n: n(), out: true },
          ],
        },
        { replacements: [{ field: 'gender', from: '他', to: round % 2 ? '女' : null }] },
        { replacements: [{ field: 'event_id', from: '第1场网络安全知识竞赛', to: round === 12 ? '没有这场' : null }] },
      ]
      const answer = await patch(head.id, bodies[Math.floor(random() * (round % 12 ? 4 : 5))] ?? {})
      head = answer.head
      if (round % 6 !== 0) continue
      const staged = await allRows(head.id, rows)
      const fresh = await again(head)
      const fresh_rows = await allRows(head.id, rows)
      const different = fresh_rows.filter((row, at) => JSON.stringify(row) !== JSON.stringify(staged[at]))
      expect(different[0] && { fresh: different[0], staged: staged[different[0].n] }, `round ${round}`).toBeUndefined()
      expect(told(fresh)).toEqual(told(head))
    }
  })

  test('is applied as it was shown: from the staged rows, and not at all where they are no longer kept', async () => {
    const file = [heading, person(601, { name: '己一' }), person(602, { name: '己二' }), person(603, { name: '己三' })]
    const first = await upload(file)
    await world.owner(`update imports set content = '' where id = $1`, [first.id])
    const corrected = { corrections: [{ n: 1, field: 'name', value: '己二二' }] }
    await hefei.patch(`/imports/${first.id}/rows`, corrected).expect(200)
    expect((await hefei.post(`/imports/${first.id}/apply`)).body).toMatchObject({ state: 'applied', create: 3 })
    const second = await upload([...file, person(604, { name: '己四' })])
    await world.owner('delete from import_rows where import_id = $1', [second.id])
    expect((await hefei.post(`/imports/${second.id}/apply`)).status).toBe(409)
    const named = await world.owner<{ name: string }>(
      `select name from propagandists where phone like '1390001060_' order by phone`,
    )
    expect(named.map(({ name }) => name)).toEqual(['己一', '己二二', '己三'])
  })

  test('is not applied in part when what was read of it is no longer whole', async () => {
    const people = Array.from({ length: 600 }, (_, n) =>
      person(n, { name: `庚${n}`, phone: `1391234${String(n).padStart(4, '0')}` }),
    )
    const { id } = await upload([heading, ...people])
    const before = await world.owner('select count(*) as n from propagandists')
    await world.owner('delete from import_rows where import_id = $1 and first > 0', [id])
    const refused = await hefei.post(`/imports/${id}/apply`)
    expect([refused.status, refused.body.message]).toEqual([
      409,
      '这次核对的明细已经不全，没有写入。请重新上传这个文件。',
    ])
    expect(await world.owner('select count(*) as n from propagandists')).toEqual(before)
  })

  test('is left alone while another process is at it', async () => {
    const { id } = await upload([heading, person(8_001)])
    const other = new pg.Client({ connectionString: world.ownerUrl })
    await other.connect()
    try {
      await other.query('select pg_advisory_lock(7317202, $1)', [id])
      await world.owner(`update imports set state = 'applying', rows_done = 1 where id = $1`, [id])
      const refused = await hefei.post(`/imports/${id}/apply`)
      expect([refused.status, refused.body.message]).toEqual([409, '这次导入正在处理，请等它完成。'])
      expect((await hefei.get(`/imports/${id}`)).body).toMatchObject({ state: 'applying', rows_done: 1 })
    } finally {
      await other.end()
    }
  })

  test('50,000 rows: progress on the way, windows anywhere, a decision for one of them', async () => {
    const lines = Array.from(
      { length: 50_000 },
      (_, n) =>
        `第1场网络安全知识竞赛,丁${n},测试厂,${n % 5_000 === 7 ? '1.38E+10' : `138${String(n).padStart(8, '0')}`}`,
    )
    const csv = Buffer.from(['活动名称,姓名,单位,手机号', ...lines].join('\n'))
    const uploading = hefei.upload('/attendance/imports', csv, '签到.csv').then((answer) => answer)
    const seen: { state: string; rows_done: number; rows_total: number; rate: number | null }[] = []
    for (let asked = 0; asked < 400 && seen.at(-1)?.state !== 'checked'; asked++) {
      const [latest] = (await hefei.get('/imports', { range: [0, 0] })).body
      if (latest?.file_name === '签到.csv') seen.push((await hefei.get(`/imports/${latest.id}`)).body)
      await new Promise((done) => setTimeout(done, 20))
    }
    const amid = seen.find(({ state, rows_done }) => state === 'checking' && rows_done > 0)
    expect(amid).toMatchObject({ rows_total: 50_001, rate: expect.any(Number) })
    expect(amid?.rows_done).toBeLessThan(50_001)
    const { body } = await uploading
    expect(body.rate).toBeNull()
    expect(body).toMatchObject({ rows: 50_000, wrong: 10, create: 49_990 })
    const { rows, range } = await rowsOf(body.id, { kind: 'create' }, [49_980, 49_999])
    expect([rows.length, range, rows.at(-1)?.n]).toEqual([10, 'rows 49980-49989/49990', 49_999])
    expect((await rowsOf(body.id, { kind: 'wrong' })).rows.map(({ n }) => n % 5_000)).toEqual(new Array(10).fill(7))
    const { head } = await patch(body.id, { corrections: [{ n: 7, field: 'phone', value: '13900000001' }] })
    expect(head).toMatchObject({ rows: 50_000, wrong: 9, create: 49_991 })
  })
})

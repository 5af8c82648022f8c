/** 报送版: frozen, numbered, verifiable by anybody who holds the paper, comparable row by row, within everybody's scope. */
import ExcelJS from 'exceljs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { namedAt } from '../../server/filings/sent.ts'
import { compare, fingerprint, type Snapshot } from '../../server/filings/snapshot.ts'
import { type Form, forms } from '../../server/forms/index.ts'
import { binary, textsOf } from '../support/matrix.ts'
import { type Agent, makeWorld, sample, type Username, type World } from '../support/world.ts'

let world: World
const agents = {} as Record<Username, Agent>
let paper: Record<string, unknown> & { id: number; number: string; data_sha256: string }

const fill = async (who: Username, form: string, count: number) => {
  const rows = Array.from({ length: count }, (_, at) => sample[form]?.(at + 1) ?? {})
  const made = await agents[who].post(`/${form}/bulk`, { create: rows }).expect(200)
  return (made.body.create as { id: number; version: number }[]).map(({ id }) => id)
}

beforeAll(async () => {
  world = await makeWorld()
  for (const name of ['province', 'cac', 'hefei', 'wuhu', 'suzhou', 'juror1'] as const)
    agents[name] = await world.as(name)
  const ids = await fill('hefei', 'propagandists', 6)
  await agents.hefei.post('/propagandists/submission', { ids: ids.slice(0, 4) }).expect(200)
  await fill('wuhu', 'propagandists', 2)
  paper = (await agents.hefei.post('/filings', { form: 'propagandists' }).expect(201)).body
})
afterAll(() => world?.close())

const bookOf = async (who: Username, id: number): Promise<Buffer> =>
  (await binary(agents[who].get(`/filings/${id}/file.xlsx`)).expect(200)).body
const verify = (bytes: Buffer, name = '附件4.xlsx') =>
  agents.hefei.upload(`/filings/${paper.id}/verification`, bytes, name)

/** The workbook opened and saved by another program, one cell of it changed. */
async function edited(bytes: Buffer, change: (sheet: ExcelJS.Worksheet) => void): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(bytes as unknown as ArrayBuffer)
  change(book.worksheets[0] as ExcelJS.Worksheet)
  return Buffer.from(await book.xlsx.writeBuffer())
}
const rowOf = (sheet: ExcelJS.Worksheet, name: string) => {
  let found = 0
  sheet.eachRow((row, number) => {
    if (Array.isArray(row.values) && row.values.includes(name)) found = number
  })
  return sheet.getRow(found)
}

describe('a paper', () => {
  test('holds what was handed in and bears number, fingerprint and a QR code', async () => {
    expect(paper).toMatchObject({ rows: 4, is_new: true, is_latest: true, covers_unit_id_label: '合肥' })
    expect(paper.number).toMatch(/^2019-4-0001-[2-9A-Z]{6}$/)
    const bytes = await bookOf('hefei', paper.id)
    const words = (await textsOf(bytes)).join('\n')
    expect(words).toContain(`报送编号：${paper.number}`)
    expect(words).toContain(paper.data_sha256)
    expect(words).toContain(`/verify/${paper.number}`)
    const book = new ExcelJS.Workbook()
    await book.xlsx.load(bytes as unknown as ArrayBuffer)
    const sheet = book.worksheets[0] as ExcelJS.Worksheet
    expect(sheet.headerFooter.oddFooter).toContain(paper.number)
    expect(sheet.getImages()).toHaveLength(1)
  })

  test('is the same paper while nothing has changed, and a new one with the next number when something has', async () => {
    const again = await agents.hefei.post('/filings', { form: 'propagandists' }).expect(200)
    expect(again.body).toMatchObject({ id: paper.id, number: paper.number, is_new: false })
    const other = await agents.wuhu.post('/filings', { form: 'propagandists' }).expect(409)
    expect(other.body.message).toContain('先提交')
    const all = await agents.province.post('/filings', { form: 'propagandists' }).expect(201)
    expect(all.body).toMatchObject({ rows: 4, covers_unit_id: null })
    expect(all.body.number).toMatch(/^2019-4-0002-/)
  })

  test.each(['quotas', 'collections'])('of %s is the province’s', async (form) => {
    await agents.hefei.post('/filings', { form }).expect(403)
    await agents.province.post('/filings', { form }).expect(201)
  })

  test('is refused for what is no annex, for another unit, for strange words', async () => {
    await agents.hefei.post('/filings', { form: 'stages' }).expect(422)
    await agents.hefei.post('/filings', { form: 'propagandists', unit_id: world.units.芜湖 }).expect(403)
    await agents.hefei.post('/filings', { form: 'submissions', collection_id: world.collections.C5 }).expect(403)
    await agents.hefei.post('/filings', { form: 'propagandists', note: 1 }).expect(400)
    await agents.cac.post('/filings', { form: 'propagandists' }).expect(403)
    await agents.juror1.post('/filings', { form: 'propagandists' }).expect(403)
  })
})

describe('who may read it', () => {
  test('the unit and the province; others find neither the paper nor a trace of it', async () => {
    for (const who of ['wuhu', 'suzhou', 'cac', 'juror1'] as const) {
      const refused = who === 'cac' || who === 'juror1' ? 403 : 404
      for (const path of ['', '/file.xlsx', '/compare?with=now'])
        await agents[who].get(`/filings/${paper.id}${path}`).expect(refused)
    }
    const listed = await agents.wuhu.get('/filings').expect(200)
    expect([listed.body, listed.headers['content-range']]).toEqual([[], 'filings 0-0/0'])
    expect((await agents.hefei.get('/filings').expect(200)).body.map(({ id }: { id: number }) => id)).toEqual([
      paper.id,
    ])
    await agents.province.get(`/filings/${paper.id}`).expect(200)
    await world.anonymous.get(`/filings/${paper.id}`).expect(401)
  })

  test('a host hands in its collection', async () => {
    const [id] = await fill('hefei', 'submissions', 1)
    await agents.hefei.post('/submissions/submission', { ids: [id] }).expect(200)
    const made = await agents.suzhou
      .post('/filings', { form: 'submissions', collection_id: world.collections.C5 })
      .expect(201)
    expect(made.body).toMatchObject({ rows: 1, covers_unit_id: null })
    expect((await textsOf(await bookOf('suzhou', made.body.id))).join()).not.toContain('13600000001')
    await agents.hefei.get(`/filings/${made.body.id}`).expect(404)
  })

  test('nobody changes one', async () => {
    await expect(
      world.database.inTx({ user_id: 1 }, async (trx) => trx.deleteFrom('filings').execute()),
    ).rejects.toThrow()
  })
})

describe('verifying', () => {
  test('anybody learns what a number stands for, and no row of it', async () => {
    const told = (await world.anonymous.get(`/verify/${paper.number.toLowerCase()}`).expect(200)).body
    expect(told).toMatchObject({
      number: paper.number,
      form: 'propagandists',
      annex: 4,
      year: 2019,
      unit: '合肥市总工会',
      rows: 4,
      data_sha256: paper.data_sha256,
      later: null,
    })
    await world.anonymous.get('/verify/2019-4-0001-AAAAAA').expect(404)
    await world.anonymous.get("/verify/2019-4-0001-AAAAA'").expect(404)
  })

  test('the number of an annex has as many digits as it needs, none of them an idle nought', async () => {
    const renumber = (number: string) => world.owner('update filings set number = $1 where id = $2', [number, paper.id])
    await renumber('2019-10-0001-ABCDEF')
    expect((await world.anonymous.get('/verify/2019-10-0001-ABCDEF').expect(200)).body).toMatchObject({ rows: 4 })
    await expect(renumber('2019-01-0001-ABCDEF')).rejects.toThrow(/filings_number_check/)
    await renumber(paper.number)
  })

  test('the file itself, and the file saved again by another program, are the registered one', async () => {
    const bytes = await bookOf('hefei', paper.id)
    expect((await verify(bytes).expect(200)).body).toMatchObject({ matches: true, is_same_file: true })
    const saved = await edited(bytes, (sheet) => {
      sheet.getColumn(3).width = 40
    })
    expect((await verify(saved).expect(200)).body).toMatchObject({ matches: true, is_same_file: false })
  })

  test('one changed cell is found and named', async () => {
    const forged = await edited(await bookOf('hefei', paper.id), (sheet) => {
      const row = rowOf(sheet, '丁2')
      row.eachCell((cell) => {
        if (cell.value === '抖音') cell.value = '微博'
      })
    })
    const { matches, difference } = (await verify(forged).expect(200)).body
    expect(matches).toBe(false)
    expect(difference.counts).toEqual({ added: 0, removed: 0, changed: 1 })
    expect(difference.changed[0]).toMatchObject({ row: 2, name: '丁2', cells: [{ before: '抖音', after: '微博' }] })
  })

  test('title, unit, headings, 合计, the row below the seal and the column beside are compared as well', async () => {
    const events = await paperOf('events')
    const bytes = await bookOf(events.who, events.id)
    const change = async (where: (sheet: ExcelJS.Worksheet) => ExcelJS.Cell, value: ExcelJS.CellValue) => {
      const forged = await edited(bytes, (sheet) => Object.assign(where(sheet), { value }))
      const { body } = await hold(events, forged).expect(200)
      return { matches: body.matches, head: body.difference?.head, counts: body.difference?.counts }
    }
    const find = (sheet: ExcelJS.Worksheet, text: string) => {
      const found: ExcelJS.Cell[] = []
      sheet.eachRow((row) => row.eachCell((cell) => cell.text.includes(text) && found.push(cell)))
      return found[0] as ExcelJS.Cell
    }
    const none = { added: 0, removed: 0, changed: 0 }
    const told = (heading: string, before: unknown, after: unknown) => ({
      matches: false,
      head: [{ heading, before, after }],
      counts: none,
    })
    const title = '2019年线下活动统计表'
    const another = '2020年线下活动统计表'
    expect(await change((sheet) => find(sheet, title), another)).toEqual(told('标题', title, another))
    const unit = await change((sheet) => find(sheet, '填报单位'), '填报单位（盖章）：芜湖市总工会')
    expect(unit).toEqual(told('填报单位', '合肥市总工会', '芜湖市总工会'))
    const heading = await change((sheet) => find(sheet, '走进企业'), '走访企业')
    expect(heading).toEqual(told('表头', '走进企业', '走访企业'))
    const at = (sheet: ExcelJS.Worksheet, row: string, column: string) =>
      sheet.getCell(Number(find(sheet, row).row), Number(find(sheet, column).col))
    const total = await change((sheet) => at(sheet, '合计', '面对面职工人数'), 9999)
    expect(total).toEqual(told('合计 人数 面对面职工人数', '160', '9999'))
    const adds = await change((sheet) => at(sheet, '合计', '面对面职工人数'), { formula: 'SUM(J1:J2)+1' })
    expect(adds).toEqual(told('合计 人数 面对面职工人数', '160', '（读不出）'))
    const beside = await change((sheet) => sheet.getCell(Number(find(sheet, '第1场').row), 20), '加一格')
    expect(beside).toMatchObject({ matches: false, head: [{ before: '', after: '加一格' }], counts: none })
    const below = await change((sheet) => sheet.getCell(Number(find(sheet, '报送编号').row) + 5, 2), '补一场')
    expect(below).toMatchObject({ matches: false, counts: { added: 1, removed: 0, changed: 0 } })
  })

  test('rows in another order are the registered ones, and said to be', async () => {
    const events = await paperOf('events')
    const sorted = await edited(await bookOf(events.who, events.id), (sheet) => {
      const [one, two] = [rowOf(sheet, '第1场网络安全知识竞赛'), rowOf(sheet, '第2场网络安全知识竞赛')]
      const [first, second] = [one.values, two.values]
      one.values = second
      two.values = first
    })
    expect((await hold(events, sorted).expect(200)).body).toMatchObject({ matches: true, is_reordered: true })
  })

  test('what is no such workbook is refused with a sentence', async () => {
    expect((await verify(Buffer.from('不是工作簿')).expect(422)).body.message).toMatch(/。$/)
  })
})

// What programs make of a paper that they save again -------------------------------------------------------------------

type Paper = { id: number; form: string; who: Username }
const papers = new Map<string, Promise<Paper>>()

/** One paper of each annex, all of its columns filled; works as their host hands them in, with masked phones. */
const paperOf = (form: string): Promise<Paper> => {
  const known = papers.get(form) ?? makePaper(form)
  papers.set(form, known)
  return known
}
async function makePaper(form: string): Promise<Paper> {
  const who = form === 'submissions' ? 'suzhou' : forms[form]?.scope === 'unit' ? 'hefei' : 'province'
  for (const [of, rows] of Object.entries(full[form] ?? {})) {
    const { create, message } = (await agents.hefei.post(`/${of}/bulk`, { create: rows })).body
    expect([of, message]).toEqual([of, undefined])
    await agents.hefei.post(`/${of}/submission`, { ids: create.map(({ id }: { id: number }) => id) }).expect(200)
  }
  // which work a prize is for is said by its host only, along a longer way than this scene needs
  await world.owner(
    `update awards a set submission_id = s.id, version = a.version + 1 from submissions s where s.title = a.target and a.submission_id is null`,
  )
  const asked = { form, ...(form === 'submissions' && { collection_id: world.collections.C5 }) }
  const made = await agents[who].post('/filings', asked)
  expect([form, made.body.message]).toEqual([form, undefined])
  return { id: made.body.id, form, who }
}
const note = '联系人 2019-06-18 起换\n第 007 号'
/** What is entered before the paper of a form is made: also what its derived columns count. */
const full: Record<string, Record<string, object[]>> = {
  organizations: {
    organizations: [
      { ...sample.organizations?.(1), parent_union: '合肥市总工会', credit_code: '913401007117771143', remark: note },
      { ...sample.organizations?.(2), phone: '0551-62345678', remark: '007' },
      { ...sample.organizations?.(3), phone: '055162345678', contact: null },
    ],
  },
  events: {
    events: [
      { ...sample.events?.(1), enterprise: '测试厂', ended_on: '2019-07-11', summary: '三场\n同日', remark: note },
      { ...sample.events?.(2), media_links: 'https://a.example/1\nhttps://a.example/2' },
    ],
    attendance: [1, 2, 3].map((n) => ({ ...sample.attendance?.(n), gender: '女', job: '钳工', way: '扫码' })),
  },
  attendance: {
    attendance: [{ ...sample.attendance?.(9), signed_at: '2019-07-10 09:00:30', remark: note }],
  },
  reach: {
    reach: [
      { ...sample.reach?.(1), url: 'https://a.example/1', interactions: 12 },
      {
        ...sample.reach?.(1),
        url: 'https://a.example/1',
        counted_on: '2019-08-15',
        views: 1300,
        people: 1000,
        interactions: 15,
      },
      { ...sample.reach?.(2), remark: note },
    ],
  },
  submissions: {
    submissions: [2, 3].map((n) => ({
      ...sample.submissions?.(n),
      description: '两年\n三地',
      url: `https://a.example/${n}`,
    })),
  },
  awards: {
    awards: [
      {
        ...sample.awards?.(1),
        unit_opinion: '同意推荐',
        publicity_from: '2019-11-01',
        publicity_to: '2019-11-08',
        rank: 1,
      },
      { category: '推荐全国', target: '测试作品2', deeds: note },
    ],
  },
}
const hold = ({ who, id }: Paper, bytes: Buffer) =>
  agents[who].upload(`/filings/${id}/verification`, bytes, '另存.xlsx')

const dayOf = (value: Date) => value.toISOString().slice(0, 10)
const serialOf = (value: Date) => value.getTime() / 86_400_000 + 25_569
const asDate = (text: string) => new Date(`${text.length === 7 ? `${text}-01` : text.replace(' ', 'T')}Z`)
/** What becomes of one cell. */
const programs: Record<string, (cell: ExcelJS.Cell) => void> = {
  'saved as it is, formulas without results': (cell) => {
    if (cell.formula) cell.value = { formula: cell.formula } as ExcelJS.CellValue
  },
  'numbers and days as words': (cell) => {
    if (typeof cell.value === 'number') cell.value = String(cell.value)
    else if (cell.value instanceof Date) cell.value = dayOf(cell.value).replaceAll('-0', '/').replaceAll('-', '/')
  },
  'words as numbers, days as bare numbers': (cell) => {
    if (cell.value instanceof Date) cell.value = serialOf(cell.value)
    else if (typeof cell.value === 'string' && /^\d{1,15}$/.test(cell.value)) cell.value = Number(cell.value)
    if (!cell.formula) cell.numFmt = 'General'
  },
  'words that look like days as days, ends of lines of another kind': (cell) => {
    if (typeof cell.value !== 'string') return
    if (/^\d{4}-\d\d( \d\d:\d\d(:\d\d)?|-\d\d)?$/.test(cell.value)) {
      cell.value = asDate(cell.value)
      cell.numFmt = 'yyyy/m/d h:mm'
    } else cell.value = cell.value.replaceAll('\n', '\r\n')
  },
}
const annexes = Object.values(forms).flatMap(({ name, annex }) => (annex ? [name] : []))

describe('a paper saved again by another program is the registered one', () => {
  test.each(annexes)('%s, whatever its cells were made into; and each cell that was changed is named', async (form) => {
    const filed = await paperOf(form)
    const bytes = await bookOf(filed.who, filed.id)
    const cells = (sheet: ExcelJS.Worksheet) => {
      const found: ExcelJS.Cell[] = []
      sheet.eachRow((row) => row.eachCell((cell) => cell.master === cell && found.push(cell)))
      return found
    }
    for (const [name, change] of Object.entries(programs)) {
      const saved = await edited(bytes, (sheet) => cells(sheet).forEach(change))
      const { body } = await hold(filed, saved).expect(200)
      expect([name, body.difference, body.matches, body.is_reordered]).toEqual([name, null, true, false])
    }
    const [kept] = await world.owner<{ snapshot: Snapshot }>('select snapshot from filings where id = $1', [filed.id])
    const { headings } = (kept as { snapshot: Snapshot }).snapshot
    // a row is known by its name, or by all of its words but the name
    const named = namedAt(forms[form] as Form, { headings } as Snapshot)
    const all = headings.map((_, column) => column)
    for (const columns of [all.filter((column) => column !== named), [named]]) {
      const forged = await edited(bytes, (sheet) => {
        sheet.eachRow((row) => {
          if (row.getCell(1).text !== '1') return
          for (const column of columns) row.getCell(column + 2).value = '改过'
        })
      })
      const { difference } = (await hold(filed, forged).expect(200)).body
      expect(difference.counts).toEqual({ added: 0, removed: 0, changed: 1 })
      expect(difference.changed[0].cells.map(({ heading }: { heading: string }) => heading)).toEqual(
        columns.map((column) => headings[column]),
      )
    }
  })
})

describe('the fingerprint of a paper with one row', () => {
  test('tells nobody the phone on it: it is salted, and the salt stays with the paper', async () => {
    await agents.wuhu.post('/propagandists/submission', { ids: [(await agents.wuhu.get('/propagandists')).body[0].id] })
    const made = (await agents.wuhu.post('/filings', { form: 'propagandists' }).expect(201)).body
    const [kept] = await world.owner<{ snapshot: Snapshot; salt: string }>(
      'select snapshot, salt from filings where id = $1',
      [made.id],
    )
    const snapshot = kept?.snapshot as Snapshot
    expect(fingerprint(snapshot, null)).not.toBe(made.data_sha256)
    expect(fingerprint(snapshot, kept?.salt ?? '')).toBe(made.data_sha256)
    const told = [(await world.anonymous.get(`/verify/${made.number}`)).text, JSON.stringify(made)]
    expect(told.join()).not.toContain(kept?.salt)
    expect((await agents.wuhu.post('/filings', { form: 'propagandists' }).expect(200)).body.id).toBe(made.id)

    // a paper of before there were salts
    await world.owner('update filings set salt = null, data_sha256 = $2 where id = $1', [
      made.id,
      fingerprint(snapshot, null),
    ])
    const before = (await world.anonymous.get(`/verify/${made.number}`).expect(200)).body
    expect(before.data_sha256).toBe(`${fingerprint(snapshot, null).slice(0, 4)}…`)
    const saved = await edited(await bookOf('wuhu', made.id), () => {})
    expect((await hold({ id: made.id, form: 'propagandists', who: 'wuhu' }, saved).expect(200)).body.matches).toBe(true)
    expect((await agents.wuhu.post('/filings', { form: 'propagandists' }).expect(200)).body.id).toBe(made.id)
  })
})

describe('the address on a paper', () => {
  const file = () => agents.suzhou.post('/filings', { form: 'propagandists' })
  const printed = async (id: number) =>
    /核对真伪：(.+)\/verify\//.exec((await textsOf(await bookOf('suzhou', id))).join('\n'))?.[1]
  const told = async (id: number, number: string) => {
    const [mine] = (await agents.suzhou.get('/filings', { filter: { id } }).expect(200)).body
    const one = (await agents.suzhou.get(`/filings/${id}`).expect(200)).body
    const facts = (await world.anonymous.get(`/verify/${number}`).expect(200)).body
    return [mine, one, facts].map(({ address, leads_here }) => [address, leads_here])
  }

  test('is the server’s own, whatever a request says of its host', async () => {
    const ids = await fill('suzhou', 'propagandists', 2)
    await agents.suzhou.post('/propagandists/submission', { ids }).expect(200)
    await file().set('Host', 'evil.test').set('Origin', 'http://evil.test').expect(403)
    const made = await file().set('Host', 'evil.test').set('X-Forwarded-Host', 'evil.test').expect(201)
    expect(await printed(made.body.id)).toBe(world.address)
    expect(made.body).toMatchObject({ address: world.address, leads_here: true })
  })

  test('is told of papers of before, read off them; one that leads elsewhere is issued again', async () => {
    const { id, number } = (await file().expect(200)).body
    await world.owner('update filings set address = null where id = $1', [id])
    expect(await told(id, number)).toEqual(Array(3).fill([world.address, true]))
    expect(await world.owner('select address from filings where id = $1', [id])).toEqual([{ address: world.address }])
    expect((await file().expect(200)).body.id).toBe(id)

    await world.owner(`update filings set address = 'http://evil.test' where id = $1`, [id])
    expect(await told(id, number)).toEqual(Array(3).fill(['http://evil.test', false]))
    const again = (await file().expect(201)).body
    expect([await printed(again.id), again.leads_here]).toEqual([world.address, true])
    expect((await world.anonymous.get(`/verify/${number}`).expect(200)).body.later).toBe(again.number)
    expect((await file().expect(200)).body.id).toBe(again.id)
  })
})

test('a paper is held against today and against a later one', async () => {
  const [first] = (await agents.hefei.get('/propagandists', { filter: { name: '丁1' } }).expect(200)).body
  await agents.province.post(`/propagandists/${first.id}/return`, { reason: '电话有误' }).expect(200)
  const back = (await agents.hefei.get(`/propagandists/${first.id}`).expect(200)).body
  await agents.hefei.put(`/propagandists/${first.id}`, { version: back.version, followers: 999 }).expect(200)
  await agents.hefei.post(`/propagandists/${first.id}/submission`).expect(200)
  const [, , third] = (await agents.hefei.get('/propagandists', { sort: ['id', 'ASC'] }).expect(200)).body
  await agents.hefei.post(`/propagandists/${third.id}/withdrawal`).expect(200)
  const now = (await agents.hefei.get(`/filings/${paper.id}/compare?with=now`).expect(200)).body
  expect(now.counts).toEqual({ added: 0, removed: 1, changed: 1 })
  expect(now.changed[0].cells).toEqual([{ heading: expect.stringContaining('粉丝'), before: '120', after: '999' }])
  expect(now.removed[0].name).toBe('丁3')
  const later = (await agents.hefei.post('/filings', { form: 'propagandists' }).expect(201)).body
  const both = (await agents.hefei.get(`/filings/${paper.id}/compare?with=${later.id}`).expect(200)).body
  expect(both).toEqual(now)
  expect((await world.anonymous.get(`/verify/${paper.number}`)).body.later).toBe(later.number)
  expect((await agents.hefei.get(`/filings/${paper.id}`)).body.is_latest).toBe(false)
})

describe('comparing', () => {
  const snapshot = (rows: [number | null, string, string][]): Snapshot => ({
    title: '表',
    unit: '甲',
    headings: ['姓名', '平台'],
    lines: rows.map(([id, ...values]) => ({ id, values })),
  })
  test('rows go together by record, else by equal words, name, or all but the name', () => {
    const before = snapshot([
      [1, '甲', '抖音'],
      [2, '乙', '微博'],
      [3, '丙', '微信'],
    ])
    expect(
      compare(
        before,
        snapshot([
          [3, '丙', '微信'],
          [1, '甲二', '抖音'],
        ]),
        0,
      ),
    ).toMatchObject({
      same: 1,
      changed: [{ row: 2, of: 1, cells: [{ heading: '姓名', before: '甲', after: '甲二' }] }],
      removed: [{ row: 2, name: '乙' }],
      counts: { added: 0, removed: 1, changed: 1 },
    })
    const sent = snapshot([
      [null, '乙', '微博'],
      [null, '甲', '快手'],
      [null, '丁', '小红书'],
    ])
    expect(compare(before, sent, 0).counts).toEqual({ added: 1, removed: 1, changed: 1 })
  })
  test('the fingerprint is the words’: order and cells count, numbers are as printed', () => {
    const one = fingerprint(
      snapshot([
        [1, '甲', '1'],
        [2, '乙', '2'],
      ]),
      null,
    )
    expect(
      fingerprint(
        snapshot([
          [9, '甲', '1'],
          [8, '乙', '2'],
        ]),
        null,
      ),
    ).toBe(one)
    expect(
      fingerprint(
        snapshot([
          [2, '乙', '2'],
          [1, '甲', '1'],
        ]),
        null,
      ),
    ).not.toBe(one)
    expect(
      fingerprint(
        snapshot([
          [1, '甲1', ''],
          [2, '乙', '2'],
        ]),
        null,
      ),
    ).not.toBe(one)
  })
})

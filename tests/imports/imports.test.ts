// Uploading workbooks through HTTP: what every file of the fixtures gives, when it is written, and that it is written whole.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { forms, registers } from '../../server/forms/index.ts'
import { type Cells, fetched, fixture, workbookOf } from '../support/workbooks.ts'
import { type Agent, makeWorld, sample, type World } from '../support/world.ts'
import { makeWorkbook } from '../support/zip.ts'

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

const count = async (table: string, where = 'true') =>
  Number(
    (
      await world.owner<{ n: number }>(
        `select count(*)::integer as n from ${table} where deleted_at is null and ${where}`,
      )
    )[0]?.n,
  )

describe('what clerks send, in the order in which it refers to each other', () => {
  const heading = ['序号', '姓名', '单位及职务', '手机', '发展日期']

  test('附件1, as the province: the numbers that are already there change nothing', async () => {
    const file = '附件1 2019年任务分配表.xlsx'
    const checked = await province.upload('/quotas/imports', fixture(file), file)
    expect(checked.status, checked.text).toBe(200)
    expect(checked.body).toMatchObject({
      state: 'checked',
      form: 'quotas',
      file_name: file,
      rows: 16,
      wrong: 0,
      repeated: 0,
    })
    expect(checked.body.create + checked.body.update + checked.body.unchanged).toBe(16)
    expect(checked.body.warnings).toEqual([])
    const applied = await province.post(`/imports/${checked.body.id}/apply`)
    expect(applied.body).toMatchObject({ state: 'applied', rows: 16 })
    const sums = await world.owner(
      'select sum(organizations)::int a, sum(propagandists)::int b, sum(events)::int c from quotas q join units u on u.id = q.unit_id where u.kind = $1',
      ['市总工会'],
    )
    expect(sums).toEqual([{ a: 100, b: 2000, c: 300 }])
  })

  test.each([
    [
      'organizations',
      '附件3 基层工会组织统计表（合肥）.xlsx',
      { rows: 24, create: 21, wrong: 3, repeated: 0 },
      ['基层工会组织!D12', '基层工会组织!G18', '基层工会组织!C26'],
      [],
    ],
    [
      'propagandists',
      '附件4 职工好网民宣传员登记表（合肥）(2).xlsx',
      { rows: 62, create: 54, wrong: 6, repeated: 2 },
      ['宣传员!I18', '宣传员!I27', '宣传员!B34', '宣传员!O40', '宣传员!F45', '宣传员!C51'],
      [
        [57, 12, 'identical'],
        [62, 22, 'conflict'],
      ],
    ],
    [
      'events',
      '线下活动汇总 合肥市(1).xlsx',
      { rows: 18, create: 16, wrong: 2, repeated: 0 },
      ['Sheet1!B13', 'Sheet1!B18'],
      [],
    ],
    [
      'attendance',
      '附件6 签到表 合肥（5000人次）.xlsx',
      { rows: 5000, create: 4985, wrong: 9, repeated: 6 },
      [
        '签到!H5',
        '签到!F504',
        '签到!B1208',
        '签到!H2052',
        '签到!F2605',
        '签到!B3338',
        '签到!H4100',
        '签到!F4605',
        '签到!B5003',
      ],
      [
        [905, 25, 'identical'],
        [906, 26, 'identical'],
        [2905, 2895, 'identical'],
        [3505, 3406, 'identical'],
        [4705, 4655, 'identical'],
        [5004, 4805, 'identical'],
      ],
    ],
  ])('%s: %s', async (form, file, counts, cells, duplicates) => {
    const checked = await hefei.upload(`/${form}/imports`, fixture(file), file)
    expect(checked.status, checked.text.slice(0, 2000)).toBe(200)
    expect(checked.body).toMatchObject({ state: 'checked', ...counts, update: 0, unchanged: 0 })
    expect(checked.body.errors.map((error: { cell: string }) => error.cell)).toEqual(cells)
    for (const error of checked.body.errors) expect(error.message).toMatch(/[。？]$/)
    expect(
      checked.body.duplicates.map((each: { row: number; of: number; kind: string }) => [each.row, each.of, each.kind]),
    ).toEqual(duplicates)
    expect(await count(form)).toBe(0)

    const refused = await hefei.post(`/imports/${checked.body.id}/apply`)
    expect(refused.status).toBe(422)
    expect(refused.body.errors).toHaveLength(cells.length)
    expect(await count(form)).toBe(0)

    const applied = await hefei.post(`/imports/${checked.body.id}/apply`, { only_valid: true })
    expect(applied.status, applied.text.slice(0, 500)).toBe(200)
    expect(applied.body).toMatchObject({ state: 'applied', ...counts })
    expect(await count(form, `unit_id = ${world.units.合肥}`)).toBe(counts.create)

    const again = await hefei.upload(`/${form}/imports`, fixture(file), file)
    expect(again.body).toMatchObject({ ...counts, create: 0, update: 0, unchanged: counts.create })
  })

  test('附件3: the merged 上级工会 is in every row of the merge', async () => {
    const rows = await world.owner(
      'select parent_union, count(*)::integer as n from organizations group by 1 order by 1',
    )
    expect(rows).toEqual([
      { parent_union: '合肥市徽岚区总工会', n: 7 },
      { parent_union: '合肥市皖河区总工会', n: 7 },
      { parent_union: '合肥市直属机关工会工作委员会', n: 7 },
    ])
  })

  test('附件4: 身份证号 is told and stored nowhere; the repeated phone is told with both cells', async () => {
    const file = '附件4 职工好网民宣传员登记表（合肥）(2).xlsx'
    const checked = await hefei.upload('/propagandists/imports', fixture(file), file)
    expect(checked.body.sheets[0].notes).toContain('本活动不需要身份证号，这一列没有读取，号码也没有保存。')
    expect(checked.body.sheets[0].ignored).toContain('身份证号')
    expect(checked.body.sheets[0].columns).toContainEqual({
      heading: '联系方式 手机',
      field: 'phone',
      label: '手机号',
      sample: '19803661293',
    })
    expect(checked.body.sheets[1].notes[0]).toContain('填表说明')
    expect(checked.body.duplicates[1]).toMatchObject({ cell: '宣传员!I62', of_cell: '宣传员!I22' })
    expect(checked.body.duplicates[1].message).toContain('宣传员!I22')
    const stored = await world.owner<{ text: string }>('select p::text as text from propagandists p')
    expect(stored.some(({ text }) => text.includes('340000'))).toBe(false)
    expect(JSON.stringify(checked.body)).not.toContain('340000')
  })

  test('线下活动: every way to write a date is a day of 2019', async () => {
    const days = await world.owner<{ held_on: string }>('select held_on::text from events')
    for (const { held_on } of days) expect(held_on).toMatch(/^2019-0[678]-\d\d$/)
    const [first] = await world.owner(
      'select held_on::text, headcount, with_cac from events order by id offset 1 limit 1',
    )
    expect(first).toEqual({ held_on: '2019-08-19', headcount: 49, with_cac: true })
  })

  test('a change is recorded with the import that brought it', async () => {
    const [row] = await world.owner<{ n: number }>(
      `select sum(upper(r) - lower(r))::integer as n from changes c, unnest(c.row_ids) r
       where form = 'attendance' and action = 'create' and import_id is not null`,
    )
    expect(row?.n).toBe(4985)
  })

  test('a row written among thousands has a history of its own: what it came as, whatever became of it', async () => {
    const [row] = await world.owner<{ id: number; job: string; phone: string }>(
      `select id, job, phone from attendance where job is not null and phone is not null and deleted_at is null order by id offset 777 limit 1`,
    )
    const { id = 0, job, phone } = row ?? {}
    const changed = await hefei
      .put(`/attendance/${id}`, { version: 1, job: '改过的工种', phone: '13800001027' })
      .expect(200)
    await hefei.put(`/attendance/${id}`, { version: changed.body.version, job: null }).expect(200)
    const history = await hefei.get(`/attendance/${id}/history`).expect(200)
    expect(history.body.map(({ action }: { action: string }) => action)).toEqual(['update', 'update', 'create'])
    const created = history.body.at(-1)
    expect(created).toMatchObject({ row_id: id, before: null, after: { job, phone, status: 'draft' } })
    expect(created.import_id).toBeGreaterThan(0)
    expect(created.after.event_id_label).toMatch(/\S/)
    // who may not read a phone does not read it in what the row came as either
    const masked = await (await world.as('cac')).get(`/attendance/${id}/history`).expect(200)
    expect(masked.body.at(-1).after).toMatchObject({ job, phone: `${phone?.slice(0, 3)}****${phone?.slice(7)}` })
    // another unit neither sees the row nor finds it in the change that created it
    await wuhu.get(`/attendance/${id}/history`).expect(404)
    const filter = { form: 'attendance', row_id: id }
    expect((await wuhu.get('/changes', { filter }).expect(200)).body).toEqual([])
    const listed = await hefei.get('/changes', { filter }).expect(200)
    expect(listed.body.at(-1)).toMatchObject({ action: 'create', row_id: null, row_count: expect.any(Number) })
    expect(listed.headers['content-range']).toMatch(/\/3$/)
  })

  test('a row changed in the file changes its record; a blank cell keeps what is stored', async () => {
    const rows = [
      heading,
      [1, '万燕', '合肥诚徽皖电缆有限公司 行政主管', '183 8376 8835', '2019.6.2'],
      [2, '贺怡洋', undefined, 19803661293, undefined],
    ]
    const checked = await hefei.upload(
      '/propagandists/imports',
      await workbookOf({ 名单: rows as Cells[] }),
      '补充.xlsx',
    )
    expect(checked.body, JSON.stringify(checked.body.errors)).toMatchObject({
      rows: 2,
      update: 1,
      unchanged: 1,
      create: 0,
      wrong: 0,
    })
    await hefei.post(`/imports/${checked.body.id}/apply`).expect(200)
    const [row] = await world.owner(`select job, gender, version from propagandists where phone = '18383768835'`)
    expect(row).toEqual({ job: '合肥诚徽皖电缆有限公司 行政主管', gender: '男', version: 2 })
  })

  test('a file of a unit changes nothing of another one, and finds nothing of it', async () => {
    const file = '附件6 签到表 合肥（5000人次）.xlsx'
    const checked = await wuhu.upload('/attendance/imports', fixture(file), file)
    expect(checked.body).toMatchObject({ rows: 5000, create: 0, wrong: 5000 })
    expect(checked.body.errors.length).toBeLessThanOrEqual(2000)
    expect(checked.body.errors[0].message).toContain('这一行是合肥市总工会的')
    expect(JSON.stringify(checked.body.errors)).not.toContain('最接近')
  })
})

describe('sheets of other shapes', () => {
  test('one activity a sheet, named above the heading, in the title or by the sheet', async () => {
    const head = ['序号', '姓名', '单位', '手机号']
    const title = '合肥市创达园区“我和我的祖国”主题演讲比赛'
    const bytes = await workbookOf({
      甲: [['签到表'], ['活动名称：', title], head, [1, '程雨桐', '某厂', '13800001027']],
      乙: [[`${title}签到表`], head, [1, '周砚', '某厂', '13800001028']],
      [title.slice(0, 25)]: [head, [1, '丁一', '某厂', '13800001029']],
    })
    const checked = await hefei.upload('/attendance/imports', bytes, '三张签到表.xlsx')
    expect(checked.body.sheets[0].notes[0]).toContain(title)
    expect(checked.body).toMatchObject({ rows: 3, wrong: 0, create: 3 })
  })

  test('an activity that is not known is told once, not once a row', async () => {
    const rows = [
      ['“不存在的活动”签到表'],
      ['姓名', '单位', '手机号'],
      ['程雨桐', '某厂', '13800001027'],
      ['周砚', '某厂', '13800001028'],
    ]
    const checked = await hefei.upload('/attendance/imports', await workbookOf({ 签到: rows }), '签到.xlsx')
    expect(checked.body).toMatchObject({ rows: 2, wrong: 2, error_count: 1 })
    expect(checked.body.errors[0]).toMatchObject({ cell: '签到!A1', field: 'event_id' })
  })

  test('a mandatory column that is missing is told once', async () => {
    const rows = [
      ['姓名', '手机号'],
      ['程雨桐', '13800001027'],
      ['周砚', '13800001028'],
    ]
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: rows }), '名单.xlsx')
    expect(checked.body.wrong).toBe(2)
    expect(checked.body.errors.map((error: { message: string }) => error.message).sort()).toEqual([
      '表里没有“发展日期”这一栏，它是必填的。',
      '表里没有“工作单位及职务”这一栏，它是必填的。',
    ])
  })

  test('errors, formulas without a result and lost digits are told with their cells', async () => {
    const strings = [
      '组织全称',
      '类型',
      '动员日期',
      '统一社会信用代码',
      '职工人数',
      '某某厂工会委员会',
      '国企',
      '2019-06-18',
    ]
    const s = (index: number) => `<c t="s"><v>${index}</v></c>`
    const bytes = makeWorkbook({
      strings: strings.map((text) => `<si><t>${text}</t></si>`).join(''),
      sheet: `<sheetData><row>${[0, 1, 2, 3, 4].map(s).join('')}</row><row>${s(5)}${s(6)}${s(7)}<c><v>913401001234567000</v></c><c t="e"><v>#REF!</v></c></row><row>${s(5)}<c t="str"><f>A1</f></c><c><f>TODAY()</f></c></row></sheetData>`,
    })
    const checked = await hefei.upload('/organizations/imports', bytes, '附件3.xlsx')
    expect(checked.body.errors.map((error: { cell: string }) => error.cell)).toEqual([
      '明细!D2',
      '明细!E2',
      '明细!C3',
      '明细!B3',
    ])
    expect(checked.body.errors[0].message).toContain('丢了')
    expect(checked.body.errors[1].message).toContain('#REF!')
    expect(checked.body.errors[2].message).toContain('公式')
  })

  test('合计 that does not add up is told, and is no row', async () => {
    const rows = [
      ['组织全称', '类型', '动员日期', '职工人数', '会员人数'],
      ['甲厂工会委员会', '国企', '2019-06-18', 300, 200],
      ['合计', undefined, undefined, 310, 200],
    ]
    const checked = await hefei.upload('/organizations/imports', await workbookOf({ 附件3: rows }), '附件3.xlsx')
    expect(checked.body).toMatchObject({ rows: 1, create: 1, wrong: 0 })
    expect(checked.body.warnings).toEqual([
      { sheet: '附件3', cell: '附件3!D3', message: '职工人数的合计写 310，各行加起来是 300，请核对。' },
    ])
  })

  test('附件1 whose 合计 differs from its rows is refused at the cell', async () => {
    const rows = [
      ['单位', '组织动员工会组织', '发展宣传员', '线下活动数'],
      ['合肥', 7, 140, 20],
      ['合计', 8, 140, 20],
    ]
    const checked = await (await world.as('province')).upload(
      '/quotas/imports',
      await workbookOf({ 附件1: rows }),
      '附件1.xlsx',
    )
    expect(checked.body.errors).toMatchObject([{ cell: '附件1!B3', field: 'organizations' }])
    await (await world.as('province')).post(`/imports/${checked.body.id}/apply`).expect(422)
  })

  test('separated text in GB18030', async () => {
    const { default: iconv } = await import('iconv-lite')
    const text = '组织全称,类型,动员日期\n乙厂工会委员会,国企,2019年6月18日\n'
    const checked = await hefei.upload('/organizations/imports', iconv.encode(text, 'gb18030'), '附件3.csv')
    expect(checked.body).toMatchObject({ rows: 1, create: 1, file_name: '附件3.csv' })
  })
})

describe('an exported workbook imported again changes nothing', () => {
  test.each(registers.map((form) => form.name))('%s, by its unit', async (name) => {
    // attendance needs the event that its sample names
    if (name === 'attendance') await wuhu.post('/events/bulk', { create: [sample.events?.(1)] })
    const create = [1, 2, 3].map((n) => sample[name]?.(n + 100) ?? {})
    const made = await wuhu.post(`/${name}/bulk`, { create })
    expect(made.status, made.text.slice(0, 500)).toBe(200)
    const bytes = await fetched(wuhu, `/${name}/export.xlsx`)
    const checked = await wuhu.upload(`/${name}/imports`, bytes, '导出.xlsx')
    const rows = await count(name, `unit_id = ${world.units.芜湖}`)
    expect(checked.body, JSON.stringify(checked.body.errors ?? checked.body).slice(0, 500)).toMatchObject({
      rows,
      unchanged: rows,
      create: 0,
      update: 0,
      wrong: 0,
      repeated: 0,
      warnings: [],
    })
    const applied = await wuhu.post(`/imports/${checked.body.id}/apply`)
    expect(applied.body).toMatchObject({ state: 'applied', unchanged: rows })
    const [versions] = await world.owner<{ most: number }>(
      `select max(version) as most from ${name} where unit_id = ${world.units.芜湖}`,
    )
    expect(versions?.most).toBe(1)
  })

  const frame = Object.values(forms).filter((form) => form.scope !== 'unit')
  test.each(frame.map((form) => form.name))('%s, by the province', async (name) => {
    if (name === 'reopenings')
      await province.post('/reopenings', { unit_id: '合肥', form: '附件9', until: '2019-12-01' })
    const bytes = await fetched(province, `/${name}/export.xlsx`)
    const checked = await province.upload(`/${name}/imports`, bytes, '导出.xlsx')
    const rows = await count(name)
    expect(checked.body, JSON.stringify(checked.body.errors ?? checked.body).slice(0, 500)).toMatchObject({
      rows,
      unchanged: rows,
      wrong: 0,
    })
  })

  test('annex 1 and 2 as they are printed', async () => {
    for (const [path, name] of [
      ['/annexes/1.xlsx', 'quotas'],
      ['/annexes/2.xlsx', 'collections'],
    ] as const) {
      const checked = await province.upload(`/${name}/imports`, await fetched(province, path), '附件.xlsx')
      expect(checked.body, JSON.stringify(checked.body.errors ?? checked.body).slice(0, 800)).toMatchObject({
        wrong: 0,
        create: 0,
        update: 0,
      })
    }
  })

  test.each(registers.map((form) => form.name))('%s: the blank form has a heading and no row', async (name) => {
    const bytes = await fetched(hefei, `/${name}/template.xlsx`)
    const answer = await hefei.upload(`/${name}/imports`, bytes, '空表.xlsx')
    expect([answer.status, answer.body.message]).toEqual([422, '表头下面没有数据行。'])
  })

  test('rows of several units: the province changes nothing of them, and is told whose a changed row is', async () => {
    const bytes = await fetched(province, '/events/export.xlsx')
    const checked = await province.upload('/events/imports', bytes, '全省.xlsx')
    const rows = await count('events')
    expect(checked.body, JSON.stringify(checked.body.errors)).toMatchObject({ rows, unchanged: rows, wrong: 0 })
    const head = ['填报单位', '活动名称', '形式', '日期', '地点', '面对面职工人数']
    const changed = [
      head,
      ['芜湖', '第1场网络安全知识竞赛', '知识竞赛', '2019-07-10', '职工之家', 999],
      ['某市', '甲', '培训', '2019-07-10', '乙', 1],
    ]
    const answer = await province.upload('/events/imports', await workbookOf({ 活动: changed }), '全省.xlsx')
    expect(answer.body.errors.map((error: { cell: string; message: string }) => [error.cell, error.message])).toEqual([
      ['活动!A2', '这一行是芜湖的，内容只能由填报单位自己改。'],
      ['活动!A3', expect.stringContaining('没有“某市”这个填报单位。')],
    ])
  })
})

describe('files that are refused', () => {
  test.each([
    ['bomb-one-cell-600mb.xlsx', 413, '展开后太大'],
    ['truncated.xlsx', 422, '这个文件不完整'],
    ['billion-laughs.xlsx', 422, '为安全起见'],
    ['xls-renamed.xlsx', 200, ''],
    ['encrypted.xlsx', 422, '工作簿有密码'],
    ['merge-deep.xlsx', 200, ''],
  ])('%s', async (file, status, words) => {
    const form = file === 'merge-deep.xlsx' ? 'organizations' : 'propagandists'
    const answer = await hefei.upload(`/${form}/imports`, fixture(file), file)
    if (status === 200) {
      expect([200, 422]).toContain(answer.status)
      return
    }
    expect(answer.status).toBe(status)
    expect(answer.body.message).toContain(words)
    const told = await hefei.get(`/imports/${answer.body.id}`)
    expect(told.body).toMatchObject({ state: 'failed', message: answer.body.message })
    await hefei.post(`/imports/${answer.body.id}/apply`).expect(409)
  })

  test('an empty file, no file, a form that is none, an unknown field', async () => {
    const empty = await hefei.upload('/propagandists/imports', Buffer.alloc(0), '空.xlsx')
    expect([empty.status, empty.body.message]).toEqual([422, '这个文件是空的，里面没有内容。请确认选对了文件再上传。'])
    await hefei.post('/propagandists/imports').expect(400)
    await hefei.upload('/nothing/imports', Buffer.from('x'), 'x.xlsx').expect(404)
    await hefei.upload('/propagandists/imports', Buffer.from('x'), 'x.xlsx', { sheet: '1' }).expect(400)
    await hefei
      .upload('/propagandists/imports', Buffer.from('x'), 'x.xlsx', { unit_id: String(world.units.芜湖) })
      .expect(403)
  })

  test('the server goes on answering while a hostile file is read', async () => {
    const bomb = hefei
      .upload('/propagandists/imports', fixture('bomb-one-cell-600mb.xlsx'), 'bomb.xlsx')
      .then((answer) => answer.status)
    const light = await wuhu.get('/me')
    expect(light.status).toBe(200)
    expect(await bomb).toBe(413)
  })
})

describe('who may import, and what becomes of an import', () => {
  test('the internet office, jurors and strangers may not; clerks not what the province keeps', async () => {
    const file = fixture('no-refs.xlsx')
    await (await world.as('cac')).upload('/propagandists/imports', file, 'x.xlsx').expect(403)
    expect(
      (await (await world.as('juror1')).upload('/propagandists/imports', file, 'x.xlsx')).status,
    ).toBeGreaterThanOrEqual(403)
    await world.anonymous.upload('/propagandists/imports', file, 'x.xlsx').expect(401)
    await hefei.upload('/quotas/imports', file, 'x.xlsx').expect(403)
  })

  const rows = [
    ['姓名', '工作单位及职务', '手机号', '发展日期'],
    ['顾一', '某厂 电工', '13800001040', '2019-06-18'],
  ]

  test('another unit neither sees nor applies nor cancels an import; the province sees it', async () => {
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: rows }), '名单.xlsx')
    const path = `/imports/${checked.body.id}`
    await wuhu.get(path).expect(404)
    await wuhu.post(`${path}/apply`).expect(404)
    await wuhu.delete(path).expect(404)
    await province.get(path).expect(200)
    await province.post(`${path}/apply`).expect(403)
    expect((await hefei.get(path)).body).toMatchObject({
      state: 'checked',
      created_by_label: '测试hefei',
      unit_id_label: '合肥市总工会',
    })
    const listed = await hefei.get('/imports', {
      range: [0, 4],
      sort: ['id', 'DESC'],
      filter: { form: 'propagandists' },
    })
    expect(listed.body[0]).toMatchObject({
      id: checked.body.id,
      file_name: '名单.xlsx',
      state: 'checked',
      rows: 1,
      create: 1,
    })
    expect(listed.headers['content-range']).toMatch(/^imports 0-\d\/\d+$/)
    expect(
      (await wuhu.get('/imports')).body.every((row: { unit_id: number }) => row.unit_id === world.units.芜湖),
    ).toBe(true)
  })

  test('applying twice, also at the same time, writes once', async () => {
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: rows }), '名单.xlsx')
    const path = `/imports/${checked.body.id}/apply`
    const both = await Promise.all([hefei.post(path), hefei.post(path)])
    expect(both.map((answer) => answer.status).sort()).toEqual([200, 409])
    await hefei.post(path).expect(200)
    expect(await count('propagandists', `phone = '13800001040'`)).toBe(1)
    await hefei.delete(`/imports/${checked.body.id}`).expect(409)
  })

  test('a cancelled import is not applied', async () => {
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: rows }), '名单.xlsx')
    await hefei.delete(`/imports/${checked.body.id}`).expect(200)
    await hefei.post(`/imports/${checked.body.id}/apply`).expect(409)
    expect((await hefei.get(`/imports/${checked.body.id}`)).body.state).toBe('cancelled')
  })

  test('an import is cancelled while it runs: nothing of it is kept', async () => {
    const head = ['活动名称', '姓名', '单位', '手机号']
    const many = Array.from({ length: 20_000 }, (_, n) => [
      '第1场网络安全知识竞赛',
      `辛${n}`,
      '某厂',
      String(13_500_000_000 + n),
    ])
    const before = await count('attendance')
    const checked = await wuhu.upload('/attendance/imports', await workbookOf({ 签到: [head, ...many] }), '签到.xlsx')
    expect(checked.body).toMatchObject({ rows: 20_000, create: 20_000 })
    const path = `/imports/${checked.body.id}`
    const applying = wuhu.post(`${path}/apply`).then((answer) => answer)
    for (let state = ''; state !== 'applying'; ) state = (await wuhu.get(path)).body.state
    await wuhu.delete(path).expect(200)
    const answer = await applying
    expect([answer.status, answer.body.message]).toEqual([409, '已取消。'])
    expect((await wuhu.get(path)).body.state).toBe('cancelled')
    expect(await count('attendance')).toBe(before)
  })

  test('a server that ended amid an import leaves it as it was before', async () => {
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: rows }), '名单.xlsx')
    await world.owner(`update imports set state = 'applying' where id = $1`, [checked.body.id])
    expect((await hefei.get(`/imports/${checked.body.id}`)).body.state).toBe('checked')
    expect((await hefei.get('/imports', { filter: { id: [checked.body.id] } })).body[0].state).toBe('checked')
    await world.owner(`update imports set state = 'checking', result = null where id = $1`, [checked.body.id])
    expect((await hefei.get(`/imports/${checked.body.id}`)).body).toMatchObject({ state: 'failed' })
  })

  test('a row that is already submitted is not changed, and told why', async () => {
    const [row] = await world.owner<{ id: number }>(`select id from propagandists where phone = '13800001040'`)
    await hefei.post(`/propagandists/${row?.id}/submission`).expect(200)
    const changed = [rows[0] ?? [], ['顾一', '某厂 焊工', '13800001040', '2019-06-18']]
    const checked = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: changed }), '名单.xlsx')
    expect(checked.body).toMatchObject({ update: 0, wrong: 1 })
    expect(checked.body.errors[0]).toMatchObject({
      cell: '名单!B2',
      message: '这一行已提交，不能修改。需要改请先撤回。',
    })
  })

  test('after the deadline nothing goes in', async () => {
    await world.owner(
      `update stages set locks = array['propagandists'], ends_on = '2019-08-26', starts_on = '2019-06-01', version = version + 1 where id = (select min(id) from stages)`,
    )
    const more = [rows[0] ?? [], ['顾二', '某厂 焊工', '13800001041', '2019-06-18']]
    const answer = await hefei.upload('/propagandists/imports', await workbookOf({ 名单: more }), '名单.xlsx')
    expect(answer.status).toBe(403)
    expect(answer.body.message).toContain('截止')
    await world.owner('update stages set locks = null, version = version + 1')
  })
})

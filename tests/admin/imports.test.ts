/**
 * The page of an import in a real browser, against the real server and PostgreSQL: an ugly file is dropped, corrected in
 * the grid, decided and written; columns are asked for once; an exported workbook that meets a colleague's changes; the
 * table of errors that goes on with its import. The tests follow one another.
 */
import { readFile } from 'node:fs/promises'
import ExcelJS from 'exceljs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { type Agent, sample, type World } from '../support/world.ts'

type Cell = string | number | null
const contest = '第1场网络安全知识竞赛'
let site: Site
let world: World
let hefei: Agent
let desk: Desk

beforeAll(async () => {
  site = await openSite()
  world = site.world
  hefei = await world.as('hefei')
  await hefei.post('/organizations', sample.organizations?.(1) ?? {}).expect(201)
  await hefei.post('/events', sample.events?.(1) ?? {}).expect(201)
  desk = await openDesk(site.browser, world, 'hefei')
})

afterAll(() => site?.close())

afterEach(async () => {
  await desk?.shot('imports-last')
  expect(desk?.faults.splice(0)).toEqual([])
})

async function workbook(rows: Cell[][], name = '签到'): Promise<Buffer> {
  const book = new ExcelJS.Workbook()
  book.addWorksheet(name).addRows(rows)
  return Buffer.from(await book.xlsx.writeBuffer())
}

/** Lets go of a file over the page, as a hand does that pulled it out of a folder. */
async function drop(bytes: Buffer, name: string) {
  await desk.page.evaluate(
    ([base64 = '', name = '']) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
      const data = new DataTransfer()
      data.items.add(new File([bytes], name))
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
    },
    [bytes.toString('base64'), name],
  )
}

/** Waits for the import's page with its result, and answers the import's id. */
async function checked(): Promise<number> {
  await desk.page.waitForURL(/#\/imports\/\d+\/show/)
  await desk.page.locator('main footer').getByText('核对完成').waitFor()
  return Number(/imports\/(\d+)/.exec(desk.page.url())?.[1])
}

const tab = (word: string) =>
  desk.page.getByRole('navigation', { name: '按结果看' }).getByRole('button', { name: word })
/** 新增 24 → 24. */
const tabCount = async (word: string) => Number((await tab(word).locator('b').innerText()).replace(/\D/g, ''))
const button = (name: string | RegExp) => desk.page.getByRole('button', { name })
const apply = () => desk.page.locator('main footer').getByRole('button', { name: /^全部应用/ })
const note = (row: number) => desk.page.locator(`[aria-rowindex="${row + 2}"] p`).innerText()
const stored = async () =>
  (await world.owner<{ n: number }>('select count(*)::int as n from attendance where deleted_at is null'))[0]?.n

/** 30 people, twelve of them at an event that nobody knows by this name, four cells at fault. */
function uglySheet(): Cell[][] {
  const people = Array.from({ length: 30 }, (_, n): Cell[] => [
    n + 1,
    n < 12 ? '第1场网络安全知识竞答' : contest,
    `签到人${String.fromCharCode(0x4e00 + n)}`,
    '庐州公交',
    `1370001${String(n).padStart(4, '0')}`,
  ])
  const put = (row: number, column: number, value: Cell) => {
    const cells = people[row]
    if (cells) cells[column] = value
  }
  put(14, 4, '1.37E+10')
  put(16, 4, '137000100')
  put(18, 2, null)
  put(20, 3, null)
  return [
    ['合肥市总工会线下活动签到表'],
    [],
    ['序号', '活动名称', '姓名', '单位', '手机号'],
    ...people,
    ['合计', null, null, null, 30],
  ]
}

test('a file dropped on its register is checked and opens with what is wrong, cell by cell', async () => {
  await desk.register('attendance')
  await drop(await workbook(uglySheet()), '签到（合肥）.xlsx')
  await checked()
  expect(await tabCount('全部')).toBe(30)
  expect(await tabCount('新增')).toBe(14)
  expect(await tabCount('错误')).toBe(16)
  expect(await tab('错误').getAttribute('aria-pressed')).toBe('true')
  expect(await note(1)).toContain('第1场网络安全知识竞答')
  await desk.shot('imports-wrong')
  expect(await apply().isDisabled()).toBe(true)
  expect(await desk.page.locator('main footer').innerText()).toContain('先改好 16 行错误')
  expect(await stored()).toBe(0)
})

test('a near miss is decided once for all equal values, taken back, and decided again', async () => {
  const all = desk.page.locator('section', { hasText: '一样的写法，一次改好' })
  await all.getByText('12 处').waitFor()
  await all.getByRole('button', { name: `都改为“${contest}”` }).click()
  await all.getByText('12 处已改').waitFor()
  await expect.poll(() => tabCount('错误')).toBe(4)
  // The rows stay where they stood, and say that they are right now.
  expect(await note(1)).toContain('这一行可以了')
  await desk.shot('imports-decided')
  await all.getByRole('button', { name: '撤销' }).click()
  await expect.poll(() => tabCount('错误')).toBe(16)
  await all.getByRole('button', { name: `都改为“${contest}”` }).click()
  await expect.poll(() => tabCount('错误')).toBe(4)
})

test('cells at fault are corrected in the grid by keyboard; what is typed wrong stays and is not sent', async () => {
  await tab('全部').click()
  await tab('错误').click()
  await expect.poll(() => desk.page.locator('.grid-row.stored').count()).toBe(4)
  await desk.cell(1, 'name').click()
  await button('下一个问题').click()
  await desk.type('1370001')
  await desk.press('Enter', 'ArrowUp')
  expect(await desk.bubble()).toContain('手机号应是 11 位，现在是 7 位。')
  expect(await tabCount('错误')).toBe(4)
  expect(await desk.text(1, 'phone')).toBe('1370001')
  await desk.type('13700017777')
  await desk.press('Enter')
  await expect.poll(() => tabCount('错误')).toBe(3)
  expect(await desk.text(1, 'phone')).toBe('137 0001 7777')

  // Enter went to the cell below, which is at fault as well.
  await desk.type('13700017778')
  await desk.press('Enter')
  await button('下一个问题').click()
  await desk.type('补上的名字')
  await desk.press('Enter')
  await expect.poll(() => tabCount('错误')).toBe(1)
  // The page may be closed: what was corrected is the import's.
  await desk.page.reload()
  await desk.page.locator('main footer').getByText('核对完成').waitFor()
  expect(await tabCount('错误')).toBe(1)
  expect(await tabCount('新增')).toBe(29)
})

test('a row can stay out, and come back', async () => {
  await desk.page.locator('[aria-rowindex] p').getByRole('button', { name: '不导入这一行' }).click()
  await expect.poll(() => tabCount('不导入')).toBe(1)
  expect(await apply().isEnabled()).toBe(true)
  await desk.page.locator('[aria-rowindex] p').getByRole('button', { name: '还是导入' }).click()
  await expect.poll(() => tabCount('错误')).toBe(1)
  expect(await apply().isDisabled()).toBe(true)
})

test('with nothing left to decide all rows are written, and can be taken back', async () => {
  await desk.cell(1, 'workplace').click()
  await desk.type('滨湖九小')
  await desk.press('Enter')
  await expect.poll(() => apply().innerText()).toBe('全部应用 30 行')
  await apply().click()
  await desk.page.locator('main footer').getByText('已写入：新增 30 行').waitFor()
  expect(await stored()).toBe(30)
  await desk.shot('imports-applied')
  await desk.page.getByText('新增的行是草稿').waitFor()
  await button('撤销这次导入').click()
  await desk.page.getByRole('dialog').getByRole('button', { name: '撤销导入' }).click()
  await desk.page.getByText('这次导入已经撤销').waitFor()
  expect(await stored()).toBe(0)
})

test('of two rows for one person one is chosen, and the other stays out', async () => {
  await desk.register('attendance')
  await drop(
    await workbook([
      ['活动名称', '姓名', '单位', '手机号'],
      [contest, '重复甲', '庐州公交', '13700017001'],
      [contest, '重复甲', '滨湖九小', '13700017001'],
      [contest, '重复乙', '庐州公交', '13700017002'],
      [contest, '重复乙', '庐州公交', '13700017002'],
    ]),
    '重复.xlsx',
  )
  await checked()
  expect(await tabCount('重复')).toBe(2)
  // Equal rows are no question; rows that say different things are.
  expect(await desk.page.locator('main footer').innerText()).toContain('先定下 1 行重复')
  expect(await tab('重复').getAttribute('aria-pressed')).toBe('true')
  await desk.shot('imports-repeated')
  await button('留这一行').click()
  await expect.poll(() => apply().innerText()).toBe('全部应用 2 行')
  await tab('新增').click()
  await expect.poll(() => desk.text(1, 'workplace')).toBe('滨湖九小')
})

test('columns that are unsure are asked for once and remembered for the same headings', async () => {
  const sheet = (phone: string): Cell[][] => [
    ['活动名称', '姓名', '参会单位', '联系用手机号'],
    [contest, '映射甲', '庐州公交', phone],
  ]
  await desk.register('attendance')
  await drop(await workbook(sheet('13700018001')), '映射.xlsx')
  await desk.page.getByRole('form', { name: '对应栏目' }).waitFor()
  await desk.shot('imports-mapping')
  const workplace = desk.page.getByRole('combobox', { name: '“参会单位”读到哪个栏目' })
  await workplace.click()
  await workplace.fill('职务')
  await desk.page.getByRole('option', { name: '职务/工种' }).click()
  await workplace.click()
  await workplace.fill('单位')
  await desk.page.getByRole('option', { name: '单位', exact: false }).first().click()
  await button('就按这样核对').click()
  await checked()
  expect(await tabCount('新增')).toBe(1)

  await desk.register('attendance')
  await drop(await workbook(sheet('13700018002')), '映射二.xlsx')
  await checked()
  expect(await desk.page.getByRole('form', { name: '对应栏目' }).count()).toBe(0)
  await desk.page.getByText('照上次对应的栏目读取').waitFor()
  // It can be looked at all the same.
  await button('修改').click()
  await desk.page.getByRole('form', { name: '对应栏目' }).waitFor()
  await button('不改了').click()
  await desk.page.locator('.grid').waitFor()
})

test('a table without a heading is asked about column by column, and read as it was named', async () => {
  await desk.register('attendance')
  await drop(
    await workbook([
      [contest, '无头甲', '庐州公交', '13700018011'],
      [contest, '无头乙', '庐州公交', '13700018012'],
    ]),
    '没有表头.xlsx',
  )
  await desk.page.getByText('没有找到认得的表头').waitFor()
  await desk.shot('imports-unnamed')
  const column = (letter: string) => desk.page.getByRole('combobox', { name: `“${letter}”读到哪个栏目` })
  // what stands in a column of phones is known by its looks
  expect(await column('D').inputValue()).toBe('手机号')
  for (const [letter, label] of [
    ['A', '活动名称'],
    ['B', '姓名'],
    ['C', '单位'],
  ] as const) {
    await column(letter).click()
    await column(letter).fill(label)
    await desk.page.getByRole('option', { name: label, exact: false }).first().click()
  }
  await button('就按这样核对').click()
  await checked()
  expect(await tabCount('新增')).toBe(2)
  await button('放弃这次导入').click()
  await desk.page.getByText('这次导入已经放弃').waitFor()
})

test('rows put right keep their places while rows further down are still being read', async () => {
  const people = Array.from({ length: 520 }, (_, n): Cell[] => [contest, `长表${n}`, '庐州公交', '1370001'])
  await desk.register('attendance')
  await drop(await workbook([['活动名称', '姓名', '单位', '手机号'], ...people]), '长表.xlsx')
  await checked()
  expect(await tabCount('错误')).toBe(520)
  await desk.cell(1, 'phone').click()
  await desk.paste([['13700020001'], ['13700020002'], ['13700020003']])
  await expect.poll(() => tabCount('错误')).toBe(517)
  expect(await desk.text(3, 'phone')).toBe('137 0002 0003')
  // The last row is the 520th of the list still, although the server has 517.
  await desk.press('Control+End')
  await expect.poll(() => desk.text(520, 'name')).toBe('长表519')
  expect(await desk.text(512, 'name')).toBe('长表511')
  await desk.press('Control+Home')
  await expect.poll(() => note(1)).toContain('这一行可以了')
  await button('放弃这次导入').click()
  await desk.page.getByText('这次导入已经放弃').waitFor()
})

const binary = (response: NodeJS.ReadableStream, done: (error: Error | null, body: Buffer) => void) => {
  const chunks: Buffer[] = []
  response.on('data', (chunk: Buffer) => chunks.push(chunk))
  response.on('end', () => done(null, Buffer.concat(chunks)))
}

test('a cell that a colleague changed after the export is asked, with all three values', async () => {
  const added = await hefei.post('/propagandists', { ...sample.propagandists?.(7), job: '调度员' }).expect(201)
  const { body } = await hefei
    .get('/propagandists/export.xlsx', { filter: { id: [added.body.id] } })
    .buffer(true)
    .parse(binary as never)
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(body as never)
  book.worksheets[0]?.eachRow((row) =>
    row.eachCell((cell) => {
      if (cell.text === '调度员') cell.value = '三队调度员'
    }),
  )
  await hefei.put(`/propagandists/${added.body.id}`, { job: '三队调度长', version: added.body.version }).expect(200)
  await desk.register('propagandists')
  await drop(Buffer.from(await book.xlsx.writeBuffer()), '导出的宣传员.xlsx')
  await checked()
  expect(await tabCount('冲突')).toBe(1)
  expect(await note(1)).toContain('现在是“三队调度长”，原来是“调度员”')
  expect(await desk.text(1, 'job')).toContain('三队调度员')
  await desk.shot('imports-conflict')
  expect(await apply().isDisabled()).toBe(true)
  await button('用文件的').first().click()
  await expect.poll(() => tabCount('更新')).toBe(1)
  await tab('更新').click()
  await expect.poll(() => desk.text(1, 'job')).toMatch(/三队调度长.*→.*三队调度员/)
  await desk.shot('imports-update')
  await apply().click()
  await desk.page.locator('main footer').getByText('更新 1 行').waitFor()
  const now = await hefei.get(`/propagandists/${added.body.id}`)
  expect(now.body).toMatchObject({ job: '三队调度员' })
})

test('the table of errors, corrected and dropped on the page, goes on with its import', async () => {
  await desk.register('attendance')
  await drop(
    await workbook([
      ['活动名称', '姓名', '单位', '手机号'],
      [contest, '错表甲', '庐州公交', '13700019001'],
      [contest, '错表乙', '庐州公交', '137000190'],
    ]),
    '有错.xlsx',
  )
  const id = await checked()
  expect(await tabCount('错误')).toBe(1)
  const coming = desk.page.waitForEvent('download')
  await button('下载错误表').click()
  const book = new ExcelJS.Workbook()
  await book.xlsx.load((await readFile(await (await coming).path())) as never)
  book.worksheets[0]?.eachRow((row) =>
    row.eachCell((cell) => {
      if (cell.text === '137000190') cell.value = '13700019002'
    }),
  )
  await drop(Buffer.from(await book.xlsx.writeBuffer()), '有错（错误表）.xlsx')
  await expect.poll(() => tabCount('错误')).toBe(0)
  expect(desk.page.url()).toContain(`/imports/${id}/show`)
  expect(await tabCount('新增')).toBe(2)
})

test('several files go one after the other, and a file that cannot be read says why', async () => {
  await desk.go('/imports')
  const file = (name: string) =>
    workbook([
      ['活动名称', '姓名', '单位', '手机号'],
      [contest, name, '庐州公交', null],
    ])
  await desk.page.locator('.drop input[type=file]').setInputFiles([
    { name: '签到一.xlsx', mimeType: '', buffer: await file('几个甲') },
    { name: '签到二.xlsx', mimeType: '', buffer: Buffer.from('no workbook at all') },
    { name: '签到三.xlsx', mimeType: '', buffer: await file('几个乙') },
  ])
  const list = desk.page.getByRole('region', { name: '刚传的文件' })
  await expect.poll(() => list.getByText('核对完了').count()).toBe(2)
  await list.getByText('没有读出来').waitFor()
  await desk.shot('imports-several')
  await list.getByRole('link', { name: '看核对结果' }).first().click()
  await checked()
})

test('附件1 with a wrong 合计: what is wrong stands above the rows and their units, and nothing of it can be applied', async () => {
  const province = await world.as('province')
  const rows = [
    ['单位', '组织动员工会组织', '发展宣传员', '线下活动数'],
    ['合肥市', 7, 140, 21],
    ['淮北市', 5, 120, 18],
    ['合计', 12, 260, 40],
  ]
  const { body } = await province.upload('/quotas/imports', await workbook(rows, '分配'), '附件1.xlsx')
  const office = await openDesk(site.browser, world, 'province')
  await office.go(`/imports/${body.id}/show`)
  const alert = office.page.getByRole('alert')
  await alert.waitFor()
  expect((await alert.innerText()).replace(/\s+/g, ' ')).toContain(
    'D4 线下活动数的合计写 40，各行加起来是 39，请核对。',
  )
  for (const unit of ['合肥市', '淮北市'])
    await office.page.locator('[data-column="unit_id"]', { hasText: unit }).first().waitFor()
  const foot = office.page.locator('main footer')
  expect(await foot.innerText()).toContain('先对好 1 处合计')
  expect(await foot.getByRole('button', { name: /只导入正确行/ }).count()).toBe(0)
  expect(await office.page.getByRole('button', { name: '下一个问题' }).count()).toBe(0)
  expect(await foot.getByRole('button', { name: /^全部应用/ }).isDisabled()).toBe(true)
  expect(office.faults).toEqual([])
})

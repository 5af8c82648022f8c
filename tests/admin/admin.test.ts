/**
 * The built admin in a real browser, against the real server and PostgreSQL: a clerk enters, pastes, corrects and
 * submits; the province sends back and approves; the cyberspace office only looks. The tests follow one another.
 */
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, logIn, openDesk, openSite, type Site } from '../support/desk.ts'
import { password, sample, type World } from '../support/world.ts'

const union = '合肥测试1厂工会委员会'
let site: Site
let world: World
/** The clerk of 合肥, at the desk from the first test to the last. */
let desk: Desk

beforeAll(async () => {
  site = await openSite()
  world = site.world
  const hefei = await world.as('hefei')
  await hefei.post('/organizations', sample.organizations?.(1) ?? {})
})

afterAll(() => site?.close())

afterEach(async () => {
  await desk?.shot('last')
  expect(desk?.faults.splice(0) ?? []).toEqual([])
})

type Person = Record<string, unknown>
const person = async (phone: string) =>
  (
    await world.owner<Person>(
      `select p.*, o.name as organization, u.short_name as unit from propagandists p
         left join organizations o on o.id = p.organization_id join units u on u.id = p.unit_id
        where p.phone = $1 and p.deleted_at is null`,
      [phone],
    )
  )[0]
const states = async () =>
  (
    await world.owner<{ status: string; count: number }>(
      `select status, count(*)::int from propagandists where deleted_at is null group by 1 order by 1`,
    )
  ).map(({ status, count }) => `${status} ${count}`)

test('a clerk logs in by the login page; a wrong password is answered in words', async () => {
  desk = await openDesk(site.browser, world, 'hefei', { secret: 'wrong-password' })
  await desk.page.getByText('用户名或密码不对').waitFor()
  await logIn(desk.page, 'hefei', password)
  await desk.page.getByRole('heading', { name: '合肥市总工会' }).waitFor()
  await desk.shot('home')
})

test('two propagandists are typed by keyboard alone, one of them with an input method', async () => {
  await desk.register('propagandists')
  await desk.page.getByText('在这里接着录入').waitFor()
  await desk.shot('empty')
  await desk.compose(['g', 'gu', 'gu ming', 'gu ming rui'], '顾明睿')
  await desk.press('Tab')
  await desk.type('男')
  await desk.press('Tab')
  await desk.type('1986.4')
  await desk.press('Tab', 'Tab', 'Tab')
  await desk.type('测试1')
  await desk.page.locator('.grid-option', { hasText: union }).waitFor()
  await desk.press('ArrowDown', 'Tab')
  await desk.type('庐州公交 宣传干事')
  await desk.press('Tab')
  await desk.type('138 0000 1027')
  await desk.press('Tab', 'Tab', 'Tab', 'Tab', 'Tab')
  await desk.type('2019.6.18')
  // A row one is still typing is no fault.
  expect(await desk.page.locator('[aria-invalid=true][role=gridcell]').count()).toBe(0)
  await desk.press('Enter')
  await desk.type('方若澄')
  await desk.press('Tab', 'Tab', 'Tab', 'Tab', 'Tab', 'Tab')
  await desk.type('滨湖九小 语文教师')
  await desk.press('Tab')
  await desk.type('13900002214')
  await desk.press('Tab', 'Tab', 'Tab', 'Tab', 'Tab')
  await desk.type('6月19日')
  await desk.press('Enter')
  await desk.saved()
  await desk.shot('typed')
  expect(await person('13800001027')).toMatchObject({
    name: '顾明睿',
    gender: '男',
    organization: union,
    job: '庐州公交 宣传干事',
    status: 'draft',
    unit: '合肥',
  })
  expect(await person('13900002214')).toMatchObject({ name: '方若澄', unit: '合肥' })
  const [dates] = await world.owner(
    `select born_in::text, appointed_on::text from propagandists where phone = '13800001027'`,
  )
  expect(dates).toMatchObject({ born_in: '1986-04', appointed_on: '2019-06-18' })
})

test('a phone that is too short stays in its cell with its sentence and is not sent', async () => {
  const sent: string[] = []
  const listen = (request: { method(): string; postData(): string | null }) => {
    if (request.method() === 'POST') sent.push(request.postData() ?? '')
  }
  desk.page.on('request', listen)
  await desk.cell(2, 'phone').click()
  await desk.type('1390000221')
  await desk.press('Enter', 'ArrowUp')
  expect(await desk.bubble()).toContain('手机号应是 11 位，现在是 10 位。')
  expect(await desk.text(2, 'phone')).toBe('1390000221')
  await desk.page.getByText('待修正 1').waitFor()
  await desk.shot('faulty')
  // What is valid in the same row is stored meanwhile.
  await desk.cell(2, 'gender').click()
  await desk.type('女')
  await desk.press('Enter')
  await expect.poll(() => person('13900002214')).toMatchObject({ gender: '女' })
  expect(sent.join()).not.toContain('1390000221"')
  desk.page.off('request', listen)
  await desk.page.getByRole('button', { name: '下一处' }).click()
  await desk.page.locator('.grid-bubble').getByRole('button', { name: '恢复原值' }).click()
  expect(await desk.text(2, 'phone')).toBe('139 0000 2214')
})

test('a block from Excel is pasted over a row and past the end', async () => {
  const row = (name: string, phone: string, organization: string, date: string) => [
    name,
    '女',
    '1990年1月',
    '党员',
    '大学',
    organization,
    '庐州公交 干事',
    phone,
    '抖音',
    '测试号',
    '1,200',
    '写作',
    date,
  ]
  await desk.cell(2, 'name').click()
  await desk.paste([
    row('方若澄', '13900002214', '', '2019.6.19'),
    row('程雨桐', '13800001316', union, '2019.6.18'),
    row('吴启航', '139 0000 2045', '', '2019年6月20日'),
    row('丁景行', '13700003108', '', '2019/6/21'),
    row('叶知夏', '13700003377', '', '2019.06.22'),
  ])
  await desk.saved()
  await desk.shot('pasted')
  expect(await person('13800001316')).toMatchObject({
    name: '程雨桐',
    political_status: '中共党员',
    education: '本科',
    organization: union,
    followers: 1200,
  })
  const days = await world.owner<{ day: string }>(`select appointed_on::text as day from propagandists order by id`)
  expect(days.map(({ day }) => day)).toEqual([
    '2019-06-18',
    '2019-06-19',
    '2019-06-18',
    '2019-06-20',
    '2019-06-21',
    '2019-06-22',
  ])
  expect(await person('13900002214')).toMatchObject({ gender: '女', followers: 1200 })
})

test('a phone that is registered already is refused by the server, in its cell', async () => {
  await desk.cell(3, 'phone').click()
  await desk.type('13800001027')
  await desk.press('Enter', 'ArrowUp')
  await desk.page.locator('.grid-bubble.bad').waitFor()
  expect(await desk.bubble()).toContain('已经登记过')
  expect(await desk.text(3, 'phone')).toBe('138 0000 1027')
  await desk.shot('refused')
  expect(await person('13800001316')).toMatchObject({ name: '程雨桐' })
  await desk.page.locator('.grid-bubble').getByRole('button', { name: '恢复原值' }).click()
  expect(await desk.text(3, 'phone')).toBe('138 0000 1316')
})

test('a cell changed by somebody else shows both values, and either can be kept', async () => {
  for (const [row, phone, button, kept] of [
    [3, '13800001316', '用我的', '我写的'],
    [4, '13900002045', '用现在的', '别人写的'],
  ] as const) {
    await desk.cell(row, 'job').click()
    await desk.type('我写的')
    await world.owner(`update propagandists set job = '别人写的', version = version + 1 where phone = $1`, [phone])
    await desk.press('Enter', 'ArrowUp')
    await desk.page.locator('.grid-bubble.clash').waitFor()
    const said = await desk.bubble()
    expect(said).toContain('我写的')
    expect(said).toContain('别人写的')
    await desk.shot(`conflict-${row}`)
    await desk.page.getByRole('button', { name: button }).click()
    await desk.saved()
    expect(await person(phone)).toMatchObject({ job: kept })
  }
})

test('undo takes back a change and a removal; what is removed waits in the 回收站', async () => {
  await desk.cell(3, 'job').click()
  await desk.type('改错了')
  await desk.press('Enter')
  await desk.saved()
  await desk.press('Control+z')
  await expect.poll(() => person('13800001316')).toMatchObject({ job: '我写的' })

  await desk.page.getByRole('checkbox', { name: '选中第 5 行' }).click()
  await desk.page.getByRole('button', { name: '删去 1 行' }).click()
  await expect.poll(() => person('13700003108')).toBeUndefined()
  await desk.cell(1, 'name').click()
  await desk.press('Control+z')
  await expect.poll(() => person('13700003108')).toBeDefined()
  await desk.page.getByRole('checkbox', { name: '选中第 6 行' }).waitFor()

  await desk.page.getByRole('checkbox', { name: '选中第 6 行' }).click()
  await desk.shot('ticked')
  await desk.page.getByRole('button', { name: '删去 1 行' }).click()
  await expect.poll(() => person('13700003377')).toBeUndefined()
  await desk.go('/bin')
  const removed = desk.page.getByRole('row', { name: /叶知夏/ })
  await removed.waitFor()
  await desk.shot('bin')
  await removed.getByRole('checkbox').check()
  await desk.page.getByRole('button', { name: /^恢复/ }).click()
  await expect.poll(() => person('13700003377')).toBeDefined()
})

test('the filter row narrows, heads sort, the first columns stay; a new row under another sort is shown once', async () => {
  await desk.register('propagandists')
  await desk.page.getByRole('textbox', { name: '筛选姓名' }).fill('程')
  await expect.poll(() => desk.page.locator('main footer').innerText()).toMatch(/^1 行/)
  expect(await desk.text(1, 'name')).toBe('程雨桐')
  await desk.page.getByRole('textbox', { name: '筛选姓名' }).press('Escape')
  const head = desk.page.getByRole('columnheader', { name: '手机号' })
  await head.getByRole('button', { name: '手机号', exact: true }).click()
  await desk.page.waitForSelector('[aria-sort=ascending]')
  await expect.poll(() => desk.text(1, 'phone')).toBe('137 0000 3108')
  await head.getByRole('button', { name: '手机号', exact: true }).click()
  await expect.poll(() => desk.text(1, 'phone')).toBe('139 0000 2214')

  await desk.page.getByRole('button', { name: '新增一行' }).click()
  await desk.paste([['白一鸣', '男', '', '', '', '', '测试厂 干事', '13999990155', '', '', '', '', '2019-07-01']])
  await desk.saved()
  expect(await desk.text(7, 'name')).toBe('白一鸣')
  await head.getByRole('button', { name: '手机号', exact: true }).click()
  await expect.poll(() => desk.text(1, 'phone')).toBe('138 0000 1027')
  expect(await desk.page.locator('.grid-row.stored').count()).toBe(7)

  const left = async (column: string) => (await desk.cell(1, column).boundingBox())?.x ?? 0
  const [name, job] = [await left('name'), await left('job')]
  await desk.page.mouse.move(700, 400)
  await desk.page.mouse.wheel(300, 0)
  await expect.poll(() => left('job')).toBeLessThan(job - 100)
  expect(await left('name')).toBe(name)
  await desk.shot('scrolled')
})

test('the red button submits: first the ticked rows, then all drafts; what is sent is locked', async () => {
  await desk.register('propagandists')
  await desk.page.getByRole('checkbox', { name: '选中第 1 行' }).click()
  await desk.page.getByRole('button', { name: '提交 1 行' }).first().click()
  await desk.shot('ask')
  await desk.page.getByRole('dialog').getByRole('button', { name: '提交 1 行' }).click()
  await expect.poll(() => states()).toEqual(['draft 6', 'submitted 1'])
  await expect.poll(() => desk.text(1, 'status')).toBe('待审')

  await desk.cell(1, 'job').click()
  await desk.type('改')
  await desk.press('Enter')
  await desk.page.getByText('工作单位及职务这一格只能查看，不能改。').first().waitFor()
  expect(await person('13800001027')).toMatchObject({ job: '庐州公交 宣传干事' })

  await desk.page.getByRole('button', { name: '提交 6 行' }).click()
  await desk.page.getByRole('dialog').getByRole('button', { name: '提交 6 行' }).click()
  await expect.poll(() => states()).toEqual(['submitted 7'])
  await expect.poll(() => desk.page.locator('.grid-row.locked').count()).toBe(7)
  await desk.shot('submitted')
})

test('the province sends two rows back with a reason and fields, and approves the rest, by keys', async () => {
  const province = await openDesk(site.browser, world, 'province')
  await province.page.getByText('待审').first().waitFor()
  await province.shot('home-province')
  await province.page
    .getByRole('link', { name: /宣传员/ })
    .first()
    .click()
  await province.page.waitForSelector('.grid-row.stored')
  expect(await province.page.locator('.grid-row.stored').count()).toBe(7)
  await province.press('Space', 'ArrowDown', 'Space')
  await province.page.getByText('已选 2 行').waitFor()
  await province.shot('review')
  await province.press('r')
  await province.type('工会名称与附件3不一致。')
  await province.page.getByRole('checkbox', { name: '所在工会' }).check()
  await province.shot('reason')
  await province.page.getByRole('button', { name: '退回 2 行' }).last().click()
  await expect.poll(() => states()).toEqual(['returned 2', 'submitted 5'])
  await expect.poll(() => province.page.locator('.grid-row.stored').count()).toBe(5)

  await province.page.getByRole('checkbox', { name: '选中全部行' }).click()
  await province.page.getByRole('button', { name: /^通过 5 行/ }).click()
  await expect.poll(() => states()).toEqual(['approved 5', 'returned 2'])
  await province.page.getByText('没有符合这些条件的行。').waitFor()
  await province.shot('reviewed')
  expect(province.faults).toEqual([])
  await province.close()
})

test('the clerk reads the reason at the marked cells, corrects and submits again', async () => {
  await desk.go('/')
  // What waits is asked again every 20 seconds at most.
  await desk.page.reload()
  await desk.page.getByText('工会名称与附件3不一致。').first().waitFor()
  await desk.shot('home-returned')
  await desk.register('propagandists')
  expect(await desk.page.locator('.grid-row.attention').count()).toBe(2)
  await desk.cell(1, 'organization_id').click()
  expect(await desk.bubble()).toContain('工会名称与附件3不一致。')
  await desk.press('Control+Enter')
  await desk.page.getByRole('complementary').getByText('工会名称与附件3不一致。').waitFor()
  await desk.shot('returned')
  await desk.page.getByRole('button', { name: '关上' }).click()
  await desk.type('测试1')
  await desk.page.locator('.grid-option', { hasText: union }).waitFor()
  await desk.press('ArrowDown', 'Enter')
  await desk.page.getByRole('checkbox', { name: '选中第 1 行' }).click()
  await desk.page
    .getByRole('toolbar')
    .getByRole('button', { name: /提交 1 行/ })
    .click()
  await expect.poll(() => states()).toEqual(['approved 5', 'returned 1', 'submitted 1'])
})

test('rows are exported as a workbook under its official name', async () => {
  await desk.page.getByRole('button', { name: '导出' }).click()
  const coming = desk.page.waitForEvent('download')
  await desk.page.getByRole('menuitem', { name: /导出现在看到的 7 行/ }).click()
  const file = await coming
  expect(file.suggestedFilename()).toMatch(/^附件4-合肥市总工会-.*登记表-20190819\.xlsx$/)
  expect((await readFile(await file.path())).subarray(0, 2).toString()).toBe('PK')
})

test('the cyberspace office of a city sees masked phones, and nothing to write with', async () => {
  const office = await openDesk(site.browser, world, 'cac-hefei')
  await office.register('propagandists')
  await office.page.waitForSelector('.grid-row.stored')
  expect(await office.page.locator('.grid-row.stored').count()).toBe(7)
  expect(await office.text(1, 'phone')).toMatch(/\*{4}/)
  expect(await office.page.locator('.grid').innerText()).not.toMatch(/1\d\d ?\d{4} ?\d{4}/)
  expect(await office.page.locator('.grid-row.blank').count()).toBe(0)
  await office.cell(1, 'name').click()
  await office.press('F2')
  expect(await office.page.locator('.grid-editor.open').count()).toBe(0)
  for (const name of ['导入', '新增一行', /^提交( \d+ 行)?$/]) {
    expect(await office.page.getByRole('button', { name }).count()).toBe(0)
  }
  await office.shot('cac')
  expect(office.faults).toEqual([])
  await office.close()
})

test('every page of every role opens without a complaint of the browser; dark is chosen once for all of them', async () => {
  const visited = new Set<string>()
  for (const username of ['province', 'cac', 'juror1', 'hefei', 'suzhou'] as const) {
    // A host sees one page more than other clerks.
    if (username !== 'suzhou') visited.clear()
    const one = await openDesk(site.browser, world, username)
    await one.page.waitForSelector('main')
    await one.page.getByRole('button', { name: '换深色' }).click()
    const places = one.page.getByRole('navigation', { name: '主菜单' }).getByRole('link')
    const links = await places.evaluateAll((all) => all.map((link) => link.getAttribute('href')))
    for (const path of ['#/account', '#/nowhere', ...links.map(String)].filter((each) => !visited.has(each))) {
      visited.add(path)
      await one.page.goto(`${world.address}/${path}`)
      await one.idle()
      expect(await one.page.locator('main').innerText(), `${username} ${path}`).not.toContain('这一页没有打开')
      expect(await one.page.locator('html').getAttribute('data-theme')).toBe('dark')
      expect(one.faults, `${username} ${path}`).toEqual([])
      await one.shot(`dark-${username}-${path.replace(/\W+/g, '')}`)
    }
    await one.close()
  }
})

test('a year is made ready by the province alone, opened, archived; what is grave asks for its name', async () => {
  const office = await openDesk(site.browser, world, 'province')
  const { page } = office
  const years = page.getByRole('button', { name: /^年度，现在是/ })
  const dialog = page.getByRole('dialog')
  await office.register('campaigns')
  await office.cell(2, 'name').click()
  await office.type('2020 年度主题活动')
  await office.press('Tab')
  await office.type('2020')
  await office.press('Tab', 'Tab', 'Tab', 'Tab')
  await office.type('2020-6-1')
  await office.press('Tab')
  await office.type('2020-11-30')
  await office.press('Enter')
  await office.saved()
  // it stands in the menu at once, and everybody else still begins with 2019
  await years.click()
  await page.getByRole('menuitem', { name: /^2020 年度 筹备中/ }).click()
  await page.getByText('2020 年度正在筹备，只有省总看得见。').waitFor()
  expect((await (await world.as('hefei')).get('/me')).body.campaigns).toHaveLength(1)
  await office.register('participations')
  await expect.poll(() => office.text(1, 'unit_id')).toBe('合肥')
  // a unit is taken out of this year by its name
  await office.cell(2, 'unit_id').click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^删去/ }).click()
  const remove = dialog.getByRole('button', { name: '删去' })
  await dialog.getByRole('textbox').fill('合肥')
  expect(await remove.isDisabled()).toBe(true)
  await dialog.getByRole('textbox').fill('淮北')
  await remove.click()
  await expect.poll(() => office.text(2, 'unit_id')).toBe('亳州')
  // what is counted comes before what each unit has to do of it
  await office.register('metrics')
  await page.getByRole('button', { name: '从 2019 年度带来' }).click()
  await expect.poll(() => office.text(2, 'label')).toBe('发展宣传员')
  await office.register('quotas')
  await page.getByRole('button', { name: '从 2019 年度带来' }).click()
  await expect.poll(() => office.text(2, 'unit_id')).toBe('亳州')
  await page.getByRole('button', { name: '开启' }).click()
  await dialog.getByRole('button', { name: '开启' }).click()
  await page.getByText('2020 年度已开启。').waitFor()
  await office.register('propagandists')
  const cities = page.getByRole('group', { name: '按单位看' })
  await cities.getByRole('button', { name: /^合肥/ }).waitFor()
  expect(await cities.innerText()).not.toContain('淮北')
  // the clerk begins with it, looks back at a year that is archived, and finds nothing to write with
  await office.register('campaigns')
  await office.cell(1, 'name').click({ button: 'right' })
  await page.getByRole('menuitem', { name: '归档' }).click()
  await dialog.getByRole('button', { name: '归档' }).click()
  await page.getByText('2019 年度已归档。').waitFor()
  const clerk = await openDesk(site.browser, world, 'hefei')
  const chosen = clerk.page.getByRole('button', { name: /^年度，现在是/ })
  expect(await chosen.innerText()).toContain('2020 年度')
  await chosen.click()
  await clerk.page.getByRole('menuitem', { name: /^2019 年度 已归档/ }).click()
  await clerk.page.getByText('2019 年度已归档，只能查看。').waitFor()
  await clerk.register('organizations')
  await clerk.page.waitForSelector('.grid-row.stored')
  expect(await clerk.page.locator('.grid-row.blank').count()).toBe(0)
  for (const name of ['导入', '新增一行', /^提交( \d+ 行)?$/])
    expect(await clerk.page.getByRole('button', { name }).count()).toBe(0)
  // where a name is typed, what hangs on it is told
  await office.register('units')
  await office.cell(1, 'short_name').click({ button: 'right' })
  await page.getByRole('menuitem', { name: /^删去/ }).click()
  await dialog.getByRole('textbox').fill('合肥')
  await remove.click()
  await page
    .getByRole('alert')
    .getByText(/填报单位“合肥”还有.*基层工会组织 1 个.*不能删去。/)
    .waitFor()
  expect([...office.faults, ...clerk.faults]).toEqual([])
  await Promise.all([office.close(), clerk.close()])
})

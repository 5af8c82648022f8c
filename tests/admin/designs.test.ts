/**
 * Registers that a campaign defines for itself, in a real browser: the province publishes them, and every open page shows
 * them like built-in ones. The tests follow one another.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { sample, type World } from '../support/world.ts'

let site: Site
let world: World
/** The province at the designs, and the clerk of 合肥 at the registers. */
let province: Desk
let clerk: Desk

beforeAll(async () => {
  site = await openSite()
  world = site.world
  await (await world.as('hefei')).post('/events', sample.events?.(1) ?? {}).expect(201)
  province = await openDesk(site.browser, world, 'province')
  clerk = await openDesk(site.browser, world, 'hefei')
})

afterAll(() => site?.close())

afterEach(async () => {
  await clerk?.shot('last')
  expect([province, clerk].flatMap((desk) => desk?.faults.splice(0) ?? [])).toEqual([])
})

const visits = {
  name: 'visits',
  label: '走访慰问',
  title: '走访慰问一线职工登记表',
  annex: 12,
  measure: '次',
  scope: 'unit',
  names: 'place',
  fields: [
    { name: 'place', label: '走访地点', type: 'text', required: true, max: 50 },
    { name: 'visited_on', label: '走访日期', type: 'date', required: true },
    { name: 'workers', label: '慰问人数', type: 'integer', sum: true, min: 1, group: '慰问情况' },
  ],
  keys: [['visited_on', 'place']],
  rules: [{ name: 'many', kind: 'not_more', field: 'workers', value: 30, severity: 'explain' }],
}

const adjustment = (more: object) => ({
  extends: 'events',
  label: '基层行',
  title: '好网民基层行统计表',
  hide: ['with_cac', 'media_links'],
  rename: { headcount: '参加职工' },
  ...more,
})
const patron = { name: 'patron', label: '联系领导', type: 'text', max: 20 }
const theme = { name: 'theme', label: '主题口号', type: 'text', max: 50 }

/** Published through the contract, as another office would. */
async function publish(definition: object) {
  const agent = await world.as('province')
  const { body } = await agent.post('/form_designs', { campaign_id: world.campaign_id, definition }).expect(201)
  await agent.post(`/form_designs/${body.id}/publication`, { version: body.version }).expect(200)
}
const heads = () =>
  clerk.page.locator('[data-head]').evaluateAll((all) => all.map((each) => each.getAttribute('data-head')))

test('the province writes a register, sees what is wrong with it and what it changes, and publishes it', async () => {
  await clerk.go('/dictionary')
  await clerk.page.getByRole('heading', { name: '数据字典' }).waitFor()
  const { page } = province
  await province.go('/form_designs')
  await page.getByRole('button', { name: '新建' }).click()
  await page.getByRole('tab', { name: '定义' }).click()
  const text = page.getByLabel('定义', { exact: true })
  await text.fill(
    JSON.stringify({ ...visits, fields: [{ ...visits.fields[0], type: 'letters' }, ...visits.fields.slice(1)] }),
  )
  await page.getByRole('button', { name: '用这一份' }).click()
  await page.getByText('没有“letters”这种类型').first().waitFor({ state: 'attached' })
  await page.getByText(/还有 \d+ 处要改/).waitFor()
  await text.fill(JSON.stringify(visits))
  await page.getByRole('button', { name: '用这一份' }).click()
  await page.getByRole('button', { name: '核对' }).click()
  await page.getByText('新增登记表“走访慰问”，3 栏。').waitFor()
  await province.shot('design')
  await page.getByRole('button', { name: '发布' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '发布' }).click()
  await page.getByText('已发布').waitFor()
  await page.getByRole('button', { name: '返回' }).click()
  await page.getByRole('link', { name: '走访慰问', exact: true }).first().waitFor()
})

test('a page that stands open has it at once: menu, dictionary, grid, drawer', async () => {
  const { page } = clerk
  // the dictionary stands open since before
  await page.getByRole('heading', { name: '附件12　走访慰问一线职工登记表' }).waitFor()
  await page.getByRole('navigation', { name: '主菜单' }).getByText('走访慰问').click()
  await page.getByRole('heading', { name: '走访慰问', exact: true }).waitFor()
  await page.waitForFunction(() => document.querySelector('.grid-row:not(.loading)'))
  await clerk.cell(1, 'place').click()
  await clerk.type('庐阳环卫所')
  await clerk.press('Tab')
  await clerk.type('7月2日')
  await clerk.press('Tab')
  await clerk.type('36')
  await clerk.press('Enter')
  await clerk.saved()
  expect(await world.owner('select place, visited_on::text, workers, status from visits')).toEqual([
    { place: '庐阳环卫所', visited_on: '2019-07-02', workers: 36, status: 'draft' },
  ])
  await clerk.shot('register')
})

test('its drawer has its groups, what is to be looked at again, and what was done to the row', async () => {
  const { page } = clerk
  await clerk.cell(1, 'place').click()
  await clerk.press('Control+Enter')
  const drawer = page.getByRole('complementary')
  await drawer.getByRole('heading', { name: '庐阳环卫所' }).waitFor()
  expect(await drawer.getByRole('term').allInnerTexts()).toEqual(
    expect.arrayContaining([expect.stringContaining('慰问情况 慰问人数')]),
  )
  await drawer.getByText('慰问人数 36 大于 30').waitFor()
  await clerk.shot('drawer')
  await drawer.getByRole('tab', { name: '历史' }).click()
  await drawer.getByText('慰问人数').first().waitFor()
  await drawer.getByRole('button', { name: '关上' }).click()
})

test('a workbook of it is read and shown under its own columns', async () => {
  const { page } = clerk
  const buffer = Buffer.from('走访地点,走访日期,慰问人数\n包河公交二公司,2019-07-03,12\n')
  await page.getByLabel('导入走访慰问').setInputFiles({ name: '走访.csv', mimeType: 'text/csv', buffer })
  await page.getByRole('heading', { name: '导入走访慰问' }).waitFor()
  await page.getByText('包河公交二公司').first().waitFor()
  await clerk.shot('import')
})

test('an open check of a workbook says that columns came, and checks it again', async () => {
  const { page } = clerk
  const fields = [...visits.fields, { name: 'gift', label: '慰问品', type: 'text' }]
  await publish({ ...visits, fields })
  await page.getByText('走访慰问的栏目或规则刚改过').waitFor()
  await clerk.shot('redefined')
  await page.getByRole('button', { name: '重新核对' }).click()
  await page.getByText('走访慰问的栏目或规则刚改过').waitFor({ state: 'detached' })
  await page.getByText('包河公交二公司').first().waitFor()
})

test('an adjusted register has the words, order and columns of the campaign', async () => {
  await clerk.register('events')
  await publish(adjustment({ order: ['held_on', 'title', 'patron'], add: [patron] }))
  const { page } = clerk
  await page.getByRole('heading', { name: '基层行', exact: true }).waitFor()
  await page.locator('[data-head="patron"]').waitFor()
  const shown = await heads()
  expect(shown).not.toContain('with_cac')
  expect(shown).not.toContain('media_links')
  expect(shown.indexOf('held_on')).toBeLessThan(shown.indexOf('kind'))
  await page.getByRole('columnheader', { name: /参加职工/ }).waitFor()
  await clerk.cell(1, 'patron').click()
  await clerk.type('王主席')
  await clerk.press('Enter')
  await clerk.saved()
  expect(await world.owner('select patron from events')).toEqual([{ patron: '王主席' }])
  await clerk.shot('adjusted')
})

test('a new version published while somebody types loses nothing: what was for a column that is gone is kept and said', async () => {
  const { page } = clerk
  await clerk.cell(1, 'patron').click()
  await clerk.type('李部长')
  await publish(adjustment({ order: ['held_on', 'title', 'theme'], add: [theme] }))
  await page.locator('[data-head="theme"]').waitFor()
  await page.getByText('“联系领导”这一栏刚刚取消了').first().waitFor()
  await clerk.type('也来')
  await clerk.press('Enter')
  await page.getByText('“联系领导”填的“李部长也来”').waitFor()
  await clerk.shot('lost')
  await clerk.cell(1, 'theme').click()
  await clerk.type('网聚正能量')
  await clerk.press('Enter')
  await expect
    .poll(() => world.owner('select patron, theme from events'))
    .toEqual([{ patron: '王主席', theme: '网聚正能量' }])
  await page.getByRole('button', { name: '不要了' }).click()
  await page.getByText('“联系领导”填的').waitFor({ state: 'detached' })
})

test('a register retired under somebody’s hands says so, by whom, and keeps what was not stored', async () => {
  const { page } = clerk
  await clerk.register('visits')
  await clerk.cell(1, 'workers').click()
  await clerk.type('0')
  await clerk.press('Enter')
  await page.getByText('慰问人数不能小于 1').first().waitFor()
  const leader = await world.as('province')
  const filter = { name: 'visits', state: 'published' }
  const [design] = (await leader.get('/form_designs', { filter }).expect(200)).body
  await leader.post(`/form_designs/${design.id}/retirement`, { version: design.version }).expect(200)
  await page.getByText('“走访慰问”已经停用').waitFor()
  await page.getByText('测试province').waitFor()
  await page.getByText('留在这台电脑的浏览器里').waitFor()
  await page.getByRole('navigation', { name: '主菜单' }).getByText('走访').waitFor({ state: 'detached' })
  await clerk.shot('retired')
  // the page may have asked for rows in the moment before it heard of it
  const early = clerk.faults.filter((fault) => !/status of 404.*\/api\/visits\?/.test(fault))
  clerk.faults.splice(0, clerk.faults.length, ...early)
  await publish(visits)
  await page.getByRole('heading', { name: '走访慰问', exact: true }).waitFor()
  await page.getByText('慰问人数不能小于 1').first().waitFor()
  await province.go('/nothing_here')
  await province.page.getByText('没有这一页').waitFor()
})

test('an annex of a notice becomes a draft: the file is chosen, what it does not say is answered, and confirmed', async () => {
  const { page } = province
  await province.go('/form_designs')
  await page.getByRole('button', { name: '从附件来' }).click()
  await page.getByLabel('附件').setInputFiles('tests/fixtures/notices/2023滨海/附件3线下活动统计表.xlsx')
  await page.getByRole('cell', { name: '人数 / 参加人数' }).waitFor()
  await page.getByLabel('表上没有写一行叫一什么。').selectOption({ label: '一次' })
  await page.getByRole('button', { name: '确认，建成草稿' }).click()
  await page.getByText('草稿', { exact: true }).first().waitFor()
  const { body } = await (await world.as('province')).get('/form_designs', { sort: ['id', 'DESC'] }).expect(200)
  expect(body[0]).toMatchObject({ state: 'draft', definition: { measure: '次', title: '“12351+”线下活动统计表' } })
})

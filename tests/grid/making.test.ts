/** The grid on a register of the built admin: rows made in place, rows whose answer was lost, awards a host ranks. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { sample, type World } from '../support/world.ts'

let site: Site
let world: World
let hefei: Desk

beforeAll(async () => {
  site = await openSite()
  world = site.world
  const agent = await world.as('hefei')
  await agent.post('/organizations', { ...sample.organizations?.(1), name: '合肥市庐州公交集团工会' }).expect(201)
  for (const n of [1, 2]) await agent.post('/propagandists', sample.propagandists?.(n)).expect(201)
  hefei = await openDesk(site.browser, world, 'hefei')
})

afterAll(() => site?.close())

afterEach(() => {
  const harmless = /blocker|ERR_FAILED|Failed to fetch|net::ERR/
  expect(hefei?.faults.splice(0).filter((fault) => !harmless.test(fault))).toEqual([])
})

test('a union that is not there yet is made from the cell that names it', async () => {
  const { page } = hefei
  await hefei.register('propagandists')
  await hefei.cell(1, 'organization_id').click()
  await hefei.type('合肥新桥物流园工会')
  await page.getByRole('button', { name: '新建基层工会组织“合肥新桥物流园工会”' }).waitFor()
  await hefei.press('Control+Enter')
  const dialog = page.getByRole('dialog')
  expect(await dialog.getByLabel('组织全称').inputValue()).toBe('合肥新桥物流园工会')
  await dialog.getByRole('button', { name: '新建' }).click()
  expect(await dialog.getByRole('alert').allInnerTexts()).toEqual(['必填：类型。', '必填：动员日期。'])
  await dialog.getByLabel('类型').selectOption('非公')
  await dialog.getByLabel('动员日期').fill('8月12日')
  await hefei.shot('made-in-place')
  await dialog.getByRole('button', { name: '新建' }).click()
  await dialog.waitFor({ state: 'detached' })
  await hefei.saved()
  const rows = await world.owner(
    `select p.name, o.name as organization, o.kind, o.mobilized_on::text as on, o.status
     from propagandists p join organizations o on o.id = p.organization_id`,
  )
  expect(rows).toEqual([
    { name: '丁1', organization: '合肥新桥物流园工会', kind: '非公', on: '2019-08-12', status: 'draft' },
  ])
  expect(await hefei.text(1, 'organization_id')).toBe('合肥新桥物流园工会')
  // the keyboard goes on where it was
  await hefei.press('ArrowDown')
  await hefei.type('合肥新桥')
  await page.locator('.grid-option', { hasText: '合肥新桥物流园工会' }).waitFor()
  await hefei.press('Escape')
})

test('given up, what was typed stands in the open cell as before; a name that is there is not offered anew', async () => {
  const { page } = hefei
  await hefei.register('propagandists')
  await hefei.cell(2, 'organization_id').click()
  await hefei.type('没有的工会')
  await page.locator('.grid-create').click()
  await page.getByRole('dialog').getByRole('button', { name: '取消' }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })
  await page.waitForFunction(
    () => document.querySelector<HTMLTextAreaElement>('.grid-editor.open')?.value === '没有的工会',
  )
  await hefei.press('Escape')
  expect(await hefei.text(2, 'organization_id')).toBe('')
  expect(await page.locator('.grid-cell.unsaved').count()).toBe(0)
  await hefei.cell(2, 'organization_id').click()
  await hefei.type('合肥市庐州公交集团工会')
  await page.locator('.grid-option', { hasText: '合肥市庐州公交集团工会' }).waitFor()
  expect(await page.locator('.grid-create').count()).toBe(0)
  await hefei.press('Escape')
})

test('a new row whose answer was lost is stored once, with what was typed meanwhile', async () => {
  const { page } = hefei
  await hefei.register('propagandists')
  let lost = 0
  let isBack = false
  const bodies: string[] = []
  await page.route('**/propagandists/bulk', async (route) => {
    // the stored row is told of live, and the grid tries again at once: the line is down until that was seen
    if (lost > 0 && !isBack) return route.abort()
    bodies.push(route.request().postData() ?? '')
    if (lost > 0) return route.continue()
    lost++
    await route.fetch()
    await route.abort()
  })
  await hefei.cell(3, 'name').click()
  await hefei.paste([['许若溪', '女', '', '', '', '', '测试厂 干事', '138 0000 1027', '', '', '', '', '2019-07-01']])
  await page.getByRole('status').filter({ hasText: '已存在本机' }).waitFor()
  isBack = true
  await hefei.cell(3, 'job').click()
  await hefei.type('测试厂 主任')
  await hefei.press('Enter')
  await hefei.saved()
  expect(lost).toBe(1)
  // The row goes again as it went first, and then what was typed since, as a change of it.
  const [first, again, change = '{}'] = bodies
  expect([again, bodies.length]).toEqual([first, 3])
  expect(JSON.parse(change)).toMatchObject({ create: [], update: [{ job: '测试厂 主任' }] })
  await page.unroute('**/propagandists/bulk')
  const rows = await world.owner(`select name, job, version from propagandists where phone = '13800001027'`)
  expect(rows).toEqual([{ name: '许若溪', job: '测试厂 主任', version: 2 }])
  expect(await page.locator('.grid-cell.faulty').count()).toBe(0)
})

test('kept over a reload, the row whose answer was lost is still the one that was made, and what was typed since changes it', async () => {
  const { page } = hefei
  await hefei.register('propagandists')
  await page.route('**/propagandists/bulk', async (route) => {
    // a try may be under way when the page goes
    await route.fetch().catch(() => {})
    await route.abort().catch(() => {})
  })
  await hefei.cell(4, 'name').click()
  await hefei.paste([['程雨桐', '女', '', '', '', '', '测试厂 干事', '138 0000 1028', '', '', '', '', '2019-07-01']])
  await page.getByRole('status').filter({ hasText: '已存在本机' }).waitFor()
  await hefei.cell(4, 'job').click()
  await hefei.type('测试厂 主任')
  await hefei.press('Enter')
  await page.waitForTimeout(600)
  await page.unroute('**/propagandists/bulk')
  await page.reload()
  await page.getByText('现在接着保存').first().waitFor()
  await hefei.saved()
  const rows = await world.owner(`select name, job, version from propagandists where phone = '13800001028'`)
  expect(rows).toEqual([{ name: '程雨桐', job: '测试厂 主任', version: 2 }])
  expect(await page.locator('.grid-cell.clash').count()).toBe(0)
  expect(await page.locator('.grid-cell.faulty').count()).toBe(0)
})

test('a host finds the awards of its collection and ranks them; the rest of the row is read', async () => {
  const [agent, judge] = [await world.as('hefei'), await world.as('suzhou')]
  const made: number[] = []
  for (const n of [1, 2]) {
    const { id: submission_id } = (await agent.post('/submissions', sample.submissions?.(n)).expect(201)).body
    await world.owner(`update submissions set status = 'proposed', version = version + 1 where id = $1`, [
      submission_id,
    ])
    const prize = { category: '作品一等奖' }
    made.push((await judge.post(`/submissions/${submission_id}/prizes`, prize).expect(201)).body.id)
  }
  const host = await openDesk(site.browser, world, 'suzhou')
  await host.register('awards')
  await host.page.getByText('测试作品2').first().waitFor()
  await host.shot('host-ranks')
  const editable = (column: string) => host.cell(1, column).getAttribute('aria-readonly')
  expect([await editable('rank'), await editable('deeds'), await editable('target')]).toEqual([null, 'true', 'true'])
  await host.cell(1, 'rank').click()
  await host.type('2')
  await host.press('Enter')
  await host.type('1')
  await host.press('Enter')
  await host.saved()
  const ranks = await world.owner('select rank from awards where id = any ($1) order by id', [made])
  expect(ranks).toEqual([{ rank: 2 }, { rank: 1 }])
  expect(host.faults).toEqual([])
  await host.close()
})

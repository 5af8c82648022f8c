/** The turn of the year in a browser: the province makes the next one, a unit confirms last year's rows in its register. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { sample } from '../support/world.ts'

let site: Site
let province: Desk
let clerk: Desk

beforeAll(async () => {
  site = await openSite()
  const { world, browser } = site
  const [hefei, lead] = [await world.as('hefei'), await world.as('province')]
  for (const n of [1, 2]) {
    const { body } = await hefei.post('/organizations', sample.organizations?.(n) ?? {}).expect(201)
    await hefei.post(`/organizations/${body.id}/submission`, {}).expect(200)
    await lead.post(`/organizations/${body.id}/approval`, {}).expect(200)
  }
  province = await openDesk(browser, world, 'province')
})

afterAll(() => site?.close())

afterEach(async () => {
  await (clerk ?? province)?.shot('last')
  expect([province, clerk].flatMap((desk) => desk?.faults.splice(0) ?? [])).toEqual([])
})

test('the province sees what each part becomes, says what only a person can, and makes and opens the year', async () => {
  const { page } = province
  await province.go('/new_year')
  await page.getByRole('heading', { name: '新建 2020 年度' }).waitFor()
  await page.getByRole('button', { name: '还有 2 处没有定' }).waitFor()
  await page.getByText('9-23 星期三 — 9-27 星期日').waitFor()
  await page.getByRole('button', { name: '照星期' }).click()
  await page.getByText('9-21 星期一 — 9-25 星期五').waitFor()
  await page.getByRole('group', { name: /C2/ }).getByText('今年不办').click()
  await page.getByRole('group', { name: /C3/ }).getByText('接着办').click()
  await page.getByText('基层工会组织，通过的 2 个').click()
  await page.getByLabel('退出的单位').selectOption('淮北')
  await page.getByRole('cell', { name: '不再参加' }).waitFor()
  await page.getByRole('group', { name: /C4/ }).getByText('由省总承办').click()
  await page.getByRole('button', { name: '建立年度' }).click()
  await page.getByText('2020 年度正在筹备，只有省总看得见。').waitFor()
  await page.getByRole('button', { name: '以他人身份查看…' }).click()
  await page.getByRole('dialog').getByLabel('单位', { exact: true }).selectOption('芜湖')
  await page.getByRole('dialog').getByRole('button', { name: '查看' }).click()
  await page.getByText('正在以芜湖市总工会的身份查看 2020 年度，只读。').waitFor()
  await province.go('/organizations')
  await page.getByRole('grid').waitFor()
  expect(await page.getByRole('button', { name: /^(导入|提交 \d+ 行)$/ }).count()).toBe(0)
  await page.getByRole('button', { name: '退出', exact: true }).click()
  await page.getByRole('button', { name: '开启' }).waitFor()
  await site.world.owner(`update campaigns set today_on = '2020-06-20', version = version + 1 where year = 2020`)
  await page.getByRole('button', { name: '开启' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '开启' }).click()
  await page.getByText('2020 年度已开启。').waitFor()
})

test('quotas come from an 附件1 and a year from a package: both are handed over in the page', async () => {
  const { page } = province
  await province.go('/new_year')
  const workbook = '附件1 2019年任务分配表.xlsx'
  const hand = (label: string, name: string, path: string) =>
    page.getByLabel(label, { exact: true }).setInputFiles({
      name,
      mimeType: 'application/octet-stream',
      buffer: readFileSync(join(import.meta.dirname, path)),
    })
  await hand('附件1', workbook, `../fixtures/workbooks/${workbook}`)
  await page.getByRole('button', { name: '从附件1…', pressed: true }).waitFor()
  await page.getByRole('row', { name: /合肥 7 \/ 140 \/ 20 不变/ }).waitFor()
  await page.getByRole('row', { name: /省总.*附件1 里没有它/ }).waitFor()
  await hand('活动包文件', '滨海.json', '../../seeds/packages/2023-binhai.json')
  await page.getByRole('heading', { name: '新建 2023 年度' }).waitFor()
  await page
    .getByRole('cell', { name: /24 个单位/ })
    .first()
    .waitFor()
  await hand('活动包文件', '别的.json', '../../package.json')
  await page.getByText(/“别的.json”不是活动包/).waitFor()
  await page.getByRole('link', { name: '从通知来' }).click()
  await page.getByRole('heading', { name: '从通知来' }).waitFor()
})

test('two years stand side by side in the progress of the units', async () => {
  const { page } = province
  await province.go('/progress')
  await page.getByLabel('对照年度').selectOption({ label: '对照 2019 年度' })
  await page.getByRole('columnheader', { name: '2019 完成' }).first().waitFor()
  const hefei = page.getByRole('row', { name: /^1 合肥/ })
  await expect.poll(() => hefei.getByRole('cell').nth(1).innerText()).toBe('2')
})

test('a unit confirms what is still true, turns down what is not, and nothing else is this year’s', async () => {
  clerk = await openDesk(site.browser, site.world, 'hefei')
  const { page } = clerk
  await clerk.go('/organizations')
  await page.getByText('2019 年度通过的基层工会组织还有 2 个待确认').waitFor()
  await page.getByRole('button', { name: '核对' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('合肥测试1厂工会委员会').check()
  await dialog.getByRole('button', { name: '确认 1 个' }).click()
  await dialog.getByText('有 1 行要先改好，都没有带过来。').waitFor()
  await dialog.getByLabel('今年的动员日期').fill('2020-06-18')
  await dialog.getByRole('button', { name: '确认 1 个' }).click()
  await dialog.getByText('1 个待确认').waitFor()
  await dialog.getByLabel('合肥测试2厂工会委员会').check()
  await dialog.getByRole('button', { name: '不带' }).click()
  await dialog.waitFor({ state: 'detached' })
  const row = page.locator('.grid-row', { hasText: '合肥测试1厂工会委员会' })
  await row.getByText('2020-06-18').waitFor()
  expect(await page.locator('.grid-row', { hasText: '合肥测试2厂' }).count()).toBe(0)
})

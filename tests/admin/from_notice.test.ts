/** 从通知来 in a browser: the province makes the campaign of 滨海 from its three files. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { filesOfNotice } from '../support/notices.ts'

let site: Site
let province: Desk

beforeAll(async () => {
  site = await openSite()
  province = await openDesk(site.browser, site.world, 'province')
})

afterAll(() => site?.close())

afterEach(async () => {
  await province?.shot('last')
  expect(province?.faults.splice(0)).toEqual([])
})

test('the files of 滨海 are read, confirmed list by list beside their words, looked at and made', async () => {
  const { page } = province
  await province.go('/from_notice')
  await page.getByLabel(/通知和附件/).setInputFiles(
    filesOfNotice('2023滨海').map(({ name, bytes }) => ({
      name,
      mimeType: 'application/octet-stream',
      buffer: bytes,
    })),
  )
  const days = page.getByRole('region', { name: /^日程/ })
  await days.getByRole('button', { name: '看原文：报送作品' }).click()
  await page.locator('mark[data-shown]', { hasText: '2023年7月20日前' }).waitFor()
  await page.locator('mark', { hasText: '8月20日前' }).click()
  await days.locator('li[data-shown]').getByLabel('名称：报送工作总结').waitFor()
  await days.getByRole('button', { name: '去掉：推优' }).click()
  await days.getByLabel('到：报送工作总结').fill('2023-08-21')
  await page.getByRole('radio', { name: '按通知的 80' }).check()
  const found = page.getByRole('region', { name: '读出来的' })
  const pressed = found.getByRole('button', { name: '确认', exact: true })
  await pressed.first().click()
  await days.getByRole('button', { name: '确认', exact: true }).click()
  const left = await pressed.count()
  // reading the files anew, and the page, loses nothing of it
  await page.getByLabel('这张表是：2023年主题活动市级子项目一览表').selectOption('不用')
  await page.getByRole('heading', { name: '不用的表（1）' }).waitFor()
  await page.getByLabel('这张表是：2023年主题活动市级子项目一览表').selectOption('征集活动')
  await page.getByRole('heading', { name: '不用的表' }).waitFor({ state: 'detached' })
  await page.reload()
  await days.getByLabel('到：报送工作总结').waitFor()
  expect(await days.getByLabel('到：报送工作总结').inputValue()).toBe('2023-08-21')
  expect(await pressed.count()).toBe(left)
  await expect(page.getByRole('radio', { name: '按通知的 80' }).isChecked()).resolves.toBe(true)
  for (let open = await pressed.count(); open > 0; open = await pressed.count()) await pressed.first().click()
  await page.getByRole('button', { name: '看会建成什么' }).click()
  await page.getByRole('heading', { name: '会建成这样' }).waitFor()
  await page.getByText('参加人数少于 30 的，提醒，仍可提交').waitFor()
  await page.getByText(/任务分配：新增/).waitFor()
  await page.getByRole('button', { name: '建立年度' }).click()
  await page.getByText('已建立年度，正在筹备。').waitFor()
  const lead = await site.world.as('province')
  const { body } = await lead.get('/campaigns', { filter: { year: 2023 } }).expect(200)
  expect(body).toHaveLength(1)
  const of = { filter: { campaign_id: body[0].id } }
  const [stages, quotas, metrics] = await Promise.all(
    ['stages', 'quotas', 'metrics'].map(async (name) => (await lead.get(`/${name}`, of).expect(200)).body),
  )
  expect(stages.map(({ ends_on }: { ends_on: string }) => ends_on)).toEqual([
    '2023-07-31',
    '2023-07-20',
    '2023-08-05',
    '2023-08-21',
  ])
  expect(quotas).toHaveLength(24)
  expect(metrics[0]).toMatchObject({ target: 80 })
})

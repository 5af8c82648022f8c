/** 从通知来 in a browser: the province makes the campaign of 滨海 from its three files. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { filesOfNotice } from '../support/notices.ts'

let site: Site
let province: Desk
let clerk: Desk

beforeAll(async () => {
  site = await openSite()
  province = await openDesk(site.browser, site.world, 'province')
})

afterAll(() => site?.close())

afterEach(async () => {
  await province?.shot('last')
  expect([province, clerk].flatMap((desk) => desk?.faults.splice(0) ?? [])).toEqual([])
})

test('the files of 滨海 are read, confirmed list by list beside their words, looked at and made', async () => {
  const { page } = province
  await province.go('/from_notice')
  await page.getByLabel(/通知和附件/).setInputFiles(
    filesOfNotice('2023滨海', true).map(({ name, bytes }) => ({
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
  await page.getByRole('heading', { name: '不用的表（2）' }).waitFor()
  await page.getByLabel('这张表是：2023年主题活动市级子项目一览表').selectOption('征集活动')
  await page.getByRole('heading', { name: '不用的表（1）' }).waitFor()
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

/** The campaign of 滨海 stands at this day. */
const onDay = (day: string) =>
  site.world.owner('update campaigns set today_on = $1, version = version + 1 where year = 2023', [day])
const register = 'xianxiahuodong2'
const rowsOf = async () =>
  (await site.world.owner<{ status: string }>(`select status from ${register} where deleted_at is null`)).map(
    ({ status }) => status,
  )

test('it is opened, and a clerk of 海滨街道 has an account there', async () => {
  const { page } = province
  await onDay('2023-07-10')
  await page.reload()
  await page.getByRole('button', { name: '开启' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '开启' }).click()
  await page.getByText('2023 年度已开启。').waitFor()
  const lead = await site.world.as('province')
  const [unit] = (await lead.get('/units', { filter: { short_name: '海滨街道' } }).expect(200)).body
  const [user] = (await lead.get('/users', { filter: { username: 'hefei' } }).expect(200)).body
  await lead.put(`/users/${user.id}`, { version: user.version, unit_id: unit.id }).expect(200)
})

test('the clerk imports the filled annex, mends its three faults in the page and hands in', async () => {
  clerk = await openDesk(site.browser, site.world, 'hefei')
  const { page } = clerk
  const [filled] = filesOfNotice('2023滨海', true).filter(({ name }) => name.includes('填好'))
  await clerk.register(register)
  await page.evaluate(
    ([base64 = '', name = '']) => {
      const data = new DataTransfer()
      data.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name))
      for (const type of ['dragenter', 'dragover', 'drop'])
        document.body.dispatchEvent(new DragEvent(type, { dataTransfer: data, bubbles: true, cancelable: true }))
    },
    [filled?.bytes.toString('base64') ?? '', filled?.name ?? ''],
  )
  await page.waitForURL(/#\/imports\/\d+\/show/)
  await page.locator('main footer').getByText('核对完成').waitFor()
  const wrong = page.getByRole('navigation', { name: '按结果看' }).getByRole('button', { name: '错误' }).locator('b')
  await expect.poll(() => wrong.innerText()).toBe('3')
  for (const [n, right] of ['2023-07-01', '80', '80'].entries()) {
    await page.getByRole('button', { name: '下一个问题' }).click()
    await clerk.type(right)
    await clerk.press('Enter')
    await expect.poll(() => wrong.innerText()).toBe(String(2 - n))
  }
  await page.locator('main footer').getByRole('button', { name: '全部应用 14 行' }).click()
  await page.locator('main footer').getByText('已写入：新增 14 行').waitFor()
  await clerk.register(register)
  await page.getByRole('button', { name: '提交 14 行' }).click()
  await clerk.shot('binhai-submitting')
  await page.getByRole('dialog').getByRole('button', { name: '提交 14 行' }).click()
  await expect.poll(rowsOf).toEqual(Array(14).fill('submitted'))
})

test('the province approves; the board has the figures, the paper its number, and after the deadline nothing is changed', async () => {
  const { page } = province
  await province.register(register)
  await page.getByRole('checkbox', { name: '选中全部行' }).click()
  await page.getByRole('button', { name: /^通过 14 行/ }).click()
  await expect.poll(rowsOf).toEqual(Array(14).fill('approved'))
  await province.go('/progress')
  const own = page.getByRole('row', { name: /海滨街道/ })
  await expect.poll(() => own.innerText()).toMatch(/\b14\b/)
  await province.shot('binhai-board')
  await clerk.go('/filings')
  await clerk.page.getByLabel('附件', { exact: true }).selectOption({ index: 1 })
  const saved = clerk.page.waitForEvent('download')
  await clerk.page.getByRole('button', { name: '生成报送版' }).click()
  expect((await saved).suggestedFilename()).toMatch(/\.xlsx$/)
  await clerk.shot('binhai-filing')
  await onDay('2023-08-06')
  await clerk.page.reload()
  await clerk.register(register)
  await clerk.shot('binhai-late')
  expect(await clerk.page.getByRole('button', { name: '新增一行' }).count()).toBe(0)
})

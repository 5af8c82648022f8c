/** 报送版 in a real browser: a clerk freezes an annex, anybody checks the number on a phone, a changed file is found out. */
import ExcelJS from 'exceljs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { sample, type World } from '../support/world.ts'

let site: Site
let world: World
let desk: Desk
let bytes: Buffer
let number = ''

beforeAll(async () => {
  site = await openSite()
  world = site.world
  const hefei = await world.as('hefei')
  const rows = [1, 2, 3].map((n) => sample.propagandists?.(n) ?? {})
  const made = await hefei.post('/propagandists/bulk', { create: rows }).expect(200)
  await hefei.post('/propagandists/submission', { ids: made.body.create.map(({ id }: { id: number }) => id) })
  desk = await openDesk(site.browser, world, 'hefei')
})

afterAll(() => site?.close())
afterEach(() => {
  expect(desk?.faults.splice(0)).toEqual([])
})

test('a clerk makes a 报送版 and gets the workbook', async () => {
  await desk.go('/filings')
  await desk.page.getByText('还没有报送过').waitFor()
  await desk.page.getByLabel('附件', { exact: true }).selectOption({ label: '附件4 宣传员' })
  const saved = desk.page.waitForEvent('download')
  await desk.page.getByRole('button', { name: '生成报送版' }).click()
  const file = await saved
  number = (await desk.page.locator('main tbody b').first().innerText()).trim()
  expect(number).toMatch(/^2019-4-0001-/)
  expect(file.suggestedFilename()).toContain(number)
  const chunks: Buffer[] = []
  for await (const chunk of await file.createReadStream()) chunks.push(chunk as Buffer)
  bytes = Buffer.concat(chunks)
  await desk.shot('filings')
  await desk.page.getByRole('button', { name: '生成报送版' }).click()
  await desk.page.getByText(`内容没有变化，沿用 ${number}`).waitFor()
})

test('it is held against the rows as they are now', async () => {
  await world.owner(`update propagandists set name = '丁新', version = version + 1 where name = '丁2'`)
  await desk.page.getByRole('button', { name: '对比' }).click()
  await desk.page.getByText('不同 1 行，多出 0 行，少了 0 行').waitFor()
  expect(await desk.page.getByRole('region', { name: '不同之处' }).getByRole('listitem').innerText()).toContain(
    '丁2 → 丁新',
  )
  await desk.shot('filings-compare')
})

test('whoever scans the code on a phone, without an account, learns what is registered', async () => {
  const phone = await site.browser.newContext({ viewport: { width: 390, height: 844 } })
  const page = await phone.newPage()
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(`${world.address}/verify/${number}`)
  await page.getByText('已登记：附件4 2019年职工好网民宣传员登记表').waitFor()
  await page.getByText('合肥市总工会').first().waitFor()
  expect(await page.getByText('选择工作簿').count()).toBe(0)
  expect(await page.evaluate(() => document.documentElement.scrollWidth <= window.innerWidth)).toBe(true)
  if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/verify.png` })
  await page.getByLabel('报送编号').fill('2019-4-0001-AAAAAA')
  await page.getByRole('button', { name: '核对', exact: true }).click()
  await page.getByText('没有登记过这个编号').waitFor()
  expect(faults).toEqual([])
  await phone.close()
})

test('the unit has a workbook held against it, cell by cell', async () => {
  const { page } = desk
  await page.goto(`${world.address}/verify/${number}`)
  const choose = page.locator('input[type=file]')
  await choose.setInputFiles({ name: '附件4.xlsx', mimeType: '', buffer: bytes })
  await page.getByText('就是登记的那个文件').waitFor()
  const book = new ExcelJS.Workbook()
  await book.xlsx.load(bytes as unknown as ArrayBuffer)
  book.worksheets[0]?.eachRow((row) =>
    row.eachCell((cell) => {
      if (cell.value === '丁3') cell.value = '丁三'
    }),
  )
  const buffer = Buffer.from(await book.xlsx.writeBuffer())
  await choose.setInputFiles({ name: '附件4.xlsx', mimeType: '', buffer })
  await page.getByText('与登记的不一致').waitFor()
  await page.getByText('不同 1 行').waitFor()
  await desk.shot('verify-difference')
})

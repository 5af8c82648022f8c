/**
 * A register as a react-admin developer writes it: stock pages over our providers, with nothing special in them
 * (tests/fixtures/stock). The page stands in CONTRIBUTING.md.
 */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { launch } from '../support/browser.ts'
import { builtStock } from '../support/shared.ts'
import { makeWorld, password, sample, type World } from '../support/world.ts'

let world: World
let browser: Browser
let page: Page
const faults: string[] = []

const add = async (form: string, row: object): Promise<Record<string, unknown> & { id: number; version: number }> =>
  (await (await world.as('hefei')).post(`/${form}`, row)).body
const read = async (id: unknown) => (await (await world.as('hefei')).get(`/propagandists/${id}`)).body
const propagandist = (n: number, row: object = {}) => add('propagandists', { ...sample.propagandists?.(n), ...row })

beforeAll(async () => {
  world = await makeWorld({ dist: await builtStock() })
  browser = await launch()
  page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
  page.setDefaultTimeout(30_000)
  page.on('pageerror', (error) => faults.push(error.message))
  await page.goto(world.address)
  await page.getByLabel('用户名').fill('hefei')
  await page.locator('input[type=password]').fill(password)
  await page.getByRole('button', { name: '登录' }).click()
  await page.getByRole('link', { name: '新增' }).first().waitFor()
})
afterAll(async () => {
  await browser?.close()
  await world?.close()
})
afterEach(() => expect(faults).toEqual([]))

const go = async (path: string) => {
  await page.goto('about:blank')
  await page.goto(`${world.address}/#/${path}`)
}
const names = () => page.locator('tbody tr td.column-name').allInnerTexts()
const field = (label: string) => page.getByRole('textbox', { name: label })
const save = () => page.getByRole('button', { name: '保存' }).click()
const told = (sentence: string) => page.getByText(sentence).waitFor()

describe('stock pages of react-admin', () => {
  let organization: { id: number }

  beforeAll(async () => {
    organization = await add('organizations', { ...sample.organizations?.(1) })
    await propagandist(1, { name: '丁一', organization_id: organization.id })
    await propagandist(2, { name: '丁二', gender: '男', organization_id: organization.id })
    await propagandist(3, { name: '丁三', gender: '男' })
  })

  test('a list shows rows under the form’s labels, references by name, sorts and filters', async () => {
    await go('propagandists')
    await expect.poll(names).toEqual(['丁二', '丁三', '丁一'])
    expect(await page.locator('thead').innerText()).toContain('工作单位及职务')
    const reference = page.getByRole('row').filter({ hasText: '丁一' }).getByText('合肥测试1厂工会委员会')
    await reference.waitFor()
    await page.getByRole('button', { name: '姓名' }).click()
    await expect.poll(names).toEqual(['丁一', '丁三', '丁二'])
    await page.getByLabel('性别').click()
    await page.getByRole('option', { name: '男' }).click()
    await expect.poll(names).toEqual(['丁三', '丁二'])
    await field('搜索').fill('丁三')
    await expect.poll(names).toEqual(['丁三'])
  })

  test('a row is created; what is refused stands in its field', async () => {
    await go('propagandists/create')
    await field('姓名').fill('戊一')
    await field('工作单位及职务').fill('纺织厂 干事')
    await field('手机号').fill('1390000')
    await page.getByLabel('发展日期').fill('2019-07-02')
    await save()
    const refusal = page.locator('p', { hasText: '手机号应是 11 位' })
    await refusal.waitFor()
    expect(await field('手机号').getAttribute('aria-invalid')).toBe('true')
    expect(await field('手机号').getAttribute('aria-describedby')).toBe(await refusal.getAttribute('id'))
    expect(await field('姓名').getAttribute('aria-invalid')).toBe('false')
    await field('手机号').fill('13912345678')
    await page.getByRole('combobox', { name: '所在工会' }).fill('测试1厂')
    await page.getByRole('option', { name: '合肥测试1厂工会委员会' }).click()
    await save()
    await told('已新增')
    await expect.poll(() => page.url()).toMatch(/propagandists\/\d+$/)
    expect(await read(page.url().split('/').pop())).toMatchObject({
      name: '戊一',
      phone: '13912345678',
      organization_id: organization.id,
      appointed_on: '2019-07-02',
    })
  })

  test('a row is changed with the version it was read with, and refused in its field', async () => {
    const { id } = await propagandist(4, { name: '丁四', organization_id: organization.id })
    await go(`propagandists/${id}`)
    await expect.poll(() => page.getByRole('combobox', { name: '所在工会' }).inputValue()).toBe('合肥测试1厂工会委员会')
    await field('姓名').fill('')
    await save()
    await page.locator('p', { hasText: '必填' }).waitFor()
    expect(await field('姓名').getAttribute('aria-invalid')).toBe('true')
    await field('姓名').fill('丁肆')
    await save()
    await told('已保存 1 行')
    expect(await read(id)).toMatchObject({ name: '丁肆', version: 2 })
  })

  test('who saves over what another has written meanwhile is told, and nothing is overwritten', async () => {
    const row = await propagandist(5, { name: '丁五' })
    await go(`propagandists/${row.id}`)
    await expect.poll(() => field('姓名').inputValue()).toBe('丁五')
    await (await world.as('hefei')).put(`/propagandists/${row.id}`, { job: '别人写的', version: row.version })
    await field('姓名').fill('丁伍')
    await save()
    await told('这一行刚被别人改过')
    expect(await field('姓名').inputValue()).toBe('丁伍')
    expect(await read(row.id)).toMatchObject({ name: '丁五', job: '别人写的' })
  })

  test('a row is deleted from its page, several from the list', async () => {
    const { id } = await propagandist(6, { name: '丁六' })
    await go(`propagandists/${id}`)
    await page.getByRole('button', { name: '删去' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '继续' }).click()
    await told('已删去 1 行')
    await expect.poll(async () => (await read(id)).deleted_at).toBeTruthy()

    await go(`propagandists?filter=${JSON.stringify({ gender: '男' })}`)
    await expect.poll(names).toEqual(['丁二', '丁三'])
    for (const name of ['丁二', '丁三'])
      await page.getByRole('row').filter({ hasText: name }).getByRole('checkbox').check()
    await page.getByRole('button', { name: '删去' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '继续' }).click()
    await told('已删去 2 行')
    await expect.poll(names).toEqual([])
  })

  test('rows that refer to one are listed on its page, and changed together', async () => {
    const { id } = await propagandist(7, { name: '丁七', organization_id: organization.id })
    await go(`organizations/${organization.id}`)
    await expect.poll(names).toContain('丁七')
    expect(await names()).not.toContain('丁五')
    await page.getByRole('checkbox', { name: '全选' }).check()
    await page.getByRole('button', { name: '修改' }).click()
    await page.getByRole('dialog').getByRole('button', { name: '继续' }).click()
    await told(`已保存 ${(await names()).length} 行`)
    expect(await read(id)).toMatchObject({ remark: '已核对', version: 2 })
  })

  test('the page stands in the documents as it is', async () => {
    const root = join(import.meta.dirname, '../..')
    const source = await readFile(join(root, 'tests/fixtures/stock/propagandists.tsx'), 'utf8')
    const documents = (await readdir(root)).filter((name) => name.endsWith('.md'))
    const texts = await Promise.all(documents.map((name) => readFile(join(root, name), 'utf8')))
    expect(texts.some((text) => text.includes(source.trim()))).toBe(true)
  })
})

/** 一人一表 in a browser: the province hands over an empty paper, a clerk prints rows into it and reads filled ones back. */
import { readFileSync } from 'node:fs'
import axe from 'axe-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import type { PrintBlank } from '../../server/forms/index.ts'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { filesOfNotice } from '../support/notices.ts'
import { accountPaper, filesOfZip, rewordedDocx, textOfDocx } from '../support/prints.ts'
import { sample } from '../support/world.ts'

let site: Site
let province: Desk
let clerk: Desk
beforeAll(async () => {
  site = await openSite()
  province = await openDesk(site.browser, site.world, 'province')
  clerk = await openDesk(site.browser, site.world, 'hefei', { viewport: { width: 1280, height: 800 } })
})
afterAll(() => site?.close())
afterEach(async () => {
  await province?.shot('prints-province')
  await clerk?.shot('prints-clerk')
  expect([...(province?.faults.splice(0) ?? []), ...(clerk?.faults.splice(0) ?? [])]).toEqual([])
})

const saved = async ({ page }: Desk, press: () => Promise<void>) => {
  const [download] = await Promise.all([page.waitForEvent('download'), press()])
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
}
const violations = async ({ page }: Desk) => {
  await page.evaluate(axe.source)
  const run =
    'axe.run(document, { runOnly: ["wcag2a", "wcag2aa"] }).then(({ violations }) => violations.map(({ id }) => id))'
  return page.evaluate(run)
}

test('an empty paper is handed over, its blanks stand beside columns and on the paper, one is corrected, stored and tried', async () => {
  const { page } = province
  await province.go('/form_designs')
  await page
    .getByRole('region', { name: '一人一表' })
    .or(page.locator('section', { hasText: '一人一表' }))
    .last()
    .getByRole('button', { name: '宣传员' })
    .click()
  await page
    .getByLabel('一人一份的空表')
    .setInputFiles({ name: '附件2网络达人推荐表.docx', mimeType: 'application/octet-stream', buffer: accountPaper })
  await page.getByRole('button', { name: '姓名：姓名' }).waitFor()
  await page.getByRole('button', { name: '账号平台：不填' }).click()
  expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('账号平台')
  await page.getByLabel('账号平台', { exact: true }).selectOption('platform')
  await page.getByRole('button', { name: /^账号平台：网络账号/ }).waitFor()
  expect(await violations(province)).toEqual([])
  await page.getByRole('button', { name: '保存', exact: true }).click()
  await page.getByRole('button', { name: '试打一份' }).waitFor()
  const hefei = await site.world.as('hefei')
  for (const n of [1, 2]) await hefei.post('/propagandists', sample.propagandists?.(n)).expect(201)
  const { name, bytes } = await saved(province, () => page.getByRole('button', { name: '试打一份' }).click())
  expect(name).toBe('网络达人推荐表.docx')
  const text = await textOfDocx(bytes)
  expect(text).toContain('丁2')
  expect(text).toContain('☑抖音')
})

test('a clerk prints what is seen, a file each, changes one in Word and reads it back into the check of an import', async () => {
  const { page } = clerk
  await clerk.register('propagandists')
  await page.getByRole('button', { name: '打印登记表' }).click()
  const whole = await saved(clerk, () => page.getByRole('menuitem', { name: '打印现在看到的 2 行，每行一份' }).click())
  const files = await filesOfZip(whole.bytes)
  expect([...files.keys()].map((name) => name.replace(/^\d+-/, ''))).toEqual([
    '网络达人推荐表-丁1.docx',
    '网络达人推荐表-丁2.docx',
  ])
  const [name, bytes] = [...files][0] as [string, Buffer]
  const changed = await rewordedDocx(bytes, '测试厂 干事', '测试厂 科长')
  await page.getByRole('button', { name: '打印登记表' }).click()
  await page.getByRole('menuitem', { name: '读入填好的表' }).click()
  await page.getByLabel('填好的表').setInputFiles({ name, mimeType: 'application/octet-stream', buffer: changed })
  await page.waitForURL(/imports\/\d+\/show/)
  await page.getByText('测试厂 科长').first().waitFor()
})

test('what was written and has no column is told before the check is shown', async () => {
  const { page } = clerk
  const hefei = await site.world.as('hefei')
  const [template] = (await hefei.get('/print_templates').expect(200)).body
  await clerk.register('propagandists')
  await page.getByRole('button', { name: '打印登记表' }).click()
  const one = await saved(clerk, () => page.getByRole('menuitem', { name: /合成一份/ }).click())
  const written = await rewordedDocx(one.bytes, '其他：______', '其他：小红书')
  await page.getByRole('button', { name: '打印登记表' }).click()
  await page.getByRole('menuitem', { name: '读入填好的表' }).click()
  await page
    .getByLabel('填好的表')
    .setInputFiles({ name: `${template.name}.docx`, mimeType: 'application/octet-stream', buffer: written })
  const told = page.getByRole('dialog', { name: '有几处没有读进登记表' })
  await told.getByText(/写了但没有对应的栏目：账号平台\/其他/).waitFor()
  await told.getByRole('button', { name: '看核对结果' }).click()
  await page.waitForURL(/imports\/\d+\/show/)
})

test('blanks that the register has no column for become columns: drafted, published, and matched', async () => {
  const { page } = province
  const [template] = (await (await site.world.as('hefei')).get('/print_templates').expect(200)).body
  await province.go(`/form_designs?prints=propagandists&template=${template.id}`)
  await page.getByText(/登记表里没有这 \d+ 个空格的栏目：民族、/).waitFor()
  await page.getByRole('button', { name: '加成栏目（草稿）' }).click()
  await page.waitForURL(/open=\d+/)
  await page.getByRole('button', { name: '发布', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: '发布', exact: true }).click()
  await page.getByRole('button', { name: '改一版' }).waitFor()
  await page.getByRole('link', { name: '一人一表' }).click()
  await page.getByRole('button', { name: template.name, exact: true }).click()
  await page.getByRole('button', { name: /^对上这/ }).click()
  await page.getByRole('button', { name: '民族：民族' }).waitFor()
  await page.getByRole('button', { name: '保存', exact: true }).click()
  const hefei = await site.world.as('hefei')
  const filled = async () => {
    const { body } = await hefei.get(`/print_templates/${template.id}`).expect(200)
    return body.blanks.flatMap(({ label, nth, field }: PrintBlank) => (field ? [`${label}${nth ?? ''}`] : []))
  }
  const wanted = ['民族', '标题1', '链接3', '主要事迹（500字以内）', '同级网信部门意见']
  await expect.poll(filled).toEqual(expect.arrayContaining(wanted))
})

test('a one-page form among the files of a notice is kept until a register of the campaign made of it takes it', async () => {
  const { page } = province
  await province.go('/from_notice')
  const files = filesOfNotice('2025劳模推荐')
  await page
    .getByLabel(/通知和附件/)
    .setInputFiles(files.map(({ name, bytes }) => ({ name, mimeType: 'application/octet-stream', buffer: bytes })))
  const read = page.getByRole('region', { name: '读出来的' })
  await read.getByRole('region', { name: /^日程/ }).waitFor()
  const pressed = read.getByRole('button', { name: '确认', exact: true })
  for (let left = await pressed.count(); left > 0; left = await pressed.count()) await pressed.first().click()
  await page.getByRole('button', { name: '看会建成什么' }).click()
  await page.getByRole('button', { name: '建立年度' }).click()
  await page.getByText('“附件3推荐审批表.docx”是一人一份的表').waitFor()
  await province.go('/form_designs')
  const registers = page.locator('section', { has: page.getByRole('heading', { name: '一人一表' }) }).last()
  await registers.getByRole('button', { name: /推荐对象/ }).click()
  await page.getByText('从通知带来的').getByRole('button', { name: '附件3推荐审批表.docx' }).click()
  await page.getByRole('button', { name: '民族：民族' }).waitFor()
  await page.getByText('请看一眼').waitFor()
})

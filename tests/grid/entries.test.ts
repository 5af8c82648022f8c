/** Works of several collections in one grid: whose a column is, which cells are closed and why. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { publish } from '../support/designs.ts'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { sample } from '../support/world.ts'

let site: Site
let desk: Desk
beforeAll(async () => {
  site = await openSite()
  const { world } = site
  const add = [
    { name: 'account', label: '账号', type: 'text', of: ['C5'] },
    { name: 'model', label: '模型', type: 'text', of: ['C6'] },
  ]
  await publish(await world.as('province'), world, { extends: 'submissions', add })
  const hefei = await world.as('hefei')
  await hefei.post('/submissions', { ...sample.submissions?.(1), account: '江淮' }).expect(201)
  desk = await openDesk(site.browser, world, 'hefei')
})
afterAll(() => site?.close())

test('a cell of another collection is closed and says why, and its column says whose it is', async () => {
  await desk.register('submissions')
  const { page } = desk
  await page.locator('.grid-row.stored').first().waitFor()
  const head = page.locator('[role="columnheader"]')
  await desk.cell(1, 'title').click()
  await desk.press('Control+ArrowRight')
  const closed = desk.cell(1, 'model')
  await closed.waitFor({ state: 'attached' })
  expect(await closed.getAttribute('aria-readonly')).toBe('true')
  expect(await closed.getAttribute('title')).toContain('“模型”只有')
  expect(await desk.cell(1, 'account').getAttribute('aria-readonly')).toBeNull()
  expect((await head.allInnerTexts()).join()).toMatch(/模型（/)
})

/**
 * Several people on one register, in real browsers against the real server: they see each other's changes where they
 * stand, and what is typed while the server is away outlives the page.
 */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { createApp } from '../../server/app.ts'
import { type LiveServer, openLive } from '../../server/live/routes.ts'
import { launch } from '../support/browser.ts'
import { type Desk, logIn, openDesk } from '../support/desk.ts'
import { builtAdmin } from '../support/shared.ts'
import { makeWorld, password, sample, type Username, type World } from '../support/world.ts'

const rowsThere = 300
let world: World
let dist: string | undefined
let browser: Browser
let server: Server | undefined
let live: LiveServer
let port = 0
const desks: Desk[] = []

/** A server of our own, so that it can go away and come back at the same address. */
async function startServer() {
  live = openLive(world.database)
  const started = createServer()
  await new Promise<void>((done) => started.listen(port, '127.0.0.1', done))
  port = (started.address() as AddressInfo).port
  const public_urls = [`http://127.0.0.1:${port}`]
  started.on('request', createApp({ database: world.database, public_urls, live, ...(dist && { dist }) }))
  server = started
}
async function stopServer() {
  live.close()
  server?.closeAllConnections()
  await new Promise((done) => server?.close(done) ?? done(null))
  server = undefined
}

beforeAll(async () => {
  dist = await builtAdmin()
  world = await makeWorld()
  await world.owner(`update campaigns set today_on = '2019-08-19', version = version + 1`)
  await world.owner(
    `insert into users (username, name, role, unit_id, password_hash, must_change_password)
     select 'hefei2', '沈静文', role, unit_id, password_hash, false from users where username = 'hefei'`,
  )
  const hefei = await world.as('hefei')
  const create = Array.from({ length: rowsThere }, (_, n) => sample.propagandists?.(n + 1) ?? {})
  await hefei.post('/propagandists/bulk', { create }).expect(200)
  await startServer()
  browser = await launch()
})

afterEach(async () => {
  for (const desk of desks.splice(0)) {
    if (!desk.page.isClosed()) await desk.shot('last')
    await desk.page.close({ runBeforeUnload: false })
    await desk.close()
  }
  if (!server) await startServer()
})

afterAll(async () => {
  await browser?.close()
  if (server) await stopServer()
  await world?.close()
})

async function sit(username: string, options = {}): Promise<Desk> {
  const desk = await openDesk(browser, { ...world, address: `http://127.0.0.1:${port}` }, username as Username, options)
  desks.push(desk)
  await open(desk)
  return desk
}

async function open(desk: Desk) {
  const heard = desk.page.waitForResponse((response) => response.url().includes('/api/live?'))
  await desk.register('propagandists')
  await desk.page.waitForFunction(() => document.querySelector('[data-column="name"]')?.textContent)
  await heard
}

/** Polls until the page says so; how long it took, in milliseconds. */
async function until(page: Page, what: string, found: () => Promise<boolean>, within = 30_000): Promise<number> {
  const from = Date.now()
  while (!(await found())) {
    if (Date.now() - from > within)
      throw new Error(`waited in vain for ${what}: ${await page.locator('body').innerText()}`)
    await page.waitForTimeout(20)
  }
  return Date.now() - from
}
const stored = async (name: string) =>
  (
    await world.owner<{ job: string; version: number }>(
      `select job, version from propagandists where name = $1 and deleted_at is null`,
      [name],
    )
  )[0]
const scroll = (desk: Desk) => desk.page.locator('.grid-scroll').evaluate((element) => element.scrollTop)

async function write(desk: Desk, row: number, column: string, text: string) {
  await desk.cell(row, column).click()
  await desk.type(text)
  await desk.press('Enter')
}

test('two people on one register see each other within two seconds, and nothing of their own moves', async () => {
  const [mine, hers] = [await sit('hefei'), await sit('hefei2')]
  for (const { page } of [mine, hers])
    await until(page, 'rows further down', async () => {
      await page.locator('.grid-scroll').evaluate((element) => element.scrollTo(0, 3200))
      // Both rows that are looked at, not one that is only drawn ahead.
      return (await page.locator(':is([aria-rowindex="106"], [aria-rowindex="112"]) [data-column="job"]').count()) === 2
    })
  await hers.cell(110, 'name').click()
  await hers.type('正在')
  const before = await scroll(hers)
  await write(mine, 104, 'job', '新来的岗位')
  await until(hers.page, 'the change', async () => (await hers.text(104, 'job')) === '新来的岗位')
  expect(await hers.cell(104, 'job').getAttribute('class')).toContain('told')
  await hers.shot('live-tint')
  expect(await scroll(hers)).toBe(before)
  expect(await hers.page.evaluate(() => (document.activeElement as HTMLTextAreaElement).value)).toBe('正在')
  // Where the other one is stands at the row number, in words for screen readers.
  await mine.page.getByRole('img', { name: '沈静文 在这一行' }).waitFor()
  expect(await mine.page.locator('[aria-rowindex="112"] .grid-people').count()).toBe(1)
  await hers.page.getByRole('img', { name: '测试hefei 在这一行' }).waitFor()
  await mine.shot('live-presence')
  await hers.press('Escape')
  await hers.close()
  desks.splice(desks.indexOf(hers), 1)
  await until(mine.page, 'the other to be gone', async () => (await mine.page.locator('.grid-people').count()) === 0)
  expect(mine.faults).toEqual([])
})

test('the name of a record that others change, and what its rows add up to, are seen where they are shown', async () => {
  const hefei = await world.as('hefei')
  const make = async (form: string, more: object) =>
    (await hefei.post(`/${form}`, { ...sample[form]?.(rowsThere + 7), ...more }).expect(201)).body
  const union = await make('organizations', { name: '旧名字的工会' })
  await make('propagandists', { organization_id: union.id, name: '认得我' })
  const desk = await sit('hefei')
  await desk.register('propagandists', { name: '认得我' })
  const shows = async (text: string) => (await desk.text(1, 'organization_id')) === text
  await until(desk.page, 'the old name', () => shows('旧名字的工会'))
  await hefei.put(`/organizations/${union.id}`, { version: union.version, name: '新名字的工会' }).expect(200)
  await until(desk.page, 'the new name', () => shows('新名字的工会'))

  const event = await make('events', { title: '会签到的活动' })
  const other = await sit('province')
  await other.register('events', { title: '会签到的活动' })
  const signed = async (count: string) => (await other.text(1, 'signed_count')) === count
  await until(other.page, 'nobody', () => signed('0'))
  await make('attendance', { event_id: event.id })
  await until(other.page, 'one', () => signed('1'))
})

test('rows others make or remove come and go without a jump', async () => {
  const [mine, hers] = [await sit('hefei'), await sit('hefei2')]
  const to = (top: number) =>
    hers.page.locator('.grid-scroll').evaluate((element, top) => element.scrollTo(0, top), top)
  // All of the list has been read once.
  await to(6400)
  await hers.cell(210, 'name').waitFor()
  await to(0)
  await hers.cell(3, 'job').click()
  const total = async () => Number(await hers.page.locator('.grid').getAttribute('data-rows'))
  const count = await total()
  await (await world.as('hefei')).post('/propagandists', sample.propagandists?.(900)).expect(201)
  await until(hers.page, 'the new row to count', async () => (await total()) === count + 1)
  await mine.cell(6, 'name').click()
  const [row] = await world.owner<{ id: number; version: number }>(
    `select id, version from propagandists where name = '丁5'`,
  )
  await (await world.as('hefei')).delete(`/propagandists/${row?.id}?version=${row?.version}`).expect(200)
  await until(
    hers.page,
    'the row to be struck out',
    async () => (await hers.page.locator('.grid-row.leaving').count()) === 1,
  )
  expect([await hers.text(5, 'name'), await hers.text(6, 'name')]).toEqual(['丁5', '丁6'])
  expect(await hers.page.locator('[aria-rowindex="7"] .grid-number').getAttribute('title')).toBe(
    '这一行刚被测试hefei删去',
  )
  await hers.shot('live-gone')
  // It goes when nobody looks.
  await to(6400)
  await until(hers.page, 'the row to go', async () => (await hers.page.locator('.grid[data-gone]').count()) === 0)
  await to(0)
  await hers.cell(1, 'name').waitFor()
  expect([await hers.text(5, 'name'), await total()]).toEqual(['丁6', count])
})

test('a cell both change shows both values and who stored the other', async () => {
  const [mine, hers] = [await sit('hefei'), await sit('hefei2')]
  await mine.cell(10, 'job').click()
  await mine.type('我写的岗位')
  await write(hers, 10, 'job', '她写的岗位')
  await hers.saved()
  await mine.press('Enter')
  await until(mine.page, 'the conflict', async () => (await mine.page.locator('.grid-cell.clash').count()) === 1)
  await mine.cell(10, 'job').click()
  const said = await mine.bubble()
  for (const part of ['我写的岗位', '她写的岗位', '沈静文', '存的']) expect(said).toContain(part)
  await mine.shot('live-conflict')
  await mine.page.getByRole('button', { name: '用我的' }).click()
  await until(hers.page, 'the choice', async () => (await hers.text(10, 'job')) === '我写的岗位')
})

test('what is typed while the server is away is stored after a new start of the page', async () => {
  const desk = await sit('hefei')
  const name = await desk.text(20, 'name')
  const other = await desk.text(21, 'name')
  await stopServer()
  await write(desk, 20, 'job', '断网时的岗位')
  await write(desk, 21, 'job', '也是断网时的')
  await write(desk, 22, 'followers', '一百个')
  await desk.page.getByText('已存在本机').first().waitFor()
  await desk.shot('live-offline')
  // Meanwhile somebody else has written to one of the rows.
  await world.owner(`update propagandists set job = '别人存的', version = version + 1 where name = $1`, [other])
  // The window is gone as in a crash: nobody asks, nothing is said.
  const { page } = desk
  const next = await page.context().newPage()
  await page.close({ runBeforeUnload: false })
  await startServer()
  await next.goto(`http://127.0.0.1:${port}/#/propagandists`)
  await until(next, 'the kept cell', async () => (await stored(name))?.job === '断网时的岗位')
  await next.locator('.grid-cell.clash').waitFor()
  expect((await stored(other))?.job).toBe('别人存的')
  const bar = await next.locator('main').innerText()
  expect(bar).toContain('待修正')
  await next.getByRole('button', { name: '下一处' }).click()
  await next.locator('.grid-bubble').waitFor()
  if (process.env.SHOTS) await next.screenshot({ path: `${process.env.SHOTS}/live-kept.png` })
  // Leaving the page is asked about, with the truth about where the cells are.
  await next.locator('.rail, nav').getByText('首页').first().click()
  await next.getByText('它们已存在本机').waitFor()
  if (process.env.SHOTS) await next.screenshot({ path: `${process.env.SHOTS}/live-leaving.png` })
  await next.getByRole('button', { name: '离开', exact: true }).click()
  await next.waitForFunction(() => !document.querySelector('.grid-table'))
  // Another person in the same browser has nothing of it.
  await next.evaluate(() => fetch('/api/logout', { method: 'POST' }))
  await next.goto(`http://127.0.0.1:${port}/#/login`)
  await next.reload()
  await logIn(next, 'hefei2', password)
  await next.goto(`http://127.0.0.1:${port}/#/propagandists`)
  await next.waitForFunction(() => document.querySelector('[data-column="name"]')?.textContent)
  expect(await next.locator('.grid-cell.unsaved, .grid-cell.clash, .grid-cell.faulty').count()).toBe(0)
  // The first one finds it again, settles it, and nothing is left.
  await next.evaluate(() => fetch('/api/logout', { method: 'POST' }))
  await next.goto(`http://127.0.0.1:${port}/#/login`)
  await next.reload()
  await logIn(next, 'hefei', password)
  await next.goto(`http://127.0.0.1:${port}/#/propagandists`)
  await next.locator('.grid-cell.clash').first().click()
  await next.getByRole('button', { name: '用我的' }).click()
  await until(next, 'the choice', async () => (await stored(other))?.job === '也是断网时的')
})

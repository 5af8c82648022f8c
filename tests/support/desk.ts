/**
 * A person at the built admin: a browser page on the world's own address, with a session, and what hands do there. Whatever
 * the browser complains about meanwhile is kept in `faults`.
 */
import type { Browser, BrowserContext, BrowserContextOptions, Page, Request } from 'playwright-core'
import { launch } from './browser.ts'
import { builtAdmin } from './shared.ts'
import { makeWorld, password, type Username, type World } from './world.ts'

export type Site = Awaited<ReturnType<typeof openSite>>

/** A fixture world in the campaign's summer that serves the built admin, and a browser. */
export async function openSite() {
  const world = await makeWorld({ dist: await builtAdmin() })
  await world.owner(`update campaigns set today_on = '2019-08-19', version = version + 1`)
  const browser = await launch()
  return {
    world,
    browser,
    async close() {
      await browser.close()
      await world.close()
    },
  }
}

export type Desk = Awaited<ReturnType<typeof openDesk>>

/**
 * Refusals the tests ask for (no session yet, no demo, conflict, faulty rows), and the progress of a download that has just
 * ended: the browser tells them as failures.
 */
const expected = /status of (401|409|422)|status of 404.*\/api\/(demo$|exports\/)/

/** Opens the admin with a session of one's own; with another `secret`, by the login page. The caller closes the desk. `SHOTS` names a folder that pictures go to. */
export async function openDesk(
  browser: Browser,
  world: World,
  username: Username,
  options: BrowserContextOptions & { secret?: string; before?: () => void } = {},
) {
  const { secret = password, before, ...rest } = options
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...rest })
  context.setDefaultTimeout(30_000)
  // runs in every page before its own scripts
  if (before) await context.addInitScript(before)
  const page = await context.newPage()
  const input = await context.newCDPSession(page)
  const faults: string[] = []
  page.on('pageerror', (error) => faults.push(error.message))
  page.on('console', (message) => {
    const about = `${message.text()} ${message.location().url}`
    if (['error', 'warning'].includes(message.type()) && !expected.test(about)) faults.push(about)
  })
  let underway = 0
  // The stream of live changes never ends.
  const counts = (request: Request) => request.resourceType() !== 'eventsource'
  page.on('request', (request) => {
    if (counts(request)) underway += 1
  })
  const ended = (request: Request) => {
    if (counts(request)) underway -= 1
  }
  page.on('requestfinished', ended).on('requestfailed', ended)
  page.on('dialog', (dialog) => void dialog.accept())
  if (secret === password) await haveSession(context, world.address, username)
  await page.goto(world.address)
  if (secret === password) await page.waitForSelector('main')
  else await logIn(page, username, secret)

  return {
    page,
    faults,
    /** A page of the admin; a register is ready when its rows, or its blank row, are there. */
    async go(path: string) {
      await page.goto(`${world.address}/#${path}`)
    },
    async register(form: string, filter: object = {}) {
      const query = new URLSearchParams({ filter: JSON.stringify(filter) })
      await page.goto(`${world.address}/#/${form}?${query}`)
      await page.waitForSelector(`.grid-table`)
      await page.waitForFunction(() => document.querySelector('.grid-row:not(.loading), .grid-empty'))
    },
    cell: (row: number, column: string) => page.locator(`[aria-rowindex="${row + 2}"] [data-column="${column}"]`),
    /** What a cell shows, without the sentence it tells screen readers. */
    async text(row: number, column: string) {
      const all = await page.locator(`[aria-rowindex="${row + 2}"] [data-column="${column}"]`).innerText()
      return all.split('\n')[0] ?? ''
    },
    async press(...keys: string[]) {
      for (const key of keys) await page.keyboard.press(key)
    },
    type: (text: string) => page.keyboard.type(text),
    /** Letters as an input method composes them, and the words it writes in the end. */
    async compose(letters: string[], words: string) {
      for (const text of letters) {
        await input.send('Input.dispatchKeyEvent', {
          type: 'rawKeyDown',
          windowsVirtualKeyCode: 229,
          key: 'Process',
        })
        await input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length })
      }
      await input.send('Input.insertText', { text: words })
    },
    /** A paste event with what a spreadsheet puts on the clipboard: tab-separated text and an HTML table. */
    async paste(rows: string[][]) {
      const plain = rows.map((cells) => cells.join('\t')).join('\r\n')
      const lines = rows.map((cells) => `<tr>${cells.map((each) => `<td class=xl65>${each}</td>`).join('')}</tr>`)
      const html = `<html xmlns:x="urn:schemas-microsoft-com:office:excel"><body><table>${lines.join('')}</table></body></html>`
      await page.evaluate(
        ([plain = '', html = '']) => {
          const data = new DataTransfer()
          data.setData('text/plain', plain)
          data.setData('text/html', html)
          document.activeElement?.dispatchEvent(
            new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
          )
        },
        [`${plain}\r\n`, html],
      )
    },
    /** Waits until nothing has been asked of the server for a moment. */
    async idle() {
      for (let still = 0; still < 3; still = underway > 0 ? 0 : still + 1) await page.waitForTimeout(50)
    },
    bubble: () => page.locator('.grid-bubble').innerText(),
    /** Waits until the head says that everything is stored. */
    async saved() {
      await page.waitForFunction(() => {
        const said = document.querySelector('header [role=status]')?.textContent ?? ''
        return said.startsWith('已保存') && !document.querySelector('.grid-cell.unsaved')
      })
    },
    async shot(name: string) {
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` })
    },
    close: () => context.close(),
  }
}

/** A session as the login page would open it, without drawing that page: a quarter of what opening a desk costs. */
async function haveSession(context: BrowserContext, address: string, username: string) {
  const answer = await context.request.post(`${address}/api/login`, {
    data: { username, password },
    headers: { origin: address },
  })
  if (!answer.ok()) throw new Error(`login of ${username}: ${answer.status()} ${await answer.text()}`)
}

/** By the login page. */
export async function logIn(page: Page, username: string, secret: string) {
  await page.getByLabel('用户名', { exact: true }).fill(username)
  await page.locator('input[type=password]').fill(secret)
  await page.getByRole('button', { name: '登录', exact: true }).click()
  if (secret === password) await page.getByLabel('用户名', { exact: true }).waitFor({ state: 'detached' })
}

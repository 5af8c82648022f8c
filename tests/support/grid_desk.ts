/**
 * The grid on a page of its own (tests/fixtures/grid) in a real browser, over an in-memory list: what hands do there, and
 * what the list holds afterwards. One browser a test file, one page a test.
 */
import type { Browser, BrowserContext, BrowserContextOptions, CDPSession, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import type { GridHandle, Row, SaveRequest, Status } from '../../admin/grid/types.ts'
import { launch } from './browser.ts'
import { gridAddress } from './shared.ts'

/** What the page keeps on its window for the tests; see tests/fixtures/grid. */
export type Fixture = {
  memory: {
    row(id: number): Row | undefined
    put(id: number, values: Row): Row
    count(): number
    log: SaveRequest[]
    knobs: { latency: number; offline: boolean }
  }
  handle: { current: GridHandle }
  told: { status: Status; events: string[] }
  suggesting: { after: number }
}

/** Starts a browser and a page of 50,000 rows for every test of the file; `more` is said of the browser's context. */
export function gridDesk(more: BrowserContextOptions = {}) {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let input: CDPSession
  const faults: string[] = []

  beforeAll(async () => {
    browser = await launch()
    context = await browser.newContext({ viewport: { width: 1280, height: 720 }, ...more })
    // Stays open, so that the pages of the tests find a process and its cache of scripts: they open in half the time.
    await context.newPage()
  })

  afterAll(async () => {
    await browser?.close()
  })

  beforeEach(async () => {
    page = await context.newPage()
    page.setDefaultTimeout(30_000)
    faults.length = 0
    page.on('pageerror', (error) => faults.push(error.message))
    input = await context.newCDPSession(page)
    await open(50_000)
  })

  afterEach(async () => {
    // A page with unsaved cells would ask; the test has seen what it wanted.
    await page.close({ runBeforeUnload: false })
    expect(faults).toEqual([])
  })

  async function open(rows: number, more = 0) {
    await page.goto(`${gridAddress()}?rows=${rows}&more=${more}`)
    await page.waitForFunction(() => document.querySelector('[data-column="name"]')?.textContent)
  }

  const cell = (row: number, column: string) => page.locator(`[aria-rowindex="${row + 2}"] [data-column="${column}"]`)
  /** What has happened in the model is on the page, and has been told. */
  const drawn = () =>
    page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))
  const shiftClick = async (row: number, column: string) => {
    await page.keyboard.down('Shift')
    await cell(row, column).click()
    await page.keyboard.up('Shift')
  }

  return {
    page: () => page,
    open,
    cell,
    shiftClick,
    async press(...keys: string[]) {
      for (const key of keys) await page.keyboard.press(key)
    },
    type: (text: string) => page.keyboard.type(text),
    stored: (id: number) => page.evaluate((id) => (window as unknown as Fixture).memory.row(id), id),
    async status() {
      await drawn()
      return page.evaluate(() => (window as unknown as Fixture).told.status)
    },
    saved: () => page.evaluate(() => (window as unknown as Fixture).handle.current.flush()),
    count: () => page.evaluate(() => (window as unknown as Fixture).memory.count()),
    log: () => page.evaluate(() => (window as unknown as Fixture).memory.log),
    events: () => page.evaluate(() => (window as unknown as Fixture).told.events),
    setLatency: (latency: number) =>
      page.evaluate((latency) => {
        ;(window as unknown as Fixture).memory.knobs.latency = latency
      }, latency),
    /** `[row, column]` of the active cell as a person counts: rows from 1, the column by its name. */
    async active() {
      await drawn()
      const said = await page.locator('.grid-editor').getAttribute('aria-label')
      const [, column = '', row = '0'] = /^(.*)，第 (\d+) 行/.exec(said ?? '') ?? []
      return [Number(row), column]
    },
    /** A key as Windows sends it while an input method is at work. */
    composeKey: (key: string) =>
      input.send('Input.dispatchKeyEvent', { type: 'rawKeyDown', windowsVirtualKeyCode: 229, key }),
    compose: (text: string) =>
      input.send('Input.imeSetComposition', { text, selectionStart: text.length, selectionEnd: text.length }),
    /** Keys and letters in one go, or with pauses (ms) between them; the page gets them as fast as it can take them. */
    async strike(keys: readonly string[], pause = 0) {
      const sent: Promise<unknown>[] = []
      for (const key of keys) {
        const [name = '', modifiers] = key.startsWith('Alt+') ? [key.slice(4), 1] : [key, 0]
        const code = { Enter: 13, Tab: 9, Escape: 27, Backspace: 8, Delete: 46, F2: 113, ArrowDown: 40 }[name]
        if (code === undefined) sent.push(input.send('Input.insertText', { text: key }))
        else
          for (const type of ['rawKeyDown', 'keyUp'] as const)
            sent.push(input.send('Input.dispatchKeyEvent', { type, key: name, modifiers, windowsVirtualKeyCode: code }))
        if (pause > 0) await page.waitForTimeout(pause)
      }
      await Promise.all(sent)
    },
    insert: (text: string) => input.send('Input.insertText', { text }),
    /** A finger moves up (negative: down) by so many pixels, in steps, and stays a moment: without a fling. */
    async pan(pixels: number, { x, y }: { x: number; y: number }) {
      const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', at?: number) =>
        input.send('Input.dispatchTouchEvent', { type, touchPoints: at === undefined ? [] : [{ x, y: at }] })
      await touch('touchStart', y)
      for (let step = 1; step <= 20; step += 1) await touch('touchMove', y - (pixels * step) / 20)
      await page.waitForTimeout(120)
      await touch('touchEnd')
    },
    /** Two taps right after each other on a page that is busy (ms) meanwhile, so that it hears both at once. */
    async tapTwice(row: number, column: string, busy = 0) {
      const box = await cell(row, column).boundingBox()
      const at = { x: (box?.x ?? 0) + 20, y: (box?.y ?? 0) + 12 }
      const tap = () => [
        input.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] }),
        input.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] }),
      ]
      const work = page.evaluate((ms) => {
        for (const until = performance.now() + ms; performance.now() < until; );
      }, busy)
      await Promise.all([work, ...tap(), ...tap()])
    },
    /** A real paste event, with what a spreadsheet would have put on the clipboard. */
    async paste(plain: string, html = '') {
      await page.evaluate(
        ([plain = '', html = '']) => {
          const data = new DataTransfer()
          data.setData('text/plain', plain)
          if (html) data.setData('text/html', html)
          document.activeElement?.dispatchEvent(
            new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
          )
        },
        [plain, html],
      )
    },
    /** What a real copy or cut event puts on the clipboard. */
    copied: (kind: 'copy' | 'cut' = 'copy') =>
      page.evaluate((kind) => {
        const data = new DataTransfer()
        document.activeElement?.dispatchEvent(
          new ClipboardEvent(kind, { clipboardData: data, bubbles: true, cancelable: true }),
        )
        return { plain: data.getData('text/plain'), html: data.getData('text/html') }
      }, kind),
    async shot(name: string) {
      if (process.env.SHOTS) await page.screenshot({ path: `${process.env.SHOTS}/${name}.png` })
    },
  }
}

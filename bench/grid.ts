/**
 * The grid in a headless browser, on the built admin and a real server: frames while scrolling, a key until it is painted,
 * a paste until it is shown and until it is stored, memory, and what has to be loaded. Figures beside their budget.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type Browser, type CDPSession, chromium, type Page } from 'playwright-core'
import { build } from 'vite'
import { buildAdmin } from '../server/build.ts'
import { median, percentile } from './measure.ts'
import { serve } from './processes.ts'
import type { BenchWorld } from './world.ts'

const FRAME_MS = 50
const SCROLLED_FRAMES = 240
const PIXELS_A_FRAME = 100
const KEYS = 60
const STORED_WITHIN = 120_000
const KB = 1024
const MB = 1024 * 1024

const browserPath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** One figure and what it should come to. */
function say(what: string, value: number, unit: string, goal?: number) {
  const verdict = goal === undefined ? '' : `   goal ≤ ${goal} ${unit} ${value <= goal ? 'reached' : 'missed'}`
  console.log(`${what.padEnd(68)} ${value.toFixed(1).padStart(9)} ${unit.padEnd(3)}${verdict}`)
}

/** Prints the figures for lists of `sizes` rows; without a Chromium on the machine it says so and measures nothing. */
export async function grid(world: BenchWorld, sizes: readonly number[]): Promise<void> {
  if (!existsSync(browserPath)) return console.log('grid: no Chromium here; name one in CHROMIUM')
  const dist = await buildAdmin()
  const served = await serve('ours', { BENCH_URL: world.appUrl, BENCH_DIST: dist })
  const browser = await chromium.launch({
    executablePath: browserPath,
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--enable-precise-memory-info'],
  })
  try {
    await weights(browser, world, served.address)
    for (const rows of sizes) {
      await world.fill(rows)
      await scrolling(browser, world, served.address, rows)
    }
    await world.fill(50_000)
    for (const rows of [1_000, 10_000]) await pasting(browser, world, served.address, rows)
  } finally {
    await browser.close()
    await served.stop()
  }
}

type Sheet = { page: Page; devtools: CDPSession; loaded: () => number; close: () => Promise<void> }

/** The register of attendance, opened by the clerk, its first rows there. */
async function openSheet(browser: Browser, world: BenchWorld, address: string): Promise<Sheet> {
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 } })
  const [name = '', value = ''] = world.cookie.split('=')
  await context.addCookies([{ name, value, url: address }])
  // Functions handed to the page come with the marks that tsx puts on them.
  await context.addInitScript('globalThis.__name = (value) => value')
  const page = await context.newPage()
  page.setDefaultTimeout(180_000)
  const devtools = await context.newCDPSession(page)
  await devtools.send('Performance.enable')
  let script = 0
  const bodies: Promise<void>[] = []
  page.on('response', (response) => {
    if (!/\.js$/.test(new URL(response.url()).pathname)) return
    bodies.push(
      response.body().then(
        (bytes) => {
          script += gzipSync(bytes).length
        },
        () => {},
      ),
    )
  })
  await page.goto(`${address}/#/attendance`)
  await page.waitForFunction(() => document.querySelector('.grid-row:not(.loading) [data-column="name"]')?.textContent)
  await page.waitForLoadState('networkidle')
  await Promise.all(bodies)
  return { page, devtools, loaded: () => script, close: () => context.close() }
}

const metric = async (devtools: CDPSession, name: string) =>
  (await devtools.send('Performance.getMetrics')).metrics.find((each) => each.name === name)?.value ?? 0

async function scrolling(browser: Browser, world: BenchWorld, address: string, rows: number) {
  const { page, devtools, close } = await openSheet(browser, world, address)
  const size = rows.toLocaleString('en')
  await page.evaluate(scrollBy, { frames: 60, pixels: PIXELS_A_FRAME }) // what is compiled once is compiled
  const before = await metric(devtools, 'TaskDuration')
  const frames = await page.evaluate(scrollBy, { frames: SCROLLED_FRAMES, pixels: PIXELS_A_FRAME })
  const busy = ((await metric(devtools, 'TaskDuration')) - before) * 1000
  say(`${size} rows scrolled ${PIXELS_A_FRAME} px a frame, slowest frame`, Math.max(...frames), 'ms', FRAME_MS)
  say(`  frames over ${FRAME_MS} ms of ${frames.length}`, frames.filter((ms) => ms > FRAME_MS).length, '', 0)
  say('  processor time of the page a frame', busy / frames.length, 'ms')
  await page.evaluate(() => {
    const pane = document.querySelector('.grid-scroll')
    if (pane) pane.scrollTop = pane.scrollHeight / 2
  })
  await page.waitForFunction(() => document.querySelector('.grid-row:not(.loading)'))
  await page.locator('.grid-scroll').click({ position: { x: 400, y: 300 } })
  const keys = await keyToPaint(page)
  say(`  key until painted, median of ${KEYS}`, median(keys), 'ms')
  say('  the slowest of twenty', percentile(keys, 95), 'ms')
  await devtools.send('HeapProfiler.collectGarbage')
  say('  heap of the whole page', (await metric(devtools, 'JSHeapUsedSize')) / MB, 'MB', 40)
  await close()
}

/** Milliseconds between frames while the list is pulled along. Runs in the page. */
function scrollBy({ frames, pixels }: { frames: number; pixels: number }): Promise<number[]> {
  const pane = document.querySelector('.grid-scroll') as HTMLElement
  return new Promise((done) => {
    const times: number[] = []
    let last = 0
    const step = (now: number) => {
      if (last > 0) times.push(now - last)
      last = now
      // As the wheel does it: a list taller than a browser can scroll moves its rows by itself.
      const wheel = new WheelEvent('wheel', { deltaY: pixels, bubbles: true, cancelable: true })
      if (pane.dispatchEvent(wheel)) pane.scrollTop += pixels
      if (times.length < frames) requestAnimationFrame(step)
      else done(times)
    }
    requestAnimationFrame(step)
  })
}

/** From the key's event to the frame behind it. */
async function keyToPaint(page: Page): Promise<number[]> {
  await page.evaluate(() => {
    const times: number[] = []
    Object.assign(window, { keyTimes: times })
    window.addEventListener(
      'keydown',
      (event) => {
        const came = event.timeStamp
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel()
          port1.onmessage = () => times.push(performance.now() - came)
          port2.postMessage(null)
        })
      },
      true,
    )
  })
  for (let key = 0; key < KEYS; key += 1) await page.keyboard.press(key % 2 ? 'ArrowRight' : 'ArrowDown')
  return page.evaluate(() => (window as unknown as { keyTimes: number[] }).keyTimes)
}

/** Rows pasted into the blank last row of a register: shown when the last of them is painted, stored when the database has all and the page says so. */
async function pasting(browser: Browser, world: BenchWorld, address: string, rows: number) {
  const { page, close } = await openSheet(browser, world, address)
  await page.keyboard.press('Control+End')
  await page.getByRole('button', { name: '新增一行' }).click()
  const lines = Array.from({ length: rows }, (_, n) => {
    const phone = 15_000_000_000 + rows * 10 + n
    return [`戊${n}`, '第1场网络安全知识竞赛', '女', '测试厂', '车工', phone, '2019-07-10 09:00', '扫码'].join('\t')
  })
  const text = lines.join('\n')
  const { rows: last } = await world.owner.query<{ id: string }>('select max(id) as id from attendance')
  const before = last[0]?.id ?? 0
  const until = performance.now() + STORED_WITHIN
  const shown = await page.evaluate(async (block) => {
    const data = new DataTransfer()
    data.setData('text/plain', block)
    const began = performance.now()
    document.activeElement?.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    )
    while (!document.querySelector('.grid-cell.unsaved')) await new Promise(requestAnimationFrame)
    await new Promise(requestAnimationFrame)
    Object.assign(window, { pasteBegan: began })
    return performance.now() - began
  }, text)
  const count = async () => {
    const { rows: found } = await world.owner.query<{ count: string }>(
      `select count(*) from attendance where id > $1 and name like '戊%'`,
      [before],
    )
    return Number(found[0]?.count)
  }
  while ((await count()) < rows && performance.now() < until) await new Promise((later) => setTimeout(later, 20))
  await page.waitForFunction(() => !document.querySelector('.grid-cell.unsaved'), undefined, { polling: 20 })
  const stored = await page.evaluate(() => performance.now() - (window as unknown as { pasteBegan: number }).pasteBegan)
  const size = rows.toLocaleString('en')
  say(`${size} × 8 pasted as new rows, until shown`, shown, 'ms', rows === 1_000 ? 100 : undefined)
  say('  until all are stored', stored, 'ms', rows === 1_000 ? 500 : undefined)
  if ((await count()) < rows) console.log(`    only ${await count()} of ${size} were stored`)
  await close()
}

/** The grid alone as a library, and what the first page of the admin loads. */
async function weights(browser: Browser, world: BenchWorld, address: string) {
  const folder = join(import.meta.dirname, '..', 'admin', 'grid')
  const made = await build({
    root: folder,
    configFile: false,
    logLevel: 'error',
    build: {
      write: false,
      modulePreload: false,
      rollupOptions: {
        input: join(folder, 'index.ts'),
        preserveEntrySignatures: 'strict',
        external: [/^react/, /^@mui/],
        output: { minify: true },
      },
    },
  })
  const chunks = [made].flat().flatMap((each) => ('output' in each ? each.output : []))
  const scripts = chunks.flatMap((each) => (each.type === 'chunk' ? [each] : []))
  // What the entry needs at once, through the parts it shares with what is opened later.
  const needed = new Set(scripts.filter(({ isEntry }) => isEntry))
  for (const each of needed) for (const name of each.imports) add(name)
  function add(name: string) {
    for (const each of scripts) if (each.fileName === name) needed.add(each)
  }
  const later = scripts.filter((each) => !needed.has(each))
  const size = (text: string) => gzipSync(text).length / KB
  say('the grid, gzip', size([...needed].map(({ code }) => code).join('')), 'kB', 25)
  const sum = later.reduce((total, { code }) => total + size(code), 0)
  say(`  ${later.length} parts that are loaded when they are needed, gzip`, sum, 'kB')
  const { loaded, close } = await openSheet(browser, world, address)
  say('scripts until a register stands, gzip', loaded() / KB, 'kB', 450)
  await close()
}

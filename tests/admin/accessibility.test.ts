/**
 * Every page of the admin through axe, light and dark, and at 200 % zoom: nothing serious, and nothing that has to be
 * scrolled sideways to be read. In light they are opened by a browser that lacks what Chromium 109 lacks.
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { registers } from '../../server/forms/index.ts'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { takeAway } from '../support/old_browser.ts'
import { sample, type Username, type World } from '../support/world.ts'

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const plain = [
  '/',
  '/quotas',
  '/collections',
  '/progress',
  '/imports',
  '/bin',
  '/changes',
  '/dictionary',
  '/interface',
  '/account',
]
const pages: Partial<Record<Username, readonly string[]>> = {
  hefei: [...plain, '/filings', ...registers.map(({ name }) => `/${name}`), '/propagandists?open=1'],
  province: [
    ...plain,
    '/filings',
    '/works',
    '/users',
    '/form_designs',
    '/form_designs?open=new',
    '/form_designs?open=new&adjusts=events',
    '/form_designs?prints=events',
    '/from_notice',
    '/new_year',
    '/guide',
    '/stages',
    '/units',
    '/propagandists',
    '/submissions',
  ],
  cac: ['/', '/propagandists', '/progress'],
  juror1: ['/'],
}

let site: Site
let world: World

beforeAll(async () => {
  site = await openSite()
  world = site.world
  const hefei = await world.as('hefei')
  for (const { name } of registers) await hefei.post(`/${name}`, sample[name]?.(1) ?? {}).expect(201)
  for (const form of ['propagandists', 'submissions']) {
    const [row] = (await hefei.get(`/${form}`).expect(200)).body
    await hefei.post(`/${form}/${row.id}/submission`).expect(200)
  }
})

afterAll(() => site?.close())

/** What axe finds serious or critical, as lines one can act on. */
async function faultsOn(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  // a grid is scrolled by the keys of the field that lies over its active cell
  const { violations } = await page.evaluate(() =>
    (window as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
      // what passes is told by nobody
      resultTypes: ['violations'],
      rules: { 'scrollable-region-focusable': { enabled: !document.querySelector('.grid-table') } },
    }),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary}`),
    )
}

async function settled(desk: Desk, path: string) {
  await desk.go(path)
  await desk.page.waitForSelector('main > *')
  await desk.idle()
}

/** In the dark only colours differ: one page of each kind tells. */
const dark: typeof pages = {
  hefei: ['/', '/filings', '/propagandists?open=1', '/dictionary'],
  province: ['/', '/propagandists', '/works', '/changes', '/new_year', '/form_designs?open=new&adjusts=events'],
}

describe.each([
  ['light', pages],
  ['dark', dark],
] as const)('in %s', (colorScheme, looked) => {
  test.each(Object.keys(looked) as Username[])(
    'every page of %s',
    async (username) => {
      const desk = await openDesk(site.browser, world, username, {
        colorScheme,
        ...(colorScheme === 'light' && { before: takeAway }),
      })
      const faults: Record<string, string[]> = {}
      for (const path of looked[username] ?? []) {
        await settled(desk, path)
        const found = await faultsOn(desk.page)
        if (found.length > 0) faults[path] = found
      }
      expect(faults).toEqual({})
      expect(desk.faults.filter((fault) => !fault.includes('blocker'))).toEqual([])
      await desk.close()
    },
    300_000,
  )

  test('the login page and the page behind a QR code', async () => {
    const context = await site.browser.newContext({ colorScheme, viewport: { width: 1440, height: 900 } })
    const page = await context.newPage()
    for (const path of ['/', '/verify/2019-4-0001-ABCDEF']) {
      await page.goto(`${world.address}${path}`)
      await page.waitForSelector('main')
      await page.waitForLoadState('networkidle')
      expect([path, await faultsOn(page)]).toEqual([path, []])
    }
    await context.close()
  })
})

test.each([
  ['at 200 %', { width: 720, height: 450 }],
  ['on a phone', { width: 390, height: 800 }],
])(
  '%s the menu is there, nothing has to be scrolled sideways but a grid, and a grid still shows rows',
  async (_, viewport) => {
    const desk = await openDesk(site.browser, world, 'hefei', { viewport, deviceScaleFactor: 2 })
    const wide: string[] = []
    for (const path of pages.hefei ?? []) {
      await settled(desk, path)
      const over = await desk.page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
      if (over > 1) wide.push(`${path} ${over}`)
      if (!(await desk.page.getByRole('navigation', { name: '主菜单' }).isVisible())) wide.push(`${path} has no menu`)
      const shown = await desk.page.evaluate(() => {
        const pane = document.querySelector('.grid-scroll')
        return pane ? pane.clientHeight : null
      })
      if (shown !== null && shown < 96) wide.push(`${path} leaves ${shown} px for rows`)
    }
    expect(wide).toEqual([])
    await desk.close()
  },
)

test('a browser older than that is told which ones can, by the admin and by the page behind a printed code', async () => {
  const page = await site.browser.newPage()
  await page.addInitScript(() => {
    CSS.supports = () => false
  })
  for (const path of ['/', '/verify/无']) {
    await page.goto(world.address + path)
    const said = await page.getByRole('alert').innerText()
    for (const name of ['Chrome', 'Edge', '109', 'Firefox', '360', 'QQ']) expect(said).toContain(name)
    expect(await page.locator('#root').count()).toBe(0)
  }
  await page.close()
})

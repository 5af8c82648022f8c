/**
 * Numbers on the pages, in a real browser: each one that is a link opens exactly the rows it counts, for every role; and
 * all of them follow what others do, without a reload.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { filterOf } from '../../admin/grid/dataProviderSource.ts'
import { termsOf } from '../../admin/grid/model/filters.ts'
import { rowsOf } from '../../seeds/campaign_2019.ts'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { sample, type Username, type World } from '../support/world.ts'

let site: Site
let world: World
let province: Desk
const desks: Desk[] = []

const fill = async (who: Username, form: string, rows: object[]) => {
  const made = (await (await world.as(who)).post(`/${form}/bulk`, { create: rows })).body
  expect([form, made.message]).toEqual([form, undefined])
  return made.create.map(({ id }: { id: number }) => id) as number[]
}
/** Moves rows straight to a state; their history says that nobody did. */
const put = (form: string, ids: number[], status: string) =>
  world.owner(`update ${form} set status = $1, version = version + 1 where id = any ($2)`, [status, ids])
const desk = async (who: Username) => {
  const opened = await openDesk(site.browser, world, who)
  desks.push(opened)
  return opened
}

beforeAll(async () => {
  site = await openSite()
  world = site.world
  // of each register some rows in each state, of two cities and of the province itself; some dated ahead
  for (const who of ['hefei', 'suzhou', 'province'] as const) {
    for (const form of ['organizations', 'propagandists', 'events', 'attendance', 'submissions', 'awards']) {
      const ids = await fill(
        who,
        form,
        [1, 2, 3, 4, 5, 6].map((n) => sample[form]?.(n) ?? {}),
      )
      await put(form, ids.slice(0, 2), form === 'submissions' ? 'accepted' : 'approved')
      await put(form, ids.slice(2, 3), 'submitted')
      await put(form, ids.slice(3, 5), 'returned')
    }
    const snapshot = (n: number, counted_on: string, people: number) => ({ ...sample.reach?.(n), counted_on, people })
    const reach = await fill(who, 'reach', [
      snapshot(1, '2019-07-10', 30_000),
      snapshot(1, '2019-07-20', 50_000),
      snapshot(2, '2019-07-10', 10_000),
      snapshot(1, '2019-07-30', 70_000),
    ])
    await put('reach', reach.slice(0, 3), 'approved')
    await put('reach', reach.slice(3), 'submitted')
  }
  await world.owner(`update events set held_on = '2019-11-10', version = version + 1 where title like '第1场%'`)
  province = await desk('province')
})
afterAll(() => site?.close())
afterEach(() => {
  for (const each of desks) expect(each.faults.splice(0)).toEqual([])
})

/** Milliseconds; a busy machine draws no frames for a while. */
const polling = 100

type Seen = { text: string; href: string; counts: string | null }
const linksOf = ({ page }: Desk) =>
  page.$$eval('main a[href*="filter="]', (links) =>
    links.map(
      (link): Seen => ({
        text: (link as HTMLElement).innerText,
        href: link.getAttribute('href') ?? '',
        counts: link.getAttribute('data-counts'),
      }),
    ),
  )

/** What a link says, and what the list behind it comes to: rows, or the sum of what its number counts. */
async function asked(who: Username, { text, href, counts }: Seen) {
  const [form = '', search] = href.replace(/^#?\//, '').split('?')
  const filter = JSON.parse(new URLSearchParams(search).get('filter') ?? '{}')
  const adds = text.includes('条')
    ? undefined
    : rowsOf<{ name: string; field?: string }>('metrics').find(({ name }) => name === counts)?.field
  const { body } = await (await world.as(who)).get(`/${form}/summary`, {
    filter: { ...filterOf(termsOf([], filter)), campaign_id: world.campaign_id },
    ...(adds && { columns: { [adds]: 'sum' } }),
  })
  const found = adds ? (body.sums?.[adds] ?? 0) : body.rows
  const number = /[\d,]+(\.\d)?/.exec(text)?.[0].replaceAll(',', '')
  return { link: text, number, found: number?.includes('.') ? (found / 10_000).toFixed(1) : String(found) }
}

test.each([
  ['province', '/'],
  ['province', '/progress'],
  ['cac', '/'],
  ['cac-hefei', '/'],
  ['hefei', '/'],
  ['hefei', '/progress'],
  ['suzhou', '/'],
] as const)('each number that is a link on the page of %s at %s is that of its list', async (who, path) => {
  const at = who === 'province' ? province : await desk(who)
  await at.go(path)
  await at.page.locator('main a[href*="filter="]').first().waitFor()
  await at.idle()
  const links = await linksOf(at)
  const told = await Promise.all(links.map((link) => asked(who, link)))
  const counted = told.filter(({ number }) => number !== undefined)
  expect(counted.length).toBeGreaterThan(5)
  expect(counted.map(({ link, found }) => `${link}: ${found}`)).toEqual(
    counted.map(({ link, number }) => `${link}: ${number}`),
  )
  await at.shot(`figures-${who}`)
})

test('the list of what was reached has each content once, and its sum below it', async () => {
  await province.go('/')
  await province.page.locator('[data-counts=netizens]').first().click()
  await province.page.getByText('每条内容取最近一期').waitFor()
  await province.page.locator('main footer').getByText('6 行').waitFor()
  await province.page.locator('.grid-sums').getByText('180,000').waitFor()
  await province.shot('figures-reached')
})

test('tabs and cities of a list count the rows they would show, whatever else narrows it', async () => {
  await province.register('propagandists', { name: '丁1' })
  const shows = (selector: string, texts: string[]) =>
    province.page.waitForFunction(
      ([where = '', ...wanted]) => {
        const found = [...document.querySelectorAll(where)].map(({ textContent }) => textContent)
        return wanted.every((text) => found.includes(text))
      },
      [selector, ...texts],
      { polling },
    )
  await shows('[role=tab]', ['待审0', '通过3', '全部3'])
  await shows('fieldset button', ['合肥 1', '宿州 1', '芜湖 —'])
  await province.register('propagandists', { status: { values: ['returned'] } })
  await shows('fieldset button', ['合肥 2', '宿州 2', '芜湖 —'])
  await province.register('propagandists', { status: { values: ['submitted'] } })
  await shows('fieldset button', ['合肥 1', '宿州 1', '芜湖 —'])
})

test('days add up to the totals, and none lies ahead', async () => {
  for (const who of ['province', 'cac', 'hefei'] as const) {
    const { days, province: all, units, today } = (await (await world.as(who)).get('/reports/progress')).body
    expect(days.at(-1).on <= today).toBe(true)
    for (const { name } of rowsOf<{ name: string; field?: string }>('metrics'))
      for (const part of ['done', 'pending'] as const) {
        const sum = (rows: Record<string, Record<string, number>>[]) =>
          rows.reduce((total, row) => total + Number(row[name]?.[part]), 0)
        expect([who, name, part, sum(days), sum(units)]).toEqual([who, name, part, all[name][part], all[name][part]])
      }
  }
})

test('what somebody else approves shows on the board at once, and the works page hears of the grid', async () => {
  await province.go('/')
  const done = (n: string) =>
    province.page.waitForFunction(
      (wanted) => document.querySelector('[data-counts=propagandists] b')?.textContent === wanted,
      n,
      { polling },
    )
  await done('6')
  const [waiting] = await world.owner<{ id: number }>(
    `select id from propagandists where status = 'submitted' and unit_id = $1`,
    [world.units.合肥],
  )
  const agent = await world.as('province')
  await agent.post(`/propagandists/${waiting?.id}/approval`).expect(200)
  await done('7')

  await province.go(`/works?collection=${world.collections.C5}`)
  const tab = (text: string) =>
    province.page.waitForFunction(
      (wanted) => [...document.querySelectorAll('[role=tab]')].some(({ textContent }) => textContent === wanted),
      text,
      { polling },
    )
  await tab('已受理6')
  const [work] = await world.owner<{ id: number }>(`select id from submissions where status = 'submitted' limit 1`)
  await put('submissions', [work?.id ?? 0], 'accepted')
  await tab('已受理7')
})

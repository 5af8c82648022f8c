/** The grid on a register of the built admin: what the server adds to it. Finding, edges, names, files, who changed what. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { sample, type World } from '../support/world.ts'

const count = 450
let site: Site
let world: World
let desk: Desk

beforeAll(async () => {
  site = await openSite()
  world = site.world
  const hefei = await world.as('hefei')
  const unions = ['合肥市庐州公交集团工会', '合肥市蜀峰供水公司工会', '长丰县水湖镇总工会']
  for (const [at, name] of unions.entries()) {
    await hefei.post('/organizations', { ...sample.organizations?.(at + 1), name, credit_code: null }).expect(201)
  }
  const create = Array.from({ length: count }, (_, at) => ({
    ...sample.events?.(at + 1),
    remark: at === 300 ? '江边的特别活动' : null,
  }))
  await hefei.post('/events/bulk', { create, update: [], remove: [] }).expect(200)
  desk = await openDesk(site.browser, world, 'hefei')
})

afterAll(() => site?.close())

afterEach(async () => {
  // The test changes the address by hand, which the router warns of while a page asks before it is left.
  expect(desk?.faults.splice(0).filter((fault) => !fault.includes('blocker'))).toEqual([])
})

const reaches = (row: number) =>
  desk.page.waitForFunction(
    (row) => document.querySelector('.grid-editor')?.getAttribute('aria-label')?.includes(`第 ${row} 行`),
    row,
  )

test('Ctrl+↓ and Ctrl+F find rows the page has never read', async () => {
  await desk.register('events')
  await desk.cell(1, 'title').click()
  await desk.press('Control+ArrowDown')
  await reaches(count)
  await desk.press('Control+ArrowUp')
  await reaches(1)
  await desk.press('Control+f')
  await desk.page.locator('.grid-find input').waitFor()
  await desk.type('江边的特别')
  await reaches(301)
  expect(await desk.page.locator('.grid-find output').innerText()).toBe('第 1 / 1 行')
  await desk.press('Control+Enter')
  await desk.page.getByRole('searchbox', { name: '全文搜索' }).waitFor()
  await desk.page.waitForFunction(() => document.querySelectorAll('.grid-row.stored').length === 1)
  expect(await desk.page.getByRole('searchbox', { name: '全文搜索' }).inputValue()).toBe('江边的特别')
})

test('全文搜索 waits for the words of an input method', async () => {
  await desk.register('events')
  const search = desk.page.getByRole('searchbox', { name: '全文搜索' })
  await search.click()
  await desk.compose(['j', 'ji', 'jiang'], '')
  await desk.page.waitForTimeout(500)
  expect(await desk.page.locator('main footer').innerText()).toContain(`${count} 行`)
  await desk.compose(['jiang bian'], '江边')
  await desk.page.waitForFunction(() => document.querySelectorAll('.grid-row.stored').length === 1)
})

test('what is typed into 全文搜索 and a filter is never overwritten by its own echo, on a busy page too', async () => {
  await desk.register('events')
  const { page } = desk
  await page.evaluate(() => {
    const hold = { busy: true }
    Object.assign(window, { hold })
    setInterval(() => {
      for (const end = performance.now() + 120; hold.busy && performance.now() < end; );
    }, 150)
  })
  for (const name of ['全文搜索', '筛选备注']) {
    const field = page.getByLabel(name, { exact: true })
    await field.scrollIntoViewIfNeeded()
    await field.focus()
    for (const letter of '江边的特别') {
      await page.keyboard.insertText(letter)
      await page.waitForTimeout(270)
    }
    expect(await field.inputValue()).toBe('江边的特别')
  }
  await page.evaluate(() => Object.assign((window as unknown as { hold: object }).hold, { busy: false }))
  await page.waitForFunction(() => decodeURIComponent(location.hash).split('江边的特别').length === 3)
  await page.waitForFunction(() => document.querySelectorAll('.grid-row.stored').length === 1)
})

test('grid and drawer share one row: what one writes the other has, and nobody is blamed for it', async () => {
  await desk.register('events')
  const { page } = desk
  const answers: number[] = []
  page.on('response', (response) => {
    if (response.url().endsWith('/events/bulk')) answers.push(response.status())
  })
  const drawer = page.getByRole('complementary')
  const field = (name: string) => drawer.locator(`[data-field=${name}] :is(input, select, textarea)`)
  const stored = async () =>
    (await world.owner(`select title, place, remark, headcount from events where title like '共用%'`))[0]
  await desk.cell(2, 'title').click()
  await desk.press('Control+Enter')
  await field('title').waitFor()
  await desk.cell(2, 'title').click()
  await desk.type('共用的一行')
  await desk.press('Enter')
  await expect.poll(() => field('title').inputValue()).toBe('共用的一行')
  await desk.saved()
  // Another cell and the same one, in the drawer.
  await field('remark').fill('抽屉里写的')
  await field('title').fill('共用的一行，抽屉里改的')
  await field('title').blur()
  await desk.saved()
  expect(await stored()).toMatchObject({ title: '共用的一行，抽屉里改的', remark: '抽屉里写的' })
  expect(await desk.text(2, 'title')).toBe('共用的一行，抽屉里改的')
  // What is not understood stands in both, with its sentence, and is put right in either.
  await field('headcount').fill('很多')
  await field('headcount').blur()
  const fault = await drawer.locator('[data-field=headcount]').getByRole('alert').innerText()
  const sentence = fault.replace(/\s*恢复原值$/, '')
  expect(sentence).toContain('很多')
  await desk.cell(2, 'headcount').click()
  expect(await desk.bubble()).toContain(sentence)
  await desk.type('88')
  await desk.press('Enter')
  await expect.poll(() => field('headcount').inputValue()).toBe('88')
  await desk.saved()
  expect(answers.filter((status) => status !== 200)).toEqual([])
  // One way back for both.
  await desk.press('Control+z', 'Control+z', 'Control+z')
  await expect.poll(() => field('title').inputValue()).toBe('共用的一行')
  await desk.saved()
  // Going on by the keyboard keeps what was being typed.
  await field('remark').fill('还没有离开')
  await desk.press('Alt+ArrowDown')
  await expect.poll(() => field('remark').inputValue()).not.toBe('还没有离开')
  await desk.saved()
  expect(await desk.text(2, 'remark')).toBe('还没有离开')
  // A colleague's change is seen where one stands; over one's own both are shown.
  await drawer.getByRole('button', { name: '上一行' }).click()
  const hefei = await world.as('hefei')
  const row = (await hefei.get('/events?filter={"title":"共用的一行"}').expect(200)).body[0]
  await field('title').fill('我的名字')
  const { version } = (await hefei.put(`/events/${row.id}`, { title: '同事的名字', version: row.version }).expect(200))
    .body
  await field('title').blur()
  await drawer.locator('[data-field=title]').getByRole('alert').getByText('同事的名字').waitFor()
  await desk.shot('drawer-conflict')
  await drawer.getByRole('button', { name: '用我的' }).click()
  await desk.saved()
  expect((await hefei.get(`/events/${row.id}`).expect(200)).body).toMatchObject({
    title: '我的名字',
    version: version + 1,
  })
  await drawer.getByRole('button', { name: '关上' }).click()
})

test('names of unions are found by their initials and pasted by name; an unknown one is refused in its cell', async () => {
  await desk.register('propagandists')
  await desk.page.getByText('在这里接着录入').waitFor()
  await desk.paste([
    ['顾明睿', '男', '', '', '', '长丰县水湖镇总工会', '宣传干事', '138 0000 1027', '', '', '1.2万', '', '2019.6.18'],
    ['程雨桐', '女', '', '', '', '没有这个工会', '宣传干事', '138 0000 1028', '', '', '3000', '', '2019.6.18'],
  ])
  await expect
    .poll(() =>
      world.owner(`select p.followers, o.name from propagandists p join organizations o on o.id = p.organization_id`),
    )
    .toEqual([{ followers: 12_000, name: '长丰县水湖镇总工会' }])
  await desk.page.getByText('待修正 1').waitFor()
  await desk.cell(2, 'organization_id').click()
  expect(await desk.bubble()).toContain('附件3里没有“没有这个工会”')
  await desk.type('sfgs')
  await desk.page.locator('.grid-option.on').waitFor()
  await desk.press('Enter')
  await desk.saved()
  expect(await desk.text(2, 'organization_id')).toBe('合肥市蜀峰供水公司工会')
})

test('Shift+F2 tells who changed a cell; once more, and the history of the row stands beside', async () => {
  await desk.cell(1, 'job').click()
  await desk.type('宣传科长')
  await desk.press('Enter', 'ArrowUp')
  await desk.saved()
  await desk.press('Shift+F2')
  const bubble = desk.page.locator('.grid-bubble.past')
  await bubble.getByText('宣传科长').waitFor()
  expect(await bubble.innerText()).toContain('宣传干事 → 宣传科长')
  await desk.press('Shift+F2')
  await desk.page.getByRole('complementary').getByRole('list').getByText('修改').waitFor()
})

test('Enter on a cell of files opens the row at its files', async () => {
  await desk.register('events')
  await desk.page.getByRole('button', { name: '照片', exact: true }).scrollIntoViewIfNeeded()
  await desk.cell(1, 'title').click()
  await desk.press('End')
  while (!(await desk.page.locator('.grid-editor').getAttribute('aria-label'))?.startsWith('照片')) {
    await desk.press('ArrowLeft')
  }
  await desk.press('Enter')
  await desk.page.locator('aside [data-field=photos]').waitFor()
  await desk.page.waitForFunction(() => document.activeElement?.closest('[data-field=photos]'))
  await desk.press('Escape')
})

/**
 * Views of the grid in a real browser, against the real server: the menu of a column by keyboard, filters by type, groups,
 * sums, columns hidden, frozen, moved and resized, zoom, saved views, and links that others open with their own scope.
 */
import { readFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { sample, type World } from '../support/world.ts'

let site: Site
let world: World
let desk: Desk

const names = ['丁一', '王二', '王三', '李四', '赵五', '王六']

beforeAll(async () => {
  site = await openSite()
  world = site.world
  const hefei = await world.as('hefei')
  await hefei.post('/organizations', sample.organizations?.(1)).expect(201)
  for (const [at, name] of names.entries()) {
    await hefei
      .post('/propagandists', {
        ...sample.propagandists?.(at + 1),
        name,
        gender: at % 2 ? '男' : '女',
        followers: (at + 1) * 100,
        appointed_on: `2019-0${6 + Math.floor(at / 2)}-1${at}`,
        organization_id: at === 0 ? '合肥测试1厂工会委员会' : null,
      })
      .expect(201)
  }
  const wuhu = await world.as('wuhu')
  await wuhu.post('/propagandists', { ...sample.propagandists?.(20), name: '王芜湖', followers: 5 }).expect(201)
  desk = await openDesk(site.browser, world, 'hefei')
})

afterAll(() => site?.close())

afterEach(async () => {
  await desk?.shot('views-last')
  // The tests change the address by hand, which the router remarks on.
  expect(desk?.faults.splice(0).filter((text) => !text.includes('blocker on a POP'))).toEqual([])
})

const { stringify } = JSON
const column = async (name: string, of: Desk = desk) => {
  const cells = await of.page.locator(`.grid-row.stored [data-column="${name}"]`).allInnerTexts()
  return cells.map((text) => text.split('\n')[0])
}
const shows = (name: string, values: readonly string[], of: Desk = desk) =>
  expect.poll(() => column(name, of)).toEqual(values)
const heads = async (of: Desk = desk) =>
  of.page.locator('[data-head]').evaluateAll((all) => all.map((head) => (head as HTMLElement).dataset.head))
const head = (name: string) => desk.page.locator(`[data-head="${name}"]`)
const menu = async (name: string) => {
  // Focused, a head comes into view.
  await head(name).locator('.grid-head-words').focus()
  await head(name).click({ button: 'right' })
  await desk.page.getByRole('menu').waitFor()
}
const choose = async (name: string, words: string) => {
  await menu(name)
  await desk.page
    .locator('.grid-menu [role^=menuitem]', { hasText: new RegExp(`^${words}`) })
    .first()
    .click()
  await desk.page.locator('.grid-menu').waitFor({ state: 'detached' })
  await desk.idle()
}
const address = () => new URL(desk.page.url().replace('/#', '')).searchParams
const filterBy = async (name: string) => {
  await menu(name)
  await desk.page.getByRole('menuitem', { name: '筛选', exact: true }).click()
  await desk.page.locator('.grid-panel').waitFor()
}
const clear = async () => {
  await desk.go('/propagandists?view=0')
  await desk.page.waitForFunction(() => document.querySelectorAll('.grid-row.stored').length === 6)
}

test('the menu of a column opens and is walked by keyboard alone, and the focus comes back', async () => {
  await clear()
  await desk.cell(1, 'followers').click()
  await desk.press('Control+Space', 'Alt+ArrowDown')
  await desk.page.getByRole('menu', { name: '粉丝数' }).waitFor()
  await desk.shot('views-menu')
  await desk.press('ArrowDown', 'Enter')
  await shows('followers', ['600', '500', '400', '300', '200', '100'])
  expect(address().get('sort')).toBe('-followers')
  expect(await head('followers').getAttribute('aria-sort')).toBe('descending')
  // The keys work in the cells at once.
  await desk.press('ArrowDown')
  expect(await desk.page.evaluate(() => document.activeElement?.className)).toContain('grid-editor')
  // From a head: Tab stops at one of them, arrows go on, the menu key opens, Esc returns there.
  await head('name').locator('.grid-head-words').focus()
  await desk.press('ArrowRight', 'Alt+ArrowDown')
  const opened = await desk.page.getByRole('menu').getAttribute('aria-label')
  await desk.press('Escape')
  expect(await desk.page.evaluate(() => document.activeElement?.closest('[data-head]')?.textContent)).toContain(opened)
  await desk.press('Escape')
  expect(await desk.page.evaluate(() => document.activeElement?.className)).toContain('grid-editor')
})

test('several columns sort, numbered in their heads', async () => {
  await clear()
  await choose('gender', '降序排列')
  await choose('followers', '再按这一栏降序')
  await shows('followers', ['500', '300', '100', '600', '400', '200'])
  expect(address().get('sort')).toBe('-gender,-followers')
  expect(await head('followers').locator('em').innerText()).toBe('2')
  await choose('gender', '不按这一栏排')
  expect(address().get('sort')).toBe('-followers')
  await shows('followers', ['600', '500', '400', '300', '200', '100'])
})

test('filters by type: text, choices by pinyin initials, ranges, days meant from today; each is a chip', async () => {
  await clear()
  await filterBy('name')
  await desk.type('王')
  await desk.press('Enter')
  await shows('name', ['王二', '王三', '王六'])
  await desk.page.getByRole('button', { name: /^姓名 含“王”/ }).click()
  await desk.page.locator('.grid-panel select').selectOption({ label: '不包含' })
  await desk.page.locator('.grid-panel').getByRole('button', { name: '筛选' }).click()
  await shows('name', ['丁一', '李四', '赵五'])
  expect(address().get('f.name')).toBe('!王')
  await filterBy('gender')
  await desk.type('n')
  await desk.shot('views-filter-list')
  await desk.press('Enter')
  // 男 and 女 both begin with n: neither is taken for the other.
  await desk.page.getByText('“n”有 2 个').waitFor()
  await desk.page.locator('.grid-panel .grid-input').fill('男')
  await desk.press('Enter', 'Enter')
  await shows('name', ['李四'])
  await desk.page.getByRole('button', { name: /^去掉条件：性别/ }).click()
  await desk.page.getByRole('button', { name: /^去掉条件：姓名/ }).click()
  await filterBy('followers')
  await desk.type('200')
  await desk.press('Tab')
  await desk.type('400')
  await desk.press('Enter')
  await shows('followers', ['200', '300', '400'])
  await filterBy('appointed_on')
  await desk.shot('views-filter-range')
  await desk.page.getByRole('button', { name: '上月', exact: true }).click()
  await shows('appointed_on', ['2019-07-12', '2019-07-13'])
  expect(address().get('f.appointed_on')).toBe('上月')
  // With the search as well.
  await desk.page.getByRole('searchbox', { name: '全文搜索' }).fill('王')
  await desk.page.waitForFunction(() => location.hash.includes('q='))
  await shows('name', ['王三'])
  await desk.shot('views-chips')
  await desk.page.getByRole('button', { name: '清除筛选' }).click()
  await expect.poll(() => column('name')).toHaveLength(6)
  // The row under the heads understands the same.
  await desk.page.getByRole('textbox', { name: '筛选粉丝数' }).fill('>400')
  await desk.press('Enter')
  await shows('followers', ['500', '600'])
  await desk.page.getByRole('textbox', { name: '筛选所在工会' }).fill('空')
  await desk.press('Enter')
  await expect.poll(() => column('name')).toHaveLength(2)
})

test('back and forward go through what was looked at', async () => {
  await clear()
  await choose('followers', '降序排列')
  await desk.page.getByRole('textbox', { name: '筛选姓名' }).fill('王')
  await desk.press('Enter')
  await shows('followers', ['600', '300', '200'])
  await desk.page.goBack()
  await expect.poll(() => column('followers')).toHaveLength(6)
  await desk.page.goBack()
  await shows('followers', ['100', '200', '300', '400', '500', '600'])
  await desk.page.goForward()
  await desk.page.goForward()
  await shows('followers', ['600', '300', '200'])
})

test('groups have headings with counts and sums, fold, and take the cursor; cells in them are edited as anywhere', async () => {
  await clear()
  await choose('followers', '表尾合计')
  await choose('gender', '按这一栏分组')
  const headings = () => desk.page.locator('.grid-group').allInnerTexts()
  await desk.page.locator('.grid-group').nth(1).waitFor()
  await desk.shot('views-groups')
  expect((await headings()).map((text) => text.replace(/\s+/g, ' '))).toEqual([
    '男 3 行 合计 1,200',
    '女 3 行 合计 900',
  ])
  await shows('followers', ['200', '400', '600', '100', '300', '500'])
  expect(address().get('group')).toBe('gender')
  // Edited within its group: the sum follows, the row stays where it is.
  await desk.page.locator('.grid-row.stored [data-column="followers"]').nth(1).click()
  await desk.type('450')
  await desk.press('Enter')
  await desk.saved()
  await desk.page.getByText('合计 1,250').first().waitFor()
  await shows('followers', ['200', '450', '600', '100', '300', '500'])
  // ↓ from the last row of a group stands on the next heading; ← closes it, → opens it.
  await desk.press('ArrowDown')
  expect(await desk.page.locator('.grid-group.on').innerText()).toContain('女')
  expect(await desk.page.locator('.grid-editor').getAttribute('aria-label')).toMatch(/女，3 行，已展开/)
  await desk.press('ArrowLeft')
  await shows('followers', ['200', '450', '600'])
  await desk.type('x')
  await desk.press('ArrowRight')
  await shows('followers', ['200', '450', '600', '100', '300', '500'])
  await desk.press('ArrowDown')
  expect(await desk.page.locator('.grid-group.on').count()).toBe(0)
  // A block pasted over the edge of a group goes on with the next row, not with the heading.
  await desk.page.locator('.grid-row.stored [data-column="account"]').nth(2).click()
  await desk.paste([['甲号'], ['乙号']])
  await desk.saved()
  const stored = await world.owner<{ name: string; account: string }>(
    `select name, account from propagandists where account is not null order by account`,
  )
  expect(stored).toEqual(
    [
      { name: '丁一', account: '乙号' },
      { name: '王六', account: '甲号' },
    ].sort((a, b) => (a.account < b.account ? -1 : 1)),
  )
  await desk.page.locator('.grid-group').first().click()
  await shows('followers', ['100', '300', '500'])
  await desk.page.locator('.grid-group').first().click()
  await choose('appointed_on', '按月分组')
  await desk.page.waitForFunction(() => document.querySelectorAll('.grid-group').length === 3)
  expect((await headings())[0]).toContain('2019 年 6 月')
  await choose('appointed_on', '收起全部组')
  await shows('name', [])
  await choose('appointed_on', '取消分组')
  await expect.poll(() => column('name')).toHaveLength(6)
})

test('the foot adds up the whole filtered list', async () => {
  await clear()
  await choose('gender', '表尾不重复')
  const foot = desk.page.getByRole('row', { name: '汇总' })
  await foot.getByText('不重复 2').waitFor()
  await foot.getByText('合计 2,150').waitFor()
  await desk.page.getByRole('textbox', { name: '筛选姓名' }).fill('王')
  await foot.getByText('合计 1,100').waitFor()
  await desk.shot('views-foot')
  await choose('gender', '表尾不汇总')
  await choose('followers', '表尾不汇总')
  await foot.waitFor({ state: 'detached' })
})

test('columns are hidden, frozen, moved and resized, by mouse and by keys; a reload leaves them so', async () => {
  await clear()
  const before = await heads()
  await choose('political_status', '隐藏这一栏')
  expect(await heads()).toEqual(before.filter((name) => name !== 'political_status'))
  await choose('gender', '冻结到这一栏')
  expect(await head('gender').getAttribute('class')).toContain('frozen-edge')
  // Pulled by its words before another head.
  const from = await head('followers').locator('.grid-head-words').boundingBox()
  const to = await head('born_in').boundingBox()
  if (!from || !to) throw new Error('no heads')
  await desk.page.mouse.move(from.x + 10, from.y + 10)
  await desk.page.mouse.down()
  await desk.page.mouse.move(to.x + 30, to.y + 10, { steps: 4 })
  await desk.page.mouse.move(to.x + 6, to.y + 10, { steps: 2 })
  await desk.shot('views-drag')
  await desk.page.mouse.up()
  const moved = await heads()
  expect(moved[moved.indexOf('born_in') - 1]).toBe('followers')
  expect(address().get('sort')).toBeNull()
  await head('followers').locator('.grid-head-words').focus()
  await desk.press('Alt+Shift+ArrowRight')
  await desk.idle()
  const keyed = await heads()
  expect(keyed[keyed.indexOf('followers') - 1]).toBe('born_in')
  const width = async (name: string) => (await head(name).boundingBox())?.width ?? 0
  const wide = await width('job')
  await head('job').locator('.grid-resizer').dblclick({ force: true })
  await desk.page.waitForFunction((wide) => document.querySelector('[data-head="job"]')?.clientWidth !== wide - 1, wide)
  expect(await width('job')).toBeLessThan(wide)
  const fitted = await width('job')
  await desk.page.reload()
  await desk.page.waitForFunction(() => document.querySelectorAll('.grid-row.stored').length === 6)
  expect([await heads(), await width('job')]).toEqual([keyed, fitted])
  // The panel of columns: shown again, moved by Alt and the arrows.
  await desk.page.getByRole('button', { name: /^栏目 \d/ }).click()
  await desk.page.getByRole('checkbox', { name: '政治面貌' }).press('Space')
  expect(await heads()).toContain('political_status')
  await desk.page.getByRole('checkbox', { name: '政治面貌' }).press('Alt+ArrowUp')
  await desk.shot('views-columns')
  await desk.page.getByRole('button', { name: '恢复原样' }).click()
  await desk.press('Escape')
  expect(await heads()).toEqual(before)
})

test('zoom scales rows and type, by wheel and by button', async () => {
  await clear()
  const size = () =>
    desk.page
      .locator('.grid-row.stored')
      .first()
      .evaluate((row) => [
        (row as HTMLElement).offsetHeight,
        Number.parseFloat(getComputedStyle(row.querySelector('[data-column=name]') as Element).fontSize),
      ])
  expect(await size()).toEqual([32, 13])
  await desk.page.locator('.grid-scroll').hover()
  await desk.page.keyboard.down('Control')
  await desk.page.mouse.wheel(0, -100)
  await desk.page.keyboard.up('Control')
  await desk.page.getByRole('button', { name: '110%' }).waitFor()
  expect(await size()).toEqual([35, 14.3])
  await desk.shot('views-zoom')
  await desk.page.getByRole('button', { name: '110%' }).click()
  expect(await size()).toEqual([32, 13])
})

test('a view is saved, changed, put back, opened by default, renamed and removed', async () => {
  await clear()
  await choose('followers', '降序排列')
  await desk.page.getByRole('textbox', { name: '筛选姓名' }).fill('王')
  await desk.idle()
  const button = desk.page.locator('button[title^=视图]').first()
  const pick = async (words: string) => {
    await button.click()
    await desk.page.locator('.MuiMenu-list [role^=menuitem]', { hasText: words }).first().click()
    await desk.idle()
  }
  await pick('另存为')
  await desk.type('王姓')
  await desk.press('Enter')
  await desk.page.getByText('已存为视图“王姓”。').waitFor()
  await expect.poll(() => button.innerText()).toBe('王姓')
  await choose('remark', '隐藏这一栏')
  expect(await button.innerText()).toContain('已改动')
  await desk.shot('views-changed')
  await pick('还原成存的样子')
  expect(await heads()).toContain('remark')
  await choose('remark', '隐藏这一栏')
  await pick('保存')
  expect(await button.innerText()).toBe('王姓')
  await pick('设为默认')
  await desk.go('/')
  await desk.go('/propagandists')
  await desk.page.waitForFunction(() => document.querySelectorAll('.grid-row.stored').length === 3)
  expect([await button.innerText(), await column('name'), (await heads()).includes('remark')]).toEqual([
    '王姓',
    ['王六', '王三', '王二'],
    false,
  ])
  await button.click()
  await desk.shot('views-list')
  await desk.press('Escape')
  await pick('改名')
  await desk.page.getByLabel('视图名称').fill('姓王的')
  await desk.press('Enter')
  await desk.page.getByText('已改名为“姓王的”。').waitFor()
  await pick('删除')
  await desk.page.getByRole('dialog').getByRole('button', { name: '删除' }).click()
  await desk.page.getByText('已删除视图“姓王的”。').waitFor()
  await expect.poll(() => column('name')).toHaveLength(6)
})

test('the province shares a view and sends its link; each opens it over the own rows', async () => {
  const province = await openDesk(site.browser, world, 'province')
  await province.go(
    `/propagandists?p.status=draft&sort=-followers,unit_id&group=gender&f.name=${encodeURIComponent('王')}`,
  )
  await province.page.locator('.grid-group').nth(1).waitFor()
  await shows('name', ['王六', '王二', '王三', '王芜湖'], province)
  const button = province.page.locator('button[title^=视图]').first()
  const pick = async (words: string) => {
    await button.click()
    await province.page.locator('.MuiMenu-list [role^=menuitem]', { hasText: words }).first().click()
    await province.idle()
  }
  await pick('另存为')
  await province.type('全省王姓')
  await province.press('Enter')
  await province.page.getByText('已存为视图').waitFor()
  await pick('共享给各单位')
  await province.page.waitForFunction(() => /\?view=\d+$/.test(location.hash))
  const link = new URL(province.page.url()).hash.slice(1)
  await province.shot('views-shared')
  expect(province.faults).toEqual([])
  await province.close()

  await desk.go(link)
  await desk.page.locator('.grid-group').first().waitFor()
  await shows('name', ['王六', '王二', '王三'])
  expect(await desk.page.locator('button[title^=视图]').first().innerText()).toBe('全省王姓')
  await desk.shot('views-opened')
  const wuhu = await openDesk(site.browser, world, 'wuhu')
  await wuhu.go(link)
  await wuhu.page.locator('.grid-group').first().waitFor()
  await shows('name', ['王芜湖'], wuhu)
  expect(wuhu.faults).toEqual([])
  await wuhu.close()
  // A link to what one may not look at leaves that out and opens all the same.
  const office = await openDesk(site.browser, world, 'cac')
  await office.go('/propagandists?f.phone=139&sort=phone&group=phone&p.status=draft')
  await office.page.waitForFunction(() => document.querySelectorAll('.grid-row.stored').length === 7)
  expect(office.faults).toEqual([])
  await office.close()
})

test('links of the pages open as they did', async () => {
  await desk.go(
    `/propagandists?filter=${encodeURIComponent(stringify({ status: { values: ['draft'], label: '草稿' }, q: '丁' }))}`,
  )
  await desk.page.waitForFunction(() => document.querySelectorAll('.grid-row.stored').length === 1)
  await shows('name', ['丁一'])
  expect(await desk.page.locator('[role=tab][aria-selected=true]').innerText()).toContain('草稿')
})

test('heads, menus, panels, headings of groups and the foot are sound for screen readers', async () => {
  const axe = await readFile(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8')
  type Found = { violations: { id: string; impact: string; nodes: { html: string }[] }[] }
  const serious = async (part = 'main') => {
    await desk.page.evaluate(axe)
    const { violations } = await desk.page.evaluate(
      (part) => (window as unknown as { axe: { run(selector: string): Promise<Found> } }).axe.run(part),
      part,
    )
    return violations
      .filter(({ impact }) => impact === 'serious' || impact === 'critical')
      .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 160)}`)
  }
  await desk.go('/propagandists?group=gender&n.status=void')
  await desk.page.locator('.grid-group').first().waitFor()
  await choose('followers', '表尾合计')
  expect(await serious()).toEqual([])
  await menu('followers')
  expect(await serious('.grid-menu')).toEqual([])
  await desk.press('Escape')
  for (const name of ['gender', 'appointed_on', 'name']) {
    await filterBy(name)
    expect(await serious('.grid-menu')).toEqual([])
    await desk.press('Escape')
  }
  await desk.page.getByRole('button', { name: /^栏目 \d/ }).click()
  expect(await serious('[role=dialog]')).toEqual([])
  await desk.press('Escape')
})

/**
 * The designer, in a real browser: a register made from nothing by keyboard and paste, published and typed into by a clerk; a
 * built-in one adjusted; work that is kept, and two people in one draft. The tests follow one another.
 */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { draftIn, workshops } from '../support/designs.ts'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import type { World } from '../support/world.ts'

let site: Site
let world: World
let province: Desk
let clerk: Desk

beforeAll(async () => {
  site = await openSite()
  world = site.world
  province = await openDesk(site.browser, world, 'province')
  clerk = await openDesk(site.browser, world, 'hefei')
})

afterAll(() => site?.close())

afterEach(async (context) => {
  await province?.shot(context.task.name.slice(0, 20))
  expect([province, clerk].flatMap((desk) => desk?.faults.splice(0) ?? [])).toEqual([])
})

const designOf = async (name: string) => {
  const [row] = await world.owner(
    `select definition, state, version from form_designs where name = '${name}' and deleted_at is null order by id desc limit 1`,
  )
  return row as { definition: Record<string, unknown>; state: string; version: number } | undefined
}
const fieldsOf = async (name: string) =>
  ((await designOf(name))?.definition.fields as { name: string; label: string }[] | undefined)?.map(
    ({ label }) => label,
  )
const ready = () => province.page.waitForFunction(() => document.querySelector('.grid-row:not(.loading)'))
/** A new register's name is its pinyin. */
const NAME = 'zoufangweiwen'

test('columns pasted from Excel are a register: data names by pinyin, the paper and the grid of a clerk beside them', async () => {
  const { page } = province
  await province.go('/form_designs')
  await page.getByRole('button', { name: '新建' }).click()
  await ready()
  await page.getByLabel('名称（菜单里）').fill('走访慰问')
  await province.cell(1, 'label').click()
  await province.paste([
    ['走访地点', '', '文本', '√', '', '最多 50 字'],
    ['走访日期', '', '日期', '是'],
    ['职工', '', '整数', '', '慰问人数', '1 以上'],
    ['家属', '', '整数', '', '慰问人数'],
    ['形式', '', '下拉', '', '', '上门、集中'],
  ])
  await page.getByText('请在“唯一”里勾出靠哪几栏认出同一行').waitFor()
  expect(await province.text(1, 'name')).toBe('zoufangdidian')
  const paper = page.getByRole('figure', { name: '纸面' })
  await paper.getByText('2019年走访慰问登记表').waitFor()
  expect(await paper.locator('th', { hasText: '慰问人数' }).getAttribute('colspan')).toBe('2')
  // 唯一, turned by the space bar
  await province.cell(1, 'unique').click()
  await province.press('Space')
  await page.locator('header [role=status]', { hasText: '已保存' }).waitFor()
  expect((await designOf(NAME))?.definition).toMatchObject({
    name: NAME,
    title: '走访慰问登记表',
    keys: [['zoufangdidian']],
    fields: [
      { name: 'zoufangdidian', label: '走访地点', type: 'text', required: true, max: 50 },
      { name: 'zoufangriqi', type: 'date', required: true },
      { name: 'zhigong', type: 'integer', group: '慰问人数', min: 1 },
      { name: 'jiashu', type: 'integer', group: '慰问人数' },
      { name: 'xingshi', type: 'choice', choices: ['上门', '集中'] },
    ],
  })
  await page.getByRole('tab', { name: '录入时' }).click()
  await page
    .getByRole('grid', { name: '录入时的样子' })
    .getByRole('columnheader', { name: /走访地点/ })
    .waitFor()
  await page.getByRole('tab', { name: '纸面' }).click()
})

test('rows are moved, inserted and deleted by keys, and taken back', async () => {
  const order = () => fieldsOf(NAME)
  await province.cell(5, 'label').click()
  await province.press('Alt+ArrowUp', 'Alt+ArrowUp')
  await expect.poll(order).toEqual(['走访地点', '走访日期', '形式', '职工', '家属'])
  await province.press('Control+z', 'Control+z')
  await expect.poll(order).toEqual(['走访地点', '走访日期', '职工', '家属', '形式'])
  await province.cell(5, 'label').click()
  await province.press('Control+-')
  await expect.poll(order).toEqual(['走访地点', '走访日期', '职工', '家属'])
  await province.press('Control+z')
  await expect.poll(order).toEqual(['走访地点', '走访日期', '职工', '家属', '形式'])
  await province.cell(2, 'label').click()
  await province.press('Control+=')
  await province.page.locator('[aria-rowindex="4"] .faulty[data-column=label]').waitFor()
  await province.type('陪同领导')
  await province.press('Enter')
  await expect.poll(order).toEqual(['走访地点', '陪同领导', '走访日期', '职工', '家属', '形式'])
  // by hand
  const grip = province.page.locator('[aria-rowindex="4"] .grid-grip')
  const from = await grip.boundingBox()
  const to = await province.cell(6, 'label').boundingBox()
  if (!from || !to) throw new Error('no rows to be seen')
  await province.page.mouse.move(from.x + 4, from.y + 10)
  await province.page.mouse.down()
  await province.page.mouse.move(from.x + 6, from.y + 40)
  await province.page.mouse.move(to.x + 6, to.y + to.height - 4)
  await province.page.mouse.up()
  await expect.poll(order).toEqual(['走访地点', '走访日期', '职工', '家属', '形式', '陪同领导'])
})

test('what the reader has against a cell is said at the cell, and is there after a reload', async () => {
  const { page } = province
  await province.cell(6, 'label').click()
  await province.type('形式')
  await province.press('Enter')
  await page.getByText('还有 1 处要改').waitFor()
  await page.locator('.grid-cell.faulty[data-column=label]').waitFor()
  await page.reload()
  await page.getByText('上次没有存上的改动还在').waitFor()
  await ready()
  expect(await province.text(6, 'label')).toBe('形式')
  await province.cell(6, 'label').click()
  await province.type('陪同人')
  await province.press('Enter')
  await page.locator('header [role=status]', { hasText: '已保存' }).waitFor()
  expect(await fieldsOf(NAME)).toContain('陪同人')
})

test('a rule is a sentence picked from words', async () => {
  const { page } = province
  await page.getByLabel('加一条规则').selectOption('不大于')
  await page.getByLabel('哪一栏', { exact: true }).selectOption('家属')
  await page.getByLabel('和哪一栏比').selectOption('职工')
  await page.getByRole('list', { name: '规则' }).getByText('家属不能大于职工。').waitFor()
  await expect
    .poll(async () => (await designOf(NAME))?.definition.rules)
    .toEqual([{ name: 'not_more_1', kind: 'not_more', field: 'jiashu', than: 'zhigong', severity: 'must' }])
})

test('it is published, and a clerk types a row', async () => {
  const { page } = province
  await page.getByRole('button', { name: '核对' }).click()
  await page.getByText('新增登记表“走访慰问”，6 栏。').waitFor()
  await page.getByRole('button', { name: '发布' }).click()
  await page.getByRole('dialog').getByRole('button', { name: '发布' }).click()
  await page.getByText('已发布').waitFor()
  await clerk.register(NAME)
  await clerk.cell(1, 'zoufangdidian').click()
  await clerk.type('庐阳环卫所')
  await clerk.press('Tab')
  await clerk.type('7月2日')
  await clerk.press('Tab')
  await clerk.type('36')
  await clerk.press('Enter')
  await clerk.saved()
  expect(await world.owner(`select zoufangdidian, zhigong from ${NAME}`)).toEqual([
    { zoufangdidian: '庐阳环卫所', zhigong: 36 },
  ])
})

test('the next version says which rows would not pass, and leads to them', async () => {
  const { page } = province
  await page.getByRole('button', { name: '改一版' }).click()
  await page.getByRole('button', { name: '发布', exact: true }).waitFor()
  await ready()
  expect(await province.cell(1, 'name').getAttribute('aria-readonly')).toBe('true')
  await province.cell(5, 'required').click()
  await province.press('Space')
  await page.locator('header [role=status]', { hasText: '已保存' }).waitFor()
  expect(await province.text(5, 'change')).toBe('改')
  await page.getByRole('button', { name: '核对' }).click()
  await page.getByText('已有 1 行的“形式”空着').waitFor()
  expect(await page.getByRole('link', { name: '看这 1 行' }).getAttribute('href')).toContain(`/${NAME}?filter=`)
})

test('a built-in register is adjusted by its rows; what is stored is what differs', async () => {
  const { page } = province
  await province.go('/form_designs')
  await page.getByRole('button', { name: '线下活动' }).first().click()
  await ready()
  await page.getByLabel('名称（菜单里）').fill('基层行')
  await province.cell(2, 'label').click()
  await province.type('活动形式')
  await province.press('Enter')
  await province.cell(6, 'hidden').click()
  await province.press('Space')
  // what is fixed says why
  await province.cell(2, 'type').click()
  await page.getByText('别的不能改').first().waitFor()
  await province.cell(3, 'label').click()
  await province.press('Alt+ArrowUp')
  await expect
    .poll(async () => (await designOf('events'))?.definition)
    .toEqual({
      extends: 'events',
      label: '基层行',
      rename: { kind: '活动形式' },
      hide: ['enterprise'],
      order: ['title', 'held_on'],
    })
})

test('two people in one draft: neither overwrites the other unasked', async () => {
  const { page } = province
  const agent = await world.as('province')
  const [{ id, version }] = (await world.owner(
    `select id, version from form_designs where name = 'events' and state = 'draft' and deleted_at is null`,
  )) as [{ id: number; version: number }]
  await agent
    .put(`/form_designs/${id}`, { version, definition: { extends: 'events', label: '对方的名称' } })
    .expect(200)
  await page.getByLabel('名称（菜单里）').fill('我的名称')
  await page.getByText('刚存了这份草稿的另一版').waitFor()
  expect((await designOf('events'))?.definition.label).toBe('对方的名称')
  await page.getByRole('button', { name: '用我的' }).click()
  await expect.poll(async () => (await designOf('events'))?.definition.label).toBe('我的名称')
  await agent
    .put(`/form_designs/${id}`, {
      version: (await designOf('events'))?.version,
      definition: { extends: 'events', label: '又一版' },
    })
    .expect(200)
  await page.getByLabel('名称（菜单里）').fill('我的又一版')
  await page.getByRole('button', { name: '用对方的' }).click()
  await expect.poll(() => page.getByLabel('名称（菜单里）').inputValue()).toBe('又一版')
})

test('a draft made elsewhere opens in the same page', async () => {
  const { body } = await draftIn(world, await world.as('province'), workshops)
  const { page } = province
  await province.go(`/form_designs?open=${body.id}`)
  await page.getByRole('heading', { name: '培训班' }).waitFor()
  await ready()
  expect(await province.text(3, 'detail')).toBe('线上、线下')
})

/**
 * Gestures over more rows than a browser holds, in a real browser against the real server: cleared, filled, removed,
 * submitted and returned in one piece, and taken back by Ctrl+Z or by the notification. Also the menu of a row.
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Desk, openDesk, openSite, type Site } from '../support/desk.ts'
import { sample, type World } from '../support/world.ts'

const rows = 12_000
let site: Site
let world: World
let desk: Desk

beforeAll(async () => {
  site = await openSite()
  world = site.world
  const [event] = await world.owner<{ id: number }>(
    `insert into events (campaign_id, unit_id, title, kind, held_on, place, headcount)
     values ($1, $2, '大会', '培训', '2019-07-10', '礼堂', 100) returning id`,
    [world.campaign_id, world.units.合肥],
  )
  await world.owner(
    `insert into attendance (campaign_id, unit_id, event_id, name, workplace, phone, job, remark)
     select $1, $2, $3, '戊' || n, '测试厂', '137' || lpad(n::text, 8, '0'), '职工', '原来的' from generate_series(1, $4::integer) n`,
    [world.campaign_id, world.units.合肥, event?.id, rows],
  )
})

afterAll(() => site?.close())

const told = (words: string | RegExp) => desk.page.locator('.MuiSnackbar-root').getByText(words).first().waitFor()
const counts = async (column: string) =>
  Object.fromEntries(
    (
      await world.owner<{ value: string; rows: number }>(
        `select coalesce(${column}::text, '') as value, count(*)::integer as rows from attendance where deleted_at is null group by 1`,
      )
    ).map(({ value, rows }) => [value, rows]),
  )
const filled = async () => ({ job: await counts('job'), remark: await counts('remark') })
const asPlanted = { job: { 职工: rows }, remark: { 原来的: rows } }

describe('a clerk', () => {
  beforeAll(async () => {
    desk = await openDesk(site.browser, world, 'hefei')
    await desk.register('attendance')
  })
  beforeEach(async () => {
    await desk.idle()
    await desk.cell(1, 'job').click()
  })
  afterEach(async () => {
    await desk.shot('operations-last')
    expect(desk.faults.splice(0)).toEqual([])
  })
  afterAll(() => desk.close())

  test('selects all and clears: what is mandatory stays and is said, one Ctrl+Z brings the rest back', async () => {
    // on a quick machine the bar would be gone before it is looked for
    await desk.page.route('**/operations', async (route) => {
      await desk.page.locator('.grid-whole [role=progressbar]').waitFor()
      await desk.shot('operations-progress')
      await route.continue()
    })
    await desk.press('Control+a', 'Delete')
    await told('已改 12,000 行。必填的栏目不能清空：姓名、活动名称、单位。')
    await desk.page.unroute('**/operations')
    expect(await filled()).toEqual({ job: { '': rows }, remark: { '': rows } })
    expect(await counts('workplace')).toEqual({ 测试厂: rows })
    await desk.page.waitForFunction(() => !document.querySelector('[aria-rowindex="3"] [data-column=job]')?.textContent)
    await desk.press('Control+z')
    await told('已撤销 12,000 行。')
    expect(await filled()).toEqual(asPlanted)
    await desk.page.waitForFunction(
      () => document.querySelector('[aria-rowindex="3"] [data-column=job]')?.textContent === '职工',
    )
    await desk.press('Control+y')
    await told('已改 12,000 行。')
    expect((await filled()).job).toEqual({ '': rows })
    await desk.press('Control+z')
    await told('已撤销 12,000 行。')
    expect(await filled()).toEqual(asPlanted)
  })

  test('types over a whole column with Ctrl+Enter, fills it down with Ctrl+D, pastes one value over it', async () => {
    await desk.press('Control+ ')
    await desk.type('宣传干事')
    await desk.press('Control+Enter')
    await told('已改 12,000 行。')
    expect((await filled()).job).toEqual({ 宣传干事: rows })
    await desk.press('Control+z')
    await told('已撤销 12,000 行。')
    await desk.cell(1, 'job').click()
    await desk.type('领班')
    await desk.press('Enter')
    await desk.saved()
    await desk.cell(1, 'job').click()
    await desk.press('Control+ ', 'Control+d')
    await told('已改 11,999 行。')
    expect((await filled()).job).toEqual({ 领班: rows })
    await desk.press('Control+z')
    await told('已撤销 11,999 行。')
    await desk.press('Control+z')
    await desk.saved()
    await desk.cell(1, 'job').click()
    await desk.press('Control+ ')
    await desk.paste([['职工']])
    await told('这些行本来就是这样，没有改动。')
    expect(await filled()).toEqual(asPlanted)
  })

  test('finds and replaces in the selection, then in the whole list: counted before, each one undo', async () => {
    const bar = desk.page.locator('.grid-find')
    const line = bar.locator('div').nth(1)
    await desk.cell(1, 'remark').click()
    await desk.press('Shift+ArrowDown', 'Control+h')
    await desk.type('原来')
    await bar.getByLabel('替换为').fill('如今')
    await line.getByText('选中的 2 行里 2 格、2 行').waitFor()
    await desk.shot('replace-selection')
    await line.getByRole('button', { name: '全部替换 2 格' }).click()
    await told('替换了 2 格。')
    await line.getByText('选中的 2 行里 0 格、0 行').waitFor()
    await expect.poll(() => counts('remark')).toEqual({ 原来的: rows - 2, 如今的: 2 })
    await desk.press('Escape')
    await desk.press('Control+z')
    await expect.poll(filled).toEqual(asPlanted)

    await desk.cell(1, 'remark').click()
    await desk.press('Control+h')
    await desk.type('原来')
    await bar.getByLabel('替换为').fill('如今')
    await line.getByText('整个列表里 12,000 格、12,000 行').waitFor()
    await line.getByRole('button', { name: '全部替换 12,000 格' }).click()
    await told('已替换 12,000 行。')
    expect(await counts('remark')).toEqual({ 如今的: rows })
    await line.getByText('整个列表里 0 格、0 行').waitFor()
    await desk.press('Escape')
    await desk.press('Control+z')
    await told('已撤销 12,000 行。')
    expect(await filled()).toEqual(asPlanted)
  })

  test('removes all rows and takes it back in the notification', async () => {
    await desk.press('Control+a', 'Control+-')
    await told('已删去 12,000 行。')
    await desk.page.locator('.grid-empty').waitFor()
    expect(await counts('status')).toEqual({})
    await desk.page.getByRole('button', { name: '撤销', exact: true }).click()
    await told('已撤销 12,000 行。')
    expect(await counts('status')).toEqual({ draft: rows })
    await desk.page.waitForFunction(() => document.querySelector('.grid')?.getAttribute('data-rows') === '12000')
  })

  test('cancels half-way, and nothing has been changed', async () => {
    await desk.press('Control+a', 'Delete')
    await desk.page.locator('.grid-whole').getByRole('button', { name: '取消' }).click()
    await told('已取消，什么都没有改。')
    expect(await filled()).toEqual(asPlanted)
  })

  test('ticks all but one, sets a value, submits them; the counts stand on the buttons', async () => {
    await desk.page.getByRole('checkbox', { name: '选中全部行' }).click()
    await desk.page.getByRole('checkbox', { name: '选中第 2 行' }).click()
    const bar = desk.page.getByRole('toolbar')
    await bar.getByText('已选 11,999 行').waitFor()
    await bar.getByText('符合当前筛选的全部').waitFor()
    await bar.getByRole('button', { name: '设值 11,999 行' }).click()
    await desk.shot('operations-value')
    await desk.page.getByLabel('栏目').selectOption({ label: '备注' })
    await desk.page.getByLabel('改成').fill('已核对')
    await desk.page.getByRole('button', { name: '改 11,999 行' }).click()
    await told('已改 11,999 行。')
    expect((await filled()).remark).toEqual({ 原来的: 1, 已核对: rows - 1 })

    await desk.page.getByRole('checkbox', { name: '选中全部行' }).click()
    await bar.getByRole('button', { name: '提交 12,000 行' }).click()
    await desk.shot('operations-bulk')
    await told('已提交 12,000 行。')
    expect(await counts('status')).toEqual({ submitted: rows })
    await desk.page.getByRole('button', { name: '撤销', exact: true }).last().click()
    await told('已撤销 12,000 行。')
    expect(await counts('status')).toEqual({ draft: rows })
    await desk.press('Control+z')
    await told('已撤销 11,999 行。')
    expect(await filled()).toEqual(asPlanted)
  })

  test('has a menu on each row, by the right button and by key', async () => {
    await desk.cell(2, 'name').click({ button: 'right' })
    const menu = desk.page.getByRole('menu', { name: '第 2 行' })
    await menu.waitFor()
    await desk.shot('operations-menu')
    const items = await menu.getByRole('menuitem').allInnerTexts()
    expect(items.map((words) => words.split('\n')[0])).toEqual([
      '剪切',
      '复制',
      '粘贴',
      '打开',
      '历史',
      '复制链接',
      '提交',
      '新增一行',
      '复制为新行',
      '恢复改动',
      '删去',
    ])
    await desk.press('Escape')
    await menu.waitFor({ state: 'detached' })
    await desk.press('Shift+F10')
    await menu.waitFor()
    await desk.press('ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'Enter')
    await desk.page.getByRole('complementary').getByRole('tab', { name: '历史' }).waitFor()
    await desk.page.getByRole('complementary').getByRole('button', { name: '关上' }).click()
    await desk.cell(2, 'name').click({ button: 'right' })
    await menu.getByRole('menuitem', { name: '提交', exact: true }).click()
    await told('已提交 1 行。')
    await desk.page.getByRole('button', { name: '撤销', exact: true }).last().click()
    await told('已撤销 1 行。')
    expect(await counts('status')).toEqual({ draft: rows })
  })
})

describe('the province', () => {
  beforeAll(async () => {
    await (await world.as('hefei')).post('/attendance/operations', { kind: 'move', action: 'submission', filter: {} })
    const hefei = await world.as('hefei')
    for (let n = 1; n <= 3; n += 1) {
      const { id } = (await hefei.post('/propagandists', sample.propagandists?.(n))).body
      await hefei.post(`/propagandists/${id}/submission`)
    }
    desk = await openDesk(site.browser, world, 'province')
    await desk.register('attendance', { status: { values: ['submitted'], label: '待审' } })
  })
  afterEach(() => expect(desk.faults.splice(0)).toEqual([]))
  afterAll(() => desk.close())

  test('returns all that waits with one reason, and takes it back', async () => {
    while ((await counts('status')).submitted !== rows) await new Promise((done) => setTimeout(done, 100))
    // what the clerk did a moment ago may still be on its way to this page
    await desk.page.reload()
    await desk.cell(1, 'name').waitFor()
    await desk.idle()
    await desk.page.getByRole('checkbox', { name: '选中全部行' }).click()
    await desk.page.getByRole('toolbar').getByRole('button', { name: '退回 12,000 行' }).click()
    await desk.page.getByLabel('理由').fill('请补工种')
    await desk.shot('operations-return')
    await desk.page.getByRole('button', { name: '退回 12,000 行' }).last().click()
    await told('已退回 12,000 行。')
    expect(await counts('status')).toEqual({ returned: rows })
    expect(await counts('returned_reason')).toEqual({ 请补工种: rows })
    await desk.page.getByRole('button', { name: '撤销', exact: true }).last().click()
    await told('已撤销 12,000 行。')
    expect(await counts('status')).toEqual({ submitted: rows })
    expect(await counts('returned_reason')).toEqual({ '': rows })
  })

  test('sees in the ribbon what the ticked rows would make', async () => {
    await desk.page.locator('a[href*="/propagandists"]').first().click()
    await desk.page.waitForURL(/#\/propagandists/)
    await desk.idle()
    const hefei = desk.page.getByRole('group', { name: '按单位看' }).getByRole('button', { name: /^合肥/ })
    await hefei.click()
    await expect.poll(() => hefei.getAttribute('aria-pressed')).toBe('true')
    await desk.cell(1, 'name').waitFor()
    await desk.idle() // ticks are of the list that is shown
    await desk.page.getByRole('checkbox', { name: '选中全部行' }).click()
    await desk.page.locator('dl > div', { hasText: '选中通过后' }).getByText('3', { exact: true }).waitFor()
  })
})

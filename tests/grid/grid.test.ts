/** The grid in a real browser, on a page of its own over an in-memory list: keys, input method, clipboard, answers. */
import { expect, test } from 'vitest'
import type { Row } from '../../admin/grid/types.ts'
import { type Fixture, gridDesk } from '../support/grid_desk.ts'

const {
  page: at,
  open,
  cell,
  press,
  stored,
  status,
  saved,
  setLatency,
  composeKey,
  compose,
  insert,
  paste,
  copied,
  log,
} = gridDesk()

test('typing writes over the cell, Enter goes down, Tab goes right, and each cell is stored with only its change', async () => {
  await cell(1, 'name').click()
  await at().keyboard.type('沈静文')
  await press('Enter')
  await at().keyboard.type('周砚')
  await press('Tab')
  await at().keyboard.type('136 0000 4021')
  await press('Enter')
  await saved()
  expect(await stored(1)).toMatchObject({ name: '沈静文', version: 2 })
  expect(await stored(2)).toMatchObject({ name: '周砚', phone: '13600004021' })
  const log = await at().evaluate(() => (window as unknown as Fixture).memory.log)
  expect(log[0]?.update).toEqual([{ id: 1, version: 1, values: { name: '沈静文' } }])
  // Enter after Tab returns to the column where the run began.
  await at().keyboard.type('三')
  await press('Enter')
  await saved()
  expect(await stored(3)).toMatchObject({ name: '三' })
})

test('F2 edits within the cell, Escape leaves it as it was, arrows leave a typed cell', async () => {
  await cell(1, 'post').click()
  const before = (await stored(1))?.post
  await press('F2', 'End')
  await at().keyboard.type('甲')
  await press('Enter')
  await saved()
  expect((await stored(1))?.post).toBe(`${before}甲`)
  await cell(2, 'post').click()
  await at().keyboard.type('不要')
  await press('Escape')
  expect(await cell(2, 'post').textContent()).toBe((await stored(2))?.post)
  await at().keyboard.type('要')
  await press('ArrowDown')
  await saved()
  expect((await stored(2))?.post).toBe('要')
})

test('a Chinese composition keeps its first letter, in frozen and other cells, and its Enter does not leave the cell', async () => {
  const editor = at().locator('.grid-editor.open')
  for (const column of ['name', 'post']) {
    await cell(6, column).click()
    for (const letters of ['s', 'sh', 'shen']) {
      await composeKey('Process')
      await compose(letters)
      expect(await editor.inputValue()).toBe(letters)
    }
    await composeKey('Enter')
    await insert('沈')
    expect(await editor.inputValue()).toBe('沈')
    await press('Enter')
    await saved()
    expect((await stored(6))?.[column]).toBe('沈')
  }
  // Row 5 is approved: the composition runs out unseen, and nothing is written.
  const before = await stored(5)
  await cell(5, 'name').click()
  await compose('shen')
  expect(await editor.count()).toBe(0)
  await insert('沈')
  await press('Enter')
  await saved()
  expect(await stored(5)).toEqual(before)
  await at().keyboard.type('静')
  await press('Enter')
  await saved()
  expect((await stored(6))?.name).toBe('静')
})

test('a block from a spreadsheet is pasted over cells and past the end, quoted line breaks included', async () => {
  await cell(1, 'name').click()
  await press('Control+End')
  await cell(50_000, 'name').click()
  await paste('沈静文\t13800001027\t男\n周砚\t13800001316\t女\n陈嘉和\t1380000\t男\n')
  await saved()
  expect(await stored(50_000)).toMatchObject({ name: '沈静文', phone: '13800001027', gender: '男' })
  // The new rows still lack a required cell: they wait in plain sight.
  expect(await at().evaluate(() => (window as unknown as Fixture).memory.count())).toBe(50_000)
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.total === 50_002)
  await at().evaluate(() => (window as unknown as Fixture).handle.current.newRow())
  await cell(50_001, 'post').click()
  await paste('"庐州公交\n宣传干事"\n蜀峰供水 客服班长')
  await saved()
  expect(await stored(50_001)).toMatchObject({ name: '周砚', post: '庐州公交\n宣传干事' })
  expect(await at().evaluate(() => (window as unknown as Fixture).memory.count())).toBe(50_001)
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.faulty === 1)
  await at().evaluate(() => (window as unknown as Fixture).handle.current.nextProblem())
  await at().waitForSelector('.grid-bubble.bad')
  expect(await at().locator('.grid-bubble').textContent()).toContain('手机号应是 11 位，现在是 7 位。')
})

test('the HTML flavour is read where it says more: merged cells and line breaks', async () => {
  await cell(9, 'name').click()
  await paste(
    'x',
    '<table><tr><td colspan="2">合并</td><td>女</td></tr><tr><td>下一行</td><td>13800001027</td><td>男</td></tr></table>',
  )
  await saved()
  expect(await stored(10)).toMatchObject({ name: '下一行', phone: '13800001027', gender: '男' })
  expect(await stored(9)).toMatchObject({ name: '合并', gender: '女' })
})

test('what is copied is what a spreadsheet expects, and is pasted back the same', async () => {
  await cell(1, 'name').click()
  await at().keyboard.down('Shift')
  await cell(2, 'fans').click()
  await at().keyboard.up('Shift')
  const taken = await copied()
  const [first, second] = [await stored(1), await stored(2)]
  const line = (row: Row | undefined) =>
    [row?.name, row?.phone, row?.gender, row?.born_on, row?.union_id_label, row?.post, row?.account, row?.fans].join(
      '\t',
    )
  expect(taken.plain).toBe(`${line(first)}\n${line(second)}`)
  expect(taken.html).toContain('<table>')
  await cell(9, 'name').click()
  await paste(taken.plain, taken.html)
  await saved()
  expect(line(await stored(10))).toBe(line(second))
})

test('undo takes back one gesture at a time, on the stored rows too', async () => {
  const before = await stored(1)
  await cell(1, 'name').click()
  await paste('甲\t13800001111\n乙\t13800002222')
  await saved()
  await at().keyboard.type('丙')
  await press('Enter')
  await saved()
  expect((await stored(1))?.name).toBe('丙')
  await press('Control+z')
  await saved()
  expect((await stored(1))?.name).toBe('甲')
  await press('Control+z')
  await saved()
  expect(await stored(1)).toMatchObject({ name: before?.name, phone: before?.phone })
  await press('Control+y')
  await saved()
  expect(await stored(2)).toMatchObject({ name: '乙', phone: '13800002222' })
})

test('a cell is marked unsaved until the answer is here, and a refusal lands in it with its sentence', async () => {
  await setLatency(300)
  await cell(1, 'phone').click()
  await at().keyboard.type('13800000000')
  await press('Enter')
  await at().waitForSelector('[aria-rowindex="3"] .unsaved')
  await at().waitForSelector('[aria-rowindex="3"] [aria-invalid="true"]')
  expect(await cell(1, 'phone').textContent()).toContain('138 0000 0000')
  await cell(1, 'phone').click()
  expect(await at().locator('.grid-bubble').textContent()).toContain('这个手机号已经登记过')
  expect((await stored(1))?.phone).not.toBe('13800000000')
  await at().keyboard.type('13800001027')
  await press('Enter')
  await saved()
  expect((await stored(1))?.phone).toBe('13800001027')
  expect(await at().locator('[aria-invalid="true"][role="gridcell"]').count()).toBe(0)
})

test('an invalid value stays in its cell and is not sent; Escape leaves it there, as in Excel, and a button brings the stored one back', async () => {
  await cell(2, 'fans').click()
  await at().keyboard.type('很多')
  await press('Enter')
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.faulty === 1)
  expect(await at().evaluate(() => (window as unknown as Fixture).memory.log.length)).toBe(0)
  await press('ArrowUp', 'Escape', 'Escape')
  expect(await cell(2, 'fans').innerText()).toContain('很多')
  await at().getByRole('button', { name: '恢复原值' }).click()
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.faulty === 0)
  expect(await cell(2, 'fans').textContent()).toBe(Number((await stored(2))?.fans).toLocaleString('en'))
})

test('Escape outside the editor changes no cell: not of a row that still lacks something, nor of a range, nor of its own', async () => {
  await open(3)
  await cell(4, 'post').click()
  await at().keyboard.type('抢修队长')
  await press('Enter', 'ArrowUp', 'Escape', 'Escape')
  expect(await cell(4, 'post').innerText()).toContain('抢修队长')
  await at().keyboard.type('又写了')
  await press('Escape')
  expect(await cell(4, 'post').innerText()).toContain('抢修队长')
  await press('Control+a', 'Escape')
  expect(await cell(4, 'post').innerText()).toContain('抢修队长')
  expect(await log()).toEqual([])
  // And it is no step: what is taken back next is the typing.
  await press('Control+z')
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.total === 3)
})

test('a conflict shows both values and stores the one that is chosen', async () => {
  for (const [button, kept] of [
    ['用我的', '我写的'],
    ['用现在的', '别人写的'],
  ] as const) {
    await open(1000)
    await at().evaluate(() => (window as unknown as Fixture).memory.put(3, { post: '别人写的' }))
    await cell(3, 'post').click()
    await at().keyboard.type('我写的')
    await press('Enter', 'ArrowUp')
    await at().waitForSelector('.grid-bubble.clash')
    const said = await at().locator('.grid-bubble').textContent()
    expect(said).toContain('我写的')
    expect(said).toContain('别人写的')
    await at().getByRole('button', { name: button }).click()
    await saved()
    expect((await stored(3))?.post).toBe(kept)
    expect((await status()).conflicts).toBe(0)
  }
})

test('locked cells are not written to, by typing or by pasting, and it says so', async () => {
  const before = await stored(4)
  await cell(4, 'name').click()
  await at().keyboard.type('改')
  await press('Enter')
  expect(await at().locator('.grid-said').textContent()).toContain('只能查看')
  await cell(3, 'name').click()
  await paste('甲\n乙\n丙\n丁')
  await saved()
  expect(await at().locator('.grid-said').textContent()).toBe('跳过了 2 个只读格。')
  expect(await stored(3)).toMatchObject({ name: '甲' })
  expect(await stored(4)).toEqual(before)
  expect(await stored(6)).toMatchObject({ name: '丁' })
})

test('fast arrows and then typing write to the row that was reached, also where it was not loaded yet', async () => {
  await setLatency(150)
  await cell(1, 'name').click()
  for (let step = 0; step < 250; step += 1) await at().keyboard.press('ArrowDown')
  await at().keyboard.type('到了')
  await press('Enter')
  await at().waitForTimeout(700)
  await saved()
  expect((await stored(251))?.name).toBe('到了')
  const log = await at().evaluate(() => (window as unknown as Fixture).memory.log)
  expect(log.flatMap(({ update }) => update.map(({ id }) => id))).toEqual([251])
  await at().evaluate(() => document.querySelector('.grid-scroll')?.scrollTo(0, 1_000_320))
  const box = await at().locator('.grid-scroll').boundingBox()
  await at().mouse.click((box?.x ?? 0) + 200, (box?.y ?? 0) + 100)
  await at().keyboard.type('早于载入')
  await press('Enter')
  await at().waitForTimeout(700)
  await saved()
  const written = await at().evaluate(() => (window as unknown as Fixture).memory.log.at(-1)?.update[0])
  expect(written?.values).toEqual({ name: '早于载入' })
  expect(Math.abs(Number(written?.id) - 1_000_420 / 32)).toBeLessThan(3)
})

test('a million rows scroll from end to end, by keys, by wheel and by the bar', async () => {
  await open(1_000_000)
  await cell(1, 'name').click()
  await press('Control+End')
  await at().waitForSelector('[aria-rowindex="1000002"]')
  await at().waitForFunction(
    () => document.querySelector('[aria-rowindex="1000002"] [data-column="name"]')?.textContent,
  )
  await at().evaluate(() => document.querySelector('.grid-scroll')?.scrollTo(0, 4_000_000))
  await at().waitForFunction(() => {
    const rows = [...document.querySelectorAll('.grid-row')].map((row) => Number(row.getAttribute('aria-rowindex')))
    return Math.min(...rows) > 490_000 && Math.max(...rows) < 510_000
  })
  const top = () =>
    at().evaluate(() => Math.min(...[...document.querySelectorAll('.grid-row')].map((row) => Number(row.ariaRowIndex))))
  const before = await top()
  await at().mouse.move(600, 300)
  for (let turn = 0; turn < 10; turn += 1) await at().mouse.wheel(0, 320)
  await at().waitForFunction((before) => {
    const rows = [...document.querySelectorAll('.grid-row')].map((row) => Number(row.getAttribute('aria-rowindex')))
    return Math.abs(Math.min(...rows) - before - 100) <= 1
  }, before)
  await press('Control+Home')
  await at().waitForSelector('[aria-rowindex="3"]')
})

test('choices and references are found by pinyin initials, and Enter takes what they can alone mean', async () => {
  await cell(1, 'account').click()
  await at().keyboard.type('dy')
  await press('Enter')
  await cell(1, 'union_id').click()
  await at().keyboard.type('hfdy')
  // Two begin so: neither is taken before one is chosen.
  await at().waitForFunction(() => document.querySelectorAll('.grid-option').length === 2)
  expect(await at().locator('.grid-option.on').count()).toBe(0)
  await press('ArrowDown', 'ArrowDown', 'Enter')
  await saved()
  expect(await stored(1)).toMatchObject({ account: '抖音', union_id: 8, union_id_label: '合肥第一纺织服务中心工会' })
  // Enter before the suggestions are here changes nothing.
  await at().keyboard.type('cfxsh')
  await press('Enter')
  await saved()
  expect(await stored(2)).toMatchObject({ union_id: 9 })
})

test('a range is pulled with the mouse across the frozen edge, and its numbers are summed', async () => {
  const from = await cell(1, 'phone').boundingBox()
  const to = await cell(3, 'fans').boundingBox()
  await at().mouse.move((from?.x ?? 0) + 5, (from?.y ?? 0) + 5)
  await at().mouse.down()
  await at().mouse.move((to?.x ?? 0) + 5, (to?.y ?? 0) + 5, { steps: 5 })
  await at().mouse.up()
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.selection.columns === 7)
  const sums = await Promise.all([1, 2, 3].map(stored))
  expect((await status()).selection).toMatchObject({
    rows: 3,
    columns: 7,
    count: 21,
    sum: sums.reduce((sum, row) => sum + Number(row?.fans), 0),
  })
})

test('rows are ticked, removed and brought back by undo', async () => {
  await at().getByRole('checkbox', { name: '选中第 2 行' }).click()
  await at().getByRole('checkbox', { name: '选中第 3 行' }).click()
  expect(await at().evaluate(() => (window as unknown as Fixture).handle.current.selectedIds())).toEqual([2, 3])
  const names = await Promise.all([2, 3].map(async (id) => (await stored(id))?.name))
  await at().evaluate(() => (window as unknown as Fixture).handle.current.deleteRows())
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.total === 49_998)
  expect(await cell(2, 'name').textContent()).not.toBe(names[0])
  await cell(1, 'name').click()
  await press('Control+z')
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.total === 50_000)
  expect(await cell(2, 'name').textContent()).toBe(names[0])
})

test('filters and sorting ask the source, and unsaved cells stay in sight', async () => {
  await cell(1, 'phone').click()
  await at().keyboard.type('123')
  await press('Enter')
  await at().getByRole('textbox', { name: '筛选姓名' }).fill('叶雨桐')
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.total < 5000)
  expect((await status()).faulty).toBe(1)
  await at().getByRole('textbox', { name: '筛选姓名' }).press('Escape')
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.total >= 50_000)
  await at().getByRole('button', { name: '粉丝数', exact: true }).click()
  await at().waitForSelector('[aria-sort="ascending"]')
  expect(await at().evaluate(() => (window as unknown as Fixture).handle.current.nextProblem())).toBe(true)
})

test('while nobody answers work goes on, and everything is sent when the source is back', async () => {
  await at().evaluate(() => {
    ;(window as unknown as Fixture).memory.knobs.offline = true
  })
  await cell(1, 'name').click()
  await at().keyboard.type('断网')
  await press('Enter')
  await at().keyboard.type('还在录')
  await press('Enter')
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.offline !== null)
  expect((await status()).unsaved).toBe(2)
  await at().evaluate(() => {
    ;(window as unknown as Fixture).memory.knobs.offline = false
    dispatchEvent(new Event('online'))
  })
  await at().waitForFunction(() => (window as unknown as Fixture).told.status.unsaved === 0)
  expect((await stored(2))?.name).toBe('还在录')
})

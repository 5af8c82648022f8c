/** What a person who lives in Excel tries without thinking, and what used to go otherwise than there. */
import { expect, test, vi } from 'vitest'
import { gridDesk } from '../support/grid_desk.ts'

vi.setConfig({ testTimeout: 90_000 })
const desk = gridDesk()
const soon = { timeout: 20_000 }

test('Ctrl+D in the blank row makes a row of what stands above; so does a handle pulled onto it', async () => {
  await desk.open(20)
  await desk.cell(20, 'post').click()
  await desk.press('ArrowDown', 'Control+d')
  await expect.poll(async () => (await desk.status()).total, soon).toBe(21)
  expect(await desk.cell(21, 'post').innerText()).toContain(await desk.cell(20, 'post').innerText())
  await desk.press('Control+z')
  await expect.poll(async () => (await desk.status()).total, soon).toBe(20)

  await desk.cell(20, 'fans').click()
  const handle = await desk.page().locator('.grid-handle:visible').first().boundingBox()
  const blank = await desk.cell(21, 'fans').boundingBox()
  if (!handle || !blank) throw new Error('nothing to pull')
  await desk.page().mouse.move(handle.x + 3, handle.y + 3)
  await desk.page().mouse.down()
  await desk.page().mouse.move(blank.x + 20, blank.y + 10, { steps: 5 })
  await desk.page().mouse.up()
  await expect.poll(async () => (await desk.status()).total, soon).toBe(21)
  expect((await desk.cell(21, 'fans').innerText()).split('\n')[0]).toBe(await desk.cell(20, 'fans').innerText())
})

test('a range that ends on the blank row is filled as it is selected, never from the row above it', async () => {
  await desk.open(20)
  const before = await desk.cell(20, 'post').innerText()
  await desk.cell(20, 'post').click()
  await desk.press('Shift+ArrowDown', 'Control+d')
  await expect.poll(async () => (await desk.status()).total, soon).toBe(21)
  expect(await desk.cell(20, 'post').innerText()).toBe(before)
  expect((await desk.cell(21, 'post').innerText()).split('\n')[0]).toBe(before)
})

test('Ctrl+Shift+↓ ends with the last row, so that what is written there makes none', async () => {
  await desk.open(20)
  await desk.cell(18, 'note').click()
  await desk.press('Control+Shift+ArrowDown')
  await expect.poll(async () => (await desk.status()).selection.rows, soon).toBe(3)
  await desk.type('补录')
  await desk.press('Control+Enter')
  await desk.saved()
  expect((await desk.stored(20))?.note).toBe('补录')
  expect((await desk.status()).total).toBe(20)
})

test('Space on a row chosen by its number opens it as a form, Ctrl+Shift+Space selects everything', async () => {
  await desk.page().locator('[aria-rowindex="5"] .grid-number').click()
  await desk.press('Space')
  await expect.poll(desk.events, soon).toEqual(['row 3'])
  await desk.cell(4, 'name').click()
  await desk.press('Control+Shift+Space')
  await expect.poll(async () => (await desk.status()).selection, soon).toMatchObject({ rows: 50_000, columns: 12 })
})

test('Ctrl+Backspace comes back to the active cell', async () => {
  await desk.cell(3, 'name').click()
  await desk.page().mouse.wheel(0, 60_000)
  await desk.page().waitForFunction(() => !document.querySelector('[aria-rowindex="5"]'), undefined, soon)
  await desk.press('Control+Backspace')
  await desk.cell(3, 'name').waitFor(soon)
  expect(await desk.active()).toEqual([3, '姓名'])
})

test('a whole column is summed over all its rows, read or not; a part of it says what was added up', async () => {
  await desk.cell(1, 'fans').click()
  await desk.press('Control+Space')
  await expect.poll(async () => (await desk.status()).selection.known, soon).toBe(50_000)
  const sum = Array.from({ length: 50_000 }, (_, at) => 640 + ((at * 7919) % 18000)).reduce((a, b) => a + b, 0)
  const { selection } = await desk.status()
  expect(selection).toMatchObject({ rows: 50_000, count: 50_000, sum, average: sum / 50_000 })
  await desk.cell(2, 'fans').click()
  await desk.press('Control+Shift+End')
  await expect.poll(async () => (await desk.status()).selection.rows, soon).toBe(49_999)
  const { known, rows } = (await desk.status()).selection
  expect(known).toBeGreaterThan(0)
  expect(known).toBeLessThan(rows)
})

test('the next problem is found where the list has been left far behind', { timeout: 180_000 }, async () => {
  await desk.open(200_000)
  await desk.cell(2, 'phone').click()
  await desk.type('123')
  await desk.press('Enter')
  await expect.poll(async () => (await desk.status()).faulty, soon).toBe(1)
  // So much is read that the row is let go.
  await desk.cell(3, 'name').click()
  await desk.page().evaluate(async () => {
    const scroller = document.querySelector('.grid-scroll') as HTMLElement
    const frame = () => new Promise((done) => requestAnimationFrame(done))
    for (let block = 1; block < 90; block += 1) {
      const row = block * 200 + 50
      scroller.scrollTop = row * 32
      while (!document.querySelector(`[aria-rowindex="${row + 5}"]:not(.loading)`)) await frame()
    }
  })
  await desk
    .page()
    .evaluate(() =>
      (window as unknown as { handle: { current: { nextProblem(): boolean } } }).handle.current.nextProblem(),
    )
  await expect.poll(desk.active, soon).toEqual([2, '手机号'])
  await desk.cell(2, 'phone').waitFor(soon)
})

test('a block of several lines over a whole column is laid once, from the top, and says so', async () => {
  await desk.cell(1, 'note').click()
  await desk.press('Control+Space')
  await desk.paste('甲\n乙')
  await desk.saved()
  expect([(await desk.stored(1))?.note, (await desk.stored(2))?.note, (await desk.stored(3))?.note]).toEqual([
    '甲',
    '乙',
    null,
  ])
  await expect.poll(() => desk.page().locator('.grid-said').innerText(), soon).toContain('粘贴了一遍')
})

test('what is read aloud of a cell is what stands in it, also when it is no value', async () => {
  await desk.cell(2, 'phone').click()
  await desk.type('123')
  await desk.press('Enter', 'ArrowUp')
  const field = desk.page().locator('.grid-editor')
  await expect.poll(() => field.getAttribute('aria-label'), soon).toBe('手机号，第 2 行，123')
  expect(await field.getAttribute('aria-invalid')).toBe('true')
})

test('a block over rows that could not be read is not laid by halves, and says so', async () => {
  await desk.page().evaluate(() => {
    ;(window as unknown as { memory: { knobs: { offline: boolean } } }).memory.knobs.offline = true
  })
  await desk.cell(1, 'note').click()
  await desk.paste(Array.from({ length: 3_000 }, (_, at) => `第${at}行`).join('\n'))
  await expect.poll(() => desk.page().locator('.grid-said').innerText(), soon).toContain('没有读到')
  expect((await desk.status()).unsaved).toBe(0)
})

test('after a sort by click or by the menu of a head the keys are the cells’ again', async () => {
  await desk.open(30)
  await desk.cell(2, 'note').click()
  await desk.type('先写的')
  await desk.press('Enter')
  await desk.saved()
  await desk.page().locator('[data-head="name"]').click({ button: 'right' })
  await desk.page().locator('.grid-menu').getByText('降序排列').click()
  await desk.press('Control+z')
  await expect.poll(async () => (await desk.stored(2))?.note, soon).toBeNull()
  await desk.page().locator('[data-head="name"] .grid-head-words').click()
  await desk.press('Control+y')
  await expect.poll(async () => (await desk.stored(2))?.note, soon).toBe('先写的')
})

test('a record that was to be made, and was not, leaves what was typed in the open cell', async () => {
  await desk.cell(2, 'union_id').click()
  await desk.type('取消新建的工会')
  await desk.page().getByText('新建 “取消新建的工会” 到附件3').waitFor(soon)
  await desk.press('Control+Enter')
  const field = desk.page().locator('.grid-editor.open')
  await expect.poll(() => field.inputValue(), soon).toBe('取消新建的工会')
  await desk.press('Escape')
  await desk.saved()
  expect(await desk.log()).toEqual([])
})

test('the menu of a row copies, cuts and pastes as the keys do', async () => {
  await desk.page().context().grantPermissions(['clipboard-read', 'clipboard-write'])
  const choose = async (row: number, words: string) => {
    await desk.cell(row, 'note').click({ button: 'right' })
    await desk.page().locator('.grid-menu').getByText(words).click()
  }
  await desk.cell(2, 'note').click()
  await desk.type('要搬走的')
  await desk.press('Enter')
  await choose(2, '剪切')
  await choose(3, '粘贴')
  await expect.poll(async () => (await desk.stored(3))?.note, soon).toBe('要搬走的')
  expect((await desk.stored(2))?.note).toBeNull()
})

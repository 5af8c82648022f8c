/** Excel's keys and gestures one by one, in a real browser: where they lead, what they select, what they write. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { columns as described, UNIONS } from '../fixtures/grid/columns.tsx'
import type { Fixture } from '../support/grid_desk.ts'
import { gridDesk } from '../support/grid_desk.ts'

const desk = gridDesk()
const { page, open, cell, shiftClick, press, type, stored, status, saved, log, active, events } = desk
const columns = [
  'status',
  'name',
  'phone',
  'gender',
  'born_on',
  'union_id',
  'post',
  'account',
  'fans',
  'skills',
  'note',
]
const put = (id: number, values: object) =>
  page().evaluate(([id, values]) => (window as unknown as Fixture).memory.put(id as number, values as never), [
    id,
    values,
  ] as const)
const selected = async () => {
  await active()
  const { rows, columns } = (await status()).selection
  return [rows, columns]
}
/** Waits for an answer of the list. */
const reaches = (row: number) =>
  page().waitForFunction(
    (row) => document.querySelector('.grid-editor')?.getAttribute('aria-label')?.includes(`第 ${row} 行`),
    row,
  )

test('arrows, Home, End, PageUp, PageDown, with Ctrl and with Shift', async () => {
  await cell(1, 'name').click()
  await press('ArrowRight', 'ArrowDown', 'ArrowDown', 'ArrowLeft', 'ArrowUp')
  expect(await active()).toEqual([2, '姓名'])
  await press('End')
  expect(await active()).toEqual([2, '照片'])
  await press('Home')
  expect(await active()).toEqual([2, '状态'])
  await press('PageDown')
  const [paged] = await active()
  expect(paged).toBeGreaterThan(12)
  await press('PageUp')
  expect(await active()).toEqual([2, '状态'])
  await press('Control+End')
  expect(await active()).toEqual([50_000, '照片'])
  await press('ArrowDown', 'Home')
  expect(await active()).toEqual([50_001, '姓名'])
  await press('Control+Home')
  expect(await active()).toEqual([1, '状态'])
  await press('Shift+ArrowRight', 'Shift+ArrowDown', 'Shift+ArrowDown')
  expect(await selected()).toEqual([3, 2])
  await press('Shift+End')
  expect(await selected()).toEqual([3, columns.length + 1])
  await press('Shift+PageDown')
  expect((await selected())[0]).toBeGreaterThan(12)
  await press('Control+Shift+End')
  expect((await selected())[0]).toBe(50_000)
  // The view follows the end that moves.
  await page().waitForSelector('[aria-rowindex="50002"]')
})

test('Ctrl + arrow goes to the edge of the data, over rows that were never read, and to the next filled cell beyond', async () => {
  await put(20_000, { post: null })
  await open(50_000)
  await put(20_000, { post: null })
  await put(20_001, { post: null })
  await cell(1, 'post').click()
  await press('Control+ArrowDown')
  await reaches(19_999)
  await press('Control+ArrowDown')
  await reaches(20_002)
  await press('Control+ArrowUp')
  await reaches(19_999)
  await press('Control+ArrowUp')
  await reaches(1)
  // A column without a hole: to the last row, with one question.
  await press('ArrowRight', 'Control+ArrowDown')
  await reaches(50_000)
  await press('Control+Shift+ArrowUp')
  await page().waitForFunction(() => (window as unknown as Fixture).told.status.selection.rows === 50_000)
  await press('Control+Home', 'Control+ArrowRight')
  expect(await active()).toEqual([1, '特长'])
})

test('Tab goes from one cell to write to the next, Enter returns to the column the run began in', async () => {
  await cell(1, 'name').click()
  await press('Tab', 'Tab')
  expect(await active()).toEqual([1, '性别'])
  await press('Enter')
  expect(await active()).toEqual([2, '姓名'])
  await press('Shift+Enter', 'Shift+Tab')
  // The last cell to write of the row before; there is none, so it stays.
  expect(await active()).toEqual([1, '姓名'])
  await cell(1, 'note').click()
  await press('Tab')
  expect(await active()).toEqual([2, '姓名'])
  await press('Tab', 'Tab', 'Enter')
  expect(await active()).toEqual([3, '姓名'])
  // Row 4 is locked: Tab goes through all its cells.
  await cell(3, 'note').click()
  await press('Tab')
  expect(await active()).toEqual([4, '状态'])
})

test('within a range Tab and Enter go round it', async () => {
  await cell(1, 'phone').click()
  await shiftClick(2, 'gender')
  const seen = [await active()]
  for (let step = 0; step < 4; step += 1) {
    await press('Tab')
    seen.push(await active())
  }
  expect(seen.map(([row, column]) => `${row}${column}`)).toEqual(['1手机号', '1性别', '2手机号', '2性别', '1手机号'])
  await press('Enter')
  expect(await active()).toEqual([2, '手机号'])
})

test('Ctrl+Space, Shift+Space, Ctrl+A and the heads select whole columns, rows, everything', async () => {
  await cell(2, 'phone').click()
  await press('Control+Space')
  expect(await selected()).toEqual([50_000, 1])
  await cell(2, 'phone').click()
  await press('Shift+ArrowDown', 'Shift+Space')
  expect(await selected()).toEqual([2, columns.length + 1])
  await press('Control+a')
  expect(await selected()).toEqual([50_000, columns.length + 1])
  const head = async (name: string) => {
    const box = await page().getByRole('columnheader', { name }).boundingBox()
    return { x: (box?.x ?? 0) + (box?.width ?? 0) - 30, y: (box?.y ?? 0) + 14 }
  }
  const [from, to] = [await head('所在工会'), await head('账号类型')]
  await page().mouse.move(from.x, from.y)
  await page().mouse.down()
  await page().mouse.move(to.x, to.y, { steps: 4 })
  await page().mouse.up()
  expect(await selected()).toEqual([50_000, 3])
  const number = await page().locator('[data-row="2"]').boundingBox()
  await page().mouse.move((number?.x ?? 0) + 40, (number?.y ?? 0) + 8)
  await page().mouse.down()
  await page().mouse.move((number?.x ?? 0) + 40, (number?.y ?? 0) + 8 + 64, { steps: 4 })
  await page().mouse.up()
  expect(await selected()).toEqual([3, columns.length + 1])
})

test('F2 turns between typing over and editing within; Home and PageDown leave what was typed over', async () => {
  await cell(1, 'post').click()
  await type('甲')
  await press('F2', 'ArrowLeft')
  await type('乙')
  await press('Enter')
  await saved()
  expect((await stored(1))?.post).toBe('乙甲')
  await type('丙')
  await press('PageDown')
  await saved()
  expect((await stored(2))?.post).toBe('丙')
  expect((await active())[0]).toBeGreaterThan(12)
  await cell(1, 'post').click()
  await press('Backspace')
  await type('丁')
  await press('Enter')
  await saved()
  expect((await stored(1))?.post).toBe('丁')
})

test('Alt+Enter breaks the line in long text, and only there', async () => {
  await cell(1, 'note').click()
  await type('一')
  await press('Alt+Enter')
  await type('二')
  const box = await page().locator('.grid-editor.open').boundingBox()
  expect(box?.height).toBeGreaterThan(40)
  await press('Enter')
  await cell(1, 'name').click()
  await type('顾')
  await press('Alt+Enter')
  await type('远')
  await press('Enter')
  await saved()
  expect(await stored(1)).toMatchObject({ note: '一\n二', name: '顾远' })
})

test('Delete empties a range, Ctrl+D and Ctrl+R fill it, Ctrl+Enter writes what is typed into all of it', async () => {
  await cell(1, 'account').click()
  await shiftClick(3, 'fans')
  await press('Delete')
  await saved()
  expect(await stored(2)).toMatchObject({ account: null, fans: null })
  await cell(1, 'note').click()
  await type('同上')
  await press('Enter', 'ArrowUp')
  await shiftClick(3, 'note')
  await press('Control+d')
  await saved()
  expect((await stored(3))?.note).toBe('同上')
  await cell(1, 'gender').click()
  await shiftClick(3, 'gender')
  await type('女')
  await press('Control+Enter')
  await saved()
  expect([(await stored(1))?.gender, (await stored(3))?.gender]).toEqual(['女', '女'])
  await press('Control+z')
  await saved()
  expect((await stored(1))?.gender).toBe('男')
  await cell(2, 'post').click()
  await shiftClick(2, 'account')
  await press('Control+r')
  // 账号类型 has no such choice: it says so in its cell.
  await page().waitForFunction(() => (window as unknown as Fixture).told.status.faulty === 1)
})

test('Ctrl+; writes today, also where the keyboard types a wide ；', async () => {
  const today = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
  await cell(1, 'born_on').click()
  await press('Control+;', 'Enter')
  await saved()
  expect((await stored(1))?.born_on).toBe(today)
  await page().keyboard.down('Control')
  await page().evaluate(() => {
    const key = { key: '；', code: 'Semicolon', ctrlKey: true, bubbles: true, cancelable: true }
    document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', key))
  })
  await page().keyboard.up('Control')
  await press('Enter')
  await saved()
  expect((await stored(2))?.born_on).toBe(today)
})

test('Alt+Down opens a calendar: arrows choose, Enter takes, weeks begin on Monday and today is marked', async () => {
  await put(1, { born_on: '2019-08-14' })
  await page().evaluate(() => (window as unknown as Fixture).handle.current.reload())
  await page().getByText('2019-08-14').waitFor()
  await cell(1, 'born_on').click()
  await press('Alt+ArrowDown')
  const calendar = page().locator('.grid-calendar')
  await calendar.waitFor()
  await desk.shot('calendar')
  expect(await calendar.locator('.grid-week').innerText()).toBe('一\n二\n三\n四\n五\n六\n日')
  expect(await calendar.locator('[aria-selected=true]').innerText()).toBe('14')
  await press('ArrowDown', 'ArrowRight', 'PageDown')
  expect(await calendar.innerText()).toContain('2019 年 9 月')
  await press('Enter')
  await saved()
  expect((await stored(1))?.born_on).toBe('2019-09-22')
  expect(await active()).toEqual([2, '出生年月'])
  expect(await calendar.count()).toBe(0)
  await press('Alt+ArrowDown')
  await calendar.getByRole('option', { name: '3 日' }).first().click()
  await press('Enter')
  await saved()
  expect((await stored(2))?.born_on).toMatch(/-03$/)
  await press('Alt+ArrowDown')
  await calendar.waitFor()
  await press('Escape', 'Escape')
  expect(await calendar.count()).toBe(0)
})

test('Ctrl+F steps through what holds a text, in rows never read too, and back', async () => {
  await put(30_000, { post: '蜀峰供水 特别岗' })
  await put(40_000, { note: '特别岗二' })
  await page().evaluate(() => (window as unknown as Fixture).handle.current.reload())
  await cell(1, 'name').click()
  await press('Control+f')
  const bar = page().locator('.grid-find')
  await bar.locator('input').waitFor()
  await type('特别岗')
  await reaches(30_000)
  expect(await active()).toEqual([30_000, '工作单位及职务'])
  await desk.shot('find')
  expect(await bar.locator('output').innerText()).toBe('第 1 / 2 行')
  await press('Enter')
  await reaches(40_000)
  expect(await active()).toEqual([40_000, '备注'])
  await press('Enter')
  await reaches(30_000)
  expect(await bar.locator('output').innerText()).toContain('已从头找起')
  await press('Shift+Enter')
  await reaches(40_000)
  await press('Escape')
  await bar.waitFor({ state: 'hidden' })
  await type('找到了')
  await press('Enter')
  await saved()
  expect((await stored(40_000))?.note).toBe('找到了')
  await press('Control+f')
  await desk.compose('shu')
  await page().waitForTimeout(400)
  expect(await bar.locator('output').innerText()).toBe('')
  await desk.insert('蜀峰')
  await page().waitForFunction(() => document.querySelector('.grid-find output')?.textContent?.startsWith('第'))
  await press('Control+Enter')
  expect(await events()).toEqual(['search 蜀峰'])
})

test('what is typed right after Ctrl+F is looked for, also while the bar is still being fetched; no cell takes a letter of it', async () => {
  let release = () => {}
  const held = new Promise<void>((done) => {
    release = done
  })
  await page().route(/opened/, async (route) => {
    await held
    await route.continue()
  })
  await page().reload()
  await cell(1, 'name').click()
  await press('Control+f')
  await type('特别岗四')
  await press('Backspace', 'Enter', 'ArrowDown')
  release()
  const bar = page().locator('.grid-find')
  await bar.locator('input').waitFor()
  expect(await bar.locator('input').inputValue()).toBe('特别岗')
  await page().waitForFunction(() => document.querySelector('.grid-find output')?.textContent === '没有找到')
  expect(await active()).toEqual([1, '姓名'])
  await cell(2, 'note').click()
  await press('Control+f')
  await type('甲')
  expect(await bar.locator('input').inputValue()).toBe('甲')
  await press('Escape')
  await type('找到了')
  await press('Enter')
  await saved()
  expect((await stored(2))?.note).toBe('找到了')
  expect((await log()).length).toBe(1)
})

test('Shift+F2 tells who changed the cell, once more opens the history of the row, Escape closes', async () => {
  await cell(2, 'post').click()
  await press('Shift+F2')
  const bubble = page().locator('.grid-bubble.past')
  await bubble.getByText('周砚').waitFor()
  await desk.shot('cell-history')
  expect(await bubble.innerText()).toContain('从前 → 工作单位及职务 2')
  await press('Shift+F2')
  expect(await events()).toEqual(['history of 2'])
  await press('Escape')
  expect(await bubble.count()).toBe(0)
  await press('Shift+F2')
  await bubble.waitFor()
  await press('ArrowDown')
  expect(await bubble.count()).toBe(0)
})

test('references open their row by Ctrl+click and Alt+Enter, files by Enter and F2, the row by Ctrl+Enter', async () => {
  await cell(2, 'union_id').click({ modifiers: ['Control'] })
  await press('Alt+Enter', 'Control+Enter')
  await cell(2, 'photos').click()
  await press('Enter', 'F2')
  await cell(2, 'photos').dblclick()
  const union = (await stored(2))?.union_id
  expect(await events()).toEqual([
    `union_id ${union}`,
    `union_id ${union}`,
    'row 2',
    'photos of 2',
    'photos of 2',
    'photos of 2',
  ])
})

test('a drag beyond the edge scrolls on, down and to the right, and back under the frozen columns only at the end', async () => {
  const from = await cell(1, 'phone').boundingBox()
  const scroller = await page().locator('.grid-scroll').boundingBox()
  await page().mouse.move((from?.x ?? 0) + 5, (from?.y ?? 0) + 5)
  await page().mouse.down()
  await page().mouse.move(1279, (scroller?.y ?? 0) + (scroller?.height ?? 0) + 20, { steps: 3 })
  await page().waitForFunction(() => (window as unknown as Fixture).told.status.selection.rows > 60)
  expect(await page().evaluate(() => document.querySelector('.grid-scroll')?.scrollLeft)).toBeGreaterThan(0)
  await page().mouse.up()
  const [rows] = await selected()
  expect(rows).toBeGreaterThan(60)
  // Begun beyond the frozen columns, pulled over them: first the others come back into view.
  const box = await page().locator('.grid-row .grid-cell[data-column="fans"]').first().boundingBox()
  await page().mouse.move((box?.x ?? 0) + 5, 300)
  await page().mouse.down()
  await page().mouse.move((scroller?.x ?? 0) + 150, 300, { steps: 3 })
  await page().waitForFunction(() => document.querySelector('.grid-scroll')?.scrollLeft === 0)
  await page().waitForFunction(() => (window as unknown as Fixture).told.status.selection.columns >= 8)
  await page().mouse.up()
})

test('the fill handle counts on, down, up and by double-click to the end of the data beside it', async () => {
  await page().setViewportSize({ width: 1600, height: 720 })
  await open(30)
  await cell(10, 'note').click()
  await type('第1期')
  await press('Enter', 'ArrowUp')
  const pull = async (by: number) => {
    const handle = page().locator('.grid-marks-rest .grid-handle')
    const box = await handle.boundingBox()
    await page().mouse.move((box?.x ?? 0) + 4, (box?.y ?? 0) + 4)
    await page().mouse.down()
    await page().mouse.move((box?.x ?? 0) + 2, (box?.y ?? 0) + by, { steps: 4 })
    await page().mouse.up()
  }
  await pull(70)
  await saved()
  expect([(await stored(11))?.note, (await stored(12))?.note]).toEqual(['第2期', '第3期'])
  await cell(10, 'note').click()
  await pull(-90)
  await saved()
  expect([(await stored(9))?.note, (await stored(8))?.note]).toEqual(['第0期', '第1期'])
  await cell(12, 'note').click()
  await page().locator('.grid-marks-rest .grid-handle').dblclick()
  await page().waitForFunction(() => (window as unknown as Fixture).told.status.selection.rows === 19)
  await saved()
  expect((await stored(30))?.note).toBe('第21期')
  await press('Control+z')
  await saved()
  expect((await stored(30))?.note).toBeNull()
  expect((await log()).length).toBeGreaterThan(3)
})

/* Whatever stands open over a cell, and however late it comes: what the fingers typed is what the cell holds. */

const columnOf = (name: string) => {
  const column = described.find((each) => each.name === name)
  if (!column) throw new Error(name)
  return column
}
const wordsFor: Readonly<Record<string, readonly string[]>> = {
  born_on: ['待定', '2019614', '2019-13-5', '2019-6-18', '2019.6', '2019-6', '2019年6月', '1', ' '],
  account: ['抖音', '微', '微博', 'dy', 'wx', 'w', '音', '没有的', '公众'],
  union_id: ['合肥', '包河区常青街道总工会', '常青街道', 'cfxsh', 'hfdy', 'bhq', '没有的工会', 'zz'],
}
/** What a text means by itself, said once more in other words than the grid says it. */
function meaning(name: string, text: string): string {
  const column = columnOf(name)
  if (text.trim() === '') return ''
  if (name === 'born_on') {
    const reading = column.read(text, {})
    return 'error' in reading ? text : String(reading.value)
  }
  const options = name === 'account' ? (column.choices ?? []) : UNIONS
  const isLetters = /^[a-z]+$/.test(text)
  const fit = options.filter(({ label, initials }) =>
    isLetters ? initials?.includes(text) : label === text || (name === 'account' && label.includes(text)),
  )
  const exact = fit.find(({ label }) => label === text)
  return exact?.label ?? (fit.length === 1 ? (fit[0]?.label ?? text) : text)
}

const scene = fc.record({
  column: fc.constantFrom('born_on', 'born_on', 'account', 'union_id'),
  word: fc.nat(),
  opens: fc.constantFrom(
    [],
    ['F2'],
    ['Alt+ArrowDown'],
    ['Alt+ArrowDown', 'Escape'],
    ['Alt+ArrowDown', 'Alt+ArrowDown'],
  ),
  /** A letter too many, and a move in what stands open, both taken back by typing on. */
  detour: fc.boolean(),
  leaves: fc.constantFrom('Enter', 'Tab'),
  pause: fc.constantFrom(0, 0, 15, 120),
  busy: fc.boolean(),
  late: fc.constantFrom(0, 300),
})

test('what was typed is what the cell holds, whatever stood open over it', async () => {
  const at = page()
  // The page is held up for most of the time, as by a great list or an old machine.
  await at.evaluate(() => {
    const hold = { busy: false }
    Object.assign(window, { hold })
    setInterval(() => {
      for (const end = performance.now() + 60; hold.busy && performance.now() < end; );
    }, 80)
  })
  let row = 0
  await fc.assert(
    fc.asyncProperty(scene, async ({ column, word, opens, detour, leaves, pause, busy, late }) => {
      row += 1
      // Some rows of the list are locked.
      while ([3, 4].includes((row - 1) % 50)) row += 1
      const words = wordsFor[column] ?? []
      const text = words[word % words.length] ?? ''
      await at.evaluate(
        ([busy, late]) => {
          const { hold, suggesting } = window as unknown as Fixture & { hold: { busy: boolean } }
          hold.busy = Boolean(busy)
          suggesting.after = Number(late)
        },
        [busy, late],
      )
      if (row > 12) await at.evaluate((row) => (window as unknown as Fixture).handle.current.focusCell(row), row)
      await cell(row, column).click()
      const isOpen = opens.length > 0 && opens.at(-1) !== 'Escape'
      // Escape leaves the list or the calendar, or the editor: what follows is typed either way.
      const typed = detour
        ? [...text, 'x', ...(isOpen && column === 'born_on' ? ['ArrowDown'] : []), 'Backspace']
        : [...text]
      await desk.strike(['Delete', ...opens, ...typed, leaves], pause)
      const expected = meaning(column, text)
      await expect.poll(async () => (await cell(row, column).innerText()).split('\n')[0]).toBe(expected)
      await at.evaluate(() => (window as unknown as Fixture).handle.current.flush())
      expect((await cell(row, column).innerText()).split('\n')[0]).toBe(expected)
      const stored = (await desk.stored(row)) ?? {}
      const shown = stored[column] === null ? '' : columnOf(column).print(stored[column], stored)
      // What is understood is stored; what is not stands in its cell, and the row holds nothing for it.
      const isFault = (await cell(row, column).getAttribute('class'))?.includes('faulty')
      expect(shown).toBe(isFault ? '' : expected)
    }),
    { numRuns: 18, seed: 20_190_614, endOnFailure: true },
  )
})

test('a day taken by Enter leaves nothing open: the next text is its own', async () => {
  const at = page()
  const calendar = at.locator('.grid-calendar')
  await cell(1, 'born_on').click()
  await press('Delete')
  await cell(1, 'born_on').dblclick()
  await calendar.waitFor()
  await press('Enter')
  const today = new Date(Date.now() - new Date().getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
  await expect.poll(async () => (await desk.stored(1))?.born_on).toBe(today)
  for (const [row, text] of [
    [2, '待定'],
    [3, '2019614'],
  ] as const) {
    const before = (await desk.stored(row))?.born_on
    await cell(row, 'born_on').click()
    await desk.strike([...text, 'Enter'])
    expect(await calendar.count()).toBe(0)
    await desk.saved()
    expect(await cell(row, 'born_on').innerText()).toContain(text)
    expect((await desk.stored(row))?.born_on).toBe(before)
  }
  // Turning the pages of the calendar is only looking.
  await cell(6, 'born_on').click()
  await desk.strike([...'2019-6-18'])
  await press('Alt+ArrowDown')
  await at.getByRole('button', { name: '下一月' }).click()
  await press('Enter')
  await expect.poll(async () => (await desk.stored(6))?.born_on).toBe('2019-06-18')
})

test('an answer that comes late never overwrites what was written to the cell since, and makes no second row', async () => {
  const at = page()
  await at.evaluate(() => {
    ;(window as unknown as Fixture).suggesting.after = 400
  })
  await cell(1, 'union_id').click()
  await desk.strike([...'cfxsh', 'Enter'])
  await cell(1, 'union_id').click()
  await desk.strike([...'包河区常青街道总工会', 'Enter'])
  await at.waitForTimeout(600)
  await desk.saved()
  expect(await desk.stored(1)).toMatchObject({ union_id: 6 })
  // In the blank row what is typed beside it belongs to the same row.
  await desk.open(2)
  await at.evaluate(() => {
    ;(window as unknown as Fixture).suggesting.after = 400
  })
  await cell(3, 'union_id').click()
  await desk.strike([...'cfxsh', 'Tab', ...'干事', 'Enter'])
  await at.waitForTimeout(600)
  expect(await cell(3, 'union_id').innerText()).toContain('长丰县水湖镇总工会')
  expect(await cell(3, 'post').innerText()).toContain('干事')
  expect(await at.locator('.grid').getAttribute('data-rows')).toBe('3')
  await press('Control+z', 'Control+z')
  await expect.poll(() => at.locator('.grid').getAttribute('data-rows')).toBe('2')
})
